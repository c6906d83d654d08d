"""Read, run and rewrite case files: Markdown documents that hold several in-memory files and say on each line what happens there.

Comes in: the text of a document. A heading (``#`` or ``##``) starts a case; `` `path`: `` before a fenced block makes it a file.
Goes out: cases, what was expected and what the stages found. Expectations are comments at the end of a line, in the words of rules::

    df.to_csv("a.csv")        # writes: file a.csv; finding: entanglement
    df.to_json(name)          # todo: writes: file b.json

Families: ``reads`` ``writes`` ``saves`` ``loads`` (KIND NAME), ``trains``, ``predicts``, ``finding`` (RULE, on the last line of its path).
``checks: WORDS`` up to the second heading names the families that are strict in the document, after it those of one case;
``notes`` and ``guesses`` let findings of that severity and certainty count. Expectations are removed before the file is
analysed, so that any format can carry them. A ``.ipynb`` block in percent format (``# %% tags=["a"]``) becomes a notebook.
``expect: FILE:LINE EVENTS`` after a block says it for files whose lines must stay as they are. ``todo:`` is a known miss and
fails when it starts to pass. It does not know what is right: with ``COUPLING_UPDATE=1`` it writes down what is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from coupling import discover
from coupling.build import build
from coupling.core.graph import DataGraph, Edge, Finding
from coupling.core.source import SourceFile, Span
from coupling.detectors import detect
from coupling.link import link
from coupling.parsers import parse
from coupling.rulebook import Rulebook, load

NAMED = ("reads", "writes", "saves", "loads")
BARE = ("trains", "predicts")
DEFAULT_CHECKS = frozenset(("reads", "writes", "finding"))
WORDS = frozenset((*NAMED, *BARE, "finding", "notes", "guesses"))

_EVENT = r"(?:todo: )?(?:(?:reads|writes|saves|loads): \w+ [^;]*?|trains|predicts|finding: [\w-]+)"
_EXPECTATION = re.compile(rf"\s*(?:#|--|//|<!--)\s+({_EVENT}(?:\s*(?:;|#|--|//)\s*{_EVENT})*)\s*(?:-->)?\s*$")
_BETWEEN = re.compile(rf"\s*(?:;|\s(?:#|--|//))\s*(?={_EVENT}\s*(?:$|;|#|--|//))")
_HEADING = re.compile(r"#{1,2} +(.+)")
_PATH = re.compile(r"`([^`\s]+)`:\s*$")
_EXPECT = re.compile(r"expect: (\S+):(\d+) (.+)")
_MARKS = {"sql": "-- ", "js": "// ", "jsx": "// ", "ts": "// ", "tsx": "// ", "vue": "// ", "json": "// ", "html": "<!-- "}

Place = tuple[str, int]
"""A file of the case and a line in it, from 1."""


class Expected(NamedTuple):
    """One expectation: where, what, and whether it is a known miss."""

    place: Place
    event: str
    todo: bool = False


class File(NamedTuple):
    """One block: its path, its lines without expectations, and the document's line that holds its first line."""

    path: str
    lines: tuple[str, ...]
    start: int


class Case(NamedTuple):
    """One heading: its files and what is expected in them."""

    title: str
    files: tuple[File, ...]
    expected: tuple[Expected, ...]
    checks: frozenset[str]
    listed: tuple[int, ...] = ()
    """The document's lines that hold ``expect:``."""


# ---- reading


