"""``coupling diff``: what a change couples; exits by what it adds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coupling.cli import options as shared
from coupling.outputs import content, known_format, load_report, print_report, target_of
from coupling.terminal import progress as progress_bar
from coupling.terminal import save, tell

if TYPE_CHECKING:
    from coupling.comparison import Comparison
    from coupling.config import Config
    from coupling.core.graph import Finding
    from coupling.core.report import Report
    from coupling.sides import Sides

NEWS = ("concise", "brief")
"""Formats that list findings one by one and know no comparison: they get what the change brings."""


@click.command()
@click.argument("base", required=False)
@click.argument("head", required=False)
@click.option("--root", "path", default=".", metavar="PATH", help="The folder to analyse [.].")
@click.option("--staged", is_flag=True, help="The later side is the index: what the next commit will hold.")
@click.option("--hook", is_flag=True, help="For a pre-push hook: only what this push adds; silent when that is nothing.")
@shared.formats
@shared.selection
@shared.gate
@shared.project
@shared.link
@shared.where
@shared.work
@shared.progress
@shared.look
@shared.quiet
@shared.verbose
def diff(
    base: str | None, head: str | None, staged: bool, hook: bool, format_: str, outputs: tuple[str, ...], exit_zero: bool, **options: Any
) -> None:
    """What changes from BASE to HEAD: couplings and flows of data that were added, changed and removed.

    Nothing is checked out. Without HEAD it is the work tree. BASE means the commit at which HEAD left it, so that only HEAD's own
    changes count; without BASE that is the default branch. A..B compares two commits as they stand, and OLD.json a saved report.
    Only what is added makes it exit 1.
    """
    targets = [target_of(output) for output in outputs]
    known_format(format_)
    hosts = shared.for_hosts(options["path"], options)
    sides = _sides(Path(options["path"]), base, head, staged, hook)
    if sides is None:
        return
    quiet = options["quiet"] or hook
    if not quiet:
        same = sides.before.commit and sides.before.commit == sides.after.commit
        tell(f"comparing {sides.before.label} with {sides.after.label}" + (": the same commit, so nothing can be new" if same else ""))
    config, found = _compared(sides, options, bar=not (quiet or options["no_progress"]))
    more = {"base": found.base, "changed": found.touched, "project": options["project"], "verbose": options["verbose"], **hosts}
    for target, file in targets:
        save(file, content(_in_diff(target), _shown(target, found), more))
    if found.added or not quiet:
        format_ = "brief" if hook and format_ == "text" else format_
        print_report(_in_diff(format_), _shown(format_, found), options["color"], {**more, **shared.shown(options["path"], options)})
    _leave(found.added, config, exit_zero)


def _sides(path: Path, base: str | None, head: str | None, staged: bool, hook: bool) -> Sides | None:
    from coupling import sides
    from coupling.pipeline import folder

    root = folder(path)
    if hook and base is None and not staged:
        return sides.pushed(root, os.environ.get("PRE_COMMIT_FROM_REF", ""), os.environ.get("PRE_COMMIT_TO_REF", ""))
    return sides.sides(root, base, head, staged=staged)


def _compared(sides: Sides, options: dict[str, Any], *, bar: bool) -> tuple[Config, Comparison]:
    from coupling import comparison
    from coupling.pipeline import folder

    named = options["config_file"]
    config = shared.config_of(sides.after.tree or folder(options["path"]), options)
    with progress_bar(bar) as step:
        work = comparison.Work(load_report, not options["no_cache"], options["jobs"], step)
        found = comparison.run(sides, config, work, own=named is None)
    for warning in found.warnings:
        tell(f"warning: {warning}")
    return config, found


def _in_diff(format_: str) -> str:
    return "difference" if format_ == "text" else format_


def _shown(format_: str, found: Comparison) -> Report:
    return found.report._replace(findings=found.added) if format_ in NEWS else found.report


def _leave(added: tuple[Finding, ...], config: Config, exit_zero: bool) -> None:
    from coupling.suppress import failing

    if not exit_zero and failing(added, config.fail_on):
        raise click.exceptions.Exit(1)
