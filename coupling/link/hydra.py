"""Hydra: a config composed of a primary file, its defaults list, groups, stored nodes and the command line's overrides.

Comes in: ``@hydra.main(...)`` or ``compose(...)`` with a unit's words. Goes out: the config, references filled in. Words of the form
``group=option`` choose files of the config folder; all others are values.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import TYPE_CHECKING

from coupling.link import interpolation, names
from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, ROOT, Abs, Api, Args, Class, Keywords, Obj, Partial, Place, text, union
from coupling.link.words import pair

if TYPE_CHECKING:
    from coupling.link.frames import Frame

DEEPEST = 6
MOST_CHOICES = 12
Words = tuple[Abs, ...]


def config(frame: Frame, args: list[Abs], keywords: dict[str, Abs]) -> Abs:
    """What ``@hydra.main(config_path=, config_name=)`` hands to the function."""
    words = frame.run.argv or ()
    folder = (keywords.get("config_path") or (args[0] if args else NOTHING)).literal or ""
    name = (keywords.get("config_name") or (args[1] if len(args) > 1 else NOTHING)).literal or "config"
    folder, name = _said(words, ("--config-path", "-cp")) or folder, _said(words, ("--config-name", "-cn")) or name
    return composed(frame, _folder(frame, folder), name, words)


def _said(words: Words, options: tuple[str, ...]) -> str:
    for at, word in enumerate(words):
        option, equals, value = (word.literal or "").partition("=")
        if option in options:
            return value if equals else (words[at + 1].literal or "" if at + 1 < len(words) else "")
    return ""


def _folder(frame: Frame, folder: str) -> str:
    """The config folder, seen from the file that names it."""
    if folder.startswith(ROOT):
        return folder[len(ROOT) :].strip("/")
    base = posixpath.normpath(posixpath.join(posixpath.dirname(frame.file.path), folder))
    return "" if base == "." else base


def composed(frame: Frame, folder: str, name: str, words: Words) -> Abs:
    """The config with groups chosen and values overridden, references filled in."""
    composer = _Composer(frame, folder, words)
    whole = composer.file(name, "", 0)
    for group, options in composer.chosen.items():
        if group not in composer.met:
            whole = merged(whole, composer.group(group, options, "", 0))
    return interpolation.interpolated(frame, overridden(whole, composer.values))


class _Composer:
    """One composition: which groups the words choose, and which values they set."""

    def __init__(self, frame: Frame, folder: str, words: Words) -> None:
        self.frame, self.folder = frame, folder
        self.chosen: dict[str, list[str]] = {}
        self.met: set[str] = set()
        rest: list[Abs] = []
        for word in words:
            name, value = pair(word)
            group, plain = name.lstrip("+~").partition("@")[0], value.literal
            options = plain.split(",") if plain else []
            if options and all(self._is_there(posixpath.join(group, option)) for option in options):
                self.chosen[group] = options[:MOST_CHOICES]
            else:
                rest.append(word)
        self.values = tuple(rest)

    def _path(self, name: str) -> str | None:
        files = self.frame.run.engine.index.files
        stem = posixpath.normpath(posixpath.join(self.folder, name))
        return next((stem + end for end in (".yaml", ".yml", "") if stem + end in files), None)

    def _is_there(self, name: str) -> bool:
        return self._path(name) is not None or bool(self._stored(name))

    def _stored(self, name: str) -> Abs:
        return self.frame.run.load(("hydra", "store")).items.get(name, NOTHING)

    def file(self, name: str, package: str, depth: int) -> Abs:
        """A file (or a stored node) with what its defaults list brings in, placed under its package."""
        path = self._path(name)
        if depth > DEEPEST:
            return NOTHING
        own = self.frame.run.engine.settings(self.frame.run, path) or NOTHING if path is not None else self._stored(name)
        package = self._package(path, package)
        here, result, placed = posixpath.dirname(name), NOTHING, False
        for entry in own.items.get("defaults", NOTHING).items.values():
            if entry.literal == "_self_":
                result, placed = merged(result, self._under(package, own)), True
            else:
                result = merged(result, self._default(entry, here, package, depth))
        return result if placed else merged(result, self._under(package, own))

    def _package(self, path: str | None, package: str) -> str:
        """``# @package NAME`` at the head of a file."""
        file = self.frame.run.engine.index.files.get(path or "")
        said = next((file.values[i].text for n, i in file.scopes[0].names if n == "__package__"), "") if file is not None else ""
        return "" if said == "_global_" else said if said and not said.startswith("_") else package

    def _under(self, package: str, value: Abs) -> Abs:
        value = value.but(items={k: v for k, v in value.items.items() if k != "defaults"})
        for part in reversed(package.split(".") if package else ()):
            value = Abs(things=(names.DICT,), items={part: value})
        return value

    def _default(self, entry: Abs, here: str, package: str, depth: int) -> Abs:
        plain = entry.literal
        if plain is not None:
            name, _, at = plain.removeprefix("optional ").partition("@")
            inside = posixpath.dirname(name.lstrip("/")).replace("/", ".")
            place = at if at and not at.startswith("_") else "" if at else ".".join(p for p in (package, inside) if p)
            return self.file(name.lstrip("/") if name.startswith("/") else posixpath.join(here, name), place, depth + 1)
        result = NOTHING
        for key, choice in entry.items.items():
            key = key.removeprefix("override ").removeprefix("optional ")
            name, _, at = key.partition("@")
            group = name.lstrip("/") if name.startswith("/") else posixpath.join(here, name)
            options = self.chosen.get(group) or [o for v in (choice, *choice.items.values()) if (o := v.literal)]
            self.met.add(group)
            result = merged(result, self.group(group, options, at or "", depth))
        return result

    def group(self, group: str, options: list[str], at: str, depth: int) -> Abs:
        """The chosen files of a group; several are alternatives of a sweep, or lie over each other."""
        package = "" if at == "_global_" else at if at and not at.startswith("_") else group.replace("/", ".")
        found = [self.file(posixpath.join(group, option), package, depth + 1) for option in options if option != "null"]
        return union(found) if group in self.chosen else _laid(found)


