"""The commands on a real terminal: a pseudo-terminal of a given size, and names that try to command it."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.edge.test_cli import HERE, Shell

fcntl = pytest.importorskip("fcntl")
pty = pytest.importorskip("pty")
termios = pytest.importorskip("termios")

SAMPLE = "sample_repos/support_triage"
COLOR = re.compile(r"\x1b\[[0-9;]*m")


def on_screen(words: list[str], columns: int, cache: Path, **environment: str) -> str:
    """What a command writes to a terminal of so many columns."""
    shown, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, (40).to_bytes(2, sys.byteorder) + columns.to_bytes(2, sys.byteorder) + bytes(4))
    left_out = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES", "CI", "TERM_PROGRAM", "VTE_VERSION", "COUPLING_LINK")
    env = {name: value for name, value in os.environ.items() if name not in left_out}
    env |= {"PYTHONPATH": str(HERE), "COUPLING_CACHE_DIR": str(cache), "TERM": "xterm", "PYTHONIOENCODING": "utf-8", **environment}
    command = [sys.executable, "-m", "coupling", *words]
    process = subprocess.Popen(command, cwd=HERE, env=env, stdin=subprocess.DEVNULL, stdout=end, stderr=end)
    os.close(end)
    found = b""
    with contextlib.suppress(OSError):  # the last reader of a closed terminal is told so by an error
        while part := os.read(shown, 65536):
            found += part
    os.close(shown)
    process.wait(timeout=60)
    return found.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("environment", "words", "colored"),
    [
        ({}, [], True),
        ({"TERM": "dumb"}, [], False),
        ({"NO_COLOR": "1"}, [], False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, [], False),
        ({"NO_COLOR": "1"}, ["--color", "always"], True),
        ({"TERM": "dumb", "CLICOLOR_FORCE": "1"}, [], True),
        ({}, ["--color", "never"], False),
    ],
)
def test_colour_on_a_terminal(tmp_path: Path, environment: dict[str, str], words: list[str], colored: bool) -> None:
    assert bool(COLOR.search(on_screen(["check", SAMPLE, *words], 100, tmp_path, **environment))) is colored


@pytest.mark.parametrize(
    "words", [["--help"], ["check", "--nope"], ["explain", "CPL101"], ["why", "tickets.csv", SAMPLE], ["check", "nowhere"]]
)
def test_all_that_is_said_follows_one_choice(tmp_path: Path, words: list[str]) -> None:
    assert COLOR.search(on_screen(words, 100, tmp_path))
    assert not COLOR.search(on_screen(words, 100, tmp_path, NO_COLOR="1"))


@pytest.mark.parametrize("columns", [60, 80, 160])
def test_the_text_fits_the_terminal(tmp_path: Path, columns: int) -> None:
    for words in (["check", SAMPLE], ["why", "tickets.csv", SAMPLE], ["explain", "CPL101"], ["path", "triage", "triage", SAMPLE]):
        lines = COLOR.sub("", on_screen(words, columns, tmp_path)).splitlines()
        assert [line for line in lines if len(line) > columns and "coupling " not in line] == []


def test_links_where_the_terminal_follows_them(tmp_path: Path) -> None:
    linked = on_screen(["check", SAMPLE], 100, tmp_path, TERM="xterm-kitty", COUPLING_LINK="vscode://file{path}:{line}")
    assert f"\x1b]8;;vscode://file{HERE}/{SAMPLE}/nightly.py:13\x1b\\" in linked
    assert "\x1b]8" not in on_screen(["check", SAMPLE], 100, tmp_path, TERM="xterm")


def test_no_name_of_a_repository_commands_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    shell = Shell(tmp_path / "repo", tmp_path / "cache")
    shell.write(
        "\x1b[31mred\n.py",
        "import pandas as pd\nimport joblib\nm = joblib.load('a\\x1b[2J.joblib')\nx = pd.read_csv('\\x1b]0;title\\x07.csv')\n"
        "x['y'] = m.predict(x)\nx.to_csv('t\u202e.csv')\nm.fit(pd.read_csv('t\u202e.csv'))\njoblib.dump(m, 'a\\x1b[2J.joblib')\n",
    )
    printed = re.search(r"coupling explain ([0-9a-f]{8})", shell.run("check").out)
    assert printed is not None
    file = "\x1b[31mred\n.py"
    asked = (["check"], ["explain", printed[1]], ["why", "a"], ["path", "a", "a"], ["facts", file, "--root", "."], ["why", "\x1b[9J"])
    for words in asked:
        done = shell.run(*words)
        assert done.code == (1 if words == ["check"] else 2 if words[-1] == "\x1b[9J" else 0), done
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", done.out + done.err), words
