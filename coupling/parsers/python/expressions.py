"""Python expressions -> values of one scope.

``Scope state`` (names as they stand now, the guard, the effects so far) lives in ``State``; statements change it, expressions read it
and add the calls they make to its effects.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from coupling.core.facts import Builder, Effect, Param, Scope

LONGEST_TEXT = 200_000
DEEPEST = 180
SHARED = "global "
"""``join`` with this before a name: the module's value, unless a function that declares the name global has stored another."""
_BINARY = {ast.Add: "add", ast.Div: "div", ast.Mod: "mod"}
_COMPARE = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.Lt: "<",
    ast.Gt: ">",
    ast.LtE: "<=",
    ast.GtE: ">=",
}
_NOT_CHANGED = frozenset(("import", "func", "class", "lambda", "api", "text", "number", "bool", "none"))
Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


class State:
    """One scope while it is being lowered."""

    def __init__(self, builder: Builder, kind: str, name: str, parent: int, line: int = 0, end: int = 0) -> None:
        self.builder, self.kind, self.name, self.parent = builder, kind, name, parent
        self.line, self.end = line, end
        self.names: dict[str, int] = {}
        self.globals: set[str] = set()
        self.params: list[Param] = []
        self.effects: list[Effect] = []
        self.returns: list[int] = []
        self.yields: list[int] = []
        self.stars: list[str] = []
        self.guard = -1
        self.depth = 0
        self.index = len(builder.scopes)
        builder.scopes.append(Scope(kind, name, parent, line=line, end_line=end))

    def effect(self, value: int) -> int:
        self.effects.append(Effect(value, self.guard))
        return value

    def close(self, bases: tuple[int, ...] = (), decorators: tuple[int, ...] = ()) -> None:
        self.builder.scopes[self.index] = Scope(
            self.kind,
            self.name,
            self.parent,
            tuple(self.params),
            tuple(self.names.items()),
            tuple(self.returns),
            tuple(self.yields),
            tuple(self.effects),
            bases,
            decorators,
            tuple(self.stars),
            self.line,
            self.end,
        )


def lower(state: State, node: ast.expr | None) -> int:
    """The value of an expression, -1 for none."""
    if node is None:
        return -1
    if state.depth > DEEPEST:
        return state.builder.add("hole", "expression nested too deeply", line=node.lineno)
    handler = _HANDLERS.get(type(node))
    state.depth += 1
    try:
        return handler(state, node) if handler else _parts_only(state, node)
    finally:
        state.depth -= 1


def read(state: State, name: str, line: int) -> int:
    known = state.names.get(name)
    if known is None:
        return state.builder.add("free", name, line=line)
    if name in state.globals and state.kind == "module":
        return state.builder.add("join", f"{SHARED}{name}", (known,), line=line)
    return known


def _constant(state: State, node: ast.Constant) -> int:
    add, value = state.builder.add, node.value
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            return add("hole", "literal too long", line=node.lineno)
        return add("text", value, line=node.lineno)
    if isinstance(value, bool):
        return add("bool", str(value), line=node.lineno)
    if value is None or value is ...:
        return add("none", line=node.lineno)
    if isinstance(value, bytes):
        return add("text", value[:LONGEST_TEXT].decode("latin-1"), line=node.lineno)
    text = repr(value) if not isinstance(value, int) or value.bit_length() < 256 else "0"
    return add("number", text, line=node.lineno)


def _name(state: State, node: ast.Name) -> int:
    return read(state, node.id, node.lineno)


def _attribute(state: State, node: ast.Attribute) -> int:
    base = lower(state, node.value)
    return state.builder.add("attr", node.attr, (base,), line=node.end_lineno or node.lineno)


def _subscript(state: State, node: ast.Subscript) -> int:
    base, key = lower(state, node.value), lower(state, node.slice)
    return state.builder.add("item", "", (base, key), line=node.lineno)


def _slice(state: State, node: ast.Slice) -> int:
    parts = tuple(lower(state, part) for part in (node.lower, node.upper, node.step))
    return state.builder.add("slice", "", parts, line=getattr(node, "lineno", 0))


def _call(state: State, node: ast.Call) -> int:
    callee = lower(state, node.func)
    args, keys = [], []
    for arg in node.args:
        starred = isinstance(arg, ast.Starred)
        args.append(lower(state, arg.value if isinstance(arg, ast.Starred) else arg))
        keys.append("*" if starred else "")
    for keyword in node.keywords:
        args.append(lower(state, keyword.value))
        keys.append(keyword.arg or "**")
    line = (node.func.end_lineno if isinstance(node.func, ast.Attribute) else node.lineno) or node.lineno
    call = state.effect(state.builder.add("call", "", (callee, *args), tuple(keys), line))
    _receiver_after(state, node, call)
    return call