def _laid(parts: list[Abs]) -> Abs:
    result = NOTHING
    for part in parts:
        result = merged(result, part)
    return result


def merged(base: Abs, over: Abs) -> Abs:
    """Deep merge: the later wins."""
    if not base.items or not over.items:
        return over if over.items or (not (base.items and names.DICT in over.things) and over) else base
    items = dict(base.items)
    for key, value in over.items.items():
        known = items.get(key)
        items[key] = merged(known, value) if known is not None and known.items and value.items else value
    return over.but(items=items)


def overridden(value: Abs, argv: tuple[Abs, ...]) -> Abs:
    """``a.b=c`` words of the command line laid over a config; ``a.b=c,d`` are the alternatives of a sweep."""
    sweep = any(word.literal in ("-m", "--multirun") for word in argv)
    for word in argv:
        dotted, new = pair(word)
        if not dotted or dotted.startswith("-") or (word.literal or dotted) == dotted:
            continue
        plain = new.literal
        if sweep and plain and "," in plain and not plain.startswith(("[", "{", "'", '"')):
            new = union(text(part.strip()) for part in plain.split(",")[:MOST_CHOICES])
        for key in reversed(dotted.lstrip("+~").split(".")):
            new = Abs(things=(names.DICT,), items={key: new})
        value = merged(value, new)
    return value


# --- composing by hand, stored nodes ---


def _initialize(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``initialize(config_path=)``, ``initialize_config_dir(config_dir=)``: where ``compose`` looks."""
    given = (args[0] if args else keywords.get("config_path", keywords.get("config_dir", NOTHING))).literal or ""
    frame.run.share(("hydra", "folder"), text(_folder(frame, given)))
    return NOTHING


def _compose(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    name = (args[0] if args else keywords.get("config_name", NOTHING)).literal or "config"
    given = names.full(frame, args[1] if len(args) > 1 else keywords.get("overrides", NOTHING))
    folder = (frame.run.look(frame.run.globals, ("hydra", "folder")) or NOTHING).literal or ""
    return composed(frame, folder, name, tuple(v for k, v in given.items.items() if k.isdigit()))


def _store(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``ConfigStore.store(name=, node=, group=)``."""
    given = dict(zip(("name", "node", "group"), args, strict=False)) | keywords
    path = posixpath.join(given.get("group", NOTHING).literal or "", given.get("name", NOTHING).literal or "")
    frame.run.store(("hydra", "store"), Abs(items={path: plain(frame, given.get("node", NOTHING), place)}))
    return NOTHING


def plain(frame: Frame, value: Abs, place: Place, depth: int = DEEPEST) -> Abs:
    """An object or a class of fields as the dict of its fields; anything else as it is."""
    from coupling.link import calls, objects

    things = [t for t in value.things if isinstance(t, Class | Obj)]
    if not things or not depth:
        return value
    made = [calls.construct(frame, t, [], {}, place) if isinstance(t, Class) else Abs(things=(t,)) for t in things]
    fields = objects.attributes(frame, union(made))
    return Abs(things=(names.DICT,), items={k: plain(frame, v, place, depth - 1) for k, v in fields.items()})


# --- objects that settings name ---


def _instantiate(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``instantiate(config, **more)``: a call of what ``_target_`` names with the other entries."""
    given = names.full(frame, args[0] if args else keywords.get("config", NOTHING))
    return _made(frame, given, args[1:], {k: v for k, v in keywords.items() if k != "config"}, place, 0)


def _made(frame: Frame, given: Abs, args: Args, more: Mapping[str, Abs], place: Place, depth: int) -> Abs:
    from coupling.link import calls, members

    target = given.items.get("_target_", NOTHING).literal
    if depth > DEEPEST or (target is None and not given.items):
        return given
    inner = {k: _made(frame, v, [], {}, place, depth + 1) if v.items else v for k, v in given.items.items()}
    if target is None:
        return given.but(items=inner)
    named = {k: v for k, v in inner.items() if not (k.startswith("_") and k.endswith("_"))} | dict(more)
    positional = [v for k, v in inner.get("_args_", NOTHING).items.items() if k.isdigit()]
    callee = members.imported(frame, target)
    if given.items.get("_partial_", NOTHING).literal == "True":
        return Abs(things=(Partial(callee, (*args, *positional), tuple(named.items())),))
    return calls.call_value(frame, callee, [*args, *positional], named, place)


def _object(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``get_class("a.b.C")``, ``get_method(...)``."""
    from coupling.link import members

    path = (args[0] if args else next(iter(keywords.values()), NOTHING)).literal
    return members.imported(frame, path) if path else NOTHING


FUNCTIONS: dict[str, Handler] = {
    **dict.fromkeys(("hydra.initialize", "hydra.initialize_config_dir", "hydra.experimental.initialize"), _initialize),
    **dict.fromkeys(("hydra.compose", "hydra.experimental.compose"), _compose),
    "hydra.core.config_store.ConfigStore.store": _store,
    "hydra.core.config_store.ConfigStore.instance": lambda f, r, a, k, p: Abs(things=(Api("hydra.core.config_store.ConfigStore"),)),
    **dict.fromkeys(("hydra.utils.instantiate", "hydra.utils.call"), _instantiate),
    **dict.fromkeys(("hydra.utils.get_class", "hydra.utils.get_method", "hydra.utils.get_object"), _object),
}
"""By API path."""
