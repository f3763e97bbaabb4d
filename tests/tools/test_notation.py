from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from starbench.tools.notation import SIMPLE, read_type

INTEGERS = {"type": "array", "items": {"type": "integer"}}


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        ("dict", {"type": "object"}),
        ("HashMap", {"type": "object"}),
        ("ArrayList", {"type": "array"}),
        ("TYPE_UNSPECIFIED", {}),
        ("any", {}),
        ("", {}),
        ("typing.List[int]", INTEGERS),
        ("list(integer)", INTEGERS),
        ("array<integer>", INTEGERS),
        ("int[]", INTEGERS),
        ("List[List[int]]", {"type": "array", "items": INTEGERS}),
        ("Tuple[float, float]", {"type": "array", "items": {"type": "number"}}),
        ("Dict[str, int]", {"type": "object", "additionalProperties": {"type": "integer"}}),
        ("Dict[str, Any]", {"type": "object"}),
        ("Optional[str]", {"type": ["string", "null"]}),
        ("int | None", {"type": ["integer", "null"]}),
        ("Union[int, List[int]]", {"anyOf": [{"type": "integer"}, INTEGERS]}),
        ("Union[int, int]", {"type": "integer"}),
        ("Callable[[float], float]", {"type": "string"}),
        ("Literal['a', 2]", {"enum": ["a", 2]}),
        ("Annotated[int, 'in days']", {"type": "integer"}),
        ("varchar(255)", {}),
        ("char(10)", {"type": "string"}),
    ],
)
def test_types_are_read(text: str, schema: Any) -> None:
    assert read_type(text).schema == schema


@pytest.mark.parametrize("word", SIMPLE)
def test_case_never_matters(word: str) -> None:
    assert read_type(word.upper()) == read_type(word.title()) == read_type(word)


@pytest.mark.parametrize("text", ["int, optional", "int (optional)", "int, default=3", "int, optional, defaults to 3"])
def test_optional_is_recognised(text: str) -> None:
    assert read_type(text) == ({"type": "integer"}, True, True)


@pytest.mark.parametrize("text", ["The city name", "date", "List[", "List]", "5", "[int]", "List[" * 200, "x" * 2_000])
def test_what_is_no_type_allows_everything(text: str) -> None:
    assert read_type(text) == ({}, False, False)


def test_an_unknown_part_leaves_the_known_rest() -> None:
    assert read_type("List[datetime]") == ({"type": "array"}, False, False)


@given(
    st.lists(st.sampled_from(["List", "int", "Literal", "'a'", "[", "]", "(", ")", ",", "|", " ", "?"])).map("".join)
)
def test_any_text_gives_a_valid_schema(text: str) -> None:
    Draft202012Validator.check_schema(dict(read_type(text).schema))
