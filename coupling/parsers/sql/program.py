"""A SQL text to facts: statements in order, each by the reader that understands it.

In comes text (with or without Jinja), out go facts; what no reader understands is a problem, and its names are kept.
"""

from __future__ import annotations

from sqlglot.tokenizer_core import TokenType

from coupling.core.facts import FileFacts
from coupling.parsers.dbt import Node, node_of
from coupling.parsers.dbt import lower as lower_dbt
from coupling.parsers.sql import jinja, statements, words, writes
from coupling.parsers.sql import tokens as tokens_
from coupling.parsers.sql.emit import Emitter
from coupling.parsers.sql.fallback import names_only
from coupling.parsers.sql.parsing import tree_of
from coupling.parsers.sql.queries import Queries
from coupling.parsers.sql.tokens import Statement, order, tokenize

MAX_TEXT = 1_500_000


def lower(path: str, text: str, *, bind: bool, line: int = 1, dialect: str = "") -> FileFacts:
    """The facts of a text: with ``bind`` its placeholders are free names of the module."""
    if len(text) > MAX_TEXT:
        cut = text.rfind("\n", 0, MAX_TEXT)
        text, too_long = text[: cut if cut > 0 else MAX_TEXT], True
    else:
        too_long = False
    emit = Emitter(path, (), bind, line)
    if too_long:
        emit.problem(f"only the first {MAX_TEXT} characters are read", 1)
    if jinja.is_template(text):
        _template(emit, path, text, dialect)
    else:
        emit.lines = range(1, text.count("\n") + 2)
        _program(emit, emit.holes.encode(text), dialect, None)
    return emit.facts()


def _template(emit: Emitter, path: str, text: str, dialect: str) -> None:
    node_name = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    template = jinja.render(text, emit.holes, node_name)
    node = node_of(path, template.dbt, template.config)
    seen: set[str] = set()
    for rendered in template.texts:
        emit.lines = rendered.lines
        _program(emit, emit.holes.encode(rendered.text), dialect, node, seen)


def _program(emit: Emitter, text: str, dialect: str, node: Node | None, seen: set[str] | None = None) -> None:
    dialects = order(text, dialect)
    queries = Queries(emit)
    for statement in _statements(emit, text, dialects):
        if emit.full:
            emit.problem("too many values; the rest of the file is skipped", statement.line)
            return
        source = statement.text[statement.tokens[0].start : statement.tokens[-1].end + 1]
        if seen is not None and source in seen:
            continue
        if seen is not None:
            seen.add(source)
        _guarded(queries, statement, dialects, node)


def _statements(emit: Emitter, text: str, dialects: tuple[str, ...]) -> list[Statement]:
    """The statements of a text; where its quotes do not match, those of each piece between semicolons that end a line."""
    read = tokenize(text, dialects)
    if read is not None:
        return list(tokens_.statements(read[0], text, read[1]))
    out: list[Statement] = []
    line = 1
    for piece in text.split(";\n"):
        read = tokenize(piece, dialects)
        if read is None:
            emit.problem("SQL text is not readable: quotes or comments do not match", line)
        else:
            for token in read[0]:
                token.line += line - 1
            out += tokens_.statements(read[0], piece, read[1])
        line += piece.count("\n") + 1
    return out


def _guarded(queries: Queries, statement: Statement, dialects: tuple[str, ...], node: Node | None) -> None:
    """Lower a statement; what nests too deep for the grammar is read by its names."""
    statement = _called(_body(statement))
    try:
        understood = _statement(queries, statement, dialects, node)
    except RecursionError:
        understood = False
    if not understood:
        head = statement.tokens[0].text.upper()
        named = head in words.DATA_STATEMENTS and names_only(queries, statement)
        if named or head not in words.HARMLESS:
            queries.emit.problem(f"SQL statement is not readable: {head[:40]}", statement.line)


def _statement(queries: Queries, statement: Statement, dialects: tuple[str, ...], node: Node | None) -> bool:
    if statements.special(queries, statement):
        return True
    tree = tree_of(statement, dialects)
    if tree is None:
        return False
    if node is None or not lower_dbt(queries, tree, node, statement.line):
        writes.statement(queries, tree, statement.line)
    return True


def _body(statement: Statement) -> Statement:
    """The statement inside EXPLAIN, BEGIN, IF ... THEN, a procedure's head."""
    statement = _reopened(statement)
    tokens = statement.tokens
    head = tokens[0].text.upper()
    is_routine = head == "CREATE" and any(token.text.upper() in words.ROUTINES for token in tokens[1:5])
    if head in words.DATA_STATEMENTS and not is_routine:
        return statement
    for index in range(1, min(len(tokens), 400)):
        if tokens[index].text.upper() in words.DATA_STATEMENTS and tokens[index - 1].text.upper() in words.BEFORE_A_BODY:
            return _reopened(statement._replace(tokens=tokens[index:]))
    return statement


def _reopened(statement: Statement) -> Statement:
    """A tokenizer takes what follows CALL, EXPLAIN or BEGIN as one text; here it is read."""
    tokens = statement.tokens
    if len(tokens) != 2 or tokens[0].text.upper() not in ("CALL", "EXPLAIN", "BEGIN"):
        return statement
    shift = tokens[0].end + 1
    read = tokenize(statement.text[shift : tokens[1].end + 1], (statement.dialect, "snowflake", ""))
    if read is None or not read[0]:
        return statement
    for token in read[0]:
        token.line += tokens[0].line - 1
        token.start += shift
        token.end += shift
    return Statement((tokens[0], *read[0]), statement.text, read[1])


def _called(statement: Statement) -> Statement:
    """``CALL model!FORECAST(...)`` as a SELECT."""
    tokens = statement.tokens
    if tokens[0].text.upper() != "CALL" or not any(token.text == "!" for token in tokens[:8]):
        return statement
    select = tokens_.make(tokens[0], TokenType.SELECT, "SELECT")
    return statement._replace(tokens=(select, *tokens[1:]))
