"""The picture of its own: valid XML that says what it shows, points at the code, and needs no program."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from coupling.core.graph import DataGraph, Node
from coupling.core.report import Report
from coupling.reports import render
from coupling.reports.canvas import wrapped
from coupling.reports.labels import label, middle
from coupling.reports.picture import Arrow, Shape
from tests.reports.stories import BASE, EMPTY, HOSTILE, REPORT, check_golden
from tests.reports.test_pictures import many

SVG = "{http://www.w3.org/2000/svg}"


def root(report: Report, **options: object) -> ElementTree.Element:
    return ElementTree.fromstring(render("svg", report, **options))


def test_it_is_golden() -> None:
    check_golden("graph.svg", render("svg", REPORT))


@pytest.mark.parametrize("options", [{}, {"base": BASE}, {"units": True}, {"findings_only": True}], ids=str)
@pytest.mark.parametrize("report", [REPORT, HOSTILE, EMPTY, many(400)], ids=["story", "hostile", "empty", "large"])
def test_it_is_xml_in_which_nothing_acts(report: Report, options: dict[str, object]) -> None:
    tree = root(report, **options)
    used = {element.tag.removeprefix(SVG) for element in tree.iter()}
    assert used <= {"svg", "title", "desc", "style", "rect", "marker", "path", "g", "text"}
    attributes = {name for element in tree.iter() for name in element.attrib}
    assert not [name for name in attributes if name.startswith("on") or "href" in name]


def test_it_says_what_it_shows() -> None:
    tree = root(REPORT)
    assert tree.attrib["role"] == "img"
    ids = str(tree.attrib["aria-labelledby"]).split()
    said = [" ".join(each.itertext()) for each in tree.iter() if each.attrib.get("id") in ids]
    assert said[0] == "Data flow between models"
    assert "churn predicts · batch.py ml.churn_scores (on a finding)" in said[1]
    tips = [title.text for title in tree.iter(f"{SVG}title")]
    assert "asset table ml.churn_scores" in tips
    assert any("sklearn predict_proba -> to_sql(0) (scoring/batch.py:41" in str(tip) for tip in tips)


def test_nodes_lead_to_the_code_where_it_has_an_address() -> None:
    tree = root(REPORT, link="https://code.example/{path}#L{line}")
    links = [link.attrib["href"] for link in tree.iter(f"{SVG}a")]
    assert "https://code.example/train/fit.py#L33" in links
    assert tree.attrib["role"] == "group"
    assert not list(root(REPORT, link="javascript:alert(1)//{path}").iter(f"{SVG}a"))
    assert root(HOSTILE, link="https://code.example/{path}") is not None


def test_a_change_is_marked_without_colour() -> None:
    text = render("svg", REPORT, base=BASE)
    assert "class='arrow loop plus'" in text
    assert "class='arrow minus'" in text
    assert re.search(r">\+ derives<", text)


def test_a_long_name_keeps_its_end() -> None:
    name = "s3://bucket/" + "deep/" * 30 + "scores.parquet"
    text = render("svg", REPORT._replace(graph=DataGraph((Node(f"asset:file:{name}", "asset", "file", "", name),)), findings=()))
    assert ">scores.parquet<" in text
    assert re.search(r">…[ep/d]*deep/<", text)


def test_a_cut_is_said() -> None:
    assert "more, not drawn" in render("svg", many(3000), max_nodes=20)
    assert "no model and no data set" in render("svg", EMPTY)


@pytest.mark.parametrize(
    ("shape", "main", "rest", "home"),
    [
        (("asset", "file", "data/archive/x.csv"), "x.csv", "file · data/archive/", "data/archive/"),
        (("asset", "file", "x.csv"), "x.csv", "file", ""),
        (("asset", "dir", "data/archive/"), "archive/", "dir · data/", "data/"),
        (("asset", "table", "ml.churn_scores"), "churn_scores", "table · ml.", "ml."),
        (("asset", "file", "s3://bucket/a/b.csv"), "b.csv", "file · s3://bucket/a/", "s3://bucket/a/"),
        (("asset", "file", "s3://bucket/"), "s3://bucket/", "file", ""),
        (("asset", "file", "d/{?: env A/B has no default}/x.csv"), "x.csv", "file · d/{?: env A/B has no default}/", None),
        (("asset", "file", "d/{?: env A/B}"), "{?: env A/B}", "file · d/", "d/"),
        (("model", "model", "LinearSVC (jobs/serve.py:152)#2"), "LinearSVC#2", "jobs/serve.py:152", "jobs/"),
        (("model", "model", "churn"), "churn", "model", ""),
        (("route", "http", "GET /add/<id>"), "GET /add/<id>", "route", ""),
        (("unit", "script", "jobs/a.py"), "a.py", "script · jobs/", "jobs/"),
        (("asset", "file", "/"), "/", "file", ""),
        (("asset", "file", ""), "", "file", ""),
    ],
    ids=str,
)
def test_the_end_of_a_name_is_large_and_the_rest_small(shape: tuple[str, str, str], main: str, rest: str, home: str | None) -> None:
    kind, type_, name = shape
    found = label(Shape(f"{kind}:{type_}:{name}", kind, type_, name))
    assert (found.main, found.rest) == (main, rest)
    assert home is None or found.home == home


def test_long_texts_keep_both_ends() -> None:
    assert middle("GradientBoostingRegressor", 15) == "Gradient…ressor"
    assert middle("short", 15) == "short"
    assert wrapped(Arrow(0, 1, "trains", "trains as features, labels · retrain.py", "+")) == [
        "+ trains as features,",
        "labels",
        "retrain.py",
    ]
