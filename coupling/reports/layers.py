"""Layers of a drawing along the flow: which column each node stands in, which nodes share a column in which order.

Comes in: a number of nodes and links between them. Goes out: rows of *items*; items up to the number of nodes are the nodes, the
others are bends of links that pass a layer. ``assets/layout.js`` is this module and ``layout`` for the browser: a test keeps
them equal, so both compute with the same steps in the same order.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Link = tuple[int, int]
SWEEPS, MAX_BENDS = 12, 20_000
MAX_RINGS, MAX_RING_NODES = 12, 120
"""So many loops, in parts of so many nodes, are opened to rings: each costs a walk over the part."""


class Layers(NamedTuple):
    """``chains`` holds, for each link, the items it passes from left to right; ``back`` the links that run against the layers;
    ``left`` and ``right`` the items beside each item."""

    rows: list[list[int]]
    chains: list[list[int]]
    back: set[int]
    layer: list[int]
    left: list[list[int]]
    right: list[list[int]]


def arrange(count: int, links: Sequence[Link]) -> Layers:
    """Layers for nodes 0..count-1. Links from a node to itself have no chain."""
    back = _rings(count, links, _back(count, links))
    ahead = [(b, a) if number in back else (a, b) for number, (a, b) in enumerate(links)]
    layer = _layers(count, ahead)
    chains = _chains(ahead, layer)
    left, right = _neighbours(len(layer), chains)
    rows = _ordered(_first_rows(layer, left, right), left, right)
    return Layers(rows, chains, back, layer, left, right)


def _back(count: int, links: Sequence[Link]) -> set[int]:
    """The links that close a cycle, found by one depth-first walk without recursion, from nodes without predecessors on."""
    out: list[list[int]] = [[] for _ in range(count)]
    entered = [0] * count
    for number, (source, target) in enumerate(links):
        if source != target:
            out[source].append(number)
            entered[target] += 1
    state, back = [0] * count, set()
    for root in sorted(range(count), key=lambda node: (entered[node] > 0, node)):
        stack = [(root, iter(out[root]))] if not state[root] else []
        state[root] = state[root] or 1
        while stack:
            node, numbers = stack[-1]
            number = next(numbers, -1)
            if number < 0:
                state[node] = 2
                stack.pop()
                continue
            target = links[number][1]
            if state[target] == 1:
                back.add(number)
            elif not state[target]:
                state[target] = 1
                stack.append((target, iter(out[target])))
    return back


def _rings(count: int, links: Sequence[Link], back: set[int]) -> set[int]:
    """A loop of four or more goes out above and comes back below, instead of far out and back in one line: what leads
    to its second half runs back too, where that closes no cycle. What nothing leads to stays at the left."""
    if count > MAX_RING_NODES:
        return back
    led = {target for _, target in links}
    for number in sorted(back)[:MAX_RINGS]:
        way = _way(count, links, back, *reversed(links[number]))
        second = {links[each][1] for each in way[(len(way) + 2) // 2 :]}
        half = back | {each for each, (a, b) in enumerate(links) if b in second and a in led and a != b}
        if half != back and _acyclic(count, links, half):
            back = half
    return back


def _way(count: int, links: Sequence[Link], back: set[int], start: int, end: int) -> list[int]:
    """The shortest way along links that do not run back, as their numbers; empty when there is none."""
    out: list[list[int]] = [[] for _ in range(count)]
    for number, (source, _) in enumerate(links):
        if number not in back:
            out[source].append(number)
    came = {start: -1}
    queue = [start]
    for node in queue:
        for number in out[node]:
            if links[number][1] not in came:
                came[links[number][1]] = number
                queue.append(links[number][1])
    way: list[int] = []
    while came.get(end, -1) >= 0:
        way.append(came[end])
        end = links[came[end]][0]
    return way[::-1]


def _acyclic(count: int, links: Sequence[Link], back: set[int]) -> bool:
    out: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for number, (a, b) in enumerate(links):
        if a != b:
            source, target = (b, a) if number in back else (a, b)
            out[source].append(target)
            waiting[target] += 1
    ready = [node for node in range(count) if not waiting[node]]
    for node in ready:
        for target in out[node]:
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return len(ready) == count


def _layers(count: int, ahead: Sequence[Link]) -> list[int]:
    """The longest way to each node; then what has more links ahead than behind moves up to its nearest successor."""
    out: list[list[int]] = [[] for _ in range(count)]
    entered = [0] * count
    for source, target in ahead:
        if source != target:
            out[source].append(target)
            entered[target] += 1
    layer, waiting, order = [0] * count, entered[:], []
    ready = [node for node in range(count) if not waiting[node]]
    while ready:
        node = ready.pop()
        order.append(node)
        for target in out[node]:
            layer[target] = max(layer[target], layer[node] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    for node in reversed(order):
        if len(out[node]) > entered[node]:
            layer[node] = min(layer[target] for target in out[node]) - 1
    return layer


def _chains(ahead: Sequence[Link], layer: list[int]) -> list[list[int]]:
    """What each link passes. A bend is a new item, appended to ``layer``; links beyond the bound go straight."""
    chains, bends = [], 0
    for source, target in ahead:
        between = range(layer[source] + 1, layer[target]) if bends + layer[target] - layer[source] <= MAX_BENDS else range(0)
        bends += len(between)
        chain = [source, *range(len(layer), len(layer) + len(between)), target]
        layer.extend(between)
        chains.append([] if source == target else chain)
    return chains


def _neighbours(count: int, chains: Sequence[Sequence[int]]) -> tuple[list[list[int]], list[list[int]]]:
    left: list[list[int]] = [[] for _ in range(count)]
    right: list[list[int]] = [[] for _ in range(count)]
    for chain in chains:
        for a, b in pairwise(chain):
            right[a].append(b)
            left[b].append(a)
    return left, right


def _first_rows(layer: Sequence[int], left: Sequence[Sequence[int]], right: Sequence[Sequence[int]]) -> list[list[int]]:
    """Each row in the order in which a walk along the links meets its items: what belongs together begins together."""
    rows: list[list[int]] = [[] for _ in range(max(layer, default=-1) + 1)]
    seen = [False] * len(layer)
    for root in sorted(range(len(layer)), key=lambda item: (layer[item], item)):
        stack = [root]
        while stack:
            item = stack.pop()
            if not seen[item]:
                seen[item] = True
                rows[layer[item]].append(item)
                stack += reversed([*right[item], *left[item]])
    return rows


def _ordered(rows: list[list[int]], left: Sequence[Sequence[int]], right: Sequence[Sequence[int]]) -> list[list[int]]:
    """Each item beside the mean of its neighbours, swept both ways; the order with the fewest crossings wins."""
    spot = [0] * len(left)
    for row in rows:
        _number(row, spot)
    best, fewest = [row[:] for row in rows], _crossings(rows, right, spot)
    for sweep in range(SWEEPS):
        near = right if sweep % 2 else left
        for row in reversed(rows) if sweep % 2 else rows:
            row.sort(key=_beside(near, spot))
            _number(row, spot)
        crossings = _crossings(rows, right, spot)
        if crossings < fewest:
            best, fewest = [row[:] for row in rows], crossings
        if not fewest:
            break
    return best


def _number(row: Sequence[int], spot: list[int]) -> None:
    for index, item in enumerate(row):
        spot[item] = index


def _beside(near: Sequence[Sequence[int]], spot: Sequence[int]) -> Callable[[int], tuple[float, int]]:
    def key(item: int) -> tuple[float, int]:
        beside = near[item]
        return (sum(spot[other] for other in beside) / len(beside) if beside else spot[item], spot[item])

    return key


def _crossings(rows: Sequence[Sequence[int]], right: Sequence[Sequence[int]], spot: Sequence[int]) -> int:
    return sum(_inversions(_ends(row, right, spot)) for row in rows)


def _ends(row: Sequence[int], right: Sequence[Sequence[int]], spot: Sequence[int]) -> Iterator[int]:
    for item in row:
        yield from sorted(spot[other] for other in right[item])


def _inversions(numbers: Iterator[int]) -> int:
    """How many pairs stand in the wrong order."""
    seen: list[int] = []
    total = 0
    for number in numbers:
        place = bisect_left(seen, number + 1)
        total += len(seen) - place
        seen.insert(place, number)
    return total
