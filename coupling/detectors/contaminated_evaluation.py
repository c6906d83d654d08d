"""CPL402: what evaluates a model also trained it, or is the model's own output.

A split of one file is no contamination: edges that note different splits, holdouts or filters read different rows. A
score on the training data beside one on held-out data is none either, nor is that of a clustering.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from coupling.core.graph import Finding
from coupling.detectors.finding import make, title, titles
from coupling.detectors.flow import Flow, Way, use_of

PART = re.compile(r"split|hold.?out|held|fold|filter|where|limit|sampl|subset|test|valid|slice|row", re.I)


def find(flow: Flow) -> Iterator[Finding]:
    for model in flow.models:
        evaluations = [i for i in flow.incoming(model, "trains", "feeds") if use_of(flow.edges[i]) == "evaluate"]
        own = _own_ways(flow, model)
        seen_rows = {i: found for i in evaluations if (found := _trained_on(flow, model, i))}
        only_seen = len({*own, *seen_rows}) == len(evaluations)
        dirty = [i for i in evaluations if i in own or (i in seen_rows and only_seen)]
        firsts = {flow.edges[i].source: i for i in reversed(dirty)}.values()
        if taught := [i for i in firsts if i in own]:
            yield _of_own_output(flow, model, {i: own[i] for i in taught})
        if seen := [i for i in firsts if i not in own]:
            yield _of_seen_rows(flow, model, {i: seen_rows[i] for i in seen})


def _own_ways(flow: Flow, model: str) -> dict[int, Way]:
    """Evaluation edge -> the surest way by which the model's own output arrives there."""
    ways = [way for level in flow.levels for way in flow.reach(model, level).ways("evaluate", model)]
    return {way[-1]: way for way in reversed(ways)}


def _trained_on(flow: Flow, model: str, evaluation: int) -> list[int]:
    """The trainings of the model on the very rows that evaluate it: the same part of the data set, as far as it is known."""
    edge = flow.edges[evaluation]
    if edge.kind != "trains" or _is_unsupervised(flow, model):
        return []
    part = _part(flow, evaluation)
    return [i for i in flow.trainings(edge.source) if flow.canon(flow.edges[i].target) == model and _part(flow, i) == part]


def _is_unsupervised(flow: Flow, model: str) -> bool:
    """Fitted on inputs alone: a clustering is measured on the very rows that it groups."""
    return {flow.edges[i].role for i in flow.fitted_on(model)} == {"features"}


def _part(flow: Flow, index: int) -> frozenset[str]:
    return frozenset(note for note in flow.edges[index].notes if PART.search(note))


def _of_own_output(flow: Flow, model: str, own: dict[int, Way]) -> Finding:
    """One finding a model: the path shows the first data set that holds its outputs, the others are listed."""
    assets = sorted({source for i in own if flow.kind(source := flow.edges[i].source) != "model"})
    where = f", in {titles(flow, assets)}" if assets else ""
    message = f"{title(flow, model)} is evaluated on its own outputs{where}"
    ways = sorted(own.values(), key=lambda way: flow.edges[way[-1]].source)
    return make(flow, "contaminated-evaluation", message, ways[0], also=ways[1:])


def _of_seen_rows(flow: Flow, model: str, seen: dict[int, list[int]]) -> Finding:
    """One finding a model, whatever number of tables its rows were joined from: the path shows the first, the others are listed."""
    assets = sorted({flow.edges[i].source for i in seen})
    message = f"{title(flow, model)} is evaluated on {titles(flow, assets)}, which it was trained on"
    ways = sorted(((trained[0], i) for i, trained in seen.items()), key=lambda way: flow.edges[way[0]].source)
    return make(flow, "contaminated-evaluation", message, ways[0], assets=assets, also=[way[1:] for way in ways[1:]])
