"""GitLab Code Quality: a list of issues. The merge request shows the difference of fingerprints to the target branch."""

from __future__ import annotations

from coupling.core.graph import Finding
from coupling.core.report import Report
from coupling.core.source import Span
from coupling.reports import words
from coupling.reports.options import Options
from coupling.reports.places import primary
from coupling.reports.words import plain

_SEVERITIES = {"error": "critical", "warning": "major", "note": "info", "possible": "info"}


def render(report: Report, options: Options) -> str:
    place = primary(report, options)
    return words.dump([_issue(finding, place(finding), number) for number, finding in _numbered(words.live(report))])


def _numbered(findings: list[Finding]) -> list[tuple[int, Finding]]:
    """Each finding with how many before it have the same fingerprint: GitLab drops repeated ones."""
    seen: dict[str, int] = {}
    out = []
    for finding in findings:
        seen[finding.fingerprint] = seen.get(finding.fingerprint, -1) + 1
        out.append((seen[finding.fingerprint], finding))
    return out


def _issue(finding: Finding, span: Span | None, number: int) -> dict[str, object]:
    path = span.path.removeprefix("./") if span else "."
    return {
        "description": plain(f"{finding.message} ({words.count(len(finding.path), 'hop')}, {finding.code} {finding.rule})"),
        "check_name": plain(finding.rule),
        "fingerprint": plain(finding.fingerprint) + (f"-{number}" if number else ""),
        "severity": _SEVERITIES.get(words.label(finding), "info"),
        "location": {"path": path, "lines": {"begin": max(1, span.line) if span else 1}},
    }
