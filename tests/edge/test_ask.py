"""Questions to a graph, and what users say about the world."""

from __future__ import annotations

import pytest

from coupling import ask
from coupling.config import Config, World
from coupling.core.errors import CouplingError
from coupling.core.graph import DataGraph, Edge, Node
from coupling.core.report import Report, Summary
from coupling.core.source import Span
from coupling.reports import lookup, select
from coupling.reports.options import Options
from coupling.world import declare

CHURN, UPSELL = "model:site:churn", "model:site:upsell"
SCORES, CLICKS, UNIT, ROUTE = "asset:table:ml.scores", "asset:table:ml.clicks", "unit:train.py", "route:http:GET /items"
GRAPH = DataGraph(
    (
        Node(CHURN, "model", "site", "", "churn"),
        Node(UPSELL, "model", "site", "", "upsell", "partial", owner="@team"),
        Node(SCORES, "asset", "table", "table", "ml.scores", at=(Span("score.py", 3, text="write()"),)),
        Node(CLICKS, "asset", "table", "table", "ml.clicks"),
        Node(UNIT, "unit", "script", "", "train.py"),
        Node(ROUTE, "route", "http", "", "GET /items"),
    ),
    (
        Edge(CHURN, SCORES, "predicts", evidence=(Span("score.py", 3, text="write()"),)),
        Edge(SCORES, UNIT, "reads", evidence=(Span("train.py", 4),)),
        Edge(UNIT, CLICKS, "writes", evidence=(Span("train.py", 9),)),
        Edge(SCORES, UPSELL, "trains", "partial", evidence=(Span("train.py", 4), Span("train.py", 6)), role="labels", columns=("score",)),
        Edge(UPSELL, ROUTE, "serves"),
        Edge(UPSELL, CLICKS, "influences", "guess"),
        Edge(SCORES, CHURN, "trains"),
    ),
)
REPORT = Report("0", Summary(), GRAPH, ())
MODEL = Node("model:m.joblib", "model", "model", "", "m.joblib")


@pytest.mark.parametrize("name", [SCORES, "ml.scores", "scores", "SCOR"])
def test_a_thing_is_found_by_id_name_end_or_part(name: str) -> None:
    assert lookup.node(GRAPH, name).id == SCORES


def test_a_model_is_meant_rather_than_the_file_that_keeps_it() -> None:
    kept = Node("asset:file:m.joblib", "asset", "file", "", "m.joblib")
    assert lookup.node(DataGraph((kept, MODEL)), "m.joblib").id == MODEL.id
    assert lookup.node(DataGraph((kept, MODEL)), kept.id).id == kept.id


def test_a_wrong_name_is_helped() -> None:
    with pytest.raises(CouplingError, match=r"did you mean `ml\.scores`\?"):
        lookup.node(GRAPH, "ml.score5")
    with pytest.raises(CouplingError, match=r"`ml\.` can mean 2 things; .*\n  asset:table:ml\.scores\n  asset:table:ml\.clicks"):
        lookup.node(GRAPH, "ml.")


def test_a_wrong_name_is_told_the_nearest_ones() -> None:
    graph = DataGraph(tuple(Node(f"asset:file:{name}", "asset", "file", "", name) for name in ("a/tickets.csv", "b/tickets.csv", "x.csv")))
    with pytest.raises(CouplingError, match=r"did you mean `a/tickets\.csv` or `b/tickets\.csv`\?"):
        lookup.node(graph, "Tikets.csv")


def test_the_focus_of_a_picture_is_the_node_that_why_tells_about() -> None:
    assert select.focus(DataGraph((Node("asset:file:m.joblib", "asset", "file", "", "m.joblib"), MODEL)), "m.joblib").nodes == (MODEL,)
    with pytest.raises(CouplingError, match=r"did you mean `ml\.scores`\?"):
        select.focus(GRAPH, "ml.score5")


def test_why_tells_both_sides_with_places() -> None:
    assert ask.why(REPORT, "ml.scores").split("\n") == [
        "table ml.scores  (exact)",
        "  at       score.py:3  write()",
        "",
        "into it",
        "  model churn predicts into it",
        "    ╶ score.py:3  write()",
        "",
        "out of it",
        "  it trains model churn",
        "  it trains model upsell, as labels, column score  (partial)",
        "    ┌ train.py:4",
        "    └ train.py:6",
        "  it is read by script train.py",
        "    ╶ train.py:4",
    ]
    assert "owner    @team" in ask.why(REPORT, "upsell")


