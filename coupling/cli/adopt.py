"""Commands for adoption in repositories that are there already: ``baseline``, ``mark``, ``init``, ``config``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coupling.cli import options as shared
from coupling.core.errors import CouplingError
from coupling.outputs import print_plain, print_rows
from coupling.terminal import save, say

if TYPE_CHECKING:
    from coupling.baseline import Baseline, Entry
    from coupling.core.graph import Finding
    from coupling.marks import Edit
    from coupling.pipeline import Run

NEXT = """Next:
  coupling check                 what couples today
  coupling baseline              accept what is there, so that only new couplings fail
  .pre-commit-config.yaml        hook `coupling`: checks before each commit
  coupling check --format github in CI, or the action: annotations in a pull request"""


@click.command()
@shared.path
@click.option("--prune", is_flag=True, help="Only drop what matches no finding any more; accept nothing new.")
@click.option(
    "-o", "--output", "output", type=click.Path(), metavar="FILE", help="Write here instead of beside the configuration; - is stdout."
)
@shared.selection
@shared.where
@shared.work
@shared.progress
def baseline(path: str, prune: bool, output: str | None, **options: Any) -> None:
    """Accept the couplings that are there now, so that only new ones fail.

    Writes coupling-baseline.json, which `coupling check` finds. What a comment or the configuration accepts is left out.
    """
    from coupling import baseline as accepted
    from coupling import inplace
    from coupling.pipeline import folder

    root = folder(path)
    config = shared.config_of(root, options)
    file = accepted.place(root, config)
    if not output:
        inplace.check(file.parent, file)
    before = accepted.load(root, config) if prune or file.exists() else None
    if prune and before is None:
        raise CouplingError(f"there is no {file.name} to prune: `coupling baseline` writes it")
    part = config.below(root)
    if part and prune:
        raise CouplingError(f"`{path}` is a part of {config.base}, whose baseline this is: prune there, a part cannot say what is gone")
    _, run = shared.analyse(path, {**options, "no_baseline": not prune})
    entries = _kept(before.entries, run) if before and prune else accepted.of(run.report.findings, before)
    entries = accepted.joined(entries, before) if part and before else entries
    text = accepted.render(entries)
    if output:
        save(output, text)
    else:
        inplace.write(file.parent, file, text.encode())
    if output != "-":
        say(_told(Path(output).name if output else file.name, entries, before))


def _kept(entries: tuple[Entry, ...], run: Run) -> tuple[Entry, ...]:
    gone = {entry.fingerprint for entry in run.stale}
    return tuple(entry for entry in entries if entry.fingerprint not in gone)


def _told(name: str, entries: tuple[Entry, ...], before: Baseline | None) -> str:
    from coupling.reports.words import count, plain

    old, now = {entry.fingerprint for entry in before.entries} if before else set(), {entry.fingerprint for entry in entries}
    changes = [f"{len(now - old)} new"] if old and now - old else []
    changes += [f"{len(old - now)} dropped"] if old - now else []
    more = f" ({', '.join(changes)})" if changes else ""
    return f"wrote {plain(name)}: {count(len(entries), 'finding')} accepted{more}"


@click.command()
@click.argument("fingerprint")
@shared.path
@click.option("--reason", required=True, help="Why the coupling is fine: it will stand in the comment.")
@click.option("--at", default="", metavar="FILE:LINE", help="The hop to mark [the last one that can hold a comment].")
@click.option("--dry-run", is_flag=True, help="Only show the change.")
@shared.where
@shared.work
@shared.progress
def mark(fingerprint: str, path: str, reason: str, at: str, dry_run: bool, **options: Any) -> None:
    """Accept a finding by a comment in the code.

    Writes `coupling: ignore[CODE] reason` at one of its hops and changes nothing else in the file. FINGERPRINT is its beginning.
    """
    from coupling import inplace, marks
    from coupling.pipeline import folder

    _, run = shared.analyse(path, {**options, "pedantic": True, "min_certainty": "guess", "no_baseline": True})
    finding = _one(run, fingerprint, path)
    if finding.suppressed:
        print_plain(f"nothing to do: a {finding.accepted_by} accepts it already: {finding.suppressed}")
        return
    edit = marks.plan(folder(path), finding, reason, at)
    if dry_run:
        print_plain(*_difference(edit))
        return
    inplace.write(folder(path), folder(path) / edit.path, edit.after)
    print_plain(f"marked {edit.path}:{edit.line}: {finding.message}")


def _one(run: Run, fingerprint: str, path: str) -> Finding:
    from coupling.suppress import SHORTEST_FINGERPRINT

    wanted = fingerprint.lower()
    found = [each for each in run.report.findings if each.fingerprint.startswith(wanted)]
    if len(wanted) < SHORTEST_FINGERPRINT or not found:
        raise CouplingError(
            f"no finding in `{path}` has a fingerprint that begins with `{fingerprint}`: `coupling check --format json` lists them"
        )
    if len(found) > 1:
        raise CouplingError(f"{len(found)} findings have a fingerprint that begins with `{fingerprint}`: give more of it")
    return found[0]


def _difference(edit: Edit) -> list[str]:
    from difflib import unified_diff

    from coupling.parsers import decode

    before, after = (decode(data).split("\n") for data in (edit.before, edit.after))
    return list(unified_diff(before, after, edit.path, edit.path, lineterm="", n=2))


@click.command()
@shared.path
@click.option("--own-file", is_flag=True, help="Write coupling.toml also where there is a pyproject.toml.")
@click.option("--dry-run", is_flag=True, help="Only show the file.")
@shared.work
@shared.progress
def init(path: str, own_file: bool, dry_run: bool, **options: Any) -> None:
    """Write a first configuration, with what is found as questions.

    A table at the end of pyproject.toml where there is one, else coupling.toml. What is there already is never changed.
    """
    from coupling import inplace
    from coupling.config import NAMES, load
    from coupling.firstconfig import appended, compose
    from coupling.pipeline import folder
    from coupling.reports.words import plain

    root = folder(path)
    if (config := load(root)).file and Path(config.base) == root:
        raise CouplingError(f"{config.file} holds settings already: change them there")
    joined = (root / NAMES[-1]).is_file() and not own_file
    file = root / (NAMES[-1] if joined else NAMES[0])
    inplace.check(root, file)
    before = file.read_bytes() if joined else b""
    _, run = shared.analyse(path, {**options, "no_baseline": True})
    text = compose(run.report, [each.path for each in run.listing.files], date.today(), "tool.coupling" if joined else "")
    made = appended(before, text, file.name) if joined else text.encode("utf-8", "backslashreplace")
    if dry_run:
        print_plain(*text.split("\n"))
        return
    inplace.write(root, file, made)
    say(f"{'added [tool.coupling] to' if joined else 'wrote'} {plain(file.name)}\n\n{NEXT}")


@click.command(name="config")
@shared.path
@click.option("--show", is_flag=True, help="The settings that hold, and where each comes from [this is what happens anyway].")
@click.option("--schema", is_flag=True, help="The JSON Schema of coupling.toml, for editors.")
@shared.where
def config_(path: str, show: bool, schema: bool, **options: Any) -> None:
    """The settings that hold at PATH, and where each comes from."""
    from coupling import configview
    from coupling.baseline import load, place
    from coupling.pipeline import folder
    from coupling.reports.words import count, dump

    if schema and show:
        raise CouplingError("--show and --schema are two questions: ask one")
    if schema:
        say(dump(configview.schema()))
        return
    root = folder(path)
    config = shared.config_of(root, options)
    known = load(root, config)
    rows = configview.rows(config)
    accepted = f"{count(len(known.entries), 'finding')} accepted" if known else "there is none"
    print_rows([*rows, (f"# {place(root, config).name}", accepted)])
