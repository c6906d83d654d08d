"""Files copied or moved as they are: what was stored in the one is stored in the other.

Temporary files have no name of their own, so a write to one that is then moved is a write to where it is moved.
"""

from __future__ import annotations

from collections import defaultdict

from coupling.core.template import literal_size, render
from coupling.link.events import Access, LinkedRepo, Store, Unit
from coupling.link.values import AssetRef

ROUNDS = 3
MOVES = ("os.rename", "os.renames", "os.replace", "pathlib.Path.rename", "pathlib.Path.replace", "shutil.move", "sh.mv")


def _nameless(asset: AssetRef) -> bool:
    """A temporary file: only where it is moved has a name."""
    return literal_size(render(asset.name)) == 0


def followed(linked: LinkedRepo) -> LinkedRepo:
    """The events with those that copies imply: writes and saves of the source are of the target too, within the unit that copies."""
    targets: dict[tuple[Unit, AssetRef], list[AssetRef]] = defaultdict(list)
    for unit, source, target in linked.copies:
        targets[(unit, source)].append(target)
    if not targets:
        return linked
    accesses, stores = list(linked.accesses), list(linked.stores)
    fresh_accesses: list[Access] = accesses
    fresh_stores: list[Store] = stores
    for _ in range(ROUNDS):
        fresh_accesses = [
            a._replace(asset=t)
            for a in fresh_accesses
            if a.verb == "writes" and a.flows and _nameless(a.asset)
            for t in targets.get((a.unit, a.asset), ())
        ]
        fresh_stores = [s._replace(asset=t) for s in fresh_stores if s.verb == "saves" for t in targets.get((s.unit, s.asset), ())]
        fresh_accesses = [a for a in fresh_accesses if a not in accesses]
        fresh_stores = [s for s in fresh_stores if s not in stores]
        accesses += fresh_accesses
        stores += fresh_stores
        if not fresh_accesses and not fresh_stores:
            break
    gone = _gone(accesses)
    return linked._replace(accesses=tuple(a for a in accesses if (a.unit, a.asset) not in gone), stores=tuple(stores))


def _gone(accesses: list[Access]) -> set[tuple[Unit, AssetRef]]:
    """What a unit writes and then moves away: there is nothing under that name when it is done."""
    moved = {(a.unit, a.asset) for a in accesses if a.verb == "reads" and a.why.partition(" ")[0] in MOVES}
    return {(a.unit, a.asset) for a in accesses if a.verb == "writes" and (a.unit, a.asset) in moved}


def without_parts(linked: LinkedRepo) -> LinkedRepo:
    """The repository without loaded tokenizers that are put beside a trained model: its name is none of theirs, nor of where they are
    from."""
    kept = tuple(s for s in linked.stores if not (s.verb == "saves" and s.model.kind == "artifact" and s.model.role == "component"))
    return linked._replace(stores=kept)
