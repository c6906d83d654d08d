"""CPL101: a model whose own outputs become its own training data, with no other model between."""

from __future__ import annotations

from collections.abc import Iterator

from coupling.core.graph import Finding
from coupling.detectors.finding import by_way_of, lineage_steps, make, title, turned
from coupling.detectors.flow import Flow


def find(flow: Flow) -> Iterator[Finding]:
    for model in flow.models:
        for way, also in flow.direct_loops(model):
            name = title(flow, flow.edges[way[0]].source)
            yield make(
                flow,
                "feedback-loop",
                f"{name} learns from its own outputs{by_way_of(flow, way)}",
                (*way, *lineage_steps(flow, way)),
                key=turned(flow, way),
                also=also,
            )
