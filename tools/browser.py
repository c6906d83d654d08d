"""What the scripts that look at pages share: npm packages in a folder of their own, and Chromium on a local page.

Needs node, npm and Chromium (`apt-get install chromium nodejs npm`, or CHROMIUM=/path/to/it). COUPLING_NODE names a folder
that keeps the packages; without it they go into a temporary one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(__file__).with_name("browser.mjs")
PLAYWRIGHT = "playwright-core@1.60"


@contextmanager
def packages(*wanted: str) -> Iterator[Path]:
    """A folder in whose node_modules the packages are."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(os.environ.get("COUPLING_NODE") or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        have = folder / "package.json"
        if not have.exists():
            have.write_text('{"private": true}', encoding="utf-8")
        needed = [each for each in wanted if not (folder / "node_modules" / _name(each)).is_dir()]
        if needed:
            subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", *needed], cwd=folder, check=True)
        yield folder / "node_modules"


def _name(package: str) -> str:
    """``mermaid10`` of ``mermaid10@npm:mermaid@10``, ``@scope/name`` of ``@scope/name@1``."""
    at = package.find("@", 1)
    return package if at < 0 else package[:at]


def look(modules: Path, page: Path, picture: Path | None = None, width: int = 1000) -> Any:
    """What the page left in ``window.result`` once it set ``window.done``; complaints of its scripts end the program."""
    more = [str(picture), str(width)] if picture else []
    run = subprocess.run(["node", SCRIPT, modules, chromium(), page, *more], capture_output=True, text=True, timeout=400, check=False)
    if run.returncode:
        sys.exit(f"{page}: {run.stderr.strip()}")
    answer = json.loads(run.stdout)
    if answer["complaints"]:
        sys.exit(f"{page}: {answer['complaints']}")
    return answer["result"]


def chromium() -> str:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return found or sys.exit("no Chromium: install it, or name it in CHROMIUM")
