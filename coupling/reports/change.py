"""What a change did: two reports compared by names (node ids, edge keys, fingerprints), never by position."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coupling.core.graph import DataGraph, Edge, Finding, Node
from coupling.core.report import Report
from coupling.reports import select, words
from coupling.reports.options import Options

if TYPE_CHECKING:
    from collections.abc import Iterable

EdgeKey = tuple[str, str, str, str]


LIKE = 0.8
"""The part of an earlier finding's models and assets that makes a finding the same one, changed."""


class Change(NamedTuple):
    """``changed`` holds pairs: the finding now, and as it was before."""

    added: tuple[Finding, ...]
    kept: tuple[Finding, ...]
    changed: tuple[tuple[Finding, Finding], ...]
    removed: tuple[Finding, ...]
    accepted: tuple[Finding, ...]
    """Accepted now, and not accepted or not there before."""
    edges_added: tuple[Edge, ...]
    edges_removed: tuple[Edge, ...]
    nodes_added: frozenset[str]
    nodes_removed: tuple[Node, ...]


def key(edge: Edge) -> EdgeKey:
    """What makes an edge the same edge in another version."""
    return edge.source, edge.target, edge.kind, edge.role


def compare(report: Report, base: Report) -> Change:
    """Only live findings count: one that was accepted meanwhile is neither new nor gone, one that nobody accepts any more is new."""
    before, after = {key(edge) for edge in base.graph.edges}, {key(edge) for edge in report.graph.edges}
    nodes_before, nodes_after = {node.id for node in base.graph.nodes}, {node.id for node in report.graph.nodes}
    live, earlier = words.live(report), words.live(base)
    pairs = _pairs(live, earlier)
    quiet = {finding.fingerprint for finding in base.findings if finding.suppressed}
    found = {*(finding.fingerprint for finding in report.findings), *(old.fingerprint for old in pairs.values())}
    return Change(
        added=tuple(finding for finding in live if finding not in pairs),
        kept=tuple(finding for finding in live if finding in pairs and pairs[finding].fingerprint == finding.fingerprint),
        changed=tuple((now, then) for now, then in pairs.items() if now.fingerprint != then.fingerprint),
        removed=tuple(finding for finding in earlier if finding.fingerprint not in found),
        accepted=tuple(each for each in words.ordered(report.findings) if each.suppressed and each.fingerprint not in quiet),
        edges_added=tuple(edge for edge in report.graph.edges if key(edge) not in before),
        edges_removed=tuple(edge for edge in base.graph.edges if key(edge) not in after),
        nodes_added=frozenset(nodes_after - nodes_before),
        nodes_removed=tuple(node for node in base.graph.nodes if node.id not in nodes_after),
    )


def accepted_before(finding: Finding, base: Report | None) -> str:
    """The reason for which a finding was accepted before; '' when it was not, or was not there."""
    findings = base.findings if base else ()
    return next((each.suppressed for each in findings if each.suppressed and each.fingerprint == finding.fingerprint), "")


def _pairs(live: list[Finding], earlier: list[Finding]) -> dict[Finding, Finding]:
    """Each finding with the earlier one that it is: by fingerprint, then the most alike of those that nothing else is."""
    known = {finding.fingerprint: finding for finding in earlier}
    pairs = {finding: known[finding.fingerprint] for finding in live if finding.fingerprint in known}
    taken = {finding.fingerprint for finding in pairs.values()}
    new, old = [finding for finding in live if finding not in pairs], [finding for finding in earlier if finding.fingerprint not in taken]
    for _, at, then in sorted((-_likeness(new[at], each), at, then) for then, each in enumerate(old) for at in _near(each, new)):
        if new[at] not in pairs and old[then].fingerprint not in taken:
            pairs[new[at]] = old[then]
            taken.add(old[then].fingerprint)
    return pairs


def _near(earlier: Finding, findings: list[Finding]) -> list[int]:
    return [at for at, finding in enumerate(findings) if _likeness(finding, earlier) >= LIKE]


def _likeness(finding: Finding, earlier: Finding) -> float:
    """How much of an earlier finding is in this one: 0 to 1. Another rule, or a model more, makes it another finding."""
    if finding.rule != earlier.rule or not {*finding.models} <= {*earlier.models}:
        return 0.0
    before = {*earlier.models, *earlier.assets}
    return len(before & {*finding.models, *finding.assets}) / len(before) if before else 0.0


def states(report: Report, base: Report) -> dict[str, str]:
    """What became of each finding of the report, by fingerprint, in the words of SARIF: new, updated or unchanged."""
    diff = compare(report, base)
    named = (("new", diff.added), ("updated", [now for now, _ in diff.changed]), ("unchanged", diff.kept))
    out = {finding.fingerprint: state for state, findings in named for finding in findings}
    known = {finding.fingerprint for finding in base.findings}
    return {each.fingerprint: "unchanged" if each.fingerprint in known else "new" for each in report.findings} | out


def flows(edges: Iterable[Edge], graph: DataGraph) -> tuple[Edge, ...]:
    """Of ``edges``, those that a picture draws, each once: reads and writes of a script say again what a flow says."""
    shown = set(select.collapse(graph).edges)
    once = {key(edge): edge for edge in edges if edge in shown}
    return tuple(once.values())


def replaced(added: Iterable[Edge], removed: Iterable[Edge]) -> tuple[Edge, ...]:
    """What an added edge stands in the place of: a removed one of its kind that leaves or enters the same node."""
    new = list(added)
    leave, enter = {(edge.kind, edge.source) for edge in new}, {(edge.kind, edge.target) for edge in new}
    return tuple(edge for edge in removed if (edge.kind, edge.source) in leave or (edge.kind, edge.target) in enter)


def fresh(report: Report, options: Options) -> list[Finding]:
    """What a reader of the change has to see: what it added when there is a base, else everything that nobody accepted."""
    return list(compare(report, options.base).added) if options.base else words.live(report)
