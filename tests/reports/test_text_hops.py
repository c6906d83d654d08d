"""The hops that the text report shows, and those it counts."""

from __future__ import annotations

from coupling.core.source import Span
from coupling.reports.text import main_rows
from coupling.reports.words import Hop


def rows(*hops: tuple[str, int, str]) -> list[str]:
    made = main_rows([Hop(Span(path, line), what, None) for path, line, what in hops])
    return [f"{row.span.path}:{row.span.line}" if row.span else row.what for row in made]


def test_hops_that_say_nothing_in_one_file_are_counted() -> None:
    shown = rows(("a.py", 1, "m predicts"), ("a.py", 2, ""), ("a.py", 3, ""), ("run.sh", 1, ""), ("a.py", 9, "m predicts into t.csv"))
    assert shown == ["a.py:1", "(2 more hops)", "run.sh:1", "a.py:9"]


def test_one_hop_is_shown_rather_than_counted() -> None:
    assert rows(("a.py", 1, "m predicts"), ("a.py", 2, ""), ("a.py", 9, "m predicts into t.csv")) == ["a.py:1", "a.py:2", "a.py:9"]


def test_the_ends_are_always_shown() -> None:
    assert rows(("a.py", 1, ""), ("a.py", 2, ""), ("a.py", 3, ""), ("a.py", 4, "")) == ["a.py:1", "(2 more hops)", "a.py:4"]


def test_a_place_that_says_nothing_is_not_repeated() -> None:
    shown = rows(("a.py", 1, "m predicts"), ("run.sh", 2, ""), ("a.py", 3, ""), ("run.sh", 2, ""), ("a.py", 9, ""), ("a.py", 9, "m learns"))
    assert shown == ["a.py:1", "run.sh:2", "a.py:3", "a.py:9"]
