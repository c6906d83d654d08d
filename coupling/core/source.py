"""Places in the analysed repository, and its files as discover lists them."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """One place. ``line`` and ``col`` start at 1, 0 when unknown; ``text`` is the line's source, filled in before
    reports so that no report opens a file; ``cell`` is the notebook cell number, 0 elsewhere."""

    path: str
    line: int = 0
    col: int = 0
    end_line: int = 0
    text: str = ""
    cell: int = 0


class Problem(NamedTuple):
    """What could not be read, and why; or a ``statement`` of the user that was read and means nothing. Never dropped."""

    what: str
    span: Span
    statement: bool = False


class SourceFile(NamedTuple):
    """A file to analyse: its repository-relative POSIX path, the kind that selects its parser, its size in bytes."""

    path: str
    kind: str
    size: int


class LeftOut(NamedTuple):
    """A file or folder that is not analysed, and why."""

    path: str
    why: str


class Listing(NamedTuple):
    """What discover found: files to analyse, everything else's path (names still resolve against it), and what was left out."""

    files: tuple[SourceFile, ...]
    others: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
