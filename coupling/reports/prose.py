"""Markdown from parts: text of the repository cannot mention people, close tables or fences, open HTML or forge a marker.

Comes in: hostile text. Goes out: Markdown that shows it and does nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from coupling.core.source import Span
from coupling.reports import words
from coupling.reports.words import plain

_SPECIAL = frozenset("\\`*_{}[]#!|~$^")


def escape(text: str) -> str:
    """Prose that is only prose: no markup, HTML, mention, reference or autolink."""
    clean = plain(text).strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    marked = "".join(f"\\{ch}" if ch in _SPECIAL else ch for ch in clean)
    return marked.replace("@", "@<!-- -->").replace("://", ":<!-- -->//").replace("www.", "www<!-- -->.")


def code(text: str) -> str:
    """A code span for a table cell: its fence is longer than any run of backquotes within."""
    body = plain(text).replace("|", "\\|")
    ticks = "`" * (_longest_run(body) + 1)
    space = " " if body[:1] == "`" or body[-1:] == "`" else ""
    return f"{ticks}{space}{body}{space}{ticks}" if body else ""


def fence(text: str, language: str) -> str:
    """A block of code whose fence the text cannot close."""
    ticks = "`" * max(3, _longest_run(text) + 1)
    return f"{ticks}{language}\n{text.rstrip()}\n{ticks}"


def _longest_run(text: str) -> int:
    return max(map(len, "".join(ch if ch == "`" else " " for ch in text).split()), default=0)


def place(span: Span, link: str, name: str = "") -> str:
    """A place, or ``name`` for it, as code; a link where there is a URL for places."""
    text = code(name or words.place(span))
    if not link:
        return text
    path = quote(span.path.encode("utf-8", "backslashreplace"), safe="/-._~")
    return f"[{text}](<{link.replace('{path}', path).replace('{line}', str(max(1, span.line)))}>)"


def trail(spans: tuple[Span, ...], link: str, most: int) -> str:
    """Places in order; where the file stays the same only the line is said."""
    out, last = [], ""
    for span in spans[:most]:
        out.append(place(span, link, f":{span.line}" if span.path == last and span.line and not span.cell else ""))
        last = span.path
    return " → ".join([*out, *([f"{len(spans) - most} more"] if len(spans) > most else [])])


def details(title: str, body: str) -> str:
    """A part that opens on demand. ``title`` is Markdown-free text of ours."""
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table without the columns that are empty in all rows."""
    kept = [number for number in range(len(head)) if any(row[number] for row in rows)]
    lines = [[head[number] for number in kept], ["---"] * len(kept), *([row[number] for number in kept] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
