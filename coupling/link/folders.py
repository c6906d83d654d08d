"""The folder a unit stands in: ``os.chdir``, and contexts that change the folder for their body.

A context's value carries the folder it was entered from, so that its end leads back. A folder of unknown name is a pattern.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from coupling.core.template import render
from coupling.link.values import NOTHING, ROOT, Abs, Api, Args, Keywords, Obj, Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from coupling.link.frames import Frame

CONTEXT = "contextlib.chdir()"


def change(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``os.chdir(path)``. In a generator that is a context the first counts: what follows ``yield`` leads back."""
    target = args[0] if args else next(iter(keywords.values()), NOTHING)
    if not target.texts or (frame.run.changed is frame and is_context(frame)):
        return NOTHING
    frame.run.cwd = moved(frame, render(target.texts[0]))
    frame.run.changed = frame
    return NOTHING


def is_context(frame: Frame) -> bool:
    """Whether the frame is one of a generator that ``with`` enters."""
    from coupling.link import members

    return any(members.last_name(frame.file.values, d) in ("contextmanager", "asynccontextmanager") for d in frame.scope.decorators)


def moved(frame: Frame, name: str) -> str:
    """The folder ``name`` seen from where the unit stands, relative to the root; absolute when it is none of the repository's."""
    if name == ROOT or name.startswith(ROOT + "/"):
        path = posixpath.normpath(name[len(ROOT) :].lstrip("/") or ".")
    elif name.startswith(("/", "~")):
        return posixpath.normpath(name)
    else:
        path = posixpath.normpath(posixpath.join(frame.run.cwd or here(frame, name), name))
    return "" if path == "." else path


def here(frame: Frame, name: str) -> str:
    """Where a unit that no command started stands: at the root, or in its own folder for what is only there."""
    own = posixpath.dirname(frame.run.unit.path)
    folders = frame.run.engine.index.folders
    plain = posixpath.normpath(name)
    return own if plain.startswith("..") or (plain not in folders and posixpath.join(own, plain) in folders) else ""


def left(value: Abs, before: str) -> Abs:
    """The value of a context that has changed the folder, which was ``before``."""
    return value.but(things=(*value.things, Api(CONTEXT, key=(before,))))


def _context(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``contextlib.chdir(path)``."""
    before = frame.run.cwd
    change(frame, receiver, args, keywords, place)
    return left(NOTHING, before)


def _enter(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    _call_method(frame, args[0], "__enter__", [], place)
    return NOTHING


def _exit(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    for thing in args[0].things:
        if isinstance(thing, Api) and thing.path == CONTEXT:
            frame.run.cwd = str(thing.key[0])
    _call_method(frame, args[0], "__exit__", [NOTHING, NOTHING, NOTHING], place)
    return NOTHING


def _call_method(frame: Frame, context: Abs, name: str, args: Args, place: Place) -> None:
    from coupling.link import protocols

    for thing in context.things:
        if isinstance(thing, Obj):
            protocols.call(frame, thing, name, args, place)


FUNCTIONS: dict[str, Callable[[Frame, Abs, Args, Keywords, Place], Abs]] = {
    "os.chdir": change,
    "contextlib.chdir": _context,
    "path.Path.cd": change,
    "with.enter": _enter,
    "with.exit": _exit,
}

__all__ = ["FUNCTIONS", "change", "here", "is_context", "left", "moved"]
