"""Enumerations of the repository: their members by name, by value and in order, with what their own methods say.

Comes in: a class that extends ``enum``. Goes out: members, each its value with ``.name`` and ``.value``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.template import text_of
from coupling.link.values import NOTHING, Abs, Class, Func, Obj, Place, text, union

if TYPE_CHECKING:
    from coupling.link.frames import Frame, UnitRun

MOST = 64


def is_enum(run: UnitRun, cls: Class) -> bool:
    from coupling.link import members

    return any(path.startswith("enum.") for path in members.api_bases(run, cls))


def member(frame: Frame, cls: Class, name: str, value: Abs) -> Abs:
    """``Kind.NAME``: its value, and an object where the class has methods of its own."""
    from coupling.link import members

    known = value.but(items={**value.items, ".value": value, ".name": text(name)})
    if not any(scope.parent == cls.scope and scope.kind == "function" for scope in frame.run.engine.index.files[cls.file].scopes):
        return known
    obj = Obj(cls, ("enum", cls.file, cls.scope, name))
    frame.run.store((*obj.key, "value"), value)
    frame.run.store((*obj.key, "name"), text(name))
    init = members.class_member(frame.run, cls, "__init__")
    for thing in init[0].things if init is not None else ():
        if isinstance(thing, Func):
            given = [v for k, v in value.items.items() if k.isdigit()] or [value]
            bound = thing._replace(receiver=Abs(things=(obj,)))
            frame.run.engine.enter(frame, bound, given, {}, Place(cls.file, 0), owner=init[1] if init is not None else None)
    return known.but(things=(*known.things, obj))


def all_members(frame: Frame, cls: Class) -> list[Abs]:
    """The members in order."""
    from coupling.link import members
    from coupling.link.evaluate import evaluate

    body = members.class_frame(frame.run, cls)
    found = []
    for name, index in body.scope.names[:MOST]:
        value = body.value(index)
        if not name.startswith("_") and value.op not in ("func", "class", "lambda"):
            found.append(member(frame, cls, name, evaluate(body, index)))
    return found


def listed(frame: Frame, value: Abs) -> list[Abs]:
    """The members of the enumerations that a value is, [] when it is none."""
    return [m for t in value.things if isinstance(t, Class) and is_enum(frame.run, t) for m in all_members(frame, t)]


def by_value(frame: Frame, cls: Class, given: Abs) -> Abs:
    """``Kind("train")``: the member with this value; with a value that nobody knows each is possible."""
    known = all_members(frame, cls)
    wanted = {text_of(t) for t in given.texts}
    if wanted and None not in wanted and not given.soft:
        return union(m for m in known if m.items.get(".value", NOTHING).literal in wanted)
    return union(known)


def by_name(frame: Frame, value: Abs, key: Abs) -> Abs | None:
    """``Kind["TRAIN"]``."""
    known = listed(frame, value)
    if not known:
        return None
    wanted = {text_of(t) for t in key.texts}
    named = [m for m in known if m.items.get(".name", NOTHING).literal in wanted]
    return union(named if wanted and None not in wanted else known)
