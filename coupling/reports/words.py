"""Wording shared by the formats for people: places, counts, certainty, owners. Text from the repository is hostile:
``plain`` makes it harmless on a terminal, every other format escapes on top of it."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from coupling.core.graph import DataGraph, Edge, Finding, Node
from coupling.core.names import short as shorter
from coupling.core.report import Report, Summary
from coupling.core.source import Span
from coupling.reports.measure import columns as columns
from coupling.reports.measure import cut as cut
from coupling.reports.measure import pad as pad
from coupling.reports.measure import tail
from coupling.reports.options import Options

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SEVERITIES = ("error", "warning", "note")
_RANKS = ("error", "warning", "possible", "note")
LOOPS = ("feedback-loop", "indirect-feedback-loop", "hidden-feedback-loop")
MAX_PLACES = 3
SOON = 30
"""Days before its end from which on an acceptance is counted apart."""
SURE = 0.8
"""Below this confidence a finding is a question to the reader ("possible")."""

NOTHING = "no model and no data set was understood here: no finding means nothing"
"""Every format says it: silence would read as a clean result."""
_LANGUAGES = {
    "python": ("Python", "Python"),
    "notebook": ("notebook", "notebooks"),
    "sql": ("SQL", "SQL"),
    "shell": ("shell", "shell"),
    "yaml": ("YAML", "YAML"),
    "toml": ("TOML", "TOML"),
    "json": ("JSON", "JSON"),
    "ini": ("INI", "INI"),
    "make": ("Makefile", "Makefiles"),
    "dvc": ("DVC", "DVC"),
    "web": ("web", "web"),
    "ci": ("CI", "CI"),
    "dockerfile": ("Dockerfile", "Dockerfiles"),
}
_COLORS = {
    **{"error": "1;31", "warning": "1;33", "note": "1;36", "possible": "1;35"},
    **{"model": "35", "data": "36", "path": "1", "help": "32", "bold": "1", "dim": "2"},
}
_VERBS = {
    "derives": "goes into",
    "infers": "is input of",
    "feeds": "is input of",
    "influences": "shapes",
    "serves": "is shown at",
    "initialises": "is the start of",
    "saves": "is saved as",
    "loads": "is loaded as",
    "reads": "is read by",
}
_ROLES = {"labels": "trains, as labels", "features": "trains, as features", "evaluation": "evaluates", "train": "trains"}
_SURROGATE = re.compile("[\ud800-\udfff]")
_BIDI = frozenset("\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u061c")


class Hop(NamedTuple):
    """One step of a finding: the place, what happens there, and its edge in the graph when it has one."""

    span: Span
    what: str
    edge: Edge | None


def plain(text: str) -> str:
    """One line without control characters, direction marks and lone surrogates: each is shown as its escape."""
    return "".join(_shown(ch) if _hidden(ch) else ch for ch in text.replace("\t", " "))


def _hidden(ch: str) -> bool:
    return ch < " " or "\x7f" <= ch <= "\x9f" or ch in _BIDI or "\ud800" <= ch <= "\udfff"


def _shown(ch: str) -> str:
    return {"\n": "\\n", "\r": "\\r"}.get(ch) or (f"\\x{ord(ch):02x}" if ord(ch) < 256 else f"\\u{ord(ch):04x}")


def paint(text: str, color: str, options: Options) -> str:
    """``text`` in a colour, when colours are wanted."""
    return f"\x1b[{_COLORS.get(color, '0')}m{text}\x1b[0m" if options.color and text else text


def dump(value: object) -> str:
    """Indented JSON; lone surrogates (undecodable file names) stay escapes, because UTF-8 cannot hold them."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    return _SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", text) + "\n"


def ending(text: str, width: int) -> str:
    """The harmless text, or its end: that is where the names of files differ."""
    clean = plain(text)
    return clean if columns(clean) <= width else "…" + tail(clean, max(0, width - 1)).lstrip()


def place(span: Span) -> str:
    """``train/fit.py:33``, with the cell for notebooks."""
    line = f":{span.line}" if span.line else ""
    return plain(span.path) + line + (f" (cell {span.cell})" if span.cell else "")


