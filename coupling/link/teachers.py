"""Models whose weights are made of another's: copies, and averages that follow a model while it learns.

Comes in: a copy, or a call or store that changes weights. Goes out: events that tell which model is of which. A copy made
before the other has learned anything is its frozen reference; one that is renewed or averaged during training is what the other
was a moment ago, so that what it says is the other's own output.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from coupling.link.values import NOTHING, Abs, Api, Args, Flow, Keywords, ModelRef, Obj, Place, Weights, all_models, everything, merge_flows

if TYPE_CHECKING:
    from coupling.link.frames import Frame

COPY = "copy"
"""Kind of a reference to a copied model, and role of the event that says so."""
FOLLOWS = "follows"
_BLENDS = frozenset(("add_", "sub_", "mul_", "lerp_", "addcmul_", "assign_add", "assign_sub"))
"""Methods that change weights by others: what they were before counts on."""
_STORES = frozenset(("copy_", "set_", "set_data", "assign", "load_state_dict", "set_weights"))
"""Methods that replace weights."""
MOST = 4
DEEPEST = 3
"""How deep parts of parts are looked for."""
MOST_PARTS = 24


def copied(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``copy.deepcopy(x)``: a model becomes another one, which starts as the first."""
    value = args[0] if args else next(iter(keywords.values()), NOTHING)
    if not value.models():
        return value
    return value.but(things=tuple(_copy(frame, thing, place) if isinstance(thing, Api | Obj) else thing for thing in value.things))


def _copy(frame: Frame, thing: Api | Obj, place: Place) -> Api | Obj:
    made = tuple(_copy_of(frame, model, place) for model in thing.models)
    for model, copy in zip(thing.models, made, strict=True):
        _tell(frame, model, copy, place, renewed=_has_learned(frame, model))
    return thing._replace(models=made)


def _copy_of(frame: Frame, model: ModelRef, place: Place) -> ModelRef:
    first = model.key[0] if model.kind == COPY else model
    return ModelRef(COPY, (first, place.path, place.line, frame.at, *frame.chain[-1:]), model.label, model.role)


def happened(frame: Frame, value: Abs, place: Place) -> None:
    """A copy in a loop may be asked for before its time comes; now it has, and the model may have learned in between."""
    for model in value.models() if value.things else ():
        if model.kind == COPY and model.key[1:3] == (place.path, place.line):
            source = model.key[0]
            if isinstance(source, ModelRef) and _has_learned(frame, source):
                _tell(frame, source, model, place, renewed=True)


def _has_learned(frame: Frame, *models: ModelRef) -> bool:
    return any(frame.run.look(frame.run.updated, model) for model in models)


def weights(value: Abs, models: Iterable[ModelRef], place: Place) -> Abs:
    """The value as the weights of these models: what is computed of it is made of them."""
    made = tuple(Flow(Weights(model), (), (place,)) for model in models)
    return value.but(flows=merge_flows(value.flows, made)) if made else value


def changed(frame: Frame, receiver: Abs, name: str, args: Args, keywords: Keywords, place: Place) -> None:
    """A method that changes the weights of its receiver by what it is given."""
    if name in _BLENDS or name in _STORES:
        _set(frame, receiver, [*args, *keywords.values()], place, name in _BLENDS)
    elif name.startswith("_foreach_") and name.endswith("_") and args:
        blend(frame, args[0], [*args[1:], *keywords.values()], place)


def blend(frame: Frame, target: Abs, given: list[Abs], place: Place) -> None:
    """A function that moves the weights of one model towards another's."""
    _set(frame, target, given, place, True)


def stored(frame: Frame, base: Abs, name: str, new: Abs, place: Place) -> None:
    """``weight.data = new``."""
    if name == "data" and new.flows:
        _set(frame, base, [new], place, False)


def _set(frame: Frame, base: Abs, given: list[Abs], place: Place, blends: bool) -> None:
    targets = _of(base)[:MOST]
    sources = tuple(dict.fromkeys(m for value in given for m in _of(value))) if targets else ()
    for target in targets:
        for source in [s for s in sources if s != target][:MOST]:
            _tell(frame, source, target, place, blends or target in sources or _has_learned(frame, source, target))


def follow(frame: Frame, sources: tuple[ModelRef, ...], average: ModelRef, place: Place) -> None:
    """An average of a library, made for the models that it follows."""
    for source in sources[:MOST]:
        _tell(frame, source, average, place, renewed=True)


def _of(value: Abs) -> tuple[ModelRef, ...]:
    """The models whose weights a value is, or is computed of."""
    made = (flow.origin.model for flow in everything(value) if isinstance(flow.origin, Weights))
    return tuple(dict.fromkeys((*all_models(value), *made)))


def _tell(frame: Frame, source: ModelRef, target: ModelRef, place: Place, renewed: bool) -> None:
    frame.run.put(frame.run.copied, target, True)
    frame.run.engine.tell_descent(frame, source, target, place, FOLLOWS if renewed else COPY)
    part = frame.run.look(frame.run.parts, source) if renewed else None
    if part is not None and part[0] != target:
        frame.run.engine.tell_descent(frame, part[0], target, place, FOLLOWS)


def parts_of(frame: Frame, models: tuple[ModelRef, ...]) -> tuple[ModelRef, ...]:
    """The networks that these models make for themselves, and what those make: one optimizer updates them together. Copies are not
    meant to learn, and what is made or loaded elsewhere may have other owners."""
    found = dict.fromkeys(models)
    frame.run.recall.unsettled()
    for _ in range(DEEPEST):
        for part, (whole, own) in frame.run.parts.items():
            if own and whole in found and part.role == "model" and part not in frame.run.copied:
                found[part] = None
    return tuple(found)[len(models) :][:MOST_PARTS]


def keeps(frame: Frame, whole: Obj, value: Abs) -> None:
    """``self.encoder = net`` in a model: the network is a part of it."""
    for model in whole.models[:1]:
        for part in value.models()[:MOST]:
            if part != model and frame.run.look(frame.run.parts, part) is None:
                frame.run.put(frame.run.parts, part, (model, part.kind == "site" and whole.key in part.key))


def is_taught(frame: Frame, model: ModelRef) -> bool:
    """Whether a model has its weights from another and no optimizer holds it: no gradient reaches it."""
    run = frame.run
    return (model.kind == COPY or bool(run.look(run.copied, model))) and not run.look(run.optimised, model)
