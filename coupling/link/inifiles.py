"""INI files as ``configparser`` hands them out: sections, the defaults of all sections, interpolation, fallbacks.

Comes in: calls on a reader, which keeps what it has read on the heap. Goes out: sections and options.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from coupling.core.template import Template, join, literal
from coupling.link import names
from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, Abs, Api, Args, AssetRef, Keywords, Place, hole, text, union

if TYPE_CHECKING:
    from coupling.link.frames import Frame

DEFAULTS = "DEFAULT"
DEEPEST = 8
_READER = "configparser.ConfigParser"


def _ini(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """A reader. Its way to interpolate is kept as ``mode``."""
    given = keywords.get("interpolation")
    paths = [t.path for t in given.things if isinstance(t, Api)] if given is not None else []
    mode = "extended" if any(p.startswith("configparser.ExtendedInterpolation") for p in paths) else "none" if paths else "basic"
    return Abs(things=(Api(_READER, mode=mode, key=("ini", place, frame.chain[-2:], *frame.turn)),))


def _raw(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    made = _ini(frame, receiver, args, keywords, place)
    return made.but(things=tuple(t._replace(mode="none") for t in made.things if isinstance(t, Api)))


def _read(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    files = args[0] if args else keywords.get("filenames", NOTHING)
    for template in (*files.texts, *(t for v in names.full(frame, files).items.values() for t in v.texts)):
        _keep(frame, receiver, frame.run.engine.content(frame, AssetRef("file", template, frame.run.cwd)))
    return NOTHING


def _read_file(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``read_file(open(...))``: what the open file holds."""
    for asset in (args[0] if args else NOTHING).assets():
        _keep(frame, receiver, frame.run.engine.content(frame, asset))
    return NOTHING


def _read_dict(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    _keep(frame, receiver, names.full(frame, args[0]) if args else None)
    return NOTHING


def _keep(frame: Frame, receiver: Abs, content: Abs | None) -> None:
    for thing in receiver.things:
        if isinstance(thing, Api) and thing.key and content is not None:
            frame.run.store((*thing.key, "data"), content)


def section(frame: Frame, receiver: Abs, name: str) -> Abs | None:
    """A section with the defaults of all sections, its references filled in."""
    for thing in receiver.things:
        if isinstance(thing, Api) and thing.key[:1] == ("ini",):
            data = frame.run.load((*thing.key, "data")).items
            if name in data or name == DEFAULTS:
                own = {**data.get(DEFAULTS, NOTHING).items, **data.get(name, NOTHING).items}
                return Abs(things=(names.DICT,), items={k: _filled(v, own, data, thing.mode, 0) for k, v in own.items()})
    return None


def _filled(value: Abs, own: Mapping[str, Abs], data: Mapping[str, Abs], mode: str, depth: int) -> Abs:
    plain = value.literal
    opening, closing = {"basic": ("%(", ")s"), "extended": ("${", "}")}.get(mode, ("", ""))
    if plain is None or not opening or opening not in plain:
        return value
    parts: list[Template] = []
    while (start := plain.find(opening)) >= 0 and (end := plain.find(closing, start)) > start:
        name = plain[start + len(opening) : end]
        parts += [literal(plain[:start]), _named(name, own, data, mode, depth)]
        plain = plain[end + len(closing) :]
    return value.but(texts=(join(*parts, literal(plain)),))


def _named(name: str, own: Mapping[str, Abs], data: Mapping[str, Abs], mode: str, depth: int) -> Template:
    """``${section:option}``, ``${option}`` or ``%(option)s``; options are in small letters."""
    where, colon, option = name.rpartition(":")
    inside = {**data.get(DEFAULTS, NOTHING).items, **data.get(where, NOTHING).items} if colon else own
    found = next((v for k, v in inside.items() if k.lower() == option.lower()), None)
    if found is None or depth > DEEPEST:
        return hole("a reference that nothing resolves", name).texts[0]
    filled = _filled(found, inside if colon else own, data, mode, depth + 1)
    return filled.texts[0] if filled.texts else hole("a reference that nothing resolves", name).texts[0]


def _get(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    where = (args[0] if args else keywords.get("section", NOTHING)).literal or ""
    option = (args[1] if len(args) > 1 else keywords.get("option", NOTHING)).literal or ""
    inside = section(frame, receiver, where)
    found = next((v for k, v in (inside.items if inside is not None else {}).items() if k.lower() == option.lower()), None)
    return found or keywords.get("fallback", NOTHING) or hole("a setting that no file gives", option)


def _items(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    found = section(frame, receiver, (args[0].literal or "") if args else DEFAULTS)
    if found is None:
        return NOTHING
    pairs = [Abs(things=(names.TUPLE,), items={"0": text(k), "1": v}) for k, v in found.items.items()]
    return Abs(things=(names.LIST,), items={str(n): p for n, p in enumerate(pairs)})


def _sections(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    data = union(frame.run.load((*t.key, "data")) for t in receiver.things if isinstance(t, Api) and t.key)
    found = [k for k, v in data.items.items() if k != DEFAULTS and names.DICT in v.things]
    return Abs(things=(names.LIST,), items={str(n): text(k) for n, k in enumerate(found)})


FUNCTIONS: dict[str, Handler] = {
    _READER: _ini,
    "configparser.RawConfigParser": _raw,
    "configparser.SafeConfigParser": _ini,
    f"{_READER}.read": _read,
    f"{_READER}.read_file": _read_file,
    f"{_READER}.readfp": _read_file,
    f"{_READER}.read_dict": _read_dict,
    f"{_READER}.sections": _sections,
    f"{_READER}.items": _items,
    **{f"{_READER}.{name}": _get for name in ("get", "getint", "getfloat", "getboolean", "getpath")},
}
"""By API path."""
