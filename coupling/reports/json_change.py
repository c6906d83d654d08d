"""The part of the JSON report that a comparison adds: what became of findings, edges and nodes, by fingerprint, key and id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.graph import Edge, Finding
from coupling.core.report import Report
from coupling.reports.change import compare

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, object]


def data(report: Report, base: Report, place: Mapping[int, int]) -> Json:
    """``place`` maps the edges of the report to their index in the JSON."""
    change = compare(report, base)
    index = {edge: place[at] for at, edge in enumerate(report.graph.edges)}
    return {
        "added": [finding.fingerprint for finding in change.added],
        "changed": [{"now": now.fingerprint, "before": before.fingerprint} for now, before in change.changed],
        "kept": [finding.fingerprint for finding in change.kept],
        "removed": [_gone(finding) for finding in change.removed],
        "edges_added": sorted(index[edge] for edge in change.edges_added),
        "edges_removed": [_edge(edge) for edge in sorted(change.edges_removed)],
        "nodes_added": sorted(change.nodes_added),
        "nodes_removed": sorted(node.id for node in change.nodes_removed),
    }


def _gone(finding: Finding) -> Json:
    """A finding that the report itself does not hold."""
    words = ("rule", "code", "severity", "certainty", "message", "fingerprint")
    return {name: getattr(finding, name) for name in words} | {"models": list(finding.models), "assets": list(finding.assets)}


def _edge(edge: Edge) -> Json:
    return {"source": edge.source, "target": edge.target, "kind": edge.kind, "role": edge.role}
