"""Hostile conversations: nothing a model writes is executed, hangs, fills the memory or raises."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import bfcl_conversations as bfcl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starbench.benchmarks.bfcl.multi_turn import conversation_verdict, limits
from starbench.benchmarks.bfcl.multi_turn.execution import execute
from starbench.benchmarks.bfcl.multi_turn.world import FAILED, World
from starbench.types import Call

FILES = "multi_turn_base_0"


def files() -> World:
    return bfcl.world(bfcl.entry(FILES))


def world_with(name: str) -> World:
    return bfcl.world(next(e for e in bfcl.entries("multi_turn_base").values() if name in e["involved_classes"]))


def maths() -> World:
    return world_with("MathAPI")


@pytest.mark.parametrize(
    "call",
    [
        Call("power", {"base": 10, "exponent": 10**9}),
        Call("power", {"base": -(10**4000), "exponent": 10**4000}),
        Call("square_root", {"number": 2, "precision": 10**9}),
        Call("logarithm", {"value": 2, "base": 10, "precision": 10**9}),
        Call("logarithm", {"value": 2, "base": 10, "precision": "1000000000"}),
        Call("logarithm", {"value": "1e1000000000", "base": 10, "precision": 5}),
        Call("round_number", {"number": 5, "decimal_places": -(10**9)}),
    ],
)
def test_endless_calculations_are_refused(call: Call) -> None:
    assert maths().perform(call).startswith(FAILED)


@pytest.mark.parametrize(
    ("call", "result"),
    [
        (Call("power", {"base": 2, "exponent": 10}), '{"result": 1024}'),
        (Call("power", {"base": 2, "exponent": -1}), '{"result": 0.5}'),
        (Call("round_number", {"number": 12.345, "decimal_places": 1}), '{"result": 12.3}'),
        (Call("square_root", {"number": 2, "precision": 3}), "{'result': Decimal('1.41')}"),
        (Call("logarithm", {"value": "100", "base": 10, "precision": 5}), "{'result': mpf('2.0')}"),
    ],
)
def test_ordinary_calculations_are_not(call: Call, result: str) -> None:
    assert maths().perform(call) == result


@pytest.mark.parametrize(
    "text", ["pow(10, 10 ** 9)", "pow(10, 1000000000)", "round(5, -1000000000)", "sum([[1], [2]], [])", "str(1)"]
)
def test_builtins_have_limits_too(text: str) -> None:
    assert execute(text, maths()).startswith(FAILED) == (text != "str(1)")


def test_folders_copied_into_each_other_are_not_walked() -> None:
    world = files()
    world.perform(Call("mkdir", {"dir_name": "d0"}))
    for level in range(40):
        here, there = f"d{level}", f"d{level + 1}"
        world.perform(Call("cp", {"source": here, "destination": "twin"}))
        world.perform(Call("mkdir", {"dir_name": there}))
        world.perform(Call("mv", {"source": here, "destination": there}))
        world.perform(Call("mv", {"source": "twin", "destination": there}))
    assert world.perform(Call("find", {})).startswith(FAILED)
    assert world.perform(Call("du", {})).startswith(FAILED)


def test_a_folder_inside_itself_has_a_verdict() -> None:
    turns = bfcl.gold(bfcl.entry(FILES))
    turns[0] += [Call("cp", {"source": "temp", "destination": "temp"}), Call("find", {})]
    verdict = conversation_verdict(bfcl.sources(), bfcl.entry(FILES), bfcl.as_rows(turns), "bfcl-fc")
    assert verdict.error == "multi_turn:instance_state_mismatch"


def test_results_passed_on_do_not_grow_without_end() -> None:
    world = world_with("TwitterAPI")
    side = world.instances["TwitterAPI"]
    side.authenticated = True
    texts = [
        execute(f"post_tweet(content='x', tags=get_user_tweets(username='{side.username}'))", world) for _ in range(40)
    ]
    assert texts[0].startswith("{")
    assert texts[-1].startswith(FAILED)


def test_calls_beyond_the_limit_are_not_run() -> None:
    world = files()
    results = [world.perform(Call("pwd", {})) for _ in range(limits.CALLS + 1)]
    assert not results[-2].startswith(FAILED)
    assert results[-1].startswith(FAILED)


@pytest.mark.parametrize(
    "text",
    [
        "ls(" * 150 + ")" * 150,
        "ls(" * 5000,
        "-" * 100_000,
        "ls(a=" + "[" * 5000 + "]" * 5000 + ")",
        "ls(a=" + "not " * 20_000 + "1)",
        "ls(a='" + "x" * 1_000_000 + "')",
        "ls(" + ",".join(f"a{n}=1" for n in range(50_000)) + ")",
        "ls(" + ",".join("1" for _ in range(200_000)) + ")",
        "x" * 3_000_000,
        "\0",
        "ls(a=\ud800)",
        "",
        "ls(**{'a': True})",
        "ls(*[True])",
        "ls(a=True, a=True)",
        "ls(a={**{}})",
        "(lambda: 1)()",
        "ls(a=[i for i in range(10 ** 10)])",
        "ls.__class__.__mro__()",
    ],
)
def test_any_text_has_a_result(text: str) -> None:
    assert isinstance(execute(text, files()), str)


@pytest.mark.parametrize("dialect", ["bfcl-fc", "bfcl-prompt"])
def test_a_text_of_a_megabyte_is_written_to_a_file(dialect: str) -> None:
    if dialect == "bfcl-prompt" and sys.version_info < (3, 11):
        pytest.skip("Python 3.10 does not parse so long a text safely")
    text = "one, two. " * 100_000
    calls = [[Call("touch", {"file_name": "long"}), Call("echo", {"content": text, "file_name": "long"})]]
    entry = {**bfcl.entry(FILES), "ground_truth": [["touch('long')", f"echo({text!r}, 'long')"]]}
    result = bfcl.as_rows(calls) if dialect == "bfcl-fc" else bfcl.as_text(calls)
    assert conversation_verdict(bfcl.sources(), entry, result, dialect).valid


PIECES = st.sampled_from(
    [*"()[]{},.='\"-+*: \n", "ls", "cd", "echo", "folder", "a", "True", "None", "5", "1e999", "inf", "dict", "sum",
     "print", "__import__", "os", "lambda", "not", "model_GorillaFileSystem_instance", "root", "é", "\ud800", "\0"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_combination_of_words_and_signs_has_a_result(text: str) -> None:
    assert isinstance(execute(text, files()), str)


WATCHED = """
import json, sys
sys.path.insert(0, sys.argv[2])
import bfcl_conversations as bfcl
from starbench.benchmarks.bfcl.multi_turn import conversation_verdict
entry, results = bfcl.entry("multi_turn_base_0"), json.load(open(sys.argv[1]))
conversation_verdict(bfcl.sources(), entry, bfcl.as_rows(bfcl.gold(entry)), "bfcl-fc", bfcl.tools(entry))
conversation_verdict(bfcl.sources(), entry, bfcl.as_text(bfcl.gold(entry)), "bfcl-prompt", bfcl.tools(entry))
seen = []
def hook(event, arguments):
    seen.append(f"exec of {arguments[0].co_filename}" if event == "exec" else event)
