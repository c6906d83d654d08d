"""``coupling check --hook``, as pre-commit runs it: the index counts, silence when it is clean, no trace in the work tree."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import yaml

from tests.edge.repos import ACCEPTED, CLOSED, HERE, OPEN, Done, Repo, empty, story

CLEAN = Done(0, "", "")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return story(tmp_path)


def hook(repo: Repo, **environment: str) -> Done:
    before = repo.git("status", "--porcelain", "--ignored")
    done = repo.run("check", "--hook", PRE_COMMIT="1", **environment)
    assert repo.git("status", "--porcelain", "--ignored") == before
    return done


def test_silent_when_nothing_couples(repo: Repo) -> None:
    assert hook(repo) == CLEAN
    assert hook(repo) == CLEAN


def test_what_is_staged_counts_and_nothing_else(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    assert hook(repo) == CLEAN
    repo.git("add", ".")
    repo.write("conf/paths.yaml", OPEN)
    done = hook(repo)
    assert done.code == 1
    assert done.err == ""
    assert done.out.startswith("error[CPL101 feedback-loop]: churn learns from its own outputs")
    assert "score.py:9" in done.out
    assert re.search(r"conf/paths.yaml:2 +scored: data/archive.csv", done.out)
    assert "data/archive.csv is named here, by this change" in done.out
    assert "coupling: ignore[CPL101] REASON` at train.py:9" in done.out
    assert "reading" not in done.out


def test_an_untracked_file_does_not_count(repo: Repo) -> None:
    repo.write("merge.py", 'import pandas as pd\npd.read_csv("data/scored.csv").to_csv("data/archive.csv")\n')
    assert repo.run("check").code == 1
    assert hook(repo) == CLEAN


def test_settings_and_acceptance_come_from_the_index_too(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    repo.git("add", ".")
    repo.write("coupling.toml", ACCEPTED)
    assert hook(repo).err == "coupling.toml does not count as it is here: `git add` it if it is to be part of the commit\n"
    repo.git("add", ".")
    assert hook(repo) == CLEAN
    repo.write("coupling.toml", ACCEPTED.replace("2999", "2000"))
    repo.git("add", ".")
    expired = hook(repo)
    assert expired.code == 1
    assert "was accepted until 2000-01-31: agents correct every label" in expired.out


def test_the_baseline_of_the_index_counts(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    repo.git("add", ".")
    assert repo.run("baseline").code == 0
    done = hook(repo)
    assert (done.code, done.err.split()[0]) == (1, "coupling-baseline.json")
    repo.git("add", ".")
    (repo.root / "coupling-baseline.json").unlink()
    assert hook(repo) == CLEAN
    assert repo.run("check").code == 1


def test_both_ways_to_accept_do_what_the_hook_says(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    repo.git("add", ".")
    said = hook(repo).out
    [place] = re.findall(r"REASON` at train\.py:(\d+), or in coupling\.toml", said)
    [fingerprint] = re.findall(r'fingerprint = "(\w+)"', said)
    lines = (repo.root / "train.py").read_text().splitlines()
    lines.insert(int(place) - 1, "# coupling: ignore[CPL101] reviewed")
    repo.write("train.py", "\n".join(lines) + "\n")
    repo.git("add", ".")
    assert hook(repo) == CLEAN
    repo.git("checkout", "-q", "HEAD", "train.py")
    repo.write("coupling.toml", f'[[allow]]\nfingerprint = "{fingerprint}"\nreason = "reviewed"\nexpires = 2999-01-31\n')
    repo.git("add", ".")
    assert hook(repo) == CLEAN


def test_a_deleted_file_is_gone_when_that_is_staged(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    repo.commit()
    (repo.root / "score.py").unlink()
    assert hook(repo).code == 1
    repo.git("add", "-A")
    assert hook(repo) == CLEAN


def test_the_first_commit_has_an_index_already(tmp_path: Path) -> None:
    repo = empty(tmp_path)
    assert hook(repo) == CLEAN
    repo.write("a.py", "print(1)\n")
    repo.git("add", ".")
    assert hook(repo) == CLEAN


def test_many_findings_are_three_in_full_and_a_line_each(tmp_path: Path) -> None:
    repo = empty(tmp_path)
    for n in range(5):
        text = f'import pandas as pd\nfrom sklearn.svm import SVC\nf = pd.read_csv("s{n}.csv")\nm = SVC()\nm.fit(f[["a"]], f["b"])\n'
        repo.write(f"fit{n}.py", text + f'f["b"] = m.predict(f[["a"]])\nf.to_csv("s{n}.csv")\n')
    repo.git("add", ".")
    done = hook(repo)
    assert done.code == 1
    assert done.out.count("\n  certain ") == 3
    assert done.out.count("error[CPL101") == 5
    assert done.out.count("To accept it") == 1


def test_what_was_there_before_the_commit_is_a_line(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    repo.commit()
    repo.write("other.py", "print(1)\n")
    repo.git("add", ".")
    done = hook(repo)
    assert done.code == 1
    lines = done.out.splitlines()
    assert lines[0].startswith("score.py:8:1: error[CPL101 feedback-loop] churn learns")
    assert lines[0].endswith(" (there before)")
    assert lines[1:2] == [""]
    assert "To accept it" in lines[2]


def test_a_commit_of_some_files_is_checked_as_git_will_make_it(repo: Repo) -> None:
    """With ``commit -a`` and ``commit FILE`` git hands another index to the hook than the one of ``git add``."""
    runner = repo.root / ".git" / "hooks" / "pre-commit"
    runner.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m coupling check --hook\n')
    runner.chmod(0o755)
    repo.write("conf/paths.yaml", CLOSED)
    refused = repo.shell(["git", "commit", "-q", "-a", "-m", "close"])
    assert refused.code == 1
    assert "CPL101" in refused.out + refused.err
    repo.write("other.py", "print(1)\n")
    repo.git("add", ".")
    repo.git("commit", "-q", "-m", "only this", "other.py")
    assert repo.shell(["git", "commit", "-q", "-m", "the rest"]).code == 1
    assert repo.git("log", "--format=%s").splitlines() == ["only this", "first"]


def test_in_a_linked_work_tree_its_own_index_counts(repo: Repo, tmp_path: Path) -> None:
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
    linked = repo._replace(root=tmp_path / "linked")
    linked.write("conf/paths.yaml", CLOSED)
    linked.git("add", ".")
    assert hook(linked).code == 1
    assert hook(repo) == CLEAN


def test_what_cannot_be_checked_is_an_error(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    outside = hook_error(repo._replace(root=tmp_path / "plain"))
    assert "is in no work tree of git" in outside
    repo.git("checkout", "-q", "-b", "other")
    repo.write("score.py", "print('theirs')\n")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.write("score.py", "print('ours')\n")
    repo.commit()
    repo.shell(["git", "merge", "-q", "other"])
    assert "a merge is unfinished" in hook_error(repo)
    repo.write("score.py", "print('both')\n")
    repo.git("add", ".")
    assert hook(repo) == CLEAN


def hook_error(repo: Repo) -> str:
    done = repo.run("check", "--hook")
    assert (done.code, done.out) == (2, "")
    return done.err


def test_a_clean_index_is_answered_from_the_cache(repo: Repo) -> None:
    """Nothing is parsed or linked again, so none of the heavy libraries is loaded."""
    assert hook(repo) == CLEAN
    done = repo.shell([sys.executable, "-X", "importtime", "-m", "coupling", "check", "--hook"])
    assert done.code == 0
    loaded = {line.rpartition("|")[2].strip() for line in done.err.splitlines()}
    assert "coupling.pipeline" in loaded
    assert not loaded & {"networkx", "sqlglot", "libcst", "yaml", "coupling.link", "coupling.build", "multiprocessing.pool"}


def test_other_formats_are_for_those_who_ask(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    repo.git("add", ".")
    assert repo.run("check", "--hook", "--format", "concise").out.startswith("conf/paths.yaml:2:1: error[CPL101")


def test_the_manifest_looks_at_everything_whatever_a_commit_touches() -> None:
    hooks = {each["id"]: each for each in yaml.safe_load((HERE / ".pre-commit-hooks.yaml").read_text())}
    assert set(hooks) == {"coupling", "coupling-diff"}
    for each in hooks.values():
        assert (each["pass_filenames"], each["always_run"], each["require_serial"]) == (False, True, True)
        assert not {"types", "types_or", "files", "additional_dependencies"} & set(each)
    assert "pre-push" in hooks["coupling-diff"]["stages"]
