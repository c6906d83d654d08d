"""docopt: the words of a unit against the usage that a text describes.

Comes in: the text given to ``docopt(...)`` and the unit's words. Goes out: the dict of options, arguments and commands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.template import literal
from coupling.link import argparsers, names, usage
from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, Abs, Args, Keywords, Place, hole, text, union
from coupling.link.words import Words, arities, bind_specs, listed

if TYPE_CHECKING:
    from coupling.link.frames import Frame

LONGEST = 20_000
Argv = tuple[Abs, ...] | None


def _docopt(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    doc = args[0] if args else keywords.get("doc", keywords.get("docstring", NOTHING))
    argv = argparsers.words_given(frame, args[1:], {"args": keywords.get("argv", NOTHING)})
    texts = [t for template in doc.texts if (t := "".join(part if isinstance(part, str) else "?" for part in template))]
    return union(_bound(frame, usage.parse(one[:LONGEST]), argv, place) for one in texts)


def _bound(frame: Frame, known: usage.Usage, argv: Argv, place: Place) -> Abs:
    specs = {option.name: _spec(option) for option in known.options}
    options = bind_specs(frame, specs, argv, place)
    words = Words(argv, arities(specs)).positions if argv is not None else None
    return Abs(things=(names.DICT,), items={**options, **_positions(known, words)})


def _spec(option: usage.Option) -> Abs:
    spec = {"flags": Abs(tuple(literal(flag) for flag in option.flags))}
    if not option.valued:
        spec["action"] = text("store_true")
    elif option.default is not None:
        spec["default"] = text(option.default)
    return Abs(items=spec)


def _positions(known: usage.Usage, words: list[Abs] | None) -> dict[str, Abs]:
    """What the words say of arguments and commands; when no pattern takes them, all of them are open."""
    taken = known.match([word.literal for word in words]) if words is not None else None
    arguments, commands = known.names("argument"), known.names("command")
    if words is None or taken is None:
        unknown = {name: hole(f"argument {name} has no default", name.strip("<>")) for name in arguments}
        found = {name: Abs(elem=unknown[name]) if several else unknown[name] for name, several in arguments.items()}
        return {**found, **{name: Abs((literal("True"), literal("False")), soft=True) for name in commands}}
    given = {name: [words[at] for at in taken.get(name, ())] for name in arguments}
    bound = {name: listed(given[name]) if several else _first(name, given[name]) for name, several in arguments.items()}
    return {**bound, **{name: text(str(name in taken)) for name in commands}}


def _first(name: str, given: list[Abs]) -> Abs:
    return given[0] if given else hole(f"argument {name} is None unless a caller gives it", name.strip("<>"))


FUNCTIONS: dict[str, Handler] = {"docopt.docopt": _docopt, "docopt_ng.docopt": _docopt, "type_docopt.docopt": _docopt}
"""By API path."""
