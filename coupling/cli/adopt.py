"""Commands for adoption in repositories that are there already: ``baseline``, ``mark``, ``init``, ``config``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coupling.cli import options as shared
from coupling.core.errors import CouplingError
from coupling.terminal import save, say

if TYPE_CHECKING:
    from coupling.baseline import Baseline, Entry
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
