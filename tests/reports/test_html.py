"""The viewer: complete without its script, closed to text of the repository, laid out left to right."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest

from coupling.core.graph import Edge, Node
from coupling.core.report import Report
from coupling.reports import layout, render
from coupling.reports.viewer import SCRIPT
from tests.reports.stories import BASE, EMPTY, HOSTILE, REPORT, SCORES, check_golden

VOID = {"meta", "input", "br"}
REPORTS = pytest.mark.parametrize("report", [REPORT, HOSTILE, EMPTY], ids=["story", "hostile", "empty"])


class Page(HTMLParser):
    """Collects what a browser would see: elements with their attributes, texts, and whether elements nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("script", "style"):
            self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_it_is_golden() -> None:
    page = render("html", REPORT, base=BASE)
    check_golden("body.html", page[page.index("<body") : page.index("<script>")])


@REPORTS
@pytest.mark.parametrize("base", [None, BASE], ids=["", "diff"])
def test_nothing_of_the_repository_acts(report: Report, base: Report | None) -> None:
    page = Page(render("html", report, base=base))
    assert page.open == []
    assert len(page.all("script")) == len(page.all("style")) == 1
    assert not {"img", "iframe", "link", "object", "a"} & {tag for tag, _ in page.elements}
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "href")], tag
    allowed = {"lang", "charset", "http-equiv", "content", "name", "class", "id", "type", "value", "checked", "tabindex", "role", "for"}
    allowed |= {"autocomplete", "width", "height", "viewbox", "d", "points", "x", "y", "rx", "refx", "refy", "orient", "scope"}
    allowed |= {"markerwidth", "markerheight", "markerunits", "marker-end", "hidden"}
    names = {name for _, attributes in page.elements for name in attributes}
    assert {name for name in names if not name.startswith(("data-", "aria-"))} <= allowed


def test_hostile_text_is_shown_as_text() -> None:
    texts = " ".join(Page(render("html", HOSTILE)).texts)
    assert "</script><img src=x onerror=alert(1)>" in texts
    assert "\\x1b[31m" in texts
    assert "&amp;" in texts


def test_only_the_script_of_the_page_may_run() -> None:
    text = render("html", REPORT)
    policy = next(str(meta["content"]) for meta in Page(text).all("meta") if meta.get("http-equiv"))
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy
    assert f"<script>{SCRIPT}</script>" in text
    assert not re.search("https?://|@import|url\\((?!#)", text)


@REPORTS
def test_what_the_script_looks_for_is_there(report: Report) -> None:
    page = Page(render("html", report))
    ids = [str(attributes["id"]) for _, attributes in page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    assert len(page.all("article")) == len([b for b in page.all("button") if "data-text" in b]) == len(report.findings)
    for article in page.all("article"):
        assert set(str(article["data-lit"]).split()) <= set(ids)
        assert article["aria-labelledby"] in ids
    for label in page.all("label"):
        assert label.get("for", "search") in ids


def test_quiet_folders_fold_and_findings_do_not() -> None:
    nodes = tuple(Node(f"asset:file:raw/{n}.csv", "asset", "file", "", f"raw/{n}.csv") for n in range(70))
    feeds = tuple(Edge(node.id, SCORES, "derives") for node in nodes)
    graph = REPORT.graph._replace(nodes=(*REPORT.graph.nodes, *nodes), edges=(*REPORT.graph.edges, *feeds))
    page = Page(render("html", REPORT._replace(graph=graph)))
    full, folded = page.all("svg")
    assert "hidden" in full
    assert "hidden" not in folded
    assert [radio["value"] for radio in page.all("input") if "checked" in radio] == ["boardf"]
    assert "raw/ (70 data sets)" in page.texts
    assert "derives × 70" in page.texts
    lit = {item for article in page.all("article") for item in str(article["data-lit"]).split()}
    groups = {str(group["id"]): str(group["class"]) for group in page.all("g")}
    assert lit <= set(groups)
    assert {name for name, classes in groups.items() if "loop" in classes} <= lit


def test_a_switch_shows_before_and_after() -> None:
    assert [radio["value"] for radio in Page(render("html", REPORT, base=BASE)).all("input") if radio["type"] == "radio"] == [
        "before",
        "after",
        "both",
    ]
    assert not [radio for radio in Page(render("html", REPORT)).all("input") if radio["type"] == "radio"]
    marks = [str(group.get("class")) for group in Page(render("html", REPORT, base=BASE)).all("g")]
    assert any("arrow" in mark and "plus" in mark for mark in marks)
    assert any("arrow" in mark and "minus" in mark for mark in marks)


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
def test_the_script_is_javascript() -> None:
    check = "new (require('vm').Script)(require('fs').readFileSync(0, 'utf8'))"
    subprocess.run(["node", "-e", check], input=SCRIPT.encode(), check=True, timeout=60, capture_output=True)


def test_layers_follow_the_flow() -> None:
    board = layout.place(5, [(0, 1), (1, 2), (0, 2), (3, 2)])
    assert [spot.layer for spot in board.places] == [0, 1, 2, 0, 0]
    assert len({(spot.x, spot.y) for spot in board.places}) == 5
    assert all(0 < spot.x < board.width and 0 < spot.y < board.height for spot in board.places)


def test_loops_have_one_link_that_runs_back() -> None:
    places = layout.place(4, [(0, 1), (1, 2), (2, 3), (3, 0), (1, 1)]).places
    assert [spot.layer for spot in places] == [0, 1, 2, 3]


def test_a_long_chain_and_a_dense_knot_are_laid_out() -> None:
    chain = [(n, n + 1) for n in range(4999)]
    assert layout.place(5000, chain).places[-1].layer == 4999
    knot = [(a, b) for a in range(40) for b in range(40)]
    assert len({(spot.x, spot.y) for spot in layout.place(40, knot).places}) == 40


def test_nothing_has_a_size() -> None:
    board = layout.place(0, [])
    assert board.width > 0
    assert board.height > 0
