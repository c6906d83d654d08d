"""CPL304: training reads a remote moving source, a path that the repository overwrites in place, or a file from
somewhere else, without a version.

One finding a data set with every training that reads it in its path. A remote source behind a derived file is the
finding; the file between is a hop of it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from coupling.core.graph import REQUEST, Finding
from coupling.detectors.data import is_pinned, says_enough, writers
from coupling.detectors.finding import is_one, make, titles
from coupling.detectors.flow import Flow, Way, use_of


def find(flow: Flow) -> Iterator[Finding]:
    ways: dict[str, list[Way]] = {}
    for index, edge in enumerate(flow.edges):
        model = flow.canon(edge.target)
        if edge.kind == "trains" and use_of(edge) == "train" and index in flow.into.get(model, ()) and _stays(flow, model):
            for asset, way in _moving(flow, index):
                ways.setdefault(asset, []).append(way)
    groups: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for asset in sorted(ways):
        key = sorted({(flow.canon(flow.edges[w[-1]].target), flow.edges[w[-1]].unit) for w in ways[asset]})
        groups.setdefault((*key, (_how(flow, asset), "")), []).append(asset)
    for assets in groups.values():
        yield _finding(flow, assets, [way for asset in assets for way in ways[asset]])


def _stays(flow: Flow, model: str) -> bool:
    """A model, or a fitted component that is stored by itself."""
    return not flow.is_component(model) or bool(flow.outgoing(model, "saves"))


def _moving(flow: Flow, training: int) -> list[tuple[str, Way]]:
    """The moving sources behind a training, each with the way from it; the training's own data set when nothing remote
    is behind it, and it is neither pinned nor made of what is."""
    asset = flow.edges[training].source
    if is_pinned(flow, asset) or "passing" in flow.tags(asset):
        return []
    remote = _remote_behind(flow, asset, training)
    if remote or _is_repeatable(flow, asset) or not (writers(flow, asset) or says_enough(flow, asset)):
        return remote
    made = writers(flow, asset)
    return [(asset, (*made[min(made)], training) if made else (training,))]


def _is_repeatable(flow: Flow, asset: str) -> bool:
    """Whether code of the repository makes it of nothing but pinned data."""
    queue, seen, pinned = deque([asset]), {asset}, 0
    while queue:
        here = queue.popleft()
        if is_pinned(flow, here):
            pinned += 1
            continue
        behind = [flow.edges[i].source for i in flow.incoming(here, "derives", "predicts", "records", "influences")]
        if not behind or any(flow.kind(node) != "asset" for node in behind):
            return False
        queue.extend(node for node in dict.fromkeys(behind) if node not in seen)
        seen.update(behind)
    return pinned > 0


def _remote_behind(flow: Flow, asset: str, training: int) -> list[tuple[str, Way]]:
    found: list[tuple[str, Way]] = []
    queue: deque[tuple[str, Way]] = deque([(asset, (training,))])
    seen = {asset}
    while queue:
        here, way = queue.popleft()
        if _is_remote(flow, here):
            found.append((here, way))
            continue
        for index in flow.incoming(here, "derives"):
            source = flow.edges[index].source
            if REQUEST not in flow.edges[index].notes and source not in seen and not is_pinned(flow, source):
                seen.add(source)
                queue.append((source, (index, *way)))
    return found


def _is_remote(flow: Flow, asset: str) -> bool:
    return "remote" in flow.tags(asset)


def _how(flow: Flow, asset: str) -> str:
    if _is_remote(flow, asset):
        return "a moving source that nothing pins"
    return "overwritten in place and not versioned" if writers(flow, asset) else "which nothing here writes or versions"


def _finding(flow: Flow, assets: list[str], ways: list[Way]) -> Finding:
    models = list(dict.fromkeys(flow.canon(flow.edges[way[-1]].target) for way in ways))
    verb = "trains" if is_one(flow, models) else "train"
    return make(
        flow,
        "unversioned-training-data",
        f"{titles(flow, models)} {verb} on {titles(flow, assets)}, {_how(flow, assets[0])}",
        list(dict.fromkeys(i for way in ways for i in way)),
        key=((*assets, *models), ()),
        models=models,
        assets=assets,
    )
