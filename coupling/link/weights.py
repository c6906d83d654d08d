"""Weights that go from one script to another: restored into a network of its own, copied, exported, registered, kept by a callback.

Comes in: which model each saved artifact holds, and what the repository loads. Goes out: references that are one model, and the
model that artifacts hold which nothing saves by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from coupling.link.assets import Asset, Identity, same_names
from coupling.link.bundles import Held
from coupling.link.events import Access, LinkedRepo
from coupling.link.values import ModelRef, Read

KEPT_BY_CALLBACK = "checkpoint"
"""The tag of a write by which a trainer keeps what its script trains."""

Find = Callable[[ModelRef], ModelRef]


def restored(linked: LinkedRepo, identity: Identity, held: Mapping[Asset, Held], find: Find) -> Iterator[tuple[ModelRef, ModelRef]]:
    """A network that gets the weights that another script saved is that model, unless its script trains it for itself: what starts
    from weights and is kept elsewhere is another model."""
    trained = {(train.unit, train.model) for train in linked.trains if any(role != "evaluation" for role, _ in train.flows)}
    for store in linked.stores:
        if store.verb == "loads" and store.model.kind != "artifact" and (store.unit, store.model) not in trained:
            asset = identity.asset(store.asset, store.unit.path)
            holders = [ref for known in _meant(asset, held) if (ref := known.at(store.part)) is not None]
            if len({find(ref) for ref in holders}) == 1:
                yield holders[0], store.model


def written(
    linked: LinkedRepo, identity: Identity, held: Mapping[Asset, Held], loaded: Iterable[Asset], find: Find
) -> Iterator[tuple[Asset, Held]]:
    """What is loaded as a model, and was written from a saved one (a copy, an export, a registered run) or by a callback of the one
    training of its script, holds that model."""
    wanted = set(loaded)
    trained: dict[object, set[ModelRef]] = defaultdict(set)
    for train in linked.trains:
        trained[train.unit].add(find(train.model))
    for access in linked.accesses:
        asset = identity.asset(access.asset, access.unit.path)
        if access.verb != "writes" or asset in held or not (asset in wanted or same_names([asset], wanted)):
            continue
        found = trained[access.unit] if KEPT_BY_CALLBACK in access.tags else _sources(access, identity, held)
        if len({find(ref) for ref in found}) == 1:
            yield asset, Held(min(found), {})


def _sources(access: Access, identity: Identity, held: Mapping[Asset, Held]) -> set[ModelRef]:
    """The saved models that a write is made of."""
    reads = [flow.origin.asset for flow, _ in access.flows if isinstance(flow.origin, Read)]
    known = [each for ref in reads for each in _meant(identity.asset(ref, access.unit.path), held)]
    return {each.whole for each in known if each.whole is not None}


def _meant(asset: Asset, held: Mapping[Asset, Held]) -> list[Held]:
    """What an artifact holds under its own name, else under names that can be the same."""
    return [held[asset]] if asset in held else [held[known] for known, _, _ in same_names(list(held), [asset])]
