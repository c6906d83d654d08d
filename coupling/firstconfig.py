"""The first configuration of a repository: what was found in it, as questions in comments.

Comes in: a report, the paths that were analysed, a date. Goes out: the text of a ``coupling.toml``, or of a table to append to
``pyproject.toml``. Every setting is commented out, in an order in which each can be taken in as it stands. It writes nothing.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from coupling.core.errors import CouplingError
from coupling.core.graph import Finding, Node
from coupling.core.names import steady, title
from coupling.core.report import Report
from coupling.core.tomltext import quoted
from coupling.reports import words
from coupling.reports.words import count, plain

MOST_SHOWN = 12
MONTHS = timedelta(days=90)
"""How long a proposed acceptance lasts."""
ASIDE = {
    **dict.fromkeys(("generated", "gen", "build", "dist", "out", "output", "outputs", "autogen"), "looks generated"),
    **dict.fromkeys(("legacy", "archive", "archived", "old", "attic", "backup", "deprecated", "unused"), "looks retired"),
    **dict.fromkeys(("external", "externals", "extern", "deps", "submodules", "copied"), "looks like copies of other projects"),
    **dict.fromkeys(("example", "examples", "demo", "demos", "sample", "samples", "tutorial", "tutorials"), "looks like examples"),
    **dict.fromkeys(("sandbox", "scratch", "playground", "tmp", "temp"), "looks like trials"),
}
"""Names of folders that a team may not want checked, with the reason."""


def compose(report: Report, paths: Sequence[str], today: date, table: str = "") -> str:
    """The file's text; ``table`` is ``tool.coupling`` in a pyproject.toml, '' in a file of its own."""
    prefix = f"{table}." if table else ""
    head = [
        "# What `coupling check` is to know of this repository, asked by `coupling init`. Lines that begin with # and no space are",
        "# settings: take the # away where the answer is yes.",
    ]
    parts = [
        [*head, *([f"[{table}]"] if table else [])],
        _found(report),
        _settings(),
        _excluded(paths),
        _accepted(report, today, prefix),
        _world(report, prefix),
        _contracts(report, prefix),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def appended(data: bytes, text: str, file: str) -> bytes:
    """A TOML file with the text at its end; every byte that was there stays.

    Raises CouplingError when that would be no TOML, or not what was meant.
    """
    end = b"\r\n" if b"\r\n" in data else b"\n"
    gap = b"" if not data else end if data.endswith(b"\n") else end + end
    made = data + gap + text.encode().replace(b"\n", end)
    try:
        before, after = (tomllib.loads(each.decode("utf-8-sig").replace("\r\n", "\n")) for each in (data, made))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CouplingError(f"{file} cannot take the table [tool.coupling] ({error}): `coupling init --own-file`") from error
    if after.pop("tool", {}).get("coupling") != {} or {**before, "tool": 0} != {**after, "tool": 0}:
        raise CouplingError(f"{file} cannot take the table [tool.coupling]: `coupling init --own-file`")
    return made


def _found(report: Report) -> list[str]:
    summary = report.summary
    lines = [f"# Found: {count(summary.models, 'model')}, {count(summary.assets, 'data set')} in {count(summary.files, 'file')}."]
    models = sorted({title(node): node for node in report.graph.nodes if node.kind == "model"}.items())
    lines += [f"#   {plain(name)}{_where(node)}" for name, node in models[:MOST_SHOWN]]
    lines += [f"#   and {len(models) - MOST_SHOWN} more: coupling graph" for _ in models[MOST_SHOWN : MOST_SHOWN + 1]]
    if not models:
        lines.append("# Is there a model in this repository? Then `coupling facts FILE` says what was understood of a file.")
    owners = sorted({name for node in report.graph.nodes for name in node.owner.split()})
    if owners:
        return [*lines, f"# Owners, by CODEOWNERS: {plain(', '.join(owners[:MOST_SHOWN]))}."]
    return [*lines, "# Who owns what? A CODEOWNERS file makes reports name the owner of each hop."]


def _where(node: Node) -> str:
    return f" ({plain(node.name)})" if node.name != title(node) else ""


def _settings() -> list[str]:
    return [
        "# Which findings are to fail a run: error, warning, note, never?",
        '#fail-on = "warning"',
        "# Only what was read without a doubt (exact), names that match by pattern too (partial), or guesses too?",
        '#min-certainty = "partial"',
    ]


def _excluded(paths: Sequence[str]) -> list[str]:
    found = Counter(folder for path in paths if (folder := _aside(path)))
    if not found:
        return []
    rows = sorted(found.items())[:MOST_SHOWN]
    reasons = [(folder, f"{count(number, 'file')}, {ASIDE[folder.split('/')[-1].lower()]}") for folder, number in rows]
    return [
        "# Is this no code of yours, or none that runs? Patterns as in .gitignore.",
        "#exclude = [",
        *(f"#  {quoted('/' + folder + '/')},  # {why}" for folder, why in reasons),
        "#]",
    ]


def _aside(path: str) -> str:
    """The topmost folder of a path that looks like none of the team's own."""
    parts = path.split("/")[:-1]
    return next(("/".join(parts[: at + 1]) for at, part in enumerate(parts) if part.lower() in ASIDE), "")


def _accepted(report: Report, today: date, prefix: str) -> list[str]:
    live = [finding for finding in words.live(report) if not words.is_possible(finding)]
    if not live:
        return []
    lines = ["# Is this coupling wanted? Then say why, who answers for it and until when. Else `coupling explain` says how to break it."]
    for finding in live[:MOST_SHOWN]:
        lines += [*_allow(finding, report, today, prefix), "#"]
    if len(live) > MOST_SHOWN:
        lines.append(f"# and {len(live) - MOST_SHOWN} more: coupling check. `coupling baseline` accepts all that is there.")
    return lines if lines[-1] != "#" else lines[:-1]


def _allow(finding: Finding, report: Report, today: date, prefix: str) -> list[str]:
    owner = next(iter(words.owners(finding, report.graph)), "")
    return [
        f"# {plain(finding.code)} {plain(finding.message)}",
        f"#[[{prefix}allow]]",
        f"#fingerprint = {quoted(finding.fingerprint)}",
        '#reason = "why is this fine?"',
        f"#owner = {quoted(owner or '@who')}",
        f"#expires = {today + MONTHS}",
    ]


def _world(report: Report, prefix: str) -> list[str]:
    """Loops that may close through people: only the team knows whether they do."""
    asked = [finding for finding in words.live(report) if words.is_possible(finding) and words.advice(finding)[1]]
    lines: list[str] = []
    for finding in asked[:MOST_SHOWN]:
        block = words.advice(finding)[1].replace("[[tool.coupling.world]]", f"[[{prefix}world]]")
        lines += [f"# {plain(finding.message)}", *(f"#{plain(line)}" for line in block.split("\n"))]
    head = ["# Does what a model shows shape what it learns from? Uncomment to say so; shapes = [] says that it does not."]
    return [*head, *lines] if lines else []


def _contracts(report: Report, prefix: str) -> list[str]:
    models = sorted({steady(title(node)) for node in report.graph.nodes if node.kind == "model" and "component" not in node.tags})
    if len(models) < 2:
        return []
    return [
        "# Are there models that must not learn from each other? (docs/adoption.md lists the types of contracts)",
        f"#[[{prefix}contracts]]",
        '#name = "these models stay independent"',
        '#type = "independent"',
        f"#among = [{', '.join(quoted(f'model:{_literal(name)}') for name in models[:2])}]",
    ]


def _literal(name: str) -> str:
    """A name as a pattern that means it alone."""
    return "".join(f"[{ch}]" if ch in "*?[" else ch for ch in name)
