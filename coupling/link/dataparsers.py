"""Command lines that a class declares: each field is an option, the parsed value an object of the class.

Comes in: classes given to HfArgumentParser, simple-parsing, tyro and their kin, and the unit's words. Goes out: instances.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.link import names
from coupling.link.argparsers import parser_keys
from coupling.link.commands import as_command
from coupling.link.fields import field_default
from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, Abs, Api, Args, Class, Func, Keywords, Place, text, union
from coupling.link.words import bind_specs

if TYPE_CHECKING:
    from coupling.link.frames import Frame


def _dataclass_parser(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    key = ("dataclasses", place, frame.chain[-2:])
    given = args[0] if args else keywords.get("dataclass_types", NOTHING)
    frame.run.store((*key, "classes"), given if given.items else Abs(items={"0": given}))
    return Abs(things=(Api("transformers.HfArgumentParser", key=key),))


def _into_dataclasses(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    out: dict[str, Abs] = {}
    for key in parser_keys(receiver):
        for number, cls in frame.run.load((*key, "classes")).items.items():
            out[number] = union(dataclass_of(frame, t, place) for t in cls.things if isinstance(t, Class)) or cls
            out[number] = union((out[number], *(Abs(things=(Api(t.path),)) for t in cls.things if isinstance(t, Api) and t.path != "None")))
    return Abs(things=(names.TUPLE,), items=out)


def _one_dataclass(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    target = args[0] if args else NOTHING
    functions = [as_command(frame, t, place) for t in target.things if isinstance(t, Func)]
    return union([*functions, *(dataclass_of(frame, t, place) for t in target.things if isinstance(t, Class))])


def dataclass_of(frame: Frame, cls: Class, place: Place) -> Abs:
    """An instance whose fields come from the command line, else from their defaults."""
    from coupling.link import calls, members

    specs: dict[str, Abs] = {}
    for base in reversed(members.mro(frame.run, cls)):
        if isinstance(base, Class):
            body = members.class_frame(frame.run, base)
            for field in body.scope.params:
                spec = {"flags": text("--" + field.name)}
                if field.default >= 0:
                    spec["default"] = field_default(body, field.default)
                specs[field.name] = Abs(items=spec)
    return calls.construct(frame, cls, [], bind_specs(frame, specs, frame.run.argv, place), place)


FUNCTIONS: dict[str, Handler] = {
    "transformers.HfArgumentParser": _dataclass_parser,
    "trl.TrlParser": _dataclass_parser,
    "transformers.HfArgumentParser.parse_args_into_dataclasses": _into_dataclasses,
    "transformers.HfArgumentParser.parse_args_and_config": _into_dataclasses,
    "transformers.HfArgumentParser.parse_json_file": _into_dataclasses,
    "transformers.HfArgumentParser.parse_yaml_file": _into_dataclasses,
    "transformers.HfArgumentParser.parse_dict": _into_dataclasses,
    "tyro.cli": _one_dataclass,
    "simple_parsing.parse": _one_dataclass,
    "pyrallis.parse": _one_dataclass,
    "draccus.parse": _one_dataclass,
    "datargs.parse": _one_dataclass,
}
"""By API path."""
