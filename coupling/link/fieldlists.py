"""What a data class says of its own fields: ``dataclasses.fields(x)``, ``x.__dataclass_fields__``.

Comes in: classes of the repository and their objects, and the unit's words. Goes out: fields by name. A class that extends a library's has
fields that nothing here declares: what its object was given, and what the words give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.link import names
from coupling.link.evaluate import evaluate
from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, Abs, Api, Args, Class, Keywords, Obj, Place, text
from coupling.link.words import Words

if TYPE_CHECKING:
    from coupling.core.facts import Param
    from coupling.link.frames import Frame

_PLAIN = ("builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol")


def fields_of(frame: Frame, cls: Class) -> dict[str, tuple[Frame, Param]]:
    """The fields of a class and its bases, each with the frame of the class body that declares it."""
    from coupling.link import members

    found: dict[str, tuple[Frame, Param]] = {}
    for base in reversed(members.mro(frame.run, cls)):
        if isinstance(base, Class):
            body = members.class_frame(frame.run, base)
            found.update((field.name, (body, field)) for field in body.scope.params)
    return found


def extends_library(frame: Frame, cls: Class) -> bool:
    """Whether a class has fields of a library's class: ``class Config(TrainingArguments)``."""
    from coupling.link import members

    return any(path not in _PLAIN for path in members.api_bases(frame.run, cls))


def by_name(frame: Frame, value: Abs) -> dict[str, Abs]:
    """Each field of a data class or of an object, with its type."""
    from coupling.link import objects

    found: dict[str, Abs] = {}
    for thing in value.things:
        cls = thing.cls if isinstance(thing, Obj) else thing
        if not isinstance(cls, Class):
            continue
        found.update((name, _annotated(body, field)) for name, (body, field) in fields_of(frame, cls).items())
        if extends_library(frame, cls):
            given = objects.attributes(frame, Abs(things=(thing,))) if isinstance(thing, Obj) else {}
            words = {name: said[-1] for name, said in Words(frame.run.argv, {}).options.items() if said}
            found.update((name, _kind_of(one)) for name, one in {**given, **words}.items() if name not in found)
    return found


def _annotated(body: Frame, field: Param) -> Abs:
    return evaluate(body, field.annotation) if field.annotation >= 0 else NOTHING


def _kind_of(given: Abs) -> Abs:
    """The type of a field that a library declares: as its value looks."""
    plain = given.literal
    if plain is None:
        return NOTHING
    number = plain.replace(".", "", 1).replace("e-", "", 1).isdigit()
    return Abs(things=(Api("builtins.bool" if plain.lower() in ("true", "false") else "builtins.float" if number else "builtins.str"),))


def _field(name: str, kind: Abs) -> Abs:
    return Abs(items={".name": text(name), ".init": text("True"), ".type": kind})


def _fields(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    found = [_field(name, kind) for name, kind in by_name(frame, args[0]).items()] if args else []
    return Abs(things=(names.TUPLE,), items={str(n): one for n, one in enumerate(found)}) if found else None


def mapping(frame: Frame, value: Abs) -> Abs:
    """``x.__dataclass_fields__``."""
    return Abs(things=(names.DICT,), items={name: _field(name, kind) for name, kind in by_name(frame, value).items()})


FUNCTIONS: dict[str, Handler] = {"dataclasses.fields": _fields, "attr.fields": _fields, "attrs.fields": _fields}
"""By API path."""
