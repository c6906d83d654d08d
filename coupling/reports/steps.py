"""Draw the steps of a way through the code: a place, its line, and carets under the part that matters, with what happens there.

Comes in: rows in the data's order. Goes out: lines for a terminal of a given width. It does not choose the rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from coupling.core.graph import Edge
from coupling.core.source import Span
from coupling.reports import ink, words
from coupling.reports.excerpt import Mark, mark, window
from coupling.reports.measure import columns, middle, wrap
from coupling.reports.options import Options

LONGEST_PLACE, LONGEST_EXCERPT, LEAST_ROOM = 48, 110, 28
_INDENT = 4
"""Columns of the bracket and the spaces around it."""


class Row(NamedTuple):
    """One step. Without a ``span`` it is a remark between steps; ``notes`` stand below what happens."""

    span: Span | None
    what: str = ""
    edge: Edge | None = None
    notes: tuple[str, ...] = ()


class _Look(NamedTuple):
    """How all rows of one drawing look."""

    names: Mapping[str, str]
    color: str
    place: int
    """Columns of the places beside the excerpts; 0 puts them above."""
    options: Options

    @property
    def indent(self) -> int:
        return self.place + 2 if self.place else 2

    @property
    def room(self) -> int:
        return max(LEAST_ROOM, min(LONGEST_EXCERPT, self.options.width - _INDENT - self.indent))

    @property
    def more(self) -> str:
        return "…" if self.options.unicode else "..."


def draw(rows: Sequence[Row], names: Mapping[str, str], options: Options, color: str = "help") -> list[str]:
    """The rows as lines, bracketed together. ``names`` are coloured in what happens, the carets are in ``color``."""
    widest = max((columns(words.place(row.span)) for row in rows if row.span), default=0)
    beside = widest <= min(LONGEST_PLACE, (options.width - _INDENT) * 2 // 5, options.width - _INDENT - 2 - LEAST_ROOM)
    look = _Look(names, color, widest if beside else 0, options)
    return [line for number, row in enumerate(rows) for line in _row(row, number, len(rows), look)]


def _row(row: Row, number: int, total: int, look: _Look) -> list[str]:
    first, side = _brackets(number, total, look)
    if row.span is None:
        return [f"{first}{words.paint(words.plain(row.what), 'dim', look.options)}"]
    text = words.plain(row.span.text.strip())
    shown, at = window(text, mark(text, row.edge, look.names), look.room, look.more)
    lines = _place_and_excerpt(row.span, _lit(shown, at, look), first, side, look)
    what = words.plain(row.what)
    below = _below(what, at, look) if shown else []
    if what and not shown:
        if columns(words.place(row.span)) + 2 + columns(what) <= look.options.width - _INDENT:
            lines[-1] += f"  {ink.painted(what, look.names, look.options)}"
        else:
            below = _names(what, look.room, look)
    left = side + " " * look.indent
    notes = [words.paint(line, "dim", look.options) for note in row.notes for line in wrap(words.plain(note), look.room, "", "  ")]
    return [*lines, *((left + line) for line in (*below, *notes))]


def _brackets(number: int, total: int, look: _Look) -> tuple[str, str]:
    """What begins the row's first line, and its others."""
    top, middle_, last, single = "┌│└╶" if look.options.unicode else "/|\\-"
    sign = single if total == 1 else top if number == 0 else last if number == total - 1 else middle_
    along = " " if number == total - 1 else middle_
    return f"  {words.paint(sign, 'dim', look.options)} ", f"  {words.paint(along, 'dim', look.options) if along != ' ' else along} "


def _place_and_excerpt(span: Span, excerpt: str, first: str, side: str, look: _Look) -> list[str]:
    options = look.options
    where = words.place(span)
    short = middle(where, max(LEAST_ROOM, options.width - _INDENT), look.more) if not look.place else where
    place = ink.linked(words.paint(short, "path", options), span, options)
    if look.place:
        return [f"{first}{place}{' ' * (look.place - columns(where))}  {excerpt}" if excerpt else f"{first}{place}"]
    return [f"{first}{place}", *([f"{side}{' ' * look.indent}{excerpt}"] if excerpt else [])]


def _lit(shown: str, at: Mark | None, look: _Look) -> str:
    """The excerpt with its marked part in colour. ``at`` counts columns, which are found again by measuring."""
    if at is None or not look.options.color:
        return shown
    start = next(n for n in range(len(shown) + 1) if columns(shown[:n]) >= at.start)
    end = next((n for n in range(start, len(shown) + 1) if columns(shown[start:n]) >= at.end - at.start), len(shown))
    return shown[:start] + words.paint(shown[start:end], look.color, look.options) + shown[end:]


def _below(what: str, at: Mark | None, look: _Look) -> list[str]:
    """The carets, and what happens beside or below them."""
    if not what:
        return []
    start, end = at or Mark(0, 1)
    carets = " " * start + words.paint("^" * max(1, end - start), look.color, look.options)
    if end + 1 + columns(what) <= look.options.width - _INDENT - look.indent:
        return [f"{carets} {ink.painted(what, look.names, look.options)}"]
    return [carets, *_names(what, look.room, look)]


def _names(what: str, width: int, look: _Look) -> list[str]:
    """Sentences in lines; no line ends within a name that could stand in one."""
    whole = ink.glue_names(what, look.names, width)
    return [ink.painted(line, look.names, look.options) for line in wrap(whole, width)]
