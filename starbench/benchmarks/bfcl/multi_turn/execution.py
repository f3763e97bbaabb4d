"""Running a call that is given as source text, as upstream does with ``eval``, but without evaluating anything.

    >>> execute("mv(source='a.txt', destination=echo(content='b'))", world)
    "Error during execution: …"

The text is parsed, and what is run is only this: calls of documented methods and of a few builtins that compute, with
literal values or such calls as arguments. The result of any other text is an error text.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starbench.benchmarks.bfcl.multi_turn import limits, quirks
from starbench.benchmarks.bfcl.multi_turn.limits import Refused
from starbench.benchmarks.bfcl.multi_turn.world import World
from starbench.benchmarks.quiet_source import parse_expression
from starbench.types import Call

_NOT_FINITE = re.compile(r"\b(?:inf|nan)\b")
_IN_DOUBT = re.compile(r"[(\\]|NaN|Infinity|\d[eE]|\d{300}")
"""JSON text with a bracket in a string, an escape that may stand for one, or a number that may not be finite."""
_SURELY_PARSED = 100  # Python's parser gives up at 200 open brackets


def execute(text: str, world: World) -> str:
    """The result text of one call given as upstream's source text; raises nothing."""
    return world.attempt(lambda: _evaluated(text, world))


def is_plain(text: str, name: str, arguments: Mapping[str, Any]) -> bool:
    """Whether running ``text``, the source text of this call, comes to just making the call.

    That is where no builtin is meant, no bracket stands inside a string, every value has a literal form, the names are
    written in ASCII, and nothing is nested too deeply to be parsed. False where in doubt.
    """
    return (
        text.count("(") == 1
        and text.count("[") + text.count("{") < _SURELY_PARSED
        and name not in quirks.REACHABLE
        and all(word.isascii() and word.isidentifier() for word in (name, *arguments))
        and _NOT_FINITE.search(text) is None
    )


def plain_call(name: str, text: str) -> Call | None:
    """The call of ``name`` with the JSON text of its arguments, where running its source text comes to just making it.

    The same as :func:`is_plain` tells, from the JSON text alone; None where in doubt.
    """
    if (
        not name.isascii()
        or not name.isidentifier()
        or name in quirks.REACHABLE
        or _IN_DOUBT.search(text)
        or text.count("[") + text.count("{") >= _SURELY_PARSED
    ):
        return None
    try:
        arguments = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(arguments, dict) or not all(key.isascii() and key.isidentifier() for key in arguments):
        return None
    return Call(name, arguments)


def _evaluated(text: str, world: World) -> Any:
    """The value of a call text; raises what becomes its result text."""
    if len(text) > limits.TEXT or text.count(",") > limits.PARTS:
        raise Refused("the call is too long")
    source = quirks.qualified(text, world.methods)
    quirks.deny(source)
    tree = parse_expression(source.lstrip(" \t"))  # as ``eval`` does before it looks
    if source.count("(") > 1:
        _refuse_repeated(tree)
    receivers = {quirks.instance(owner): owner for owner in world.instances}
    evaluation = _Evaluation(world, receivers)
    return evaluation.call(tree) if isinstance(tree, ast.Call) else evaluation.value(tree)


def _refuse_repeated(tree: ast.expr) -> None:
    """A repeated keyword anywhere is an error of the whole text, found when it is compiled."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            _keywords(node)


def _keywords(call: ast.Call) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for keyword in call.keywords:
        if keyword.arg is None:
            raise Refused("a call may not unpack arguments")
        if keyword.arg in found:
            raise SyntaxError(f"keyword argument repeated: {keyword.arg}")
        found[keyword.arg] = keyword.value
    return found


class _Evaluation:
    """Runs one call text: its arguments in order, nested calls first, exactly when upstream would."""

    def __init__(self, world: World, receivers: Mapping[str, str]) -> None:
        self._world = world
        self._receivers = receivers

    def value(self, node: ast.expr) -> Any:
        """The value of one node."""
        reader = self._READERS.get(type(node))
        if reader is None:
            raise Refused(f"only calls and literal values are run, not {type(node).__name__}")
        return reader(self, node)

    def _constant(self, node: ast.Constant) -> Any:
        return node.value

    def _signed(self, node: ast.UnaryOp) -> Any:
        number = self.value(node.operand)
        if not isinstance(node.op, (ast.USub, ast.UAdd)) or not isinstance(number, (int, float, complex)):
            raise Refused("only numbers have a sign")
        return -number if isinstance(node.op, ast.USub) else +number

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set) -> Any:
        kind = {ast.List: list, ast.Tuple: tuple, ast.Set: set}[type(node)]
        return kind([self.value(item) for item in node.elts])

    def _mapping(self, node: ast.Dict) -> Any:
        if None in node.keys:
            raise Refused("a dict may not unpack another")
        return {self.value(key): self.value(item) for key, item in zip(node.keys, node.values, strict=True) if key}

    def _name(self, node: ast.Name) -> Any:
        if node.id in quirks.REACHABLE:
            raise Refused(f"the name '{node.id}' is not read")
        raise NameError(f"name '{node.id}' is not defined")

    def call(self, node: ast.Call) -> Any:
        """What a call returns."""
        keywords = _keywords(node)
        function = self._function(node.func)
        positional = [self.value(item) for item in node.args]
        return function(positional, {name: self.value(item) for name, item in keywords.items()})

    def _nested_call(self, node: ast.Call) -> Any:
        return self._world.passed_on(self.call(node))

    def _function(self, node: ast.expr) -> Callable[[Sequence[Any], Mapping[str, Any]], Any]:
        """What is called: a documented method of an instance, or a harmless builtin."""
        if isinstance(node, ast.Name):
            known = quirks.HARMLESS.get(node.id)
            if known is None:
                self._name(node)
            return lambda positional, named: known(*positional, **named)  # type: ignore[misc]
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            raise Refused("only functions called by their name are run")
        if self._world.methods.get(node.attr) != self._receivers.get(node.value.id, ""):
            self._name(node.value)
        return lambda positional, named: self._world.call(node.attr, positional, named)

    _READERS: Mapping[type[ast.expr], Callable[..., Any]] = {
        ast.Constant: _constant,
        ast.UnaryOp: _signed,
        ast.List: _sequence,
        ast.Tuple: _sequence,
        ast.Set: _sequence,
        ast.Dict: _mapping,
        ast.Name: _name,
        ast.Call: _nested_call,
    }
