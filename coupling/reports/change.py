"""What a change did: two reports compared by names (node ids, edge keys, fingerprints), never by position."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coupling.core.graph import DataGraph, Edge, Finding, Node
from coupling.core.naming import moved
from coupling.core.report import Report
from coupling.core.source import Span
from coupling.reports import select, words
from coupling.reports.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Primary = Callable[[Finding], Span | None]

EdgeKey = tuple[str, str, str, str]


class Change(NamedTuple):
    added: tuple[Finding, ...]
    kept: tuple[Finding, ...]
    removed: tuple[Finding, ...]
    accepted: tuple[Finding, ...]
    """Accepted now, and not accepted or not there before."""
    edges_added: tuple[Edge, ...]
    edges_removed: tuple[Edge, ...]
    nodes_added: frozenset[str]
    nodes_removed: tuple[Node, ...]


def key(edge: Edge) -> EdgeKey:
    """What makes an edge the same edge in another version."""
    return edge.source, edge.target, edge.kind, edge.role


def compare(report: Report, base: Report) -> Change:
    """Only live findings count: one that was accepted meanwhile is neither new nor gone."""
    before, after = {key(edge) for edge in base.graph.edges}, {key(edge) for edge in report.graph.edges}
    old, now = {f.fingerprint for f in base.findings}, {f.fingerprint for f in report.findings}
    quiet = {finding.fingerprint for finding in base.findings if finding.suppressed}
    nodes_before, nodes_after = {node.id for node in base.graph.nodes}, {node.id for node in report.graph.nodes}
    live = words.live(report)
    return Change(
        tuple(finding for finding in live if finding.fingerprint not in old),
        tuple(finding for finding in live if finding.fingerprint in old),
        tuple(finding for finding in words.live(base) if finding.fingerprint not in now),
        tuple(finding for finding in words.ordered(report.findings) if finding.suppressed and finding.fingerprint not in quiet),
        tuple(edge for edge in report.graph.edges if key(edge) not in before),
        tuple(edge for edge in base.graph.edges if key(edge) not in after),
        frozenset(nodes_after - nodes_before),
        tuple(node for node in base.graph.nodes if node.id not in nodes_after),
    )


def flows(edges: Iterable[Edge], graph: DataGraph) -> tuple[Edge, ...]:
    """Of ``edges``, those that a picture draws, each once: reads and writes of a script say again what a flow says."""
    shown = set(select.collapse(graph).edges)
    once = {key(edge): edge for edge in edges if edge in shown}
    return tuple(once.values())


def replaced(added: Iterable[Edge], removed: Iterable[Edge]) -> tuple[Edge, ...]:
    """What an added edge stands in the place of: a removed one of its kind that leaves or enters the same node."""
    new = list(added)
    leave, enter = {(edge.kind, edge.source) for edge in new}, {(edge.kind, edge.target) for edge in new}
    return tuple(edge for edge in removed if (edge.kind, edge.source) in leave or (edge.kind, edge.target) in enter)


def fresh(report: Report, options: Options) -> list[Finding]:
    """What a reader of the change has to see: what it added when there is a base, else everything that nobody accepted."""
    return list(compare(report, options.base).added) if options.base else words.live(report)


def shown(report: Report, options: Options) -> list[tuple[Finding, Span | None]]:
    """The fresh findings with their places, for hosts that show the first few: by severity, then those in the diff."""
    place = primary(report, options)
    rows = [(finding, place(finding)) for finding in fresh(report, options)]
    return sorted(rows, key=lambda row: (words.severity(row[0]), not _in_diff(row[1], options)))


def _in_diff(span: Span | None, options: Options) -> bool:
    return span is not None and (span.path, span.line) in options.changed


def primary(report: Report, options: Options) -> Primary:
    """Which one place a host shows for a finding. Hosts hide annotations that stand outside the diff, so it is the first of
    these that there is: a line of an added edge that the change touched, one that it touched elsewhere on the way, one of
    an added edge whose text the base does not have, an added edge, the first hop."""
    before = {key(edge) for edge in options.base.graph.edges} if options.base else None
    known = written(options.base) if options.base else frozenset()

    def place(finding: Finding) -> Span | None:
        rows = words.hops(finding, report.graph)
        added = [hop for hop in rows if before is not None and hop.edge and key(hop.edge) not in before]
        mine, all_ = list(_spans(sorted(added, key=_is_consequence))), list(_spans(rows))
        touched = (found for spans in (mine, all_) for span in spans if (found := _touched(span, options.changed)))
        new = (span for span in mine if span.text and _words(span) not in known)
        return next(touched, None) or next(new, None) or next(iter(mine), None) or (finding.path[0] if finding.path else None)

    return place


def _is_consequence(hop: words.Hop) -> bool:
    """An influence is told only of models that learn from what it shapes: it may be new without a line of its own changed."""
    return hop.edge is not None and hop.edge.kind == "influences"


def _spans(rows: Iterable[words.Hop]) -> Iterator[Span]:
    for hop in rows:
        yield from (hop.span, *(hop.edge.evidence if hop.edge else ()))


def _touched(span: Span, changed: frozenset[tuple[str, int]]) -> Span | None:
    """The place, or the first line of it that the change touched: all lines of an annotation have to be in the diff."""
    lines = range(span.line, max(span.line, span.end_line) + 1)
    hit = [line for line in lines if (span.path, line) in changed] if changed else []
    if not hit or len(hit) == len(lines):
        return span if hit else None
    return span if span.line == span.end_line else Span(span.path, hit[0], 0, hit[0], span.text if hit[0] == span.line else "", span.cell)


def written(report: Report) -> frozenset[tuple[str, str]]:
    """The lines that edges stand on, by file and text: a line keeps its text when it moves."""
    return frozenset(_words(span) for edge in report.graph.edges for span in edge.evidence)


def only_here(edge: Edge, known: frozenset[tuple[str, str]]) -> Span | None:
    """The place of an edge on a line that the other version (``written``) does not have, else its last."""
    return next((span for span in edge.evidence if span.text and _words(span) not in known), edge.evidence[-1] if edge.evidence else None)


def _words(span: Span) -> tuple[str, str]:
    return span.path, span.text.strip()


def aligned(base: Report, report: Report) -> Report:
    """The base with the ids that the report has for the same nodes: a model may be known by the line of its constructor."""
    ids = moved((node.id for node in base.graph.nodes), (node.id for node in report.graph.nodes))
    if not ids:
        return base
    nodes = tuple(node._replace(id=ids.get(node.id, node.id)) for node in base.graph.nodes)
    edges = tuple(
        edge._replace(source=ids.get(edge.source, edge.source), target=ids.get(edge.target, edge.target)) for edge in base.graph.edges
    )
    findings = tuple(
        each._replace(models=tuple(ids.get(m, m) for m in each.models), assets=tuple(ids.get(a, a) for a in each.assets))
        for each in base.findings
    )
    return base._replace(graph=base.graph._replace(nodes=nodes, edges=edges), findings=findings)
