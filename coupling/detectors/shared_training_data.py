"""CPL301: two different models train on one mutable data set. One finding a data set, every training in its path."""

from __future__ import annotations

from collections.abc import Iterator

from coupling.core.graph import Finding
from coupling.detectors.data import different, is_pinned
from coupling.detectors.finding import make, titles
from coupling.detectors.flow import Flow

Readers = tuple[tuple[str, str], ...]
"""(model, unit) of every training that reads a data set."""


def find(flow: Flow) -> Iterator[Finding]:
    sets: dict[Readers, list[str]] = {}
    trainings: dict[str, list[int]] = {}
    for asset in sorted(node for node in flow.out if flow.kind(node) == "asset"):
        found = [] if is_pinned(flow, asset) or "test" in flow.tags(asset) else different(flow, flow.trainings(asset))
        if len(found) > 1:
            trainings[asset] = found
            users = sorted((flow.canon(flow.edges[i].target), flow.edges[i].unit) for i in found)
            sets.setdefault(tuple(users), []).append(asset)
    for readers, assets in _folded(sets).items():
        models = list(dict.fromkeys(model for model, _ in readers))
        yield make(
            flow,
            "shared-training-data",
            f"{titles(flow, models)} train on the same mutable data, {titles(flow, assets)}",
            [i for asset in assets for i in trainings[asset]],
            key=((*assets, *models), ()),
            models=models,
            assets=assets,
        )


def _folded(sets: dict[Readers, list[str]]) -> dict[Readers, list[str]]:
    """Without data sets that some of another's trainings read beside it: whoever mends the one sees the other."""
    kept: dict[Readers, list[str]] = {}
    for readers in sorted(sets, key=lambda each: (-len(each), each)):
        home = next((each for each in kept if set(readers) < set(each)), readers)
        kept.setdefault(home, []).extend(sets[readers])
    return kept
