"""What a caller may ask of a report beside its format. Every format takes all of them and uses what concerns it."""

from __future__ import annotations

from typing import NamedTuple

from coupling.core.report import Report


class Options(NamedTuple):
    color: bool = False
    """ANSI colours in ``text`` and ``concise``."""
    unicode: bool = True
    """False when the terminal cannot show line-drawing characters."""
    width: int = 140
    """Columns of the terminal."""
    places: str = ""
    """URL of a place on this machine, with ``{path}`` and ``{line}``: makes places hyperlinks of a terminal that follows them."""
    repository: str = ""
    """The analysed folder as the user named it, for the commands that ``text`` proposes; empty for the current one."""
    verbose: bool = False
    """Notes and possible findings with every hop, suppressed findings, holes and problems one by one."""
    seconds: float | None = None
    """How long the analysis took; None leaves it out, which keeps output byte-identical."""
    today: str = ""
    """The date (2027-01-31) from which the days until an acceptance expires are counted; empty leaves them out."""
    base: Report | None = None
    """The report of the version before: marks what was added and removed."""
    changed: frozenset[tuple[str, int]] = frozenset()
    """(file, line) that a change touched: annotations stand there when the finding passes one of them."""
    project: str = ""
    """Name of the part of a repository that was analysed: keeps the comments and uploads of several apart."""
    link: str = ""
    """URL of a place, with ``{path}`` and ``{line}``; empty for none."""
    below: str = ""
    """The analysed folder in its repository, ``services/a/``: hosts want paths from the top. Empty for the top itself."""
    focus: str = ""
    """Pictures: only what lies within ``depth`` steps of this node (an id, a name or the end of one)."""
    depth: int = 2
    findings_only: bool = False
    """Pictures: only the nodes and edges of findings."""
    units: bool = False
    """Pictures: draw the scripts and their reads and writes instead of naming them on the edges."""
    max_nodes: int = 0
    """Pictures: the budget; 0 is the format's own."""
    max_edges: int = 0
