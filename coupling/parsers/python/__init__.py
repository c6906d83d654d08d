"""Python source -> FileFacts.

Comes in: the text of a module or of a notebook's cells joined. Goes out: its value graph. It knows the language and nothing of libraries.
``ast`` reads it; what the running Python cannot read is rewritten by ``newsyntax`` first, else it is a Problem.
"""

from __future__ import annotations

import ast
import warnings

from coupling.core.facts import Builder, Comment, FileFacts
from coupling.core.source import Problem, Span

KINDS = ("python",)
MARK = "coupling:"


def parse(path: str, text: str) -> FileFacts:
    return parse_text(path, text)


def parse_text(path: str, text: str, cells: tuple[tuple[int, int, int], ...] = (), parser: str = "python") -> FileFacts:
    """The facts of one program. ``cells`` says where a notebook's cells begin (core.facts.FileFacts)."""
    from coupling.parsers.python.statements import lower_module

    builder = Builder(path, parser)
    builder.cells = list(cells)
    tree = _tree(text, builder)
    if tree is not None:
        lower_module(builder, tree)
    builder.comments = _comments(text)
    return builder.facts()


def _tree(text: str, builder: Builder) -> ast.Module | None:
    first = _attempt(text)
    if isinstance(first, ast.Module):
        return first
    from coupling.parsers.python.newsyntax import readable

    for candidate in readable(text):
        tree = _attempt(candidate)
        if isinstance(tree, ast.Module):
            if candidate.count("pass  # unread") > text.count("pass  # unread"):
                builder.problems.append(_problem(first, builder.path, "parts left out"))
            return tree
    builder.problems.append(_problem(first, builder.path, "syntax not readable"))
    return None


def _attempt(text: str) -> ast.Module | Exception:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return error


def _problem(error: object, path: str, what: str) -> Problem:
    line = getattr(error, "lineno", 0) or 0
    return Problem(f"{what}: {getattr(error, 'msg', None) or type(error).__name__}", Span(path, line))


def _comments(text: str) -> list[Comment]:
    if MARK not in text:
        return []
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        before, hash_, after = line.partition("#")
        if hash_ and MARK in after:
            found.append(Comment(number, after.partition(MARK)[2].strip()))
    return found
