"""Python statements -> effects and names of a scope, in program order.

Assignments make new values; the two sides of a branch are joined by ``choose``, a loop's head by ``loop``; what runs under a condition
carries its guard, also after an early return.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from coupling.core.facts import Builder, Param
from coupling.parsers.python.expressions import State, bind, changed, lower, parameters, read

GONE = "gone"
"""The rest of the block is not reached: return or raise."""
SKIPPED = "skipped"
"""The rest of the round is not reached: break or continue."""


def lower_module(builder: Builder, tree: ast.Module, has_globals: bool = True, has_doc: bool = True) -> None:
    """``has_globals``: whether functions may store into names of the module, which are looked for then; ``has_doc``: whether code reads
    the module's docstring, which is a value then."""
    state = State(builder, "module", builder.path, -1, 1)
    if has_doc and (doc := ast.get_docstring(tree, clean=False)):
        state.names["__doc__"] = builder.add("text", doc, line=1)
    if has_globals:
        state.globals.update(name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names)
    block(state, tree.body)
    state.close()


def block(state: State, body: Sequence[ast.stmt]) -> str:
    """Lower statements; say whether the end is reached ('') or why not."""
    guard, ending = state.guard, ""
    for node in body:
        handler = _HANDLERS.get(type(node))
        ending = (handler(state, node) if handler else _expressions(state, node)) or ""
        if ending in (GONE, SKIPPED):
            break
    state.guard = guard
    return ending


def _expressions(state: State, node: ast.stmt) -> str:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            lower(state, child)
    return ""


def _expression(state: State, node: ast.Expr) -> str:
    if isinstance(node.value, ast.Constant):
        return ""
    value = lower(state, node.value)
    call = node.value.value if isinstance(node.value, ast.Await) else node.value
    if isinstance(call, ast.Call):
        _bare_call(state, call, value)
    return ""


def _bare_call(state: State, node: ast.Call, call: int) -> None:
    """A call whose result is dropped acts on its receiver and arguments."""
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        last = state.names.get(node.func.value.id)
        if last is not None and state.builder.values[last].op == "after":
            state.builder.values[last] = state.builder.values[last]._replace(text="bare")
    for arg in (*node.args, *(keyword.value for keyword in node.keywords)):
        if isinstance(arg, ast.Name):
            changed(state, arg.id, call, "argument")


def _assign(state: State, node: ast.Assign) -> str:
    if len(node.targets) == 1 and _parallel(state, node.targets[0], node.value):
        return ""
    value = lower(state, node.value)
    for target in node.targets:
        bind(state, target, value)
    return ""


def _parallel(state: State, target: ast.expr, value: ast.expr) -> bool:
    """``a, b = x, y`` as two assignments."""
    if not (isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts)):
        return False
    if any(isinstance(part, ast.Starred) for part in (*target.elts, *value.elts)):
        return False
    values = [lower(state, part) for part in value.elts]
    for part, lowered in zip(target.elts, values, strict=True):
        bind(state, part, lowered)
    return True


def _annotated(state: State, node: ast.AnnAssign) -> str:
    annotation, value = lower(state, node.annotation), lower(state, node.value)
    if state.kind == "class" and isinstance(node.target, ast.Name):
        field = value if value >= 0 else state.builder.add("param", node.target.id, line=node.lineno)
        state.params.append(Param(node.target.id, field, "field", value, annotation))
    if value >= 0:
        bind(state, node.target, value)
    return ""


def _augmented(state: State, node: ast.AugAssign) -> str:
    old = lower(state, _as_load(node.target))
    op = {ast.Add: "add", ast.Div: "div", ast.Mod: "mod"}.get(type(node.op), "binop")
    new = lower(state, node.value)
    bind(state, node.target, state.builder.add(op, type(node.op).__name__ if op == "binop" else "", (old, new), line=node.lineno))
    return ""


def _as_load(target: ast.expr) -> ast.expr:
    return ast.Name(target.id, ast.Load(), lineno=target.lineno, col_offset=0) if isinstance(target, ast.Name) else target


def _return(state: State, node: ast.Return) -> str:
    if node.value is not None:
        value = lower(state, node.value)
        if state.guard >= 0:
            value = state.builder.add("when", "", (value, state.guard), line=node.lineno)
        state.returns.append(value)
    return GONE


def _assert(state: State, node: ast.Assert) -> str:
    """``assert x in [...]`` says what x can be."""
    test = lower(state, node.test)
    value = state.builder.values[test]
    if value.op == "compare" and value.text == "in" and isinstance(node.test, ast.Compare) and isinstance(node.test.left, ast.Name):
        element = state.builder.add("iter", "", (value.parts[1],), line=node.lineno)
        state.names[node.test.left.id] = state.builder.add("join", "among", (value.parts[0], element), line=node.lineno)
    return ""


