"""Events -> the data graph.

Comes in: a ``LinkedRepo``. Goes out: nodes for assets, models, units and routes, and one edge for each flow between two of them,
with the places
that show it. It decides identity through ``link.assets`` and ``link.models`` and knows no library.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from coupling.core.graph import CERTAINTIES, ONE_STEP, REQUEST, DataGraph, Edge, Expression, Node, weakest
from coupling.core.source import Span
from coupling.core.template import literal_size
from coupling.link.assets import Asset, Identity, same_names
from coupling.link.copies import followed, without_parts
from coupling.link.derived import derived
from coupling.link.events import Access, Initialise, LinkedRepo, Predict, Serve, Store, Train, Unit
from coupling.link.models import Lineages
from coupling.link.networks import HOLDS
from coupling.link.refits import refitted
from coupling.link.services import answered, recorded
from coupling.link.skews import skewed
from coupling.link.teachers import COPY
from coupling.link.values import KEPT, MARKS, RETURN, TARGET, AssetRef, Flow, ModelRef, Output, Place, Read, World
from coupling.link.world import Ids, influences

MOST_EVIDENCE = 24


def build(linked: LinkedRepo) -> DataGraph:
    return _Builder(without_parts(followed(linked))).graph()


class _Builder:
    """Collects nodes and edges; each edge once, with the best certainty and the shortest evidence."""

    def __init__(self, linked: LinkedRepo) -> None:
        self.linked = linked
        self.identity = Identity(linked.paths)
        written = [(a.asset, a.unit.path) for a in linked.accesses if a.verb == "writes"]
        self.identity.makes([*written, *((s.asset, s.unit.path) for s in linked.stores if s.verb == "saves")])
        self.identity.fetches((a.asset, a.unit.path) for a in linked.accesses if a.verb == "reads")
        self.lineages = Lineages(linked, self.identity)
        self.learners = frozenset(train.model for train in linked.trains if "gradient" in train.tags)
        self.followers = frozenset(link.target for link in linked.initialises if link.role == "follows")
        self.holders: dict[ModelRef, list[ModelRef]] = defaultdict(list)
        for link in linked.initialises:
            if link.role == HOLDS:
                self.holders[link.source].append(link.target)
        self.cells = dict(linked.cells)
        self.nodes: dict[str, Node] = {}
        self.edges: dict[tuple[str, ...], Edge] = {}
        self.written: dict[Asset, None] = {}
        self.read: dict[Asset, None] = {}
        self.folders: dict[Asset, None] = {}
        self.tags: dict[str, set[str]] = defaultdict(set)
        self.units: dict[str, Unit] = {}

    def graph(self) -> DataGraph:
        for access in self.linked.accesses:
            self._access(access)
        for train in self.linked.trains:
            self._train(train)
        for predict in self.linked.predicts:
            self._predict(predict)
        for store in self.linked.stores:
            self._store(store)
        for serve in self.linked.serves:
            self._serve(serve)
        self._services()
        self._initialises()
        self._one_thing_two_names()
        self._world()
        used = {e.source for e in self.edges.values()} | {e.target for e in self.edges.values()}
        nodes = [n._replace(tags=tuple(sorted(self.tags[n.id] | set(n.tags)))) for n in self.nodes.values() if n.id in used]
        return DataGraph(tuple(sorted(nodes)), tuple(sorted(self.edges.values(), key=_edge_order)), self._expressions())

    def _expressions(self) -> tuple[Expression, ...]:
        """Where a unit trains a model, what it asks of it is a trial, not serving."""
        trained = {(train.unit, self._model(train.model)) for train in self.linked.trains if train.learns}
        found: dict[Expression, None] = {}
        compared = (
            *self.linked.computed,
            *derived(self.linked, self._model, self._table),
            *refitted(self.linked, self._model),
            *skewed(self.linked, self._model),
        )
        for each in compared:
            model = self._model(each.model)
            if (
                model
                and model in self.nodes
                and (each.side == "train" or (each.unit, model) not in trained)
                and "test" not in each.unit.tags
            ):
                found[Expression(model, each.side, each.feature, each.text, self._span(each.place))] = None
        return tuple(sorted(found))

    def _table(self, ref: AssetRef, path: str) -> Asset | None:
        """A table by one name, wherever it is written or read; None when it has no name of its own."""
        asset = self.identity.asset(ref, path)
        return None if nameless(asset) else asset

    def _initialises(self) -> None:
        """What starts from, or contains, another model; a part that only one model has is its own affair, and so are the parts of a
        network, each inside the next, of which nobody trains or asks one by itself. What is made in memory is shared in one unit only."""
        wholes: dict[object, set[ModelRef]] = defaultdict(set)
        for link in self.linked.initialises:
            if link.role in ("part", "held") and self.lineages.is_used(link.target):
                wholes[_holding(link)].add(link.target)
        for link in self.linked.initialises:
            if link.role in ("joint", "generation", "copy", "held", "follows", HOLDS):
                continue
            holding = wholes[_holding(link)]
            if link.role == "part" and (len(holding) < 2 or link.target not in holding):
                continue
            source, target = self._model(link.source), self._model(link.target)
            if source and target and source != target:
                self._edge(source, target, "initialises", "exact", link.why, self._spans(link.chain), link.unit, role=link.role)

    # --- events ---

    def _access(self, access: Access) -> None:
        asset = self.identity.asset(access.asset, access.unit.path)
        if nameless(asset):
            return
        node, unit = self._asset(asset, access.chain), self._unit(access.unit, access.chain)
        self.tags[node].update(access.tags)
        if access.asset.kind == "dir":
            self.folders[asset] = None
        certainty = weakest(access.certainty, asset.certainty)
        evidence = self._spans(reversed(access.chain))
        if access.verb == "reads":
            self.read[asset] = None
            self._edge(node, unit, "reads", certainty, access.why, evidence, access.unit)
            return
        self.written[asset] = None
        self._edge(unit, node, "writes", certainty, access.why, evidence, access.unit)
        if "metrics" not in access.tags:
            for flow, columns in access.flows:
                self._stored_flow(access, flow, columns, node, certainty)

    def _stored_flow(self, access: Access, flow: Flow, columns: tuple[str, ...], node: str, certainty: str) -> None:
        evidence = self._spans((*flow.trail, *access.chain))
        sure = weakest(certainty, flow.certainty)
        origin = flow.origin
        if isinstance(origin, Read):
            source = self._read_node(origin, access.unit)
            if source and source != node:
                self._edge(source, node, "derives", sure, access.why, evidence, access.unit, columns=flow.columns)
        elif isinstance(origin, Output):
            if model := self._model(origin.model):
                self._edge(model, node, "predicts", sure, access.why, evidence, access.unit, columns=columns)
        elif isinstance(origin, World):
            route = self._route(origin.what)
            self._edge(route, node, "records", sure, access.why, evidence, access.unit)

    def _train(self, train: Train) -> None:
        model = self._model(train.model)
        if not model:
            return
        self.tags[model].update(t for t in train.tags if t == "self-training")
        chain = train.chain
        for role, flow in train.flows:
            evidence = self._spans((*flow.trail, *chain))
            sure = weakest(train.certainty if train.certainty != "guess" else "partial", flow.certainty)
            if isinstance(flow.origin, Read):
                if source := self._read_node(flow.origin, train.unit):
                    self._edge(
                        source,
                        model,
                        "trains",
                        sure,
                        train.why,
                        evidence,
                        train.unit,
                        role,
                        flow.columns,
                        notes=tuple(n for n in flow.notes if n not in MARKS),
                    )
            elif isinstance(flow.origin, Output) and (other := self._model(flow.origin.model)):
                if not _carries_on(train, flow, role, other == model, flow.origin.model in self.followers):
                    continue
                self._edge(
                    other,
                    model,
                    "feeds",
                    sure,
                    train.why,
                    evidence,
                    train.unit,
                    role="evaluation" if role == "evaluation" else "train",
                    notes=(f"as {role}", *((ONE_STEP,) if self._stays(train, flow) else ())),
                )
        if "self-training" in train.tags:
            self._edge(
                model,
                model,
                "feeds",
                "exact",
                train.why,
                self._spans(chain),
                train.unit,
                role="train",
                notes=("generates, scores and updates in one call",),
            )

    def _stays(self, train: Train, flow: Flow) -> bool:
        """Whether an output stays in the gradient step that computed it: no container keeps it, and it is no label of a model that
        learns in turn."""
        taught = isinstance(flow.origin, Output) and flow.origin.model in self.learners and TARGET in flow.notes
        return "gradient" in train.tags and KEPT not in flow.notes and not taught

    def _predict(self, predict: Predict) -> None:
        model = self._model(predict.model)
        if not model:
            return
        for flow in predict.flows:
            evidence = self._spans((*flow.trail, *predict.chain))
            sure = weakest(predict.certainty if predict.certainty != "guess" else "partial", flow.certainty)
            if isinstance(flow.origin, Read):
                if source := self._read_node(flow.origin, predict.unit):
                    self._edge(source, model, "infers", sure, predict.why, evidence, predict.unit, columns=flow.columns)
            elif isinstance(flow.origin, Output) and (other := self._model(flow.origin.model)) and other != model:
                if any(self._model(holder) == model for holder in self.holders.get(flow.origin.model, ())):
                    continue
                self._edge(other, model, "feeds", sure, predict.why, evidence, predict.unit, role="infer")

    def _store(self, store: Store) -> None:
        model = self._model(store.model)
        asset = self.identity.asset(store.asset, store.unit.path)
        if not model or nameless(asset):
            return
        node = self._asset(asset, store.chain)
        evidence = self._spans(reversed(store.chain))
        if store.verb == "loads":
            self._edge(node, model, "loads", asset.certainty, store.why, evidence, store.unit)
        else:
            self._edge(model, node, "saves", asset.certainty, store.why, evidence, store.unit)

    def _serve(self, serve: Serve) -> None:
        route = self._route(serve.route or serve.unit.name or serve.unit.path)
        for flow in serve.flows:
            if isinstance(flow.origin, Output) and (model := self._model(flow.origin.model)):
                places = (*flow.trail, *serve.chain)
                watched = ("monitored",) if any(place.path in self.linked.monitored for place in places) else ()
                kept = (serve.kind,) if serve.kind == "annotation" else ()
                self._edge(model, route, "serves", flow.certainty, serve.why, self._spans(places), serve.unit, notes=(*watched, *kept))

    def _services(self) -> None:
        """What a service of the repository answers is its model's output for who asks it."""
        for serve, asset in answered(self.linked.serves, self.read):
            for flow in serve.flows:
                if isinstance(flow.origin, Output) and (model := self._model(flow.origin.model)):
                    evidence = self._spans((*flow.trail, *serve.chain))
                    self._edge(model, asset.id, "predicts", "partial", f"answers {serve.route}", evidence, serve.unit, notes=(REQUEST,))

        for access, asset in recorded(self.linked.accesses, self.written):
            target = self._known_asset(access.asset, access.unit.path)
            if target is not None and target != asset.id:
                evidence = self._spans(access.chain)
                self._edge(asset.id, target, "derives", "partial", "what a request brings", evidence, access.unit, notes=(REQUEST,))

    def _world(self) -> None:
        """What a model shows shapes what people do, and that is recorded."""
        ids = Ids(self._model, self._known_asset, self._spans)
        for found in influences(self.linked, dict(self._tagged()), list(self.edges.values()), ids):
            notes = (f"confidence={found.confidence:.2f}", *found.notes)
            self._edge(found.model, found.asset, "influences", "partial", found.why, found.evidence, None, notes=notes)

    def _tagged(self) -> Iterable[tuple[str, Node]]:
        return ((key, node._replace(tags=(*node.tags, *sorted(self.tags[key])))) for key, node in sorted(self.nodes.items()))

    def _known_asset(self, ref: AssetRef, path: str) -> str | None:
        asset = self.identity.asset(ref, path)
        return asset.id if asset.id in self.nodes else None

    def _one_thing_two_names(self) -> None:
        for source, target, why in same_names(list(self.written), list(self.read), self.folders):
            self._edge(source.id, target.id, "derives", "partial", why, (), None)

    # --- nodes ---

    def _asset(self, asset: Asset, chain: tuple[Place, ...] = ()) -> str:
        if asset.id not in self.nodes:
            tags: tuple[str, ...] = ("committed",) if asset.name in self.linked.paths else ()
            if any(asset.name == t or asset.name.startswith(t + "/") for t in self.linked.tracked):
                tags += ("versioned:tracked",)
            if asset.type == "url" or asset.type == "hub":
                tags += ("remote",)
            self.nodes[asset.id] = Node(
                asset.id, "asset", asset.type, asset.namespace, asset.name, asset.certainty, self._spans(chain[-1:]), "", tags
            )
        return asset.id

    def _read_node(self, origin: Read, unit: Unit) -> str | None:
        asset = self.identity.asset(AssetRef(*origin.asset), unit.path)
        return asset.id if asset.id in self.nodes else None

    def _model(self, ref: ModelRef) -> str | None:
        lineage = self.lineages.of(ref)
        if lineage is None:
            return None
        if lineage.id not in self.nodes:
            tags = tuple(
                t
                for t, on in (("component", lineage.role == "component"), ("base", lineage.role == "base"), ("remote", lineage.remote))
                if on
            )
            self.nodes[lineage.id] = Node(lineage.id, "model", "model", "", lineage.name, lineage.certainty, (), "", tags)
        return lineage.id

    def _unit(self, unit: Unit, chain: tuple[Place, ...]) -> str:
        if unit.id not in self.nodes:
            self.nodes[unit.id] = Node(
                unit.id,
                "unit",
                unit.kind,
                "",
                unit.path + (f":{unit.name}" if unit.name else ""),
                "exact",
                (Span(unit.path),),
                "",
                unit.tags,
            )
        return unit.id

    def _route(self, name: str) -> str:
        key = f"route:{name}"
        if key not in self.nodes:
            self.nodes[key] = Node(key, "route", "route", "", name)
        return key

    # --- edges ---

    def _edge(
        self,
        source: str,
        target: str,
        kind: str,
        certainty: str,
        why: str,
        evidence: tuple[Span, ...],
        unit: Unit | None,
        role: str = "",
        columns: tuple[str, ...] = (),
        notes: tuple[str, ...] = (),
    ) -> None:
        if _is_rehearsed(unit, source, target):
            return
        unit_id = unit.id if unit is not None else ""
        if unit is not None and (kind not in ("reads", "writes")):
            self._unit(unit, ())
        edge = Edge(source, target, kind, certainty, why, evidence[:MOST_EVIDENCE], role, columns, unit_id, (), notes)
        key = (source, target, kind, role, ",".join(columns), unit_id, *notes)
        old = self.edges.get(key)
        if old is None or _better(edge, old):
            self.edges[key] = edge

    def _spans(self, places: Iterable[Place]) -> tuple[Span, ...]:
        out: list[Span] = []
        for place in places:
            if place.line > 0:
                span = self._span(place)
                if not out or out[-1] != span:
                    out.append(span)
        return tuple(out)

    def _span(self, place: Place) -> Span:
        cells = self.cells.get(place.path)
        if not cells:
            return Span(place.path, place.line)
        start, cell, first = max((c for c in cells if c[0] <= place.line), default=cells[0])
        return Span(place.path, first + place.line - start, cell=cell)


