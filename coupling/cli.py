"""The command line: one short function a command. Exit code 0: nothing to report; 1: findings; 2: everything that went wrong.

Heavy modules are imported inside the commands, so that ``coupling --version`` and an unchanged repository load none of them.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from coupling import __version__
from coupling.core.errors import CouplingError
from coupling.outputs import PICTURES, content, known_format, load_report, of_suffix, print_plain, print_report, print_rows, target_of
from coupling.reports import REPORTS
from coupling.terminal import progress, save, say, tell

if TYPE_CHECKING:
    from coupling.config import Config
    from coupling.core.report import Report
    from coupling.pipeline import Run

F = TypeVar("F", bound=Callable[..., Any])

_FORMATS = ", ".join(REPORTS)


def _options(*options: Callable[[F], F]) -> Callable[[F], F]:
    def add(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return add


_where = _options(
    click.option("--config", "config_file", metavar="FILE", help="Use this configuration instead of the one found from PATH upward."),
    click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave these files out, as in .gitignore; repeatable."),
)
_work = _options(
    click.option("--no-cache", is_flag=True, help="Read and parse every file anew, and remember nothing."),
    click.option("--jobs", type=click.IntRange(0), default=0, help="Worker processes; 0 takes one a processor, up to eight."),
)
_progress = click.option("--no-progress", is_flag=True, help="No progress bar, also on a terminal.")
_color = click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
_verbose = click.option("-v", "--verbose", is_flag=True, help="Every hop, hole and problem, and accepted findings too.")
_selection = _options(
    click.option("--select", multiple=True, metavar="KINDS", help="Only these kinds: codes, beginnings of codes, or names, with commas."),
    click.option("--extend-select", multiple=True, metavar="KINDS", help="These kinds too."),
    click.option("--ignore", multiple=True, metavar="KINDS", help="All but these kinds."),
    click.option("--min-certainty", type=click.Choice(["exact", "partial", "guess"]), help="The least certain findings to show."),
    click.option("--pedantic", is_flag=True, default=None, help="Notes too."),
)
_path = click.argument("path", default=".", type=click.Path())


@click.group(context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "COUPLING"})
@click.version_option(__version__, prog_name="coupling", message="%(prog)s %(version)s")
def cli() -> None:
    """Find hidden coupling between machine-learning models.

    Nothing of the analysed repository is run, and nothing leaves this machine. Exit codes: 0 no finding that counts, 1 findings, 2 an
    error in the command, the configuration, or coupling itself.
    """


@cli.command()
@_path
@click.option("--format", "format_", default="text", show_default=True, metavar="FORMAT", help=f"What goes to stdout: {_FORMATS}.")
@click.option("--output", "-o", "outputs", multiple=True, metavar="[FORMAT=]FILE", help="Write this format to a file too; repeatable.")
@_selection
@click.option(
    "--fail-on", type=click.Choice(["error", "warning", "note", "never"]), help="The severity from which on findings exit 1 [warning]."
)
@click.option("--exit-zero", is_flag=True, help="Exit 0 in spite of findings.")
@click.option("--base", metavar="FILE.json", help="A saved report to compare with: marks what is new.")
@click.option("--project", default="", metavar="NAME", help="Keeps the results of several parts of a repository apart.")
@_where
@_work
@_progress
@_color
@click.option("-q", "--quiet", is_flag=True, help="Print nothing unless there are findings.")
@_verbose
def check(path: str, format_: str, outputs: tuple[str, ...], exit_zero: bool, base: str | None, project: str, **options: Any) -> None:
    """Analyse the repository at PATH and report its couplings."""
    targets = [target_of(output) for output in outputs]
    known_format(format_)
    before = load_report(base) if base else None
    start = time.monotonic()
    config, run = _analyse(path, options)
    more = {"base": before, "project": project, "verbose": options["verbose"]}
    for target, file in targets:
        save(file, content(target, run.report, more))
    if not options["quiet"] or _live(run.report):
        seconds = time.monotonic() - start if sys.stdout.isatty() else None
        print_report(format_, run.report, options["color"], {**more, "seconds": seconds})
    _exit(run.report, config, exit_zero)


@cli.command()
@_path
@click.option("--focus", default="", metavar="NAME", help="Only what lies near this model, file or table.")
@click.option("--depth", default=2, show_default=True, type=click.IntRange(0), help="How many steps from the focus.")
@click.option("--findings-only", is_flag=True, help="Only what belongs to findings.")
@click.option("--units", is_flag=True, help="Draw the scripts too.")
@click.option("--format", "format_", metavar="FORMAT", help="mermaid, dot, html, json, svg, png, pdf [by the suffix of -o, else mermaid].")
@click.option("-o", "file", metavar="FILE", help="Write to this file instead of stdout.")
@_selection
@_where
@_work
@_progress
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
    _, run = _analyse(path, options)
    made = content(target, run.report, {"focus": focus, "depth": depth, "findings_only": findings_only, "units": units})
    if file:
        save(file, made)
    else:
        say(str(made))


@cli.command()
@click.argument("what", metavar="KIND|CODE|FINGERPRINT")
@_path
@_where
@_work
@_progress
@_color
def explain(what: str, path: str, **options: Any) -> None:
    """A kind of coupling, or one finding with every hop.

    A kind is given by code or name; a finding of the repository at PATH by the beginning of its fingerprint.
    """
    from coupling.detectors import kinds

    try:
        say(kinds.page(kinds.kind(what)).rstrip())
        return
    except CouplingError:
        if len(what) < 4 or set(what.lower()) - set("0123456789abcdef"):
            raise
    config, run = _analyse(path, {**options, "pedantic": True, "min_certainty": "guess"})
    found = tuple(each for each in run.report.findings if each.fingerprint.startswith(what.lower()))
    if not found:
        raise CouplingError(
            f"no finding in `{path}` has a fingerprint that begins with `{what}`: `coupling check --format json` lists them"
        )
    print_report("text", run.report._replace(findings=found), options["color"], {"verbose": True})
    table = "[[tool.coupling.allow]]" if config.file == "pyproject.toml" else "[[allow]]"
    say(f'\nTo accept it, in {config.file or "coupling.toml"}:\n\n{table}\nfingerprint = "{found[0].fingerprint}"\nreason = "..."')


@cli.command()
@_path
@click.option("--left-out", is_flag=True, help="Only what is not analysed, with the reason.")
@_where
def files(path: str, left_out: bool, **options: Any) -> None:
    """What is analysed, what is not, and why."""
    from coupling.discover import discover
    from coupling.pipeline import folder

    root = folder(path)
    config = _config(root, options)
    listing = discover(root, config.exclude, config.below(root)).listing
    rows = [] if left_out else [(file.path, file.kind) for file in listing.files]
    print_rows([*rows, *((each.path, f"left out: {each.why}") for each in listing.left_out)])


@cli.command()
@click.argument("file", type=click.Path())
@click.option("--root", default=None, metavar="PATH", help="The repository [the git repository of FILE].")
@_where
@_work
def facts(file: str, root: str | None, **options: Any) -> None:
    """What was understood in FILE, name by name.

    Each name with its holes, then the calls as they were read.
    """
    from coupling import git
    from coupling.pipeline import folder, understand
    from coupling.understood import explain_file

    place = Path(file).resolve()
    base = folder(root) if root else git.top(place.parent) or Path.cwd()
    if not place.is_file() or not place.is_relative_to(base):
        raise CouplingError(f"`{file}` is no file below {base}")
    inside = place.relative_to(base).as_posix()
    all_facts, linked = understand(base, _config(base, options), cache=not options["no_cache"], jobs=options["jobs"])
    mine = next((each for each in all_facts if each.path == inside), None)
    if mine is None:
        raise CouplingError(f"`{inside}` is not analysed: `coupling files` says why")
    print_plain(explain_file(mine, linked))


@cli.command()
@click.argument("library", default="")
@click.option("--root", default=".", metavar="PATH", help="The repository whose .coupling/rules count too.")
def rules(library: str, root: str) -> None:
    """The libraries that are known, or the entries of one."""
    from coupling.pipeline import PROJECT_RULES
    from coupling.rulebook import load
    from coupling.rulelist import entries, libraries

    book = load(Path(root) / PROJECT_RULES)
    print_rows(entries(book.rules, library) if library else libraries(book.rules))


@cli.command()
@click.argument("name")
@_path
@_where
@_work
@_progress
def why(name: str, path: str, **options: Any) -> None:
    """Who writes NAME, who reads it, through what, with lines."""
    from coupling import ask

    print_plain(ask.why(_everything(path, options), name))


@cli.command(name="path")
@click.argument("start")
@click.argument("end")
@_path
@_where
@_work
@_progress
def path_(start: str, end: str, path: str, **options: Any) -> None:
    """The shortest flow of data from START to END, hop by hop."""
    from coupling import ask

    print_plain(ask.path(_everything(path, options), start, end))


@cli.command()
@click.argument("file", metavar="FILE.json")
@click.option("--format", "format_", default="text", show_default=True, metavar="FORMAT", help=f"{_FORMATS}, {', '.join(PICTURES)}.")
@click.option("-o", "output", metavar="FILE", help="Write to this file instead of stdout.")
@click.option("--base", metavar="FILE.json", help="An earlier saved report: marks what is new.")
@_color
@_verbose
def render(file: str, format_: str, output: str | None, base: str | None, color: str, verbose: bool) -> None:
    """Show a saved JSON report in another format.

    Nothing is analysed again.
    """
    known_format(format_, pictures=bool(output))
    report, more = load_report(file), {"base": load_report(base) if base else None, "verbose": verbose}
    if output:
        save(output, content(format_, report, more))
    else:
        print_report(format_, report, color, more)


@cli.command()
def version() -> None:
    """The version of coupling."""
    say(f"coupling {__version__}")


def main() -> NoReturn:
    """Run the command line and exit with 0, 1 or 2, whatever happens."""
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = 2
    except CouplingError as error:
        tell(f"error: {error}")
        code = 2
    except (click.Abort, KeyboardInterrupt):
        tell("interrupted")
        code = 2
    except Exception as error:
        _internal(error)
        code = 2
    sys.exit(code if isinstance(code, int) else 0)


def _internal(error: Exception) -> None:
    if os.environ.get("COUPLING_DEBUG"):
        traceback.print_exc()
    place = traceback.extract_tb(error.__traceback__)[-1]
    tell(f"internal error in {Path(place.filename).name}:{place.lineno}: {type(error).__name__}: {error}")
    tell("This is a fault of coupling, not of your repository. COUPLING_DEBUG=1 shows where; please report it.")


def _analyse(path: str, options: dict[str, Any]) -> tuple[Config, Run]:
    from coupling import pipeline

    root = pipeline.folder(path)
    config = _config(root, options)
    quiet = options.get("quiet") or options.get("no_progress")
    with progress(not quiet) as bar:
        run = pipeline.run(root, config, cache=not options["no_cache"], jobs=options["jobs"], progress=bar)
    if not run.report.summary.files and not options.get("quiet"):
        tell(f"warning: nothing to analyse in {path}: `coupling files` says what was left out")
    if run.cache and options.get("verbose") and not options["no_cache"]:
        tell(f"warning: nothing is remembered for the next run: {run.cache}")
    return config, run


def _everything(path: str, options: dict[str, Any]) -> Report:
    return _analyse(path, options)[1].report


def _config(root: Path, options: dict[str, Any]) -> Config:
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


def _live(report: Report) -> bool:
    return any(not finding.suppressed for finding in report.findings)


def _exit(report: Report, config: Config, exit_zero: bool) -> None:
    from coupling.suppress import failing

    if not exit_zero and failing(report.findings, config.fail_on):
        raise click.exceptions.Exit(1)


if __name__ == "__main__":
    main()
