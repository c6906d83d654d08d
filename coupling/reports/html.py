"""One offline page: findings at the left, the graph in the middle, the hops with their excerpts at the right.

Findings and hops are in the page without its script, and so is a still picture of them; the graph that opens, folds and focuses is
drawn by the script from data (``island``). The page's policy lets this script and style alone act, so that no text of the
repository can.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from coupling.core.graph import Finding
from coupling.core.report import Report
from coupling.reports import change, words
from coupling.reports.canvas import canvas, safe
from coupling.reports.details import article
from coupling.reports.island import Board, board, island
from coupling.reports.options import Options
from coupling.reports.picture import draw
from coupling.reports.viewer import THEME, keys, script, style, tools

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coupling.core.source import Span
    from coupling.reports.details import Link

POLICY = ("base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'")
"""Nothing is loaded, sent or made of text: a script that tried to write HTML would fail."""
STILL = (120, 300)
"""Nodes and arrows of the picture for those whose browser runs no script."""


class Shown(NamedTuple):
    """A finding of the page, the report it stands in, and its mark in a comparison."""

    finding: Finding
    report: Report
    mark: str


def render(report: Report, options: Options) -> str:
    shown, drawn, link = _shown(report, options), board(report, options), _linker(options)
    places = drawn.places()
    data = island(drawn, report, options.base, [_passed(each, places) for each in shown])
    parts = [_head(options), _header(report, options), "<main>", _list(shown, report), _graph(report, drawn, options)]
    parts += ["<section id='details' aria-label='Details' tabindex='-1'><h2>Details</h2><div id='about' hidden></div>"]
    parts += [article(each.finding, number, each.report, link) for number, each in enumerate(shown)]
    parts += [_nothing(drawn) if not shown else "", "</section></main>", keys()]
    parts += [f"<script type='application/json' id='data'>{data}</script>", f"<script>{script()}</script>", "</body></html>"]
    return "\n".join(parts) + "\n"


def _shown(report: Report, options: Options) -> list[Shown]:
    """The findings, worst first; in a comparison with their marks, and those that are gone at the end."""
    base = options.base
    if base is None:
        return [Shown(finding, report, "") for finding in words.ordered(report.findings)]
    known = {finding.fingerprint for finding in base.findings}
    here = [Shown(f, report, "" if f.fingerprint in known or f.suppressed else "+") for f in words.ordered(report.findings)]
    return here + [Shown(finding, base, "-") for finding in change.compare(report, base).removed]


def _passed(shown: Shown, places: Mapping[change.EdgeKey, int]) -> list[int]:
    """The arrow of each leg, -1 where none is drawn."""
    out: list[int] = []
    last: object = out
    for hop in words.hops(shown.finding, shown.report.graph):
        if hop.edge != last:
            out.append(places.get(change.key(hop.edge), -1) if hop.edge else -1)
        last = hop.edge
    return out


def _linker(options: Options) -> Link:
    """Places as HTML: addresses where the reader gave a template for them, else text."""
    template = options.link if options.link.startswith(("https://", "http://")) else ""

    def link(span: Span) -> str:
        place = safe(words.place(span))
        if not template:
            return place
        address = template.replace("{path}", quote(span.path, errors="replace")).replace("{line}", str(max(1, span.line)))
        return f"<a href='{safe(address)}' rel='noopener noreferrer'>{place}</a>"

    return link


def _head(options: Options) -> str:
    allowed = {name: b64encode(sha256(text.encode()).digest()).decode() for name, text in (("script", script()), ("style", style()))}
    sources = [f"{name}-src 'sha256-{digest}'" for name, digest in allowed.items()]
    policy = "; ".join(["default-src 'none'", *sources, *POLICY])
    title = f"coupling: {options.project}" if options.project else "coupling"
    return (
        '<!doctype html><html lang="en"><head><meta name="generator" content="coupling"><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
        f"<title>{safe(title)}</title><style>{style()}</style></head><body data-view='both'>"
    )


def _header(report: Report, options: Options) -> str:
    summary = report.summary
    names = summary.names_resolved + summary.names_with_holes
    read = words.count(summary.files, "file") + (f" ({words.languages(summary)})" if summary.languages else "")
    known = [f"{words.count(summary.names_resolved, 'of', 'of')} {words.count(names, 'data name')}", words.models(summary)]
    known += [words.count(summary.assets, "data set"), words.count(summary.problems, "problem")]
    project = f"<span class='project'>{safe(options.project)}</span> " if options.project else ""
    tally = words.tally(report.findings, options.today) + _change(report, options)
    blind = words.understood_nothing(summary)
    warn = "<p class='warn'>No model and no data set was understood: no finding means nothing.</p>" if blind else ""
    return (
        f"<header><div><h1>coupling {project}<span class='tally'>{tally}</span></h1>"
        f"<p>{safe(read)}; understood {', '.join(known)}</p>{warn}</div><div class='tools'>{_views() if options.base else ''}"
        f"{THEME}</div></header>"
    )


def _change(report: Report, options: Options) -> str:
    """What a comparison comes to."""
    if options.base is None:
        return ""
    diff = change.compare(report, options.base)
    return f": {len(diff.added)} new, {len(diff.removed)} gone"


def _views() -> str:
    names = (("before", "− before"), ("both", "± both"), ("after", "+ after"))
    radios = (f"<label><input type='radio' name='view' value='{v}'{' checked' * (v == 'both')}>{text}</label>" for v, text in names)
    return f"<fieldset class='js'><legend>Show</legend>{''.join(radios)}</fieldset>"


def _list(shown: list[Shown], report: Report) -> str:
    rows = "".join(_row(each, number) for number, each in enumerate(shown))
    empty = "" if shown else f"<p class='empty'>{words.tally(report.findings).capitalize()}.</p>"
    return (
        "<nav aria-label='Findings'><div class='js search'><label for='search'>Filter findings and names <kbd>/</kbd></label>"
        "<input id='search' type='search' autocomplete='off' spellcheck='false'><p id='status' role='status'></p></div>"
        f"<h2>Findings</h2>{empty}<ol class='findings'>{rows}</ol>"
        "<div class='js' id='names'><h2 id='names-title'>Models</h2><ul class='names' aria-labelledby='names-title'></ul></div></nav>"
    )


def _row(shown: Shown, number: int) -> str:
    finding, label = shown.finding, safe(words.label(shown.finding))
    said = {"+": "+ new ", "-": "− gone "}.get(shown.mark, "")
    state = " accepted" if finding.suppressed else ""
    return (
        f"<li data-mark='{shown.mark}'><a class='finding {label}{state}' href='#finding-{number}'>"
        f"<span class='tag'>{said}{label} {safe(finding.code)}{state}</span> <span class='rule'>{safe(finding.rule)}</span>"
        f"<span class='message'>{safe(finding.message)}</span></a></li>"
    )


def _graph(report: Report, drawn: Board, options: Options) -> str:
    bar = tools(scripts=bool(drawn.extra_shapes or drawn.extra_arrows))
    marks = "; <b>+</b> thick is added, <b>−</b> dashed removed" if options.base else ""
    key = (
        f"Hexagons are models, sheets and cylinders data, pills routes, barred boxes scripts. Thick is on a finding, dotted a guess{marks}."
    )
    cut = f" {safe(drawn.picture.cut)}." if drawn.picture.cut else ""
    table = "<details id='flows' class='js'><summary>What is drawn, as a table</summary><div></div></details>"
    if not drawn.picture.shapes:
        return f"<section id='graph' aria-label='Graph'><h2>Graph</h2>{_blank(report)}</section>"
    return (
        f"<section id='graph' aria-label='Graph'><h2>Graph</h2>{bar}<div id='stage' class='js'></div>{_still(report, options)}"
        f"<p class='key'>{key}{cut}</p>{table}</section>"
    )


def _blank(report: Report) -> str:
    """Nothing to draw: that is an answer too, and the reader's next question is why."""
    asks = (
        ("coupling files --left-out", "which files were not looked at, and why"),
        ("coupling facts FILE", "what was understood in a file"),
        ("coupling rules NAME", "which calls of a library are known"),
    )
    rows = "".join(f"<li><code>{command}</code>: {text}</li>" for command, text in asks)
    read = words.count(report.summary.files, "file")
    return (
        f"<div class='blank'><p>{read} read, and no model and no data set found in them: there is nothing to draw.</p><ul>{rows}</ul></div>"
    )


def _still(report: Report, options: Options) -> str:
    """What is on findings, for browsers and hosts that run no script."""
    picture = draw(report, options._replace(findings_only=bool(report.findings), focus=""), STILL)
    drawing, layout = canvas(picture, "still-")
    box = f"width='{layout.width}' height='{layout.height}' viewBox='0 0 {layout.width} {layout.height}'"
    return f"<noscript><svg class='board' role='img' aria-label='What is on findings' {box}>{drawing}</svg></noscript>"


def _nothing(drawn: Board) -> str:
    hint = "Choose a model to see what it learns from and who uses it." if drawn.picture.shapes else "Nothing to show."
    return f"<p class='empty'>{hint}</p>"
