"""What git knows of commits: ids, fork points, the default branch, renamed files.

Comes in: a folder and names that users write. Goes out: ids, or None where there is nothing of that name. It complains about nothing:
what a missing commit means is for the caller to say.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from coupling import git

_TARGETS = (
    "GITHUB_BASE_REF",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    "BITBUCKET_PR_DESTINATION_BRANCH",
    "SYSTEM_PULLREQUEST_TARGETBRANCHNAME",
)
"""Where servers say which branch a pull request is for."""
_USUAL = ("main", "master", "trunk", "develop")


def commit_of(folder: Path, name: str) -> str | None:
    """The id of a commit by any name that git knows; a branch that only ``origin`` has is meant too."""
    return next((id for each in (name, f"origin/{name}") if (id := _commit(folder, each))), None)


def fork_of(folder: Path, one: str, other: str) -> str | None:
    """Where the histories of two commits parted."""
    return _line(git.ask(folder, "merge-base", one, other))


def default_branch(folder: Path) -> tuple[str, str] | None:
    """The branch that changes go to, by name and id: what the server says, then ``origin``'s own choice, then the usual names."""
    return next(((name, id) for name in _candidates(folder) if (id := _commit(folder, name))), None)


def is_shallow(folder: Path) -> bool:
    return _line(git.ask(folder, "rev-parse", "--is-shallow-repository")) == "true"


def is_repository(folder: Path) -> bool:
    return git.ask(folder, "rev-parse", "--git-dir") is not None


def is_absent(id: str) -> bool:
    """Whether this is git's word for no commit: as many zeros as an id has digits."""
    return len(id) >= 40 and not id.strip("0")


def names(folder: Path) -> list[str]:
    """Branches and tags, to say what was probably meant."""
    out = git.ask(folder, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags") or b""
    return out.decode("utf-8", "replace").split()


def renamed(folder: Path, before: str, after: str) -> dict[str, str]:
    """The files that were renamed between a commit and another, or the index when ``after`` is '': old path -> new path."""
    question = ("diff-tree", "-r", before, after) if after else ("diff-index", "--cached", before)
    out = git.ask(folder, question[0], "-M", "-z", "--name-status", "--diff-filter=R", "--relative", *question[1:])
    words = [git.name(word) for word in (out or b"").split(b"\0") if word]
    return dict(zip(words[1::3], words[2::3], strict=False))


def _candidates(folder: Path) -> Iterator[str]:
    yield from (f"origin/{name}" for key in _TARGETS if (name := os.environ.get(key)))
    if head := _line(git.ask(folder, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")):
        yield head
    yield from (f"{place}{name}" for place in ("origin/", "") for name in _USUAL)


def _commit(folder: Path, name: str) -> str | None:
    if not name or name.startswith("-") or "\0" in name:
        return None
    return _line(git.ask(folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"))


def _line(out: bytes | None) -> str | None:
    return (out or b"").decode("utf-8", "replace").partition("\n")[0].strip() or None
