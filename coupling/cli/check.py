"""``coupling check``: analyse a repository, report, and exit by what was found."""

from __future__ import annotations

import sys
import time
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from coupling.cli import options as shared
from coupling.outputs import content, known_format, load_report, print_report, target_of
from coupling.terminal import save

if TYPE_CHECKING:
    from coupling.config import Config
    from coupling.core.report import Report


@click.command()
@shared.path
@click.option("--hook", is_flag=True, help="For a pre-commit hook: analyse the index, print nothing but findings.")
@shared.formats
@shared.selection
@shared.gate
@click.option("--base", type=click.Path(), metavar="FILE.json", help="A saved report to compare with: marks what is new.")
@shared.project
@shared.link
@shared.where
@shared.work
@shared.progress
@shared.look
@shared.quiet
@shared.verbose
def check(
    path: str, hook: bool, format_: str, outputs: tuple[str, ...], exit_zero: bool, base: str | None, project: str, **options: Any
) -> None:
    """Analyse the repository at PATH and report its couplings."""
    targets = [target_of(output) for output in outputs]
    known_format(format_)
    before = load_report(base) if base else None
    hosts = shared.for_hosts(path, options)
    start = time.monotonic()
    options["quiet"] = options["quiet"] or hook
    config, run = shared.analyse(path, options, hook=hook)
    report = run.report
    if hook and live(report):
        report, before = shared.since_head(path, config, options)
    more = {"base": before, "project": project, "verbose": options["verbose"], **hosts}
    for target, file in targets:
        save(file, content(target, report, more))
    if not options["quiet"] or live(report):
        clock = {"seconds": time.monotonic() - start, "today": date.today()} if sys.stdout.isatty() else {}
        form = "brief" if hook and format_ == "text" else format_
        print_report(form, report, options["color"], {**more, **shared.shown(path, options), **clock})
    leave(report, config, exit_zero)


def live(report: Report) -> bool:
    return any(not finding.suppressed for finding in report.findings)


def leave(report: Report, config: Config, exit_zero: bool) -> None:
    from coupling.suppress import failing

    if not exit_zero and failing(report.findings, config.fail_on):
        raise click.exceptions.Exit(1)
