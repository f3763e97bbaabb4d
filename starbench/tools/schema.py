"""A schema as people write it -> a schema that JSON Schema (2020-12) accepts, and a note for each thing that changed.

Example: ``{"type": "dict", "properties": {"city": {"type": "str", "required": true}}}`` becomes
``{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}``.

What a keyword may hold stands in a table, :data:`KEYWORDS`; a keyword that is not in it is an annotation and is kept
(JSON Schema allows any), one whose value is not what the table says is dropped. Values (``default``, ``enum``, …)
are not copied.
"""

from __future__ import annotations

import copy
import re
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from starbench.tools.notation import TypeWord, read_type

Rule = Callable[[Any], bool]

MAX_DEPTH = 64
"""Nesting below this is replaced by the schema that allows everything."""

JSON_TYPES = frozenset({"string", "integer", "number", "boolean", "array", "object", "null"})


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _positive(value: Any) -> bool:
    return _number(value) and value > 0


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _list(value: Any) -> bool:
    return isinstance(value, list)


def _choices(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


def _names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value) and len({*value}) == len(value)


def _names_by_name(value: Any) -> bool:
    return isinstance(value, dict) and all(_names(names) for names in value.values())


def _never(value: Any) -> bool:
    return False


@lru_cache(maxsize=1_024)
def _compiles(pattern: str) -> bool:
    """Whether ``re`` takes the pattern; JSON Schema means JavaScript's, which has a few more forms."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            re.compile(pattern)
        except (re.error, RecursionError, OverflowError, MemoryError):
            return False
    return True


def _pattern(value: Any) -> bool:
    return isinstance(value, str) and _compiles(value)


_RULES: dict[str, Rule] = {
    "title description format contentEncoding contentMediaType $comment $ref": _text,
    "deprecated readOnly writeOnly uniqueItems": _flag,
    "minimum maximum exclusiveMinimum exclusiveMaximum": _number,
    "minLength maxLength minItems maxItems minProperties maxProperties minContains maxContains": _count,
    "multipleOf": _positive,
    "pattern": _pattern,
    "enum": _choices,
    "examples": _list,
    "required": _names,
    "dependentRequired": _names_by_name,
    # Identity and version of a schema: ours is a 2020-12 schema wherever it came from.
    "$schema $id $anchor $dynamicAnchor $dynamicRef $vocabulary $recursiveRef $recursiveAnchor dependencies": _never,
}
KEYWORDS = {keyword: rule for keywords, rule in _RULES.items() for keyword in keywords.split()}
"""Keyword -> whether a value may stand there."""

ONE_SCHEMA = frozenset(
    (
        *("additionalProperties", "contains", "propertyNames", "not", "if", "then", "else"),
        *("contentSchema", "unevaluatedItems", "unevaluatedProperties"),
    )
)
SCHEMA_LISTS = frozenset(["prefixItems", "allOf", "anyOf", "oneOf"])
SCHEMA_MAPS = frozenset(["patternProperties", "dependentSchemas", "$defs", "definitions"])

PLAIN: dict[object, type] = {"type": str, "description": str, "enum": list, "default": object}
"""The keywords that most arguments have and no others, with the class of their values (``object``: any)."""

QUIET = frozenset({"$schema", "$id"})
"""Keywords whose loss changes nothing for a reader, so that no note is made of it."""


def clean_parameters(schema: Mapping[str, Any], notes: list[str]) -> dict[str, Any]:
    """The parameters of a tool as a valid schema of type ``object`` with ``properties``.

    ``schema`` is either a schema or the bare notation ``{argument: {"type": ..., ...} or type}``; in the bare
    notation an argument is required unless it has a default or is marked as optional.
    """
    bare = not _is_schema(schema)
    clean = _clean({"type": "object", "properties": dict(schema)} if bare else schema, "", notes, bare)
    if clean.get("type") != "object":
        if "type" in clean:
            notes.append(f"type {clean['type']!r} of the parameters read as 'object'")
        clean = {"type": "object", **{key: value for key, value in clean.items() if key != "type"}}
    clean.setdefault("properties", {})
    return clean


def _is_schema(parameters: Mapping[str, Any]) -> bool:
    """Whether these are the keywords of a schema, rather than a map of arguments.

    An argument may be called ``type`` or ``properties``; then its value is the description of an argument.
    """
    if isinstance(parameters.get("type"), (str, list)):
        return True
    properties = parameters.get("properties")
    if isinstance(properties, dict):
        return not isinstance(properties.get("type"), (str, list))
    return any(isinstance(parameters.get(keyword), list) for keyword in ("required", "anyOf", "allOf", "oneOf"))


def _clean(schema: Mapping[str, Any], path: str, notes: list[str], bare: bool = False) -> dict[str, Any]:
    """A schema with every keyword valid; ``path`` is where it stands ("" for the parameters themselves)."""
    clean: dict[str, Any] = {}
    for keyword, value in schema.items():
        rule = KEYWORDS.get(keyword)
        if rule is not None:
            if rule(value):
                clean[keyword] = value
            elif keyword != "required":  # read with the properties
                _dropped(keyword, value, path, notes)
        elif keyword == "type":
            _add_type(clean, value, path, notes)
        elif keyword == "properties":
            if isinstance(value, dict):
                clean["properties"] = {str(name): _sub(part, _at(path, name), notes) for name, part in value.items()}
            else:
                _dropped(keyword, value, path, notes)
        elif keyword == "items" or keyword in ONE_SCHEMA or keyword in SCHEMA_LISTS or keyword in SCHEMA_MAPS:
            _add_nested(clean, keyword, value, path, notes)
        elif isinstance(keyword, str):
            clean[keyword] = value
    if clean.get("nullable") is True:
        _allow_null(clean, path, notes)
    if "properties" in clean:
        _add_required(clean, schema, path, notes, bare)
    elif "required" in schema and "required" not in clean:
        _dropped("required", schema["required"], path, notes)
    return clean


def _sub(schema: Any, path: str, notes: list[str]) -> Any:
    """A schema inside a schema; a text there is a type or a description."""
    if isinstance(schema, dict):
        if _is_plain(schema):
            return dict(schema)
        if path.count("\x00") < MAX_DEPTH:
            return _clean(schema, path, notes)
        notes.append(f"nesting below {MAX_DEPTH} levels dropped at {_shown(path)}")
        return {}
    if isinstance(schema, bool):
        return schema
    if isinstance(schema, str):
        word = read_type(schema)
        notes.append(f"{schema[:80]!r} read as a {'type' if word.known else 'description'} at {_shown(path)}")
        return copy.deepcopy(dict(word.schema)) if word.known else {"description": schema}
    notes.append(f"{_brief(schema)} is not a schema; everything is allowed at {_shown(path)}")
    return {}


def _is_plain(schema: dict[str, Any]) -> bool:
    """Whether a schema is surely valid as it stands; a short way for the bulk of all arguments."""
    for keyword, value in schema.items():
        kind = PLAIN.get(keyword)
        if kind is None or (kind is not object and value.__class__ is not kind):
            return False
    return schema.get("type", "string") in JSON_TYPES and schema.get("enum") != []


def _add_type(clean: dict[str, Any], value: Any, path: str, notes: list[str]) -> None:
    """Set ``type`` (and what a generic type says about items) from the words in the definition."""
    if isinstance(value, str):
        if value in JSON_TYPES:
            clean["type"] = value
            return
        word = read_type(value)
    elif isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        word = _joined(value)
        if word.schema.get("type") == value:
            clean["type"] = value
            return
    else:
        _dropped("type", value, path, notes)
        return
    for keyword, part in word.schema.items():
        clean.setdefault(keyword, part if isinstance(part, str) else copy.deepcopy(part))
    notes.append(f"{_reading(value if isinstance(value, str) else ' | '.join(value))}{_place(path)}")


def _joined(words: list[str]) -> TypeWord:
    """Several types in a list: any of them."""
    return read_type(" | ".join(words))


@lru_cache(maxsize=4_096)
def _reading(text: str) -> str:
    """How a type was read, for a note."""
    word = read_type(text)
    read = repr(word.schema.get("type") if word.schema.keys() == {"type"} else dict(word.schema))
    return f"{'' if word.known else 'unknown '}type {_brief(text)} read as {read if word.schema else 'any type'}"


def _add_nested(clean: dict[str, Any], keyword: str, value: Any, path: str, notes: list[str]) -> None:
    """Clean the schemas that a keyword holds; ``path`` goes on with the keyword's name."""
    here = _at(path, keyword)
    if keyword == "items" and isinstance(value, list):
        keyword = "prefixItems"  # the older form for tuples
        notes.append(f"a list of items read as 'prefixItems'{_place(path)}")
    if keyword in SCHEMA_LISTS:
        if isinstance(value, list) and value:
            clean[keyword] = [_sub(part, here, notes) for part in value]
        else:
            _dropped(keyword, value, path, notes)
    elif keyword in SCHEMA_MAPS:
        if isinstance(value, dict) and (keyword != "patternProperties" or all(map(_pattern, value))):
            clean[keyword] = {str(name): _sub(part, _at(here, name), notes) for name, part in value.items()}
        else:
            _dropped(keyword, value, path, notes)
    elif value is None:
        _dropped(keyword, value, path, notes)
    else:
        clean[keyword] = _sub(value, here, notes)


