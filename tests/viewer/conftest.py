"""A real browser for the tests of this folder, which are skipped where there is none."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coupling.core.report import Report
from coupling.reports import render

if TYPE_CHECKING:
    from tools.chromium import Browser

Show = Callable[..., "Browser"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not hasattr(os, "posix_spawn"):
        pytest.skip("the browser is driven over file descriptors, which this system does not hand on")
    from tools.chromium import Browser, find

    program = find()
    if program is None:
        pytest.skip("Chromium is not installed")
    made = Browser(program)
    yield made
    made.close()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Show:
    """Open the viewer of a report, with options of the report and of the window."""

    def opened(
        report: Report, *, width: int = 1440, height: int = 900, scheme: str = "light", scale: float = 1, **options: object
    ) -> Browser:
        page = tmp_path / "page.html"
        page.write_text(render("html", report, **options), encoding="utf-8")
        browser.look(width, height, scheme, scale)
        browser.open(page)
        return browser

    return opened
