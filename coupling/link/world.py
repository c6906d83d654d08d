"""Which data exist, or differ, because of what a model showed: ``influences`` edges, inferred with a confidence.

Comes in: events, and the edges that build has made of them. Goes out: ``Influence`` values. An exposure (a model's output is shown)
and a record (values from outside are written) are linked by signals (``signals``), which combine as 1 - product(1 - c). Only records
that reach a training count.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from coupling.core.graph import Edge, Node
from coupling.core.source import Span
from coupling.link import pages, signals
from coupling.link.events import Access, Handler, LinkedRepo, Page, Serve, Unit
from coupling.link.signals import DROPPED, Exposure, Record, Signal
from coupling.link.values import AssetRef, Flow, ModelRef, Output, Place, Read, World

LEAST = 0.2
MOST_PAIRS = 20_000
_SEEDS = re.compile(r"(^|[/_.-])(seeds?|fixtures?|migrations?|factories|tests?|mocks?|demo_data|sample_data)([/_.-]|$)", re.I)
_BEHAVIOUR = re.compile(
    r"(^|[^a-z])(views?|clicks?|likes?|liked|ratings?|rated|purchases?|orders?|impressions?|events?|feedback|watch\w*|tags?|interactions?|plays?|listens?"
    r"|bookmarks?|favou?rites?|visits?|sessions?|reviews?|carts?|clickstream|engagements?|history)([^a-z]|$)",
    re.I,
)
_OPEN_TYPES = ("table", "topic", "db")


class Influence(NamedTuple):
    model: str
    asset: str
    confidence: float
    why: str
    evidence: tuple[Span, ...]
    notes: tuple[str, ...] = ()


class Ids(NamedTuple):
    """How build names things."""

    model: Callable[[ModelRef], str | None]
    asset: Callable[[AssetRef, str], str | None]
    spans: Callable[[Iterable[Place]], tuple[Span, ...]]


def influences(linked: LinkedRepo, nodes: dict[str, Node], edges: Sequence[Edge], ids: Ids) -> list[Influence]:
    """The best proof for each (model, data set), strongest first."""
    if not linked.serves:
        return []
    finder = _Finder(linked, nodes, edges, ids)
    best: dict[tuple[str, str], Influence] = {}
    for found in finder.all():
        known = best.get((found.model, found.asset))
        if found.confidence >= LEAST and (known is None or _order(found) < _order(known)):
            best[found.model, found.asset] = found
    return [best[key] for key in sorted(best)]


def _order(found: Influence) -> tuple[float, int, tuple[Span, ...]]:
    return (-found.confidence, len(found.evidence), found.evidence)


class _Finder:
    def __init__(self, linked: LinkedRepo, nodes: dict[str, Node], edges: Sequence[Edge], ids: Ids) -> None:
        self.linked, self.nodes, self.edges, self.ids = linked, nodes, edges, ids
        self.into: dict[str, list[Edge]] = defaultdict(list)
        self.out: dict[str, list[Edge]] = defaultdict(list)
        for edge in edges:
            self.into[edge.target].append(edge)
            self.out[edge.source].append(edge)
        self.site = pages.Site(linked.pages)
        self.handlers = {(h.unit, h.route): h for h in linked.handlers}
        self.by_route = {h.route: h for h in reversed(linked.handlers)}
        self.templates = self._templates()

    def all(self) -> Iterator[Influence]:
        exposures = [e for serve in self.linked.serves if "test" not in serve.unit.tags for e in self._exposed(serve)]
        records = [r for access in self.linked.accesses if (r := self._recorded(access)) is not None]
        leading = [(h, self.templates.get((h.unit, h.route), ())) for h in self.linked.handlers]
        for number, (shown, record) in enumerate((e, r) for e in exposures for r in records):
            if number >= MOST_PAIRS:
                return
            if (found := self._pair(shown, record, leading)) is not None:
                yield found
        for shown in exposures:
            yield from self._framework(shown)
            yield from self._open(shown)

    # --- expose ---

    def _exposed(self, serve: Serve) -> Iterator[Exposure]:
        """The models whose output is shown: at once, or out of a store that the handler reads."""
        handler = self._handler(serve.unit, serve.route)
        shown_on, near = self._pages(serve)
        for flow in serve.flows:
            for model, before in self._models(flow, serve.unit):
                if "component" not in self.nodes[model].tags:
                    places = self.ids.spans((*flow.trail, *serve.chain))
                    yield Exposure(model, serve, handler, (*before, *places), shown_on, near)

    def _models(self, flow: Flow, unit: Unit) -> Iterator[tuple[str, tuple[Span, ...]]]:
        if isinstance(flow.origin, Output):
            model = self.ids.model(flow.origin.model)
            if model:
                yield model, ()
        elif isinstance(flow.origin, Read):
            asset = self.ids.asset(AssetRef(*flow.origin.asset), unit.path)
            if asset:
                yield from self._stored(asset, flow.columns)

    def _stored(self, asset: str, columns: tuple[str, ...]) -> Iterator[tuple[str, tuple[Span, ...]]]:
        """The models whose predictions a data set holds, and how they got there."""
        seen = {asset}
        todo: list[tuple[str, tuple[Span, ...], tuple[str, ...]]] = [(asset, (), columns)]
        while todo:
            here, after, asked = todo.pop(0)
            for edge in self.into[here]:
                if edge.kind == "predicts" and (not asked or not edge.columns or set(asked) & set(edge.columns)):
                    yield edge.source, (*edge.evidence, *after)
                elif edge.kind == "derives" and edge.source not in seen and len(seen) < 40:
                    seen.add(edge.source)
                    todo.append((edge.source, (*edge.evidence, *after), edge.columns))

    def _handler(self, unit: Unit, route: str) -> Handler | None:
        return self.handlers.get((unit, route)) or self.by_route.get(route)

    def _templates(self) -> dict[tuple[Unit, str], tuple[Page, ...]]:
        """The pages that each handler renders."""
        named: dict[tuple[Unit, str], dict[str, None]] = defaultdict(dict)
        for serve in self.linked.serves:
            if serve.template:
                named[serve.unit, serve.route][serve.template] = None
        return {key: tuple(dict.fromkeys(p for name in names for p in self.site.closure(name))) for key, names in named.items()}

    def _pages(self, serve: Serve) -> tuple[tuple[Page, ...], tuple[Page, ...]]:
        """The pages that receive what is shown: the rendered template, or those whose scripts ask for the route; and their imports."""
        if serve.template:
            return self.site.closure(serve.template), ()
        if serve.kind != "response" or not serve.route:
            return (), ()
        asking = [p for p in self.linked.pages if any(a.url and pages.leads(a.method, a.url, serve.route) for a in p.asked)]
        if not asking:
            return (), ()
        around: dict[str, Page] = {}
        for other in self.linked.pages:
            whole = self.site.closure(other.path)
            if any(page in whole for page in asking):
                around.update((p.path, p) for p in whole)
        return tuple(asking), tuple(p for p in around.values() if p not in asking)

    # --- record ---

    def _recorded(self, access: Access) -> Record | None:
        if access.verb != "writes" or "test" in access.unit.tags or _SEEDS.search(access.unit.path):
            return None
        routes = [f.origin.what for f, _ in access.flows if isinstance(f.origin, World)]
        asset = self.ids.asset(access.asset, access.unit.path) if routes else None
        if asset is None or not self._trains(asset):
            return None
        own = [h for route in routes if (h := self.handlers.get((access.unit, route))) is not None]
        handler = next(iter(own), None) or next((h for route in routes if (h := self._handler(access.unit, route)) is not None), None)
        places = (handler.place, *access.chain) if handler is not None else access.chain
        return Record(asset, access, handler, self.ids.spans(places))

    def _trains(self, asset: str) -> bool:
        """Whether a data set reaches a training."""
        seen, todo = {asset}, [asset]
        while todo:
            for edge in self.out[todo.pop()]:
                if edge.kind == "trains" and edge.role != "evaluation":
                    return True
                if edge.kind == "derives" and edge.target not in seen:
                    seen.add(edge.target)
                    todo.append(edge.target)
        return False

    # --- link ---

    def _pair(self, shown: Exposure, record: Record, leading: list[tuple[Handler, tuple[Page, ...]]]) -> Influence | None:
        found = [
            s
            for s in (
                signals.token(shown, record),
                signals.page(shown, record),
                signals.tag(shown, record),
                signals.key(shown, record),
                signals.session(shown, record),
                signals.own_page(shown, record),
                signals.button(shown, record),
                signals.mail(shown, record, self.linked.links, leading),
            )
            if s is not None
        ]
        return self._influence(shown, record, found) if found else None

    def _influence(self, shown: Exposure, record: Record, found: list[Signal]) -> Influence:
        sure = 1.0
        for signal in found:
            sure *= 1 - signal.confidence
        sure = 1 - sure
        dropped = signals.is_dropped(shown, record)
        between = tuple(span for signal in found if signal.name != "tag" for span in signal.evidence)
        route = shown.handler.route if shown.handler is not None else shown.serve.route or shown.serve.unit.path
        target = record.handler.route if record.handler is not None else record.access.unit.path
        why = f"shown at {route}, recorded at {target}: {', '.join(s.name for s in found)}"
        notes = ("the recording code drops events of this source",) if dropped else ()
        evidence = _unique((*shown.evidence, *between, *record.evidence))
        return Influence(shown.model, record.asset, sure * (DROPPED if dropped else 1), why, evidence, notes)

    def _framework(self, shown: Exposure) -> Iterator[Influence]:
        """Pre-annotations: people confirm what the model pre-filled, and training reads what they confirmed."""
        if shown.serve.kind != "annotation":
            return
        folder = shown.handler.backend if shown.handler is not None else ""
        for asset, node in self.nodes.items():
            if node.kind != "asset" or "annotation" not in node.tags or not self._trains(asset):
                continue
            signal = "framework" if _is_of(node.name, folder, shown.serve) else "recipe" if _may_keep(node.name, shown.serve) else ""
            if signal:
                confirmed = next((e.evidence for e in self.out[asset] if e.kind == "reads"), ())
                why = f"people confirm what it pre-fills: {signal}"
                yield Influence(shown.model, asset, signals.CONFIDENCE[signal], why, _unique((*shown.evidence, *confirmed)))

    def _open(self, shown: Exposure) -> Iterator[Influence]:
        """A handler answers a user with items, and training reads a table of behaviour that nothing here writes."""
        handler = shown.handler
        if handler is None or shown.serve.kind != "response" or not any(map(signals.is_user, handler.takes)):
            return
        if not any(map(signals.is_item, (*handler.gives, *shown.serve.keys))) and "id" not in shown.serve.keys:
            return
        for asset, node in self.nodes.items():
            if _is_behaviour(node) and not self._is_written(asset) and self._trains(asset) and self._has_both_keys(asset):
                read = next((e.evidence for e in self.out[asset] if e.kind == "reads"), ())
                why = f"answers users at {handler.route}; {node.name} is behaviour that nothing here writes: open"
                yield Influence(shown.model, asset, signals.CONFIDENCE["open"], why, _unique((*shown.evidence, *read)))

    def _is_written(self, asset: str) -> bool:
        writes = [e for e in self.into[asset] if e.kind in ("writes", "records", "predicts", "derives")]
        return any(not _SEEDS.search(e.unit) and "test" not in self.nodes.get(e.unit, Node("", "", "", "", "")).tags for e in writes)

    def _has_both_keys(self, asset: str) -> bool:
        """Whether the columns that are read name a user and an item; unknown columns may."""
        columns = {c for e in self.out[asset] if e.kind in ("trains", "derives") for c in e.columns}
        return not columns or (any(map(signals.is_user, columns)) and any(map(signals.is_item, columns)))


def _is_behaviour(node: Node) -> bool:
    """A table or topic named for what people do."""
    kept = node.kind == "asset" and node.type in _OPEN_TYPES and "committed" not in node.tags
    return kept and bool(_BEHAVIOUR.search(node.name.rpartition(".")[2]))


def _is_of(name: str, folder: str, serve: Serve) -> bool:
    """Annotations of the backend's own project; without a backend, of the same tool."""
    if folder:
        return name.endswith(f" of {folder}") or (folder == "." and " of " not in name)
    tool = re.split(r"[._]", serve.why)[0]
    return " of " not in name and name.startswith(tool)


def _may_keep(name: str, serve: Serve) -> bool:
    """A data set of the tool that a recipe belongs to: which one it keeps answers in, the command says that starts it."""
    return serve.route.startswith("RECIPE ") and name.startswith("prodigy") and " of " not in name


def _unique(spans: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(dict.fromkeys(spans))
