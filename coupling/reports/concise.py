"""One line a finding, ``file:line:col: severity[CODE rule] message``, for editors, hooks and grep."""

from __future__ import annotations

from coupling.core.graph import Finding
from coupling.core.report import Report
from coupling.core.source import Span
from coupling.reports import words
from coupling.reports.change import primary
from coupling.reports.options import Options


def render(report: Report, options: Options) -> str:
    place = primary(report, options)
    lines = [_line(finding, place(finding), options) for finding in words.live(report)]
    if words.understood_nothing(report.summary):
        lines.append("warning: no model and no data set was understood here: no finding means nothing")
    lines.append(f"{words.tally(report.findings, options.today)} in {words.count(report.summary.files, 'file')}")
    return "\n".join(lines) + "\n"


def _line(finding: Finding, span: Span | None, options: Options) -> str:
    label = words.label(finding)
    kind = words.paint(f"{label}[{words.plain(finding.code)} {words.plain(finding.rule)}]", label, options)
    return f"{_position(span)}: {kind} {words.plain(finding.message)} ({words.count(len(finding.path), 'hop')}, {words.short(finding)})"


def _position(span: Span | None) -> str:
    if span is None:
        return "(no place)"
    return f"{words.plain(span.path)}:{span.line or 1}:{span.col or 1}"
