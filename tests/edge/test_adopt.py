"""Adoption in an old repository as its users meet it: every case is a process of its own."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.edge.test_cli import SCORE, Shell, loop, shell

__all__ = ["loop", "shell"]

BASELINE = "coupling-baseline.json"


def findings(shell: Shell, *words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(shell.run("check", "--format", "json", *words).out)["findings"]
    return found


# ---- the baseline


def test_a_baseline_accepts_what_is_there_and_not_what_comes(loop: Shell) -> None:
    done = loop.run("baseline")
    assert (done.code, done.out, done.err) == (0, f"wrote {BASELINE}: 1 finding accepted\n", "")
    done = loop.run("check")
    assert done.code == 0, done
    assert "no coupling found, 1 accepted by the baseline in 2 files" in done.out
    assert [(f["suppressed"], f["accepted_by"]) for f in findings(loop)] == [("in the baseline", "baseline")]
    [result] = json.loads(loop.run("check", "--format", "sarif").out)["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "in the baseline"}]
    assert loop.run("check", "--no-baseline").code == 1
    loop.write("again.py", SCORE.replace("data/scored.csv", "data/again.csv"))
    loop.write("teach.py", (loop.root / "train.py").read_text().replace("data/scored.csv", "data/again.csv"))
    assert loop.run("check").code == 1


def test_a_baseline_is_written_the_same_again(loop: Shell) -> None:
    loop.run("baseline")
    before = (loop.root / BASELINE).read_bytes()
    assert loop.run("baseline").out == f"wrote {BASELINE}: 1 finding accepted\n"
    assert (loop.root / BASELINE).read_bytes() == before
    assert loop.run("baseline", "-o", "-").out.encode() == before


def test_what_a_damaged_baseline_says_to_do_works(loop: Shell) -> None:
    loop.write(BASELINE, '{"schema": "coupl')
    assert "damaged, not readable as JSON (Unterminated string starting): delete it and run `coupling baseline`" in loop.run("baseline").err
    (loop.root / BASELINE).unlink()
    assert loop.run("baseline").code == 0


def test_an_entry_that_matches_nothing_is_told_and_pruned(loop: Shell) -> None:
    loop.run("baseline")
    loop.write("score.py", "")
    done = loop.run("check")
    assert done.code == 0, done
    assert f"warning: {BASELINE}:5: CPL101 " in done.err
    assert "matches no finding any more: `coupling baseline --prune` drops it" in done.err
    done = loop.run("check", "--strict")
    assert (done.code, done.err.split(":")[0]) == (2, "error")
    assert loop.run("baseline", "--prune").out == f"wrote {BASELINE}: 0 findings accepted (1 dropped)\n"
    assert loop.run("check", "--strict").code == 0


def test_pruning_accepts_nothing_new(loop: Shell) -> None:
    loop.write(BASELINE, '{"schema": "coupling-baseline/1", "findings": [{"fingerprint": "0123456789abcdef"}]}')
    assert loop.run("baseline", "--prune").code == 0
    assert loop.run("check").code == 1


def test_without_a_baseline_there_is_nothing_to_prune(loop: Shell) -> None:
    done = loop.run("baseline", "--prune")
    assert (done.code, done.err) == (2, f"error: there is no {BASELINE} to prune: `coupling baseline` writes it\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"schema": "coupling-baseline/7", "findings": []}', "written by a newer coupling (its form is 7"),
        ('{"schema": "coupling-baseline/1", "findings": [', "damaged, not readable as JSON"),
        ('{"schema": "coupling-baseline/1", "findings": [{"fingerprint": "a"}, {"fingerprint": "a"}]}', "the finding a stands here twice"),
    ],
)
def test_a_baseline_that_cannot_be_used_is_2(loop: Shell, text: str, message: str) -> None:
    loop.write(BASELINE, text)
    done = loop.run("check")
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert loop.run("check", "--no-baseline").code == 1


def test_the_configuration_names_another_file(loop: Shell) -> None:
    loop.write("coupling.toml", 'baseline = "ci/known.json"\n')
    assert "`ci/known.json`, which is not there: `coupling baseline` writes it" in loop.run("check").err
    (loop.root / "ci").mkdir()
    assert loop.run("baseline").code == 0
    assert loop.run("check").code == 0


def test_nothing_is_written_through_a_link(loop: Shell, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"schema": "coupling-baseline/1", "findings": []}')
    (loop.root / BASELINE).symlink_to(tmp_path / "other.json")
    done = loop.run("baseline")
    assert (done.code, done.err) == (2, f"error: `{BASELINE}` is a symbolic link: nothing is written through it\n")


def test_a_read_only_baseline_is_left_alone(loop: Shell) -> None:
    loop.run("baseline")
    (loop.root / BASELINE).chmod(0o444)
    done = loop.run("baseline")
    assert (done.code, done.err) == (2, f"error: `{BASELINE}` is read-only: make it writable first\n")


def test_a_part_of_the_repository_does_not_judge_the_whole_baseline(shell: Shell, loop: Shell) -> None:
    loop.run("baseline")
    loop.write("coupling.toml", '[[allow]]\nloop = ["churn"]\nreason = "r"\n[[world]]\nshows = "churn"\nshapes = []\n')
    loop.write("part/a.py", "x = 1  # coupling: ignore[CPL101] what another part holds\n")
    (loop.root / ".git").mkdir()
    assert loop.run("check", "part", "--strict").err == ""
    loop.write("part/a.py", "x = 1  # coupling: ignore what another part holds\n")
    assert "names no kind" in loop.run("check", "part").err


def test_the_baseline_of_a_part_keeps_what_others_accepted(shell: Shell, loop: Shell) -> None:
    (loop.root / ".git").mkdir()
    for name in ("score.py", "train.py"):
        loop.write(f"part/{name}", (loop.root / name).read_text().replace("churn", "other"))
    loop.write("coupling.toml", "")
    loop.run("baseline")
    before = (loop.root / BASELINE).read_text()
    assert before.count("fingerprint") == 2
    assert loop.run("baseline", "part").out == f"wrote {BASELINE}: 2 findings accepted\n"
    assert loop.run("check", "part").code == loop.run("check").code == 0
    done = loop.run("baseline", "part", "--prune")
    assert (done.code, "whose baseline this is: prune there" in done.err) == (2, True)
    assert (loop.root / BASELINE).read_text() == before


# ---- accepted in the configuration


def test_an_allowance_counts_its_days(loop: Shell) -> None:
    soon = date.today() + timedelta(days=12)
    loop.write("coupling.toml", f'[[allow]]\nfrom = "churn"\nreason = "r"\nowner = "@us"\nexpires = {soon}\n')
    done = loop.run("check")
    assert done.code == 0, done
    assert "1 accepted (1 expires in 12 days)" in done.out
    [finding] = findings(loop)
    assert (finding["suppressed"], finding["until"]) == (f"r (@us, until {soon})", str(soon))


def test_an_expired_allowance_lets_the_finding_return(loop: Shell) -> None:
    loop.write("coupling.toml", '[[allow]]\nloop = ["churn"]\nreason = "a holdout"\nowner = "@us"\nexpires = "2020-01-31"\n')
    done = loop.run("check")
    assert done.code == 1, done
    assert "was accepted until 2020-01-31 by @us: a holdout" in done.out


def test_an_allowance_for_nothing_is_told_with_its_line(loop: Shell) -> None:
    loop.write("coupling.toml", 'pedantic = false\n\n[[allow]]\nloop = ["chrn"]\nreason = "r"\n')
    done = loop.run("check")
    assert done.code == 1
    assert "warning: coupling.toml:3: `allow` names `chrn`, which is no model and no data set of the repository" in done.err
    assert "did you mean `churn`?" in done.err
    loop.write("coupling.toml", '\n[[allow]]\nfingerprint = "00000000"\nreason = "r"\n')
    done = loop.run("check")
    assert "warning: coupling.toml:2: `allow` accepts no finding any more: remove it (r)" in done.err
    assert loop.run("check", "--strict").code == 2
    assert loop.run("check", "-q", "--exit-zero").err == ""


def test_a_statement_without_effect_is_no_place_that_was_not_read(loop: Shell) -> None:
    loop.write("coupling.toml", '[[allow]]\nfingerprint = "00000000"\nreason = "r"\n')
    loop.write("odd.py", "x = 1  # coupling: wrties table t\n")
    done = loop.run("check", "-o", "r.json", "-o", "r.md")
    assert "not read" not in done.out
    assert "not readable" not in (loop.root / "r.md").read_text()
    saved = json.loads((loop.root / "r.json").read_text())
    assert (saved["summary"]["problems"], [row["statement"] for row in saved["problems"]]) == (0, [True, True])
    assert "\nno effect  coupling.toml:1  `allow` accepts no finding any more" in loop.run("render", "r.json", "-v").out
    loop.write("worse.py", "def f(:\n")
    done = loop.run("check")
    assert "not read   1 place, left out" in done.out
    assert done.err.count("warning: ") == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("basline = 'x'", "coupling.toml:1: unknown key `basline`, did you mean `baseline`?"),
        (
            "[[allow]]\nfrom = 'churn'\nreason = 'r'\nexpire = 2027-01-01",
            "coupling.toml:4: unknown key `expire` in `allow`, did you mean `expires`?",
        ),
        ("[[allow]]\nfrom = 'churn'", "an allowed coupling needs a `reason`"),
        (
            "[[contracts]]\nname = 'x'\ntype = 'forbiden'",
            "coupling.toml:3: `type` is one of forbidden, independent, protected, acyclic, not `forbiden`, did you mean `forbidden`?",
        ),
        ("[[contracts]]\nname = 'x'\ntype = 'forbidden'\nfrom = 'a'", "coupling.toml:1: a contract of type `forbidden` needs `to`"),
        (
            "[[contracts]]\nname = 'x'\ntype = 'acyclic'\namong = ['a']\nfrom = 'a'",
            "coupling.toml:5: a contract of type `acyclic` has no `from`",
        ),
        (
            "[[contracts]]\nname = 'x'\ntype = 'acyclic'\namng = ['a']",
            "coupling.toml:4: unknown key `amng` in `contracts`, did you mean `among`?",
        ),
        ("[[contracts]]\nname = 'x'\ntype = 'acyclic'\namong = ['a']\nallow = [{from = 'a'}]", "an allowed coupling needs a `reason`"),
    ],
)
def test_a_wrong_configuration_is_2_with_line_and_mend(loop: Shell, text: str, message: str) -> None:
    loop.write("coupling.toml", text + "\n")
    done = loop.run("check")
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_a_hostile_configuration_does_not_speak_to_the_terminal(loop: Shell) -> None:
    loop.write("coupling.toml", '"a\\u001b[31m\\u202e" = 1\n')
    done = loop.run("check")
    assert done.code == 2
    assert "unknown key `a\\x1b[31m\\u202e`" in done.err
    loop.write("coupling.toml", '[[contracts]]\nname = "a\\u001b]0;x"\ntype = "forbidden"\nfrom = "\\u001b[2J"\nto = "churn"\n')
    done = loop.run("check", "--format", "text")
    assert "\x1b" not in done.err + done.out
    assert "`a\\x1b]0;x` names `\\x1b[2J`" in done.err


# ---- contracts


def test_a_broken_contract_is_a_finding(loop: Shell) -> None:
    loop.write(
        "coupling.toml", '[[contracts]]\nname = "scores stay out"\ntype = "protected"\ndata = "data/scored.csv"\nwriters = "train.py"\n'
    )
    done = loop.run("check", "--select", "CPL5")
    assert done.code == 1, done
    assert (
        'error[CPL501 broken-contract]: "scores stay out" is broken: score.py writes data/scored.csv, which only train.py may write'
        in done.out
    )
    assert "contract: scores stay out (coupling.toml:1)" in done.out
    assert "score.py:7" in done.out


def test_a_contract_that_names_nothing_is_told_with_its_line(loop: Shell) -> None:
    loop.write("coupling.toml", '\n[[contracts]]\nname = "n"\ntype = "forbidden"\nfrom = "chrn"\nto = "churn"\n')
    done = loop.run("check")
    assert "warning: coupling.toml:2: the contract `n` names `chrn`, which is no model and no data set" in done.err
    assert "did you mean `churn`?" in done.err
    assert loop.run("check", "--strict").code == 2


# ---- marks


def fingerprint(shell: Shell) -> str:
    return str(findings(shell, "--no-baseline")[0]["fingerprint"])


def test_a_mark_accepts_and_twice_is_once(loop: Shell) -> None:
    word = fingerprint(loop)
    done = loop.run("mark", word[:6], "--reason", "people check each")
    assert (done.code, done.err) == (0, ""), done
    assert done.out.startswith("marked train.py:7: churn")
    text = (loop.root / "train.py").read_text()
    assert "# coupling: ignore[CPL101] people check each\nmodel.fit(" in text
    assert loop.run("check").code == 0
    assert [(f["suppressed"], f["accepted_by"]) for f in findings(loop)] == [("people check each", "comment")]
    done = loop.run("mark", word, "--reason", "people check each")
    assert (done.code, done.out) == (0, "nothing to do: a comment accepts it already: people check each\n")
    assert (loop.root / "train.py").read_text() == text
    [result] = json.loads(loop.run("check", "--format", "sarif").out)["runs"][0]["results"]
    assert result["suppressions"][0]["kind"] == "inSource"


def test_a_mark_stands_where_it_is_wanted_or_nowhere(loop: Shell) -> None:
    word = fingerprint(loop)
    done = loop.run("mark", word, "--reason", "r", "--at", "score.py:1")
    assert (done.code, done.out) == (2, "")
    assert "the finding does not pass `score.py:1`; it passes score.py:" in done.err
    done = loop.run("mark", word, "--reason", "r", "--at", "score.py:7", "--dry-run")
    assert done.code == 0, done
    assert "+# coupling: ignore[CPL101] r\n frame.to_csv" in done.out
    assert (loop.root / "score.py").read_text() == SCORE
    assert loop.run("mark", word, "--reason", "r", "--at", "score.py:7").code == 0
    assert loop.run("check").code == 0


def test_an_unknown_finding_is_2(loop: Shell) -> None:
    for word in ("0000", "zz", ""):
        done = loop.run("mark", word, "--reason", "r")
        assert (done.code, done.out) == (2, "")
        assert "no finding in `.` has a fingerprint that begins with" in done.err


def test_a_mark_without_effect_is_told(loop: Shell) -> None:
    loop.write("score.py", "# coupling: ignore[CPL102] r\n" + SCORE + "# coupling: raeds x.csv\n")
    done = loop.run("check")
    assert "warning: score.py:1: `coupling: ignore` accepts no finding that passes this line or the next: remove it" in done.err
    assert "warning: score.py:9: `coupling: raeds` states nothing, did you mean `reads`?" in done.err


# ---- the first configuration, and what holds


def test_a_first_configuration_is_written_once(loop: Shell) -> None:
    done = loop.run("init")
    assert (done.code, done.err) == (0, ""), done
    assert done.out.startswith("wrote coupling.toml\n\nNext:\n  coupling check")
    text = (loop.root / "coupling.toml").read_text()
    assert "#   churn (models/churn.joblib)" in text
    assert f'#fingerprint = "{fingerprint(loop)}"' in text
    assert loop.run("check").code == 1
    done = loop.run("init")
    assert (done.code, done.err) == (2, "error: coupling.toml holds settings already: change them there\n")
    assert (loop.root / "coupling.toml").read_text() == text


def test_a_pyproject_keeps_every_byte(loop: Shell) -> None:
    before = b"# mine\r\n[project]\r\nname = 'x' # y\r\n"
    (loop.root / "pyproject.toml").write_bytes(before)
    assert "[tool.coupling]" in loop.run("init", "--dry-run").out
    assert (loop.root / "pyproject.toml").read_bytes() == before
    done = loop.run("init")
    assert (done.code, done.out.split("\n")[0]) == (0, "added [tool.coupling] to pyproject.toml")
    assert (loop.root / "pyproject.toml").read_bytes().startswith(before)
    assert loop.run("check").code == 1
    assert loop.run("init").code == 2


def test_a_pyproject_that_cannot_take_it_says_what_to_do(loop: Shell) -> None:
    loop.write("pyproject.toml", "tool = {x = 1}\n")
    done = loop.run("init")
    assert (done.code, done.out) == (2, "")
    assert "`coupling init --own-file`" in done.err
    assert loop.run("init", "--own-file").code == 0


def test_the_settings_that_hold_are_shown(loop: Shell) -> None:
    loop.write("coupling.toml", '\nexclude = ["attic/"]\n')
    loop.run("baseline")
    done = loop.run("config", "--show", "--exclude", "x/", COUPLING_CHECK_FAIL_ON="error")
    assert done.code == 0, done
    rows = dict(line.rsplit("  ", 1) for line in done.out.strip().split("\n"))
    stripped = {key.strip(): value for key, value in rows.items()}
    assert stripped['exclude = ["attic/", "x/"]'] == "coupling.toml:2"
    assert stripped["pedantic = false"] == "default"
    assert stripped[f"# {BASELINE}"] == "1 finding accepted"
    assert "overruled by COUPLING_CHECK_FAIL_ON in the environment" in done.out


def test_the_schema_of_settings_is_printed(shell: Shell) -> None:
    done = shell.run("config", "--schema")
    assert (done.code, json.loads(done.out)["title"]) == (0, "coupling.toml")
    assert shell.run("config", "--schema", "--show").code == 2