def read(text: str) -> list[Case]:
    """The cases of a document, those with files only.

    Raises ValueError for an unknown word in ``checks:`` and for a block that never ends.
    """
    cases: list[Case] = []
    checks, path = DEFAULT_CHECKS, ""
    lines = text.split("\n")
    row = 0
    while row < len(lines):
        line = lines[row]
        if match := _HEADING.match(line):
            cases.append(Case(match[1].strip(), (), (), checks))
        elif line.startswith("checks: "):
            here = _checks(line)
            checks = here if len(cases) < 2 else checks
            cases = [*cases[:-1], cases[-1]._replace(checks=here)] if cases else cases
        elif match := _EXPECT.match(line):
            found = tuple(_events((match[1], int(match[2])), match[3]))
            cases[-1] = cases[-1]._replace(expected=cases[-1].expected + found, listed=(*cases[-1].listed, row))
        elif match := _PATH.match(line):
            path = match[1]
        elif line.startswith("```"):
            end = next((at for at in range(row + 1, len(lines)) if lines[at].startswith("```")), -1)
            if end < 0:
                raise ValueError(f"line {row + 1}: the block never ends")
            if path:
                cases[-1] = _with_file(cases[-1], path, lines[row + 1 : end], row + 1)
            row, path = end, ""
        row += 1
    return [case for case in cases if case.files]


def _checks(line: str) -> frozenset[str]:
    words = frozenset(line.removeprefix("checks: ").split())
    if words - WORDS:
        raise ValueError(f"unknown in `checks:`: {', '.join(sorted(words - WORDS))}")
    return words


def _with_file(case: Case, path: str, block: list[str], start: int) -> Case:
    expected = list(case.expected)
    plain = []
    for number, line in enumerate(block, 1):
        match = _EXPECTATION.search(line)
        plain.append(line[: match.start()] if match else line)
        expected += _events((path, number), match[1]) if match else ()
    return case._replace(files=(*case.files, File(path, tuple(plain), start)), expected=tuple(expected))


def _events(place: Place, text: str) -> Iterable[Expected]:
    for event in _BETWEEN.split(text.strip()):
        yield Expected(place, event.strip().removeprefix("todo: "), event.strip().startswith("todo: "))


# ---- running


@lru_cache(maxsize=1)
def rules() -> Rulebook:
    return load()


def run(files: Iterable[tuple[str, str]]) -> tuple[DataGraph, tuple[Finding, ...]]:
    """The stages from parse to detect over files in memory."""
    files = list(files)
    facts = []
    for path, text in files:
        data = text.encode()
        kind = discover.kind_of(path)
        if kind:
            facts.append(parse(SourceFile(path, kind, len(data)), data))
    graph = build(link(facts, rules(), [path for path, _ in files]))
    return graph, detect(graph)


def events(case: Case) -> frozenset[tuple[Place, str]]:
    """What the stages found in a case, in the families that it checks."""
    texts = {file.path: _text(file) for file in case.files}
    graph, findings = run((path, text) for path, (text, _) in texts.items())
    names = {node.id: f"{node.type} {node.name}" for node in graph.nodes}
    found = [_edge_event(edge, names) for edge in graph.edges]
    found += [(finding.path[-1], f"finding: {finding.rule}") for finding in findings if _counts(finding, case.checks) and finding.path]
    return frozenset(((span.path, _row(span, texts)), event) for span, event in found if event and event.split(":")[0] in case.checks)


def _edge_event(edge: Edge, names: dict[str, str]) -> tuple[Span, str]:
    """An access's evidence starts with the library call; a flow into a model ends with its training, one out of it starts with
    its prediction."""
    if not edge.evidence:
        return Span(""), ""
    if edge.kind in ("reads", "loads"):
        return edge.evidence[0], f"{edge.kind}: {names.get(edge.source, edge.source)}"
    if edge.kind in ("writes", "saves"):
        return edge.evidence[0], f"{edge.kind}: {names.get(edge.target, edge.target)}"
    if edge.kind == "trains" or (edge.kind == "feeds" and edge.role == "train"):
        return edge.evidence[-1], "trains"
    return (edge.evidence[0], "predicts") if edge.kind in ("predicts", "feeds") else (Span(""), "")


def _counts(finding: Finding, checks: frozenset[str]) -> bool:
    if finding.suppressed or (finding.severity == "note" and "notes" not in checks):
        return False
    return finding.certainty != "guess" or "guesses" in checks


def _text(file: File) -> tuple[str, tuple[int, ...]]:
    """The file as it is analysed, and for a notebook in percent format the block's row of each of its lines."""
    if not file.path.endswith(".ipynb") or file.lines[:1] == ("{",):
        return "\n".join(file.lines) + "\n", ()
    return _notebook(file.lines)


