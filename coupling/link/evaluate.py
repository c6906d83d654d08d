"""The evaluator: one value of the value graph, in a frame -> ``Abs``.

Statement order is in the graph already; this module only gives every operation its meaning. Calls are in ``calls``, attributes in
``members``, texts and containers in ``names``.
"""

from __future__ import annotations

from collections.abc import Callable

from coupling.core.facts import Value
from coupling.core.template import Hole, join
from coupling.link import choices, conditions, embedded, gradients, members, names, roots, signatures, splits, texts, unroll
from coupling.link.frames import Frame
from coupling.link.values import (
    NONE,
    NOTHING,
    UNBOUND,
    Abs,
    Api,
    Class,
    Func,
    Module,
    Obj,
    hole,
    merge_flows,
    narrowed,
    step,
    text,
    texts_product,
    union,
)

_CHAIN = ("after", "update", "setattr")


def evaluate(frame: Frame, index: int) -> Abs:
    """What value ``index`` of the frame's file is. Cycles (loops) start from nothing; what was computed inside one is not kept."""
    if index < 0:
        return NOTHING
    known = frame.memo.get(index)
    if known is None:
        known = frame.constants.get(index)
    if known is not None:
        return known
    depth = frame.active.get(index)
    if depth is not None:
        frame.low = min(frame.low, depth)
        frame.run.recall.oldest = min(frame.run.recall.oldest, frame.serial)
        return frame.assumed.get(index, NOTHING)
    if frame.below is not None or frame.unrolled:
        known = unroll.elsewhere(frame, index)
        if known is not None:
            frame.memo[index] = known
            return known
    run = frame.run
    run.evaluations += 1
    if run.evaluations > run.allowance:
        return hole("the unit is too large to follow whole")
    depth = frame.active[index] = len(frame.active)
    try:
        result = _dispatch(frame, index)
    finally:
        del frame.active[index]
    _remember(frame, index, depth, result)
    return result


def _remember(frame: Frame, index: int, depth: int, result: Abs) -> None:
    if frame.low >= depth:
        frame.low = 1 << 30
        frame.memo[index] = result
        if not frame.active and frame.tries:
            _forget(frame)
            frame.memo[index] = result
        return
    tries = frame.tries[index] = frame.tries.get(index, 0) + 1
    if tries > 2:
        frame.memo[index] = result
    if not frame.active:
        _forget(frame)


def _forget(frame: Frame) -> None:
    """What was given up on inside a cycle is open again once the outermost question is answered."""
    for index, tries in frame.tries.items():
        if tries > 2:
            frame.memo.pop(index, None)
    frame.tries.clear()


def _dispatch(frame: Frame, index: int) -> Abs:
    value = frame.value(index)
    if value.op in _CHAIN:
        _base_first(frame, index)
    handler = _HANDLERS.get(value.op)
    return handler(frame, value, index) if handler else NOTHING


def _base_first(frame: Frame, index: int) -> None:
    """Evaluate a long chain of stores and calls on one name from its start, so that recursion stays shallow."""
    chain = []
    at = index
    while frame.value(at).op in _CHAIN and at not in frame.memo:
        chain.append(at)
        at = frame.value(at).parts[0]
    if len(chain) > 8:
        for link in reversed(chain[1:]):
            if link not in frame.active:
                evaluate(frame, link)


def _text(frame: Frame, value: Value, index: int) -> Abs:
    if frame.file.parser == "sql" and "{" in value.text:
        return Abs((embedded.placeholders(value.text, frame.args),), flows=embedded.given(frame.args))
    return text(value.text)


def _none(frame: Frame, value: Value, index: int) -> Abs:
    return NONE


def _hole(frame: Frame, value: Value, index: int) -> Abs:
    if frame.file.parser == "sql" and value.text.startswith("SQL parameter"):
        return hole(value.text).but(flows=embedded.given(frame.args, value.text.rpartition(" ")[2]))
    return hole(value.text)


def _api(frame: Frame, value: Value, index: int) -> Abs:
    return Abs(things=(Api(value.text),))


