"""One line a finding, ``file:line:col: severity[CODE rule] message``, for editors, hooks and grep."""

from __future__ import annotations

from coupling.core.graph import Finding
from coupling.core.report import Report
from coupling.core.source import Span
from coupling.reports import ink, words
from coupling.reports.options import Options
from coupling.reports.places import primary


def render(report: Report, options: Options) -> str:
    place = primary(report, options)
    lines = [_line(finding, place(finding), report, options) for finding in words.live(report)]
    if words.understood_nothing(report.summary):
        lines.append(f"warning: {words.NOTHING}")
    lines.append(f"{words.tally(report.findings, options.today)} in {words.count(report.summary.files, 'file')}")
    return "\n".join(lines) + "\n"


def _line(finding: Finding, span: Span | None, report: Report, options: Options) -> str:
    label = words.label(finding)
    kind = words.paint(f"{label}[{words.plain(finding.code)} {words.plain(finding.rule)}]", label, options)
    message = ink.painted(words.plain(finding.message), ink.named(finding, report.graph) if options.color else {}, options)
    more = words.paint(f"({words.count(len(finding.path), 'hop')}, {words.short(finding)})", "dim", options)
    return f"{_position(span, options)}: {kind} {message} {more}"


def _position(span: Span | None, options: Options) -> str:
    if span is None:
        return "(no place)"
    # The log of a host obeys a line that begins with `::error::` or `##vso[`.
    path = f"./{span.path}" if span.path.startswith((":", "#", "-")) else span.path
    where = words.paint(f"{words.plain(path)}:{span.line or 1}:{span.col or 1}", "path", options)
    return ink.linked(where, span, options)
