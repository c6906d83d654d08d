"""Placeholders that survive a SQL tokenizer: in comes text with ``{name}``, ``${name}``, ``%(name)s``; out goes text with plain words.

Each placeholder becomes a word of letters and digits, so that every dialect reads it as (a part of) an identifier, a
string or a value. ``pieces`` turns a name back. It does not know what a placeholder is bound to.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_MARK = re.compile(r"qz7x(\d+)x7zq")
_PLACEHOLDER = re.compile(
    r"\$\{(?:hiveconf:|hivevar:)?(?P<shell>[A-Za-z_][\w.]*)\}"
    r"|\{(?P<brace>[A-Za-z_][\w.\[\]-]*|\??)(?:![rsa])?(?::[^{}'\"\s]{1,8})?\}"
    r"|%\((?P<named>\w+)\)s"
    r"|(?P<bare>(?<![\w%'])%s(?![\w%']))"
)


class Placeholder(NamedTuple):
    """A hole in the text: what it is called, how it was written, and which dbt function made it (``ref``, ``source``)."""

    name: str
    written: str
    dbt: str = ""


class Holes:
    """The placeholders of one text, by number."""

    def __init__(self) -> None:
        self._known: list[Placeholder] = []
        self._numbers: dict[Placeholder, int] = {}

    def mark(self, name: str, written: str = "", dbt: str = "") -> str:
        """The word that stands for a placeholder."""
        hole = Placeholder(name, written or "{%s}" % name, dbt)
        number = self._numbers.setdefault(hole, len(self._known))
        if number == len(self._known):
            self._known.append(hole)
        return f"qz7x{number}x7zq"

    def encode(self, text: str) -> str:
        """The text with every placeholder replaced by its word."""
        if "{" not in text and "%" not in text:
            return text
        return _PLACEHOLDER.sub(self._encode, text)

    def _encode(self, match: re.Match[str]) -> str:
        name = match["shell"] or match["brace"] or match["named"] or ""
        return self.mark(name, match[0] if match["named"] or match["bare"] else "")

    def pieces(self, text: str) -> list[str | Placeholder]:
        """Literal text and placeholders, in order; what dbt functions named is literal text."""
        out: list[str | Placeholder] = []
        pos = 0
        for match in _MARK.finditer(text):
            out.append(text[pos : match.start()])
            hole = self._at(match)
            out.append(hole.name if hole is not None and hole.dbt else hole if hole is not None else match[0])
            pos = match.end()
        out.append(text[pos:])
        return [piece for piece in out if piece != ""]

    def decode(self, text: str) -> str:
        """The text with its placeholders as they were written; in names every one is ``{name}``."""
        if "qz7x" not in text:
            return text
        return "".join(piece if isinstance(piece, str) else piece.written for piece in self.pieces(text))

    def dbt(self, text: str) -> str:
        """Which dbt function named this relation, '' if none did."""
        match = _MARK.search(text) if "qz7x" in text else None
        hole = self._at(match) if match else None
        return hole.dbt if hole else ""

    def _at(self, match: re.Match[str]) -> Placeholder | None:
        number = int(match[1]) if len(match[1]) < 9 else -1
        return self._known[number] if 0 <= number < len(self._known) else None


def is_mark(text: str) -> bool:
    """Whether a token is one placeholder and nothing else."""
    return bool(_MARK.fullmatch(text))
