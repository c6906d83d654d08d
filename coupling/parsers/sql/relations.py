"""What stands behind a name in a FROM clause: a value with its columns, and the scopes that find it.

It does not know the grammar; queries.py makes relations, expressions.py asks them for columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from coupling.parsers.sql.emit import Emitter

_PREDICTED = tuple(
    "predict forecast ml_ centroid nearest_centroid anomaly is_anomaly prob score embedding text_embedding recommend".split()
)
"""How the columns begin that prediction functions add; any other column may be one that they pass through."""


class Relation(NamedTuple):
    """``outputs`` are its columns in order with a value each (None: unknown). A prediction knows its ``source``: the columns that
    it passes through are no prediction."""

    value: int
    outputs: tuple[tuple[str, int], ...] | None = None
    name: str = ""
    source: Relation | None = None
    limit: str = ""

    def has(self, column: str) -> bool | None:
        """Whether it has a column; None when its columns are unknown."""
        if self.outputs is None:
            return None
        return any(name.lower() == column.lower() for name, _ in self.outputs)


class Scope:
    """The relations of one SELECT by alias, the CTEs visible in it, the enclosing query's scope."""

    def __init__(self, ctes: dict[str, Relation], outer: Scope | None = None) -> None:
        self.ctes, self.outer = ctes, outer
        self.relations: dict[str, Relation] = {}
        self.extra: list[int] = []
        self.aliases: dict[str, int] = {}

    def put(self, alias: str, relation: Relation) -> None:
        key = alias.lower()
        while not key or key in self.relations:
            key += "\0"
        self.relations[key] = relation

    def find(self, alias: str) -> Relation | None:
        scope: Scope | None = self
        while scope is not None:
            if (found := scope.relations.get(alias.lower())) is not None:
                return found
            scope = scope.outer
        return None

    def holders(self, column: str) -> list[Relation]:
        """The relations that an unqualified column may come from."""
        scope: Scope | None = self
        while scope is not None:
            here = list(scope.relations.values())
            sure = [relation for relation in here if relation.has(column)]
            if sure:
                return sure[:1]
            if open_ := [relation for relation in here if relation.has(column) is None]:
                return open_
            scope = scope.outer
        return list(self.relations.values())


def columns(emit: Emitter, relation: Relation, names: Sequence[str], line: int) -> int:
    """The value of some columns of a relation."""
    source = relation.source
    if source is None:
        return emit.item(relation.value, names, line)
    passed = [name for name in names if source.has(name)]
    unsure = [name for name in names if source.has(name) is None and not name.lower().startswith(_PREDICTED)]
    own = [name for name in names if name not in passed and name not in unsure]
    values = []
    if own:
        values.append(emit.item(relation.value, own, line))
    if passed:
        values.append(columns(emit, source, passed, line))
    if unsure:
        values.append(emit.item(emit.join((relation.value, source.value), line), unsure, line))
    return emit.join(values, line)


def whole(emit: Emitter, relation: Relation, line: int) -> int:
    """Every column: of a prediction also what it passes through."""
    if relation.source is None:
        return relation.value
    return emit.join((relation.value, whole(emit, relation.source, line)), line)


def renamed(emit: Emitter, relation: Relation, names: Sequence[str], line: int) -> Relation:
    """The relation with its columns called by position, as INSERT (a, b), a column list or a later branch of UNION calls them."""
    if relation.outputs is None or len(relation.outputs) != len(names):
        return relation
    if [name.lower() for name, _ in relation.outputs] == [name.lower() for name in names]:
        return relation
    value = emit.add("dict", line=line)
    outputs = []
    for name, (_, column) in zip(names, relation.outputs, strict=True):
        value = emit.add("update", "", (value, emit.text(name, line), column), line)
        outputs.append((name, column))
    return Relation(value, tuple(outputs), limit=relation.limit)
