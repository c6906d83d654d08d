"""JSON Lines for logs and queries: a line a finding that needs no other line to be read, then a line with the summary."""

from __future__ import annotations

import json

from coupling.core.graph import Finding, Node
from coupling.core.report import Report
from coupling.core.source import Span
from coupling.reports import change, places, words
from coupling.reports.options import Options
from coupling.reports.words import plain

Json = dict[str, object]


def render(report: Report, options: Options) -> str:
    place, base = places.primary(report, options), options.base
    rows = [_finding(finding, place(finding), report) for finding in words.ordered(report.findings)]
    if base:
        states = change.states(report, base)
        rows = [row | {"state": states[str(row["fingerprint"])]} for row in rows]
        gone = change.compare(report, base).removed
        rows += [_finding(finding, next(iter(finding.path), None), base) | {"state": "absent"} for finding in gone]
    return "".join(json.dumps(row, sort_keys=True) + "\n" for row in [*rows, _summary(report)])


def _summary(report: Report) -> Json:
    numbers = {name: value for name, value in report.summary._asdict().items() if isinstance(value, int)}
    warning = {"warning": words.NOTHING} if words.understood_nothing(report.summary) else {}
    return {"type": "summary", "version": report.version, **numbers, **warning}


def _finding(finding: Finding, at: Span | None, report: Report) -> Json:
    names = words.names(report.graph)
    row = {name: getattr(finding, name) for name in ("rule", "code", "severity", "certainty", "confidence", "fingerprint")}
    return {
        "type": "finding",
        **row,
        "message": plain(finding.message),
        "help": words.advice(finding)[0],
        "suppressed": plain(finding.suppressed) or None,
        "models": [_name(node, names) for node in finding.models],
        "assets": [_name(node, names) for node in finding.assets],
        "owners": [plain(owner) for owner in words.owners(finding, report.graph)],
        **({"file": at.path, "line": at.line} if at else {}),
        "steps": [_step(step) for step in words.steps(finding, report.graph)],
    }


def _name(node: str, names: dict[str, Node]) -> str:
    return plain(words.name_of(node, names))


def _step(step: words.Step) -> Json:
    edge = {"kind": step.edge.kind, "source": step.edge.source, "target": step.edge.target} if step.edge else {}
    return {"what": plain(step.what), "places": [{"file": span.path, "line": span.line} for span in step.places], **edge}