def _notebook(lines: tuple[str, ...]) -> tuple[str, tuple[int, ...]]:
    out, rows = ["{", ' "cells": ['], [0, 0]
    starts = [at for at, line in enumerate(lines) if line.startswith("# %%")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        kind = "markdown" if "[markdown]" in lines[start] else "code"
        extra = ' "outputs": [], "execution_count": null,' if kind == "code" else ""
        tags = lines[start].partition("tags=")[2].strip()
        metadata = f'{{"tags": {tags}}}' if tags else "{}"
        out.append(f'  {{"cell_type": "{kind}", "metadata": {metadata},{extra} "source": [')
        cell = [json.dumps(line + "\n") for line in lines[start + 1 : end]]
        out += [f"   {line}{',' if at < len(cell) else ''}" for at, line in enumerate(cell, 1)]
        out.append("  ]}" + ("," if end < len(lines) else ""))
        rows += [start + 1, *range(start + 2, end + 1), 0]
    out += [" ],", ' "metadata": {"kernelspec": {"language": "python", "name": "python3"}}, "nbformat": 4, "nbformat_minor": 5', "}"]
    return "\n".join(out) + "\n", (*rows, 0, 0, 0)


def _row(span: Span, texts: dict[str, tuple[str, tuple[int, ...]]]) -> int:
    rows = texts.get(span.path, ("", ()))[1]
    return rows[span.line - 1] if rows and 0 < span.line <= len(rows) else span.line


# ---- comparing and rewriting


def differences(case: Case) -> list[str]:
    """One line for each fact without a comment, comment without a fact, and known miss that is missed no longer."""
    found = events(case)
    wanted = {(item.place, item.event) for item in case.expected if item.event.split(":")[0] in case.checks and not item.todo}
    todo = {(item.place, item.event) for item in case.expected if item.todo}
    out = [(place, f"missing     {event}") for place, event in wanted - found]
    out += [(place, f"unexpected  {event}") for place, event in found - wanted - todo]
    out += [(place, f"passes now  {event}: remove `todo:`") for place, event in todo & found]
    return [f"{path}:{line}  {what}" for (path, line), what in sorted(out)]


def update(document: Path) -> None:
    """Rewrite the expectations of a document to what the stages find; known misses stay while they are missed."""
    lines = document.read_text(encoding="utf-8").split("\n")
    after: dict[int, list[str]] = {}
    for case in read("\n".join(lines)):
        found = events(case)
        listed = {_EXPECT.match(lines[row])[1] for row in case.listed}  # type: ignore[index]  # read() matched these rows
        for file in case.files:
            for number, plain in enumerate(file.lines, 1):
                words = "; ".join(_words(case, found, (file.path, number)))
                if file.path in listed:
                    after.setdefault(file.start + len(file.lines), []).extend([f"expect: {file.path}:{number} {words}"] if words else [])
                else:
                    lines[file.start + number - 1] = plain + _comment(file.path, words)
        for row in case.listed:
            after.setdefault(row, [])
            lines[row] = ""
    kept = [[line, *after.get(at, ())] for at, line in enumerate(lines) if line or at not in after]
    document.write_text("\n".join(line for group in kept for line in group), encoding="utf-8")


def _comment(path: str, words: str) -> str:
    mark = _MARKS.get(path.rsplit(".", 1)[-1], "# ")
    return f"  {mark}{words}{' -->' if mark == '<!-- ' else ''}" if words else ""


def _words(case: Case, found: frozenset[tuple[Place, str]], place: Place) -> list[str]:
    """The events of a line in the order of the document, new ones after them."""
    here = [item for item in case.expected if item.place == place]
    kept = [item.event for item in here if (place, item.event) in found or item.event.split(":")[0] not in case.checks]
    new = sorted(event for at, event in found if at == place and event not in kept)
    return [*kept, *new, *(f"todo: {item.event}" for item in here if item.todo and (place, item.event) not in found)]
