"""Declared values: fields of dataclasses and their kin, parameters with ``Option(...)`` defaults, annotations that make paths and objects.

Comes in: a declaration of a class body or function. Goes out: its default, or what a given value becomes as its annotation says. It
knows no command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.facts import Param
from coupling.link import names
from coupling.link.annotations import is_path
from coupling.link.values import NOTHING, Abs, Api, Class, Obj, Place

if TYPE_CHECKING:
    from coupling.link.frames import Frame

FIELDS = (
    "dataclasses.field",
    "pydantic.Field",
    "attr.ib",
    "attrs.field",
    "attr.attrib",
    "typer.Option",
    "typer.Argument",
    "fastapi.Query",
    "fastapi.Body",
    "fastapi.Form",
    "fastapi.Depends",
    "simple_parsing.field",
    "tyro.conf.arg",
    "pydantic_settings.Field",
    "fastapi.File",
    "fastapi.Path",
    "fastapi.Header",
    "transformers.HfArg",
)


def declared(body: Frame) -> list[Param]:
    """The fields of a class body: annotated names, and names that ``attr.ib()`` declares without annotation."""
    from coupling.link.evaluate import evaluate

    known = {p.name for p in body.scope.params}
    found = list(body.scope.params)
    for name, index in body.scope.names:
        value = body.value(index)
        if name not in known and value.op == "call" and body.value(value.parts[0]).op in ("attr", "import"):
            paths = [t.path for t in evaluate(body, value.parts[0]).things if isinstance(t, Api)]
            if any(p in ("attr.ib", "attr.attrib", "attrs.field", "attr.field") for p in paths):
                found.append(Param(name, index, "positional", index))
    return found


def field_default(around: Frame, index: int) -> Abs:
    """A default value; ``field(default=...)`` and ``Option(...)`` give what they hold, softly."""
    from coupling.link import calls
    from coupling.link.evaluate import evaluate

    value = around.value(index)
    if value.op == "call":
        callee = evaluate(around, value.parts[0])
        if any(
            isinstance(t, Api) and (t.path in FIELDS or t.path.rpartition(".")[2] in ("Field", "field", "Option", "Argument"))
            for t in callee.things
        ):
            args, keywords = calls.arguments(around, value)
            if (factory := keywords.get("default_factory")) is not None:
                return calls.call_value(around, factory, [], {}, around.place(index))
            found = keywords.get("default") or (args[0] if args else NOTHING)
            return found.but(soft=True) if found.texts else found
    return evaluate(around, index)


def typed(body: Frame, field: Param, given: Abs, owner: Obj) -> Abs:
    """A dict given for a field whose annotation is a class of the repository is an object of that class."""
    from coupling.link import calls
    from coupling.link.evaluate import evaluate

    if field.annotation < 0 or any(isinstance(t, Obj) for t in given.things):
        return given
    if given.texts and not given.things:
        return as_annotated(body, field, given)
    if not given.items:
        return given
    for thing in evaluate(body, field.annotation).things:
        if isinstance(thing, Class):
            fields = {k: v for k, v in given.items.items() if not k.startswith(".")}
            place = next((k for k in owner.key if isinstance(k, Place)), Place(body.file.path, 0))
            return calls.construct(body, thing, [], fields, place)
    return given


def as_annotated(around: Frame, param: Param, given: Abs) -> Abs:
    """A text given for a parameter that is annotated as a path is a path."""
    if param.annotation < 0 or not given.texts or names.is_path(given):
        return given
    known = around.run.engine.path_annotations
    key = (around.file.path, param.annotation)
    if key not in known:
        known[key] = is_path(around, param.annotation)
    return given.but(things=(names.PATH, *given.things)) if known[key] else given
