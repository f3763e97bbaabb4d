"""One small task that every adapter is tried on: a prompt with tools, the gold, and four answers of known worth."""

from __future__ import annotations

import json

TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["city"],
        },
    },
}
TOOLS = json.dumps([TOOL])
GOLD = json.dumps([{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}])
PROMPT = (
    f"<|im_start|>system\n<tools>\n{json.dumps(TOOL['function'])}\n</tools><|im_end|>\n"
    "<|im_start|>user\nWeather in Paris for three days?<|im_end|>\n<|im_start|>assistant\n"
)


def written(arguments: object) -> str:
    """A call in the hermes dialect, as a model writes it."""
    return "<tool_call>\n" + json.dumps({"name": "get_weather", "arguments": arguments}) + "\n</tool_call>"


RIGHT = written({"city": "Paris", "days": 3})
HALF = written({"city": "Paris", "days": 5})
BROKEN = '<tool_call>\n{"name": "get_weather", "arguments": {"city": \n</tool_call>'
ANSWERS = [RIGHT, HALF, "It is sunny.", BROKEN]
