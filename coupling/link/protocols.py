"""What Python gets out of an instance of a project's class: its elements, by the methods that the language calls.

Comes in: values that hold instances, where a loop, an unpacking or a library goes over them. Goes out: one element, made by
``__iter__`` (and ``__next__`` of what that returns) or else ``__getitem__``.
https://docs.python.org/3/reference/datamodel.html#emulating-container-types
"""

from __future__ import annotations

from coupling.link import members, names
from coupling.link.frames import Frame
from coupling.link.values import NOTHING, Abs, Args, Func, Keywords, Obj, Place, union


def element(frame: Frame, value: Abs, place: Place) -> Abs:
    """One element of the instances in a value; NOTHING where none of their classes can be gone over."""
    return union(_of(frame, thing, place) for thing in value.things if isinstance(thing, Obj))


def spread(frame: Frame, value: Abs, place: Place) -> Abs:
    """The value, and with it one element of the instances that it or its parts are: what a library gets by going over it."""
    held = [value, *value.items.values(), *((value.elem,) if value.elem is not None else ())]
    found = union(element(frame, names.full(frame, each), place) for each in held if any(isinstance(t, Obj) for t in each.things))
    return value.but(elem=union((value.elem or NOTHING, found))) if found else value


def call(frame: Frame, obj: Obj, name: str, args: Args, place: Place, keywords: Keywords | None = None) -> Abs | None:
    """What a method of the instance returns; None when its class and its bases in the repository have none of that name."""
    found = members.class_member(frame.run, obj.cls, name)
    receiver = Abs(things=(obj,))
    funcs = [t for t in found[0].things if isinstance(t, Func)] if found is not None else []
    if found is None or not funcs:
        return None
    enter = frame.run.engine.enter
    return union(enter(frame, f._replace(receiver=receiver), args, keywords or {}, place, owner=found[1]) for f in funcs)


def _of(frame: Frame, obj: Obj, place: Place) -> Abs:
    iterator = call(frame, obj, "__iter__", [], place)
    if iterator is not None:
        following = [call(frame, t, "__next__", [], place) for t in iterator.things if isinstance(t, Obj)]
        rest = iterator.but(things=tuple(t for t in iterator.things if not isinstance(t, Obj)))
        return union((*(f for f in following if f is not None), *((names.element(frame, rest, place),) if rest else ())))
    return call(frame, obj, "__getitem__", [NOTHING], place) or NOTHING
