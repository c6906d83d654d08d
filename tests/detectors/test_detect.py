"""The whole: order, determinism, speed, hostile graphs."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coupling.core.graph import CERTAINTIES, EDGE_KINDS, DataGraph, Edge, Node
from coupling.core.names import short
from coupling.core.source import Span
from coupling.detectors import detect
from coupling.detectors.finding import counted, listed

from .graphs import codes, found, graph


def test_nothing_in_nothing_out() -> None:
    assert detect(DataGraph()) == ()


def test_worst_first() -> None:
    text = "a -predicts-> x.csv\nx.csv -trains-> a\na -feeds:infer-> z\nt -feeds:train-> s"
    assert codes(text) == ["CPL101", "CPL201", "CPL203", "CPL304"]


def test_the_order_of_edges_changes_no_finding() -> None:
    text = "a -predicts-> x.csv @u\nx.csv -trains-> b @v\nb -predicts-> y.csv @w\ny.csv -trains-> a @z\nb -feeds:train-> c @q"
    rows = text.splitlines()
    expected = {f.fingerprint for f in found(text)}
    for seed in range(10):
        random.Random(seed).shuffle(rows)
        assert {f.fingerprint for f in found("\n".join(rows))} == expected


def test_an_unrelated_part_changes_no_finding() -> None:
    text = "a -predicts-> x.csv\nx.csv -trains-> a"
    before = {f.fingerprint for f in found(text)}
    assert before <= {f.fingerprint for f in found(text + "\nq -predicts-> r.csv\nr.csv -trains-> s")}


def test_paths_texts_and_edges_are_parallel() -> None:
    for finding in found("a -predicts-> x.csv\nx.csv -trains-> b\nb -serves-> /p\nb -feeds:train-> b"):
        assert len(finding.path) == len(finding.path_text) == len(finding.path_edges) > 0
        assert finding.help
        assert finding.message[-1] not in ".!"


def test_edges_of_unknown_nodes_do_no_harm() -> None:
    edges = (Edge("model:x:a", "asset:file:b", "predicts"), Edge("asset:file:b", "model:x:a", "trains"))
    assert [f.code for f in detect(DataGraph((), edges))][:1] == ["CPL101"]


NAMES = st.sampled_from(["a", "b", "c", "x.csv", "y.csv", "$u", "/r"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            NAMES,
            st.sampled_from(EDGE_KINDS),
            NAMES,
            st.sampled_from(CERTAINTIES),
            st.sampled_from(["", "train", "same", "labels", "evaluation"]),
        )
    )
)
def test_no_graph_breaks_it_and_two_runs_agree(rows: list[tuple[str, str, str, str, str]]) -> None:
    text = "\n".join(f"{a} -{kind}{':' + role if role else ''}-> {b} ~{sure}" for a, kind, b, sure, role in rows)
    once, twice = detect(graph(text)), detect(graph(text))
    assert once == twice
    assert len({f.fingerprint for f in once}) == len(once)


def seconds(nodes: list[Node], edges: list[Edge]) -> tuple[float, list[str]]:
    start = time.process_time()
    result = detect(DataGraph(tuple(nodes), tuple(edges)))
    return time.process_time() - start, [f.code for f in result]


def test_a_dense_part_of_eighty_models_is_fast() -> None:
    ids = [f"model:m:{i:02}" for i in range(80)]
    edges = [Edge(a, b, "feeds", role="train", evidence=(Span("a.py", 1),)) for a in ids for b in ids if a != b]
    used, kinds = seconds([Node(i, "model", "m", "", i) for i in ids], edges)
    assert kinds.count("CPL102") == 1
    assert "CPL201" not in kinds
    assert used < 10


def test_a_hundred_thousand_sparse_nodes_are_fast() -> None:
    nodes, edges = [], []
    for i in range(33_334):
        model, data, out = f"model:m:{i}", f"asset:file:d{i}", f"asset:file:o{i}"
        nodes += [Node(model, "model", "m", "", str(i)), Node(out, "asset", "file", "", f"o{i}")]
        nodes.append(Node(data, "asset", "file", "", f"d{i}", tags=("committed",)))
        edges += [Edge(data, model, "trains", unit=f"unit:u:{i}"), Edge(model, out, "predicts", unit=f"unit:u:{i}")]
    used, kinds = seconds(nodes, edges)
    assert kinds == []
    assert used < 15


def test_a_long_chain_needs_no_recursion() -> None:
    assets = [f"asset:file:{i}" for i in range(20_000)]
    edges = [Edge("model:m:m", assets[0], "predicts"), *(Edge(a, b, "derives") for a, b in pairwise(assets))]
    edges.append(Edge(assets[-1], "model:m:m", "trains"))
    nodes = [Node("model:m:m", "model", "m", "", "m"), *(Node(a, "asset", "file", "", a) for a in assets)]
    used, kinds = seconds(nodes, edges)
    assert "CPL101" in kinds
    assert used < 15


def test_pages_do_not_load_the_graph_library() -> None:
    code = "import sys; import coupling.detectors.kinds; sys.exit('networkx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("name", "expected"), [("models/churn.joblib", "churn"), ("models/model.pkl", "models/model.pkl"), ("gpt-4", "gpt-4"), ("a/b/", "b")]
)
def test_models_have_short_names(name: str, expected: str) -> None:
    assert short(name) == expected


def test_lists_are_cut() -> None:
    assert [listed("abcdef"[:n]) for n in (1, 2, 3, 4, 6)] == ["a", "a and b", "a, b and c", "a, b, c and d", "a, b, c and 3 more"]


def test_names_that_differ_in_their_number_are_counted() -> None:
    assert counted(["Ridge (a.py:1)", "Ridge (a.py:1)#2", "Lasso (a.py:2)", "churn#2"]) == [
        "Ridge (a.py:1) (2 of them)",
        "Lasso (a.py:2)",
        "churn#2",
    ]


def test_objects_that_one_line_makes_again_are_told_once() -> None:
    base = graph("a -feeds:train-> b @u\na#2 -feeds:train-> b#2 @u\na#3 -feeds:train-> c @u")
    place = (Span("u.py", 7),)
    findings = detect(base._replace(edges=tuple(edge._replace(evidence=place) for edge in base.edges)))
    assert [[model.rpartition(":")[2] for model in f.models] for f in findings] == [["a", "b"], ["a#3", "c"]]
    assert findings[0].also == ("and 1 more of the same code",)


def _of_sites(first: int, second: int) -> list[str]:
    """The fingerprints of two loops of models that are called by their lines."""
    nodes, edges = [], []
    for line in (first, second):
        model, data = f"model:LR (a.py:{line})", f"asset:file:{'xy'[line == second]}.csv"
        nodes += [Node(model, "model", "model", "", model[6:]), Node(data, "asset", "file", "file", data[11:])]
        edges += [
            Edge(model, data, "predicts", evidence=(Span("a.py", line + 1),), unit=f"u{line}"),
            Edge(data, model, "trains", evidence=(Span("a.py", line + 2),), unit=f"u{line}"),
        ]
    return [f.fingerprint for f in detect(DataGraph(tuple(nodes), tuple(edges))) if f.code == "CPL101"]


def test_a_model_called_by_its_line_keeps_its_findings_when_code_moves() -> None:
    assert _of_sites(8, 20) == _of_sites(9, 100)
    assert len(set(_of_sites(8, 20))) == 2
