"""The value of an SQL expression: the columns, subqueries and predictions that it is made of.

In comes a sqlglot node and the scope it stands in, out goes a value. Operators and plain functions leave no trace but their operands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from coupling.parsers.sql import models, words
from coupling.parsers.sql.holes import is_mark
from coupling.parsers.sql.relations import Relation, Scope, columns, whole
from coupling.parsers.sql.tokens import CALL_MARK

if TYPE_CHECKING:
    from coupling.parsers.sql.queries import Queries


def line_of(node: exp.Expr, default: int) -> int:
    """The line of the first token under a node that has one."""
    for index, child in enumerate(node.walk(bfs=False)):
        if (line := child.meta.get("line")) is not None:
            return int(line)
        if index > 40:
            break
    return default


def value(queries: Queries, node: exp.Expr | None, scope: Scope, line: int) -> int:
    """What an expression is made of."""
    found = _Operands(queries, scope, line)
    if node is not None:
        found.visit(node)
    return found.result(node)


class _Operands:
    """Walks one expression, without recursion except into queries and calls with a meaning."""

    def __init__(self, queries: Queries, scope: Scope, line: int) -> None:
        self.queries, self.scope, self.line = queries, scope, line
        self.emit = queries.emit
        self.columns: dict[int, tuple[Relation, list[str]]] = {}
        self.values: list[int] = []

    def visit(self, root: exp.Expr) -> None:
        todo = [root]
        while todo:
            node = todo.pop()
            if not self._leaf(node):
                todo += [child for child in reversed(list(node.iter_expressions()))]

    def _leaf(self, node: exp.Expr) -> bool:
        if isinstance(node, exp.Column):
            self._column(node)
        elif isinstance(node, exp.Star):
            self.values += [whole(self.emit, rel, self.line) for rel in self.scope.relations.values()]
        elif isinstance(node, exp.Query):
            self.values.append(self.queries.query(node, self.scope.ctes, self.scope, self.line).value)
        elif isinstance(node, exp.Anonymous):
            return str(node.this).upper() not in words.ACCESSORS and self._function(node)
        else:
            return isinstance(node, (exp.DataType, exp.Identifier))
        return True

    def _function(self, node: exp.Anonymous) -> bool:
        name = str(node.this)
        if name == CALL_MARK:
            call = models.call(self.queries, node, self.scope, self.line)
            self.values += [call.value] if call is not None else []
            return call is not None
        api = "sql.apply" if name.lower() in self.emit.functions else "sql.udf"
        line = line_of(node, self.line)
        args = [value(self.queries, arg, self.scope, line) for arg in node.expressions]
        self.values.append(self.emit.call(api, (self.emit.name(name, line), *args), line))
        return True

    def _column(self, node: exp.Column) -> None:
        parts = [part.name for part in node.parts]
        line = int(node.parts[0].meta.get("line", self.line))
        if isinstance(node.this, exp.Star):
            relation = self.scope.find(parts[0]) if len(parts) > 1 else None
            self.values += [whole(self.emit, relation, line)] if relation else []
            return
        if len(parts) == 1 and is_mark(parts[0]):
            self.values.append(self.emit.name(parts[0], line))
            return
        relation = self.scope.find(parts[-2]) if len(parts) > 1 else None
        if relation is None and len(parts) > 2:
            relation = self.scope.find(parts[0])
        self._resolve(relation, parts, line)

    def _resolve(self, relation: Relation | None, parts: list[str], line: int) -> None:
        if relation is not None:
            index = next(i for i, part in enumerate(parts) if self.scope.find(part) is relation)
            self._take(relation, parts[min(index + 1, len(parts) - 1)])
            return
        name = parts[0]
        holders = self.scope.holders(name)
        if name.lower() in self.scope.aliases and not any(rel.has(name) for rel in holders):
            self.values.append(self.scope.aliases[name.lower()])
        elif (row := self.scope.find(name)) is not None and len(parts) == 1:
            self.values.append(whole(self.emit, row, line))
        else:
            for holder in holders:
                self._take(holder, name)

    def _take(self, relation: Relation, column: str) -> None:
        self.columns.setdefault(relation.value, (relation, []))[1].append(column)

    def result(self, node: exp.Expr | None) -> int:
        values = [columns(self.emit, rel, names, self.line) for rel, names in self.columns.values()] + self.values
        if values or node is None:
            return self.emit.join(values, self.line)
        return self._constant(node)

    def _constant(self, node: exp.Expr) -> int:
        while isinstance(node, (exp.Paren, exp.Cast, exp.Alias)):
            node = node.this
        if isinstance(node, exp.Literal):
            return self.emit.text(node.name, self.line) if node.is_string else self.emit.add("number", node.name, line=self.line)
        if isinstance(node, exp.Boolean):
            return self.emit.add("bool", str(bool(node.this)), line=self.line)
        if isinstance(node, (exp.Placeholder, exp.Parameter, exp.SessionParameter)):
            return self.emit.hole(f"SQL parameter {node.name}".strip(), self.line)
        return self.emit.add("none", line=self.line)
