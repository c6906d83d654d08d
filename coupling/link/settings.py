"""Settings of files as code sees them: interpolation, dicts whose keys are attributes, INI files, environment files.

``${a.b}`` names another setting, ``${oc.env:NAME,default}`` a variable. What nobody resolves is a hole that says so; circles end
after a few steps.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from coupling.core.template import literal
from coupling.link import names
from coupling.link.values import NOTHING, ROOT, Abs, Api, Args, AssetRef, Class, Keywords, Place, hole, text, texts_product, union

if TYPE_CHECKING:
    from collections.abc import Callable

    from coupling.link.frames import Frame

_INTERPOLATION = re.compile(r"\$\{([^${}]*)\}")
DEEPEST = 12
MOST_RESOLVED = 4000


def interpolated(frame: Frame, data: Abs) -> Abs:
    """The settings with every ``${...}`` filled in as far as the settings and the environment say."""
    return _Interpolation(frame, data).value(data, ()) if _has(data, DEEPEST) else data


def _has(value: Abs, depth: int) -> bool:
    if any(isinstance(part, str) and "${" in part for t in value.texts for part in t):
        return True
    return depth > 0 and any(_has(v, depth - 1) for v in value.items.values())


class _Interpolation:
    def __init__(self, frame: Frame, root: Abs) -> None:
        self.frame, self.root, self.steps = frame, root, 0
        self.open: list[tuple[str, ...]] = []

    def value(self, value: Abs, at: tuple[str, ...], depth: int = 0) -> Abs:
        self.steps += 1
        if self.steps > MOST_RESOLVED or depth > DEEPEST:
            return hole("an interpolation in a circle, or too deep") if value.texts else value
        if value.items:
            return value.but(items={k: self.value(v, (*at, k), depth) for k, v in value.items.items()})
        plain = value.literal
        if plain is None or "${" not in plain:
            return value
        whole = _INTERPOLATION.fullmatch(plain)
        if whole:
            return self._node(whole[1], at, depth)
        parts, position = [], 0
        for match in _INTERPOLATION.finditer(plain):
            parts += [text(plain[position : match.start()]), self._node(match[1], at, depth)]
            position = match.end()
        parts.append(text(plain[position:]))
        filled = value.but(texts=texts_product([p for p in parts if p.texts or p]), soft=any(p.soft for p in parts))
        return self.value(filled, at, depth + 1)

    def _node(self, name: str, at: tuple[str, ...], depth: int) -> Abs:
        resolver, colon, rest = name.partition(":")
        if colon:
            return self._resolver(resolver.strip(), rest, at, depth)
        keys = [k for k in re.split(r"[.\[\]]", name.strip().lstrip(".")) if k]
        ups = len(name.strip()) - len(name.strip().lstrip("."))
        path = [*at[: len(at) - ups], *keys] if ups else keys
        found: Abs | None = self.root
        for key in path:
            found = found.items.get(key) if found is not None else None
        if tuple(path) in self.open:
            return hole("an interpolation in a circle", name.strip())
        if found is not None:
            self.open.append(tuple(path))
            try:
                return self.value(found, tuple(path), depth + 1)
            finally:
                self.open.pop()
        environment = self.frame.run.engine.env_value(self.frame, name, None) if not ups and "." not in name else NOTHING
        return environment or hole("an interpolation that nothing resolves", name.strip())

    def _resolver(self, resolver: str, rest: str, at: tuple[str, ...], depth: int) -> Abs:
        first, _, default = rest.partition(",")
        if resolver in ("oc.env", "env"):
            return self.frame.run.engine.env_value(self.frame, first.strip(), text(default.strip()) if default else None)
        if resolver == "hydra" and rest in ("runtime.cwd", "runtime.original_cwd"):
            return text(f"{ROOT}/{self.frame.run.cwd}" if self.frame.run.cwd else ROOT)
        if resolver == "now":
            return hole("a date", "date")
        return hole(f"what the resolver {resolver} gives", rest)


# --- dicts whose keys are attributes ---


def _wrapped(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``Box(settings)``, ``EasyDict(...)``, ``SimpleNamespace(a=1)``: the same settings; keys are attributes of any value here."""
    given = names.full(frame, args[0]) if args else NOTHING
    kept = {k: v for k, v in keywords.items() if not k.startswith(("box_", "default_box", "frozen"))}
    spread = kept.pop("**", NOTHING)
    return given.but(things=(names.DICT,), items={**given.items, **spread.items, **kept}, flows=given.flows + spread.flows)


