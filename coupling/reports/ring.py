"""The picture of one finding for a comment: its way in reading order, what it replaces, long chains as one arrow.

Comes in: a finding and its report. Goes out: a small ``Picture`` in words that need no glossary. It knows no syntax.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.graph import CERTAINTIES, Finding
from coupling.core.names import short
from coupling.core.report import Report
from coupling.reports import words
from coupling.reports.options import Options
from coupling.reports.picture import Arrow, Picture, Shape, draw

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

MAX_NODES, MAX_EDGES = 30, 45
_WHOLE = (300, 450)
_FEW = 8
"""A picture of this many shapes is drawn in full."""
_ROOM = 3
"""Up to this many arrows name their scripts."""
_MIN_CHAIN = 3
_HOPS = "hops"


def ring(finding: Finding, report: Report, options: Options) -> Picture:
    """The finding's nodes and flows, with what was there in their place before when there is a base."""
    plain = options._replace(focus="", max_nodes=0, max_edges=0)
    picture = _short(draw(report, plain, _WHOLE, [finding]))
    if len(picture.shapes) > MAX_NODES or len(picture.arrows) > MAX_EDGES:
        picture = draw(report, plain, (MAX_NODES, MAX_EDGES), [finding])
    return _named(_along(picture, [report.graph.edges[i].source for i in finding.path_edges if 0 <= i < len(report.graph.edges)]))


def _along(picture: Picture, way: Sequence[str]) -> Picture:
    """Shapes and arrows in the order in which the data passes them, so that a ring is drawn from its beginning."""
    turn = {node: number for number, node in reversed([*enumerate(way)])}
    order = sorted(range(len(picture.shapes)), key=lambda n: (turn.get(picture.shapes[n].id, len(way)), n))
    moved = {old: new for new, old in enumerate(order)}
    arrows = [arrow._replace(source=moved[arrow.source], target=moved[arrow.target]) for arrow in picture.arrows]
    return picture._replace(shapes=tuple(picture.shapes[n] for n in order), arrows=tuple(sorted(arrows)))


def _named(picture: Picture) -> Picture:
    """Models by the names that messages use, arrows by verbs that read from source to target; scripts only where there is room."""
    models = [short(shape.label) for shape in picture.shapes if shape.kind == "model"]
    bare = [name.partition(" (")[0] for name in models]
    names = dict(zip(models, bare if len(set(bare)) == len(set(models)) else models, strict=True))
    shapes = [shape._replace(label=names[short(shape.label)]) if shape.kind == "model" else shape for shape in picture.shapes]
    arrows = [arrow if arrow.kind == _HOPS else _said(arrow, len(picture.arrows) <= _ROOM) for arrow in picture.arrows]
    return picture._replace(shapes=tuple(shapes), arrows=tuple(arrows))


def _said(arrow: Arrow, with_script: bool) -> Arrow:
    verbs = list(dict.fromkeys(map(words.verb, arrow.edges)))
    verb = verbs[0] if len(verbs) == 1 else words.verb(arrow.edges[0]._replace(role=""))
    script = arrow.label.partition(" · ")[2] if with_script else ""
    return arrow._replace(label=" · ".join(filter(None, (verb, script))))


def _short(picture: Picture) -> Picture:
    """The picture with each run of shapes that only pass data on drawn as one arrow; a small or changed part stays as it is."""
    if len(picture.shapes) <= _FEW:
        return picture
    gone: set[int] = set()
    arrows = list(picture.arrows)
    for chain in _chains(picture):
        inner = {arrow.target for arrow in chain[:-1]}
        if len(inner) >= _MIN_CHAIN:
            gone |= inner
            arrows = [arrow for arrow in arrows if arrow not in chain]
            arrows.append(_hop(chain))
    kept = [number for number in range(len(picture.shapes)) if number not in gone]
    moved = {old: new for new, old in enumerate(kept)}
    left = sorted(arrow._replace(source=moved[arrow.source], target=moved[arrow.target]) for arrow in arrows)
    return picture._replace(shapes=tuple(picture.shapes[number] for number in kept), arrows=tuple(left))


def _hop(chain: Sequence[Arrow]) -> Arrow:
    weakest = max((arrow.certainty for arrow in chain), key=CERTAINTIES.index)
    edges = tuple(edge for arrow in chain for edge in arrow.edges)
    return Arrow(chain[0].source, chain[-1].target, _HOPS, f"{len(chain)} hops", "", chain[0].loop, weakest, edges)


def _chains(picture: Picture) -> list[list[Arrow]]:
    """The longest runs of arrows through shapes that only pass data on, each from the first shape that does more."""
    passing = _passing(picture)
    leave = {arrow.source: arrow for arrow in picture.arrows if arrow.source in passing}
    chains = []
    for arrow in picture.arrows:
        if arrow.source not in passing and arrow.target in passing:
            chain = [arrow]
            while chain[-1].target in passing:
                chain.append(leave[chain[-1].target])
            chains.append(chain)
    return chains


def _passing(picture: Picture) -> Collection[int]:
    """Unchanged data sets with one arrow in and one out."""
    ins: dict[int, list[Arrow]] = {}
    outs: dict[int, list[Arrow]] = {}
    for arrow in picture.arrows:
        ins.setdefault(arrow.target, []).append(arrow)
        outs.setdefault(arrow.source, []).append(arrow)
    return {number for number, shape in enumerate(picture.shapes) if _passes(shape, ins.get(number, []), outs.get(number, []))}


def _passes(shape: Shape, ins: Sequence[Arrow], outs: Sequence[Arrow]) -> bool:
    both = (*ins, *outs)
    return shape.kind == "asset" and not shape.mark and len(ins) == len(outs) == 1 and {(a.kind, a.mark) for a in both} == {("derives", "")}