def count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}".replace(",", " ")


def label(finding: Finding) -> str:
    """What stands before the brackets: the severity, or ``possible`` where the reader has to decide."""
    return "possible" if is_possible(finding) else finding.severity


def is_possible(finding: Finding) -> bool:
    return finding.confidence < SURE


def rank(finding: Finding) -> tuple[bool, int, str, str, tuple[Span, ...], str]:
    """Sort key: worst first, what the reader has to decide before mere notes, accepted last."""
    return bool(finding.suppressed), severity(finding), finding.code, finding.fingerprint, finding.path, finding.message


def severity(finding: Finding) -> int:
    """The place of the finding's label among all: 0 is the worst."""
    word = label(finding)
    return _RANKS.index(word) if word in _RANKS else len(_RANKS)


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=rank)


def live(report: Report) -> list[Finding]:
    """The findings that nobody accepted, worst first."""
    return [finding for finding in ordered(report.findings) if not finding.suppressed]


def hops(finding: Finding, graph: DataGraph) -> list[Hop]:
    """The finding's path, tolerant of missing texts and edges."""
    out = []
    for number, span in enumerate(finding.path):
        what = finding.path_text[number] if number < len(finding.path_text) else ""
        index = finding.path_edges[number] if number < len(finding.path_edges) else -1
        out.append(Hop(span, what, graph.edges[index] if 0 <= index < len(graph.edges) else None))
    return out


class Step(NamedTuple):
    """What a finding passes in one go: the places of one edge, each once, and what happens along them."""

    what: str
    places: tuple[Span, ...]
    edge: Edge | None


def steps(finding: Finding, graph: DataGraph) -> list[Step]:
    """The finding's path, one step an edge; places without an edge stand alone unless they say nothing."""
    groups: list[list[Hop]] = []
    for hop in hops(finding, graph):
        if groups and groups[-1][-1].edge is hop.edge and (hop.edge or not hop.what):
            groups[-1].append(hop)
        else:
            groups.append([hop])
    return [_step(group) for group in groups]


def _step(group: list[Hop]) -> Step:
    places = {(hop.span.path, hop.span.line, hop.span.cell): hop.span for hop in reversed(group)}
    what = next((hop.what for hop in reversed(group) if hop.what), "")
    return Step(what, tuple(reversed(places.values())), group[0].edge)


def told(step: Step) -> str:
    """A step in one line, with where it begins and where it happens."""
    ends = dict.fromkeys((place(step.places[0]), place(step.places[-1])))
    return f"{plain(step.what) or 'passes'} ({' → '.join(ends)})"


def certain(finding: Finding, graph: DataGraph) -> str:
    """Why to believe it, or where not to."""
    if finding.certainty == "exact":
        return "every hop read in the code"
    rows = hops(finding, graph)
    weak = list(dict.fromkeys(place(hop.span) for hop in rows if hop.edge and hop.edge.certainty == finding.certainty))
    more = f" and {len(weak) - MAX_PLACES} more" if len(weak) > MAX_PLACES else ""
    where = f" at {', '.join(weak[:MAX_PLACES])}{more}" if weak else ""
    if finding.certainty == "partial":
        return f"names match by pattern, or the value passes an unknown call{where}"
    return f"a guess: nearness in the code, no data flow followed{where}"


def owners(finding: Finding, graph: DataGraph) -> list[str]:
    """Owners along the path, in order, repeats only where the owner changes: of the files, else of the nodes."""
    rows = hops(finding, graph)
    by_id, by_file = {node.id: node.owner for node in graph.nodes}, dict(graph.owners)
    edges = dict.fromkeys(hop.edge for hop in rows if hop.edge)
    of_nodes = (by_id.get(end, "") for edge in edges for end in (edge.source, edge.target))
    out: list[str] = []
    for owner in (by_file.get(hop.span.path, "") for hop in rows) if by_file else of_nodes:
        if owner and (not out or out[-1] != owner):
            out.append(owner)
    return out


