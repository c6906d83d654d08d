"""Commands that answer questions: what a finding is, who writes a name, what was understood, which libraries are known."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Any

import click

from coupling.cli import options as shared
from coupling.core.errors import CouplingError
from coupling.outputs import print_plain, print_report, print_rows
from coupling.terminal import say


@click.command()
@click.argument("what", metavar="KIND|CODE|FINGERPRINT")
@shared.path
@shared.where
@shared.work
@shared.progress
@shared.color
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
    config, run = shared.analyse(path, {**options, "pedantic": True, "min_certainty": "guess"})
    found = tuple(each for each in run.report.findings if each.fingerprint.startswith(what.lower()))
    if not found:
        raise CouplingError(
            f"no finding in `{path}` has a fingerprint that begins with `{what}`: `coupling check --format json` lists them"
        )
    print_report("text", run.report._replace(findings=found), options["color"], {"verbose": True})
    table = "[[tool.coupling.allow]]" if config.file == "pyproject.toml" else "[[allow]]"
    say(f'\nTo accept it, in {config.file or "coupling.toml"}:\n\n{table}\nfingerprint = "{found[0].fingerprint}"\nreason = "..."')
    where = "" if path == "." else f" {quote(path)}"
    say(f'\nOr by a comment in the code: coupling mark {found[0].fingerprint[:8]}{where} --reason "..."')


@click.command()
@shared.path
@click.option("--left-out", is_flag=True, help="Only what is not analysed, with the reason.")
@shared.where
def files(path: str, left_out: bool, **options: Any) -> None:
    """What is analysed, what is not, and why."""
    from coupling.discover import discover
    from coupling.pipeline import folder

    root = folder(path)
    config = shared.config_of(root, options)
    listing = discover(root, config.exclude, config.below(root)).listing
    rows = [] if left_out else [(file.path, file.kind) for file in listing.files]
    print_rows([*rows, *((each.path, f"left out: {each.why}") for each in listing.left_out)])


@click.command()
@click.argument("file", type=click.Path())
@click.option("--root", default=None, metavar="PATH", help="The repository [the git repository of FILE].")
@shared.where
@shared.work
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
    all_facts, linked = understand(base, shared.config_of(base, options), cache=not options["no_cache"], jobs=options["jobs"])
    mine = next((each for each in all_facts if each.path == inside), None)
    if mine is None:
        raise CouplingError(f"`{inside}` is not analysed: `coupling files` says why")
    print_plain(explain_file(mine, linked))


@click.command()
@click.argument("library", default="")
@click.option("--root", default=".", metavar="PATH", help="The repository whose .coupling/rules count too.")
def rules(library: str, root: str) -> None:
    """The libraries that are known, or the entries of one."""
    from coupling.pipeline import PROJECT_RULES
    from coupling.rulebook import load
    from coupling.rulelist import entries, libraries

    book = load(Path(root) / PROJECT_RULES)
    print_rows(entries(book.rules, library) if library else libraries(book.rules))


@click.command()
@click.argument("name")
@shared.path
@shared.where
@shared.work
@shared.progress
def why(name: str, path: str, **options: Any) -> None:
    """Who writes NAME, who reads it, through what, with lines."""
    from coupling import ask

    print_plain(ask.why(shared.everything(path, options), name))


@click.command(name="path")
@click.argument("start")
@click.argument("end")
@shared.path
@shared.where
@shared.work
@shared.progress
def path_(start: str, end: str, path: str, **options: Any) -> None:
    """The shortest flow of data from START to END, hop by hop."""
    from coupling import ask

    print_plain(ask.path(shared.everything(path, options), start, end))
