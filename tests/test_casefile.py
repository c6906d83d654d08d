"""The case-file reader itself: what it reads, and that it cannot be satisfied by silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import casefile

PLACE = ("a.py", 1)


def _case(line: str, path: str = "a.py", head: str = "") -> casefile.Case:
    return casefile.read(f"# Title\n{head}\n`{path}`:\n```py\n{line}\n```\n")[0]


@pytest.mark.parametrize(
    ("line", "plain", "events"),
    [
        ("x()  # reads: file a.csv", "x()", ["reads: file a.csv"]),
        ("x()  # reads: file a b.csv; writes: table s.t", "x()", ["reads: file a b.csv", "writes: table s.t"]),
        ("x()  # reads: file a.csv   # finding: feedback-loop", "x()", ["reads: file a.csv", "finding: feedback-loop"]),
        ("SELECT 1;  -- reads: table t", "SELECT 1;", ["reads: table t"]),
        ("<a>  <!-- trains; predicts -->", "<a>", ["trains", "predicts"]),
        ("x()  # trains the model on a: b", "x()  # trains the model on a: b", []),
        ("url = 'https://reads: x'", "url = 'https://reads: x'", []),
        ("x()  # BASE comes from conf.yaml", "x()  # BASE comes from conf.yaml", []),
    ],
)
def test_expectations_are_taken_off_the_line(line: str, plain: str, events: list[str]) -> None:
    case = _case(line)
    assert case.files[0].lines == (plain,)
    assert [item.event for item in case.expected] == events


def test_todo_is_remembered() -> None:
    assert _case("x()  # todo: reads: file a.csv; trains").expected == (
        casefile.Expected(PLACE, "reads: file a.csv", True),
        casefile.Expected(PLACE, "trains", False),
    )


def test_a_heading_without_files_is_prose_and_checks_hold_for_the_document() -> None:
    text = "# Prose\nchecks: finding\n# One\n`a.py`:\n```py\n```\n"
    text += "# Two\nchecks: reads\n`b.py`:\n```py\n# comment\n```\n# Three\n`c.py`:\n```\n```\n"
    assert [(case.title, sorted(case.checks)) for case in casefile.read(text)] == [
        ("One", ["finding"]),
        ("Two", ["reads"]),
        ("Three", ["finding"]),
    ]


def test_mistakes_in_a_document_are_errors() -> None:
    with pytest.raises(ValueError, match="unknown in `checks:`: raeds"):
        casefile.read("# A\nchecks: raeds\n")
    with pytest.raises(ValueError, match="never ends"):
        casefile.read("# A\n`a.py`:\n```py\n")


def test_percent_format_becomes_a_notebook_whose_lines_are_known() -> None:
    text, rows = casefile._notebook(("# %%", "import a", "b()", "# %% [markdown]", "words"))
    lines = text.splitlines()
    assert len(lines) == len(rows)
    assert rows[lines.index('   "b()\\n"')] == 3


READS = 'import pandas as pd; pd.read_csv("a.csv")'


def test_strict_both_ways() -> None:
    assert casefile.differences(_case(f"{READS}  # reads: file a.csv")) == []
    assert casefile.differences(_case(READS)) == ["a.py:1  unexpected  reads: file a.csv"]
    assert casefile.differences(_case("x = 1  # reads: file a.csv")) == ["a.py:1  missing     reads: file a.csv"]
    assert casefile.differences(_case(f"{READS}  # todo: reads: file a.csv")) == ["a.py:1  passes now  reads: file a.csv: remove `todo:`"]
    assert casefile.differences(_case("x = 1  # todo: reads: file a.csv")) == []
    assert casefile.differences(_case(READS, head="checks: writes\n")) == []


def test_update_writes_what_is_found(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    form = f"# T\n`a.py`:\n```py\n{READS}%s\nx = 1%s\n```\n`b.py`:\n```py\n{READS}\n```\nexpect: b.py:1 %s\nend\n"
    document.write_text(form % ("", "  # reads: file b.csv", "writes: file z"))
    casefile.update(document)
    assert document.read_text() == form % ("  # reads: file a.csv", "", "reads: file a.csv")
