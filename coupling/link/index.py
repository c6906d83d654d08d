"""Where things of the repository are: modules by import name, files by path.

Comes in: facts and the list of paths. It resolves names of files and modules and evaluates nothing.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Sequence

from coupling.core.facts import FileFacts

PYTHON = ("python", "notebook")
SETTINGS = "settings"
"""The parser of YAML, TOML, JSON, INI and .env files."""


class Index:
    def __init__(self, facts: Sequence[FileFacts], paths: Collection[str]) -> None:
        self.files = {f.path: f for f in sorted(facts, key=lambda f: f.path)}
        self.paths = frozenset(paths) | self.files.keys()
        self.folders = _folders(self.paths)
        self._by_stem: dict[str, list[str]] = {}
        for path, file in self.files.items():
            if file.parser in PYTHON and path.endswith(".py"):
                self._by_stem.setdefault(_stem(path), []).append(path)
        names = {p: posixpath.basename(p) for p, f in self.files.items() if f.parser == SETTINGS}
        self.env_files = sorted(
            (p for p, n in names.items() if n == ".env" or n.endswith(".env") or n.startswith(".env.")), key=lambda p: (p.count("/"), p)
        )
        """Files of environment variables, the nearest to the root first."""
        self._modules: dict[tuple[str, str], tuple[str, str] | None] = {}

    def module(self, dotted: str, importer: str) -> tuple[str, str] | None:
        """The file that an import of ``dotted`` (dots in front: relative) reaches from ``importer``, and the rest of the name.

        A package folder without ``__init__.py`` gives ``(folder + "/", rest)``. None when it is no module of the repository.
        """
        key = (dotted, posixpath.dirname(importer))
        if key not in self._modules:
            self._modules[key] = self._find(dotted, key[1])
        return self._modules[key]

    def _find(self, dotted: str, folder: str) -> tuple[str, str] | None:
        if dotted.startswith("."):
            level = len(dotted) - len(dotted.lstrip("."))
            for _ in range(level - 1):
                folder = posixpath.dirname(folder)
            parts = dotted[level:].split(".") if dotted[level:] else []
            found = self._in(folder, parts)
            package = posixpath.join(folder, "__init__.py")
            return found or ((package, dotted[level:]) if package in self.files else None)
        parts = dotted.split(".")
        for root in roots(folder):
            if found := self._in(root, parts):
                return found
        return self._anywhere(parts, folder)

    def _in(self, root: str, parts: list[str]) -> tuple[str, str] | None:
        for count in range(len(parts), 0, -1):
            base = posixpath.join(root, *parts[:count])
            rest = ".".join(parts[count:])
            if base + ".py" in self.files:
                return base + ".py", rest
            if posixpath.join(base, "__init__.py") in self.files:
                return posixpath.join(base, "__init__.py"), rest
            if base in self.folders and self._namespace(base, rest):
                return base + "/", rest
        if parts:
            return None
        package = posixpath.join(root, "__init__.py")
        return (package if package in self.files else root + "/"), ""

    def _namespace(self, folder: str, rest: str) -> bool:
        """Whether a folder without ``__init__.py`` is a package: it holds modules, and the next name is none of a library's."""
        return not rest and any(path.endswith(".py") for path in self.folders[folder])

    def _anywhere(self, parts: list[str], folder: str) -> tuple[str, str] | None:
        """A module that some path idiom (sys.path, PYTHONPATH, an installed package) makes importable: the one file that ends so."""
        for count in range(len(parts), 0, -1):
            tails = ("/".join(parts[:count]) + ".py", "/".join([*parts[:count], "__init__.py"]))
            stems = (parts[count - 1],)
            hits = [p for stem in stems for p in self._by_stem.get(stem, ()) if any(p.endswith("/" + t) for t in tails)]
            if hits and (count > 1 or len(parts) == 1 or len(hits) == 1):
                return max(hits, key=lambda p: (_common(p, folder), -len(p))), ".".join(parts[count:])
        return None

    def submodule(self, module: str, name: str) -> str | None:
        """The file of ``name`` in a package (its ``__init__.py`` or a folder ending in ``/``)."""
        if module.endswith("/"):
            folder = module[:-1]
        elif module.endswith("__init__.py"):
            folder = posixpath.dirname(module)
        else:
            return None
        base = posixpath.join(folder, name)
        for path in (base + ".py", posixpath.join(base, "__init__.py")):
            if path in self.files:
                return path
        return base + "/" if base in self.folders else None

    def file(self, name: str, bases: Iterable[str]) -> str | None:
        """The repository file that a relative name means, tried from each base folder."""
        for base in bases:
            path = posixpath.normpath(posixpath.join(base, name))
            if path in self.paths:
                return path
        return None

    def only(self, tail: str) -> str | None:
        """The one analysed file whose path ends with ``tail`` (``/train.py``)."""
        hits = [path for path in self.files if ("/" + path).endswith(tail)]
        return hits[0] if len(hits) == 1 else None


def roots(folder: str) -> list[str]:
    """Folders that imports of a file in ``folder`` are looked up from, nearest first."""
    out = []
    while True:
        out += [folder, posixpath.join(folder, "src")]
        if not folder:
            return out
        folder = posixpath.dirname(folder)


def _stem(path: str) -> str:
    name = posixpath.basename(path)
    return posixpath.basename(posixpath.dirname(path)) if name == "__init__.py" else name[:-3]


def _common(path: str, folder: str) -> int:
    return len(posixpath.commonprefix([path, folder + "/"]))


def _folders(paths: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"": []}
    for path in sorted(paths):
        child = path
        while child:
            parent = posixpath.dirname(child)
            known = found.setdefault(parent, [])
            if known and known[-1] == child:
                break
            known.append(child)
            child = parent
    return found
