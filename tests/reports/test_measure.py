"""Columns of the terminal: what is wide, what takes no room, and what may be cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from coupling.core.graph import Edge
from coupling.reports.excerpt import mark, window
from coupling.reports.measure import GLUE, columns, cut, head, middle, tail, wrap

WIDE, COMBINED, JOINED = "漢字", "e\u0301", "a\u200db"


@pytest.mark.parametrize(("text", "size"), [("abc", 3), (WIDE, 4), (COMBINED, 1), (JOINED, 2), ("\u1100\u1161", 2), ("☃", 1), ("", 0)])
def test_columns(text: str, size: int) -> None:
    assert columns(text) == size


@pytest.mark.parametrize("text", ["abc", WIDE, COMBINED, "naïve café", "Привет", "日本語 text", "ｆｕｌｌ", "क्षि", "العربية"])
def test_columns_are_those_of_rich(text: str) -> None:
    assert columns(text) == cell_len(text)


@given(st.text(max_size=40), st.integers(2, 30))
def test_nothing_exceeds_its_room(text: str, width: int) -> None:
    for short in (cut(text, width), head(text, width), tail(text, width)):
        assert columns(short) <= width
    assert columns(middle(text, max(width, 4))) <= max(width, 4)


@given(st.lists(st.text("abc漢e\u0301", min_size=1, max_size=8), min_size=1, max_size=12), st.integers(10, 40))
def test_wrapping_loses_nothing(words: list[str], width: int) -> None:
    lines = wrap(" ".join(words), width)
    assert " ".join(lines) == " ".join(words)
    assert all(columns(line) <= width for line in lines if " " in line)


def test_what_is_glued_stays_together() -> None:
    assert wrap(f"see coupling{GLUE}explain{GLUE}7f3a now", 16, "", "  ") == ["see", "  coupling explain 7f3a", "  now"]


def test_a_path_is_shortened_in_the_middle() -> None:
    assert middle("services/scoring/jobs/batch.py:41", 20) == "servic…bs/batch.py:41"[:6] + "…" + "jobs/batch.py:41"[-13:]
    assert middle("a/b.py:1", 20) == "a/b.py:1"


@pytest.mark.parametrize(
    ("text", "why", "found"),
    [
        ("scores = self.model.predict(x)", "sklearn.base.Classifier.predict (sklearn)", "self.model.predict"),
        ("y = fit(fit_one(x)).fit(z)", "sklearn.base.Classifier.fit (sklearn)", "fit"),
        ("cp data/a.csv data/b.csv", "sh.cp (files)", "cp"),
        ("store(frame, data/scored.csv)", "names that unify", "data/scored.csv"),
        ("return pd.read_sql(query, engine)", "sql.table (core)", "pd.read_sql"),
        ("tags[user] = found", "sqlitedict.SqliteDict.__setitem__ (stores)", "tags[user]"),
        ("FROM ML.PREDICT(MODEL m)", "sql.predict (core)", "ML.PREDICT"),
        ("x = model.to(device)", "", None),
        ("x = 1", "pandas.read_csv (pandas)", None),
        ("", "pandas.read_csv (pandas)", None),
    ],
)
def test_what_a_hop_is_about_is_found_by_its_words(text: str, why: str, found: str | None) -> None:
    at = mark(text, Edge("asset:file:data/scored.csv", "model:m", "trains", why=why), ("data/scored.csv", "m"))
    assert (at and text[at.start : at.end].lstrip(".")) == found


@given(st.text("ab.漢(e\u0301 ", max_size=60), st.integers(0, 50), st.integers(1, 10), st.integers(28, 60))
def test_a_window_shows_the_mark(text: str, start: int, size: int, room: int) -> None:
    from coupling.reports.excerpt import Mark

    at = Mark(min(start, len(text)), min(start + size, len(text)))
    shown, there = window(text, at, room)
    assert there is not None
    assert columns(shown) <= room
    assert there.end <= columns(shown)
    assert text[at.start : at.end] in shown or "…" in shown
