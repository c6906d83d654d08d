"""A picture as SVG elements: shapes with their names, arrows along their ways, labels where there is room.

Comes in: a picture and its layout. Goes out: SVG text without a style; ``svg`` and ``html`` bring theirs. Nothing of the repository
gets in but through ``safe``.
"""

from __future__ import annotations

import html
import textwrap
from typing import TYPE_CHECKING, NamedTuple

from coupling.reports import words
from coupling.reports.labels import label, middle
from coupling.reports.layout import GAP_X, HEIGHT, WIDTH, Layout, Point, place
from coupling.reports.picture import Arrow, Picture, Shape, tip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Link = Callable[[str], str]

MAIN, REST, TEXT = 21, 29, 22
"""Columns of a shape's two lines and of an arrow's label."""
MARKS = {"+": " plus", "-": " minus"}
_FEW = 40
"""Up to this many arrows, quiet ones have labels too."""
_X, _Y = WIDTH // 2, HEIGHT // 2
_TUBE = f"A7 {_Y} 0 0"
_FORMS = {
    "model": f"M{-_X} 0L{14 - _X} {-_Y}H{_X - 14}L{_X} 0L{_X - 14} {_Y}H{14 - _X}z",
    "route": f"M{_Y - _X} {-_Y}H{_X - _Y}A{_Y} {_Y} 0 0 1 {_X - _Y} {_Y}H{_Y - _X}A{_Y} {_Y} 0 0 1 {_Y - _X} {-_Y}z",
    "unit": f"M{-_X} {-_Y}H{_X}V{_Y}H{-_X}zM{6 - _X} {-_Y}V{_Y}",
    "table": f"M{-_X} {5 - _Y}A{_X} 5 0 0 1 {_X} {5 - _Y}V{_Y - 5}A{_X} 5 0 0 1 {-_X} {_Y - 5}zM{-_X} {5 - _Y}A{_X} 5 0 0 0 {_X} {5 - _Y}",
    "file": f"M{-_X} {-_Y}H{_X - 12}L{_X} {12 - _Y}V{_Y}H{-_X}zM{_X - 12} {-_Y}V{12 - _Y}H{_X}",
    "folder": f"M{-_X} {_Y}V{-_Y}H{34 - _X}L{40 - _X} {6 - _Y}H{_X}V{_Y}z",
    "topic": f"M{7 - _X} {-_Y}H{_X - 7}{_TUBE} 1 {_X - 7} {_Y}H{7 - _X}{_TUBE} 1 {7 - _X} {-_Y}zM{_X - 7} {-_Y}{_TUBE} 0 {_X - 7} {_Y}",
    "group": f"M{-_X} {5 - _Y}H{_X - 5}V{_Y}H{-_X}zM{5 - _X} {5 - _Y}V{-_Y}H{_X}V{_Y - 5}H{_X - 5}",
}
_TYPES = {"file": "file", "dir": "folder", "glob": "folder", "topic": "topic", "folder": "group"}


class Box(NamedTuple):
    """Where a label stands: its centre and half its size."""

    x: float
    y: float
    half: float
    tall: float


def forms() -> dict[str, str]:
    """The outlines around (0, 0) by name, for those who draw elsewhere."""
    return _FORMS


def form(shape: Shape) -> str:
    """The name of a shape's outline: hexagons are models, pills routes, sheets files, cylinders tables and other data."""
    return _TYPES.get(shape.type, "table") if shape.kind == "asset" else shape.kind if shape.kind in _FORMS else "unit"


def safe(text: str) -> str:
    """Text for an element or a quoted attribute, in HTML and in XML."""
    plain = "".join(ch if ch < "\ufffe" or ch > "\uffff" else f"\\u{ord(ch):04x}" for ch in words.plain(text))
    return html.escape(plain, quote=True)


def canvas(picture: Picture, prefix: str = "", link: Link | None = None) -> tuple[str, Layout]:
    """The elements of the picture, and its size. ``prefix`` keeps ids apart; ``link`` gives the address of a node, or nothing."""
    board = place(len(picture.shapes), [(arrow.source, arrow.target) for arrow in picture.arrows])
    halos = [f"<path class='halo' d='{curve(board.ways[n])}'/>" for n, arrow in enumerate(picture.arrows) if arrow.loop]
    arrows = [_arrow(arrow, board.ways[number], prefix) for number, arrow in enumerate(picture.arrows)]
    shapes = [_shape(shape, board.places[number][:2], link(shape.id) if link else "") for number, shape in enumerate(picture.shapes)]
    return "".join([tips(prefix), *halos, *arrows, *shapes, *_texts(picture, board)]), board


def tips(prefix: str) -> str:
    """The heads of arrows."""
    return "".join(
        f"<marker id='{prefix}{name}' class='{name}' viewBox='0 0 9 8' refX='8.5' refY='4' markerWidth='9' markerHeight='8' "
        "markerUnits='userSpaceOnUse' orient='auto'><path d='M0 0L9 4L0 8z'/></marker>"
        for name in ("tip", "tip-loop", "tip-plus")
    )


