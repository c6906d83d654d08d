"""Objects: attributes by name, types, partial functions, numbers."""

from __future__ import annotations

from coupling.core.template import text_of
from coupling.link import names
from coupling.link.frames import Frame
from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, Abs, Api, Args, Keywords, Obj, Partial, Place, everything, merge_flows, step, union


def _getattr(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    from coupling.link import members

    if len(args) < 2:
        return NOTHING
    plain = [text_of(t) for t in args[1].texts]
    if not plain or None in plain:
        return Abs(flows=args[0].flows)
    found = union(members.get_attribute(frame, args[0], p or "", place) for p in plain)
    return union((found, *args[2:3])) if args[2:] else found


def _setattr(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    if len(args) == 3 and args[1].literal is not None:
        frame.run.engine.store_attribute(frame, args[0], args[1].literal, args[2])
    return NOTHING


def _vars(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``vars(args)``, ``asdict(config)``: the attributes as a dict."""
    if not args:
        return NOTHING
    items: dict[str, Abs] = {k.removeprefix("."): v for k, v in args[0].items.items()}
    for thing in args[0].things:
        if isinstance(thing, Obj):
            size = len(thing.key)
            items.update((str(k[-1]), v) for k, v in frame.run.heap.items() if len(k) == size + 1 and k[:-1] == thing.key)
    return args[0].but(things=(names.DICT,), items=items)


def _super(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(things=(Api("builtins.super()"),))


def _type(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    classes = tuple(t.cls for a in args[:1] for t in a.things if isinstance(t, Obj))
    return Abs(things=classes)


def _partial(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(things=(Partial(args[0], tuple(args[1:]), tuple(keywords.items())),)) if args else NOTHING


def _number(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    value = args[0] if args else NOTHING
    return Abs(value.texts, flows=names.flows_of(value), soft=value.soft)


def aggregate(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    flows = merge_flows(*(everything(names.full(frame, a)) for a in args))
    found = union(names.element(frame, a, place) for a in args) if len(args) == 1 else union(args)
    return Abs(found.texts if len(found.texts) == 1 else (), found.things, step(flows, place))


FUNCTIONS: dict[str, Handler] = {
    "builtins.int": _number,
    "builtins.float": _number,
    "builtins.bool": _number,
    "builtins.getattr": _getattr,
    "builtins.setattr": _setattr,
    "builtins.vars": _vars,
    "dataclasses.asdict": _vars,
    "builtins.super": _super,
    "builtins.type": _type,
    "functools.partial": _partial,
    "builtins.min": aggregate,
    "builtins.max": aggregate,
    "builtins.sum": aggregate,
    "typing.cast": lambda f, r, a, k, p: a[1] if len(a) > 1 else NOTHING,
    "functools.reduce": aggregate,
}
"""By API path."""
