"""Queries to relations: SELECT, set operations, CTEs, joins, table functions, each column with the columns it is made of.

In come sqlglot trees, out go values through the emitter. Names of CTEs, aliases and table functions are no tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from coupling.parsers.sql import expressions, formulas, models, words
from coupling.parsers.sql.emit import Emitter
from coupling.parsers.sql.parsing import parse_tree
from coupling.parsers.sql.relations import Relation, Scope, columns, renamed, whole
from coupling.parsers.sql.tokens import CALL_MARK


class Queries:
    """Lowers the queries of one file."""

    def __init__(self, emit: Emitter) -> None:
        self.emit = emit

    def query(self, node: exp.Expr, ctes: dict[str, Relation], outer: Scope | None, line: int) -> Relation:
        """The relation a query makes."""
        ctes = self.with_ctes(node, ctes, line)
        while isinstance(node, exp.Subquery | exp.Paren) and not node.args.get("joins"):
            node = node.this
            ctes = self.with_ctes(node, ctes, line)
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node, ctes, outer, line)
        if isinstance(node, exp.Select):
            return self._select(node, ctes, outer, line)
        scope = Scope(ctes, outer)
        self._source(node, scope, line)
        return self._all(scope, line)

    def text_query(self, text: str, scope: Scope, line: int) -> int:
        """A query inside a text literal, or the name of a table."""
        if " " not in text.strip():
            return self.emit.table(text.strip(), line)
        tree = parse_tree(text)
        return self.query(tree, scope.ctes, None, line).value if isinstance(tree, exp.Query) else self.emit.hole("query in a text", line)

    def with_ctes(self, node: exp.Expr, ctes: dict[str, Relation], line: int) -> dict[str, Relation]:
        """The visible CTEs plus those that a statement declares; a later one may read an earlier one."""
        clause = node.args.get("with_")
        if clause is None:
            return ctes
        ctes = dict(ctes)
        for cte in clause.expressions:
            alias = cte.args.get("alias")
            here = expressions.line_of(cte, line)
            relation = self._cte(cte.this, alias.name if alias else "", ctes, bool(clause.args.get("recursive")), here)
            names = [column.name for column in alias.args.get("columns") or ()] if alias else []
            ctes[alias.name.lower() if alias else ""] = renamed(self.emit, relation, names, here) if names else relation
        return ctes

    def _cte(self, body: exp.Expr, name: str, ctes: dict[str, Relation], recursive: bool, line: int) -> Relation:
        """A recursive CTE reads itself as its anchor: the first branch."""
        if not recursive or not isinstance(body, exp.SetOperation):
            return self.query(body, ctes, None, line)
        anchor = self.query(body.left, self.with_ctes(body, ctes, line), None, line)
        step = self.query(body.right, {**self.with_ctes(body, ctes, line), name.lower(): anchor}, None, line)
        return Relation(self.emit.join((anchor.value, step.value), line), anchor.outputs)

    def _set_operation(self, node: exp.Expr, ctes: dict[str, Relation], outer: Scope | None, line: int) -> Relation:
        branches: list[exp.Expr] = []
        limit = _limit(node)
        while isinstance(node, exp.SetOperation):
            right_rows = not isinstance(node, (exp.Except, exp.Intersect))
            branches.append(node.expression if right_rows else exp.Null())
            if not right_rows:
                self.query(node.expression, ctes, outer, line)
            node = node.this
            ctes = self.with_ctes(node, ctes, line)
        first = self.query(node, ctes, outer, line)
        names = [name for name, _ in first.outputs or ()]
        values = [whole(self.emit, first, line)]
        for branch in reversed([b for b in branches if not isinstance(b, exp.Null)]):
            relation = self.query(branch, ctes, outer, line)
            values.append(whole(self.emit, renamed(self.emit, relation, names, line), line))
        outputs = first.outputs if len(values) == 1 else _named(names, values, self.emit, line)
        return Relation(self.emit.join(values, line), outputs, limit=limit)

    def _select(self, node: exp.Select, ctes: dict[str, Relation], outer: Scope | None, line: int) -> Relation:
        scope = Scope(ctes, outer)
        for source in _sources(node):
            self._source(source, scope, line)
        self._conditions(node, scope, line)
        relation = _Projection(self, scope, expressions.line_of(node, line)).run(node)
        return relation._replace(limit=_limit(node) or relation.limit)

    def _conditions(self, node: exp.Expr, scope: Scope, line: int) -> None:
        """Subqueries in conditions are read, but no value comes from them."""
        for clause in ("where", "having", "qualify", "prewhere"):
            if (condition := node.args.get(clause)) is not None:
                self.condition(condition, scope, line)

    def condition(self, condition: exp.Expr, scope: Scope, line: int) -> None:
        """Emit the reads and predictions of a condition."""
        if condition.find(exp.Query, exp.Anonymous):
            expressions.value(self, condition, scope, line)

    def _source(self, node: exp.Expr, scope: Scope, line: int) -> None:
        line = expressions.line_of(node, line)
        if isinstance(node, exp.Join):
            self._source(node.this, scope, line)
            if (condition := node.args.get("on")) is not None:
                self.condition(condition, scope, line)
            return
        alias = node.args.get("alias")
        name = alias.name if isinstance(alias, exp.Expr) else ""
        relation = self._relation(node, scope, line)
        names = [column.name for column in alias.args.get("columns") or ()] if isinstance(alias, exp.TableAlias) else []
        if names and (relation.name == "" or relation.outputs is not None):
            relation = _aliased(self.emit, relation, names, line)
        scope.put(name or _table_alias(node), relation)
        for inner in (*(node.args.get("joins") or ()), *(node.args.get("laterals") or ())):
            self._source(inner, scope, line)

    def _relation(self, node: exp.Expr, scope: Scope, line: int) -> Relation:
        if isinstance(node, exp.Table):
            return self._table(node, scope, line)
        if isinstance(node, (exp.Subquery, exp.Query)) and not isinstance(node, exp.Values):
            inner = node.this if isinstance(node, exp.Subquery) else node
            if isinstance(inner, exp.Table):
                self._source(inner, scope, line)
                return Relation(self.emit.join([r.value for r in scope.relations.values()], line))
            return self.query(inner, self.with_ctes(node, scope.ctes, line), scope, line)
        if isinstance(node, exp.Values):
            return Relation(self._values(node, scope, line))
        return self._rows_of(node, scope, line)

    def _rows_of(self, node: exp.Expr, scope: Scope, line: int) -> Relation:
        """UNNEST, LATERAL VIEW, FLATTEN, TABLE(f(...)) and every other function in FROM."""
        inner = node.this if isinstance(node, (exp.Lateral, exp.TableFromRows)) else node
        if isinstance(inner, exp.Subquery):
            return self.query(inner, scope.ctes, scope, line)
        if isinstance(inner, exp.Anonymous) and str(inner.this) == CALL_MARK:
            return models.call(self, inner, scope, line) or Relation(expressions.value(self, inner, scope, line))
        if isinstance(inner, exp.Anonymous) and str(inner.this).upper() == "TABLE" and inner.expressions:
            return self._rows_of(inner.expressions[0], scope, line)
        if isinstance(inner, exp.Anonymous) and str(inner.this).upper() == "RESULT_SCAN" and (last := self.emit.returned) is not None:
            return Relation(last)
        operands = inner.copy()
        operands.set("alias", None)
        return Relation(self.emit.call("sql.rows", (expressions.value(self, operands, scope, line),), line))

    def _table(self, node: exp.Table, scope: Scope, line: int) -> Relation:
        if not isinstance(node.this, exp.Identifier):
            return self._rows_of(node.this, scope, line)
        parts = [part.name for part in node.parts]
        if len(parts) == 1 and (cte := scope.ctes.get(parts[0].lower())) is not None:
            return cte
        if len(parts) > 1 and scope.find(parts[0]) is not None and not node.args.get("catalog") and parts[0].lower() in scope.relations:
            return Relation(self.emit.call("sql.rows", (columns(self.emit, scope.relations[parts[0].lower()], parts[1:2], line),), line))
        return self.base(".".join(parts), line)

    def base(self, name: str, line: int) -> Relation:
        """A stored relation: a file when it is called by a path."""
        is_file = "/" in name or name.lower().endswith(words.FILE_ENDINGS)
        return Relation(self.emit.file(name, line) if is_file else self.emit.table(name, line), name=name)

    def _values(self, node: exp.Values, scope: Scope, line: int) -> int:
        rows = node.expressions[:20]
        return self.emit.join([expressions.value(self, row, scope, line) for row in rows], line)

    def _all(self, scope: Scope, line: int) -> Relation:
        relations = list(scope.relations.values())
        if len(relations) == 1:
            return relations[0]
        return Relation(self.emit.join([whole(self.emit, relation, line) for relation in relations], line))


class _Projection:
    """What a SELECT list makes of its relations."""

    def __init__(self, queries: Queries, scope: Scope, line: int) -> None:
        self.queries, self.scope, self.line, self.emit = queries, scope, line, queries.emit
        self.bases: list[int] = []
        self.plain: dict[int, tuple[Relation, list[str]]] = {}
        self.computed: list[tuple[str, int]] = []
        self.outputs: list[tuple[str, int]] | None = []

    def run(self, node: exp.Select) -> Relation:
        items = node.expressions
        if not items or (len(items) == 1 and type(items[0]) is exp.Star and not any(items[0].args.values())):
            return self.queries._all(self.scope, self.line)
        for item in items:
            self._item(item)
        bases = self.bases + [columns(self.emit, rel, names, self.line) for rel, names in self.plain.values()]
        value = self.emit.join(bases, self.line) if bases else self.emit.add("dict", line=self.line)
        for name, computed in self.computed:
            value = self.emit.add("update", "", (value, self.emit.text(name, self.line), computed), self.line)
        return Relation(value, tuple(self.outputs) if self.outputs is not None else None)

    def _item(self, item: exp.Expr) -> None:
        inner = item.this if isinstance(item, exp.Alias) else item
        star = item.this if isinstance(item, exp.Column) else item
        if isinstance(star, exp.Star):
            self._star(star, item.table if isinstance(item, exp.Column) else "")
            return
        name, line = _column_name(item), expressions.line_of(item, self.line)
        relation = self._plain(inner) if isinstance(inner, exp.Column) else None
        if relation is not None and isinstance(inner, exp.Column):
            column = columns(self.emit, relation, [inner.name], line)
            if inner.name.lower() == name.lower():
                self.plain.setdefault(relation.value, (relation, []))[1].append(name)
            else:
                self.computed.append((name, column))
        else:
            column = self._computed(inner, line)
            self.computed.append((name, column))
        self.scope.aliases.setdefault(name.lower(), column)
        if self.outputs is not None:
            self.outputs.append((name, column))

    def _computed(self, node: exp.Expr, line: int) -> int:
        return formulas.noted(self.queries, node, self.scope, expressions.value(self.queries, node, self.scope, line), line)

    def _plain(self, column: exp.Column) -> Relation | None:
        """The one relation that a column is taken from as it is."""
        if len(column.parts) > 2 or (len(column.parts) == 1 and self.emit.holes.decode(column.name) != column.name):
            return None
        if column.table:
            return self.scope.find(column.table)
        if column.name.lower() in self.scope.aliases:
            return None
        holders = self.scope.holders(column.name)
        return holders[0] if len(holders) == 1 else None

    def _star(self, star: exp.Star, alias: str) -> None:
        relations = [self.scope.find(alias)] if alias else list(self.scope.relations.values())
        dropped = [column.name for key in ("except_", "exclude") for column in _listed(star.args.get(key))]
        for relation in relations:
            if relation is None:
                continue
            value = whole(self.emit, relation, self.line)
            if dropped:
                value = self.emit.call("sql.except", (value, self.emit.texts(dropped, self.line)), self.line)
            self.bases.append(value)
            self._known(relation, dropped)
        for key in ("replace", "rename"):
            for change in _listed(star.args.get(key)):
                self.computed.append((change.alias, self._computed(change.this, self.line)))

    def _known(self, relation: Relation, dropped: list[str]) -> None:
        if relation.outputs is None or relation.source is not None:
            self.outputs = None
        elif self.outputs is not None:
            self.outputs += [(name, value) for name, value in relation.outputs if name not in dropped]


def _sources(node: exp.Select) -> Iterator[exp.Expr]:
    if (source := node.args.get("from_")) is not None:
        yield source.this
    yield from node.args.get("joins") or ()
    yield from node.args.get("laterals") or ()


def _table_alias(node: exp.Expr) -> str:
    return node.name if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier) else ""


def _aliased(emit: Emitter, relation: Relation, names: list[str], line: int) -> Relation:
    """``f(x) AS t(a, b)``: every named column is made of the rows."""
    if relation.outputs is not None:
        return renamed(emit, relation, names, line)
    value, outputs = emit.add("dict", line=line), []
    for name in names:
        value = emit.add("update", "", (value, emit.text(name, line), relation.value), line)
        outputs.append((name, relation.value))
    return Relation(value, tuple(outputs))


def _column_name(item: exp.Expr) -> str:
    """The name of an output column; a marked call is named by its function."""
    if isinstance(item, exp.Anonymous) and str(item.this) == CALL_MARK:
        return models.path_of(item).rsplit(".", 1)[-1].lstrip("!").lower()
    return item.alias_or_name or item.output_name


def _named(names: list[str], values: list[int], emit: Emitter, line: int) -> tuple[tuple[str, int], ...] | None:
    if not names:
        return None
    joined = emit.join(values, line)
    return tuple((name, emit.item(joined, [name], line)) for name in names)


def _listed(value: object) -> list[exp.Expr]:
    return list(value) if isinstance(value, list) else [value] if isinstance(value, exp.Expr) else []


def _limit(node: exp.Expr) -> str:
    clause = node.args.get("limit")
    number = clause.expression if isinstance(clause, exp.Limit) else clause.args.get("count") if isinstance(clause, exp.Fetch) else None
    return number.name if isinstance(number, exp.Literal) and not number.is_string else ""
