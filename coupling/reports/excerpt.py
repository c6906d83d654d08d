"""Which part of a line a hop is about, and as much of the line as fits around it.

Comes in: the line's text and the hop's edge. Goes out: positions in the text. Facts keep lines, not columns, so the part is found by
the words that the edge knows: the call that its rule is about, then the names of its ends, then any call that moves data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from coupling.core.graph import Edge
from coupling.reports.measure import columns, head, tail

LEAST_NAME = 3
"""A shorter part of a name stands in too many places to point at."""

_RULE = re.compile(r"[\w.?@>]+")
_RECEIVER = re.compile(r"[\w.]*\Z")
_ITEM = re.compile(r"[\w.]+\[[^\]]*\]")
_MOVES = re.compile(
    r"\b(?:(?:read|load|fetch|write|save|dump|store|insert|publish|send|export|fit|train|predict|transform|score|generate|encode|decode)"
    r"(?:_\w+)?|(?:to|from|decision)_\w+|open|query|execute|append|extend|put)(?=\s*\()",
    re.I,
)


class Mark(NamedTuple):
    """Positions in a text, the end behind the last character."""

    start: int
    end: int


def mark(text: str, edge: Edge | None, names: Iterable[str] = ()) -> Mark | None:
    """The part of the text that the hop is about; None when nothing in it says so."""
    return next((found for found in _candidates(text, edge, names) if found), None)


def _candidates(text: str, edge: Edge | None, names: Iterable[str]) -> Iterator[Mark | None]:
    for word in _rule_words(edge):
        yield _item(text) if word in ("__getitem__", "__setitem__") else _call(text, word)
    for name in sorted(names, key=len, reverse=True):
        yield _name(text, name)
    moves = list(_MOVES.finditer(text))
    yield Mark(_receiver(text, moves[-1].start()), moves[-1].end()) if moves else None


def _rule_words(edge: Edge | None) -> list[str]:
    """``to_sql`` of the rule ``pandas.DataFrame.to_sql (pandas)``, ``cp`` of ``sh.cp (files)``."""
    if edge is None:
        return []
    paths = _RULE.findall(edge.why.partition(" (")[0])
    return [word for path in reversed(paths) if "." in path and (word := path.rsplit(".", 1)[1]).isidentifier()]


def _call(text: str, word: str) -> Mark | None:
    found = list(re.finditer(rf"(?<!\w){re.escape(word)}(?=\s*\()", text)) or list(re.finditer(rf"^{re.escape(word)}(?=\s)", text))
    return Mark(_receiver(text, found[-1].start()), found[-1].end()) if found else None


def _item(text: str) -> Mark | None:
    found = _ITEM.search(text)
    return Mark(found.start(), found.end()) if found else None


def _receiver(text: str, start: int) -> int:
    """Where the dotted name before a call begins: ``self.model`` of ``self.model.predict(...)``."""
    before = _RECEIVER.search(text, 0, start)
    return before.start() if before and text[start - 1 : start] == "." and before.group() != "." else start


def _name(text: str, name: str) -> Mark | None:
    if len(name) < LEAST_NAME:
        return None
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    return Mark(found.start(), found.end()) if found else None


def window(text: str, at: Mark | None, room: int, more: str = "…") -> tuple[str, Mark | None]:
    """As much of the text as fits into ``room`` columns, the mark in it, and where the mark stands then (in columns)."""
    if at is None:
        return (text, None) if columns(text) <= room else (_short(text, room, more), None)
    before, inside, after = text[: at.start], text[at.start : at.end], text[at.end :]
    if columns(text) > room:
        size = columns(more)
        inside = head(inside, max(1, room - 2 * size))
        left = max(0, room - columns(inside) - 2 * size)
        if columns(before) > (share := max(left * 2 // 3, left - columns(after))):
            before = more + tail(before, share)
        room_after = room - columns(before) - columns(inside)
        after = after if columns(after) <= room_after else head(after, max(0, room_after - size)).rstrip() + more
    start = columns(before)
    return before + inside + after, Mark(start, start + columns(inside))


def _short(text: str, room: int, more: str) -> str:
    return head(text, max(0, room - columns(more))).rstrip() + more
