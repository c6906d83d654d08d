"""What the declarative formats share: a module scope under construction, and ``coupling:`` comments.

Comes in: calls and names in the order of the file. Goes out: ``FileFacts`` with one module scope. Knows no format.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

from coupling.core.facts import Builder, Effect, FileFacts, Scope
from coupling.core.source import Problem, Span
from coupling.parsers import remarks

INI = (".ini", ".cfg", ".properties")
"""Settings whose comments may start with other marks too."""


class Free(str):
    """A part of a text that the file does not say: the name it goes by."""


Segments = Sequence[str]
"""A text with unknown parts: plain ``str`` and ``Free`` in a row."""


class Module(Builder):
    """A file that is one module scope: its effects and names."""

    def __init__(self, path: str, parser: str) -> None:
        super().__init__(path, parser)
        self.effects: list[Effect] = []
        self.names: dict[str, int] = {}

    def text(self, value: str, line: int = 0) -> int:
        return self.add("text", value, line=line)

    def joined(self, segments: Segments, line: int = 0) -> int:
        """The value of a text with unknown parts; neighbouring texts are one."""
        merged: list[str] = []
        for part in segments:
            if merged and not isinstance(part, Free) and not isinstance(merged[-1], Free):
                merged[-1] += part
            elif part:
                merged.append(part)
        parts = [self.add("free" if isinstance(part, Free) else "text", str(part), line=line) for part in merged]
        if not parts:
            return self.text("", line)
        return parts[0] if len(parts) == 1 else self.add("concat", parts=tuple(parts), line=line)

    def sequence(self, values: Iterable[int], line: int = 0) -> int:
        return self.add("list", parts=tuple(values), line=line)

    def mapping(self, pairs: Iterable[tuple[str, int]], line: int = 0) -> int:
        """A dict of text keys."""
        parts = [part for key, value in pairs for part in (self.text(key, line), value)]
        return self.add("dict", parts=tuple(parts), line=line)

    def effect(self, api: str, args: Sequence[int], keywords: dict[str, int] | None = None, line: int = 0) -> int:
        """Something the file makes happen: a call with positional and named values."""
        named = keywords or {}
        keys = ("",) * len(args) + tuple(named)
        value = self.call(api, (*args, *named.values()), keys, line)
        self.effects.append(Effect(value))
        return value

    def problem(self, what: str, line: int = 0) -> None:
        self.problems.append(Problem(what, Span(self.path, line)))

    def folder(self, *below: str) -> str:
        """The repository-relative folder that the file's paths start from."""
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.path), *below))

    def finish(self, text: str = "") -> FileFacts:
        """The facts, with the ``coupling:`` comments of ``text``."""
        self.comments.extend(remarks.find("ini" if self.parser == "settings" and self.path.endswith(INI) else "hash", text))
        lines = text.count("\n") + 1
        self.scopes.append(Scope("module", self.path, names=tuple(self.names.items()), effects=tuple(self.effects), line=1, end_line=lines))
        return self.facts()
