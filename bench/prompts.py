"""Whether the prompts of BFCL's single-turn categories are the official ones, byte for byte.

Run by hand, with the interpreter of an environment that has the official package:

    python bench/prompts.py --official /path/to/official/bin/python

That interpreter builds the prompt of every case with the official code (the default system prompt, all 26
configurations of format_sensitivity, the OpenAI-style tools, and Qwen's native template); ours are compared with them.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

CATEGORIES = (
    *("simple_python", "simple_java", "simple_javascript", "multiple", "parallel", "parallel_multiple", "irrelevance"),
    *("live_simple", "live_multiple", "live_parallel", "live_parallel_multiple", "live_irrelevance", "live_relevance"),
    "format_sensitivity",
)

OFFICIAL = r"""
import copy, json, sys
from bfcl_eval.constants.enums import ModelStyle
from bfcl_eval.constants.type_mappings import GORILLA_TO_OPENAPI
from bfcl_eval.model_handler.local_inference.qwen_fc import QwenFCHandler
from bfcl_eval.model_handler.utils import convert_to_tool, system_prompt_pre_processing_chat_model
from bfcl_eval.utils import load_dataset_entry
qwen = QwenFCHandler.__new__(QwenFCHandler)
with open(sys.argv[1], "w") as out:
    for category in sys.argv[2:]:
        for entry in load_dataset_entry(category):
            documents, asked = entry["function"], entry["question"][0]
            row = {
                "id": entry["id"],
                "prompt": system_prompt_pre_processing_chat_model(*copy.deepcopy((asked, documents, entry["id"]))),
                "tools": convert_to_tool(documents, GORILLA_TO_OPENAPI, ModelStyle.OPENAI_COMPLETIONS),
                "messages": asked,
                "qwen": qwen._format_prompt(copy.deepcopy(asked), copy.deepcopy(documents)),
            }
            out.write(json.dumps(row) + "\n")
import inspect
print(inspect.getsource(QwenFCHandler._format_prompt))
"""


def official_rows(python: str, folder: Path) -> tuple[list[dict[str, Any]], str]:
    """What the official package builds for every case, and the source of its Qwen formatter."""
    out = folder / "official.jsonl"
    command = [python, "-c", OFFICIAL, str(out), *CATEGORIES]
    source = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=folder).stdout
    with out.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file], source


def qwen_template(source: str) -> str:
    """Qwen's chat template, which the official formatter quotes in its docstring: its lines without their indent."""
    quoted = source.split('"""')[1]
    return "\n".join(line.strip() for line in quoted.splitlines() if line.strip().startswith("{"))


def rendered(template: str, messages: list[dict[str, Any]], tools: list[dict[str, Any]]) -> str:
    """The prompt that a model's own template makes, as transformers renders it."""
    from transformers.utils.chat_template_utils import render_jinja_template

    texts, _ = render_jinja_template(
        conversations=[messages], tools=tools, chat_template=template, add_generation_prompt=True
    )
    return str(texts[0])


def unescaped(text: str) -> str:
    """The text with ``\\u00e9`` read as the letter that it stands for."""
    read = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)
    return read.encode("utf-16", "surrogatepass").decode("utf-16")


def main() -> None:
    """Compare, and print how many of each kind are equal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--official", required=True, help="Python of an environment with bfcl-eval 2026.3.23.")
    arguments = parser.parse_args()
    from starbench import load_benchmark
    from starbench.benchmarks.bfcl.prompts import Prompts, load_texts

    with tempfile.TemporaryDirectory() as name:
        rows, source = official_rows(str(Path(arguments.official).absolute()), Path(name))
    bfcl, prompts, template = load_benchmark("bfcl"), Prompts(load_texts()), qwen_template(source)
    equal: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for row in rows:
        case = bfcl.case(row["id"])
        native = prompts.of(case, "raw-tools")
        ours = {
            "prompt": prompts.of(case, "prompt").messages,
            "tools": prompts.of(case, "tools").tools,
            "messages": native.messages,
            "qwen": rendered(template, native.messages, native.tools),
        }
        # the model's own template writes letters outside ASCII as they are, the official formatter escapes them
        ours["qwen, escapes read"], row["qwen, escapes read"] = unescaped(ours["qwen"]), unescaped(row["qwen"])
        for kind, value in ours.items():
            name = f"{case.category} {kind}"
            total[name] += 1
            same = json.dumps(value) == json.dumps(row[kind])
            equal[name] += same
            if not same and equal[name] == total[name] - 1:
                print(f"first that differs: {row['id']}, {kind}", file=sys.stderr)
    for name, count in total.items():
        print(f"{name:40} {equal[name]:5} of {count:5} equal")
    differing = [name for name in total if equal[name] != total[name] and not name.endswith(" qwen")]
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
