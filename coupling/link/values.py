"""Abstract values: everything link knows of a value, in one immutable object.

``Abs`` answers three questions at once: which texts can it be, which things (functions, objects, library types) is it, and of which
origins (reads, model outputs, the outside world) is it made, along which places of the code. Alternatives are bounded; what a
bound cuts is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from coupling.core.graph import carries
from coupling.core.template import Hole, Template, join, literal
from coupling.link import wide

if TYPE_CHECKING:
    from coupling.link.frames import Frame  # noqa: TC004  frames imports values

MOST_TEXTS = 24
MOST_PARTS = 400
LONGEST_TEXT = 1_000_000
"""Of a text that is put together, in holes and literals, and in characters."""
MOST_FLOWS = 48
MOST_THINGS = 12
MOST_ITEMS = 400
LONGEST_TRAIL = 14
MOST_HELD = 2000
"""How many values inside one value are looked at."""
DEEPEST_HELD = 6
"""How deep a heap cell may nest."""
KEPT = "kept for a later round"
UNGRADED = "taken without gradient"
TARGET = "a target of a loss"
RETURN = "added to what is no output"
MARKS = (KEPT, UNGRADED, TARGET, RETURN)
"""Notes of a model's output on its way into a loss (``link.gradients``); they tell flows apart and are not shown."""
ROOT = "/@"
"""How evaluated absolute paths name the repository's root."""
SPLITS = frozenset(("train", "test", "validation", "valid", "val", "dev", "eval", "evaluation", "unsupervised"))


class Place(NamedTuple):
    """A line of a file (of the lowered program, for notebooks)."""

    path: str
    line: int


class AssetRef(NamedTuple):
    """A stored thing as one place of the code names it; ``cwd`` is the folder that a relative path starts from."""

    kind: str
    name: Template
    cwd: str = ""


class ModelRef(NamedTuple):
    """A learner as one place of the code knows it: ``site`` (constructed here), ``artifact`` (loaded from), ``api`` (called by name)
    or ``weak`` (an object of unknown type that is used like a model)."""

    kind: str
    key: tuple[object, ...]
    label: str = ""
    role: str = "model"
    """model, component (scaler, encoder, tokenizer), base (public weights)."""


class Read(NamedTuple):
    """Origin: data read from an asset at a place."""

    asset: AssetRef
    place: Place


class Output(NamedTuple):
    """Origin: what a model predicted."""

    model: ModelRef


class Weights(NamedTuple):
    """Origin: what a model has learned. No data: it tells which model another is made of."""

    model: ModelRef


class World(NamedTuple):
    """Origin: something from outside, as a request hands it in."""

    what: str


Origin = Read | Output | World | Weights


class Flow(NamedTuple):
    """A value is made of ``origin``: through these ``columns`` of it (() all), along ``trail`` (in the data's order)."""

    origin: Origin
    columns: tuple[str, ...] = ()
    trail: tuple[Place, ...] = ()
    certainty: str = "exact"
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[Origin, tuple[str, ...], tuple[str, ...]]:
        """What tells flows of one value apart: two that agree in it are one, the first met."""
        return self.origin, self.columns, marks(self.notes)


TRUTHS = ("True", "False")


def doubtful(value: Abs) -> Abs:
    """A value that may be otherwise: True or False as a literal decides nothing then."""
    return value.but(soft=True) if value.literal in TRUTHS and not value.soft else value


ARRAYS = "parameters"
"""What a model is called that is plain arrays."""


def arrays(flows: tuple[Flow, ...]) -> tuple[Flow, ...]:
    """The flows of models that are plain arrays: each array of theirs is the model."""
    return tuple([flow for flow in flows if isinstance(flow.origin, Output) and flow.origin.model.label == ARRAYS])


def is_label(flow: Flow) -> bool:
    """Whether a model's own output in its loss is data: kept from an earlier round, or a target."""
    return KEPT in flow.notes or TARGET in flow.notes


def marks(notes: tuple[str, ...]) -> tuple[str, ...]:
    """The marks among notes, in one order."""
    return tuple([mark for mark in MARKS if mark in notes]) if notes else ()


