"""Containers and tables: lists, dicts, queues, iteration, frames made of rows, selections of columns, serialised texts."""

from __future__ import annotations

from itertools import product
from math import prod

from coupling.core.template import Hole, literal
from coupling.link import choices, enums, names
from coupling.link.frames import Frame
from coupling.link.handlers import Handler, same
from coupling.link.texts import replaced
from coupling.link.values import (
    NOTHING,
    ROOT,
    Abs,
    Api,
    Args,
    AssetRef,
    Class,
    Filled,
    Flow,
    Func,
    Keywords,
    Place,
    Read,
    hole,
    merge_flows,
    narrowed,
    step,
    text,
    union,
    without,
)

FEW_MAPPED = 24
"""``map`` over more than these calls its function once for all."""


def _container(kind: Api) -> Handler:
    def build(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
        cells = (("cell", place, kind.path, frame.chain[-2:]),)
        if not args:
            return Abs(things=(kind,), items=dict(keywords), cells=cells)
        source = names.full(frame, args[0])
        if any(isinstance(t, Class) for t in source.things) and (members := enums.listed(frame, source)):
            return rows(members).but(things=(kind,), cells=cells)
        if kind is names.DICT:
            return source.but(things=(kind,), items={**source.items, **keywords}, cells=cells)
        if names.DICT in source.things and source.elem is None and source.items and not source.flows:
            return rows(numbered(frame, source) or []).but(things=(kind,), cells=cells)
        if names.DICT in source.things or not (source.items or source.elem is not None):
            return Abs(things=(kind,), elem=names.element(frame, args[0], place), flows=source.flows, cells=cells)
        return source.but(things=(kind,), cells=cells)

    return build


def _elements(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return _container(names.LIST)(frame, receiver, args[:1], {}, place) or NOTHING


def numbered(frame: Frame, value: Abs) -> list[Abs] | None:
    """The elements in their order, when they are known one by one."""
    whole = names.full(frame, value)
    if whole.elem is not None or not whole.items:
        return None
    if names.DICT in whole.things:
        return [text(k) for k in whole.items if not k.startswith(".")]
    numbered = sorted((k for k in whole.items if k.isdigit()), key=int)
    return [whole.items[k] for k in numbered] if len(numbered) == len(whole.items) and not whole.flows else None


def _tuple(*parts: Abs) -> Abs:
    return Abs(things=(names.TUPLE,), items={str(n): p for n, p in enumerate(parts)})


def rows(rows: list[Abs]) -> Abs:
    return Abs(things=(names.LIST,), items={str(n): r for n, r in enumerate(rows)})


def _enumerate(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    known = numbered(frame, args[0]) if args else None
    if known is not None:
        return rows([_tuple(text(str(n)), one) for n, one in enumerate(known)])
    element = names.element(frame, args[0], place) if args else NOTHING
    return Abs(elem=_tuple(hole("a number", "i"), element))


def _zip(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    known = [numbered(frame, a) for a in args]
    if args and any(k is not None for k in known):
        length = min(len(k) for k in known if k is not None)
        columns = [k if k is not None else [names.element(frame, a, place)] * length for k, a in zip(known, args, strict=True)]
        return rows([_tuple(*row) for row in zip(*columns, strict=False)])
    return Abs(elem=_tuple(*(names.element(frame, a, place) for a in args)))


def _range(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    plain = [a.literal for a in args]
    if all(p is not None and p.lstrip("-").isdigit() for p in plain) and not any(a.soft for a in args):
        numbers = _numbers([int(p) for p in plain if p])
        if 0 < len(numbers) <= 12:
            return Abs(things=(names.LIST,), items={str(i): text(str(n)) for i, n in enumerate(numbers)})
    return Abs(elem=hole("a number", "n"))


def _numbers(given: list[int]) -> range:
    if not 1 <= len(given) <= 3 or (len(given) == 3 and not given[2]):
        return range(0)
    return range(*given)


def _mapped(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    from coupling.link import calls

    if len(args) < 2:
        return NOTHING
    known = [numbered(frame, a) for a in args[1:]]
    if all(k is not None and len(k) <= FEW_MAPPED for k in known):
        turns = zip(*(k or [] for k in known), strict=False)
        return rows([calls.call_value(frame, args[0], list(turn), {}, place) for turn in turns])
    return Abs(elem=calls.call_value(frame, args[0], [names.element(frame, a, place) for a in args[1:]], {}, place))


def _filtered(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return args[1] if len(args) > 1 else NOTHING


def _next(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return names.element(frame, args[0], place) if args else NOTHING


def _chain(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(elem=union(names.element(frame, a, place) for a in args))


def _product(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    known = [k for a in args if (k := numbered(frame, a)) is not None]
    if args and len(known) == len(args) and prod(len(k) for k in known) <= 24:
        return rows([_tuple(*row) for row in product(*known)])
    return Abs(elem=_tuple(*(names.element(frame, a, place) for a in args)))


def _defaultdict(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(things=(names.DICT,), cells=(("cell", place, "dict", frame.chain[-2:]),))


def _get(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    if not args and names.LIST in receiver.things:
        return names.element(frame, receiver, place)
    key = args[0] if args else NOTHING
    default = args[1] if len(args) > 1 else NOTHING
    whole = names.full(frame, receiver)
    if key.literal is not None and key.literal in whole.items:
        return whole.items[key.literal]
    found = names.item(frame, whole, key, False, place) if key.literal is None or whole.elem is not None or whole.flows else NOTHING
    return union((found, default))


def _items(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    whole = names.full(frame, receiver)
    if whole.items and whole.elem is None and len(whole.items) <= 24:
        pairs = {
            str(i): Abs(things=(names.TUPLE,), items={"0": text(k), "1": v})
            for i, (k, v) in enumerate(whole.items.items())
            if not k.startswith(".")
        }
        return Abs(things=(names.LIST,), items=pairs)
    value = union((*whole.items.values(), *((whole.elem,) if whole.elem is not None else ()), Abs(flows=whole.flows)))
    return Abs(elem=Abs(things=(names.TUPLE,), items={"0": Abs(((Hole("a key", "key"),),), flows=whole.flows), "1": value}))


def _keys(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(
        things=(names.LIST,),
        items={str(i): text(k) for i, k in enumerate(k for k in receiver.items if not k.startswith("."))},
        flows=receiver.flows,
    )


def _values(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    whole = names.full(frame, receiver)
    return Abs(things=(names.LIST,), items={str(i): v for i, v in enumerate(whole.items.values())}, elem=whole.elem, flows=whole.flows)


def _pop(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    if args:
        return _get(frame, receiver, args, keywords, place)
    return names.element(frame, receiver, place)


CONTAINER: dict[str, Handler] = {
    "get": _get,
    "items": _items,
    "keys": _keys,
    "values": _values,
    "pop": _pop,
    "copy": same,
    "setdefault": _get,
    "popleft": _pop,
}


def _drop(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``df.drop(columns=[...])``, ``df.drop("a", axis=1)``, ``ds.remove_columns([...])``: all but these columns."""
    given = keywords.get("columns") or keywords.get("labels") or (args[0] if args else NOTHING)
    dropped = names.column_names(given) or ((given.literal,) if given.literal is not None else ())
    axis = (keywords.get("axis") or (args[1] if len(args) > 1 else NOTHING)).literal
    if not dropped or ("columns" not in keywords and axis in ("0", "index")):
        return None
    items = {k: v for k, v in receiver.items.items() if k not in dropped}
    return receiver.but(items=items, flows=without(step(receiver.flows, place), dropped))


def _assign(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``df.assign(a=x, b=lambda d: ...)``: the columns by name; a function makes its column of the frame."""
    from coupling.link import calls

    if args or not keywords or any(name.startswith("*") for name in keywords):
        return None
    items = dict(receiver.items)
    for name, given in keywords.items():
        made = (
            [calls.call_value(frame, given, [receiver.but(items=items)], {}, place)]
            if any(isinstance(t, Func) for t in given.things)
            else []
        )
        items[name] = union(made) if made else given
    return receiver.but(items=items, flows=step(receiver.flows, place))


def _rename(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``df.rename(columns={"a": "b"})``, ``df.rename({"a": "b"})``, ``ds.rename_column("a", "b")``: other names of the columns."""
    given = keywords.get("columns") or keywords.get("mapping") or (args[0] if args else NOTHING)
    said = {old: new.literal for old, new in names.full(frame, given).items.items()}
    if len(args) == 2 and args[0].literal is not None:
        said = {args[0].literal: args[1].literal}
    renamed = {old: new for old, new in said.items() if new is not None}
    if not renamed:
        return None
    flows = step(receiver.flows, place)
    items = {new: Abs(flows=narrowed(flows, (old,))) for old, new in renamed.items() if old not in receiver.items and flows}
    return receiver.but(items={**items, **{renamed.get(k, k): v for k, v in receiver.items.items()}}, flows=flows)


FRAME: dict[str, Handler] = {
    "assign": _assign,
    "rename": _rename,
    "rename_column": _rename,
    "rename_columns": _rename,
    "withColumnRenamed": _rename,
    "drop": _drop,
    "drop_columns": _drop,
    "remove_columns": _drop,
    **choices.FRAME,
}
"""Methods of anything that has columns."""


def _template(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``jinja2.Template(text)``."""
    value = args[0] if args else NOTHING
    return Abs(value.texts, (Api("jinja2.Template"),), value.flows)


def _get_template(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``env.get_template(name)``: the one file of the repository that ends so."""
    name = args[0].literal if args else None
    path = frame.run.engine.index.only("/" + name) if name else None
    if path is None:
        return Abs(things=(Api("jinja2.Template"),))
    return Abs((), (Api("jinja2.Template"),), (Flow(Read(AssetRef("file", literal(f"{ROOT}/{path}")), place), (), (place,)),))


def _rendered(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``template.render(...)``: the text, and what fills it."""
    given = {**(args[0].items if args else {}), **keywords}
    filled = {name: value.but(flows=()) for name, value in given.items() if not name.startswith(".")}
    texts = receiver
    for name, value in filled.items():
        if receiver.texts and value.texts:
            for spelled in ("{{ %s }}" % name, "{{%s}}" % name):
                texts = replaced(frame, texts, [text(spelled), value], {}, place)
    return Abs(texts.texts, (Filled(receiver.flows, tuple(filled.items())),), receiver.flows)


def _table_of(kind: str) -> Handler:
    return lambda frame, receiver, args, keywords, place: _table(frame, kind, args, keywords, place)


def _table(frame: Frame, kind: str, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``DataFrame({"a": x})``, ``DataFrame(list of rows)``: entries are columns."""
    given = args[0] if args else keywords.get("data", keywords.get("mapping", NOTHING))
    value = names.full(frame, given)
    rows = value.elem or union(v for k, v in value.items.items() if k.isdigit())
    items = {k: v for k, v in value.items.items() if not k.isdigit()} or dict(names.full(frame, rows).items)
    items = {k: v for k, v in items.items() if not k.isdigit() and not k.startswith(".")}
    if not items:
        return None
    flows = merge_flows(value.flows, rows.flows)
    return Abs(things=(Api(kind),), items=items, flows=step(flows, place))


def _same_tuple(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``accelerator.prepare(a, b)`` gives back its arguments."""
    return args[0] if len(args) == 1 else Abs(things=(names.TUPLE,), items={str(i): a for i, a in enumerate(args)})


def _slices(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``tf.data.Dataset.from_tensor_slices(x)``: a data set of the elements of x."""
    given = args[0] if args else keywords.get("tensors", NOTHING)
    return Abs(things=(Api("tensorflow.data.Dataset"),), elem=names.element(frame, given, place), flows=step(names.flows_of(given), place))


def _dumped(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """A text of a value: its entries keep their keys for who reads the text again."""
    value = names.full(frame, args[0]) if args else NOTHING
    return value.but(
        texts=(), things=tuple(t for t in value.things if t in (names.DICT, names.LIST)), flows=step(value.flows, place), cells=()
    )


def _chained(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``ChainMap(first, second)``: the first that has a key gives it."""
    items = {k: v for given in reversed(args) for k, v in names.full(frame, given).items.items()}
    return Abs(things=(names.DICT,), items=items, flows=merge_flows(*(a.flows for a in args)))


FUNCTIONS: dict[str, Handler] = {
    "collections.ChainMap": _chained,
    "builtins.list": _container(names.LIST),
    "builtins.tuple": _container(names.TUPLE),
    "builtins.set": _container(names.SET),
    "builtins.frozenset": _container(names.SET),
    "builtins.dict": _container(names.DICT),
    "collections.OrderedDict": _container(names.DICT),
    "collections.deque": _container(names.LIST),
    "queue.Queue": _container(names.LIST),
    "queue.SimpleQueue": _container(names.LIST),
    "queue.LifoQueue": _container(names.LIST),
    "multiprocessing.Queue": _container(names.LIST),
    "asyncio.Queue": _container(names.LIST),
    "multiprocessing.SimpleQueue": _container(names.LIST),
    "collections.defaultdict": _defaultdict,
    "collections.Counter": _elements,
    "builtins.sorted": _elements,
    "builtins.reversed": _elements,
    "builtins.enumerate": _enumerate,
    "builtins.zip": _zip,
    "builtins.range": _range,
    "builtins.map": _mapped,
    "builtins.filter": _filtered,
    "builtins.next": _next,
    "itertools.chain": _chain,
    "itertools.product": _product,
    "tqdm.trange": _range,
    "tqdm.auto.trange": _range,
    "jinja2.Template": _template,
    "jinja2.Template.render": _rendered,
    "jinja2.Environment.get_template": _get_template,
    "jinja2.Environment.from_string": _template,
    "pandas.DataFrame": _table_of("pandas.DataFrame"),
    "pandas.DataFrame.from_records": _table_of("pandas.DataFrame"),
    "pandas.DataFrame.from_dict": _table_of("pandas.DataFrame"),
    "polars.DataFrame": _table_of("polars.DataFrame"),
    "datasets.Dataset.from_dict": _table_of("datasets.Dataset"),
    "datasets.Dataset.from_list": _table_of("datasets.Dataset"),
    "accelerate.Accelerator.prepare": _same_tuple,
    "lightning.Fabric.setup": _same_tuple,
    "lightning.Fabric.setup_dataloaders": _same_tuple,
    "tensorflow.data.Dataset.from_tensor_slices": _slices,
    "json.dumps": _dumped,
    "orjson.dumps": _dumped,
    "simplejson.dumps": _dumped,
}
"""By API path."""
