"""``text`` for a comparison: what was added in full, what changed and what is gone in a line each, then the flows of data.

Comes in: a report and, in ``Options.base``, the one before. Goes out: text for a terminal. How a finding looks is the business of ``text``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.graph import Edge, Finding
from coupling.core.report import Report
from coupling.reports import select, text, words
from coupling.reports.change import Change, accepted_before, compare, key
from coupling.reports.options import Options
from coupling.reports.words import count, paint, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

SHOWN_EDGES = 10


def render(report: Report, options: Options) -> str:
    base = options.base or report
    change = compare(report, base)
    blocks = [paint(headline(report, base, change), "bold", options)]
    blocks += [_added(finding, report, base, options) for finding in change.added]
    blocks += [
        "\n".join(rows) for rows in (_others(change, report, options), _edges(report, base, change, options), _tail(report, change)) if rows
    ]
    return "\n\n".join(blocks) + "\n"


def headline(report: Report, base: Report, change: Change) -> str:
    """``1 loop added, 0 removed; 3 edges added``: loops always, everything else when there is any."""
    loops = _numbers("loop", "loops", [sum(each.rule in words.LOOPS for each in group) for group in (change.added, change.removed)])
    rest = [sum(each.rule not in words.LOOPS for each in group) for group in (change.added, change.removed)]
    parts = [loops, *([_numbers("other coupling", "other couplings", rest)] if any(rest) else [])]
    parts += [f"{len(change.changed)} changed"] if change.changed else []
    flows = [len(_flows(change.edges_added, report)), len(_flows(change.edges_removed, base))]
    return "; ".join([*parts, _numbers("edge", "edges", flows) if flows[1] else f"{count(flows[0], 'edge')} added"])


def _numbers(one: str, many: str, numbers: list[int]) -> str:
    return f"{count(numbers[0], one, many)} added, {numbers[1]} removed"


def _added(finding: Finding, report: Report, base: Report, options: Options) -> str:
    """In full. One that was accepted before is no news in the code: the acceptance is gone."""
    shown = "\n".join(text.finding_lines(finding, report.graph, options))
    reason = accepted_before(finding, base)
    return f"{shown}\n  {paint('before', 'dim', options)}   accepted, which it is no more: {plain(reason)}" if reason else shown


def _others(change: Change, report: Report, options: Options) -> list[str]:
    changed = [f"changed  {_line(now, options)}" for now, _ in change.changed]
    known = {key(edge) for edge in report.graph.edges}
    gone = {key(edge): edge for edge in change.edges_removed}
    removed = [f"removed  {_line(finding, options)}{_broken(finding, options, gone, known)}" for finding in change.removed]
    accepted = [f"accepted {_line(finding, options)}: {plain(finding.suppressed)}" for finding in change.accepted]
    return [*changed, *removed, *accepted]


def _line(finding: Finding, options: Options) -> str:
    label = words.label(finding)
    return f"{paint(f'{label}[{plain(finding.code)} {plain(finding.rule)}]', label, options)}: {plain(finding.message)}"


def _broken(finding: Finding, options: Options, gone: dict[tuple[str, str, str, str], Edge], known: set[tuple[str, str, str, str]]) -> str:
    """Where the removed coupling was cut: the place of the first of its flows that is gone."""
    edges = [hop.edge for hop in words.hops(finding, options.base.graph) if hop.edge] if options.base else []
    cut = next((edge for edge in edges if key(edge) in gone and key(edge) not in known and edge.evidence), None)
    return f" (cut at {words.place(cut.evidence[-1])})" if cut else ""


def _edges(report: Report, base: Report, change: Change, options: Options) -> list[str]:
    """The flows that came and went, each with its place: all of them with ``verbose``."""
    rows = [f"+ {_flow(edge, report)}" for edge in _flows(change.edges_added, report)]
    rows += [f"- {_flow(edge, base)}" for edge in _flows(change.edges_removed, base)]
    if options.verbose or len(rows) <= SHOWN_EDGES:
        return rows
    return [*rows[:SHOWN_EDGES], f"  {len(rows) - SHOWN_EDGES} more: -v lists them"]


def _flow(edge: Edge, report: Report) -> str:
    names = words.names(report.graph)
    source, target = (plain(words.name_of(end, names)) for end in (edge.source, edge.target))
    role = f" as {edge.role}" if edge.kind == "trains" and edge.role not in ("", "data") else ""
    place = f"  {words.place(edge.evidence[-1])}" if edge.evidence else ""
    return f"{source} -> {target}  {edge.kind}{role}{place}"


def _flows(edges: Iterable[Edge], report: Report) -> list[Edge]:
    """Reads and writes of a script say again what a flow of data says."""
    shown = set(select.collapse(report.graph).edges)
    return list({key(edge): edge for edge in edges if edge in shown}.values())


def _tail(report: Report, change: Change) -> list[str]:
    if words.understood_nothing(report.summary):
        return ["warning: no model and no data set was understood here: no finding means nothing."]
    kept = len(change.kept)
    return (
        [f"{count(kept, 'coupling was', 'couplings were')} there before: coupling check shows {'it' if kept == 1 else 'them'}."]
        if kept
        else []
    )
