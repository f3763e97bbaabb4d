"""Tables, as TOML has them, into frozen dataclasses; what does not belong there is an error with a sentence.

>>> filled(Sampling, {"temperature": 1, "max_tokens": 64}, "sampling")
Sampling(temperature=1.0, top_p=1.0, max_tokens=64, seed=None)
>>> filled(Sampling, {"temprature": 1}, "sampling")
InputError: there is no setting sampling.temprature; did you mean 'temperature'? known: max_tokens, …
"""

from __future__ import annotations

import difflib
import sys
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from starbench.errors import InputError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

T = TypeVar("T")

_SAID = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def filled(kind: type[T], table: Mapping[str, Any], where: str = "") -> T:
    """An instance of the dataclass ``kind`` with the values of ``table``; ``where`` is its name in messages."""
    hints = get_type_hints(kind)
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    for name in table:
        if name not in known:
            raise InputError(_unknown(_path(where, name), name, known))
    values = {name: _value(hints[name], value, _path(where, name)) for name, value in table.items()}
    for name, field in known.items():
        if name not in values and field.default is MISSING and field.default_factory is MISSING:
            raise InputError(f"the setting {_path(where, name)} is needed")
    return kind(**values)


def read_value(text: str) -> Any:
    """A value of the command line: as TOML reads it, else the text itself."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def put(table: dict[str, Any], name: str, value: Any) -> None:
    """Set the dotted ``name`` in nested tables; InputError where a part of it is no table."""
    *parents, last = name.split(".")
    for parent in parents:
        inner = table.setdefault(parent, {})
        if not isinstance(inner, dict):
            raise InputError(f"the setting {name} cannot be given: {parent} is no table")
        table = inner
    table[last] = value


def _path(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _unknown(path: str, name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"there is no setting {path}; {hint}known: {', '.join(sorted(known))}"


def _value(hint: Any, value: Any, path: str) -> Any:
    """``value`` as the type ``hint``; InputError where it is of another."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        kinds = [kind for kind in inner if kind is not type(None)]
        return None if value is None and len(kinds) < len(inner) else _value(kinds[0], value, path)
    if origin is Literal:
        if value not in inner:
            raise InputError(f"the setting {path} is one of {', '.join(map(repr, inner))}, not {value!r}")
        return value
    if is_dataclass(hint):
        if not isinstance(value, Mapping):
            raise InputError(f"the setting {path} is a table, not {value!r}")
        return filled(hint, value, path)  # type: ignore[arg-type]
    if origin is tuple:
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, (list, tuple)):
            raise InputError(f"the setting {path} is a list, not {value!r}")
        return tuple(_value(inner[0], item, path) for item in items)
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise InputError(f"the setting {path} is a table, not {value!r}")
        return dict(value)
    return _plain(hint, value, path)


def _plain(hint: type, value: Any, path: str) -> Any:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise InputError(f"the setting {path} is {_SAID.get(hint, hint.__name__)}, not {value!r}")
    return value
