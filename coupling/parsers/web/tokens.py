"""Scripts and template marks as tokens: what the web parser reads instead of a JavaScript or Jinja engine.

Comes in: text. Goes out: tokens of a script, and a page whose template marks (``{{ x }}``, ``{% for %}``, ``<%= x %>``) are replaced
by private characters, so that HTML and scripts around them stay well formed. Tolerant: what is no token is skipped, nothing is
raised, time is linear.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from coupling.parsers.common import Free

OPEN, CLOSE = "\ue000", "\ue001"
"""Around the number of a template mark in a masked page."""
MOST_TOKENS = 200_000
LONGEST_MARK = 4_000
_OPENING = re.compile(r"\{[{%#]|<%")
_MARKS = (("{{", "}}"), ("{%", "%}"), ("{#", "#}"), ("<%", "%>"))
_BEFORE_REGEX = frozenset("(,=:[!&|?{};+-*%~^")
_SPACE = frozenset(" \t\r\f\v\n")


class Token(NamedTuple):
    """``kind`` is name, text, number or mark (punctuation); ``parts`` are the segments of a text, holes as ``Free``."""

    kind: str
    text: str
    line: int
    parts: tuple[str, ...] = ()


class Marked(NamedTuple):
    """One template mark: its opening bracket, what stands inside, its line."""

    kind: str
    inside: str
    line: int


class Masked(NamedTuple):
    text: str
    marks: tuple[Marked, ...]

    def parts(self, text: str) -> tuple[str, ...]:
        """The segments of a text of the masked page; marks are ``Free``."""
        out: list[str] = []
        at = 0
        while (start := text.find(OPEN, at)) >= 0 and (end := text.find(CLOSE, start)) >= 0:
            out.append(text[at:start])
            number = text[start + 1 : end].strip()
            if number.isdecimal() and int(number) < len(self.marks):
                mark = self.marks[int(number)]
                out += [Free(_expression(mark))] if mark.kind in ("{{", "<%") or mark.inside.startswith(("url ", "static ")) else []
            at = end + 1
        out.append(text[at:])
        return tuple(part for part in out if part)


def _expression(mark: Marked) -> str:
    return mark.inside.lstrip("=-~ ").rstrip("-~ ") if mark.kind != "{%" else "%" + mark.inside


def mask(text: str) -> Masked:
    """Replace template marks by numbers between private characters; line numbers stay."""
    out: list[str] = []
    marks: list[Marked] = []
    at = copied = 0
    line, counted = 1, 0
    while found := _OPENING.search(text, at):
        at = found.start()
        opening = text[at : at + 2]
        closing = next(c for o, c in _MARKS if o == opening)
        end = text.find(closing, at + 2, at + LONGEST_MARK)
        if end < 0:
            at += 2
            continue
        inside = text[at + 2 : end]
        line += text.count("\n", counted, at)
        counted = at
        out += [text[copied:at], OPEN, str(len(marks)), "\n" * inside.count("\n"), CLOSE]
        marks.append(Marked(opening, " ".join(inside.strip("-+~ \t\n").split()), line))
        at = copied = end + 2
    out.append(text[copied:])
    return Masked("".join(out), tuple(marks))


class _Scanner:
    """Walks a script once."""

    def __init__(self, text: str, line: int, masked: Masked | None) -> None:
        self.source, self.line, self.at, self.masked = text, line, 0, masked
        self.tokens: list[Token] = []

    def run(self) -> list[Token]:
        size = len(self.source)
        while self.at < size and len(self.tokens) < MOST_TOKENS:
            self._one(self.source[self.at])
        return self.tokens

    def _one(self, ch: str) -> None:
        if ch in _SPACE:
            self.line += ch == "\n"
            self.at += 1
        elif ch in "\"'":
            self._string(ch)
        elif ch == "`":
            self._template()
        elif ch.isalpha() or ch in "_$#" or ch == OPEN:
            self._name()
        elif ch.isdigit():
            self._number()
        elif ch == "/":
            self._slash()
        else:
            two = self.source[self.at : self.at + 2]
            self._add("mark", two if two in ("=>", "==", "!=", "&&", "||", "+=", "?.", "??") else ch)
            self.at += len(self.tokens[-1].text)

    def _add(self, kind: str, text: str, parts: tuple[str, ...] = ()) -> None:
        self.tokens.append(Token(kind, text, self.line, parts))

    def _string(self, quote: str) -> None:
        """A quoted text; one that does not end on its line is an apostrophe of running text."""
        at, pieces = self.at + 1, []
        while at < len(self.source) and (ch := self.source[at]) != quote:
            if ch == "\\":
                at += 1
                ch = self.source[at : at + 1]
            elif ch == OPEN and (end := self.source.find(CLOSE, at, at + 200)) > 0:
                pieces.append(self.source[at : end + 1])
                at = end + 1
                continue
            elif ch == "\n":
                self.at += 1
                return
            pieces.append(ch)
            at += 1
        text = "".join(pieces)
        self._add("text", text, self._segments(text))
        self.line += text.count("\n")
        self.at = at + 1

    def _segments(self, text: str) -> tuple[str, ...]:
        if self.masked is not None and OPEN in text:
            return self.masked.parts(text)
        return (text,) if text else ()

    def _template(self) -> None:
        """A template literal: texts and ``${holes}``."""
        start, at, parts = self.at, self.at + 1, list[str]()
        text = ""
        while at < len(self.source) and (ch := self.source[at]) != "`":
            if ch == "\\":
                text += self.source[at + 1 : at + 2]
                at += 2
            elif self.source.startswith("${", at):
                end = self._closing(at + 2)
                parts += [*self._segments(text), Free(" ".join(self.source[at + 2 : end].split())[:200])]
                text, at = "", end + 1
            else:
                text += ch
                at += 1
        parts += self._segments(text)
        self._add("text", "".join(parts), tuple(p for p in parts if p))
        self.line += self.source.count("\n", start, at)
        self.at = at + 1

    def _closing(self, at: int) -> int:
        """The ``}`` that ends a hole, within bounds."""
        depth, limit = 1, min(len(self.source), at + LONGEST_MARK)
        while at < limit:
            ch = self.source[at]
            depth += (ch == "{") - (ch == "}")
            if depth == 0:
                return at
            at += 1
        return limit

    def _name(self) -> None:
        if self.source[self.at] == OPEN:
            end = self.source.find(CLOSE, self.at)
            end = len(self.source) - 1 if end < 0 else end
            text = self.source[self.at : end + 1]
            parts = self._segments(text)
            self._add("name", parts[0] if parts else "", parts)
            self.line += text.count("\n")
            self.at = end + 1
            return
        end = self.at + 1
        while end < len(self.source) and (self.source[end].isalnum() or self.source[end] in "_$"):
            end += 1
        self._add("name", self.source[self.at : end])
        self.at = end

    def _number(self) -> None:
        end = self.at + 1
        while end < len(self.source) and (self.source[end].isalnum() or self.source[end] in "._"):
            end += 1
        self._add("number", self.source[self.at : end])
        self.at = end

    def _slash(self) -> None:
        following = self.source[self.at + 1 : self.at + 2]
        if following == "/":
            end = self.source.find("\n", self.at)
            self.at = len(self.source) if end < 0 else end
        elif following == "*":
            end = self.source.find("*/", self.at + 2)
            end = len(self.source) if end < 0 else end + 2
            self.line += self.source.count("\n", self.at, end)
            self.at = end
        elif not self.tokens or (self.tokens[-1].kind == "mark" and self.tokens[-1].text[-1] in _BEFORE_REGEX):
            self._regex()
        else:
            self._add("mark", "/")
            self.at += 1

    def _regex(self) -> None:
        at, bracket = self.at + 1, False
        while at < len(self.source) and self.source[at] != "\n":
            ch = self.source[at]
            if ch == "\\":
                at += 1
            elif ch == "[":
                bracket = True
            elif ch == "]":
                bracket = False
            elif ch == "/" and not bracket:
                self.at = at + 1
                return
            at += 1
        self._add("mark", "/")
        self.at += 1


def tokens(text: str, line: int = 1, masked: Masked | None = None) -> list[Token]:
    """The tokens of a script that starts on ``line``; in a masked page, its marks become holes of texts."""
    return _Scanner(text, line, masked).run()