def _raise(state: State, node: ast.Raise) -> str:
    _expressions(state, node)
    return GONE


def _skip(state: State, node: ast.stmt) -> str:
    return SKIPPED


def _if(state: State, node: ast.If) -> str:
    test = lower(state, node.test)
    before, outer = dict(state.names), state.guard
    then, then_names = _branch(state, node.body, test, "then", before)
    other, other_names = _branch(state, node.orelse, test, "else", before)
    state.guard = outer
    if then == GONE and other == GONE:
        return GONE
    if then == GONE or other == GONE:
        state.names = other_names if then == GONE else then_names
    else:
        state.names = _merge(state, test, then_names, other_names, node.lineno)
    if bool(then) != bool(other):
        state.guard = state.builder.add("guard", "else" if then else "then", (test, outer), line=node.lineno)
    return SKIPPED if then and other else ""


def _branch(state: State, body: list[ast.stmt], test: int, side: str, before: dict[str, int]) -> tuple[str, dict[str, int]]:
    state.names = dict(before)
    if not body:
        return "", state.names
    outer = state.guard
    state.guard = state.builder.add("guard", side, (test, outer), line=body[0].lineno)
    ending = block(state, body)
    state.guard = outer
    return ending, state.names


def _merge(state: State, test: int, then: dict[str, int], other: dict[str, int], line: int) -> dict[str, int]:
    merged = {**other, **then}
    for name, value in then.items():
        second = other.get(name)
        if second is not None and second != value:
            merged[name] = state.builder.add("choose", "", (test, value, second), line=line)
    return merged


def _for(state: State, node: ast.For | ast.AsyncFor) -> str:
    iterable = lower(state, node.iter)
    element = state.builder.add("iter", "", (iterable,), line=node.iter.lineno)
    heads = _loop_heads(state, node)
    bind(state, node.target, element)
    _loop_body(state, node.body, heads)
    block(state, node.orelse)
    return ""


def _while(state: State, node: ast.While) -> str:
    heads = _loop_heads(state, node)
    lower(state, node.test)
    _loop_body(state, node.body, heads)
    block(state, node.orelse)
    return ""


def _loop_heads(state: State, node: ast.stmt) -> dict[str, int]:
    """A ``loop`` value for each known name that a round may change."""
    heads = {}
    for name in sorted(_changed_names(node) & state.names.keys()):
        before = state.names[name]
        heads[name] = state.names[name] = state.builder.add("loop", "", (before, before), line=node.lineno)
    return heads


def _loop_body(state: State, body: list[ast.stmt], heads: dict[str, int]) -> None:
    block(state, body)
    for name, head in heads.items():
        value = state.builder.values[head]
        state.builder.values[head] = value._replace(parts=(value.parts[0], state.names.get(name, head)))
        state.names[name] = head


def _changed_names(node: ast.AST) -> set[str]:
    found: set[str] = set()
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and not isinstance(child.ctx, ast.Load):
            found.add(child.id)
        elif isinstance(child, ast.Attribute | ast.Subscript) and (root := _root_name(child)):
            if not isinstance(child.ctx, ast.Load) or isinstance(child, ast.Attribute):
                found.add(root)
        elif isinstance(child, ast.Expr) and isinstance(child.value, ast.Call):
            found.update(arg.id for arg in child.value.args if isinstance(arg, ast.Name))
    return found - {"self", "cls"}


