"""Make the pictures of the viewer in docs/: ``python tools/screenshots.py [FOLDER]``, with Chromium installed.

They show the sample repositories, so that anyone gets the same; each stays small enough to be looked at in a review.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from chromium import Browser, find

import coupling
from coupling.core.report import Report
from coupling.reports import render

ROOT = Path(__file__).parent.parent
MOST_BYTES = 200_000
STORY, CIRCLE, CHANGED = "support_triage", "price_and_demand", "reading_room"


def main(folder: Path) -> None:
    program = find()
    if program is None:
        sys.exit("Chromium is not installed")
    story, circle, changed = report(STORY), report(CIRCLE), report(CHANGED)
    browser = Browser(program)
    try:
        with tempfile.TemporaryDirectory() as made:
            page = Path(made) / "page.html"
            show(browser, page, story, "light")
            shoot(browser, folder / "viewer.png")
            show(browser, page, circle, "dark")
            walk(browser, 4)
            shoot(browser, folder / "viewer-walk.png")
            show(browser, page, changed, "light", base=before(changed))
            shoot(browser, folder / "viewer-change.png")
    finally:
        browser.close()


def report(name: str) -> Report:
    return coupling.check(ROOT / "sample_repos" / name, cache=False, jobs=1)


def before(now: Report) -> Report:
    """The repository before what is shown could come back as training data."""
    edges = tuple(edge for edge in now.graph.edges if edge.kind != "influences")
    return now._replace(graph=now.graph._replace(edges=edges), findings=())


def show(browser: Browser, page: Path, now: Report, scheme: str, **options: object) -> None:
    page.write_text(render("html", now, **options), encoding="utf-8")
    browser.look(1400, 720, scheme)
    browser.open(page)


def walk(browser: Browser, hops: int) -> None:
    browser.run("document.querySelector('a.finding').focus()")
    browser.press(*["ArrowRight"] * hops)


def shoot(browser: Browser, file: Path) -> None:
    if complaints := browser.complaints():
        sys.exit(f"{file.name}: {complaints}")
    data = browser.screenshot()
    if len(data) > MOST_BYTES:
        sys.exit(f"{file.name} has {len(data)} bytes")
    file.write_bytes(data)
    sys.stdout.write(f"{file}  {len(data)} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs")
