"""What a picture shows: shapes and arrows chosen from the graph within a budget. Mermaid, DOT and the viewer draw it.

Comes in: a report and the reader's selection. Goes out: ``Picture``, with what was cut. It does not know any syntax.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from coupling.core.graph import CERTAINTIES, DataGraph, Edge, Finding, Node
from coupling.core.report import Report
from coupling.reports import change, select, words
from coupling.reports.options import Options

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_MAX_UNITS = 2
_MAX_TIPS = 6
_COLD = 1 << 30
_MIN_FOLD = 3
_NAMES = {"asset": "data set", "unit": "script"}
_LARGE = 60
"""From this many shapes on, a picture leaves out what has no way to or from a model."""


class Shape(NamedTuple):
    """``mark`` is + or - in a comparison; ``loop`` is true on a finding's way."""

    id: str
    kind: str
    type: str
    label: str
    mark: str = ""
    loop: bool = False
    certainty: str = "exact"
    owner: str = ""


class Arrow(NamedTuple):
    """``source`` and ``target`` are positions in ``Picture.shapes``; ``edges`` what it stands for."""

    source: int
    target: int
    kind: str
    label: str
    mark: str = ""
    loop: bool = False
    certainty: str = "exact"
    edges: tuple[Edge, ...] = ()


class Picture(NamedTuple):
    shapes: tuple[Shape, ...]
    arrows: tuple[Arrow, ...]
    cut: str = ""
    """What the budget left out, in words; empty when everything is drawn."""


def draw(report: Report, options: Options, budget: tuple[int, int], findings: Sequence[Finding] | None = None) -> Picture:
    """The picture of a report within a format's budget of nodes and edges: only ``findings`` when they are given or asked
    for, with the marks of change when there is a base."""
    shown = words.live(report) if findings is None else list(findings)
    graph = report.graph
    if options.findings_only or findings is not None:
        graph = select.findings_only(graph, shown)
    graph, marks = _with_removed(graph, report, options.base, findings is None) if options.base else (graph, {})
    if options.focus:
        graph = select.focus(graph, options.focus, options.depth)
    if not options.units:
        graph = select.collapse(graph, select.path_edges(report.graph, shown))
    aside = 0
    if len(graph.nodes) > _LARGE and not options.units and not options.base:
        graph, aside = _around_models(graph)
    loud = [finding for finding in shown if words.label(finding) != "note"]
    loops = {edge: number for number, finding in reversed([*enumerate(loud)]) for edge in select.path_edges(report.graph, [finding])}
    limits = tuple(min(asked, own) if asked else own for asked, own in zip((options.max_nodes, options.max_edges), budget, strict=True))
    picture = _budgeted(graph, loops, marks, limits, words.names(report.graph))
    return picture._replace(cut="; ".join(part for part in (picture.cut, _aside(aside)) if part))


def _around_models(graph: DataGraph) -> tuple[DataGraph, int]:
    """A large graph around its models, and how many nodes that leaves out. Without any model everything stays."""
    core = select.with_models(graph)
    return (core, len(graph.nodes) - len(core.nodes)) if core.nodes else (graph, 0)


def _aside(count: int) -> str:
    return f"{words.count(count, 'node')} with no way to or from a model, not drawn without --units" if count else ""


