"""The right side of the viewer: each finding with its hops, in full, as HTML that needs no script.

Comes in: findings in the order of the page. Goes out: ``article`` elements. Hops that make one flow stand together as a *leg*.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from coupling.core.graph import Finding
from coupling.core.report import Report
from coupling.reports import words
from coupling.reports.canvas import safe
from coupling.reports.island import MAX_STEPS, facts, text
from coupling.reports.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from coupling.core.graph import Edge, Node
    from coupling.core.source import Span

    Link = Callable[[Span], str]


def article(finding: Finding, number: int, report: Report, link: Link) -> str:
    """One finding. ``report`` is the one it stands in; ``link`` makes a place of the code to HTML."""
    anchor = f"finding-{number}"
    loop = " data-loop='1'" if finding.rule in words.LOOPS else ""
    sure = f"{words.label(finding)} {finding.code} {finding.rule}" + (" · accepted" if finding.suppressed else "")
    return (
        f"<article id='{anchor}' aria-labelledby='{anchor}-title'{loop}><p class='tag {safe(words.label(finding))}'>{safe(sure)}</p>"
        f"<h3 id='{anchor}-title'>{safe(finding.message)}</h3>{_rows(_about(finding, report))}"
        f"<ol class='legs'>{_legs(finding, report, link)}</ol>{_advice(finding)}</article>"
    )


def _about(finding: Finding, report: Report) -> list[tuple[str, str]]:
    owners = " → ".join(words.owners(finding, report.graph))
    rows = [("accepted", finding.suppressed), ("owners", owners), ("certain", words.certain(finding, report.graph))]
    rows += [("confidence", f"{finding.confidence:.2f}")] if finding.confidence < 1 else []
    rows += [
        (name, each) for name, texts in (("when", finding.when), ("seen", words.seen(finding)), ("also", finding.also)) for each in texts
    ]
    return [row for row in rows if row[1]]


def _rows(rows: list[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<dt>{safe(name)}</dt><dd>{safe(value)}</dd>' for name, value in rows)}</dl>" if rows else ""


def _legs(finding: Finding, report: Report, link: Link) -> str:
    names, hops, out = words.names(report.graph), words.hops(finding, report.graph), []
    for number, (edge, row) in enumerate(groupby(hops, key=lambda hop: hop.edge)):
        steps = "".join(_hop(hop, link) for hop in row)
        head = _flow(edge, names) if edge else ""
        out.append(f"<li data-leg='{number}'>{head}<ol class='hops'>{steps}</ol>{_known(edge, link) if edge else ''}</li>")
    return "".join(out)


def _flow(edge: Edge, names: dict[str, Node]) -> str:
    role = f" as {edge.role}" if edge.role and edge.role != "data" else ""
    ends = [safe(words.name_of(end, names)) for end in (edge.source, edge.target)]
    return f"<p class='flow-line'><b>{ends[0]}</b> <i>{safe(edge.kind + role)} →</i> <b>{ends[1]}</b></p>"


def _hop(hop: words.Hop, link: Link) -> str:
    what = f"<span class='what'>{safe(hop.what)}</span>" if hop.what else ""
    return f"<li class='hop' tabindex='0'><span class='where'>{link(hop.span)}</span> {what}{_excerpt(hop.span)}</li>"


def _excerpt(span: Span) -> str:
    line = text(span.text.strip())
    return f"<pre><code>{safe(line)}</code></pre>" if line else ""


def _known(edge: Edge, link: Link) -> str:
    """How the names of the flow were resolved, step by step."""
    steps = "".join(f"<li><span class='where'>{link(span)}</span>{_excerpt(span)}</li>" for span in edge.evidence[:MAX_STEPS])
    more = f"<li>{words.count(len(edge.evidence) - MAX_STEPS, 'more step')}</li>" if len(edge.evidence) > MAX_STEPS else ""
    body = _rows(facts(edge)) + (f"<ol class='steps'>{steps}{more}</ol>" if steps else "")
    return f"<details><summary>How this is known</summary>{body}</details>"


def _advice(finding: Finding) -> str:
    sentence, block = words.advice(finding)
    lines = "\n".join(map(safe, block.splitlines()))
    paste = f"<pre class='paste'><code>{lines}</code></pre>" if lines else ""
    names = (
        _rows([("explain", f"coupling explain {words.short(finding)}"), ("fingerprint", finding.fingerprint)])
        if finding.fingerprint
        else ""
    )
    said = safe(sentence or kind_of(finding).help)
    return f"<section class='advice' aria-label='What to do'><h4>What to do</h4><p>{said}</p>{paste}{names}</section>"
