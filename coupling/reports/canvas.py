"""A picture as SVG for the viewer: shapes that can be focused and named aloud, arrows that run back under the layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.reports import layout, words
from coupling.reports.layout import HEIGHT, WIDTH, Place
from coupling.reports.picture import Arrow, Picture, Shape, tip

if TYPE_CHECKING:
    from collections.abc import Callable

    Escape = Callable[[str], str]

MAX_NODES, MAX_EDGES, MAX_LABEL = 300, 900, 26
_MARKS = {"+": " plus", "-": " minus"}
_DROP = 60
"""How far an arrow that runs back hangs below its shapes."""


def canvas(picture: Picture, safe: Escape, prefix: str = "", hidden: bool = False) -> str:
    """The SVG element. ``safe`` escapes text for HTML; ``prefix`` keeps the ids of several on a page apart."""
    board = layout.place(len(picture.shapes), [(arrow.source, arrow.target) for arrow in picture.arrows])
    arrows = [_arrow(f"{prefix}{number}", arrow, board.places, safe, prefix) for number, arrow in enumerate(picture.arrows)]
    shapes = [_shape(f"{prefix}{number}", shape, board.places[number], safe) for number, shape in enumerate(picture.shapes)]
    title = f"{words.count(len(picture.shapes), 'node')} and {words.count(len(picture.arrows), 'flow')}, listed as a table below"
    return (
        f"<svg class='board' id='board{prefix}'{' hidden' * hidden} role='group' aria-label='{title}' "
        f"width='{board.width}' height='{board.height}' "
        f"viewBox='0 0 {board.width} {board.height}'>"
        f"<defs><marker id='tip{prefix}' viewBox='0 0 8 8' refX='7' refY='4' markerWidth='8' markerHeight='8' "
        "markerUnits='userSpaceOnUse' orient='auto'>"
        f"<path d='M0 0L8 4L0 8z'/></marker></defs>{''.join(arrows)}{''.join(shapes)}</svg>"
    )


def _shape(number: str, shape: Shape, at: Place, safe: Escape) -> str:
    name = f"{shape.mark} {words.ending(shape.label, MAX_LABEL - 2)}" if shape.mark else shape.label
    spoken = f"{shape.kind} {shape.label}{', on a coupling' if shape.loop else ''}"
    return (
        f"<g id='n{number}' class='node{' loop' if shape.loop else ''}{_MARKS.get(shape.mark, '')}' tabindex='0' role='button' "
        f"aria-label='{safe(spoken)}' data-name='{safe(shape.label)}'><title>{safe(f'{shape.kind} {shape.type} {shape.label}')}</title>"
        f"{_outline(shape.kind, at)}<text x='{at.x}' y='{at.y + 4}'>{safe(words.ending(name, MAX_LABEL))}</text></g>"
    )


def _outline(kind: str, at: Place) -> str:
    left, right, top, bottom = at.x - WIDTH // 2, at.x + WIDTH // 2, at.y - HEIGHT // 2, at.y + HEIGHT // 2
    if kind == "model":
        corners = ((left, at.y), (left + 14, top), (right - 14, top), (right, at.y), (right - 14, bottom), (left + 14, bottom))
        return f"<polygon points='{' '.join(f'{x},{y}' for x, y in corners)}'/>"
    if kind == "asset":
        arc = f"A{WIDTH // 2} 5 0 0"
        body = f"M{left} {top + 5}{arc} 1 {right} {top + 5}V{bottom - 5}{arc} 1 {left} {bottom - 5}z"
        return f"<path d='{body} M{left} {top + 5}{arc} 0 {right} {top + 5}'/>"
    return f"<rect x='{left}' y='{top}' width='{WIDTH}' height='{HEIGHT}' rx='{HEIGHT // 2 if kind == 'route' else 2}'/>"


def _arrow(number: str, arrow: Arrow, places: tuple[Place, ...], safe: Escape, prefix: str) -> str:
    line, x, y = _line(places[arrow.source], places[arrow.target])
    classes = f"arrow{' loop' if arrow.loop else ''}{_MARKS.get(arrow.mark, '')}{' guess' if arrow.certainty == 'guess' else ''}"
    label = f"{arrow.mark} {arrow.label}" if arrow.mark else arrow.label
    return (
        f"<g id='a{number}' class='{classes}' data-ends='n{prefix}{arrow.source} n{prefix}{arrow.target}'>"
        f"<title>{'&#10;'.join(map(safe, tip(arrow)))}</title>"
        f"<path d='{line}' marker-end='url(#tip{prefix})'/><text x='{x}' y='{y}'>{safe(words.cut(words.plain(label), 44))}</text></g>"
    )


def _line(a: Place, b: Place) -> tuple[str, int, int]:
    """The curve, and where its label stands. Forward: from side to side; back or within a layer: below both."""
    if b.layer > a.layer:
        x1, x2 = a.x + WIDTH // 2, b.x - WIDTH // 2 - 2
        bend = (x2 - x1) // 2
        return f"M{x1} {a.y}C{x1 + bend} {a.y} {x2 - bend} {b.y} {x2} {b.y}", (x1 + x2) // 2, (a.y + b.y) // 2 - 4
    low = max(a.y, b.y) + HEIGHT // 2 + _DROP
    y1, y2 = a.y + HEIGHT // 2, b.y + HEIGHT // 2 + 2
    shift = 40 if a == b else 0
    return f"M{a.x + shift} {y1}C{a.x + shift} {low} {b.x - shift} {low} {b.x - shift} {y2}", (a.x + b.x) // 2, low - _DROP // 3
