"""Pages for ``coupling explain``: all kinds, one kind, one finding.

Comes in: kinds, or a report with the rules that made it. Goes out: text for a terminal. It reads nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from coupling.core.graph import Edge, Finding
from coupling.core.report import Report
from coupling.core.rules import Rule
from coupling.core.source import Span
from coupling.detectors.kinds import KINDS, Kind, sections
from coupling.reports import ink, words
from coupling.reports.measure import columns, glued, pad, wrap
from coupling.reports.options import Options
from coupling.reports.steps import Row, draw
from coupling.reports.text import closed, rows, title
from coupling.reports.words import paint, plain

COMFORT = 88
"""Prose in longer lines is hard to read."""

_CODE = re.compile(r"`[^`]*`")
_RULE = re.compile(r"(?P<path>\S+) \((?P<library>[\w-]+)\)")


def all_kinds(options: Options) -> str:
    """Every kind in a line, worst first within its family."""
    size = max(columns(kind.name) for kind in KINDS)
    left = " " * (size + 19)
    lines = []
    for kind in KINDS:
        first, *rest = wrap(kind.text, max(options.width, len(left) + 20), left, left)
        name = f"{paint(kind.code, kind.severity, options)}  {pad(kind.name, size)}  {paint(pad(kind.severity, 7), 'dim', options)}"
        lines += [f"{name}  {first[len(left) :]}", *rest]
    return "\n".join([*lines, "", "coupling explain CODE tells what one is, why it hurts and how to break it."])


def kind_page(about: Kind, options: Options) -> str:
    """The page of a kind: what it is, why it hurts, how to break it, when it is fine, a story."""
    opening = paint(f"{about.severity}[{about.code} {about.name}]", about.severity, options)
    lines = [f"{opening}: {about.text}"] if columns(about.text) < options.width - 40 else [opening, *_prose(about.text, options)]
    for heading, text in sections(about):
        lines += ["", paint(heading, "bold", options), *_prose(text, options)]
    return "\n".join([*lines, "", paint("See also", "bold", options), *_see(about, options)])


def _prose(text: str, options: Options) -> list[str]:
    """A paragraph; code in it stays in one piece and has the colour of data."""
    whole = _CODE.sub(lambda found: glued(found.group()), text)
    lines = wrap(whole, min(options.width, COMFORT), "  ", "  ")
    return [_CODE.sub(lambda found: paint(found.group(), "data", options), line) for line in lines]


def _see(about: Kind, options: Options) -> list[str]:
    family = [kind for kind in KINDS if kind.code[:4] == about.code[:4] and kind is not about]
    pedantic = " --pedantic" if about.severity == "note" else ""
    told = [(f"coupling check --select {about.code}{pedantic}", "only findings of this kind")]
    told += [(f"coupling explain {kind.code}", kind.name) for kind in family]
    size = max(columns(line) for line, _ in told)
    return [f"  {paint(pad(line, size), 'help', options)}  {what}" for line, what in told]


class Sources(NamedTuple):
    """What a finding was made from: the known calls by path, the substitutions behind the name at a hop, and the configuration that an
    acceptance goes into."""

    rules: Mapping[str, Rule]
    names: Callable[[Span, Edge], list[str]]
    file: str


def finding_page(report: Report, finding: Finding, made: Sources, options: Options) -> str:
    """One finding: every hop with the rule, the bindings and the conditions behind it, the loop's other ways, what to do, and how to
    accept it."""
    lines = title(finding, report.graph, options)
    lines += draw(_rows(finding, report, made), ink.named(finding, report.graph), options, words.label(finding))
    told = [("owners", " -> ".join(words.owners(finding, report.graph)))]
    told += [("when", condition) for condition in finding.when]
    told += [("seen", note) for note in words.seen(finding)]
    told += [("also", other) for other in finding.also]
    told += [("accepted", finding.suppressed), ("certain", words.certain(finding, report.graph))]
    lines += [line for label, value in told if value for line in rows(label, plain(value), options)]
    advice, block = words.advice(finding)
    lines += rows("help", f"{plain(advice)}: {glued(f'coupling explain {plain(finding.code)}')}", options, "help")
    lines += [f"           {line}" for line in block.splitlines()]
    return "\n".join([*lines, "", *_acceptance(finding, made.file, options)])


def _rows(finding: Finding, report: Report, made: Sources) -> list[Row]:
    """All hops; at the last of each edge what it was made by."""
    hops = words.hops(finding, report.graph)
    out = []
    for number, hop in enumerate(hops):
        last = number + 1 == len(hops) or hops[number + 1].edge is not hop.edge
        notes = made.names(hop.span, hop.edge) if hop.edge else []
        out.append(Row(hop.span, hop.what, hop.edge, (*notes, *(_made_by(hop.edge, made.rules) if hop.edge and last else ()))))
    return closed(out, finding)


def _made_by(edge: Edge, rules: Mapping[str, Rule]) -> list[str]:
    found = _RULE.fullmatch(edge.why)
    rule = rules.get(found["path"]) if found else None
    told = [f"{'rule' if found else 'by'} {edge.why}{f', {rule.url}' if rule and rule.url else ''}"] if edge.why else []
    told += [f"columns {', '.join(edge.columns)}"] if edge.columns else []
    told += [f"when {', '.join(edge.when)}"] if edge.when else []
    told += [f"seen {note}" for note in edge.notes]
    told += [f"in {edge.unit.removeprefix('unit:')}"] if edge.unit else []
    return told + ([f"{edge.certainty}: {_why_not_exact(edge)}"] if edge.certainty != "exact" else [])


def _why_not_exact(edge: Edge) -> str:
    if edge.certainty == "guess":
        return "nearness in the code, no data flow followed"
    return "a name matches by pattern, or the value passes an unknown call"


def _acceptance(finding: Finding, file: str, options: Options) -> Sequence[str]:
    if finding.suppressed:
        return (f"It is accepted: {plain(finding.suppressed)}",)
    table = "[[tool.coupling.allow]]" if file == "pyproject.toml" else "[[allow]]"
    more = '# also: owner = "@team", expires = YYYY-MM-DD, mitigation = "holdout"'
    entry = (table, f'fingerprint = "{plain(finding.fingerprint)}"', 'reason = "..."', more)
    where = paint(f"To accept it, in {plain(file or 'coupling.toml')}:", "bold", options)
    return (where, "", *entry, "", f"or on a line it passes, or above one: coupling: ignore[{plain(finding.code)}] reason")
