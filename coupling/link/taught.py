"""Models that learn at once from what people send: ``model.partial_fit([text], [label])`` in a handler of requests.

Comes in: the events of all units. Goes out: the requests as a data set of their own, which the handler records and the model trains on, so
that what a page shows can shape them. Only models that outlive the request count: one that a request fits, asks and forgets keeps nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.template import literal
from coupling.link.events import Access, Train
from coupling.link.values import AssetRef, Flow, Read, World

if TYPE_CHECKING:
    from coupling.link.engine import Engine

PASSING = "passing"
"""A data set that nobody keeps: there is nothing to version."""


def settle(engine: Engine) -> None:
    kept = {store.model for store in engine.stores.values() if store.verb == "saves"}
    asked = {(predict.model, predict.unit) for predict in engine.predicts.values()}
    for key, train in list(engine.trains.items()):
        outlives = train.model.kind == "artifact" or train.model in kept or any(m == train.model and u != train.unit for m, u in asked)
        if outlives and "test" not in train.unit.tags:
            engine.trains[key] = train._replace(
                flows=tuple(each for role, flow in train.flows for each in _learned(engine, train, role, flow))
            )


def _learned(engine: Engine, train: Train, role: str, flow: Flow) -> list[tuple[str, Flow]]:
    """A flow, and for one of the outside world the same out of a data set of requests."""
    if not isinstance(flow.origin, World) or role == "evaluation":
        return [(role, flow)]
    asset = AssetRef("topic", literal(f"requests to {flow.origin.what}" if " " in flow.origin.what else f"answers in {train.unit.path}"))
    place = (*flow.trail, *train.chain)[0]
    key = (train.unit, "writes", asset, place, train.chain[:1])
    told = Access(train.unit, "writes", asset, (*train.chain[:-1], place), train.why, ((flow, flow.columns),), tags=(PASSING,))
    known = engine.accesses.setdefault(key, told)
    if known is not told and (flow, flow.columns) not in known.flows:
        engine.accesses[key] = known._replace(flows=(*known.flows, (flow, flow.columns)))
    return [(role, flow), (role, flow._replace(origin=Read(asset, place)))]
