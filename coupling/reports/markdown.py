"""A comment for a pull request, or a job summary: what the change couples, a small picture, the hops, how to break it.

Without a base report everything counts as found, not as added. The text of the repository cannot mention people, close
tables, open HTML or forge the marker line.
"""

from __future__ import annotations

from urllib.parse import quote

from coupling.core.graph import Finding
from coupling.core.report import Report
from coupling.core.source import Span
from coupling.reports import change, words
from coupling.reports.kinds import kind_of
from coupling.reports.mermaid import flowchart
from coupling.reports.options import Options
from coupling.reports.picture import draw
from coupling.reports.words import count, plain

MAX_BYTES = 60_000
PICTURE = (40, 60)
MAX_PICTURE = 1_800
MAX_SECTIONS, MAX_PICTURES, MAX_HOPS, MAX_ROWS = 30, 5, 60, 30
_SPECIAL = frozenset("\\`*_{}[]()#+!|~$^")


def render(report: Report, options: Options) -> str:
    diff = change.compare(report, options.base) if options.base else None
    fresh = list(diff.added) if diff else words.live(report)
    loud = [finding for finding in fresh if words.label(finding) != "note"]
    quiet = [finding for finding in fresh if words.label(finding) == "note"]
    parts = [f"<!-- coupling:report:{_slug(options.project)} -->\n{_headline(report, diff)}"]
    place = change.primary(report, options)
    parts += [_section(finding, place(finding), report, options, n < MAX_PICTURES) for n, finding in enumerate(loud[:MAX_SECTIONS])]
    parts += _fold("more", loud[MAX_SECTIONS:], options)
    parts += _fold("to know", quiet, options)
    if diff:
        parts += _fold("gone with this change", list(diff.removed), options)
        parts += _fold("there before", list(diff.kept), options)
    return _fit([*parts, _foot(report)])


def _slug(project: str) -> str:
    return "".join(ch if ch.isalnum() or ch in "._/" else "-" for ch in project).strip("-") or "all"


def _headline(report: Report, diff: change.Change | None) -> str:
    if diff is None:
        return f"### coupling: {words.tally(report.findings)}"
    loops = [sum(finding.rule in words.LOOPS for finding in group) for group in (diff.added, diff.removed)]
    others = [len(group) - number for group, number in zip((diff.added, diff.removed), loops, strict=True)]
    parts = [f"{count(loops[0], 'loop')} added, {loops[1]} removed"]
    parts += [f"{count(others[0], 'other coupling')} added, {others[1]} removed"] if any(others) else []
    edges = [f"{count(len(diff.edges_added), 'edge')} added"] + ([f"{len(diff.edges_removed)} removed"] if diff.edges_removed else [])
    return f"### coupling: {' · '.join([*parts, ', '.join(edges)])}"


def _section(finding: Finding, at: Span | None, report: Report, options: Options, drawn: bool) -> str:
    new = "new: " if options.base else ""
    title = f"**{escape(finding.message)}**" + (f" ({new}{_place(at, options)})" if at else "")
    lines = [
        f"{title}  \n`{words.label(finding)}` {escape(finding.code)} {escape(finding.rule)}, {escape(words.certain(finding, report.graph))}"
    ]
    if drawn and (picture := _picture(finding, report, options)):
        lines.append(f"```mermaid\n{picture}```")
    if finding.path:
        lines.append(_hops(finding, report, options))
    facts = (("only when", finding.when), ("seen", words.seen(finding)), ("also", finding.also))
    if rows := [f"- {name}: {escape(text)}" for name, texts in facts for text in texts]:
        lines.append("\n".join(rows))
    lines.append(f"**How to break it:** {escape(words.advice(finding)[0] or kind_of(finding).help)}")
    lines.append(_accept(finding))
    return "\n\n".join(lines)