def _param(frame: Frame, value: Value, index: int) -> Abs:
    given = frame.args.get(value.text)
    if given is not None:
        return given
    return hole(UNBOUND, value.text)


def _free(frame: Frame, value: Value, index: int) -> Abs:
    return members.free_name(frame, value.text)


def _import(frame: Frame, value: Value, index: int) -> Abs:
    return members.imported(frame, value.text)


def _attr(frame: Frame, value: Value, index: int) -> Abs:
    found = members.attribute(frame, value.parts[0], value.text, frame.place(index))
    return gradients.cut(found) if value.text == "data" else found


def _item(frame: Frame, value: Value, index: int) -> Abs:
    base = evaluate(frame, value.parts[0])
    key_value = frame.value(value.parts[1]) if value.parts[1] >= 0 else None
    if key_value is not None and key_value.op == "slice":
        from coupling.link import semantics, slices

        bounds = [evaluate(frame, part) if part >= 0 else NOTHING for part in key_value.parts]
        return slices.chosen(frame, semantics.sliced(frame, base, bounds), key_value)
    key = evaluate(frame, value.parts[1])
    found = names.item(frame, base, key, value.text == "unpack", frame.place(index))
    if value.text == "unpack" or not found.flows:
        return found
    if key_value is not None and (key_value.op in ("compare", "unary") or key_value.text in ("&", "|")):
        return splits.noted(found, f"rows that a condition keeps (line {key_value.line})")
    if key_value is not None and key_value.op == "tuple":
        from coupling.link import slices

        return slices.chosen(frame, found, key_value)
    return splits.chosen(found, key)


def _call(frame: Frame, value: Value, index: int) -> Abs:
    from coupling.link import calls

    result = calls.call(frame, value, index)
    if result and gradients.is_off(frame, index):
        result = gradients.cut(result)
    declared = frame.run.engine.declared
    return declared.applied(frame, value, result, lambda: calls.given(frame, value)) if declared else result


def _concat(frame: Frame, value: Value, index: int) -> Abs:
    return concat([evaluate(frame, part) for part in value.parts])


def concat(parts: list[Abs]) -> Abs:
    if parts and not parts[0].texts and parts[0].assets():
        return names.inside(parts[0], tuple(map(names.relative, texts_product(parts[1:]))))
    return Abs(texts_product(parts), soft=any(p.soft for p in parts), flows=merge_flows(*(p.flows for p in parts)))


def _format(frame: Frame, value: Value, index: int) -> Abs:
    return names.formatted(evaluate(frame, value.parts[0]), value.text)


def _add(frame: Frame, value: Value, index: int) -> Abs:
    left, right = evaluate(frame, value.parts[0]), evaluate(frame, value.parts[1])
    kinds = {frame.value(part).op for part in value.parts}
    if "number" in kinds:
        return _mixed(left, right) if "loop" in kinds else _sum(left, right)
    return gradients.summed(left, right, names.added(left, right))


def _sum(left: Abs, right: Abs) -> Abs:
    """Arithmetic: a number is no text to put behind another, or a counter would grow by a digit at every turn."""
    a, b = left.literal, right.literal
    if a and b and a.lstrip("-").isdigit() and b.lstrip("-").isdigit() and len(a) + len(b) < 40:
        return text(str(int(a) + int(b)))
    return _mixed(left, right)


def _div(frame: Frame, value: Value, index: int) -> Abs:
    left, right = evaluate(frame, value.parts[0]), evaluate(frame, value.parts[1])
    if any(isinstance(thing, Obj) for thing in left.things):
        from coupling.link import calls

        if (own := calls.operator(frame, "__truediv__", left, right, frame.place(index))) is not None:
            return own
    if names.is_path(left) or names.is_path(right):
        return names.path_join([left, right], names.PATH)
    return _mixed(left, right)


def _mod(frame: Frame, value: Value, index: int) -> Abs:
    left, right = evaluate(frame, value.parts[0]), evaluate(frame, value.parts[1])
    if left.texts and any("%" in part for t in left.texts for part in t if isinstance(part, str)):
        return names.percent(left, right)
    return _mixed(left, right)


