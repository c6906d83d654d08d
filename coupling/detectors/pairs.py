"""Which model's output reaches which other model, directly: the shared ground of CPL201, CPL202 and CPL203.

A pair of models that learn from each other is part of a loop and left to the loops. Findings are grouped: many
sources of one consumer, or many consumers of one source, are one coupling.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from coupling.core.graph import Finding
from coupling.detectors.finding import make
from coupling.detectors.flow import Flow, Way

MAX_WAYS = 4
"""Couplings of their own that are told apart between two models."""


class Pair(NamedTuple):
    """The ways of a source's output to a consumer's training and prediction, the surest and shortest first."""

    source: str
    target: str
    train: tuple[Way, ...]
    infer: tuple[Way, ...]


class Link(NamedTuple):
    """One way between two models that a detector reports."""

    source: str
    target: str
    role: str
    order: int
    way: Way
    also: tuple[Way, ...] = ()


Group = list[Link]
"""The links of one finding: they share a source or a consumer."""


def pairs(flow: Flow) -> list[Pair]:
    """Every pair of different models, fitted components left out."""
    return [pair for source in flow.models for pair in _of_source(flow, source)]


def _of_source(flow: Flow, source: str) -> list[Pair]:
    ways: dict[str, dict[str, list[Way]]] = {}
    for level in flow.levels:
        reach = flow.reach(source, level)
        for arrival in reach.arrivals:
            target = arrival.model
            if arrival.use == "evaluate" or target == source or flow.is_component(target) or _is_loop(flow, source, target, level):
                continue
            found = ways.setdefault(target, {"train": [], "infer": []})[arrival.use]
            if len(found) < 8 * MAX_WAYS:
                found.append(reach.way(arrival))
    return [Pair(source, target, _unique(found["train"]), _unique(found["infer"])) for target, found in sorted(ways.items())]


def _is_loop(flow: Flow, source: str, target: str, level: int) -> bool:
    """Two models that learn from each other. One that nothing trains here only passes a loop on: what it adds to the
    other's training data, or takes as an input, is a coupling of its own."""
    return flow.in_one_loop(source, target, level) and bool(flow.fitted_on(source)) and bool(flow.fitted_on(target))


def _unique(ways: list[Way]) -> tuple[Way, ...]:
    return tuple(dict.fromkeys(ways))


def cascade(flow: Flow, pair: Pair) -> tuple[Way, Way] | None:
    """The surest ways to training and to prediction that carry one input, if the consumer takes it in both."""
    both = ((train, infer) for train in pair.train for infer in pair.infer)
    return next((ways for ways in both if _is_one_input(flow, *ways)), None)


def _is_one_input(flow: Flow, train: Way, infer: Way) -> bool:
    """Labels are no input: a student that is trained on them needs no teacher to predict. An output in memory may be a
    loss target unless it is a feature, or an input in memory too; so may a column of a data set on whose way the student predicts."""
    learns, uses = flow.edges[train[-1]], flow.edges[infer[-1]]
    if learns.kind == "feeds":
        return uses.kind == "feeds" or "as features" in learns.notes
    return learns.role == "features" or (learns.role != "labels" and uses.source not in flow.assets(train))


def links(flow: Flow, pair: Pair, ways: Iterable[Way]) -> list[Link]:
    """The ways between two models that are couplings of their own."""
    named = flow.apart(ways)[:MAX_WAYS]
    return [Link(pair.source, pair.target, flow.edges[way[-1]].role, n, way, tuple(also)) for n, (way, also) in enumerate(named)]


def grouped(all_links: Sequence[Link]) -> Iterator[Group]:
    """The fewest findings: again and again the end that most of the remaining links share."""
    left = list(all_links)
    while left:
        counts: dict[tuple[str, ...], int] = {}
        for link in left:
            for key in _keys(link):
                counts[key] = counts.get(key, 0) + 1
        best = min(counts, key=lambda key: (-counts[key], key[0] != "target", key))
        yield [link for link in left if best in _keys(link)]
        left = [link for link in left if best not in _keys(link)]


def _keys(link: Link) -> tuple[tuple[str, ...], tuple[str, ...]]:
    order = str(link.order)
    return ("target", link.target, link.role, order), ("source", link.source, link.role, order)


def sources_of(group: Group) -> list[str]:
    return list(dict.fromkeys(link.source for link in group))


def targets_of(group: Group) -> list[str]:
    return list(dict.fromkeys(link.target for link in group))


def edges_of(group: Group) -> Way:
    return tuple(dict.fromkeys(i for link in group for i in link.way))


def finding(flow: Flow, rule: str, group: Group, message: str, more: Sequence[int] = (), certainty: str = "") -> Finding:
    """One finding for a group; ``more`` are edges to show after its ways, ``certainty`` what holds without them."""
    sources, targets, edges = sources_of(group), targets_of(group), edges_of(group)
    named = sorted({*sources, *targets, *(node for link in group for node in flow.assets(link.way))})
    kinds = sorted({f"{flow.edges[i].kind}/{flow.edges[i].role}" for i in edges})
    return make(
        flow,
        rule,
        message,
        list(dict.fromkeys((*edges, *more))),
        key=(named, kinds),
        models=(*sources, *(t for t in targets if t not in sources)),
        also=[way for link in group for way in link.also],
        certainty=certainty,
    )
