"""Hydra and OmegaConf: a config made of a primary file, its defaults list and the command line's overrides."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from coupling.link import names, settings
from coupling.link.values import NOTHING, Abs, text, union

if TYPE_CHECKING:
    from coupling.link.frames import Frame

DEEPEST = 6


def config(frame: Frame, args: list[Abs], keywords: dict[str, Abs]) -> Abs:
    """What ``@hydra.main(config_path=, config_name=)`` hands to the function."""
    folder = (keywords.get("config_path") or (args[0] if args else NOTHING)).literal or ""
    name = (keywords.get("config_name") or (args[1] if len(args) > 1 else NOTHING)).literal or "config"
    base = posixpath.normpath(posixpath.join(posixpath.dirname(frame.file.path), folder))
    composed = _compose(frame, "" if base == "." else base, name, 0)
    return settings.interpolated(frame, overridden(composed, frame.run.argv or ()))


def _compose(frame: Frame, folder: str, name: str, depth: int) -> Abs:
    engine = frame.run.engine
    path = next((p for end in (".yaml", ".yml", "") if (p := posixpath.join(folder, name + end)) in engine.index.files), None)
    if path is None or depth > DEEPEST:
        return NOTHING
    own = engine.settings(frame.run, path) or NOTHING
    result = NOTHING
    for entry in own.items.get("defaults", NOTHING).items.values():
        result = merged(result, _default(frame, folder, entry, depth))
    return merged(result, own)


def _default(frame: Frame, folder: str, entry: Abs, depth: int) -> Abs:
    plain = entry.literal
    if plain is not None:
        return NOTHING if plain == "_self_" else _compose(frame, folder, plain, depth + 1)
    result = NOTHING
    for group, choice in entry.items.items():
        group = group.removeprefix("override ").removeprefix("optional ").lstrip("/").partition("@")[0]
        option = choice.literal
        if option is not None:
            inner = _compose(frame, posixpath.join(folder, group), option, depth + 1)
            for part in reversed(group.split("/")):
                inner = Abs(things=(names.DICT,), items={part: inner})
            result = merged(result, inner)
    return result


def merged(base: Abs, over: Abs) -> Abs:
    """Deep merge: the later wins."""
    if not base.items or not over.items:
        return over if over else base
    items = dict(base.items)
    for key, value in over.items.items():
        known = items.get(key)
        items[key] = merged(known, value) if known is not None and known.items and value.items else value
    return over.but(items=items)


def overridden(value: Abs, argv: tuple[Abs, ...]) -> Abs:
    """``a.b=c`` words of the command line laid over a config."""
    for word in argv:
        first = word.texts[0] if word.texts else ()
        head = first[0] if first and isinstance(first[0], str) else ""
        dotted, equals, plain = head.partition("=")
        if not equals or dotted.startswith("-"):
            continue
        new = text(plain) if len(first) == 1 else word.but(texts=((plain, *first[1:]),))
        for key in reversed(dotted.lstrip("+~").split(".")):
            new = Abs(things=(names.DICT,), items={key: new})
        value = merged(value, new)
    return value


__all__ = ["config", "merged", "overridden", "union"]
