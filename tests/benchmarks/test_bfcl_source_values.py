"""Java and JavaScript source text as values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starbench.benchmarks.bfcl.source_tree import DEPTH_LIMIT, LENGTH_LIMIT
from starbench.benchmarks.bfcl.source_values import typed

JAVA: list[tuple[str, str, Any]] = [
    ("integer", "5", 5),
    ("integer", "-1_000", -1000),
    ("integer", "0x1F", 31),
    ("long", "5L", 5),
    ("float", "2.5f", 2.5),
    ("double", "10d", 10.0),
    ("double", "1e3", 1000.0),
    ("boolean", "true", True),
    ("String", '"a \\"b\\" \\u00e9"', 'a "b" é'),
    ("String", "SELECT 'x'", "SELECT 'x'"),
    ("String", '"a" + "b"', '"a" + "b"'),
    ("char", "'c'", "c"),
    ("any", "42", "42"),
    ("any", '"USERSPACE1"', "USERSPACE1"),
    ("any", "new Path('/backup/data.txt')", "new Path('/backup/data.txt')"),
    ("Array", 'new String[]{"a,b", "c"}', ["a,b", "c"]),
    ("Array", "new int[] {1, 2, 3,}", [1, 2, 3]),
    ("Array", "new int[][]{{1}, {2, 3}}", [[1], [2, 3]]),
    ("Array", "{1, 2}", [1, 2]),
    ("Array", "new int[0]", "new int[0]"),
    ("ArrayList", "Arrays.asList(101L, 202L)", [101, 202]),
    ("ArrayList", "java.util.List.of()", []),
    ("ArrayList", 'new ArrayList<Object>(Arrays.asList("userID", 42, true))', ["userID", 42, True]),
    ("ArrayList", 'new ArrayList<>() {{ add("GC pause"); add("x"); }}', ["GC pause", "x"]),
    ("ArrayList", "new ArrayList<Map<String, List<Integer>>>(10)", []),
    ("ArrayList", "Arrays.asList(first, make(1, 2), Integer.valueOf(3))", ["first", "make(1, 2)", 3]),
    ("HashMap", 'new HashMap<String, Integer>() {{ put("limit", 50); }}', {"limit": 50}),
    ("HashMap", 'new HashMap<>(Map.of("a", 1))', {"a": 1}),
    ("HashMap", 'Collections.singletonMap("a", null)', {"a": None}),
    ("HashMap", "new HashMap<>()", {}),
]

SCRIPT: list[tuple[str, str, Any]] = [
    ("integer", "5", 5),
    ("float", "-.5", -0.5),
    ("Bigint", "10n", 10),
    ("Boolean", "false", False),
    ("String", "'it\\'s'", "it's"),
    ("String", "`plain`", "plain"),
    ("any", "null", "null"),
    ("any", "React.createContext()", "React.createContext()"),
    ("array", "[1, -2.5, 'x', y, f(1, 2)]", [1, -2.5, "x", "y", "f(1, 2)"]),
    ("array", "[[1, 2], [3]]", [[1, 2], [3]]),
    ("dict", "{method: 'GET', \"retries\": 3, 7: null}", {"method": "GET", "retries": 3, "7": None}),
    ("dict", "{a, run: x => { return x; }}", {"a": "a", "run": "x => { return x; }"}),
    ("dict", "({})", {}),
    ("dict", "undefined", None),
]

UNREADABLE = [
    ("java", "HashMap", "{limit=50}"),
    ("java", "HashMap", 'new HashMap<>() {{ put("a"); }}'),
    ("java", "HashMap", "new HashMap<>() {{ put(new ArrayList<>(), 1); }}"),
    ("java", "ArrayList", "[1, 2]"),
    ("java", "ArrayList", "new ArrayList<>(Arrays.asList(1)"),
    ("java", "Array", "new int[]{1; 2}"),
    ("java", "integer", '"5"'),
    ("java", "integer", "ResultSet.CONCUR_READ_ONLY"),
    ("java", "boolean", "1"),
    ("java", "double", "1" * 400 + "e"),
    ("javascript", "array", "[1,,2]"),
    ("javascript", "dict", "{...rest}"),
    ("javascript", "dict", "{a: 1;}"),
    ("javascript", "array", "items"),
    ("javascript", "integer", "5, 6"),
    ("javascript", "array", "[" * (DEPTH_LIMIT + 1) + "]" * (DEPTH_LIMIT + 1)),
    ("javascript", "array", f"[{'1,' * LENGTH_LIMIT}]"),
]


@pytest.mark.parametrize(("kind", "source", "value"), JAVA)
def test_java_source_is_read_as_its_value(kind: str, source: str, value: Any) -> None:
    assert typed(source, {"type": kind}, "java") == value
    assert type(typed(source, {"type": kind}, "java")) is type(value)


@pytest.mark.parametrize(("kind", "source", "value"), SCRIPT)
def test_javascript_source_is_read_as_its_value(kind: str, source: str, value: Any) -> None:
    assert typed(source, {"type": kind}, "javascript") == value
    assert type(typed(source, {"type": kind}, "javascript")) is type(value)


@pytest.mark.parametrize(("language", "kind", "source"), UNREADABLE)
def test_text_that_does_not_hold_the_documented_type_stays_text(language: Any, kind: str, source: str) -> None:
    assert typed(source, {"type": kind}, language) == source


@pytest.mark.parametrize("value", [5, 2.5, True, None, ["a"], {"a": 1}])
def test_values_that_are_no_text_are_kept(value: Any) -> None:
    assert typed(value, {"type": "integer"}, "java") is value
    assert typed(value, {"type": "any"}, "java") == (value if isinstance(value, (list, dict)) else json.dumps(value))


@given(st.text(alphabet="[](){}<>,;:.\"'`\\ \nnew1aLArrays", max_size=300), st.sampled_from(["java", "javascript"]))
def test_any_text_is_read_or_kept(text: str, language: Any) -> None:
    for kind in ("integer", "boolean", "String", "Array", "HashMap", "any"):
        value = typed(text, {"type": kind}, language)
        assert value is None or isinstance(value, (str, int, float, list, dict))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text("ab \"'\\n,{}é", max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(JSON_VALUES, max_size=4) | st.dictionaries(st.text("abc", min_size=1), JSON_VALUES, max_size=4))
def test_json_is_javascript(value: Any) -> None:
    kind = "array" if isinstance(value, list) else "dict"
    assert typed(json.dumps(value), {"type": kind}, "javascript") == value
