"""Settings classes and readers that take their values from the environment: pydantic's ``BaseSettings``, environs, decouple.

Comes in: a field of such a class, or a call that asks for a variable. Goes out: what the environment or a file of variables says, else the
default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.facts import Param
from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, Abs, Api, Args, Class, Keywords, Place, hole

if TYPE_CHECKING:
    from coupling.link.frames import Frame

_ALIASES = ("validation_alias", "alias", "env")


def reads_environment(bases: list[str]) -> bool:
    """Whether a class with these library bases fills its fields from the environment."""
    return any(path.endswith(".BaseSettings") for path in bases)


def field(frame: Frame, cls: Class, body: Frame, declared: Param, default: Abs) -> Abs:
    """A field of a settings class: the environment before its default."""
    from coupling.link import calls

    named: list[str] = []
    value = body.value(declared.default) if declared.default >= 0 else None
    if value is not None and value.op == "call":
        _, keywords = calls.arguments(body, value)
        given = [keywords[k] for k in _ALIASES if k in keywords]
        named = [n for g in given for v in (g, *g.items.values()) if (n := v.literal)]
    prefix = _prefix(frame, cls)
    for name in named or (prefix + declared.name,):
        for spelled in dict.fromkeys((name, name.upper(), name.lower())):
            found = frame.run.engine.env_value(frame, spelled, None)
            if found.literal is not None:
                return found
    return default or hole(f"environment variable {(prefix + declared.name).upper()} has no default", declared.name)


def _prefix(frame: Frame, cls: Class) -> str:
    """``model_config = SettingsConfigDict(env_prefix=...)``, or ``env_prefix`` of an inner class ``Config``."""
    from coupling.link import members

    config = members.class_member(frame.run, cls, "model_config")
    if config is not None and (given := config[0].items.get("env_prefix")) is not None:
        return given.literal or ""
    inner = members.class_member(frame.run, cls, "Config")
    for thing in inner[0].things if inner is not None else ():
        if isinstance(thing, Class) and (found := members.class_member(frame.run, thing, "env_prefix")) is not None:
            return found[0].literal or ""
    return ""


def _as_dict(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``SettingsConfigDict(env_prefix=...)`` is a dict."""
    return Abs(items=keywords)


def _reader(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``env = Env()``, and ``env("NAME", default)`` of what that made."""
    if args and any(isinstance(t, Api) and t.key for t in receiver.things):
        return _ask(frame, receiver, args, keywords, place)
    return Abs(things=(Api("environs.Env", key=("env", place)),))


def _ask(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    name = args[0].literal if args else None
    default = args[1] if len(args) > 1 else keywords.get("default")
    return frame.run.engine.env_value(frame, name, default) if name else default or NOTHING


FUNCTIONS: dict[str, Handler] = {
    "pydantic_settings.SettingsConfigDict": _as_dict,
    "pydantic.ConfigDict": _as_dict,
    "environs.Env": _reader,
    "environ.Env": _reader,
    **{f"environs.Env.{name}": _ask for name in ("str", "path", "url", "int", "bool", "list", "get_value")},
    "starlette.config.Config": _reader,
    "decouple.AutoConfig": _reader,
}
"""By API path."""
