"""What an expression is rooted in: the name or parameter that holds the object which it reaches.

Comes in: a value of a frame. Goes out: the scope and name it starts from, and whether other scopes hold the object too. It evaluates
nothing.
"""

from __future__ import annotations

from coupling.link.frames import Frame
from coupling.link.values import Abs, Api, kept


def root_name(frame: Frame, index: int) -> tuple[object, ...]:
    """What an expression is rooted in, for telling one object of unknown type from another: its scope and name."""
    trail: list[str] = []
    while index >= 0:
        value = frame.value(index)
        if value.op in ("after", "update", "setattr", "loop", "item", "enter", "when"):
            index = value.parts[0]
        elif value.op == "attr":
            trail.append(value.text)
            index = value.parts[0]
        elif value.op in ("choose", "join"):
            index = value.parts[-1]
        elif value.op in ("param", "free", "import"):
            owner = frame.owner if value.text in ("self", "cls") and frame.owner else (frame.file.path, frame.scope_index)
            scope: tuple[object, ...] = owner if value.op == "param" else ("module",)
            return (*scope, ".".join([value.text, *reversed(trail)]))
        else:
            return (index, ".".join(reversed(trail)) or _word(frame, index))
    return ()


def _word(frame: Frame, index: int, depth: int = 6) -> str:
    """What people would call an object without a name: what makes it (``Blender()``), or the collection that it comes from."""
    value = frame.value(index)
    if value.op in ("attr", "free", "import", "param"):
        return value.text.rpartition(".")[2]
    if depth == 0 or not value.parts or value.parts[0] < 0:
        return value.text or value.op
    if value.op == "iter":
        return f"one of {_word(frame, value.parts[0], depth - 1)}"
    return _word(frame, value.parts[0], depth - 1)


def outer_name(frame: Frame, index: int) -> str:
    """The name of the module that a function stores into: ``frame["column"] = x`` without binding ``frame``."""
    while frame.value(index).op in ("after", "update", "loop", "setattr"):
        index = frame.value(index).parts[0]
    value = frame.value(index)
    inner = value.op == "free" and frame.scope.kind != "module"
    return value.text if inner and any(name == value.text for name, _ in frame.module.scope.names) else ""


def start(frame: Frame, index: int) -> int:
    """Where a name got the object that it holds, before what loops and branches do to that object."""
    while True:
        value = frame.value(index)
        if value.op in ("after", "update", "loop", "setattr", "when"):
            index = value.parts[0]
        elif value.op == "choose":
            index = value.parts[-1]
        else:
            return index


def imported(frame: Frame, index: int) -> int:
    """The import that a name still is after a loop which calls it and does not assign it, else -1."""
    value = frame.value(index)
    first = start(frame, value.parts[0])
    same = frame.value(first).op == "import" and start(frame, value.parts[1]) == first
    return first if same else -1


def is_module(value: Abs) -> bool:
    """Whether a value is a library's module (``pd``): no call changes it, so that nobody need ask with what it was called."""
    thing = value.things[0] if len(value.things) == 1 else None
    return isinstance(thing, Api) and thing[1:] == ((), (), "", ()) and thing.path.isidentifier() and not value.flows and not value.items


def is_foreign(frame: Frame, index: int) -> bool:
    """Whether an expression reaches an object that other scopes hold too: a parameter, an attribute, an outer name."""
    while index >= 0:
        value = frame.value(index)
        if value.op in ("after", "update", "loop", "setattr"):
            index = value.parts[0]
        else:
            return value.op in ("param", "attr", "free", "item", "iter", "call", "choose", "join")
    return False


def is_element(frame: Frame, index: int) -> bool:
    """Whether an expression is an element of a collection: ``for tree in (first, second)``."""
    while index >= 0 and frame.value(index).op in ("after", "update", "setattr", "when"):
        index = frame.value(index).parts[0]
    return index >= 0 and frame.value(index).op == "iter"


def as_kept(frame: Frame, index: int, value: Abs) -> Abs:
    """What a container gets: kept for a later round, unless the call that runs has made the container for itself."""
    return kept(value) if outlives_call(frame, index) else value


def outlives_call(frame: Frame, index: int) -> bool:
    """Whether what an expression reaches is there before and after this call of a function: what the call makes itself, and what lies in
    that, is made anew each time."""
    while frame.scope.kind != "module" and index >= 0:
        value = frame.value(index)
        if value.op in ("after", "update", "loop", "setattr", "item", "iter"):
            index = value.parts[0]
        else:
            return value.op not in ("list", "tuple", "dict", "set", "comp", "dictcomp", "concat")
    return True
