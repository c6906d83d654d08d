"""Commands for adoption in repositories that are there already: ``baseline``, ``mark``, ``init``, ``config``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coupling.cli import options as shared
from coupling.core.errors import CouplingError
from coupling.outputs import print_plain
from coupling.terminal import save, say

if TYPE_CHECKING:
    from coupling.baseline import Baseline, Entry
    from coupling.core.graph import Finding
    from coupling.marks import Edit
    from coupling.pipeline import Run


@click.command()
@shared.path
@click.option("--prune", is_flag=True, help="Only drop what matches no finding any more; accept nothing new.")
@click.option("-o", "output", metavar="FILE", help="Write here instead of beside the configuration; - is stdout.")
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
    _, run = shared.analyse(path, {**options, "no_baseline": not prune})
    entries = _kept(before.entries, run) if before and prune else accepted.of(run.report.findings, before)
    text = accepted.render(entries)
    if output == "-":
        say(text)
    elif output:
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
        print_plain(_difference(edit))
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


def _difference(edit: Edit) -> str:
    from difflib import unified_diff

    from coupling.parsers import decode

    before, after = (decode(data).split("\n") for data in (edit.before, edit.after))
    return "\n".join(unified_diff(before, after, edit.path, edit.path, lineterm="", n=2))