def _root_name(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _with(state: State, node: ast.With | ast.AsyncWith) -> str:
    entered = []
    for item in node.items:
        context = lower(state, item.context_expr)
        if _may_change_folder(item.context_expr):
            entered.append(context)
            state.effect(state.builder.call("with.enter", (context,), line=node.lineno))
        if item.optional_vars is not None:
            bind(state, item.optional_vars, state.builder.add("enter", "", (context,), line=node.lineno))
    ending = block(state, node.body)
    for context in reversed(entered):
        state.effect(state.builder.call("with.exit", (context,), line=node.lineno))
    return ending


def _may_change_folder(context: ast.expr) -> bool:
    """Files are what most contexts are; their ends say nothing."""
    if not isinstance(context, ast.Call):
        return False
    name = context.func.attr if isinstance(context.func, ast.Attribute) else context.func.id if isinstance(context.func, ast.Name) else ""
    return name != "open"


def _try(state: State, node: ast.Try) -> str:
    before = dict(state.names)
    ending = block(state, node.body)
    if not ending:
        ending = block(state, node.orelse)
    ends = [(ending, state.names)]
    for handler in node.handlers:
        state.names = {**state.names, **before} if ending else dict(state.names)
        state.names = {**before, **{k: v for k, v in ends[0][1].items() if k not in before}}
        if handler.name:
            state.names[handler.name] = state.builder.add("hole", "an exception", line=handler.lineno)
        ends.append((block(state, handler.body), state.names))
    state.names = _join_ends(state, ends, node.lineno)
    final = block(state, node.finalbody)
    return final or (ending if all(end for end, _ in ends) else "")


def _join_ends(state: State, ends: list[tuple[str, dict[str, int]]], line: int) -> dict[str, int]:
    live = [names for ending, names in ends if ending != GONE] or [ends[0][1]]
    merged = dict(live[0])
    for names in live[1:]:
        for name, value in names.items():
            known = merged.get(name)
            if known is None:
                merged[name] = value
            elif known != value:
                merged[name] = state.builder.add("join", "", (known, value), line=line)
    return merged


def _match(state: State, node: ast.Match) -> str:
    subject = lower(state, node.subject)
    before, outer, merged = dict(state.names), state.guard, dict(state.names)
    for case in node.cases:
        state.names = dict(before)
        test = _pattern(state, case.pattern, subject)
        state.guard = state.builder.add("guard", "then", (test, outer), line=case.pattern.lineno)
        ending = block(state, case.body)
        if ending != GONE:
            merged = _merge(state, test, state.names, merged, case.pattern.lineno)
    state.names, state.guard = merged, outer
    return ""


def _pattern(state: State, pattern: ast.pattern, subject: int) -> int:
    line = pattern.lineno
    for part in ast.walk(pattern):
        name = getattr(part, "name", None)
        if isinstance(part, ast.MatchAs | ast.MatchStar) and name:
            state.names[name] = subject
    if isinstance(pattern, ast.MatchValue):
        return state.builder.add("compare", "==", (subject, lower(state, pattern.value)), line=line)
    return state.builder.add("hole", "a pattern", line=line)


def _import(state: State, node: ast.Import) -> str:
    for alias in node.names:
        target = alias.name if alias.asname else alias.name.partition(".")[0]
        state.names[alias.asname or target] = state.builder.add("import", target, line=node.lineno)
        if target != alias.name:
            state.stars.append("+" + alias.name)
    return ""


def _import_from(state: State, node: ast.ImportFrom) -> str:
    module = "." * node.level + (node.module or "")
    for alias in node.names:
        if alias.name == "*":
            state.stars.append(module)
            continue
        dotted = module + ("" if module.endswith(".") else ".") + alias.name
        state.names[alias.asname or alias.name] = state.builder.add("import", dotted, line=node.lineno)
    return ""


def _global(state: State, node: ast.Global | ast.Nonlocal) -> str:
    if isinstance(node, ast.Global):
        state.globals.update(node.names)
    return ""


def _function(state: State, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    decorators = tuple(lower(state, decorator) for decorator in node.decorator_list)
    inner = State(state.builder, "function", node.name, state.index, node.lineno, node.end_lineno or 0)
    parameters(inner, state, node.args)
    if node.returns is not None:
        inner.names["return"] = lower(state, node.returns)
    if block(inner, node.body) != GONE and inner.returns:
        inner.returns.append(inner.builder.add("none"))
    inner.close(decorators=decorators)
    bind(state, ast.Name(node.name, ast.Store(), lineno=node.lineno), state.builder.add("func", str(inner.index), line=node.lineno))
    return ""


def _class(state: State, node: ast.ClassDef) -> str:
    bases = tuple(lower(state, base) for base in node.bases)
    decorators = tuple(lower(state, decorator) for decorator in node.decorator_list)
    inner = State(state.builder, "class", node.name, state.index, node.lineno, node.end_lineno or 0)
    block(inner, node.body)
    inner.close(bases, decorators)
    bind(state, ast.Name(node.name, ast.Store(), lineno=node.lineno), state.builder.add("class", str(inner.index), line=node.lineno))
    return ""


def _delete(state: State, node: ast.Delete) -> str:
    for target in node.targets:
        if isinstance(target, ast.Subscript):
            read(state, _root_name(target), target.lineno)
    return ""


_HANDLERS: dict[type[ast.stmt], Callable[..., str]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Break: _skip,
    ast.Continue: _skip,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.Match: _match,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Global: _global,
    ast.Nonlocal: _global,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Delete: _delete,
}
