"""The user's settings: ``coupling.toml``, or ``[tool.coupling]`` in ``pyproject.toml``.

Comes in: the analysed folder or another ``Tree``, or a file named by hand. Goes out: a frozen ``Config``. Anything unknown is an
error with its line and what was probably meant. It does not know which kinds of finding exist.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from coupling.core.errors import CouplingError, did_you_mean
from coupling.core.graph import CERTAINTIES
from coupling.tomlplace import Place, has, line_of
from coupling.trees import Tree, of

__all__ = ["Allow", "Config", "Contract", "World", "line_of", "load", "make"]

FAIL_ON = ("error", "warning", "note", "never")
NAMES = ("coupling.toml", ".coupling.toml", "pyproject.toml")
BASELINE = "coupling-baseline.json"
"""The file of accepted findings, unless the settings name another."""


@dataclass(frozen=True, slots=True)
class Allow:
    """A coupling that somebody answers for, until a date."""

    reason: str
    source: str = ""
    target: str = ""
    loop: tuple[str, ...] = ()
    owner: str = ""
    expires: str = ""
    mitigation: str = ""
    fingerprint: str = ""
    line: int = 0
    contract: str = ""
    """The contract whose exception this is; '' for an entry of its own."""

    def expired(self, today: date) -> bool:
        """A date that cannot be read counts as passed: better one finding too many than a loop forgotten."""
        if not self.expires:
            return False
        try:
            return date.fromisoformat(self.expires) < today
        except ValueError:
            return True


@dataclass(frozen=True, slots=True)
class World:
    """What code cannot show: what is shown shapes these records; no records dismisses the suspicion."""

    shows: str
    shapes: tuple[str, ...] = ()
    free: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Contract:
    """A promise about flows, in the words of its writer; core.graph.Contract holds what they mean. ``subject`` are the words of
    ``from``, ``among`` or ``data``, ``object`` those of ``to`` or ``writers``."""

    name: str
    type: str
    subject: tuple[str, ...]
    object: tuple[str, ...] = ()
    reach: str = ""
    severity: str = "error"
    line: int = 0


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting. ``file`` is where they come from ('' for the defaults), ``base`` the folder its patterns are relative to."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_on: str = "warning"
    min_certainty: str = "partial"
    pedantic: bool = False
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    allow: tuple[Allow, ...] = ()
    world: tuple[World, ...] = ()
    contracts: tuple[Contract, ...] = ()
    baseline: str = ""
    file: str = ""
    base: str = ""

    def below(self, root: Path) -> str:
        """The analysed folder as seen from ``base``, with a slash, to make a root-relative path match the patterns."""
        if not self.base or not root.is_relative_to(self.base):
            return ""
        inner = PurePosixPath(root.relative_to(self.base).as_posix())
        return "" if inner == PurePosixPath() else f"{inner}/"


KEYS = tuple(f.name.replace("_", "-") for f in fields(Config) if f.name not in ("file", "base"))
ALLOW_KEYS = ("from", "to", "loop", "reason", "owner", "expires", "mitigation", "fingerprint")
CONTRACTS = {"forbidden": ("from", "to"), "independent": ("among", ""), "protected": ("data", "writers"), "acyclic": ("among", "")}
"""Types of contracts, each with the keys of its subject and its object."""
REACH = ("training", "prediction", "any")
CONTRACT_KEYS = ("name", "type", "from", "to", "among", "data", "writers", "reach", "severity", "allow")
WORLD_KEYS = ("shows", "shapes", "except")


def load(where: Path | Tree, named: Path | None = None) -> Config:
    """The settings for a folder: the named file, or the nearest at or above it, up to the root of its git repository.

    Raises CouplingError for a file that cannot be read and for every key or value that has no meaning.
    """
    if named is not None:
        return _read(named, _content(named)) or Config()
    for file, (data, error) in of(where).above(NAMES):
        if error:
            raise CouplingError(f"cannot read the configuration {file}: {error}")
        if found := _read(file, data):
            return found
    return Config()


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CouplingError(f"cannot read the configuration {file}: {error}") from error


def make(**options: Any) -> Config:
    """A Config from Python values, checked like a file's: the keys with underscores.

    Raises CouplingError as ``load`` does.
    """
    return _config({key.replace("_", "-"): _plain(value) for key, value in options.items()}, Place("options", "", ()))


def _read(file: Path, content: bytes) -> Config | None:
    """One file's settings; None for a pyproject.toml that has none."""
    try:
        text = content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise CouplingError(f"cannot read the configuration {file}: {error}") from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CouplingError(f"{file.name}: not readable as TOML: {error}") from error
    keys: tuple[str, ...] = ("tool", "coupling")
    if file.name != "pyproject.toml" and not has(data, keys):
        keys = ()
    elif not has(data, keys):
        return None
    elif file.name != "pyproject.toml" and (beside := [key for key in data if key in KEYS]):
        message = f"`{beside[0]}` stands beside a table of `tool.coupling` and would not count: in this file leave `tool.coupling.` out"
        raise Place(file.name, text, ()).error(message, beside[0])
    for key in keys:
        data = data[key]
    place = Place(file.name, text, keys)
    if not isinstance(data, dict):
        raise place.error("[tool.coupling] is a table")
    return _config(data, place, base=str(file.resolve().parent))


def _config(data: dict[str, Any], place: Place, base: str = "") -> Config:
    for key in data:
        if key not in KEYS:
            raise place.error(f"unknown key `{key}`{did_you_mean(key, KEYS)} (known: {', '.join(KEYS)})", key)
    made = {key.replace("-", "_"): _value(key, value, place) for key, value in data.items()}
    exceptions = tuple(each for at, entry in enumerate(data.get("contracts", ())) for each in _exceptions(entry, place, at))
    made["allow"] = (*made.get("allow", ()), *exceptions)
    return Config(**made, file=place.file if place.text else "", base=base)


