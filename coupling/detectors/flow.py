"""How models' outputs travel: a view of the DataGraph and the search for shortest witnesses.

Comes in: a ``DataGraph``. Goes out: for a model, the trainings, predictions and evaluations that its output reaches, each
with the edges of one shortest way, and the strongly connected parts in which loops lie. It never enumerates cycles, and
it does not know which reach is a finding: the detectors do.

A search state is (node, slot, marked). The slot of a data set is the column that carries the output ('' when unknown).
The slot of a model is the unit in which the output became its input: what it then predicts elsewhere is not made of it;
'' when the output trained it, since weights travel everywhere. ``marked`` says whether the way has passed what the
caller asked for. Models that are one lineage (``initialises`` with role ``same``) are one node.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from coupling.core.graph import CERTAINTIES, ONE_STEP, DataGraph, Edge, Node, carries
from coupling.core.lasting import lasting

Step = tuple[str, str, bool]
"""Node, slot, marked."""

Way = tuple[int, ...]
"""Indices of edges, in the data's order."""

CARRIES = frozenset({"derives", "predicts", "feeds", "infers", "trains", "influences"})
MAX_COLUMNS = 32
"""An edge with more columns than this is followed as one flow of unknown columns."""

DEFAULT_CONFIDENCE = 0.5


class Arrival(NamedTuple):
    """An output's arrival at a model. ``use`` is train, infer or evaluate; ``step`` is the state before the last edge."""

    model: str
    use: str
    edge: int
    step: Step


class Reach:
    """What one search found: arrivals, nearest first, and the way to each."""

    def __init__(self, arrivals: list[Arrival], parents: dict[Step, tuple[Step, int]]) -> None:
        self.arrivals = arrivals
        self._parents = parents

    def way(self, arrival: Arrival) -> Way:
        edges, step = [arrival.edge], arrival.step
        while step in self._parents:
            step, edge = self._parents[step]
            edges.append(edge)
        return tuple(reversed(edges))

    def ways(self, use: str, model: str) -> list[Way]:
        found = [self.way(a) for a in self.arrivals if a.use == use and a.model == model]
        return sorted(found, key=len)


def use_of(edge: Edge) -> str:
    """What a model does with what arrives over this edge: train, infer, evaluate, or '' for a hop between."""
    if edge.kind == "trains":
        return "evaluate" if edge.role == "evaluation" else "train"
    if edge.kind == "feeds":
        return {"train": "train", "evaluation": "evaluate"}.get(edge.role, "infer")
    return "infer" if edge.kind == "infers" else ""


def rank(certainty: str) -> int:
    return CERTAINTIES.index(certainty) if certainty in CERTAINTIES else len(CERTAINTIES) - 1


def confidence(edge: Edge) -> float:
    """The confidence of an ``influences`` edge, from its note ``confidence=0.71``; between 0 and 1. An edge without the
    note is sure when it is exact, as users declare it."""
    for note in edge.notes:
        name, _, value = note.partition("=")
        if name.strip() == "confidence":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                break
    return 1.0 if edge.certainty == "exact" else DEFAULT_CONFIDENCE


