"""For people at a terminal: what was read and understood, then each finding with one excerpt a hop.

It opens no file (the excerpts are in the spans) and does not know whether it writes to a terminal: colour is an option.
"""

from __future__ import annotations

from coupling.core.graph import DataGraph, Finding
from coupling.core.report import Report
from coupling.reports import words
from coupling.reports.options import Options
from coupling.reports.words import columns, cut, pad, paint, plain

LEAST_LEFT = 2
_MAX_PLACE, _MIN_EXCERPT, _MAX_EXCERPT, _MAX_HOLES = 48, 24, 72, 20


def render(report: Report, options: Options) -> str:
    blocks = ["\n".join(_head(report, options))]
    shown = words.ordered(report.findings) if options.verbose else words.live(report)
    blocks += [_finding(finding, report.graph, options) for finding in shown]
    blocks.append("\n".join(_tail(report, options)))
    return "\n\n".join(blocks) + "\n"


def _head(report: Report, options: Options) -> list[str]:
    summary = report.summary
    read = f"reading    {words.count(summary.files, 'file')}"
    if summary.languages:
        read += f"  ({plain(words.languages(summary))})"
    if options.seconds is not None:
        read += f"  {options.seconds:.1f} s"
    names = summary.names_resolved + summary.names_with_holes
    known = f"understood {summary.names_resolved} of {words.count(names, 'data name')}, {words.models(summary)}, "
    known += words.count(summary.assets, "data set")
    lines = [read, known + _holes_hint(report, options)]
    if words.understood_nothing(summary):
        lines.append(paint("warning", "warning", options) + ": no model and no data set was understood here: no finding means nothing.")
        lines.append("           `coupling files` lists what was looked at, `coupling facts FILE` what was understood in a file.")
    elif why := words.no_loop(summary):
        lines.append(paint("warning", "warning", options) + f": {why}.")
    return lines + (_details(report) if options.verbose else _unread(report))


def _holes_hint(report: Report, options: Options) -> str:
    number = report.summary.names_with_holes
    if not number:
        return ""
    return f"  {words.count(number, 'name has a hole', 'names have holes')}" + ("" if options.verbose else ": coupling check -v lists them")


def _unread(report: Report) -> list[str]:
    number = max(report.summary.problems, len(report.problems))
    return [f"not read   {words.count(number, 'place')}, left out of the result: coupling check -v lists them"] if number else []


def _details(report: Report) -> list[str]:
    holes = report.summary.holes
    lines = [f"hole       {plain(why)}  ({number} times)" for why, number in holes[:_MAX_HOLES]]
    if len(holes) > _MAX_HOLES:
        lines.append(f"hole       {len(holes) - _MAX_HOLES} more reasons")
    problems = sorted(report.problems, key=lambda problem: (problem.span, problem.what))
    return lines + [f"not read   {words.place(problem.span)}  {plain(problem.what)}" for problem in problems]


def _finding(finding: Finding, graph: DataGraph, options: Options) -> str:
    head = _title(finding, options)
    full = options.verbose or (finding.severity in ("error", "warning") and not words.is_possible(finding))
    if not full:
        return "\n".join([f"{head}   {_where(finding)}coupling explain {words.short(finding)}", *_block(finding)])
    return "\n".join([head, *_hops(finding, graph, options), *_facts(finding, graph, options), *_block(finding)])


def _title(finding: Finding, options: Options) -> str:
    label = words.label(finding)
    number = f"{finding.confidence:.2f}"
    score = f" ({number})" if finding.confidence < 1 and number not in finding.message else ""
    accepted = "accepted " if finding.suppressed else ""
    return f"{accepted}{paint(f'{label}[{plain(finding.code)} {plain(finding.rule)}]', label, options)}: {plain(finding.message)}{score}"


def _block(finding: Finding) -> list[str]:
    """What to paste into the configuration; only what is undecided brings one."""
    return [f"           {line}" for line in words.advice(finding)[1].splitlines()]


