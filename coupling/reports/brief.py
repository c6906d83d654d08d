"""What a hook prints: the findings and nothing else, the first ones in full, then how to accept one.

Comes in: a report of the findings that count. Goes out: nothing when there are none. It does not know which hook runs.
"""

from __future__ import annotations

from coupling.core.report import Report
from coupling.reports import concise, text, words
from coupling.reports.change import primary
from coupling.reports.options import Options

IN_FULL = 3


def render(report: Report, options: Options) -> str:
    found = words.live(report)
    if not found:
        return ""
    place = primary(report, options)
    rest = [concise._line(finding, place(finding), options) for finding in found[IN_FULL:]]
    blocks = [text._finding(finding, report.graph, options) for finding in found[:IN_FULL]]
    return "\n\n".join([*blocks, *(["\n".join(rest)] if rest else []), _how(found[0].code, found[0].fingerprint)]) + "\n"


def _how(code: str, fingerprint: str) -> str:
    """The user of a hook may have no ``coupling`` on the path, so the entry stands here."""
    comment = f"`coupling: ignore[{words.plain(code)}] REASON` in a comment on one of these lines"
    entry = f'[[allow]] with fingerprint = "{words.plain(fingerprint)}", reason = "..." and expires = a date'
    return f"To accept it: {comment}, or in coupling.toml {entry}."
