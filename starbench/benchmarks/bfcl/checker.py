"""The official BFCL v4 verdict on a single-turn answer: right or wrong, and upstream's error type.

    official_verdict(entry, [{"calculate_triangle_area": {"base": 10, "height": 5}}],
                     category="simple_python", underscore_to_dot=False)             # (True, None, "")

The rules stand here and in :mod:`starbench.benchmarks.bfcl.value_checks` in the official order, because the first error
found is the one reported. Where upstream departs from them, a function of :mod:`starbench.benchmarks.bfcl.quirks` is
called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starbench.benchmarks.bfcl.decode import DecodeFailure
from starbench.benchmarks.bfcl.java_values import java_value
from starbench.benchmarks.bfcl.javascript_values import javascript_value
from starbench.benchmarks.bfcl.quirks import judging as quirks
from starbench.benchmarks.bfcl.value_checks import Problem, check_value

CRASH = "official:crash"
"""Our own error type: the official code raises while it judges this answer, which ends its whole evaluation."""

_CRASHES = (ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class _Language:
    """How one language's values are checked: documented type -> Python type, and what turns source text into values."""

    types: Mapping[str, type]
    with_elements: frozenset[str]
    convert: Callable[[str, str, str | None], Any] | None = None
    not_text: str = ""


_PYTHON = _Language(
    types={
        "string": str, "integer": int, "float": float, "boolean": bool, "array": list, "tuple": list, "dict": dict,
        **quirks.ANY_IS_TEXT,
    },
    with_elements=frozenset({"array", "tuple"}),
)  # fmt: skip
_JAVA = _Language(
    types={
        "byte": int, "short": int, "integer": int, "long": int, "float": float, "double": float, "boolean": bool,
        "char": str, "String": str, "Array": list, "ArrayList": list, "Queue": list, "Stack": list, "Set": set,
        "HashMap": dict, "Hashtable": dict, **quirks.ANY_IS_TEXT,
    },
    with_elements=frozenset({"Array", "ArrayList"}),
    convert=java_value,
    not_text="type_error:java",
)  # fmt: skip
_JAVASCRIPT = _Language(
    types={
        "String": str, "integer": int, "float": float, "Bigint": int, "Boolean": bool, "dict": dict, "array": list,
        **quirks.ANY_IS_TEXT,
    },
    with_elements=frozenset({"array"}),
    convert=javascript_value,
    not_text="type_error:js",
)  # fmt: skip


def official_verdict(
    entry: Mapping[str, Any], decoded: Any, *, category: str, underscore_to_dot: bool
) -> tuple[bool, str | None, str]:
    """Upstream's verdict on a decoded answer: (valid, error type or None, a sentence that says why).

    ``entry`` is the benchmark's own entry as upstream's evaluation loads it, with its ``ground_truth`` where the
    category has one; ``decoded`` is what :func:`~starbench.benchmarks.bfcl.decode.decode` returned, or the
    :class:`~starbench.benchmarks.bfcl.decode.DecodeFailure` that it raised. ``category`` is the entry's (for format
    sensitivity: that of the case it varies). ``underscore_to_dot`` says that dots in function names became underscores.
    Never raises on what a model wrote: where upstream crashes, the error is :data:`CRASH`.
    """
    if "relevance" in category:
        problem = _relevance(category, decoded)
    else:
        judge, answers = _Judge(entry["function"], _language_of(category), underscore_to_dot), entry["ground_truth"]
        try:
            problem = _calls(judge, answers, category, decoded)
        except _CRASHES as crash:
            problem = Problem(CRASH, f"the official code crashes on this answer ({type(crash).__name__})")
    return (True, None, "") if problem is None else (False, problem.error, f"{problem.sentence:.300}")


def _relevance(category: str, decoded: Any) -> Problem | None:
    called = quirks.counts_as_call(decoded)
    if "irrelevance" in category:
        return Problem("irrelevance_error:decoder_success", "a call was made where none fits") if called else None
    return None if called else Problem("relevance_error:decoder_failed", "no call was made where one was expected")


def _calls(judge: _Judge, answers: Sequence[Mapping[str, Any]], category: str, decoded: Any) -> Problem | None:
    if isinstance(decoded, DecodeFailure):
        return Problem("ast_decoder:decoder_failed", f"the answer cannot be decoded: {decoded}")
    if not quirks.is_list_of_calls(decoded):
        sentence = f"the answer decodes to {quirks.printed(decoded)}, no list of calls"
        return Problem("ast_decoder:decoder_wrong_output_format", sentence)
    return _CHECKS[quirks.kind_of_check(category)](judge, decoded, answers)


