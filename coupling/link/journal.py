"""The events that units tell, each once, with what later tellings add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.rules import Spec
from coupling.core.template import Hole
from coupling.link import features, preparing
from coupling.link.events import Access, Column, Computed, Handler, Initialise, Predict, Prepared, Serve, Store, Train, Unit
from coupling.link.values import NOTHING, UNBOUND, Abs, AssetRef, Flow, ModelRef, Output, Read, merge_flows

if TYPE_CHECKING:
    from coupling.link.frames import Frame, UnitRun
    from coupling.link.site import Site
    from coupling.link.values import Place


class Journal:
    def __init__(self) -> None:
        self.accesses: dict[tuple[object, ...], Access] = {}
        self.trains: dict[tuple[object, ...], Train] = {}
        self.predicts: dict[tuple[object, ...], Predict] = {}
        self.stores: dict[tuple[object, ...], Store] = {}
        self.initialises: dict[tuple[object, ...], Initialise] = {}
        self.serves: dict[tuple[object, ...], Serve] = {}
        self.handlers: dict[tuple[object, ...], Handler] = {}
        self.computed: dict[Computed, None] = {}
        self.columns: dict[Column, None] = {}
        self.prepared: dict[Prepared, None] = {}
        self.monitored: dict[str, None] = {}
        self.copies: dict[tuple[Unit, AssetRef, AssetRef], None] = {}
        """(unit, from, to): files copied or moved as they are."""

    def forget(self, unit: Unit) -> None:
        """Drop what a unit told: its script turned out to be started with other words."""
        for told in (self.accesses, self.trains, self.predicts, self.stores, self.initialises, self.serves):
            for key in [k for k, event in told.items() if event.unit == unit]:
                del told[key]
        for copy in [c for c in self.copies if c[0] == unit]:
            del self.copies[copy]

    def forget_unbound(self, unit: Unit, names: set[str]) -> None:
        """Drop a unit's accesses to names that hang on parameters which others give."""

        def lacks(asset: AssetRef) -> bool:
            return any(isinstance(part, Hole) and part.why == UNBOUND and part.name in names for part in asset.name)

        def known(flow: Flow) -> bool:
            return not (isinstance(flow.origin, Read) and lacks(flow.origin.asset))

        for key in [k for k, access in self.accesses.items() if access.unit == unit and lacks(access.asset)]:
            del self.accesses[key]
        for key, train in [(k, t) for k, t in self.trains.items() if t.unit == unit]:
            self.trains[key] = train._replace(flows=tuple((role, flow) for role, flow in train.flows if known(flow)))
        for key, predict in [(k, p) for k, p in self.predicts.items() if p.unit == unit]:
            self.predicts[key] = predict._replace(flows=tuple(filter(known, predict.flows)))

    def tell(self, site: Site, kind: type, *what: object, **more: object) -> None:
        if site.run.muted:
            return
        site.run.recall.told += 1
        if kind is Access:
            self._access(site, *what, **more)  # type: ignore[arg-type]
        elif kind is Predict:
            self._predict(site, *what, **more)  # type: ignore[arg-type]
        elif kind is Serve:
            self._serve(site, *what, **more)  # type: ignore[arg-type]

    def _access(
        self,
        site: Site,
        verb: str,
        asset: AssetRef,
        flows: tuple[tuple[Flow, tuple[str, ...]], ...] = (),
        models: tuple[ModelRef, ...] = (),
        tags: tuple[str, ...] = (),
    ) -> None:
        if "test" in site.run.unit.tags and asset.name and isinstance(asset.name[0], Hole):
            return  # a fixture's folder: nobody else reads or writes there
        key = (site.run.unit, verb, asset, site.place, site.frame.chain[:1])
        old = self.accesses.get(key)
        if old is not None:
            known = {(f.key, c) for f, c in old.flows}
            flows = (*old.flows, *((f, c) for f, c in flows if (f.key, c) not in known))[:200]
            models = tuple(dict.fromkeys((*old.models, *models)))
        self.accesses[key] = Access(site.run.unit, verb, asset, site.chain, site.why, flows, models, site.certainty, (), tags)

    def tell_plain(
        self,
        frame: Frame,
        verb: str,
        asset: AssetRef,
        place: Place,
        why: str,
        flows: tuple[tuple[Flow, tuple[str, ...]], ...] = (),
        models: tuple[ModelRef, ...] = (),
    ) -> None:
        """An access that no rule's call makes: an entry of a catalog."""
        unit = frame.run.unit
        if frame.run.muted:
            return
        frame.run.recall.told += 1
        key = (unit, verb, asset, place, frame.chain[:1])
        self.accesses[key] = Access(unit, verb, asset, (*frame.chain, place), why, flows, models)
        for model in models:
            self.stores.setdefault((unit, "saves", model, asset, place), Store(unit, "saves", model, asset, (*frame.chain, place), why))

    def tell_train(
        self, site: Site, model: ModelRef, flows: tuple[tuple[str, Flow], ...], certainty: str, more: tuple[str, ...] = ()
    ) -> None:
        if site.run.muted:
            return
        site.run.recall.told += 1
        self._computed(site, model, "train")
        key = (site.run.unit, model, site.place, site.frame.chain[-2:])
        old = self.trains.get(key)
        if old is not None:
            known = {(role, f.key) for role, f in old.flows}
            flows = (*old.flows, *((r, f) for r, f in flows if (r, f.key) not in known))[:200]
        tags = (*site.rule.tags, *more)
        for thing in (site.receiver or NOTHING).things:
            kept: Abs = site.run.look(site.run.heap, (*getattr(thing, "key", ()), "tags")) or NOTHING
            tags = tuple(dict.fromkeys((*tags, *(kept.literal,)))) if kept.literal else tags
        self.trains[key] = Train(site.run.unit, model, site.chain, site.why, flows, certainty, (), tags)

    def _predict(self, site: Site, model: ModelRef, flows: tuple[Flow, ...] = (), certainty: str = "exact", several: bool = False) -> None:
        self._computed(site, model, "serve")
        key = (site.run.unit, model, site.place, site.frame.chain[-2:])
        old = self.predicts.get(key)
        if old is not None:
            flows = merge_flows(old.flows, flows)
        self.predicts[key] = Predict(site.run.unit, model, site.chain, site.why, flows, certainty, several=several, at=site.frame.at)

    def tell_columns(self, site: Site, asset: AssetRef, data: list[Abs]) -> None:
        """How the columns are computed that a write stores."""
        for name, text, place in () if site.run.muted else features.formulas(site, data):
            self.columns[Column(site.run.unit, asset, name, text, place)] = None

    def tell_prepared(self, site: Site) -> None:
        for kind, name, text in () if site.run.muted else preparing.told(site):
            self.prepared[Prepared(site.run.unit, kind, name, text, site.place)] = None

    def passed(self) -> set[str]:
        """The files whose lines data pass on their way to models."""
        flows = [flow for train in self.trains.values() for _, flow in train.flows] + [f for p in self.predicts.values() for f in p.flows]
        return {place.path for flow in flows for place in flow.trail}

    def _computed(self, site: Site, model: ModelRef, side: str) -> None:
        for feature, text, place in features.computed(site, side):
            self.computed[Computed(site.run.unit, model, side, feature, text, place)] = None

    def tell_store(self, site: Site, verb: str, model: ModelRef, asset: AssetRef, part: str = "") -> None:
        if site.run.muted:
            return
        site.run.recall.told += 1
        self.stores.setdefault(
            (site.run.unit, verb, model, asset, site.place), Store(site.run.unit, verb, model, asset, site.chain, site.why, part=part)
        )

    def tell_initialise(self, site: Site, source: ModelRef, target: ModelRef, role: str) -> None:
        if site.run.muted:
            return
        site.run.recall.told += 1
        key = (site.run.unit, source, target, site.place)
        self.initialises.setdefault(key, Initialise(site.run.unit, source, target, site.chain, site.why, role))

    def tell_held(self, run: UnitRun, part: ModelRef, whole: ModelRef, role: str = "held") -> None:
        """A network is an attribute of a module."""
        if not run.muted:
            run.recall.told += 1
            known = Initialise(run.unit, part, whole, (), "an attribute of a module", role)
            self.initialises.setdefault((run.unit, part, whole, None), known)

    def tell_descent(self, frame: Frame, source: ModelRef, target: ModelRef, place: Place, role: str) -> None:
        """A model gets its weights from another: ``copy``, or ``follows`` when that one is learning."""
        if frame.run.muted:
            return
        frame.run.recall.told += 1
        key = (frame.run.unit, source, target, place, "descent")
        old = self.initialises.get(key)
        if old is None or (old.role, role) == ("copy", "follows"):
            self.initialises[key] = Initialise(frame.run.unit, source, target, (*frame.chain, place), "weights of a model", role)

    def _serve(
        self,
        site: Site,
        route: str,
        flows: tuple[Flow, ...] = (),
        template: str = "",
        keys: tuple[str, ...] = (),
        tokens: tuple[str, ...] = (),
    ) -> None:
        kind = "mail" if "mail" in site.rule.tags else "annotation" if "annotation" in site.rule.tags else "response"
        shown = tuple(f for f in flows if isinstance(f.origin, Output | Read))
        if shown or template:
            event = Serve(site.run.unit, route, shown, site.chain, site.why, template, keys, kind, tokens)
            old = self.serves.get((site.run.unit, route, site.place))
            if old is None or len(old.flows) <= len(shown):
                self.serves[(site.run.unit, route, site.place)] = event


__all__ = ["Journal", "Spec"]
