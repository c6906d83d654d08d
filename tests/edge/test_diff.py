"""``coupling diff`` as its users meet it: what counts as added, which states can be named, and what is said of those that cannot."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from coupling.core.report import is_report
from tests.edge.repos import ACCEPTED, CLOSED, OPEN, SCORE, TRAIN, Repo, empty, story

LOOP = "1 loop added, 0 removed"
NONE = "0 loops added, 0 removed; 0 edges added"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return story(tmp_path)


def state(repo: Repo) -> list[tuple[str, bytes, int]]:
    """Everything in the work tree and the index: nothing of it may change."""
    files = [file for file in sorted(repo.root.rglob("*")) if file.is_file() and ".git" not in file.relative_to(repo.root).parts]
    return [(str(file), file.read_bytes(), file.stat().st_mtime_ns) for file in [*files, repo.root / ".git" / "index"]]


def test_without_a_change_nothing_is_added(repo: Repo) -> None:
    done = repo.run("diff")
    assert (done.code, done.out) == (0, NONE + "\n")
    assert done.err.startswith("comparing main (")


def test_a_change_of_settings_alone_closes_a_loop(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    before = state(repo)
    done = repo.run("diff")
    assert done.code == 1, done
    assert done.out.startswith(LOOP)
    assert "error[CPL101 feedback-loop]: churn learns from its own" in done.out
    assert "+ models/churn.joblib -> data/archive.csv  predicts" in done.out
    assert "data/archive.csv is named here, by this change" in done.out
    assert "file=conf/paths.yaml,line=2" in repo.run("diff", "--format", "github").out.splitlines()[0]
    assert state(repo) == before


def test_a_branch_against_where_it_left_the_default_branch(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "feature")
    repo.write("conf/paths.yaml", CLOSED)
    repo.commit("close")
    repo.git("checkout", "-q", "main")
    repo.write("other.py", "print(1)\n")
    repo.commit("main goes on")
    repo.git("checkout", "-q", "feature")
    assert repo.run("diff").code == 1
    assert "the fork point of main" in repo.run("diff").err
    assert repo.run("diff", "main", "feature").code == 1
    assert repo.run("diff", "main...feature").code == 1
    assert repo.run("diff", "main..feature").code == 1
    back = repo.run("diff", "feature..main")
    assert back.code == 0
    assert back.out.startswith("0 loops added, 1 removed")
    assert "removed  error[CPL101 feedback-loop]: churn learns" in back.out
    assert "(cut at score.py:9)" in back.out


def test_what_the_default_branch_did_meanwhile_is_not_the_branch_s(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "feature")
    repo.write("other.py", "print(1)\n")
    repo.commit("harmless")
    repo.git("checkout", "-q", "main")
    repo.write("conf/paths.yaml", CLOSED)
    repo.commit("close on main")
    assert NONE in repo.run("diff", "main", "feature").out
    assert "0 loops added, 1 removed" in repo.run("diff", "main..feature").out


def test_a_coupling_that_was_there_is_no_reason_to_fail(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    repo.commit()
    repo.write("other.py", "print(1)\n")
    done = repo.run("diff")
    assert done.code == 0
    assert "1 coupling was there before" in done.out
    assert repo.run("check").code == 1


def test_fail_on_and_exit_zero_decide(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    assert repo.run("diff", "--fail-on", "never").code == 0
    assert repo.run("diff", "--exit-zero").code == 0
    assert repo.run("diff", "--ignore", "CPL101").code == 0
    assert repo.run("diff", "--select", "CPL101", "--fail-on", "error").code == 1


def test_deleting_a_file_is_a_change(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    repo.commit()
    (repo.root / "score.py").unlink()
    done = repo.run("diff")
    assert done.code == 0
    assert done.out.startswith("0 loops added, 1 removed")


def test_a_coupling_that_nobody_accepts_any_more_is_new(repo: Repo) -> None:
    repo.write("coupling.toml", ACCEPTED)
    repo.write("conf/paths.yaml", CLOSED)
    repo.commit()
    (repo.root / "coupling.toml").unlink()
    done = repo.run("diff")
    assert done.code == 1, done
    assert done.out.startswith(LOOP + "; 0 edges added")
    assert "accepted, which it is no more: agents correct every label" in done.out


def test_what_a_change_adds_and_accepts_is_told(repo: Repo) -> None:
    repo.write("coupling.toml", ACCEPTED)
    repo.write("conf/paths.yaml", CLOSED)
    done = repo.run("diff", "-o", "c.md")
    assert done.code == 0, done
    assert "\naccepted error[CPL101 feedback-loop]: churn learns from its own outputs, through data/archive.csv: agents correct" in done.out
    assert "**Nothing left to decide: 1 coupling accepted with this change.**" in (repo.root / "c.md").read_text()


def test_a_report_that_lies_about_is_nothing_of_the_repository(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    first = repo.run("diff", "-o", "a.json", "-o", "a.html", "-o", "a.md")
    again = repo.run("diff", "-v")
    assert re.search(r"conf/paths.yaml:2 .*\n.*named here, by this change", again.out), again
    for name in ("a.json", "a.html", "a.md"):
        assert is_report((repo.root / name).read_bytes())
        assert name not in again.out
    assert again.out.splitlines()[0] == first.out.splitlines()[0]


def test_the_comment_that_a_review_proposes_accepts(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    text = repo.run("diff", "--format", "markdown").out
    [(path, line, mark)] = re.findall(r"Or above `(.*):(\d+)`: `(.*)`", text)
    assert "closes it at `conf/paths.yaml:2`" in text
    lines = (repo.root / path).read_text().splitlines()
    repo.write(path, "\n".join([*lines[: int(line) - 1], mark, *lines[int(line) - 1 :]]) + "\n")
    assert repo.run("check").code == 0
    repo.commit()
    (repo.root / path).write_text("\n".join(lines) + "\n")
    assert "It was accepted before, and is no more: why this is wanted" in repo.run("diff", "--format", "markdown").out


def test_a_shell_script_alone_closes_a_loop(tmp_path: Path) -> None:
    repo = empty(tmp_path)
    repo.write("train.py", TRAIN.replace('paths["archive"]', '"data/archive.csv"'))
    repo.write("score.py", SCORE.replace('paths["scored"]', '"data/scored.csv"'))
    repo.write("nightly.sh", "python score.py\npython train.py\n")
    repo.commit()
    repo.write("nightly.sh", "python score.py\ncp data/scored.csv data/archive.csv\npython train.py\n")
    done = repo.run("diff")
    assert done.code == 1, done
    assert done.out.startswith(LOOP)
    assert "nightly.sh:2" in done.out


@pytest.mark.parametrize("named", [True, False], ids=["saved", "unsaved"])
def test_moved_lines_and_renamed_files_add_nothing(tmp_path: Path, named: bool) -> None:
    """A model without an artifact is called by its place, which is not what it is."""
    repo = empty(tmp_path)
    text = 'import pandas as pd\nfrom sklearn.linear_model import Ridge\nframe = pd.read_csv("data/s.csv")\nmodel = Ridge()\n'
    text += 'model.fit(frame[["a"]], frame["b"])\nframe["b"] = model.predict(frame[["a"]])\nframe.to_csv("data/s.csv")\n'
    text += 'import joblib\njoblib.dump(model, "m.joblib")\n' if named else ""
    repo.write("fit.py", text)
    repo.commit()
    repo.write("fit.py", "\n\n" + text)
    assert NONE in repo.run("diff").out
    repo.write("fit.py", text)
    (repo.root / "jobs").mkdir()
    repo.git("mv", "fit.py", "jobs/fit.py")
    assert NONE in repo.run("diff").out
    sarif = json.loads(repo.run("diff", "--format", "sarif").out)
    assert [result["baselineState"] for result in sarif["runs"][0]["results"]] == ["unchanged"]


def test_a_longer_way_round_is_a_changed_loop(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    repo.commit()
    repo.write("conf/paths.yaml", OPEN)
    repo.write("merge.py", 'import pandas as pd\npd.read_csv("data/scored.csv").to_csv("data/archive.csv")\n')
    done = repo.run("diff")
    assert done.code == 0, done
    assert done.out.startswith("0 loops added, 0 removed; 1 changed;")
    assert "changed  error[CPL101 feedback-loop]" in done.out


def test_each_side_accepts_for_itself(repo: Repo) -> None:
    """Acceptance that comes with the coupling is a decision; acceptance that goes is news; a day that passes is neither."""
    repo.write("conf/paths.yaml", CLOSED)
    repo.write("coupling.toml", ACCEPTED)
    assert repo.run("diff").code == 0
    repo.write("coupling.toml", ACCEPTED.replace("2999", "2000"))
    assert repo.run("diff").code == 1
    repo.commit()
    repo.write("other.py", "print(1)\n")
    assert repo.run("diff").code == 0


def test_the_later_side_selects_for_both(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    repo.write("coupling.toml", 'ignore = ["CPL101"]\n')
    repo.commit()
    repo.write("coupling.toml", "pedantic = true\n")
    assert repo.run("diff").code == 0


def test_settings_that_are_broken_before_are_a_warning_and_now_an_error(repo: Repo) -> None:
    repo.write("coupling.toml", "nonsense = 1\n")
    repo.commit()
    broken = repo.run("diff")
    assert broken.code == 2
    assert "unknown key `nonsense`" in broken.err
    (repo.root / "coupling.toml").unlink()
    mended = repo.run("diff")
    assert mended.code == 0, mended
    assert "warning: the configuration of main (" in mended.err


def test_annotations_stand_on_lines_of_the_change(repo: Repo) -> None:
    repo.write("score.py", SCORE.replace('paths["scored"]', 'paths["archive"]'))
    out = repo.run("diff", "--format", "github").out
    assert "file=score.py,line=9" in out.splitlines()[0]
    sarif = json.loads(repo.run("diff", "--format", "sarif").out)
    [result] = sarif["runs"][0]["results"]
    assert result["baselineState"] == "new"
    place = result["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("score.py", 9)


def test_formats_that_list_findings_list_the_new_ones(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    repo.commit()
    assert "CPL101" not in repo.run("diff", "--format", "concise").out
    assert "CPL101" not in repo.run("diff", "--format", "github").out
    assert [finding["code"] for finding in json.loads(repo.run("diff", "--format", "json").out)["findings"]] == ["CPL101"]


def test_several_outputs_from_one_run(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    out = repo.root.parent
    words = [word for name in ("text=a.txt", "markdown=b.md", "sarif=c.sarif", "html=d.html", "mermaid=e.mmd") for word in ("-o", name)]
    words = [word if "=" not in word else word.replace("=", f"={out}/") for word in words]
    assert repo.run("diff", *words).code == 1
    assert (out / "a.txt").read_text().startswith(LOOP)
    assert LOOP in (out / "b.md").read_text()


def test_quiet_says_only_what_is_new(repo: Repo) -> None:
    assert repo.run("diff", "-q") == (0, "", "")
    repo.write("conf/paths.yaml", CLOSED)
    done = repo.run("diff", "-q")
    assert done.out.startswith(LOOP)
    assert done.err == ""


def test_the_index_is_what_is_staged(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    assert repo.run("diff", "--staged").code == 0
    repo.git("add", ".")
    repo.write("conf/paths.yaml", OPEN)
    assert repo.run("diff", "--staged").code == 1
    assert repo.run("diff").code == 0


def test_commits_are_compared_without_the_work_tree(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    repo.commit()
    for name in ("train.py", "score.py"):
        (repo.root / name).unlink()
    repo.write("conf/paths.yaml", "}{ broken")
    before = state(repo)
    assert repo.run("diff", "HEAD~1", "HEAD").code == 1
    assert repo.run("diff", "HEAD~1..").code == 1
    assert state(repo) == before


def test_a_saved_report_is_a_side(repo: Repo) -> None:
    old = repo.root.parent / "old.json"
    repo.run("check", "-o", f"json={old}")
    repo.write("conf/paths.yaml", CLOSED)
    assert repo.run("diff", str(old)).code == 1
    new = repo.root.parent / "new.json"
    repo.run("check", "-o", f"json={new}")
    done = repo.run("diff", str(old), str(new))
    assert done.code == 1
    assert done.out.startswith(LOOP)
    assert repo.run("diff", str(new), str(old)).code == 0
    (repo.root.parent / "bad.json").write_text("{}")
    assert "not a saved report" in repo.run("diff", str(repo.root.parent / "bad.json")).err


def test_a_saved_report_needs_no_git(repo: Repo) -> None:
    old = repo.root.parent / "old.json"
    repo.run("check", "-o", f"json={old}")
    shutil.rmtree(repo.root / ".git")
    repo.write("conf/paths.yaml", CLOSED)
    assert repo.run("diff", str(old)).code == 1


def test_a_folder_below_the_top(repo: Repo) -> None:
    for name in ("train.py", "score.py", "conf/paths.yaml"):
        repo.write(f"part/{name}", (repo.root / name).read_text())
    repo.commit()
    repo.write("part/conf/paths.yaml", CLOSED)
    assert repo.run("diff", at="part").code == 1
    assert repo.run("diff", "--root", "part").code == 1
    assert repo.run("diff", "--root", "part", "--format", "github").out.startswith(
        "::error title=CPL101 feedback-loop,file=part/conf/paths.yaml"
    )
    assert repo.run("diff", at="conf").code == 0


def test_a_folder_that_was_not_there_before_is_all_new(repo: Repo) -> None:
    for name in ("train.py", "score.py"):
        repo.write(f"new/{name}", (repo.root / name).read_text())
    repo.write("new/conf/paths.yaml", CLOSED)
    assert repo.run("diff", "--root", "new").code == 1


def test_a_detached_head_and_one_on_both_sides(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    repo.commit()
    repo.git("checkout", "-q", "--detach")
    assert repo.run("diff", "HEAD~1").code == 1
    same = repo.run("diff", "HEAD", "HEAD")
    assert same.code == 0
    assert "the same commit" in same.err


def error(repo: Repo, *words: str, at: str = "", **environment: str) -> str:
    done = repo.run("diff", *words, at=at, **environment)
    assert done.code == 2, done
    assert done.out == ""
    assert done.err.count("\n") == 1, done.err
    return done.err


def test_names_that_git_does_not_know(repo: Repo) -> None:
    repo.git("branch", "feature")
    assert "`featre` is no commit, branch or tag, did you mean `feature`?" in error(repo, "featre")
    assert "is no commit" in error(repo, "main", "--", "-x")
    assert "neither a file with a saved report nor a commit" in error(repo, "old.json")
    assert "was a variable not set?" in error(repo, "")
    assert "names both sides already" in error(repo, "main..HEAD", "HEAD")
    assert "`nothing` is no commit" in error(repo, "nothing...HEAD")
    assert "`--root conf`" in error(repo, "conf")
    assert "`../old.json` is neither" in error(repo, "../old.json")
    assert "leave one out" in error(repo, "main", "HEAD", "--staged")


def test_only_origin_has_the_branch(repo: Repo, tmp_path: Path) -> None:
    clone = repo._replace(root=tmp_path / "clone")
    repo.git("clone", "-q", f"file://{repo.root}", str(clone.root))
    clone.git("checkout", "-q", "--detach")
    clone.git("branch", "-q", "-D", "main")
    clone.write("conf/paths.yaml", CLOSED)
    assert clone.run("diff").code == 1
    assert clone.run("diff", "main").code == 1


def test_a_shallow_clone_says_what_to_fetch(repo: Repo, tmp_path: Path) -> None:
    for number in range(3):
        repo.write("other.py", f"print({number})\n")
        repo.commit()
    repo.git("checkout", "-q", "-b", "feature", "HEAD~2")
    repo.write("more.py", "print(1)\n")
    repo.commit()
    repo.git("checkout", "-q", "main")
    clone = repo._replace(root=tmp_path / "clone")
    repo.git("clone", "-q", "--depth", "1", "--no-single-branch", "--branch", "feature", f"file://{repo.root}", str(clone.root))
    assert "fetch-depth: 0" in error(clone, "main")
    assert "fetch-depth: 0" in error(clone)
    assert "main..HEAD" in error(clone, "main")
    assert clone.run("diff", "main..HEAD").code == 0
    repo.git("clone", "-q", "--depth", "1", "--branch", "feature", f"file://{repo.root}", str(tmp_path / "single"))
    single = repo._replace(root=tmp_path / "single")
    assert "fetch-depth: 0" in error(single, "main")


def test_histories_without_a_common_commit(repo: Repo) -> None:
    repo.git("checkout", "-q", "--orphan", "lonely")
    repo.commit()
    assert "no commit in common" in error(repo, "main")
    assert repo.run("diff", "main..HEAD").code == 0


def test_outside_git_and_without_it(tmp_path: Path, repo: Repo) -> None:
    (tmp_path / "plain").mkdir()
    plain = repo._replace(root=tmp_path / "plain")
    assert "is in no git repository" in error(plain)
    assert "is in no git repository" in error(plain, "main")
    (tmp_path / "bin").mkdir()
    assert "there is no git here" in error(repo, PATH=str(tmp_path / "bin"))


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    repo = empty(tmp_path)
    repo.write("a.py", "print(1)\n")
    assert "has no commit yet: `coupling check` reports everything" in error(repo)
    assert "has no commit yet" in error(repo, "main")


def test_no_default_branch(repo: Repo) -> None:
    repo.git("branch", "-m", "main", "odd")
    assert "name a base" in error(repo)
    assert repo.run("diff", "odd").code == 0


def test_a_bare_repository_needs_both_sides(repo: Repo, tmp_path: Path) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    repo.commit()
    bare = repo._replace(root=tmp_path / "bare.git")
    repo.git("clone", "-q", "--bare", f"file://{repo.root}", str(bare.root))
    assert "no work tree: name both sides" in error(bare, "HEAD~1")
    assert bare.run("diff", "HEAD~1", "HEAD").code == 1


def test_a_merge_with_conflicts_is_refused(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "other")
    repo.write("score.py", "print('theirs')\n")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.write("score.py", "print('ours')\n")
    repo.commit()
    repo.shell(["git", "merge", "-q", "other"])
    for words in ([], ["--staged"], ["HEAD~1"]):
        assert "a merge is unfinished: resolve score.py and `git add`" in error(repo, *words)
    assert repo.run("diff", "HEAD~1", "HEAD").code == 0


def test_a_repository_inside_is_left_out_on_both_sides(repo: Repo, tmp_path: Path) -> None:
    repo.git("clone", "-q", f"file://{repo.root}", str(tmp_path / "inner"))
    repo.git("submodule", "add", "-q", f"file://{tmp_path / 'inner'}", "inner")
    repo.commit()
    assert NONE in repo.run("diff").out
    assert NONE in repo.run("diff", "HEAD~1").out


def test_a_partial_clone_is_no_clean_one(repo: Repo, tmp_path: Path) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.write("score.py", SCORE + "print(1)\n")
    repo.commit()
    clone = repo._replace(root=tmp_path / "clone")
    repo.git("clone", "-q", "--filter=blob:none", f"file://{repo.root}", str(clone.root))
    missing = clone.git("rev-list", "--objects", "--all", "--missing=print")
    assert "in a partial clone `git fetch --refetch --no-filter` brings it" in error(clone, "HEAD~1")
    assert clone.git("rev-list", "--objects", "--all", "--missing=print") == missing
    clone.git("fetch", "-q", "--refetch", "--no-filter")
    assert clone.run("diff", "HEAD~1").code == 0


def test_what_a_sparse_checkout_leaves_out_is_not_deleted(repo: Repo) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    repo.write("docs/note.md", "x\n")
    repo.write("jobs/score.py", SCORE)
    repo.git("rm", "-q", "score.py")
    repo.commit()
    repo.git("sparse-checkout", "set", "conf", "docs")
    assert not (repo.root / "jobs").exists()
    assert NONE in repo.run("diff").out
    (repo.root / "train.py").unlink()
    assert "0 loops added, 0 removed; 0 edges added, " in repo.run("diff").out


def test_content_in_large_file_storage_on_one_side_is_said(repo: Repo) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'1' * 64}\nsize 99\n"
    repo.write("q.sql", pointer)
    repo.commit()
    assert "Git LFS" not in repo.run("diff").err
    repo.write("q.sql", "create table a as select * from b;\n")
    assert "warning: 1 file has content on one side only (Git LFS" in repo.run("diff").err


def test_a_broken_folder_is_said(repo: Repo) -> None:
    assert "does not exist" in error(repo, "--root", "absent")


def test_nothing_of_the_repository_is_run(repo: Repo, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    repo.write(".gitattributes", "* filter=evil diff=evil\n")
    for key in ("filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv", "diff.evil.command", "diff.external", "core.fsmonitor"):
        repo.git("config", key, f"touch {ran}; cat")
    repo.write("conf/paths.yaml", CLOSED)
    assert repo.run("diff").code == 1
    assert repo.run("diff", "HEAD", "HEAD").code == 0
    assert repo.run("diff", "--staged").code == 0
    assert not ran.exists()


def test_hostile_names_do_not_get_out(repo: Repo) -> None:
    name = "data/a\x1b[31m\u202e.csv"
    repo.write(
        "evil\n.py", TRAIN.replace('paths["archive"]', repr(name)) + f"frame['label'] = model.predict(frame)\nframe.to_csv({name!r})\n"
    )
    repo.git("checkout", "-q", "-b", "x/y;touch$(ran)")
    done = repo.run("diff")
    assert "\x1b" not in done.out + done.err
    assert "\u202e" not in done.out
    assert repo.run("diff", "main\x1b[31m").code == 2


def test_a_pre_push_hook_says_only_what_the_push_adds(repo: Repo) -> None:
    first = repo.git("rev-parse", "HEAD")
    repo.git("checkout", "-q", "-b", "feature")
    repo.write("conf/paths.yaml", CLOSED)
    closed = repo.commit()
    repo.write("other.py", "print(1)\n")
    last = repo.commit()
    zero = "0" * 40

    def push(old: str, new: str) -> tuple[int, str, str]:
        return tuple(repo.run("diff", "--hook", PRE_COMMIT_FROM_REF=old, PRE_COMMIT_TO_REF=new))  # type: ignore[return-value]

    code, out, err = push(first, last)
    assert (code, err) == (1, "")
    assert out.startswith("error[CPL101 feedback-loop]: churn learns")
    assert out.count("To accept it: ") == 1
    assert push(closed, last) == (0, "", "")
    assert push(zero, last)[0] == 1  # a new branch: all since it left the default branch
    assert push("f" * 40, last)[0] == 1  # what the remote has is not here
    assert push(last, zero) == (0, "", "")  # a branch is deleted
    assert repo.run("diff", "--hook").code == 1  # by hand
    repo.git("checkout", "-q", "--orphan", "lonely")
    repo.git("branch", "-q", "-D", "main")
    assert push(zero, repo.commit())[0] == 1  # nothing to compare with: all is new


def test_the_environment_of_a_hook_does_not_mislead(repo: Repo, tmp_path: Path) -> None:
    repo.write("conf/paths.yaml", CLOSED)
    elsewhere = {"GIT_DIR": str(tmp_path / "nowhere"), "GIT_INDEX_FILE": os.devnull, "GIT_WORK_TREE": str(tmp_path)}
    assert repo.run("diff", **elsewhere).code == 1
