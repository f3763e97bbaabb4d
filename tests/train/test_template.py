"""Rows as tokens: the answer stands where a model writes it, ends its turn, and only what is asked for is learnt."""

from __future__ import annotations

import json
from typing import Any

import pytest

transformers = pytest.importorskip("transformers", reason="templates need transformers: pip install 'starbench[train]'")

import starbench  # noqa: E402
from starbench_train.data.rows import TrainingRow  # noqa: E402
from starbench_train.data.template import (  # noqa: E402
    HERMES_TEMPLATE,
    Encoded,
    Skipped,
    Template,
    know_tools,
    split_reasoning,
)

TOOL = {"name": "weather_now", "description": "Temperature now.", "parameters": {"place": {"type": "str"}}}
CALL = {"name": "weather_now", "arguments": {"place": "Bergen"}}
USER = {"role": "user", "content": "How warm is it in Bergen?"}
ROW = TrainingRow("a", (USER,), (TOOL,), [CALL], answer={"role": "assistant", "tool_calls": [CALL]})
THOUGHT = {"role": "assistant", "content": "Mild.", "reasoning_content": "I know this."}

# Writes reasoning as Qwen3's template does: always before the last answer, and as a switch in the prompt.
THINKING = (
    "{{ bos_token }}{% if tools %}[{{ tools | map(attribute='function.name') | join }}]{% endif %}"
    "{% for m in messages %}<{{ m.role }}>{% if m.role == 'assistant' %}<think>\n\n{{ m.reasoning_content or '' }}\n"
    "</think>\n\n{% endif %}{{ m.content }}<end>\n{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% if enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}"
    "{% endif %}"
)


