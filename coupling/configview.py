"""What the settings are and where each comes from, and the JSON Schema that editors check a configuration by.

Comes in: a ``Config``. Goes out: lines of text, a schema. The keys are those of ``coupling.config``; a test keeps them so.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coupling.config import CONTRACTS, FAIL_ON, KEYS, REACH, Config
from coupling.core.graph import CERTAINTIES
from coupling.core.tomltext import quoted
from coupling.tomlplace import line_of

TABLES = ("allow", "world", "contracts", "per-file-ignores")
ENVIRONMENT = "COUPLING_CHECK_"
"""How variables begin that stand for options of ``coupling check``."""

Json = dict[str, Any]


def rows(config: Config, environment: Mapping[str, str] = os.environ) -> list[tuple[str, str]]:
    """(setting as TOML, where it comes from), in the order of the keys."""
    text, keys = _text(config)
    return [(f"{key} = {_shown(config, key)}", _source(config, key, text, keys, environment)) for key in KEYS]


def _text(config: Config) -> tuple[str, tuple[str, ...]]:
    """The configuration's text, and the keys of the table that holds the settings."""
    if not config.file:
        return "", ()
    try:
        text = (Path(config.base) / config.file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return "", ()
    own = config.file != "pyproject.toml" and not line_of(text, ("tool", "coupling"))
    return text, () if own else ("tool", "coupling")


def _source(config: Config, key: str, text: str, keys: tuple[str, ...], environment: Mapping[str, str]) -> str:
    variable = ENVIRONMENT + key.upper().replace("-", "_")
    if environment.get(variable):
        return f"overruled by {variable} in the environment"
    line = line_of(text, (*keys, key)) if text else 0
    name = key.replace("-", "_")
    if line:
        return f"{config.file}:{line}"
    return "default" if getattr(config, name) == getattr(Config(), name) else "command line"


def _shown(config: Config, key: str) -> str:
    value = getattr(config, key.replace("-", "_"))
    if key in TABLES:
        mine = [each for each in value if not getattr(each, "contract", "")]
        return f"[...]  ({len(mine)} {'entry' if len(mine) == 1 else 'entries'})" if mine else "[]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(map(quoted, value))}]" if isinstance(value, tuple) else quoted(value)


def schema() -> Json:
    """JSON Schema of ``coupling.toml``, and of the table ``tool.coupling``."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "coupling.toml",
        "type": "object",
        "properties": _settings(),
        "additionalProperties": False,
    }


def _settings() -> Json:
    kinds = "kinds of coupling: codes, beginnings of codes, names, or all"
    return {
        "select": _texts(f"only these {kinds}"),
        "ignore": _texts(f"none of these {kinds}"),
        "extend-select": _texts(f"these {kinds} too"),
        "exclude": _texts("files to leave out, as in .gitignore"),
        "fail-on": _choice(FAIL_ON, "the severity from which on findings exit 1"),
        "min-certainty": _choice(CERTAINTIES, "the least certain findings to show"),
        "pedantic": {"type": "boolean", "description": "show notes too"},
        "per-file-ignores": {
            "type": "object",
            "description": f"patterns of files, each with the {kinds} to leave out there",
            "additionalProperties": _texts(kinds),
        },
        "allow": _entries(_allow(), "couplings that somebody answers for"),
        "world": _entries(_world(), "what code cannot show: whose output shapes which records"),
        "contracts": _entries(_contract(), "flows that there must not be"),
        "baseline": _words("the file of accepted findings, relative to this one [coupling-baseline.json]"),
    }


def _allow() -> Json:
    return {
        "type": "object",
        "properties": {
            "from": _words("a model or data set of the finding: a name or pattern"),
            "to": _words("another"),
            "loop": _texts("the models of a loop, and its data"),
            "fingerprint": {"type": "string", "minLength": 4, "description": "the beginning of the finding's fingerprint"},
            "reason": {"type": "string", "minLength": 1, "description": "why it is fine"},
            "owner": _words("who answers for it"),
            "expires": {"description": "the last day: 2027-01-31"},
            "mitigation": _words("what keeps it harmless: holdout, delay, human review"),
        },
        "required": ["reason"],
        "anyOf": [{"required": [key]} for key in ("from", "to", "loop", "fingerprint")],
        "additionalProperties": False,
    }


def _world() -> Json:
    return {
        "type": "object",
        "properties": {
            "shows": _words("a model, or a route, file or table that shows its output"),
            "shapes": _texts("the data that people then make; none dismisses the suspicion"),
            "except": _words("which records are free of it"),
        },
        "required": ["shows", "shapes"],
        "additionalProperties": False,
    }


def _contract() -> Json:
    words = "models and data sets by name or pattern, folder:PATH, owner:@NAME"
    names = {"anyOf": [{"type": "string"}, _texts(words)], "description": words}
    return {
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1},
            "type": _choice(tuple(CONTRACTS), "what is ruled out"),
            **dict.fromkeys(("from", "to", "among", "data", "writers"), names),
            "reach": _choice(REACH, "what counts as reaching a model"),
            "severity": _choice(FAIL_ON[:3], "of a broken contract [error]"),
            "allow": {"type": "array", "items": _allow(), "description": "exceptions"},
        },
        "required": ["name", "type"],
        "allOf": [_needs(type_, keys) for type_, keys in CONTRACTS.items()],
        "additionalProperties": False,
    }


def _needs(type_: str, keys: tuple[str, ...]) -> Json:
    return {"if": {"properties": {"type": {"const": type_}}}, "then": {"required": [key for key in keys if key]}}


def _words(what: str) -> Json:
    return {"type": "string", "description": what}


def _texts(what: str) -> Json:
    return {"type": "array", "items": {"type": "string"}, "description": what}


def _choice(values: tuple[str, ...], what: str) -> Json:
    return {"enum": list(values), "description": what}


def _entries(item: Json, what: str) -> Json:
    return {"type": "array", "items": item, "description": what}
