"""What a change did: two reports compared by names (node ids, edge keys, fingerprints), never by position."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coupling.core.graph import Edge, Finding, Node
from coupling.core.report import Report
from coupling.core.source import Span
from coupling.reports import words
from coupling.reports.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable

    Primary = Callable[[Finding], Span | None]

EdgeKey = tuple[str, str, str, str]


class Change(NamedTuple):
    added: tuple[Finding, ...]
    kept: tuple[Finding, ...]
    removed: tuple[Finding, ...]
    edges_added: tuple[Edge, ...]
    edges_removed: tuple[Edge, ...]
    nodes_added: frozenset[str]
    nodes_removed: tuple[Node, ...]


def key(edge: Edge) -> EdgeKey:
    """What makes an edge the same edge in another version."""
    return edge.source, edge.target, edge.kind, edge.role


def compare(report: Report, base: Report) -> Change:
    """Only live findings count: one that was accepted meanwhile is neither new nor gone."""
    before, after = {key(edge) for edge in base.graph.edges}, {key(edge) for edge in report.graph.edges}
    old, now = {f.fingerprint for f in base.findings}, {f.fingerprint for f in report.findings}
    nodes_before, nodes_after = {node.id for node in base.graph.nodes}, {node.id for node in report.graph.nodes}
    live = words.live(report)
    return Change(
        tuple(finding for finding in live if finding.fingerprint not in old),
        tuple(finding for finding in live if finding.fingerprint in old),
        tuple(finding for finding in words.live(base) if finding.fingerprint not in now),
        tuple(edge for edge in report.graph.edges if key(edge) not in before),
        tuple(edge for edge in base.graph.edges if key(edge) not in after),
        frozenset(nodes_after - nodes_before),
        tuple(node for node in base.graph.nodes if node.id not in nodes_after),
    )


def primary(report: Report, options: Options) -> Primary:
    """Which one place a host shows for a finding: a line that the change touched, else an edge that it added, else the
    first hop. Hosts hide annotations that stand outside the diff."""
    before = {key(edge) for edge in options.base.graph.edges} if options.base else None

    def place(finding: Finding) -> Span | None:
        rows = words.hops(finding, report.graph)
        spans = [span for hop in rows for span in (hop.span, *(hop.edge.evidence if hop.edge else ()))]
        touched = (span for span in spans if (span.path, span.line) in options.changed)
        added = (hop.span for hop in rows if before is not None and hop.edge and key(hop.edge) not in before)
        return next(touched, None) or next(added, None) or (finding.path[0] if finding.path else None)

    return place
