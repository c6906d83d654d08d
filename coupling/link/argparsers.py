"""Parsers that code fills option by option: argparse and those that share its interface.

Comes in: calls on a parser, whose declarations are kept on the heap. Goes out: a namespace bound to the unit's words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.template import literal
from coupling.link import names
from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, Abs, Api, Args, Keywords, Place, hole, text, union
from coupling.link.words import Words, arities, bind_specs, canonical, listed, unabbreviated

if TYPE_CHECKING:
    from coupling.link.frames import Frame


def made_by(path: str) -> Handler:
    """The constructor of a parser of this type."""

    def make(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
        key = ("parser", place, frame.chain[-2:])
        _inherit(frame, key, keywords)
        return Abs(things=(Api(path, key=key),))

    return make


def _elements(value: Abs) -> list[Abs]:
    return [v for k, v in value.items.items() if k.isdigit()] + ([value.elem] if value.elem is not None else [])


def same(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return receiver.but(things=tuple(Api(_type_of(t), key=t.key) for t in receiver.things if isinstance(t, Api)))


def _type_of(thing: Api) -> str:
    return thing.path if thing.path.endswith(("ArgumentParser", "OptionParser")) else "argparse.ArgumentParser"


def _subparsers(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    dest = keywords.get("dest")
    for key in parser_keys(receiver):
        if dest is not None:
            frame.run.store((*key, "dest"), dest)
    return same(frame, receiver, args, keywords, place)


def _subparser(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    name = args[0].literal if args else None
    if name is None:
        return same(frame, receiver, args, keywords, place)
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


def add_argument(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
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


def parse_args(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    argv = words_given(frame, args, keywords)
    bound: dict[str, Abs] = {}
    for key in parser_keys(receiver):
        bound.update(_parsed(frame, key, argv, place))
    return Abs(things=(Api("argparse.Namespace"),), items=bound)


def words_given(frame: Frame, args: Args, keywords: Keywords) -> tuple[Abs, ...] | None:
    """The words that are parsed: those handed in, else the unit's."""
    given = args[0] if args else keywords.get("args", NOTHING)
    if not given or given.is_none or any(t == Api("sys.argv") for t in given.things):
        return frame.run.argv
    return tuple(_elements(names.full(frame, given)))


def _parsed(frame: Frame, key: tuple[object, ...], argv: tuple[Abs, ...] | None, place: Place) -> dict[str, Abs]:
    """The destinations of a parser and of the subparser that the words choose; of all of them when no words are known."""
    specs = dict(frame.run.load((*key, "args")).items)
    subs = frame.run.load((*key, "subs")).items
    if not subs:
        return bind_specs(frame, specs, unabbreviated(specs, argv), place)
    dest = frame.run.load((*key, "dest")).literal or "command"
    at = next((n for n, word in enumerate(argv or ()) if word.literal in subs), None)
    bound = bind_specs(frame, specs, unabbreviated(specs, argv if argv is None or at is None else argv[:at]), place)
    if argv is None or at is None:
        parts = [_parsed(frame, k, argv, place) for sub in subs.values() for k in parser_keys(sub)]
        for name in dict.fromkeys(n for part in parts for n in part):
            bound[name] = union(part[name] for part in parts if name in part)
        return {**bound, dest: Abs(tuple(literal(n) for n in subs), soft=True)}
    name = argv[at].literal or ""
    for k in parser_keys(subs[name]):
        bound.update(_parsed(frame, k, argv[at + 1 :], place))
    return {**bound, dest: text(name)}


