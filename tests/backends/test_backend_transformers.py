"""The backend for models in this process, with a tiny one whose weights are random."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from starbench.backends import BackendError, Completion, Request, Sampling  # noqa: E402
from starbench.backends.local import with_objects  # noqa: E402
from starbench.backends.transformers import TransformersBackend, TransformersOptions  # noqa: E402

TEMPLATE = (
    "{% if tools %}<tools>{{ tools | tojson }}</tools>{% endif %}"
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}<assistant>"
    "{% if enable_thinking is defined and not enable_thinking %}<no>{% endif %}"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with 96 byte-like tokens, two layers and a context of 128 tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    letters = {chr(32 + n): n for n in range(95)}
    letters["<end>"] = 95
    fast = Tokenizer(models.BPE(letters, []))
    fast.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    fast.decoder = decoders.Fuse()
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=fast, eos_token="<end>", chat_template=TEMPLATE)
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=96, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=128, eos_token_id=95, bos_token_id=None, pad_token_id=None,
    )  # fmt: skip
    path = tmp_path_factory.mktemp("model")
    transformers.LlamaForCausalLM(config).save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path


def complete(backend: TransformersBackend, *requests: Request) -> list[Completion]:
    return asyncio.run(backend.complete(requests))


def asked(text: str, **more: Any) -> Request:
    return Request(text, [{"role": "user", "content": text}], sampling=Sampling(max_tokens=12), **more)


def test_a_batch_gives_what_each_prompt_gives_alone(folder: Path) -> None:
    backend = TransformersBackend(str(folder), TransformersOptions(batch=3, device="cpu"))
    requests = [asked(text) for text in ("a", "something longer", "mid one", "b", "the longest of all of them")]
    together = complete(backend, *requests)
    alone = [complete(backend, request)[0] for request in requests]
    assert [(c.text, c.input_tokens, c.output_tokens) for c in together] == [
        (c.text, c.input_tokens, c.output_tokens) for c in alone
    ]
    assert len({c.text for c in together}) > 1
    assert all(c.failure is None and c.output_tokens and c.finish in ("stop", "length") for c in together)


def test_the_template_renders_tools_and_the_switch(folder: Path) -> None:
    backend = TransformersBackend(str(folder), TransformersOptions(device="cpu"))
    tool = {"name": "f"}
    assert backend.rendered(asked("x", tools=[tool])) == '<tools>[{"name": "f"}]</tools><user>x<assistant>'
    assert backend.rendered(asked("x", thinking=False)) == "<user>x<assistant><no>"
    assert backend.described()["template_uses_tools"] is True


def test_a_prompt_that_is_too_long_is_a_failure_of_its_own(folder: Path) -> None:
    backend = TransformersBackend(str(folder), TransformersOptions(device="cpu"))
    good, bad = complete(backend, asked("short"), asked("x" * 200))
    assert good.failure is None
    assert bad.failure == "the prompt has 217 tokens, the model takes 128"


def test_sampling_repeats_with_a_seed(folder: Path) -> None:
    backend = TransformersBackend(str(folder), TransformersOptions(device="cpu"))
    sampling = Sampling(temperature=1.0, max_tokens=12, seed=1)
    one = Request("a", [{"role": "user", "content": "a"}], sampling=sampling)
    other = Request("a", [{"role": "user", "content": "a"}], sampling=sampling, sample=1)
    assert complete(backend, one)[0].text == complete(backend, one)[0].text
    assert complete(backend, one)[0].text != complete(backend, other)[0].text


def test_an_answer_ends_at_its_end_token(folder: Path) -> None:
    backend = TransformersBackend(str(folder), TransformersOptions(device="cpu"))
    ended = backend._completion([33, 34, 95, 40, 40], 3, 0.0)
    assert (ended.text, ended.output_tokens, ended.finish) == ("AB", 3, "stop")
    assert backend._completion([33, 34], 3, 0.0).finish == "length"


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="cannot be loaded"):
        TransformersBackend(str(tmp_path), TransformersOptions())


def test_arguments_become_objects_for_templates() -> None:
    calls = [{"function": {"name": "f", "arguments": '{"x": 1}'}}, {"function": {"name": "g", "arguments": "{"}}]
    message = with_objects({"role": "assistant", "tool_calls": calls})
    assert [call["function"]["arguments"] for call in message["tool_calls"]] == [{"x": 1}, "{"]
