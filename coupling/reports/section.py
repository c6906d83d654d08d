"""The part of a comment that is about one finding: what happens, what the change added, a picture, the steps, what to do.

Comes in: a finding and what the whole comment knows. Goes out: Markdown. It does not choose which findings are told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from coupling.core.graph import Edge, Finding
from coupling.core.report import Report
from coupling.core.tomltext import quoted
from coupling.reports import change, places, words
from coupling.reports.kinds import kind_of
from coupling.reports.mermaid import flowchart
from coupling.reports.options import Options
from coupling.reports.prose import code, details, escape, fence, place, table, trail
from coupling.reports.ring import ring

MAX_PICTURE, MAX_OPEN = 1_800, 1_900
"""GitLab draws 2,000 characters of pictures, summed over what is open on the page."""
MAX_PICTURES, MAX_STEPS, MAX_PLACES = 10, 30, 12
MAX_ACROSS = 7
"""More shapes than these do not fit a comment's width at a size that can be read."""
_LABELS = (60, 40, 26)
_LEGEND = "<sub>`+` and thick: added by this change. `-` and dashed: removed by it.</sub>"
_COMMENTS = {".py": "#", ".ipynb": "#", ".yaml": "#", ".yml": "#", ".sh": "#", ".sql": "--"}


class Context(NamedTuple):
    """What every section is made from."""

    report: Report
    options: Options
    primary: places.Primary
    owners: dict[str, str]
    added: frozenset[change.EdgeKey]


def context(report: Report, options: Options) -> Context:
    before = {change.key(edge) for edge in options.base.graph.edges} if options.base else set()
    added = frozenset(map(change.key, report.graph.edges)) - before if options.base else frozenset()
    return Context(report, options, places.primary(report, options), dict(report.graph.owners), added)


def sections(findings: list[Finding], about: Context) -> Iterator[str]:
    """A section a finding; pictures are open as long as the hosts draw them at once."""
    used = 0
    for number, finding in enumerate(findings):
        picture = _picture(finding, about) if number < MAX_PICTURES else ""
        used += len(picture)
        yield _section(finding, picture, used <= MAX_OPEN, about)


def _section(finding: Finding, picture: str, is_open: bool, about: Context) -> str:
    steps = words.steps(finding, about.report.graph)
    lines = [
        f"**{escape(finding.message) or 'coupling'}**",
        _added(finding, steps, about),
        _before(finding, about),
        _drawn(picture, is_open, about),
        _steps(steps, about),
    ]
    facts = (("only when", finding.when), ("seen", words.seen(finding)))
    lines.append("\n".join(f"- {name}: {escape(text)}" for name, texts in facts for text in texts))
    lines.append(f"**How to break it:** {escape(words.advice(finding)[0] or kind_of(finding).help)}")
    lines += [_accept(finding, about), _also(finding), f"<sub>{_kind(finding, about)}</sub>"]
    return "\n\n".join(filter(None, lines))


def _kind(finding: Finding, about: Context) -> str:
    return f"`{words.label(finding)}` {escape(finding.code)} {escape(finding.rule)} · {escape(words.certain(finding, about.report.graph))}"


def _added(finding: Finding, steps: list[words.Step], about: Context) -> str:
    """The one place to look at: where the change adds a step, else where the finding is."""
    at = about.primary(finding)
    if at is None:
        return ""
    new = [step for step in steps if _is_added(step, about)]
    here = [step for step in new if at in step.places] or new
    if not here:
        return f"Look at {place(at, about.options.link)}."
    what = here[0].what
    verb = "closes" if finding.rule in words.LOOPS else "adds"
    return f"This change {verb} it at {place(at, about.options.link)}" + (f": {escape(what)}." if what else ".")


def _before(finding: Finding, about: Context) -> str:
    """One that was accepted is no news in the code: the acceptance is gone."""
    reason = change.accepted_before(finding, about.options.base)
    return f"It was accepted before, and is no more: {escape(reason)}" if reason else ""


