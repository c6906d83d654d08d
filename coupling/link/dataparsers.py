"""Command lines that a class declares: each field is an option, the parsed value an object of the class.

Comes in: classes given to HfArgumentParser, simple-parsing, tyro and their kin, and the unit's words. Goes out: instances, with what a
settings file or a default object says where the words say nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from zlib import crc32

from coupling.link import argparsers, names, settings
from coupling.link.argparsers import parser_keys
from coupling.link.commands import as_command
from coupling.link.fieldlists import extends_library, fields_of
from coupling.link.fields import field_default
from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, Abs, Api, Args, AssetRef, Class, Func, Keywords, Place, text, union
from coupling.link.words import Words, bind_specs, canonical

if TYPE_CHECKING:
    from coupling.core.facts import Param
    from coupling.link.frames import Frame

DEEPEST = 4


def _dataclass_parser(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """A parser, or what a project's own class of parsers is beneath: then the object keeps the classes, under the library's name too."""
    own = parser_keys(receiver)
    key = own[0] if own else ("dataclasses", place, frame.chain[-2:])
    given = args[0] if args else keywords.get("dataclass_types", NOTHING)
    classes = given if given.items else Abs(things=(names.LIST,), items={"0": given})
    frame.run.store((*key, "classes"), classes)
    frame.run.store((*key, "dataclass_types") if own else ("attribute", key, "dataclass_types"), classes)
    return Abs(things=(Api("transformers.HfArgumentParser", key=key),))


def _into_dataclasses(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """One object for each class; a class of a library gets the words that no other declares."""
    argv = frame.run.argv
    given = args[0] if args and not args[0].is_none else keywords.get("args", NOTHING)
    if given.items:
        argv = tuple(v for k, v in given.items.items() if k.isdigit())
    said = _file_of_words(frame, argv)
    return _objects(frame, receiver, place, lambda cls: dataclass_of(frame, cls, place, argv, said), argv)


def _classes(frame: Frame, key: tuple[object, ...]) -> list[Class]:
    return [t for cls in frame.run.load((*key, "classes")).items.values() for t in cls.things if isinstance(t, Class)]


def _from_settings(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``parse_json_file``, ``parse_yaml_file``, ``parse_dict``: the entries of a file or a dict are the fields."""
    given = args[0] if args else next(iter(keywords.values()), NOTHING)
    said = given if given.items else _content(frame, given)
    declared = {n for key in parser_keys(receiver) for t in _classes(frame, key) for n in fields_of(frame, t)}
    return _objects(frame, receiver, place, lambda cls: settings.made(frame, cls, _own_fields(frame, cls, said, declared), place), None)


def _objects(frame: Frame, receiver: Abs, place: Place, make: Callable[[Class], Abs], argv: tuple[Abs, ...] | None) -> Abs:
    out: dict[str, Abs] = {}
    for key in parser_keys(receiver):
        classes = frame.run.load((*key, "classes")).items
        declared = {n for t in _classes(frame, key) for n in fields_of(frame, t)}
        for number, cls in classes.items():
            own = union(make(t) for t in cls.things if isinstance(t, Class)) or cls
            libraries = [_of_library(frame, t, _undeclared(argv, declared), place) for t in cls.things if isinstance(t, Api)]
            out[number] = union((own, *libraries))
    return Abs(things=(names.TUPLE,), items=out)


def _of_library(frame: Frame, thing: Api, given: dict[str, Abs], place: Place) -> Abs:
    """``TrainingArguments`` made of the command line: a call with what the words give, whose fields can be read."""
    from coupling.link import calls

    if thing.path == "None":
        return NOTHING
    made = calls.call_api(frame, thing, Abs(things=(thing,)), [], given, place)
    return union((made, Abs(things=(Api(thing.path),), items={f".{name}": value for name, value in given.items()})))


def _undeclared(argv: tuple[Abs, ...] | None, declared: set[str]) -> dict[str, Abs]:
    """Options of the command line that no class of the repository declares."""
    options = Words(argv, {}).options
    return {name: values[-1] for name, values in options.items() if values and name not in declared}


