"""The grammar of comments that state facts, and what is said of a wrong one."""

from __future__ import annotations

import pytest

from coupling.core.marks import Mark, Named, Wrong, parse
from coupling.core.source import Problem, SourceFile, Span
from coupling.link import link
from coupling.parsers import parse as parse_file
from tests import casefile

X, T = Named("file", "x.csv"), Named("table", "db.t")


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("reads x.csv", Mark("reads", (X,))),
        ("reads x.csv, table db.t", Mark("reads", (X, T))),
        ('reads "a b, c.csv"', Mark("reads", (Named("file", "a b, c.csv"),))),
        ("writes table db.t from x.csv", Mark("writes", (T,), sources=(X,))),
        ('writes "from"', Mark("writes", (Named("file", "from"),))),
        ("trains churn", Mark("trains", model="churn")),
        ("trains 'my model' from x.csv,table db.t as labels", Mark("trains", model="my model", sources=(X, T), role="labels")),
        ("predicts churn from x.csv into table db.t", Mark("predicts", model="churn", sources=(X,), targets=(T,))),
    ],
)
def test_what_is_stated(text: str, mark: Mark) -> None:
    assert parse(text) == mark


@pytest.mark.parametrize("text", ["", "ignore[CPL101] x", "ignore", "the constant J", "see docs", "-> [x]", "Überall"])
def test_prose_and_ignore_are_nothing_of_this(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("raeds x.csv", "`coupling: raeds` states nothing, did you mean `reads`?"),
        ("Reads x.csv", "`coupling: Reads` states nothing, did you mean `reads`?"),
        ("ignroe[CPL101] x", "`coupling: ignroe` states nothing, did you mean `ignore`?"),
        ("allow[CPL101] x", "`coupling: allow` states nothing"),
        ("reads", "`coupling: reads` names nothing after `reads`: write `coupling: reads DATA`"),
        ("reads x.csv,", "`coupling: reads` names nothing after `reads`: write `coupling: reads DATA`"),
        (
            "reads tabel db.t",
            "`coupling: reads` names a `tabel`, did you mean `table`?, kinds of data are file, folder, table, topic, hub, url",
        ),
        ("reads from x.csv", "`coupling: reads` has no `from`"),
        ("reads are cached here", "`coupling: reads` names `are cached here`, put names with spaces in quotes"),
        ("trains", "`coupling: trains` names no model"),
        ("trains a b", "`coupling: trains` names `a b`, one model is wanted"),
        ("trains a into x.csv", "`coupling: trains` has no `into`"),
        ("trains a from x.csv as lables", "`coupling: trains` says as `lables`, did you mean `labels`?"),
        ("trains a from x from y", "`coupling: trains` says `from` twice"),
        ("predicts a into", "`coupling: predicts` names nothing after `into`"),
        ("reads " + "x" * 2000, "`coupling: reads` is longer than 1000 letters"),
    ],
)
def test_a_wrong_one_says_what_and_what_was_meant(text: str, what: str) -> None:
    found = parse(text)
    assert isinstance(found, Wrong)
    assert found.what.startswith(what)


def problems(path: str, kind: str, text: str) -> tuple[Problem, ...]:
    return link([parse_file(SourceFile(path, kind, len(text)), text.encode())], casefile.rules(), [path]).problems


def test_a_wrong_one_is_a_problem_with_its_line() -> None:
    assert problems("a.py", "python", "x = 1\nf()  # coupling: wrties x.csv\n") == (
        Problem("`coupling: wrties` states nothing, did you mean `writes`?", Span("a.py", 2)),
    )
    assert problems("a.sql", "sql", "-- coupling: trains\nselect 1\n")[0].span == Span("a.sql", 1)


def test_in_a_notebook_it_is_the_line_of_the_file() -> None:
    text = '{"cells": [\n{"cell_type": "code", "source": [\n"# coupling: raeds x\\n"]}], "nbformat": 4}'
    assert [problem.span for problem in problems("a.ipynb", "notebook", text)] == [Span("a.ipynb", 3)]
