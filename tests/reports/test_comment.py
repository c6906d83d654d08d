"""The review comment: what a maintainer sees of a change, in which order, with which links, owners and pictures."""

from __future__ import annotations

import itertools
import re
import shutil
import tomllib
from pathlib import Path

import pytest

import coupling
from coupling.core.graph import DataGraph, Edge, Finding, Node
from coupling.core.report import Report
from coupling.core.source import Span
from coupling.reports import render, words
from coupling.reports.markdown import NOTHING_LEFT
from coupling.reports.options import Options
from coupling.reports.places import primary
from coupling.reports.ring import MAX_NODES, ring
from coupling.reports.section import MAX_OPEN, MAX_PICTURE
from tests.reports.stories import BASE, CHURN, EDGES, FIT, LABELS, LOOP, NODES, PREDICT, READ, REPORT, SCORES, SQL, SUMMARY, WRITE

SAMPLES = Path(__file__).parent.parent.parent / "sample_repos"
LINK = "https://host.example/blob/abc/{path}#L{line}"


def chain(tables: int, finding: Finding = LOOP) -> Report:
    """A loop of one model through so many tables, the edge in the middle added last."""
    ids = [f"asset:table:t{number:03}" for number in range(tables)]
    nodes = (Node(CHURN, "model", "model", "", "churn"), *(Node(id, "asset", "table", "", id[12:]) for id in ids))
    ends = (Edge(CHURN, ids[0], "predicts", evidence=(PREDICT,)), Edge(ids[-1], CHURN, "trains", evidence=(FIT,)))
    middle = (Edge(a, b, "derives", evidence=(Span("q.sql", n + 1),)) for n, (a, b) in enumerate(itertools.pairwise(ids)))
    edges = (ends[0], *middle, ends[1])
    places = tuple(edge.evidence[0] for edge in edges)
    loop = finding._replace(path=places, path_text=("",) * len(edges), path_edges=tuple(range(len(edges))))
    return Report("0.1.0", SUMMARY, DataGraph(nodes, edges), (loop,))


def without(report: Report, *gone: int) -> Report:
    """The version before those edges, and so before the findings."""
    edges = tuple(edge for number, edge in enumerate(report.graph.edges) if number not in gone)
    return report._replace(graph=report.graph._replace(edges=edges), findings=())


def test_the_first_lines_say_it_all() -> None:
    text = render("markdown", REPORT, base=BASE, link=LINK)
    assert text.splitlines()[0] == "<!-- coupling:report:all -->"
    body = text.split("\n\n")
    assert body[1] == "**churn learns from its own scores, through 2 files and 1 table**"
    assert (
        body[2]
        == f"This change closes it at [`sql/labels.sql:12`](<{LINK.format(path='sql/labels.sql', line=12)}>): {body[2].partition(': ')[2]}"
    )


def test_a_step_is_one_edge_and_no_place_comes_twice() -> None:
    path = (PREDICT, WRITE, SQL, FIT, Span("main.py", 3), FIT)
    steps = words.steps(LOOP._replace(path=path, path_text=("p", "w", "s", "", "", "f"), path_edges=(0, 0, 1, 2, 2, 2)), REPORT.graph)
    assert [step.what for step in steps] == ["w", "s", "f"]
    assert [len(step.places) for step in steps] == [2, 1, 2]
    assert steps[-1].places == (Span("main.py", 3), FIT)


def test_places_without_an_edge_are_steps_only_if_they_say_something() -> None:
    finding = LOOP._replace(path=(PREDICT, WRITE, SQL), path_text=("a", "", "b"), path_edges=(-1, -1, -1))
    assert [(step.what, len(step.places)) for step in words.steps(finding, REPORT.graph)] == [("a", 2), ("b", 1)]


def test_every_place_is_a_link_and_its_file_is_named_once_in_a_row() -> None:
    text = render("markdown", REPORT, base=BASE, link=LINK)
    row = next(line for line in text.splitlines() if "table ml.churn" in line)
    assert re.findall(r"\[`(.*?)`\]\(<(.*?)>\)", row) == [
        ("scoring/batch.py:41", "https://host.example/blob/abc/scoring/batch.py#L41"),
        (":47", "https://host.example/blob/abc/scoring/batch.py#L47"),
    ]


def test_owners_are_those_of_the_files() -> None:
    owned = REPORT._replace(graph=REPORT.graph._replace(owners=(("train/data.py", "@data"), ("train/fit.py", "@ml @science"))))
    rows = [line for line in render("markdown", owned).splitlines() if line.startswith("| ")]
    assert next(row for row in rows if "trains churn" in row).endswith("| `@data` → `@ml @science` |")
    assert 'owner = "@ml @science"' in render("markdown", owned)


