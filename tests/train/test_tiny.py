"""The tiny task: rows that the scorer agrees with, never the same in training and held out, and exact tokens."""

from __future__ import annotations

from collections import Counter

import pytest

pytest.importorskip("transformers", reason="the tiny models need transformers: pip install 'starbench[train]'")

from starbench.errors import UnknownNameError
from starbench_train.data.rows import TrainingRow, as_benchmark
from starbench_train.data.template import Encoded, Template
from starbench_train.data.tiny import is_held_out, task, tiny_rows
from starbench_train.data.tiny_model import CONTEXT, SIZES, tiny_model, tiny_tokenizer, words
from starbench_train.models import parameters

TEMPLATE = Template(tiny_tokenizer())


@pytest.fixture(scope="module")
def rows() -> list[TrainingRow]:
    return [*tiny_rows("train", 200), *tiny_rows("held_out", 100)]


def test_the_same_seed_draws_the_same_rows_and_another_one_others() -> None:
    assert tiny_rows("train", 20, seed=1) == tiny_rows("train", 20, seed=1)
    assert tiny_rows("train", 20, seed=1) != tiny_rows("train", 20, seed=2)


def test_no_question_is_in_training_and_held_out_whatever_the_seeds() -> None:
    train = {part for seed in range(3) for row in tiny_rows("train", 400, seed) for part in row.query.split(" and ")}
    held_out = [row for seed in range(3) for row in tiny_rows("held_out", 100, seed)]
    assert all(any(part not in train for part in row.query.split(" and ")) for row in held_out)
    assert all(is_held_out(row.query) for row in held_out)
    assert len({row.query for row in held_out[:100]}) == 100


def test_every_category_occurs_and_every_tool(rows: list[TrainingRow]) -> None:
    assert set(Counter(row.category for row in rows)) == {"simple", "parallel", "irrelevance"}
    assert {call["name"] for row in rows for call in row.expected} == set(task().parameters)


def test_expected_calls_name_offered_tools_and_are_answered_by_words_of_the_question(rows: list[TrainingRow]) -> None:
    for row in rows:
        offered = {tool["name"]: tool["parameters"]["properties"] for tool in row.tools}
        for call in row.expected:
            assert set(call["arguments"]) == set(offered[call["name"]])
            assert all(str(value) in row.query for value in call["arguments"].values())


def test_a_rows_own_answer_is_right_and_another_rows_is_not(rows: list[TrainingRow]) -> None:
    benchmark = as_benchmark(rows)
    answers = [TEMPLATE.completion(row).removesuffix("<|end|>") for row in rows]
    assert all(
        benchmark.grade(row.id, answer, dialect="hermes").valid for row, answer in zip(rows, answers, strict=True)
    )
    shifted = zip(rows, answers[1:] + answers[:1], strict=True)
    wrong = [benchmark.grade(row.id, answer, dialect="hermes").valid for row, answer in shifted if row.expected]
    assert not any(wrong)


def test_texts_become_tokens_and_the_same_texts_again(rows: list[TrainingRow]) -> None:
    tokenizer = TEMPLATE.tokenizer
    for row in rows:
        encoded = TEMPLATE.encode(row)
        assert isinstance(encoded, Encoded)
        assert tokenizer.unk_token_id not in encoded.ids
        assert tokenizer.decode(encoded.ids[: encoded.prompt_length]) == TEMPLATE.prompt(row)
        assert tokenizer.decode(encoded.ids[encoded.prompt_length :]) == TEMPLATE.completion(row)
        assert len(encoded.ids) < CONTEXT


def test_a_word_is_one_token_and_the_same_in_question_and_argument() -> None:
    tokenizer = TEMPLATE.tokenizer
    (in_question,) = tokenizer(" oslo")["input_ids"]
    assert tokenizer('{"city": "oslo"}')["input_ids"].count(in_question) == 1
    assert len(tokenizer) == len(set(words())) + len(tokenizer.added_tokens_decoder)


def test_models_are_of_their_size_and_the_teacher_is_larger() -> None:
    sizes = {name: parameters(tiny_model(name, TEMPLATE.tokenizer)) for name in SIZES}
    assert 100_000 < sizes["student"] < sizes["teacher"] < 1_000_000
    with pytest.raises(UnknownNameError, match="did you mean 'teacher'"):
        tiny_model("teachers", TEMPLATE.tokenizer)
