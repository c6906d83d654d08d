"""One offline page: findings, the graph, and the hops with their excerpts. Nothing is loaded from anywhere.

Everything is in the page without its script (which filters, lights up and moves); the script holds no data, and the
page's policy allows this script alone, so that no text of the repository can run.
"""

from __future__ import annotations

import html
from base64 import b64encode
from hashlib import sha256

from coupling.core.graph import Finding
from coupling.core.report import Report
from coupling.reports import words
from coupling.reports.canvas import MAX_EDGES, MAX_NODES, canvas
from coupling.reports.kinds import kind_of
from coupling.reports.options import Options
from coupling.reports.picture import Picture, draw, fold
from coupling.reports.viewer import SCRIPT, STYLE

Places = dict[object, list[str]]
Boards = dict[str, Picture]
"""The drawings of one picture by the prefix of their ids: in full, and with quiet folders as one."""

FOLDED, FOLD_FROM = "f", 60


def render(report: Report, options: Options) -> str:
    picture = draw(report, options, (MAX_NODES, MAX_EDGES))
    folded = fold(picture)
    boards = {"": picture} if folded is picture else {"": picture, FOLDED: folded}
    findings, places = words.ordered(report.findings), _places(boards)
    parts = [_head(options), _header(report, options), "<main>", _list(findings, options), _graph(boards, options)]
    parts += ["<section aria-label='Details'><h2>Hops</h2>", *(_article(f, n, report, places) for n, f in enumerate(findings))]
    parts += ["" if findings else "<p class='empty'>Nothing to show.</p>", "</section></main>", _table(picture)]
    return "\n".join([*parts, f"<script>{SCRIPT}</script>", "</body></html>"]) + "\n"


def safe(text: str) -> str:
    """Text for an element or a quoted attribute."""
    return html.escape(words.plain(text), quote=True)


