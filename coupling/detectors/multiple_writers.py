"""CPL302: two different units write one data set that a model trains on. Seeds, migrations and tests are no writers.

One finding for the data sets that the same files write and the same models learn from.
"""

from __future__ import annotations

from collections.abc import Iterator

from coupling.core.graph import Finding
from coupling.detectors.data import place_of, writers
from coupling.detectors.finding import listed, make, title, titles
from coupling.detectors.flow import Flow, Way

Shared = tuple[tuple[str, ...], tuple[str, ...]]
"""The writing files and the models that are trained on what they write."""


def find(flow: Flow) -> Iterator[Finding]:
    groups: dict[Shared, list[tuple[str, list[int]]]] = {}
    for asset in sorted(node for node in flow.into if flow.kind(node) == "asset" and "test" not in flow.tags(node)):
        trainings = _trainings_behind(flow, asset)
        found = _apart(flow, asset, _without_twins(writers(flow, asset, 0))) if trainings and not _is_anywhere(flow, asset) else {}
        if len(found) > 1:
            paths = tuple(sorted(found))
            models = tuple(dict.fromkeys(flow.canon(flow.edges[way[-1]].target) for way in trainings))
            edges = [*(i for path in paths for i in found[path]), *trainings[0], *(way[-1] for way in trainings[1:])]
            groups.setdefault((paths, models), []).append((asset, edges))
    for (paths, models), written in groups.items():
        yield _finding(flow, paths, models, written)


def _finding(flow: Flow, paths: tuple[str, ...], models: tuple[str, ...], written: list[tuple[str, list[int]]]) -> Finding:
    assets = [asset for asset, _ in written]
    return make(
        flow,
        "multiple-writers",
        f"{listed(paths)} write {titles(flow, assets)}, which {title(flow, models[0])} is trained on",
        list(dict.fromkeys(i for _, edges in written for i in edges)),
        key=((*assets, *paths), ()),
        models=models,
        assets=assets,
    )


def _apart(flow: Flow, asset: str, found: dict[str, Way]) -> dict[str, Way]:
    """Without files that write by a line that an earlier one writes by: several starters of one function are one writer."""
    lines: dict[str, set[tuple[str, int]]] = {}
    for index in flow.incoming(asset, "writes"):
        edge = flow.edges[index]
        lines.setdefault(place_of(flow, edge.source, index), set()).update((at.path, at.line) for at in edge.evidence[:1])
    kept: dict[str, Way] = {}
    told: set[tuple[str, int]] = set()
    for path in sorted(found, key=lambda each: (each not in {line[0] for line in lines.get(each, ())}, each)):
        if not lines.get(path) or not lines[path] <= told:
            kept[path] = found[path]
            told |= lines.get(path, set())
    return kept


def _is_anywhere(flow: Flow, asset: str) -> bool:
    """A name whose folder or schema is a hole: each script may mean another. An address is asked, not written."""
    node = flow.nodes.get(asset)
    return node is not None and (node.name.startswith("{") or node.type == "url")


def _without_twins(found: dict[str, Way]) -> dict[str, Way]:
    """A notebook and the script beside it of the same name are one text."""
    return {path: way for path, way in found.items() if not (path.endswith(".ipynb") and f"{path.removesuffix('.ipynb')}.py" in found)}


def _trainings_behind(flow: Flow, asset: str) -> list[tuple[int, ...]]:
    """The trainings that read the data set, or what is made of it in one step. What is made of a stored model is its answer."""
    direct: list[tuple[int, ...]] = [(i,) for i in flow.trainings(asset)]
    steps = () if flow.incoming(asset, "saves") else flow.outgoing(asset, "derives")
    made = [(i, j) for i in steps for j in flow.trainings(flow.edges[i].target)]
    ways = [*direct, *made]
    return [way for way in ways if not flow.is_component(flow.canon(flow.edges[way[-1]].target))]