def _with_removed(graph: DataGraph, report: Report, base: Report, all_ended: bool) -> tuple[DataGraph, dict[object, str]]:
    """The graph with what the base had beside it, and the marks of nodes (by id) and edges (by key). A part of the graph
    gets only the removed edges within it, those that its added edges replace, and, with ``all_ended``, those of findings
    that are gone."""
    diff = change.compare(report, base)
    here, whole = {node.id for node in graph.nodes}, len(graph.edges) == len(report.graph.edges)
    gone = tuple(edge for edge in diff.edges_removed if whole or {edge.source, edge.target} <= here)
    gone += change.replaced(set(graph.edges) & set(diff.edges_added), set(diff.edges_removed) - set(gone))
    gone += tuple(select.path_edges(base.graph, diff.removed) & set(diff.edges_removed) - set(gone)) if all_ended else ()
    gone = tuple(sorted(gone))
    ends = {end for edge in gone for end in (edge.source, edge.target)}
    extra = tuple(node for node in (*report.graph.nodes, *diff.nodes_removed) if node.id not in here and (whole or node.id in ends))
    marks: dict[object, str] = dict.fromkeys(map(change.key, diff.edges_added), "+")
    marks.update(dict.fromkeys(map(change.key, gone), "-"))
    marks.update(dict.fromkeys(diff.nodes_added, "+"))
    marks.update(dict.fromkeys((node.id for node in diff.nodes_removed), "-"))
    return DataGraph((*graph.nodes, *extra), (*graph.edges, *gone)), marks


def _budgeted(
    graph: DataGraph, loops: Mapping[Edge, int], marks: Mapping[object, str], limits: tuple[int, ...], known: Mapping[str, Node]
) -> Picture:
    """What is on findings first, the worst finding first, then changes, then neighbours, then the rest by name."""
    nodes = _known(graph)
    hot: dict[str, int] = {}
    for edge, number in loops.items():
        for end in (edge.source, edge.target):
            hot[end] = min(number, hot.get(end, number))
    near = {end for edge in graph.edges if edge.source in hot or edge.target in hot for end in (edge.source, edge.target)}
    order = sorted(nodes.values(), key=lambda n: (hot.get(n.id, _COLD), n.id not in marks, n.id not in near, n.kind == "unit", n.id))
    kept = sorted(order[: limits[0]], key=lambda node: node.id)
    place = {node.id: number for number, node in enumerate(kept)}
    arrows = _arrows([e for e in graph.edges if e.source in place and e.target in place], place, known, loops, marks)
    total = len({(edge.source, edge.target, edge.kind) for edge in graph.edges})
    chosen = sorted(sorted(arrows, key=lambda arrow: (not arrow.loop, not arrow.mark))[: limits[1]])
    shapes = tuple(Shape(n.id, n.kind, n.type, n.name or n.id, marks.get(n.id, ""), n.id in hot, n.certainty, n.owner) for n in kept)
    return Picture(shapes, tuple(chosen), _cut(len(nodes) - len(kept), total - len(chosen)))


def _known(graph: DataGraph) -> dict[str, Node]:
    """Nodes by id, also those that only edges name."""
    nodes = words.names(graph)
    for edge in graph.edges:
        for end in (edge.source, edge.target):
            if end not in nodes:
                kind, type_, name = (*end.split(":", 2), "", "")[:3]
                nodes[end] = Node(end, kind, type_, "", name or end)
    return nodes


def _arrows(
    edges: Iterable[Edge], place: Mapping[str, int], nodes: Mapping[str, Node], loops: Mapping[Edge, int], marks: Mapping[object, str]
) -> list[Arrow]:
    """One arrow for all edges of one kind between two nodes: what several scripts do alike is one line."""
    bundles: dict[tuple[int, int, str], list[Edge]] = {}
    for edge in edges:
        bundles.setdefault((place[edge.source], place[edge.target], edge.kind), []).append(edge)
    return [_arrow(ends, bundle, nodes, loops, marks) for ends, bundle in sorted(bundles.items())]


def _arrow(
    ends: tuple[int, int, str], bundle: list[Edge], nodes: Mapping[str, Node], loops: Mapping[Edge, int], marks: Mapping[object, str]
) -> Arrow:
    found = {marks.get(change.key(edge), "") for edge in bundle}
    roles = sorted({edge.role for edge in bundle if edge.role and edge.role != "data"})
    units = sorted(
        {posixpath.basename(words.name_of(edge.unit, nodes)) for edge in bundle if edge.unit not in ("", edge.source, edge.target)}
    )
    more = f" +{len(units) - _MAX_UNITS}" if len(units) > _MAX_UNITS else ""
    label = ends[2] + (f" as {', '.join(roles)}" if roles else "") + (f" · {', '.join(units[:_MAX_UNITS])}{more}" if units else "")
    best = min((edge.certainty for edge in bundle), key=CERTAINTIES.index)
    return Arrow(*ends, label, found.pop() if len(found) == 1 else "", any(edge in loops for edge in bundle), best, tuple(sorted(bundle)))