def _mixed(*parts: Abs) -> Abs:
    """A computed value: made of its operands, of unknown text."""
    things = tuple(t for p in parts for t in p.things if isinstance(t, Api) and t.path != "None" and not t.models)[:2]
    flows = merge_flows(*(names.flows_of(p) for p in parts))
    return Abs(things=things, flows=flows, texts=((Hole("a computed value"),),) if any(p.texts for p in parts) and not flows else ())


_COMPARING = ("Sub", "Mult", "MatMult")
"""Operators that set a prediction against its target in a loss written by hand."""


def _operands(frame: Frame, value: Value, index: int) -> Abs:
    if value.op == "unary" and value.text == "USub":
        plain = evaluate(frame, value.parts[0]).literal
        if plain is not None and plain.replace(".", "", 1).isdigit():
            return text("-" + plain)
    if value.op == "binop" and value.text == "Mult":
        repeated = [evaluate(frame, p) for p in value.parts]
        if repeated and repeated[0].elem is not None:
            return repeated[0]
        if (said := texts.repeated(repeated)) is not None:
            return text(said)
    parts = [evaluate(frame, part) for part in value.parts]
    if value.text == "BitOr" and all(names.DICT in part.things for part in parts):
        return parts[0].but(items={**names.full(frame, parts[0]).items, **names.full(frame, parts[1]).items})
    if value.text == "BitOr" and (chained := signatures.piped(frame, parts[0], parts[1], frame.place(index))) is not None:
        return chained
    return _mixed(*(gradients.opposed(parts) if value.text in _COMPARING else parts))


def _sequence(frame: Frame, value: Value, index: int) -> Abs:
    return names.sequence(frame, value, index)


def _dict(frame: Frame, value: Value, index: int) -> Abs:
    return names.mapping(frame, value, index)


def _comp(frame: Frame, value: Value, index: int) -> Abs:
    cells = (names.cell(frame, index),)
    found = unroll.comprehension(frame, index)
    if found is None:
        return Abs(elem=evaluate(frame, value.parts[0]), cells=cells)
    made = [evaluate(turn, value.parts[0]) for turn in found[0]]
    if found[1]:
        return Abs(things=(names.LIST,), items={str(n): v for n, v in enumerate(made)}, cells=cells)
    return Abs(elem=union(made), cells=cells)


def _dictcomp(frame: Frame, value: Value, index: int) -> Abs:
    found = unroll.comprehension(frame, index)
    pairs = [tuple(evaluate(turn, part) for part in value.parts) for turn in (found[0] if found else [frame])]
    items: dict[str, Abs] = {}
    elems, flows = [], []
    for key, element in pairs:
        if key.literal is not None:
            items[key.literal] = element
        else:
            elems.append(element)
            flows.append(names.flows_of(key))
    things = () if elems else (names.DICT,)
    return Abs(
        things=things, items=items, elem=union(elems) if elems else None, flows=merge_flows(*flows), cells=(names.cell(frame, index),)
    )


def _choose(frame: Frame, value: Value, index: int) -> Abs:
    decided = conditions.truth(frame, value.parts[0])
    if decided is not None:
        return evaluate(frame, value.parts[1 if decided else 2])
    found = choices.best_so_far(frame, value, index, union(evaluate(frame, part) for part in value.parts[1:]))
    return choices.worded(frame, found, value.parts[0], value.parts[1:], frame.place(index))


def _join(frame: Frame, value: Value, index: int) -> Abs:
    parts = [evaluate(frame, part) for part in value.parts]
    if value.text.startswith("global "):
        return members.shared(frame, value.text[7:], parts[0])
    if value.text == "among":
        return parts[0] if (parts[0].literal is not None and not parts[0].soft) or not parts[1].texts else parts[1]
    if value.text == "or" and len(parts) == 2:
        first = parts[0]
        if first.is_none or (first.literal in conditions.FALSE and not first.soft):
            return parts[1]
        if first.literal and not first.soft:
            return first
    return conditions.doubted(union(parts), (p for p, at in zip(parts, value.parts, strict=True) if not conditions.is_ruled_out(frame, at)))


