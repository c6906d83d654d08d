"""Help that is true: its examples run, its options exist, its words lead on. And completion in real shells."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from coupling.cli import COMMANDS, SETTINGS, cli
from coupling.cli.helping import Command, documented
from coupling.cli.manual import ENVIRONMENT, PAGES, SECTIONS, THEMES
from tests.edge.test_cli import HERE, Shell

NAMES = [command.name or "" for command in COMMANDS]
SAMPLE = HERE / "sample_repos" / "support_triage"


def helped(name: str) -> str:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    top = click.Context(cli, info_name="coupling", **SETTINGS)  # type: ignore[arg-type]
    return click.unstyle(command.get_help(command.context_class(command, info_name=name, parent=top)))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A copy of the sample repository in which the examples are run, one after the other."""
    folder = tmp_path_factory.mktemp("sample")
    shutil.copytree(SAMPLE, folder / "repo")
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *words], cwd=folder / "repo", check=True)
    return Shell(folder / "repo", folder / "cache")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "repo").mkdir()
    return Shell(tmp_path / "repo", tmp_path / "cache")


@pytest.mark.parametrize(("name", "line"), [(name, line) for name in PAGES for line, _ in PAGES[name].examples])
def test_examples_are_true(sample: Shell, name: str, line: str) -> None:
    program, *words = shlex.split(line)
    assert program == "coupling"
    assert name in (words[0], "coupling")
    done = sample.run(*words)
    assert done.code == (1 if words[0] == "check" and "--exit-zero" not in words else 0), done
    assert done.out or "-o" in words or "--left-out" in words
    if words[0] == "diff":
        assert done.err.startswith("comparing ")
    else:
        assert done.err == ("nothing is left out\n" if "--left-out" in words else "")


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_a_page(name: str) -> None:
    text = helped(name)
    for heading in ("Usage:", "Examples:", "Exit codes:"):
        assert heading in text
    assert all(f"coupling {other}" in text and other in NAMES for other in PAGES[name].see)
    assert not text.split("\n\n")[1].strip().startswith("-"), "a description"


def test_help_lists_what_there_is() -> None:
    text = click.unstyle(cli.get_help(click.Context(cli, info_name="coupling")))
    for name in (*NAMES, *(name for names, _ in ENVIRONMENT for name in names.split(", "))):
        assert re.search(rf"^\s*(?:.*, )?{name}\b", text, re.M), name
    assert set(PAGES) <= {"coupling", *NAMES}


def test_every_option_stands_under_a_heading_once() -> None:
    listed = [name for _, names in SECTIONS for name in names]
    assert len(listed) == len(set(listed))
    assert len([name for _, names in THEMES for name in names]) == len({name for _, names in THEMES for name in names})
    for command in COMMANDS:
        text = helped(command.name or "")
        for option in command.params:
            if isinstance(option, click.Option):
                assert len(re.findall(rf"^\s+(?:-\w, )?{max(option.opts, key=len)}(?: [A-Z\[].*)?(?:\s\s|$)", text, re.M)) == 1, option.opts
                assert option.help, f"{command.name} {option.opts} says nothing"


def test_one_thing_has_one_spelling() -> None:
    """The same parameter is written in the same way by every command."""
    spelled: dict[str, set[tuple[str, ...]]] = {}
    for command in COMMANDS:
        for option in command.params:
            if isinstance(option, click.Option):
                for opt in option.opts:
                    spelled.setdefault(opt, set()).add(tuple(sorted(option.opts)))
    assert {opt: ways for opt, ways in spelled.items() if len(ways) > 1} == {}


def test_a_command_made_elsewhere_gets_the_help_too() -> None:
    @click.command()
    @click.option("--jobs", help="How many.")
    @click.option("--rare", help="Seldom.")
    def plain(jobs: str, rare: str) -> None:
        """What it does."""

    made = documented(plain)
    assert isinstance(made, Command)
    text = click.unstyle(made.get_help(click.Context(made)))
    assert re.search(r"What is read:\n.*--jobs TEXT +How many\.", text)
    assert re.search(r"Other options:\n.*--rare TEXT", text)


@pytest.mark.parametrize("words", [["help"], ["--help"]])
def test_help_is_0(shell: Shell, words: list[str]) -> None:
    done = shell.run(*words)
    assert (done.code, done.err) == (0, "")
    assert "Ask:" in done.out