def _holding(link: Initialise) -> tuple[ModelRef, Unit | None]:
    return link.source, link.unit if link.source.kind == "site" else None


def _carries_on(train: Train, flow: Flow, role: str, own: bool, follows: bool) -> bool:
    """Whether a model's output in a training is data of it. Its own output in the loss of a gradient step is none unless a container
    kept it from an earlier round or it is a target; its own output beside the truth in a metric is what is judged, not what judges.
    A copy speaks for the model when it ``follows`` it; a frozen one does not."""
    if not own:
        return True
    if role == "evaluation":
        return False
    if "gradient" not in train.tags or KEPT in flow.notes:
        return True
    if flow.origin == Output(train.model):
        return TARGET in flow.notes
    return follows and RETURN not in flow.notes and train.model.kind != COPY  # two copies on trial say nothing of each other


def _is_rehearsed(unit: Unit | None, source: str, target: str) -> bool:
    """What one model hands another inside a test. Nothing stored would tell that it is one: the unit touches no data set, so it
    need not be a node that carries the tag."""
    return unit is not None and "test" in unit.tags and source.startswith("model:") and target.startswith("model:")


def nameless(asset: Asset) -> bool:
    """Nothing of the name is known, not even what the code calls it."""
    return literal_size(asset.name) == 0 and not any(ch.isalpha() for ch in asset.name)


def _better(new: Edge, old: Edge) -> bool:
    return (CERTAINTIES.index(new.certainty), len(new.evidence), new.evidence) < (
        CERTAINTIES.index(old.certainty),
        len(old.evidence),
        old.evidence,
    )


def _edge_order(edge: Edge) -> tuple[object, ...]:
    return (edge.source, edge.target, edge.kind, edge.role, edge.columns, edge.unit)