def with_rest(parse: Handler) -> Handler:
    """A parser that gives back the words that it does not know, too."""

    def known(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
        rest = Abs(elem=hole("unknown words", "rest"))
        return Abs(things=(names.TUPLE,), items={"0": parse(frame, receiver, args, keywords, place) or NOTHING, "1": rest})

    return known


def _file_type(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    mode = (args[0] if args else keywords.get("mode", NOTHING)).literal or "r"
    return Abs(things=(Api("argparse.FileType()", mode=mode),))


def _path_type(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``click.Path(path_type=Path)`` makes paths, else texts."""
    return keywords.get("path_type") or Abs(things=(Api("builtins.str"),))


# --- before argparse ---


def _options_and_positions(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """optparse: the options as attributes, and the words that are none."""
    argv = words_given(frame, args, keywords)
    bound: dict[str, Abs] = {}
    arity: dict[str, int] = {}
    for key in parser_keys(receiver):
        specs = dict(frame.run.load((*key, "args")).items)
        argv = unabbreviated(specs, argv)
        bound.update(bind_specs(frame, specs, argv, place))
        arity.update(arities(specs))
    rest = Abs(elem=hole("a command line argument", "argv")) if argv is None else listed(Words(argv, arity).positions)
    options = Abs(things=(Api("argparse.Namespace"),), items=bound)
    return Abs(things=(names.TUPLE,), items={"0": options, "1": rest})


def _group(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``OptionGroup(parser, title)`` adds to its parser."""
    return args[0] if args else NOTHING


def _getopt(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``getopt(args, "i:o:", ["input="])``: pairs of option and value, and the other words."""
    argv = words_given(frame, args, keywords)
    short = (args[1] if len(args) > 1 else keywords.get("shortopts", NOTHING)).literal or ""
    longs = [v.literal or "" for v in _elements(args[2] if len(args) > 2 else keywords.get("longopts", NOTHING))]
    arity = {letter: int(short[at + 1 : at + 2] == ":") for at, letter in enumerate(short) if letter != ":"}
    arity.update((canonical(name.rstrip("=")), int(name.endswith("="))) for name in longs)
    spelled = {letter: "-" + letter for letter in short} | {canonical(n.rstrip("=")): "--" + n.rstrip("=") for n in longs}
    if argv is None:
        pairs = [_pair(spelled[name], hole(f"option {name} is given by callers", name)) for name in arity]
        return Abs(things=(names.TUPLE,), items={"0": listed(pairs), "1": Abs(elem=hole("a command line argument", "argv"))})
    words = Words(argv, arity)
    pairs = [_pair(spelled.get(n, "--" + n), values[-1] if values else text("")) for n, values in words.options.items()]
    return Abs(things=(names.TUPLE,), items={"0": listed(pairs), "1": listed(words.positions)})


def _pair(option: str, value: Abs) -> Abs:
    return Abs(things=(names.TUPLE,), items={"0": text(option), "1": value})


FUNCTIONS: dict[str, Handler] = {
    "argparse.ArgumentParser": made_by("argparse.ArgumentParser"),
    "configargparse.ArgumentParser": made_by("argparse.ArgumentParser"),
    "configargparse.ArgParser": made_by("argparse.ArgumentParser"),
    "jsonargparse.ArgumentParser": made_by("argparse.ArgumentParser"),
    "argparse.ArgumentParser.add_argument": add_argument,
    "argparse.ArgumentParser.add_argument_group": same,
    "argparse.ArgumentParser.add_mutually_exclusive_group": same,
    "argparse.ArgumentParser.add_subparsers": _subparsers,
    "argparse.ArgumentParser.add_parser": _subparser,
    "argparse.FileType": _file_type,
    "click.File": _file_type,
    "click.Path": _path_type,
    "argparse.ArgumentParser.set_defaults": _set_defaults,
    "argparse.ArgumentParser.parse_args": parse_args,
    "argparse.ArgumentParser.parse_known_args": with_rest(parse_args),
    "argparse.ArgumentParser.parse_intermixed_args": parse_args,
    "argparse.ArgumentParser.add": add_argument,
    "optparse.OptionParser": made_by("optparse.OptionParser"),
    "optparse.OptionParser.add_option": add_argument,
    "optparse.OptionParser.add_option_group": same,
    "optparse.OptionParser.set_defaults": _set_defaults,
    "optparse.OptionParser.parse_args": _options_and_positions,
    "optparse.OptionGroup": _group,
    "getopt.getopt": _getopt,
    "getopt.gnu_getopt": _getopt,
}
"""By API path."""
