"""Mermaid, DOT and the selections they draw."""

from __future__ import annotations

import html
import itertools
import re
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coupling.core.graph import DataGraph, Edge, Node
from coupling.core.report import Report
from coupling.reports import render, select, words
from coupling.reports.mermaid import MAX_LABEL, MAX_TEXT, escape
from tests.reports.stories import BASE, BATCH, CHURN, EMPTY, EVIL, HOSTILE, LABELS, LOAD, LOOP, RAW, REPORT, SCORES, UPSELL, check_golden

NASTY = [
    "%%{init: {}}%%",
    "%%",
    "style a:b",
    "classDef",
    ":",
    "#",
    "#35;",
    ";",
    "fa:fa-car",
    "$$",
    '"',
    "`",
    "\\",
    "\n",
    "<b>",
    "&amp;",
    "end",
    "|",
]
LINE = re.compile(
    r"flowchart LR|  acc(Title|Descr): [\w ,.-]+|  classDef loop [\w:#,-]+|  class [n\d,]+ loop|  linkStyle [\d,]+ [\w:#,-]+"
    r'|  n\d+(\[\("[^"\n]+"\)\]|\{\{"[^"\n]+"\}\}|\(\["[^"\n]+"\]\)|\["[^"\n]+"\])|  n\d+ (==>|-->|-\.->)\|"[^"\n]+"\| n\d+'
)
GRAPH = REPORT.graph


def many(nodes: int) -> Report:
    """A chain with one loop at its end, larger than any budget."""
    chain = tuple(Node(f"asset:file:{n:05}", "asset", "file", "", f"{'x' * 70}/{n:05}") for n in range(nodes))
    edges = tuple(Edge(a.id, b.id, "derives", unit="unit:script:s.py") for a, b in itertools.pairwise(chain))
    ring = (Edge(CHURN, chain[-1].id, "predicts"), Edge(chain[-1].id, CHURN, "trains"))
    loop = LOOP._replace(path_edges=(len(edges), len(edges) + 1, -1, -1, -1), assets=(chain[-1].id,))
    return REPORT._replace(graph=DataGraph((*GRAPH.nodes[:1], *chain), (*edges, *ring)), findings=(loop,))


def test_they_are_golden() -> None:
    check_golden("graph.mmd", render("mermaid", REPORT))
    check_golden("change.mmd", render("mermaid", REPORT, base=BASE, findings_only=True))
    check_golden("graph.dot", render("dot", REPORT))
    check_golden("focus.dot", render("dot", REPORT, focus="upsell", depth=1))
    check_golden("units.dot", render("dot", REPORT, units=True))


def test_a_large_picture_is_about_models() -> None:
    """Files that no model is linked to go, the others of a folder fold; what is on a finding stays as it is."""
    raw = tuple(Node(f"asset:file:raw/{n}.csv", "asset", "file", "", f"raw/{n}.csv") for n in range(70))
    lonely = tuple(Node(f"asset:file:pages/{n}.html", "asset", "file", "", f"pages/{n}.html") for n in range(8))
    edges = (*(Edge(node.id, SCORES, "derives") for node in raw), *(Edge(a.id, b.id, "derives") for a, b in itertools.pairwise(lonely)))
    report = REPORT._replace(graph=GRAPH._replace(nodes=(*GRAPH.nodes, *raw, *lonely), edges=(*GRAPH.edges, *edges)))
    text = render("dot", report)
    assert "raw/ (70 data sets)" in text
    assert re.search(r"\b\d+ nodes with no way to or from a model", text)
    assert "pages/3.html" not in text
    assert "pages/" in render("dot", report, units=True)
    assert "raw/3.csv" in render("dot", report, focus="raw/3.csv", depth=0)
    assert "ml.churn_scores" in text


@pytest.mark.parametrize("report", [REPORT, HOSTILE, EMPTY, many(500)], ids=["story", "hostile", "empty", "large"])
@pytest.mark.parametrize("base", [None, BASE], ids=["", "diff"])
def test_mermaid_stays_in_the_safe_subset(report: Report, base: Report | None) -> None:
    text = render("mermaid", report, base=base)
    assert not [line for line in text.splitlines() if not LINE.fullmatch(line)]
    assert len(text) <= MAX_TEXT
    declared, drawn = re.findall(r"(?m)^  (n\d+)[\[({]", text), re.findall(r"(?m)^  (n\d+) .*(n\d+)$", text)
    assert {end for ends in drawn for end in ends} <= set(declared)
    for numbers in re.findall(r"linkStyle ([\d,]+)", text):
        assert max(map(int, numbers.split(","))) < len(drawn) <= 400


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ('say "x"', "say #quot;x#quot;"),
        ("a#35;b", "a#35;35;b"),
        ("<br/>", "&lt;br/&gt;"),
        ("a\nb", "a#92;nb"),
        ("`md`", "#96;md#96;"),
        ("s3://b/{x}|[y]", "s3://b/{x}|[y]"),
        ("%%{init: {}}%%", "#37;#37;{init: {}}#37;#37;"),
        ("$$x$$", "#36;#36;x#36;#36;"),
        ("fa:fa-car", "fa#58;fa-car"),
        ("style a:b #1;", "style a#58;b #35;1;"),
        ("", " "),
    ],
)
def test_mermaid_labels(text: str, label: str) -> None:
    assert escape(text) == label


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=4)), max_size=8).map("".join))
def test_a_label_is_read_as_the_name_it_was_made_from(name: str) -> None:
    """What Mermaid does to a diagram's text before it parses it, and to a label afterwards: the name must come out of it."""
    label = escape(name)
    assert not re.search(r'[\n\r"<>`\\%$]', label)
    line = f'  n0["{label}"]'
    read = re.sub(r"%%\{.*?\}%%", "", re.sub(r"(?:style|classDef).*:\S*#.*;", lambda match: match[0][:-1], line))
    assert read == line
    assert not re.search(r"fa[bklrs]?:fa-|\$\$", label)
    shown = re.sub(r"#(\w+);", lambda match: chr(int(match[1])) if match[1].isdigit() else '"', label)
    assert html.unescape(shown).split() == (words.cut(words.plain(name).strip(), MAX_LABEL) or " ").split()


