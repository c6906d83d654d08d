"""CPL501: a flow that a contract of the repository rules out. The contracts are in the graph, their words resolved to nodes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from coupling.core.graph import Contract, Finding, Group
from coupling.detectors.finding import by_way_of, listed, make, title
from coupling.detectors.flow import Flow, Way, confidence, use_of

MAX_FINDINGS = 100
"""Of one contract: more say that the contract is wrong, not the code."""
SHOWN_WORLD = 0.8
"""The least confidence of a flow through people that can break a contract."""

State = tuple[str, str]


def find(flow: Flow) -> Iterator[Finding]:
    checks = {"forbidden": _forbidden, "independent": _independent, "protected": _protected, "acyclic": _acyclic}
    for contract in flow.graph.contracts:
        for number, finding in enumerate(checks[contract.type](flow, contract)):
            if number < MAX_FINDINGS:
                yield finding


def _forbidden(flow: Flow, contract: Contract) -> Iterator[Finding]:
    wanted = {"train": "the training of ", "infer": "predictions of "} if len(contract.uses) == 1 else {}
    for source in contract.sources:
        for target in contract.targets:
            if way := _way(flow, source, target, contract.uses):
                end = flow.edges[way[-1]].target
                use = wanted.get(contract.uses[0], "") if flow.kind(end) == "model" else ""
                message = f"{_named(flow, source, way[0])} must not reach {use}{_named(flow, target, way[-1], True)}, and does"
                yield _finding(flow, contract, message, way, (source.name, target.name))


def _independent(flow: Flow, contract: Contract) -> Iterator[Finding]:
    for source in contract.sources:
        for target in contract.sources:
            if source is not target and (way := _way(flow, source, target, contract.uses)):
                does = "trains" if use_of(flow.edges[way[-1]]) == "train" else "reaches"
                message = f"{source.name} and {target.name} are to be independent, yet output of {source.name} {does} {target.name}"
                yield _finding(flow, contract, message, way, (source.name, target.name))


def _protected(flow: Flow, contract: Contract) -> Iterator[Finding]:
    """One finding a data set and writing file: each can be accepted for itself."""
    allowed = {unit for group in contract.targets for unit in group.nodes}
    who = listed(group.name for group in contract.targets)
    for asset in [node for group in contract.sources for node in group.nodes]:
        found: dict[str, list[int]] = {}
        for index in flow.incoming(asset, "writes", "predicts", "derives", "records", "saves"):
            edge = flow.edges[index]
            unit = edge.source if edge.kind == "writes" else edge.unit
            if unit and unit not in allowed:
                found.setdefault(_file(flow, unit), []).append(index)
        for file, edges in sorted(found.items()):
            message = f"{file} writes {title(flow, asset)}, which only {who} may write"
            yield _finding(flow, contract, message, edges, (asset, file), through=False, assets=(asset,))


def _acyclic(flow: Flow, contract: Contract) -> Iterator[Finding]:
    """The shortest circle through each group that no circle told before passes."""
    ways = _between(flow, contract)
    told: set[int] = set()
    for start in range(len(contract.sources)):
        circle = _circle(ways, start)
        if circle and told.isdisjoint(circle):
            told.update(circle)
            pairs = list(zip(circle, [*circle[1:], circle[0]], strict=True))
            names = [contract.sources[n].name for n in circle]
            edges = [index for pair in pairs for index in ways[pair]]
            message = f"flows go round: {' -> '.join([*names, names[0]])}"
            yield _finding(flow, contract, message, list(dict.fromkeys(edges)), tuple(sorted(names)), through=False)


def _between(flow: Flow, contract: Contract) -> dict[tuple[int, int], Way]:
    """The way from one group to another with no third between, where there is one."""
    homes = [_canon(flow, group) for group in contract.sources]
    found: dict[tuple[int, int], Way] = {}
    for a, here in enumerate(homes):
        for b, there in enumerate(homes):
            others = set().union(*(home for n, home in enumerate(homes) if n not in (a, b)))
            if a != b and (way := _shortest(flow, here, there - here, contract.uses, others)):
                found[a, b] = way
    return found


def _circle(ways: dict[tuple[int, int], Way], start: int) -> list[int]:
    parents: dict[int, int] = {}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for a, b in sorted(ways):
            if a != here or b in parents:
                continue
            parents[b] = here
            if b == start:
                return _back(parents, start)
            queue.append(b)
    return []


def _back(parents: dict[int, int], start: int) -> list[int]:
    circle = [parents[start]]
    while circle[-1] != start:
        circle.append(parents[circle[-1]])
    return circle[::-1]


def _way(flow: Flow, source: Group, target: Group, uses: Sequence[str]) -> Way:
    here = _canon(flow, source)
    return _shortest(flow, here, _canon(flow, target) - here, uses)


def _canon(flow: Flow, group: Group) -> set[str]:
    return {flow.canon(node) for node in group.nodes}


def _shortest(flow: Flow, starts: set[str], ends: set[str], uses: Sequence[str], around: set[str] = frozenset()) -> Way:  # type: ignore[assignment]
    """The surest, then shortest way of what ``starts`` give to one of ``ends`` that passes none of ``around``; () if there is none."""
    for level in flow.levels if ends else ():
        if way := _search(flow, starts, ends, uses, around, level):
            return way
    return ()


def _search(flow: Flow, starts: set[str], ends: set[str], uses: Sequence[str], around: set[str], level: int) -> Way:
    parents: dict[State, tuple[State, int]] = {}
    queue: deque[State] = deque((node, "") for node in sorted(starts))
    seen = set(queue)
    while queue:
        here = queue.popleft()
        for index, slot in flow.steps(*here):
            edge, node = flow.edges[index], flow.canon(flow.edges[index].target)
            if not flow.usable(edge, level, SHOWN_WORLD) or node in starts or node in around:
                continue
            use = use_of(edge)
            if node in ends and (flow.kind(node) != "model" or use in uses):
                return _path(parents, here, index)
            there = (node, slot)
            if use != "evaluate" and there not in seen:
                seen.add(there)
                parents[there] = (here, index)
                queue.append(there)
    return ()


def _path(parents: dict[State, tuple[State, int]], state: State, last: int) -> Way:
    edges = [last]
    while state in parents:
        state, edge = parents[state]
        edges.append(edge)
    return tuple(reversed(edges))


def _named(flow: Flow, group: Group, edge: int, end: bool = False) -> str:
    """A group, and of a folder or an owner the one of its things that the way begins or ends at."""
    node = flow.edges[edge].target if end else flow.edges[edge].source
    name = title(flow, node)
    said = group.name if name == group.name else f"{group.name} ({name})"
    return f"output of {said}" if flow.kind(node) == "model" and not end else said


def _file(flow: Flow, unit: str) -> str:
    node = flow.nodes.get(unit)
    return node.at[0].path if node and node.at else unit.removeprefix("unit:")


def _finding(
    flow: Flow,
    contract: Contract,
    message: str,
    edges: Sequence[int],
    key: Sequence[str],
    *,
    through: bool = True,
    assets: Sequence[str] | None = None,
) -> Finding:
    where = by_way_of(flow, tuple(edges)) if through else ""
    declared = f"contract: {contract.name} ({contract.place.path}:{contract.place.line})"
    return make(
        flow,
        "broken-contract",
        f'"{contract.name}" is broken: {message}{where}',
        edges,
        key=((contract.name, *key), ()),
        severity=contract.severity,
        assets=assets,
        notes=(declared,),
        confidence=min((confidence(flow.edges[i]) for i in edges if flow.edges[i].kind == "influences"), default=1.0),
    )
