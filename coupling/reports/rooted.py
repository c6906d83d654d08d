"""The places of a report as paths from the top of its repository: hosts know no other, also when a folder of it was analysed.

Comes in: a report and the folder that it is about. Goes out: the report with longer paths. Names and fingerprints stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from coupling.core.report import Report
from coupling.core.source import Span

if TYPE_CHECKING:
    from coupling.reports.options import Options


def rooted(report: Report, options: Options) -> tuple[Report, Options]:
    """Both with ``options.below`` in front of every path."""
    below = options.below
    base = _moved(options.base, below) if options.base else None
    changed = frozenset((below + path, line) for path, line in options.changed)
    return _moved(report, below), options._replace(base=base, changed=changed, below="")


def _moved(report: Report, below: str) -> Report:
    def spans(rows: Iterable[Span]) -> tuple[Span, ...]:
        return tuple(span._replace(path=below + span.path) for span in rows)

    graph = report.graph._replace(
        nodes=tuple(node._replace(at=spans(node.at)) for node in report.graph.nodes),
        edges=tuple(edge._replace(evidence=spans(edge.evidence)) for edge in report.graph.edges),
        owners=tuple((below + path, owner) for path, owner in report.graph.owners),
    )
    findings = tuple(finding._replace(path=spans(finding.path)) for finding in report.findings)
    problems = tuple(each._replace(span=spans((each.span,))[0]) for each in report.problems)
    return report._replace(graph=graph, findings=findings, problems=problems)
