"""Whole programs as command lines: fire and its kin run functions, methods and entries of a dict with the words of a unit.

Comes in: what is handed to the runner. Goes out: the result of what the words choose, each parameter given by position or by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.link import names
from coupling.link.commands import as_command, parameters
from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, Abs, Args, Class, Func, Keywords, Obj, Place, union
from coupling.link.words import canonical

if TYPE_CHECKING:
    from coupling.link.frames import Frame

Words = tuple[Abs, ...]


def _fire(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``fire.Fire(component)`` takes each parameter by position or by name."""
    return _component(frame, args[0] if args else keywords.get("component", NOTHING), place, True)


def _run(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``typer.run(main)``, ``defopt.run(f)``: what has a default is an option."""
    return _component(frame, args[0] if args else keywords.get("main", NOTHING), place, False)


def _component(frame: Frame, target: Abs, place: Place, loose: bool) -> Abs:
    argv = frame.run.argv
    whole = names.full(frame, target)
    entries = {canonical(k): v for k, v in whole.items.items()}
    if not whole.things and not entries:
        return _any_function(frame, place, loose)
    if argv and (chosen := entries.get(canonical(argv[0].literal or ""))) is not None:
        return union(_thing(frame, t, argv[1:], place, loose) for t in chosen.things)
    things = (*whole.things, *(t for v in entries.values() for t in v.things))
    return union(_thing(frame, thing, argv, place, loose) for thing in things)


def _thing(frame: Frame, thing: object, argv: Words | None, place: Place, loose: bool) -> Abs:
    if isinstance(thing, Func):
        return as_command(frame, thing, place, None, argv, loose)
    return _object_command(frame, thing, argv, place) if isinstance(thing, Class | Obj) else NOTHING


def _any_function(frame: Frame, place: Place, loose: bool) -> Abs:
    """``fire.Fire()``: the first word names a function of the module; without a word each is possible."""
    argv, module = frame.run.argv, frame.module
    wanted = canonical(argv[0].literal or "") if argv else ""
    found = [
        Func(module.file.path, n, module, name=s.name)
        for n, s in enumerate(module.file.scopes)
        if s.kind == "function" and s.parent == 0 and wanted in ("", s.name)
    ]
    return union(_thing(frame, func, argv[1:] if argv else argv, place, loose) for func in found)


def _object_command(frame: Frame, thing: Class | Obj, argv: Words | None, place: Place) -> Abs:
    """Words before a method's name are the constructor's, those behind it the method's; options may stand anywhere."""
    from coupling.link import calls, members

    cls = thing.cls if isinstance(thing, Obj) else thing
    words = argv or ()
    at = next((n for n, w in enumerate(words) if _is_method(frame, cls, canonical(w.literal or ""))), len(words))
    receiver = Abs(things=(thing,)) if isinstance(thing, Obj) else calls.construct(frame, cls, [], _given(frame, cls, words, at), place)
    if at == len(words):
        return receiver
    found = members.get_attribute(frame, receiver, canonical(words[at].literal or ""), place)
    return union(as_command(frame, t, place, None, words[at + 1 :], True) for t in found.things if isinstance(t, Func))


def _is_method(frame: Frame, cls: Class, name: str) -> bool:
    from coupling.link import members

    found = members.class_member(frame.run, cls, name) if name and not name.startswith("_") else None
    return found is not None and any(isinstance(t, Func) for t in found[0].things)


def _given(frame: Frame, cls: Class, words: Words, at: int) -> Keywords:
    """What the words give to the constructor of a class."""
    from coupling.link import members

    found = members.class_member(frame.run, cls, "__init__")
    functions = [t for t in found[0].things if isinstance(t, Func)] if found is not None else []
    flagged = next((n for n in range(at + 1, len(words)) if (words[n].literal or "").startswith("-")), len(words))
    argv = (*words[:at], *words[flagged:])
    place = Place(cls.file, 0)
    given = parameters(frame, functions[0]._replace(receiver=Abs(things=(cls,))), place, None, argv, True) if functions and argv else {}
    return {k: v for k, v in given.items() if v}


FUNCTIONS: dict[str, Handler] = {
    "fire.Fire": _fire,
    "typer.run": _run,
    "defopt.run": _run,
    "plac.call": _run,
    "jsonargparse.CLI": _run,
}
"""By API path."""
