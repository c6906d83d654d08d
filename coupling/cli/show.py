"""``coupling graph`` and ``coupling render``: pictures, the viewer, and saved reports in another format."""

from __future__ import annotations

from typing import Any

import click

from coupling.browse import present
from coupling.cli import options as shared
from coupling.core.errors import CouplingError
from coupling.outputs import PICTURES, content, known_format, load_report, of_suffix, print_report
from coupling.reports import REPORTS
from coupling.terminal import save, say

_FORMATS = ", ".join(REPORTS)


@click.command()
@shared.path
@click.option("--focus", default="", metavar="NAME", help="Only what lies near this model, file or table.")
@click.option("--depth", default=2, show_default=True, type=click.IntRange(0), metavar="N", help="How many steps from the focus.")
@click.option("--findings-only", is_flag=True, help="Only what belongs to findings.")
@click.option("--units", is_flag=True, help="Draw the scripts too.")
@click.option(
    "--format",
    "format_",
    type=shared.Format(),
    metavar="FORMAT",
    help="mermaid, dot, svg, html, json, png, pdf [by the suffix of -o; html with --open; else mermaid].",
)
@click.option("-o", "--output", "file", type=click.Path(), metavar="FILE", help="Write to this file instead of stdout.")
@click.option(
    "--open", "open_", is_flag=True, help="Write the viewer (or -o FILE) and show it; only print its path in CI or without a display."
)
@shared.selection
@shared.where
@shared.work
@shared.progress
def graph(
    path: str, focus: str, depth: int, findings_only: bool, units: bool, format_: str | None, file: str | None, open_: bool, **options: Any
) -> None:
    """Draw who produces and who consumes which data.

    Large pictures leave out what has no way to or from a model, and say so; --focus and --findings-only draw less. --open shows
    everything at once, to search and to walk through.
    """
    target = format_ or (of_suffix(file) if file else "html" if open_ else "mermaid")
    known_format(target, pictures=True)
    if target in PICTURES and not (file or open_):
        raise CouplingError(f"{target} is no text: name a file with -o FILE.{target}")
    _, run = shared.analyse(path, options)
    made = content(target, run.report, {"focus": focus, "depth": depth, "findings_only": findings_only, "units": units})
    if open_:
        say(present(made, target, file))
    elif file:
        save(file, made)
    else:
        say(str(made))


@click.command()
@click.argument("file", type=click.Path(), metavar="FILE.json")
@click.option(
    "--format",
    "format_",
    type=shared.Format(),
    default="text",
    show_default=True,
    metavar="FORMAT",
    help=f"{_FORMATS}, {', '.join(PICTURES)}.",
)
@click.option("-o", "--output", "output", type=click.Path(), metavar="FILE", help="Write to this file instead of stdout.")
@click.option("--base", type=click.Path(), metavar="FILE.json", help="An earlier saved report: marks what is new.")
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
