"""The findings that were there when the check came: ``coupling-baseline.json`` accepts them, and new ones still fail.

Comes in: findings, and the file beside the configuration. Goes out: findings marked as accepted, the entries that match none any more,
and the file's text: one line a finding, in an order that depends on names only, so that two branches rarely touch the same line.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from coupling.config import BASELINE as NAME
from coupling.config import Config
from coupling.core.errors import CouplingError
from coupling.core.graph import Finding
from coupling.core.source import Problem, Span
from coupling.trees import Disk, Tree
from coupling.trees import of as of_tree

FORM, VERSION = "coupling-baseline", 1
MAX_BYTES = 50_000_000
ABOUT = (
    "Couplings that were here when the check came. `coupling baseline` writes this file, `coupling baseline --prune` drops what is gone."
)
WHY = "in the baseline"


class Entry(NamedTuple):
    """One accepted finding: what identifies it, a sentence for people, a reason where somebody wrote one."""

    fingerprint: str
    code: str
    finding: str
    reason: str = ""
    line: int = 0


class Baseline(NamedTuple):
    file: str
    entries: tuple[Entry, ...]


def place(root: Path, config: Config) -> Path:
    """Where the baseline lies: beside the configuration, or in the analysed folder without one.

    Raises CouplingError when the configuration names a file outside that folder.
    """
    name = PurePosixPath(config.baseline or NAME)
    if name.is_absolute() or ".." in name.parts or "\\" in str(name):
        raise CouplingError(f"`baseline` names `{name}`: give a file below the folder of {config.file}")
    return (Path(config.base) if config.base else root) / name


def load(where: Path | Tree, config: Config) -> Baseline | None:
    """The baseline of a repository in that state of it, None when there is none.

    Raises CouplingError for one that cannot be used, or that the configuration names and nobody has written.
    """
    tree = of_tree(where)
    file = place(tree.root, config)
    if isinstance(tree, Disk) and (file.is_symlink() or (file.exists() and not file.is_file())):
        raise CouplingError(f"{file.name} is no file that can be read here: a link or a folder")
    found = next((content for at, content in tree.above((config.baseline or NAME,)) if at == file), None)
    if found is None:
        if config.baseline:
            raise CouplingError(f"{config.file}: `baseline` names `{config.baseline}`, which is not there: `coupling baseline` writes it")
        return None
    data, error = found
    if error or len(data) > MAX_BYTES:
        raise CouplingError(f"cannot read the baseline {file.name}: {error or 'it is too large'}")
    try:
        return parse(data.decode("utf-8-sig"), file.name)
    except UnicodeDecodeError as fault:
        raise CouplingError(f"cannot read the baseline {file.name}: {fault}") from fault


def parse(text: str, file: str = NAME) -> Baseline:
    """The entries of a baseline's text.

    Raises CouplingError for damage, another version, and a finding that stands in it twice.
    """
    data = _json(text, file)
    _check_form(data.get("schema"), file)
    rows = data.get("findings")
    if not isinstance(rows, list):
        raise CouplingError(f"{file}: damaged, `findings` is a list: delete it and run `coupling baseline`")
    lines = _lines(text)
    entries = tuple(_entry(row, number, file, lines) for number, row in enumerate(rows, 1))
    for fingerprint, count in Counter(entry.fingerprint for entry in entries).items():
        if count > 1:
            at = [number for number, line in enumerate(text.splitlines(), 1) if f'"{fingerprint}"' in line][1:2] or [0]
            raise CouplingError(f"{file}:{at[0]}: the finding {fingerprint} stands here twice: keep one of the lines")
    return Baseline(file, entries)


def mark(findings: Iterable[Finding], baseline: Baseline | None) -> tuple[tuple[Finding, ...], tuple[Entry, ...]]:
    """The findings, those of the baseline accepted unless somebody accepted them elsewhere; and the entries that match none."""
    if baseline is None:
        return tuple(findings), ()
    known = {entry.fingerprint: entry for entry in baseline.entries}
    marked = tuple(_accepted(finding, known) for finding in findings)
    there = {finding.fingerprint for finding in marked}
    return marked, tuple(entry for entry in baseline.entries if entry.fingerprint not in there)


def gone(baseline: Baseline | None, stale: Iterable[Entry]) -> tuple[Problem, ...]:
    """What to say of entries that match nothing."""
    if baseline is None:
        return ()
    what = "matches no finding any more: `coupling baseline --prune` drops it"
    return tuple(Problem(f"{entry.code} {entry.fingerprint} {what} ({entry.finding})", Span(baseline.file, entry.line)) for entry in stale)


def of(findings: Iterable[Finding], before: Baseline | None = None) -> tuple[Entry, ...]:
    """Entries for the findings that nobody accepts; reasons written into the file before stay."""
    reasons = {entry.fingerprint: entry.reason for entry in before.entries} if before else {}
    live = (finding for finding in findings if not finding.suppressed)
    return tuple(Entry(f.fingerprint, f.code, f.message, reasons.get(f.fingerprint, "")) for f in live)


def joined(entries: tuple[Entry, ...], before: Baseline) -> tuple[Entry, ...]:
    """The entries of a part of the repository together with those of the other parts."""
    mine = {entry.fingerprint for entry in entries}
    return (*entries, *(entry for entry in before.entries if entry.fingerprint not in mine))


def render(entries: Iterable[Entry]) -> str:
    """The file's text, the same for the same entries in any order."""
    rows = [json.dumps(_row(entry), ensure_ascii=True) for entry in sorted(entries, key=lambda entry: (entry.code, entry.fingerprint))]
    body = "".join(f"\n  {row}{',' if number < len(rows) else ''}" for number, row in enumerate(rows, 1))
    head = f' "schema": "{FORM}/{VERSION}",\n "about": {json.dumps(ABOUT)},\n'
    return f'{{\n{head} "findings": [{body}\n ]\n}}\n'


