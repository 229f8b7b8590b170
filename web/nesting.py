"""Nesting: the flat names of a form's fields as nested values."""

import re
from collections.abc import Mapping
from typing import Any

from kernel.errors import Invalid, refuse

STEP = re.compile(r"([^.\[\]]+)|\[(\d{1,4})\]")
LONGEST_NAME = 300
NAME = re.compile(r"^[^.\[\]]+(\[\d{1,4}\]|\.[^.\[\]]+)*(\[\])?$")


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """``{"a.b": 1, "c[0].d": 2, "e[]": [3]}`` as ``{"a": {"b": 1}, "c": [{"d": 2}], "e": [3]}``.

    Numbers in brackets order a list and may leave gaps. Raises Invalid (``unknown-field``) for a name that cannot be
    read or that makes a value and a list of the same place.
    """
    root: dict[str | int, Any] = {}
    for name, value in flat.items():
        if not NAME.match(name) or len(name) > LONGEST_NAME:
            raise refuse(Invalid, "unknown-field", name)
        steps = [int(found[2]) if found[2] else found[1] for found in STEP.finditer(name.removesuffix("[]"))]
        _place(root, steps, value, name)
    listed = _listed(root)
    assert isinstance(listed, dict)
    return listed


def _place(root: dict[str | int, Any], steps: list[str | int], value: Any, name: str) -> None:
    here = root
    for step in steps[:-1]:
        here = here.setdefault(step, {})
        if not isinstance(here, dict):
            raise refuse(Invalid, "unknown-field", name)
    if steps[-1] in here:
        raise refuse(Invalid, "unknown-field", name)
    here[steps[-1]] = value


def _listed(node: Any) -> Any:
    """Dictionaries with numbers for keys become lists."""
    if not isinstance(node, dict):
        return node
    if node and all(isinstance(key, int) for key in node):
        return [_listed(node[key]) for key in sorted(node)]
    return {str(key): _listed(value) for key, value in node.items()}
