"""CPL302: two different units write one data set that a model trains on. Seeds, migrations and tests are no writers."""

from __future__ import annotations

from collections.abc import Iterator

from coupling.core.graph import Finding
from coupling.detectors.data import writers
from coupling.detectors.finding import listed, make, title
from coupling.detectors.flow import Flow, Way


def find(flow: Flow) -> Iterator[Finding]:
    for asset in sorted(node for node in flow.into if flow.kind(node) == "asset" and "test" not in flow.tags(node)):
        trainings = _trainings_behind(flow, asset)
        found = _without_twins(writers(flow, asset, 0)) if trainings and not _is_anywhere(flow, asset) else {}
        if len(found) > 1:
            paths = sorted(found)
            models = list(dict.fromkeys(flow.canon(flow.edges[way[-1]].target) for way in trainings))
            yield make(
                flow,
                "multiple-writers",
                f"{listed(paths)} write {title(flow, asset)}, which {title(flow, models[0])} is trained on",
                [*(i for path in paths for i in found[path]), *trainings[0], *(way[-1] for way in trainings[1:])],
                key=((asset, *paths), ()),
                models=models,
                assets=(asset,),
            )


def _is_anywhere(flow: Flow, asset: str) -> bool:
    """A name whose folder or schema is a hole: each script may mean another. An address is asked, not written."""
    node = flow.nodes.get(asset)
    return node is not None and (node.name.startswith("{") or node.type == "url")


def _without_twins(found: dict[str, Way]) -> dict[str, Way]:
    """A notebook and the script beside it of the same name are one text."""
    return {path: way for path, way in found.items() if not (path.endswith(".ipynb") and f"{path.removesuffix('.ipynb')}.py" in found)}


def _trainings_behind(flow: Flow, asset: str) -> list[tuple[int, ...]]:
    """The trainings that read the data set, or what is made of it in one step."""
    direct: list[tuple[int, ...]] = [(i,) for i in flow.trainings(asset)]
    made = [(i, j) for i in flow.outgoing(asset, "derives") for j in flow.trainings(flow.edges[i].target)]
    ways = [*direct, *made]
    return [way for way in ways if not flow.is_component(flow.canon(flow.edges[way[-1]].target))]
