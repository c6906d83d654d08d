"""Objects: attributes by name, types, partial functions, numbers."""

from __future__ import annotations

from coupling.core.template import text_of
from coupling.link import names
from coupling.link.frames import Frame
from coupling.link.handlers import Handler
from coupling.link.values import NONE, NOTHING, Abs, Api, Args, Keywords, Module, Obj, Partial, Place, everything, merge_flows, step, union


def _getattr(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    if len(args) < 2:
        return NOTHING
    found = named(frame, args[0], args[1], place)
    return union((found, *args[2:3])) if args[2:] and _is_known(args[1]) else found


def named(frame: Frame, owner: Abs, name: Abs, place: Place) -> Abs:
    """The attribute of a computed name: ``getattr(owner, name)``, and ``vars(owner)[name]`` of a module."""
    from coupling.link import lookups, members

    if not _is_known(name):
        return lookups.of_module(frame, owner, name) or Abs(flows=owner.flows)
    return union(members.get_attribute(frame, owner, text_of(t) or "", place) for t in name.texts)


def _is_known(name: Abs) -> bool:
    return bool(name.texts) and all(text_of(t) is not None for t in name.texts)


def _setattr(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    if len(args) == 3 and args[1].literal is not None:
        frame.run.engine.store_attribute(frame, args[0], args[1].literal, args[2])
    return NOTHING


def _vars(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``vars(args)``, ``asdict(config)``: the attributes as a dict."""
    if not args:
        return NOTHING
    if any(isinstance(t, Module) for t in args[0].things):
        return args[0]
    return args[0].but(things=(names.DICT,), items=attributes(frame, args[0]))


def attributes(frame: Frame, value: Abs) -> dict[str, Abs]:
    """The attributes of a value by name: what was stored into its objects, and its own."""
    items: dict[str, Abs] = {k.removeprefix("."): v for k, v in value.items.items()}
    for thing in value.things:
        if isinstance(thing, Obj):
            size = len(thing.key)
            frame.run.recall.unsettled()
            items.update(
                (str(k[-1]), v)
                for k, v in frame.run.heap.items()
                if len(k) == size + 1 and k[:-1] == thing.key and not str(k[-1]).startswith("@")
            )
    return items


def _replaced(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``dataclasses.replace(x, a=1)``, ``attr.evolve``: another object of the class with other fields."""
    from coupling.link import calls

    made = []
    for thing in args[0].things if args else ():
        if isinstance(thing, Obj):
            fields = {**attributes(frame, Abs(things=(thing,))), **keywords}
            made.append(calls.construct(frame, thing.cls, [], fields, place))
    return union(made) or None


def _namedtuple(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``namedtuple("P", ["a", "b"])``, ``namedtuple("P", "a b")``: a callable that names its arguments."""
    given = names.full(frame, args[1]) if len(args) > 1 else NOTHING
    fields = [v.literal or "" for k, v in given.items.items() if k.isdigit()] or (given.literal or "").replace(",", " ").split()
    if not fields:
        return None
    return Abs(things=(Partial(Abs(things=(Api("collections.namedtuple()"),)), (Abs(items={f: NONE for f in fields}),), ()),))


def _named_values(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """A call of what ``namedtuple`` made: values by place and by name."""
    fields = list(args[0].items) if args else []
    given = {**dict(zip(fields, args[1:], strict=False)), **keywords}
    by_place = {str(fields.index(name)): value for name, value in given.items() if name in fields}
    return Abs(things=(names.TUPLE,), items={**by_place, **{f".{name}": value for name, value in given.items()}})


def _item_getter(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(things=(Partial(Abs(things=(Api("operator.itemgetter()"),)), tuple(args[:1]), ()),))


def _attribute_getter(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(things=(Partial(Abs(things=(Api("operator.attrgetter()"),)), tuple(args[:1]), ()),))


def _got_item(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return names.item(frame, args[1], args[0], False, place) if len(args) > 1 else NOTHING


def _got_attribute(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    return _getattr(frame, receiver, [args[1], args[0]], {}, place) if len(args) > 1 else NOTHING


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
    "functools.partialmethod": _partial,
    "dataclasses.replace": _replaced,
    "attr.evolve": _replaced,
    "attrs.evolve": _replaced,
    "copy.replace": _replaced,
    "attr.asdict": _vars,
    "attrs.asdict": _vars,
    "collections.namedtuple": _namedtuple,
    "collections.namedtuple()": _named_values,
    "operator.itemgetter": _item_getter,
    "operator.itemgetter()": _got_item,
    "operator.attrgetter": _attribute_getter,
    "operator.attrgetter()": _got_attribute,
    "builtins.min": aggregate,
    "builtins.max": aggregate,
    "builtins.sum": aggregate,
    "typing.cast": lambda f, r, a, k, p: a[1] if len(a) > 1 else NOTHING,
    "functools.reduce": aggregate,
}
"""By API path."""
