"""SARIF, GitHub, GitLab and Markdown: what the hosts require, and that no text of the repository acts there."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

import coupling
from coupling.core.graph import Finding
from coupling.core.report import Report
from coupling.core.source import Span
from coupling.reports import render
from coupling.reports.markdown import MAX_BYTES
from tests.reports.stories import BASE, EMPTY, EVIL, HOSTILE, LOOP, REPORT, check_golden

SAMPLES = Path(__file__).parent.parent.parent / "sample_repos"
REPORTS = pytest.mark.parametrize("report", [REPORT, HOSTILE, EMPTY], ids=["story", "hostile", "empty"])


def test_they_are_golden() -> None:
    check_golden("report.sarif", render("sarif", REPORT, base=BASE, project="svc"))
    check_golden("github.txt", render("github", REPORT))
    check_golden("junit.xml", render("junit", REPORT))
    check_golden("gitlab.json", render("gitlab", REPORT))
    check_golden("rdjson.json", render("rdjson", REPORT, base=BASE))
    check_golden("azure.txt", render("azure", REPORT))
    check_golden("findings.jsonl", render("jsonl", REPORT, base=BASE))
    check_golden("comment.md", render("markdown", REPORT, base=BASE, link="https://host.example/blob/abc/{path}#L{line}"))
    check_golden("summary.md", render("markdown", REPORT))


@REPORTS
def test_sarif_has_what_the_standard_and_github_require(report: Report) -> None:
    sarif = json.loads(render("sarif", report))
    assert sarif["version"] == "2.1.0"
    assert sarif["$schema"].endswith("sarif-2.1.0.json")
    (run,) = sarif["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "coupling"
    assert run["automationDetails"]["id"].endswith("/")
    for rule in rules:
        assert rule["id"]
        assert all(0 < len(rule[part]["text"]) <= 1024 for part in ("shortDescription", "fullDescription", "help"))
        assert len(rule["name"]) <= 255
        assert rule["properties"]["problem.severity"] in ("error", "warning", "recommendation")
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        assert re.fullmatch(r".+:1", result["partialFingerprints"]["primaryLocationLineHash"], re.S)
        flows = [step["location"] for flow in result.get("codeFlows", ()) for thread in flow["threadFlows"] for step in thread["locations"]]
        for location in [*result["locations"], *flows]:
            _check_location(location["physicalLocation"])


def _check_location(physical: dict[str, dict[str, object]]) -> None:
    uri = str(physical["artifactLocation"]["uri"])
    assert re.fullmatch(r"[A-Za-z0-9\-._~!$'()*+,;=@/%]+", uri)
    assert not uri.startswith(("/", "./"))
    region = {name: value for name, value in physical["region"].items() if isinstance(value, int)}
    assert region["startLine"] >= 1
    assert region["startColumn"] >= 1
    assert (region["endLine"], region["endColumn"]) > (region["startLine"], region["startColumn"])


def test_a_loop_closes_in_sarif() -> None:
    results = json.loads(render("sarif", REPORT))["runs"][0]["results"]
    steps = next(r for r in results if r["ruleId"] == "CPL101")["codeFlows"][0]["threadFlows"][0]["locations"]
    assert len(steps) == len(LOOP.path) + 1
    assert steps[0]["location"]["physicalLocation"] == steps[-1]["location"]["physicalLocation"]


def test_sarif_says_what_is_new_and_what_is_accepted() -> None:
    results = json.loads(render("sarif", REPORT, base=BASE))["runs"][0]["results"]
    assert [r["baselineState"] for r in results] == ["new", "unchanged", "new", "new", "new"]
    assert [bool(r.get("suppressions")) for r in results] == [False, False, False, False, True]


def test_sarif_names_what_is_gone_at_its_old_place() -> None:
    sarif = json.loads(render("sarif", EMPTY, base=REPORT))["runs"][0]
    assert [(r["baselineState"], r["ruleId"]) for r in sarif["results"]] == [
        ("absent", c) for c in ("CPL101", "CPL201", "CPL103", "CPL302")
    ]
    assert sarif["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "scoring/batch.py"
    assert "baselineState" not in json.loads(render("sarif", REPORT))["runs"][0]["results"][0]


def test_sarif_marks_the_steps_that_the_change_added() -> None:
    result = json.loads(render("sarif", REPORT, base=BASE))["runs"][0]["results"][0]
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["importance"] for step in steps] == ["important", "important", "essential", "important", "important", "important"]
    assert steps[2]["location"]["message"]["text"].startswith("added by this change: ")
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 12


def test_names_make_no_links_in_sarif() -> None:
    result = json.loads(render("sarif", HOSTILE))["runs"][0]["results"][0]
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert not [text for text in (result["message"]["text"], *(step["location"]["message"]["text"] for step in steps)) if "](" in text]


def test_a_moved_line_keeps_its_fingerprint(tmp_path: Path) -> None:
    """Also of models that are known by the line of their constructor only."""
    shutil.copytree(SAMPLES / "price_and_demand", tmp_path / "r")
    prints = []
    for _ in range(2):
        results = json.loads(render("sarif", coupling.check(tmp_path / "r", cache=False, jobs=1)))["runs"][0]["results"]
        prints.append([result["partialFingerprints"] for result in results])
        for file in (tmp_path / "r" / "jobs").glob("*.py"):
            file.write_text("# moved\n# down\n" + file.read_text())
    assert prints[0]
    assert prints[0] == prints[1]


def test_annotations_stand_on_the_change() -> None:
    assert "file=scoring/batch.py,line=41" in render("github", REPORT)
    assert "file=sql/labels.sql,line=12" in render("github", REPORT, base=BASE).splitlines()[0]
    changed = frozenset({("train/fit.py", 33)})
    assert "file=train/fit.py,line=33" in render("github", REPORT, base=BASE, changed=changed).splitlines()[0]


def test_github_shows_the_first_ten_of_a_kind_and_counts_the_rest() -> None:
    many = tuple(LOOP._replace(fingerprint=f"{number:04}") for number in range(14))
    lines = render("github", REPORT._replace(findings=many)).splitlines()
    assert sum(line.startswith("::error ") for line in lines) == 10
    assert lines[-1] == "::notice title=coupling::4 more in the summary"


def test_github_commands_cannot_be_forged() -> None:
    for line in render("github", HOSTILE).splitlines():
        assert re.match(r"::(error|warning|notice) title=[^:]*::|coupling: ", line)
        assert "%0A::" not in line
        assert not re.search("%(?!25|0A|0D|3A|2C)", line)


def test_of_a_severity_those_in_the_diff_come_first() -> None:
    """GitHub shows ten: what the change touched must not hide behind what it did not."""
    many = [LOOP._replace(fingerprint=f"{number:04}", message=f"m{number}") for number in range(14)]
    many[13] = many[13]._replace(path=(Span("new.py", 7),), path_text=("x",), path_edges=(-1,))
    warning = LOOP._replace(severity="warning", path=(Span("new.py", 7),), path_text=("x",), path_edges=(-1,), fingerprint="w")
    lines = render("github", REPORT._replace(findings=(warning, *many)), changed=frozenset({("new.py", 7)})).splitlines()
    assert "file=new.py,line=7" in lines[0]
    assert [line.split(" ")[0] for line in lines] == ["::error"] * 10 + ["::warning", "::notice"]


@pytest.mark.parametrize("format", ["github", "azure", "rdjson", "junit"])
def test_with_a_base_only_what_the_change_added_is_told(format: str) -> None:
    text = render(format, REPORT, base=BASE)
    assert LOOP.message.replace("&", "&amp;") in text
    assert "upsell is trained" not in text
    assert "upsell is trained" in render(format, REPORT)


def test_azure_commands_cannot_be_forged() -> None:
    for line in render("azure", HOSTILE).splitlines():
        assert re.match(r"##vso\[task\.logissue [^\]]*\]|coupling: ", line)
        assert line.count("##") <= 1
        assert not re.search("%(?!AZP25|0A|0D|3B|5D)", line)


@REPORTS
def test_rdjson_has_what_reviewdog_reads(report: Report) -> None:
    document = json.loads(render("rdjson", report))
    for row in document["diagnostics"]:
        assert row["severity"] in ("ERROR", "WARNING", "INFO")
        assert row["message"]
        for location in (row["location"], *(each["location"] for each in row.get("related_locations", ()))):
            lines = location.get("range", {"start": {"line": 1}, "end": {"line": 1}})
            assert 1 <= lines["start"]["line"] <= lines["end"]["line"]
    assert len(document["diagnostics"]) == (1 if report is EMPTY else len([f for f in report.findings if not f.suppressed]))


@REPORTS
def test_a_line_of_jsonl_needs_no_other(report: Report) -> None:
    *findings, summary = map(json.loads, render("jsonl", report).splitlines())
    assert [row["type"] for row in findings] == ["finding"] * len(report.findings)
    assert summary["type"] == "summary"
    assert ("warning" in summary) == (report is EMPTY)
    assert all(step["places"] for row in findings for step in row["steps"])


def test_jsonl_names_what_is_new_and_gone() -> None:
    states = [json.loads(line).get("state") for line in render("jsonl", REPORT, base=BASE).splitlines()]
    assert states == ["new", "unchanged", "new", "new", "new", None]
    assert [json.loads(line).get("state") for line in render("jsonl", EMPTY, base=BASE).splitlines()] == ["absent", None]


def test_gitlab_fingerprints_are_unique() -> None:
    twice = REPORT._replace(findings=(LOOP, LOOP, LOOP))
    issues = json.loads(render("gitlab", twice))
    assert len({issue["fingerprint"] for issue in issues}) == 3
    for issue in json.loads(render("gitlab", HOSTILE)):
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}


def _html(text: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(text)


def test_markdown_cannot_be_broken_out_of() -> None:
    text = render("markdown", HOSTILE, base=EMPTY, link="https://host.example/{path}")
    html = _html(text)
    assert set(re.findall(r"<(\w+)", html)) <= set(
        "a h3 p strong code pre table thead tbody tr th td ul li details summary sub br em".split()
    )
    assert set(re.findall(r'href="([^"]*)"', html)) == {re.search(r"\(<(.*?)>\)", text)[1]}  # type: ignore[index]
    assert "@team" not in re.sub(r"(?s)<(code|pre).*?</\1>", "", html)
    assert len(re.findall("<!-- coupling:report", text)) == 1
    rows = re.findall(r"(?s)<tr>(.*?)</tr>", html)
    assert {row.count("<td>") + row.count("<th>") for row in rows} == {5}


def test_the_marker_is_the_first_line_and_safe() -> None:
    assert render("markdown", EMPTY, project=f"x --> {EVIL}").splitlines()[0].endswith(" -->")
    assert render("markdown", EMPTY, project="x --> <b>").splitlines()[0] == "<!-- coupling:report:x------b -->"


def test_a_long_comment_is_cut_at_whole_sections() -> None:
    path = tuple(Span("a/long/path/to/some/file.py", n, 1, n, "x" * 80) for n in range(40))
    many = tuple(
        Finding("feedback-loop", "CPL101", "error", "exact", f"m{n}", path, ("w" * 60,) * 40, (-1,) * 40, fingerprint=str(n))
        for n in range(50)
    )
    text = render("markdown", REPORT._replace(findings=many))
    assert len(text.encode()) <= MAX_BYTES
    assert re.search(r"Cut here: \d+ sections more", text)
    assert text.count("<details>") == text.count("</details>")


def test_the_comment_counts_the_change() -> None:
    head = render("markdown", REPORT, base=BASE).splitlines()[1]
    assert head == "### coupling: 2 loops added, 0 removed; 1 other coupling added; 5 edges added, 1 removed"
    assert "1 loop added" not in render("markdown", REPORT, base=REPORT)
    assert "0 loops added, 2 removed" in render("markdown", EMPTY, base=REPORT)


def test_junit_has_a_case_a_kind() -> None:
    suite = ElementTree.fromstring(render("junit", REPORT))[0]
    failed = {case.get("name"): case[0].text or "" for case in suite if len(case)}
    assert set(failed) == {"feedback-loop", "entanglement", "hidden-feedback-loop", "multiple-writers"}
    assert "old news" not in failed["entanglement"]
    assert (suite.get("tests"), suite.get("failures")) == (str(len(suite)), "4")
    assert [len(case) for case in ElementTree.fromstring(render("junit", EMPTY))[0].iter("testcase")] == [0] * 15
    assert "</script>" in "".join(ElementTree.fromstring(render("junit", HOSTILE)).itertext())
