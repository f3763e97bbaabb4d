"""The words between a run and a model: a batch of requests in, as many completions out.

Example::

    Request("simple_python_0", messages=[{"role": "user", "content": "…"}], tools=[{"type": "function", …}])
    Completion(text="<tool_call>…</tool_call>", input_tokens=211, output_tokens=24, seconds=0.8, finish="stop")

A failure around the model (a server that is down, a prompt that is too long for it) is a Completion too, one with a
``failure``: no answer that could be judged. Only what makes every further request pointless raises
:class:`BackendError`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Literal, Protocol

from starbench.errors import StarbenchError

Message = Mapping[str, Any]


class BackendError(StarbenchError):
    """No request can be answered: the key is refused, the model cannot be loaded, a library is absent."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are chosen. Temperature 0 is greedy; ``seed`` is None for an unknown one."""

    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 1024
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One prompt. ``case``, ``sample`` and ``step`` (all from 0) say what it is asked for, and are not sent.

    ``to`` says who is asked: the model that is measured, or the one that plays the user. ``tools`` are definitions as
    the model gets them. ``thinking`` switches the reasoning of models that have such a switch; None leaves it as it is.
    """

    case: str
    messages: Sequence[Message]
    tools: Sequence[Mapping[str, Any]] = ()
    sampling: Sampling = Sampling()
    thinking: bool | None = None
    sample: int = 0
    step: int = 0
    to: Literal["model", "user"] = "model"


@dataclass(frozen=True, slots=True)
class Completion:
    """What came back: ``message`` from a server that separates calls from text, else ``text``, or a ``failure``.

    ``seconds`` is the time from sending to the end; of a local batch each member has the whole batch's. ``finish`` is
    why it ended: "stop", "length", "tool_calls", …. ``tries`` counts the requests that were sent.
    """

    text: str = ""
    message: Message | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    seconds: float = 0.0
    finish: str | None = None
    tries: int = 1
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a backend can do.

    ``batch`` requests at a time make the best use of it, ``concurrency`` such batches may be under way.
    ``separates_calls`` says that answers come as messages, calls apart from text.
    """

    batch: int = 1
    concurrency: int = 1
    separates_calls: bool = False


class Backend(Protocol):
    """A model that can be asked. Opened by ``Class(model, options)``; raises BackendError where that fails."""

    Options: ClassVar[type]
    model: str

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        ...

    def rendered(self, request: Request) -> str:
        """All that the model is shown for a request, as one text: what the cache goes by."""
        ...

    async def complete(self, requests: Sequence[Request]) -> list[Completion]:
        """One completion for each request, in order. Raises BackendError where no request can be answered."""
        ...

    def described(self) -> dict[str, Any]:
        """What is worth recording about it beside the options: versions, device, precision."""
        ...

    async def close(self) -> None:
        """Let go of what it holds."""
        ...


def as_sent(request: Request) -> str:
    """A request as canonical JSON of what the model is shown, for backends that send messages."""
    shown = {"messages": list(request.messages), "tools": list(request.tools), "thinking": request.thinking}
    return json.dumps(shown, ensure_ascii=False, sort_keys=True)


def speed(default: Any) -> Any:
    """A field of options that decides how fast answers come, and not what they are."""
    return field(default=default, metadata={"speed": True})


def sampling_record(request: Request) -> dict[str, Any]:
    """The sampling of a request as JSON."""
    return asdict(request.sampling)
