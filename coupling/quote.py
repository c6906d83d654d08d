"""Fill in the text of every place that a report shows, reading just those lines.

Comes in: a folder or another ``Tree``, and values with ``Span``s. Goes out: the same values with ``Span.text``. It knows no
format; places in notebooks are lines of the notebook file, whose text is one JSON string a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from coupling.core.graph import DataGraph, Edge, Expression, Finding, Node
from coupling.core.secrets import hide
from coupling.core.source import Span
from coupling.parsers import decode
from coupling.trees import Tree, of

LONGEST = 400
"""Characters of one line: more is data or minified."""


class Quoter:
    """Reads each file once, and of it the lines that were asked for."""

    def __init__(self, tree: Tree, spans: Iterable[Span]) -> None:
        wanted: dict[str, set[int]] = {}
        for span in spans:
            if span.line and not span.text:
                wanted.setdefault(span.path, set()).add(span.line)
        paths = sorted(path for path in wanted if (entry := tree.entry(path)) and entry.sort == "file" and ".." not in path.split("/"))
        self._lines = {path: _lines(data, wanted[path]) for path, (data, _) in zip(paths, tree.read(paths), strict=True)}

    def span(self, span: Span) -> Span:
        text = self._lines.get(span.path, {}).get(span.line, "")
        if not text or span.text:
            return span
        return span._replace(text=hide(_cell_text(text) if span.path.endswith(".ipynb") else text))

    def spans(self, spans: Iterable[Span]) -> tuple[Span, ...]:
        return tuple(map(self.span, spans))


def quote(where: Path | Tree, graph: DataGraph, findings: Iterable[Finding]) -> tuple[DataGraph, tuple[Finding, ...]]:
    """The graph and the findings with the text of every place in them."""
    findings = tuple(findings)
    quoter = Quoter(of(where), _places(graph, findings))
    nodes = tuple(_node(node, quoter) for node in graph.nodes)
    edges = tuple(_edge(edge, quoter) for edge in graph.edges)
    expressions = tuple(_expression(each, quoter) for each in graph.expressions)
    graph = graph._replace(nodes=nodes, edges=edges, expressions=expressions)
    return graph, tuple(each._replace(path=quoter.spans(each.path)) for each in findings)


def _places(graph: DataGraph, findings: Iterable[Finding]) -> Iterable[Span]:
    for node in graph.nodes:
        yield from node.at
    for edge in graph.edges:
        yield from edge.evidence
    for expression in graph.expressions:
        yield expression.span
    for finding in findings:
        yield from finding.path


def _node(node: Node, quoter: Quoter) -> Node:
    return node._replace(at=quoter.spans(node.at))


def _edge(edge: Edge, quoter: Quoter) -> Edge:
    return edge._replace(evidence=quoter.spans(edge.evidence))


def _expression(expression: Expression, quoter: Quoter) -> Expression:
    return expression._replace(span=quoter.span(expression.span))


def _lines(data: bytes, numbers: set[int]) -> dict[int, str]:
    """Lines of a file by number."""
    first, last = min(numbers), max(numbers)
    some = islice(decode(data).split("\n"), first - 1, last)
    return {number: line.strip()[:LONGEST] for number, line in enumerate(some, first) if number in numbers}


def _cell_text(line: str) -> str:
    """A line of a notebook's source without its JSON quotes; as it stands when it is none."""
    bare = line.rstrip(",")
    if not bare.startswith('"'):
        return line
    try:
        return str(json.loads(bare)).strip()
    except ValueError:
        return line
