"""Lineage: one model under many names.

A model constructed here, saved there, loaded elsewhere is one; two recipes that write one artifact name are one. What is stored together in
one file stays apart: a vectorizer beside a classifier is no classifier.
"""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import partial
from typing import NamedTuple

from coupling.core.names import short
from coupling.core.template import is_pattern, literal_size
from coupling.link import bundles, clones, modelnames, weights
from coupling.link.assets import Asset, Identity, same_names
from coupling.link.declared import DECLARED
from coupling.link.events import Initialise, LinkedRepo, Store
from coupling.link.trackedruns import fetched
from coupling.link.values import RETURN, UNGRADED, AssetRef, ModelRef, Output

_TRANSFORMING = (".transform", ".fit_transform")
"""What fitted components are asked; a model that was loaded and is asked nothing else is one."""
_ROLES = {"model": 0, "base": 1, "component": 2}


class Lineage(NamedTuple):
    """A model: its display name, role (model, component, base) and how sure its existence is."""

    name: str
    role: str
    certainty: str
    remote: bool

    @property
    def id(self) -> str:
        return f"model:{self.name}"


class Lineages:
    def __init__(self, linked: LinkedRepo, identity: Identity) -> None:
        self._identity = identity
        self._parent: dict[ModelRef, ModelRef] = {}
        self._sides: dict[ModelRef, set[str]] = defaultdict(set)
        self._artifacts: dict[ModelRef, set[Asset]] = defaultdict(set)
        self._where: dict[ModelRef, str] = {}
        self._used: set[ModelRef] | None = None
        self._parts = {link.source for link in linked.initialises if link.role == "held"}
        self._teaching: set[ModelRef] = set()
        """Models whose outputs are labels of gradient steps."""
        self._collect(linked)
        self._join(linked)
        self._join_parts(linked)
        self._join_copies(linked)
        self._join_family(linked)
        self._join_declared()
        self._lineages = self._named()

    def of(self, ref: ModelRef) -> Lineage | None:
        """The lineage of a reference; None when nothing but a method's name says that it is a model."""
        return self._lineages.get(self._find(ref))

    def is_used(self, ref: ModelRef) -> bool:
        """Whether anything trains, asks, saves or loads it, beyond making it."""
        root = self._find(ref)
        if self._used is None:
            self._used = {self._find(r) for r, sides in self._sides.items() if sides - {"starts"}}
        return root in self._used

    def all(self) -> list[Lineage]:
        return sorted(set(self._lineages.values()))

    def artifact(self, ref: ModelRef, unit_path: str = "") -> Asset | None:
        """The asset that an artifact reference was loaded from."""
        if ref.kind != "artifact":
            return None
        kind, name, cwd = ref.key[:3]
        return self._identity.asset(AssetRef(str(kind), name, str(cwd)), self._where.get(ref, unit_path))  # type: ignore[arg-type]

    def _collect(self, linked: LinkedRepo) -> None:
        for train in linked.trains:
            self._note(train.model, "trains", train.unit.path)
            for _, flow in train.flows:
                if isinstance(flow.origin, Output):
                    self._note(flow.origin.model, "output", train.unit.path)
                    if UNGRADED in flow.notes and RETURN not in flow.notes:
                        self._teaching.add(flow.origin.model)
        for predict in linked.predicts:
            self._note(predict.model, "predicts", predict.unit.path)
            if not predict.why.partition(" ")[0].endswith(_TRANSFORMING):
                self._note(predict.model, "answers", predict.unit.path)
        for store in linked.stores:
            self._note(store.model, store.verb, store.unit.path)
        for link in linked.initialises:
            self._note(link.source, "starts", link.unit.path)
            self._note(link.target, "starts", link.unit.path)

    def _note(self, ref: ModelRef, side: str, path: str) -> None:
        self._find(ref)
        self._sides[ref].add(side)
        self._where.setdefault(ref, path)

    def _join(self, linked: LinkedRepo) -> None:
        saved: dict[Asset, list[Store]] = defaultdict(list)
        for store in linked.stores:
            asset = self._identity.asset(store.asset, store.unit.path)
            self._artifacts[store.model].add(asset)
            if store.verb == "saves" and not _vague(asset):
                saved[asset].append(store)
        loaded = {found: None for ref in list(self._parent) if (found := self.artifact(ref)) is not None}
        for link in linked.initialises:
            if link.role in ("joint", "generation") or (link.role in ("copy", "follows", "held") and self._belongs(link)):
                self._unite(link.source, link.target)
        for ref in [ref for ref in self._parent if ref.kind == "copy"]:
            self._unite(ref.key[0], ref)  # type: ignore[arg-type]
        self._generations(linked)
        self._one_place(linked)
        held = {asset: bundles.held(stores, partial(self._holder, is_open=_is_open(asset))) for asset, stores in saved.items()}
        self._join_served(held)
        whole = {asset: known.whole for asset, known in held.items()}
        for run, ref in (*fetched(linked, whole), *weights.restored(linked, self._identity, held, self._find)):
            self._unite(run, ref)
        held.update(list(weights.written(linked, self._identity, held, loaded, self._find)))
        held.update(self._meant(held, loaded))
        for (source, part), refs in bundles.grouped(list(self._parent), self.artifact, held).items():
            known = held[source].at(part) if source in held else None
            for ref in [*refs[1:], *filter(None, [known])]:
                self._unite(refs[0], ref)

    def _meant(self, held: Mapping[Asset, bundles.Held], loaded: Iterable[Asset]) -> dict[Asset, bundles.Held]:
        """What is loaded by a name that only fits the saved one; a pattern that fits several models says nothing of any."""
        meant: dict[Asset, list[bundles.Held]] = defaultdict(list)
        fits: dict[Asset, set[Asset]] = defaultdict(set)
        for source, target, _ in same_names(list(held), list(loaded)):
            if held[source].whole is not None and target not in held:
                meant[target].append(held[source])
                fits[target].add(source)
        said = Counter(source for target, sources in fits.items() if not is_pattern(target.name) for source in sources)
        many = {source for source, count in said.items() if count > 1 and _is_open(source)}
        return {
            target: candidates[0]
            for target, candidates in meant.items()
            if len({self._find(c.whole) for c in candidates if c.whole}) == 1 and many.isdisjoint(fits[target])
        }

    def _belongs(self, link: Initialise) -> bool:
        """A network that is never trained itself and takes the weights of one that is: a target network, the best player so far.
        A part of a module that nobody trains, saves or loads by itself."""
        if link.role == "held":
            return not self._sides[link.source] & {"trains", "saves", "loads"}
        return link.target in self._teaching or ("trains" in self._sides[link.source] and "trains" not in self._sides[link.target])

    def _join_served(self, held: Mapping[Asset, bundles.Held]) -> None:
        """A model that a server is asked for under the path or hub name that training saves it to: ``vllm serve out/model``."""
        saved = {asset.name: known.whole for asset, known in held.items() if known.whole and asset.type in ("file", "dir", "hub")}
        for ref in [ref for ref in self._parent if ref.kind == "api" and ref.key[0] == "api" and "/" in modelnames.spelled(ref)]:
            if (holder := saved.get(posixpath.normpath(modelnames.spelled(ref)))) is not None:
                self._unite(holder, ref)

    def _generations(self, linked: LinkedRepo) -> None:
        """Models of one class that one call predicts with, round after round, are generations of one."""
        called: dict[object, list[ModelRef]] = defaultdict(list)
        for predict in linked.predicts:
            if predict.model.kind == "site" and not predict.several:
                called[(predict.unit, predict.chain, predict.at, predict.model.label)].append(predict.model)
        for refs in called.values():
            for ref in refs[1:]:
                kept, other = self._artifacts[refs[0]], self._artifacts[ref]
                if not kept or not other or kept & other:  # what is kept apart is two models that take turns
                    self._unite(refs[0], ref)

    def _one_place(self, linked: LinkedRepo) -> None:
        """A constructor that each of several units reaches once makes one model; one that a unit reaches twice makes two."""
        made: dict[tuple[object, ...], dict[object, set[ModelRef]]] = defaultdict(lambda: defaultdict(set))
        told = [(e.unit, e.model) for e in linked.trains] + [(e.unit, e.model) for e in linked.predicts]
        for unit, model in (*told, *((e.unit, e.model) for e in linked.stores)):
            if model.kind == "site":
                made[model.key[:3]][unit].add(model)
        for units in made.values():
            alone = sorted({ref for refs in units.values() if len(refs) == 1 for ref in refs}, key=lambda r: repr(r.key))
            for ref in alone[1:]:
                self._unite(alone[0], ref)

    def _holder(self, stores: list[Store], is_open: bool) -> ModelRef | None:
        """The model that an artifact holds: of several saved at one place, the first that is no component; saved by several
        places, all are one, unless the name is open."""
        by_place: dict[object, list[ModelRef]] = defaultdict(list)
        for store in stores:
            by_place[(store.unit, store.chain[-1:])].append(store.model)
        chosen = [min(refs, key=lambda r: _ROLES.get(r.role, 0)) for refs in by_place.values()]
        chosen.sort(key=lambda r: r.kind == "artifact")  # a model that was loaded does not say what it is
        for ref in chosen[1:]:
            if (ref.role == chosen[0].role or ref.kind == "artifact") and not is_open:
                self._unite(chosen[0], ref)
        return chosen[0] if chosen else None

    def _join_parts(self, linked: LinkedRepo) -> None:
        """Networks that one step trains together, one on the output of the other, are parts of one model."""
        trained: dict[object, dict[ModelRef, None]] = defaultdict(dict)
        for train in linked.trains:
            if train.model.kind == "site" and "gradient" in train.tags:
                trained[train.unit, train.chain][train.model] = None
        together = {ref: set(refs) for refs in trained.values() if len(refs) > 1 for ref in refs}
        for predict in linked.predicts:
            for flow in predict.flows if predict.model in together else ():
                if isinstance(flow.origin, Output) and flow.origin.model in together[predict.model]:
                    self._unite(flow.origin.model, predict.model)

    def _join_copies(self, linked: LinkedRepo) -> None:
        for refs in clones.runs_of_one(list(self._parent), linked, self._find):
            for ref in refs[1:]:
                self._unite(refs[0], ref)

    def _join_family(self, linked: LinkedRepo) -> None:
        """Models of which the names differ in a number only and which one statement trains: folds and rounds are runs of one."""
        families: dict[object, dict[ModelRef, None]] = defaultdict(dict)
        trained = {train.model: train.chain[-1:] for train in linked.trains if train.model.kind == "api"}
        for ref in self._parent:
            if ref.kind == "api" and modelnames.NUMBER.search(name := modelnames.spelled(ref)):
                families[ref.key[0], modelnames.NUMBER.sub("#", name)][ref] = None
        for refs in families.values():
            places = {trained[ref] for ref in refs if ref in trained}
            first = next(iter(refs))
            for ref in refs if len(places) == 1 else ():
                self._unite(first, ref)

    def _join_declared(self) -> None:
        """A model that a comment names is the one that messages call so, when there is just one."""
        for ref in [ref for ref in self._parent if ref.key[:1] == (DECLARED,)]:
            called = {self._find(other) for other in list(self._parent) if other != ref and ref.label in self._called(other)}
            if len(called) == 1:
                self._unite(called.pop(), ref)

    def _called(self, ref: ModelRef) -> set[str]:
        loaded = self.artifact(ref)
        names = {asset.name for asset in (*self._artifacts[ref], *((loaded,) if loaded else ()))}
        return {ref.label, *names, *map(short, names), *((modelnames.spelled(ref),) if ref.kind == "api" else ())}

    def _find(self, ref: ModelRef) -> ModelRef:
        parent = self._parent.setdefault(ref, ref)
        while parent != ref:
            ref, parent = parent, self._parent[parent]
        return ref

    def _unite(self, a: ModelRef, b: ModelRef) -> None:
        x, y = self._find(a), self._find(b)
        if x != y:
            self._parent[y] = x

    def _named(self) -> dict[ModelRef, Lineage]:
        groups: dict[ModelRef, list[ModelRef]] = defaultdict(list)
        for ref in self._parent:
            groups[self._find(ref)].append(ref)
        known = [(root, found) for root, refs in groups.items() if (found := self._lineage(refs)) is not None]
        known.sort(key=lambda each: (_ROLES[each[1].role], _order(groups[each[0]])))
        names = modelnames.told_apart([self._candidates(groups[root]) for root, _ in known])
        return {root: lineage._replace(name=name) for (root, lineage), name in zip(known, names, strict=True)}

    def _candidates(self, refs: list[ModelRef]) -> list[str]:
        artifacts = {asset for ref in refs for asset in self._artifacts[ref]}
        where = sorted(filter(None, map(self._where.get, refs)))
        return modelnames.candidates(refs, artifacts, where[0] if where else "", self._parts)

    def _lineage(self, refs: list[ModelRef]) -> Lineage | None:
        sides = {side for ref in refs for side in self._sides[ref]}
        if all(ref.kind == "weak" for ref in refs) and not _second_sign(sides):
            return None
        if all(ref.kind == "artifact" for ref in refs) and not sides & {"trains", "predicts", "output", "starts"}:
            return None
        said = [r.role for r in refs if r.kind not in ("weak", "artifact")] or [r.role for r in refs if r.kind == "artifact"]
        if set(said) == {"blank"} and not sides & {"trains", "starts"}:
            return None
        said = ["model" if r == "blank" else r for r in said]
        if all(ref.kind == "artifact" for ref in refs) and "answers" not in sides and "predicts" in sides:
            said = ["component"]
        role = min(said, key=lambda r: _ROLES.get(r, 0), default="model")
        certainty = "partial" if all(ref.kind == "weak" for ref in refs) else "exact"
        remote = "saves" not in sides and any(ref.kind == "api" and ref.key[0] == "api" for ref in refs)
        return Lineage("", role, certainty, remote)


def _second_sign(sides: set[str]) -> bool:
    return ("trains" in sides and bool(sides & {"predicts", "saves", "output"})) or (
        "predicts" in sides and bool(sides & {"loads", "saves"})
    )


def _order(refs: Iterable[ModelRef]) -> tuple[str, ...]:
    return tuple(sorted(repr((r.kind, r.key)) for r in refs))


def _is_open(asset: Asset) -> bool:
    """A file name that is all hole, ``models/{name}.pkl``: one model for each name."""
    return literal_size(posixpath.splitext(posixpath.basename(asset.name))[0]) == 0


def _vague(asset: Asset) -> bool:
    return literal_size(asset.name) < 3
