"""What stands in a shape: the end of its name large, the rest small; and the folder, schema or place of code it lives in.

Comes in: a shape of a picture. Goes out: short harmless texts. Names may be anything; holes in braces are never split.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from coupling.reports import words

if TYPE_CHECKING:
    from coupling.reports.picture import Shape

_CODE = re.compile(r"(.+) \(([^()]*[/.:][^()]*)\)(#\d+)?")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://[^/]*/?")


class Label(NamedTuple):
    """``main`` and ``rest`` are what is drawn; ``home`` is where the shape lives, ending in / or . unless it is empty."""

    main: str
    rest: str
    home: str


def label(shape: Shape) -> Label:
    """The texts of one shape."""
    name = words.plain(shape.label)
    if shape.kind == "model" and (match := _CODE.fullmatch(name)):  # named after the place of its code
        folder = posixpath.dirname(match[2])
        return Label(match[1] + (match[3] or ""), match[2], f"{folder}/" if folder else "")
    if shape.kind == "route":
        return Label(name, shape.kind, "")
    home, main = _split(name, "." if shape.type == "table" and "/" not in name else "/")
    return Label(main, " · ".join(part for part in (_word(shape), home) if part), home)


def _word(shape: Shape) -> str:
    """The kind in a word: its type says more, unless it says the same."""
    return words.plain(shape.type if shape.type and shape.kind in ("asset", "unit") else shape.kind)


def _split(name: str, mark: str) -> tuple[str, str]:
    """The name before and after its last ``mark`` outside braces; a mark at its very end belongs to the last part."""
    scheme = _SCHEME.match(name)
    start, depth, cut = (scheme.end() if scheme else 0), 0, 0
    for index in range(start, len(name) - 1):
        depth += (name[index] == "{") - (name[index] == "}")
        if name[index] == mark and depth <= 0:
            cut = index + 1
    cut = cut or (start if start < len(name) else 0)
    return name[:cut], name[cut:]


def middle(text: str, width: int) -> str:
    """The text within ``width`` columns: its beginning and its end, which tell names apart."""
    if words.columns(text) <= width:
        return text
    tail = words.cut(text[::-1], width * 2 // 5, "")[::-1]
    return words.cut(text, width - words.columns(tail)) + tail
