"""Parsers that code fills option by option: argparse and those that share its interface.

Comes in: calls on a parser, whose declarations are kept on the heap. Goes out: a namespace bound to the unit's words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.template import literal
from coupling.link import names
from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, Abs, Api, Args, Keywords, Place, hole, text, union
from coupling.link.words import bind_specs, canonical

if TYPE_CHECKING:
    from coupling.link.frames import Frame


def _parser(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    key = ("parser", place, frame.chain[-2:])
    _inherit(frame, key, keywords)
    return Abs(things=(Api("argparse.ArgumentParser", key=key),))


def _elements(value: Abs) -> list[Abs]:
    return [v for k, v in value.items.items() if k.isdigit()] + ([value.elem] if value.elem is not None else [])


def _same(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return receiver.but(things=tuple(Api("argparse.ArgumentParser", key=t.key) for t in receiver.things if isinstance(t, Api)))


def _subparsers(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    dest = keywords.get("dest")
    for key in parser_keys(receiver):
        if dest is not None:
            frame.run.store((*key, "dest"), dest)
    return _same(frame, receiver, args, keywords, place)


def _subparser(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    name = args[0].literal if args else None
    if name is None:
        return _same(frame, receiver, args, keywords, place)
    made = []
    for key in parser_keys(receiver):
        thing = Abs(things=(Api("argparse.ArgumentParser", key=(*key, "sub", name)),))
        _inherit(frame, (*key, "sub", name), keywords)
        frame.run.store((*key, "subs"), Abs(items={name: thing}))
        made.append(thing)
    return union(made)


def _inherit(frame: Frame, key: tuple[object, ...], keywords: Keywords) -> None:
    for parent in _elements(keywords.get("parents", NOTHING)):
        for other in parser_keys(parent):
            frame.run.store((*key, "args"), frame.run.load((*other, "args")))


def parser_keys(receiver: Abs) -> list[tuple[object, ...]]:
    return [t.key for t in receiver.things if isinstance(t, Api) and t.key]


def _add_argument(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    flags = [f for a in args if (f := a.literal)]
    if not flags:
        return NOTHING
    long = next((f for f in flags if f.startswith("--")), flags[0])
    dest = keywords.get("dest", NOTHING).literal or canonical(long)
    spec = {"flags": Abs(tuple(literal(f) for f in flags))}
    spec.update((name, keywords[name]) for name in ("default", "action", "nargs", "type") if name in keywords)
    for key in parser_keys(receiver):
        frame.run.store((*key, "args"), Abs(items={dest: Abs(items=spec)}))
    return NOTHING


def _set_defaults(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    for key in parser_keys(receiver):
        for name, value in keywords.items():
            known = frame.run.load((*key, "args")).items.get(name, NOTHING).items
            spec = {"flags": text("--" + name), **known, "default": value}
            frame.run.store((*key, "args"), Abs(items={name: Abs(items=spec)}))
    return NOTHING


def _parse_args(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    argv = frame.run.argv if not args or args[0].is_none else tuple(_elements(args[0]))
    bound: dict[str, Abs] = {}
    for key in parser_keys(receiver):
        bound.update(_parsed(frame, key, argv, place))
    return Abs(things=(Api("argparse.Namespace"),), items=bound)


def _parsed(frame: Frame, key: tuple[object, ...], argv: tuple[Abs, ...] | None, place: Place) -> dict[str, Abs]:
    """The destinations of a parser and of the subparser that the words choose; of all of them when no words are known."""
    specs = dict(frame.run.load((*key, "args")).items)
    subs = frame.run.load((*key, "subs")).items
    if not subs:
        return bind_specs(frame, specs, argv, place)
    dest = frame.run.load((*key, "dest")).literal or "command"
    at = next((n for n, word in enumerate(argv or ()) if word.literal in subs), None)
    bound = bind_specs(frame, specs, argv if argv is None or at is None else argv[:at], place)
    if argv is None or at is None:
        parts = [_parsed(frame, k, argv, place) for sub in subs.values() for k in parser_keys(sub)]
        for name in dict.fromkeys(n for part in parts for n in part):
            bound[name] = union(part[name] for part in parts if name in part)
        return {**bound, dest: Abs(tuple(literal(n) for n in subs), soft=True)}
    name = argv[at].literal or ""
    for k in parser_keys(subs[name]):
        bound.update(_parsed(frame, k, argv[at + 1 :], place))
    return {**bound, dest: text(name)}


def _parse_known(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(
        things=(names.TUPLE,),
        items={"0": _parse_args(frame, receiver, args, keywords, place), "1": Abs(elem=hole("unknown words", "rest"))},
    )


def _file_type(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    mode = (args[0] if args else keywords.get("mode", NOTHING)).literal or "r"
    return Abs(things=(Api("argparse.FileType()", mode=mode),))


def _path_type(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``click.Path(path_type=Path)`` makes paths, else texts."""
    return keywords.get("path_type") or Abs(things=(Api("builtins.str"),))


FUNCTIONS: dict[str, Handler] = {
    "argparse.ArgumentParser": _parser,
    "configargparse.ArgumentParser": _parser,
    "configargparse.ArgParser": _parser,
    "jsonargparse.ArgumentParser": _parser,
    "argparse.ArgumentParser.add_argument": _add_argument,
    "argparse.ArgumentParser.add_argument_group": _same,
    "argparse.ArgumentParser.add_mutually_exclusive_group": _same,
    "argparse.ArgumentParser.add_subparsers": _subparsers,
    "argparse.ArgumentParser.add_parser": _subparser,
    "argparse.FileType": _file_type,
    "click.File": _file_type,
    "click.Path": _path_type,
    "argparse.ArgumentParser.set_defaults": _set_defaults,
    "argparse.ArgumentParser.parse_args": _parse_args,
    "argparse.ArgumentParser.parse_known_args": _parse_known,
    "configargparse.ArgumentParser.add": _add_argument,
}
"""By API path."""
