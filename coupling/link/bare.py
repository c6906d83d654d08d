"""Classes that only look like models: a subclass of a library's module that holds nothing to learn, such as a loss written by hand.

Comes in: an instance of a project's class whose library base carries a rule tagged ``bare`` (the base by itself has no weights).
Goes out: whether anything that its constructor kept may have weights. Asking such an instance runs its ``forward``: what comes
out is made of what goes in, and no model stands between.
"""

from __future__ import annotations

from coupling.core.template import Hole
from coupling.link import members, objects
from coupling.link.frames import Frame
from coupling.link.values import Abs, Api, Class, Func, Obj

_WEIGHTLESS = ("torch.pseudo.nn.Loss", "torch.nn.functional", "builtins.", "None", "math.", "numpy.", "typing.")
"""What a module may keep and still have nothing to learn."""
DEEPEST = 3


def body(frame: Frame, obj: Obj, depth: int = 0) -> tuple[Abs, Class] | None:
    """The ``forward`` of an instance that learns nothing; None for everything else."""
    found = members.class_member(frame.run, obj.cls, "forward")
    if found is None or not _has_bare_base(frame, obj):
        return None
    kept = objects.attributes(frame, Abs(things=(obj,))).values()
    return None if any(_may_learn(frame, value, depth) for value in kept) else found


def _has_bare_base(frame: Frame, obj: Obj) -> bool:
    """Whether its only library base is one that has no weights of its own."""
    run = frame.run
    rules = [rule for path in members.api_bases(run, obj.cls) if (rule := run.engine.rules.find(path)) is not None and rule.creates]
    return bool(rules) and all("bare" in rule.tags for rule in rules)


def _may_learn(frame: Frame, value: Abs, depth: int) -> bool:
    """Whether weights may lie in what is kept: numbers, texts, plain functions and losses have none; what is unknown may."""
    if value.texts:
        return any(isinstance(part, Hole) for template in value.texts for part in template)
    parts = [*value.items.values(), *((value.elem,) if value.elem is not None else ())]
    if any(_may_learn(frame, part, depth) for part in parts):
        return True
    return any(_is_learner(frame, thing, depth) for thing in value.things) or not (value.things or parts or value.soft)


def _is_learner(frame: Frame, thing: object, depth: int) -> bool:
    if isinstance(thing, Api):
        return bool(thing.models) or not thing.path.startswith(_WEIGHTLESS)
    if isinstance(thing, Obj):
        return bool(thing.models) and (depth >= DEEPEST or body(frame, thing, depth + 1) is None)
    return not isinstance(thing, Func | Class)
