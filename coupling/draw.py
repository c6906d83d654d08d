"""Turn a picture in the DOT language into SVG, PNG or PDF with Graphviz.

Comes in: DOT text. Goes out: bytes. It does not know what the picture shows.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from coupling.core.errors import CouplingError

FORMATS = ("svg", "png", "pdf")

_MISSING = (
    "drawing needs Graphviz's `dot`: install Graphviz with your package manager, or `pip install 'ml-coupling[render]'`. "
    "The formats dot, mermaid and html need nothing"
)


def draw(dot: str, format: str) -> bytes:
    """The picture.

    Raises CouplingError when there is no ``dot`` program or it does not draw.
    """
    import graphviz

    with_environment = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    if not shutil.which("dot", path=with_environment):
        raise CouplingError(_MISSING)
    os.environ["PATH"] = with_environment
    try:
        return bytes(graphviz.Source(dot).pipe(format=format, quiet=True))
    except graphviz.ExecutableNotFound as error:
        raise CouplingError(_MISSING) from error
    except graphviz.CalledProcessError as error:
        raise CouplingError(f"`dot` could not draw the graph as {format}: {error}") from error