def test_what_accepts_a_finding_can_be_pasted_and_accepts_it() -> None:
    text = render("markdown", REPORT)
    block = re.findall(r"```toml\n(.*?)```", text, re.S)[0]
    (allow,) = tomllib.loads(block)["tool"]["coupling"]["allow"]
    assert allow["fingerprint"] == LOOP.fingerprint
    assert set(allow) == {"fingerprint", "reason", "owner"}
    (dated,) = tomllib.loads(block.replace("# expires", "expires"))["tool"]["coupling"]["allow"]
    assert dated["expires"].year > 2026
    assert "`# coupling: ignore[CPL101] why this is wanted`" in text


def test_the_pasted_comment_accepts_it(tmp_path: Path) -> None:
    """In SQL as in Python: the comment stands above the line that the report names."""
    for name in ("support_triage", "price_and_demand"):
        root = tmp_path / name
        shutil.copytree(SAMPLES / name, root)
        for place, comment in re.findall(r"Or above `(.+?)`: `(.+?)`", render("markdown", coupling.check(root, cache=False, jobs=1))):
            file, line = root / place.rpartition(":")[0], int(place.rpartition(":")[2])
            lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
            file.write_text("".join([*lines[: line - 1], comment + "\n", *lines[line - 1 :]]), encoding="utf-8")
        assert [bool(finding.suppressed) for finding in coupling.check(root, cache=False, jobs=1).findings] == [True]


def test_a_long_chain_is_one_arrow_that_counts_its_hops() -> None:
    report = chain(40)
    picture = ring(report.findings[0], report, Options())
    assert [arrow.label for arrow in picture.arrows] == ["predicts", "39 hops", "trains"]
    assert [shape.label for shape in picture.shapes] == ["churn", "t000", "t039"]


def test_a_chain_is_broken_where_the_change_is() -> None:
    report = chain(40)
    picture = ring(report.findings[0], report, Options(base=without(report, 20)))
    assert {arrow.label for arrow in picture.arrows} == {"predicts", "19 hops", "goes into", "trains"}
    assert [arrow.mark for arrow in picture.arrows if arrow.mark] == ["+"]
    assert len(picture.shapes) <= 7


def test_a_short_loop_is_drawn_in_full_and_begins_where_its_way_begins() -> None:
    report = chain(4)
    picture = ring(report.findings[0], report, Options())
    assert [shape.label for shape in picture.shapes] == ["churn", "t000", "t001", "t002", "t003"]
    assert [(arrow.source, arrow.target) for arrow in picture.arrows] == [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)]


def test_a_picture_shows_what_an_added_edge_replaces() -> None:
    before = without(REPORT, 2)
    old = Edge("asset:file:data/raw.csv", CHURN, "trains", "exact", evidence=(FIT,), role="labels")
    elsewhere = Edge("asset:file:data/raw.csv", "asset:table:clicks", "derives")
    before = before._replace(graph=before.graph._replace(edges=(*before.graph.edges, old, elsewhere)))
    picture = ring(LOOP, REPORT, Options(base=before))
    assert [(arrow.mark, arrow.label) for arrow in picture.arrows if arrow.mark == "-"] == [("-", "trains, as labels")]
    assert [(shape.mark, shape.label) for shape in picture.shapes if shape.label == "data/raw.csv"] == [("", "data/raw.csv")]


def test_a_picture_does_not_show_what_else_is_gone() -> None:
    """A finding that the change removes somewhere else has nothing to do with the one drawn."""
    other = Edge("model:m:other", "asset:file:o", "predicts")
    gone = LOOP._replace(fingerprint="gone", path=(FIT,), path_text=("x",), path_edges=(len(EDGES),))
    before = REPORT._replace(graph=DataGraph(NODES, (*EDGES, other)), findings=(gone,))
    assert "other" not in {shape.label for shape in ring(LOOP, REPORT, Options(base=before)).shapes}


def test_a_long_ring_runs_down() -> None:
    assert "flowchart LR" in render("markdown", chain(5))
    changed = chain(8)
    models = tuple(node._replace(kind="model") for node in changed.graph.nodes)
    assert "flowchart TB" in render("markdown", changed._replace(graph=changed.graph._replace(nodes=models)))


