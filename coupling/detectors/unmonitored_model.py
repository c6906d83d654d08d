"""CPL403: a model is served, and the code that serves it records neither inputs nor outputs. One finding a service.

A service is what one folder serves: its models answer side by side, and one monitor would watch them all.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from coupling.core.graph import REQUEST, Finding
from coupling.detectors.finding import make, titles
from coupling.detectors.flow import Flow

SHOWN = (".html", ".htm", ".png", ".jpg", ".jpeg", ".svg", ".pdf", ".md", ".wav", ".mp3", ".mp4")
"""Files for eyes: rendered answers, not records of them."""


def find(flow: Flow) -> Iterator[Finding]:
    services: dict[str, list[int]] = {}
    for model in flow.models:
        for index in flow.outgoing(model, "serves"):
            if not _is_recorded(flow, model, index):
                services.setdefault(_folder(flow, index), []).append(index)
    for folder in sorted(services):
        yield _finding(flow, services[folder])


def _folder(flow: Flow, serving: int) -> str:
    evidence = flow.edges[serving].evidence
    return posixpath.dirname(evidence[-1].path) if evidence else ""


def _finding(flow: Flow, serving: list[int]) -> Finding:
    models = list(dict.fromkeys(flow.canon(flow.edges[i].source) for i in serving))
    routes = list(dict.fromkeys(flow.edges[i].target for i in serving))
    verb = "is" if len(models) == 1 else "are"
    return make(
        flow,
        "unmonitored-model",
        f"{titles(flow, models)} {verb} served at {titles(flow, routes)} and nothing records what goes in or out",
        serving,
        key=((*sorted(models), *sorted(routes)), ()),
        models=models,
    )


def _is_recorded(flow: Flow, model: str, serving: int) -> bool:
    """Outputs are written by the unit that serves, the route records its requests, or a monitor is tagged."""
    edge = flow.edges[serving]
    if {"monitor", "monitored", "annotation"} & {*flow.tags(edge.target), *flow.tags(edge.unit), *edge.notes}:
        return True
    if flow.outgoing(edge.target, "records"):
        return True
    files = {span.path for span in edge.evidence}
    return any(_is_same_code(flow, i, edge.unit, files) and _is_kept(flow, flow.edges[i].target) for i in flow.outgoing(model, "predicts"))


def _is_kept(flow: Flow, asset: str) -> bool:
    """Somebody can look at it: data in a form that is read by machines, or a page or text that something reads."""
    node = flow.nodes.get(asset)
    if node is None or node.type != "file" or not node.name.lower().endswith(SHOWN):
        return True
    return bool(flow.outgoing(asset, "reads", "derives"))


def _is_same_code(flow: Flow, index: int, unit: str, files: set[str]) -> bool:
    edge = flow.edges[index]
    if REQUEST in edge.notes:
        return False
    return edge.unit == unit or bool(edge.evidence and edge.evidence[-1].path in files)
