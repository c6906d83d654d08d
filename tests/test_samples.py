"""Every story of sample_repos/ is checked as a user would, and compared with its expected.txt.

One line a finding: ``CODE rule: models via assets @ first hop -> last hop``, or ``no findings``. A first line ``$ OPTIONS`` holds
what is not the default, such as ``$ pedantic``. ``COUPLING_UPDATE=1`` rewrites the files.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import coupling
from coupling.core.graph import Finding
from coupling.core.names import short
from coupling.core.report import Report

SAMPLES = Path(__file__).parent.parent / "sample_repos"
STORIES = sorted(path.name for path in SAMPLES.iterdir() if path.is_dir())
NOTHING = "no findings"


def _options(story: str) -> tuple[str, dict[str, bool]]:
    first = (SAMPLES / story / "expected.txt").read_text(encoding="utf-8").split("\n", 1)[0]
    return (first + "\n", dict.fromkeys(first.split()[1:], True)) if first.startswith("$ ") else ("", {})


def _line(finding: Finding, report: Report) -> str:
    names = {node.id: node.name for node in report.graph.nodes}
    models = ", ".join(sorted(short(names[model]) for model in finding.models))
    assets = ", ".join(sorted(names[asset] for asset in finding.assets))
    first, last = finding.path[0], finding.path[-1]
    via = f" via {assets}" if assets else ""
    return f"{finding.code} {finding.rule}: {models}{via} @ {first.path}:{first.line} -> {last.path}:{last.line}"


def test_there_are_stories_with_and_without_findings() -> None:
    clean = [story for story in STORIES if (SAMPLES / story / "expected.txt").read_text(encoding="utf-8").endswith(NOTHING + "\n")]
    assert len(clean) >= 4
    assert len(STORIES) - len(clean) >= 9


@pytest.mark.parametrize("story", STORIES)
def test_story(story: str) -> None:
    file = SAMPLES / story / "expected.txt"
    head, options = _options(story)
    report = coupling.check(SAMPLES / story, cache=False, jobs=1, **options)
    assert report.summary.assets or report.summary.models, "a story in which nothing was understood tells nothing"
    lines = sorted(_line(finding, report) for finding in report.findings if not finding.suppressed)
    found = head + "\n".join(lines or [NOTHING]) + "\n"
    if os.environ.get("COUPLING_UPDATE"):
        file.write_text(found, encoding="utf-8")
    assert found == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("story", STORIES)
def test_a_story_is_told(story: str) -> None:
    """A README that says in a few sentences what happens, and code of a size that a person reads in one go."""
    folder = SAMPLES / story
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert readme.startswith("# ")
    assert 3 <= len([line for line in readme.splitlines()[1:] if line.strip()]) <= 4
    code = [path for path in folder.rglob("*") if path.suffix in (".py", ".sql", ".sh", ".html", ".yaml", ".ipynb")]
    assert 15 <= sum(len(path.read_text(encoding="utf-8").splitlines()) for path in code) <= 200
