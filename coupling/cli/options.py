"""What commands share: their options, the configuration they make, and the analysis they start."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from coupling.cli.helping import Choice, Words
from coupling.core.errors import CouplingError
from coupling.reports import REPORTS
from coupling.terminal import progress as progress_bar
from coupling.terminal import tell

if TYPE_CHECKING:
    from coupling.config import Config
    from coupling.core.report import Report
    from coupling.pipeline import Run
    from coupling.rulebook import Rulebook
    from coupling.trees import Tree

F = TypeVar("F", bound=Callable[..., Any])


class Format(Words):
    """The name of an output format; what it means is checked where it is used."""

    name = "format"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from coupling.outputs import PICTURES
        from coupling.reports import REPORTS

        return [CompletionItem(word) for word in (*REPORTS, *PICTURES) if word.startswith(incomplete)]


class Kinds(Words):
    """Codes and names of kinds, with commas between them."""

    name = "kinds"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from coupling.detectors.kinds import KINDS

        before, comma, last = incomplete.rpartition(",")
        words = [(word, kind.text) for kind in KINDS for word in (kind.code, kind.name)]
        return [CompletionItem(before + comma + word, help=text) for word, text in words if word.lower().startswith(last.lower())]


def group(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one decorator, shown in this order."""

    def add(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return add


where = group(
    click.option(
        "--config",
        "config_file",
        type=click.Path(),
        metavar="FILE",
        help="Use this configuration instead of the one found from PATH upward.",
    ),
    click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave these files out, as in .gitignore; repeatable."),
)
work = group(
    click.option("--no-cache", is_flag=True, help="Read and parse every file anew, and remember nothing."),
    click.option("--jobs", type=click.IntRange(0), default=0, metavar="N", help="Worker processes; 0 takes one a processor, up to eight."),
)
progress = click.option("--no-progress", is_flag=True, help="No progress bar, also on a terminal.")
WHEN = Choice(["auto", "always", "never"])
color = click.option("--color", type=WHEN, default="auto", show_default=True, help="Colours; auto: on a terminal.")
links = click.option("--links", type=WHEN, default="auto", show_default=True, help="Places as hyperlinks; auto: where followed.")
look = group(color, links)
quiet = click.option("-q", "--quiet", is_flag=True, help="Print nothing unless there are findings.")
project = click.option("--project", default="", metavar="NAME", help="Keeps the results of several parts of a repository apart.")
formats = group(
    click.option(
        "--format",
        "format_",
        type=Format(),
        default="text",
        show_default=True,
        metavar="FORMAT",
        help=f"On stdout: {', '.join(REPORTS)}.",
    ),
    click.option("--output", "-o", "outputs", multiple=True, metavar="[FORMAT=]FILE", help="Write this format to a file too; repeatable."),
)
gate = group(
    click.option(
        "--fail-on", type=Choice(["error", "warning", "note", "never"]), help="The severity from which on findings exit 1 [warning]."
    ),
    click.option("--exit-zero", is_flag=True, help="Exit 0 in spite of findings."),
)
verbose = click.option("-v", "--verbose", is_flag=True, help="Every hop, hole and problem, and accepted findings too.")
selection = group(
    click.option(
        "--select",
        multiple=True,
        type=Kinds(),
        metavar="KINDS",
        help="Only these kinds: codes, beginnings of codes, or names, with commas.",
    ),
    click.option("--extend-select", multiple=True, type=Kinds(), metavar="KINDS", help="These kinds too."),
    click.option("--ignore", multiple=True, type=Kinds(), metavar="KINDS", help="All but these kinds."),
    click.option("--min-certainty", type=Choice(["exact", "partial", "guess"]), help="The least certain findings to show."),
    click.option("--pedantic", is_flag=True, default=None, help="Notes too."),
)
link = click.option(
    "--link", default="", metavar="URL", help="Where places are shown on the web, with {path} and {line}: links in comments."
)
path = click.argument("path", default=".", type=click.Path())


def analyse(path: str, options: dict[str, Any], *, hook: bool = False) -> tuple[Config, Run]:
    """The configuration and the run of all stages on the repository at a path, with a bar on a terminal; in a hook, on the index."""
    from coupling import objects, pipeline
    from coupling.trees import of

    root = pipeline.folder(path)
    tree = objects.index(root, hook=True) if hook else of(root)
    config = config_of(tree, options)
    quiet = options.get("quiet") or options.get("no_progress")
    with progress_bar(not quiet) as bar:
        run = pipeline.run(
            tree, config, cache=not options["no_cache"], jobs=options["jobs"], progress=bar, accepted=not options.get("no_baseline")
        )
    if not run.report.summary.files and not options.get("quiet"):
        tell(f"warning: nothing to analyse in {path}: `coupling files` says what was left out")
    if run.cache and options.get("verbose") and not options["no_cache"]:
        tell(f"warning: nothing is remembered for the next run: {run.cache}")
    return config, run


def shown(path: str, options: dict[str, Any]) -> dict[str, Any]:
    """How to print what was found at a path: the options of a text report that depend on the terminal and on the user's words."""
    from coupling.outputs import look as looks
    from coupling.pipeline import folder

    return {**looks(options["color"], options["links"], folder(path)), "repository": "" if path == "." else shlex.quote(path)}


def rulebook(root: str) -> Rulebook:
    """The rules that hold for a repository: the known libraries and its own wrappers."""
    from coupling.pipeline import own_rules
    from coupling.rulebook import load

    return load(own_rules(Path(root)))


def for_hosts(path: str, options: dict[str, Any]) -> dict[str, str]:
    """What the reports of code hosts are told: the URL of places, and where the analysed folder lies in its repository.

    Raises CouplingError for a URL without a place for the path.
    """
    from coupling import git
    from coupling.pipeline import folder

    link = options.get("link") or ""
    if link and ("{path}" not in link or not link.startswith(("https://", "http://"))):
        raise CouplingError(f"--link `{link}` is no URL of a place: write https://HOST/.../{{path}}#L{{line}}")
    root = folder(path)
    top = git.top(root)
    below = root.relative_to(top).as_posix() if top else "."
    return {"link": link, "below": "" if below == "." else f"{below}/"}


def since_head(path: str, config: Config, options: dict[str, Any]) -> tuple[Report, Report]:
    """In a hook, the report on the index with what the commit itself does to it, and the report on HEAD."""
    from coupling import comparison, pipeline, sides
    from coupling.outputs import load_report

    work = comparison.Work(load_report, not options["no_cache"], options["jobs"])
    found = comparison.run(sides.staged(pipeline.folder(path)), config, work, own=options["config_file"] is None)
    return found.report, found.base


def everything(path: str, options: dict[str, Any]) -> Report:
    """The report alone."""
    return analyse(path, options)[1].report


def config_of(where: Path | Tree, options: dict[str, Any]) -> Config:
    """The configuration file of a folder or another tree, with what the command line says in its place."""
    from dataclasses import replace

    from coupling.config import load

    named = options.get("config_file")
    config = load(where, Path(named) if named else None)
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
