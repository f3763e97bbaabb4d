from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from starbench_train.data.template import Template
from starbench_train.data.tiny import tiny_rows
from starbench_train.data.tiny_model import tiny_model, tiny_tokenizer
from starbench_train.evaluation.answering import mean_entropies
from starbench_train.generation import Sampling, TransformersWriter, VLLMWriter, answers, cut


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return tiny_tokenizer()


@pytest.fixture(scope="module")
def model(tokenizer: Any) -> Any:
    torch.manual_seed(0)
    return tiny_model("student", tokenizer)


@pytest.fixture(scope="module")
def prompts(tokenizer: Any) -> list[str]:
    template = Template(tokenizer)
    return [template.prompt(row) for row in tiny_rows("train", 5)]


def test_prompts_of_like_length_share_a_batch() -> None:
    batches = cut(["aaa", "a", "aaaa", "aa", "b"], 2)
    assert [batch.places for batch in batches] == [[2, 0], [3, 1], [4]]
    assert [batch.number for batch in batches] == [0, 1, 2]


def test_greedy_answers_do_not_depend_on_the_batch(model: Any, tokenizer: Any, prompts: list[str]) -> None:
    greedy = Sampling(temperature=0.0, max_tokens=6)
    alone = answers(TransformersWriter(model, tokenizer, 1), prompts, greedy)
    together = answers(TransformersWriter(model, tokenizer, 5), prompts, greedy)
    assert [one[0].ids for one in alone] == [one[0].ids for one in together]


def test_a_batch_has_its_own_seed_and_leaves_that_of_training_alone(
    model: Any, tokenizer: Any, prompts: list[str]
) -> None:
    writer, sampling = TransformersWriter(model, tokenizer, 6), Sampling(samples=3, max_tokens=6, seed=7)
    model.train()
    torch.manual_seed(1)
    first = writer.write(prompts[:2], sampling, 0)
    drawn = torch.rand(1)
    torch.manual_seed(1)
    assert torch.equal(drawn, torch.rand(1))
    assert model.training
    assert writer.write(prompts[:2], sampling, 0) == first != writer.write(prompts[:2], sampling, 1)
    assert [len(one) for one in first] == [3, 3]


def test_an_answer_ends_before_its_end_token(model: Any, tokenizer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    end = tokenizer.eos_token_id
    word = tokenizer("oslo", add_special_tokens=False)["input_ids"]

    def generate(input_ids: torch.Tensor, **_: Any) -> torch.Tensor:
        tail = torch.tensor([[*word, end, end], [*word, *word, *word]])
        return torch.cat([input_ids, tail], dim=1)

    monkeypatch.setattr(model, "generate", generate)
    (first,), (second,) = TransformersWriter(model, tokenizer).write(["oslo", "rome"], Sampling(max_tokens=3))
    assert (first.text, first.ids, first.finished) == ("oslo", [*word, end], True)
    assert second.finished is False and len(second.ids) == 3


def test_the_entropy_is_that_of_the_distribution_along_the_answer(model: Any, tokenizer: Any) -> None:
    model.eval()
    prompt, answer = "<|user|>how far is oslo", [5, 9, 11]
    ids = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([ids + answer])).logits[0, len(ids) - 1 : -1]
    probabilities = logits.softmax(-1)
    wanted = float(-(probabilities * probabilities.log()).sum(-1).mean())
    found = mean_entropies(model, tokenizer, [prompt, "<|user|>", prompt], [answer, [], [5]])
    assert found[0] == pytest.approx(wanted, rel=1e-4)
    assert set(found) == {0, 2}


def test_vllm_is_asked_for_tokens_of_the_prompt_and_a_seed_of_the_batch(
    tokenizer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    class LLM:
        def __init__(self, model: str) -> None:
            asked.append(model)

        def generate(self, prompts: list[Any], parameters: Any, use_tqdm: bool) -> list[Any]:
            asked.extend([prompts, parameters])
            one = SimpleNamespace(text=f"oslo{tokenizer.eos_token}", token_ids=[8, 2], finish_reason="stop")
            return [SimpleNamespace(outputs=[one] * parameters.n) for _ in prompts]

    fake = SimpleNamespace(LLM=LLM, SamplingParams=lambda **words: SimpleNamespace(**words))
    monkeypatch.setitem(sys.modules, "vllm", fake)
    made = answers(VLLMWriter("here", tokenizer), ["oslo", "rome"], Sampling(samples=2, seed=3))
    assert made[0][1] == ("oslo", [8, 2], True)
    assert asked[0] == "here" and asked[2].seed == 3_000_009 and asked[2].n == 2
    assert asked[1][0]["prompt_token_ids"] == tokenizer("oslo", add_special_tokens=False)["input_ids"]