def _loop(frame: Frame, value: Value, index: int) -> Abs:
    if (imported := roots.imported(frame, index)) >= 0 and roots.is_module(module := evaluate(frame, imported)):
        return module
    """A name at the head of a loop. In the first round it holds what it held before: an object that walks on to another, as in
    ``node = node.next``, has its methods there."""
    known = unroll.carried(frame, index)
    if known is not None:
        return known
    objects = tuple(thing for thing in evaluate(frame, value.parts[0]).things if isinstance(thing, Obj))
    if objects:
        frame.assumed[index] = Abs(things=objects)
    return _join(frame, value, index)


def _iter(frame: Frame, value: Value, index: int) -> Abs:
    return names.element(frame, evaluate(frame, value.parts[0]), frame.place(index))


def _func(frame: Frame, value: Value, index: int) -> Abs:
    scope = int(value.text)
    return members.decorated(frame, Func(frame.file.path, scope, frame, name=frame.file.scopes[scope].name))


def _class(frame: Frame, value: Value, index: int) -> Abs:
    scope = int(value.text)
    return Abs(things=(Class(frame.file.path, scope, frame, frame.file.scopes[scope].name),))


def _update(frame: Frame, value: Value, index: int) -> Abs:
    base, key, new = (evaluate(frame, part) for part in value.parts)
    return names.updated(base, key, new.but(made=(frame, value.parts[2])), frame.place(index))


def _setattr(frame: Frame, value: Value, index: int) -> Abs:
    base, new = evaluate(frame, value.parts[0]), evaluate(frame, value.parts[1])
    return members.with_attribute(frame, base, value.text, new)


def _after(frame: Frame, value: Value, index: int) -> Abs:
    from coupling.link import calls

    return calls.after(frame, value, index)


_UNDECIDED = hole("a comparison")
"""Beside a literal it says that the literal is not all: ``ready = False``, then ``ready = word in accepted``."""


def _compare(frame: Frame, value: Value, index: int) -> Abs:
    flows = merge_flows(*(evaluate(frame, part).flows for part in value.parts))
    return gradients.cut(Abs(flows=flows)) if flows else _UNDECIDED


def _star(frame: Frame, value: Value, index: int) -> Abs:
    return evaluate(frame, value.parts[0])


def _when(frame: Frame, value: Value, index: int) -> Abs:
    if conditions.guard_holds(frame, value.parts[1]) is False:
        return NOTHING
    found = evaluate(frame, value.parts[0])
    return choices.worded(frame, found, frame.value(value.parts[1]).parts[0], value.parts[:1], frame.place(index))


def _enter(frame: Frame, value: Value, index: int) -> Abs:
    from coupling.link import calls

    return calls.entered(frame, evaluate(frame, value.parts[0]), index)


_HANDLERS: dict[str, Callable[[Frame, Value, int], Abs]] = {
    "text": _text,
    "number": _text,
    "bool": _text,
    "none": _none,
    "hole": _hole,
    "api": _api,
    "param": _param,
    "free": _free,
    "import": _import,
    "attr": _attr,
    "item": _item,
    "call": _call,
    "concat": _concat,
    "format": _format,
    "add": _add,
    "div": _div,
    "mod": _mod,
    "binop": _operands,
    "list": _sequence,
    "tuple": _sequence,
    "set": _sequence,
    "dict": _dict,
    "comp": _comp,
    "dictcomp": _dictcomp,
    "choose": _choose,
    "join": _join,
    "loop": _loop,
    "iter": _iter,
    "func": _func,
    "lambda": _func,
    "class": _class,
    "update": _update,
    "setattr": _setattr,
    "after": _after,
    "compare": _compare,
    "unary": _operands,
    "star": _star,
    "when": _when,
    "enter": _enter,
    "slice": _operands,
}

__all__ = ["Module", "concat", "evaluate", "join", "narrowed", "step"]
