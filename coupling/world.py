"""Put the users' own statements about the world into the graph.

Comes in: a graph and the ``world`` entries of the configuration. Goes out: the graph with ``influences`` edges added or taken away,
and a ``Problem`` for each entry that names nothing in it. It does not know how build infers such edges.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from coupling.config import Config, World
from coupling.core.graph import DataGraph, Edge, Node
from coupling.core.names import suggestion, title
from coupling.core.source import Problem, Span

SHOWN = ("serves", "saves", "predicts")
"""Edges from a model to what people see of it: a route, an artifact, a table."""


def declare(graph: DataGraph, config: Config) -> tuple[DataGraph, tuple[Problem, ...]]:
    """The graph as the users know the world."""
    edges, problems = list(graph.edges), []
    for entry in config.world:
        place = Span(config.file, entry.line)
        models = _shown(graph, entry.shows)
        records = [node for word in entry.shapes for node in _named(graph.nodes, "asset", word)]
        if not models:
            problems.append(
                Problem(f"`world` shows `{entry.shows}`, which no model is or reaches{suggestion(entry.shows, graph.nodes)}", place)
            )
        problems += [
            Problem(f"`world` shapes `{word}`, which is no asset of the repository{suggestion(word, graph.nodes)}", place)
            for word in entry.shapes
            if not _named(graph.nodes, "asset", word)
        ]
        if entry.shapes:
            edges += [_edge(model, record.id, entry, place) for model in models for record in records]
        else:
            edges = [edge for edge in edges if not (edge.kind == "influences" and edge.source in models)]
    return graph._replace(edges=tuple(edges)), tuple(problems)


def _edge(model: str, record: str, entry: World, place: Span) -> Edge:
    notes = (f"free of the model where {entry.free}",) if entry.free else ()
    return Edge(model, record, "influences", "exact", f"declared: showing {entry.shows} shapes it", (place,), notes=notes)


def _shown(graph: DataGraph, word: str) -> list[str]:
    """The models that ``word`` names, or that are served, saved or stored under that name."""
    named = {node.id for node in graph.nodes if _is_called(node, word)}
    models = {node.id for node in graph.nodes if node.kind == "model" and node.id in named}
    reached = {edge.source for edge in graph.edges if edge.kind in SHOWN and edge.target in named}
    return sorted(models | reached)


def _named(nodes: Iterable[Node], kind: str, word: str) -> list[Node]:
    return [node for node in nodes if node.kind == kind and _is_called(node, word)]


def _is_called(node: Node, word: str) -> bool:
    """By id, name, short name, or pattern; ``GET /x`` also means the route ``/x``, ``views`` also ``app.views``."""
    path = word.split(" ", 1)[-1]
    names = (node.name, title(node), node.name.rpartition(".")[2], node.name.split(" ", 1)[-1])
    return word == node.id or any(word in names or path == name or fnmatchcase(name, word) for name in names)