def _receiver_after(state: State, node: ast.Call, call: int) -> None:
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        changed(state, node.func.value.id, call, "")


def changed(state: State, name: str, call: int, how: str) -> None:
    """Give a local name a new value: the old one after ``call``, which may have changed it."""
    old = state.names.get(name)
    if old is None or name in ("self", "cls") or state.builder.values[old].op in _NOT_CHANGED:
        return
    line = state.builder.values[call].line
    state.names[name] = state.builder.add("after", how, (old, call), line=line)


def _joined(state: State, node: ast.JoinedStr) -> int:
    parts = tuple(lower(state, part) for part in node.values)
    return state.builder.add("concat", "", parts, line=node.lineno)


def _formatted(state: State, node: ast.FormattedValue) -> int:
    value = lower(state, node.value)
    if isinstance(node.format_spec, ast.JoinedStr):
        spec = "".join(str(p.value) if isinstance(p, ast.Constant) else "?" for p in node.format_spec.values)
        return state.builder.add("format", spec, (value,), line=node.lineno)
    return value


def _binop(state: State, node: ast.BinOp) -> int:
    left, right = _left_spine(state, node), lower(state, node.right)
    op = _BINARY.get(type(node.op), "binop")
    text = "" if op != "binop" else type(node.op).__name__
    return state.builder.add(op, text, (left, right), line=node.end_lineno or node.lineno)


def _left_spine(state: State, node: ast.BinOp) -> int:
    """The left operand, without recursion for the long sums that generated code has."""
    spine: list[ast.BinOp] = []
    left: ast.expr = node.left
    while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
        spine.append(left)
        left = left.left
    value = lower(state, left)
    for inner in reversed(spine):
        value = state.builder.add("add", "", (value, lower(state, inner.right)), line=inner.end_lineno or inner.lineno)
    return value


def _sequence(op: str) -> Callable[[State, ast.expr], int]:
    def handler(state: State, node: ast.expr) -> int:
        parts = tuple(lower(state, element) for element in node.elts)  # type: ignore[attr-defined]
        return state.builder.add(op, "", parts, line=node.lineno)

    return handler


def _dict(state: State, node: ast.Dict) -> int:
    parts: list[int] = []
    for key, value in zip(node.keys, node.values, strict=True):
        parts += [lower(state, key), lower(state, value)]
    return state.builder.add("dict", "", tuple(parts), line=node.lineno)


def _starred(state: State, node: ast.Starred) -> int:
    return state.builder.add("star", "*", (lower(state, node.value),), line=node.lineno)


def _comprehension(state: State, node: Comprehension) -> int:
    outer, guard = dict(state.names), state.guard
    for generator in node.generators:
        iterable = lower(state, generator.iter)
        bind(state, generator.target, state.builder.add("iter", "", (iterable,), line=generator.iter.lineno))
        for test in generator.ifs:
            condition = lower(state, test)
            state.guard = state.builder.add("guard", "then", (condition, state.guard), line=test.lineno)
    if isinstance(node, ast.DictComp):
        parts: tuple[int, ...] = (lower(state, node.key), lower(state, node.value))
        result = state.builder.add("dictcomp", "", parts, line=node.lineno)
    else:
        result = state.builder.add("comp", "", (lower(state, node.elt),), line=node.lineno)
    state.names, state.guard = outer, guard
    return result


def _conditional(state: State, node: ast.IfExp) -> int:
    test = lower(state, node.test)
    then, other = lower(state, node.body), lower(state, node.orelse)
    return state.builder.add("choose", "", (test, then, other), line=node.lineno)


def _boolean(state: State, node: ast.BoolOp) -> int:
    parts = tuple(lower(state, value) for value in node.values)
    return state.builder.add("join", "or" if isinstance(node.op, ast.Or) else "and", parts, line=node.lineno)


def _comparison(state: State, node: ast.Compare) -> int:
    parts = (lower(state, node.left), *(lower(state, value) for value in node.comparators))
    text = _COMPARE.get(type(node.ops[0]), "") if len(node.ops) == 1 else ""
    return state.builder.add("compare", text, parts, line=node.lineno)


def _unary(state: State, node: ast.UnaryOp) -> int:
    return state.builder.add("unary", type(node.op).__name__, (lower(state, node.operand),), line=node.lineno)


def _transparent(state: State, node: ast.Await) -> int:
    return lower(state, node.value)


def _yield(state: State, node: ast.Yield | ast.YieldFrom) -> int:
    value = lower(state, node.value)
    if value >= 0:
        state.yields.append(state.builder.add("iter", "", (value,), line=node.lineno) if isinstance(node, ast.YieldFrom) else value)
    return state.builder.add("yielded", line=node.lineno)


