"""Names of nodes that outlive a change: a model without a name is called by its place (``Ridge (fit.py:12)``), and lines move.

Comes in: ids of nodes, and which files were renamed. Goes out: for each id a name without a line, renamed files by their new name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_PLACE = re.compile(r"(model:.* \()(.*):(\d+)(\).*)", re.S)
_UNIT = "unit:"


def lasting(ids: Iterable[str], moved: Mapping[str, str] | None = None) -> dict[str, str]:
    """The lasting name of each id. Several that differ by their line only are numbered in the order of their lines."""
    names: dict[str, str] = {}
    seen: dict[str, int] = {}
    for id in sorted(ids, key=_in_order):
        name = _without_line(id, moved or {})
        seen[name] = seen.get(name, 0) + 1
        names[id] = name if seen[name] == 1 else f"{name} no. {seen[name]}"
    return names


def _in_order(id: str) -> tuple[str, int]:
    found = _PLACE.fullmatch(id)
    return (found[1] + found[2] + found[4], int(found[3])) if found else (id, 0)


def _without_line(id: str, moved: Mapping[str, str]) -> str:
    if found := _PLACE.fullmatch(id):
        return f"{found[1]}{moved.get(found[2], found[2])}{found[4]}"
    if moved and id.startswith(_UNIT):
        path, colon, inner = id.removeprefix(_UNIT).partition(":")
        return f"{_UNIT}{moved.get(path, path)}{colon}{inner}"
    return id
