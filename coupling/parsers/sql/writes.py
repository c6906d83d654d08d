"""Trees of statements to effects: CREATE AS, INSERT, MERGE, UPDATE, SELECT [INTO], and those that only remove.

In comes a sqlglot tree, out go the emitter's effects; False for a tree that says nothing about data.
"""

from __future__ import annotations

from sqlglot import exp

from coupling.parsers.sql import expressions
from coupling.parsers.sql.queries import Queries
from coupling.parsers.sql.relations import Relation, Scope, renamed, whole


def statement(queries: Queries, tree: exp.Expr, line: int) -> None:
    """Emit what a statement does."""
    if isinstance(tree, exp.Create):
        _create(queries, tree, line)
    elif isinstance(tree, exp.Insert):
        _insert(queries, tree, line)
    elif isinstance(tree, exp.Merge):
        _merge(queries, tree, line)
    elif isinstance(tree, exp.Update):
        _update(queries, tree, line)
    elif isinstance(tree, exp.Query):
        _query(queries, tree, line)
    elif isinstance(tree, exp.Cache):
        _cache(queries, tree, line)
    elif isinstance(tree, (exp.Delete, exp.TruncateTable, exp.Drop)):
        _remove(queries, tree, line)
    else:
        _others(queries, tree, line)


def table_name(node: exp.Expr | None) -> str:
    """The dotted name of a table, also under a column list; '' for anything else."""
    while isinstance(node, (exp.Schema, exp.Alias, exp.Into)):
        node = node.this
    if not isinstance(node, exp.Table):
        return ""
    return ".".join(part.name for part in node.parts)


def store(queries: Queries, name: str, value: int, mode: str, line: int, limit: str = "") -> None:
    """A write into a table, or into a file that is called by its path."""
    if "/" in name:
        queries.emit.write_file(name, value, mode, line)
    else:
        queries.emit.write(name, value, mode, line, limit)


def _columns(node: exp.Expr | None) -> list[str]:
    return [item.name for item in node.expressions] if isinstance(node, exp.Schema) else []


def _create(queries: Queries, tree: exp.Create, line: int) -> None:
    kind, name = str(tree.args.get("kind", "")).upper(), table_name(tree.this)
    here = expressions.line_of(tree.this, line)
    if kind not in ("TABLE", "VIEW") or not name:
        return
    mode = "view" if kind == "VIEW" else "replace" if tree.args.get("replace") else "create"
    body = tree.args.get("expression")
    if isinstance(clone := tree.args.get("clone"), exp.Expr):
        store(queries, name, queries.base(table_name(clone.this), here).value, mode, here)
    elif isinstance(body, (exp.Query, exp.Subquery, exp.Table)):
        relation = queries.query(body, queries.with_ctes(tree, {}, line), None, line)
        if kind == "VIEW":
            relation = renamed(queries.emit, relation, _columns(tree.this), here)
        value = whole(queries.emit, relation, here)
        store(queries, name, value, mode, here, relation.limit)
        for location in tree.find_all(exp.LocationProperty):
            queries.emit.write_file(location.name, value, mode, here)
    else:
        queries.emit.call("sql.declare", (queries.emit.name(name, here),), here)


def _insert(queries: Queries, tree: exp.Insert, line: int) -> None:
    target = tree.this
    name, here = table_name(target), expressions.line_of(target, line)
    ctes = queries.with_ctes(tree, {}, line)
    body = tree.args.get("expression")
    mode = "replace" if tree.args.get("overwrite") else "merge" if tree.args.get("conflict") else "append"
    if isinstance(body, exp.Values):
        relation = _rows(queries, body, _columns(target), ctes, line)
    elif isinstance(body, exp.Expr):
        relation = queries.query(body, ctes, None, line)
        relation = renamed(queries.emit, relation, _columns(target), here)
    else:
        relation = Relation(queries.emit.add("none", line=here))
    if name:
        store(queries, name, whole(queries.emit, relation, here), mode, here, relation.limit)


def _rows(queries: Queries, body: exp.Values, names: list[str], ctes: dict[str, Relation], line: int) -> Relation:
    """VALUES: each named column with what the rows put there."""
    scope, emit = Scope(ctes), queries.emit
    rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in body.expressions[:20]]
    if not names or any(len(row) != len(names) for row in rows):
        cells = [expressions.value(queries, cell, scope, line) for row in rows for cell in row]
        return Relation(emit.join(cells, line))
    value = emit.add("dict", line=line)
    for index, name in enumerate(names):
        cells = [expressions.value(queries, row[index], scope, expressions.line_of(row[index], line)) for row in rows]
        value = emit.add("update", "", (value, emit.text(name, line), emit.join(cells, line)), line)
    return Relation(value)


def _assigned(queries: Queries, base: int, sets: list[exp.Expr], scope: Scope, line: int) -> int:
    """The base with its columns set, as ``SET a = x, b = y`` does."""
    emit = queries.emit
    for assignment in sets:
        if isinstance(assignment, exp.EQ):
            here = expressions.line_of(assignment, line)
            value = expressions.value(queries, assignment.expression, scope, here)
            base = emit.add("update", "", (base, emit.text(assignment.this.name, here), value), here)
    return base


