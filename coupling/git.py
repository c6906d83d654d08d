"""What git knows of a folder, asked through its command line.

Comes in: a folder and a question. Goes out: an answer, or None where git or the repository is absent. Nothing that the
repository's own configuration names is run: no hook, no file monitor, no external diff, no fetch.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

TIMEOUT = 60.0

_SAFE = (
    ("safe.directory", "*"),  # a mounted or shared checkout belongs to somebody else; reading its list of files is harmless
    ("core.fsmonitor", "false"),
    ("core.untrackedCache", "false"),
    ("core.hooksPath", os.devnull),
    ("core.quotePath", "false"),
)
_OWN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY")


def ask(folder: Path, *arguments: str, given: bytes = b"", index: str = "") -> bytes | None:
    """The output of ``git ARGUMENTS`` in a folder, or None if there is no git, no repository or no answer.

    ``given`` is what git reads, ``index`` the file of an index other than the usual one.
    """
    settings = [word for key, value in _SAFE for word in ("-c", f"{key}={value}")]
    try:
        done = subprocess.run(
            ["git", *settings, *arguments],
            cwd=folder,
            env=_environment() | ({"GIT_INDEX_FILE": index} if index else {}),
            input=given,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def files(folder: Path) -> list[str] | None:
    """Tracked files and untracked ones that are not ignored, relative to the folder; None outside a repository."""
    out = ask(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
    if out is None:
        return None
    return sorted({os.fsdecode(name) for name in out.split(b"\0") if name})


def name(path: bytes) -> str:
    """A path as git writes it under ``-z``."""
    return os.fsdecode(path)


def sizes(folder: Path, ids: Sequence[str]) -> list[int] | None:
    """The size of each object, 0 for one that is not here; None where git gives up, as for what a partial clone did not fetch."""
    out = ask(folder, "cat-file", "--batch-check=%(objectsize)", given="".join(f"{id}\n" for id in ids).encode()) if ids else b""
    if out is None:
        return None
    rows = out.split(b"\n")[: len(ids)]
    found = [int(row) if row.isdigit() else 0 for row in rows]
    return found + [0] * (len(ids) - len(found))


def contents(folder: Path, ids: Sequence[str]) -> list[bytes | None] | None:
    """What each object holds, as it is stored, None for one that is not here and for the id ''; None where git gives up."""
    wanted = [id for id in ids if id]
    out = ask(folder, "cat-file", "--batch", given="".join(f"{id}\n" for id in wanted).encode()) if wanted else b""
    if out is None:
        return None
    found = dict(zip(wanted, _objects(out, len(wanted)), strict=True))
    return [found.get(id) for id in ids]


def _objects(out: bytes, count: int) -> Iterator[bytes | None]:
    """The answers of ``cat-file --batch``: ``ID TYPE SIZE``, the content and a line end, or ``ID missing``."""
    at = 0
    for _ in range(count):
        head, _, _ = out[at : at + 200].partition(b"\n")
        at += len(head) + 1
        words = head.split()
        if len(words) != 3:
            yield None
            continue
        size = int(words[2])
        yield out[at : at + size]
        at += size + 1


def index_of_hook(folder: Path) -> str:
    """The index of the commit that this hook belongs to, when git made one for it: for ``commit -a`` and ``commit FILE``."""
    named = os.environ.get("GIT_INDEX_FILE")
    place = ask(folder, "rev-parse", "--absolute-git-dir") if named else None
    if not named or place is None:
        return ""
    file = Path(named).resolve()
    return str(file) if file.is_file() and file.is_relative_to(Path(name(place.strip(b"\n"))).resolve()) else ""


def top(folder: Path) -> Path | None:
    """The folder that holds ``.git``, at or above this one, found without asking git."""
    for here in (folder, *folder.parents):
        if (here / ".git").exists():
            return here
    return None


def _environment() -> dict[str, str]:
    mine = {key: value for key, value in os.environ.items() if key not in _OWN}
    return mine | {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "LC_ALL": "C",
    }