def _walrus(state: State, node: ast.NamedExpr) -> int:
    value = lower(state, node.value)
    bind(state, node.target, value)
    return value


def _lambda(state: State, node: ast.Lambda) -> int:
    inner = State(state.builder, "lambda", "<lambda>", state.index, node.lineno, node.end_lineno or 0)
    parameters(inner, state, node.args)
    inner.returns.append(lower(inner, node.body))
    inner.close()
    return state.builder.add("lambda", str(inner.index), line=node.lineno)


def _parts_only(state: State, node: ast.expr) -> int:
    parts = tuple(lower(state, child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))
    return state.builder.add("join", "", parts, line=node.lineno)


def bind(state: State, target: ast.expr, value: int) -> None:
    """Assign ``value`` to a target: a name, an attribute, an item, or a pattern of these."""
    if isinstance(target, ast.Name):
        _bind_name(state, target.id, value)
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(state, target.elts, value)
    elif isinstance(target, ast.Starred):
        bind(state, target.value, value)
    elif isinstance(target, ast.Attribute):
        base = lower(state, target.value)
        _store(state, target.value, state.builder.add("setattr", target.attr, (base, value), line=target.lineno))
    elif isinstance(target, ast.Subscript):
        base, key = lower(state, target.value), lower(state, target.slice)
        _store(state, target.value, state.builder.add("update", "", (base, key, value), line=target.lineno))


def _bind_name(state: State, name: str, value: int) -> None:
    state.names[name] = value
    if name in state.globals:
        module = state.builder.add("api", "__module__")
        state.effect(state.builder.add("setattr", name, (module, value), line=state.builder.values[value].line))


def _unpack(state: State, targets: Iterable[ast.expr], value: int) -> None:
    targets = list(targets)
    starred = next((i for i, target in enumerate(targets) if isinstance(target, ast.Starred)), len(targets))
    for position, target in enumerate(targets):
        if position == starred:
            bind(state, target, _rest(state, value, position, position + 1 - len(targets), target.lineno))
            continue
        number = position if position < starred else position - len(targets)
        key = state.builder.add("number", str(number))
        bind(state, target, state.builder.add("item", "unpack", (value, key), line=target.lineno))


def _rest(state: State, value: int, first: int, last: int, line: int) -> int:
    """What ``*rest`` takes: ``value[first:last]``, where ``last`` counts from the end."""
    start = state.builder.add("number", str(first))
    end = state.builder.add("number", str(last)) if last else -1
    return state.builder.add("item", "", (value, state.builder.add("slice", "", (start, end, -1), line=line)), line=line)


def _store(state: State, base: ast.expr, stored: int) -> None:
    """Record a store as an effect and give the name at the root of its target a new value."""
    state.effect(stored)
    while True:
        if isinstance(base, ast.Name):
            if base.id in state.names and base.id not in ("cls",):
                state.names[base.id] = stored
            return
        line = base.lineno
        if isinstance(base, ast.Attribute):
            parts = (lower(state, base.value), stored)
            stored = state.builder.add("setattr", base.attr, parts, line=line)
        elif isinstance(base, ast.Subscript):
            stored = state.builder.add("update", "", (lower(state, base.value), lower(state, base.slice), stored), line=line)
        else:
            return
        base = base.value


def parameters(inner: State, outer: State, args: ast.arguments) -> None:
    """Bind a function's parameters; defaults and annotations belong to the scope around it."""
    plain = [*args.posonlyargs, *args.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(args.defaults)) + list(args.defaults)
    groups = [(arg, default, "positional") for arg, default in zip(plain, defaults, strict=True)]
    if args.vararg:
        groups.append((args.vararg, None, "star"))
    groups += [(arg, default, "keyword") for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)]
    if args.kwarg:
        groups.append((args.kwarg, None, "starstar"))
    for arg, default, kind in groups:
        value = inner.builder.add("param", arg.arg, line=arg.lineno)
        inner.names[arg.arg] = value
        annotation = lower(outer, arg.annotation)
        inner.params.append(Param(arg.arg, value, kind, lower(outer, default), annotation))


_HANDLERS: dict[type[ast.expr], Callable[..., int]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Call: _call,
    ast.JoinedStr: _joined,
    ast.FormattedValue: _formatted,
    ast.BinOp: _binop,
    ast.List: _sequence("list"),
    ast.Tuple: _sequence("tuple"),
    ast.Set: _sequence("set"),
    ast.Dict: _dict,
    ast.Starred: _starred,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
    ast.IfExp: _conditional,
    ast.BoolOp: _boolean,
    ast.Compare: _comparison,
    ast.UnaryOp: _unary,
    ast.Await: _transparent,
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
    ast.NamedExpr: _walrus,
    ast.Lambda: _lambda,
}
