"""Scalers, encoders and their kin that are fitted again where a model is asked: the numbers then mean something else than in training.

Comes in: what link found, and which references are one model. Goes out: pairs of ``Computed``, compared like expressions of features.
It does not know libraries: a component is what rules call one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from coupling.core.template import render
from coupling.link.events import Computed, LinkedRepo, Train, Unit
from coupling.link.values import Flow, ModelRef, Output, Read, World

Naming = Callable[[ModelRef], str | None]


class _Fit(NamedTuple):
    """A component that is fitted in a unit, and the names of the data that it is fitted on."""

    event: Train
    data: frozenset[str]


def refitted(linked: LinkedRepo, name: Naming) -> Iterator[Computed]:
    """For each model: components of one class that training fits on some data and a unit that asks the model on none of these."""
    fits = {(train.unit, train.model): _Fit(train, _data(train)) for train in linked.trains if train.model.role == "component"}
    learned: dict[str, list[_Fit]] = {}
    trained: set[tuple[Unit, str | None]] = set()
    for train in linked.trains:
        model = name(train.model) if train.learns else None
        trained.add((train.unit, model))
        if model and train.model.role == "model":
            learned.setdefault(model, []).extend(_fitted(fits, train.unit, (flow for _, flow in train.flows)))
    for predict in linked.predicts:
        model = name(predict.model)
        if model is None or model not in learned or (predict.unit, model) in trained or "test" in predict.unit.tags:
            continue
        for again in _fitted(fits, predict.unit, predict.flows):
            yield from _pairs(predict.model, learned[model], again, name)


def _fitted(fits: dict[tuple[Unit, ModelRef], _Fit], unit: Unit, flows: Iterator[Flow] | tuple[Flow, ...]) -> list[_Fit]:
    models = dict.fromkeys(flow.origin.model for flow in flows if isinstance(flow.origin, Output))
    return [fits[unit, model] for model in models if (unit, model) in fits]


def _data(train: Train) -> frozenset[str]:
    names = (_name(flow) for _, flow in train.flows)
    return frozenset(name for name in names if name)


def _name(flow: Flow) -> str:
    """What is read, or the request that brings it."""
    if isinstance(flow.origin, World):
        return f"the input of {flow.origin.what}"
    return render(flow.origin.asset.name) if isinstance(flow.origin, Read) else ""


def _pairs(ref: ModelRef, learned: list[_Fit], again: _Fit, name: Naming) -> Iterator[Computed]:
    alike = [fit for fit in learned if fit.event.model.label == again.event.model.label]
    known = all(fit.data for fit in (*alike, again))
    if not alike or not known or any(_is_same(fit, again, name) for fit in alike):
        return
    for fit, side in ((alike[0], "train"), (again, "serve")):
        event = fit.event
        yield Computed(event.unit, ref, side, event.model.label, f"fitted on {', '.join(sorted(fit.data))}", event.chain[-1])


def _is_same(fit: _Fit, again: _Fit, name: Naming) -> bool:
    return bool(fit.data & again.data) or name(fit.event.model) == name(again.event.model)
