"""Whatever a repository calls its things, every format stays itself."""

from __future__ import annotations

import json
import unicodedata
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from coupling.core.graph import DataGraph, Edge, Node
from coupling.core.report import Report
from coupling.core.source import Problem, Span
from coupling.detectors import kinds as detected
from coupling.reports import REPORTS, kinds, render
from coupling.reports.json import load
from tests.reports.stories import LOOP, REPORT
from tests.reports.test_html import Page
from tests.reports.test_pictures import LINE

NASTY = st.sampled_from(
    [
        "\n",
        "\r\n",
        "::error::",
        "</script>",
        "-->",
        "<b>",
        "`",
        "```",
        "|",
        '"',
        "\\",
        "&",
        "#",
        "@a",
        "[x](y)",
        "\x1b[0m",
        "\u202e",
        "%0A",
        "\uffff",
    ]
)
NAMES = st.lists(st.one_of(NASTY, st.text(max_size=6)), max_size=6).map("".join)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    names = [draw(NAMES) for _ in range(3)]
    nodes = tuple(
        Node(f"{kind}:t:{name}", kind, name, name, name, owner=name) for kind, name in zip(("model", "asset", "unit"), names, strict=True)
    )
    span = Span(names[1], draw(st.integers(0, 9)), draw(st.integers(0, 200)), 0, names[0])
    model, asset = nodes[0].id, nodes[1].id
    edges = (
        Edge(model, asset, "predicts", why=names[2], evidence=(span,), unit=nodes[2].id),
        Edge(asset, model, "trains", columns=tuple(names)),
    )
    finding = LOOP._replace(
        message=names[0], path=(span, span), path_text=(names[1], names[2]), path_edges=(0, 1), help="\n".join(names), models=(model,)
    )
    return REPORT._replace(graph=DataGraph(nodes, edges), findings=(finding,), problems=(Problem(names[2], span),))


@settings(max_examples=60, deadline=None)
@given(reports())
def test_names_are_only_names(report: Report) -> None:
    texts = {format: render(format, report) for format in REPORTS}
    for format in ("text", "concise", "github", "azure", "jsonl"):
        assert not [ch for ch in texts[format] if ch != "\n" and unicodedata.category(ch) in ("Cc", "Cs", "Zl", "Zp")]
    assert len(texts["github"].splitlines()) == len(texts["concise"].splitlines()) == 2
    assert render("json", load(texts["json"])) == texts["json"]
    json.loads(texts["sarif"])
    json.loads(texts["gitlab"])
    json.loads(texts["rdjson"])
    assert len(texts["azure"].splitlines()) == len(texts["jsonl"].splitlines()) == 2
    assert len([json.loads(line) for line in texts["jsonl"].splitlines()]) == 2
    ElementTree.fromstring(texts["junit"])
    assert not [line for line in texts["mermaid"].splitlines() if not LINE.fullmatch(line)]
    assert len(texts["dot"].splitlines()) == 4 + 2 + 2 + 1
    assert Page(texts["html"]).open == []
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(texts["markdown"])
    assert html.count("<tr>") == 3
    assert html.count("<details>") == html.count("</details>") == 2
    assert not {"b", "script", "img"} & {tag for tag, _ in Page(html).elements}


def test_the_kinds_agree_with_the_detectors() -> None:
    ours = {code: (kind.name, kind.severity) for code, kind in kinds.KINDS.items()}
    assert ours == {kind.code: (kind.name, kind.severity) for kind in detected.KINDS}
