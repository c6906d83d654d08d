"""The command line as its users meet it: exit codes, messages, streams. Every case is a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

HERE = Path(__file__).resolve().parents[2]
TRAIN = """import pandas as pd
from sklearn.linear_model import LogisticRegression
import joblib

frame = pd.read_csv("data/scored.csv")
model = LogisticRegression()
model.fit(frame[["age"]], frame["label"])
joblib.dump(model, "models/churn.joblib")
"""
SCORE = """import pandas as pd
import joblib

model = joblib.load("models/churn.joblib")
frame = pd.read_csv("data/new.csv")
frame["label"] = model.predict(frame[["age"]])
frame.to_csv("data/scored.csv")
"""


class Done(NamedTuple):
    code: int
    out: str
    err: str


class Shell(NamedTuple):
    """A folder to run ``coupling`` in, with a cache of its own."""

    root: Path
    cache: Path

    def run(self, *words: str, **environment: str) -> Done:
        keep = {
            key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CI", "COLUMNS")
        }
        env = {**keep, "PYTHONPATH": str(HERE), "COUPLING_CACHE_DIR": str(self.cache), **environment}
        command = [sys.executable, "-m", "coupling", *words]
        done = subprocess.run(
            command, cwd=self.root, env=env, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, check=False
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "repo").mkdir()
    return Shell(tmp_path / "repo", tmp_path / "cache")


@pytest.fixture
def loop(shell: Shell) -> Shell:
    """A model that trains on its own predictions."""
    shell.write("train.py", TRAIN)
    shell.write("score.py", SCORE)
    return shell


def test_nothing_found_is_0_and_says_what_was_read(shell: Shell) -> None:
    shell.write("train.py", TRAIN)
    done = shell.run("check")
    assert done.code == 0, done
    assert "1" in done.out
    assert done.err == ""


def test_a_finding_is_1_on_stdout(loop: Shell) -> None:
    done = loop.run("check")
    assert done.code == 1, done
    assert "CPL101" in done.out
    assert done.err == ""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--exit-zero"], 0),
        (["--fail-on", "never"], 0),
        (["--fail-on", "error"], 1),
        (["--ignore", "CPL101"], 0),
        (["--select", "CPL2,CPL102"], 0),
        (["--select", "feedback-loop"], 1),
        (["--exclude", "score.py"], 0),
    ],
)
def test_options_decide_the_exit_code(loop: Shell, words: list[str], code: int) -> None:
    assert loop.run("check", *words).code == code


def test_a_configuration_decides_too(loop: Shell) -> None:
    loop.write("pyproject.toml", '[tool.coupling]\nfail-on = "never"\n')
    assert loop.run("check").code == 0
    assert loop.run("check", "--fail-on", "error").code == 1


def test_a_comment_accepts_a_finding(loop: Shell) -> None:
    loop.write("score.py", SCORE.replace("frame.to_csv", "# coupling: ignore[CPL101] reviewed\nframe.to_csv"))
    done = loop.run("check", "--format", "json")
    assert done.code == 0, done
    assert [finding["suppressed"] for finding in json.loads(done.out)["findings"]] == ["reviewed"]


def test_an_allowance_accepts_a_finding_until_its_day(loop: Shell) -> None:
    [finding] = json.loads(loop.run("check", "--format", "json").out)["findings"]
    entry = '[[allow]]\nfingerprint = "{}"\nreason = "holdout"\nexpires = {}\n'
    loop.write("coupling.toml", entry.format(finding["fingerprint"], "2999-01-01"))
    assert loop.run("check").code == 0
    loop.write("coupling.toml", entry.format(finding["fingerprint"], "2020-01-01"))
    done = loop.run("check", "-v")
    assert done.code == 1
    assert "was accepted until 2020-01-01" in done.out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_stdout_is_2_and_no_fault_of_ours(loop: Shell) -> None:
    command = f"{sys.executable} -m coupling check --format json >/dev/full"
    env = {**os.environ, "PYTHONPATH": str(HERE), "COUPLING_CACHE_DIR": str(loop.cache)}
    done = subprocess.run(["sh", "-c", command], cwd=loop.root, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (2, "error: cannot write to stdout: No space left on device\n")


def test_an_output_may_be_stdout(loop: Shell) -> None:
    done = loop.run("check", "-q", "--exit-zero", "-o", "json=-", "--format", "concise")
    assert json.loads(done.out.rpartition("}\n")[0] + "}")["schema"] == "coupling/1"
    assert not (loop.root / "-").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "Usage:"),
        (["chekc"], "chekc"),
        (["check", "--frmat", "json"], "--format"),
        (["check", "--format", "jsn"], "did you mean `json`?"),
        (["check", "--fail-on", "loud"], "'error', 'warning', 'note', 'never'"),
        (["check", "nowhere"], "`nowhere` does not exist"),
        (["check", ""], "the path of the folder is empty"),
        (["check", "a.py"], "`a.py` is a file"),
        (["check", "--select", "feedbak-loop"], "did you mean `feedback-loop`?"),
        (["check", "--config", "absent.toml"], "cannot read the configuration absent.toml"),
        (["check", "--output", "report.xyz"], "write FORMAT=report.xyz"),
        (["check", "--output", "jsn=a.json"], "unknown format `jsn`"),
        (["check", "--base", "absent.json"], "cannot read the saved report absent.json"),
        (["check", "--jobs", "many"], "many"),
        (["graph", "--format", "png"], "-o FILE.png"),
        (["explain", "CPL999"], "no kind of coupling is called `CPL999`"),
        (["rules", "pandsa"], "did you mean `pandas`?"),
        (["render", "absent.json"], "cannot read the saved report"),
        (["render", "a.py"], "not a saved report"),
        (["facts", "absent.py"], "`absent.py` does not exist"),
        (["why"], "NAME"),
    ],
)
def test_a_wrong_command_is_2_and_says_what_to_do(shell: Shell, words: list[str], message: str) -> None:
    shell.write("a.py", "x = 1\n")
    done = shell.run(*words)
    assert done.code == 2, done
    assert message in done.err
    assert done.out == ""
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = []", "coupling.toml:1: unknown key `selct`, did you mean `select`?"),
        ("select = ['CPL9']", "no kind of coupling is called `CPL9`"),
        ("=", "coupling.toml: not readable as TOML"),
    ],
)
def test_a_wrong_configuration_is_2(shell: Shell, text: str, message: str) -> None:
    shell.write("coupling.toml", text)
    done = shell.run("check")
    assert done.code == 2, done
    assert message in done.err


def test_a_wrong_rule_of_the_project_is_2(shell: Shell) -> None:
    shell.write("a.py", "x = 1\n")
    shell.write(".coupling/rules/mine.yaml", "mine.load:\n  raeds: file(0)\n")
    done = shell.run("check")
    assert done.code == 2, done
    assert "unknown key `raeds` in mine.load, did you mean `reads`?" in done.err


def test_an_unexpected_fault_is_2_and_asks_for_a_report(shell: Shell, tmp_path: Path) -> None:
    shell.write("a.py", "x = 1\n")
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "import coupling.discover as d\ndef bad(*a, **k): raise RuntimeError('boom')\nd.discover = bad\n"
    )
    done = shell.run("check", PYTHONPATH=f"{site}{os.pathsep}{HERE}")
    assert done.code == 2, done
    assert "RuntimeError: boom" in done.err
    assert "fault of coupling" in done.err
    assert "Traceback" not in done.err


def test_an_output_that_cannot_be_written_is_2(loop: Shell) -> None:
    done = loop.run("check", "--output", "json=absent/report.json")
    assert done.code == 2, done
    assert "cannot write absent/report.json" in done.err


def test_one_run_writes_many_formats(loop: Shell) -> None:
    done = loop.run("check", "--output", "json=r.json", "-o", "r.sarif", "-o", "markdown=r.md", "--format", "concise")
    assert done.code == 1, done
    assert json.loads((loop.root / "r.json").read_text())["schema"] == "coupling/1"
    assert json.loads((loop.root / "r.sarif").read_text())["version"] == "2.1.0"
    assert "churn" in (loop.root / "r.md").read_text()


def test_a_saved_report_renders_without_the_repository(loop: Shell) -> None:
    loop.run("check", "-o", "../r.json")
    direct = loop.run("check", "--format", "markdown").out
    for name in ("train.py", "score.py"):
        (loop.root / name).unlink()
    done = loop.run("render", "../r.json", "--format", "markdown")
    assert (done.code, done.out) == (0, direct)


def test_the_same_bytes_cold_warm_and_without_cache(loop: Shell) -> None:
    cold = loop.run("check", "--format", "json")
    warm = loop.run("check", "--format", "json")
    bare = loop.run("check", "--format", "json", "--no-cache")
    assert cold == warm == bare
    assert loop.cache.exists()


def test_a_change_is_seen_at_once(loop: Shell) -> None:
    assert loop.run("check").code == 1
    loop.write("score.py", SCORE.replace("scored", "shown!"))
    assert loop.run("check").code == 0
    loop.write("score.py", SCORE)
    assert loop.run("check").code == 1


def test_quiet_is_silent_without_findings(shell: Shell) -> None:
    shell.write("train.py", TRAIN)
    assert shell.run("check", "-q") == Done(0, "", "")


def test_an_empty_folder_is_warned_about(shell: Shell) -> None:
    done = shell.run("check")
    assert done.code == 0
    assert "warning: nothing to analyse" in done.err


def test_colour_reaches_the_output(loop: Shell) -> None:
    assert "\x1b[" in loop.run("check", FORCE_COLOR="1").out
    assert "\x1b[" not in loop.run("check", "--color", "never", FORCE_COLOR="1").out


def test_a_closed_pipe_keeps_the_exit_code(loop: Shell) -> None:
    env = {**os.environ, "PYTHONPATH": str(HERE), "COUPLING_CACHE_DIR": str(loop.cache)}
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "coupling", "check"], cwd=loop.root, env=env, stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert done.returncode == 1
    assert done.stderr == b""


def test_files_says_what_is_left_out(shell: Shell) -> None:
    for path in ("a.py", "node_modules/b.js", "c.csv"):
        shell.write(path, "x = 1\n")
    done = shell.run("files")
    assert done.code == 0
    assert done.out.split("\n")[:2] == ["a.py          python", "node_modules  left out: installed packages"]
    assert shell.run("files", "--left-out").out == "node_modules  left out: installed packages\n"


def test_hostile_names_do_no_harm(loop: Shell) -> None:
    names = [
        b"\xff\xfe.py",
        b"line\nbreak.py",
        b"\x1b[31mred.py",
        "☃ \u202e.py".encode(),
        b"-rf.py",
        b"$(touch ran).sh",
        b"'; touch ran.py",
    ]
    for name in names:
        (Path(os.fsdecode(os.fsencode(loop.root) + b"/" + name))).write_text("import pandas as pd\npd.read_csv('a.csv')\n")
    subprocess.run(["git", "init", "-q"], cwd=loop.root, check=True)
    files = loop.run("files")
    assert files.code == 0, files
    assert len(files.out.splitlines()) == 2 + len(names)
    assert "\x1b" not in files.out
    for words in (["--format", "json"], ["--format", "sarif"], ["-v"], ["--format", "markdown"], ["--format", "html"]):
        done = loop.run("check", *words)
        assert done.code == 1, done
        assert "\x1b[31m" not in done.out
        assert done == loop.run("check", *words)
    assert not (loop.root / "ran").exists()


def test_facts_show_names_and_calls(loop: Shell) -> None:
    loop.write("hole.py", "import os\nimport pandas as pd\npd.read_csv(os.environ['BUCKET'] + '/x.csv')\n")
    done = loop.run("facts", "score.py", "--root", ".")
    assert done.code == 0, done
    assert "writes  file data/scored.csv" in done.out
    assert 'pd.read_csv("data/new.csv")' in done.out
    hole = loop.run("facts", "hole.py", "--root", ".")
    assert "BUCKET" in hole.out


def test_why_and_path_follow_the_data(loop: Shell) -> None:
    why = loop.run("why", "data/scored.csv")
    assert why.code == 0, why
    assert "train.py:5" in why.out
    assert "score.py:7" in why.out
    way = loop.run("path", "data/new.csv", "data/scored.csv")
    assert way.code == 0, way
    assert "data/scored.csv" in way.out.split("\n")[-1] or "score.py" in way.out
    assert loop.run("why", "data/scord.csv").code == 2


def test_explain_shows_a_kind_and_a_finding(loop: Shell) -> None:
    assert "feedback-loop" in loop.run("explain", "cpl101").out
    [finding] = json.loads(loop.run("check", "--format", "json").out)["findings"]
    done = loop.run("explain", finding["fingerprint"][:6])
    assert done.code == 0, done
    assert "score.py" in done.out
    assert f'fingerprint = "{finding["fingerprint"]}"' in done.out
    assert loop.run("explain", "0000000000").code == 2


def test_graph_draws_to_stdout_and_files(loop: Shell) -> None:
    assert loop.run("graph").out.startswith("flowchart")
    assert "digraph" in loop.run("graph", "--format", "dot", "--focus", "churn", "--depth", "1").out
    assert loop.run("graph", "-o", "g.html").code == 0
    assert "<html" in (loop.root / "g.html").read_text()[:200].lower()


def test_svg_needs_no_program(loop: Shell) -> None:
    assert loop.run("graph", "-o", "g.svg", PATH=str(loop.cache)).code == 0
    assert (loop.root / "g.svg").read_text(encoding="utf-8") == loop.run("graph", "--format", "svg", PATH=str(loop.cache)).out


def test_the_viewer_is_only_named_where_nobody_sees_it(loop: Shell) -> None:
    """The browser of the test would leave a trace; in CI and without a display there is only the path."""
    loop.cache.mkdir(exist_ok=True)
    trace = loop.cache / "opened"
    browser = loop.cache / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {trace}\n', encoding="utf-8")
    browser.chmod(0o755)
    quiet = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "TMPDIR": str(loop.cache)}
    for surroundings in ({"CI": "true", "BROWSER": str(browser)}, {"CI": "", "BROWSER": ""}):
        done = loop.run("graph", "--open", **quiet, **surroundings)
        assert done.code == 0, done
        page = Path(done.out.strip())
        assert page.parent == loop.cache
        assert page.suffix == ".html"
        assert "</html>" in page.read_text(encoding="utf-8")
    assert not trace.exists()
    done = loop.run("graph", "--open", "-o", "g.html", **quiet, CI="", BROWSER=str(browser))
    assert done.out.strip() == str(loop.root / "g.html")
    assert trace.read_text(encoding="utf-8").strip() == (loop.root / "g.html").as_uri()


def test_a_picture_needs_dot_and_says_so(loop: Shell) -> None:
    done = loop.run("graph", "-o", "g.png", PATH=str(loop.cache))
    if any((Path(sys.executable).parent / name).exists() for name in ("dot", "graphviz-pure")):
        assert done.code == 0, done
    else:
        assert done.code == 2, done
        assert "pip install 'ml-coupling[render]'" in done.err
        assert not (loop.root / "g.png").exists()


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_pictures_are_drawn(loop: Shell, suffix: str, start: bytes) -> None:
    assert loop.run("graph", "-o", f"g.{suffix}").code == 0
    assert (loop.root / f"g.{suffix}").read_bytes().startswith(start)


def test_rules_list_libraries_and_entries(shell: Shell) -> None:
    assert "pandas" in shell.run("rules").out
    assert "pandas.read_csv" in shell.run("rules", "pandas").out


@pytest.mark.parametrize("words", [["--version"], ["version"], ["--help"], ["check", "--help"]])
def test_the_first_words_load_nothing_heavy(shell: Shell, words: list[str]) -> None:
    code = "import sys\nfrom coupling.cli import cli\ntry: cli({!r})\nexcept SystemExit: pass\nprint(sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code.format(words)], cwd=HERE, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    )
    loaded = set(done.stdout.strip().split("\n")[-1].strip("[]").replace("'", "").split(", "))
    assert "coupling.cli" in loaded
    assert not loaded & {"networkx", "sqlglot", "libcst", "yaml", "rich", "pathspec", "tree_sitter", "graphviz", "sqlite3", "asyncio"}


def test_an_unchanged_repository_loads_nothing_heavy(loop: Shell) -> None:
    code = "import sys\nfrom coupling.cli import cli\ntry: cli(['check'])\nexcept SystemExit: pass\nprint(sorted(sys.modules))"
    env = {**os.environ, "PYTHONPATH": str(HERE), "COUPLING_CACHE_DIR": str(loop.cache)}
    assert loop.run("check").code == 1
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=loop.root, env=env, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    )
    loaded = set(done.stdout.strip().split("\n")[-1].strip("[]").replace("'", "").split(", "))
    assert "coupling.pipeline" in loaded
    assert not loaded & {"networkx", "sqlglot", "libcst", "yaml", "pathspec", "tree_sitter", "graphviz"}


def test_the_python_interface(loop: Shell) -> None:
    code = (
        "import coupling\nr = coupling.check('.', cache=False)\nprint([f.code for f in r.findings], isinstance(r, coupling.Report))\n"
        "print(coupling.check('.', cache=False, ignore=['CPL101']).findings)\n"
        "try: coupling.check('.', ignroe=[])\nexcept Exception as e: print(e)"
    )
    env = {**os.environ, "PYTHONPATH": str(HERE)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=loop.root, env=env, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    )
    first, second, third = done.stdout.strip().split("\n")
    assert first == "['CPL101'] True"
    assert second == "()"
    assert "did you mean `ignore`?" in third
