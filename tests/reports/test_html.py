"""The viewer's page as text: complete without its script, closed to text of the repository, the same every time.

How it behaves in a browser is in tests/viewer.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from coupling.core.graph import DataGraph, Edge, Node
from coupling.core.report import Report
from coupling.reports import render, viewer
from tests.reports.stories import BASE, EMPTY, EVIL, HOSTILE, REPORT, SCORES, check_golden

VOID = {"meta", "input", "br", "rect"}
REPORTS = pytest.mark.parametrize("report", [REPORT, HOSTILE, EMPTY], ids=["story", "hostile", "empty"])
ASSETS = [*viewer.SCRIPTS, "viewer.css"]


class Page(HTMLParser):
    """Collects what a browser would see: elements with their attributes, texts, and whether elements nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.data = ""
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
        elif self.open and self.open[-1] == "script" and self.elements[-1][1].get("id") == "data":
            self.data += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def data_of(report: Report, **options: object) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads(Page(render("html", report, **options)).data)
    return found


def test_it_is_golden() -> None:
    page = render("html", REPORT, base=BASE)
    check_golden("body.html", page[page.index("<body") : page.index("<script>")])


@REPORTS
@pytest.mark.parametrize("base", [None, BASE], ids=["", "diff"])
def test_nothing_of_the_repository_acts(report: Report, base: Report | None) -> None:
    page = Page(render("html", report, base=base))
    assert page.open == []
    assert [script.get("type") for script in page.all("script")] == ["application/json", None]
    assert len(page.all("style")) == 1
    assert not {"img", "iframe", "link", "object", "form"} & {tag for tag, _ in page.elements}
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "srcset")], tag
        assert re.fullmatch(r"#finding-\d+", str(attributes.get("href", "#finding-0")))
    allowed = {"lang", "charset", "http-equiv", "content", "name", "class", "id", "type", "value", "checked", "tabindex", "role", "for"}
    allowed |= {"autocomplete", "spellcheck", "width", "height", "viewbox", "d", "x", "y", "refx", "refy", "orient", "hidden", "href"}
    allowed |= {"markerwidth", "markerheight", "markerunits", "marker-end", "transform"}
    names = {name for _, attributes in page.elements for name in attributes}
    assert {name for name in names if not name.startswith(("data-", "aria-"))} <= allowed


def test_hostile_text_is_shown_as_text() -> None:
    texts = " ".join(Page(render("html", HOSTILE)).texts)
    assert "</script><img src=x onerror=alert(1)>" in texts
    assert "\\x1b[31m" in texts
    assert "&amp;" in texts


@pytest.mark.parametrize("name", ["</script><script>", "<!--<script>", "\u2028\u2029", "${alert(1)}`", "\u202eevil", EVIL, "&lt;\\u003c"])
def test_the_data_are_json_that_ends_nothing(name: str) -> None:
    nodes = (Node(f"asset:file:{name}", "asset", "file", "", name, owner=name), Node(f"model:model:{name}", "model", "model", "", name))
    report = REPORT._replace(graph=DataGraph(nodes, (Edge(nodes[0].id, nodes[1].id, "trains", why=name, columns=(name,)),)), findings=())
    text = render("html", report)
    raw = re.search(r"<script type='application/json' id='data'>(.*?)</script>", text, re.S)
    assert raw
    assert not re.search("[<>&\u2028\u2029\u202e\ud800]", raw[1])
    data = json.loads(raw[1])
    assert len(data["nodes"]) == 2
    assert {node["kind"] for node in data["nodes"]} == {"asset", "model"}
    text.encode("utf-8")


def test_only_the_script_and_the_style_of_the_page_may_act() -> None:
    text = render("html", REPORT)
    policy = next(str(meta["content"]) for meta in Page(text).all("meta") if meta.get("http-equiv"))
    for name, own in (("script", viewer.script()), ("style", viewer.style())):
        digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
        assert f"<{name}>{own}</{name}>" in text
    assert policy.startswith("default-src 'none';")
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg')|@import|url\((?!#)", text)


