"""Calls of models in SQL expressions and FROM clauses: BigQuery ML and AI, Snowflake, PostgresML, MADlib, Spark's AI functions.

In comes a call that tokens.py marked (its path is the first argument), out goes a relation: the prediction and what it was made from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlglot import exp

from coupling.parsers.sql import expressions, words
from coupling.parsers.sql.relations import Relation, Scope
from coupling.parsers.sql.tokens import MODEL_MARK

if TYPE_CHECKING:
    from coupling.parsers.sql.queries import Queries

_MODEL_WORDS = ("endpoint", "model", "model_name", "project_name", "task")


class Args(NamedTuple):
    """Arguments of a call: by position and by (lower case) keyword."""

    positional: tuple[exp.Expr, ...]
    named: dict[str, exp.Expr]

    def get(self, position: int, *words: str) -> exp.Expr | None:
        for word in words:
            if word in self.named:
                return self.named[word]
        return self.positional[position] if 0 <= position < len(self.positional) else None

    @property
    def every(self) -> tuple[exp.Expr, ...]:
        return (*self.positional, *self.named.values())


def args_of(node: exp.Anonymous) -> Args:
    positional: list[exp.Expr] = []
    named: dict[str, exp.Expr] = {}
    for arg in node.expressions[1:]:
        if isinstance(arg, (exp.Kwarg, exp.PropertyEQ)):
            named[arg.this.name.lower()] = arg.expression
        else:
            positional.append(arg)
    return Args(tuple(positional), named)


def text_of(node: exp.Expr | None) -> str:
    """A text literal, '' for anything else."""
    while isinstance(node, (exp.Cast, exp.Paren)):
        node = node.this
    return node.name if isinstance(node, exp.Literal) and node.is_string else ""


def path_of(node: exp.Anonymous) -> str:
    return text_of(node.expressions[0]) if node.expressions else ""


def call(queries: Queries, node: exp.Anonymous, scope: Scope, line: int) -> Relation | None:
    """The relation (or scalar) that a marked call makes; None when it only computes from its arguments."""
    path, args = path_of(node), args_of(node)
    root, function = path.split(".", 1)[0].upper(), path.rsplit(".", 1)[-1].upper()
    line = expressions.line_of(node, line)
    if function.lstrip("!") in words.FILE_FUNCTIONS:
        return _files(queries, args, line)
    if root == "MADLIB":
        return _madlib(queries, function, args, scope, line)
    if root == "PGML":
        return _pgml(queries, function, args, scope, line)
    if function == "FINETUNE":
        return _finetune(queries, args, scope, line)
    model = _marked(args)
    if not model:
        if root == "ML":
            return None
        model = _named(function, args) or path.lower()
    return _apply(queries, function.lstrip("!"), model, args, scope, line)


def _marked(args: Args) -> str:
    for arg in args.every:
        if (text := text_of(arg)).startswith(MODEL_MARK):
            return text[len(MODEL_MARK) :]
    return ""


def _named(function: str, args: Args) -> str:
    for word in _MODEL_WORDS:
        if text := text_of(args.named.get(word)):
            return text
    return text_of(args.get(0)) if function in words.MODEL_FIRST else ""


def _apply(queries: Queries, function: str, model: str, args: Args, scope: Scope, line: int) -> Relation:
    emit = queries.emit
    source = _input(queries, args, scope, line)
    name = emit.name(model, line)
    if function in words.INSPECTS:
        return Relation(emit.call("sql.inspect", (name,), line))
    api = "sql.evaluate" if function in words.EVALUATES else "sql.predict"
    given = source.value if source else _operands(queries, args, scope, line)
    return Relation(emit.call(api, (name, given), line), source=source if api == "sql.predict" else None)


def _input(queries: Queries, args: Args, scope: Scope, line: int) -> Relation | None:
    """The relation among the arguments."""
    for arg in args.every:
        inner = arg.this if isinstance(arg, exp.Paren) else arg
        if isinstance(inner, exp.Query):
            return queries.query(inner, scope.ctes, scope, line)
    return None


def _operands(queries: Queries, args: Args, scope: Scope, line: int) -> int:
    """Everything the call is given but texts."""
    rest = [arg for arg in args.every if not text_of(arg)]
    values = [expressions.value(queries, arg, scope, line) for arg in rest if not isinstance(arg, exp.Literal)]
    return queries.emit.join(values, line)


def _files(queries: Queries, args: Args, line: int) -> Relation:
    first = args.get(0)
    paths = [text_of(e) for e in first.expressions] if isinstance(first, (exp.Array, exp.Tuple)) else [text_of(first)]
    values = [queries.emit.file(path, line) for path in paths if path]
    return Relation(queries.emit.join(values, line) if values else queries.emit.hole("path of a file function", line))


def train(queries: Queries, model: str, data: int, labels: list[str], line: int, limit: str = "") -> int:
    """``sql.train``: the model, what it is trained on, its label columns."""
    emit = queries.emit
    keywords = [("labels", emit.texts(labels, line))] if labels else []
    return emit.call("sql.train", (emit.name(model, line), data), line, (*keywords, *emit.limit(limit, line)))


def _pgml(queries: Queries, function: str, args: Args, scope: Scope, line: int) -> Relation | None:
    emit = queries.emit
    if function in ("TRAIN", "TRAIN_JOINT", "TUNE"):
        relation = text_of(args.get(2, "relation_name"))
        labels = args.get(3, "y_column_name")
        names = [text_of(e) for e in labels.expressions] if isinstance(labels, exp.Array) else [text_of(labels)]
        data = emit.table(relation, line) if relation else emit.hole("deployed snapshot", line)
        return Relation(train(queries, text_of(args.get(0, "project_name")) or "?", data, [n for n in names if n], line))
    if function in words.PLAIN_PGML:
        return None
    return _apply(queries, function, _named(function, args) or f"pgml.{function.lower()}", args, scope, line)


def _madlib(queries: Queries, function: str, args: Args, scope: Scope, line: int) -> Relation | None:
    emit = queries.emit
    texts = [text_of(arg) for arg in args.positional]
    if function.endswith("_TRAIN") or function in words.MADLIB_TRAINS:
        if len(texts) > 1 and texts[0] and texts[1]:
            labels = [texts[2]] if len(texts) > 2 and texts[2].isidentifier() else []
            return Relation(train(queries, texts[1], emit.table(texts[0], line), labels, line))
        return None
    if "PREDICT" not in function and not function.startswith("LOGREGR_PRED"):
        return None
    if len(texts) > 2 and texts[0] and texts[1]:
        result = emit.call("sql.predict", (emit.name(texts[0], line), emit.table(texts[1], line)), line)
        if texts[-1] and len(texts) > 2:
            output = texts[3] if len(texts) > 3 and texts[3] and function.startswith(("SVM", "MLP")) else texts[2]
            emit.write(output, result, "create", line)
        return Relation(result)
    model = _model_relation(args, scope)
    operands = emit.join([expressions.value(queries, arg, scope, line) for arg in args.positional[1:]], line)
    return Relation(emit.call("sql.predict", (emit.name(model or "?", line), operands), line))


def _model_relation(args: Args, scope: Scope) -> str:
    """MADlib keeps a model in a table: the one its coefficients are a column of."""
    for arg in args.positional:
        for column in arg.find_all(exp.Column):
            relation = scope.find(column.table) if column.table else None
            if relation is not None and relation.name:
                return relation.name
        break
    return ""


def _finetune(queries: Queries, args: Args, scope: Scope, line: int) -> Relation | None:
    if text_of(args.get(0)).upper() != "CREATE":
        return None
    data = [queries.text_query(text_of(arg), scope, line) for arg in args.positional[3:] if text_of(arg)]
    return Relation(train(queries, text_of(args.get(1)) or "?", queries.emit.join(data[:1], line), [], line))