def name_of(node_id: str, names: Mapping[str, Node]) -> str:
    """A node's name, also for ids that the graph does not hold (``kind:type:name``)."""
    if node := names.get(node_id):
        return node.name
    return node_id.split(":", 2)[-1]


def names(graph: DataGraph) -> dict[str, Node]:
    return {node.id: node for node in graph.nodes}


def called(node_id: str, nodes: Mapping[str, Node]) -> str:
    """A node's name for people: models by the short name that messages use."""
    name = name_of(node_id, nodes)
    return shorter(name) if node_id.startswith("model:") else name


def verb(edge: Edge) -> str:
    """What an edge says, read from its source to its target."""
    role = _ROLES.get(edge.role, "") if edge.kind in ("trains", "feeds") else ""
    return role or _VERBS.get(edge.kind, edge.kind)


def languages(summary: Summary) -> str:
    """``388 Python, 11 notebooks``: the most frequent first."""
    rows = sorted(summary.languages, key=lambda row: (-row[1], row[0]))
    return ", ".join(count(n, *_LANGUAGES.get(kind, (kind, kind))) for kind, n in rows)


def understood_nothing(summary: Summary) -> bool:
    return not (summary.assets or summary.models or summary.models_apart)


def models(summary: Summary) -> str:
    """``3 models``, ``1 model and 2 without known data``: what is trained on a parameter that nobody passes is understood, too."""
    if not summary.models_apart:
        return count(summary.models, "model")
    if not summary.models:
        return f"{count(summary.models_apart, 'model')} without known data"
    return f"{count(summary.models, 'model')} and {summary.models_apart} without known data"


def no_loop(summary: Summary) -> str:
    """Why no loop can be found, '' when one can."""
    if summary.models:
        return ""
    if summary.models_apart:
        return "no data is known of the models here, so no loop can be found"
    return "no model was understood here, so no loop can be found"


def advice(finding: Finding) -> tuple[str, str]:
    """What to do, in a sentence, and the block to paste where there is one: a finding's help carries it after its first line."""
    sentence, _, block = finding.help.partition("\n")
    clean = "\n".join(plain(line) for line in block.splitlines())
    return plain(sentence.strip().rstrip(":")), clean


def seen(finding: Finding) -> list[str]:
    """The notes worth a line: that a finding is possible stands in its label."""
    return [note for note in finding.notes if note != "possible"]


def short(finding: Finding) -> str:
    """How a command line names the finding: the first letters of its fingerprint."""
    return plain(finding.fingerprint[:8])


def tally(findings: Sequence[Finding], today: str = "") -> str:
    """``1 error, 1 to decide, 2 accepted (1 expires in 12 days), 3 accepted by the baseline``: the accepted are counted, not mixed in."""
    live = [finding for finding in findings if not finding.suppressed]
    sure = [finding for finding in live if not is_possible(finding)]
    parts = [count(n, word) for word in SEVERITIES if (n := sum(f.severity == word for f in sure))]
    parts += [f"{n} to decide"] if (n := len(live) - len(sure)) else []
    old = sum(finding.accepted_by == "baseline" for finding in findings)
    parts += [f"{n} accepted{_expiring(findings, today)}"] if (n := len(findings) - len(live) - old) else []
    parts += [f"{old} accepted by the baseline"] if old else []
    return ", ".join(parts) if live else ", ".join(["no coupling found", *parts])


def _expiring(findings: Sequence[Finding], today: str) -> str:
    """`` (1 expires in 12 days)``, of those that expire soon; nothing without a date to count from."""
    days = sorted(left for finding in findings if (left := _days(today, finding.until)) is not None and left <= SOON)
    if not days:
        return ""
    when = "today" if not days[0] else f"in {count(days[0], 'day')}"
    return f" ({len(days)} expires {when})" if len(days) == 1 else f" ({len(days)} expire soon, the first {when})"


def _days(today: str, until: str) -> int | None:
    try:
        return (date.fromisoformat(until) - date.fromisoformat(today)).days
    except ValueError:
        return None
