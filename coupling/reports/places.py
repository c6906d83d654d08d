"""Which one place a host shows for a finding, and in which order: hosts hide what stands outside the diff and what comes late.

Comes in: a report, its base, the lines that a change touched. Goes out: findings with places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.graph import Edge, Finding
from coupling.core.report import Report
from coupling.core.source import Span
from coupling.reports import change, words
from coupling.reports.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Primary = Callable[[Finding], Span | None]


def shown(report: Report, options: Options) -> list[tuple[Finding, Span | None]]:
    """The fresh findings with their places, for hosts that show the first few: by severity, then those in the diff."""
    place = primary(report, options)
    rows = [(finding, place(finding)) for finding in change.fresh(report, options)]
    return sorted(rows, key=lambda row: (words.severity(row[0]), not _in_diff(row[1], options)))


def _in_diff(span: Span | None, options: Options) -> bool:
    return span is not None and (span.path, span.line) in options.changed


def primary(report: Report, options: Options) -> Primary:
    """Which one place a host shows for a finding. Hosts hide annotations that stand outside the diff, so it is the first of
    these that there is: a line of an added edge that the change touched, one that it touched elsewhere on the way, one of
    an added edge whose text the base does not have, an added edge, the first hop."""
    before = {change.key(edge) for edge in options.base.graph.edges} if options.base else None
    known = written(options.base) if options.base else frozenset()

    def place(finding: Finding) -> Span | None:
        rows = words.hops(finding, report.graph)
        added = [hop for hop in rows if before is not None and hop.edge and change.key(hop.edge) not in before]
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
