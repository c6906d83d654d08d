"""Copies of an estimator: ``clone(learner)`` and ``deepcopy(learner)`` make another model of the same recipe.

Comes in: the calls that copy, and later what trained which copy. Goes out: a reference for each copy, and which of them are runs of one
recipe (folds, candidates) and which are models of their own, because one is trained on what the other gives. A copy of what has been
trained already is the same model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from coupling.link import teachers
from coupling.link.events import LinkedRepo
from coupling.link.frames import Frame
from coupling.link.handlers import Handler, first
from coupling.link.values import Abs, Api, Args, Flow, Keywords, ModelRef, Output, Place, Thing

ESTIMATOR = "sklearn.base.BaseEstimator"
DEEPEST = 6
"""How far up the bases of a type are looked at."""


class Copy(NamedTuple):
    """What tells a copy from another model that is made at the same line: what it copies."""

    original: ModelRef
    at: object


def _is_estimator(frame: Frame, path: str, depth: int = DEEPEST) -> bool:
    return path == ESTIMATOR or (depth > 0 and any(_is_estimator(frame, base, depth - 1) for base in frame.run.engine.rules.bases(path)))


def _copied(frame: Frame, model: ModelRef, place: Place) -> ModelRef:
    from coupling.link import learning

    if model.kind != "site" or frame.run.look(frame.run.taught, model):
        return model
    path, line, at, *rest = learning.made_at(frame, place)
    return ModelRef("site", (path, line, Copy(_original(model), at), *rest), model.label, model.role)


def _clone(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    value = first(frame, receiver, args, keywords, place)
    if not _holds_estimator(frame, value):
        return value
    return value.but(things=tuple(_thing(frame, thing, place) for thing in value.things))


def _holds_estimator(frame: Frame, value: Abs) -> bool:
    return any(isinstance(thing, Api) and thing.models and _is_estimator(frame, thing.path) for thing in value.things)


def _deepcopy(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """Of an estimator another run of its recipe; of a network another network, which starts with its weights."""
    is_recipe = _holds_estimator(frame, first(frame, receiver, args, keywords, place))
    return (_clone if is_recipe else teachers.copied)(frame, receiver, args, keywords, place)


def _thing(frame: Frame, thing: Thing, place: Place) -> Thing:
    if not isinstance(thing, Api) or not thing.models or not _is_estimator(frame, thing.path):
        return thing
    models = tuple(_copied(frame, model, place) for model in thing.models)
    key = (*thing.key, place) if thing.key and models != thing.models else thing.key
    return thing._replace(models=models, key=key)


FUNCTIONS: dict[str, Handler] = {"sklearn.base.clone": _clone, "copy.deepcopy": _deepcopy, "copy.copy": _clone}


def _original(ref: ModelRef) -> ModelRef:
    given = ref.key[2] if ref.kind == "site" and len(ref.key) > 2 else None
    return given.original if isinstance(given, Copy) else ref


def runs_of_one(refs: Iterable[ModelRef], linked: LinkedRepo, root: Callable[[ModelRef], ModelRef]) -> list[list[ModelRef]]:
    """Copies of one recipe, with the recipe itself: runs of one model, unless one of them learns from what another gives."""
    families: dict[ModelRef, dict[ModelRef, None]] = defaultdict(dict)
    for ref in refs:
        if (original := _original(ref)) != ref:
            families[original].update({original: None, ref: None})
    apart = {_original(train.model) for train in linked.trains for flow in _foreign(train.flows, train.model, root)}
    return [list(family) for original, family in families.items() if original not in apart]


def _foreign(flows: Iterable[tuple[str, Flow]], model: ModelRef, root: Callable[[ModelRef], ModelRef]) -> list[ModelRef]:
    """The other copies of the model's recipe on whose output it is trained."""
    made_by = [flow.origin.model for _, flow in flows if isinstance(flow.origin, Output)]
    return [other for other in made_by if _original(other) == _original(model) and root(other) != root(model)]


__all__ = ["FUNCTIONS", "Copy", "runs_of_one"]
