"""The graph as data for the viewer's script: one JSON text that can stand in a page.

Comes in: a report and the reader's selection. Goes out: the picture's shapes and arrows by position, with what is shown about each,
and where findings pass. Texts are made harmless here; the script only ever sets them as text.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from coupling.core.graph import Edge
from coupling.core.report import Report
from coupling.core.source import Span
from coupling.reports import change, words
from coupling.reports.canvas import form, forms
from coupling.reports.labels import label
from coupling.reports.options import Options
from coupling.reports.picture import Arrow, Picture, Shape, draw

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from coupling.core.graph import Node

Json = dict[str, object]
MAX_NODES, MAX_EDGES, MAX_DETAILS, MAX_STEPS, MAX_TEXT = 5_000, 20_000, 8, 24, 300
_ESCAPES = {ord(ch): f"\\u{ord(ch):04x}" for ch in "<>&\u2028\u2029"} | {code: f"\\u{code:04x}" for code in range(0xD800, 0xE000)}


class Board(NamedTuple):
    """The picture with everything in it, and which of it is drawn only together with scripts and what no model is linked to."""

    picture: Picture
    extra_shapes: frozenset[str]
    extra_arrows: frozenset[tuple[str, str, str]]

    def places(self) -> dict[change.EdgeKey, int]:
        """The position of the arrow that draws an edge."""
        return {change.key(edge): number for number, arrow in enumerate(self.picture.arrows) for edge in arrow.edges}


def board(report: Report, options: Options) -> Board:
    """Both pictures in one. A repository too large to draw its scripts keeps to what is linked to a model."""
    budget = (MAX_NODES, MAX_EDGES)
    core, full = draw(report, options, budget), draw(report, options._replace(units=True), budget)
    if full.cut:
        return Board(core, frozenset(), frozenset())
    shapes, arrows = {shape.id for shape in core.shapes}, set(_ends(core))
    more = len(full.shapes) - len(core.shapes)
    return Board(
        full._replace(cut=f"{words.count(more, 'node')} more with “scripts too”" if more else ""),
        frozenset(shape.id for shape in full.shapes) - shapes,
        frozenset(_ends(full)) - arrows,
    )


def island(board: Board, report: Report, base: Report | None, findings: Sequence[Sequence[int]]) -> str:
    """The JSON text. ``findings`` holds the arrows that each finding passes, in its order."""
    spans = _Spans()
    nodes = (words.names(base.graph) if base else {}) | words.names(report.graph)
    arrows = zip(board.picture.arrows, _ends(board.picture), strict=True)
    value = {
        "forms": forms(),
        "nodes": [_shape(shape, nodes.get(shape.id), board, spans) for shape in board.picture.shapes],
        "edges": [_arrow(arrow, ends in board.extra_arrows, nodes, spans) for arrow, ends in arrows],
        "findings": [list(row) for row in findings],
        "spans": spans.rows,
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).translate(_ESCAPES)


class _Spans:
    """Each place once; everything else names it by its number."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self._known: dict[tuple[str, str], int] = {}

    def add(self, spans: Iterable[Span]) -> list[int]:
        out = []
        for span in spans:
            row = (words.place(span), text(span.text.strip()))
            if row not in self._known:
                self._known[row] = len(self.rows)
                self.rows.append(list(row))
            out.append(self._known[row])
        return out


def text(value: str) -> str:
    """One harmless line of bounded length."""
    return words.cut(words.plain(value), MAX_TEXT)


def _ends(picture: Picture) -> list[tuple[str, str, str]]:
    shapes = picture.shapes
    return [(shapes[arrow.source].id, shapes[arrow.target].id, arrow.kind) for arrow in picture.arrows]


def _filled(pairs: Json) -> Json:
    """Without what is empty: most is, and pages are sent by mail."""
    return {name: value for name, value in pairs.items() if value}


def _shape(shape: Shape, node: Node | None, board: Board, spans: _Spans) -> Json:
    names = label(shape)
    return _filled(
        {
            "name": text(shape.label),
            "kind": shape.kind,
            "type": text(shape.type),
            "form": form(shape),
            "main": text(names.main),
            "rest": text(names.rest),
            "home": text(names.home or _code_folder(node)),
            "owner": text(shape.owner),
            "mark": shape.mark,
            "loop": int(shape.loop),
            "extra": int(shape.id in board.extra_shapes),
            "certainty": shape.certainty if shape.certainty != "exact" else "",
            "at": spans.add(node.at[:MAX_STEPS]) if node else [],
            "tags": [text(tag) for tag in node.tags] if node else [],
        }
    )


def _code_folder(node: Node | None) -> str:
    """Models and routes without a folder in their name live where their code is."""
    path = node.at[0].path if node and node.at and node.kind in ("model", "route") else ""
    return path.rpartition("/")[0] + "/" if "/" in path else ""


def _arrow(arrow: Arrow, extra: bool, nodes: dict[str, Node], spans: _Spans) -> Json:
    details = [_detail(edge, nodes, spans) for edge in arrow.edges[:MAX_DETAILS]]
    return _filled(
        {
            "from": arrow.source,
            "to": arrow.target,
            "kind": arrow.kind,
            "label": text(arrow.label),
            "mark": arrow.mark,
            "loop": int(arrow.loop),
            "extra": int(extra),
            "guess": int(arrow.certainty == "guess"),
            "details": details,
            "more": max(0, len(arrow.edges) - MAX_DETAILS),
        }
    ) | {"from": arrow.source, "to": arrow.target}


def _detail(edge: Edge, nodes: dict[str, Node], spans: _Spans) -> Json:
    """One edge: how it is known."""
    return _filled(
        {
            "unit": text(words.name_of(edge.unit, nodes)) if edge.unit else "",
            "role": text(edge.role),
            "rows": [[name, text(value)] for name, value in facts(edge)],
            "steps": spans.add(edge.evidence[:MAX_STEPS]),
            "more": max(0, len(edge.evidence) - MAX_STEPS),
        }
    )


def facts(edge: Edge) -> list[tuple[str, str]]:
    """What is known of an edge beside its places: by which rule, with which columns, under which conditions, how surely."""
    rows = [
        ("known by", edge.why),
        ("role", edge.role),
        ("columns", ", ".join(edge.columns)),
        ("when", "; ".join(edge.when)),
        ("seen", "; ".join(edge.notes)),
        ("certainty", edge.certainty),
    ]
    return [(name, value) for name, value in rows if value]
