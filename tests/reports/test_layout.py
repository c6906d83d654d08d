"""Places and ways: layers from left to right, no overlap, loops as lenses; and the browser's layout is the same."""

from __future__ import annotations

import itertools
import json
import random
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coupling.reports import layout, viewer
from coupling.reports.layout import HEIGHT, WIDTH, Layout, place

GRAPHS = st.integers(1, 14).flatmap(
    lambda count: st.tuples(st.just(count), st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=30))
)


def overlaps(board: Layout) -> list[tuple[int, int]]:
    spots = enumerate(board.places)
    return [(a, b) for (a, p), (b, q) in itertools.combinations(spots, 2) if abs(p.x - q.x) < WIDTH and abs(p.y - q.y) < HEIGHT]


def test_layers_follow_the_flow() -> None:
    board = place(5, [(0, 1), (1, 2), (0, 2), (3, 2)])
    assert [spot.layer for spot in board.places][:3] == [0, 1, 2]
    assert board.places[3].layer == 1, "a source stands beside what it feeds"
    assert not overlaps(board)


def test_a_small_loop_has_one_link_that_runs_back() -> None:
    board = place(3, [(0, 1), (1, 2), (2, 0), (1, 1)])
    assert [spot.layer for spot in board.places] == [0, 1, 2]
    assert [way[0][0] < way[-1][0] for way in board.ways] == [True, True, False, True]


def test_a_larger_loop_is_a_ring() -> None:
    board = place(6, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0)])
    assert [spot.layer for spot in board.places] == [0, 1, 2, 3, 2, 1]
    assert [way[0][0] < way[-1][0] for way in board.ways] == [True, True, True, False, False, False]
    assert board.places[1].y != board.places[5].y


def test_a_ring_is_not_opened_where_that_closes_another_loop() -> None:
    board = place(4, [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (0, 3)])
    assert not overlaps(board)
    assert len({way[0][0] < way[-1][0] for way in board.ways}) == 2


def test_two_that_feed_each_other_make_a_lens() -> None:
    upper, lower = place(2, [(0, 1), (1, 0)]).ways
    assert upper[0][0] < upper[-1][0]
    assert lower[0][0] > lower[-1][0]
    assert abs(upper[1][1] - lower[1][1]) == layout.LENS


def test_a_long_link_passes_beside_the_shapes_of_other_layers() -> None:
    board = place(3, [(0, 1), (1, 2), (0, 2)])
    bends = board.ways[2][1:-1]
    assert len(bends) == 2
    assert all(abs(y - board.places[1].y) > HEIGHT // 2 for _, y in bends)


def test_parts_stand_below_each_other_and_the_lonely_last() -> None:
    board = place(7, [(5, 6), (0, 1), (1, 2)])
    assert max(board.places[n].y for n in (0, 1, 2)) < min(board.places[n].y for n in (5, 6))
    assert board.places[3].y == board.places[4].y > board.places[5].y


@settings(max_examples=80, deadline=None)
@given(GRAPHS)
def test_nothing_overlaps_and_everything_is_inside(graph: tuple[int, list[tuple[int, int]]]) -> None:
    board = place(*graph)
    assert not overlaps(board)
    points = [point for way in board.ways for point in way] + [spot[:2] for spot in board.places]
    assert all(0 < x < board.width and 0 < y < board.height for x, y in points)
    for (source, target), way in zip(graph[1], board.ways, strict=True):
        ends = (board.places[source], board.places[target])
        assert all(abs(at.x - x) <= WIDTH // 2 and abs(at.y - y) <= HEIGHT // 2 for at, (x, y) in zip(ends, (way[0], way[-1]), strict=True))


def test_a_long_chain_and_a_dense_knot_are_laid_out() -> None:
    assert place(3000, [(n, n + 1) for n in range(2999)]).places[-1].layer == 2999
    assert not overlaps(place(30, [(a, b) for a in range(30) for b in range(30)]))


def test_nothing_has_a_size() -> None:
    board = place(0, [])
    assert board.width > 0
    assert board.height > 0


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
def test_the_browser_lays_out_alike() -> None:
    """layout.js is layers.py and layout.py: the still picture and the viewer show the same."""
    chance = random.Random(7)
    cases: list[tuple[int, list[tuple[int, int]]]] = [(0, []), (1, []), (1, [(0, 0)]), (2, [(0, 1), (1, 0), (0, 1)])]
    for _ in range(40):
        count = chance.randint(1, 40)
        cases.append((count, [(chance.randrange(count), chance.randrange(count)) for _ in range(chance.randint(0, 2 * count))]))
    program = (
        viewer.asset("layout.js")
        + "const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        + "console.log(JSON.stringify(cases.map(([n, l]) => { const b = place(n, l);"
        + "return [b.places.map(p => [p.x, p.y, p.layer]), b.ways, b.width, b.height]; })))"
    )
    run = subprocess.run(["node", "-e", program], input=json.dumps(cases), capture_output=True, text=True, check=True, timeout=60)
    for case, found in zip(cases, json.loads(run.stdout), strict=True):
        assert json.loads(json.dumps(place(*case))) == found
