"""CPL203: model B predicts on model A's output and was not trained on it."""

from __future__ import annotations

from collections.abc import Iterator

from coupling.core.graph import Finding
from coupling.detectors.finding import by_way_of, is_one, titles
from coupling.detectors.flow import Flow
from coupling.detectors.pairs import Group, Link, Pair, edges_of, finding, grouped, pairs, sources_of, targets_of


def find(flow: Flow) -> Iterator[Finding]:
    chains = (pair for pair in pairs(flow) if pair.infer and not pair.train and not _are_layers(flow, pair))
    found = [Link(pair.source, pair.target, "", 0, pair.infer[0], pair.infer[1:]) for pair in chains]
    for group in grouped(found):
        yield finding(flow, "chained-inference", group, _message(flow, group))


def _are_layers(flow: Flow, pair: Pair) -> bool:
    """Parts of a network that meet in memory and that nothing trains, stores or publishes by themselves."""
    ends = (pair.source, pair.target)
    whole = (flow.fitted_on(m) or flow.tags(m) or flow.incoming(m, "loads") or flow.outgoing(m, "saves", "initialises") for m in ends)
    return not any(whole) and not flow.assets(pair.infer[0])


def _message(flow: Flow, group: Group) -> str:
    targets, sources = targets_of(group), titles(flow, sources_of(group))
    verb, way = "predicts" if is_one(flow, targets) else "predict", by_way_of(flow, edges_of(group))
    return f"{titles(flow, targets)} {verb} on outputs of {sources} without training on them{way}"