def _head(options: Options) -> str:
    digest = b64encode(sha256(SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = f"coupling: {options.project}" if options.project else "coupling"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{safe(title)}</title><style>{STYLE}</style></head>'
        '<body data-view="both">'
    )


def _header(report: Report, options: Options) -> str:
    summary = report.summary
    names = summary.names_resolved + summary.names_with_holes
    lines = [f"<header><h1>coupling: {words.tally(report.findings)}</h1>"]
    languages = f" ({safe(words.languages(summary))})" if summary.languages else ""
    lines.append(
        f"<p>{words.count(summary.files, 'file')}{languages}; {summary.names_resolved} of {words.count(names, 'data name')} understood, "
    )
    lines.append(f"{words.models(summary)}, {words.count(summary.assets, 'data set')}, {words.count(summary.problems, 'problem')}</p>")
    if words.understood_nothing(summary):
        lines.append("<p class='warn'>No model and no data set was understood: no finding means nothing.</p>")
    if options.base:
        radios = (
            f"<label><input type='radio' name='view' value='{v}'{' checked' * (v == 'both')}> {v}</label> "
            for v in ("before", "after", "both")
        )
        lines.append(f"<fieldset><legend>Show</legend>{''.join(radios)}</fieldset>")
    return "\n".join([*lines, "</header>"])


def _list(findings: list[Finding], options: Options) -> str:
    known = {finding.fingerprint for finding in options.base.findings} if options.base else None
    rows = [f"<li>{_button(finding, known)}</li>" for finding in findings]
    return (
        "<nav aria-label='Findings'><h2>Findings</h2><label for='search'>Filter (/)</label>"
        "<input id='search' type='search' autocomplete='off'><p id='status' role='status' class='empty'></p>"
        f"<ol class='findings'>{''.join(rows)}</ol></nav>"
    )


def _button(finding: Finding, known: set[str] | None) -> str:
    label = words.label(finding)
    new = "+ " if known is not None and finding.fingerprint not in known else ""
    text = " ".join(
        (label, finding.code, finding.rule, finding.message, *finding.models, *finding.assets, *(span.path for span in finding.path))
    )
    state = " accepted" if finding.suppressed else ""
    return (
        f"<button type='button' class='{safe(label)}{state}' aria-pressed='false' data-text='{safe(text)}'>"
        f"<span class='tag'>{new}{safe(label)}{state} {safe(finding.code)} {safe(finding.rule)}</span><br>{safe(finding.message)}</button>"
    )


def _graph(boards: Boards, options: Options) -> str:
    picture = boards[""]
    cut = f"<p class='empty'>… {safe(picture.cut)}</p>" if picture.cut else ""
    key = "Hexagons are models, cylinders data, rounded boxes routes, boxes scripts; thick is on a coupling, dotted a guess"
    key += "; + is added, - removed" if options.base else ""
    start = FOLDED if FOLDED in boards and len(picture.shapes) > FOLD_FROM else ""
    drawings = (canvas(board, safe, prefix, prefix != start) for prefix, board in boards.items())
    drawing = "".join(drawings) if picture.shapes else "<p class='empty'>No model and no data set.</p>"
    head = f"<section aria-label='Graph'><h2>Graph</h2><p class='empty'>{key}.</p>{cut}{_detail(start) if len(boards) > 1 else ''}"
    return f"{head}<div class='scroll' tabindex='0'>{drawing}</div></section>"


def _detail(start: str) -> str:
    """The switch between every node and folders as one."""
    choices = (("", "every node"), (FOLDED, "quiet folders as one"))
    radios = (
        f"<label><input type='radio' name='detail' value='board{p}'{' checked' * (p == start)}> {text}</label> " for p, text in choices
    )
    return f"<fieldset><legend>Detail</legend>{''.join(radios)}</fieldset>"


def _article(finding: Finding, number: int, report: Report, places: Places) -> str:
    hops = words.hops(finding, report.graph)
    arrows = [places.get(hop.edge, []) for hop in hops]
    ends = {end for hop in hops if hop.edge for end in (hop.edge.source, hop.edge.target)}
    named = sorted({*finding.models, *finding.assets} | ends)
    lit = sorted({id_ for row in (*arrows, *(places.get(node, []) for node in named)) for id_ in row})
    steps = [_hop(hop, row) for hop, row in zip(hops, arrows, strict=True)]
    loop = "1" if finding.rule in words.LOOPS else "0"
    anchor = f"finding-{number}"
    return (
        f"<article id='{anchor}' aria-labelledby='{anchor}-title' data-loop='{loop}' data-lit='{' '.join(lit)}'>"
        f"<h3 id='{anchor}-title'>{safe(finding.message)}</h3>{_facts(finding, report)}<ol class='hops'>{''.join(steps)}</ol></article>"
    )


def _places(boards: Boards) -> Places:
    """The ids of the elements that draw each edge and each node."""
    out: Places = {}
    for prefix, board in boards.items():
        for number, arrow in enumerate(board.arrows):
            for edge in arrow.edges:
                out.setdefault(edge, []).append(f"a{prefix}{number}")
        for number, shape in enumerate(board.shapes):
            out.setdefault(shape.id, []).append(f"n{prefix}{number}")
    return out


def _facts(finding: Finding, report: Report) -> str:
    rows = [("owners", " → ".join(words.owners(finding, report.graph)))] if words.owners(finding, report.graph) else []
    rows += [("accepted", finding.suppressed)] if finding.suppressed else []
    rows += [
        (name, text) for name, texts in (("when", finding.when), ("seen", words.seen(finding)), ("also", finding.also)) for text in texts
    ]
    rows += [("help", words.advice(finding)[0] or kind_of(finding).help), ("certain", words.certain(finding, report.graph))]
    rows += [("confidence", f"{finding.confidence:.2f}")] if finding.confidence < 1 else []
    rows += [("fingerprint", finding.fingerprint)]
    block = "\n".join(map(safe, words.advice(finding)[1].splitlines()))
    paste = f"<pre><code>{block}</code></pre>" if block else ""
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{safe(text)}</dd>' for name, text in rows)}</dl>{paste}"


def _hop(hop: words.Hop, arrows: list[str]) -> str:
    excerpt = f"<pre><code>{safe(hop.span.text.strip())}</code></pre>" if hop.span.text.strip() else ""
    return (
        f"<li tabindex='0' data-arrow='{' '.join(arrows)}'><span class='where'>{safe(words.place(hop.span))}</span> "
        f"{safe(hop.what)}{excerpt}{_why(hop)}</li>"
    )


def _why(hop: words.Hop) -> str:
    """How the hop's names were resolved, step by step."""
    if hop.edge is None:
        return ""
    rows = [
        ("why", hop.edge.why),
        ("columns", ", ".join(hop.edge.columns)),
        ("when", "; ".join(hop.edge.when)),
        ("seen", "; ".join(hop.edge.notes)),
    ]
    rows += [("certainty", hop.edge.certainty)] if hop.edge.certainty != "exact" else []
    rows += [("step", f"{words.place(span)}  {span.text.strip()}") for span in hop.edge.evidence]
    body = "".join(f"<dt>{name}</dt><dd>{safe(text)}</dd>" for name, text in rows if text)
    return f"<details><summary>{safe(hop.edge.kind)}</summary><dl>{body}</dl></details>" if body else ""


def _table(picture: Picture) -> str:
    """The same picture as text, for those who cannot see it."""
    names = [f"{shape.kind} {shape.label}" for shape in picture.shapes]
    rows = "".join(
        f"<tr><td>{safe(names[arrow.source])}</td><td>{safe(f'{arrow.mark} {arrow.label}'.strip())}</td>"
        f"<td>{safe(names[arrow.target])}</td><td>{safe(arrow.certainty)}{', on a coupling' if arrow.loop else ''}</td></tr>"
        for arrow in picture.arrows
    )
    head = "<tr><th scope='col'>from</th><th scope='col'>flow</th><th scope='col'>to</th><th scope='col'>certainty</th></tr>"
    table = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"
    return f"<footer><details><summary>The graph as a table</summary>{table}</details></footer>"
