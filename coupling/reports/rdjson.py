"""Reviewdog's Diagnostic Format (``reviewdog -f=rdjson``): a diagnostic a finding, its steps as related locations."""

from __future__ import annotations

from coupling.core.graph import Finding
from coupling.core.report import Report
from coupling.core.source import Span
from coupling.reports import places, words
from coupling.reports.options import Options
from coupling.reports.words import plain

Json = dict[str, object]

SOURCE = {"name": "coupling"}
MAX_RELATED = 100
_SEVERITIES = {"error": "ERROR", "warning": "WARNING"}


def render(report: Report, options: Options) -> str:
    rows = [_row(finding, at, report) for finding, at in places.shown(report, options)]
    nothing = [_nothing()] if words.understood_nothing(report.summary) else []
    return words.dump({"source": SOURCE, "diagnostics": [*nothing, *rows]})


def _nothing() -> Json:
    return {"message": words.NOTHING, "location": {"path": "."}, "severity": "WARNING"}


def _row(finding: Finding, at: Span | None, report: Report) -> Json:
    advice = words.advice(finding)[0]
    related = [_related(step) for step in words.steps(finding, report.graph)[:MAX_RELATED]]
    return {
        "message": plain(finding.message) + (f"\nhelp: {advice}" if advice else ""),
        "location": _location(at or Span(".")),
        "severity": _SEVERITIES.get(words.label(finding), "INFO"),
        "code": {"value": f"{plain(finding.code)} {plain(finding.rule)}"},
        "related_locations": related,
    }


def _related(step: words.Step) -> Json:
    return {"message": plain(step.what) or "passes", "location": _location(step.places[-1])}


def _location(span: Span) -> Json:
    """Whole lines, which the format means when no column is given; no range for a file without a known line."""
    path = plain(span.path.removeprefix("./"))
    if not span.line:
        return {"path": path}
    return {"path": path, "range": {"start": {"line": span.line}, "end": {"line": max(span.line, span.end_line)}}}
