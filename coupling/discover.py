"""Find the files to analyse.

Comes in: a folder or another ``Tree``, and the patterns to leave out. Goes out: a ``Listing``, with a reason for everything left out, and a
stamp of each file by which the cache knows it unchanged. It reads no file but ``.gitignore`` and the first line of nameless scripts.
"""

from __future__ import annotations

import os
import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from coupling.config import BASELINE
from coupling.core.errors import CouplingError
from coupling.core.source import LeftOut, Listing, SourceFile
from coupling.trees import INSIDE, NOWHERE, Entry, Stamp, Tree, of

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec as _Spec

MAX_BYTES = 1_000_000
MAX_NOTEBOOK_BYTES = 20_000_000
MAX_FILES = 200_000
MAX_ALIKE = 1_000
"""Settings files of one kind in one folder; a folder with more holds data."""
MAX_DEPTH = 64

DATA_LIKE = ("json", "yaml", "text", "markdown")

_SUFFIXES = {
    "python": ".py .pyw",
    "notebook": ".ipynb",
    "sql": ".sql .hql .bteq .psql .bq",
    "shell": ".sh .bash .zsh .ksh .slurm .sbatch .pbs",
    "make": ".mk .mak",
    "dvc": ".dvc",
    "yaml": ".yaml .yml",
    "toml": ".toml",
    "json": ".json",
    "ini": ".ini .cfg .properties",
    "env": ".env",
    "dockerfile": ".dockerfile",
    "text": ".flags .flagfile .args",
    "gin": ".gin",
    "markdown": ".md .markdown",
    "web": ".js .jsx .mjs .cjs .ts .tsx .vue .svelte .html .htm .jinja .jinja2 .j2",
}
_KIND_BY_SUFFIX = {suffix: kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
_KIND_BY_NAME = {
    "makefile": "make",
    "gnumakefile": "make",
    "dvc.yaml": "dvc",
    "dvc.lock": "dvc",
    "dockerfile": "dockerfile",
    "containerfile": "dockerfile",
    "mlproject": "mlproject",
    "project.yml": "spacy_project",
    "procfile": "procfile",
    ".gitlab-ci.yml": "ci",
    "azure-pipelines.yml": "ci",
    "bitbucket-pipelines.yml": "ci",
    ".drone.yml": "ci",
    "buildspec.yml": "ci",
    "cloudbuild.yaml": "ci",
    "cloudbuild.yml": "ci",
}
_PREFIXES = (("dockerfile.", "dockerfile"), ("procfile.", "procfile"), (".env.", "env"))
_SHELLS = frozenset("sh bash dash zsh ksh".split())

_FOLDERS = {
    ".git": "version control",
    ".hg": "version control",
    ".svn": "version control",
    "node_modules": "installed packages",
    "bower_components": "installed packages",
    "site-packages": "installed packages",
    ".venv": "virtual environment",
    "venv": "virtual environment",
    "virtualenv": "virtual environment",
    ".tox": "virtual environment",
    ".nox": "virtual environment",
    ".eggs": "installed packages",
    "vendor": "vendored code",
    "vendored": "vendored code",
    "_vendor": "vendored code",
    "third_party": "vendored code",
    "thirdparty": "vendored code",
    "__pycache__": "cache",
    ".mypy_cache": "cache",
    ".pytest_cache": "cache",
    ".ruff_cache": "cache",
    ".ipynb_checkpoints": "cache",
    ".hypothesis": "cache",
    "mlruns": "records of experiments",
    "wandb": "records of experiments",
    "lightning_logs": "records of experiments",
}


class Found(NamedTuple):
    listing: Listing
    stamps: dict[str, Stamp | tuple[str]]


def discover(where: Path | Tree, exclude: Iterable[str] = (), below: str = "", baseline: str = "") -> Found:
    """List a folder: what git tracks or would track, or all that no ``.gitignore`` names outside a repository.

    ``exclude`` are gitignore patterns relative to the folder that ``below`` is the way from, as is the path of the ``baseline``.

    Raises CouplingError if the folder is none or cannot be read, or a pattern is malformed.
    """
    tree = of(_folder(where) if isinstance(where, Path) else where)
    collector = _Collector(tree, _patterns(exclude), below, posixpath.normpath(baseline))
    paths = tree.paths()
    for path in _walk(tree.root, collector.left_out) if paths is None else paths:
        collector.take(path)
    return collector.found()


def _folder(root: Path) -> Path:
    if not root.is_dir():
        raise CouplingError(f"{root} is no folder" if root.exists() else f"{root} does not exist")
    return root.resolve()


_CODE = ("python", "notebook", "sql", "shell")


class _Collector:
    """Sorts paths into files to analyse, other files, and those left out."""

    def __init__(self, tree: Tree, excluded: _Spec | None, below: str, baseline: str) -> None:
        self.tree, self.excluded, self.below, self.baseline = tree, excluded, below, baseline
        self.files: list[SourceFile] = []
        self.others: list[str] = []
        self.left_out: dict[str, str] = {}
        self.stamps: dict[str, Stamp | tuple[str]] = {}
        self.seen = 0

    def take(self, path: str) -> None:
        if folder := _left_out_folder(path):
            self.left_out.setdefault(*folder)
        elif self.excluded and self.excluded.match_file(self.below + path):
            self.left_out[path] = "excluded by the configuration"
        elif path.rpartition("/")[2] == BASELINE or self.below + path == self.baseline:
            self.left_out[path] = "a baseline of coupling"
        elif self.seen >= MAX_FILES:
            self.left_out["..."] = f"more than {MAX_FILES} files"
        else:
            self.seen += 1
            self._sort(path)

    def _sort(self, path: str) -> None:
        entry = self.tree.entry(path)
        if entry is None:
            return
        if entry.sort == "link":
            self._link(path)
        elif entry.sort == "repository":
            self.left_out[path.rstrip("/")] = "repository of its own: analyse it by itself"
        elif entry.sort != "file":
            self.left_out[path] = "no regular file"
        elif not (kind := kind_of(path, self.tree.start)):
            self.others.append(path)
        else:
            self._file(SourceFile(path, kind, entry.size), entry)

    def _link(self, path: str) -> None:
        self.left_out[path] = self.tree.link(path)
        if self.left_out[path] in (INSIDE, NOWHERE):
            self.others.append(path)

    def _file(self, file: SourceFile, entry: Entry) -> None:
        limit = MAX_NOTEBOOK_BYTES if file.kind == "notebook" else MAX_BYTES
        if file.size > limit:
            self.others.append(file.path)
            what = "data" if file.kind in DATA_LIKE else "file"
            self.left_out[file.path] = f"{what} of {file.size / 1e6:.1f} MB, more than {limit // 1_000_000} MB"
        elif file.path.endswith((".min.js", ".min.mjs")):
            self.left_out[file.path] = "minified"
        else:
            self.files.append(file)
            self.stamps[file.path] = entry.stamp

    def found(self) -> Found:
        crowds = Counter((file.path.rpartition("/")[0], file.kind) for file in self.files if file.kind in DATA_LIKE)
        crowded = {key for key, count in crowds.items() if count > MAX_ALIKE}
        kept = []
        for file in self.files:
            if (key := (file.path.rpartition("/")[0], file.kind)) in crowded:
                self.left_out[file.path] = f"one of {crowds[key]} {file.kind} files in a folder: data"
                self.others.append(file.path)
            else:
                kept.append(file)
        left = tuple(LeftOut(path, why) for path, why in sorted(self.left_out.items()))
        return Found(Listing(tuple(sorted(kept)), tuple(sorted(self.others)), left), self.stamps)


def kind_of(path: str, start: Callable[[str], bytes] | None = None) -> str:
    """The kind of a file by its name, or by the first line of a script without suffix when ``start`` can read it."""
    name = path.rpartition("/")[2].lower()
    if kind := _KIND_BY_NAME.get(name) or _special(path, name):
        return kind
    suffix = PurePosixPath(name).suffix
    if kind := _KIND_BY_SUFFIX.get(suffix, ""):
        return kind
    if name.startswith(".") or suffix or not start:
        return "env" if name == ".env" else ""
    return _by_shebang(start(path))


def _special(path: str, name: str) -> str:
    if name.endswith((".yml", ".yaml")):
        if f"/{path}".endswith("/.circleci/config.yml") or "/.github/workflows/" in f"/{path}":
            return "ci"
        if name.startswith(("docker-compose", "compose.", "compose-")):
            return "compose"
    if name.endswith(".txt"):  # text is data unless its name says that it holds the flags of a command
        return "text" if "flag" in name or "args" in name else ""
    return next((kind for prefix, kind in _PREFIXES if name.startswith(prefix)), "")


def _by_shebang(line: bytes) -> str:
    if not line.startswith(b"#!"):
        return ""
    words = [PurePosixPath(word).name for word in line[2:].decode("ascii", "replace").split()]
    if words[:1] == ["env"]:
        words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    program = words[0].rstrip("0123456789.") if words else ""
    return "python" if program in ("python", "pypy") else "shell" if program in _SHELLS else ""


def _left_out_folder(path: str) -> tuple[str, str] | None:
    """The folder above a file that is left out as a whole, and why."""
    parts = path.split("/")
    for at, name in enumerate(parts[:-1]):
        if why := _FOLDERS.get(name) or ("installed packages" if name.endswith((".egg-info", ".dist-info")) else ""):
            return "/".join(parts[: at + 1]), why
    return None


def _patterns(exclude: Iterable[str]) -> _Spec | None:
    lines = list(exclude)
    for line in lines:
        if _spec([line]) is None:
            raise CouplingError(f"`{line}` in `exclude` is no pattern as in .gitignore")
    return _spec(lines) if lines else None


def _spec(lines: list[str]) -> _Spec | None:
    """Patterns, or None for one that cannot be read. Imported late: inside git without excludes nothing needs it."""
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        return None


def _walk(root: Path, left_out: dict[str, str]) -> Iterator[str]:
    """Every file of a folder outside git, in order; what ``.gitignore`` files name is not there.

    ``data/`` is written for the folder beside the ``.gitignore`` and names ``src/data/`` as well, whose code git tracks all the
    same. Without git
    nobody can tell, so code in a folder that is named only further down is there.
    """
    todo: list[tuple[str, tuple[tuple[str, _Spec], ...], int, bool]] = [("", (), 0, False)]
    while todo:
        folder, ignores, depth, by_chance = todo.pop()
        try:
            entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
        except OSError as error:
            left_out[folder or "."] = f"cannot be listed: {error.strerror}"
            continue
        ignores = _more_ignores(root, folder, ignores)
        for entry in entries:
            path = f"{folder}{entry.name}"
            is_folder = entry.is_dir(follow_symlinks=False)
            chance = by_chance
            if _ignored(f"{path}/" if is_folder else path, ignores):
                chance = by_chance or (is_folder and all("/" in path[len(where) :] for where, _ in ignores))
                if not chance or not (is_folder or kind_of(path) in _CODE):
                    continue
            if not is_folder:
                yield path
            elif why := _why_not_enter(entry, depth):
                left_out[path] = why
            else:
                todo.append((f"{path}/", ignores, depth + 1, chance))


def _why_not_enter(entry: os.DirEntry[str], depth: int) -> str:
    if why := _FOLDERS.get(entry.name):
        return why
    if depth >= MAX_DEPTH:
        return f"deeper than {MAX_DEPTH} folders"
    return "virtual environment" if Path(entry.path, "pyvenv.cfg").is_file() else ""


def _more_ignores(root: Path, folder: str, ignores: tuple[tuple[str, _Spec], ...]) -> tuple[tuple[str, _Spec], ...]:
    file = root / folder / ".gitignore"
    if not file.is_file() or file.is_symlink():
        return ignores
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    spec = _spec(lines) or _spec([line for line in lines if _spec([line])])
    return (*ignores, (folder, spec)) if spec else ignores


def _ignored(path: str, ignores: tuple[tuple[str, _Spec], ...]) -> bool:
    """The deepest .gitignore that has something to say decides, as in git."""
    for folder, spec in reversed(ignores):
        verdict = spec.check_file(path[len(folder) :]).include
        if verdict is not None:
            return verdict
    return False
