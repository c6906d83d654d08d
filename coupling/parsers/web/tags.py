"""The tags of a page, in linear time, whatever the page.

Comes in: text. Goes out: tags with their attributes and, for scripts, what stands inside. ``html.parser`` takes time that grows
with the square of some broken pages, which a hostile repository may hold; this reader gives up after a bounded number of broken
tags.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

LONGEST_TAG = 8_000
MOST_BROKEN = 50
_SPACE = frozenset(" \t\r\n\f/")


class Tag(NamedTuple):
    """``name`` starts with ``/`` for a closing tag; ``inside`` is the text of a script that starts on ``inside_line``."""

    name: str
    attributes: tuple[tuple[str, str], ...]
    line: int
    inside: str = ""
    inside_line: int = 0

    def get(self, name: str) -> str | None:
        return next((value for key, value in self.attributes if key == name), None)


def tags(text: str) -> Iterator[Tag]:
    at, line, counted, broken = 0, 1, 0, 0
    while (start := text.find("<", at)) >= 0 and broken < MOST_BROKEN:
        if text.startswith("<!--", start):
            end = text.find("-->", start)
            at = len(text) if end < 0 else end + 3
            continue
        following = text[start + 1 : start + 2]
        if not (following.isalpha() or following == "/"):
            at = start + 1
            continue
        end = _end(text, start + 1)
        if end < 0:
            broken, at = broken + 1, start + 1
            continue
        line += text.count("\n", counted, start)
        counted = start
        tag = _tag(text[start + 1 : end], line)
        at = end + 1
        if tag.name == "script":
            close = text.find("</script", at)
            close = len(text) if close < 0 else close
            tag = tag._replace(inside=text[at:close], inside_line=line + text.count("\n", start, at))
            at = close
        yield tag


def _end(text: str, at: int) -> int:
    """Where the tag's ``>`` stands, outside quotes; -1 when it is not near."""
    limit = min(len(text), at + LONGEST_TAG)
    while at < limit:
        ch = text[at]
        if ch == ">":
            return at
        if ch in "\"'" and text[at - 1] == "=":
            close = text.find(ch, at + 1, limit)
            if close < 0:
                return -1
            at = close
        at += 1
    return -1


def _tag(inside: str, line: int) -> Tag:
    size = len(inside)
    at = 0
    while at < size and not inside[at].isspace() and not (inside[at] == "/" and at):
        at += 1
    name, attributes = inside[:at].lower(), []
    while at < size:
        if inside[at] in _SPACE:
            at += 1
            continue
        key_end = at
        while key_end < size and inside[key_end] not in "= \t\r\n\f":
            key_end += 1
        key = inside[at:key_end].lower()
        at = key_end + 1
        value = ""
        if inside[key_end : key_end + 1] == "=":
            value, at = _value(inside, at)
        attributes.append((key, unescape(value)))
    return Tag(name, tuple(attributes), line)


def _value(inside: str, at: int) -> tuple[str, int]:
    quote = inside[at : at + 1]
    if quote and quote in "\"'":
        close = inside.find(quote, at + 1)
        close = len(inside) if close < 0 else close
        return inside[at + 1 : close], close + 1
    end = at
    while end < len(inside) and not inside[end].isspace():
        end += 1
    return inside[at:end], end
