"""For people at a terminal: what was read and understood, then each finding with one excerpt a hop.

It opens no file (the excerpts are in the spans) and does not know whether it writes to a terminal: colour, width and links are options.
"""

from __future__ import annotations

from coupling.core.graph import DataGraph, Finding
from coupling.core.report import Report
from coupling.core.source import Problem
from coupling.reports import ink, words
from coupling.reports.measure import glued, pad, wrap
from coupling.reports.options import Options
from coupling.reports.steps import Row, draw
from coupling.reports.words import paint, plain

LEAST_LEFT = 2
PICTURE = "coupling.html"
"""The picture that the last line proposes: the viewer needs no Graphviz."""

_MAX_HOLES = 20
_LABEL = 11
"""Columns of the words before the first lines and before the facts of a finding."""


def render(report: Report, options: Options) -> str:
    blocks = ["\n".join(_head(report, options))]
    shown = words.ordered(report.findings) if options.verbose else words.live(report)
    blocks += ["\n".join(finding_lines(finding, report.graph, options)) for finding in shown]
    blocks.append("\n".join(_tail(report, options)))
    return "\n\n".join(blocks) + "\n"


def finding_lines(finding: Finding, graph: DataGraph, options: Options) -> list[str]:
    """One finding: its sentence, its hops, and what is known about it."""
    full = options.verbose or (finding.severity in ("error", "warning") and not words.is_possible(finding))
    body = [*_hops(finding, graph, options), *_facts(finding, graph, options)] if full else _where(finding, options)
    return [*title(finding, graph, options), *body]


def command(words_: str, options: Options, *more: str) -> str:
    """A command that works where the user stands: it names the analysed folder. No line ends within it."""
    return glued(plain(" ".join(filter(None, ("coupling", words_, options.repository, *more)))))


def title(finding: Finding, graph: DataGraph, options: Options) -> list[str]:
    """``error[CPL101 feedback-loop]: what happens``, in as many lines as it needs."""
    label = words.label(finding)
    number = f"{finding.confidence:.2f}"
    score = f" ({number})" if finding.confidence < 1 and number not in finding.message else ""
    accepted = "accepted " if finding.suppressed else ""
    kind = f"{label}[{plain(finding.code)} {plain(finding.rule)}]"
    names = ink.named(finding, graph)
    first, *rest = wrap(
        f"{accepted}{glued(kind)}: {ink.glue_names(plain(finding.message), names, options.width)}{score}", options.width, "", "  "
    )
    before, found, after = first.partition(kind)
    opening = f"{before}{paint(kind, label, options)}{ink.painted(after, names, options)}" if found else first
    return [opening, *(ink.painted(line, names, options) for line in rest)]


def rows(label: str, value: str, options: Options, color: str = "dim") -> list[str]:
    """``owners   @a -> @b``: a word, and what it says in as many lines as it needs."""
    first, *rest = wrap(value, max(options.width, _LABEL * 2), " " * _LABEL, " " * _LABEL)
    return [f"  {paint(pad(label, _LABEL - 3), color, options)} {first[_LABEL:]}", *rest]


def _head(report: Report, options: Options) -> list[str]:
    summary = report.summary
    lines = _labelled("reading", words.count(summary.files, "file") + _languages(report) + _seconds(options), options)
    names = summary.names_resolved + summary.names_with_holes
    known = f"{summary.names_resolved} of {words.count(names, 'data name')}, {words.models(summary)}, "
    lines += _labelled("understood", known + words.count(summary.assets, "data set") + _holes_hint(report, options), options)
    lines += _details(report, options) if options.verbose else _unread(report, options)
    return lines + _silence(report, options)


def _labelled(label: str, value: str, options: Options, color: str = "dim") -> list[str]:
    first, *rest = wrap(value, max(options.width, _LABEL * 2), " " * _LABEL, " " * _LABEL)
    return [paint(pad(label, _LABEL - 1), color, options) + first[_LABEL - 1 :], *rest]


def _languages(report: Report) -> str:
    return f"  ({plain(words.languages(report.summary))})" if report.summary.languages else ""


def _seconds(options: Options) -> str:
    return "" if options.seconds is None else f"  {glued(f'{options.seconds:.1f} s')}"


def _silence(report: Report, options: Options) -> list[str]:
    """When nothing was understood, no finding is no good news."""
    if words.understood_nothing(report.summary):
        files, facts = command("files", options), glued("coupling facts FILE")
        told = f"{words.NOTHING}. {files} lists what was looked at, "
        return _labelled("warning", told + f"{facts} what was understood in a file.", options, "warning")
    if why := words.no_loop(report.summary):
        return _labelled("warning", f"{why}.", options, "warning")
    return []


def _holes_hint(report: Report, options: Options) -> str:
    number = report.summary.names_with_holes
    if not number:
        return ""
    hint = "" if options.verbose else f": {command('check', options, '-v')} lists them"
    return f"  {words.count(number, 'name has a hole', 'names have holes')}{hint}"


