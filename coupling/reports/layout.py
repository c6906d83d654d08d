"""Where the shapes of a picture stand: layers from left to right along the flow, crossings reduced, loops run back.

A plain layered layout: edges that close a cycle are set aside, longest paths give the layers, barycentres the order.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 190, 40, 170, 30, 30
_SWEEPS = 6


class Place(NamedTuple):
    """The centre of a shape."""

    x: int
    y: int
    layer: int


class Layout(NamedTuple):
    places: tuple[Place, ...]
    width: int
    height: int


def place(count: int, links: Sequence[tuple[int, int]]) -> Layout:
    """Places for shapes 0..count-1 with these links."""
    forward = _acyclic(count, links)
    layers = _layers(count, forward)
    rows = _order(layers, forward)
    tall = max(map(len, rows), default=1)
    places = [Place(0, 0, 0)] * count
    for layer, row in enumerate(rows):
        top = MARGIN + (tall - len(row)) * (HEIGHT + GAP_Y) // 2
        for index, node in enumerate(row):
            x, y = MARGIN + WIDTH // 2 + layer * (WIDTH + GAP_X), top + HEIGHT // 2 + index * (HEIGHT + GAP_Y)
            places[node] = Place(x, y, layer)
    width = 2 * MARGIN + max(1, len(rows)) * (WIDTH + GAP_X) - GAP_X
    return Layout(tuple(places), width, 2 * MARGIN + tall * (HEIGHT + GAP_Y) + 3 * GAP_Y)


def _acyclic(count: int, links: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The links without those that close a cycle, found by one depth-first walk without recursion."""
    out: dict[int, list[int]] = defaultdict(list)
    entered = [0] * count
    for source, target in sorted(set(links)):
        if source != target:
            out[source].append(target)
            entered[target] += 1
    state = [0] * count
    kept = []
    for root in sorted(range(count), key=lambda node: (entered[node] > 0, node)):
        stack = [(root, iter(out[root]))] if not state[root] else []
        state[root] = state[root] or 1
        while stack:
            node, targets = stack[-1]
            target = next(targets, -1)
            if target < 0:
                state[node] = 2
                stack.pop()
            elif state[target] != 1:
                kept.append((node, target))
                if not state[target]:
                    state[target] = 1
                    stack.append((target, iter(out[target])))
    return kept


def _layers(count: int, forward: Iterable[tuple[int, int]]) -> list[int]:
    """The longest way to each node from a node without predecessors."""
    out: dict[int, list[int]] = defaultdict(list)
    waiting = [0] * count
    for source, target in forward:
        out[source].append(target)
        waiting[target] += 1
    layer = [0] * count
    ready = [node for node in range(count) if not waiting[node]]
    while ready:
        node = ready.pop()
        for target in out[node]:
            layer[target] = max(layer[target], layer[node] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return layer


def _order(layers: Sequence[int], forward: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The nodes of each layer from top to bottom: beside the mean of their neighbours, swept both ways."""
    near: dict[int, list[int]] = defaultdict(list)
    for source, target in forward:
        near[source].append(target)
        near[target].append(source)
    rows: list[list[int]] = [[] for _ in range(max(layers, default=-1) + 1)]
    for node, layer in enumerate(layers):
        rows[layer].append(node)
    spot = {node: index - len(row) / 2 for row in rows for index, node in enumerate(row)}
    for sweep in range(_SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            row.sort(key=lambda node: (_mean(near[node], spot, spot[node]), node))
            spot.update({node: index - len(row) / 2 for index, node in enumerate(row)})
    return rows


def _mean(nodes: Sequence[int], spot: Mapping[int, float], default: float) -> float:
    return sum(spot[node] for node in nodes) / len(nodes) if nodes else default
