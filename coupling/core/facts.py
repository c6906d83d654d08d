"""What one file says: a value graph, without any knowledge of libraries.

Every parser lowers its language to the same small set of operations, so link has one evaluator. Values are numbered by
their position in ``FileFacts.values``; a scope lists what happens in it, in order. The operations are documented in
docs/architecture.md ("The value graph"); ``OPS`` is the closed list.
"""

from __future__ import annotations

from typing import NamedTuple

from coupling.core.source import Problem

SCHEMA = 3
"""Version of the facts' form: a part of every cache key."""

OPS = frozenset(
    """text number bool none hole param free import api attr item slice call concat format add div mod binop
    list tuple set dict comp dictcomp choose join loop iter func class update setattr after star compare unary guard
    lambda yielded enter when""".split()
)


class Value(NamedTuple):
    """One node of the value graph: what ``text`` and ``parts`` (ids of values) mean depends on ``op``; ``keys`` names
    the arguments of a call ('' positional, '*', '**', or the keyword), parallel to ``parts[1:]``."""

    op: str
    text: str = ""
    parts: tuple[int, ...] = ()
    keys: tuple[str, ...] = ()
    line: int = 0


class Param(NamedTuple):
    """A parameter. ``kind`` is positional, keyword, star or starstar; ``default`` and ``annotation`` are values, -1 if absent."""

    name: str
    value: int
    kind: str = "positional"
    default: int = -1
    annotation: int = -1


class Effect(NamedTuple):
    """Something that happens when a scope runs: a call or a store into an object, and the guard it stands under (-1: none)."""

    value: int
    guard: int = -1


class Scope(NamedTuple):
    """A module, function, class body, lambda or statement list. ``names`` holds each local name's last value, ``stars``
    the modules whose names it imports wholesale; ``parent`` is an index into ``FileFacts.scopes``, -1 for the module."""

    kind: str
    name: str
    parent: int = -1
    params: tuple[Param, ...] = ()
    names: tuple[tuple[str, int], ...] = ()
    returns: tuple[int, ...] = ()
    yields: tuple[int, ...] = ()
    effects: tuple[Effect, ...] = ()
    bases: tuple[int, ...] = ()
    decorators: tuple[int, ...] = ()
    stars: tuple[str, ...] = ()
    line: int = 0
    end_line: int = 0


class Comment(NamedTuple):
    """A ``coupling:`` comment: the line it stands on, what follows the colon, and whether nothing else stands on the line."""

    line: int
    text: str
    alone: bool = False


def line_in_file(line: int, cells: tuple[tuple[int, int, int], ...]) -> int:
    """The line that readers of a file see: notebook parsers count those of the lowered program (``FileFacts.cells``)."""
    before = [cell for cell in cells if cell[0] <= line]
    return before[-1][2] + line - before[-1][0] if before else line


class FileFacts(NamedTuple):
    """Everything parse knows of a file. ``scopes[0]`` is the module; ``cells`` maps a notebook's lines to cells as
    (first line of the lowered program, cell number, first line in the .ipynb file)."""

    path: str
    parser: str
    values: tuple[Value, ...] = ()
    scopes: tuple[Scope, ...] = ()
    comments: tuple[Comment, ...] = ()
    problems: tuple[Problem, ...] = ()
    cells: tuple[tuple[int, int, int], ...] = ()


class Builder:
    """Collects values and scopes while a parser walks its language. Equal constants share a number."""

    def __init__(self, path: str, parser: str) -> None:
        self.path, self.parser = path, parser
        self.values: list[Value] = []
        self.scopes: list[Scope] = []
        self.comments: list[Comment] = []
        self.problems: list[Problem] = []
        self.cells: list[tuple[int, int, int]] = []

    def add(self, op: str, text: str = "", parts: tuple[int, ...] = (), keys: tuple[str, ...] = (), line: int = 0) -> int:
        self.values.append(Value(op, text, parts, keys, line))
        return len(self.values) - 1

    def call(self, api: str, args: tuple[int, ...], keys: tuple[str, ...] = (), line: int = 0) -> int:
        """A call of a known API path, as the languages other than Python lower their statements."""
        callee = self.add("api", api, line=line)
        return self.add("call", "", (callee, *args), keys or ("",) * len(args), line)

    def facts(self) -> FileFacts:
        return FileFacts(
            self.path,
            self.parser,
            tuple(self.values),
            tuple(self.scopes),
            tuple(self.comments),
            tuple(self.problems),
            tuple(self.cells),
        )
