"""``coupling check``: analyse a repository, report, and exit by what was found."""

from __future__ import annotations

import sys
import time
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from coupling.cli import options as shared
from coupling.outputs import content, known_format, load_report, print_report, target_of
from coupling.terminal import save, tell

if TYPE_CHECKING:
    from coupling.config import Config
    from coupling.core.report import Report
    from coupling.pipeline import Run

MOST_COMPLAINTS = 20


@click.command()
@shared.path
@click.option("--hook", is_flag=True, help="For a pre-commit hook: analyse the index, print nothing but findings.")
@shared.formats
@shared.selection
@shared.gate
@click.option("--strict", is_flag=True, help="Exit 2 when something could not be read, or a statement of yours means nothing.")
@click.option("--base", type=click.Path(), metavar="FILE.json", help="A saved report to compare with: marks what is new.")
@click.option("--no-baseline", is_flag=True, help="Show what coupling-baseline.json accepts, too.")
@shared.project
@shared.link
@shared.where
@shared.work
@shared.progress
@shared.look
@shared.quiet
@shared.verbose
def check(
    path: str,
    hook: bool,
    format_: str,
    outputs: tuple[str, ...],
    exit_zero: bool,
    base: str | None,
    project: str,
    strict: bool,
    **options: Any,
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
    more = {"base": before, "project": project, "verbose": options["verbose"], "today": date.today().isoformat(), **hosts}
    for target, file in targets:
        save(file, content(target, report, more))
    if not options["quiet"] or live(report):
        clock = {"seconds": time.monotonic() - start} if sys.stdout.isatty() else {}
        form = "brief" if hook and format_ == "text" else format_
        print_report(form, report, options["color"], {**more, **shared.shown(path, options), **clock})
    if hook and live(report):
        _unstaged(path, config)
    complain(run, strict=strict, quiet=options["quiet"])
    leave(report, config, exit_zero)


def complain(run: Run, *, strict: bool, quiet: bool) -> None:
    """Statements that mean nothing, on stderr; when nothing may be left open, every problem, and exit 2."""
    from coupling.reports.words import place, plain

    found = [problem for problem in run.report.problems if strict or (problem.statement and not quiet)]
    for problem in found[:MOST_COMPLAINTS]:
        tell(f"{'error' if strict else 'warning'}: {place(problem.span)}: {plain(problem.what)}")
    if len(found) > MOST_COMPLAINTS:
        tell(f"and {len(found) - MOST_COMPLAINTS} more: coupling check -v lists them")
    if strict and found:
        raise click.exceptions.Exit(2)


def _unstaged(path: str, config: Config) -> None:
    """The commonest reason why an acceptance does not count in a commit: its file is not in the index."""
    from coupling import objects
    from coupling.config import BASELINE, NAMES
    from coupling.pipeline import folder
    from coupling.trees import Disk

    root, names = folder(path), (*NAMES[:-1], config.baseline or BASELINE)
    there, staged = (dict(tree.above(names)) for tree in (Disk(root), objects.index(root, hook=True)))
    for file in there:
        if file not in staged or there[file][0].splitlines() != staged[file][0].splitlines():
            tell(f"{file.name} does not count as it is here: `git add` it if it is to be part of the commit")


def live(report: Report) -> bool:
    return any(not finding.suppressed for finding in report.findings)


def leave(report: Report, config: Config, exit_zero: bool) -> None:
    from coupling.suppress import failing

    if not exit_zero and failing(report.findings, config.fail_on):
        raise click.exceptions.Exit(1)
