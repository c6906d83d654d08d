"""Analyse two states of a repository and hand on what a report needs to tell them apart.

Comes in: two ``Side``s, the configuration of the later one, how to run. Goes out: both reports, in the names of the later, and the lines
that the change touched. What is selected and left out is the later side's say, so that a changed selection adds nothing; what is accepted
and declared is each side's own, so that a coupling which nobody accepts any more is new. Rules of the project are each side's own too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from coupling import config as configuration
from coupling import history, objects, pipeline, suppress
from coupling.clues import explained
from coupling.config import Config
from coupling.core.errors import CouplingError
from coupling.core.graph import Finding
from coupling.core.report import Report
from coupling.parsers import LFS_POINTER
from coupling.reading import Progress
from coupling.reports.align import aligned
from coupling.reports.change import compare
from coupling.reports.words import count
from coupling.sides import Side, Sides
from coupling.touched import Lines, touched
from coupling.trees import Disk

MOST_FILES = 2_000
"""Of a change, whose lines are compared; a host shows no annotations on more."""
_NO_CONTENT = (LFS_POINTER, f"cannot be read: {objects.NOT_HERE}")
OWN = ("allow", "world", "baseline", "contracts", "file")
"""What each side says for itself: who answers for which coupling, and what code cannot show."""


class Work(NamedTuple):
    """How to run: with which cache, how many processes, which bar, and how to load a saved report."""

    load: Callable[[str], Report]
    cache: bool = True
    jobs: int = 0
    progress: Progress | None = None


class Comparison(NamedTuple):
    report: Report
    base: Report
    added: tuple[Finding, ...]
    touched: frozenset[tuple[str, int]]
    warnings: tuple[str, ...] = ()


class _Found(NamedTuple):
    report: Report
    keys: Mapping[str, bytes] = MappingProxyType({})


def run(sides: Sides, config: Config, work: Work, *, own: bool = True) -> Comparison:
    """Both sides. Without ``own``, where the user named a configuration, that holds for the earlier side altogether.

    Raises CouplingError for a side that cannot be analysed; settings that are broken in the earlier one only are a warning.
    """
    warnings: list[str] = []
    after = _found(sides.after, config, work)
    before = _found_before(sides, _earlier(sides.before, config, warnings) if own else config, work)
    moved = _moved(sides)
    base = aligned(before.report, after.report, moved)
    change = compare(after.report, base)
    new = (*change.added, *(now for now, _ in change.changed))
    lines = _lines(sides, before.keys, after.keys, moved) if new or change.edges_added else {}
    report = explained(after.report, new, change.edges_added, lines)
    return Comparison(report, base, compare(report, base).added, frozenset(lines), (*warnings, *_one_sided(before, after)))


def _found_before(sides: Sides, config: Config, work: Work) -> _Found:
    try:
        return _found(_without_sparse(sides), config, work)
    except CouplingError as error:
        raise CouplingError(f"in {sides.before.label}: {error}") from error


def _found(side: Side, config: Config, work: Work) -> _Found:
    if side.tree is None:
        saved = work.load(side.saved)
        return _Found(saved._replace(findings=suppress.choose(saved.findings, config)))
    made = pipeline.run(side.tree, config, cache=work.cache, jobs=work.jobs, progress=work.progress)
    return _Found(made.report, made.keys)


def _earlier(side: Side, config: Config, warnings: list[str]) -> Config:
    if side.tree is None:
        return config
    try:
        own = configuration.load(side.tree)
    except CouplingError as error:
        warnings.append(f"the configuration of {side.label} cannot be read, so what is accepted now counts for both sides: {error}")
        return config
    return replace(config, **{name: getattr(own, name) for name in OWN})


def _without_sparse(sides: Sides) -> Side:
    """The earlier side without what a sparse checkout keeps from the work tree: that is no deletion."""
    before, after = sides
    if not isinstance(before.tree, objects.Objects) or not isinstance(after.tree, Disk):
        return before
    if not (absent := objects.left_out(before.tree.root)):
        return before
    return before._replace(tree=before.tree.part(path for path in before.tree.paths() if path not in absent))


def _one_sided(before: _Found, after: _Found) -> list[str]:
    """A warning about files whose content only one side has."""
    sides = ({each.span.path for each in found.report.problems if each.what in _NO_CONTENT} for found in (before, after))
    files = (next(sides) ^ next(sides)) & before.keys.keys() & after.keys.keys()
    many = count(len(files), "file has", "files have")
    return [f"{many} content on one side only (Git LFS, an incomplete clone): what it does may look added or removed"] if files else []


def _moved(sides: Sides) -> dict[str, str]:
    before, after = sides
    if before.tree is None or after.tree is None or not before.commit:
        return {}
    return history.renamed(before.tree.root, before.commit, after.commit)


def _lines(sides: Sides, before: Mapping[str, bytes], after: Mapping[str, bytes], moved: Mapping[str, str]) -> Lines:
    """The touched lines of the analysed files that differ."""
    if sides.before.tree is None or sides.after.tree is None:
        return {}
    differ = sorted(path for path, key in after.items() if before.get(path) != key)
    return touched(sides.before.tree, sides.after.tree, differ[:MOST_FILES], moved)
