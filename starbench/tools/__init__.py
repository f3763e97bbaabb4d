"""Any tool definition -> Tool: one name, one description, one valid JSON Schema.

>>> read_tool({"name": "sum", "parameters": {"n": {"type": "List[int], optional"}}}).parameters
{'type': 'object', 'properties': {'n': {'type': 'array', 'items': {'type': 'integer'}}}}

``definitions`` knows the envelopes (who calls the schema what), ``schema`` cleans the schema inside, ``notation`` reads
the words for a type (``dict``, ``ArrayList``, ``List[int], optional``).
"""

from __future__ import annotations

from starbench.tools.definitions import read_tool, read_tools

__all__ = ["read_tool", "read_tools"]