def _is_added(step: words.Step, about: Context) -> bool:
    return step.edge is not None and change.key(step.edge) in about.added


def _picture(finding: Finding, about: Context) -> str:
    """The flowchart's source with labels as long as the hosts' limit allows; none when it fits with no labels worth reading."""
    drawn = ring(finding, about.report, about.options)
    down = len(drawn.shapes) > MAX_ACROSS
    texts = (flowchart(drawn, bool(about.options.base), width, down) for width in _LABELS)
    return next((text for text in texts if len(text) <= MAX_PICTURE), "") if drawn.arrows else ""


def _drawn(picture: str, is_open: bool, about: Context) -> str:
    if not picture:
        return ""
    block = f"{fence(picture, 'mermaid')}" + (f"\n\n{_LEGEND}" if about.options.base else "")
    return block if is_open else details("Picture", block)


def _steps(steps: list[words.Step], about: Context) -> str:
    rows = [
        ("**+**" if _is_added(step, about) else "", str(number), escape(step.what) or "passes", _where(step, about), _owner(step, about))
        for number, step in enumerate(steps[:MAX_STEPS], 1)
    ]
    if len(steps) > MAX_STEPS:
        rows.append(("", "", f"{words.count(len(steps) - MAX_STEPS, 'step')} more", "", ""))
    return table(("", "#", "what happens", "where", "owner"), rows) if rows else ""


def _where(step: words.Step, about: Context) -> str:
    return trail(step.places, about.options.link, MAX_PLACES)


def _owner(step: words.Step, about: Context) -> str:
    return " → ".join(map(code, _owners(step, about)))


def _owners(step: words.Step, about: Context) -> list[str]:
    """Who owns the files of a step, in its order; the owner of what it makes where no file has one."""
    found = [about.owners[span.path] for span in step.places if span.path in about.owners]
    return list(dict.fromkeys(found)) or _of_nodes(step.edge, about)


def _of_nodes(edge: Edge | None, about: Context) -> list[str]:
    if edge is None:
        return []
    known = {node.id: node.owner for node in about.report.graph.nodes}
    return [owner for end in (edge.unit, edge.target, edge.source) if (owner := known.get(end, ""))][:1]


def _also(finding: Finding) -> str:
    if not finding.also:
        return ""
    return details(words.count(len(finding.also), "more way", "more ways"), "\n".join(f"- {escape(line)}" for line in finding.also))


def _accept(finding: Finding, about: Context) -> str:
    """The block of the configuration that accepts the finding or states what it asks, ready to paste."""
    if given := words.advice(finding)[1]:
        return details("How to state or dismiss it", fence(given, "toml"))
    steps = words.steps(finding, about.report.graph)
    owner = next((owner for step in reversed(steps) for owner in reversed(_owners(step, about))), "")
    allow = [
        "[[tool.coupling.allow]]  # in pyproject.toml; [[allow]] in coupling.toml",
        f"fingerprint = {quoted(finding.fingerprint)}",
        'reason = "why this is wanted"',
        f"owner = {quoted(owner or '@who-answers-for-it')}",
        "# expires = 2030-12-31  # the last day: then it is reported again",
    ]
    ways = (fence("\n".join(allow), "toml"), _comment(finding))
    return details("How to accept it", "\n\n".join(filter(None, ways)))


def _comment(finding: Finding) -> str:
    """Above the last hop that can hold it, where it counts in every later run: the line that the change touched may be no hop of those."""
    hops = (
        (span, mark) for span in reversed(finding.path) for ending, mark in _COMMENTS.items() if span.line and span.path.endswith(ending)
    )
    at, mark = next(hops, (None, ""))
    return f"Or above {place(at, '')}: {code(f'{mark} coupling: ignore[{finding.code}] why this is wanted')}" if at else ""
