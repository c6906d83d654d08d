"""The same files give the same listing, facts and report, whether the disk, the index or a commit holds them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from coupling import config, git, objects, owners, pipeline
from coupling.core.errors import CouplingError
from coupling.discover import discover
from coupling.objects import commit, index
from coupling.pipeline import run
from coupling.trees import Disk, Tree

HERE = Path(__file__).resolve().parents[2]
STORY = HERE / "sample_repos" / "support_triage"
POINTER = (
    "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
)


@pytest.fixture(autouse=True)
def _cache_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUPLING_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a story and with everything that is special to a tree of git."""
    folder = tmp_path / "repo"
    folder.mkdir()
    for file in sorted(STORY.rglob("*")):
        if file.is_file():
            write(folder, file.relative_to(STORY).as_posix(), file.read_bytes().decode())
    write(folder, "bin/train", "#!/usr/bin/env python3\nprint(1)\n")
    write(folder, "LICENSE", "free")
    write(folder, "ümläut ☃.py", "print(2)\n")
    write(folder, "node_modules/x/a.js", "x")
    write(folder, "coupling.toml", 'exclude = ["attic/"]\n')
    write(folder, "attic/old.py", "print(3)\n")
    write(folder, "CODEOWNERS", "* @support\n")
    write(folder, ".coupling/rules/own.yaml", "wrap.read:\n  reads: file(0)\n")
    (folder / "inside.py").symlink_to("retrain.py")
    (folder / "outside.py").symlink_to("../../etc/passwd")
    (folder / "gone.py").symlink_to("nothing.py")
    run_git(folder, "init", "-q", "-b", "main")
    run_git(folder, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},other")
    (folder / "other").mkdir()
    run_git(folder, "add", ".")
    run_git(folder, "commit", "-q", "-m", "first")
    return folder


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