def _value(key: str, value: Any, place: Place) -> Any:
    if key == "pedantic":
        return _typed(value, bool, "true or false", place, key)
    if key == "fail-on":
        return _one_of(value, FAIL_ON, place, key)
    if key == "min-certainty":
        return _one_of(value, CERTAINTIES, place, key)
    if key == "per-file-ignores":
        table = _typed(value, dict, "a table of pattern = [kinds]", place, key)
        return tuple((pattern, _words(kinds, place, key, pattern)) for pattern, kinds in table.items())
    if key == "allow":
        return tuple(_allow(entry, place, "allow", at) for at, entry in enumerate(_entries(value, place, key)))
    if key == "contracts":
        entries = _entries(value, place, key)
        return tuple(_contract(entry, place, at) for at, entry in enumerate(entries))
    if key == "baseline":
        return _text(value, place, key)
    if key == "world":
        return tuple(_world(entry, place, at) for at, entry in enumerate(_entries(value, place, key)))
    return _words(value, place, key)


def _entries(value: Any, place: Place, key: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise place.error(f"`{key}` is an array of tables: write [[tool.coupling.{key}]]", key)
    return value


def _allow(entry: dict[str, Any], place: Place, *where: str | int) -> Allow:
    _known(entry, ALLOW_KEYS, place, *where)
    text = {key: _text(value, place, *where, key) for key, value in entry.items() if key != "loop"}
    loop = _words(entry.get("loop", []), place, *where, "loop")
    if not text.get("reason", "").strip():
        raise place.error("an allowed coupling needs a `reason`", *where)
    if not (loop or text.get("from") or text.get("to") or text.get("fingerprint")):
        raise place.error("an allowed coupling needs `from` and `to`, a `loop` of names, or a `fingerprint`", *where)
    source, target = text.pop("from", ""), text.pop("to", "")
    return Allow(source=source, target=target, loop=loop, line=place.line(*where), **text)


def _contract(entry: dict[str, Any], place: Place, at: int) -> Contract:
    where = ("contracts", at)
    _known(entry, CONTRACT_KEYS, place, *where)
    for key in ("name", "type"):
        if not _text(entry.get(key, ""), place, *where, key).strip():
            raise place.error(f"a contract needs a `{key}`", *where)
    type_ = _one_of(entry["type"], tuple(CONTRACTS), place, *where, "type")
    mine = CONTRACTS[type_]
    for key in mine:
        if key and not entry.get(key):
            raise place.error(f"a contract of type `{type_}` needs `{key}`", *where)
    for key in entry:
        if (key in ("from", "to", "among", "data", "writers") and key not in mine) or (key == "reach" and type_ == "protected"):
            raise place.error(f"a contract of type `{type_}` has no `{key}`, its own are {' and '.join(filter(None, mine))}", *where, key)
    subject, object_ = (_one_or_more(entry.get(key, []), place, *where, key) for key in mine)
    reach = _one_of(entry.get("reach", "training" if type_ == "forbidden" else "any"), REACH, place, *where, "reach")
    severity = _one_of(entry.get("severity", "error"), FAIL_ON[:3], place, *where, "severity")
    return Contract(entry["name"], type_, subject, object_, reach, severity, place.line(*where))


def _exceptions(entry: dict[str, Any], place: Place, at: int) -> tuple[Allow, ...]:
    """What a contract puts up with: entries like those of ``allow``, for this contract only."""
    where = ("contracts", at, "allow")
    found = entry.get("allow", [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise place.error('`allow` of a contract is a list: allow = [{from = "...", to = "...", reason = "..."}]', *where)
    made = (_allow(each, place, *where, number) for number, each in enumerate(found))
    return tuple(replace(each, contract=entry["name"], line=each.line or place.line("contracts", at)) for each in made)


def _world(entry: dict[str, Any], place: Place, at: int) -> World:
    _known(entry, WORLD_KEYS, place, "world", at)
    for key in ("shows", "shapes"):
        if key not in entry:
            raise place.error(f"a `world` entry needs `{key}`" + (" ([] dismisses)" if key == "shapes" else ""), "world", at)
    shows, free = (_text(entry.get(key, ""), place, "world", at, key) for key in ("shows", "except"))
    return World(shows, _words(entry["shapes"], place, "world", at, "shapes"), free, place.line("world", at))


def _known(entry: dict[str, Any], known: tuple[str, ...], place: Place, *where: str | int) -> None:
    for key in entry:
        if key not in known:
            raise place.error(f"unknown key `{key}` in `{where[0]}`{did_you_mean(key, known)} (known: {', '.join(known)})", *where, key)


def _one_of(value: Any, known: tuple[str, ...], place: Place, *where: str | int) -> str:
    if value not in known:
        raise place.error(f"`{where[-1]}` is one of {', '.join(known)}, not `{value}`{did_you_mean(str(value), known)}", *where)
    return str(value)


def _one_or_more(value: Any, place: Place, *where: str | int) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else _words(value, place, *where)


def _words(value: Any, place: Place, *where: str | int) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise place.error(f"`{where[-1]}` is a list of texts, not `{value}`", *where)
    return tuple(value)


def _text(value: Any, place: Place, *where: str | int) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(_typed(value, str, "a text", place, *where))


def _typed(value: Any, kind: type, name: str, place: Place, *where: str | int) -> Any:
    if not isinstance(value, kind):
        raise place.error(f"`{where[-1]}` is {name}, not `{value}`", *where)
    return value


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, (list, tuple)) else value
