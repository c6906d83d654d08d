"""Statements that sqlglot has no common grammar for, read from their tokens: models, exports, loads, copies, external tables.

In comes a statement, out goes True when one of the readers here understood it and emitted its effects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from coupling.parsers.sql.cursor import Cursor, options
from coupling.parsers.sql.models import train
from coupling.parsers.sql.parsing import parse_tree, tree_of
from coupling.parsers.sql.queries import Queries
from coupling.parsers.sql.relations import Relation, whole
from coupling.parsers.sql.tokens import Statement, make

_STAGED = ("@",)


def special(queries: Queries, statement: Statement) -> bool:
    """Emit a statement that begins in a way known here."""
    cursor = Cursor(statement.tokens)
    reader = _READERS.get(cursor.peek())
    return reader is not None and reader(queries, statement, cursor)


def query_of(queries: Queries, statement: Statement, tokens: Sequence[Token], line: int) -> Relation | None:
    """The relation of a query given as tokens; None when it is no query."""
    if not tokens:
        return None
    tree = tree_of(Statement(tuple(tokens), statement.text, statement.dialect))
    if isinstance(tree, exp.Query):
        return queries.query(tree, {}, None, line)
    return None


def _relation(queries: Queries, statement: Statement, cursor: Cursor) -> Relation | None:
    """``(query)``, or a table's name."""
    line = cursor.line
    if cursor.peek() == "(":
        inner = cursor.group()
        text = Cursor(inner).text()
        if text:
            tree = parse_tree(text)
            return queries.query(tree, {}, None, line) if isinstance(tree, exp.Query) else None
        return query_of(queries, statement, inner, line)
    name = cursor.name()
    if cursor.peek() == "(":
        cursor.group()
    return queries.base(name, line) if name else None


def _create(queries: Queries, statement: Statement, cursor: Cursor) -> bool:
    cursor.at += 1
    replaced = cursor.take("OR", "REPLACE")
    cursor.skip_any("TEMP", "TEMPORARY", "TRANSIENT")
    if cursor.take("MODEL"):
        return _model(queries, statement, cursor)
    if cursor.peek() == "SNOWFLAKE" and cursor.peek(2) == "ML":
        return _snowflake_model(queries, statement, cursor)
    external = cursor.take("EXTERNAL")
    if cursor.take("TABLE"):
        return _located_table(queries, statement, cursor, external, "replace" if replaced else "create")
    return False


def _model(queries: Queries, statement: Statement, cursor: Cursor) -> bool:
    """BigQuery's and Redshift's CREATE MODEL."""
    cursor.take("IF", "NOT", "EXISTS")
    line, name = cursor.line, cursor.name()
    if not name:
        return False
    if cursor.peek() == "FROM" or cursor.find("FUNCTION") >= 0:
        return _redshift_model(queries, statement, cursor, name, line)
    start = cursor.at
    settings = options(cursor.group()) if cursor.seek("OPTIONS") else {}
    cursor.at = start
    found = cursor.seek("AS")
    if not found:
        return _imported_model(queries, settings, cursor, name, line)
    relation = query_of(queries, statement, _training_rows(cursor.rest()), line)
    data = whole(queries.emit, relation, line) if relation else queries.emit.hole("training query", line)
    if relation is None:
        queries.emit.problem("the query of CREATE MODEL is not readable", cursor.line)
    labels = [label for key in ("input_label_cols", "time_series_data_col") for label in settings.get(key, [])]
    train(queries, name, data, labels, line, relation.limit if relation else "")
    return True


def _training_rows(tokens: Sequence[Token]) -> list[Token]:
    """``AS (training_data AS (...), custom_holiday AS (...))`` as a WITH that selects its first part."""
    cursor = Cursor(tokens)
    if cursor.peek() != "(" or cursor.peek(2) != "AS" or cursor.peek(1) in ("SELECT", "WITH", ""):
        return list(tokens)
    inner = cursor.group()
    like = inner[0]
    tail = (TokenType.SELECT, "SELECT"), (TokenType.STAR, "*"), (TokenType.FROM, "FROM"), (TokenType.VAR, like.text)
    return [make(like, TokenType.WITH, "WITH"), *inner, *(make(like, kind, text) for kind, text in tail)]


