"""Which lines a change touched, found without git's own comparison: that would run the repository's filters on the work tree.

Comes in: two trees, paths, and which files were renamed. Goes out: the lines of the later tree that the earlier one does not have, with
their text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from coupling.core.report import is_report
from coupling.parsers import decode
from coupling.trees import Tree

MOST_LINES = 20_000
"""Of a change in one file; all lines of a larger one count as touched."""

LONGEST = 400
"""Characters of one line: more is data or minified."""

Lines = dict[tuple[str, int], str]
"""(path, line) -> the line."""


def touched(before: Tree, after: Tree, paths: Iterable[str], moved: Mapping[str, str]) -> Lines:
    """Lines of the later tree, in these files only. A file that the earlier tree does not have is touched as a whole, a saved report
    of ours not at all: it names everything."""
    origin = {new: old for old, new in moved.items()}
    wanted = sorted(path for path in set(paths) if _is_file(after, path))
    earlier = [origin.get(path, path) for path in wanted]
    old = (data if _is_file(before, path) else b"" for path, (data, _) in zip(earlier, before.read(earlier), strict=True))
    new = (data for data, _ in after.read(wanted))
    found = zip(wanted, (changed(a, b) if a != b and not is_report(b) else () for a, b in zip(old, new, strict=True)), strict=True)
    return {(path, number): line for path, lines in found for number, line in lines}


def changed(old: bytes, new: bytes) -> Iterable[tuple[int, str]]:
    """The lines that the later content has and the earlier does not, with their numbers."""
    lines = decode(new).split("\n")
    return ((number, lines[number - 1][:LONGEST]) for number in _numbers(decode(old).split("\n"), lines))


def _numbers(before: list[str], after: list[str]) -> Iterable[int]:
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    before, after = before[start : len(before) - end], after[start : len(after) - end]
    if len(before) + len(after) > MOST_LINES or not before:
        return range(start + 1, start + len(after) + 1)
    codes = SequenceMatcher(None, before, after).get_opcodes()
    return (start + 1 + line for tag, _, _, first, last in codes if tag in ("replace", "insert") for line in range(first, last))


def _common(one: list[str], other: list[str]) -> int:
    """How many lines two texts have in common at their beginning."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _is_file(tree: Tree, path: str) -> bool:
    entry = tree.entry(path)
    return entry is not None and entry.sort == "file"
