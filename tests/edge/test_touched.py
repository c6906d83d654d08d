"""Which lines a change touched, and which of them names what a new coupling runs through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupling.clues import explained
from coupling.core.graph import DataGraph, Edge, Finding, Node
from coupling.core.report import Report, Summary
from coupling.core.source import Span
from coupling.touched import changed


def numbers(old: str, new: str) -> list[int]:
    return [number for number, _ in changed(old.encode(), new.encode())]


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("a\nb\nc\n", "a\nb\nc\n", []),
        ("a\nb\nc\n", "a\nx\nc\n", [2]),
        ("a\nb\nc\n", "a\nb\nb\nc\n", [3]),
        ("a\nb\nc\n", "a\nc\n", []),
        ("", "a\nb\n", [1, 2]),
        ("a\nb\nc\nd\ne\n", "x\nb\nc\nd\ny\n", [1, 5]),
        ("a\r\nb\r\n", "a\nb\n", []),
    ],
)
def test_lines_that_are_new_or_other(old: str, new: str, lines: list[int]) -> None:
    assert numbers(old, new) == lines


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_the_untouched_lines_were_all_there_in_order(old: list[str], new: list[str]) -> None:
    touched = set(numbers("\n".join(old), "\n".join(new)))
    rest = iter("\n".join(old).split("\n"))
    kept = [line for number, line in enumerate("\n".join(new).split("\n"), 1) if number not in touched]
    assert all(line in rest for line in kept)


def test_a_file_made_to_be_slow_is_touched_as_a_whole() -> None:
    old, new = "x\n" + "a\nb\n" * 50_000, "y\n" + "b\na\n" * 50_000 + "z"
    assert len(numbers(old, new)) == 100_002


LOOP = Edge("model:churn.joblib", "asset:file:data/archive.csv", "predicts")
NODES = (Node(LOOP.source, "model", "", "", "churn.joblib"), Node(LOOP.target, "asset", "file", "", "data/archive.csv"))
FINDING = Finding("feedback-loop", "CPL101", "error", "exact", "m", (Span("score.py", 9),), ("predicts",), (0,), fingerprint="1")
REPORT = Report("0", Summary(), DataGraph(NODES, (LOOP,)), (FINDING,))


def hops(*texts: str) -> list[tuple[str, int, str]]:
    lines = {("conf.yaml", number): text for number, text in enumerate(texts, 1)}
    [finding] = explained(REPORT, [FINDING], [LOOP], lines).findings
    return [(span.path, span.line, text) for span, text in zip(finding.path, finding.path_text, strict=True)]


@pytest.mark.parametrize(
    ("lines", "at"),
    [
        (["x: 1", "scored: data/archive.csv"], 2),
        (["scored: archive.csv", "scored: data/archive.csv"], 2),
        (['dir: "data"', "name: archive  # csv"], 2),
        (["data/archive.csvx", "old_data/archive.csv", "archives"], 0),
        (["model: churn.joblib"], 1),
        ([], 0),
    ],
)
def test_the_line_that_names_the_data(lines: list[str], at: int) -> None:
    found = hops(*lines)
    assert (found[0][:2] if at else len(found)) == (("conf.yaml", at) if at else 1)
    assert found[-1] == ("score.py", 9, "predicts")


def test_a_finding_on_a_line_of_the_change_needs_no_other() -> None:
    lines = {("score.py", 9): "frame.to_csv(x)", ("conf.yaml", 1): "data/archive.csv"}
    assert explained(REPORT, [FINDING], [LOOP], lines) == REPORT


def test_only_new_findings_and_flows_are_explained() -> None:
    lines = {("conf.yaml", 1): "data/archive.csv"}
    assert explained(REPORT, [], [LOOP], lines) == REPORT
    assert explained(REPORT, [FINDING], [], lines) == REPORT