def _created(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``OmegaConf.create(...)``, ``OmegaConf.to_container(config)``."""
    return interpolated(frame, names.full(frame, args[0])) if args else Abs(things=(names.DICT,))


def _merged(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    from coupling.link import hydra

    result = NOTHING
    for given in args:
        result = hydra.merged(result, names.full(frame, given))
    return interpolated(frame, result)


def _from_cli(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    from coupling.link import hydra

    return hydra.overridden(Abs(things=(names.DICT,)), frame.run.argv or ())


def _selected(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``OmegaConf.select(config, "a.b")``."""
    found: Abs | None = args[0] if args else None
    for key in ((args[1].literal or "") if len(args) > 1 else "").split("."):
        found = found.items.get(key) if found is not None else None
    return found or keywords.get("default", NOTHING) or hole("a setting that no file gives")


# --- INI files ---


def _ini(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(things=(Api("configparser.ConfigParser", key=("ini", place, frame.chain[-2:], *frame.turn)),))


def _ini_read(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    files = args[0] if args else keywords.get("filenames", NOTHING)
    for thing in receiver.things:
        for template in (*files.texts, *(t for v in files.items.values() for t in v.texts)):
            content = frame.run.engine.content(frame, AssetRef("file", template, frame.run.cwd))
            if isinstance(thing, Api) and thing.key and content is not None:
                frame.run.store((*thing.key, "data"), content)
    return NOTHING


def ini_data(frame: Frame, receiver: Abs) -> Abs:
    """What an INI reader has read."""
    return union(frame.run.load((*t.key, "data")) for t in receiver.things if isinstance(t, Api) and t.key[:1] == ("ini",))


def _ini_get(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    found: Abs | None = ini_data(frame, receiver)
    for key in args[:2]:
        found = found.items.get(key.literal or "") if found is not None else None
    return found or keywords.get("fallback", NOTHING) or hole("a setting that no file gives", (args[-1].literal or "") if args else "")


def _ini_section(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    found = ini_data(frame, receiver).items.get((args[0].literal or "") if args else "")
    if found is None:
        return NOTHING
    pairs = [Abs(things=(names.TUPLE,), items={"0": text(k), "1": v}) for k, v in found.items.items()]
    return Abs(things=(names.LIST,), items={str(n): p for n, p in enumerate(pairs)})


# --- files of variables, classes filled from dicts ---


def _dotenv(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    given = args[0] if args else keywords.get("dotenv_path", text(".env"))
    found = [frame.run.engine.content(frame, AssetRef("file", t, frame.run.cwd)) for t in given.texts or (literal(".env"),)]
    return union(f for f in found if f is not None) or None


def _structured(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``dacite.from_dict(C, data)``, ``cattrs.structure(data, C)``: an object of the class with the dict's entries."""
    given = [*args, *keywords.values()]
    classes = [t for a in given for t in a.things if isinstance(t, Class)]
    data = next((a for a in given if a.items and not any(isinstance(t, Class) for t in a.things)), NOTHING)
    return union(made(frame, cls, data, place) for cls in classes) or None


def made(frame: Frame, cls: Class, data: Abs, place: Place) -> Abs:
    """An object of a class of the repository with a dict's entries for its fields."""
    from coupling.link import calls

    fields = {k: v for k, v in names.full(frame, data).items.items() if not k.startswith(".")}
    return calls.construct(frame, cls, [], fields, place)


def from_environment(frame: Frame, bases: list[str], field: str, default: Abs) -> Abs:
    """A field of a settings class is read from the environment before its default counts."""
    if not any(path.endswith(".BaseSettings") for path in bases) or not default.texts:
        return default
    env_value = frame.run.engine.env_value
    return env_value(frame, field.upper(), env_value(frame, field, default))


MAKERS = ("model_validate", "parse_obj", "from_dict", "model_construct")
"""Constructors that classes of pydantic and its kin inherit: they take a dict."""
_BOXES = (
    "box.Box",
    "box.ConfigBox",
    "box.box.Box",
    "box.config_box.ConfigBox",
    "box.BoxList",
    "easydict.EasyDict",
    "munch.Munch",
    "munch.munchify",
    "munch.Munch.fromDict",
    "munch.DefaultMunch.fromDict",
    "addict.Dict",
    "dotmap.DotMap",
    "types.SimpleNamespace",
    "argparse.Namespace",
    "attrdict.AttrDict",
    "ml_collections.ConfigDict",
    "ml_collections.config_dict.ConfigDict",
    "ml_collections.FrozenConfigDict",
    "bunch.Bunch",
    "sklearn.utils.Bunch",
    "yacs.config.CfgNode",
    "dotdict.dotdict",
)
FUNCTIONS: dict[str, Callable[[Frame, Abs, Args, Keywords, Place], Abs | None]] = {
    **dict.fromkeys(_BOXES, _wrapped),
    "omegaconf.OmegaConf.create": _created,
    "omegaconf.OmegaConf.to_container": _created,
    "omegaconf.OmegaConf.structured": _created,
    "omegaconf.OmegaConf.merge": _merged,
    "omegaconf.OmegaConf.from_cli": _from_cli,
    "omegaconf.OmegaConf.select": _selected,
    "configparser.ConfigParser": _ini,
    "configparser.RawConfigParser": _ini,
    "configparser.SafeConfigParser": _ini,
    "configparser.ConfigParser.read": _ini_read,
    "configparser.ConfigParser.get": _ini_get,
    "configparser.ConfigParser.items": _ini_section,
    "configparser.ConfigParser.getint": _ini_get,
    "configparser.ConfigParser.getfloat": _ini_get,
    "configparser.ConfigParser.getboolean": _ini_get,
    "dotenv.dotenv_values": _dotenv,
    "dacite.from_dict": _structured,
    "cattrs.structure": _structured,
    "cattr.structure": _structured,
}

__all__ = ["FUNCTIONS", "MAKERS", "from_environment", "ini_data", "interpolated", "made"]
