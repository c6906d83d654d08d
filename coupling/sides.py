"""Which two states of a repository a comparison is about, from what users write.

Comes in: a folder and words like ``main``, ``HEAD~2``, ``A..B``, ``old.json``. Goes out: two ``Side``s, with names for people. What
cannot be found is an error that says what to do.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from coupling import git, history, objects
from coupling.core.errors import CouplingError, did_you_mean
from coupling.trees import Disk, Tree

WORK_TREE = "the work tree"


class Side(NamedTuple):
    """One state: files to read, with the commit that holds them if one does; or a saved report."""

    label: str
    tree: Tree | None
    commit: str = ""
    saved: str = ""


class Sides(NamedTuple):
    before: Side
    after: Side


def sides(root: Path, base: str | None, head: str | None, *, staged: bool = False) -> Sides:
    """The two sides. Without ``head`` the later is the work tree, or the index when ``staged``; without ``base`` it is the default branch.

    BASE stands for the commit at which HEAD left it, so that only what HEAD did counts; ``A..B`` compares the two as they stand.

    Raises CouplingError for what git does not know.
    """
    if base is not None and ".." in base and not base.endswith(".json"):
        if head is not None or staged:
            raise CouplingError(f"`{base}` names both sides already: leave the other out")
        return _range(root, base)
    after = _after(root, head, staged)
    if base is not None and _is_report(base):
        return Sides(Side(base, None, saved=base), after)
    _has_history(root)
    return Sides(_before(root, base, after), after)


def pushed(root: Path, old: str, new: str) -> Sides | None:
    """What a push brings to a branch: from the commit that the branch has there, or for a new one from where it left the default branch.

    None when the push brings nothing: it deletes the branch.
    """
    _has_history(root)
    if history.is_absent(new):
        return None
    after = _committed(root, new or "HEAD")
    there = history.commit_of(root, old) if old and not history.is_absent(old) else None
    if there:
        return Sides(Side(f"what the remote has ({_short(there)})", objects.commit(root, there), there), after)
    found = history.default_branch(root)
    fork = history.fork_of(root, found[1], after.commit) if found else None
    if found and fork:
        return Sides(Side(_fork_label(found[0], found[1], fork), objects.commit(root, fork), fork), after)
    return Sides(Side("nothing", objects.nothing(root)), after)


def staged(root: Path) -> Sides:
    """What the commit brings whose hook this is: from HEAD, or from nothing, to the index that git made for it."""
    head = history.commit_of(root, "HEAD")
    before = _committed(root, head) if head else Side("nothing", objects.nothing(root))
    return Sides(before, Side("the index", objects.index(root, hook=True)))


def _range(root: Path, text: str) -> Sides:
    _has_history(root)
    three = "..." in text
    one, _, other = text.partition("..." if three else "..")
    after = _committed(root, other or "HEAD")
    return Sides(_before(root, one or "HEAD", after) if three else _committed(root, one or "HEAD"), after)


def _after(root: Path, head: str | None, staged: bool) -> Side:
    if staged:
        if head is not None:
            raise CouplingError(f"--staged is the index, `{head}` is a commit: leave one out")
        return Side("the index", objects.index(root))
    if head is not None and _is_report(head):
        return Side(head, None, saved=head)
    if head is not None:
        _has_history(root)
        return _committed(root, head)
    if history.is_repository(root):
        if git.top(root) is None:
            raise CouplingError(f"{root} has no work tree: name both sides, `coupling diff BASE HEAD`")
        if names := objects.unmerged(root):
            raise CouplingError(f"a merge is unfinished: resolve {', '.join(names[:5])} and `git add` what you resolved")
    return Side(WORK_TREE, Disk(root))


def _before(root: Path, base: str | None, after: Side) -> Side:
    """The commit at which the later side left the base."""
    name, tip = (base, _id(root, base)) if base is not None and not history.is_absent(base) else _default(root)
    fork = history.fork_of(root, tip, after.commit or _id(root, "HEAD"))
    if fork is None:
        shallow = "this clone is shallow. " + _DEEPEN if history.is_shallow(root) else "they have no commit in common. "
        where = _short(after.commit) or "HEAD"
        raise CouplingError(f"where {where} left `{name}` is not known: {shallow}`{name}..{where}` compares the two as they stand")
    return Side(_fork_label(name, tip, fork), objects.commit(root, fork), fork)


_DEEPEN = "Fetch the history (`fetch-depth: 0` of actions/checkout, `GIT_DEPTH: 0` in GitLab, else `git fetch --unshallow`). "


def _default(root: Path) -> tuple[str, str]:
    if found := history.default_branch(root):
        return found
    shallow = f" This clone is shallow. {_DEEPEN}" if history.is_shallow(root) else ""
    raise CouplingError(f"no default branch is known here (origin/HEAD, main, master): name a base, `coupling diff BASE`.{shallow}")


def _committed(root: Path, name: str) -> Side:
    id = _id(root, name)
    label = _short(id) if id.startswith(name) else f"{name} ({_short(id)})"
    return Side(label, objects.commit(root, id), id)


def _id(root: Path, name: str) -> str:
    if found := history.commit_of(root, name):
        return found
    if not name.strip():
        raise CouplingError("the name of a commit is empty: was a variable not set?")
    if name.endswith(".json"):
        raise CouplingError(f"`{name}` is neither a file with a saved report nor a commit")
    shallow = f". This clone is shallow. {_DEEPEN}" if history.is_shallow(root) else ""
    if name == "HEAD":
        raise CouplingError(f"the repository of {root} has no commit yet: `coupling check` reports everything")
    if (root / name).exists():
        raise CouplingError(f"`{name}` is no commit, branch or tag: a folder is named by `--root {name}`")
    raise CouplingError(f"`{name}` is no commit, branch or tag{did_you_mean(name, history.names(root))}{shallow}")


def _has_history(root: Path) -> None:
    if not history.is_repository(root):
        why = "is in no git repository" if git.ask(root, "--version") else "cannot be asked for its history: there is no git here"
        raise CouplingError(f"{root} {why}; `coupling diff OLD.json` compares with a saved report")
    _id(root, "HEAD")


def _is_report(name: str) -> bool:
    """Whether a word means a saved report; a commit of the same name would be a strange one."""
    return name.endswith(".json") and Path(name).is_file()


def _fork_label(name: str, tip: str, fork: str) -> str:
    if fork.startswith(name) and len(name) >= 4:
        return _short(fork)
    return f"{name} ({_short(fork)})" if fork == tip else f"the fork point of {name} ({_short(fork)})"


def _short(id: str) -> str:
    return id[:9]