def _language_of(category: str) -> _Language:
    if "javascript" in category:
        return _JAVASCRIPT
    return _JAVA if "java" in category else _PYTHON


@dataclass(frozen=True, slots=True)
class _Judge:
    """Judges calls against the documents of one entry's functions."""

    functions: Sequence[Mapping[str, Any]]
    language: _Language
    underscore_to_dot: bool

    def simple(self, calls: Sequence[Mapping[Any, Any]], answers: Sequence[Mapping[str, Any]]) -> Problem | None:
        """Exactly one call, of the first function documented."""
        if len(calls) != 1:
            return _wrong_count("simple_function_checker", calls, 1)
        return self.call(calls[0], answers[0], self.functions[0])

    def multiple(self, calls: Sequence[Mapping[Any, Any]], answers: Sequence[Mapping[str, Any]]) -> Problem | None:
        """As many calls as answers (one, in all official entries), of the function that the first answer names."""
        if len(calls) != len(answers):
            return _wrong_count("multiple_function_checker", calls, len(answers))
        return self.call(calls[0], answers[0], self.document(answers[0]))

    def parallel(self, calls: Sequence[Mapping[Any, Any]], answers: Sequence[Mapping[str, Any]]) -> Problem | None:
        """As many calls as answers, each answer with a call of its own."""
        if len(calls) != len(answers):
            return _wrong_count("parallel_function_checker_no_order", calls, len(answers))
        free = list(range(len(calls)))
        for number, answer in enumerate(answers):
            document = self.document(answer)
            found = quirks.first_fitting((index, self.call(calls[index], answer, document)) for index in free)
            if found is None:
                sentence = f"none of the calls {free} fits expected call {number}"
                return Problem("parallel_function_checker_no_order:cannot_find_match", sentence)
            free.remove(found)
        return None

    def document(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """The document of the function that ``answer`` names."""
        name = next(iter(answer))
        for function in self.functions:
            if function["name"] == name:
                return function
        raise LookupError(f"no function {name!r} is documented")

    def call(self, call: Mapping[Any, Any], answer: Mapping[str, Any], document: Mapping[str, Any]) -> Problem | None:
        """The problem with one call, or None."""
        name = quirks.with_underscores(document["name"], self.underscore_to_dot)
        if name not in call:
            called = next(iter(call))
            return Problem("simple_function_checker:wrong_func_name", f"{called!r} was called, expected is {name!r}")
        arguments, accepted = call[name], next(iter(answer.values()))
        parameters = document["parameters"]
        for parameter in parameters["required"]:
            if parameter not in arguments:
                return Problem("simple_function_checker:missing_required", f"the required {parameter!r} is missing")
        for parameter, value in arguments.items():
            if parameter not in parameters["properties"] or parameter not in accepted:
                return Problem("simple_function_checker:unexpected_param", f"{parameter!r} is not expected")
            problem = self.argument(value, accepted[parameter], parameters["properties"][parameter])
            if problem is not None:
                return Problem(problem.error, f"{parameter!r}: {problem.sentence}")
        for parameter, alternatives in accepted.items():
            if parameter not in arguments and "" not in alternatives:
                return Problem("simple_function_checker:missing_optional", f"{parameter!r} is missing")
        return None

    def argument(self, value: Any, alternatives: Sequence[Any], document: Mapping[str, Any]) -> Problem | None:
        """The problem with one argument's value, or None."""
        language, documented = self.language, document["type"]
        expected = language.types[documented]
        if language.convert is not None and type(value) is not str:
            return Problem(language.not_text, f"{quirks.printed(value)} is not source text")
        kind = document["items"]["type"] if documented in language.with_elements else None
        element = None if kind is None else language.types[kind]
        if language.convert is not None:
            value = language.convert(value, documented, kind)
        else:
            value = quirks.float_from_whole(quirks.list_from_tuple(value, documented), documented)
        return check_value(value, alternatives, expected, element)


def _wrong_count(checker: str, calls: Sequence[Any], expected: int) -> Problem:
    return Problem(f"{checker}:wrong_count", f"{len(calls)} calls were made, expected: {expected}")


_CHECKS: Mapping[str, Callable[..., Problem | None]] = {
    "simple": _Judge.simple,
    "multiple": _Judge.multiple,
    "parallel": _Judge.parallel,
}
