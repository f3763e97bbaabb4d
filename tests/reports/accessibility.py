"""What axe-core finds fault with in a page, as it stands in headless Chromium.

axe-core comes with the ``test`` extra (axe-core-python); AXE_CORE names the ``axe.min.js`` of another version.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from browser import seen

POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>')
AROUND = """
  frame.eval(await (await fetch("/also")).text());
  const found = {{ checked: [], faults: [] }};
  const told = (node) => node.target.join(" ") + ": " + node.failureSummary;
  const look = async (where) => {{
    const {{ passes, violations }} = await frame.axe.run(page, {{ resultTypes: ["violations"] }});
    found.checked.push(passes.length);
    for (const one of violations.filter((one) => ["serious", "critical"].includes(one.impact)))
      found.faults.push({{ where, rule: one.id, places: one.nodes.slice(0, 5).map(told) }});
  }};
  {steps}
  return found;
"""


def axe_source() -> bytes:
    """The script; the test is skipped, saying what to install, where there is none."""
    if named := os.environ.get("AXE_CORE"):
        return Path(named).read_bytes()
    if find_spec("axe_core_python") is None:
        pytest.skip("axe-core is not installed, so accessibility was NOT checked: pip install axe-core-python")
    return resources.files("axe_core_python").joinpath("axe.min.js").read_bytes()


def faults(page: bytes, profile: Path, steps: Mapping[str, str], link: str = "", width: int = 1280) -> list[Any]:
    """The serious and critical findings after each of the ``steps``: its name, and the JavaScript that takes it.

    The page's own policy would not let axe-core in, so it is taken out; nothing else is changed.
    """
    bare, removed = POLICY.subn(b"", page)
    assert removed == 1
    act = AROUND.format(steps="\n".join(f"{step}; await look({json.dumps(name)});" for name, step in steps.items()))
    found = seen(bare, act, profile, link, width, also=axe_source())
    assert isinstance(found, dict), found
    assert len(found["checked"]) == len(steps)
    assert min(found["checked"]) > 15, "axe-core ran its rules"
    return list(found["faults"])
