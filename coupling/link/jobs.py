"""Jobs of cloud services: a script of the repository that runs elsewhere, on data that the service puts into folders.

Comes in: a script, its words, its environment and which stored data lie in which folder. Goes out: a launch whose names inside stand for
the names outside. Which service says it how is in ``sagemaker`` and ``cloudjobs``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from coupling.core.template import Hole, Template, join, literal
from coupling.link import mounts, names, runs
from coupling.link.values import NOTHING, Abs, Args, Keywords, Place

if TYPE_CHECKING:
    from coupling.link.frames import Frame

Folders = list[tuple[str, Template]]
"""Where things lie in the job's machine, and what they are called outside."""


def script(frame: Frame, entry: Abs, folder: Abs = NOTHING) -> str:
    """The file of the repository that a job starts; "" when it is not there."""
    name = (entry.literal or "").removeprefix("./")
    if not name:
        return ""
    inside = (folder.literal or "").removeprefix("./")
    path = runs.file_of(frame, posixpath.join(inside, name), {}) or (runs.file_of(frame, name, {}) if not inside else None)
    return path if path in frame.run.engine.index.files else ""


def launch(frame: Frame, path: str, words: Args, env: Keywords, folders: Folders, place: Place, here: str = "") -> None:
    """Start a script in a machine of its own; ``here`` is the folder whose things relative names mean."""
    with_folders(frame, folders, lambda: runs.launch(frame, path, words, {"env": Abs(items=env)}, place), here)


def command(frame: Frame, line: Abs, folder: Abs, folders: Folders, place: Place) -> None:
    """Run a command line in the folder that a job takes with it."""
    where = (folder.literal or "").removeprefix("./").rstrip("/")
    base = posixpath.dirname(frame.file.path)
    tried = [posixpath.normpath(posixpath.join(base, where)), posixpath.normpath(where or ".")]
    paths = frame.run.engine.index.paths
    cwd = next((d for d in tried if d == "." or any(p.startswith(d + "/") for p in paths)), tried[-1])
    with_folders(frame, folders, lambda: frame.run.engine.embedded.shell(frame, line, place, "" if cwd == "." else cwd))


def with_folders(frame: Frame, folders: Folders, start: Callable[[], object], here: str = "") -> None:
    run = frame.run
    before = run.mounts
    ordered = sorted(((posixpath.normpath(t), name) for t, name in folders if t and name), key=lambda pair: (-len(pair[0]), pair[0]))
    run.mounts = mounts.Mounts(tuple(ordered), (), here) if ordered else before
    try:
        start()
    finally:
        run.mounts = before


def place_of(value: Abs) -> Template:
    """What a value says where data lie: an address, or the handle that holds one."""
    handles = names.handles(value)
    name = handles[0].name if handles else value.texts[0] if value.texts else ()
    last = name[-1] if name else ""
    return (*name[:-1], last.rstrip("/")) if isinstance(last, str) else name


def below(where: Template, name: str) -> Template:
    return join(where, literal("/" + name))


def filled(line: Abs, marks: re.Pattern[str], values: Callable[[str], Abs]) -> Abs:
    """A text with what its marks (``${{inputs.data}}``) stand for in their place; what nobody gives is a hole of that name."""
    return line.but(texts=tuple(join(*(_part(part, marks, values) for part in template)) for template in line.texts), soft=False)


def _part(part: str | Hole, marks: re.Pattern[str], values: Callable[[str], Abs]) -> Template:
    if isinstance(part, Hole):
        return (part,)
    out: list[Template] = []
    at = 0
    for found in marks.finditer(part):
        given = values(found[1]).texts
        out += [literal(part[at : found.start()]), given[0] if given else (Hole("nobody gives it", found[1]),)]
        at = found.end()
    return join(*out, literal(part[at:]))


def options(given: Abs) -> Args:
    """``{"epochs": 3}`` as the words ``--epochs 3``."""
    return [w for k, v in given.items.items() if not k.startswith(".") for w in (Abs((literal(f"--{k}"),)), v)]


def listed(frame: Frame, value: Abs) -> Args:
    """The elements of a list, in order."""
    whole = names.full(frame, value)
    found = [whole.items[k] for k in sorted((k for k in whole.items if k.isdigit()), key=int)]
    return found or ([whole.elem] if whole.elem is not None else [])
