"""absl-style flags: defined anywhere, read as attributes of one object or through what ``DEFINE_...`` gives.

Comes in: definitions and the unit's words. Goes out: the value of a flag.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import TYPE_CHECKING

from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, Abs, Args, Keywords, Place, hole, text
from coupling.link.words import bind_specs, canonical

if TYPE_CHECKING:
    from coupling.link.frames import Frame

_MODULES = ("absl.flags", "tensorflow.flags", "tensorflow.app.flags", "tensorflow.compat.v1.flags", "tensorflow.compat.v1.app.flags")
MOST_MODULES = 60
_KINDS = "string integer float boolean bool enum list multi_string spaceseplist multi_integer enum_class".split()


def _define_flag(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return _defined(frame, args, keywords)


def _define_switch(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return _defined(frame, args, keywords, text("store_true"))


def _define_several(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``DEFINE_multi_string``: each time that the flag is given adds to a list."""
    return _defined(frame, args, keywords, text("append"))


def _defined(frame: Frame, args: Args, keywords: Keywords, action: Abs | None = None) -> Abs:
    name = args[0].literal if args else keywords.get("name", NOTHING).literal
    if name is None:
        return NOTHING
    default = args[1] if len(args) > 1 else keywords.get("default", NOTHING)
    declared = {
        "flags": text("--" + name),
        **({"default": default} if default else {}),
        **({"action": action} if action else {}),
    }
    spec = Abs(items=declared)
    frame.run.store(("flags", "args"), Abs(items={name: spec}))
    return Abs(items={".value": flag(frame, name), ".default": default})


def flag(frame: Frame, name: str) -> Abs:
    """``FLAGS.name``."""
    stored: Abs | None = frame.run.look(frame.run.heap, ("flags", "set", name))
    if stored is not None:
        return stored
    specs = frame.run.load(("flags", "args")).items
    if name not in specs:
        specs = _of_imported(frame, name)
    if name not in specs:
        return hole("a flag that no file defines", name)
    return bind_specs(frame, {name: specs[name]}, _words(frame), Place(frame.file.path, frame.scope.line or 1))[name]


def _of_imported(frame: Frame, name: str) -> Mapping[str, Abs]:
    """A module that is imported for its flags only defines them as it runs."""
    engine, seen = frame.run.engine, {frame.file.path}
    todo = [frame.file]
    for file in todo:
        for dotted in [v.text for v in file.values if v.op == "import"]:
            found = engine.index.module(dotted, file.path)
            if found is None or found[0] in seen or len(seen) > MOST_MODULES:
                continue
            seen.add(found[0])
            if (module := engine.module_frame(frame.run, found[0])) is not None:
                todo.append(module.file)
        if name in (specs := frame.run.load(("flags", "args")).items):
            return specs
    return {}


def _words(frame: Frame) -> tuple[Abs, ...] | None:
    """The unit's words; in place of ``--flagfile=F`` the flags that the file holds."""
    argv = frame.run.argv
    if argv is None:
        return None
    out: list[Abs] = []
    for word in argv:
        name, equals, path = (word.literal or "").partition("=")
        out += _of_file(frame, path) if equals and canonical(name) == "flagfile" else [word]
    return tuple(out)


def _of_file(frame: Frame, name: str) -> list[Abs]:
    from coupling.link.evaluate import evaluate

    index = frame.run.engine.index
    path = index.file(name, (frame.run.cwd, posixpath.dirname(frame.run.unit.path), ""))
    module = frame.run.engine.module_frame(frame.run, path) if path in index.files else None
    if module is None or module.file.parser != "flagfile":
        return []
    words = [evaluate(module, module.value(e.value).parts[1]) for e in module.scope.effects if module.value(e.value).op == "call"]
    return [word for listed in words for word in listed.items.values()]


_BY_KIND = {"bool": _define_switch, "boolean": _define_switch, "multi_string": _define_several, "multi_integer": _define_several}
FUNCTIONS: dict[str, Handler] = {f"{module}.DEFINE_{kind}": _BY_KIND.get(kind, _define_flag) for module in _MODULES for kind in _KINDS}
"""By API path."""