sys.addaudithook(hook)
for dialect, result in results:
    for grading in ("official", "strict"):
        conversation_verdict(bfcl.sources(), entry, result, dialect, bfcl.tools(entry), grading)
watched = [event for event in seen if event.split(".")[0].split()[0] in
           ("open", "os", "subprocess", "shutil", "socket", "exec")]
sys.stdout.write(json.dumps(watched))
"""
HOSTILE = [
    "__import__('os').system('touch {mark}')",
    "open('{mark}', 'w')",
    "eval(\"open('{mark}', 'w')\")",
    "exec(\"open('{mark}', 'w')\")",
    "ls(a=open('{mark}', 'w'))",
    "ls(a=__import__(name='os').system(command='touch {mark}'))",
    "importlib.import_module(name='os').system(command='touch {mark}')",
    "inspect.os.system(command='touch {mark}')",
    "ls.__globals__['__builtins__']['open']('{mark}', 'w')",
    "ls(a=[open(x, 'w') for x in ['{mark}']])",
    "ls(a=1 + open('{mark}', 'w').write('x'))",
    "print(file=open('{mark}', 'w'))",
    "sorted(['{mark}'], key=open)",
    "max(['{mark}'], key=open)",
    "exit()",
    "quit(code=1)",
    "breakpoint()",
    "input(prompt='?')",
]


def test_nothing_that_a_model_writes_is_executed(tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    results: list[Any] = []
    for template in HOSTILE:
        code = template.replace("{mark}", str(mark))
        results.append(["bfcl-prompt", [[f"[{code}]"]] * 4])
        name, _, rest = code.partition("(")
        results.append(["bfcl-fc", [[[{code.removesuffix("()"): "{}"}]]] * 4])
        results.append(["bfcl-fc", [[[{f"{code} or ls": "{}"}]]] * 4])
        results.append(["bfcl-fc", [[[{name: json.dumps({"file": str(mark), "mode": "w", "x": rest})}]]] * 4])
        results.append(["bfcl-fc", [[[{"ls": json.dumps({f"a={code}, b": 1})}]]] * 4])
        results.append(["bfcl-fc", [[[{"echo": json.dumps({"content": code, "file_name": code})}]]] * 4])
        results.append(["bfcl-prompt", [["[ls(a={" + repr(code) + ": {'x': {'y': 1}}})]"]] * 4])
    given = tmp_path / "results.json"
    given.write_text(json.dumps(results))
    tests = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(given), str(tests)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not mark.exists()
    assert set(json.loads(done.stdout)) == {"exec of <bfcl posting_api>"}  # the benchmark's own, once a conversation
