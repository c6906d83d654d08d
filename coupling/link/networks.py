"""Networks in memory: the parts of a module, what takes the weights of another, what is restored from a file.

Comes in: networks that become attributes, and weights that are set. Goes out: which network a part or a copy belongs to; the files that are
loaded, told to the journal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.link import bundles, members, objects, protocols
from coupling.link.values import NOTHING, TARGET, Abs, Args, AssetRef, Keywords, ModelRef, Obj, Output, Place, all_models, everything, union

if TYPE_CHECKING:
    from coupling.link.frames import Frame, UnitRun
    from coupling.link.site import Site

HOLDS = "holds"
"""The role of a network that was loaded and is one of a module's attributes: what goes from it to the module stays within the module."""
DEEPEST_PART = 4


def restores(site: Site) -> None:
    """``net.load_state_dict(torch.load(path))``: the network is what the artifact holds; of another network, a copy of that."""
    given = union(site.args_of(site.rule.mutates))
    for model in all_models(site.receiver or NOTHING):
        for loaded in all_models(given):
            if loaded.kind == "site" and loaded.label == model.label:
                site.run.engine.tell_initialise(site, loaded, model, "copy")
                site.run.put(site.run.lagging, model, True)
            elif loaded.kind == "artifact":
                kind, name, cwd = loaded.key[:3]
                site.run.engine.tell_store(site, "loads", model, AssetRef(str(kind), name, str(cwd)), bundles.of(loaded))  # type: ignore[arg-type]


def held(run: UnitRun, module: Obj, value: Abs) -> None:
    """``self.actor = nn.Linear(4, 2)``: a network that a module holds is a part of it."""
    for model in value.models() if module.models else ():
        if model.kind == "artifact":
            run.engine.tell_held(run, model, module.models[0], HOLDS)
        elif model.kind == "site" and model not in module.models:
            run.put(run.wholes, model, module.models[0])
            run.engine.tell_held(run, model, module.models[0])


def targets_inside(frame: Frame, obj: Obj, args: Args, keywords: Keywords, place: Place) -> Abs:
    """What a teacher gave in a loss that a module computes in its own ``forward``: the module is handed the teacher and keeps it."""
    found = members.class_member(frame.run, obj.cls, "forward") if obj.models else None
    if found is None or not _keeps_another(frame, obj):
        return NOTHING
    frame.run.muted += 1
    try:
        inside = protocols.call(frame, obj, "forward", args, place, keywords) or NOTHING
    finally:
        frame.run.muted -= 1
    return Abs(flows=tuple(f for f in everything(inside) if TARGET in f.notes and isinstance(f.origin, Output)))


def _keeps_another(frame: Frame, obj: Obj) -> bool:
    """Whether a network is among its attributes that was loaded, or has learned by itself."""
    kept = {m for value in objects.attributes(frame, Abs(things=(obj,))).values() for m in value.models()}
    return any(m.kind == "artifact" or frame.run.look(frame.run.taught, m) for m in kept.difference(obj.models))


def whole(run: UnitRun, model: ModelRef) -> ModelRef:
    """The module that an optimizer updates as one, or a copy of it, for a part that no optimizer updates by itself."""
    part: object = model
    for _ in range(DEEPEST_PART):
        if isinstance(part, ModelRef) and (run.look(run.optimised, part) or run.look(run.lagging, part)):
            return part
        part = run.look(run.wholes, part)
    return model