def _one_dataclass(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``simple_parsing.parse(Config)``, ``tyro.cli(main)``: an object of the class, or the function's result."""
    target = args[0] if args else keywords.get("config_class", keywords.get("f", NOTHING))
    argv = frame.run.argv
    functions = [as_command(frame, t, place, None, argv) for t in target.things if isinstance(t, Func)]
    said = union((_content(frame, keywords.get("config_path", NOTHING)), _file_of_words(frame, argv)))
    base = keywords.get("default", NOTHING)
    return union([*functions, *(dataclass_of(frame, t, place, argv, said, base) for t in target.things if isinstance(t, Class))])


def dataclass_of(
    frame: Frame, cls: Class, place: Place, argv: tuple[Abs, ...] | None, said: Abs = NOTHING, base: Abs = NOTHING, prefix: str = ""
) -> Abs:
    """An instance whose fields come from the command line, else from a settings file, a default object, or their defaults."""
    from coupling.link import calls

    specs: dict[str, Abs] = {}
    nested: dict[str, Abs] = {}
    for name, (body, field) in fields_of(frame, cls).items():
        spec = {"flags": Abs(tuple(dict.fromkeys(text(f"--{p}{name}").texts[0] for p in (prefix, ""))))}
        inner = _class_of(body, field) if prefix.count(".") < DEEPEST else None
        if inner is not None and (part := _nested(frame, inner, name, place, argv, said, prefix)):
            nested[name] = part
            continue
        spec["default"] = said.items.get(name) or _of_object(frame, base, name, place) or field_default(body, field.default)
        specs[name] = Abs(items={k: v for k, v in spec.items() if v})
    given = {**bind_specs(frame, specs, argv, place), **nested}
    call, frame.at = frame.at, crc32(prefix.encode()) if prefix else frame.at  # one call makes several objects of a class
    try:
        return calls.construct(frame, cls, [], given, place)
    finally:
        frame.at = call


def _nested(frame: Frame, cls: Class, name: str, place: Place, argv: tuple[Abs, ...] | None, said: Abs, prefix: str) -> Abs:
    """A field that is an object itself, when words or settings say something of it."""
    options = Words(argv, {}).options
    inner = f"{prefix}{name}."
    wanted = {canonical(inner + n) for n in fields_of(frame, cls)} | set(fields_of(frame, cls))
    part = said.items.get(name, NOTHING)
    return dataclass_of(frame, cls, place, argv, part, NOTHING, inner) if part or wanted & options.keys() else NOTHING


def _own_fields(frame: Frame, cls: Class, said: Abs, elsewhere: set[str]) -> Abs:
    """What settings say of a class: of its fields, and for a class of a library's kind of what no other class declares."""
    known = fields_of(frame, cls)
    more = set(said.items) - elsewhere if extends_library(frame, cls) else set()
    return Abs(items={k: v for k, v in said.items.items() if k in known or k in more})


def _class_of(body: Frame, field: Param) -> Class | None:
    from coupling.link.evaluate import evaluate

    things = evaluate(body, field.annotation).things if field.annotation >= 0 else ()
    found = next((t for t in things if isinstance(t, Class)), None)
    return found if found is not None and fields_of(body, found) else None


def _of_object(frame: Frame, base: Abs, name: str, place: Place) -> Abs:
    from coupling.link import members

    return members.get_attribute(frame, base, name, place) if base.things and not base.is_none else NOTHING


def _content(frame: Frame, files: Abs) -> Abs:
    """What settings files hold."""
    found = (frame.run.engine.content(frame, AssetRef("file", t, frame.run.cwd)) for t in files.texts)
    return union(f for f in found if f is not None)


def _file_of_words(frame: Frame, argv: tuple[Abs, ...] | None) -> Abs:
    """``--config_path conf.yaml`` and ``--config conf.yaml`` hold the fields that other words do not give."""
    options = Words(argv, {}).options
    return union(_content(frame, value) for name in ("config_path", "config") for value in options.get(name, ()))


# --- simple-parsing: a parser with classes beside its options ---


def _add_arguments(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``parser.add_arguments(Config, dest="config", default=..., prefix=...)``."""
    dest = (keywords.get("dest") or (args[1] if len(args) > 1 else NOTHING)).literal
    for key in parser_keys(receiver) if dest and args else ():
        held = {"class": args[0], "default": keywords.get("default", NOTHING), "prefix": keywords.get("prefix", NOTHING)}
        frame.run.store((*key, "classes"), Abs(items={dest or "": Abs(items={k: v for k, v in held.items() if v})}))
    return NOTHING


def _parse_args(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    plain = argparsers.parse_args(frame, receiver, args, keywords, place)
    argv = argparsers.words_given(frame, args, keywords)
    found: dict[str, Abs] = {}
    for key in parser_keys(receiver):
        for dest, held in frame.run.load((*key, "classes")).items.items():
            classes = [t for t in held.items.get("class", NOTHING).things if isinstance(t, Class)]
            base, prefix = held.items.get("default", NOTHING), held.items.get("prefix", NOTHING).literal or ""
            found[dest] = union(dataclass_of(frame, t, place, argv, NOTHING, base, prefix) for t in classes)
    return plain.but(items={**plain.items, **found})


MADE: dict[str, Handler] = {
    "transformers.HfArgumentParser": _dataclass_parser,
    "trl.TrlParser": _dataclass_parser,
}
"""Constructors of parsers that a project may extend."""

FUNCTIONS: dict[str, Handler] = {
    **MADE,
    "transformers.HfArgumentParser.parse_args_into_dataclasses": _into_dataclasses,
    "transformers.HfArgumentParser.parse_args_and_config": _into_dataclasses,
    "transformers.HfArgumentParser.parse_json_file": _from_settings,
    "transformers.HfArgumentParser.parse_yaml_file": _from_settings,
    "transformers.HfArgumentParser.parse_dict": _from_settings,
    "tyro.cli": _one_dataclass,
    "simple_parsing.parse": _one_dataclass,
    "simple_parsing.ArgumentParser": argparsers.made_by("simple_parsing.ArgumentParser"),
    "simple_parsing.ArgumentParser.add_arguments": _add_arguments,
    "simple_parsing.ArgumentParser.add_argument": argparsers.add_argument,
    "simple_parsing.ArgumentParser.add_argument_group": argparsers.same,
    "simple_parsing.ArgumentParser.parse_args": _parse_args,
    "simple_parsing.ArgumentParser.parse_known_args": argparsers.with_rest(_parse_args),
    "pyrallis.parse": _one_dataclass,
    "draccus.parse": _one_dataclass,
    "datargs.parse": _one_dataclass,
}
"""By API path."""
