"""ACEBench's verdict on the calls of a normal case, as its own scorer gives it.

    answer  {"book_flight_1": {"to": "Paris"}, "book_flight_2": {"to": "Rome"}}
    calls   [{"book_flight": {"to": "Paris"}}, {"book_flight": {"to": "Oslo"}}]
    ->      Judgement(valid=False, error_type="value_error:string", error=["Parallel function call failed; …"])

The rule as meant: as many calls as expected, the same names, and for every expected call one call whose required
arguments are there, whose others are known, and whose values are right. Where upstream does something else, a name from
:mod:`.quirks` stands in the code. Texts are upstream's, spelling included ("excepted"), since people compare them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starbench.benchmarks.acebench import quirks

Arguments = Mapping[str, Any]
Error = str | list[Any]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Upstream's verdict: ``error`` and ``error_type`` as its score files hold them.

    ``listed`` says whether the answer is listed among the failures, which differs from ``not valid`` for the quirk
    ``alternative_still_listed``.
    """

    valid: bool
    error: Error
    error_type: str
    listed: bool

    @property
    def text(self) -> str:
        """The error as one text; empty where there is none."""
        if isinstance(self.error, str):
            return self.error
        return "; ".join(part if isinstance(part, str) else str(part) for part in _flat(self.error))


def _flat(error: list[Any]) -> list[Any]:
    """The texts of an error, which for agents are a list for each class."""
    return [part for item in error for part in (item if isinstance(item, list) else [item])]


class _Wrong(Exception):
    """The first thing that is wrong with a call."""

    def __init__(self, error: Error, error_type: str) -> None:
        super().__init__(error_type)
        self.error = error
        self.error_type = error_type


def judge(
    functions: Sequence[Mapping[str, Any]], calls: Sequence[Any], truth: Any, *, parallel_text: bool = True
) -> Judgement:
    """The verdict on decoded ``calls`` ({name: arguments} each) against ``truth``: one answer or a list of them.

    ``parallel_text``: where several calls are expected, a failing one is reported with all calls (since October 2025).
    Raises whatever upstream raises on the same input (the caller turns that into ``official:crash``).
    """
    first: _Wrong | None = None
    for answer in truth if isinstance(truth, list) else [truth]:
        try:
            check_answer(functions, calls, answer, parallel_text=parallel_text)
        except _Wrong as wrong:
            first = first or wrong
            continue
        if first is None:
            return Judgement(True, [], "", listed=False)
        return Judgement(True, first.error, first.error_type, listed=True)  # quirk alternative_still_listed
    if first is None:
        raise IndexError("a case without an answer")
    return Judgement(False, first.error, first.error_type, listed=True)


def check_answer(
    functions: Sequence[Mapping[str, Any]], calls: Sequence[Any], answer: Mapping[str, Any], *, parallel_text: bool
) -> None:
    """Raise _Wrong unless ``calls`` satisfy one ``answer``: {name, repeated ones numbered: arguments}."""
    if len(calls) != len(answer):
        raise _Wrong(["The number of functions does not match the answer."], "wrong functions number")
    wanted = [(name, quirks.without_suffix(name), arguments) for name, arguments in answer.items()]
    _check_names(Counter(name for call in calls for name in call), Counter(name for _, name, _ in wanted))
    for full_name, name, arguments in wanted:
        schema = quirks.schema_of(functions, full_name)
        wrong: _Wrong | None = None
        for call in calls:  # quirk many_to_one: a call is not used up
            if next(iter(call)) != name:
                wrong = _Wrong(["wrong_function"], "simple_function_checker:unclear")
                continue
            try:
                check_call(schema, call, arguments)
            except _Wrong as found:
                wrong = found  # quirk last_candidate_reports
                continue
            break
        else:
            if wrong is None:
                continue
            if len(wanted) > 1 and parallel_text:
                expected = [{name: arguments} for _, name, arguments in wanted]
                wrong.error = [f"Parallel function call failed; excepted {expected}, real: {calls}"]
            raise wrong


def _check_names(made: Counter[str], wanted: Counter[str]) -> None:
    # quirk one_text_for_extra_and_missing: both loops give the same sentence
    for name in [*(n for n in made if n not in wanted), *(n for n in wanted if n not in made)]:
        raise _Wrong([f"extra function detected: {name} is not in the ground truth"], "function_mismatch")
    for name, count in made.items():
        if count != wanted[name]:
            sentence = f"incorrect count for function {name}: [expected: {wanted[name]}, actual: {count}]"
            raise _Wrong([sentence], "function_mismatch")


