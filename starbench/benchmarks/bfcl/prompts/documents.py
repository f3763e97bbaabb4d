"""Documents of functions as the text of a system prompt: JSON, XML or Python.

In XML, cut::

    <function name="calculate_triangle_area">
      <desc>Calculate the area of a triangle …</desc>
      <params>
        <param name="base" type="integer" required="true">
          <desc>The base of the triangle.</desc>
        </param>
      </params>
    </function>

None of the three is what a tool for that notation would write (the Python has a docstring and no function, the XML
escapes nothing); they are upstream's, whose prompts they are part of.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Document = Mapping[str, Any]
Schema = Mapping[str, Any]


def as_json(documents: Sequence[Document]) -> str:
    """An indented JSON list."""
    return json.dumps(documents, indent=4)


def as_xml(documents: Sequence[Document]) -> str:
    """One element a function."""
    return "\n".join(_function_xml(document) for document in documents)


def as_python(documents: Sequence[Document]) -> str:
    """One docstring a function; two line ends and an empty block stand between them."""
    return "\n\n".join(text for document in documents for text in (_docstring(document), "\n"))


WRITERS: Mapping[str, Callable[[Sequence[Document]], str]] = {"json": as_json, "xml": as_xml, "python": as_python}
"""The value of ``func_doc_fmt`` -> how documents are written."""


def _function_xml(document: Document) -> str:
    schema = document["parameters"]
    required = schema.get("required")
    parameters = "".join(_parameter_xml(name, item, required, 2) for name, item in schema.get("properties", {}).items())
    return (
        f'<function name="{document["name"]}">\n  <desc>{document.get("description", "")}</desc>\n'
        f"  <params>\n{parameters}  </params>\n</function>\n"
    )


def _parameter_xml(name: str, schema: Schema, required: Sequence[str] | None, level: int) -> str:
    """One parameter and those inside it; without a list of required ones all are."""
    indent = "  " * level
    is_required = "true" if required is None or name in required else "false"
    attributes = f'name="{name}", type="{_xml_type(schema)}", required="{is_required}"'
    if "default" in schema:
        attributes += f' default="{schema["default"]!r}"'
    lines = [f"{indent}<param {attributes.replace(',', '')}>\n", f"{indent}  <desc>{_described(schema)}</desc>\n"]
    if "properties" in schema:
        inner = schema["properties"].items()
        lines.append(f"{indent}  <params>\n")
        lines += [_parameter_xml(child, item, schema.get("required"), level + 2) for child, item in inner]
        lines.append(f"{indent}  </params>\n")
    return "".join([*lines, f"{indent}</param>\n"])


def _xml_type(schema: Schema) -> str:
    kind = schema.get("type", "string")
    if "items" in schema and "type" in schema["items"]:
        return f"{kind}[{schema['items']['type']}]"
    if "additionalProperties" in schema:
        return f"{kind}[{schema['additionalProperties'].get('type', 'string')}]"
    return str(kind)


def _docstring(document: Document) -> str:
    properties = document.get("parameters", {}).get("properties", {})
    arguments = [line for name, schema in properties.items() for line in _argument_lines(name, schema, 2)]
    head = ["    Args:\n"] if properties else []
    quotes = '    """\n'
    description = document.get("description", "")
    return "".join([f"# Function: {document['name']}\n", quotes, f"    {description}\n\n", *head, *arguments, quotes])


def _argument_lines(name: str, schema: Schema, level: int) -> Iterator[str]:
    """The line of one argument, and those of the arguments inside it."""
    default = f", default={schema['default']!r}" if "default" in schema else ""
    yield f"{'    ' * level}{name} ({_python_type(schema)}{default}): {_described(schema)}\n"
    for child, item in schema.get("properties", {}).items():
        yield from _argument_lines(child, item, level + 1)


_PYTHON_TYPES = {"string": "str", "number": "float", "integer": "int", "boolean": "bool"}


def _python_type(schema: Schema) -> str:
    kind = schema.get("type", "string")
    if kind in ("array", "list", "tuple") and "items" in schema:
        return f"list[{_python_type(schema['items'])}]"
    if kind in ("object", "dict"):
        inner = schema.get("additionalProperties")
        return "dict" if inner is None else f"dict[str, {_python_type(inner)}]"
    return _PYTHON_TYPES.get(kind, str(kind))


def _described(schema: Schema) -> str:
    """The description, with the allowed values behind it."""
    allowed = f" Enum values: {schema['enum']}." if "enum" in schema else ""
    return str(schema.get("description", "")) + allowed
