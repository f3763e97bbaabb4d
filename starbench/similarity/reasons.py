"""Reason codes of the parts of a similarity: why an argument or a call has the credit that it has.

CallPart(name="add", predicted=0, expected=0, similarity=0.5, reason="partial",
         arguments=(ArgumentPart("a", 1.0, "equal", got=1, wanted=(1,)),
                    ArgumentPart("b", 0.0, "missing", wanted=(2,))))
"""

from __future__ import annotations

ARGUMENT_REASONS: dict[str, str] = {
    "equal": "one of the accepted values",
    "partial": "part of an accepted text, list or object",
    "type": 'of another JSON type than the accepted values; half the credit where it is written the same ("7" for 7)',
    "value": "nothing in common with any accepted value",
    "missing": "expected and left out",
    "unexpected": "given and not expected",
}
"""Reason of an :class:`~starbench.types.ArgumentPart` -> what it means."""

CALL_REASONS: dict[str, str] = {
    "equal": "every argument is accepted",
    "partial": "a partner of the same name, some arguments right",
    "different": "a partner of the same name, no argument right",
    "missing": "an expected call without partner",
    "unexpected": "a predicted call without partner",
    "copy": "repeats an earlier call, and no further expected call accepts it",
    "surplus": "one of so many calls of one name that it was not compared",
    "failed": "an attempt that could not be read; it counts as a call without partner",
}
"""Reason of a :class:`~starbench.types.CallPart` -> what it means."""

ARGUMENT_CODES: dict[str, str] = {
    "missing": "argument:missing",
    "unexpected": "argument:unexpected",
    "type": "argument:type",
    "value": "argument:value",
    "partial": "argument:value",
}
"""Reason of an argument -> code of :data:`starbench.errors.CODES`."""


def count_code(made: int, wanted: int, paired: int, copies: bool) -> str | None:
    """The code for calls that are left over when ``paired`` of those made and wanted have a partner; None for none."""
    extra, missing = made > paired, wanted > paired
    if extra and missing and not copies:
        return "call:wrong_name" if made == wanted else "call:count"
    return "call:unexpected" if extra else "call:missing" if missing else None
