"""CPL403: a model is served, and the code that serves it records neither inputs nor outputs. One finding a model."""

from __future__ import annotations

from collections.abc import Iterator

from coupling.core.graph import Finding
from coupling.detectors.finding import make, title, titles
from coupling.detectors.flow import Flow


def find(flow: Flow) -> Iterator[Finding]:
    for model in flow.models:
        serving = [i for i in flow.outgoing(model, "serves") if not _is_recorded(flow, model, i)]
        if serving:
            routes = list(dict.fromkeys(flow.edges[i].target for i in serving))
            inputs = [i for i in flow.incoming(model, "infers") if flow.edges[i].unit in {flow.edges[j].unit for j in serving}]
            yield make(
                flow,
                "unmonitored-model",
                f"{title(flow, model)} is served at {titles(flow, routes)} and nothing records what goes in or out",
                (*inputs, *serving),
                key=((model, *sorted(routes)), ()),
                models=(model,),
            )


def _is_recorded(flow: Flow, model: str, serving: int) -> bool:
    """Outputs are written by the unit that serves, the route records its requests, or a monitor is tagged."""
    edge = flow.edges[serving]
    if {"monitor", "monitored"} & {*flow.tags(edge.target), *flow.tags(edge.unit), *edge.notes}:
        return True
    if flow.outgoing(edge.target, "records"):
        return True
    files = {span.path for span in edge.evidence}
    return any(_is_same_code(flow, i, edge.unit, files) for i in flow.outgoing(model, "predicts"))


def _is_same_code(flow: Flow, index: int, unit: str, files: set[str]) -> bool:
    edge = flow.edges[index]
    return edge.unit == unit or bool(edge.evidence and edge.evidence[-1].path in files)
