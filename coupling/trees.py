"""Where files are read from: the disk here, git's objects in ``objects``. Whoever reads a repository reads it through a ``Tree``.

Comes in: a folder. Goes out: which paths there are, what stands there and what it holds. Paths are relative to the folder, with slashes. It
does not know what files mean, and decides nothing about which of them are analysed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from coupling import git

Content = tuple[bytes, str]
"""What a file holds, and why that is nothing; '' when it could be read."""
FIRST_BYTES = 200
INSIDE, OUTSIDE, NOWHERE = "link: read where it points to", "link out of the repository", "link to nothing"


class Stamp(NamedTuple):
    """When none of these changed, the file on the disk did not."""

    mtime: int
    ctime: int
    size: int
    inode: int


class Entry(NamedTuple):
    """What stands at a path: a ``file``, a ``link``, a ``repository`` of its own, or something ``else``; a git object's stamp is its id."""

    sort: str
    size: int = 0
    stamp: Stamp | tuple[str] = ("",)


class Tree(Protocol):
    """A state of the files of one folder."""

    @property
    def root(self) -> Path:
        """The folder, also where its state is not that of the disk."""

    @property
    def slot(self) -> str:
        """A name for states of this sort, under which the cache keeps its stamps."""

    def paths(self) -> list[str] | None:
        """Every path, in order; None where nobody keeps a list and the folder has to be walked."""

    def entry(self, path: str) -> Entry | None:
        """What stands there; None for nothing."""

    def link(self, path: str) -> str:
        """Where a link leads to: one of the three answers above."""

    def start(self, path: str) -> bytes:
        """The first bytes of a file, nothing when it cannot be read."""

    def read(self, paths: Sequence[str]) -> Iterator[Content]:
        """The content of each file, in this order."""

    def part(self, paths: Iterable[str]) -> Tree:
        """The same tree, for those who will read these paths only: small enough to hand to another process."""

    def under(self, folder: str, suffix: str) -> list[str]:
        """The files in a folder and below whose names end so, in order."""

    def above(self, names: Sequence[str]) -> Iterator[tuple[Path, Content]]:
        """Files of these names in the folder and above it up to the root of its repository, the nearest first."""


class Disk(NamedTuple):
    """The work tree, or a folder outside any repository."""

    root: Path
    slot: str = ""

    def paths(self) -> list[str] | None:
        return git.files(self.root)

    def entry(self, path: str) -> Entry | None:
        try:
            info = os.lstat(f"{self.root}/{path}")
        except OSError:
            return None  # git lists deleted files until the deletion is committed
        if stat.S_ISREG(info.st_mode):
            return Entry("file", info.st_size, Stamp(info.st_mtime_ns, info.st_ctime_ns, info.st_size, info.st_ino))
        return Entry("link" if stat.S_ISLNK(info.st_mode) else "repository" if stat.S_ISDIR(info.st_mode) else "else")

    def link(self, path: str) -> str:
        target = os.path.realpath(f"{self.root}/{path}")
        if target != str(self.root) and not target.startswith(f"{self.root}{os.sep}"):
            return OUTSIDE
        return INSIDE if Path(target).exists() else NOWHERE

    def start(self, path: str) -> bytes:
        try:
            with (self.root / path).open("rb") as file:
                return file.readline(FIRST_BYTES)
        except OSError:
            return b""

    def read(self, paths: Sequence[str]) -> Iterator[Content]:
        return (_content(self.root / path) for path in paths)

    def part(self, paths: Iterable[str]) -> Disk:
        return self

    def under(self, folder: str, suffix: str) -> list[str]:
        return sorted(file.relative_to(self.root).as_posix() for file in (self.root / folder).rglob(f"*{suffix}") if file.is_file())

    def above(self, names: Sequence[str]) -> Iterator[tuple[Path, Content]]:
        """Without a repository only the folder itself counts: what lies above it is nobody's promise."""
        for folder in upward(self.root, git.top(self.root) or self.root):
            yield from ((folder / name, _content(folder / name)) for name in names if (folder / name).is_file())


def of(where: Path | Tree) -> Tree:
    """The tree that is meant: a folder stands for what the disk holds of it."""
    return Disk(where) if isinstance(where, Path) else where


def text(tree: Tree, path: str, most: int) -> str | None:
    """A small file as text; None when it is absent, no file, too long or cannot be read."""
    entry = tree.entry(path)
    if entry is None or entry.sort != "file" or entry.size > most:
        return None
    [(data, error)] = tree.read([path])
    return None if error else data.decode("utf-8", "replace")


def upward(folder: Path, top: Path) -> list[Path]:
    """A folder and those above it, up to ``top``."""
    return [here for here in (folder, *folder.parents) if here.is_relative_to(top)]


def _content(file: Path) -> Content:
    try:
        return file.read_bytes(), ""
    except OSError as error:
        return b"", error.strerror or type(error).__name__
