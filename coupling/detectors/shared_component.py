"""CPL204: several models depend on one fitted component or on one model's weights, so refitting it changes them all.

A component is a fitted transformer, an upstream model that others call inside their own training and prediction, or
a model that is trained here and from whose weights others start. A frozen public base is none. A second unit that goes
on with a saved model, on other data and under another name, makes two models of one lineage.
"""

from __future__ import annotations

from collections.abc import Iterator

from coupling.core.graph import Finding
from coupling.core.names import short
from coupling.core.template import unifiable
from coupling.detectors.data import different, without_reruns
from coupling.detectors.finding import make, title, titles
from coupling.detectors.flow import Flow, Way


def find(flow: Flow) -> Iterator[Finding]:
    for component in flow.learners:
        fitted = _is_fitted_here(flow, component)
        ways = _users(flow, component) if fitted else _starts(flow, component)
        if len(ways) > 1 or (fitted and ways and not flow.is_component(component) and _starts(flow, component)):
            yield _finding(flow, component, ways)
    for model in flow.models:
        yield from _stages(flow, model)


def _is_fitted_here(flow: Flow, component: str) -> bool:
    """Fitted by this repository, or restored from an artifact that is not a public one."""
    if flow.fitted_on(component):
        return True
    public = {"base", "remote"} & set(flow.tags(component))
    return not public and any(_is_private(flow, flow.edges[i].source) for i in flow.incoming(component, "loads"))


def _is_private(flow: Flow, asset: str) -> bool:
    node = flow.nodes.get(asset)
    return node is not None and node.type not in ("hub", "url") and "remote" not in node.tags and bool(flow.incoming(asset, "saves"))


def _users(flow: Flow, component: str) -> dict[str, Way]:
    """Model -> the way by which it depends on the component."""
    found: dict[str, Way] = dict(_starts(flow, component))
    trained = _trained(flow, component) if flow.is_component(component) else _called_inside(flow, component)
    last = different(flow, [way[-1] for way in trained.values()])
    for model, way in trained.items():
        if way[-1] in last:
            found.setdefault(model, way)
    return found


def _starts(flow: Flow, component: str) -> dict[str, Way]:
    """Models that start from the component's weights, other than its own lineage."""
    if not {"base", "remote"}.isdisjoint(flow.tags(component)) and not flow.fitted_on(component):
        return {}
    edges = [i for i in flow.outgoing(component, "initialises") if flow.canon(flow.edges[i].target) != component]
    return {flow.canon(flow.edges[i].target): (i,) for i in reversed(without_reruns(flow, edges))}


def _trained(flow: Flow, component: str) -> dict[str, Way]:
    found: dict[str, Way] = {}
    for level in flow.levels:
        reach = flow.reach(component, level)
        for arrival in reach.arrivals:
            if arrival.use == "train" and arrival.model != component and not flow.is_component(arrival.model):
                found.setdefault(arrival.model, reach.way(arrival))
    return found


def _called_inside(flow: Flow, model: str) -> dict[str, Way]:
    """Consumers that call the model with nothing stored between, both where they are trained and where they predict."""
    uses: dict[str, dict[str, int]] = {}
    for index in flow.outgoing(model, "feeds"):
        edge = flow.edges[index]
        if flow.canon(edge.target) != model and not flow.is_component(flow.canon(edge.target)):
            uses.setdefault(flow.canon(edge.target), {}).setdefault(edge.role, index)
    return {target: (roles["train"],) for target, roles in uses.items() if {"train", "infer"} <= set(roles)}


def _stages(flow: Flow, model: str) -> Iterator[Finding]:
    """One finding an artifact of the lineage from which another unit starts what it trains on other data and saves apart."""
    saved = _by_unit(flow, flow.outgoing(model, "saves"))
    told: set[str] = set()
    for index in flow.incoming(model, "loads"):
        start, second = flow.edges[index].source, flow.edges[index].unit
        first = next((i for unit, edges in saved.items() for i in edges if unit != second and flow.edges[i].target == start), -1)
        apart = [i for i in saved.get(second, ()) if not _is_beside(flow.edges[i].target, start)]
        if first < 0 or start in told or len(apart) < len(saved.get(second, ())) or not apart:
            continue
        if _learns_apart(flow, model, flow.edges[first].unit, second):
            told.add(start)
            yield _of_stage(flow, model, first, index, apart[-1])


def _by_unit(flow: Flow, edges: list[int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for index in edges:
        found.setdefault(flow.edges[index].unit, []).append(index)
    return found


def _is_beside(target: str, start: str) -> bool:
    """One artifact, or a place inside the other: a model that is trained further where it lies."""
    return target.startswith(start + "/") or start.startswith(target + "/") or unifiable(target, start)


def _learns_apart(flow: Flow, model: str, first: str, second: str) -> bool:
    trained = _by_unit(flow, flow.fitted_on(model))
    sources = [{flow.edges[i].source for i in trained.get(unit, ())} for unit in (first, second)]
    return all(sources) and sources[0].isdisjoint(sources[1])


def _of_stage(flow: Flow, model: str, saves: int, loads: int, saves_again: int) -> Finding:
    start, goal = flow.edges[saves].target, flow.edges[saves_again].target
    old, new = (short(flow.nodes[asset].name) for asset in (start, goal))
    message = f"{new} starts from the weights of {old}, so that retraining {old} changes it"
    edges = (saves, loads, saves_again)
    return make(flow, "shared-component", message, edges, key=((model, start, goal), ()), models=(model,), assets=(start, goal))


def _finding(flow: Flow, component: str, ways: dict[str, Way]) -> Finding:
    users = sorted(ways)
    edges = [*flow.fitted_on(component)[:1], *(i for model in users for i in ways[model])]
    name = title(flow, component)
    shared = f"{titles(flow, users)} {'share' if len(users) > 1 else 'shares weights with'} {name}"
    message = f"{shared}{', so that refitting it changes all of them' if len(users) > 1 else ', so that retraining one changes the other'}"
    return make(
        flow,
        "shared-component",
        message,
        list(dict.fromkeys(edges)),
        key=((component, *users), ()),
        models=(component, *users),
    )
