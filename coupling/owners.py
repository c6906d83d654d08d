"""Who owns what, by the repository's CODEOWNERS file.

Comes in: a folder or another ``Tree``, a graph. Goes out: the graph with ``Node.owner`` filled where a pattern matches the file a
node stands in, and with the owners of every file that an edge stands in. The last pattern that matches counts. Sections and their
default owners, as GitLab writes them, are understood.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from coupling.core.graph import DataGraph
from coupling.trees import Tree, of, text

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
MAX_BYTES = 3_000_000

Rows = tuple[tuple[str, str], ...]


def load(where: Path | Tree) -> Rows:
    """The patterns of the first CODEOWNERS file that there is, each with its owners; () without one."""
    for place in PLACES:
        if (found := text(of(where), place, MAX_BYTES)) is not None:
            return parse(found)
    return ()


def parse(lines: str) -> Rows:
    """(pattern, owners) in the order of the file; owners are '' where a pattern takes them away."""
    rows, default = [], ""
    for line in lines.splitlines():
        words = line.split("#", 1)[0].replace("\\ ", "\0").split()
        if not words:
            continue
        if words[0].startswith(("[", "^[")):
            default = " ".join(word for word in words if word.startswith("@"))
        else:
            rows.append((words[0].replace("\0", "\\ "), " ".join(words[1:]) or default))
    return tuple(rows)


def assign(graph: DataGraph, rows: Rows) -> DataGraph:
    """The graph with owners."""
    if not rows:
        return graph
    from pathspec import GitIgnoreSpec

    specs = [(GitIgnoreSpec.from_lines([pattern]), owners) for pattern, owners in rows if not pattern.startswith("!")]
    spans = [*(span for node in graph.nodes for span in node.at), *(span for edge in graph.edges for span in edge.evidence)]
    owned = {path: _owner(path, specs) for path in sorted({span.path for span in spans})}
    nodes = tuple(node._replace(owner=owned[node.at[0].path]) if node.at and not node.owner else node for node in graph.nodes)
    return graph._replace(nodes=nodes, owners=tuple((path, owner) for path, owner in owned.items() if owner))


def _owner(path: str, specs: list[tuple[GitIgnoreSpec, str]]) -> str:
    return next((owners for spec, owners in reversed(specs) if spec.match_file(path)), "")
