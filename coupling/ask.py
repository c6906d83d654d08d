"""Answers to questions about a graph: who writes and reads a thing, how one thing reaches another.

Comes in: a report and names as people write them. Goes out: text. It reads nothing and knows no output format.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from coupling.core.errors import CouplingError, did_you_mean
from coupling.core.graph import DataGraph, Edge, Node
from coupling.core.report import Report
from coupling.core.source import Span

MOST_NAMES = 12


def why(report: Report, name: str) -> str:
    """What flows into a node and out of it, each with its place.

    Raises CouplingError for a name that the graph does not have, or has several times.
    """
    node = named(report.graph, name)
    into = [edge for edge in report.graph.edges if edge.target == node.id]
    out = [edge for edge in report.graph.edges if edge.source == node.id]
    titles = {each.id: title(each) for each in report.graph.nodes}
    lines = [f"{title(node)}  ({node.certainty}{', ' + ', '.join(node.tags) if node.tags else ''})"]
    lines += [f"  at       {_place(span)}" for span in node.at]
    lines += [f"  owner    {node.owner}"] if node.owner else []
    lines += _block("from", [(titles.get(edge.source, edge.source), edge) for edge in into])
    lines += _block("to", [(titles.get(edge.target, edge.target), edge) for edge in out])
    if not into and not out:
        lines.append("  nothing in the repository flows into it or out of it")
    return "\n".join(lines)


def path(report: Report, start: str, end: str) -> str:
    """The shortest flow of data from one node to another, hop by hop.

    Raises CouplingError as ``why`` does.
    """
    source, target = named(report.graph, start), named(report.graph, end)
    titles = {node.id: title(node) for node in report.graph.nodes}
    hops = shortest(report.graph, source.id, target.id)
    if hops is None:
        back = shortest(report.graph, target.id, source.id)
        other = f"; the other way round there is: coupling path {end} {start}" if back else ""
        return f"no flow of data from {title(source)} to {title(target)}{other}"
    lines = [title(source)]
    for edge in hops:
        lines.append(f"  {_arrow(edge)} {titles.get(edge.target, edge.target)}")
        lines += _places(edge)
    return "\n".join(lines)


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


def named(graph: DataGraph, name: str) -> Node:
    """The node that a person means: by id, by name, by the end of a name, or by a part that only one has.

    Raises CouplingError for none or several.
    """
    for found in (
        [node for node in graph.nodes if name in (node.id, node.name)],
        [node for node in graph.nodes if node.name.endswith((f"/{name}", f".{name}", f":{name}")) or node.id.endswith(f":{name}")],
        [node for node in graph.nodes if name.lower() in node.name.lower()],
    ):
        found = _most_meant(found)
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(node.id for node in found[:MOST_NAMES])
            raise CouplingError(f"`{name}` can mean {len(found)} things; give one of their ids: {ids}")
    names = tuple(node.name for node in graph.nodes)
    raise CouplingError(f"nothing in the graph is called `{name}`{did_you_mean(name, names)}; `coupling graph` shows what is there")


def title(node: Node) -> str:
    kind = node.kind if node.kind == node.type or node.kind == "model" else node.type or node.kind
    return f"{kind} {node.name}"


def _most_meant(nodes: list[Node]) -> list[Node]:
    """A file and the script in it often share a name: data is what people ask for. Of a model and the file that keeps it, the model."""
    data = [node for node in nodes if node.kind != "unit"]
    models = [node for node in data if node.kind == "model"]
    return models if len(models) == 1 else data or nodes


def _unwind(came: dict[str, Edge], source: str, target: str) -> tuple[Edge, ...]:
    hops = [came[target]]
    while hops[-1].source != source:
        hops.append(came[hops[-1].source])
    return tuple(reversed(hops))


def _block(word: str, rows: Sequence[tuple[str, Edge]]) -> list[str]:
    lines = []
    for other, edge in sorted(rows, key=lambda row: (row[0], row[1].kind, row[1].evidence)):
        flow = f"{other} {_arrow(edge)}" if word == "from" else f"{_arrow(edge)} {other}"  # in the data's order
        lines.append(f"  {word:<4} {flow}{f'   ({edge.certainty})' if edge.certainty != 'exact' else ''}")
        lines += _places(edge)
        lines += [f"         when {', '.join(edge.when)}"] if edge.when else []
    return lines


def _arrow(edge: Edge) -> str:
    role = f" ({edge.role})" if edge.role else ""
    columns = f" [{', '.join(edge.columns)}]" if edge.columns else ""
    return f"{edge.kind}{role}{columns} ->"


def _places(edge: Edge) -> list[str]:
    return [f"         {_place(span)}" for span in _once(edge.evidence)]


def _once(spans: Iterable[Span]) -> Iterable[Span]:
    return dict.fromkeys(spans)


def _place(span: Span) -> str:
    cell = f" cell {span.cell}" if span.cell else ""
    where = f"{span.path}:{span.line}{cell}" if span.line else span.path
    return f"{where}   {span.text}" if span.text else where