class Flow:
    """The graph without tests, indexed for following outputs."""

    def __init__(self, graph: DataGraph) -> None:
        self.graph = graph
        self.edges = graph.edges
        self.nodes: dict[str, Node] = {node.id: node for node in graph.nodes}
        self._lineage = _lineages(graph.edges)
        self.out: dict[str, list[int]] = {}
        self.into: dict[str, list[int]] = {}
        for index, edge in enumerate(graph.edges):
            if not self._is_test(edge):
                self.out.setdefault(self.canon(edge.source), []).append(index)
                self.into.setdefault(self.canon(edge.target), []).append(index)
        self._memo: dict[tuple[str, int], Reach] = {}
        self._parts: dict[tuple[int, float], tuple[frozenset[str], ...]] = {}
        self._asked: dict[str, set[str]] = {}

    def _is_test(self, edge: Edge) -> bool:
        return any("test" in self.tags(end) for end in (edge.source, edge.target, edge.unit))

    def canon(self, node: str) -> str:
        """The node that stands for a model's whole lineage; any other node itself."""
        return self._lineage.get(node, node)

    def tags(self, node: str) -> tuple[str, ...]:
        found = self.nodes.get(node)
        return found.tags if found else ()

    def is_component(self, model: str) -> bool:
        return "component" in self.tags(model)

    def kind(self, node: str) -> str:
        found = self.nodes.get(node)
        return found.kind if found else node.partition(":")[0]

    @cached_property
    def lasting(self) -> dict[str, str]:
        """The name of each node that a moved line does not change."""
        return lasting(self.nodes)

    @cached_property
    def models(self) -> tuple[str, ...]:
        """One node a lineage, sorted, fitted components left out."""
        return tuple(model for model in self.learners if not self.is_component(model))

    @cached_property
    def learners(self) -> tuple[str, ...]:
        """One node a lineage, sorted, of all that is fitted: models and components."""
        ids = {*self.nodes, *self.out, *self.into}
        return tuple(sorted({self.canon(node) for node in ids if self.kind(node) == "model" and "test" not in self.tags(node)}))

    def outgoing(self, node: str, *kinds: str) -> list[int]:
        return [i for i in self.out.get(self.canon(node), ()) if self.edges[i].kind in kinds]

    def incoming(self, node: str, *kinds: str) -> list[int]:
        return [i for i in self.into.get(self.canon(node), ()) if self.edges[i].kind in kinds]

    def trainings(self, node: str) -> list[int]:
        """The edges out of a data set that train a model; evaluation alone is not training."""
        return [i for i in self.outgoing(node, "trains") if use_of(self.edges[i]) == "train"]

    def fitted_on(self, model: str) -> list[int]:
        """The edges into a model that train it."""
        return [i for i in self.incoming(model, "trains", "feeds") if use_of(self.edges[i]) == "train"]

    def steps(self, node: str, slot: str) -> Iterator[tuple[int, str]]:
        """The edges that an output in this slot leaves a node by, and the slot in which it arrives."""
        inside = slot if self.kind(node) == "model" else ""
        column = "" if inside else slot
        for index in self.out.get(node, ()):
            edge = self.edges[index]
            if edge.kind not in CARRIES or (inside and edge.unit and edge.unit != inside):
                continue
            if not (column and edge.columns and not carries(edge.columns, column)):
                for arrives in self._slots(edge, column):
                    yield index, arrives

    def _slots(self, edge: Edge, column: str) -> tuple[str, ...]:
        if edge.kind in ("predicts", "influences"):
            return edge.columns if 0 < len(edge.columns) <= MAX_COLUMNS else ("",)
        if edge.kind != "derives":
            return (edge.unit,) if use_of(edge) == "infer" else ("",)
        if not edge.columns or edge.columns[0].startswith("-"):
            return (column,)
        if not self._keeps_names(edge):
            return ("",)
        return (column,) if column else edge.columns if len(edge.columns) <= MAX_COLUMNS else ("",)

    def _keeps_names(self, edge: Edge) -> bool:
        """Whether columns keep their names over this edge: somebody behind it asks for one of them by name."""
        if edge.target not in self._asked:
            self._asked[edge.target] = {c for i in self.out.get(edge.target, ()) for c in self.edges[i].columns}
        return not self._asked[edge.target].isdisjoint(edge.columns)

    def in_one_step(self, way: Way) -> bool:
        """Whether a way never leaves one gradient step: outputs in each other's loss, nothing kept for a later round."""
        edges = [self.edges[i] for i in way]
        return all(e.kind == "feeds" for e in edges) and any(ONE_STEP in e.notes for e in edges)

    def usable(self, edge: Edge, limit: int, hidden: float) -> bool:
        if edge.kind == "influences":
            return confidence(edge) >= hidden
        return rank(edge.certainty) <= limit

    def reach(self, model: str, limit: int) -> Reach:
        """Where a model's output arrives with no other model between (fitted components let it through)."""
        key = (model, limit)
        if key not in self._memo:
            self._memo[key] = self.spread(model, limit)
        return self._memo[key]

    def spread(
        self,
        start: str,
        limit: int = 2,
        *,
        through: bool = False,
        hidden: float = 2.0,
        mark: Callable[[Edge], bool] | None = None,
        within: frozenset[str] | None = None,
    ) -> Reach:
        """Breadth-first from a model's outputs. ``through`` lets them pass other models, ``hidden`` is the least
        confidence of an ``influences`` edge that may be used, ``mark`` tells the edges of which a way needs one."""
        first: Step = (start, "", mark is None)
        parents: dict[Step, tuple[Step, int]] = {}
        arrivals: list[Arrival] = []
        queue = deque([first])
        while queue:
            here = queue.popleft()
            for index, column in self.steps(here[0], here[1]):
                edge, target = self.edges[index], self.canon(self.edges[index].target)
                if not self.usable(edge, limit, hidden) or (within is not None and target not in within):
                    continue
                marked = here[2] or (mark is not None and mark(edge))
                use = use_of(edge)
                if use and marked:
                    arrivals.append(Arrival(target, use, index, here))
                there: Step = (target, column, marked)
                if self._goes_on(target, use, start, through) and there not in parents:
                    parents[there] = (here, index)
                    queue.append(there)
        return Reach(arrivals, parents)

    def _goes_on(self, target: str, use: str, start: str, through: bool) -> bool:
        if target == start or use == "evaluate":
            return False
        return not use or through or (use == "infer" and self.is_component(target))

    def parts(self, limit: int = 2, hidden: float = 2.0) -> tuple[frozenset[str], ...]:
        """The strongly connected parts in which something is trained, as sets of nodes, in a fixed order."""
        if (limit, hidden) not in self._parts:
            self._parts[limit, hidden] = self._find_parts(limit, hidden)
        return self._parts[limit, hidden]

    def _find_parts(self, limit: int, hidden: float) -> tuple[frozenset[str], ...]:
        import networkx  # a fifth of a second: only when a graph is searched

        links = list(self._links(limit, hidden))
        digraph: networkx.DiGraph[tuple[str, str]] = networkx.DiGraph((a, b) for a, b, _ in links)
        component: dict[tuple[str, str], int] = {}
        for number, states in enumerate(networkx.strongly_connected_components(digraph)):
            if len(states) > 1:
                component.update(dict.fromkeys(states, number))
        inner = [(component[a], edge) for a, b, edge in links if a in component and component[a] == component.get(b)]
        trained = {number for number, edge in inner if use_of(edge) == "train"}
        found: dict[int, set[str]] = {number: set() for number in trained}
        for (node, _), number in component.items():
            if number in trained:
                found[number].add(node)
        return tuple(sorted((frozenset(nodes) for nodes in found.values()), key=sorted))

    def _links(self, limit: int, hidden: float) -> Iterator[tuple[tuple[str, str], tuple[str, str], Edge]]:
        """Every hop of every model's output, over states (node, slot)."""
        starts = [(node, "") for node in sorted(self.out) if self.kind(node) == "model"]
        seen, todo = set(starts), deque(starts)
        while todo:
            here = todo.popleft()
            for index, column in self.steps(*here):
                edge = self.edges[index]
                if use_of(edge) == "evaluate" or not self.usable(edge, limit, hidden):
                    continue
                there = (self.canon(edge.target), column)
                yield here, there, edge
                if there not in seen:
                    seen.add(there)
                    todo.append(there)

    @cached_property
    def levels(self) -> tuple[int, ...]:
        """The ranks of certainty that occur, the surest first: a search per level finds the surest witness first."""
        return tuple(sorted({rank(edge.certainty) for edge in self.edges if edge.kind in CARRIES})) or (0,)

    @cached_property
    def looped(self) -> dict[int, dict[str, set[int]]]:
        """For each level, node -> numbers of the strongly connected parts that it lies in."""
        return {level: self._memberships(level) for level in self.levels}

    def _memberships(self, level: int) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        for number, part in enumerate(self.parts(level)):
            for node in part:
                found.setdefault(node, set()).add(number)
        return found

    def in_one_loop(self, a: str, b: str, level: int) -> bool:
        parts = self.looped[level]
        return not parts.get(a, set()).isdisjoint(parts.get(b, set()))

    def direct_loops(self, model: str) -> list[tuple[Way, list[Way]]]:
        """The loops of one model with no other between, the surest and shortest first, with further ways round each."""
        if not self.fitted_on(model):
            return []
        return self.apart(way for level in self.levels for way in self.reach(model, level).ways("train", model))

    def others(self, way: Iterable[int], model: str) -> list[str]:
        """The models on a way besides this one, in order, components left out."""
        ends = (self.canon(end) for i in way for end in (self.edges[i].source, self.edges[i].target))
        return [m for m in dict.fromkeys(ends) if m != model and self.kind(m) == "model" and not self.is_component(m)]

    def assets(self, way: Iterable[int]) -> list[str]:
        ends = (end for i in way for end in (self.edges[i].source, self.edges[i].target))
        return [node for node in dict.fromkeys(ends) if self.kind(node) == "asset"]

    def apart(self, ways: Iterable[Way]) -> list[tuple[Way, list[Way]]]:
        """Couplings of their own, each with further ways round it. A way is its own when it shares no data set with an
        earlier one and starts in another unit: mending one leaves the other."""
        named: list[tuple[Way, list[Way]]] = []
        for way in dict.fromkeys(ways):
            home = next((also for first, also in named if self._touch(first, way)), None)
            if home is None:
                named.append((way, []))
            else:
                home.append(way)
        return named

    def _touch(self, a: Way, b: Way) -> bool:
        same_start = self.edges[a[0]].unit == self.edges[b[0]].unit
        return same_start or not set(a).isdisjoint(b) or not set(self.assets(a)).isdisjoint(self.assets(b))


def _lineages(edges: Iterable[Edge]) -> dict[str, str]:
    """Model -> the first id of its lineage, for models joined by ``initialises`` with role ``same``."""
    root: dict[str, str] = {}

    def find(node: str) -> str:
        while root.get(node, node) != node:
            root[node] = root.get(root[node], root[node])
            node = root[node]
        return node

    for edge in edges:
        if edge.kind == "initialises" and edge.role == "same":
            a, b = sorted((find(edge.source), find(edge.target)))
            root.setdefault(a, a)
            root[b] = a
    return {node: find(node) for node in root}
