"""What BFCL shows a model: messages and tools of a case, as the official package builds them.

texts.py       the official sentences, read from the published file
hints.py       what is added to the functions' documents: the language, and the types of Java and JavaScript
documents.py   documents as JSON, XML or Python text
tools.py       documents as OpenAI-style tools
chat.py        the whole of it, by mode

>>> asked = Prompts(texts).of(case, "prompt")
>>> asked.messages[0]["content"][:42]
'You are an expert in composing functions.Y'
"""

from __future__ import annotations

from starbench.benchmarks.bfcl.prompts.chat import MODES, Asked, Mode, Prompts
from starbench.benchmarks.bfcl.prompts.texts import Texts, load_texts

__all__ = ["MODES", "Asked", "Mode", "Prompts", "Texts", "load_texts"]
