"""Python source -> FileFacts.

Comes in: the text of a module or of a notebook's cells joined. Goes out: its value graph. It knows the language and nothing of libraries.
``ast`` reads it; what the running Python cannot read is mended by ``salvage`` first, and what stays unread is a Problem.
"""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING

from coupling.core.facts import Builder, Comment, FileFacts
from coupling.core.source import Problem, Span

if TYPE_CHECKING:
    from coupling.parsers.python.salvage import LeftOut

KINDS = ("python",)
MARK = "coupling:"


def parse(path: str, text: str) -> FileFacts:
    return parse_text(path, text)


def parse_text(
    path: str,
    text: str,
    cells: tuple[tuple[int, int, int], ...] = (),
    parser: str = "python",
    parameters: tuple[tuple[int, int], ...] = (),
) -> FileFacts:
    """The facts of one program. ``cells`` says where a notebook's cells begin (core.facts.FileFacts), ``parameters`` the first and last
    lines in which names are what a caller sets."""
    from coupling.parsers.python.statements import lower_module

    builder = Builder(path, parser)
    builder.cells = list(cells)
    tree = _tree(text, builder)
    if tree is not None:
        _open(tree, parameters)
        lower_module(builder, tree, "global " in text, "__doc__" in text)
    builder.comments = _comments(text)
    return builder.facts()


def _open(tree: ast.Module, lines: tuple[tuple[int, int], ...]) -> None:
    """``x = 1`` in these lines is ``x = __parameter__("x", 1)``: the value that a caller gives, else this one."""
    for node in tree.body if lines else ():
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else getattr(node, "target", None)
        inside = any(first <= node.lineno <= last for first, last in lines)
        if inside and isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(target, ast.Name) and node.value is not None:
            called = ast.Call(ast.Name("__parameter__", ast.Load()), [ast.Constant(target.id), node.value], [])
            node.value = ast.fix_missing_locations(ast.copy_location(called, node.value))


def _tree(text: str, builder: Builder) -> ast.Module | None:
    first = attempt(text)
    if isinstance(first, ast.Module):
        return first
    mended = mend(text)
    if mended is None:
        builder.problems.append(_problem(first, builder.path, "syntax not readable"))
        return None
    tree = attempt(mended[0])
    builder.problems += [Problem(f"part left out, syntax not readable: {part.why}", Span(builder.path, part.line)) for part in mended[1]]
    return tree if isinstance(tree, ast.Module) else None


def attempt(text: str) -> ast.Module | Exception:
    """The tree, or what stands against it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return error


def mend(text: str) -> tuple[str, tuple[LeftOut, ...]] | None:
    """A text that is no Python as the running Python knows it, made readable line for line; None when nothing helps."""
    from coupling.parsers.python.salvage import mend

    return mend(text)


def _problem(error: object, path: str, what: str) -> Problem:
    line = getattr(error, "lineno", 0) or 0
    return Problem(f"{what}: {getattr(error, 'msg', None) or type(error).__name__}", Span(path, line))


def _comments(text: str) -> list[Comment]:
    if MARK not in text:
        return []
    from coupling.parsers.python.tokens import tokenize

    found, row, alone = [], 1, True
    for token in tokenize(text):
        if token.kind == "comment" and (said := token.text.lstrip("#").strip()).startswith(MARK):
            found.append(Comment(row, said.removeprefix(MARK).strip(), alone))
        row += token.text.count("\n")
        alone = token.kind == "newline" or (alone and token.kind == "space")
    return found