def test_a_cut_is_said_and_spares_the_loop() -> None:
    for format in ("mermaid", "dot"):
        text = render(format, many(3000), max_nodes=20)
        assert re.search(r"… 2 981 nodes and 2 9\d\d edges more, not drawn", text)
        assert "churn" in text
        assert "/02999" in text


def test_the_change_is_marked_without_colour() -> None:
    text = render("mermaid", REPORT, base=BASE)
    assert '==>|"+ derives · labels.sql"|' in text
    assert '-.->|"- trains"|' in text
    assert '-->|"predicts · batch.py"|' in text


@pytest.mark.skipif(not shutil.which("dot"), reason="graphviz is not installed")
@pytest.mark.parametrize("options", [{}, {"base": BASE}, {"units": True}, {"findings_only": True}], ids=str)
@pytest.mark.parametrize("report", [REPORT, HOSTILE, EMPTY], ids=["story", "hostile", "empty"])
def test_graphviz_reads_it(report: Report, options: dict[str, object]) -> None:
    run = subprocess.run(["dot", "-Tsvg"], input=render("dot", report, **options).encode(), capture_output=True, timeout=60, check=False)
    assert run.returncode == 0
    assert not run.stderr.replace(b"Fontconfig", b"").strip() or b"rror" not in run.stderr
    svg = run.stdout.decode()
    assert "<img" not in svg
    assert "<script" not in svg.lower().replace("&lt;", "")


@pytest.mark.skipif(not shutil.which("dot"), reason="graphviz is not installed")
def test_graphviz_shows_names_as_they_are() -> None:
    name = 'a\\N "q" &lt; é'
    report = REPORT._replace(graph=DataGraph((Node("asset:file:x", "asset", "file", "", name),)), findings=())
    run = subprocess.run(["dot", "-Tsvg"], input=render("dot", report).encode(), capture_output=True, timeout=60, check=True)
    text = re.findall(r"<text[^>]*>(.*?)</text>", run.stdout.decode())
    assert [part.replace("&quot;", '"').replace("&#45;", "-").replace("&#160;", " ").replace("&amp;", "&") for part in text] == [name]


def test_collapse_keeps_scripts_only_where_nothing_else_links() -> None:
    graph = select.collapse(GRAPH)
    assert BATCH not in {node.id for node in graph.nodes}
    assert Edge(SCORES, BATCH, "reads") not in graph.edges
    assert {LOAD, RAW} <= {node.id for node in graph.nodes}
    assert Edge(SCORES, BATCH, "reads") in select.collapse(GRAPH, [Edge(SCORES, BATCH, "reads")]).edges
    assert select.collapse(graph) == graph


def test_focus_walks_both_ways() -> None:
    near = select.focus(GRAPH, "upsell", 1)
    assert {node.id for node in near.nodes} == {UPSELL, SCORES}
    assert {node.id for node in select.focus(GRAPH, UPSELL, 2).nodes} == {UPSELL, SCORES, CHURN, LABELS, BATCH}
    assert {node.id for node in select.focus(GRAPH, "upsell", 0).nodes} == {UPSELL}


def test_findings_only() -> None:
    graph = select.findings_only(GRAPH, [LOOP])
    assert [edge.kind for edge in graph.edges] == ["predicts", "derives", "trains"]
    blind = select.findings_only(GRAPH, [LOOP._replace(path_edges=())])
    assert [edge.kind for edge in blind.edges] == ["predicts", "derives", "trains"]
    assert select.findings_only(GRAPH, []) == DataGraph()


def test_the_mark_of_a_hostile_name_is_its_text() -> None:
    assert EVIL not in render("dot", HOSTILE)
    assert "\x1b" not in render("dot", HOSTILE) + render("mermaid", HOSTILE)


@pytest.mark.parametrize("format", ["mermaid", "dot"])
def test_a_long_name_keeps_its_end(format: str) -> None:
    name = "s3://bucket/" + "deep/" * 30 + "scores.parquet"
    node = Node(f"asset:file:{name}", "asset", "file", "", name)
    text = render(format, REPORT._replace(graph=DataGraph((node,)), findings=()))
    assert re.search(r"…[ep/d]*deep/scores\.parquet", text)
