"""What the tokens alone say, for statements that no grammar could read: names behind FROM, JOIN, INTO, TABLE and MODEL.

In comes a statement, out go reads, a write, a training or predictions that a person would see at a glance; columns are unknown.
"""

from __future__ import annotations

from sqlglot.tokenizer_core import Token, TokenType

from coupling.parsers.sql import words
from coupling.parsers.sql.cursor import Cursor
from coupling.parsers.sql.emit import Emitter
from coupling.parsers.sql.models import train
from coupling.parsers.sql.queries import Queries
from coupling.parsers.sql.tokens import Statement, dotted

_TARGETS = {("INSERT", "INTO"): "append", ("INSERT", "OVERWRITE"): "replace", ("MERGE", "INTO"): "merge"}


def names_only(queries: Queries, statement: Statement) -> bool:
    """Emit what the tokens say; False when they say nothing."""
    emit, tokens = queries.emit, statement.tokens
    if not any(token.text.upper() in words.DATA_STATEMENTS for token in tokens if token.token_type != TokenType.STRING):
        return False
    reads = [emit.table(name, line) for name, line in _reads(tokens)]
    given = emit.join(reads, statement.line)
    results = [emit.call("sql.predict", (emit.name(name, line), given), line) for name, line in _predictions(tokens)]
    value = emit.join(results, statement.line) if results else given
    return _stores(queries, emit, tokens, value, statement.line) or bool(reads or results)


def _stores(queries: Queries, emit: Emitter, tokens: tuple[Token, ...], value: int, line: int) -> bool:
    cursor = Cursor(tokens)
    for verb, mode in _TARGETS.items():
        if cursor.seek(*verb):
            cursor.take("TABLE")
            return _written(emit, cursor, value, mode)
    if cursor.take("CREATE"):
        replaced = cursor.take("OR", "REPLACE")
        cursor.skip_any("TEMP", "TEMPORARY", "TRANSIENT", "MATERIALIZED", "EXTERNAL", "GLOBAL", "LOCAL", "UNLOGGED")
        kind = cursor.peek()
        cursor.at += kind in ("TABLE", "VIEW", "MODEL")
        cursor.take("IF", "NOT", "EXISTS")
        if kind == "MODEL" and (name := cursor.name()):
            train(queries, name, value, [], line)
            return True
        if kind in ("TABLE", "VIEW") and any(token.text.upper() == "SELECT" for token in tokens):
            return _written(emit, cursor, value, "view" if kind == "VIEW" else "replace" if replaced else "create")
    return cursor.take("UPDATE") and _written(emit, cursor, value, "update")


def _written(emit: Emitter, cursor: Cursor, value: int, mode: str) -> bool:
    line, name = cursor.line, cursor.name()
    if name:
        emit.write(name, value, mode, line)
    return bool(name)


def _reads(tokens: tuple[Token, ...]) -> list[tuple[str, int]]:
    """Names behind FROM and JOIN that no WITH declares and no parenthesis follows."""
    ctes = _declared(tokens)
    out: dict[str, int] = {}
    for index, token in enumerate(tokens[:-1]):
        if token.token_type == TokenType.STRING or token.text.upper() not in ("FROM", "JOIN", "USING") or _inside_call(tokens, index):
            continue
        at = index + 1
        if tokens[at].token_type == TokenType.STRING or tokens[at].text.upper() in words.NOT_NAMES:
            continue
        name, end = dotted(tokens, at)
        follows = tokens[end].text if end < len(tokens) else ""
        if name and follows != "(" and name.lower() not in ctes:
            out.setdefault(name, int(tokens[at].line))
    return list(out.items())


def _inside_call(tokens: tuple[Token, ...], index: int) -> bool:
    """``EXTRACT(YEAR FROM x)`` and ``TRIM(BOTH FROM x)`` name no table; neither does ``IS DISTINCT FROM``."""
    if tokens[index].text.upper() == "USING":
        return not any(token.text.upper() == "MERGE" for token in tokens[:2])
    back = tokens[max(0, index - 3) : index]
    before = [token.text.upper() for token in back]
    return bool(before) and (before[-1] == "DISTINCT" or any(word in ("EXTRACT", "TRIM", "SUBSTRING") for word in before))


def _declared(tokens: tuple[Token, ...]) -> set[str]:
    out = set()
    for index in range(1, len(tokens) - 1):
        if tokens[index].text.upper() == "AS" and tokens[index + 1].text == "(":
            out.add(tokens[index - 1].text.lower())
    return out


def _predictions(tokens: tuple[Token, ...]) -> list[tuple[str, int]]:
    out: dict[str, int] = {}
    for index, token in enumerate(tokens[:-2]):
        if token.text.upper() in words.PREDICTS and tokens[index + 1].text == "(" and tokens[index + 2].text.upper() == "MODEL":
            name, _ = dotted(tokens, index + 3)
            if name:
                out.setdefault(name, int(token.line))
    return list(out.items())
