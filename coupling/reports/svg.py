"""One SVG picture, complete in itself: no program, font or stylesheet is needed to make or to show it.

It can be read in the dark and in grey, says aloud what it shows, and points at the code when the places have addresses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from coupling.core.report import Report
from coupling.reports import words
from coupling.reports.canvas import canvas, safe
from coupling.reports.options import Options
from coupling.reports.picture import Picture, calm, draw

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_NODES, MAX_EDGES, MAX_SAID = 1_000, 3_000, 60
_FOOT = 22

_STYLE = (
    ".paper{fill:#fff}text{font:13px Helvetica,Arial,'Liberation Sans',sans-serif;text-anchor:middle;fill:#1d1d1f}"
    ".rest{font-size:10.5px;fill:#5c5c60}.flow{font-size:10.5px;fill:#5c5c60;stroke:#fff;stroke-width:3px;paint-order:stroke}"
    ".foot{text-anchor:start;font-size:11px;fill:#5c5c60}"
    ".node path{fill:#fff;stroke:#8a8a8e;stroke-width:1.2}.arrow path{fill:none;stroke:#8a8a8e;stroke-width:1.2}"
    ".tip{fill:#8a8a8e}.tip-loop{fill:#b3261e}.tip-plus{fill:#1b6e3c}"
    ".halo{fill:none;stroke:#fde2e1;stroke-width:11;stroke-linecap:round}"
    ".loop path{stroke:#b3261e;stroke-width:2.6}.node.loop path{fill:#fde2e1}.flow.loop{fill:#8c1d18;font-weight:bold}"
    ".guess path{stroke-dasharray:2 4}.minus path{stroke-dasharray:7 4}.plus path{stroke-width:3}.plus:not(.loop) path{stroke:#1b6e3c}"
    "a:hover path{stroke-width:3}"
    "@media(prefers-color-scheme:dark){.paper,.node path{fill:#18181a}text{fill:#ececee}"
    ".rest,.flow,.foot{fill:#b0b0b5}.flow{stroke:#18181a}"
    ".node path,.arrow path{stroke:#8e8e93}.tip{fill:#8e8e93}.halo{stroke:#4a1f1d}.loop path{stroke:#ff8a80}.tip-loop{fill:#ff8a80}"
    ".node.loop path{fill:#4a1f1d}.flow.loop{fill:#ffb4ac}.plus:not(.loop) path{stroke:#7bd49b}.tip-plus{fill:#7bd49b}}"
)


def render(report: Report, options: Options) -> str:
    picture = calm(draw(report, options, (MAX_NODES, MAX_EDGES)))
    drawing, board = canvas(picture, link=_addresses(report, options.link))
    notes = [f"… {picture.cut}"] if picture.cut else []
    notes += [] if picture.shapes else ["no model and no data set"]
    height = board.height + _FOOT * len(notes)
    title = f"Data flow between models{f' of {options.project}' if options.project else ''}"
    foot = "".join(f"<text class='foot' x='24' y='{board.height + _FOOT * n + 4}'>{safe(note)}</text>" for n, note in enumerate(notes))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="{"group" if options.link else "img"}" aria-labelledby="title desc" '
        f'width="{board.width}" height="{height}" viewBox="0 0 {board.width} {height}">\n'
        f'<title id="title">{safe(title)}</title>\n<desc id="desc">{safe(description(picture))}</desc>\n'
        f'<style>{_STYLE}</style>\n<rect class="paper" width="100%" height="100%"/>\n{drawing}{foot}\n</svg>\n'
    )


def description(picture: Picture) -> str:
    """The picture in a paragraph, what is on findings first."""
    arrows = sorted(picture.arrows, key=lambda arrow: (not arrow.loop, not arrow.mark))
    names = [shape.label for shape in picture.shapes]
    said = [f"{names[a.source]} {a.mark}{a.label} {names[a.target]}{' (on a finding)' if a.loop else ''}" for a in arrows[:MAX_SAID]]
    more = [f"{len(arrows) - MAX_SAID} more"] if len(arrows) > MAX_SAID else []
    return f"{words.count(len(names), 'node')} and {words.count(len(arrows), 'flow')}. {'; '.join([*said, *more])}"


def _addresses(report: Report, template: str) -> Callable[[str], str] | None:
    """The address of the first place of a node."""
    if not template:
        return None
    places = {node.id: node.at[0] for node in report.graph.nodes if node.at}

    def address(node: str) -> str:
        span = places.get(node)
        path = quote(span.path, errors="replace") if span else ""
        return template.replace("{path}", path).replace("{line}", str(span.line)) if span else ""

    return address
