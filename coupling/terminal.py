"""Where output goes: colours, width, progress, files.

Comes in: texts, and what the user said about them. Goes out: bytes on stdout, stderr and in files. It does not know what they say.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from coupling.core.errors import CouplingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WIDTH, WIDEST = 140, 200
LINKING_PROGRAMS = ("iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio")
LINKING_TERMS = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "foot-extra", "wezterm", "contour")
LINKING_VTE = 5000
"""GNOME's terminals follow links since version 0.50 of their library."""

FEW_FILES = 100
"""Parsing fewer files is over before a bar could be read."""


def wants_color(choice: str, stream: TextIO) -> bool:
    """Flag, then NO_COLOR, then FORCE_COLOR or CLICOLOR_FORCE, then whether a person looks at a capable terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE") or "0"
    if forced != "0":
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def speaks_unicode(stream: TextIO) -> bool:
    """Whether line-drawing characters can be written."""
    try:
        "┌│└→".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def width(stream: TextIO) -> int:
    """Columns: those of COLUMNS or of the terminal; a file or pipe has plenty."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked):
        return min(int(asked), WIDEST)
    return min(shutil.get_terminal_size((WIDTH, 24)).columns, WIDEST) if stream.isatty() else WIDTH


def wants_links(choice: str, stream: TextIO) -> bool:
    """Whether places become hyperlinks (OSC 8): asked for, or on a terminal that is known to follow them."""
    if choice != "auto":
        return choice == "always"
    if forced := os.environ.get("FORCE_HYPERLINK"):
        return forced != "0"
    return stream.isatty() and not os.environ.get("CI") and _follows_links()


def _follows_links() -> bool:
    """Terminals do not answer that question, so those that follow links are listed. Inside tmux and screen, whoever is behind decides."""
    term, program = os.environ.get("TERM", ""), os.environ.get("TERM_PROGRAM", "")
    if term == "dumb" or term.startswith(("screen", "tmux", "linux")):
        return False
    vte = os.environ.get("VTE_VERSION", "")
    named = any(os.environ.get(name) for name in ("WT_SESSION", "KONSOLE_VERSION", "KITTY_WINDOW_ID", "DOMTERM"))
    return named or program in LINKING_PROGRAMS or term in LINKING_TERMS or (vte.isdecimal() and int(vte) >= LINKING_VTE)


def address(root: Path) -> str:
    """What a link to a place below a folder looks like: COUPLING_LINK with ``{path}`` and ``{line}``, or a ``file://`` URL."""
    from urllib.parse import quote

    folder = quote(root.as_posix().rstrip("/"), errors="replace")
    pattern = os.environ.get("COUPLING_LINK") or "file://{host}{path}"
    return pattern.replace("{host}", quote(socket.gethostname())).replace("{path}", f"{folder}/{{path}}")


def say(text: str) -> None:
    """Results, on stdout.

    Raises CouplingError when they cannot be written.
    """
    if text:
        _put((text if text.endswith("\n") else text + "\n").encode(sys.stdout.encoding or "utf-8", "backslashreplace"))


def _put(data: bytes) -> None:
    """A reader that has seen enough (``| head``) ends the writing, not the run with its exit code."""
    stream = sys.stdout
    try:
        stream.flush()
        stream.buffer.write(data)
        stream.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # what is left in the buffer has nowhere to go at the end either
        raise CouplingError(f"cannot write to stdout: {error.strerror}") from error


def tell(line: str) -> None:
    """Everything that is no result, on stderr. What a terminal or a log of CI would obey in a name of the repository is made harmless."""
    from coupling.reports.words import plain

    click.echo(plain(line), err=True)


def fail(*lines: str) -> None:
    """Why nothing came of it, on stderr; each line harmless as in ``tell``."""
    from coupling.reports.words import plain

    word = click.style("error", fg="red", bold=True) if wants_color("auto", sys.stderr) else "error"
    click.echo(f"{word}: " + "\n".join(map(plain, lines)), err=True, color=True)


def save(file: str, content: str | bytes) -> None:
    """Write an output file; ``-`` is stdout.

    Raises CouplingError when that is not possible.
    """
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    try:
        if file == "-":
            _put(data)
        else:
            Path(file).write_bytes(data)
    except OSError as error:
        raise CouplingError(f"cannot write {file}: {error.strerror}") from error


@contextmanager
def progress(wanted: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A bar for people who wait: on a terminal, outside CI, when there is much to do."""
    if not wanted or not sys.stderr.isatty() or os.environ.get("CI"):
        yield None
        return
    shown = False

    def step(done: int, total: int) -> None:
        nonlocal shown
        if total >= FEW_FILES and (done % 20 == 0 or done == total):
            filled = 30 * done // total
            click.echo(f"\rparsing    [{'#' * filled}{'.' * (30 - filled)}] {done}/{total} files", err=True, nl=False)
            shown = True

    try:
        yield step
    finally:
        if shown:
            click.echo("\r" + " " * 70 + "\r", err=True, nl=False)
