"""``coupling check``: analyse a repository, report, and exit by what was found."""

from __future__ import annotations

import sys
import time
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from coupling.cli import options as shared
from coupling.outputs import content, known_format, load_report, print_report, target_of
from coupling.reports import REPORTS
from coupling.terminal import save, tell

if TYPE_CHECKING:
    from coupling.config import Config
    from coupling.core.report import Report
    from coupling.pipeline import Run

MOST_COMPLAINTS = 20
_FORMATS = ", ".join(REPORTS)


@click.command()
@shared.path
@click.option("--format", "format_", default="text", show_default=True, metavar="FORMAT", help=f"What goes to stdout: {_FORMATS}.")
@click.option("--output", "-o", "outputs", multiple=True, metavar="[FORMAT=]FILE", help="Write this format to a file too; repeatable.")
@shared.selection
@click.option(
    "--fail-on", type=click.Choice(["error", "warning", "note", "never"]), help="The severity from which on findings exit 1 [warning]."
)
@click.option("--exit-zero", is_flag=True, help="Exit 0 in spite of findings.")
@click.option("--base", metavar="FILE.json", help="A saved report to compare with: marks what is new.")
@click.option("--no-baseline", is_flag=True, help="Show what coupling-baseline.json accepts, too.")
@click.option("--strict", is_flag=True, help="Exit 2 when something could not be read, or a statement of yours means nothing.")
@click.option("--project", default="", metavar="NAME", help="Keeps the results of several parts of a repository apart.")
@shared.where
@shared.work
@shared.progress
@shared.color
@click.option("-q", "--quiet", is_flag=True, help="Print nothing unless there are findings.")
@shared.verbose
def check(
    path: str, format_: str, outputs: tuple[str, ...], exit_zero: bool, base: str | None, project: str, strict: bool, **options: Any
) -> None:
    """Analyse the repository at PATH and report its couplings."""
    targets = [target_of(output) for output in outputs]
    known_format(format_)
    before = load_report(base) if base else None
    start = time.monotonic()
    config, run = shared.analyse(path, options)
    more = {"base": before, "project": project, "verbose": options["verbose"], "today": date.today().isoformat()}
    for target, file in targets:
        save(file, content(target, run.report, more))
    if not options["quiet"] or live(run.report):
        seconds = time.monotonic() - start if sys.stdout.isatty() else None
        print_report(format_, run.report, options["color"], {**more, "seconds": seconds})
    complain(run, strict=strict, quiet=options["quiet"])
    leave(run.report, config, exit_zero)


def complain(run: Run, *, strict: bool, quiet: bool) -> None:
    """Statements that mean nothing, on stderr; when nothing may be left open, every problem, and exit 2."""
    from coupling.reports.words import place, plain

    found = run.report.problems if strict else () if quiet else run.statements
    for problem in found[:MOST_COMPLAINTS]:
        tell(f"{'error' if strict else 'warning'}: {place(problem.span)}: {plain(problem.what)}")
    if len(found) > MOST_COMPLAINTS:
        tell(f"and {len(found) - MOST_COMPLAINTS} more: coupling check -v lists them")
    if strict and found:
        raise click.exceptions.Exit(2)


def live(report: Report) -> bool:
    return any(not finding.suppressed for finding in report.findings)


def leave(report: Report, config: Config, exit_zero: bool) -> None:
    from coupling.suppress import failing

    if not exit_zero and failing(report.findings, config.fail_on):
        raise click.exceptions.Exit(1)