def _add_required(clean: dict[str, Any], schema: Mapping[str, Any], path: str, notes: list[str], bare: bool) -> None:
    """Find which arguments must be given, whichever way the definition says so.

    A ``required`` list decides. Without one, arguments say ``required: true`` themselves; and where the notation
    marks arguments that may be left out (always in the bare notation, else if any is marked), the others are required.
    """
    properties = schema["properties"]
    stated = schema.get("required")
    if isinstance(stated, (list, str)):
        if "required" not in clean:
            names = [stated] if isinstance(stated, str) else stated
            clean["required"] = list(dict.fromkeys(name for name in names if isinstance(name, str)))
            notes.append(f"required {_brief(stated)} read as {clean['required']!r}{_place(path)}")
        return
    described = {str(name): part for name, part in properties.items() if isinstance(part, (dict, str))}
    marks = bare or any(_marked_optional(part) for part in described.values())
    needed = [
        name
        for name, part in described.items()
        if (isinstance(part, dict) and _says_yes(part.get("required")))
        or (marks and not _marked_optional(part) and not (isinstance(part, dict) and "default" in part))
    ]
    if needed:
        clean["required"] = needed
        notes.append(f"required read as {needed!r} from the arguments{_place(path)}")


def _marked_optional(part: Any) -> bool:
    """Whether an argument says by itself that it may be left out."""
    if isinstance(part, str):
        return read_type(part).optional
    if _says_yes(part.get("optional")) or part.get("required") is False:
        return True
    word = part.get("type")
    return isinstance(word, str) and word not in JSON_TYPES and read_type(word).optional


