"""Identity of assets: one name for one stored thing, however the code spells it, and which names can be one.

A relative path starts from the folder its unit runs in; where no command says which, from the root, or from the script's folder when only
that exists. Schemes keep their own namespace. A shared base name alone is never identity.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from coupling.core.template import holes, is_pattern, literal_size, render, unifiable
from coupling.link import spellings
from coupling.link.values import ROOT, AssetRef

FILES = ("file", "dir", "glob", "any", "key", "url", "hub", "db")
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://+([^/]*)/?(.*)$", re.S)
_SECRET = re.compile(r"//[^/@\s]*:[^/@\s]*@")
_VERSION = re.compile(r":(latest|best|prod|production|staging|v\d+|\{[^}]*\})(?=/|$)")
LONGEST_NAME = 300
LEAST_SAID = 3
"""Letters and digits that a pattern must say before it is taken for another name."""


class Asset(NamedTuple):
    """A stored thing: its kind of place, OpenLineage namespace and name, and whether the name has holes."""

    type: str
    namespace: str
    name: str
    certainty: str

    @property
    def id(self) -> str:
        full = self.name if self.namespace in ("file", "") or self.name.startswith(self.namespace) else f"{self.namespace}/{self.name}"
        return f"asset:{self.type}:{full}"


class Identity:
    def __init__(self, paths: Collection[str]) -> None:
        self.paths = frozenset(paths)
        self.folders = {""} | {f for p in self.paths for f in _ancestors(p)}
        self.made: set[str] = set()
        self.hubs: set[str] = set()
        self._known: dict[tuple[AssetRef, str], Asset] = {}

    def makes(self, made: Iterable[tuple[AssetRef, str]]) -> None:
        """Paths that the repository itself writes, with the path of the writing unit: what is read under one is no hub id."""
        names = {asset.name for ref, path in made if ref.kind != "hub" and (asset := self.asset(ref, path)).namespace == "file"}
        self.made = {f for name in names if not is_pattern(name) for f in (name, *_ancestors(name))}
        self._known.clear()

    def fetches(self, read: Iterable[tuple[AssetRef, str]]) -> None:
        """Hub ids that are read: what is read under the same name as a folder is a copy of that, where nothing here makes one."""
        found = {asset.name for ref, path in read if ref.kind == "hub" and (asset := self.asset(ref, path)).type == "hub"}
        self.hubs = {name for name in found if name.count("/") == 1 and not is_pattern(name)}
        self._known.clear()

    def asset(self, ref: AssetRef, unit_path: str) -> Asset:
        key = (ref, posixpath.dirname(unit_path))
        if key not in self._known:
            self._known[key] = self._asset(ref, unit_path)
        return self._known[key]

    def _asset(self, ref: AssetRef, unit_path: str) -> Asset:
        name = _SECRET.sub("//", render(ref.name).strip())[:LONGEST_NAME]
        certainty = "partial" if holes(ref.name) or is_pattern(name) else "exact"
        if ref.kind == "table":
            return Asset("table", "table", name.strip("`\"'[] ").replace("`", "").replace('"', ""), certainty)
        if ref.kind == "artifact" and name.startswith(ROOT):
            name = posixpath.basename(name)
        if ref.kind in ("topic", "artifact", "api", "sql"):
            return Asset(ref.kind, ref.kind, spellings.registered(name), certainty)
        name = spellings.mounted(name)
        match = _SCHEME.match(name)
        if match and match[1].lower() not in ("file", "sqlite"):
            kind, namespace, path = spellings.address(match[1], match[2], match[3])
            return Asset("table" if ref.kind == "db" and kind == "file" else kind, namespace, path, certainty)
        if match:
            parts = [part for part in (match[2], match[3]) if part]
            name = "/" + "/".join(parts) if match[1].lower() == "file" else name.partition("://")[2].removeprefix("/")
        if literal_size(name) == 0 and holes(ref.name):
            return Asset("hub" if ref.kind == "hub" else "file", f"names of {unit_path}", name, "partial")
        is_hub = ref.kind == "hub" and not self._local(name, ref.cwd, unit_path)
        if is_hub and certainty == "exact":
            return Asset("hub", "file", _normal(name), certainty)  # the same wherever a command starts
        path = self._path(name, ref.cwd, unit_path)
        fetched = "/".join(_normal(name).split("/")[:2])
        if ref.kind == "dir" and fetched in self.hubs and not {path, fetched} & (self.folders | self.made):
            return Asset("hub", "file", fetched, certainty)
        return Asset("hub" if is_hub else "file", "file", path, certainty)

    def _local(self, name: str, cwd: str, unit_path: str) -> bool:
        return name.startswith((".", "/", "~")) or name.count("/") > 1 or self._path(name, cwd, unit_path) in self.folders | self.made

    def _path(self, name: str, cwd: str, unit_path: str) -> str:
        name = name.replace("\\", "/")
        if name.startswith(ROOT):
            return _normal(name[len(ROOT) :].lstrip("/"))
        if name.startswith(("/", "~")):
            return _normal(name)
        if name.startswith("{") and not cwd:
            return _normal(name)
        if cwd:
            return self._started_in(cwd, name)
        here = posixpath.join(posixpath.dirname(unit_path), name)
        return _normal(here) if self._only_beside(name, here) else _normal(name)

    def _started_in(self, cwd: str, name: str) -> str:
        """A path seen from the folder a command starts in; one that repeats that folder, which is not there twice, is meant from
        the root."""
        joined, plain = _normal(posixpath.join(cwd, name)), _normal(name)
        twice = plain.startswith(cwd + "/") and posixpath.join(cwd, plain.split("/")[0]) not in self.folders
        return plain if twice else joined

    def _only_beside(self, name: str, here: str) -> bool:
        """Whether the path exists seen from the script's folder and not from the root."""
        plain, beside = _normal(name), _normal(here)
        if plain.startswith(".."):
            return not beside.startswith("..")
        if is_pattern(plain):
            plain, beside = _literal_folder(plain), _literal_folder(beside)
        for candidate in (plain, posixpath.dirname(plain)):
            if candidate and (candidate in self.paths or candidate in self.folders):
                return False
        return (
            bool(beside)
            and beside != plain
            and (beside in self.paths or (posixpath.dirname(plain) != "" and posixpath.dirname(beside) in self.folders))
        )


