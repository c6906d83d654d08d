"""Fit text into columns: measure, cut, shorten, pad and wrap it.

Comes in: harmless text (``words.plain``) and numbers of columns. Goes out: text. It knows no colours and no terminal.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

GLUE = "\0"
"""Stands for a space at which no line may end; ``wrap`` puts the space back."""

_SOFT_HYPHEN = "\xad"


def columns(text: str) -> int:
    """How many terminal columns a text takes: wide characters two, marks and joiners none."""
    return len(text) if text.isascii() else sum(map(_width, text))


@lru_cache(maxsize=4096)
def _width(ch: str) -> int:
    if ch != _SOFT_HYPHEN and unicodedata.category(ch) in ("Mn", "Mc", "Me", "Cf"):
        return 0
    if "\u1160" <= ch <= "\u11ff":  # the later parts of a Hangul syllable stand in its first part's columns
        return 0
    return 2 if unicodedata.east_asian_width(ch) in "WF" else 1


def head(text: str, width: int) -> str:
    """The beginning that fits, with the marks that belong to its last character."""
    used = 0
    for at, ch in enumerate(text):
        used += _width(ch)
        if used > width:
            return text[:at]
    return text


def tail(text: str, width: int) -> str:
    """The end that fits; it does not begin with a mark of a character that is cut off."""
    used, at = 0, len(text)
    while at and used + _width(text[at - 1]) <= width:
        at -= 1
        used += _width(text[at])
    while at < len(text) and not _width(text[at]):
        at += 1
    return text[at:]


def cut(text: str, width: int, more: str = "…") -> str:
    """The text within ``width`` columns, its end replaced by an ellipsis when it is longer."""
    if columns(text) <= width:
        return text
    return head(text, max(0, width - columns(more))).rstrip() + more


def middle(text: str, width: int, more: str = "…") -> str:
    """The text within ``width`` columns, shortened where paths matter least: the end is kept, and of the rest the beginning."""
    if columns(text) <= width:
        return text
    room = max(2, width - columns(more))
    end = tail(text, room - room // 3)
    begin = head(text, room - columns(end))
    return begin + more + end


def pad(text: str, width: int) -> str:
    return text + " " * max(0, width - columns(text))


def glued(text: str) -> str:
    """The text as one word for ``wrap``: a command, a name."""
    return text.replace(" ", GLUE)


def wrap(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Lines within ``width`` columns that begin with ``first`` and then with ``rest``; only a word longer than a line exceeds it."""
    lines: list[str] = []
    line, bare = first, True
    for word in text.split(" "):
        if bare and lines and not word:
            continue
        if not bare and columns(line) + 1 + columns(word) > width:
            lines.append(line)
            line, bare = rest, True
        line, bare = (line + word if bare else f"{line} {word}"), False
    return [each.replace(GLUE, " ").rstrip() for each in (*lines, line)]