def _target_scope(queries: Queries, tree: exp.Expr, ctes: dict[str, Relation], line: int) -> Scope:
    """The scope of a statement that changes a table: its own columns are read only where the statement names them."""
    scope = Scope(ctes)
    table = tree.this
    if isinstance(table, exp.Table):
        own = queries.emit.add("dict", line=line)
        scope.put(table.alias or table.name, Relation(own, (), name=table_name(table)))
        for join in table.args.get("joins") or ():
            queries._source(join, scope, line)
    return scope


def _merge(queries: Queries, tree: exp.Merge, line: int) -> None:
    emit, here = queries.emit, expressions.line_of(tree.this, line)
    scope = _target_scope(queries, tree, queries.with_ctes(tree, {}, line), here)
    queries._source(tree.args["using"], scope, line)
    source = list(scope.relations.values())[-1]
    whens = tree.args.get("whens")
    values = [_matched(queries, when.args.get("then"), source, scope, here) for when in (whens.expressions if whens else ())]
    value = emit.join([v for v in values if v >= 0], here) if values else whole(emit, source, here)
    store(queries, table_name(tree.this), value, "merge", here, source.limit)


def _matched(queries: Queries, then: exp.Expr | None, source: Relation, scope: Scope, line: int) -> int:
    """What one WHEN of a MERGE stores, -1 for nothing (DELETE)."""
    emit = queries.emit
    if isinstance(then, exp.Update) and then.expressions:
        return _assigned(queries, emit.add("dict", line=line), then.expressions, scope, line)
    if isinstance(then, exp.Insert) and isinstance(then.expression, exp.Tuple) and isinstance(then.this, exp.Tuple):
        value = emit.add("dict", line=line)
        for name, cell in zip(then.this.expressions, then.expression.expressions, strict=False):
            value = emit.add("update", "", (value, emit.text(name.name, line), expressions.value(queries, cell, scope, line)), line)
        return value
    return whole(emit, source, line) if isinstance(then, (exp.Update, exp.Insert)) else -1


def _update(queries: Queries, tree: exp.Update, line: int) -> None:
    here = expressions.line_of(tree.this, line)
    name = table_name(tree.this)
    scope = _target_scope(queries, tree, queries.with_ctes(tree, {}, line), here)
    if (source := tree.args.get("from_")) is not None:
        queries._source(source.this, scope, line)
        for join in source.this.args.get("joins") or ():
            queries._source(join, scope, line)
    if _reads_itself(tree, scope):
        own = queries.base(name, here)
        key = next(iter(scope.relations))
        scope.relations[key] = own
    queries._conditions(tree, scope, line)
    value = _assigned(queries, queries.emit.add("dict", line=here), tree.expressions, scope, here)
    known = scope.find(name)
    target = known.name if known is not None and known.name and "." not in name else name
    store(queries, target, value, "update", here)


def _reads_itself(tree: exp.Update, scope: Scope) -> bool:
    """Whether a value that is set comes from the table's own columns."""
    own = next(iter(scope.relations), "")
    for assignment in tree.expressions:
        for column in assignment.expression.find_all(exp.Column) if isinstance(assignment, exp.EQ) else ():
            if column.table.lower() == own or (not column.table and len(scope.relations) == 1):
                return True
    return False


def _query(queries: Queries, tree: exp.Expr, line: int) -> None:
    relation = queries.query(tree, {}, None, line)
    value = whole(queries.emit, relation, line)
    into = tree.args.get("into")
    if isinstance(into, exp.Into) and (name := table_name(into)):
        store(queries, name, value, "create", expressions.line_of(into, line), relation.limit)
    else:
        queries.emit.query(value, line, relation.limit)


def _cache(queries: Queries, tree: exp.Cache, line: int) -> None:
    """CACHE TABLE x AS query."""
    body = tree.args.get("expression")
    if isinstance(body, exp.Query):
        relation = queries.query(body, {}, None, line)
        store(queries, table_name(tree.this), whole(queries.emit, relation, line), "view", line, relation.limit)


def _remove(queries: Queries, tree: exp.Expr, line: int) -> None:
    kind = type(tree).__name__.lower().removesuffix("table")
    for table in [tree.this, *(tree.args.get("tables") or ()), *tree.expressions]:
        if name := table_name(table):
            here = expressions.line_of(table, line)
            queries.emit.call("sql.remove", (queries.emit.name(name, here), queries.emit.text(kind, here)), here)
    if isinstance(tree, exp.Delete):
        queries._conditions(tree, Scope(queries.with_ctes(tree, {}, line)), line)


def _others(queries: Queries, tree: exp.Expr, line: int) -> None:
    """SET, DECLARE and the like: queries inside them are read."""
    for query in tree.find_all(exp.Query):
        if query.find_ancestor(exp.Query) is None:
            queries.emit.query(queries.query(query, {}, None, line).value, line)
