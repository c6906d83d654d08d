"""Make variables -> text with free parts.

Comes in: definitions in the order of the file. Goes out: segments of an expanded text. Functions that only rearrange text are
computed, ``$(shell ...)`` and the rest are free names. Expansion is bounded in depth and size.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from coupling.parsers.common import Free

MAX_DEPTH = 15
MAX_PARTS = 400
MAX_TEXT = 20_000


class Variables:
    """What the file has defined so far; automatic variables of a rule are given by ``with_``."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.automatic: dict[str, list[str]] = {}
        self.budget = 0

    def define(self, name: str, sign: str, value: str) -> None:
        """``?=`` is a default: the file's own value is the best that is known."""
        if sign == "+=":
            self.texts[name] = (self.texts.get(name, "") + " " + value)[:MAX_TEXT]
        elif sign == "!=":
            self.texts[name] = f"$(shell {value})"
        elif sign != "?=" or name not in self.texts:
            before = self.texts.get(name, "")
            own = f"$({name})", f"${{{name}}}"
            self.texts[name] = value.replace(own[0], before).replace(own[1], before)[:MAX_TEXT]

    def with_(self, automatic: dict[str, list[str]]) -> Variables:
        other = Variables()
        other.texts, other.automatic = self.texts, automatic
        return other

    def expand(self, text: str) -> list[str]:
        """The segments of a text; ``$$`` is the shell's ``$``."""
        self.budget = MAX_PARTS
        return _merged(self._expand(text, 0))

    def _expand(self, text: str, depth: int) -> list[str]:
        out: list[str] = []
        at = 0
        while (start := text.find("$", at)) >= 0 and start + 1 < len(text):
            out.append(text[at:start])
            at = start + 2
            char = text[start + 1]
            if char == "$":
                out.append("$")
            elif char in "({":
                end = _closing(text, start + 1)
                out.extend(self._reference(text[start + 2 : end], depth))
                at = end + 1
            else:
                out.extend(self._reference(char, depth))
        out.append(text[at:])
        return out

    def _reference(self, inner: str, depth: int) -> list[str]:
        self.budget -= 1
        if depth > MAX_DEPTH or self.budget < 0:
            return [Free(inner[:60])]
        name, blank, rest = inner.strip().partition(" ")
        if blank and name in _FUNCTIONS:
            arguments = [_merged(self._expand(part, depth + 1)) for part in _arguments(rest)]
            known = ["".join(part) for part in arguments if not any(isinstance(piece, Free) for piece in part)]
            if len(known) == len(arguments):
                return [_FUNCTIONS[name](known)[:MAX_TEXT]]
            return [Free(inner[:60])]
        if inner in self.automatic:
            return self.automatic[inner]
        name, colon, change = inner.partition(":")
        if name not in self.texts:
            return [Free(inner[:60])]
        value = self._expand(self.texts[name], depth + 1)
        if colon and "=" in change and not any(isinstance(part, Free) for part in value):
            before, _, after = change.partition("=")
            before, after = (before, after) if "%" in before else (f"%{before}", f"%{after}")
            return [_patsubst([before, after, "".join(value)])]
        return value


def _closing(text: str, start: int) -> int:
    """The bracket that closes the one at ``start``."""
    close = ")" if text[start] == "(" else "}"
    depth = 0
    for at in range(start, min(len(text), start + MAX_TEXT)):
        depth += (text[at] == text[start]) - (text[at] == close)
        if not depth:
            return at
    return len(text)


def _arguments(text: str) -> list[str]:
    """Split at commas outside brackets."""
    out, depth = [""], 0
    for char in text:
        depth += (char in "({") - (char in ")}")
        if char == "," and depth == 0:
            out.append("")
        else:
            out[-1] += char
    return out


def _merged(parts: list[str]) -> list[str]:
    out: list[str] = []
    for part in parts[:MAX_PARTS]:
        if out and not isinstance(part, Free) and not isinstance(out[-1], Free):
            out[-1] += part
        elif part:
            out.append(part)
    return [part if isinstance(part, Free) else part[:MAX_TEXT] for part in out]


def words_of(parts: list[str]) -> list[list[str]]:
    """Segments split at the blanks of their known parts."""
    words: list[list[str]] = [[]]
    for part in parts:
        if isinstance(part, Free):
            words[-1].append(part)
            continue
        for number, piece in enumerate(part.replace("\t", " ").replace("\n", " ").split(" ")):
            if number:
                words.append([])
            if piece:
                words[-1].append(piece)
    return [word for word in words if word]


def _patsubst(arguments: list[str]) -> str:
    if len(arguments) < 3:
        return ""
    before, after, text = arguments[0].strip(), arguments[1].strip(), arguments[2]
    head, sign, tail = before.partition("%")
    out: list[str] = []
    for word in text.split():
        if sign and word.startswith(head) and word.endswith(tail) and len(word) >= len(head) + len(tail):
            out.append(after.replace("%", word[len(head) : len(word) - len(tail)], 1))
        else:
            out.append(after if word == before else word)
    return " ".join(out)


def _each(change: Callable[[str], str]) -> Callable[[list[str]], str]:
    return lambda arguments: " ".join(change(word) for word in " ".join(arguments).split())


_FUNCTIONS: dict[str, Callable[[list[str]], str]] = {
    "wildcard": _each(str),
    "strip": _each(str),
    "sort": lambda arguments: " ".join(sorted(set(" ".join(arguments).split()))),
    "notdir": _each(posixpath.basename),
    "dir": _each(lambda word: (posixpath.dirname(word) or ".") + "/"),
    "basename": _each(lambda word: posixpath.splitext(word)[0]),
    "abspath": _each(str),
    "realpath": _each(str),
    "firstword": lambda arguments: " ".join(" ".join(arguments).split()[:1]),
    "lastword": lambda arguments: " ".join(" ".join(arguments).split()[-1:]),
    "addprefix": lambda arguments: " ".join(arguments[0] + word for word in " ".join(arguments[1:]).split()),
    "addsuffix": lambda arguments: " ".join(word + arguments[0] for word in " ".join(arguments[1:]).split()),
    "patsubst": _patsubst,
    "subst": lambda arguments: (
        arguments[2].replace(arguments[0], arguments[1]) if len(arguments) > 2 and arguments[0] else "".join(arguments[2:])
    ),
}
