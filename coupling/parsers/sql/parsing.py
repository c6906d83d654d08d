"""Tokens to a tree: sqlglot as a function that never raises and never logs.

In comes one statement, out goes its tree, or None when no dialect can read it. It does not know what a tree means.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.parser import logger

from coupling.parsers.sql import words
from coupling.parsers.sql.holes import is_mark
from coupling.parsers.sql.tokens import DIALECTS, Statement, again, depth, order, rewrite, tokenize

if TYPE_CHECKING:
    from sqlglot.tokenizer_core import Token

MAX_TOKENS = 30_000
MAX_DEPTH = 60
_FAILURES = (SqlglotError, RecursionError, ValueError, TypeError, AttributeError, IndexError, KeyError)


def tree_of(statement: Statement, dialects: Sequence[str] = DIALECTS) -> exp.Expr | None:
    """The tree by the first dialect that understands the statement; without its loose placeholders when that helps."""
    if len(statement.tokens) > MAX_TOKENS or depth(statement.tokens) > MAX_DEPTH:
        return None
    if statement.tokens[0].text.upper() not in words.PARSED_STATEMENTS:
        return None
    if tree := _first(statement, dialects):
        return tree
    tight = _without_loose(statement.tokens)
    if len(tight) == len(statement.tokens):
        return None
    return _parsed(Statement(tuple(tight), statement.text, statement.dialect))


def parse_tree(text: str) -> exp.Expr | None:
    """The tree of a short text that should be one statement."""
    read = tokenize(text, order(text, ""))
    return tree_of(Statement(tuple(read[0]), text, read[1])) if read and read[0] else None


def _first(statement: Statement, dialects: Sequence[str]) -> exp.Expr | None:
    if tree := _parsed(statement):
        return tree
    for dialect in dialects:
        other = again(statement, dialect) if dialect != statement.dialect else None
        if other is not None and (tree := _parsed(other)):
            return tree
    return None


def _parsed(statement: Statement) -> exp.Expr | None:
    parser = Dialect.get_or_raise(statement.dialect).parser(error_level=ErrorLevel.IMMEDIATE)
    was_silent, logger.disabled = logger.disabled, True  # a statement that sqlglot passes through would be logged; here it is a problem
    try:
        trees = parser.parse(rewrite(statement.tokens), statement.text)
    except _FAILURES:
        return None
    finally:
        logger.disabled = was_silent
    tree = trees[0] if len(trees) == 1 else None
    return None if isinstance(tree, exp.Command) else tree


def _without_loose(tokens: Sequence[Token]) -> list[Token]:
    """Placeholders that stand for a clause are dropped; those that stand for a name or value are kept."""
    out: list[Token] = []
    for token in tokens:
        if is_mark(token.text) and (not out or out[-1].text.upper() not in words.NAMES_FOLLOW):
            continue
        out.append(token)
    return out
