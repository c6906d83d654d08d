"""CPL102: the outputs of a model come back to its training through at least one other model.

The shortest such cycle of a strongly connected part names it. A part in which every model that is trained on the way
has a loop of its own (CPL101) needs no second name, unless the way shares nothing with that loop.
"""

from __future__ import annotations

from collections.abc import Iterator

from coupling.core.graph import Edge, Finding
from coupling.detectors.finding import by_way_of, listed, make, title, turned
from coupling.detectors.flow import Flow, Way, use_of

MAX_NAMED = 10
"""Loops of one part that are told apart; the rest are listed as further ways of the last."""


def find(flow: Flow) -> Iterator[Finding]:
    seen: set[frozenset[str]] = set()
    for level in flow.levels:
        for part in flow.parts(level):
            models = frozenset(m for m in flow.models if m in part)
            if len(models) < 2 or any(models <= known for known in seen):
                continue
            yield from _of_part(flow, part, sorted(models), level, tuple(seen))
            seen.add(models)


def _of_part(flow: Flow, part: frozenset[str], models: list[str], level: int, surer: tuple[frozenset[str], ...]) -> Iterator[Finding]:
    """The loops of a part, without those between models that a surer part has named already."""
    cycles: dict[tuple[tuple[str, ...], ...], Way] = {}
    for model in models:
        if any(flow.canon(flow.edges[i].source) in part for i in flow.fitted_on(model)):
            for way in _cycles(flow, part, model, level)[:1]:
                cycles.setdefault(tuple(map(tuple, turned(flow, way))), way)
    new = [
        way
        for way in cycles.values()
        if not flow.in_one_step(way) and not _told(flow, way) and not any(_models(flow, way) <= known for known in surer)
    ]
    ways = sorted(new, key=lambda way: (len(way), way))
    named = flow.apart(ways)
    for way, also in named[: MAX_NAMED - 1]:
        yield _finding(flow, way, also)
    for way, also in named[MAX_NAMED - 1 : MAX_NAMED]:
        yield _finding(flow, way, [*also, *(first for first, _ in named[MAX_NAMED:])])


def _models(flow: Flow, way: Way) -> set[str]:
    return {flow.canon(flow.edges[way[0]].source), *flow.others(way, "")}


def _cycles(flow: Flow, part: frozenset[str], model: str, level: int) -> list[Way]:
    def other(edge: Edge) -> bool:
        target = flow.canon(edge.target)
        return bool(use_of(edge)) and target != model and not flow.is_component(target)

    return flow.spread(model, level, through=True, mark=other, within=part).ways("train", model)


def _told(flow: Flow, way: Way) -> bool:
    """Whether every model trained on the way has a loop of its own that touches it."""
    trained = {flow.canon(flow.edges[i].target) for i in way if use_of(flow.edges[i]) == "train"}
    return all(any(_shares(flow, loop, way) for loop, _ in flow.direct_loops(m)) for m in trained if not flow.is_component(m))


def _shares(flow: Flow, a: Way, b: Way) -> bool:
    return not set(a).isdisjoint(b) or not set(flow.assets(a)).isdisjoint(flow.assets(b))


def _from_first(flow: Flow, way: Way) -> Way:
    """The cycle, begun at the first by name of the models that are trained on it."""
    starts = [
        (flow.canon(flow.edges[way[n]].source), n)
        for n in range(len(way))
        if use_of(flow.edges[way[n - 1]]) == "train" and not flow.is_component(flow.canon(flow.edges[way[n]].source))
    ]
    _, start = min(starts)
    return way[start:] + way[:start]


def _finding(flow: Flow, cycle: Way, also: list[Way]) -> Finding:
    way = _from_first(flow, cycle)
    first = flow.edges[way[0]].source
    others = listed(title(flow, m) for m in flow.others(way, flow.canon(first)))
    message = f"{title(flow, first)} learns from its own outputs by way of {others}{by_way_of(flow, way)}"
    return make(flow, "indirect-feedback-loop", message, way, key=turned(flow, way), also=also)
