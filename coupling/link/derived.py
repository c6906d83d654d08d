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
from coupling.link.events import Access, Column, Computed, LinkedRepo, Predict, Train, Unit
from coupling.link.skews import Naming
from coupling.link.values import AssetRef, Flow, ModelRef, Read

AssetNaming = Callable[[AssetRef, str], Asset | None]
"""(reference, path of the unit) -> the asset, None when it has no name of its own."""
MOST_STEPS = 6
"""Tables made of tables: a column is followed so far."""


class _Source(NamedTuple):
    """A table that another is made of; ``columns`` of it, all when empty."""

    asset: Asset
    columns: tuple[str, ...]


class _Tables:
    """The known columns of every written table."""

    def __init__(self, linked: LinkedRepo, asset: AssetNaming) -> None:
        self.own: dict[Asset, list[Column]] = defaultdict(list)
        self.made_of: dict[Asset, dict[_Source, None]] = defaultdict(dict)
        self._known: dict[tuple[Asset, int], tuple[Column, ...]] = {}
        for column in linked.columns:
            if (table := asset(column.asset, column.unit.path)) is not None:
                self.own[table].append(column)
        for access in linked.accesses:
            if access.verb == "writes" and (table := asset(access.asset, access.unit.path)) is not None:
                self.made_of[table].update(dict.fromkeys(_sources(access, asset)))

    def columns(self, asset: Asset, steps: int = MOST_STEPS) -> tuple[Column, ...]:
        """Its columns as they were computed last."""
        if (asset, steps) not in self._known:
            own = self.own.get(asset, [])
            names = {column.name for column in own}
            passed = (c for c in self._passed(asset, steps) if c.name not in names)
            self._known[asset, steps] = (*own, *dict.fromkeys(passed))
        return self._known[asset, steps]

    def _passed(self, asset: Asset, steps: int) -> Iterator[Column]:
        for source in self.made_of.get(asset, ()) if steps else ():
            if source.asset != asset:
                yield from (c for c in self.columns(source.asset, steps - 1) if carries(source.columns, c.name))


def _sources(access: Access, asset: AssetNaming) -> Iterator[_Source]:
    for flow, stored in access.flows:
        if isinstance(flow.origin, Read) and not stored and (table := asset(flow.origin.asset, access.unit.path)) is not None:
            yield _Source(table, flow.columns)


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
        if isinstance(flow.origin, Read) and (table := asset(flow.origin.asset, unit.path)) is not None:
            for column in tables.columns(table):
                if carries(flow.columns, column.name) and "test" not in column.unit.tags:
                    yield column
