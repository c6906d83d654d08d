"""What the command line tells the reports of code hosts: links, and paths from the top of the repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[2]
LOOP = """import pandas as pd
from sklearn.linear_model import LogisticRegression

frame = pd.read_csv("rows.csv")
model = LogisticRegression()
model.fit(frame[["age"]], frame["label"])
frame["label"] = model.predict(frame[["age"]])
frame.to_csv("rows.csv")
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a loop in a folder of it."""
    folder = tmp_path / "services" / "a"
    folder.mkdir(parents=True)
    (folder / "loop.py").write_text(LOOP)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def coupling(root: Path, *words: str) -> tuple[int, str, str]:
    env = os.environ | {"PYTHONPATH": str(HERE), "COUPLING_CACHE_DIR": str(root / ".cache")}
    done = subprocess.run(
        [sys.executable, "-m", "coupling", *words], cwd=root, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_hosts_get_paths_from_the_top_and_people_get_theirs(repository: Path) -> None:
    assert "file=services/a/loop.py," in coupling(repository, "check", "services/a", "--format", "github")[1]
    sarif = json.loads(coupling(repository, "check", "services/a", "--format", "sarif")[1])
    places = [place["physicalLocation"]["artifactLocation"]["uri"] for place in sarif["runs"][0]["results"][0]["locations"]]
    assert places == ["services/a/loop.py"]
    assert coupling(repository, "check", "services/a", "--format", "concise")[1].startswith("loop.py:")


def test_links_lead_to_the_file_in_the_repository(repository: Path) -> None:
    link = "https://host.example/r/blob/abc/{path}#L{line}"
    code, out, _ = coupling(repository, "check", "services/a", "--format", "markdown", "--link", link)
    assert code == 1
    assert "[`services/a/loop.py:7`](<https://host.example/r/blob/abc/services/a/loop.py#L7>)" in out
    saved = repository / "report.json"
    saved.write_text(coupling(repository, "check", "services/a", "--format", "json")[1])
    assert (
        "(<https://host.example/r/blob/abc/loop.py#L7>)"
        in coupling(repository, "render", str(saved), "--format", "markdown", "--link", link)[1]
    )


@pytest.mark.parametrize("link", ["https://host.example/", "javascript:{path}"])
def test_a_link_that_leads_nowhere_is_a_usage_error(repository: Path, link: str) -> None:
    code, out, err = coupling(repository, "check", "--link", link)
    assert (code, out) == (2, "")
    assert "--link" in err