def character_tokenizer(template: str | None) -> Any:
    """A tokenizer with a token a character, which puts <s> in front of whatever it is given."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors

    letters = {"<s>": 0, "<end>": 1, "<unk>": 2, "\n": 3} | {chr(32 + n): 4 + n for n in range(95)}
    fast = Tokenizer(models.WordLevel(letters, unk_token="<unk>"))
    fast.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    fast.decoder = decoders.Fuse()
    fast.add_special_tokens([AddedToken("<s>", special=True), AddedToken("<end>", special=True)])
    fast.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=fast, bos_token="<s>", eos_token="<end>", unk_token="<unk>", chat_template=template
    )


def learnt(encoded: Encoded | Skipped, tokenizer: Any) -> str:
    assert isinstance(encoded, Encoded)
    return str(tokenizer.decode([id for id, kept in zip(encoded.ids, encoded.mask, strict=True) if kept]))


def test_ours_shows_tools_and_writes_calls_that_the_scorer_reads() -> None:
    template = Template(character_tokenizer(None))
    assert template.tokenizer.chat_template == HERMES_TEMPLATE
    prompt, completion = template.prompt(ROW), template.completion(ROW)
    assert prompt.count('<tools>\n{"name": "weather_now"') == prompt.count("}\n</tools>\nAnswer with") == 1
    assert '{"place": {"type": "string"}}' in prompt, "schemas are clean"
    assert prompt.endswith("<|im_start|>assistant\n")
    assert completion.endswith("</tool_call><end>")
    (call,) = starbench.parse(completion.removesuffix("<end>"), "hermes").calls
    assert call == starbench.Call("weather_now", {"place": "Bergen"})


def test_ours_writes_a_tool_a_line_and_calls_one_behind_the_other() -> None:
    calls = {"role": "assistant", "content": "Both.", "tool_calls": [CALL, CALL]}
    template = Template(character_tokenizer(None))
    row = TrainingRow("a", (USER,), (TOOL, {"name": "sun_up", "parameters": {}}), [CALL, CALL], answer=calls)
    lines = template.prompt(row).split("<tools>\n")[1].split("\n</tools>")[0].split("\n")
    assert [json.loads(line)["name"] for line in lines] == ["weather_now", "sun_up"]
    text = json.dumps(CALL)
    assert (
        template.completion(row) == f"Both.\n<tool_call>\n{text}\n</tool_call>\n<tool_call>\n{text}\n</tool_call><end>"
    )


def test_ours_keeps_the_system_prompt_and_earlier_turns() -> None:
    earlier = ({"role": "system", "content": "Be brief."}, USER, {"role": "assistant", "tool_calls": [CALL]})
    row = TrainingRow("a", (*earlier, {"role": "tool", "content": "7 degrees"}), (TOOL,), [])
    prompt = Template(character_tokenizer(None)).prompt(row)
    assert prompt.count("<|im_start|>system\n") == 1
    assert prompt.index("Be brief.") < prompt.index("<tools>") < prompt.index(USER["content"])
    assert prompt.index('<tool_call>\n{"name": "weather_now"') < prompt.index("<tool_response>\n7 degrees")


def test_a_template_that_knows_tools_stays() -> None:
    tokenizer = character_tokenizer(THINKING)
    know_tools(tokenizer)
    assert tokenizer.chat_template == THINKING


def test_prompt_and_completion_make_the_tokens_and_nothing_is_added() -> None:
    template = Template(character_tokenizer(THINKING))
    encoded = template.encode(TrainingRow("a", (USER,), (TOOL,), [], answer=THOUGHT))
    assert isinstance(encoded, Encoded)
    prompt = encoded.ids[: encoded.prompt_length]
    assert template.tokenizer.decode(prompt).startswith("<s>[weather_now]<user>How warm")
    assert prompt.count(template.tokenizer.bos_token_id) == 1
    assert learnt(encoded, template.tokenizer).endswith("Mild.<end>")
    assert not any(encoded.mask[: encoded.prompt_length])


@pytest.mark.parametrize(
    ("mask", "kept"),
    [
        ("all", "<think>\n\nI know this.\n</think>\n\nMild.<end>"),
        ("answer", "Mild.<end>"),
        ("think", "<think>\n\nI know this.\n</think>\n\n"),
    ],
)
def test_the_mask_chooses_what_is_learnt(mask: Any, kept: str) -> None:
    template = Template(character_tokenizer(THINKING))
    row = TrainingRow("a", (USER,), (TOOL,), [], answer=THOUGHT)
    assert learnt(template.encode(row, mask), template.tokenizer) == kept


def test_a_row_without_reasoning_has_none_to_learn() -> None:
    template = Template(character_tokenizer(None))
    assert template.encode(ROW, "think") == Skipped("the answer has nothing that the mask 'think' keeps")


def test_reasoning_that_is_switched_off_stands_in_the_prompt() -> None:
    template = Template(character_tokenizer(THINKING), thinking=False)
    row = TrainingRow("a", (USER,), (), [], answer={"role": "assistant", "content": "Mild."})
    assert template.prompt(row).endswith("<assistant><think>\n\n</think>\n\n")
    skipped = template.encode(TrainingRow("a", (USER,), (), [], answer=THOUGHT))
    assert isinstance(skipped, Skipped)
    assert "elsewhere than behind the prompt" in skipped.reason


def test_a_rollout_is_taken_as_it_was_written() -> None:
    template = Template(character_tokenizer(THINKING))
    row = TrainingRow("a", (USER,), (), [], prompt="<user>Hm?<end><assistant>", completion="</think>No.")
    assert template.prompt(row) == row.prompt
    assert template.completion(row) == "</think>No.<end>"
    assert learnt(template.encode(row, "answer"), template.tokenizer) == "No.<end>"


def test_what_is_too_long_is_left_out_with_a_reason() -> None:
    template = Template(character_tokenizer(None))
    for limits in ({"max_prompt": 5}, {"max_completion": 5}):
        skipped = template.encode(ROW, **limits)  # type: ignore[arg-type]
        assert isinstance(skipped, Skipped)
        assert "5 are allowed" in skipped.reason


def test_a_row_without_an_answer_and_a_template_that_fails_are_reasons_too() -> None:
    template = Template(character_tokenizer("{% if tools %}{% endif %}{{ raise_exception('no system turns') }}"))
    assert "no system turns" in str(template.encode(ROW))
    without = Template(character_tokenizer(None)).encode(TrainingRow("b", (USER,), (), []))
    assert without == Skipped("the row b has no answer to train on")


def test_reasoning_ends_behind_its_last_tag() -> None:
    assert split_reasoning("a</think>\n\nb") == ("a</think>\n\n", "b")
    assert split_reasoning("b") == ("", "b")
