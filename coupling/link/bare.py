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

_WEIGHTLESS = ("torch.pseudo.nn.Loss", "torch.nn.functional", "torch.Tensor", "builtins.", "None", "math.", "numpy.", "typing.")
"""What a module may keep and still have nothing to learn."""
DEEPEST = 3


def body(frame: Frame, obj: Obj, depth: int = 0) -> tuple[Abs, Class] | None:
    """The ``forward`` of an instance that learns nothing; None for everything else."""
    if not obj.models or not is_weightless(frame, obj, depth):
        return None
    return members.class_member(frame.run, obj.cls, "forward")


def is_weightless(frame: Frame, obj: Obj, depth: int = 0) -> bool:
    known = frame.run.weightless
    if obj.key not in known:
        known[obj.key] = False  # while it is being found out
        known[obj.key] = _has_bare_base(frame, obj) and _keeps_nothing(frame, obj, depth)
    return known[obj.key]


def _keeps_nothing(frame: Frame, obj: Obj, depth: int) -> bool:
    kept = objects.attributes(frame, Abs(things=(obj,)))
    return not any(_may_learn(frame, value, depth, _is_called(frame, obj.cls.file, name)) for name, value in kept.items())


def _is_called(frame: Frame, path: str, name: str) -> bool:
    """Whether code of the file calls an attribute of this name, or one of its own: only then can what is unknown be a network."""
    cache, key = frame.run.engine.class_bases, f"called:{path}"
    if key not in cache:
        values = frame.run.engine.index.files[path].values
        callees = [values[value.parts[0]] for value in values if value.op == "call" and value.parts]
        owners = [values[callee.parts[0]] for callee in callees if callee.op == "attr" and callee.parts]
        cache[key] = sorted({each.text for each in (*callees, *owners) if each.op == "attr"})
    return name in cache[key]


def _has_bare_base(frame: Frame, obj: Obj) -> bool:
    """Whether its only library base is one that has no weights of its own."""
    run = frame.run
    rules = [rule for path in members.api_bases(run, obj.cls) if (rule := run.engine.rules.find(path)) is not None and rule.creates]
    return bool(rules) and all("bare" in rule.tags for rule in rules)


def _may_learn(frame: Frame, value: Abs, depth: int, is_called: bool) -> bool:
    """Whether weights may lie in what is kept: numbers, texts, plain functions and losses have none; what is unknown may, where
    somebody calls it."""
    if value.texts and not value.things:
        return is_called and any(isinstance(part, Hole) for template in value.texts for part in template)
    parts = [*value.items.values(), *((value.elem,) if value.elem is not None else ())]
    if any(_may_learn(frame, part, depth, is_called) for part in parts):
        return True
    return any(_is_learner(frame, thing, depth) for thing in value.things) or (is_called and not (value.things or parts))


def _is_learner(frame: Frame, thing: object, depth: int) -> bool:
    if isinstance(thing, Api):
        return bool(thing.models) or not thing.path.startswith(_WEIGHTLESS)
    if isinstance(thing, Obj):
        return bool(thing.models) and (depth >= DEEPEST or not is_weightless(frame, thing, depth + 1))
    return not isinstance(thing, Func | Class)
