"""Methods of a project's class that a library calls by their names: a data module's loaders, a module's training step, a trainer's loss.

Comes in: a call whose rule lists hooks, and the models that it trains. Goes out: what those methods give, by role. A ``loss``
counts as what the model learns from, without what the model and its own parts put into it.
"""

from __future__ import annotations

from collections.abc import Iterable

from coupling.core.rules import Hook
from coupling.link import names, objects, protocols
from coupling.link.site import Site
from coupling.link.values import KEPT, NOTHING, Abs, Api, Flow, ModelRef, Obj, Output, all_models, everything, step, union

OBJECT = "@object"
"""The heap's name for the instance behind a library object that its constructor made."""

PREDICTION = "prediction"
"""The role of what the model gave before the hook is called: what is asked in there beside it, and was not made for it, is no part."""

Roles = dict[str, Abs]


def run(site: Site, models: tuple[ModelRef, ...], known: Roles) -> tuple[tuple[str, Flow], ...]:
    """What the hooks of a training call say that the models learn from, as (role, flow)."""
    asked = Abs(flows=tuple(Flow(Output(model), (), (site.place,)) for model in models))
    roles = {**known, "model": Abs(things=(Api("", (), models),)), PREDICTION: asked}
    for hook in site.rule.hooks:
        for obj in _instances(site, hook):
            given = [_handed(site, word, roles) for word in hook.given]
            result = protocols.call(site.frame, obj, hook.method, given, site.place)
            if result is not None and hook.role == "loss":
                parts = _parts(site, obj)
                if PREDICTION in hook.given:
                    parts = tuple(m for m in parts if m.kind == "site" and not site.run.look(site.run.taught, m))
                _join(site, obj, parts)
                result = _target(site, result, (*models, *parts))
            if result is not None and hook.role:
                roles[hook.role] = union((roles.get(hook.role, NOTHING), result))
    return tuple(_told(site, roles, known))


def _told(site: Site, roles: Roles, known: Roles) -> Iterable[tuple[str, Flow]]:
    for role in ("data", "evaluation", "loss"):
        if role in roles and roles[role] is not known.get(role):
            found = protocols.spread(site.frame, roles[role], site.place)
            yield from (("labels" if role == "loss" else role, f) for f in step(everything(names.full(site.frame, found)), site.place))


def _instances(site: Site, hook: Hook) -> list[Obj]:
    """The instances in an argument, and those behind the library objects in it."""
    found: dict[Obj, None] = {}
    for thing in site.arg(hook.object).things:
        key = thing.key if isinstance(thing, Api) else ()
        behind = site.run.load((*key, OBJECT)).things if key else (thing,)
        found.update((t, None) for t in behind if isinstance(t, Obj))
    return list(found)


def _handed(site: Site, word: str, roles: Roles) -> Abs:
    """What a hook gets for a role: the model itself, or one element of the data."""
    value = roles.get(word, NOTHING)
    if word in ("model", PREDICTION) or not value:
        return value
    return names.element(site.frame, protocols.spread(site.frame, value, site.place), site.place)


def _target(site: Site, loss: Abs, own: tuple[ModelRef, ...]) -> Abs:
    """What stands in a loss beside the outputs of what is trained by it."""
    outputs = {Output(m) for m in own}
    flows = tuple(f for f in everything(names.full(site.frame, loss)) if f.origin not in outputs or KEPT in f.notes)
    return Abs(flows=flows)


def _join(site: Site, obj: Obj, parts: tuple[ModelRef, ...]) -> None:
    """Networks that code made for the instance and that nothing else trained are one model with it."""
    for part in parts:
        if obj.models and part.kind == "site" and part not in obj.models and not site.run.look(site.run.taught, part):
            site.run.engine.tell_initialise(site, obj.models[0], part, "joint")


def _parts(site: Site, obj: Obj) -> tuple[ModelRef, ...]:
    """The models that the instance is made of and that its training changes: those that an optimizer holds, where one is known. What
    a trainer keeps beside the model, such as a teacher, is no part."""
    if not obj.models:
        return ()
    kept = objects.attributes(site.frame, Abs(things=(obj,))).values()
    parts = tuple(m for value in kept for m in all_models(value))
    updated = tuple(m for m in parts if site.run.look(site.run.optimised, m))
    whole = any(site.run.look(site.run.optimised, m) for m in obj.models)
    return updated if updated and not whole else parts