def check_call(schema: Any, call: Mapping[str, Arguments], answer: Arguments) -> None:
    """Raise _Wrong unless one ``call`` ({name: arguments}) satisfies ``answer`` under the function's ``schema``."""
    arguments = next(iter(call.values()))
    parameters = schema["parameters"]
    if arguments == {} and parameters == {}:
        return
    if arguments == {} or parameters == {}:
        raise _Wrong([], "wrong_param")
    if answer == parameters["properties"]:
        return
    if answer == {}:
        raise _Wrong([], "wrong_param")
    name = schema["name"]
    if name not in call:
        raise _Wrong([{"wrong_function": {"expected": name, "real": next(iter(call))}}], "wrong_function_name")
    for required in parameters["required"]:
        if required not in arguments:
            raise _Wrong(f"lack required_params: {required}", "lack_args")
    for parameter, value in arguments.items():
        if parameter not in parameters["properties"] or parameter not in answer:
            raise _Wrong(f"addition params: {parameter}", "addition_args")
        _Argument(name, parameter, answer[parameter], parameters["properties"][parameter]).check(value)


@dataclass(frozen=True, slots=True)
class _Argument:
    """One argument's place: the function, the parameter, the right value and the parameter's schema."""

    function: str
    parameter: str
    answer: Any
    schema: Mapping[str, Any]

    def check(self, value: Any) -> None:
        """Raise _Wrong unless ``value`` is right for this place."""
        documented = self.schema["type"]
        expected = quirks.PYTHON_TYPES[documented]
        items = self._item_type(documented) if documented in quirks.CONTAINERS else None
        if documented == "tuple" and type(value) is tuple:
            value = list(value)
        if documented == "float" and type(value) is int:
            value = float(value)
        if self._of_other_type(value, expected, items):
            return
        if expected is dict:
            self._check_object(value, self.answer)
        elif expected is list and items is dict:
            self._check_objects(value)
        elif expected is str:
            if not quirks.contained(self.answer, value):
                raise self._wrong_value(self.answer, value, "value_error:string")
        elif expected is list:
            self._check_list(value)
        # quirk unchecked_scalars: numbers and booleans have passed with their type

    def _item_type(self, documented: str) -> type:
        try:
            item: str = self.schema["items"]["type"]
        except (KeyError, TypeError):
            item = "string" if "string" in documented else "enum" if "enum" in documented else "dict"
        return quirks.PYTHON_TYPES[item]

    def _of_other_type(self, value: Any, expected: type, items: type | None) -> bool:
        """Whether the value passes by the answer's own type, so that upstream skips its value check.

        Raises _Wrong where it has neither the documented type nor the answer's.
        """
        own = type(self.answer) if self.answer != "" else None
        value = quirks.as_boolean(value)
        matches = type(value) is expected
        if matches and (items is None or self._items_pass(value, items)):
            return own is not None and own is not expected
        if own is None or (type(value) is not own and self.answer != value):
            sentence = f"wrong type for parameter ({self.parameter}) of api ({self.function}):"
            raise _Wrong([f"{sentence}[excepted: {expected}, real: {type(value)}]"], "type_error")
        if matches:
            documented = self.schema["type"]
            sentence = f"Nested type checking failed for parameter {self.parameter!r}. Expected outer type {documented}"
            raise _Wrong([f"{sentence} with inner type {items}. Parameter value: {value!r}."], "type_error")
        return True

    def _items_pass(self, value: Any, items: type) -> bool:
        """Quirk empty_container_fails: an element of the answer that is no list, or allows every item, is wanted."""
        for element in self.answer:
            if type(element) is not list:
                return True
            if all(type(quirks.as_boolean(item)) is items or self._alike(item, element) for item in value):
                return True
        return False

    @staticmethod
    def _alike(item: Any, element: Any) -> bool:
        item = quirks.as_boolean(item)
        return (element != "" and type(item) is type(element)) or bool(element == item)

    def _check_object(self, value: Any, answer: Mapping[str, Any]) -> None:
        if not isinstance(value, dict):
            sentence = f"wrong type for parameter ({self.parameter}) of api ({self.function}): "
            raise _Wrong([f"{sentence}[excepted: {answer}, real: [{value}]]"], "value_error")
        if len(value) != len(answer):
            raise self._wrong_value(answer, value, "value_error")
        for key, field in value.items():
            field = quirks.as_boolean(field)
            if key not in answer:
                raise self._wrong_value(answer, value, "value_error")
            if isinstance(answer[key], dict):
                self._check_object(field, answer[key])
            elif not quirks.contained_as_text(answer[key], field):
                raise self._wrong_value(answer, value, "value_error")

    def _check_objects(self, value: Any) -> None:
        if len(value) != len(self.answer):
            raise self._wrong_value(self.answer, value, "value_error:list_dict_count")
        for item, answer in zip(value, self.answer, strict=True):
            self._check_object(item, answer)

    def _check_list(self, value: Any) -> None:
        made, wanted = ([quirks.normalised(x) if type(x) is str else x for x in each] for each in (value, self.answer))
        if made != wanted:
            sentence = f"wrong value for parameter ({self.parameter!r}) of api ({self.function}): "
            raise _Wrong([f"{sentence}[expected {self.answer}, real: [{value!r}]]"], "value_error:list/tuple")

    def _wrong_value(self, answer: Any, value: Any, error_type: str) -> _Wrong:
        sentence = f"wrong value for parameter ({self.parameter}) of api ({self.function}): "
        return _Wrong([f"{sentence}[excepted: {answer}, real: [{value}]]"], error_type)
