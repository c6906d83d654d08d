"""The machine's format, ``coupling/1`` (schema.json): everything a report holds, sorted, byte-identical between runs.

``load`` reads it back, so that a saved report renders in any format without another analysis.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar, cast

from coupling.core.errors import CouplingError
from coupling.core.graph import CERTAINTIES, DataGraph, Edge, Expression, Finding, Node
from coupling.core.report import SCHEMA, Report, Summary
from coupling.core.source import Problem, Span
from coupling.reports import json_change, words
from coupling.reports.options import Options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Json = dict[str, object]
T = TypeVar("T")


def render(report: Report, options: Options) -> str:
    return words.dump(data(report, options.base))


def data(report: Report, base: Report | None = None) -> Json:
    """The report as plain JSON values; with what changed since ``base``."""
    order = sorted(range(len(report.graph.edges)), key=lambda index: report.graph.edges[index])
    place = {old: new for new, old in enumerate(order)}
    change: Json = {"change": json_change.data(report, base, place)} if base else {}
    whole: Json = {
        "schema": SCHEMA,
        "tool": {"name": "coupling", "version": report.version},
        "summary": _summary(report.summary),
        "nodes": [_node(node) for node in sorted(report.graph.nodes)],
        "edges": [_edge(report.graph.edges[index]) for index in order],
        "findings": [_finding(finding, report.graph, place) for finding in words.ordered(report.findings)],
        "expressions": [_expression(row) for row in sorted(report.graph.expressions)],
        "owners": dict(sorted(report.graph.owners)),
        "problems": [_problem(problem) for problem in sorted(report.problems, key=lambda p: (p.span, p.what))],
    }
    return whole | change


def _summary(summary: Summary) -> Json:
    numbers: Json = {name: value for name, value in summary._asdict().items() if isinstance(value, int)}
    holes = [{"why": why, "count": number} for why, number in summary.holes]
    return numbers | {"languages": dict(sorted(summary.languages)), "holes": holes}


def _span(span: Span) -> Json:
    out: Json = {"file": span.path, "line": span.line}
    extra = {"col": span.col, "end_line": span.end_line, "text": span.text, "cell": span.cell}
    return out | {name: value for name, value in extra.items() if value}


def _evidence(span: Span) -> Json:
    return {"file": span.path, "line": span.line, "col": span.col, "text": span.text} | _span(span)


def _problem(problem: Problem) -> Json:
    return _span(problem.span) | {"what": problem.what} | ({"statement": True} if problem.statement else {})


def _node(node: Node) -> Json:
    return node._asdict() | {"at": [_span(span) for span in node.at], "tags": list(node.tags)}


def _edge(edge: Edge) -> Json:
    lists: Json = {"evidence": [_evidence(span) for span in edge.evidence]}
    return edge._asdict() | {name: list(getattr(edge, name)) for name in ("columns", "when", "notes")} | lists


def _finding(finding: Finding, graph: DataGraph, place: Mapping[int, int]) -> Json:
    path = [
        _span(span) | {"what": _at(finding.path_text, n, ""), "edge": place.get(_at(finding.path_edges, n, -1))}
        for n, span in enumerate(finding.path)
    ]
    return {
        "rule": finding.rule,
        "code": finding.code,
        "severity": finding.severity,
        "certainty": finding.certainty,
        "confidence": finding.confidence,
        "message": finding.message,
        "models": list(finding.models),
        "assets": list(finding.assets),
        "path": path,
        "fingerprint": finding.fingerprint,
        "suppressed": finding.suppressed or None,
        "accepted_by": finding.accepted_by or None,
        "until": finding.until or None,
        "help": finding.help,
        "when": list(finding.when),
        "notes": list(finding.notes),
        "also": list(finding.also),
    }


def _at(row: Sequence[T], index: int, default: T) -> T:
    return row[index] if index < len(row) else default


def _expression(row: Expression) -> Json:
    return row._asdict() | {"span": _span(row.span)}


def load(text: str) -> Report:
    """A report that ``render`` wrote.

    Raises CouplingError when it is no such report, or one of another schema.
    """
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CouplingError(f"not a saved report, JSON expected: {error}") from error
    found = raw.get("schema") if isinstance(raw, dict) else None
    if found != SCHEMA:
        again = "make it again with `coupling check --format json`"
        raise CouplingError(f"not a saved report of schema `{SCHEMA}`: its schema is `{found}`; {again}")
    try:
        return _report(raw)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CouplingError(f"not a complete report of schema `{SCHEMA}`: {type(error).__name__} {error}") from error


def _report(raw: Json) -> Report:
    graph = DataGraph(
        tuple(_load_node(row) for row in _rows(raw["nodes"])),
        tuple(_load_edge(row) for row in _rows(raw["edges"])),
        tuple(_load_expression(row) for row in _rows(raw.get("expressions", []))),
        tuple((path, _text(owner)) for path, owner in cast("Json", raw.get("owners", {})).items()),
    )
    findings = tuple(_load_finding(row, len(graph.edges)) for row in _rows(raw["findings"]))
    problems = tuple(Problem(_text(row["what"]), _load_span(row), row.get("statement") is True) for row in _rows(raw["problems"]))
    return Report(_text(cast("Json", raw["tool"])["version"]), _load_summary(cast("Json", raw["summary"])), graph, findings, problems)


def _rows(value: object) -> list[Json]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ValueError("a list of objects expected")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"a text expected, not {value!r}")
    return value


def _one_of(value: object, known: Sequence[str]) -> str:
    if value not in known:
        raise ValueError(f"one of {', '.join(known)} expected, not {value!r}")
    return _text(value)


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise ValueError(f"a number expected, not {value!r}")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("a list of texts expected")
    return tuple(_text(item) for item in value)


def _load_summary(raw: Json) -> Summary:
    numbers = {name: _number(raw.get(name, 0)) for name, value in Summary()._asdict().items() if isinstance(value, int)}
    languages = tuple((kind, _number(n)) for kind, n in cast("Json", raw.get("languages", {})).items())
    holes = tuple((_text(row["why"]), _number(row["count"])) for row in _rows(raw.get("holes", [])))
    return Summary(**numbers, languages=languages, holes=holes)


def _load_span(raw: Json) -> Span:
    numbers = {name: _number(raw.get(name, 0)) for name in ("col", "end_line", "cell")}
    return Span(_text(raw["file"]), _number(raw["line"]), text=_text(raw.get("text", "")), **numbers)


def _load_node(raw: Json) -> Node:
    words_ = {name: _text(raw[name]) for name in ("id", "kind", "type", "namespace", "name", "certainty", "owner")}
    return Node(**words_, at=tuple(_load_span(row) for row in _rows(raw["at"])), tags=_texts(raw["tags"]))


def _load_edge(raw: Json) -> Edge:
    words_ = {name: _text(raw[name]) for name in ("source", "target", "kind", "why", "role", "unit")}
    words_["certainty"] = _one_of(raw["certainty"], CERTAINTIES)
    lists = {name: _texts(raw[name]) for name in ("columns", "when", "notes")}
    return Edge(**words_, **lists, evidence=tuple(_load_span(row) for row in _rows(raw["evidence"])))  # type: ignore[arg-type]


def _load_expression(raw: Json) -> Expression:
    words_ = {name: _text(raw[name]) for name in ("model", "side", "feature", "text", "certainty")}
    return Expression(**words_, span=_load_span(cast("Json", raw["span"])))


def _load_finding(raw: Json, edges: int) -> Finding:
    path = _rows(raw["path"])
    indices = tuple(-1 if row["edge"] is None else _number(row["edge"]) for row in path)
    if any(index >= edges for index in indices):
        raise ValueError(f"a hop's edge is beyond the {edges} edges")
    words_ = {name: _text(raw[name]) for name in ("rule", "code", "message", "fingerprint", "help")}
    words_ |= {"severity": _one_of(raw["severity"], words.SEVERITIES), "certainty": _one_of(raw["certainty"], CERTAINTIES)}
    lists = {name: _texts(raw[name]) for name in ("models", "assets", "when", "notes", "also")}
    return Finding(
        **words_,  # type: ignore[arg-type]
        **lists,  # type: ignore[arg-type]
        path=tuple(_load_span(row) for row in path),
        path_text=tuple(_text(row["what"]) for row in path),
        path_edges=indices,
        confidence=float(cast("float", raw["confidence"])),
        suppressed=_text(raw["suppressed"] or ""),
        accepted_by=_text(raw.get("accepted_by") or ""),
        until=_text(raw.get("until") or ""),
    )
