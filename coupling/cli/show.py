"""``coupling graph`` and ``coupling render``: pictures, and saved reports in another format."""

from __future__ import annotations

from typing import Any

import click

from coupling.cli import options as shared
from coupling.core.errors import CouplingError
from coupling.outputs import PICTURES, content, known_format, load_report, of_suffix, print_report
from coupling.reports import REPORTS
from coupling.terminal import save, say

_FORMATS = ", ".join(REPORTS)


@click.command()
@shared.path
@click.option("--focus", default="", metavar="NAME", help="Only what lies near this model, file or table.")
@click.option("--depth", default=2, show_default=True, type=click.IntRange(0), help="How many steps from the focus.")
@click.option("--findings-only", is_flag=True, help="Only what belongs to findings.")
@click.option("--units", is_flag=True, help="Draw the scripts too.")
@click.option("--format", "format_", metavar="FORMAT", help="mermaid, dot, html, json, svg, png, pdf [by the suffix of -o, else mermaid].")
@click.option("-o", "file", metavar="FILE", help="Write to this file instead of stdout.")
@shared.selection
@shared.where
@shared.work
@shared.progress
def graph(
    path: str, focus: str, depth: int, findings_only: bool, units: bool, format_: str | None, file: str | None, **options: Any
) -> None:
    """Draw who produces and who consumes which data.

    Large pictures leave out what has no way to or from a model, and say so; --focus and --findings-only draw less.
    """
    target = format_ or (of_suffix(file) if file else "mermaid")
    known_format(target, pictures=True)
    if target in PICTURES and not file:
        raise CouplingError(f"{target} is no text: name a file with -o FILE.{target}")
    _, run = shared.analyse(path, options)
    made = content(target, run.report, {"focus": focus, "depth": depth, "findings_only": findings_only, "units": units})
    if file:
        save(file, made)
    else:
        say(str(made))


@click.command()
@click.argument("file", metavar="FILE.json")
@click.option("--format", "format_", default="text", show_default=True, metavar="FORMAT", help=f"{_FORMATS}, {', '.join(PICTURES)}.")
@click.option("-o", "output", metavar="FILE", help="Write to this file instead of stdout.")
@click.option("--base", metavar="FILE.json", help="An earlier saved report: marks what is new.")
@shared.project
@shared.link
@shared.color
@shared.verbose
def render(file: str, format_: str, output: str | None, base: str | None, project: str, link: str, color: str, verbose: bool) -> None:
    """Show a saved JSON report in another format.

    Nothing is analysed again.
    """
    known_format(format_, pictures=bool(output))
    hosts = {"link": shared.for_hosts(".", {"link": link})["link"], "project": project}
    report, more = load_report(file), {"base": load_report(base) if base else None, "verbose": verbose, **hosts}
    if output:
        save(output, content(format_, report, more))
    else:
        print_report(format_, report, color, more)
