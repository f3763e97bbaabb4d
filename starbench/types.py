"""The words of the project as frozen dataclasses; every other module speaks in these.

A model's answer is an :class:`Output`: reasoning, attempts at calls, and a reply. What a benchmark wants is an
:class:`Expected`. Comparing the two gives a :class:`Similarity`; judging them gives a :class:`Verdict`.

Example::

    Output(text="Sure. <tool_call>…</tool_call>", reply="Sure.", dialect="hermes",
           attempts=(Attempt(raw="<tool_call>…</tool_call>", span=(6, 31), status="parsed",
                             call=Call("get_weather", {"city": "Paris"})),))

Nothing here imports anything but the standard library, reads a file or changes after it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

AttemptStatus = Literal["parsed", "malformed", "truncated", "in_reasoning"]
ExpectedKind = Literal["calls", "reply", "abstain", "any_call"]
Language = Literal["python", "java", "javascript"]


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that a model may call.

    ``parameters`` is a valid JSON Schema of type ``object``, whatever notation the definition came in;
    ``notes`` says what had to be read differently on the way ("type 'dict' read as 'object' at city").
    """

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=lambda: {"type": "object", "properties": {}})
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A name and its arguments, as JSON-like Python values."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One place in a model's text where it tried to call.

    ``span`` is the half-open range of characters in :attr:`Output.text` (None when the output was a message whose
    calls came already separated from the text). ``status`` is

    * ``parsed``: ``call`` holds what was read;
    * ``malformed``: the attempt ended, but no call can be read from it; ``problem`` says why;
    * ``truncated``: the text ended inside the attempt;
    * ``in_reasoning``: it stands inside the reasoning and does not count as a call, whatever it says.

    ``repairs`` names every liberty taken when reading (empty unless one was).
    """

    raw: str
    span: tuple[int, int] | None
    status: AttemptStatus
    call: Call | None = None
    problem: str | None = None
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """What a model answered, with nothing lost: ``text`` is the original, the other fields are views of it.

    ``reasoning_complete`` is False where a reasoning block was opened and never closed (then nothing after its opening
    counts as an answer). ``reply`` is the text that is neither reasoning nor attempt. ``dialect_reason`` says why the
    dialect was chosen; ``dialect`` is ``"unsure"`` where automatic detection found no ground to choose.
    """

    text: str
    reasoning: str = ""
    attempts: tuple[Attempt, ...] = ()
    reply: str = ""
    dialect: str = "unsure"
    dialect_reason: str = ""
    reasoning_complete: bool = True

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that count, in order."""
        return tuple(a.call for a in self.attempts if a.status == "parsed" and a.call is not None)

    @property
    def failed(self) -> tuple[Attempt, ...]:
        """The attempts that were made in the answer and could not be read."""
        return tuple(a for a in self.attempts if a.status in ("malformed", "truncated"))


@dataclass(frozen=True, slots=True)
class Fields:
    """An accepted object whose fields have alternatives of their own; may stand in place of a JSON object."""

    fields: Mapping[str, Accepted]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is accepted in one place: any one of ``alternatives``.

    An alternative is a JSON value; an object may be given as :class:`Fields`, also inside a list. ``optional`` means
    that leaving the place out is right as well.
    """

    alternatives: tuple[Any, ...]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class ExpectedCall:
    """A call that should be made, each argument with what is accepted for it."""

    name: str
    arguments: Mapping[str, Accepted] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expected:
    """The gold of a case.

    * ``calls``: exactly these calls (in any order) and no other;
    * ``reply``: text that says the same as one of ``replies``, and no call;
    * ``abstain``: no call, whatever the text;
    * ``any_call``: at least one call of an offered tool, whatever its arguments.
    """

    kind: ExpectedKind
    calls: tuple[ExpectedCall, ...] = ()
    replies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One benchmark item. ``source`` is the benchmark's own entry, for graders that need its exact notation."""

    id: str
    benchmark: str
    category: str
    messages: tuple[Mapping[str, Any], ...]
    tools: tuple[Tool, ...]
    expected: Expected
    language: Language = "python"
    source: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ArgumentPart:
    """How one argument did: ``similarity`` in [0, 1] and a ``reason`` code ("equal", "missing", "unexpected", …)."""

    name: str
    similarity: float
    reason: str
    got: Any = None
    wanted: Any = None


@dataclass(frozen=True, slots=True)
class CallPart:
    """One pair of the assignment; ``predicted`` or ``expected`` is None where a call has no partner (indices)."""

    name: str
    predicted: int | None
    expected: int | None
    similarity: float
    reason: str
    arguments: tuple[ArgumentPart, ...] = ()


class Similarity(float):
    """A number in [0, 1] that remembers how it came about.

    It is a float (it compares, adds and serialises as one) with ``parts``, one :class:`CallPart` for each pair and each
    call without a partner, and ``profile``, the rules that made it.
    """

    __slots__ = ("parts", "profile")
    parts: tuple[CallPart, ...]
    profile: str

    def __new__(cls, value: float, parts: tuple[CallPart, ...] = (), profile: str = "robust") -> Similarity:
        """A similarity of that value; ``value`` is taken as it is, so it must lie in [0, 1] already."""
        self = super().__new__(cls, value)
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "profile", profile)
        return self

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Similarity does not change (tried to set {name!r})")

    def __reduce__(self) -> tuple[type[Similarity], tuple[float, tuple[CallPart, ...], str]]:
        return (Similarity, (float(self), self.parts, self.profile))

    def __repr__(self) -> str:
        return f"Similarity({float(self)!r})"

    @property
    def value(self) -> float:
        """The bare number."""
        return float(self)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an answer is right. ``error`` is None exactly when ``valid``; the codes stand in :mod:`starbench.errors`.

    Under ``official`` grading ``error`` is the upstream error_type, character for character. ``message`` is a sentence
    for people: where it went wrong. ``figures`` are what else a benchmark measures of an answer, as fractions
    ("process_accuracy").
    """

    valid: bool
    error: str | None
    similarity: Similarity
    message: str = ""
    output: Output | None = field(default=None, compare=False, repr=False)
    figures: Mapping[str, float] = field(default_factory=dict)
