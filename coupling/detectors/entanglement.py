"""CPL201: model A's output is in model B's training data, and B does not need A to predict."""

from __future__ import annotations

from collections.abc import Iterator

from coupling.core.graph import Finding
from coupling.detectors.finding import by_way_of, is_one, titles
from coupling.detectors.flow import Flow
from coupling.detectors.pairs import Group, cascade, edges_of, finding, grouped, links, pairs, sources_of, targets_of

AS = {"labels": "on labels made by", "features": "on features made by"}


def find(flow: Flow) -> Iterator[Finding]:
    found = [link for pair in pairs(flow) if pair.train and cascade(flow, pair) is None for link in links(flow, pair, pair.train)]
    for group in grouped(found):
        yield finding(flow, "entanglement", group, _message(flow, group))


def _message(flow: Flow, group: Group) -> str:
    targets = targets_of(group)
    verb, how = "is" if is_one(flow, targets) else "are", AS.get(group[0].role, "on outputs of")
    return f"{titles(flow, targets)} {verb} trained {how} {titles(flow, sources_of(group))}{by_way_of(flow, edges_of(group))}"
