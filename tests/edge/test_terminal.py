"""Colour, characters and progress follow the user and the terminal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from coupling.terminal import address, progress, speaks_unicode, wants_color, wants_links, width


class Screen(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def stream(encoding: str = "utf-8", *, screen: bool = False) -> io.TextIOWrapper:
    return (Screen if screen else io.TextIOWrapper)(io.BytesIO(), encoding=encoding)


@pytest.mark.parametrize(
    ("choice", "environment", "screen", "colored"),
    [
        ("auto", {}, False, False),
        ("auto", {}, True, True),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"CLICOLOR_FORCE": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour_is_the_users_choice(
    monkeypatch: pytest.MonkeyPatch, choice: str, environment: dict[str, str], screen: bool, colored: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert wants_color(choice, stream(screen=screen)) is colored


LINK_WORDS = (
    "FORCE_HYPERLINK CI TERM TERM_PROGRAM VTE_VERSION WT_SESSION KONSOLE_VERSION KITTY_WINDOW_ID DOMTERM COUPLING_LINK COLUMNS".split()
)


@pytest.mark.parametrize(
    ("choice", "environment", "screen", "linked"),
    [
        ("auto", {}, True, False),
        ("auto", {"TERM": "xterm-kitty"}, True, True),
        ("auto", {"TERM": "xterm-kitty"}, False, False),
        ("auto", {"TERM": "xterm-kitty", "CI": "1"}, True, False),
        ("auto", {"TERM": "dumb", "TERM_PROGRAM": "vscode"}, True, False),
        ("auto", {"TERM": "tmux-256color", "VTE_VERSION": "7000"}, True, False),
        ("auto", {"VTE_VERSION": "7000"}, True, True),
        ("auto", {"VTE_VERSION": "4200"}, True, False),
        ("auto", {"TERM_PROGRAM": "vscode"}, True, True),
        ("auto", {"FORCE_HYPERLINK": "1"}, False, True),
        ("auto", {"FORCE_HYPERLINK": "0", "TERM": "foot"}, True, False),
        ("always", {"TERM": "dumb"}, False, True),
        ("never", {"FORCE_HYPERLINK": "1"}, True, False),
    ],
)
def test_links_only_where_they_are_followed(
    monkeypatch: pytest.MonkeyPatch, choice: str, environment: dict[str, str], screen: bool, linked: bool
) -> None:
    for name in LINK_WORDS:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert wants_links(choice, stream(screen=screen)) is linked


def test_an_address_is_a_url_that_editors_can_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COUPLING_LINK", raising=False)
    assert address(Path("/a b/é")).startswith("file://")
    assert address(Path("/a b/é")).endswith("/a%20b/%C3%A9/{path}")
    monkeypatch.setenv("COUPLING_LINK", "vscode://file{path}:{line}")
    assert address(Path("/r")) == "vscode://file/r/{path}:{line}"


@pytest.mark.parametrize(("columns", "found"), [("90", 90), ("0", 140), ("wide", 140), ("9999", 200), ("", 140)])
def test_the_width_is_the_users(monkeypatch: pytest.MonkeyPatch, columns: str, found: int) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert width(stream()) == found


@pytest.mark.parametrize(("encoding", "able"), [("utf-8", True), ("ascii", False), ("latin-1", False)])
def test_line_drawing_needs_the_encoding(encoding: str, able: bool) -> None:
    assert speaks_unicode(stream(encoding)) is able


@pytest.mark.parametrize(
    ("wanted", "ci", "screen", "shown"),
    [(True, "", True, True), (False, "", True, False), (True, "1", True, False), (True, "", False, False)],
)
def test_a_bar_is_for_people_who_wait(monkeypatch: pytest.MonkeyPatch, wanted: bool, ci: str, screen: bool, shown: bool) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr("sys.stderr", stream(screen=screen))
    with progress(wanted) as step:
        assert (step is not None) is shown


def test_the_bar_cleans_up_behind_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    err = stream(screen=True)
    monkeypatch.setattr("sys.stderr", err)
    with progress(True) as step:
        assert step is not None
        step(500, 1000)
    err.flush()
    written = err.buffer.getvalue().decode()  # type: ignore[attr-defined]
    assert "500/1000 files" in written
    assert written.endswith(" " * 70 + "\r")
