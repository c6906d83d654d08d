"""Text of any Python, old, new or broken -> tokens and logical lines.

The tokenizers of Python and of LibCST each know one grammar and raise where a text leaves it; this one knows only what all have in common
(names, numbers, strings, comments, brackets, line ends), so it never raises, and joined its tokens give the text back.
"""

from __future__ import annotations

import re
from typing import NamedTuple

OPEN, CLOSE = "([{", ")]}"
MOST_NESTED_STRINGS = 20
_TOKEN = re.compile(
    r"(?P<space>[ \t\f]+|\\\n)|(?P<newline>\n)|(?P<comment>#[^\n]*)|(?P<number>\d(?:[eE][+-](?=\d)|\w|\.)*|\.\d\w*)|(?P<name>[^\W\d]\w*)"
    r"|(?P<op><>|>>=?|<<=?|\*\*=?|//=?|->|:=|[!=<>+\-*/%&|^@]=|.)",
    re.S,
)
_ENDS = {mark: re.compile(rf"\\.|{mark}" + ("" if len(mark) == 3 else r"|\n"), re.S) for mark in ('"', "'", '"""', "'''")}
_PREFIX = re.compile(r"[bBrRuUfFtT]{1,3}\Z")
_STARTS = frozenset(("def", "class", "import", "from", "return", "with", "while", "try", "async", "@"))
"""What begins a statement and stands in column 0 of no bracket: there an unclosed bracket ends."""


class Token(NamedTuple):
    kind: str
    text: str


class Line(NamedTuple):
    """A logical line: its tokens are ``tokens[start:end]``, its rows ``first`` to ``last`` (from 0), ``word`` its first token."""

    start: int
    end: int
    first: int
    last: int
    indent: int
    word: str


def tokenize(text: str) -> list[Token]:
    out: list[Token] = []
    strings = _Strings(text)
    at = 0
    while at < len(text):
        if text[at] in "\"'":
            prefix = out.pop().text if out and out[-1].kind == "name" and _PREFIX.match(out[-1].text) else ""
            end = strings.end(at, any(ch in "fFtT" for ch in prefix))
            out.append(Token("string", prefix + text[at:end]))
            at = end
            continue
        match = _TOKEN.match(text, at)
        assert match is not None  # the last alternative is any character
        out.append(Token(match.lastgroup or "op", match.group()))
        at = match.end()
    return out


class _Strings:
    """Where strings end. ``budget`` bounds what is looked at again when f-strings are never closed."""

    def __init__(self, text: str) -> None:
        self.text, self.budget = text, len(text) + 10_000

    def end(self, start: int, formatted: bool, depth: int = 0) -> int:
        """The end of the string that begins at ``start``; one that is never closed is its quotes alone."""
        text = self.text
        mark = text[start] * (3 if text.startswith(text[start] * 3, start) else 1)
        if formatted and depth < MOST_NESTED_STRINGS and (end := self._formatted(start + len(mark), mark, depth)):
            return end
        at = start + len(mark)
        while match := _ENDS[mark].search(text, at):
            if match.group() == mark:
                return match.end()
            if match.group() == "\n":
                break
            at = match.end()
        return start + len(mark)

    def _formatted(self, at: int, mark: str, depth: int) -> int:
        """The end of an f-string whose expressions may hold its own quotes, 0 if there is none."""
        text, braces = self.text, 0
        while at < len(text) and self.budget > 0:
            ch, before = text[at], at
            if braces:
                at = self.end(at, text[at - 1] in "fFtT", depth + 1) if ch in "\"'" else at + 1
                braces += (ch == "{") - (ch == "}")
            elif text.startswith(mark, at):
                return at + len(mark)
            elif ch == "\n" and len(mark) == 1:
                return 0
            else:
                at += 2 if ch == "\\" or text.startswith("{{", at) else 1
                braces = int(ch == "{" and at == before + 1)
            self.budget -= at - before
        return 0


def logical_lines(tokens: list[Token]) -> list[Line]:
    """The statements' lines: brackets and backslashes join rows; blank and comment rows belong to none."""
    out: list[Line] = []
    start, first, row, depth, indent, fresh = 0, 0, 0, 0, 0, True
    word = ""
    for at, token in enumerate(tokens):
        if depth and token.text in _STARTS and tokens[at - 1].kind == "newline":
            out.append(Line(start, at, first, row - 1, indent, word))
            depth, fresh, start, word = 0, True, at, ""
        if fresh:
            start, first, indent, fresh = at, row, _width(token), False
        if not word and token.kind not in ("space", "newline", "comment"):
            word = token.text
        depth = max(0, depth + (token.kind == "op") * ((token.text in OPEN) - (token.text in CLOSE)))
        if token.kind == "newline" and not depth:
            if word:
                out.append(Line(start, at, first, row, indent, word))
            fresh, word = True, ""
        row += token.text.count("\n")
    if word:
        out.append(Line(start, len(tokens), first, row, indent, word))
    return out


def _width(token: Token) -> int:
    return len(token.text.expandtabs(8)) if token.kind == "space" and "\\" not in token.text else 0
