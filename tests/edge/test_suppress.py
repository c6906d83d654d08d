"""Selection, comments and allowances: what counts, what is accepted, and what accepts nothing."""

from __future__ import annotations

from datetime import date

import pytest

from coupling.config import Allow, Config
from coupling.core.facts import Comment
from coupling.core.graph import DataGraph, Finding, Node
from coupling.core.source import Span
from coupling.suppress import Ignore, accept, choose, failing, ignores

TODAY = date(2026, 6, 1)
LOOP = Finding(
    "feedback-loop",
    "CPL101",
    "error",
    "exact",
    "m",
    (Span("a.py", 10), Span("lib/b.py", 5, end_line=7)),
    ("", ""),
    (-1, -1),
    ("model:site:churn",),
    ("asset:file:data/scored.csv",),
    "7f3a91c0",
)
NOTE = LOOP._replace(rule="chained-inference", code="CPL203", severity="note")
GRAPH = DataGraph(
    (Node("model:site:churn", "model", "site", "", "churn"), Node("asset:file:data/scored.csv", "asset", "file", "", "data/scored.csv"))
)


def comment(line: int, text: str = "ignore[CPL101] because", path: str = "a.py") -> tuple[Ignore, ...]:
    return ignores({path: [Comment(line, text)]}, {})


def accepted(found: tuple[Ignore, ...] = (), *allow: Allow) -> tuple[str, tuple[str, ...]]:
    config = Config(allow=allow, file="coupling.toml")
    [finding], problems = accept([LOOP], GRAPH, found, config, TODAY)
    return finding.suppressed, tuple(problem.what for problem in problems)


@pytest.mark.parametrize(
    ("line", "path", "covers"),
    [
        (10, "a.py", True),
        (9, "a.py", True),
        (8, "a.py", False),
        (11, "a.py", False),
        (10, "c.py", False),
        (4, "lib/b.py", True),
        (7, "lib/b.py", True),
    ],
)
def test_a_comment_accepts_what_passes_its_line_or_the_next(line: int, path: str, covers: bool) -> None:
    reason, problems = accepted(comment(line, path=path))
    assert reason == ("because" if covers else "")
    assert bool(problems) is not covers


@pytest.mark.parametrize("word", ["CPL101", "cpl101", "CPL1", "feedback-loop", "all", "CPL999, CPL101"])
def test_kinds_are_named_by_code_or_name(word: str) -> None:
    assert accepted(comment(10, f"ignore[{word}] r"))[0] == "r"


def test_another_kind_is_not_meant() -> None:
    assert accepted(comment(10, "ignore[CPL102] r")) == (
        "",
        ("`coupling: ignore` accepts no finding that passes this line or the next: remove it",),
    )


def test_a_comment_without_kind_is_a_problem() -> None:
    assert accepted(comment(10, "ignore everything")) == (
        "",
        ("`coupling: ignore` names no kind: write `coupling: ignore[CPL101] reason`",),
    )
    assert accepted(comment(10, "ignore[]"))[1] == ("`coupling: ignore` names no kind",)


def test_a_comment_without_reason_says_where_it_is() -> None:
    assert accepted(comment(10, "ignore[CPL101]"))[0] == "accepted in a.py:10"


def test_other_comments_are_no_business_of_this() -> None:
    assert comment(10, "reads s3://bucket/a") == ()


def test_notebook_comments_are_moved_to_the_file() -> None:
    [found] = ignores({"n.ipynb": [Comment(12, "ignore[all] r")]}, {"n.ipynb": [(1, 1, 20), (10, 2, 50)]})
    assert found.line == 52


@pytest.mark.parametrize(
    "allow",
    [
        Allow("r", fingerprint="7f3a"),
        Allow("r", source="churn", target="data/scored.csv"),
        Allow("r", source="churn", target="data/*.csv"),
        Allow("r", loop=("churn",)),
        Allow("r", source="model:site:churn"),
    ],
)
def test_an_entry_accepts_by_name_or_fingerprint(allow: Allow) -> None:
    assert accepted((), allow) == ("r", ())


@pytest.mark.parametrize("allow", [Allow("r", fingerprint="7f3"), Allow("r", loop=("data/scored.csv",))])
def test_an_entry_for_something_else_is_a_problem(allow: Allow) -> None:
    assert accepted((), allow) == ("", ("`allow` accepts no finding any more: remove it (r)",))


def test_an_entry_that_names_nothing_says_what_was_meant() -> None:
    what = "`allow` names `chrn`, which is no model and no data set of the repository, did you mean `churn`?: r"
    assert accepted((), Allow("r", source="chrn", target="data/scored.csv")) == ("", (what,))


def test_the_reason_holds_who_and_until_when() -> None:
    entry = Allow("r", loop=("churn",), owner="@team", expires="2026-06-01", mitigation="holdout")
    assert accepted((), entry)[0] == "r (mitigation: holdout, @team, until 2026-06-01)"


def test_an_expired_entry_lets_the_finding_return_and_says_so() -> None:
    config = Config(allow=(Allow("r", loop=("churn",), owner="@team", expires="2026-05-31"),))
    [finding], problems = accept([LOOP], GRAPH, (), config, TODAY)
    assert finding.suppressed == ""
    assert finding.notes == ("was accepted until 2026-05-31 by @team: r",)
    assert problems == ()


@pytest.mark.parametrize(
    ("config", "shown"),
    [
        (Config(), ["CPL101"]),
        (Config(pedantic=True), ["CPL101", "CPL203"]),
        (Config(select=("CPL2",)), ["CPL203"]),
        (Config(extend_select=("chained-inference",)), ["CPL101", "CPL203"]),
        (Config(ignore=("CPL1",)), []),
        (Config(select=("CPL1",), ignore=("feedback-loop",)), []),
        (Config(per_file_ignores=(("lib/", ("CPL101",)),)), []),
        (Config(per_file_ignores=(("b.py", ("all",)),)), []),
        (Config(per_file_ignores=(("lib/", ("CPL2",)),)), ["CPL101"]),
        (Config(per_file_ignores=(("li", ("CPL101",)),)), ["CPL101"]),
    ],
)
def test_the_configuration_selects(config: Config, shown: list[str]) -> None:
    assert [each.code for each in choose([LOOP, NOTE], config)] == shown


def test_paths_match_from_the_folder_of_the_configuration() -> None:
    config = Config(per_file_ignores=(("proj/lib/*", ("all",)),))
    assert choose([LOOP], config, "proj/") == ()
    assert choose([LOOP], config) == (LOOP,)


@pytest.mark.parametrize(("least", "shown"), [("exact", 1), ("partial", 2), ("guess", 3)])
def test_certainty_is_a_threshold(least: str, shown: int) -> None:
    found = [LOOP, LOOP._replace(certainty="partial"), LOOP._replace(certainty="guess")]
    assert len(choose(found, Config(min_certainty=least))) == shown


def test_a_question_to_the_reader_is_asked() -> None:
    possible = NOTE._replace(code="CPL103", rule="hidden-feedback-loop", confidence=0.6)
    assert choose([possible], Config()) == (possible,)


@pytest.mark.parametrize(("fail_on", "count"), [("error", 1), ("warning", 2), ("note", 3), ("never", 0)])
def test_severity_decides_what_fails(fail_on: str, count: int) -> None:
    found = [LOOP, LOOP._replace(severity="warning"), NOTE, LOOP._replace(suppressed="ok")]
    assert failing(found, fail_on) == count
