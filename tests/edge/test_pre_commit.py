"""The hooks in the real pre-commit, with real commits and pushes. Skipped where it is not installed; ``PRE_COMMIT_COMMAND`` names it.

It installs the committed state of this checkout as pre-commit does, from PyPI, once for all tests here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.edge.repos import ACCEPTED, CLOSED, HERE, OPEN, Done, Repo, story

COMMAND = os.environ.get("PRE_COMMIT_COMMAND") or shutil.which("pre-commit") or ""
CONFIG = """repos:
- repo: {here}
  rev: {rev}
  hooks:
  - id: coupling
  - id: coupling-diff
"""
MERGE = 'import pandas as pd\npd.read_csv("data/scored.csv").to_csv("data/archive.csv")\n'

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not COMMAND, reason="pre-commit is not installed"),
    pytest.mark.skipif(not (HERE / ".git").exists(), reason="pre-commit installs a commit of this checkout"),
]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the installed hooks."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture
def repo(tmp_path: Path, home: Path) -> Repo:
    """The story without a loop, with both hooks installed."""
    repo = story(tmp_path)
    rev = subprocess.run(["git", "rev-parse", "HEAD"], cwd=HERE, capture_output=True, text=True, check=True).stdout.strip()
    repo.write(".pre-commit-config.yaml", CONFIG.format(here=HERE, rev=rev))
    repo.commit("hooks")
    done = pre_commit(repo, home, "install", "--install-hooks", "-t", "pre-commit", "-t", "pre-push", "-t", "pre-merge-commit")
    if done.code:
        pytest.skip(f"the hooks cannot be installed here: {done.out[-300:]}")
    return repo


def pre_commit(repo: Repo, home: Path, *words: str) -> Done:
    return repo.shell([COMMAND, *words], PRE_COMMIT_HOME=str(home), PYTHONPATH="")


def commit(repo: Repo, home: Path, *words: str) -> Done:
    """A commit with its hooks, which leave no trace in the work tree."""
    done = repo.shell(["git", "commit", "-m", "change", *words], PRE_COMMIT_HOME=str(home), PYTHONPATH="")
    assert "files were modified by this hook" not in done.out + done.err
    return done


def test_a_clean_commit_passes(repo: Repo, home: Path) -> None:
    repo.write("other.py", "print(1)\n")
    repo.git("add", ".")
    done = commit(repo, home)
    assert done.code == 0, done
    assert "Passed" in done.out + done.err
    assert repo.git("status", "--porcelain") == ""


def test_a_change_of_settings_that_closes_a_loop_is_blocked_until_accepted(repo: Repo, home: Path) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    blocked = commit(repo, home, "-a")
    said = blocked.out + blocked.err
    assert blocked.code == 1
    assert "error[CPL101 feedback-loop]: churn learns from its own outputs, through data/archive.csv" in said
    assert "To accept it: a comment `coupling: ignore[CPL101] REASON` at train.py:9, or in coupling.toml [[allow]]" in said
    assert "Traceback" not in said
    repo.write("coupling.toml", ACCEPTED)
    repo.git("add", ".")
    assert commit(repo, home).code == 0


def test_a_commit_that_only_deletes_is_looked_at(repo: Repo, home: Path) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    repo.write("coupling.toml", ACCEPTED)
    repo.commit()
    repo.git("rm", "-q", "coupling.toml")
    done = commit(repo, home)
    assert done.code == 1
    assert "Skipped" not in done.out + done.err


def test_a_commit_of_files_that_pre_commit_has_no_name_for_is_looked_at(repo: Repo, home: Path) -> None:
    repo.write("dvc.lock", "schema: '2.0'\nstages: {}\n")
    repo.git("add", ".")
    done = commit(repo, home)
    assert done.code == 0, done
    assert "Skipped" not in done.out + done.err


def test_untracked_and_unstaged_files_do_not_count(repo: Repo, home: Path) -> None:
    repo.write("merge.py", MERGE)
    repo.write("conf/paths.yaml", CLOSED)
    repo.write("other.py", "print(1)\n")
    repo.git("add", "other.py")
    assert commit(repo, home).code == 0
    repo.git("add", "merge.py")
    assert commit(repo, home).code == 1
    assert repo.git("status", "--porcelain").split() == ["M", "conf/paths.yaml", "A", "merge.py"]


def test_a_merge_that_closes_a_loop_is_blocked(repo: Repo, home: Path) -> None:
    """Each side is clean; together they are not. Git asks once more when there were conflicts to resolve."""
    repo.git("checkout", "-q", "-b", "other")
    repo.write("merge.py", MERGE.replace("archive", "labels"))
    repo.write("note.txt", "theirs\n")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.write("conf/paths.yaml", OPEN.replace("data/archive.csv", "data/labels.csv"))
    repo.write("note.txt", "ours\n")
    repo.commit()
    repo.shell(["git", "merge", "-q", "other"], PRE_COMMIT_HOME=str(home))
    repo.write("note.txt", "both\n")
    repo.git("add", ".")
    done = commit(repo, home)
    assert done.code == 1
    assert "CPL101" in done.out + done.err


def test_many_files_are_one_run(repo: Repo, home: Path) -> None:
    for number in range(400):
        repo.write(f"many/m{number}.py", f"x = {number}\n")
    repo.write("conf/paths.yaml", CLOSED)
    repo.git("add", ".")
    done = commit(repo, home)
    assert done.code == 1
    assert (done.out + done.err).count("error[CPL101") == 1


def test_a_push_is_judged_by_what_it_adds(repo: Repo, home: Path, tmp_path: Path) -> None:
    repo.git("init", "-q", "--bare", str(tmp_path / "remote.git"))
    repo.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    push = ["git", "push", "-q", "-u", "origin", "HEAD"]
    environment = {"PRE_COMMIT_HOME": str(home), "PYTHONPATH": ""}
    assert repo.shell(push, **environment).code == 0
    repo.git("checkout", "-q", "-b", "feature")
    repo.write("conf/paths.yaml", CLOSED)
    repo.commit()
    blocked = repo.shell(push, **environment)
    assert blocked.code == 1
    assert "error[CPL101" in blocked.out + blocked.err
    repo.git("push", "-q", "--no-verify", "origin", "HEAD")
    repo.write("other.py", "print(1)\n")
    repo.commit()
    assert repo.shell(push, **environment).code == 0


def test_the_repository_can_be_tried(repo: Repo, home: Path) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    repo.git("add", ".")
    done = pre_commit(repo, home, "try-repo", str(HERE), "coupling", "--all-files", "--verbose")
    assert done.code == 1
    assert "CPL101" in done.out


def test_the_manifest_is_valid(repo: Repo, home: Path) -> None:
    assert pre_commit(repo, home, "validate-manifest", str(HERE / ".pre-commit-hooks.yaml")).code == 0
