"""Which findings count: selection by kind, files and certainty; comments and ``allow`` entries that accept a finding.

Comes in: findings, the ``coupling:`` comments of the files, the configuration, today's date. Goes out: the findings that remain, the
accepted ones marked with their reason, and a ``Problem`` for every acceptance that accepts nothing. It reads no file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase
from typing import NamedTuple

from coupling.config import Allow, Config
from coupling.core.facts import Comment, line_in_file
from coupling.core.graph import CERTAINTIES, DataGraph, Finding, Node
from coupling.core.names import called, suggestion
from coupling.core.source import Problem, Span

SEVERITIES = ("error", "warning", "note")
SHORTEST_FINGERPRINT = 4


class Ignore(NamedTuple):
    """One ``ignore[KIND, ...] reason`` comment, at the line that its readers see."""

    path: str
    line: int
    kinds: tuple[str, ...]
    reason: str
    problem: str = ""

    def covers(self, finding: Finding) -> bool:
        """Whether the finding passes this line or the one below, in a file that holds the comment."""
        named = any(names(word, finding) for word in self.kinds)
        return named and any(span.path == self.path and self.line in _lines(span) for span in finding.path)


def means(word: str, code: str, name: str) -> bool:
    """Whether ``word`` (a code, the beginning of one, a kind's name, or ``all``) means the kind."""
    low = word.lower()
    return low in ("all", name) or (low.startswith("cpl") and code.lower().startswith(low))


def names(word: str, finding: Finding) -> bool:
    return means(word, finding.code, finding.rule)


def choose(findings: Iterable[Finding], config: Config, below: str = "") -> tuple[Finding, ...]:
    """The findings that the configuration wants to see. ``below`` makes the paths match the patterns of a config further up."""
    return tuple(finding for finding in findings if _wanted(finding, config) and not _ignored_file(finding, config, below))


def accept(
    findings: Iterable[Finding], graph: DataGraph, comments: Sequence[Ignore], config: Config, today: date, *, part: bool = False
) -> tuple[tuple[Finding, ...], tuple[Problem, ...]]:
    """Mark the findings that a comment or an ``allow`` entry accepts; complain about those that accept none, unless the findings are
    those of a ``part`` of the repository."""
    nodes = {node.id: node for node in graph.nodes}
    used: set[Ignore | Allow] = set()
    marked = tuple(_accepted(finding, nodes, comments, config.allow, today, used) for finding in findings)
    unused = [comment for comment in comments if comment not in used and (comment.problem or not part)]
    return marked, (*_unused_comments(unused), *(() if part else _unused_entries(config, graph, used)))


def ignores(comments: Mapping[str, Sequence[Comment]], cells: Mapping[str, tuple[tuple[int, int, int], ...]]) -> tuple[Ignore, ...]:
    """The ``ignore`` comments of all files, those of notebooks at their line in the notebook file."""
    return tuple(
        _ignore(path, line_in_file(comment.line, cells.get(path, ())), comment.text.strip())
        for path in sorted(comments)
        for comment in comments[path]
        if comment.text.strip().lower().startswith("ignore")
    )


def failing(findings: Iterable[Finding], fail_on: str) -> int:
    """How many findings stand at or above the severity that fails a run."""
    if fail_on == "never":
        return 0
    limit = SEVERITIES.index(fail_on)
    return sum(not finding.suppressed and SEVERITIES.index(finding.severity) <= limit for finding in findings)


def _wanted(finding: Finding, config: Config) -> bool:
    chosen = (*config.select, *config.extend_select)
    by_name = any(names(word, finding) for word in chosen)
    if config.select and not by_name:
        return False
    if any(names(word, finding) for word in config.ignore):
        return False
    if CERTAINTIES.index(finding.certainty) > CERTAINTIES.index(config.min_certainty):
        return False
    # A question to the reader ("possible") is asked even where notes are left out: nobody else can answer it.
    return finding.severity != "note" or config.pedantic or by_name or finding.confidence < 1.0


def _ignored_file(finding: Finding, config: Config, below: str) -> bool:
    for pattern, kinds in config.per_file_ignores:
        if any(names(word, finding) for word in kinds) and any(_matches(below + span.path, pattern) for span in finding.path):
            return True
    return False


def _matches(path: str, pattern: str) -> bool:
    """``tests/`` and ``tests`` mean the folder, ``*.py`` any depth."""
    bare = pattern.removeprefix("./").rstrip("/")
    return path.startswith(f"{bare}/") or fnmatchcase(path, bare) or fnmatchcase(path.rpartition("/")[2], bare)


def _lines(span: Span) -> range:
    return range(span.line - 1, max(span.line, span.end_line) + 1)


def _ignore(path: str, line: int, text: str) -> Ignore:
    rest = text[len("ignore") :].strip()
    inside, closed, reason = rest[1:].partition("]")
    if not rest.startswith("[") or not closed:
        return Ignore(path, line, (), "", "names no kind: write `coupling: ignore[CPL101] reason`")
    kinds = tuple(word.strip() for word in inside.split(",") if word.strip())
    return Ignore(path, line, kinds, reason.strip() or f"accepted in {path}:{line}", "" if kinds else "names no kind")


def _accepted(
    finding: Finding,
    nodes: Mapping[str, Node],
    comments: Sequence[Ignore],
    allow: Sequence[Allow],
    today: date,
    used: set[Ignore | Allow],
) -> Finding:
    for comment in comments:
        if comment.covers(finding):
            used.add(comment)
            finding = finding if finding.suppressed else finding._replace(suppressed=comment.reason, accepted_by="comment")
    for entry in allow:
        if _allowed(finding, entry, nodes):
            used.add(entry)
            finding = _by_entry(finding, entry, today)
    return finding


def _by_entry(finding: Finding, entry: Allow, today: date) -> Finding:
    if entry.expired(today):
        by = f" by {entry.owner}" if entry.owner else ""
        return finding._replace(notes=(*finding.notes, f"was accepted until {entry.expires}{by}: {entry.reason}"))
    if finding.suppressed:
        return finding
    more = [entry.mitigation and f"mitigation: {entry.mitigation}", entry.owner, entry.expires and f"until {entry.expires}"]
    extra = ", ".join(word for word in more if word)
    reason = f"{entry.reason} ({extra})" if extra else entry.reason
    return finding._replace(suppressed=reason, accepted_by="allow", until=entry.expires)


def _allowed(finding: Finding, entry: Allow, nodes: Mapping[str, Node]) -> bool:
    if entry.contract and not _breaks(finding, entry.contract):
        return False
    if entry.fingerprint:
        long_enough = len(entry.fingerprint) >= SHORTEST_FINGERPRINT
        return long_enough and finding.fingerprint.startswith(entry.fingerprint)
    ends = [nodes.get(node) or _unlisted(node) for node in (*finding.models, *finding.assets)]
    files = {span.path for span in finding.path} if entry.contract else set()
    wanted = [word for word in (entry.source, entry.target, *entry.loop) if word]
    if not all(any(called(node, word) for node in ends) or any(fnmatchcase(file, word) for file in files) for word in wanted):
        return False
    if entry.loop:  # a loop through one more model is another loop
        return all(any(called(node, word) for word in entry.loop) for node in ends if node.kind == "model")
    return True


def _unlisted(node: str) -> Node:
    """A node that the graph does not hold, by its id."""
    kind, _, rest = node.partition(":")
    return Node(node, kind, "", "", rest.partition(":")[2])


def _breaks(finding: Finding, contract: str) -> bool:
    return finding.rule == "broken-contract" and any(note.startswith(f"contract: {contract} (") for note in finding.notes)


def _unused_comments(unused: Sequence[Ignore]) -> list[Problem]:
    what = "accepts no finding that passes this line or the next: remove it"
    return [Problem(f"`coupling: ignore` {comment.problem or what}", Span(comment.path, comment.line)) for comment in unused]


def _unused_entries(config: Config, graph: DataGraph, used: set[Ignore | Allow]) -> list[Problem]:
    unused = [entry for entry in config.allow if entry not in used]
    return [Problem(_unused_entry(entry, graph), Span(config.file, entry.line)) for entry in unused]


def _unused_entry(entry: Allow, graph: DataGraph) -> str:
    """What is wrong with an entry that accepts nothing: a name that nothing has, or a coupling that is gone."""
    whose = f" of the contract `{entry.contract}`" if entry.contract else ""
    things = [node for node in graph.nodes if node.kind in ("model", "asset")]
    for word in filter(None, (entry.source, entry.target, *entry.loop)):
        if not entry.contract and not any(called(node, word) for node in things):
            return f"`allow` names `{word}`, which is no model and no data set of the repository{suggestion(word, things)}: {entry.reason}"
    return f"`allow`{whose} accepts no finding any more: remove it ({entry.reason})"