def _imported_model(queries: Queries, settings: dict[str, list[str]], cursor: Cursor, name: str, line: int) -> bool:
    """A model from a path, or a remote endpoint under a local name."""
    emit = queries.emit
    for key in ("model_path", "endpoint", "remote_service_type"):
        if uris := settings.get(key):
            emit.call("sql.load_model", (emit.name(name, line), emit.name(uris[0], line)), line)
            return True
    emit.call("sql.declare_model", (emit.name(name, line),), cursor.line)
    return True


def _redshift_model(queries: Queries, statement: Statement, cursor: Cursor, name: str, line: int) -> bool:
    emit = queries.emit
    start = cursor.at
    if cursor.take("FROM"):
        here = cursor.line
        if cursor.peek() == "(" or cursor.find("TARGET") >= 0:
            relation = _relation(queries, statement, cursor)
            target = [cursor.name()] if cursor.seek("TARGET") else []
            data = whole(emit, relation, here) if relation else emit.hole("training query", here)
            train(queries, name, data, target, line, relation.limit if relation else "")
        else:
            emit.call("sql.load_model", (emit.name(name, line), emit.name(cursor.text() or cursor.name(), here)), line)
    cursor.at = start
    if cursor.seek("FUNCTION"):
        function = cursor.name()
        emit.functions[function.lower()] = name
        emit.call("sql.function", (emit.name(name, line), emit.name(function, line)), cursor.line)
    cursor.at = start
    if cursor.seek("SAGEMAKER") and (endpoint := cursor.text()):
        emit.call("sql.load_model", (emit.name(name, line), emit.name(endpoint, line)), line)
    return True


def _snowflake_model(queries: Queries, statement: Statement, cursor: Cursor) -> bool:
    """``CREATE SNOWFLAKE.ML.KIND name(INPUT_DATA => ..., TARGET_COLNAME => 'y')``."""
    cursor.name()
    cursor.take("IF", "NOT", "EXISTS")
    line, name = cursor.line, cursor.name()
    inner = Cursor(cursor.group())
    relation: Relation | None = None
    if inner.seek("INPUT_DATA") and (inner.take("=>") or inner.take("=", ">")):
        relation = _referenced(queries, statement, inner)
    settings = options(inner.tokens)
    labels = [label for key in ("target_colname", "label_colname") for label in settings.get(key, [])]
    data = whole(queries.emit, relation, line) if relation else queries.emit.hole("input data", line)
    train(queries, name or "?", data, [label for label in labels if label], line)
    return True


def _referenced(queries: Queries, statement: Statement, cursor: Cursor) -> Relation | None:
    """``TABLE(t)``, ``SYSTEM$REFERENCE('TABLE', 't')``, ``SYSTEM$QUERY_REFERENCE('SELECT ...')``, ``(query)``."""
    line = cursor.line
    if cursor.take("TABLE"):
        return _relation(queries, statement, cursor) if cursor.peek() != "(" else _in_table(queries, statement, cursor)
    if cursor.peek() == "(":
        return _relation(queries, statement, cursor)
    while not cursor.done and cursor.peek() != "(":
        cursor.at += 1
    texts = [token.text for token in cursor.group() if token.token_type == TokenType.STRING]
    for text in reversed(texts):
        if " " not in text:
            return queries.base(text, line)
        if isinstance(tree := parse_tree(text), exp.Query):
            return queries.query(tree, {}, None, line)
    return None


def _in_table(queries: Queries, statement: Statement, cursor: Cursor) -> Relation | None:
    inner = Cursor(cursor.group())
    if inner.peek() in ("SELECT", "WITH"):
        return query_of(queries, statement, inner.tokens, cursor.line)
    return _relation(queries, statement, inner)


