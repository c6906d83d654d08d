"""Show a file that was just made: in the browser of whoever sits there, or by its path.

Comes in: the content and its format. Goes out: a file, a window, the path. Nobody sits in CI, at the end of a pipe to another
machine, or before a text browser that would take over the terminal: they get the path alone.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from coupling.core.errors import CouplingError
from coupling.terminal import save

_SUFFIXES = {"mermaid": "mmd", "markdown": "md", "text": "txt"}


def present(content: str | bytes, format_: str, file: str | None) -> str:
    """Write the content, to a temporary file unless one is named, open it where somebody can see it, and give its path.

    Raises CouplingError when the file cannot be written.
    """
    target = Path(file or _temporary(_SUFFIXES.get(format_, format_))).absolute()
    save(str(target), content)
    if can_show():
        import webbrowser

        webbrowser.open(target.as_uri())
    return str(target)


def can_show() -> bool:
    """Whether a window would be seen."""
    if os.environ.get("CI"):
        return False
    if sys.platform in ("win32", "darwin") or os.environ.get("BROWSER"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _temporary(suffix: str) -> str:
    try:
        handle, name = tempfile.mkstemp(prefix="coupling-", suffix=f".{suffix}")
    except OSError as error:
        raise CouplingError(f"no temporary file can be made: {error.strerror}") from error
    os.close(handle)
    return name