def _says_yes(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.casefold() == "true")


def _allow_null(clean: dict[str, Any], path: str, notes: list[str]) -> None:
    """OpenAPI's ``nullable: true`` -> the type "null" beside the others."""
    names = clean.get("type")
    if names is None:
        return
    listed = [names] if isinstance(names, str) else names
    if "null" not in listed:
        clean["type"] = [*listed, "null"]
        notes.append(f"nullable read as type {clean['type']!r}{_place(path)}")


def _dropped(keyword: str, value: Any, path: str, notes: list[str]) -> None:
    if keyword not in QUIET and value is not None:
        notes.append(f"{keyword} {_brief(value)} dropped{_place(path)}")


def _at(path: str, name: Any) -> str:
    return f"{path}\x00{name}" if path else f"{name}"


def _shown(path: str) -> str:
    return path.replace("\x00", ".")


def _place(path: str) -> str:
    return f" at {_shown(path)}" if path else ""


def _brief(value: Any) -> str:
    """A value for a note: short, and without walking through all of a large one."""
    if isinstance(value, str):
        return repr(value[:80])
    if value is None or isinstance(value, (bool, float)) or (isinstance(value, int) and value.bit_length() < 256):
        return repr(value)
    if isinstance(value, list) and len(value) <= 8 and all(isinstance(part, str) for part in value):
        return repr([part[:40] for part in value])
    return f"a {type(value).__name__}"