def _where(finding: Finding) -> str:
    first = f"{words.place(finding.path[0])}, " if finding.path else ""
    return f"{first}{words.count(len(finding.path), 'hop')}: "


def _hops(finding: Finding, graph: DataGraph, options: Options) -> list[str]:
    shown = words.hops(finding, graph)
    rows = _all(shown) if options.verbose else _main(shown)
    if rows and finding.rule in words.LOOPS and "close" not in rows[-1][2]:
        rows[-1] = (*rows[-1][:2], f"{rows[-1][2]}: the loop closes")
    sizes = [max((columns(row[part]) for row in rows), default=0) for part in range(3)]
    room = options.width - 8 - sizes[0] - sizes[2]
    if sizes[0] > _MAX_PLACE or room < min(sizes[1], _MIN_EXCERPT):
        return _stacked(rows, options)
    middle = min(sizes[1], _MAX_EXCERPT, max(room, _MIN_EXCERPT))
    return [
        f"  {_bracket(number, len(rows), options)} {paint(pad(where, sizes[0]), 'bold', options)}"
        + f"  {pad(cut(excerpt, middle), middle)}  {what}".rstrip()
        for number, (where, excerpt, what) in enumerate(rows)
    ]


def _all(hops: list[words.Hop]) -> list[tuple[str, str, str]]:
    return [(words.place(hop.span), plain(hop.span.text.strip()), plain(hop.what)) for hop in hops]


def _main(hops: list[words.Hop]) -> list[tuple[str, str, str]]:
    """The hops at which something happens and those at which the file changes; two or more others in a row are counted."""
    rows: list[tuple[str, str, str]] = []
    left: list[words.Hop] = []
    for number, hop in enumerate(hops):
        turns = number in (0, len(hops) - 1) or hop.span.path != hops[number - 1].span.path
        if not hop.what and not turns:
            left.append(hop)
            continue
        rows += _all(left) if len(left) < LEAST_LEFT else [(f"({words.count(len(left), 'more hop')})", "", "")]
        rows += _all([hop])
        left = []
    return rows


def _stacked(rows: list[tuple[str, str, str]], options: Options) -> list[str]:
    """Excerpts under their places, for narrow terminals and long paths: a place is never cut, it has to be clickable."""
    lines = []
    for number, (where, excerpt, what) in enumerate(rows):
        bracket = _bracket(number, len(rows), options)
        side = _bracket(1, 3, options) if number < len(rows) - 1 else " "
        lines.append(f"  {bracket} {paint(where, 'bold', options)}  {what}".rstrip())
        lines += [f"  {side}     {paint(cut(excerpt, max(_MIN_EXCERPT, options.width - 8)), 'dim', options)}"] if excerpt else []
    return lines


def _bracket(number: int, total: int, options: Options) -> str:
    first, middle, last, single = "┌│└╶" if options.unicode else "/|\\-"
    return single if total == 1 else first if number == 0 else last if number == total - 1 else middle


def _facts(finding: Finding, graph: DataGraph, options: Options) -> list[str]:
    owners = words.owners(finding, graph)
    rows = [("owners", " -> ".join(owners))] if len(owners) > 1 else []
    rows += [("when", condition) for condition in finding.when]
    rows += [("seen", note) for note in words.seen(finding)]
    rows += [("also", other) for other in finding.also]
    rows += [("accepted", finding.suppressed)] if finding.suppressed else []
    advice = words.advice(finding)[0] or "break the flow at one hop, or declare it"
    rows.append(("help", f"{advice}: coupling explain {words.short(finding)}"))
    rows.append(("certain", words.certain(finding, graph)))
    return [f"  {paint(pad(name, 8), 'help' if name == 'help' else 'dim', options)} {plain(value)}" for name, value in rows]


def _tail(report: Report, options: Options) -> list[str]:
    line = f"{words.tally(report.findings)} in {words.count(report.summary.files, 'file')}."
    if any(not finding.suppressed for finding in report.findings):
        line += " Draw it: coupling graph --findings-only -o coupling.svg"
    return [paint(line, "bold", options)]
