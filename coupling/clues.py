"""Find the changed line that names what a new coupling runs through: a setting of one file that makes the code of others meet.

Comes in: a report, the edges that a change added, the lines that it touched. Goes out: the report, with that line as one more hop of
each new finding whose own hops stand on no line of the change. The line only has the name: the flow is told by the other hops.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

from coupling.core.graph import Edge, Finding, Node
from coupling.core.report import Report
from coupling.core.source import Span

SHORTEST = 4
"""A shorter word than this is in too many lines to be a sign."""

Texts = Mapping[tuple[str, int], str]
"""(path, line) -> its text, for every line that the change touched."""


def explained(report: Report, new: Iterable[Finding], added: Iterable[Edge], texts: Texts) -> Report:
    """The report with a hop more in those of the findings that need one."""
    wanted, edges = {*new}, {*added}
    nodes = {node.id: node for node in report.graph.nodes}
    findings = (_explained(each, report, edges, nodes, texts) if each in wanted else each for each in report.findings)
    return report._replace(findings=tuple(findings))


def _explained(finding: Finding, report: Report, added: set[Edge], nodes: Mapping[str, Node], texts: Texts) -> Finding:
    if any((span.path, span.line) in texts for span in finding.path):
        return finding
    for at, index in enumerate(finding.path_edges):
        edge = report.graph.edges[index] if 0 <= index < len(report.graph.edges) else None
        if edge is None or edge not in added:
            continue
        for node in (nodes[end] for end in (edge.target, edge.source) if end in nodes):
            if span := _line_with(node, texts):
                return _with_hop(finding, at, span, f"{node.name} is named here, by this change", index)
    return finding


def _with_hop(finding: Finding, at: int, span: Span, what: str, edge: int) -> Finding:
    """The hop stands before the flow that it made."""
    return finding._replace(
        path=(*finding.path[:at], span, *finding.path[at:]),
        path_text=(*finding.path_text[:at], what, *finding.path_text[at:]),
        path_edges=(*finding.path_edges[:at], edge, *finding.path_edges[at:]),
    )


def _line_with(node: Node, texts: Texts) -> Span | None:
    """The first touched line that has the node's name, else the end of it, else that without its suffix."""
    base = posixpath.basename(node.name.rstrip("/"))
    for word in dict.fromkeys((node.name, base, base.rpartition(".")[0])):
        if len(word) < SHORTEST:
            continue
        named = re.compile(rf"(?<![\w./-]){re.escape(word)}(?![\w/-])")
        for (path, line), text in sorted(texts.items()):
            if named.search(text):
                return Span(path, line, text=text.strip())
    return None
