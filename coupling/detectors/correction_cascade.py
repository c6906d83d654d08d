"""CPL202: model B takes model A's output as an input both when it is trained and when it predicts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from coupling.core.graph import CERTAINTIES, Finding
from coupling.detectors.finding import by_way_of, is_one, titles
from coupling.detectors.flow import Flow, Way, rank
from coupling.detectors.pairs import Group, Link, cascade, edges_of, finding, grouped, pairs, sources_of, targets_of


def find(flow: Flow) -> Iterator[Finding]:
    found: list[Link] = []
    used: dict[tuple[str, str], tuple[Way, ...]] = {}
    for pair in pairs(flow):
        if ways := cascade(flow, pair):
            others = tuple(way for way in pair.train if way != ways[0] and flow.edges[way[-1]].role != "labels")
            found.append(Link(pair.source, pair.target, "", 0, ways[0], others))
            elsewhere = (way for way in pair.infer if flow.edges[way[-1]].source != flow.edges[ways[0][-1]].source)
            used[pair.source, pair.target] = (ways[1], *(way for way in islice(elsewhere, 1) if way != ways[1]))
    for group in grouped(found):
        uses = [way for link in group for way in used[link.source, link.target]]
        needed = (i for link in group for i in (*link.way, *used[link.source, link.target][0]))
        sure = CERTAINTIES[max(rank(flow.edges[i].certainty) for i in needed)]
        yield finding(flow, "correction-cascade", group, _message(flow, group), [i for way in uses for i in way], sure)


def _message(flow: Flow, group: Group) -> str:
    targets, sources = targets_of(group), titles(flow, sources_of(group))
    verb, way = "takes" if is_one(flow, targets) else "take", by_way_of(flow, edges_of(group))
    return f"{titles(flow, targets)} {verb} outputs of {sources} as input, in training and in prediction{way}"
