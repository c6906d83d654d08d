"""What git knows of a folder, asked through its command line.

Comes in: a folder and a question. Goes out: an answer, or None where git or the repository is absent. Nothing that the
repository's own configuration names is run: no hook, no file monitor, no external diff, no fetch.
"""

from __future__ import annotations

import os
import subprocess
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


def ask(folder: Path, *arguments: str) -> bytes | None:
    """The output of ``git ARGUMENTS`` in a folder, or None if there is no git, no repository or no answer."""
    settings = [word for key, value in _SAFE for word in ("-c", f"{key}={value}")]
    try:
        done = subprocess.run(
            ["git", *settings, *arguments],
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
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


def top(folder: Path) -> Path | None:
    """The folder that holds ``.git``, at or above this one, found without asking git."""
    for here in (folder, *folder.parents):
        if (here / ".git").exists():
            return here
    return None


def _environment() -> dict[str, str]:
    mine = {key: value for key, value in os.environ.items() if key not in _OWN}
    return mine | {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