def _picture(finding: Finding, report: Report, options: Options) -> str:
    """The ring alone; none when it is too large for the hosts that count characters."""
    picture = draw(report, options._replace(focus=""), PICTURE, [finding])
    text = flowchart(picture, bool(options.base))
    return text if picture.arrows and len(text) <= MAX_PICTURE else ""


def _hops(finding: Finding, report: Report, options: Options) -> str:
    owner = {node.id: node.owner for node in report.graph.nodes}
    rows = ["| hop | where | owner |", "|---|---|---|"]
    hops = words.hops(finding, report.graph)
    for hop in hops[:MAX_HOPS]:
        ends = () if hop.edge is None else (hop.edge.source, hop.edge.target)[:: 1 if hop.edge.kind == "predicts" else -1]
        who = next((owner[end] for end in ends if owner.get(end)), "")
        rows.append(f"| {escape(hop.what) or 'passes'} | {_place(hop.span, options)} | {code(who) if who else ''} |")
    if len(hops) > MAX_HOPS:
        rows.append(f"| {len(hops) - MAX_HOPS} more hops | | |")
    return "\n".join(rows)


def _accept(finding: Finding) -> str:
    """The block of the configuration that accepts the finding, ready to paste."""
    fingerprint = words.dump(plain(finding.fingerprint)).strip()
    allow = f'[[tool.coupling.allow]]\nfingerprint = {fingerprint}\nreason = "why this is wanted"'
    given = words.advice(finding)[1]
    block, title = (given, "How to state or dismiss it") if given else (allow, "How to accept it")
    return f"<details><summary>{title}</summary>\n\n{fence(block, 'toml')}\n\n</details>"


def _fold(title: str, findings: list[Finding], options: Options) -> list[str]:
    if not findings:
        return []
    rows = [f"- {escape(finding.code)} {escape(finding.message)}{_first(finding, options)}" for finding in findings[:MAX_ROWS]]
    if len(findings) > MAX_ROWS:
        rows.append(f"- {len(findings) - MAX_ROWS} more")
    body = "\n".join(rows)
    return [f"<details><summary>{count(len(findings), 'coupling')} {title}</summary>\n\n{body}\n\n</details>"]


def _first(finding: Finding, options: Options) -> str:
    return f", {_place(finding.path[0], options)}" if finding.path else ""


def _foot(report: Report) -> str:
    summary = report.summary
    read = f"{count(summary.files, 'file')} read, {words.models(summary)}, {count(summary.assets, 'data set')}"
    if words.understood_nothing(summary):
        return f"<sub>**Nothing was understood here**: no finding means nothing. {read}.</sub>"
    holes = f", {count(summary.names_with_holes, 'name')} with holes" if summary.names_with_holes else ""
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


def _place(span: Span, options: Options) -> str:
    text = code(words.place(span))
    if not options.link:
        return text
    path = quote(span.path.encode("utf-8", "backslashreplace"), safe="/-._~")
    return f"[{text}](<{options.link.replace('{path}', path).replace('{line}', str(max(1, span.line)))}>)"


def code(text: str) -> str:
    """A code span for a table cell: its fence is longer than any run of backquotes within."""
    body = plain(text).replace("|", "\\|")
    runs = "".join(ch if ch == "`" else " " for ch in body).split()
    ticks = "`" * (max(map(len, runs), default=0) + 1)
    space = " " if body[:1] == "`" or body[-1:] == "`" else ""
    return f"{ticks}{space}{body}{space}{ticks}" if body else ""


def fence(text: str, language: str) -> str:
    ticks = "`" * max(3, *(len(run) + 1 for run in "".join(ch if ch == "`" else " " for ch in text).split() or [""]))
    return f"{ticks}{language}\n{text}\n{ticks}"


def escape(text: str) -> str:
    """Prose that is only prose: no markup, HTML, mention, reference or autolink."""
    clean = plain(text).strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    marked = "".join(f"\\{ch}" if ch in _SPECIAL else ch for ch in clean)
    return marked.replace("@", "@<!-- -->").replace("://", ":<!-- -->//").replace("www.", "www<!-- -->.")
