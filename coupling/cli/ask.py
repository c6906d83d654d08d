"""Commands that answer questions: what a finding is, who writes a name, what was understood, which libraries are known."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from coupling.cli import options as shared
from coupling.core.errors import CouplingError, did_you_mean
from coupling.core.source import Span
from coupling.outputs import look, print_rows
from coupling.terminal import say, tell

MOST_LISTED, LINES = 8, 100_000


@click.command()
@click.argument("what", default="", type=shared.Kinds(), metavar="[KIND|CODE|FINGERPRINT]")
@shared.path
@shared.where
@shared.work
@shared.progress
@shared.look
def explain(what: str, path: str, **options: Any) -> None:
    """A kind of coupling, or one finding with every hop.

    A kind is given by code or name; a finding of the repository at PATH by the beginning of its fingerprint, which `coupling check`
    shows. Without either, all kinds are listed.
    """
    from coupling import explained
    from coupling.detectors import kinds
    from coupling.reports.options import Options
    from coupling.suppress import SHORTEST_FINGERPRINT

    if not what:
        say(explained.all_kinds(Options(**look(options["color"]))))
        return
    try:
        say(explained.kind_page(kinds.kind(what), Options(**look(options["color"]))))
        return
    except CouplingError as error:
        if len(what) < SHORTEST_FINGERPRINT or set(what.lower()) - set("0123456789abcdef"):
            raise CouplingError(f"{error}; `coupling explain` lists the kinds, `coupling why {what}` tells about a name") from None
    _explain_finding(what.lower(), path, options)


def _explain_finding(begin: str, path: str, options: dict[str, Any]) -> None:
    from coupling import explained
    from coupling.pipeline import folder, understand
    from coupling.reports.options import Options
    from coupling.substitution import Names, origins

    config, run = shared.analyse(path, {**options, "pedantic": True, "min_certainty": "guess"})
    found = [each for each in run.report.findings if each.fingerprint.startswith(begin)]
    if not found:
        known = [each.fingerprint[:8] for each in run.report.findings]
        listed = f"; there are {', '.join(known[:MOST_LISTED])}" if known else ": it has none"
        raise CouplingError(f"no finding in `{path}` has a fingerprint that begins with `{begin}`{did_you_mean(begin, known)}{listed}")
    look_ = Options(**shared.shown(path, options))
    all_facts, linked = understand(folder(path), config, cache=not options["no_cache"], jobs=options["jobs"])
    rules = {rule.path: rule for rule in shared.rulebook(path).rules}
    made = explained.Sources(rules, origins(Names(all_facts, linked.paths), linked), config.file)
    say("\n\n".join(explained.finding_page(run.report, each, made, look_) for each in found))


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
    listing = discover(root, config.exclude, config.below(root), config.baseline).listing
    rows = [] if left_out else [(file.path, file.kind) for file in listing.files]
    rows += [(each.path, f"left out: {each.why}") for each in listing.left_out]
    print_rows(rows)
    if not rows:
        tell("nothing is left out" if left_out else f"there is no file in {path}")


@click.command()
@click.argument("file", type=click.Path())
@click.option("--root", default=None, type=click.Path(), metavar="PATH", help="The repository [the git repository of FILE].")
@shared.where
@shared.work
@shared.look
def facts(file: str, root: str | None, **options: Any) -> None:
    """What was understood in FILE, line by line.

    Each name with what it is made of, step by step, and each hole with its reason. The whole repository is read for that, because
    names come from other files: the git repository that FILE lies in, or --root.
    """
    from coupling.pipeline import understand
    from coupling.quote import Quoter
    from coupling.reports.options import Options
    from coupling.substitution import Names
    from coupling.trees import Disk
    from coupling.understood import explain_file

    base, inside = _below(file, root)
    all_facts, linked = understand(base, shared.config_of(base, options), cache=not options["no_cache"], jobs=options["jobs"])
    mine = next((each for each in all_facts if each.path == inside), None)
    if mine is None:
        raise CouplingError(f"`{inside}` is not analysed in {base}: `coupling files {base}` says why; --root takes another repository")
    spans = [Span(inside, line) for line in range(1, LINES + 1)]
    quoter = Quoter(Disk(base), spans)
    if root is None and base != Path.cwd():
        tell(f"in the git repository {base}; --root takes another folder for the repository")
    look_ = Options(**look(options["color"], options["links"], base))
    say(explain_file(mine, linked, Names(all_facts, linked.paths), lambda span: quoter.span(span).text, look_))


def _below(file: str, root: str | None) -> tuple[Path, str]:
    """The repository, and the file as seen from there. A name that is not found here may be meant from the root."""
    from coupling import git
    from coupling.pipeline import folder

    place = Path(os.path.realpath(file))  # resolve() raises on links in a circle
    base = folder(root) if root else git.top(place.parent) or Path.cwd()
    if root and not place.is_file() and (base / file).is_file():
        place = Path(os.path.realpath(base / file))
    if place.is_dir():
        raise CouplingError(f"`{file}` is a folder: `coupling files {file}` lists its files, `coupling facts FILE` takes one")
    if place.exists() and not place.is_file():
        raise CouplingError(f"`{file}` is no regular file")
    if not place.is_file():
        near = [each.name for each in place.parent.iterdir()] if place.parent.is_dir() else []
        raise CouplingError(f"`{file}` does not exist{did_you_mean(place.name, near)}")
    if not place.is_relative_to(base):
        raise CouplingError(f"`{file}` is outside of {base}: --root PATH names the repository that it belongs to")
    return base, place.relative_to(base).as_posix()


@click.command()
@click.argument("library", default="")
@click.option("--root", default=".", metavar="PATH", help="The repository whose .coupling/rules count too.")
def rules(library: str, root: str) -> None:
    """The libraries that are known, or the entries of one."""
    from coupling.rulelist import entries, libraries

    book = shared.rulebook(root)
    print_rows(entries(book.rules, library) if library else libraries(book.rules))


@click.command()
@click.argument("name")
@shared.path
@shared.where
@shared.work
@shared.progress
@shared.look
def why(name: str, path: str, **options: Any) -> None:
    """Who writes NAME, who reads it, through what, with lines.

    NAME is a model, file, table or script: an id, a name, its end, or a part that only one has.
    """
    from coupling import ask
    from coupling.reports.options import Options

    say(ask.why(shared.everything(path, options), name, Options(**shared.shown(path, options))))


@click.command(name="path")
@click.argument("start")
@click.argument("end")
@shared.path
@shared.where
@shared.work
@shared.progress
@shared.look
def path_(start: str, end: str, path: str, **options: Any) -> None:
    """The shortest flow of data from START to END, hop by hop.

    START and END are names as for `coupling why`; the same name twice asks for the shortest loop.
    """
    from coupling import ask
    from coupling.reports.options import Options

    say(ask.path(shared.everything(path, options), start, end, Options(**shared.shown(path, options))))