def test_why_tells_columns_of_one_way_together() -> None:
    edges = (GRAPH.edges[3], GRAPH.edges[3]._replace(columns=("age",)))
    assert "it trains model upsell, as labels, columns score, age" in ask.why(REPORT._replace(graph=GRAPH._replace(edges=edges)), SCORES)


def test_path_goes_along_the_data() -> None:
    assert ask.path(REPORT, "churn", "upsell").split("\n") == [
        "model churn reaches model upsell in 2 steps",
        "  ┌ score.py:3  write()",
        "  │             ^^^^^ model churn predicts into table ml.scores",
        "  │ train.py:4",
        "  └ train.py:6  table ml.scores trains model upsell, as labels, column score",
    ]
    assert (
        ask.path(REPORT, "upsell", "churn")
        == "no flow of data from model upsell to model churn; the other way round there is: coupling path churn upsell"
    )


@pytest.mark.parametrize("width", [40, 80, 120])
def test_answers_keep_the_width(width: int) -> None:
    for text in (ask.why(REPORT, "upsell", Options(width=width)), ask.path(REPORT, "churn", "upsell", Options(width=width))):
        assert all(len(line) <= width for line in text.splitlines())


def test_answers_are_coloured_by_meaning() -> None:
    text = ask.why(REPORT, "ml.scores", Options(color=True))
    assert "\x1b[35mchurn\x1b[0m" in text
    assert "\x1b[36mml.scores\x1b[0m" in text


def test_hostile_names_stay_text() -> None:
    node = Node("asset:file:\x1b[31m", "asset", "file", "", "\x1b[31m\n", at=(Span("\x1b]0;x\x07", 1, text="\x1b[2J"),), owner="\x9b1m")
    text = ask.why(REPORT._replace(graph=DataGraph((node,))), node.id)
    assert not {ch for ch in text if ch != "\n" and (ch < " " or "\x7f" <= ch <= "\x9f")}


def test_a_way_round_is_a_path_to_itself() -> None:
    assert [edge.kind for edge in ask.shortest(GRAPH, CHURN, CHURN) or ()] == ["predicts", "trains"]
    assert ask.shortest(GRAPH, CLICKS, CLICKS) is None


def test_a_script_does_not_join_what_it_reads_to_what_it_writes() -> None:
    without = GRAPH._replace(edges=tuple(edge for edge in GRAPH.edges if edge.kind in ("reads", "writes")))
    assert ask.shortest(without, SCORES, CLICKS) is None
    assert [edge.kind for edge in ask.shortest(without, SCORES, UNIT) or ()] == ["reads"]


@pytest.mark.parametrize("shows", ["GET /items", "upsell", UPSELL, "up*"])
def test_users_dismiss_a_suspicion(shows: str) -> None:
    graph, problems = declare(GRAPH, Config(world=(World(shows),)))
    assert [edge for edge in graph.edges if edge.kind == "influences"] == []
    assert problems == ()


def test_users_declare_an_influence() -> None:
    graph, problems = declare(GRAPH, Config(world=(World("ml.scores", ("clicks",), "explore", 7),), file="coupling.toml"))
    added = [edge for edge in graph.edges if edge not in GRAPH.edges]
    assert [(edge.source, edge.target, edge.kind, edge.certainty) for edge in added] == [(CHURN, CLICKS, "influences", "exact")]
    assert added[0].evidence == (Span("coupling.toml", 7),)
    assert added[0].notes == ("free of the model where explore",)
    assert problems == ()


def test_a_statement_about_nothing_is_a_problem() -> None:
    graph, problems = declare(GRAPH, Config(world=(World("nothing", ("nowhere",)),)))
    assert graph == GRAPH
    assert [problem.what for problem in problems] == [
        "`world` shows `nothing`, which no model is or reaches",
        "`world` shapes `nowhere`, which is no asset of the repository",
    ]


def test_a_model_is_found_by_what_messages_call_it() -> None:
    graph = DataGraph(
        (Node("model:models/c1.joblib", "model", "m", "", "models/c1.joblib"), Node("m:c10", "model", "m", "", "models/c10.pkl"))
    )
    assert lookup.node(graph, "c1").name == "models/c1.joblib"


def test_a_line_break_in_a_name_ends_no_line_of_a_message() -> None:
    evil = "a\n::error::b"
    graph = DataGraph((Node("1", "asset", "file", "", f"{evil}/x"), Node("2", "asset", "file", "", f"{evil}/y")))
    with pytest.raises(CouplingError) as caught:
        lookup.node(graph, evil)
    assert caught.value.lines == (f"`{evil}` can mean 2 things; give one of their ids:", "  1", "  2")
