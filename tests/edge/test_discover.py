"""What is analysed, what is left out, and why."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from coupling import discover as module
from coupling import git
from coupling.core.errors import CouplingError
from coupling.discover import Found, discover, kind_of


def write(root: Path, *paths: str, text: str = "x = 1\n") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def kinds(found: Found) -> dict[str, str]:
    return {file.path: file.kind for file in found.listing.files}


def why(found: Found) -> dict[str, str]:
    return {each.path: each.why for each in found.listing.left_out}


def run_git(root: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a.py", "python"),
        ("a.ipynb", "notebook"),
        ("q/a.sql", "sql"),
        ("run.sh", "shell"),
        ("Makefile", "make"),
        ("rules.mk", "make"),
        ("dvc.yaml", "dvc"),
        ("data/a.csv.dvc", "dvc"),
        ("dvc.lock", "dvc"),
        ("conf/train.flags", "text"),
        ("train_flags.txt", "text"),
        ("notes.txt", ""),
        (".github/CODEOWNERS", ""),
        ("conf/a.yml", "yaml"),
        ("pyproject.toml", "toml"),
        ("a.json", "json"),
        ("a.ini", "ini"),
        ("setup.cfg", "ini"),
        (".env", "env"),
        (".env.example", "env"),
        ("prod.env", "env"),
        ("Dockerfile", "dockerfile"),
        ("Dockerfile.train", "dockerfile"),
        ("docker-compose.prod.yml", "compose"),
        ("compose.yaml", "compose"),
        ("MLproject", "mlproject"),
        ("project.yml", "spacy_project"),
        (".github/workflows/ci.yml", "ci"),
        ("sub/.github/workflows/ci.yaml", "ci"),
        (".github/dependabot.yml", "yaml"),
        (".gitlab-ci.yml", "ci"),
        (".circleci/config.yml", "ci"),
        ("Procfile", "procfile"),
        ("README.md", "markdown"),
        ("web/app.tsx", "web"),
        ("templates/a.html", "web"),
        ("data/a.csv", ""),
        ("model.pkl", ""),
    ],
)
def test_the_name_says_the_kind(path: str, kind: str) -> None:
    assert kind_of(path) == kind


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        ("#!/bin/bash -e", "shell"),
        ("#!/usr/bin/env sh", "shell"),
        ("#!/usr/bin/env python3", "python"),
        ("#!/usr/bin/env -S python3.11 -u", "python"),
        ("#!/usr/bin/perl", ""),
        ("#!", ""),
        ("hello", ""),
    ],
)
def test_a_script_without_suffix_says_it_in_its_first_line(tmp_path: Path, first: str, kind: str) -> None:
    write(tmp_path, "bin/train", text=f"{first}\necho\n")
    assert kinds(discover(tmp_path)).get("bin/train", "") == kind


def test_git_decides_which_files_there_are(tmp_path: Path) -> None:
    write(tmp_path, "tracked.py", "new.py", "ignored.py", "deleted.py", "sub/inner.py", "ümläut ☃.py")
    write(tmp_path, ".gitignore", text="ignored.py\n")
    run_git(tmp_path, "init", "-q")
    run_git(tmp_path, "add", "tracked.py", "deleted.py")
    (tmp_path / "deleted.py").unlink()
    assert set(kinds(discover(tmp_path))) == {"tracked.py", "new.py", "sub/inner.py", "ümläut ☃.py"}
    assert set(kinds(discover(tmp_path / "sub"))) == {"inner.py"}


def test_settings_of_the_repository_run_nothing(tmp_path: Path) -> None:
    write(tmp_path, "a.py")
    run_git(tmp_path, "init", "-q")
    run_git(tmp_path, "config", "core.fsmonitor", f"touch {tmp_path}/ran; false")
    assert set(kinds(discover(tmp_path))) == {"a.py"}
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("absent", [True, False])
def test_outside_git_the_ignore_files_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, absent: bool) -> None:
    if absent:
        monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    write(tmp_path, "a.py", "b.py", "sub/b.py", "sub/keep.py", "out/c.py", "sub/deep/d.py")
    write(tmp_path, ".gitignore", text="b.py\nout/\nkeep.py\n[\n")
    write(tmp_path / "sub", ".gitignore", text="!keep.py\ndeep\n")
    assert set(kinds(discover(tmp_path))) == {"a.py", "sub/keep.py"}


def test_excluded_patterns_are_relative_to_the_configuration(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "old/b.py", "old/keep.py", "x/old.py")
    found = discover(tmp_path, ["proj/old/*", "!proj/old/keep.py"], "proj/")
    assert set(kinds(found)) == {"a.py", "old/keep.py", "x/old.py"}
    assert why(found) == {"old/b.py": "excluded by the configuration"}


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        ("node_modules", "installed packages"),
        ("venv", "virtual environment"),
        ("third_party", "vendored code"),
        ("mlruns", "records of experiments"),
    ],
)
def test_foreign_folders_are_left_out_once(tmp_path: Path, folder: str, reason: str) -> None:
    write(tmp_path, "a.py", f"{folder}/x/a.py", f"{folder}/b.py")
    write(tmp_path, "myenv/pyvenv.cfg", "myenv/lib/a.py")
    found = discover(tmp_path)
    assert set(kinds(found)) == {"a.py"}
    assert why(found) == {folder: reason, "myenv": "virtual environment"}


def test_a_tracked_foreign_folder_is_left_out_too(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "src/vendor/b.py")
    run_git(tmp_path, "init", "-q")
    assert why(discover(tmp_path)) == {"src/vendor": "vendored code"}


def test_links_are_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    write(root, "real/a.py")
    write(outside, "secret.py")
    (root / "endless").symlink_to("endless")
    (root / "up").symlink_to(root, target_is_directory=True)
    (root / "out").symlink_to(outside, target_is_directory=True)
    (root / "out.py").symlink_to(outside / "secret.py")
    (root / "in.py").symlink_to("real/a.py")
    (root / "gone.py").symlink_to("nothing.py")
    for start in (root, _repository(root)):
        found = discover(start)
        assert set(kinds(found)) == {"real/a.py"}
        assert why(found)["out"] == why(found)["out.py"] == "link out of the repository"
        assert why(found)["in.py"] == why(found)["up"] == "link: read where it points to"
        assert why(found)["gone.py"] == "link to nothing"
        assert "endless" in why(found)
        assert {"in.py", "up"} <= set(found.listing.others)


def _repository(root: Path) -> Path:
    run_git(root, "init", "-q")
    return root


def test_the_root_may_be_a_link(tmp_path: Path) -> None:
    write(tmp_path / "real", "a.py")
    (tmp_path / "link").symlink_to("real")
    assert set(kinds(discover(tmp_path / "link"))) == {"a.py"}


def test_large_files_are_named_with_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 1_000_000)
    write(tmp_path, "big.py", "data.json", "book.ipynb", text="x" * 1_100_000)
    found = discover(tmp_path)
    assert set(kinds(found)) == {"book.ipynb"}
    assert why(found) == {"big.py": "file of 1.1 MB, more than 1 MB", "data.json": "data of 1.1 MB, more than 1 MB"}
    assert found.listing.others == ("big.py", "data.json")


def test_a_crowd_of_settings_is_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ALIKE", 3)
    write(tmp_path, *(f"labels/{n}.json" for n in range(4)), *(f"conf/{n}.json" for n in range(3)), *(f"src/{n}.py" for n in range(9)))
    found = discover(tmp_path)
    assert len(found.listing.files) == 12
    assert why(found)["labels/0.json"] == "one of 4 json files in a folder: data"


def test_too_many_files_are_cut_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FILES", 2)
    write(tmp_path, "a.py", "b.py", "c.py")
    found = discover(tmp_path)
    assert set(kinds(found)) == {"a.py", "b.py"}
    assert why(found) == {"...": "more than 2 files"}


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    assert why(discover(tmp_path)) == {"pipe.py": "no regular file"}


def test_depth_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_DEPTH", 2)
    write(tmp_path, "a/b/c.py", "a/b/d/e.py")
    found = discover(tmp_path)
    assert set(kinds(found)) == {"a/b/c.py"}
    assert why(found) == {"a/b/d": "deeper than 2 folders"}


def test_errors_name_the_folder(tmp_path: Path) -> None:
    write(tmp_path, "a.py")
    with pytest.raises(CouplingError, match="is no folder"):
        discover(tmp_path / "a.py")
    with pytest.raises(CouplingError, match="does not exist"):
        discover(tmp_path / "b")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_somebody_else_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_UID", raising=False)
    write(tmp_path, "a.py", "ignored.py")
    write(tmp_path, ".gitignore", text="ignored.py\n")
    run_git(tmp_path, "init", "-q")
    for place in (tmp_path, tmp_path / ".git"):
        os.chown(place, 1234, 1234)
    assert git.files(tmp_path) == [".gitignore", "a.py"]


def test_git_answers_none_where_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert git.files(tmp_path) is None
    monkeypatch.setenv("PATH", "")
    assert git.files(tmp_path) is None


def test_the_environment_of_a_hook_does_not_leak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "one", "a.py")
    write(tmp_path / "two", "b.py")
    run_git(tmp_path / "one", "init", "-q")
    run_git(tmp_path / "two", "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "one" / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "one" / ".git" / "index"))
    assert git.files(tmp_path / "two") == ["b.py"]


def test_outside_git_a_pattern_for_data_hides_no_code_of_that_name(tmp_path: Path) -> None:
    write(tmp_path, "src/data/load.py", "src/data/big.csv", "data/raw.py", "src/models/deep/net.py")
    write(tmp_path, ".gitignore", text="data/\nmodels/\n")
    found = discover(tmp_path)
    assert set(kinds(found)) == {"src/data/load.py", "src/models/deep/net.py"}
    assert "src/data/big.csv" not in found.listing.others


def test_a_baseline_is_no_settings_file(tmp_path: Path) -> None:
    write(tmp_path, "coupling-baseline.json", "part/coupling-baseline.json", "ci/known.json", "conf/known.json", text="{}")
    assert set(kinds(discover(tmp_path))) == {"ci/known.json", "conf/known.json"}
    assert why(discover(tmp_path))["part/coupling-baseline.json"] == "a baseline of coupling"
    assert set(kinds(discover(tmp_path, baseline="./ci/known.json"))) == {"conf/known.json"}
    assert set(kinds(discover(tmp_path / "ci", below="ci/", baseline="ci/known.json"))) == set()
