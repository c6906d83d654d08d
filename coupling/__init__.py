"""Find hidden coupling between machine-learning models.

``check(path)`` analyses a repository and returns a ``Report``; nothing of the repository is run. Importing this package
loads none of the heavy parts: they come with the first call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from coupling.core.graph import Finding as Finding
    from coupling.core.report import Report as Report

__version__ = "0.1.0"
__all__ = ["Finding", "Report", "__version__", "check"]


def check(path: str | Path = ".", **options: Any) -> Report:
    """Analyse the repository at ``path``.

    ``options`` are those of the configuration file (``select=["CPL101"]``, ``exclude=["old/"]``, ...), with underscores for
    hyphens, and ``cache=False`` to read every file anew.

    Raises CouplingError for a path or an option that does not exist.
    """
    from coupling.pipeline import check_path

    return check_path(path, **options)


def __getattr__(name: str) -> Any:
    """``Report`` and ``Finding`` without loading them before somebody asks."""
    if name == "Report":
        from coupling.core.report import Report

        return Report
    if name == "Finding":
        from coupling.core.graph import Finding

        return Finding
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
