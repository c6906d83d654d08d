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
    taken = [s for s in linked.stores if s.verb == "loads" and s.model.kind != "artifact" and (s.unit, s.model) not in trained]
    assets = [identity.asset(store.asset, store.unit.path) for store in taken]
    meant = _meant(assets, held)
    for store, asset in zip(taken, assets, strict=True):
        if asset in meant:
            holders = [ref for known in meant[asset] if (ref := known.at(store.part)) is not None]
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
    writes = [(access, identity.asset(access.asset, access.unit.path)) for access in linked.accesses if access.verb == "writes"]
    wanted |= {source for source, _, _ in same_names({asset for _, asset in writes}, wanted)}
    kept = [(access, asset) for access, asset in writes if asset in wanted and asset not in held]
    meant = _meant([asset for access, _ in kept for asset in _reads(access, identity)], held)
    for access, asset in kept:
        found = trained[access.unit] if KEPT_BY_CALLBACK in access.tags else _sources(access, identity, meant)
        if len({find(ref) for ref in found}) == 1:
            yield asset, Held(min(found, key=repr), {})


def _sources(access: Access, identity: Identity, meant: Mapping[Asset, list[Held]]) -> set[ModelRef]:
    """The saved models that a write is made of."""
    known = [each for asset in _reads(access, identity) for each in meant.get(asset, ())]
    return {each.whole for each in known if each.whole is not None}


def _reads(access: Access, identity: Identity) -> list[Asset]:
    return [identity.asset(flow.origin.asset, access.unit.path) for flow, _ in access.flows if isinstance(flow.origin, Read)]


def _meant(assets: Iterable[Asset], held: Mapping[Asset, Held]) -> dict[Asset, list[Held]]:
    """What artifacts hold under their own names, else under names that can be the same."""
    asked = set(assets)
    found = {asset: [held[asset]] for asset in asked if asset in held}
    for known, asset, _ in same_names(list(held), [asset for asset in asked if asset not in held]):
        found.setdefault(asset, []).append(held[known])
    return found
