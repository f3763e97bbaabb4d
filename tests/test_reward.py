"""The reward's interface: what it accepts, what it gives back, and that nothing a model writes can break it."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import starbench
from starbench.errors import InputError, UnknownNameError
from starbench.reward import CODES, PARTS, REWARDS, Reward, SimReward, load_reward, paper_equation
from starbench.similarity import ABSTAIN, ANY_CALL, expected_calls, expected_reply
from starbench.types import Call, Output

ADD = {"name": "add", "description": "Add.", "parameters": {
    "type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "required": ["a"],
}}  # fmt: skip
NOW = {"name": "now", "parameters": {"type": "object", "properties": {}}}
TOOLS = [ADD, NOW]
GOLD = [{"name": "add", "arguments": {"a": 1, "b": 2}}]
HERMES = '<tool_call>\n{"name": "add", "arguments": {"a": 1, "b": 2}}\n</tool_call>'
HALF = HERMES.replace("2}", "3}")
PROMPT = (
    f"<|im_start|>system\n<tools>\n{json.dumps(ADD)}\n{json.dumps(NOW)}\n</tools><|im_end|>\n<|im_start|>assistant\n"
)
ROBUST = SimReward()

COMPLETIONS: dict[str, Any] = {
    "hermes": HERMES,
    "hermes after reasoning": f"<think>one and two</think>\n\n{HERMES}<|im_end|>",
    "hermes with prose": f"Sure. {HERMES}",
    "bare JSON": json.dumps(GOLD),
    "python": "[add(a=1, b=2)]",
    "message": {"role": "assistant", "content": None, "tool_calls": [
        {"type": "function", "function": {"name": "add", "arguments": {"a": 1, "b": 2}}},
    ]},
    "message, arguments as text": {"role": "assistant", "content": "", "tool_calls": [
        {"id": "1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1, "b": 2}'}},
    ]},
    "messages": [{"role": "assistant", "content": HERMES}],
    "responses": [
        {"type": "reasoning", "summary": []},
        {"type": "function_call", "name": "add", "arguments": '{"a": 1, "b": 2}', "call_id": "1"},
    ],
    "list of objects": GOLD,
    "calls": [Call("add", {"a": 1, "b": 2})],
    "output": starbench.parse(HERMES, "hermes"),
}  # fmt: skip


@pytest.mark.parametrize("profile", ["robust", "star"])
@pytest.mark.parametrize("form", [*COMPLETIONS])
def test_forms_of_answers(form: str, profile: str) -> None:
    completion = COMPLETIONS[form]
    if profile == "star" and isinstance(completion, str):
        completion = f"x</think>{HERMES}"
    for tools in (TOOLS, json.dumps(TOOLS), None):
        found = SimReward(profile)(completion, GOLD, tools)
        assert (found.value, found.code) == (1.0, None)


@pytest.mark.parametrize(
    "tools",
    [
        TOOLS,
        json.dumps(TOOLS),
        starbench.read_tools(TOOLS),
        [{"type": "function", "function": tool} for tool in TOOLS],
    ],
    ids=["definitions", "JSON text", "Tool objects", "wrapped"],
)
def test_forms_of_tools(tools: Any) -> None:
    assert ROBUST(HALF, GOLD, tools).value == 0.5
    unknown = ROBUST(HALF.replace("add", "mul"), GOLD, tools)
    assert (unknown.value, unknown.code) == (-1.0, "call:unknown_tool")


@pytest.mark.parametrize(
    "block",
    [
        f"\n{json.dumps(ADD)}\n{json.dumps(NOW)}\n",
        json.dumps(TOOLS),
        json.dumps(TOOLS, indent=2),
        "\n".join(json.dumps({"type": "function", "function": tool}) for tool in TOOLS),
        json.dumps({**ADD, "description": "as in <tools></tools>"}),
        json.dumps({"name": "add", "parameters": {"a": {"type": "int"}, "b": {"type": "int, optional"}}}),
    ],
    ids=["lines", "array", "indented", "wrapped", "with the closing tag in it", "bare arguments"],
)
def test_tools_of_the_prompt(block: str) -> None:
    prompt = f"Signatures are within <tools></tools> tags:\n<tools>{block}</tools>\nuser: <tools>\nmine\n</tools>"
    for p in (prompt, [{"role": "system", "content": prompt}, {"role": "user", "content": "<tools>[]</tools>"}]):
        assert ROBUST(HERMES, GOLD, prompt=p).value == 1.0
        assert ROBUST(HALF.replace('"b"', '"c"'), GOLD, prompt=p).code == "argument:unexpected"
        assert ROBUST(HERMES.replace("add", "mul"), GOLD, prompt=p).code == "call:unknown_tool"


def test_a_prompt_without_tools_knows_nothing() -> None:
    for prompt in ("", "<tools>", "<tools></tools>", "<tools>no JSON</tools>", '<tools>[{"x": 1}]</tools>', [], 5):
        assert ROBUST(HERMES, GOLD, prompt=prompt).value == 1.0


@pytest.mark.parametrize(
    ("completion", "gold", "value", "code"),
    [
        ("", GOLD, 0.0, "call:none"),
        ("I cannot.", GOLD, 0.0, "call:none"),
        (HALF, GOLD, 0.5, "argument:value"),
        (HERMES.replace("2}", '"2"}'), GOLD, 0.75, "argument:type"),
        (HERMES.replace(', "b": 2', ""), GOLD, 0.5, "argument:missing"),
        (HERMES.replace('"a": 1, ', ""), GOLD, -1.0, "argument:missing"),
        (HERMES.replace('"a"', '"z"'), GOLD, -1.0, "argument:unexpected"),
        (HERMES * 2, GOLD, 0.5, "call:unexpected"),
        (HERMES, GOLD * 2, 0.5, "call:missing"),
        (HERMES.replace("add", "now").replace('"a": 1, "b": 2', ""), GOLD, 0.0, "call:wrong_name"),
        (HERMES.replace("add", "mul"), GOLD, -1.0, "call:unknown_tool"),
        (HERMES.replace("}}", "}"), GOLD, -1.0, "call:malformed"),
        (HERMES[:-5], GOLD, -1.0, "call:truncated"),
        (HERMES.replace('"arguments"', '"parameters"'), GOLD, -1.0, "call:malformed"),
        (f"<think>a {HERMES}", GOLD, -1.0, "reasoning:unclosed"),
        (f"<think>a</think>b</think>{HERMES}", GOLD, -1.0, "reasoning:repeated"),
        (f"<think>{HERMES}</think>", GOLD, 0.0, "call:none"),
        ("It rains.", "It rains.", 1.0, None),
        ("It rains.", "It rained.", 0.5, "reply:differs"),
        ("", "It rains.", 0.0, "reply:missing"),
        (HERMES, "It rains.", 0.0, "call:unexpected"),
        ("No tool fits.", ABSTAIN, 1.0, None),
        ("", [], 1.0, None),
        (HERMES, ABSTAIN, 0.0, "call:unexpected"),
        (HERMES, ANY_CALL, 1.0, None),
        ("", ANY_CALL, 0.0, "call:none"),
        (HERMES.replace("add", "mul"), ANY_CALL, -1.0, "call:unknown_tool"),
    ],
)
def test_values_and_codes(completion: Any, gold: Any, value: float, code: str | None) -> None:
    found = ROBUST(completion, gold, TOOLS)
    assert (found.value, found.code) == (pytest.approx(value, abs=1e-4), code)
    assert found.value == paper_equation(found.parts["format"], found.parts["calls"], found.parts["reply"])


def test_reasoning_can_be_required() -> None:
    strict = SimReward(reasoning="required")
    assert strict(HERMES, GOLD).code == "reasoning:missing"
    assert strict(f"<think></think>{HERMES}", GOLD).value == 1.0
    assert strict(f"because</think>{HERMES}", GOLD).value == 1.0
    assert strict("<think>because</think>[add(a=1, b=2)]", GOLD, TOOLS).value == 1.0


def test_what_the_prompt_opened() -> None:
    assert ROBUST(HERMES, GOLD, prompt=f"{PROMPT}<think>\n").code == "reasoning:unclosed"
    assert ROBUST(f"x</think>{HERMES}", GOLD, prompt=f"{PROMPT}<think>\n").value == 1.0
    assert ROBUST(f"{HALF}</think>{HERMES}", GOLD, prompt=PROMPT).code == "reasoning:repeated"
    assert ROBUST(f"{HALF}</think>{HERMES}", GOLD).value == 1.0  # nobody knows that the prompt opened none


def test_what_the_gold_does_is_never_against_the_format() -> None:
    odd = [{"name": "mul", "arguments": {"x": 1}}, {"name": "add", "arguments": {"c": 1}}]
    assert ROBUST(odd, odd, TOOLS).value == 1.0
    assert ROBUST([{"name": "add", "arguments": {"d": 1}}], odd, TOOLS).code == "argument:unexpected"
    assert ROBUST([{"name": "now", "arguments": {"c": 1}}], odd, TOOLS).code == "argument:unexpected"


def test_tools_are_checked_even_where_the_answer_does_as_the_gold() -> None:
    gold = [{"name": "f", "arguments": {"a": 1}}]
    assert SimReward()(gold, gold, prompt="<tools>\nno tools\n</tools>").value == 1.0
    with pytest.raises(InputError):
        SimReward()(gold, gold, tools=[3])


def test_a_dialect_can_be_asked_for() -> None:
    assert SimReward(dialect="hermes")("[add(a=1, b=2)]", GOLD).value == 0.0
    assert SimReward(dialect="pythonic")("[add(a=1, b=2)]", GOLD).value == 1.0
    hinting = PROMPT + 'Answer with <tool_call>\n{"name": …}\n</tool_call>'
    assert ROBUST("[add(a=1, b=2)]", GOLD, prompt=hinting).value == 0.0


def test_batches() -> None:
    completions, golds = [HERMES, HALF, {"content": HERMES}], [GOLD, json.dumps(GOLD), "Hello"]
    one_by_one = [ROBUST(c, g, TOOLS) for c, g in zip(completions, golds, strict=True)]
    per_sample = [TOOLS, json.dumps(TOOLS), None]
    assert [r.value for r in one_by_one] == [1.0, 0.5, 0.0]
    for tools in (TOOLS, json.dumps(TOOLS), per_sample, None):
        assert ROBUST.batch(completions, golds, tools, [PROMPT, "", None]) == one_by_one
    assert ROBUST.batch([], []) == []
    group = ROBUST.batch([HALF] * 4 + [HERMES] * 4, [json.dumps(GOLD)] * 8, None, [PROMPT] * 8)
    assert [r.value for r in group] == [0.5] * 4 + [1.0] * 4
    assert len({id(r.parts) for r in group}) == 8


def test_batches_of_unequal_columns() -> None:
    with pytest.raises(InputError, match="2 completions and 1 golds"):
        ROBUST.batch([HERMES, HERMES], [GOLD])
    with pytest.raises(InputError, match="2 completions and 3 prompts"):
        ROBUST.batch([HERMES, HERMES], [GOLD, GOLD], None, ["", "", ""])


def test_rewards_travel_and_share() -> None:
    for name in REWARDS:
        reward = load_reward(name)
        again = pickle.loads(pickle.dumps(reward))
        assert again == reward and again(HALF, GOLD) == reward(HALF, GOLD)
        assert pickle.loads(pickle.dumps(reward(HALF, GOLD))) == reward(HALF, GOLD)
    with ThreadPoolExecutor(8) as pool:
        assert {r.value for r in pool.map(lambda _: ROBUST(HALF, GOLD, TOOLS, PROMPT), range(64))} == {0.5}


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    for name in REWARDS:
        load_reward(name).batch([HERMES, "", None, "<think>"], [GOLD] * 4)
    assert capfd.readouterr() == ("", "")


def test_unknown_names() -> None:
    with pytest.raises(UnknownNameError, match="no profile named 'stra'"):
        SimReward("stra")
    with pytest.raises(UnknownNameError, match="no dialect named 'hermse'"):
        SimReward(dialect="hermse")
    with pytest.raises(UnknownNameError, match="no reward named 'simm'"):
        load_reward("simm")


def test_tools_that_are_none() -> None:
    for tools in ("no JSON", [{"description": "x"}], {"tools": 5}, [5]):
        with pytest.raises(InputError):
            ROBUST(HERMES, GOLD, tools)


PIECES = st.sampled_from(
    ["<think>", "</think>", "<tool_call>", "</tool_call>", HERMES, HALF, "<|im_end|>", "\n", "add(a=1)", "[", "{", '"',
     "<|im_start|>assistant\n", '{"name": "add", "arguments": ', "}", "null", "NaN", "1e999", "9" * 50, "\ud800", "x"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=12).map("".join))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["name", "arguments", "function", "tool_calls", "content", "role", "type", "a"]), inner
        ),
    ),
    max_leaves=8,
)
ANSWERS = st.one_of(TEXTS, TEXTS, JSON)
GOLDS = st.sampled_from(
    [GOLD, GOLD * 2, "Hello.", [], f"</think>{HERMES}", "</think>", [{"add": {"a": [1], "b": ["", 2]}}]]
)
CONTEXTS = st.sampled_from([(None, None), (TOOLS, None), (None, PROMPT), (None, f"{PROMPT}<think>")])


@given(ANSWERS, GOLDS, CONTEXTS, st.sampled_from([*REWARDS]), st.sampled_from(["robust", "star"]))
def test_no_answer_breaks_a_reward(answer: Any, gold: Any, context: Any, name: str, profile: str) -> None:
    found = load_reward(name, profile)(answer, gold, *context)
    assert isinstance(found, Reward)
    assert -1.0 <= found.value <= 1.0
    assert tuple(found.parts) == PARTS
    assert all(type(part) is float and 0.0 <= part <= 1.0 for part in found.parts.values())
    assert found.code is None or found.code in CODES
    assert (found.code is None) >= (found.value == 1.0)


@given(TEXTS, st.sampled_from(["robust", "star"]))
def test_labels_never_break_star(label: str, profile: str) -> None:
    found = SimReward("star")(f"x</think>{HERMES}", label, TOOLS)
    assert -1.0 <= found.value <= 1.0


ARGUMENTS = st.dictionaries(st.sampled_from(["a", "b"]), JSON, max_size=2)
CALLS = st.lists(st.builds(Call, st.sampled_from(["add", "now"]), ARGUMENTS), min_size=1, max_size=3)


@given(CALLS)
def test_its_own_gold_scores_one(calls: list[Call]) -> None:
    for tools in (None, TOOLS):
        assert ROBUST(calls, calls, tools).value == 1.0
        assert ROBUST(Output("", attempts=()), expected_reply("a"), tools).value == 0.0
    assert ROBUST(calls, expected_calls(calls[::-1])).value == 1.0


@given(CALLS)
def test_what_is_rendered_scores_one(calls: list[Call]) -> None:
    try:
        text = json.dumps([{"name": c.name, "arguments": dict(c.arguments)} for c in calls], allow_nan=False)
    except ValueError:
        return  # NaN and infinity are no JSON
    tagged = "\n".join(f"<tool_call>\n{json.dumps(entry)}\n</tool_call>" for entry in json.loads(text))
    gold = json.loads(text)
    assert ROBUST(tagged, gold).value == 1.0
    assume("think>" not in text)
    assert ROBUST(f"<think>because</think>{tagged}<|im_end|>", f"</think>{tagged}<|im_end|>\n").value == 1.0


def test_libraries_are_loaded_where_they_are_used() -> None:
    script = """
import sys
from starbench.reward import SimReward
reward, star = SimReward(), SimReward("star")
call = '<tool_call>{"name": "f", "arguments": {"a": "x y"}}</tool_call>'
reward(call, call), star("x</think>" + call, "</think>" + call)
print(sorted({"nltk", "rapidfuzz"} & set(sys.modules)))
reward(call.replace("y", "z"), call)
print(sorted({"nltk", "rapidfuzz"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "['rapidfuzz']"]