class Api(NamedTuple):
    """A library object, function or module by its path; ``assets`` are what a handle stands for, ``models`` what it holds."""

    path: str
    assets: tuple[AssetRef, ...] = ()
    models: tuple[ModelRef, ...] = ()
    mode: str = ""
    key: tuple[object, ...] = ()
    """Where it was made, when it keeps state (heap key)."""


class Func(NamedTuple):
    """A function of the repository with the frame it closes over and, when bound, its receiver."""

    file: str
    scope: int
    frame: Frame | None = None
    receiver: Abs | None = None
    name: str = ""


class Class(NamedTuple):
    file: str
    scope: int
    frame: Frame | None = None
    name: str = ""


class Obj(NamedTuple):
    """An instance of a class of the repository, by the place that makes it."""

    cls: Class
    key: tuple[object, ...]
    models: tuple[ModelRef, ...] = ()


class Module(NamedTuple):
    file: str


class Partial(NamedTuple):
    callee: Abs
    args: tuple[Abs, ...]
    keywords: tuple[tuple[str, Abs], ...]


class Filled(NamedTuple):
    """A template of a file with what fills it: kept together, so that branches do not mix."""

    flows: tuple[Flow, ...]
    items: tuple[tuple[str, Abs], ...]


Thing = Filled | Api | Func | Class | Obj | Module | Partial


class Abs:
    """An abstract value. Treat as frozen. ``items`` are known keys (columns, dict entries, tuple positions), ``elem`` any element,
    ``cells``
    the heap keys under which later mutations are kept, ``soft`` says that a text is only a default that a caller may change,
    ``made`` where a
    named item is computed (``()``: in several places)."""

    __slots__ = ("cells", "elem", "flows", "items", "made", "number", "soft", "texts", "things")

    def __init__(
        self,
        texts: tuple[Template, ...] = (),
        things: tuple[Thing, ...] = (),
        flows: tuple[Flow, ...] = (),
        items: Mapping[str, Abs] | None = None,
        elem: Abs | None = None,
        cells: tuple[tuple[object, ...], ...] = (),
        soft: bool = False,
        made: tuple[Frame, int] | tuple[()] | None = None,
    ) -> None:
        self.texts, self.things, self.flows = texts, things, flows
        self.items: Mapping[str, Abs] = items or {}
        self.elem, self.cells, self.soft, self.made = elem, cells, soft, made
        self.number = 0
        """What ``recall`` calls it, among equal values."""

    def __bool__(self) -> bool:
        return bool(self.texts or self.things or self.flows or self.items or self.elem or self.cells)

    def but(self, **changes: object) -> Abs:
        new = Abs(self.texts, self.things, self.flows, self.items, self.elem, self.cells, self.soft, self.made)
        for name, value in changes.items():
            setattr(new, name, value)
        return new

    @property
    def literal(self) -> str | None:
        """The one text it is, when it is just one and certain."""
        if len(self.texts) == 1:
            template = self.texts[0]
            if not template:
                return ""
            if len(template) == 1 and isinstance(template[0], str):
                return template[0]
        return None

    @property
    def is_none(self) -> bool:
        return self.things == (NONE_THING,) and not self.texts and not self.flows

    def models(self) -> tuple[ModelRef, ...]:
        found: dict[ModelRef, None] = {}
        for thing in self.things:
            if isinstance(thing, Api | Obj):
                found.update(dict.fromkeys(thing.models))
        return tuple(found)

    def assets(self) -> tuple[AssetRef, ...]:
        found: dict[AssetRef, None] = {}
        for thing in self.things:
            if isinstance(thing, Api):
                found.update(dict.fromkeys(thing.assets))
        return tuple(found)


NONE_THING = Api("None")
WORDS = Api("sys.argv.len")
"""What a number of words is: it can be more or less than another, for nothing adds to them."""
NOTHING = Abs()
NONE = Abs(things=(NONE_THING,))


Args = list[Abs]
Keywords = dict[str, Abs]


def text(value: str, soft: bool = False) -> Abs:
    return Abs(texts=(literal(value),), soft=soft)


UNBOUND = "a parameter that no caller gives"


def hole(why: str, name: str = "") -> Abs:
    return Abs(texts=((Hole(why, name),),))


