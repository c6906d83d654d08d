"""Members that a program looks up by name: ``globals()[name]``, ``getattr(models, name)``.

Comes in: the module and the name. Goes out: the member; where the name is not known, the classes there that are models, since
choosing a network by an option is what such code is for. More than a few say nothing.
"""

from __future__ import annotations

from coupling.core.template import Hole, text_of
from coupling.link import members
from coupling.link.frames import Frame
from coupling.link.values import NOTHING, Abs, Class, Module, union

MOST_CHOICES = 8
MOST_NAMES = 60
"""Names of a module that are looked at."""


def of_globals(frame: Frame, key: Abs) -> Abs | None:
    """``globals()[key]`` in the module of the frame."""
    path = frame.file.path
    if _is_open(key):
        return _models(frame, path) or None
    found = (members.module_member(frame.run, path, name, missing=False) for t in key.texts if (name := text_of(t)))
    return union([value for value in found if value is not None]) or None


def of_module(frame: Frame, owner: Abs, key: Abs) -> Abs:
    """``getattr(module, key)`` with a name that nobody knows."""
    modules = [thing for thing in owner.things if isinstance(thing, Module)]
    return union([_models(frame, module.file) for module in modules[:2]]) if _is_open(key) else NOTHING


def _is_open(key: Abs) -> bool:
    """Whether nothing of the name is known."""
    return not key.texts or any(isinstance(part, Hole) for template in key.texts for part in template)


def _models(frame: Frame, path: str) -> Abs:
    """The model classes that a module defines or imports."""
    file = frame.run.engine.index.files.get(path)
    if file is None or not file.scopes:
        return NOTHING
    names = [name for name, _ in file.scopes[0].names if name[:1].isupper()]
    found = [members.module_member(frame.run, path, name, missing=False) for name in names[:MOST_NAMES]]
    chosen = dict.fromkeys(t for value in found if value is not None for t in value.things if isinstance(t, Class) and _learns(frame, t))
    return Abs(things=tuple(chosen)) if len(chosen) <= MOST_CHOICES else NOTHING


def _learns(frame: Frame, cls: Class) -> bool:
    rules = (frame.run.engine.rules.find(path) for path in members.api_bases(frame.run, cls))
    return any(rule is not None and rule.creates == "model" for rule in rules)