def _row(entry: Entry) -> dict[str, str]:
    row = {"fingerprint": entry.fingerprint, "code": entry.code, "finding": entry.finding}
    return row | ({"reason": entry.reason} if entry.reason else {})


def _accepted(finding: Finding, known: Mapping[str, Entry]) -> Finding:
    entry = known.get(finding.fingerprint)
    if entry is None or finding.suppressed:
        return finding
    return finding._replace(suppressed=f"{WHY}: {entry.reason}" if entry.reason else WHY, accepted_by="baseline")


def _json(text: str, file: str) -> dict[str, object]:
    conflict = next((n for n, line in enumerate(text.splitlines(), 1) if line.startswith(("<<<<<<< ", ">>>>>>> "))), 0)
    if conflict:
        raise CouplingError(f"{file}:{conflict}: a merge conflict: keep the lines of both sides, or delete it and run `coupling baseline`")
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise CouplingError(
            f"{file}:{error.lineno}: damaged, not readable as JSON ({error.msg.removesuffix(' at')}): delete it and run `coupling baseline`"
        ) from error
    except (ValueError, RecursionError) as error:
        raise CouplingError(f"{file}: damaged, not readable as JSON: delete it and run `coupling baseline`") from error
    if not isinstance(data, dict):
        raise CouplingError(f"{file}: no baseline of coupling: delete it and run `coupling baseline`")
    return data


def _check_form(schema: object, file: str) -> None:
    form, _, version = str(schema).partition("/")
    if form != FORM or not version.isdecimal():
        raise CouplingError(f'{file}: no baseline of coupling: its `schema` is not "{FORM}/{VERSION}"')
    if int(version[:9]) > VERSION:
        raise CouplingError(f"{file}: written by a newer coupling (its form is {version}, this one knows {VERSION}): update coupling")
    if int(version[:9]) < VERSION:
        raise CouplingError(f"{file}: its form {version} is not known: delete it and run `coupling baseline`")


def _entry(row: object, number: int, file: str, lines: Mapping[str, int]) -> Entry:
    if not isinstance(row, dict) or not isinstance(row.get("fingerprint"), str) or not row["fingerprint"]:
        raise CouplingError(f"{file}: damaged, entry {number} has no `fingerprint`: delete it and run `coupling baseline`")
    texts = {key: row.get(key, "") for key in ("code", "finding", "reason")}
    if not all(isinstance(text, str) for text in texts.values()):
        raise CouplingError(f"{file}: damaged, entry {number} holds something else than texts: delete it and run `coupling baseline`")
    return Entry(row["fingerprint"], **texts, line=lines.get(row["fingerprint"], 0))


def _lines(text: str) -> dict[str, int]:
    """The line that each entry stands on, as ``render`` writes it."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        _, key, rest = line.partition('"fingerprint": "')
        if key:
            found.setdefault(rest.partition('"')[0], number)
    return found