def api(path: str) -> Abs:
    return Abs(things=(Api(path),))


def union(values: Iterable[Abs]) -> Abs:
    """One of several values: the alternatives of all."""
    parts = [value for value in values if value]
    if len(parts) > 1:
        parts = [part for part in parts if not part.is_none] or parts[:1]
    if not parts:
        return NOTHING
    first = parts[0]
    for other in parts[1:]:
        if other is not first:
            first = _both(first, other)
    return first


def _both(a: Abs, b: Abs) -> Abs:
    things = a.things if a.things == b.things else tuple(dict.fromkeys(a.things + b.things))[:MOST_THINGS]
    if len(things) > 1 and NONE_THING in things:
        things = tuple(thing for thing in things if thing != NONE_THING)
    texts = a.texts if not b.texts or a.texts is b.texts else tuple(dict.fromkeys(a.texts + b.texts))
    if len(texts) > MOST_TEXTS:
        texts = (*texts[: MOST_TEXTS - 1], (Hole("more alternatives than are followed"),))
    elem = a.elem if b.elem is None or a.elem is b.elem else b.elem if a.elem is None else union((a.elem, b.elem))
    cells = a.cells if a.cells == b.cells else tuple(dict.fromkeys(a.cells + b.cells))[:MOST_THINGS]
    return Abs(
        texts,
        things,
        merge_flows(a.flows, b.flows),
        _merge_items(a.items, b.items),
        elem,
        cells,
        a.soft or b.soft,
        a.made if a.made == b.made else (),
    )


def _merge_items(a: Mapping[str, Abs], b: Mapping[str, Abs]) -> Mapping[str, Abs]:
    if not a or not b or a is b:
        return a or b
    merged = dict(a)
    for key, value in b.items():
        known = merged.get(key)
        if known is None and len(merged) >= MOST_ITEMS:
            continue
        merged[key] = value if known is None or known is value else union((known, value))
    return merged


def merge_flows(*groups: tuple[Flow, ...]) -> tuple[Flow, ...]:
    if not any(groups):
        return ()
    found: dict[tuple[Origin, tuple[str, ...], tuple[str, ...]], Flow] = {}
    last: tuple[Flow, ...] = ()
    for group in groups:
        if group is last:
            continue
        last = group
        for flow in group:
            origin, columns, _, _, notes = flow
            key = (origin, columns, marks(notes) if notes else ())
            known = found.setdefault(key, flow)
            if known is not flow and known.notes != notes:
                found[key] = known._replace(notes=tuple(dict.fromkeys(known.notes + notes)) if known.notes and notes else ())
            if len(found) >= MOST_FLOWS:
                found = {flow.key: flow for flow in wide.summed(found.values())}
                if len(found) >= MOST_FLOWS:
                    return tuple(found.values())
    return tuple(found.values())


