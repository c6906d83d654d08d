"""SARIF 2.1.0 for code scanning: a result a finding, its path as a code flow whose last step closes the loop.

With a base every result says whether it is new, unchanged or absent, and the steps that the change added say so.
"""

from __future__ import annotations

from urllib.parse import quote

from coupling.core.graph import Finding
from coupling.core.report import Report
from coupling.core.source import Problem, Span
from coupling.reports import change, places, words
from coupling.reports.kinds import KINDS, Kind, kind_of
from coupling.reports.options import Options
from coupling.reports.words import plain

Json = dict[str, object]

MAX_RESULTS, MAX_STEPS, MAX_TEXT, MAX_NOTIFICATIONS = 5_000, 1_000, 1_000, 1_000
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning"}
_PRECISION = {"exact": "very-high", "partial": "high", "guess": "medium"}
_PROBLEM = {"error": "error", "warning": "warning", "note": "recommendation"}


def render(report: Report, options: Options) -> str:
    return words.dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report, options)]})


def _run(report: Report, options: Options) -> Json:
    gone = change.compare(report, options.base).removed if options.base else ()
    findings = words.ordered(report.findings)[: MAX_RESULTS - min(len(gone), MAX_RESULTS // 5)]
    kinds = {finding.code: kind_of(finding) for finding in (*findings, *gone)} | KINDS
    rules = {code: number for number, code in enumerate(sorted(kinds))}
    place = places.primary(report, options)
    results = [_result(finding, place(finding), report, rules, _added(report, options.base)) for finding in findings]
    if options.base:
        states = change.states(report, options.base)
        results = [result | {"baselineState": states[each.fingerprint]} for result, each in zip(results, findings, strict=True)]
        results += [_absent(finding, options.base, rules) for finding in gone[: MAX_RESULTS - len(results)]]
    driver = {"name": "coupling", "semanticVersion": report.version, "rules": [_rule(code, kinds[code]) for code in sorted(kinds)]}
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"coupling/{plain(options.project)}/" if options.project else "coupling/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "results": results,
    }


def _added(report: Report, base: Report | None) -> frozenset[change.EdgeKey]:
    return frozenset(map(change.key, change.compare(report, base).edges_added)) if base else frozenset()


def _absent(finding: Finding, base: Report, rules: dict[str, int]) -> Json:
    """A finding of the base that is no more, at its place in the base."""
    at = finding.path[0] if finding.path else None
    return _result(finding, at, base, rules, frozenset()) | {"baselineState": "absent"}


def _rule(code: str, kind: Kind) -> Json:
    return {
        "id": code,
        "name": "".join(part.capitalize() for part in plain(kind.name).split("-")),
        "shortDescription": {"text": _text(kind.short)},
        "fullDescription": {"text": _text(kind.full)},
        "help": {
            "text": f"{kind.full}\n\n{kind.help}",
            "markdown": f"{kind.full}\n\n**How to break it:** {kind.help}\n\n`coupling explain {code}`",
        },
        "defaultConfiguration": {"level": _LEVELS.get(kind.severity, "note")},
        "properties": {
            "tags": ["machine-learning", "coupling", kind.name],
            "precision": "high",
            "problem.severity": _PROBLEM.get(kind.severity, "recommendation"),
        },
    }


def _invocation(report: Report) -> Json:
    notes: list[Json] = []
    if words.understood_nothing(report.summary):
        notes.append({"level": "warning", "message": {"text": "no model and no data set was understood: no result means nothing"}})
    notes += [_notification(problem) for problem in sorted(report.problems, key=lambda p: (p.span, p.what))[:MAX_NOTIFICATIONS]]
    return {"executionSuccessful": True, "toolExecutionNotifications": notes}


def _notification(problem: Problem) -> Json:
    return {"level": "note", "message": {"text": _text(problem.what)}, "locations": [_location(problem.span)]}


def _result(finding: Finding, at: Span | None, report: Report, rules: dict[str, int], added: frozenset[change.EdgeKey]) -> Json:
    result: Json = {
        "ruleId": finding.code,
        "ruleIndex": rules[finding.code],
        "level": "note" if words.is_possible(finding) else _LEVELS.get(finding.severity, "note"),
        "message": {"text": _message(finding, report)},
        "locations": [_location(at or Span("."))],
        "partialFingerprints": {
            "primaryLocationLineHash": f"{plain(finding.fingerprint)}:1",
            "couplingFingerprint/v1": plain(finding.fingerprint),
        },
        "properties": {
            "precision": _PRECISION.get(finding.certainty, "low"),
            "certainty": finding.certainty,
            "confidence": finding.confidence,
        },
    }
    if finding.path:
        result["codeFlows"] = [_flow(finding, report, added)]
    if finding.suppressed:
        kind = "inSource" if finding.accepted_by == "comment" else "external"
        result["suppressions"] = [{"kind": kind, "status": "accepted", "justification": _text(finding.suppressed)}]
    return result


def _message(finding: Finding, report: Report) -> str:
    parts = [plain(finding.message), *(f"Only when {plain(condition)}." for condition in finding.when), *map(plain, words.seen(finding))]
    parts += [f"Help: {words.advice(finding)[0]}", words.advice(finding)[1]] if finding.help else []
    return _text("\n".join([*filter(None, parts), f"Certainty: {words.certain(finding, report.graph)}."]), lines=True)


def _flow(finding: Finding, report: Report, added: frozenset[change.EdgeKey]) -> Json:
    """One step a hop; a loop ends where it began, so that a viewer shows it closed."""
    rows = words.hops(finding, report.graph)[: MAX_STEPS - 1]
    steps = [_step(hop, hop.what or finding.message, added) for hop in rows]
    if finding.rule in words.LOOPS:
        steps.append(_step(rows[0], f"and round again: {rows[0].what}", frozenset()))
    return {"message": {"text": _text(finding.message)}, "threadFlows": [{"locations": steps}]}


def _step(hop: words.Hop, what: str, added: frozenset[change.EdgeKey]) -> Json:
    new = hop.edge is not None and change.key(hop.edge) in added
    said = f"added by this change: {what}" if new else what
    return {"location": _location(hop.span) | {"message": {"text": _text(said)}}, "importance": "essential" if new else "important"}


def _location(span: Span) -> Json:
    line, width = max(1, span.line), len(span.text.rstrip("\r\n"))
    start = max(1, span.col) if span.col <= width or not width else 1
    region: Json = {"startLine": line, "startColumn": start, "endLine": max(line, span.end_line), "endColumn": max(start, width) + 1}
    if span.text:
        region["snippet"] = {"text": plain(span.text)}
    return {"physicalLocation": {"artifactLocation": {"uri": uri(span.path)}, "region": region}}


def uri(path: str) -> str:
    """A path as a relative URI reference: a first segment with a colon would read as a scheme, so it is escaped too."""
    return quote(path.removeprefix("./").encode("utf-8", "backslashreplace"), safe="/-._~+@,=()!$'*")


def _text(text: str, lines: bool = False) -> str:
    """Text of a message, in which names make no links: viewers read ``[text](target)``."""
    clean = "\n".join(map(plain, text.split("\n"))) if lines else plain(text)
    clean = clean.replace("](", "] (")
    return (clean if len(clean) <= MAX_TEXT else clean[: MAX_TEXT - 1] + "…") or "coupling"
