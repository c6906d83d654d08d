"""Graphs as text, so that a test shows what it is about.

One edge a line: ``churn -predicts-> scores.csv [score, label] @batch ~partial when:FLAG note:split``. A name with a dot
is an asset, with a leading slash a route, with a leading dollar a unit, any other a model. ``scaler: component fitted``
gives a node tags. The evidence of an edge is the line of the text, in a file named after its unit (or the edge kind).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from coupling.core.graph import DataGraph, Edge, Node
from coupling.core.source import Span
from coupling.detectors import detect

if TYPE_CHECKING:
    from coupling.core.graph import Finding

EDGE = re.compile(r"(\S+)\s+-(\w+)(?::(\w+))?->\s+(\S+)\s*(?:\[([^\]]*)\])?\s*(.*)\Z")


def node_id(name: str) -> str:
    if name.startswith("/"):
        return f"route:route:{name}"
    if name.startswith("$"):
        return f"unit:script:{name[1:]}"
    return f"asset:file:{name}" if "." in name else f"model:model:{name}"


def graph(text: str) -> DataGraph:
    nodes: dict[str, Node] = {}
    edges = []
    for number, line in enumerate(text.strip().splitlines(), 1):
        if match := EDGE.match(line.strip()):
            edge = _edge(match, number)
            edges.append(edge)
            named = {node_id(match[1]): match[1], node_id(match[4]): match[4]}
            if edge.unit:
                named[edge.unit] = "$" + edge.unit.split(":")[-1]
            for node, name in named.items():
                nodes.setdefault(node, _node(name))
        elif line.strip():
            name, _, tags = line.strip().partition(": ")
            nodes[node_id(name)] = _node(name)._replace(tags=tuple(tags.split()))
    return DataGraph(tuple(sorted(nodes.values())), tuple(edges))


def _node(name: str) -> Node:
    kind, type_, _ = node_id(name).split(":", 2)
    bare = name.removeprefix("$")
    at = (Span(f"{bare}.py", 1),) if kind == "unit" else ()
    return Node(node_id(name), kind, type_, kind, bare, at=at)


def _edge(match: re.Match[str], number: int) -> Edge:
    source, kind, role, target, columns, rest = match.groups()
    words = rest.split()
    unit = next((w[1:] for w in words if w.startswith("@")), "")
    return Edge(
        node_id(source),
        node_id(target),
        kind,
        certainty=next((w[1:] for w in words if w.startswith("~")), "exact"),
        evidence=(Span(f"{unit or kind}.py", number, text=match[0].strip()),),
        role=role or "",
        columns=tuple(c.strip() for c in columns.split(",")) if columns else (),
        unit=node_id("$" + unit) if unit else "",
        when=tuple(w[5:] for w in words if w.startswith("when:")),
        notes=tuple(w[5:] for w in words if w.startswith("note:")),
    )


def found(text: str, *codes: str) -> list[Finding]:
    """What detect finds, of these codes or of all."""
    return [f for f in detect(graph(text)) if not codes or f.code in codes]


def codes(text: str) -> list[str]:
    return [f.code for f in found(text)]


def names(finding: Finding) -> list[str]:
    return [model.split(":", 2)[2] for model in finding.models]


def lines(finding: Finding) -> list[int]:
    return [span.line for span in finding.path]
