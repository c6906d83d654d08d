"""Trees that are read from git's objects: the index, or a commit. The work tree is neither read nor touched.

Comes in: a folder of a repository, and the id of a commit. Goes out: a ``Tree``. Links and repositories inside the repository are not
followed, content is what git stores: no filter of the repository runs. It knows nothing of branches and histories.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from coupling import git
from coupling.core.errors import CouplingError
from coupling.trees import FIRST_BYTES, INSIDE, NOWHERE, OUTSIDE, Content, Entry, upward

T = TypeVar("T")

MAX_SCRIPT = 1_000_000
"""A file without a suffix is looked into only when it is no larger."""
_AT_ONCE = 16_000_000
"""Bytes asked of git at a time."""
NOT_HERE = "is not in this clone"
_SORTS = {"120000": "link", "160000": "repository"}
_NAMED = 5


class State(NamedTuple):
    """Which state of a repository: a commit or tree by id; or the index when that is '', of a file that is not the usual one if named."""

    id: str = ""
    file: str = ""


NOTHING = State("nothing")
"""The state before the first commit."""


class Objects:
    """The files of one state below one folder."""

    def __init__(self, root: Path, state: State, entries: dict[str, Entry]) -> None:
        self.root, self.state, self.entries = root, state, entries
        self.slot = "commit" if state.id else "index"
        self._starts: dict[str, bytes] | None = None

    def paths(self) -> list[str]:
        return sorted(self.entries)

    def entry(self, path: str) -> Entry | None:
        return self.entries.get(path)

    def link(self, path: str) -> str:
        """By what the link says: git knows no other folder than its own."""
        [(target, _)] = self.read([path])
        there = posixpath.normpath(posixpath.join(posixpath.dirname(path), target.decode("utf-8", "surrogateescape")))
        if there.startswith(("/", "../")) or there == "..":
            return OUTSIDE
        here = there == "." or there in self.entries or any(each.startswith(f"{there}/") for each in self.entries)
        return INSIDE if here and there != path else NOWHERE

    def start(self, path: str) -> bytes:
        if self._starts is None:
            names = [name for name, entry in self.entries.items() if _nameless(name, entry)]
            self._starts = {name: data[:FIRST_BYTES].split(b"\n")[0] for name, (data, _) in zip(names, self.read(names), strict=True)}
        return self._starts.get(path, b"")

    def read(self, paths: Sequence[str]) -> Iterator[Content]:
        for some in self._batches(paths):
            found = _here(git.contents(self.root, [_id(self.entries.get(path)) for path in some]), self.root)
            for path, data in zip(some, found, strict=True):
                what = NOT_HERE if path in self.entries else "is not there"
                yield (b"", what) if data is None else (data, "")

    def part(self, paths: Iterable[str]) -> Objects:
        return Objects(self.root, self.state, {path: self.entries[path] for path in paths if path in self.entries})

    def under(self, folder: str, suffix: str) -> list[str]:
        return sorted(p for p, e in self.entries.items() if e.sort == "file" and p.startswith(f"{folder}/") and p.endswith(suffix))

    def above(self, names: Sequence[str]) -> Iterator[tuple[Path, Content]]:
        top = git.top(self.root) or self.root
        for folder in upward(self.root, top):
            inner = folder.relative_to(top)
            files = (
                self if folder == self.root else Objects(top, self.state, _listed(top, self.state, [(inner / n).as_posix() for n in names]))
            )
            for name in names:
                path = name if files is self else (inner / name).as_posix()
                if (entry := files.entry(path)) and entry.sort == "file":
                    yield folder / name, next(files.read([path]))

    def _batches(self, paths: Sequence[str]) -> Iterator[list[str]]:
        batch: list[str] = []
        size = 0
        for path in paths:
            batch.append(path)
            entry = self.entries.get(path)
            size += entry.size if entry else 0
            if size > _AT_ONCE:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch


def commit(root: Path, id: str) -> Objects:
    """The files of a commit, or of a tree, below the folder; none when the folder is not there."""
    state = State(id)
    return Objects(root, state, _listed(root, state))


def nothing(root: Path) -> Objects:
    """No file at all."""
    return Objects(root, NOTHING, {})


def index(root: Path, *, hook: bool = False) -> Objects:
    """What the next commit will hold. In a ``hook`` git may name another index than its usual one, for a commit of some files.

    Raises CouplingError outside a repository, and while a merge has conflicts.
    """
    if git.ask(root, "rev-parse", "--is-inside-work-tree") != b"true\n":
        raise CouplingError(f"{root} is in no work tree of git, so there is no index to read: `coupling check` reads the folder")
    state = State(file=git.index_of_hook(root) if hook else "")
    if names := unmerged(root, state.file):
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        raise CouplingError(f"a merge is unfinished: resolve {', '.join(names[:_NAMED])}{more} and `git add` what you resolved")
    return Objects(root, state, _listed(root, state))


def unmerged(root: Path, index_file: str = "") -> list[str]:
    """The files of the folder that a merge left in conflict."""
    out = git.ask(root, "ls-files", "-z", "--unmerged", index=index_file) or b""
    return sorted({git.name(row.partition(b"\t")[2]) for row in out.split(b"\0") if row})


def left_out(root: Path) -> frozenset[str]:
    """Files of the index that a sparse checkout leaves out of the work tree: they are not there, and not deleted either."""
    out = git.ask(root, "ls-files", "-z", "-t") or b""
    skipped = (git.name(row[2:]) for row in out.split(b"\0") if row.startswith(b"S "))
    return frozenset(path for path in skipped if not (root / path).is_file())


def _listed(root: Path, state: State, paths: Sequence[str] = ()) -> dict[str, Entry]:
    """The files of a state in a folder, or those of these paths, with their sizes."""
    if state == NOTHING:
        return {}
    question = ("ls-tree", "-r", "-z", state.id) if state.id else ("ls-files", "-s", "-z")
    out = git.ask(root, "--literal-pathspecs", *question, *(("--", *paths) if paths else ()), index=state.file)
    if out is None:
        raise CouplingError(f"git cannot list {state.id or 'the index'} in {root}")
    rows = [_row(row) for row in out.split(b"\0") if row]
    ids = [id for _, sort, id in rows if sort != "repository"]
    sizes = dict(zip(ids, _here(git.sizes(root, ids), root), strict=True))
    return {path: Entry(sort, sizes.get(id, 0), (id,)) for path, sort, id in rows}


def _here(found: list[T] | None, root: Path) -> list[T]:
    """What git answered. Where it gives up nothing can be said: a file less on one side would look like a change."""
    if found is None:
        raise CouplingError(f"git cannot read what {root} held: in a partial clone `git fetch --refetch --no-filter` brings it")
    return found


def _row(row: bytes) -> tuple[str, str, str]:
    """``MODE blob ID<tab>PATH`` of a commit, ``MODE ID STAGE<tab>PATH`` of the index: path, sort, id."""
    head, _, name = row.partition(b"\t")
    words = head.decode("ascii").split()
    return git.name(name), _SORTS.get(words[0], "file"), words[2] if len(words[1]) < 40 else words[1]


def _nameless(path: str, entry: Entry) -> bool:
    return entry.sort == "file" and "." not in path.rpartition("/")[2] and entry.size <= MAX_SCRIPT


def _id(entry: Entry | None) -> str:
    return str(entry.stamp[0]) if entry and entry.sort != "repository" else ""
