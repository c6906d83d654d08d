"""What commands share: their options, the configuration they make, and the analysis they start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from coupling.core.errors import CouplingError
from coupling.terminal import progress as progress_bar
from coupling.terminal import tell

if TYPE_CHECKING:
    from coupling.config import Config
    from coupling.core.report import Report
    from coupling.pipeline import Run

F = TypeVar("F", bound=Callable[..., Any])


def group(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one decorator, shown in this order."""

    def add(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return add


where = group(
    click.option("--config", "config_file", metavar="FILE", help="Use this configuration instead of the one found from PATH upward."),
    click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave these files out, as in .gitignore; repeatable."),
)
work = group(
    click.option("--no-cache", is_flag=True, help="Read and parse every file anew, and remember nothing."),
    click.option("--jobs", type=click.IntRange(0), default=0, help="Worker processes; 0 takes one a processor, up to eight."),
)
progress = click.option("--no-progress", is_flag=True, help="No progress bar, also on a terminal.")
color = click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
verbose = click.option("-v", "--verbose", is_flag=True, help="Every hop, hole and problem, and accepted findings too.")
selection = group(
    click.option("--select", multiple=True, metavar="KINDS", help="Only these kinds: codes, beginnings of codes, or names, with commas."),
    click.option("--extend-select", multiple=True, metavar="KINDS", help="These kinds too."),
    click.option("--ignore", multiple=True, metavar="KINDS", help="All but these kinds."),
    click.option("--min-certainty", type=click.Choice(["exact", "partial", "guess"]), help="The least certain findings to show."),
    click.option("--pedantic", is_flag=True, default=None, help="Notes too."),
)
path = click.argument("path", default=".", type=click.Path())


def analyse(path: str, options: dict[str, Any]) -> tuple[Config, Run]:
    """The configuration and the run of all stages on the repository at a path, with a bar on a terminal."""
    from coupling import pipeline

    root = pipeline.folder(path)
    config = config_of(root, options)
    quiet = options.get("quiet") or options.get("no_progress")
    with progress_bar(not quiet) as bar:
        run = pipeline.run(
            root, config, cache=not options["no_cache"], jobs=options["jobs"], progress=bar, accepted=not options.get("no_baseline")
        )
    if not run.report.summary.files and not options.get("quiet"):
        tell(f"warning: nothing to analyse in {path}: `coupling files` says what was left out")
    if run.cache and options.get("verbose") and not options["no_cache"]:
        tell(f"warning: nothing is remembered for the next run: {run.cache}")
    return config, run


def everything(path: str, options: dict[str, Any]) -> Report:
    """The report alone."""
    return analyse(path, options)[1].report


def config_of(root: Path, options: dict[str, Any]) -> Config:
    """The configuration file, with what the command line says in its place."""
    from dataclasses import replace

    from coupling.config import load

    named = options.get("config_file")
    config = load(root, Path(named) if named else None)
    given: dict[str, Any] = {key: options[key] for key in ("fail_on", "min_certainty", "pedantic") if options.get(key) is not None}
    for key in ("select", "extend_select", "ignore"):
        if words := [word.strip() for each in options.get(key) or () for word in each.split(",")]:
            given[key] = tuple(words)
    config = replace(config, **given, exclude=(*config.exclude, *options.get("exclude", ())))
    _check_kinds(config)
    return config


def _check_kinds(config: Config) -> None:
    """A misspelt kind in a selection would silently select nothing."""
    words = [*config.select, *config.extend_select, *config.ignore, *(word for _, kinds in config.per_file_ignores for word in kinds)]
    if not words:
        return
    from coupling.core.errors import did_you_mean
    from coupling.detectors.kinds import KINDS
    from coupling.suppress import means

    for word in words:
        if not any(means(word, kind.code, kind.name) for kind in KINDS):
            known = tuple(name for kind in KINDS for name in (kind.code, kind.name))
            raise CouplingError(f"no kind of coupling is called `{word}`{did_you_mean(word, known)}; `coupling explain CPL101` is one")
