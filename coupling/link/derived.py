"""Features that stand ready in a table: how the script that wrote the table computed them, said of the models that learn from it.

Comes in: the columns of every write with their computations, and which references are one asset or model. Goes out: ``Computed`` for what a
unit reads and hands to a model as it stands. A table that is made of another has its columns too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import NamedTuple

from coupling.core.graph import carries
from coupling.link.assets import Asset
from coupling.link.events import Column, Computed, LinkedRepo, Predict, Train, Unit
from coupling.link.skews import Naming
from coupling.link.values import AssetRef, Flow, ModelRef, Read

AssetNaming = Callable[[AssetRef, str], Asset | None]
"""(reference, path of the unit) -> the asset, None when it has no name of its own."""
MOST_STEPS = 6
"""Tables made of tables: a column is followed so far."""


class _Source(NamedTuple):
    """A table that another is made of; ``columns`` of it, all when empty."""

    asset: Asset | None
    columns: tuple[str, ...]


class _Tables:
    """The known columns of every written table."""

    def __init__(self, linked: LinkedRepo, asset: AssetNaming) -> None:
        self.own: dict[Asset | None, list[Column]] = defaultdict(list)
        self.made_of: dict[Asset | None, dict[_Source, None]] = defaultdict(dict)
        for column in linked.columns:
            self.own[asset(column.asset, column.unit.path)].append(column)
        for access in linked.accesses if linked.columns else ():
            for flow, stored in access.flows if access.verb == "writes" else ():
                if isinstance(flow.origin, Read) and not stored:
                    source = _Source(asset(flow.origin.asset, access.unit.path), flow.columns)
                    self.made_of[asset(access.asset, access.unit.path)][source] = None

    def columns(self, asset: Asset | None, steps: int = MOST_STEPS) -> list[Column]:
        """Its columns as they were computed last."""
        found = list(self.own.get(asset, ())) if asset is not None else []
        known = {column.name for column in found}
        for source in self.made_of.get(asset, ()) if asset is not None and steps else ():
            inner = self.columns(source.asset, steps - 1) if source.asset != asset else []
            found += [c for c in inner if c.name not in known and carries(source.columns, c.name)]
        return found


def derived(linked: LinkedRepo, name: Naming, asset: AssetNaming) -> Iterator[Computed]:
    """For each training and each question to a model: the computed columns of the tables that it is handed."""
    if not linked.columns:
        return
    tables = _Tables(linked, asset)
    here = {(each.unit, name(each.model), each.feature) for each in linked.computed}
    for event, side, flows in _handed(linked):
        model = name(event.model)
        for column in _columns(tables, flows, event.unit, asset):
            if (event.unit, model, column.name) not in here:
                yield Computed(event.unit, event.model, side, column.name, column.text, column.place)


def _handed(linked: LinkedRepo) -> Iterator[tuple[Train | Predict, str, list[Flow]]]:
    for train in linked.trains:
        if train.learns and _is_model(train.model):
            yield train, "train", [flow for role, flow in train.flows if role in ("features", "data")]
    for predict in linked.predicts:
        if _is_model(predict.model):
            yield predict, "serve", list(predict.flows)


def _is_model(model: ModelRef) -> bool:
    return model.role != "component"


def _columns(tables: _Tables, flows: list[Flow], unit: Unit, asset: AssetNaming) -> Iterator[Column]:
    for flow in flows:
        if isinstance(flow.origin, Read):
            for column in tables.columns(asset(flow.origin.asset, unit.path)):
                if carries(flow.columns, column.name) and "test" not in column.unit.tags:
                    yield column
