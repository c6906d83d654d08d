"""The baseline's file: what it looks like, what is wrong with one, what it accepts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coupling import baseline
from coupling.config import Config
from coupling.core.errors import CouplingError
from coupling.core.graph import Finding
from coupling.core.source import Problem, Span

LOOP = Finding("feedback-loop", "CPL101", "error", "exact", "churn is trained on its own output", (Span("a.py", 3),), ("",), (-1,))
FOUND = tuple(
    LOOP._replace(code=code, fingerprint=mark, message=f"{code} {mark}")
    for code, mark in (("CPL201", "bb"), ("CPL101", "cc"), ("CPL101", "aa"))
)


def test_one_line_a_finding_sorted_by_names() -> None:
    text = baseline.render(baseline.of(FOUND))
    assert text == baseline.render(baseline.of(reversed(FOUND)))
    assert text.splitlines()[4:8] == [
        '  {"fingerprint": "aa", "code": "CPL101", "finding": "CPL101 aa"},',
        '  {"fingerprint": "cc", "code": "CPL101", "finding": "CPL101 cc"},',
        '  {"fingerprint": "bb", "code": "CPL201", "finding": "CPL201 bb"}',
        " ]",
    ]
    assert json.loads(text)["schema"] == "coupling-baseline/1"
    assert json.loads(baseline.render(()))["findings"] == []


def test_hostile_sentences_stay_on_their_line() -> None:
    evil = LOOP._replace(fingerprint="ee", message='a"b\n\x1b[31m\u202e</script>')
    text = baseline.render(baseline.of([evil]))
    assert len(text.splitlines()) == 7
    assert text.isascii()
    assert baseline.parse(text).entries[0].finding == evil.message


def test_what_somebody_accepted_is_not_written() -> None:
    assert baseline.of([LOOP._replace(suppressed="why")]) == ()


def test_a_reason_written_by_hand_stays() -> None:
    text = baseline.render(baseline.of(FOUND)).replace('"CPL101 aa"}', '"CPL101 aa", "reason": "old"}')
    before = baseline.parse(text)
    assert [entry.reason for entry in baseline.of(FOUND, before)] == ["", "", "old"]
    assert baseline.render(baseline.of(FOUND, before)) == text


def test_findings_of_the_baseline_are_accepted_and_the_rest_is_named() -> None:
    known = baseline.parse(baseline.render([*baseline.of(FOUND[:2]), baseline.Entry("dd", "CPL101", "gone", "")]))
    marked, stale = baseline.mark((*FOUND, LOOP._replace(fingerprint="bb", suppressed="said")), known)
    assert [(f.suppressed, f.accepted_by) for f in marked] == [
        ("in the baseline", "baseline"),
        ("in the baseline", "baseline"),
        ("", ""),
        ("said", ""),
    ]
    assert baseline.gone(known, stale) == (
        Problem("CPL101 dd matches no finding any more: `coupling baseline --prune` drops it (gone)", Span("coupling-baseline.json", 6)),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"coupling-baseline\.json:1: damaged, not readable as JSON"),
        ("[" * 100_000, r"damaged, not readable as JSON"),
        ("[]", r"no baseline of coupling"),
        ("{}", r'its `schema` is not "coupling-baseline/1"'),
        ('{"schema": "coupling/1", "findings": []}', r'its `schema` is not "coupling-baseline/1"'),
        ('{"schema": "coupling-baseline/2", "findings": []}', r"written by a newer coupling \(its form is 2, this one knows 1\)"),
        ('{"schema": "coupling-baseline/0", "findings": []}', r"its form 0 is not known"),
        ('{"schema": "coupling-baseline/1", "findings": {}}', r"damaged, `findings` is a list"),
        ('{"schema": "coupling-baseline/1", "findings": [{"code": "x"}]}', r"damaged, entry 1 has no `fingerprint`"),
        ('{"schema": "coupling-baseline/1", "findings": [{"fingerprint": "a", "reason": 3}]}', r"entry 1 holds something else than texts"),
        (
            '{"schema": "coupling-baseline/1", "findings": [\n{"fingerprint": "a"},\n{"fingerprint": "a"}]}',
            r":3: the finding a stands here twice",
        ),
        ("{\n<<<<<<< HEAD\n", r":2: a merge conflict"),
    ],
)
def test_a_baseline_that_cannot_be_used_says_why(text: str, message: str) -> None:
    with pytest.raises(CouplingError, match=message):
        baseline.parse(text)


def test_it_lies_beside_the_configuration(tmp_path: Path) -> None:
    inner = tmp_path / "a"
    inner.mkdir()
    assert baseline.place(inner, Config()) == inner / "coupling-baseline.json"
    assert baseline.place(inner, Config(base=str(tmp_path), baseline="ci/old.json")) == tmp_path / "ci/old.json"
    assert baseline.load(inner, Config()) is None


@pytest.mark.parametrize("name", ["../b.json", "/etc/passwd", "a/../../b.json"])
def test_it_lies_nowhere_else(tmp_path: Path, name: str) -> None:
    with pytest.raises(CouplingError, match="give a file below the folder"):
        baseline.load(tmp_path, Config(baseline=name))


def test_a_link_out_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "secret").write_text("{}")
    (tmp_path / "repo" / "coupling-baseline.json").symlink_to(tmp_path / "secret")
    with pytest.raises(CouplingError, match="is no file that can be read here"):
        baseline.load(tmp_path / "repo", Config())


def test_a_named_one_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(CouplingError, match="`coupling baseline` writes it"):
        baseline.load(tmp_path, Config(baseline="b.json", file="coupling.toml"))
