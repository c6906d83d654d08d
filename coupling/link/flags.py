"""absl-style flags: defined anywhere, read as attributes of one object or through what ``DEFINE_...`` gives.

Comes in: definitions and the unit's words. Goes out: the value of a flag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, Abs, Args, Keywords, Place, hole, text
from coupling.link.words import bind_specs

if TYPE_CHECKING:
    from coupling.link.frames import Frame

_MODULES = ("absl.flags", "tensorflow.flags", "tensorflow.app.flags", "tensorflow.compat.v1.flags", "tensorflow.compat.v1.app.flags")
_KINDS = "string integer float boolean bool enum list multi_string spaceseplist multi_integer enum_class".split()


def _define_flag(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    name = args[0].literal if args else keywords.get("name", NOTHING).literal
    if name is None:
        return NOTHING
    default = args[1] if len(args) > 1 else keywords.get("default", NOTHING)
    spec = Abs(items={"flags": text("--" + name), "default": default} if default else {"flags": text("--" + name)})
    frame.run.store(("flags", "args"), Abs(items={name: spec}))
    return Abs(items={".value": flag(frame, name), ".default": default})


def flag(frame: Frame, name: str) -> Abs:
    """``FLAGS.name``."""
    specs = frame.run.load(("flags", "args")).items
    stored = frame.run.heap.get(("flags", "set", name))
    if stored is not None:
        return stored
    if name not in specs:
        return hole("a flag that no file defines", name)
    return bind_specs(frame, {name: specs[name]}, frame.run.argv, Place(frame.file.path, frame.scope.line or 1))[name]


FUNCTIONS: dict[str, Handler] = {f"{module}.DEFINE_{kind}": _define_flag for module in _MODULES for kind in _KINDS}
"""By API path."""
