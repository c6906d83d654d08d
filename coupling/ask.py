"""Answers to questions about a graph: who writes and reads a thing, how one thing reaches another.

Comes in: a report and names as people write them. Goes out: text for a terminal. It reads nothing and knows no output format.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from coupling.core.graph import DataGraph, Edge, Node
from coupling.core.report import Report
from coupling.core.source import Span
from coupling.reports import ink, lookup, words
from coupling.reports.measure import wrap
from coupling.reports.options import Options
from coupling.reports.steps import Row, draw
from coupling.reports.text import rows
from coupling.reports.words import paint, plain

PLAIN = Options()

VERBS = {
    "reads": "is read by",
    "writes": "writes",
    "derives": "is made into",
    "trains": "trains",
    "infers": "is an input of",
    "predicts": "predicts into",
    "feeds": "feeds",
    "saves": "is saved as",
    "loads": "is loaded into",
    "initialises": "gives its weights to",
    "serves": "is served at",
    "records": "records into",
    "influences": "shapes, by what it shows,",
}
"""What the source of an edge does to its target."""


def why(report: Report, name: str, options: Options = PLAIN) -> str:
    """What flows into a node and out of it, each with its places.

    Raises CouplingError for a name that the graph does not have, or has several times.
    """
    graph = report.graph
    node = lookup.node(graph, name)
    nodes = {each.id: each for each in graph.nodes}
    into = _merged(edge for edge in graph.edges if edge.target == node.id)
    out = _merged(edge for edge in graph.edges if edge.source == node.id)
    lines = [_headline(node, options)]
    lines += [line for span in node.at[:1] for line in rows("at", _place(span), options)]
    lines += rows("owner", plain(node.owner), options) if node.owner else []
    lines += _block("into it", [(_sentence(edge, nodes, it=edge.target), edge) for edge in into], nodes, options)
    lines += _block("out of it", [(_sentence(edge, nodes, it=edge.source), edge) for edge in out], nodes, options)
    if not into and not out:
        lines.append("  nothing in the repository flows into it or out of it")
    return "\n".join(lines)


def path(report: Report, start: str, end: str, options: Options = PLAIN) -> str:
    """The shortest flow of data from one node to another, hop by hop.

    Raises CouplingError as ``why`` does.
    """
    graph = report.graph
    source, target = lookup.node(graph, start), lookup.node(graph, end)
    nodes = {node.id: node for node in graph.nodes}
    hops = shortest(graph, source.id, target.id)
    if hops is None:
        back = shortest(graph, target.id, source.id)
        other = f"; the other way round there is: coupling path {end} {start}" if back else ""
        return f"no flow of data from {plain(title(source))} to {plain(title(target))}{plain(other)}"
    names = ink.colors(nodes[end] for edge in hops for end in (edge.source, edge.target) if end in nodes)
    steps = [row for edge in hops for row in _rows(edge, _sentence(edge, nodes))]
    head = f"{plain(title(source))} reaches {plain(title(target))} in {words.count(len(hops), 'step')}"
    lines = wrap(ink.glue_names(head, names, options.width), options.width, "", "  ")
    return "\n".join([*(ink.painted(line, names, options) for line in lines), *draw(steps, names, options)])


def shortest(graph: DataGraph, source: str, target: str) -> tuple[Edge, ...] | None:
    """The fewest edges from one node to another (or round to itself), along the data; None if there is no way.

    Units are passed only at the ends: that a script reads one file and writes another does not mean that data flows between them.
    """
    out: dict[str, list[Edge]] = {}
    for edge in graph.edges:
        out.setdefault(edge.source, []).append(edge)
    came: dict[str, Edge] = {}
    todo = deque([source])
    while todo and target not in came:
        here = todo.popleft()
        if here.startswith("unit:") and here != source:
            continue
        for edge in out.get(here, ()):
            if edge.target not in came:
                came[edge.target] = edge
                todo.append(edge.target)
    return _unwind(came, source, target) if target in came else None


def title(node: Node) -> str:
    kind = node.kind if node.kind == node.type or node.kind == "model" else node.type or node.kind
    return f"{kind} {node.name}"


def _headline(node: Node, options: Options) -> str:
    tags = ", ".join((node.certainty, *node.tags))
    return f"{ink.painted(plain(title(node)), ink.colors([node]), options)}  {paint(f'({plain(tags)})', 'dim', options)}"


def _unwind(came: dict[str, Edge], source: str, target: str) -> tuple[Edge, ...]:
    hops = [came[target]]
    while hops[-1].source != source:
        hops.append(came[hops[-1].source])
    return tuple(reversed(hops))


def _sentence(edge: Edge, nodes: dict[str, Node], it: str = "") -> str:
    """``model churn predicts into table ml.scores, columns score``; the node that is asked about is called it."""
    source, target = ("it" if end == it else title(nodes[end]) if end in nodes else end for end in (edge.source, edge.target))
    role = f", as {edge.role}" if edge.role in ("labels", "features", "evaluation", "data") else f" ({edge.role})" if edge.role else ""
    columns = f", column{'s' * (len(edge.columns) > 1)} {', '.join(edge.columns)}" if edge.columns else ""
    return plain(f"{source} {VERBS.get(edge.kind, edge.kind)} {target}{role}{columns}")


def _block(heading: str, told: Sequence[tuple[str, Edge]], nodes: dict[str, Node], options: Options) -> list[str]:
    """One side of a node: a sentence an edge, with its places below."""
    lines = ["", paint(heading, "bold", options)] if told else []
    inner = options._replace(width=options.width - 2)
    for sentence, edge in sorted(told, key=lambda row: (row[1].kind in ("reads", "writes"), row[0], row[1].evidence)):
        names = ink.colors(nodes[end] for end in (edge.source, edge.target) if end in nodes)
        sure = "" if edge.certainty == "exact" else f"  ({edge.certainty})"
        whole = wrap(ink.glue_names(sentence, names, options.width) + sure, options.width, "  ", "    ")
        lines += [ink.painted(line, names, options) for line in whole]
        lines += [f"  {line}" for line in draw(_rows(edge, ""), names, inner)]
        lines += [line for condition in edge.when for line in rows("when", plain(condition), options)]
    return lines


def _merged(edges: Iterable[Edge]) -> list[Edge]:
    """One edge for those that differ in their columns only."""
    alike: dict[Edge, list[str]] = {}
    for edge in edges:
        alike.setdefault(edge._replace(columns=()), []).extend(edge.columns)
    return [edge._replace(columns=tuple(dict.fromkeys(columns))) for edge, columns in alike.items()]


def _rows(edge: Edge, sentence: str) -> list[Row]:
    spans = _once(edge.evidence)
    if not spans:
        return [Row(None, sentence)] if sentence else []
    return [Row(span, sentence if span is spans[-1] else "", edge) for span in spans]


def _once(spans: Sequence[Span]) -> list[Span]:
    """Each place once, where it stands last: the last place of an edge is where it happens."""
    return list(dict.fromkeys(reversed(spans)))[::-1]


def _place(span: Span) -> str:
    return f"{words.place(span)}  {plain(span.text.strip())}" if span.text else words.place(span)