def test_help_of_a_command_is_its_help(shell: Shell) -> None:
    assert shell.run("help", "check").out == shell.run("check", "--help").out


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["chekc"], "check"),
        (["help", "explian"], "explain"),
        (["check", "--frmat", "json"], "--format"),
        (["check", "--fail-on", "eror"], "error"),
        (["check", "--color", "alway"], "always"),
        (["check", "--format", "sarfi"], "sarif"),
        (["check", "--ignore", "entanglemnt"], "entanglement"),
        (["explain", "shared-componet"], "shared-component"),
        (["completion", "bsh"], "bash"),
        (["rules", "pandsa"], "pandas"),
    ],
)
def test_a_misspelt_word_is_helped(shell: Shell, words: list[str], meant: str) -> None:
    shell.write("a.py", "x = 1\n")
    done = shell.run(*words)
    assert (done.code, done.out) == (2, "")
    assert re.search(rf"(?i)did you mean .{meant}.\?", done.err), done.err


def test_the_environment_gives_defaults(shell: Shell) -> None:
    assert "'loud'" in shell.run("check", COUPLING_CHECK_FAIL_ON="loud").err


def test_help_is_coloured_where_a_report_is(shell: Shell) -> None:
    assert "\x1b[" in shell.run("--help", FORCE_COLOR="1").out
    assert "\x1b[" not in shell.run("--help").out
    assert "\x1b[" in shell.run("check", "nowhere", FORCE_COLOR="1").err


def completed(*words: str) -> list[str]:
    """What the completion of bash would be told."""
    env = {**os.environ, "PYTHONPATH": str(HERE), "_COUPLING_COMPLETE": "bash_complete"}
    env |= {"COMP_WORDS": shlex.join(["coupling", *words]), "COMP_CWORD": str(len(words))}
    code = "import sys; sys.argv[0] = 'coupling'; from coupling.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("words", "some"),
    [
        (["ch"], ["check"]),
        (["check", "--form"], ["--format"]),
        (["check", "--format", "sa"], ["sarif"]),
        (["check", "--select", "CPL10"], ["CPL101", "CPL102", "CPL103"]),
        (["check", "--ignore", "CPL101,shared"], ["CPL101,shared-component", "CPL101,shared-training-data"]),
        (["explain", "train"], ["train-serve-skew"]),
        (["completion", "z"], ["zsh"]),
        (["help", "wh"], ["why"]),
    ],
)
def test_completion_knows_words(words: list[str], some: list[str]) -> None:
    assert completed(*words) == some


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_completion_works_in_a_shell(shell: Shell, tmp_path: Path, name: str) -> None:
    """The script is evaluated by the shell itself; bash and fish are then asked to complete."""
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    program = tmp_path / "bin" / "coupling"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nfrom coupling.cli import main\nmain()\n")
    program.chmod(0o755)
    script = shell.run("completion", name)
    assert (script.code, script.err) == (0, "")
    ask = {
        "bash": f"{script.out}\nCOMP_WORDS=(coupling exp); COMP_CWORD=1; _coupling_completion coupling; echo ${{COMPREPLY[@]}}",
        "zsh": f"autoload -Uz compinit; compinit -u -D\n{script.out}\necho $_comps[coupling]; whence -w _coupling_completion",
        "fish": f"{script.out}\ncomplete --do-complete 'coupling exp'",
    }[name]
    said = {"bash": "explain", "zsh": "_coupling_completion", "fish": "explain"}[name]
    env = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(HERE), "HOME": str(tmp_path)}
    done = subprocess.run([name, "-c", ask], env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=60)
    assert said in done.stdout, done


def manual() -> str:
    spec = importlib.util.spec_from_file_location("write_man", HERE / "tools" / "write_man.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text: str = module.man()
    return text


def test_the_manual_page_is_what_the_commands_say() -> None:
    """When this fails: ``python tools/write_man.py``."""
    assert (HERE / "docs" / "coupling.1").read_text(encoding="utf-8") == manual()


@pytest.mark.skipif(shutil.which("man") is None or shutil.which("groff") is None, reason="man is not installed")
def test_the_manual_page_is_one() -> None:
    done = subprocess.run(
        ["man", "--warnings=w", "-l", str(HERE / "docs" / "coupling.1")],
        env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8", "MAN_KEEP_FORMATTING": ""},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "--findings-only" in done.stdout
    assert "COUPLING_CACHE_DIR" in done.stdout
