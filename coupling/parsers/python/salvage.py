"""A text that the running Python cannot parse -> one that it can, with the same lines.

Statement by statement: what is readable stays; older and newer syntax is rewritten; of a function or class the readable statements
stay; what nothing helps is left out, and told with its line. It does not know why a statement is broken.
"""

from __future__ import annotations

import ast
from typing import NamedTuple

from coupling.parsers.python import attempt, newsyntax, oldsyntax
from coupling.parsers.python.tokens import logical_lines, tokenize

MOST_TOLD = 20
DEEPEST = 40
LONGEST = 4_000_000
_CLAUSES = frozenset(("else", "elif", "except", "finally"))


class LeftOut(NamedTuple):
    """A part that is not read: its line, from 1, and why."""

    line: int
    why: str


def mend(text: str) -> tuple[str, tuple[LeftOut, ...]] | None:
    """The readable text and what it lacks; None when nothing helps."""
    if len(text) > LONGEST:
        return None
    older = oldsyntax.modern(text)
    if older.count("\n") == text.count("\n") and isinstance(attempt(older), ast.Module):
        return older, ()
    mender = _Mender(text)
    mender.statements(0, len(mender.lines), 0)
    mended = "\n".join(mender.rows)
    if not isinstance(attempt(mended), ast.Module):
        return None
    told = mender.left_out[:MOST_TOLD]
    if more := len(mender.left_out) - len(told):
        told.append(LeftOut(mender.left_out[MOST_TOLD].line, f"and {more} more parts"))
    return mended, tuple(told)


class _Mender:
    def __init__(self, text: str) -> None:
        self.rows = text.split("\n")
        self.lines = logical_lines(tokenize(text))
        self.left_out: list[LeftOut] = []

    def statements(self, start: int, end: int, depth: int) -> None:
        """Mend the statements of one block: ``lines[start:end]``."""
        if start >= end:
            return
        base = self.lines[start].indent
        at = start
        while at < end:
            after = self._statement_end(at, end, base)
            self._statement(at, after, depth)
            at = after

    def _statement_end(self, at: int, end: int, base: int) -> int:
        """Decorators, the body and further clauses belong to a statement."""
        after = at + 1
        while after < end:
            line = self.lines[after]
            if line.indent <= base and line.word not in _CLAUSES and self.lines[after - 1].word != "@":
                break
            after += 1
        return after

    def _statement(self, start: int, end: int, depth: int) -> None:
        first, last = self.lines[start].first, self.lines[end - 1].last
        text = "\n".join(self.rows[first : last + 1])
        error = self._error(text, depth)
        if error is None:
            return
        mended = self._rewritten(text, depth)
        if mended is not None:
            self.rows[first : last + 1] = mended.split("\n")
            return
        if depth < DEEPEST and self._parts(start, end, depth):
            return
        self._leave_out(start, end, error)

    def _rewritten(self, text: str, depth: int) -> str | None:
        """The statement in the syntax of the running Python, in as many rows, if rewriting makes it readable."""
        for rewrite in (oldsyntax.modern, newsyntax.rewritten):
            better = rewrite(_framed(text, depth))
            plain = better.removeprefix(_FRAME) if better is not None else text
            if plain != text and plain.count("\n") == text.count("\n") and self._error(plain, depth) is None:
                return plain
        return None

    def _parts(self, start: int, end: int, depth: int) -> bool:
        """Mend the bodies of a compound statement whose clauses are readable."""
        heads = [at for at in range(start, end) if self.lines[at].indent <= self.lines[start].indent]
        bodies = [(at + 1, after) for at, after in zip(heads, [*heads[1:], end], strict=True)]
        if all(begin == after for begin, after in bodies):
            return False
        outline = "\n".join(self._outline(at, begin != after) for at, (begin, after) in zip(heads, bodies, strict=True))
        if self._error(outline, depth) is not None:
            mended = self._rewritten(outline, depth)
            if mended is None:
                return False
            self._put_heads(heads, mended)
        for begin, after in bodies:
            self.statements(begin, after, depth + 1)
        return True

    def _outline(self, at: int, has_body: bool) -> str:
        head = "\n".join(self.rows[self.lines[at].first : self.lines[at].last + 1])
        return f"{head}\n{' ' * (self.lines[at].indent + 1)}pass" if has_body else head

    def _put_heads(self, heads: list[int], outline: str) -> None:
        rows = outline.split("\n")
        for at in heads:
            line = self.lines[at]
            count = line.last + 1 - line.first
            self.rows[line.first : line.last + 1] = rows[:count]
            rows = rows[count:]
            if rows and rows[0].strip() == "pass":
                rows = rows[1:]

    def _error(self, text: str, depth: int) -> Exception | None:
        found = attempt(_framed(text, depth))
        return None if isinstance(found, ast.Module) else found

    def _leave_out(self, start: int, end: int, error: Exception) -> None:
        first, last = self.lines[start].first, self.lines[end - 1].last
        for row in range(first, last + 1):
            self.rows[row] = ""
        self.rows[first] = " " * self.lines[start].indent + "pass"
        line = first + 1 + max(0, (getattr(error, "lineno", None) or 1) - 1 - (self.lines[start].indent > 0))
        self.left_out.append(LeftOut(min(line, last + 1), getattr(error, "msg", None) or type(error).__name__))


_FRAME = "if 1:\n"


def _framed(text: str, depth: int) -> str:
    """The statement as a program of its own: an indented one needs something to be in."""
    return _FRAME + text if depth else text
