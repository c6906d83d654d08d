from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import coupling.reports
from coupling.core.errors import CouplingError
from coupling.core.report import Report
from coupling.reports import render
from coupling.reports.json import load
from tests.reports.stories import BASE, EMPTY, HOSTILE, REPORT, check_golden

SCHEMA = json.loads((Path(coupling.reports.__file__).parent / "schema.json").read_text(encoding="utf-8"))


def test_json_is_golden() -> None:
    check_golden("report.json", render("json", REPORT))


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("report", [REPORT, HOSTILE, EMPTY], ids=["story", "hostile", "empty"])
def test_json_is_valid_and_reads_back(report: Report) -> None:
    text = render("json", report)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(text))
    assert render("json", load(text)) == text
    for format in ("text", "sarif", "dot", "html", "markdown"):
        assert render(format, load(text)) == render(format, load(render("json", load(text))))


def test_the_schema_notices_what_is_missing() -> None:
    raw = json.loads(render("json", REPORT))
    del raw["findings"][0]["path"][0]["what"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(raw)


def test_the_order_of_the_graph_does_not_matter() -> None:
    edges = tuple(reversed(REPORT.graph.edges))
    turn = {old: len(edges) - 1 - old for old in range(len(edges))} | {-1: -1}
    findings = tuple(f._replace(path_edges=tuple(turn[i] for i in f.path_edges)) for f in reversed(REPORT.findings))
    graph = REPORT.graph._replace(nodes=tuple(reversed(REPORT.graph.nodes)), edges=edges)
    assert render("json", REPORT._replace(graph=graph, findings=findings)) == render("json", REPORT)


def test_hops_point_at_their_edges() -> None:
    raw = json.loads(render("json", REPORT))
    loop = next(f for f in raw["findings"] if f["code"] == "CPL101")
    assert [raw["edges"][hop["edge"]]["kind"] for hop in loop["path"]] == ["predicts", "predicts", "derives", "trains", "trains"]
    assert next(f for f in raw["findings"] if f["fingerprint"] == "dddd")["path"][0]["edge"] is None
    assert [f["suppressed"] for f in raw["findings"]] == [None, None, None, None, "by design"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "coupling/0"}', '{"schema": "coupling/1"}', "[" * 99999])
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(CouplingError, match="not a"):
        load(text)


@pytest.mark.parametrize(("where", "key"), [("findings", "severity"), ("findings", "certainty"), ("edges", "certainty")])
def test_words_that_mean_nothing_are_refused(where: str, key: str) -> None:
    raw = json.loads(render("json", REPORT))
    raw[where][0][key] = "fatal"
    with pytest.raises(CouplingError, match=r"one of .*, not 'fatal'"):
        load(json.dumps(raw))


def test_a_comparison_says_what_changed() -> None:
    raw = json.loads(render("json", REPORT, base=BASE))
    jsonschema.Draft202012Validator(SCHEMA).validate(raw)
    change = raw["change"]
    assert set(change["added"]) | set(change["kept"]) <= {finding["fingerprint"] for finding in raw["findings"]}
    assert change["added"]
    known = {(edge.source, edge.target, edge.kind, edge.role) for edge in BASE.graph.edges}
    new = [raw["edges"][at] for at in change["edges_added"]]
    assert new
    assert not {(edge["source"], edge["target"], edge["kind"], edge["role"]) for edge in new} & known
    back = json.loads(render("json", BASE, base=REPORT))["change"]
    assert [finding["fingerprint"] for finding in back["removed"]] == change["added"]
    assert back["nodes_removed"] == change["nodes_added"]
    assert "change" not in json.loads(render("json", REPORT))
