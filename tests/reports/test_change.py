"""Two reports compared: what is added, changed, kept and removed, by names and never by lines."""

from __future__ import annotations

import pytest

from coupling.core.graph import DataGraph, Edge, Finding, Node
from coupling.core.lasting import lasting
from coupling.core.report import Report, Summary
from coupling.core.source import Span
from coupling.reports import change
from coupling.reports.align import aligned

A, B = "model:a.joblib", "model:b.joblib"
S, T, U, V = (f"asset:file:{name}.csv" for name in "stuv")


def finding(fingerprint: str, models: list[str], assets: list[str], rule: str = "feedback-loop", suppressed: str = "") -> Finding:
    span = Span("a.py", 3)
    return Finding(
        rule,
        "CPL101",
        "error",
        "exact",
        "m",
        (span,),
        ("",),
        (-1,),
        tuple(models),
        tuple(assets),
        fingerprint,
        suppressed=suppressed,
    )


def report(*findings: Finding, edges: tuple[Edge, ...] = (), nodes: tuple[str, ...] = ()) -> Report:
    made = tuple(Node(id, id.partition(":")[0], "", "", id.partition(":")[2]) for id in nodes)
    return Report("0", Summary(), DataGraph(made, edges), findings)


def words(base: Report, now: Report) -> dict[str, list[str]]:
    found = change.compare(now, aligned(base, now))
    changed = [f"{new.fingerprint}<{old.fingerprint}" for new, old in found.changed]
    names = {"added": found.added, "kept": found.kept, "removed": found.removed}
    rows = {word: [each.fingerprint for each in group] for word, group in names.items()}
    return {word: group for word, group in {**rows, "changed": changed}.items() if group}


def test_findings_are_known_by_their_fingerprint() -> None:
    base, now = report(finding("1", [A], [S]), finding("2", [B], [T])), report(finding("1", [A], [S]), finding("3", [B], [U]))
    assert words(base, now) == {"kept": ["1"], "removed": ["2"], "added": ["3"]}


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (([A], [S, T]), ([A], [S, T, U]), "changed"),  # one more hop
        (([A], [S, T, U, V]), ([A], [S, T, U]), "changed"),  # 4 of 5
        (([A], [S, T, U]), ([A], [S, T]), "added"),  # 3 of 4
        (([A], [S, T]), ([A], [U, V]), "added"),  # other data
        (([A, B], [S, T, U]), ([A], [S, T, U]), "changed"),  # a model less
        (([A], [S, T, U, V]), ([A, B], [S, T, U, V]), "added"),  # a model more is for its owner to know
    ],
)
def test_a_finding_that_holds_most_of_an_earlier_one_is_that_one_changed(
    before: tuple[list[str], list[str]], after: tuple[list[str], list[str]], what: str
) -> None:
    found = words(report(finding("1", *before)), report(finding("2", *after)))
    assert found == ({"changed": ["2<1"]} if what == "changed" else {"added": ["2"], "removed": ["1"]})


def test_another_rule_is_another_finding() -> None:
    base, now = report(finding("1", [A], [S])), report(finding("2", [A], [S], "entanglement"))
    assert words(base, now) == {"added": ["2"], "removed": ["1"]}


def test_an_earlier_finding_that_is_still_there_is_no_match() -> None:
    base, now = report(finding("1", [A], [S])), report(finding("1", [A], [S]), finding("2", [A], [S, T]))
    assert words(base, now) == {"kept": ["1"], "added": ["2"]}


def test_each_earlier_finding_is_matched_once_and_by_the_most_alike() -> None:
    base = report(finding("1", [A], [S, T, U, V]))
    now = report(finding("2", [A], [S, T, U]), finding("3", [A], [S, T, U, V, "asset:x"]))
    assert words(base, now) == {"changed": ["3<1"], "added": ["2"]}


def test_acceptance_counts_on_its_own_side() -> None:
    live, quiet = finding("1", [A], [S]), finding("1", [A], [S], suppressed="known")
    assert words(report(live), report(quiet)) == {}
    assert words(report(quiet), report(live)) == {"added": ["1"]}
    assert words(report(quiet), report(quiet)) == {}


def test_a_changed_loop_that_was_accepted_is_added() -> None:
    base, now = report(finding("1", [A], [S, T], suppressed="known")), report(finding("2", [A], [S, T, U]))
    assert words(base, now) == {"added": ["2"]}


def place(line: int, path: str = "fit.py", name: str = "Ridge") -> str:
    return f"model:{name} ({path}:{line})"


def test_a_line_is_no_part_of_a_lasting_name() -> None:
    names = lasting([place(12), place(3), place(40, name="Lasso"), A, "unit:fit.py:main"])
    assert names[place(3)] == "model:Ridge (fit.py)"
    assert names[place(12)] == "model:Ridge (fit.py) no. 2"
    assert names[place(40, name="Lasso")] == "model:Lasso (fit.py)"
    assert names[A] == A
    assert len(set(names.values())) == 5


def test_a_renamed_file_keeps_its_nodes() -> None:
    names = lasting([place(3, "old/fit.py"), "unit:old/fit.py", "unit:old/fit.py:main", "asset:file:old/fit.py"], {"old/fit.py": "new.py"})
    assert list(names.values()) == ["asset:file:old/fit.py", "model:Ridge (new.py)", "unit:new.py", "unit:new.py:main"]


@pytest.mark.parametrize(("moved", "path"), [({}, "fit.py"), ({"fit.py": "new.py"}, "new.py")])
def test_a_model_that_only_moved_is_the_same(moved: dict[str, str], path: str) -> None:
    old, new = place(3), place(9, path)
    base = report(finding("1", [old], [S]), edges=(Edge(old, S, "predicts", unit="unit:fit.py"), Edge(S, old, "trains")), nodes=(old, S))
    now = report(finding("2", [new], [S]), edges=(Edge(new, S, "predicts", unit=f"unit:{path}"), Edge(S, new, "trains")), nodes=(new, S))
    same = aligned(base, now, moved)
    assert same.graph == now.graph
    found = change.compare(now, same)
    assert (found.added, found.removed, found.changed, found.edges_added, found.nodes_added) == ((), (), (), (), frozenset())


def test_nodes_and_edges_are_compared_by_key() -> None:
    base = report(edges=(Edge(S, A, "trains", role="labels", evidence=(Span("a.py", 1),)), Edge(A, S, "predicts")), nodes=(A, S))
    now = report(edges=(Edge(S, A, "trains", role="labels", evidence=(Span("b.py", 9),)), Edge(A, T, "predicts")), nodes=(A, T))
    found = change.compare(now, base)
    assert [(edge.source, edge.target) for edge in found.edges_added] == [(A, T)]
    assert [(edge.source, edge.target) for edge in found.edges_removed] == [(A, S)]
    assert found.nodes_added == {T}
    assert [node.id for node in found.nodes_removed] == [S]