def step(flows: tuple[Flow, ...], place: Place) -> tuple[Flow, ...]:
    """The flows after passing ``place``."""
    if not flows:
        return flows
    out = []
    for flow in flows:
        origin, columns, trail, certainty, notes = flow
        if trail and trail[-1] == place:
            out.append(flow)
            continue
        kept = trail if len(trail) < LONGEST_TRAIL else (*trail[: LONGEST_TRAIL // 2], *trail[LONGEST_TRAIL // 2 + 1 :])
        out.append(Flow(origin, columns, (*kept, place), certainty, notes))
    return tuple(out)


def kept(value: Abs) -> Abs:
    """The value as a container keeps it for a later round: model outputs in it are marked so."""
    return outputs_as(value, lambda flow: noted(flow, KEPT))


def outputs_as(value: Abs, change: Callable[[Flow], Flow], depth: int = 3, memo: dict[tuple[int, int], Abs] | None = None) -> Abs:
    """The value with every model's output in it changed, a few levels deep."""
    known = {} if memo is None else memo
    key = (id(value), depth)
    if key not in known:
        known[key] = _outputs_as(value, change, depth, known)
    return known[key]


def _outputs_as(value: Abs, change: Callable[[Flow], Flow], depth: int, memo: dict[tuple[int, int], Abs]) -> Abs:
    flows = tuple([change(f) if isinstance(f.origin, Output) else f for f in value.flows])
    if depth == 0 or not (value.items or value.elem is not None):
        return value.but(flows=flows) if flows != value.flows else value
    items = {k: outputs_as(v, change, depth - 1, memo) for k, v in value.items.items()}
    elem = outputs_as(value.elem, change, depth - 1, memo) if value.elem is not None else None
    return value.but(flows=flows, items=items, elem=elem)


def noted(flow: Flow, note: str) -> Flow:
    return flow if note in flow.notes else flow._replace(notes=(*flow.notes, note))


def narrowed(flows: tuple[Flow, ...], columns: tuple[str, ...]) -> tuple[Flow, ...]:
    """The flows of a selection of columns. The names of splits select rows, not columns."""
    if all(c in SPLITS for c in columns):
        return flows
    out = []
    for flow in flows:
        kept = tuple(c for c in columns if carries(flow.columns, c)) if flow.columns else columns
        out.append(flow._replace(columns=kept or flow.columns) if isinstance(flow.origin, Read) else flow)
    return tuple(out)


def without(flows: tuple[Flow, ...], columns: tuple[str, ...]) -> tuple[Flow, ...]:
    """The flows when these columns are dropped: ``-name`` stands for all columns but that one."""
    out = []
    for flow in flows:
        if isinstance(flow.origin, Read):
            named = tuple(c for c in flow.columns if not c.startswith("-"))
            kept = tuple(c for c in named if c not in columns) if named else (*flow.columns, *(f"-{c}" for c in columns))
            if named and not kept:
                continue
            flow = flow._replace(columns=tuple(dict.fromkeys(kept)))
        out.append(flow)
    return tuple(out)


def within(value: Abs) -> Iterator[Abs]:
    """The value and all that it holds, each once, nearest first, bounded."""
    seen = {id(value)}
    todo = [value]
    for here in todo:
        yield here
        if len(todo) > MOST_HELD:
            continue
        inner = here.items.values() if here.elem is None else (here.elem, *here.items.values())
        for held in inner:
            if id(held) not in seen:
                seen.add(id(held))
                todo.append(held)


def everything(value: Abs) -> tuple[Flow, ...]:
    """The flows of a value and of all that it holds."""
    if not value.items and value.elem is None:
        return value.flows
    return merge_flows(*(held.flows for held in within(value) if held.flows))


def all_models(value: Abs) -> tuple[ModelRef, ...]:
    return tuple(dict.fromkeys(m for held in within(value) for m in held.models()))


def shallow(value: Abs, depth: int = DEEPEST_HELD, memo: dict[tuple[int, int], Abs] | None = None) -> Abs:
    """The value with what lies too deep summed up: containers that hold themselves would grow for ever."""
    if not value.items and value.elem is None:
        return value
    if depth == 0:
        return Abs(value.texts, value.things, everything(value), cells=value.cells, soft=value.soft)
    known = {} if memo is None else memo
    key = (id(value), depth)
    if key not in known:
        items = {k: shallow(v, depth - 1, known) for k, v in value.items.items()}
        elem = shallow(value.elem, depth - 1, known) if value.elem is not None else None
        same = elem is value.elem and all(items[k] is v for k, v in value.items.items())
        known[key] = value if same else value.but(items=items, elem=elem)
    return known[key]


def texts_product(parts: list[Abs]) -> tuple[Template, ...]:
    """Every concatenation of one alternative of each part, bounded."""
    results: list[Template] = [()]
    for part in parts:
        options = part.texts or ((Hole("no text"),),)
        if len(results) * len(options) > MOST_TEXTS:
            options = (_merged(options),)
        results = [bounded(join(left, option)) for left in results for option in options]
    return tuple(dict.fromkeys(results))


def bounded(template: Template) -> Template:
    """The template, or a hole for one that grows without end, as by a text that is added to itself."""
    if len(template) <= MOST_PARTS and sum(len(part) for part in template if isinstance(part, str)) <= LONGEST_TEXT:
        return template
    return (Hole("a text too long to follow"),)


def _merged(options: tuple[Template, ...]) -> Template:
    if len(options) == 1:
        return options[0]
    return (Hole(f"one of {len(options)} alternatives"),)
