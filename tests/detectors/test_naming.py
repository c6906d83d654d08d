"""Ids that hold a line: what of them lasts when lines move."""

from __future__ import annotations

from coupling.core.naming import lasting, moved


def test_a_line_does_not_last() -> None:
    assert lasting(["model:m:SVC (a/t.py:12)", "model:m:x"]) == {
        "model:m:SVC (a/t.py:12)": "model:m:SVC (a/t.py)",
        "model:m:x": "model:m:x",
    }


def test_several_of_one_file_stay_apart_in_the_order_of_their_lines() -> None:
    assert lasting(["SVC (t.py:10)", "SVC (t.py:9)"]) == {"SVC (t.py:9)": "SVC (t.py)", "SVC (t.py:10)": "SVC (t.py)#2"}
    assert lasting(["SVC (t.py)", "SVC (t.py:9)"]) == {"SVC (t.py)": "SVC (t.py)", "SVC (t.py:9)": "SVC (t.py)#2"}


def test_moved_ids_are_matched_and_none_is_taken_twice() -> None:
    assert moved(["S (t:1)", "x"], ["S (t:4)", "x"]) == {"S (t:1)": "S (t:4)"}
    assert moved(["S (t:1)", "S (t:9)"], ["S (t:9)"]) == {}
    assert moved(["S (t:1)", "S (t:9)"], ["S (t:9)", "S (t:20)"]) == {"S (t:1)": "S (t:20)"}
    assert moved(["S (t:1)", "S (t:9)"], ["S (t:3)", "S (t:11)"]) == {"S (t:1)": "S (t:3)", "S (t:9)": "S (t:11)"}
    assert moved(["S (t:1)"], ["S (u:1)"]) == {}
