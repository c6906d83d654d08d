"""dynaconf: one settings object over several files, environments within them, and variables of the environment.

Comes in: ``Dynaconf(settings_files=[...], environments=..., envvar_prefix=...)``. Goes out: the settings by name, in any case. Which
environment is current nobody says in code: it is ``development`` unless a variable says otherwise, and so its values are soft.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from coupling.core.template import Hole, literal, text_of
from coupling.link import hydra, names
from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, ROOT, Abs, Api, Args, AssetRef, Keywords, Place, hole, text

if TYPE_CHECKING:
    from coupling.link.frames import Frame

OBJECT = "dynaconf.Dynaconf"
ENDINGS = (".toml", ".yaml", ".yml", ".json", ".ini", ".py")
STANDARD = tuple(f"{name}{end}" for name in ("settings", ".secrets") for end in ENDINGS)
DEEPEST = 8


def _made(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """The settings object. What it was made with is kept for ``from_env``."""
    key = ("dynaconf", place, frame.chain[-2:])
    frame.run.store((*key, "made"), Abs(items=keywords))
    for path in _files(frame, keywords):
        frame.run.engine.tell_plain(frame, "reads", AssetRef("file", literal(f"{ROOT}/{path}")), place, OBJECT)
    return _composed(frame, keywords, key)


def _composed(frame: Frame, keywords: Keywords, key: tuple[object, ...]) -> Abs:
    layered = _layered(keywords)
    current = _current(frame, keywords) if layered else ""
    merged = NOTHING
    for path in _files(frame, keywords):
        for part in _layers(_content(frame, path), current if layered else None):
            merged = hydra.merged(merged, part)
    known = _marked(_with_environment(frame, merged, _prefix(keywords)), DEEPEST)
    extra = {k: v for k, v in keywords.items() if k.isupper()}
    return Abs(things=(Api(OBJECT, key=key),), items={**extra, **known.items})


def _files(frame: Frame, keywords: Keywords) -> list[str]:
    """The settings files that are there, in the order in which they are laid over each other."""
    given = keywords.get("settings_files") or keywords.get("settings_file") or keywords.get("SETTINGS_FILE_FOR_DYNACONF") or NOTHING
    whole = names.full(frame, given)
    wanted = [t for v in (whole, *whole.items.values()) for template in v.texts if (t := text_of(template))]
    wanted = [part.strip() for one in wanted for part in one.replace(";", ",").split(",")] or list(STANDARD)
    root = keywords.get("root_path", NOTHING).literal or ""
    bases = [posixpath.join(base, root.removeprefix(ROOT + "/")) for base in (frame.run.cwd, posixpath.dirname(frame.file.path), "")]
    bases += [posixpath.dirname(frame.run.unit.path), posixpath.join(posixpath.dirname(frame.file.path), "config")]
    found = (frame.run.engine.index.file(name.removeprefix(ROOT + "/"), bases) for name in wanted)
    return list(dict.fromkeys(path for path in found if path is not None))


def _content(frame: Frame, path: str) -> Abs:
    engine = frame.run.engine
    file = engine.index.files.get(path)
    if file is None:
        return NOTHING
    if file.parser != "python":
        return engine.settings(frame.run, path) or NOTHING
    from coupling.link import members

    module = engine.module_frame(frame.run, path)
    upper = [name for name, _ in file.scopes[0].names if name.isupper()] if module is not None else []
    return Abs(items={name: found for name in upper if module is not None and (found := members.scope_name(module, name))})


def _layered(keywords: Keywords) -> bool:
    given = keywords.get("environments", NOTHING)
    return bool(given.items) or given.literal == "True"


def _current(frame: Frame, keywords: Keywords) -> str:
    given = keywords.get("env") or keywords.get("ENV_FOR_DYNACONF") or keywords.get("current_env")
    switch = keywords.get("env_switcher", NOTHING).literal or "ENV_FOR_DYNACONF"
    found = frame.run.engine.env_value(frame, switch, given or keywords.get("default_env") or text("development")).literal
    return (found or "development").lower()


def _layers(data: Abs, current: str | None) -> Iterator[Abs]:
    """The parts of a file that count, the strongest last; without environments all of it."""
    if current is None:
        yield data
        return
    sections = {k.lower(): v for k, v in data.items.items()}
    for name in dict.fromkeys(("default", current, "global")):
        if name in sections:
            yield _softened(sections[name]) if name != "global" else sections[name]


def _softened(value: Abs, depth: int = DEEPEST) -> Abs:
    """Another environment may say something else."""
    items = {k: _softened(v, depth - 1) for k, v in value.items.items()} if depth else value.items
    return value.but(items=items, soft=bool(value.texts) or value.soft)


def _prefix(keywords: Keywords) -> str:
    given = keywords.get("envvar_prefix")
    if given is not None and (given.is_none or given.literal == "False"):
        return ""
    return f"{(given.literal if given is not None else None) or 'DYNACONF'}_"


def _with_environment(frame: Frame, settings: Abs, prefix: str) -> Abs:
    """Variables ``PREFIX_NAME`` and ``PREFIX_A__B`` laid over the settings."""
    for name, value in _variables(frame):
        if prefix and name.startswith(prefix):
            new = value
            for part in reversed(name[len(prefix) :].split("__")):
                new = Abs(things=(names.DICT,), items={_spelled(settings, part): new})
            settings = hydra.merged(settings, new)
    return settings


def _variables(frame: Frame) -> Iterator[tuple[str, Abs]]:
    engine = frame.run.engine
    for path in engine.index.env_files:
        if (data := engine.settings(frame.run, path)) is not None:
            yield from ((k, v.but(soft=True)) for k, v in data.items.items() if v.texts)
    yield from frame.run.env.items()


def _spelled(settings: Abs, name: str) -> str:
    """The name as the files spell it: letters are one, large or small."""
    return next((known for known in settings.items if known.lower() == name.lower()), name)


def _marked(value: Abs, depth: int) -> Abs:
    """Tables within are asked in any case, too."""
    if not value.items or not depth:
        return _value(value)
    things = (Api(OBJECT, key=("dynaconf",)),) if names.DICT in value.things else value.things
    return value.but(things=things, items={k: _marked(v, depth - 1) for k, v in value.items.items()})


def _value(value: Abs) -> Abs:
    """``@format {this.x}/y`` and other computed values are known in part only; casts are not needed for names."""
    plain = value.literal
    if plain is None or not plain.startswith("@"):
        return value
    mark, _, rest = plain.partition(" ")
    if mark in ("@format", "@jinja"):
        return value.but(texts=((Hole(f"what {mark} makes of it", rest[:40]),),))
    return value.but(texts=(literal(rest),))


# --- asking ---


def attribute(base: Abs, name: str) -> Abs:
    """``settings.NAME``, in any case."""
    return _named(base, name) or hole("a setting that no file gives", name)


def item(base: Abs, key: Abs) -> Abs | None:
    """``settings["a.b"]``, in any case."""
    return _at(base, key.literal)


def _named(base: Abs, name: str) -> Abs | None:
    return base.items.get(_spelled(base, name))


def _at(base: Abs, dotted: str | None) -> Abs | None:
    found: Abs | None = base if dotted else None
    for part in (dotted or "").replace("__", ".").split("."):
        found = _named(found, part) if found is not None else None
    return found


def _get(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    name = (args[0] if args else keywords.get("key", NOTHING)).literal
    default = args[1] if len(args) > 1 else keywords.get("default", NOTHING)
    return _at(receiver, name) or default or hole("a setting that no file gives", name or "")


def _from_env(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``settings.from_env("production")``: the same files, another environment."""
    made = _parts(frame, receiver)
    env = args[0] if args else keywords.get("env", NOTHING)
    wanted = {"env": env, "environments": text("True"), "env_switcher": text("no variable decides")}
    return _composed(frame, {**made, **wanted}, ("dynaconf",)) if made else receiver


def _parts(frame: Frame, receiver: Abs) -> Mapping[str, Abs]:
    for thing in receiver.things:
        if isinstance(thing, Api) and thing.key[:1] == ("dynaconf",):
            return frame.run.load((*thing.key, "made")).items
    return {}


def _as_dict(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return receiver.but(things=(names.DICT,), items={k.upper(): v for k, v in receiver.items.items()})


FUNCTIONS: dict[str, Handler] = {
    OBJECT: _made,
    "dynaconf.LazySettings": _made,
    "dynaconf.Dynaconf.get": _get,
    "dynaconf.Dynaconf.get_fresh": _get,
    "dynaconf.Dynaconf.from_env": _from_env,
    "dynaconf.Dynaconf.as_dict": _as_dict,
    "dynaconf.Dynaconf.to_dict": _as_dict,
}
"""By API path."""
METHODS = frozenset(("get", "get_fresh", "from_env", "as_dict", "to_dict", "items", "keys", "values"))
