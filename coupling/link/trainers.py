"""Classes of the repository that extend a library's trainer: ``class Distiller(Trainer)``.

Comes in: such an object when its constructor reaches the library's, and calls of what it inherits. Goes out: the library's own part of the
object, which holds the model and the data, and what the methods that the library calls back learn from: ``compute_loss`` overridden.
It knows no library: rules say what makes a trainer (``creates: trainer``) and what is called back (``calls``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.rules import Callback, Choice, Rule
from coupling.link import knobs, members
from coupling.link.site import Site
from coupling.link.values import KEPT, NOTHING, Abs, Api, Args, Flow, Func, Keywords, ModelRef, Obj, Output, Place, everything, union

if TYPE_CHECKING:
    from coupling.link.frames import Frame

_PART = "@trainer"
_OWNER = "@self"


def begin(frame: Frame, obj: Obj, rule: Rule, args: Args, keywords: Keywords, place: Place, path: str) -> None:
    """The constructor of the library's class is called for ``obj``: what it makes is the object's own part."""
    from coupling.link import apply

    made = apply.apply(frame, rule, None, args, keywords, place, path, -1)
    frame.run.store((*obj.key, _PART), made)
    for thing in made.things:
        if isinstance(thing, Api) and thing.key:
            frame.run.store((*thing.key, _OWNER), Abs(things=(obj,)))


def part(frame: Frame, obj: Obj) -> Abs:
    """The library's part of an object, NOTHING when it is no trainer."""
    return frame.run.load((*obj.key, _PART)) if obj.key else NOTHING


def called_back(site: Site, models: tuple[ModelRef, ...]) -> None:
    """Training calls methods that a class overrides; what they give is what the models learn from."""
    for callback in site.rule.calls:
        name = _named(callback.function)
        trainers = [t for t in (site.receiver or NOTHING).things if isinstance(t, Api) and t.key] if name else []
        for trainer in trainers:
            for owner in site.run.load((*trainer.key, _OWNER)).things:
                if isinstance(owner, Obj):
                    _learn(site, models, _loss(site, owner, name, callback, trainer))


def _named(function: Choice) -> str:
    special = function[0].special if function else ""
    return special[1:-1] if special.startswith("'") else ""


def _loss(site: Site, owner: Obj, name: str, callback: Callback, trainer: Api) -> Abs:
    found = members.class_member(site.run, owner.cls, name)
    if found is None:
        return NOTHING
    given = [_given(site, choice, trainer) for choice in callback.given]
    bound = [t._replace(receiver=Abs(things=(owner,))) for t in found[0].things if isinstance(t, Func)]
    return union(site.run.engine.enter(site.frame, f, given, {}, site.place, owner=found[1]) for f in bound)


def _given(site: Site, choice: Choice, trainer: Api) -> Abs:
    """``model`` is the trainer's model, any other word what it keeps in that role: ``data``."""
    word = choice[0].keyword if choice else ""
    if word == "model":
        rule = site.run.engine.rules.method(trainer.path, "model")
        return Abs(things=(Api(rule.returns if rule is not None else "", (), trainer.models),))
    return site.run.load((*trainer.key, "role", word))


def _learn(site: Site, models: tuple[ModelRef, ...], loss: Abs) -> None:
    outputs = tuple(f for f in everything(loss) if isinstance(f.origin, Output))
    for model in models:
        others = tuple(("labels", f) for f in outputs if _teaches(f, models))
        if others:
            site.run.engine.tell_train(site, model, knobs.without(others, site.place), site.certainty, ("gradient",))


def _teaches(flow: Flow, models: tuple[ModelRef, ...]) -> bool:
    """What a model gives itself is what it is trained through, unless it was drawn."""
    return isinstance(flow.origin, Output) and (flow.origin.model not in models or KEPT in flow.notes)
