"""A comment for a pull request, or a job summary: what the change couples, with a section for each coupling.

Without a base report everything counts as found, not as added. The first line is a marker by which a later run finds its
comment again; when nothing is left the comment says so, and nobody has to delete it.
"""

from __future__ import annotations

from coupling.core.graph import Edge, Finding, Node
from coupling.core.report import Report
from coupling.core.source import Span
from coupling.reports import change, places, words
from coupling.reports.options import Options
from coupling.reports.prose import code, details, escape, place, table
from coupling.reports.section import Context, context, sections
from coupling.reports.words import count

MAX_BYTES = 60_000
MAX_SECTIONS, MAX_ROWS, FEW_ROWS = 30, 30, 6
NOTHING_LEFT = "No coupling left that this change added."
"""By this sentence a script knows that a first comment would say nothing."""


def render(report: Report, options: Options) -> str:
    fresh = change.fresh(report, options)
    loud = [finding for finding in fresh if words.label(finding) != "note"]
    quiet = [finding for finding in fresh if words.label(finding) == "note"]
    about = context(report, options)
    parts = [f"<!-- coupling:report:{_slug(options.project)} -->\n{_headline(report, options.base)}"]
    parts += sections(loud[:MAX_SECTIONS], about)
    parts += _fold("more", loud[MAX_SECTIONS:], options.link) + _fold("to know", quiet, options.link)
    parts += _compared(about, options.base) if options.base else _fold("accepted", _suppressed(report), options.link)
    return _fit([*filter(None, parts), _foot(report)])


def _slug(project: str) -> str:
    return "".join(ch if ch.isalnum() or ch in "._/" else "-" for ch in project).strip("-") or "all"


def _suppressed(report: Report) -> list[Finding]:
    return [finding for finding in words.ordered(report.findings) if finding.suppressed]


def _headline(report: Report, base: Report | None) -> str:
    if base is None:
        return f"### coupling: {_found(words.live(report))}"
    diff = change.compare(report, base)
    parts = [f"{count(_loops(diff.added), 'loop')} added, {_loops(diff.removed)} removed"]
    parts += _counted("other coupling", len(diff.added) - _loops(diff.added), len(diff.removed) - _loops(diff.removed))
    parts += _counted("edge", len(change.flows(diff.edges_added, report.graph)), len(change.flows(diff.edges_removed, base.graph)))
    return f"### coupling: {'; '.join(parts)}" + ("" if diff.added else f"\n\n**{_nothing(len(diff.accepted))}**")


def _nothing(accepted: int) -> str:
    """What a change accepts is worth a comment, though nothing is left to do."""
    return f"Nothing left to decide: {count(accepted, 'coupling')} accepted with this change." if accepted else NOTHING_LEFT


def _counted(word: str, added: int, removed: int) -> list[str]:
    if not added:
        return [f"{count(removed, word)} removed"] if removed else []
    return [f"{count(added, word)} added" + (f", {removed} removed" if removed else "")]


def _found(findings: list[Finding]) -> str:
    loops = _loops(findings)
    others = len(findings) - loops
    parts = [count(number, word) for number, word in ((loops, "loop"), (others, "other coupling" if loops else "coupling")) if number]
    return ", ".join(parts) or "no coupling found"


def _loops(findings: list[Finding] | tuple[Finding, ...]) -> int:
    return sum(finding.rule in words.LOOPS for finding in findings)


def _compared(about: Context, base: Report) -> list[str]:
    """What the change took away, what it rewired, what was there and stays."""
    diff, link = change.compare(about.report, base), about.options.link
    parts = _fold("removed by this change", list(diff.removed), "", few=FEW_ROWS)
    parts += [_edges(about, base, diff)]
    parts += _fold("changed", [now for now, _ in diff.changed], link)
    parts += _fold("accepted with this change", list(diff.accepted), link)
    return parts + _fold("there before", list(diff.kept), link)


def _edges(about: Context, base: Report, diff: change.Change) -> str:
    """The edges that came and went, each at its line; the lines of those that went are no longer at the head."""
    added = change.flows(diff.edges_added, about.report.graph)
    removed = change.flows(diff.edges_removed, base.graph)
    if not added and not removed:
        return ""
    here, there = places.written(about.report), places.written(base)
    rows = [_edge("+", edge, words.names(about.report.graph), places.only_here(edge, there), about.options.link) for edge in added]
    rows += [_edge("-", edge, words.names(base.graph), places.only_here(edge, here), "") for edge in removed]
    more = [("", f"{len(rows) - MAX_ROWS} more", "", "", "")] if len(rows) > MAX_ROWS else []
    body = table(("", "from", "", "to", "where"), [*rows[:MAX_ROWS], *more])
    (title,) = _counted("edge", len(added), len(removed))
    return f"**{title}**\n\n{body}" if len(rows) <= FEW_ROWS else details(title, body)


def _edge(mark: str, edge: Edge, names: dict[str, Node], at: Span | None, link: str) -> tuple[str, ...]:
    where = place(at, link) if at else ""
    return f"**{mark}**", code(words.called(edge.source, names)), words.verb(edge), code(words.called(edge.target, names)), where


def _fold(title: str, findings: list[Finding], link: str, few: int = 0) -> list[str]:
    """A list of findings that opens on demand; up to ``few`` are told at once."""
    if not findings:
        return []
    rows = [_row(finding, link) for finding in findings[:MAX_ROWS]]
    if len(findings) > MAX_ROWS:
        rows.append(f"- {len(findings) - MAX_ROWS} more")
    body, head = "\n".join(rows), f"{count(len(findings), 'coupling')} {title}"
    return [f"**{head}**\n\n{body}" if len(findings) <= few else details(head, body)]


def _row(finding: Finding, link: str) -> str:
    at = f", {place(finding.path[0], link)}" if finding.path else ""
    why = f" (accepted: {escape(finding.suppressed)})" if finding.suppressed else ""
    return f"- {escape(finding.code)} {escape(finding.message)}{at}{why}"


def _foot(report: Report) -> str:
    summary = report.summary
    read = f"{count(summary.files, 'file')} read, {words.models(summary)}, {count(summary.assets, 'data set')}"
    if words.understood_nothing(summary):
        return f"<sub>**Nothing was understood here**: no finding means nothing. {read}.</sub>"
    holes = f", {count(summary.names_with_holes, 'name')} not fully known" if summary.names_with_holes else ""
    problems = f", {count(summary.problems, 'place')} not readable" if summary.problems else ""
    return f"<sub>{read}{holes}{problems}.</sub>"


def _fit(parts: list[str]) -> str:
    """Whole sections up to the hosts' limit; what is left out is said."""
    head, *middle, foot = parts
    kept, used = [head], len(head.encode()) + len(foot.encode()) + 200
    for number, part in enumerate(middle):
        used += len(part.encode()) + 2
        if used > MAX_BYTES:
            kept.append(f"Cut here: {count(len(middle) - number, 'section')} more, see the job's report.")
            break
        kept.append(part)
    return "\n\n".join([*kept, foot]) + "\n"
