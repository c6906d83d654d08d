"""CPL101: a model whose own outputs become its own training data, with no other model between."""

from __future__ import annotations

from collections.abc import Iterator

from coupling.core.graph import Finding
from coupling.detectors.finding import by_way_of, lineage_steps, make, title, turned
from coupling.detectors.flow import Flow, Way


def find(flow: Flow) -> Iterator[Finding]:
    for model in flow.models:
        for way, also in direct_loops(flow, model):
            name = title(flow, flow.edges[way[0]].source)
            yield make(
                flow,
                "feedback-loop",
                f"{name} learns from its own outputs{by_way_of(flow, way)}",
                (*way, *lineage_steps(flow, way)),
                key=turned(flow, way),
                also=also,
            )


def direct_loops(flow: Flow, model: str) -> list[tuple[Way, list[Way]]]:
    """The loops of one model, the surest and shortest first, each with further ways round it."""
    if not flow.fitted_on(model):
        return []
    return flow.apart(way for level in flow.levels for way in flow.reach(model, level).ways("train", model))
