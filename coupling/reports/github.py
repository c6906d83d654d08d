"""Annotations of GitHub Actions: a workflow command a finding, worst first, as many as a step shows."""

from __future__ import annotations

from coupling.core.graph import Finding
from coupling.core.report import Report
from coupling.core.source import Span
from coupling.reports import places, words
from coupling.reports.options import Options
from coupling.reports.words import plain

MAX_EACH = 10
"""GitHub shows ten errors and ten warnings of a step; notices are counted apart."""
_COMMANDS = {"error": "error", "warning": "warning"}


def render(report: Report, options: Options) -> str:
    lines: list[str] = []
    said = {"error": 0, "warning": 0, "notice": 0}
    rows = places.shown(report, options)
    for finding, place in rows:
        command = _COMMANDS.get(words.label(finding), "notice")
        said[command] += 1
        if said[command] <= MAX_EACH - (command == "notice"):  # the last notice says how many there are beside
            lines.append(_annotation(command, finding, place, report))
    return "\n".join([*lines, *_last(report, len(rows) - len(lines))]) + "\n"


def _last(report: Report, hidden: int) -> list[str]:
    if words.understood_nothing(report.summary):
        return [f"::warning title=coupling::{words.NOTHING}"]
    more = f"{hidden} more in the summary" if hidden else ""
    return [f"::notice title=coupling::{more}"] if more else [f"coupling: {words.tally(report.findings)}"]


def _annotation(command: str, finding: Finding, span: Span | None, report: Report) -> str:
    head = {"title": f"{finding.code} {finding.rule}"} | (_position(span) if span else {})
    steps = [f"{number}. {words.told(step)}" for number, step in enumerate(words.steps(finding, report.graph), 1)]
    body = [finding.message, *steps, *([f"help: {words.advice(finding)[0]}"] if finding.help else [])]
    properties = ",".join(f"{name}={escape(plain(value), True)}" for name, value in head.items())
    text = "\n".join(map(plain, body))
    return f"::{command} {properties}::{escape(text)}"


def _position(span: Span) -> dict[str, str]:
    line = max(1, span.line)
    out = {"file": span.path, "line": str(line), "endLine": str(max(line, span.end_line))}
    return out | ({"col": str(span.col)} if span.col else {})


def escape(text: str, is_property: bool = False) -> str:
    """Text that cannot end the command or begin another."""
    out = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return out.replace(":", "%3A").replace(",", "%2C") if is_property else out