def _located_table(queries: Queries, statement: Statement, cursor: Cursor, external: bool, mode: str) -> bool:
    """A table over files: EXTERNAL, or Spark's USING ... LOCATION without a query."""
    cursor.take("IF", "NOT", "EXISTS")
    line, name = cursor.line, cursor.name()
    has_query = cursor.find("AS", "SELECT") >= 0 or cursor.find("AS", "WITH") >= 0 or cursor.find("AS", "(") >= 0
    if not name or (has_query and not external):
        return False
    uris = _locations(cursor)
    if not uris and not external:
        return False
    if has_query:
        cursor.seek("AS")
        relation = query_of(queries, statement, cursor.rest(), line)
        value = whole(queries.emit, relation, line) if relation else queries.emit.hole("query", line)
        queries.emit.write(name, value, mode, line)
        for uri in uris:
            queries.emit.write_file(uri, value, mode, line)
        return True
    files = [queries.emit.file(uri, line) for uri in uris]
    value = queries.emit.join(files, line) if files else queries.emit.hole("location of an external table", line)
    queries.emit.write(name, value, "view", line)
    return True


def _locations(cursor: Cursor) -> list[str]:
    start = cursor.at
    uris: list[str] = []
    for word in ("OPTIONS", "WITH"):
        cursor.at = start
        if cursor.seek(word):
            settings = options(cursor.group())
            uris += [uri for key in ("uris", "uri", "path", "location", "external_location") for uri in settings.get(key, [])]
    cursor.at = start
    if cursor.seek("LOCATION"):
        cursor.take("=")
        uris += [uri] if (uri := cursor.text() or _stage(cursor)) else []
    cursor.at = start
    return uris


def _stage(cursor: Cursor) -> str:
    """``@stage/path``: tokens up to the next space."""
    if not cursor.peek().startswith(_STAGED):
        return ""
    parts = [cursor.tokens[cursor.at]]
    cursor.at += 1
    while not cursor.done and cursor.tokens[cursor.at].start == parts[-1].end + 1 and cursor.peek() not in ("(", ")", ","):
        parts.append(cursor.tokens[cursor.at])
        cursor.at += 1
    return "".join(token.text for token in parts)


def _place(queries: Queries, cursor: Cursor, value: int, mode: str) -> bool:
    """Write to the path or stage that is next."""
    line = cursor.line
    path = cursor.text() or _stage(cursor)
    if path:
        queries.emit.write_file(path, value, mode, line)
    return bool(path)


def _copy(queries: Queries, statement: Statement, cursor: Cursor) -> bool:
    """COPY in its three directions: into a table, out of a table, out of a query."""
    cursor.at += 1
    into = cursor.take("INTO")
    line = cursor.line
    if into and not cursor.done and (cursor.peek().startswith(_STAGED) or cursor.tokens[cursor.at].token_type == TokenType.STRING):
        target = cursor.text() or _stage(cursor)
        relation = _relation(queries, statement, cursor) if cursor.seek("FROM") else None
        value = whole(queries.emit, relation, line) if relation else queries.emit.hole("copied rows", line)
        queries.emit.write_file(target, value, "replace", line)
        return True
    if cursor.peek() == "(":
        relation = _relation(queries, statement, cursor)
        return relation is not None and cursor.seek("TO") and _place(queries, cursor, whole(queries.emit, relation, line), "replace")
    name = cursor.name()
    if cursor.peek() == "(":
        cursor.group()
    if cursor.take("TO"):
        return _place(queries, cursor, queries.base(name, line).value, "replace")
    if not cursor.take("FROM") or not name:
        return False
    queries.emit.write(name, _copied(queries, statement, cursor), "append", line)
    return True


