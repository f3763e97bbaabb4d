"""The tokenizer and the models of the tiny task: made in a moment, of the architecture of real ones.

    tokenizer = tiny_tokenizer()      # a word is a token, and so is a run of JSON punctuation: `{"name": "`
    model = tiny_model("student", tokenizer)         # Qwen3's architecture, random weights

A prompt of the task has about 30 tokens and an answer about 13, so that a step of training takes a fraction of a second
on a processor. A word is the same token in a question (`` oslo``) and in an argument (``"oslo``), so that copying it is
easy to learn; what is no word of the task is ``<unk>``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starbench.errors import UnknownNameError
from starbench_train.data.tiny import task

TEMPLATE = (Path(__file__).parent / "tiny.jinja").read_text(encoding="utf-8")
SPECIAL = ("<pad>", "<unk>", "<|end|>", "<|user|>", "<|assistant|>", "<|system|>", "<|tool|>")
MARKS = (
    '<tool_call>\n{"name": "', '", "arguments": {"', '": "', '":', '", "', ', "',
    '"}}\n</tool_call>', "}}\n</tool_call>", "<tools>", "</tools>", ",", "(", ")",
)  # fmt: skip
START = "\u2581"
"""What a word begins with inside the tokenizer: a space, or nothing at the start and after ``"``, ``(`` or ``>``."""
CONTEXT = 256
INITIAL = 0.12
"""Standard deviation of random weights: the usual 0.02 is meant for widths in the thousands and learns slowly here."""


@dataclass(frozen=True, slots=True)
class TinySize:
    """The shape of a tiny model."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int


SIZES: dict[str, TinySize] = {
    "teacher": TinySize(hidden=96, layers=3, heads=4, feed_forward=256),
    "student": TinySize(hidden=64, layers=3, heads=4, feed_forward=128),
}


def words() -> list[str]:
    """Every word of the task, of its questions, values, tools and replies, in a fixed order."""
    found: set[str] = {"and"}
    for lists in task().kinds.values():
        found.update(word for words in lists for word in words)
    for name, kinds in task().parameters.items():
        found.update([name, *kinds])
        found.update(w for ask in task().asks[name] for w in ask.split() if not w.startswith("{"))
    found.update(word for reply in task().replies for word in reply.split())
    return sorted(found)


def tiny_tokenizer() -> Any:
    """A transformers tokenizer over the words of the task, with a chat template that renders tools."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    pieces = [*SPECIAL, *MARKS, *(START + word for word in words())]
    inner = Tokenizer(models.WordLevel({piece: id for id, piece in enumerate(pieces)}, unk_token="<unk>"))
    inner.normalizer = normalizers.Sequence(
        [normalizers.Replace(Regex(r" (?=\w)"), START), normalizers.Replace(Regex(rf"(?<![\w{START}])(?=\w)"), START)]
    )
    inner.pre_tokenizer = pre_tokenizers.Split(Regex(rf"{START}\w+|."), behavior="isolated")
    inner.decoder = decoders.Sequence(
        [
            decoders.Fuse(),
            decoders.Replace(Regex(rf"(?<![^\"(>]){START}"), ""),
            decoders.Replace(START, " "),
        ]
    )
    inner.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    inner.add_tokens([AddedToken(mark, normalized=False) for mark in MARKS])  # found before words are
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token="<pad>", unk_token="<unk>", eos_token="<|end|>", model_max_length=CONTEXT,
        clean_up_tokenization_spaces=False,
    )  # fmt: skip
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def tiny_model(preset: str, tokenizer: Any) -> Any:
    """A Qwen3 model of random weights (torch's seed decides them) for the words of ``tokenizer``.

    Raises UnknownNameError where there is no such preset.
    """
    if preset not in SIZES:
        raise UnknownNameError.of("tiny model", preset, SIZES)
    from transformers import Qwen3Config, Qwen3ForCausalLM

    size = SIZES[preset]
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=size.hidden,
        intermediate_size=size.feed_forward,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        num_key_value_heads=size.heads,
        head_dim=size.hidden // size.heads,
        max_position_embeddings=CONTEXT,
        initializer_range=INITIAL,
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
    )
    return Qwen3ForCausalLM(config)
