"""The action and the examples for other hosts: they parse, pin, ask for little, and their scripts do what they say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from coupling.reports import render
from coupling.reports.markdown import NOTHING_LEFT
from tests.reports.stories import BASE, EMPTY, REPORT

ROOT = Path(__file__).parent.parent
ACTION = ROOT / "action.yml"
WORKFLOWS = sorted((ROOT / "docs" / "ci").glob("coupling*.yml"))
EXAMPLES = [ACTION, *WORKFLOWS, ROOT / "docs" / "ci" / "gitlab.yml"]
OURS = "OWNER/REPOSITORY@COMMIT"

each = pytest.mark.parametrize("file", [ACTION, *WORKFLOWS], ids=lambda file: file.name)


def steps(file: Path) -> list[dict[str, Any]]:
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    jobs = [document["runs"]] if "runs" in document else list(document["jobs"].values())
    return [step for job in jobs for step in job["steps"]]


def test_they_are_there_and_parse() -> None:
    assert len(WORKFLOWS) == 2
    for file in EXAMPLES:
        assert yaml.safe_load(file.read_text(encoding="utf-8"))


@each
def test_actions_of_others_are_pinned_by_commit(file: Path) -> None:
    used = [step["uses"] for step in steps(file) if "uses" in step]
    assert used
    assert not [name for name in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name) and name != OURS]
    for line in file.read_text(encoding="utf-8").splitlines():
        assert not re.search(r"@[0-9a-f]{40}", line) or re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line)


@pytest.mark.parametrize("file", [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")], ids=lambda file: file.name)
def test_actions_in_the_text_are_pinned_too(file: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", file.read_text(encoding="utf-8"))
    assert not [name for name, note in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", name + note)]


@each
def test_no_text_of_strangers_is_written_into_a_script(file: Path) -> None:
    """A branch called `$(...)` runs where an expression stands in a script; in a variable it is text."""
    assert not [step["run"] for step in steps(file) if "${{" in step.get("run", "")]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_workflows_ask_for_what_they_need_only(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert set(job["permissions"].items()) <= {
            ("contents", "read"),
            ("actions", "read"),
            ("pull-requests", "write"),
            ("security-events", "write"),
        }
    assert "pull_request_target" not in workflow[True]  # YAML reads `on` as true


def test_every_input_is_used_and_every_output_is_there() -> None:
    text = ACTION.read_text(encoding="utf-8")
    action = yaml.safe_load(text)
    assert set(action["inputs"]) == set(re.findall(r"inputs\.([a-z-]+)", text))
    assert {step["run"].split()[1].strip('"').split("/")[-1] for step in action["runs"]["steps"] if "action/" in step.get("run", "")} == {
        "check.sh",
        "comment.sh",
        "code_scanning.py",
    }


def fake(folder: Path, name: str, body: str) -> Path:
    """A program that notes its arguments, a line each, and then does what ``body`` says."""
    program = folder / name
    program.write_text(f'#!/bin/bash\nprintf "%s\\n" "$@" >>"{folder}/{name}.log"\n{body}\n', encoding="utf-8")
    program.chmod(0o755)
    return program


def bash(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", **environment}
    return subprocess.run(["bash", ROOT / "action" / script], cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False)


def comment(folder: Path, text: str, ids: str = "", **environment: str) -> tuple[int, str, str]:
    """Exit code and output of comment.sh, and what it asked of a GitHub that has these comments of ours."""
    (folder / "comment.md").write_text(text, encoding="utf-8")
    fake(folder, "gh", f'case "$*" in *PATCH*|*POST*) ;; *) printf "{ids}" ;; esac')
    known = {"REPOSITORY": "o/r", "NUMBER": "7", "FILE": str(folder / "comment.md"), "GH_TOKEN": "x"}
    done = bash("comment.sh", folder, **{**known, **environment})
    log = folder / "gh.log"
    return done.returncode, done.stdout, log.read_text(encoding="utf-8") if log.exists() else ""


NEWS = render("markdown", REPORT, base=BASE)
QUIET = render("markdown", REPORT, base=REPORT)


def test_a_comment_is_written_once_and_then_changed(tmp_path: Path) -> None:
    code, out, log = comment(tmp_path, NEWS)
    assert (code, out) == (0, "wrote a comment\n")
    assert "POST\nrepos/o/r/issues/7/comments\n" in log
    code, out, log = comment(tmp_path, NEWS, ids="12\\n34\\n")
    assert (code, out) == (0, "changed comment 12\n")
    assert "PATCH\nrepos/o/r/issues/comments/12\n" in log


def test_nothing_is_said_for_the_first_time_but_never_deleted(tmp_path: Path) -> None:
    assert NOTHING_LEFT in (ROOT / "action" / "comment.sh").read_text(encoding="utf-8")
    assert NOTHING_LEFT in (ROOT / "docs" / "ci" / "gitlab.yml").read_text(encoding="utf-8")
    code, _, log = comment(tmp_path, QUIET)
    assert code == 0
    assert "POST" not in log
    assert "PATCH" in comment(tmp_path, QUIET, ids="12\\n")[2]


@pytest.mark.parametrize(
    ("text", "environment"),
    [
        ("no marker\n", {}),
        ("<!-- coupling:report:x --> more\n", {}),
        (NEWS, {"NUMBER": "7/../../x"}),
        (NEWS, {"NUMBER": ""}),
        (NEWS, {"REPOSITORY": "o/r/issues/1?"}),
        (NEWS + "x" * 65_000, {}),
        (NEWS, {"FILE": "/nowhere"}),
    ],
)
def test_a_comment_of_a_stranger_is_looked_at_first(tmp_path: Path, text: str, environment: dict[str, str]) -> None:
    code, out, log = comment(tmp_path, text, **environment)
    assert (code, log) == (2, "")
    assert out.startswith("::error title=coupling::")


@pytest.mark.skipif(not shutil.which("jq"), reason="jq is not installed")
def test_only_comments_of_ours_count(tmp_path: Path) -> None:
    (mine,) = re.findall(r"(?m)^mine='(.*)'$", (ROOT / "action" / "comment.sh").read_text(encoding="utf-8"))
    marker = NEWS.splitlines()[0]
    bodies = [("x", NEWS), ("bot", "hello"), ("bot", f"> {marker}"), ("bot", f"{marker}\r\nold"), ("bot", marker.replace("all", "other"))]
    comments = [{"id": number, "user": {"login": who}, "body": body} for number, (who, body) in enumerate(bodies)]
    env = {**os.environ, "MARKER": marker, "AUTHOR": "bot"}
    done = subprocess.run(["jq", mine], input=json.dumps(comments), env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "3\n"


def git(folder: Path, *words: str) -> str:
    named = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *named, *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def pull(tmp_path: Path) -> dict[str, str]:
    """A repository with a pull request merged for trial, as hosts check it out, and the variables of the action."""
    repository = tmp_path / "r"
    repository.mkdir()
    git(repository, "init", "-q")
    git(repository, "commit", "-q", "--allow-empty", "-m", "one")
    base = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "-q", "-b", "change")
    git(repository, "commit", "-q", "--allow-empty", "-m", "two")
    head = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "-q", "main")
    git(repository, "commit", "-q", "--allow-empty", "-m", "three")
    git(repository, "merge", "-q", "--no-edit", "change")
    program = fake(tmp_path, "coupling", 'for word; do case $word in markdown=*) echo text >"${word#*=}" ;; esac; done; exit 1')
    places = {"WORK": tmp_path / "work", "GITHUB_OUTPUT": tmp_path / "out", "GITHUB_STEP_SUMMARY": tmp_path / "summary", "HERE": repository}
    event = {"EVENT": "pull_request", "BASE_SHA": base, "HEAD_SHA": head, "REPOSITORY_URL": "https://h.example/o/r"}
    inputs = {"ROOT": "a b", "EXTRA_ARGS": "--pedantic  --select CPL1", "PROJECT": "", "FAIL_ON": ""}
    return {"COUPLING": str(program), **event, **inputs, **{name: str(path) for name, path in places.items()}}


def check(pull: dict[str, str], **more: str) -> list[str]:
    """The arguments that coupling was run with."""
    folder = Path(pull["HERE"])
    done = bash("check.sh", folder, **{**pull, **more})
    assert done.returncode == 0, done.stderr
    log = folder.parent / "coupling.log"
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else [done.stdout]


def test_a_pull_request_is_compared_with_its_target(pull: dict[str, str]) -> None:
    words = check(pull)
    assert words[:4] == ["diff", "HEAD^1..HEAD", "--root", "a b"]
    assert words[-3:] == ["--pedantic", "--select", "CPL1"]
    assert f"https://h.example/o/r/blob/{pull['HEAD_SHA']}/{{path}}#L{{line}}" in words
    assert "--project" not in words
    assert Path(pull["GITHUB_OUTPUT"]).read_text(encoding="utf-8") == "code=1\n"
    assert Path(pull["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8") == "text\n"


def test_a_branch_that_is_checked_out_is_compared_with_where_it_began(pull: dict[str, str]) -> None:
    git(Path(pull["HERE"]), "checkout", "-q", "change")
    assert check(pull)[:3] == ["diff", pull["BASE_SHA"], "HEAD"]


def test_a_push_is_checked(pull: dict[str, str]) -> None:
    assert check(pull, EVENT="push", PROJECT="p; touch x", FAIL_ON="error")[:2] == ["check", "a b"]
    assert not (Path(pull["HERE"]) / "x").exists()


def test_a_base_that_is_not_there_is_an_error_of_the_workflow(pull: dict[str, str]) -> None:
    git(Path(pull["HERE"]), "checkout", "-q", "change")
    assert "fetch-depth: 0" in check(pull, BASE_SHA="0" * 40)[0]
    assert Path(pull["GITHUB_OUTPUT"]).read_text(encoding="utf-8") == "code=2\n"


def test_code_scanning_gets_open_findings_only(tmp_path: Path) -> None:
    file = tmp_path / "report.sarif"
    gone = REPORT._replace(findings=(REPORT.findings[1]._replace(fingerprint="gone"),))
    for report, base, count in ((REPORT, gone, 4), (EMPTY, gone, 0)):
        file.write_text(render("sarif", report, base=base), encoding="utf-8")
        subprocess.run([sys.executable, ROOT / "action" / "code_scanning.py", file], check=True, timeout=60)
        (run,) = json.loads(file.read_text(encoding="utf-8"))["runs"]
        assert len(run["results"]) == count
        assert run["tool"]["driver"]["rules"]