def _unread(report: Report, options: Options) -> list[str]:
    number = report.summary.problems
    told = f"{words.count(number, 'place')}, left out of the result: {command('check', options, '-v')} lists them"
    return _labelled("not read", told, options) if number else []


def _details(report: Report, options: Options) -> list[str]:
    holes = report.summary.holes
    lines = [_labelled("hole", f"{plain(why)}  ({words.count(number, 'time')})", options) for why, number in holes[:_MAX_HOLES]]
    if len(holes) > _MAX_HOLES:
        lines.append(_labelled("hole", f"{len(holes) - _MAX_HOLES} more reasons", options))
    problems = sorted(report.problems, key=lambda problem: (problem.span, problem.what))
    lines += [_labelled(_sort(each), f"{glued(words.place(each.span))}  {plain(each.what)}", options) for each in problems]
    return [line for some in lines for line in some]


def _sort(problem: Problem) -> str:
    return "no effect" if problem.statement else "not read"


def _block(finding: Finding) -> list[str]:
    """What to paste into the configuration; only what is undecided brings one."""
    return [f"{' ' * _LABEL}{line}" for line in words.advice(finding)[1].splitlines()]


def _where(finding: Finding, options: Options) -> list[str]:
    """Of a finding of which only the sentence is shown: where it begins, how to see the rest, and what to decide."""
    place = f"{words.place(finding.path[0])}, " if finding.path else ""
    lines = rows("where", f"{plain(place)}{words.count(len(finding.path), 'hop')}: {_explain(finding, options)}", options)
    if place and options.places:
        shown = words.place(finding.path[0])
        lines = [line.replace(shown, ink.linked(shown, finding.path[0], options), 1) for line in lines]
    sentence, block = words.advice(finding)
    return lines + (rows("help", f"{plain(sentence)}:", options, "help") + _block(finding) if block else [])


def _explain(finding: Finding, options: Options) -> str:
    return command(f"explain {words.short(finding)}", options)


def _hops(finding: Finding, graph: DataGraph, options: Options) -> list[str]:
    shown = words.hops(finding, graph)
    rows_ = closed([Row(*hop) for hop in shown] if options.verbose else main_rows(shown), finding)
    return draw(rows_, ink.named(finding, graph), options, words.label(finding))


def closed(rows_: list[Row], finding: Finding) -> list[Row]:
    """The rows of a finding; the last one of a loop says that it closes."""
    if not rows_ or finding.rule not in words.LOOPS or "close" in rows_[-1].what:
        return rows_
    return [*rows_[:-1], rows_[-1]._replace(what=f"{rows_[-1].what}: the loop closes")]


def main_rows(hops: list[words.Hop]) -> list[Row]:
    """The hops at which something happens and those at which the file changes, each once; two or more others in a row are counted."""
    told = {hop.span for hop in hops if hop.what}
    out: list[Row] = []
    left: list[words.Hop] = []
    repeated = 0
    for number, hop in enumerate(hops):
        end = number in (0, len(hops) - 1)
        if not (hop.what or end) and hop.span in told:
            repeated += 1
        elif not (hop.what or end or hop.span.path != hops[number - 1].span.path):
            left.append(hop)
        else:
            told.add(hop.span)
            out += [*_counted(left, repeated), Row(*hop)]
            left, repeated = [], 0
    return out


def _counted(left: list[words.Hop], repeated: int) -> list[Row]:
    if not left or len(left) + repeated < LEAST_LEFT:
        return [Row(*hop) for hop in left]
    return [Row(None, f"({words.count(len(left) + repeated, 'more hop')})")]


def _facts(finding: Finding, graph: DataGraph, options: Options) -> list[str]:
    owners = words.owners(finding, graph)
    told = [("owners", " -> ".join(owners))] if len(owners) > 1 else []
    told += [("when", condition) for condition in finding.when]
    told += [("seen", note) for note in words.seen(finding)]
    told += [("also", other) for other in finding.also]
    told += [("accepted", finding.suppressed)] if finding.suppressed else []
    lines = [line for label, value in told for line in rows(label, plain(value), options)]
    advice = words.advice(finding)[0] or "break the flow at one hop, or declare it"
    lines += rows("help", f"{plain(advice)}: {_explain(finding, options)}", options, "help") + _block(finding)
    return lines + rows("certain", plain(words.certain(finding, graph)), options)


def _tail(report: Report, options: Options) -> list[str]:
    line = f"{words.tally(report.findings, options.today)} in {words.count(report.summary.files, 'file')}."
    if any(not finding.suppressed for finding in report.findings):
        line += f" Draw it: {command('graph', options, '--findings-only', '-o', PICTURE)}"
    return [paint(each, "bold", options) for each in wrap(line, max(options.width, _LABEL * 2))]
