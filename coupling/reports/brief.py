"""What a hook prints: the findings and nothing else, the new ones in full, then how to accept one.

Comes in: a report of the findings that count, and in ``Options.base`` the one before when there was one. Goes out: nothing when there are
no findings. It does not know which hook runs.
"""

from __future__ import annotations

from coupling.core.graph import Finding
from coupling.core.report import Report
from coupling.reports import concise, text, words
from coupling.reports.change import compare
from coupling.reports.options import Options
from coupling.reports.places import primary

IN_FULL = 3


def render(report: Report, options: Options) -> str:
    found = words.live(report)
    if not found:
        return ""
    old = set(compare(report, options.base).kept) if options.base else set()
    new = [finding for finding in found if finding not in old]
    blocks = ["\n".join(text.finding_lines(finding, report.graph, options)) for finding in new[:IN_FULL]]
    rest = [*new[IN_FULL:], *(finding for finding in found if finding in old)]
    lines = [_line(finding, report, options, " (there before)" if finding in old else "") for finding in rest]
    return "\n\n".join([*blocks, *(["\n".join(lines)] if lines else []), _how([*new, *rest][0])]) + "\n"


def _line(finding: Finding, report: Report, options: Options, when: str) -> str:
    return concise._line(finding, primary(report, options)(finding), report, options) + when


def _how(finding: Finding) -> str:
    """The user of a hook may have no ``coupling`` on the path, so the entry stands here."""
    where = f" at {words.place(finding.path[-1])}" if finding.path else ""
    comment = f"a comment `coupling: ignore[{words.plain(finding.code)}] REASON`{where}"
    entry = f'[[allow]] with fingerprint = "{words.plain(finding.fingerprint)}", reason = "..." and expires = a date'
    return f"To accept it: {comment}, or in coupling.toml {entry}."