def _cut(nodes: int, edges: int) -> str:
    parts = [words.count(n, word) for n, word in ((nodes, "node"), (edges, "edge")) if n > 0]
    return f"{' and '.join(parts)} more, not drawn" if parts else ""


def fold(picture: Picture) -> Picture:
    """The picture with the quiet shapes of one kind and folder (schema, owner) drawn as one; whatever is on a finding or
    changed stays by itself. The same picture when nothing folds."""
    groups: dict[tuple[str, str], list[int]] = {}
    for number, shape in enumerate(picture.shapes):
        if (home := _home(shape)) and not (shape.loop or shape.mark):
            groups.setdefault((shape.kind, home), []).append(number)
    folded = {number: key for key, members in groups.items() if len(members) >= _MIN_FOLD for number in members}
    boxes = {
        key: Shape(":".join(key), key[0], "folder", f"{key[1]} ({words.count(len(groups[key]), _NAMES.get(key[0], key[0]))})")
        for key in folded.values()
    }
    kept = [shape for number, shape in enumerate(picture.shapes) if number not in folded]
    shapes = sorted([*kept, *boxes.values()], key=lambda shape: shape.id)
    place = {shape: number for number, shape in enumerate(shapes)}
    moved = [place[boxes[folded[n]] if n in folded else shape] for n, shape in enumerate(picture.shapes)]
    return picture._replace(shapes=tuple(shapes), arrows=_moved(picture.arrows, moved)) if folded else picture


def calm(picture: Picture) -> Picture:
    """A large picture with its quiet shapes folded; a small one as it is."""
    return fold(picture) if len(picture.shapes) > _LARGE else picture


def _home(shape: Shape) -> str:
    if shape.kind == "model" and "/" in shape.label.partition(" (")[2]:  # named after the place of its code
        return posixpath.dirname(shape.label.partition(" (")[2]) + "/"
    if "/" in shape.label:
        return posixpath.dirname(shape.label) + "/"
    return shape.label.rpartition(".")[0] if shape.type == "table" else shape.owner


def _moved(arrows: Sequence[Arrow], moved: Sequence[int]) -> tuple[Arrow, ...]:
    """Arrows between the new places, those of one kind between two places as one, those within a box gone."""
    bundles: dict[tuple[int, int, str], list[Arrow]] = {}
    for arrow in arrows:
        source, target = moved[arrow.source], moved[arrow.target]
        if source != target or arrow.source == arrow.target:
            bundles.setdefault((source, target, arrow.kind), []).append(arrow)
    return tuple(_merged(ends, bundle) for ends, bundle in sorted(bundles.items()))


def _merged(ends: tuple[int, int, str], bundle: list[Arrow]) -> Arrow:
    if len(bundle) == 1:
        return bundle[0]._replace(source=ends[0], target=ends[1])
    marks = {arrow.mark for arrow in bundle}
    best = min((arrow.certainty for arrow in bundle), key=CERTAINTIES.index)
    edges = tuple(edge for arrow in bundle for edge in arrow.edges)
    return Arrow(*ends, f"{ends[2]} × {len(bundle)}", marks.pop() if len(marks) == 1 else "", any(a.loop for a in bundle), best, edges)


def tip(arrow: Arrow) -> list[str]:
    """What a reader sees when pointing at an arrow, a line each: why it is there."""
    lines = [f"{edge.why or edge.kind} ({', '.join(words.place(span) for span in edge.evidence) or 'no place'})" for edge in arrow.edges]
    return [f"{arrow.label}, {arrow.certainty}", *lines[:_MAX_TIPS]]
