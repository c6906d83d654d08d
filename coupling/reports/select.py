"""Parts of a data graph: pure functions ``DataGraph -> DataGraph``. Edges keep their identity, so that a loop stays known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.errors import CouplingError, did_you_mean
from coupling.core.graph import DataGraph, Edge, Finding, Node

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

ACCESSES = ("reads", "writes")


def find(graph: DataGraph, query: str) -> str:
    """The id of the node that a person means: an id, a name, the end of a name, or a part of one, whichever fits exactly one.

    Raises CouplingError when none or several fit.
    """
    tests = (
        lambda node: node.id == query,
        lambda node: node.name == query,
        lambda node: node.name.endswith((f"/{query}", f".{query}")),
        lambda node: query.lower() in node.name.lower(),
    )
    for test in tests:
        fit = sorted((node for node in graph.nodes if test(node)), key=lambda node: (node.kind != "model", node.kind == "unit", node.id))
        if len(fit) == 1 or (fit and fit[0].kind == "model" and fit[1].kind != "model"):
            return fit[0].id
        if fit:
            raise CouplingError(f"`{query}` fits {len(fit)} nodes: {', '.join(node.id for node in fit[:5])}; name one by its id")
    raise CouplingError(f"no node is called `{query}`{did_you_mean(query, [node.name for node in graph.nodes])}")


def focus(graph: DataGraph, query: str, depth: int = 2) -> DataGraph:
    """What lies within ``depth`` steps of a node, against and along the flow."""
    near = neighbours(graph)
    reached = front = {find(graph, query)}
    for _ in range(depth):
        front = {other for node in front for other in near.get(node, ())} - reached
        reached = reached | front
    return induced(graph, reached)


def findings_only(graph: DataGraph, findings: Iterable[Finding]) -> DataGraph:
    """The edges that findings pass, their ends, and the models and assets they name. A finding without edges brings
    all edges between what it names."""
    edges: set[Edge] = set()
    ids: set[str] = set()
    for finding in findings:
        own = [graph.edges[index] for index in finding.path_edges if 0 <= index < len(graph.edges)]
        named = {*finding.models, *finding.assets}
        edges.update(own or (edge for edge in graph.edges if edge.source in named and edge.target in named))
        ids |= named
    ids |= {end for edge in edges for end in (edge.source, edge.target)}
    return DataGraph(tuple(n for n in graph.nodes if n.id in ids), tuple(e for e in graph.edges if e in edges), graph.expressions)


def collapse(graph: DataGraph, keep: Collection[Edge] = ()) -> DataGraph:
    """Assets, models, routes and the flows between them. A script with its reads and writes stays only where nothing else
    links an asset, or where an edge of ``keep`` needs it; elsewhere the flows name their script."""
    linked = {end for edge in graph.edges if edge.kind not in ACCESSES for end in (edge.source, edge.target)}
    edges = tuple(edge for edge in graph.edges if edge.kind not in ACCESSES or edge in keep or not {edge.source, edge.target} & linked)
    used = {end for edge in edges for end in (edge.source, edge.target)}
    return DataGraph(tuple(n for n in graph.nodes if n.kind != "unit" or n.id in used), edges, graph.expressions)


def with_models(graph: DataGraph) -> DataGraph:
    """Without the islands that hold no model: files that scripts pass to each other say nothing about coupling."""
    near = neighbours(graph)
    reached = front = {node.id for node in graph.nodes if node.kind == "model"}
    while front:
        front = {other for node in front for other in near.get(node, ())} - reached
        reached = reached | front
    return induced(graph, reached)


def neighbours(graph: DataGraph) -> dict[str, set[str]]:
    """The ends of a node's edges, against and along the flow."""
    near: dict[str, set[str]] = {}
    for edge in graph.edges:
        near.setdefault(edge.source, set()).add(edge.target)
        near.setdefault(edge.target, set()).add(edge.source)
    return near


def induced(graph: DataGraph, ids: Collection[str]) -> DataGraph:
    """The nodes and all edges between them."""
    edges = tuple(edge for edge in graph.edges if edge.source in ids and edge.target in ids)
    return DataGraph(tuple(node for node in graph.nodes if node.id in ids), edges, graph.expressions)


def path_edges(graph: DataGraph, findings: Iterable[Finding]) -> frozenset[Edge]:
    """The edges that findings pass."""
    indices = {index for finding in findings for index in finding.path_edges}
    return frozenset(graph.edges[index] for index in indices if 0 <= index < len(graph.edges))


def named(graph: DataGraph) -> dict[str, Node]:
    return {node.id: node for node in graph.nodes}