def _ancestors(path: str) -> Iterable[str]:
    while path.strip("/"):
        path = posixpath.dirname(path)
        yield path


def _literal_folder(name: str) -> str:
    out = []
    for part in name.split("/"):
        if is_pattern(part):
            break
        out.append(part)
    return "/".join(out)


def _normal(name: str) -> str:
    path = posixpath.normpath(name) if name else ""
    return "" if path == "." else path


def same_names(written: Collection[Asset], read: Collection[Asset], folders: Collection[Asset] = ()) -> list[tuple[Asset, Asset, str]]:
    """Pairs (written, read) of different names that can be one thing: patterns that unify, and a folder with what lies in it;
    ``folders`` are known to be some, so that their names may have unknown parts."""
    by_space: dict[tuple[str, str], list[Asset]] = {}
    for asset in sorted(written):
        by_space.setdefault(_space(asset), []).append(asset)
    known = {space: _Written(assets) for space, assets in by_space.items()}
    return [
        (source, target, why)
        for target in sorted(read)
        if (space := known.get(_space(target))) is not None
        for source in space.near(target)
        if source.name != target.name and (why := _one(source, target) or _in_folder(source, target, folders))
    ]


def _in_folder(source: Asset, target: Asset, folders: Collection[Asset]) -> str:
    """``games/{player}`` is a folder of which ``games/anna/1.json`` is a file."""
    if target in folders and _lies_in(source.name, target.name):
        return "a file in a folder that is read"
    if source in folders and _lies_in(target.name, source.name):
        return "a file of a folder that is written"
    return ""