def run_git(root: Path, *words: str) -> str:
    names = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always"]
    return subprocess.run(["git", *names, *words], cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def head(root: Path) -> str:
    return run_git(root, "rev-parse", "HEAD")


def states(root: Path) -> list[Tree]:
    return [Disk(root), index(root), commit(root, head(root))]


def test_a_clean_checkout_is_listed_alike_everywhere(root: Path) -> None:
    disk, staged, committed = (discover(tree, ["attic/"]).listing for tree in states(root))
    assert disk == staged == committed
    assert {"bin/train", "ümläut ☃.py", "retrain.py"} <= {file.path for file in disk.files}
    why = {each.path: each.why for each in disk.left_out}
    assert why["other"] == "repository of its own: analyse it by itself"
    assert why["inside.py"] == "link: read where it points to"
    assert why["outside.py"] == "link out of the repository"
    assert why["gone.py"] == "link to nothing"


@pytest.mark.parametrize("below", ["", "bin"])
def test_a_clean_checkout_gives_one_report(root: Path, below: str) -> None:
    reports = [run(tree, config.load(tree), cache=False).report for tree in states(root / below)]
    assert reports[0] == reports[1] == reports[2]
    assert below or reports[0].findings


def test_settings_owners_and_rules_are_those_of_the_state(root: Path) -> None:
    before = head(root)
    write(root, "coupling.toml", "pedantic = true\n")
    write(root, "CODEOWNERS", "* @else\n")
    write(root, ".coupling/rules/own.yaml", "wrap.write:\n  writes: file(0)\n")
    for tree, pedantic, owner in ((Disk(root), True, "@else"), (index(root), False, "@support"), (commit(root, before), False, "@support")):
        assert config.load(tree).pedantic is pedantic
        assert owners.load(tree) == (("*", owner),)
        assert (b"writes" in pipeline.own_rules(tree)[0][1]) is pedantic


def test_settings_above_the_folder_are_those_of_the_state(root: Path) -> None:
    before = head(root)
    write(root, "coupling.toml", "pedantic = true\n")
    for tree, pedantic in ((Disk(root / "bin"), True), (index(root / "bin"), False), (commit(root / "bin", before), False)):
        found = config.load(tree)
        assert found.pedantic is pedantic
        assert found.below(root / "bin") == "bin/"


def test_the_index_holds_what_is_staged(root: Path) -> None:
    write(root, "untracked.py", "print(1)\n")
    write(root, "retrain.py", "print('not staged')\n")
    write(root, "staged.py", "print('staged')\n")
    run_git(root, "add", "staged.py")
    write(root, "staged.py", "print('later')\n")
    tree = index(root)
    assert tree.entry("untracked.py") is None
    contents = dict(zip(["retrain.py", "staged.py"], tree.read(["retrain.py", "staged.py"]), strict=True))
    assert b"model.fit" in contents["retrain.py"][0]
    assert contents["staged.py"] == (b"print('staged')\n", "")


def test_objects_that_are_not_here_are_problems(root: Path) -> None:
    """A partial clone has the names of files and not their contents."""
    id = run_git(root, "rev-parse", "HEAD:retrain.py")
    (root / ".git" / "objects" / id[:2] / id[2:]).unlink()
    report = run(commit(root, head(root)), config.Config()).report
    assert [problem.what for problem in report.problems if problem.span.path == "retrain.py"] == ["cannot be read: is not in this clone"]


def test_a_pointer_of_large_file_storage_is_a_problem(root: Path) -> None:
    write(root, "big.sql", POINTER)
    run_git(root, "add", ".")
    for tree in (Disk(root), index(root)):
        [problem] = [each for each in run(tree, config.Config()).report.problems if each.span.path == "big.sql"]
        assert "Git LFS" in problem.what


def test_no_filter_of_the_repository_runs(root: Path) -> None:
    ran = root / "ran"
    write(root, ".gitattributes", "*.py filter=evil diff=evil\n")
    for key in ("filter.evil.smudge", "filter.evil.clean", "diff.evil.textconv", "diff.evil.command"):
        run_git(root, "config", key, f"touch {ran}; cat")
    for tree in states(root):
        run(tree, config.Config())
    assert not ran.exists()


def test_a_replaced_object_is_read_as_it_was(root: Path) -> None:
    old, new = (run_git(root, "hash-object", "-w", str(root / name)) for name in ("retrain.py", "bin/train"))
    run_git(root, "replace", old, new)
    assert b"model.fit" in next(index(root).read(["retrain.py"]))[0]


def test_an_unchanged_state_reads_no_content(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = config.load(root)
    first = run(commit(root, head(root)), settings)
    read: list[str] = []
    real = git.contents

    def noted(folder: Path, ids: list[str]) -> list[bytes | None]:
        read.extend(ids)
        return real(folder, ids)

    monkeypatch.setattr(git, "contents", noted)
    again = run(commit(root, head(root)), settings)
    assert again.report == first.report
    assert set(read) <= {run_git(root, "rev-parse", f"HEAD:{path}") for path in _looked_at()}


def _looked_at() -> list[str]:
    """Links, files without a suffix, owners and rules are read each time; they are small."""
    return ["LICENSE", "CODEOWNERS", "bin/train", ".coupling/rules/own.yaml", "inside.py", "outside.py", "gone.py"]


def test_the_disk_and_a_commit_share_facts_and_results(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = config.load(root)
    first = run(root, settings)
    monkeypatch.setattr("coupling.parsers.parse", lambda *_: pytest.fail("parsed again"))
    monkeypatch.setattr("coupling.pipeline.analyse", lambda *_: pytest.fail("linked again"))
    assert run(commit(root, head(root)), settings).report == first.report
    assert run(index(root), settings).report == first.report


def test_workers_read_objects_too(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    for number in range(60):
        write(folder, f"m{number}.py", f"x = {number}\n")
    run_git(folder, "init", "-q")
    run_git(folder, "add", ".")
    assert run(index(folder), config.Config(), cache=False, jobs=2) == run(folder, config.Config(), cache=False, jobs=1)


def test_the_contents_of_many_large_files_come_in_portions(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "_AT_ONCE", 100)
    tree = index(root)
    paths = [path for path in tree.paths() if tree.entries[path].sort == "file"]
    assert [data for data, _ in tree.read(paths)] == [(root / path).read_bytes() for path in paths]


def test_a_folder_that_a_commit_does_not_have_is_empty(root: Path) -> None:
    (root / "new").mkdir()
    assert commit(root / "new", head(root)).paths() == []


def test_an_unfinished_merge_has_no_index_to_read(root: Path) -> None:
    run_git(root, "checkout", "-q", "-b", "other-side")
    write(root, "retrain.py", "print('theirs')\n")
    run_git(root, "commit", "-q", "-am", "theirs")
    run_git(root, "checkout", "-q", "main")
    write(root, "retrain.py", "print('ours')\n")
    run_git(root, "commit", "-q", "-am", "ours")
    subprocess.run(["git", "merge", "-q", "other-side"], cwd=root, capture_output=True, check=False)
    with pytest.raises(CouplingError, match=r"resolve retrain\.py and `git add`"):
        index(root)


def test_outside_a_work_tree_there_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(CouplingError, match="no work tree"):
        index(tmp_path)


def test_a_hook_reads_the_index_that_git_made_for_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``git commit -a`` and ``git commit FILE`` run hooks with an index of their own."""
    own = root / ".git" / "next-index-1.lock"
    own.write_bytes((root / ".git" / "index").read_bytes())
    write(root, "late.py", "print(1)\n")
    run_git(root, "add", "late.py")
    monkeypatch.chdir(root)
    monkeypatch.setenv("GIT_INDEX_FILE", os.path.join(".git", own.name))  # noqa: PTH118 - relative, as git sets it
    assert "late.py" not in index(root, hook=True).paths()
    assert "late.py" in index(root).paths()
    monkeypatch.setenv("GIT_INDEX_FILE", "/somewhere/else")
    assert "late.py" in index(root, hook=True).paths()