def _copied(queries: Queries, statement: Statement, cursor: Cursor) -> int:
    """What COPY ... FROM reads: files, a stage, a query over a stage, standard input."""
    line = cursor.line
    if cursor.peek() == "(":
        inner = Cursor(cursor.group())
        stages = [index for index, token in enumerate(inner.tokens) if token.text.startswith("@")]
        for inner.at in stages[:1]:
            return queries.emit.file(_stage(inner), line)
        relation = query_of(queries, statement, inner.tokens, line)
        return whole(queries.emit, relation, line) if relation else queries.emit.hole("copied rows", line)
    path = cursor.text() or _stage(cursor)
    return queries.emit.file(path, line) if path else queries.emit.hole(f"copied from {cursor.peek().lower()}".strip(), line)


def _unload(queries: Queries, statement: Statement, cursor: Cursor) -> bool:
    cursor.at += 1
    line = cursor.line
    relation = _relation(queries, statement, cursor)
    value = whole(queries.emit, relation, line) if relation else queries.emit.hole("unloaded query", line)
    return cursor.seek("TO") and _place(queries, cursor, value, "replace")


def _export(queries: Queries, statement: Statement, cursor: Cursor) -> bool:
    """EXPORT DATA and EXPORT MODEL."""
    cursor.at += 1
    emit, line = queries.emit, cursor.line
    if cursor.take("MODEL"):
        name = cursor.name()
        uris = options(cursor.group()).get("uri", []) if cursor.seek("OPTIONS") else []
        emit.call("sql.export_model", (emit.name(name, line), emit.name((uris or ["?"])[0], line)), line)
        return True
    settings = options(cursor.group()) if cursor.seek("OPTIONS") else {}
    if not cursor.seek("AS"):
        return False
    relation = query_of(queries, statement, cursor.rest(), line)
    value = whole(emit, relation, line) if relation else emit.hole("exported query", line)
    for uri in settings.get("uri", []) or ["?"]:
        emit.write_file(uri, value, "replace", line)
    return True


def _load(queries: Queries, statement: Statement, cursor: Cursor) -> bool:
    """LOAD DATA of Hive, MySQL and BigQuery."""
    del statement
    cursor.at += 1
    if not cursor.take("DATA"):
        return False
    cursor.skip_any("LOCAL", "LOW_PRIORITY", "CONCURRENT")
    path = cursor.text() if cursor.take("INPATH") or cursor.take("INFILE") else ""
    start = cursor.at
    mode = "replace" if cursor.find("OVERWRITE") >= 0 else "append"
    cursor.skip_any("OVERWRITE", "INTO", "IGNORE", "REPLACE", "TABLE", "TEMP", "TEMPORARY")
    line, name = cursor.line, cursor.name()
    cursor.at = start
    uris = [path] if path else options(cursor.group()).get("uris", []) if cursor.seek("FROM", "FILES") else []
    files = [queries.emit.file(uri, line) for uri in uris]
    value = queries.emit.join(files, line) if files else queries.emit.hole("loaded files", line)
    queries.emit.write(name or "?", value, mode, line)
    return True


def _insert(queries: Queries, statement: Statement, cursor: Cursor) -> bool:
    """INSERT OVERWRITE [LOCAL] DIRECTORY."""
    if not (cursor.take("INSERT", "OVERWRITE", "DIRECTORY") or cursor.take("INSERT", "OVERWRITE", "LOCAL", "DIRECTORY")):
        return False
    line, path = cursor.line, cursor.text()
    for word in ("SELECT", "WITH", "FROM"):
        index = cursor.find(word)
        if index >= 0:
            relation = query_of(queries, statement, cursor.tokens[index:], line)
            if relation is not None:
                queries.emit.write_file(path or "?", whole(queries.emit, relation, line), "replace", line)
                return True
    return False


_READERS: dict[str, Callable[[Queries, Statement, Cursor], bool]] = {
    "CREATE": _create,
    "COPY": _copy,
    "UNLOAD": _unload,
    "EXPORT": _export,
    "LOAD": _load,
    "INSERT": _insert,
}
