"""CPL303: a unit reads a model's output while the pipeline declares others who use it, and not this one."""

from __future__ import annotations

from collections.abc import Iterator

from coupling.core.graph import Finding
from coupling.detectors.data import place_of
from coupling.detectors.finding import make, title
from coupling.detectors.flow import Flow


def find(flow: Flow) -> Iterator[Finding]:
    for asset in sorted(node for node in flow.into if flow.kind(node) == "asset"):
        produced = [i for i in flow.incoming(asset, "predicts") if not flow.is_component(flow.canon(flow.edges[i].source))]
        if produced:
            yield from _of_asset(flow, asset, produced)


def _of_asset(flow: Flow, asset: str, produced: list[int]) -> Iterator[Finding]:
    readers = [(flow.edges[i].target, i) for i in flow.outgoing(asset, "reads")]
    makers = [(flow.edges[i].unit, i) for i in produced] + [(flow.edges[i].source, i) for i in flow.incoming(asset, "writes")]
    declared = [(unit, i) for unit, i in (*readers, *makers) if "declared" in flow.tags(unit)]
    if not declared:
        return
    known = {place_of(flow, unit, i) for unit, i in (*declared, *makers)}
    told: set[str] = set()
    for unit, index in readers:
        path = place_of(flow, unit, index)
        if path in known or path in told or "declared" in flow.tags(unit):
            continue
        told.add(path)
        model = flow.canon(flow.edges[produced[0]].source)
        yield make(
            flow,
            "undeclared-consumer",
            f"{title(flow, unit)} reads {title(flow, asset)}, an output of {title(flow, model)}, and the pipeline does not declare it",
            (produced[0], index),
            key=((asset, unit), ()),
            models=(model,),
            assets=(asset,),
        )
