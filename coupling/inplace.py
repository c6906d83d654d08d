"""Write into the user's repository: never through a link, never outside it, never half.

Comes in: the repository's folder, a file in it, its new bytes. Goes out: the file, with its mode as it was. It knows no content.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from coupling.core.errors import CouplingError

WRITE_BITS = 0o222


def check(root: Path, file: Path) -> None:
    """Whether the file may be written, before any work is done.

    Raises CouplingError for a file outside the folder, behind a symbolic link, that is no file, or that nobody may write.
    """
    name, top = file.name, root.resolve()
    if ".." in file.parts or not file.absolute().is_relative_to(root.absolute()):
        raise CouplingError(f"`{file}` lies outside {root}: nothing is written there")
    inner = file.absolute().relative_to(root.absolute())
    for part in (inner, *inner.parents[:-1]):
        if (root / part).is_symlink():
            raise CouplingError(f"`{part.as_posix()}` is a symbolic link: nothing is written through it")
    if not file.parent.resolve().is_relative_to(top) or not file.parent.is_dir():
        raise CouplingError(f"`{inner.parent.as_posix()}` is no folder of {root}")
    if file.exists() and not file.is_file():
        raise CouplingError(f"`{name}` is no file")
    # The mode, not os.access: root may write everything, and still the owner has said no.
    if file.exists() and not file.stat().st_mode & WRITE_BITS:
        raise CouplingError(f"`{inner.as_posix()}` is read-only: make it writable first")


def write(root: Path, file: Path, data: bytes) -> None:
    """Replace the file's content at once: a reader sees the old or the new.

    Raises CouplingError as ``check`` does, and when the system says no.
    """
    check(root, file)
    try:
        mode = file.stat().st_mode if file.exists() else 0o666 & ~_umask()
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=".coupling-")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
            Path(name).chmod(mode & 0o7777)
            Path(name).replace(file)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CouplingError(f"cannot write {file.name}: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
