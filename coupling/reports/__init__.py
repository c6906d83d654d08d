"""Output formats: ``render`` turns a ``Report`` into text. One module a format, imported only when asked for.

Nothing here reads a file or knows the terminal: what a format needs beside the report comes in as ``Options``.
"""

from __future__ import annotations

from importlib import import_module

from coupling.core.errors import CouplingError, did_you_mean
from coupling.core.report import Report
from coupling.reports.align import aligned
from coupling.reports.options import Options
from coupling.reports.rooted import rooted

REPORTS: dict[str, str] = {
    "text": "coupling.reports.text",
    "concise": "coupling.reports.concise",
    "json": "coupling.reports.json",
    "sarif": "coupling.reports.sarif",
    "github": "coupling.reports.github",
    "gitlab": "coupling.reports.gitlab",
    "junit": "coupling.reports.junit",
    "rdjson": "coupling.reports.rdjson",
    "azure": "coupling.reports.azure",
    "jsonl": "coupling.reports.jsonl",
    "markdown": "coupling.reports.markdown",
    "mermaid": "coupling.reports.mermaid",
    "dot": "coupling.reports.dot",
    "svg": "coupling.reports.svg",
    "html": "coupling.reports.html",
}

HOSTS = ("sarif", "github", "gitlab", "azure", "rdjson", "markdown")
"""Formats whose readers know paths from the top of the repository only."""
_INNER = {"difference": "coupling.reports.difference", "brief": "coupling.reports.brief"}
"""What ``text`` is in a comparison and in a hook."""


def render(format: str, report: Report, **options: object) -> str:
    """The report in a format of ``REPORTS``, or as ``difference`` or ``brief``; options are the fields of ``Options``.

    Raises CouplingError for an unknown format or option.
    """
    modules = {**REPORTS, **_INNER}
    if format not in modules:
        raise CouplingError(f"unknown format `{format}`{did_you_mean(format, tuple(REPORTS))}; formats: {', '.join(REPORTS)}")
    for name in options:
        if name not in Options._fields:
            raise CouplingError(f"unknown report option `{name}`{did_you_mean(name, Options._fields)}")
    made = Options(**options)  # type: ignore[arg-type]
    if made.base:
        made = made._replace(base=aligned(made.base, report))
    if made.below and format in HOSTS:
        report, made = rooted(report, made)
    text: str = import_module(modules[format]).render(report, made)
    return text