def _lies_in(name: str, folder: str) -> bool:
    if not is_pattern(folder) or name.count("/") <= folder.count("/"):
        return False
    above = "/".join(name.split("/")[: folder.count("/") + 1])
    return above == folder or _unify(above, folder)


class _Written:
    """Written assets by what another name must share with theirs: two names without wild parts share a folder, or the last part of
    a table."""

    def __init__(self, assets: list[Asset]) -> None:
        self.all = assets
        self.wild = [asset for asset in assets if is_pattern(asset.name)]
        self.by_name: dict[str, list[Asset]] = {}
        self.by_folder: dict[str, list[Asset]] = {}
        for asset in assets:
            self.by_name.setdefault(_last(asset), []).append(asset)
            for folder in _prefixes(_path(asset)) if asset.type != "table" else ():
                self.by_folder.setdefault(folder, []).append(asset)

    def near(self, target: Asset) -> list[Asset]:
        """In order, all that ``_one`` can pair with the target."""
        if is_pattern(target.name):
            return self.all
        found = set(self.wild)
        for name in (_last(target), *(_prefixes(_path(target)) if target.type != "table" else ())):
            found.update(self.by_name.get(name, ()))
        found.update(self.by_folder.get(_path(target), ()))
        return sorted(found)


def _path(asset: Asset) -> str:
    return _unversioned(asset.name) if asset.type == "artifact" else asset.name


def _last(asset: Asset) -> str:
    return asset.name.rpartition(".")[2].lower() if asset.type == "table" else _path(asset)


def _unversioned(name: str) -> str:
    """An artifact's name without the run, the project and the version that a tracker writes around it."""
    plain = re.sub(r"^runs:/[^/]*/", "", name)
    if (found := _VERSION.search(plain)) is None:
        return plain
    name = plain[: found.start()]
    return (name.rpartition("/")[2] if name.count("/") == 2 else name) + plain[found.end() :]


def _prefixes(name: str) -> list[str]:
    return [name[:at] for at, letter in enumerate(name) if letter == "/"]


def _space(asset: Asset) -> tuple[str, str]:
    return ("file", "file") if asset.type in ("file", "hub") and asset.namespace == "file" else (asset.type, asset.namespace)


def _one(source: Asset, target: Asset) -> str:
    a, b = source.name, target.name
    if source.type == "table":
        said = min(literal_size(x.rpartition(".")[2]) for x in (a, b))
        return (
            "one table with and without its schema"
            if _qualified(a, b)
            else "names that unify"
            if said >= LEAST_SAID and unifiable(a, b)
            else ""
        )
    if source.type == "artifact" and _unversioned(a) == _unversioned(b):
        return "one artifact with and without its version"
    if source.type == "artifact":
        a, b = _unversioned(a), _unversioned(b)
    if (is_pattern(a) or is_pattern(b)) and _unify(a, b):
        return "names that unify"
    if a.startswith(b + "/") and b and not is_pattern(b) and "." not in posixpath.basename(b):
        return "a file in a folder that is read"
    if b.startswith(a + "/") and a and not is_pattern(a) and "." not in posixpath.basename(a):
        return "a file of a folder that is written"
    return ""


def _qualified(a: str, b: str) -> bool:
    x, y = a.lower().split("."), b.lower().split(".")
    if len(x) == len(y) or is_pattern(a) or is_pattern(b):
        return x == y
    short, long = sorted((x, y), key=len)
    return long[-len(short) :] == short and len(short[-1]) > 2


def _unify(a: str, b: str) -> bool:
    """Patterns unify when what they say beside wild parts is enough, folders included."""
    if not unifiable(a, b):
        return False
    wild = min((x for x in (a, b) if is_pattern(x)), key=literal_size)
    stem = posixpath.splitext(wild)[0]
    if literal_size(stem) < LEAST_SAID:
        return False
    first = wild.split("/")[0]
    return not (is_pattern(first) and wild.count("/") == 1 and "/" in (b if wild == a else a) and literal_size(wild.split("/")[-1]) < 6)