@pytest.mark.parametrize("name", ASSETS)
def test_the_script_makes_nothing_of_text(name: str) -> None:
    text = viewer.asset(name)
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function|fetch\(|XMLHttp|import\(", text
    )
    assert "</script" not in text
    assert "</style" not in text
    assert text.isascii() or name.endswith(".js")


@pytest.mark.parametrize("base", [None, BASE], ids=["", "diff"])
def test_two_runs_give_the_same_bytes(tmp_path: Path, base: Report | None) -> None:
    (tmp_path / "report.json").write_text(render("json", REPORT), encoding="utf-8")
    command = [sys.executable, "-m", "coupling", "render", "report.json", "--format", "html"]
    if base:
        (tmp_path / "base.json").write_text(render("json", base), encoding="utf-8")
        command += ["--base", "base.json"]
    root = str(Path(viewer.__file__).parents[2])
    runs = [
        subprocess.run(
            command,
            cwd=tmp_path,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": root},
            capture_output=True,
            check=True,
            timeout=60,
        )
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout
    assert b"</html>" in runs[0].stdout


@REPORTS
@pytest.mark.parametrize("base", [None, BASE], ids=["", "diff"])
def test_what_the_script_looks_for_is_there(report: Report, base: Report | None) -> None:
    page, data = Page(render("html", report, base=base)), data_of(report, base=base)
    ids = [str(attributes["id"]) for _, attributes in page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    found = [link for link in page.all("a") if "finding" in str(link["class"])]
    assert len(page.all("article")) == len(found) == len(data["findings"])
    for article in page.all("article"):
        assert article["aria-labelledby"] in ids
    edges, nodes = data["edges"], data["nodes"]
    assert all(-1 <= number < len(edges) for row in data["findings"] for number in row)  # type: ignore[operator]
    assert all(0 <= edge[end] < len(nodes) for edge in edges for end in ("from", "to"))  # type: ignore[operator]
    assert {str(node["form"]) for node in nodes} <= set(data["forms"])


def test_each_leg_has_its_arrow() -> None:
    page, data = Page(render("html", REPORT)), data_of(REPORT)
    legs = [item for item in page.all("li") if "data-leg" in item]
    assert len(legs) == sum(len(row) for row in data["findings"])
    first = [data["edges"][number]["kind"] for number in data["findings"][0]]  # type: ignore[index]
    assert first == ["predicts", "derives", "trains"]


def test_scripts_are_there_on_request() -> None:
    nodes = {str(node["name"]): node for node in data_of(REPORT)["nodes"]}
    assert nodes["scoring/batch.py"]["extra"] == 1
    assert "extra" not in nodes["churn"]
    assert "extra" in [box.get("id") for box in Page(render("html", REPORT)).all("input")]
    assert not [node for node in data_of(REPORT, units=True)["nodes"] if "extra" in node]


def test_a_comparison_marks_what_is_new_and_keeps_what_is_gone() -> None:
    gone = BASE.findings[0]._replace(fingerprint="gone", message="an old loop")
    base = BASE._replace(findings=(*BASE.findings, gone))
    page = Page(render("html", REPORT, base=base))
    assert [radio["value"] for radio in page.all("input") if radio["type"] == "radio"] == ["before", "both", "after"]
    assert [item["data-mark"] for item in page.all("li") if "data-mark" in item].count("-") == 1
    assert "− gone " in " ".join(page.texts)
    assert "+ new " in " ".join(page.texts)
    assert {edge.get("mark", "") for edge in data_of(REPORT, base=base)["edges"]} == {"", "+", "-"}
    assert not [radio for radio in Page(render("html", REPORT)).all("input") if radio["type"] == "radio"]


def test_without_a_script_there_are_a_picture_and_every_hop() -> None:
    text = render("html", REPORT)
    still = text[text.index("<noscript>") : text.index("</noscript>")]
    assert "ml.churn_scores" in still
    page = Page(text)
    assert len([item for item in page.all("li") if item.get("class") == "hop"]) == sum(len(finding.path) for finding in REPORT.findings)


def test_places_are_links_only_where_the_reader_says_so() -> None:
    page = Page(render("html", REPORT, link="https://code.example/{path}#L{line}"))
    assert "https://code.example/scoring/batch.py#L41" in [link["href"] for link in page.all("a")]
    page = Page(render("html", HOSTILE, link="javascript:alert(1)//{path}"))
    assert not [link for link in page.all("a") if not str(link["href"]).startswith("#")]


def test_nothing_understood_says_so() -> None:
    texts = " ".join(Page(render("html", EMPTY)).texts)
    assert "no finding means nothing" in texts
    assert "coupling files --left-out" in texts
    assert SCORES not in texts


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
def test_the_script_is_javascript() -> None:
    check = "new (require('vm').Script)(require('fs').readFileSync(0, 'utf8'))"
    subprocess.run(["node", "-e", check], input=viewer.script().encode(), check=True, timeout=60, capture_output=True)