def curve(way: Sequence[Point]) -> str:
    """The path along a way: flat through bends, a swing between columns; a ring when it begins and ends at one edge."""
    (x, y), *rest = way
    if len(way) == 2 and y == rest[0][1] and abs(rest[0][0] - x) < GAP_X:
        return f"M{x} {y}C{x - 8} {y - 26} {rest[0][0] + 8} {y - 26} {rest[0][0]} {y}"
    out, swing = [f"M{x} {y}"], True
    for x2, y2 in rest:
        bend = (x2 - x) / 2
        out.append(f"C{x + bend:g} {y} {x2 - bend:g} {y2} {x2} {y2}" if swing else f"H{x2}")
        x, y, swing = x2, y2, not swing
    return "".join(out)


def _shape(shape: Shape, at: tuple[int, ...], link: str) -> str:
    text = label(shape)
    main = f"{shape.mark} {middle(text.main, MAIN - 2)}" if shape.mark else middle(text.main, MAIN)
    low = 3 if form(shape) == "table" else 0
    body = (
        f"<title>{safe(f'{shape.kind} {shape.type} {shape.label}')}</title><path d='{_FORMS[form(shape)]}'/>"
        f"<text y='{low - 2}'>{safe(main)}</text><text y='{low + 12}' class='rest'>{safe(words.ending(text.rest, REST))}</text>"
    )
    inner = f"<a href='{safe(link)}'>{body}</a>" if link.startswith(("https://", "http://")) else body
    classes = f"node {form(shape)}{' loop' if shape.loop else ''}{MARKS.get(shape.mark, '')}"
    return f"<g class='{classes}' transform='translate({at[0]} {at[1]})'>{inner}</g>"


def _arrow(arrow: Arrow, way: Sequence[Point], prefix: str) -> str:
    tone = "-loop" if arrow.loop else "-plus" if arrow.mark == "+" else ""
    classes = f"arrow{' loop' if arrow.loop else ''}{MARKS.get(arrow.mark, '')}{' guess' if arrow.certainty == 'guess' else ''}"
    return (
        f"<g class='{classes}'><title>{'&#10;'.join(map(safe, tip(arrow)))}</title>"
        f"<path d='{curve(way)}' marker-end='url(#{prefix}tip{tone})'/></g>"
    )


def _texts(picture: Picture, board: Layout) -> Iterator[str]:
    """Labels of arrows, those of loops and changes first: each where it covers no other; quiet ones only in a small picture."""
    taken: list[Box] = []
    order = sorted(range(len(picture.arrows)), key=lambda n: (not picture.arrows[n].loop, not picture.arrows[n].mark, n))
    for number in order:
        arrow = picture.arrows[number]
        loud = arrow.loop or bool(arrow.mark)
        if not loud and len(picture.arrows) > _FEW:
            return
        lines = wrapped(arrow)
        if box := _room(board.ways[number], lines, taken, loud):
            taken.append(box)
            yield "".join(
                f"<text class='flow{' loop' if arrow.loop else ''}' x='{box.x:g}' y='{box.y + 12 * index - 6 * len(lines) + 9:g}'>"
                f"{safe(line)}</text>"
                for index, line in enumerate(lines)
            )


def wrapped(arrow: Arrow) -> list[str]:
    """An arrow's label in up to three lines: what flows, and in which scripts."""
    flow, _, units = words.plain(f"{arrow.mark} {arrow.label}" if arrow.mark else arrow.label).partition(" · ")
    lines = textwrap.wrap(flow, TEXT, max_lines=2, placeholder=" …")
    return [middle(line, TEXT) for line in (*lines, units) if line]


def _room(way: Sequence[Point], lines: Sequence[str], taken: Sequence[Box], loud: bool) -> Box | None:
    """A box on the way that covers none of ``taken``; for what has to be said, the first choice at worst."""
    half, tall = min(2.8 * max(map(words.columns, lines)), GAP_X / 2), 6.5 * len(lines)
    boxes = [Box(x, y, half, tall) for x, y in _spots(way, tall + 5)]
    for box in boxes:
        if not any(abs(box.x - b.x) < box.half + b.half and abs(box.y - b.y) < box.tall + b.tall for b in taken):
            return box
    return boxes[0] if loud else None


def _spots(way: Sequence[Point], off: float) -> Iterator[tuple[float, float]]:
    """Where on a way a label may stand, best first. One of a lens stands outside it, that of a ring above."""
    if len(way) == 2 and abs(way[1][0] - way[0][0]) < GAP_X:
        yield (way[0][0] + way[1][0]) / 2, way[0][1] - 14 - off
        return
    if len(way) == 4 and abs(way[2][0] - way[1][0]) < WIDTH:
        up = -off if 2 * way[1][1] < way[0][1] + way[3][1] else off
        yield from (((way[1][0] + way[2][0]) / 2, way[1][1] + shift) for shift in (up, 0, 2 * up))
    swings = list(zip(way[::2], way[1::2], strict=True))
    yield from (((x1 + x2) / 2, y1 + (y2 - y1) * part) for (x1, y1), (x2, y2) in swings for part in (0.5, 0.34, 0.66))
    yield from (((x1 + x2) / 2, (y1 + y2) / 2 + shift) for (x1, y1), (x2, y2) in swings for shift in (-off, off))
