"""Several models in one artifact: ``pickle.dump((model, words), f)`` and ``model, words = pickle.load(f)``.

Comes in: what is saved, and what is taken out of what was loaded. Goes out: the place of each model in its artifact, and which model each
place holds. A model that is saved alone has no places: what is taken out of it is the model itself, whatever its key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from coupling.link.assets import Asset
from coupling.link.events import Store
from coupling.link.values import Abs, Api, ModelRef, all_models

_PART = "part"
_LOADED = (".load()", ".loads()")
WHOLE = ""


def taken(thing: Api, name: str) -> Api:
    """What a tuple or dict of models that was loaded holds under a name or number."""
    if not thing.path.endswith(_LOADED) or not thing.models:
        return thing
    return thing._replace(models=tuple(_part(ref, name) for ref in thing.models))


def _part(ref: ModelRef, name: str) -> ModelRef:
    if ref.kind != "artifact" or of(ref):
        return ref
    return ref._replace(key=(*ref.key, (_PART, name)))


def of(ref: ModelRef) -> str:
    """The place in its artifact that a reference means; empty for the whole."""
    last = ref.key[-1] if ref.key else ""
    return str(last[1]) if ref.kind == "artifact" and isinstance(last, tuple) and last[:1] == (_PART,) else WHOLE


def places(value: Abs) -> dict[ModelRef, str]:
    """Where each model stands in what is saved, when several stand side by side."""
    found: dict[ModelRef, str] = {}
    for name, inner in value.items.items():
        for ref in all_models(inner) if not name.startswith(".") else ():
            found.setdefault(ref, name)
    return found if len(set(found.values())) > 1 else {}


class Held(NamedTuple):
    """Which model an artifact holds as a whole, and at each of its places."""

    whole: ModelRef | None
    parts: Mapping[str, ModelRef]

    def at(self, part: str) -> ModelRef | None:
        return self.parts.get(part, self.whole)


def held(stores: Iterable[Store], holder: Callable[[list[Store]], ModelRef | None]) -> Held:
    """``holder`` says which model the stores of one place mean; of several places the whole is the first that is a model."""
    by_part: dict[str, list[Store]] = defaultdict(list)
    for store in stores:
        by_part[store.part].append(store)
    if set(by_part) == {WHOLE}:
        return Held(holder(by_part[WHOLE]), {})
    found = {part: ref for part, group in sorted(by_part.items()) if (ref := holder(group)) is not None}
    whole = holder([min(group, key=_rank) for part, group in by_part.items()])
    return Held(found.pop(WHOLE, None) or whole, found)


def _rank(store: Store) -> bool:
    return store.model.kind == "artifact"


def grouped(
    refs: Iterable[ModelRef], asset: Callable[[ModelRef], Asset | None], held_by: Mapping[Asset, Held]
) -> dict[tuple[Asset, str], list[ModelRef]]:
    """References that mean one place of one artifact; places that nobody saves apart are the whole."""
    found: dict[tuple[Asset, str], list[ModelRef]] = defaultdict(list)
    for ref in refs:
        if (source := asset(ref)) is not None:
            known = held_by.get(source)
            found[source, of(ref) if known is not None and of(ref) in known.parts else WHOLE].append(ref)
    return found
