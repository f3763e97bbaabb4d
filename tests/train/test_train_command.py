from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_recipe import write_recipe

from starbench_train.cli import COMMANDS, main


def call(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    code, text = call(name, "--help")
    assert code == 0 and "Usage:" in text and len(text.splitlines()) > 5


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys; from starbench_train.cli import main; main(['run', '--help'], standalone_mode=False); "
        "sys.exit(bool({'torch', 'transformers', 'trl', 'datasets'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_a_wrong_command_line_is_code_2(tmp_path: Path) -> None:
    assert call("rum") == (2, CliRunner().invoke(main, ["rum"]).output)
    assert "did you mean 'run'" in call("rum")[1]
    assert call("run", tmp_path / "none.toml")[0] == 2
    code, text = call("run", write_recipe(tmp_path), "--only", "ckd", "--until", "ckd")
    assert code == 2 and "leave out --from and --until" in text


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("ckd.learnin_rate=1", "did you mean 'learning_rate'"),
        ("student-simrl.updates=5", "cannot be cut into 5 equal updates"),
        ("stages=['ckd', 'simrl']", "there is no stage named 'simrl'"),
        ("rollout.samples=many", "a whole number"),
        ("rollout.samples=0", "rollout.samples is at least 1, not 0"),
        ("rollout.temperature=0", "all 4 samples are alike"),
        ("evaluate.rows=0", "evaluate.rows is at least 1, not 0"),
        ("nonsense", "nonsense"),
    ],
)
def test_a_setting_that_does_not_fit_is_a_sentence(tmp_path: Path, setting: str, sentence: str) -> None:
    code, text = call("run", write_recipe(tmp_path), "--set", setting)
    assert code == 1 and sentence in text and "Traceback" not in text


def test_a_missing_file_of_rows_is_a_sentence(tmp_path: Path) -> None:
    code, text = call("run", write_recipe(tmp_path), "--set", f"data.train={tmp_path / 'none.jsonl'}")
    assert code == 1 and "none.jsonl" in text and text.startswith("Error: stage data:")


def test_a_teacher_with_another_tokenizer_is_a_sentence(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    from starbench_train.data.tiny_model import tiny_model, tiny_tokenizer

    teacher = tmp_path / "teacher"
    tiny_model("teacher", tiny_tokenizer()).save_pretrained(teacher)
    pieces = {"<unk>": 0, "<|end|>": 1, "<pad>": 2, "other": 3}
    other = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel(pieces, unk_token="<unk>")), pad_token="<pad>", eos_token="<|end|>"
    )
    other.chat_template = tiny_tokenizer().chat_template
    other.save_pretrained(teacher)
    code, text = call("run", write_recipe(tmp_path, "cache-teacher", "ckd"), "--set", f"teacher.path={teacher}")
    assert code == 1
    assert "Error: stage cache-teacher: teacher and student have different tokenizers" in text


def test_a_dry_run_says_what_is_to_do_and_writes_nothing(tmp_path: Path) -> None:
    code, text = call("run", write_recipe(tmp_path), "--dry-run", "--until", "ckd")
    assert code == 0
    states = {line.split()[0]: line for line in text.splitlines() if line}
    assert "to do" in states["ckd"] and "4 steps of 4 rows" in states["ckd"]
    assert "later" in states["student-simrl"]
    assert "hardware: device cpu" in text and "48 rows to train on" in text
    assert not (tmp_path / "run").exists()


def test_rows_are_prepared_and_compared(tmp_path: Path) -> None:
    row = {"messages": [{"role": "user", "content": "how far is oslo from rome"}], "expected": [], "tools": []}
    lines = [{**row, "id": str(n), "messages": f"question number {n} of many, {'x' * n}"} for n in range(12)]
    source = tmp_path / "rows.jsonl"
    source.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    out = tmp_path / "out"
    code, text = call("data", "prepare", source, "--out", out, "--held-out", 4)
    assert code == 0 and "8 rows to train on" in text and "4 held out" in text
    assert len((out / "train.jsonl").read_text().splitlines()) == 8


def test_distill_alone_is_two_stages(tmp_path: Path) -> None:
    code, text = call("distill", write_recipe(tmp_path), "--dry-run")
    assert code == 0
    states = {line.split()[0]: line for line in text.splitlines() if line}
    assert "to do" in states["ckd"] and "to do" in states["cache-teacher"]
    assert "not finished, and not wanted" in states["rollout"] and "later" in states["evaluate"]
