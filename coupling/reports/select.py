"""Parts of a data graph: pure functions ``DataGraph -> DataGraph``. Edges keep their identity, so that a loop stays known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.graph import DataGraph, Edge, Finding
from coupling.reports import lookup

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

ACCESSES = ("reads", "writes")


def focus(graph: DataGraph, query: str, depth: int = 2) -> DataGraph:
    """What lies within ``depth`` steps of a node, against and along the flow.

    Raises CouplingError when none or several are called so.
    """
    along = [(edge.source, edge.target) for edge in graph.edges]
    both = [*along, *((target, source) for source, target in along)]
    return induced(graph, within(both, {lookup.node(graph, query).id}, depth))


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
    """What flows into a model, or comes of one: files that scripts only pass to each other say nothing about coupling."""
    models = {node.id for node in graph.nodes if node.kind == "model"}
    along = [(edge.source, edge.target) for edge in graph.edges]
    against = [(target, source) for source, target in along]
    return induced(graph, within(along, models) | within(against, models))


def within(steps: Iterable[tuple[str, str]], start: set[str], most: int = 1 << 30) -> set[str]:
    """The nodes that ``most`` steps lead to, those of the start included."""
    following: dict[str, set[str]] = {}
    for source, target in steps:
        following.setdefault(source, set()).add(target)
    reached = front = start
    while front and most > 0:
        front = {other for node in front for other in following.get(node, ())} - reached
        reached, most = reached | front, most - 1
    return reached


def induced(graph: DataGraph, ids: Collection[str]) -> DataGraph:
    """The nodes and all edges between them."""
    edges = tuple(edge for edge in graph.edges if edge.source in ids and edge.target in ids)
    return DataGraph(tuple(node for node in graph.nodes if node.id in ids), edges, graph.expressions)


def path_edges(graph: DataGraph, findings: Iterable[Finding]) -> frozenset[Edge]:
    """The edges that findings pass."""
    indices = {index for finding in findings for index in finding.path_edges}
    return frozenset(graph.edges[index] for index in indices if 0 <= index < len(graph.edges))
