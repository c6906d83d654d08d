"""Dates in names: ``datetime.now().strftime("runs/%Y-%m-%d.csv")``.

What a date will be nobody knows beforehand, but the words around it are known.
"""

from __future__ import annotations

import re

from coupling.core.template import Hole, Template
from coupling.link.frames import Frame
from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, Abs, Args, Class, Keywords, Obj, Place, hole

WHY = "a date"
_MARK = Hole(WHY, "date")
_DIRECTIVES = re.compile(r"%[-#]?[A-Za-z](?:[-_:. T]?%[-#]?[A-Za-z])*")
"""``%Y-%m-%d`` is one date. The language of directives has no parser in the standard library.
https://docs.python.org/3/library/datetime.html#format-codes
"""
_PARTS = frozenset(("isoformat", "date", "time", "timestamp", "ctime", "timetuple", "astimezone", "replace"))


def today(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return hole(WHY, "date")


def printed(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``time.strftime(format)``, ``date.strftime(format)``: the format with its directives unknown."""
    layout = keywords.get("format") or (args[0] if args else NOTHING)
    return Abs(tuple(_filled(t) for t in layout.texts)) if layout.texts else hole(WHY, "date")


def method(frame: Frame, receiver: Abs, name: str, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """A method of a date, None for what is none. A column of dates stays data."""
    if any(isinstance(t, Obj | Class) for t in receiver.things) or receiver.flows or receiver.items:
        return None
    if name == "strftime":
        return printed(frame, receiver, args, keywords, place)
    return receiver if name in _PARTS and receiver.texts and all(t == (_MARK,) for t in receiver.texts) else None


def _filled(layout: Template) -> Template:
    filled: list[str | Hole] = []
    for part in layout:
        filled += _split(part) if isinstance(part, str) else [part]
    return tuple(filled)


def _split(text: str) -> list[str | Hole]:
    found: list[str | Hole] = []
    at = 0
    for match in _DIRECTIVES.finditer(text):
        found += [text[at : match.start()], _MARK]
        at = match.end()
    return [part for part in (*found, text[at:]) if part]


FUNCTIONS: dict[str, Handler] = {
    "datetime.datetime.strftime": printed,
    "time.strftime": printed,
    "datetime.date.today": today,
    "datetime.datetime.now": today,
    "datetime.datetime.today": today,
    "datetime.datetime.utcnow": today,
    "datetime.datetime.now().strftime": printed,
    "time.time": today,
}
"""By API path."""

__all__ = ["FUNCTIONS", "method"]
