"""Give the nodes of an earlier report the ids that they have now, so that what only moved is the same node in both.

Comes in: a report, the one before, and which files were renamed between them. Goes out: the earlier one with the ids of the later.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from coupling.core.graph import DataGraph, Finding
from coupling.core.lasting import lasting
from coupling.core.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterable


def aligned(base: Report, report: Report, moved: Mapping[str, str] | None = None) -> Report:
    """The earlier report, in the names of the later one. What has no counterpart keeps its name."""
    new = _new_ids(base.graph, report.graph, moved)
    if not new:
        return base
    names = {node.id: node.name for node in report.graph.nodes}
    nodes = (node._replace(id=new.get(node.id, node.id), name=names.get(new.get(node.id, ""), node.name)) for node in base.graph.nodes)
    edges = (
        edge._replace(
            source=new.get(edge.source, edge.source), target=new.get(edge.target, edge.target), unit=new.get(edge.unit, edge.unit)
        )
        for edge in base.graph.edges
    )
    rows = (row._replace(model=new.get(row.model, row.model)) for row in base.graph.expressions)
    graph = base.graph._replace(nodes=tuple(nodes), edges=tuple(edges), expressions=tuple(rows))
    findings = (_finding(finding, new) for finding in base.findings)
    known = {_about(finding): finding.fingerprint for finding in report.findings}
    return base._replace(
        graph=graph, findings=tuple(each._replace(fingerprint=known.get(_about(each), each.fingerprint)) for each in findings)
    )


def _new_ids(base: DataGraph, graph: DataGraph, moved: Mapping[str, str] | None) -> dict[str, str]:
    """Old id -> new id, where they differ."""
    now = {name: id for id, name in lasting(_ids(graph)).items()}
    before = lasting(_ids(base), moved)
    return {id: now[name] for id, name in before.items() if now.get(name, id) != id}


def _ids(graph: DataGraph) -> Iterable[str]:
    ends = {end for edge in graph.edges for end in (edge.source, edge.target, edge.unit) if end}
    return {*ends, *(node.id for node in graph.nodes)}


def _finding(finding: Finding, new: Mapping[str, str]) -> Finding:
    models, assets = (tuple(new.get(id, id) for id in ids) for ids in (finding.models, finding.assets))
    return finding._replace(models=models, assets=assets)


def _about(finding: Finding) -> tuple[str, frozenset[str], int]:
    """What a finding says beside names of files: its fingerprint may hold those."""
    return finding.rule, frozenset((*finding.models, *finding.assets)), len(finding.path)
