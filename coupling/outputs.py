"""Choose a format, render a report in it, show or load one.

Comes in: reports, names of formats and files as users write them. Goes out: text, pictures, output on the terminal. It knows the
formats by name only.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coupling.core.errors import CouplingError, did_you_mean
from coupling.terminal import address, say, speaks_unicode, wants_color, wants_links, width

if TYPE_CHECKING:
    from coupling.core.report import Report

PICTURES = ("png", "pdf")
"""What Graphviz makes of ``dot``; every other format is text of our own."""
_BY_SUFFIX = {
    ".json": "json",
    ".sarif": "sarif",
    ".html": "html",
    ".md": "markdown",
    ".mmd": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".svg": "svg",
    ".txt": "text",
}


def target_of(output: str) -> tuple[str, str]:
    """``FORMAT=FILE``, or a file whose suffix names the format."""
    format_, equals, file = output.partition("=")
    if not equals:
        format_, file = of_suffix(output), output
    known_format(format_, pictures=True)
    return format_, file


def of_suffix(file: str) -> str:
    suffix = Path(file).suffix.lower()
    if suffix[1:] in PICTURES:
        return suffix[1:]
    if suffix not in _BY_SUFFIX:
        raise CouplingError(f"`{file}` does not say its format: write FORMAT={file}, or use one of {', '.join(_BY_SUFFIX)}, .png, .pdf")
    return _BY_SUFFIX[suffix]


def known_format(format_: str, *, pictures: bool = False) -> None:
    """Complain before the analysis, not after."""
    from coupling.reports import REPORTS

    known = (*REPORTS, *(PICTURES if pictures else ()))
    if format_ not in known:
        raise CouplingError(f"unknown format `{format_}`{did_you_mean(format_, known)} (formats: {', '.join(known)})")


def content(format_: str, report: Report, options: dict[str, Any]) -> str | bytes:
    from coupling.reports import render as rendered

    if format_ in PICTURES:
        from coupling.draw import draw

        return draw(rendered("dot", report, **options), format_)
    return rendered(format_, report, **options)


def look(color: str, links: str = "never", root: Path | None = None) -> dict[str, Any]:
    """How stdout wants its text: the options of a report that depend on it. Places below ``root`` become links where that is wanted."""
    out = sys.stdout
    places = address(root) if root and wants_links(links, out) else ""
    return {"color": wants_color(color, out), "unicode": speaks_unicode(out), "width": width(out), "places": places}


def print_report(format_: str, report: Report, color: str, options: dict[str, Any]) -> None:
    """The report in a format, on stdout. ``options`` are those of the report."""
    from coupling.reports import render as rendered

    say(rendered(format_, report, **{**look(color), **options}))


def print_plain(*lines: str) -> None:
    """Lines that quote the repository, with nothing in them that a terminal would obey."""
    from coupling.reports.words import plain

    say("\n".join(map(plain, lines)))


def print_rows(rows: list[tuple[str, str]]) -> None:
    """A table of two columns; a name that holds a line break stays on its line."""
    from coupling.reports.words import plain

    size = min(max((len(name) for name, _ in rows), default=0), 60)
    say("\n".join(plain(f"{name:<{size}}  {text}") for name, text in rows))


def load_report(file: str) -> Report:
    from coupling.reports.json import load

    try:
        text = Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CouplingError(f"cannot read the saved report {file}: {error}") from error
    return load(text)
