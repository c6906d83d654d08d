"""The formula of a computed column, as a tree of the operations that other languages lower their arithmetic to.

In comes a sqlglot node and the column's value, out goes the value with its formula beside it: ``call(api "sql.expr", value, formula)``.
Data flow through ``value``; the formula is there to be compared with how the same feature is computed elsewhere. Arithmetic,
comparisons, CASE, parts of dates and common functions are written as Python writes them; any other function is ``sql.NAME``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlglot import exp

from coupling.parsers.sql import expressions
from coupling.parsers.sql.tokens import CALL_MARK

if TYPE_CHECKING:
    from coupling.parsers.sql.queries import Queries
    from coupling.parsers.sql.relations import Scope

MAX_NODES = 60
"""A longer formula is not kept: nobody reads a comparison of it."""
_BINARY: dict[type[exp.Expr], str] = {
    exp.Add: "add",
    exp.Div: "div",
    exp.Mod: "mod",
    exp.Sub: "Sub",
    exp.Mul: "Mult",
    exp.IntDiv: "FloorDiv",
    exp.Pow: "Pow",
    exp.And: "BitAnd",
    exp.Or: "BitOr",
    exp.SafeDivide: "div",
}
_COMPARED: dict[type[exp.Expr], str] = {exp.EQ: "==", exp.NEQ: "!=", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}
_HELD = (exp.Paren, exp.Cast, exp.TryCast, exp.Alias)
"""They change how a value is held and not what it says."""
_FUNCTIONS: dict[type[exp.Expr], str] = {
    exp.Ln: "log", exp.Exp: "exp", exp.Sqrt: "sqrt", exp.Abs: "abs", exp.Round: "round", exp.Floor: "floor", exp.Ceil: "ceil",
    exp.Lower: "lower", exp.Upper: "upper", exp.Trim: "strip", exp.Length: "len", exp.Coalesce: "fillna",
}  # fmt: skip
_PARTS = frozenset("year month day hour minute second quarter dayofweek week".split())
_CHANCE = (exp.Rand, exp.Randn, exp.Uuid, exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.CurrentDatetime)
_OPEN = (exp.Query, exp.Star, exp.Placeholder, exp.Parameter, exp.SessionParameter, exp.Lambda, *_CHANCE)
"""What has another value each time, or a meaning outside of the expression."""


class _Open(Exception):
    """Some part of the formula is not said here."""


def noted(queries: Queries, node: exp.Expr, scope: Scope, value: int, line: int) -> int:
    """The value with its formula; the value alone when nothing is computed or a part is not known."""
    if isinstance(node, (exp.Column, exp.Literal)) or sum(1 for _ in zip(node.walk(), range(MAX_NODES + 1), strict=False)) > MAX_NODES:
        return value
    if not node.find(exp.Column) or node.find(*_OPEN):
        return value
    try:
        formula = _Formula(queries, scope, line).of(node)
    except _Open:
        return value
    return queries.emit.quiet("sql.expr", (value, formula), line)


class _Formula:
    def __init__(self, queries: Queries, scope: Scope, line: int) -> None:
        self.queries, self.emit, self.scope, self.line = queries, queries.emit, scope, line

    def of(self, node: exp.Expr) -> int:
        while isinstance(node, _HELD):
            node = node.this
        handler = next((_HANDLERS[kind] for kind in type(node).__mro__ if kind in _HANDLERS), _Formula._other)
        return handler(self, node)

    def _add(self, op: str, text: str, *parts: int) -> int:
        return self.emit.add(op, text, parts, self.line)

    def _plain(self, node: exp.Expr) -> int:
        """A column or a constant."""
        if self.emit.holes.decode(node.name) != node.name:
            raise _Open
        return expressions.value(self.queries, node, self.scope, self.line)

    def _binary(self, node: exp.Expr) -> int:
        text = _BINARY[type(node)]
        op, text = (text, "") if text.islower() else ("binop", text)
        return self._add(op, text, self.of(node.this), self.of(node.expression))

    def _compared(self, node: exp.Expr) -> int:
        return self._add("compare", _COMPARED[type(node)], self.of(node.this), self.of(node.expression))

    def _unary(self, node: exp.Expr) -> int:
        return self._add("unary", "Not" if isinstance(node, exp.Not) else "USub", self.of(node.this))

    def _choice(self, node: exp.Expr) -> int:
        """IF and CASE, as one choice inside the other."""
        arms = [node] if isinstance(node, exp.If) else node.args["ifs"]
        last = node.args.get("false" if isinstance(node, exp.If) else "default")
        chosen = self.of(last) if last is not None else self.emit.add("none", line=self.line)
        for arm in reversed(arms):
            test = arm.this if isinstance(node, exp.If) or node.this is None else exp.EQ(this=node.this, expression=arm.this)
            chosen = self._add("choose", "", self.of(test), self.of(arm.args["true"]), chosen)
        return chosen

    def _date_part(self, node: exp.Expr) -> int:
        """``EXTRACT(hour FROM t)`` is what data frames call ``t.hour``."""
        part = node.name.lower()
        if part not in _PARTS:
            return self._other(node)
        return self._add("attr", part, self.of(node.expression))

    def _named_part(self, node: exp.Expr) -> int:
        return self._add("attr", _named(node), self.of(node.this))

    def _function(self, node: exp.Expr) -> int:
        rest = [node.args.get("decimals"), *node.expressions]
        arguments = [self.of(part) for part in (node.this, *rest) if part is not None]
        return self._call(_FUNCTIONS[type(node)], arguments)

    def _anonymous(self, node: exp.Expr) -> int:
        name = str(node.this).lower()
        if str(node.this) == CALL_MARK or name in self.emit.functions:
            raise _Open  # a model is asked
        return self._call(f"sql.{name}", [self.of(part) for part in node.expressions])

    def _other(self, node: exp.Expr) -> int:
        """Any other function, window or test: its kind and its parts."""
        arguments = []
        for key, part in node.args.items():
            for each in part if isinstance(part, list) else [part]:
                if isinstance(each, exp.Expr):
                    arguments.append(self.of(each))
                elif each and key == "desc":
                    arguments.append(self.emit.text(key, self.line))
        return self._call(f"sql.{_named(node)}", arguments)

    def _word(self, node: exp.Expr) -> int:
        return self.emit.text(node.sql().lower(), self.line)

    def _call(self, name: str, arguments: list[int]) -> int:
        return self.emit.quiet("sql.scalar", (self.emit.text(name, self.line), *arguments), self.line)


def _named(node: exp.Expr) -> str:
    return type(node).__name__.lower()


_HANDLERS: dict[type, Callable[[_Formula, exp.Expr], int]] = {
    exp.Column: _Formula._plain,
    exp.Literal: _Formula._plain,
    exp.Boolean: _Formula._plain,
    **dict.fromkeys(_BINARY, _Formula._binary),
    **dict.fromkeys(_COMPARED, _Formula._compared),
    **dict.fromkeys(_FUNCTIONS, _Formula._function),
    exp.Neg: _Formula._unary,
    exp.Not: _Formula._unary,
    exp.If: _Formula._choice,
    exp.Case: _Formula._choice,
    exp.Extract: _Formula._date_part,
    **dict.fromkeys((exp.Year, exp.Month, exp.Day, exp.Hour, exp.Minute, exp.Second, exp.Quarter), _Formula._named_part),
    exp.Anonymous: _Formula._anonymous,
    **dict.fromkeys((exp.Var, exp.Identifier, exp.DataType, exp.Null, exp.Interval), _Formula._word),
}
