"""Turn a picture in the DOT language into PNG or PDF with Graphviz.

Comes in: DOT text. Goes out: bytes. It does not know what the picture shows, only that a picture that takes minutes is too large.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from coupling.core.errors import CouplingError

SECONDS = 120.0
PROGRAMS = ("dot", "graphviz-pure")
"""Graphviz itself, and its port in a wheel, which the extra ``render`` installs beside this interpreter."""

_MISSING = (
    "drawing needs Graphviz's `dot`: install Graphviz with your package manager, or `pip install 'ml-coupling[render]'`. "
    "The formats svg, html, dot and mermaid need nothing"
)


def draw(dot: str, format: str) -> bytes:
    """The picture.

    Raises CouplingError when there is no program that draws, or it fails or takes too long.
    """
    command = [_program(), f"-T{format}"]
    try:
        done = subprocess.run(command, input=dot.encode(), capture_output=True, timeout=SECONDS, check=False)
    except OSError as error:
        raise CouplingError(f"`{command[0]}` cannot be started: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise CouplingError(f"`dot` took longer than {SECONDS:.0f} s: draw less, with --focus or --findings-only") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise CouplingError(f"`{Path(command[0]).name}` could not draw {format}: {said.splitlines()[0] if said else 'it said nothing'}")
    return done.stdout


def _program() -> str:
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    for name in PROGRAMS:
        if found := shutil.which(name, path=places):
            return found
    raise CouplingError(_MISSING)
