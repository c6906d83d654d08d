"""CPL103: the loop closes through the world: what a model shows shapes the data it is trained on.

Every such cycle passes an ``influences`` edge. From 0.8 confidence it is a warning, from 0.5 a possibility to declare or
dismiss, below it is silent.
"""

from __future__ import annotations

from collections.abc import Iterator

from coupling.core.graph import Edge, Finding
from coupling.core.tomltext import quoted
from coupling.detectors.data import recipe
from coupling.detectors.finding import lineage_steps, make, title, titles, turned
from coupling.detectors.flow import Flow, Way, confidence

SURE, POSSIBLE = 0.8, 0.5


def find(flow: Flow) -> Iterator[Finding]:
    if not any(edge.kind == "influences" for edge in flow.edges):
        return
    seen: set[tuple[tuple[str, ...], ...]] = set()
    closed = {node for part in flow.parts(max(flow.levels), POSSIBLE) for node in part}
    for model in flow.models:
        if model not in closed or not flow.fitted_on(model):
            continue
        for way, also in flow.apart(_ways(flow, model)):
            cycle = tuple(map(tuple, turned(flow, way)))
            cycle = (tuple(map(recipe, cycle[0])), cycle[1])
            if cycle not in seen:
                seen.add(cycle)
                yield _finding(flow, way, also)


def _ways(flow: Flow, model: str) -> list[Way]:
    """The surest first: by confidence, then by certainty, then by length; a way through other models only if no way
    without them exists."""
    for through in (False, True):
        ways = [
            way
            for least in (SURE, POSSIBLE)
            for level in flow.levels
            for way in flow.spread(model, level, through=through, hidden=least, mark=_is_world).ways("train", model)
        ]
        if ways:
            return ways
    return []


def _is_world(edge: Edge) -> bool:
    return edge.kind == "influences"


def _finding(flow: Flow, way: Way, also: list[Way]) -> Finding:
    world = [flow.edges[i] for i in way if flow.edges[i].kind == "influences"]
    sure = min(map(confidence, world))
    name = title(flow, flow.edges[way[0]].source)
    shown = titles(flow, (edge.source for edge in world))
    shaped = titles(flow, (edge.target for edge in world))
    if sure >= SURE:
        message = f"what {shown} shows shapes {shaped}, which {name} learns from ({sure:.2f})"
    else:
        message = f"what {shown} shows may shape {shaped}, which {name} learns from ({sure:.2f}): declare or dismiss"
    return make(
        flow,
        "hidden-feedback-loop",
        message,
        (*way, *lineage_steps(flow, way)),
        key=turned(flow, way),
        severity="" if sure >= SURE else "note",
        also=also,
        confidence=sure,
        notes=() if sure >= SURE else ("possible",),
        help=_block(flow, world) if sure < SURE else "",
    )


def _block(flow: Flow, world: list[Edge]) -> str:
    """The config block that states or dismisses the link, ready to paste."""
    source = world[0].source
    routes = [title(flow, flow.edges[i].target) for i in flow.outgoing(source, "serves")]
    shapes = ", ".join(quoted(title(flow, target)) for target in dict.fromkeys(edge.target for edge in world))
    shows = quoted((routes or [title(flow, source)])[0])
    return f"state it, or dismiss it with shapes = []:\n[[tool.coupling.world]]\nshows = {shows}\nshapes = [{shapes}]"
