"""Settings beside data: what a settings file says decides which columns are read and how, and is no data that a model learns.

Comes in: what a training, an evaluation or a prediction is handed. Goes out: the same without what was read from settings files,
unless nothing else is left (a data set may well be written in YAML) or the call itself read the file (``train(data="set.yaml")``).
"""

from __future__ import annotations

import posixpath
import re

from coupling.core.template import render
from coupling.link.values import Flow, Place, Read

_SETTINGS = (".yaml", ".yml", ".toml", ".ini", ".cfg", ".env", ".properties", ".conf")
_WORDS = frozenset(
    "config configs configuration cfg settings params parameters hparams hyperparameters args options schema manifest".split()
)
"""Words of a JSON file's name that say the same."""

Used = tuple[tuple[str, Flow], ...]
"""(role, flow) of each value that is handed over."""


def without(used: Used, place: Place) -> Used:
    """What is handed over at a place, without settings, when data are left."""
    data = tuple((role, flow) for role, flow in used if not _is_knob(flow, place))
    return data if any(isinstance(flow.origin, Read) for _, flow in data) else used


def _is_knob(flow: Flow, place: Place) -> bool:
    origin = flow.origin
    return isinstance(origin, Read) and origin.place != place and _is_settings(render(origin.asset.name))


def _is_settings(name: str) -> bool:
    stem, suffix = posixpath.splitext(posixpath.basename(name).lower())
    return suffix in _SETTINGS or (suffix == ".json" and not _WORDS.isdisjoint(re.split(r"[^a-z]+", stem)))
