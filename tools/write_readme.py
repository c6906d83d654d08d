"""Write what the tool itself makes into the documentation: a report and a loop in README.md, a graph in docs/graph.svg.

A test fails when they are stale. The parts of the README stand between ``<!-- made: NAME -->`` and ``<!-- end -->``.
"""

from __future__ import annotations

import re
from pathlib import Path

import coupling
from coupling.core.report import Report
from coupling.reports import render

ROOT = Path(__file__).parent.parent
README, GRAPH = ROOT / "README.md", ROOT / "docs" / "graph.svg"
STORY, CIRCLE = "support_triage", "price_and_demand"
WIDTH = 120
_MADE = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->\n)", re.S)


def report(story: str) -> Report:
    """What ``coupling check`` finds in a sample repository."""
    return coupling.check(ROOT / "sample_repos" / story, cache=False, jobs=1)


def parts() -> dict[str, str]:
    """The parts of the README that the tool makes, by name."""
    text = render("text", report(STORY), width=WIDTH, repository=f"sample_repos/{STORY}")
    loop = render("mermaid", report(CIRCLE), findings_only=True)
    return {"report": f"```text\n{text.rstrip()}\n```\n", "loop": f"```mermaid\n{loop.rstrip()}\n```\n"}


def readme(before: str) -> str:
    """The README with its parts made anew."""
    made = parts()
    return _MADE.sub(lambda match: match[1] + made[match[2]] + match[3], before)


def graph() -> str:
    """The picture docs/graph.svg."""
    return render("svg", report(STORY), focus="models/triage.joblib", depth=2)


def main() -> None:
    README.write_text(readme(README.read_text(encoding="utf-8")), encoding="utf-8")
    GRAPH.write_text(graph(), encoding="utf-8")


if __name__ == "__main__":
    main()