def test_no_picture_is_larger_than_hosts_draw() -> None:
    wide = chain(20)
    long = tuple(node._replace(name=node.name + "x" * 200) for node in wide.graph.nodes)
    knots = tuple(Edge(a.id, CHURN, "trains") for a in long[1:])
    report = wide._replace(graph=wide.graph._replace(nodes=long, edges=(*wide.graph.edges, *knots)))
    finding = report.findings[0]._replace(path_edges=tuple(range(len(report.graph.edges))), path=(FIT,) * len(report.graph.edges))
    for text in re.findall(r"```mermaid\n(.*?)```", render("markdown", report._replace(findings=(finding,))), re.S):
        assert len(text) <= MAX_PICTURE
    assert len(ring(finding, report, Options()).shapes) <= MAX_NODES


def test_pictures_past_the_hosts_sum_open_on_demand() -> None:
    report = chain(6)
    many = tuple(report.findings[0]._replace(fingerprint=f"{number:04}") for number in range(6))
    text = render("markdown", report._replace(findings=many))
    opened = re.sub(r"(?s)<details>.*?</details>", "", text)
    assert sum(map(len, re.findall(r"(?s)```mermaid\n(.*?)```", opened))) <= MAX_OPEN
    assert text.count("```mermaid") == 6


def test_it_says_when_nothing_is_left() -> None:
    again = render("markdown", REPORT, base=REPORT)
    assert again.splitlines()[1:4] == ["### coupling: 0 loops added, 0 removed", "", f"**{NOTHING_LEFT}**"]
    assert NOTHING_LEFT not in render("markdown", REPORT, base=BASE)
    assert NOTHING_LEFT not in render("markdown", REPORT)


def test_what_a_change_accepts_is_told_with_its_reason() -> None:
    accepted = REPORT._replace(findings=(LOOP._replace(suppressed="agents correct it"),))
    text = render("markdown", accepted, base=REPORT)
    assert "1 coupling accepted with this change" in text
    assert "agents correct it" in text
    assert "accepted with" not in render("markdown", accepted, base=accepted)


def test_edges_are_told_once_and_without_what_scripts_say_again() -> None:
    text = render("markdown", REPORT, base=without(REPORT, 0, 1, 7))
    rows = [line for line in text.splitlines() if re.match(r"\| \*\*[+-]\*\* \| `", line)]
    assert len(rows) == 2
    assert "| **+** | `churn` | predicts | `ml.churn_scores` | `scoring/batch.py:41` |" in rows


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        (frozenset(), ("sql/labels.sql", 12)),
        (frozenset({("train/fit.py", 33)}), ("train/fit.py", 33)),
        (frozenset({("scoring/batch.py", 41), ("sql/labels.sql", 12)}), ("sql/labels.sql", 12)),
    ],
    ids=["an added edge", "a touched line on the way", "a touched line of an added edge first"],
)
def test_the_primary_place(changed: frozenset[tuple[str, int]], line: tuple[str, int]) -> None:
    span = primary(REPORT, Options(base=BASE, changed=changed))(LOOP)
    assert span is not None
    assert (span.path, span.line) == line


def test_of_an_added_edge_the_line_with_a_new_text_is_primary() -> None:
    """The call that passes the name changed, not the helper's line that was there before."""
    call = Span("train/go.py", 5, 0, 5, 'fit(load("labels"))')
    head = (*EDGES[:2], EDGES[2]._replace(evidence=(FIT, call)), *EDGES[3:])
    base = Edge(SCORES, LABELS, "trains", evidence=(READ, FIT._replace(line=7), call._replace(text='fit(load("old"))')))
    before = REPORT._replace(graph=DataGraph(NODES, (*EDGES[:2], base)), findings=())
    span = primary(REPORT._replace(graph=DataGraph(NODES, head)), Options(base=before))(LOOP)
    assert span == call


def test_of_a_long_place_only_what_the_change_touched_is_primary() -> None:
    """A host hides an annotation of which one line is outside the diff."""
    loop = LOOP._replace(path=(FIT._replace(end_line=40),), path_edges=(-1,))
    place = primary(REPORT, Options(changed=frozenset({("train/fit.py", 35)})))(loop)
    assert place is not None
    assert (place.line, place.end_line, place.text) == (35, 35, "")
    every = frozenset(("train/fit.py", line) for line in range(33, 41))
    assert primary(REPORT, Options(changed=every))(loop) == loop.path[0]


def test_a_model_known_by_its_line_is_the_same_when_the_line_moves(tmp_path: Path) -> None:
    root = tmp_path / "r"
    shutil.copytree(SAMPLES / "price_and_demand", root)
    before = coupling.check(root, cache=False, jobs=1)
    for file in (root / "jobs").glob("*.py"):
        file.write_text("# moved\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    text = render("markdown", coupling.check(root, cache=False, jobs=1), base=before)
    assert text.splitlines()[1] == "### coupling: 0 loops added, 0 removed"
    assert "1 coupling there before" in text
