"""Who owns a node: the last CODEOWNERS pattern that matches its file."""

from __future__ import annotations

from pathlib import Path

from coupling.core.graph import DataGraph, Edge, Node
from coupling.core.source import Span
from coupling.owners import assign, load, parse


def owners(text: str, *paths: str) -> list[str]:
    nodes = tuple(Node(path, "unit", "script", "", path, at=(Span(path, 1),)) for path in paths)
    return [node.owner for node in assign(DataGraph(nodes), parse(text)).nodes]


def test_the_last_match_counts() -> None:
    text = "# c\n*  @all\n/train/ @ml @data # both\n*.sql @warehouse\n/train/free.py\nwith\\ space.py @sp\n"
    paths = ("a.py", "train/fit.py", "x/train/fit.py", "train/q.sql", "train/free.py", "with space.py")
    assert owners(text, *paths) == ["@all", "@ml @data", "@all", "@warehouse", "", "@sp"]


def test_sections_give_default_owners() -> None:
    assert owners("[Models][2] @ml\nmodels/\n^[Docs]\n*.md @writer\n", "models/a.py", "b.md") == ["@ml", "@writer"]


def test_the_file_is_found_in_its_usual_places(tmp_path: Path) -> None:
    assert load(tmp_path) == ()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "CODEOWNERS").write_text("* @docs\n")
    assert load(tmp_path) == (("*", "@docs"),)
    (tmp_path / "CODEOWNERS").write_text("* @root\n")
    assert load(tmp_path) == (("*", "@root"),)


def test_every_file_that_an_edge_stands_in_has_its_owner() -> None:
    edge = Edge("model:m:a", "asset:file:b", "predicts", evidence=(Span("x/a.py", 3), Span("y/b.py", 9), Span("z.py", 1)))
    assert assign(DataGraph((), (edge,)), parse("x/ @x\ny/ @y\n")).owners == (("x/a.py", "@x"), ("y/b.py", "@y"))


def test_without_patterns_nothing_changes() -> None:
    graph = DataGraph((Node("a", "asset", "file", "", "a"),))
    assert assign(graph, ()) is graph
    assert assign(graph, parse("* @x")) == graph
