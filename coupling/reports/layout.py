"""Where the shapes of a picture stand and how its arrows run: left to right along the flow, few crossings, loops as lenses.

Comes in: a number of shapes and links. Goes out: ``Layout``, in whole units. Parts that nothing links stand below each other;
shapes without any link fill a grid at the bottom. ``assets/layout.js`` says the same to the browser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coupling.reports.layers import Layers, Link, arrange

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 176, 44, 124, 26, 24
BEND, BESIDE, PORT, PARTS, GRID, LENS, ROOM = 10, 18, 12, 34, 4, 32, 30
"""Height of a bend, its distance from a shape, distance of two links at one side of a shape, distance of two parts, least columns
of the grid, how far links between the same two neighbours swing apart, and the room for a label beyond them."""
_ROUNDS = 10

Point = tuple[int, int]


class Place(NamedTuple):
    """The centre of a shape, and its column."""

    x: int
    y: int
    layer: int


class Layout(NamedTuple):
    """``ways`` holds, for each link, the points it runs through from its source to its target, horizontal at each."""

    places: tuple[Place, ...]
    ways: tuple[tuple[Point, ...], ...]
    width: int
    height: int


def place(count: int, links: Sequence[Link]) -> Layout:
    """Places for shapes 0..count-1 with these links."""
    places, ways = [Place(0, 0, 0)] * count, [()] * len(links)  # type: list[Place], list[tuple[Point, ...]]
    top, columns, lonely = MARGIN, 0, []
    for nodes, numbers in _parts(count, links):
        if not numbers:
            lonely += nodes
            continue
        top = _put_part(nodes, numbers, links, top, places, ways) + PARTS
        columns = max(columns, 1 + max(places[node].layer for node in nodes))
    wide = max(columns, min(len(lonely), GRID))
    for index, node in enumerate(lonely):
        places[node] = Place(_x(index % wide), top + HEIGHT // 2 + index // wide * (HEIGHT + GAP_Y), index % wide)
    rows = -(-len(lonely) // wide) if wide else 0
    bottom = top + rows * (HEIGHT + GAP_Y) - GAP_Y if lonely else top - PARTS
    return Layout(tuple(places), tuple(ways), 2 * MARGIN + max(1, wide) * (WIDTH + GAP_X) - GAP_X, max(bottom, HEIGHT) + MARGIN)


def _x(layer: int) -> int:
    return MARGIN + WIDTH // 2 + layer * (WIDTH + GAP_X)


def _parts(count: int, links: Sequence[Link]) -> list[tuple[list[int], list[int]]]:
    """The nodes and links that hang together, the largest part first."""
    root = list(range(count))

    def top(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for a, b in links:
        root[max(top(a), top(b))] = min(top(a), top(b))
    parts: dict[int, tuple[list[int], list[int]]] = {}
    for node in range(count):
        parts.setdefault(top(node), ([], []))[0].append(node)
    for number, (a, _) in enumerate(links):
        parts[top(a)][1].append(number)
    return sorted(parts.values(), key=lambda part: (-len(part[0]), part[0][0]))


def _put_part(
    nodes: Sequence[int], numbers: Sequence[int], links: Sequence[Link], top: int, places: list[Place], ways: list[tuple[Point, ...]]
) -> int:
    """Place one part below ``top``, and give its lower end."""
    local = {node: index for index, node in enumerate(nodes)}
    own = [(local[links[number][0]], local[links[number][1]]) for number in numbers]
    layers = arrange(len(nodes), own)
    high = [HEIGHT if item < len(nodes) else BEND for item in range(len(layers.layer))]
    ys = _heights(layers, high)
    loop = HEIGHT // 2 if any(a == b for a, b in own) else 0
    least = min(y - high[item] / 2 for item, y in enumerate(ys))
    down = [int(y - least + top + loop + 0.5) for y in ys]
    lens = _lenses(layers.chains)
    made = _ways(own, layers, down, lens)
    over = max([0, *(top + ROOM - made[number][1][1] for number in lens)])
    for node, index in local.items():
        places[node] = Place(_x(layers.layer[index]), down[index] + over, layers.layer[index])
    for number, way in zip(numbers, made, strict=True):
        ways[number] = tuple((x, y + over) for x, y in way)
    ends = [y + high[item] // 2 for item, y in enumerate(down)] + [made[number][1][1] + ROOM for number in lens]
    return max(ends) + over


def _heights(layers: Layers, high: Sequence[int]) -> list[float]:
    """The vertical place of each item: near its neighbours, in the order of its row, without overlap."""
    left, right = layers.left, layers.right
    ys = [0.0] * len(high)
    for row in layers.rows:
        _spread(row, [0.0] * len(row), high, ys)
    for turn in range(_ROUNDS):
        last = turn == _ROUNDS - 1
        for row in reversed(layers.rows) if turn % 2 else layers.rows:
            wishes = []
            for item in row:
                near = left[item] + right[item] if last else (right if turn % 2 else left)[item]
                wishes.append(sum(ys[other] for other in near) / len(near) if near else ys[item])
            _spread(row, wishes, high, ys)
    return ys


def _spread(row: Sequence[int], wishes: Sequence[float], high: Sequence[int], ys: list[float]) -> None:
    """As near to the wishes as the order and the distances allow (least squares): neighbours that collide move as one block."""
    offsets, offset = [], 0.0
    for index, item in enumerate(row):
        if index:
            upper, lower = high[row[index - 1]], high[item]
            offset += (upper + lower) / 2 + (BESIDE if upper != lower else GAP_Y if upper == HEIGHT else BEND)
        offsets.append(offset)
    blocks: list[tuple[float, int]] = []
    for wish, offset in zip(wishes, offsets, strict=True):
        total, size = wish - offset, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / size:
            before, many = blocks.pop()
            total, size = total + before, size + many
        blocks.append((total, size))
    index = 0
    for total, size in blocks:
        for _ in range(size):
            ys[row[index]] = total / size + offsets[index]
            index += 1


def _ways(links: Sequence[Link], layers: Layers, ys: Sequence[int], lens: Mapping[int, int]) -> list[tuple[Point, ...]]:
    """Each link from side to side through its bends. At a side the links stand in the order of where they go."""
    ports: dict[tuple[int, bool], list[tuple[int, int]]] = {}
    for number, chain in enumerate(layers.chains):
        if chain:
            ports.setdefault((chain[0], True), []).append((ys[chain[1]], number))
            ports.setdefault((chain[-1], False), []).append((ys[chain[-2]], number))
    shift: dict[tuple[int, bool], int] = {}
    for (_, leaving), entries in ports.items():
        step = min(PORT, (HEIGHT - 12) / max(1, len(entries) - 1))
        for index, (_, number) in enumerate(sorted(entries)):
            shift[number, leaving] = int((index - (len(entries) - 1) / 2) * step + HEIGHT + 0.5) - HEIGHT
    out = []
    for number, chain in enumerate(layers.chains):
        if not chain:
            out.append(_ring(layers.layer[links[number][0]], ys[links[number][0]]))
            continue
        first, last = layers.layer[chain[0]], layers.layer[chain[-1]]
        start = (_x(first) + WIDTH // 2, ys[chain[0]] + shift[number, True])
        end = (_x(last) - WIDTH // 2, ys[chain[-1]] + shift[number, False])
        points = [start, *_bends(chain, layers, ys), end]
        if number in lens:
            x, y = (start[0] + end[0]) // 2, (ys[chain[0]] + ys[chain[-1]] + lens[number]) // 2
            points = [start, (x - BEND, y), (x + BEND, y), end]
        out.append(tuple(reversed(points)) if number in layers.back else tuple(points))
    return out


def _bends(chain: Sequence[int], layers: Layers, ys: Sequence[int]) -> list[Point]:
    centres = [(_x(layers.layer[bend]), ys[bend]) for bend in chain[1:-1]]
    return [point for x, y in centres for point in ((x - WIDTH // 2, y), (x + WIDTH // 2, y))]


def _lenses(chains: Sequence[Sequence[int]]) -> dict[int, int]:
    """Links that share both ends, as the two of a small loop do, swing apart: twice how far, up or down."""
    pairs: dict[tuple[int, int], list[int]] = {}
    for number, chain in enumerate(chains):
        if len(chain) == 2:
            pairs.setdefault((chain[0], chain[1]), []).append(number)
    return {number: (2 * index - len(row) + 1) * LENS for row in pairs.values() if len(row) > 1 for index, number in enumerate(row)}


def _ring(layer: int, y: int) -> tuple[Point, ...]:
    """From a shape to itself: two points on its upper edge."""
    x, top = _x(layer), y - HEIGHT // 2
    return (x + WIDTH // 4, top), (x + WIDTH // 2 - 12, top)
