"""Logging commands of Azure Pipelines: an issue a finding, worst first. Azure knows errors and warnings only."""

from __future__ import annotations

from coupling.core.graph import Finding
from coupling.core.report import Report
from coupling.core.source import Span
from coupling.reports import places, words
from coupling.reports.options import Options
from coupling.reports.words import plain

_TEXT = str.maketrans({"%": "%AZP25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({";": "%3B", "]": "%5D"})
"""Azure reads ``%AZP25`` as a percent sign. In a property a semicolon or bracket would end it."""


def render(report: Report, options: Options) -> str:
    lines = [_issue(finding, at) for finding, at in places.shown(report, options)]
    if words.understood_nothing(report.summary):
        lines.append(f"##vso[task.logissue type=warning]{escape(words.NOTHING)}")
    return "\n".join([*lines, f"coupling: {words.tally(report.findings)}"]) + "\n"


def _issue(finding: Finding, at: Span | None) -> str:
    advice = words.advice(finding)[0]
    kind = "error" if words.label(finding) == "error" else "warning"
    head = {"type": kind, **(_position(at) if at else {}), "code": plain(finding.code)}
    text = plain(finding.message) + (f" (help: {advice})" if advice else "")
    return f"##vso[task.logissue {';'.join(f'{name}={escape(value, True)}' for name, value in head.items())}]{escape(text)}"


def _position(span: Span) -> dict[str, str]:
    return {"sourcepath": plain(span.path), "linenumber": str(max(1, span.line)), "columnnumber": str(max(1, span.col))}


def escape(text: str, is_property: bool = False) -> str:
    """Text that cannot end the command or begin another."""
    out = text.translate(_TEXT).replace("##", "# #")
    return out.translate(_PROPERTY) if is_property else out
