"""Paths inside a container and what lies there: folders of the repository or of the host, and volumes.

Comes in: what a stage says of its container. Goes out: for a name that code inside uses, the name outside, so that one folder under two
mounts is one folder. What only an image holds stays as it is.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from coupling.core.template import Hole, Template, join, literal
from coupling.link.values import NOTHING, ROOT, Abs, Keywords
from coupling.link.words import cut

if TYPE_CHECKING:
    from coupling.link.frames import Frame, UnitRun


class Mounts(NamedTuple):
    """Folders inside with what lies there, the longest first; ``copied`` are those that an image only holds a copy of."""

    folders: tuple[tuple[str, Template], ...]
    copied: tuple[tuple[str, Template], ...] = ()
    workdir: str = ""


def of_stage(frame: Frame, keywords: Keywords) -> Mounts | None:
    """What a stage's keywords say of the container that it runs in."""
    mounted = _folders(frame, keywords.get("mounts", NOTHING))
    copied = _folders(frame, keywords.get("copies", NOTHING))
    workdir = keywords.get("workdir", NOTHING).literal or ""
    return Mounts(mounted, copied, workdir) if mounted or copied else None


def _folders(frame: Frame, given: Abs) -> tuple[tuple[str, Template], ...]:
    pairs = [(posixpath.normpath(t), source) for t, v in given.items.items() if (source := outside(frame, v.literal or ""))]
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0])))


def outside(frame: Frame, source: str) -> Template:
    """What a mount's source names: ``./`` a folder of the repository, ``/`` and ``~`` of the host, else a volume."""
    if source.startswith("./"):
        folder = posixpath.normpath(source[2:] or ".")
        return literal(ROOT if folder == "." else f"{ROOT}/{folder}")
    if source.startswith("$"):
        return _of_variable(frame, source)
    if source.startswith(("/", "~")):
        return literal(source)
    space = posixpath.dirname(frame.file.path).replace("/", ".")
    return literal(f"volume://{space}.{source}" if space else f"volume://{source}") if source else ()


def _of_variable(frame: Frame, source: str) -> Template:
    """``${DATA:-./data}/raw``: a variable, what holds without it, and what follows."""
    inner, _, rest = source[2:].partition("}") if source.startswith("${") else (source[1:].partition("/")[0], "", "")
    rest = rest if source.startswith("${") else source[1 + len(inner) :]
    mark = next((m for m in (":-", "-", ":?", "?") if m in inner), "")
    name, _, default = inner.partition(mark) if mark else (inner, "", "")
    if name in ("PWD", "CURDIR"):
        return outside(frame, f"./{rest.lstrip('/')}")
    found = frame.run.engine.env_value(frame, name, None).texts
    if default and (not found or isinstance(found[0][0], Hole)) and not mark.endswith("?"):
        return outside(frame, default + rest)
    plain = "".join(p for p in found[0] if isinstance(p, str)) if found and all(isinstance(p, str) for p in found[0]) else ""
    return outside(frame, plain + rest) if plain else join((Hole(f"environment variable {name} has no default", name),), literal(rest))


def name_outside(run: UnitRun, name: Template) -> Template:
    """A name that code in the unit's container uses, as it is called outside."""
    mounts = run.mounts
    first = name[0] if name else ""
    if mounts is None or not isinstance(first, str) or first.startswith((ROOT, "~")) or "://" in first:
        return name
    if first.startswith("/"):
        return _moved((*mounts.folders, *mounts.copied), first, name) or name
    if mounts.workdir and run.cwd == run.home:
        return _moved(mounts.folders, posixpath.normpath(posixpath.join(mounts.workdir, first)), name, first) or name
    return name


def _moved(folders: tuple[tuple[str, Template], ...], path: str, name: Template, first: str = "") -> Template:
    tail = "/" if (first or path).endswith("/") and not path.endswith("/") else ""
    for target, source in folders:
        if path == target or path.startswith(target + "/"):
            return join(source, literal(path[len(target) :] + tail), name[1:])
    return ()


# --- docker run ---

_VALUED = frozenset(
    """-v --volume -w --workdir -e --env -u --user -p --publish --name --gpus --network --net --mount --entrypoint --env-file -m --memory
    --cpus --shm-size --ipc --platform --restart --label -l --add-host --device --runtime --ulimit --pull --hostname -h --cidfile""".split()
)


def of_options(frame: Frame, given: list[tuple[str, Abs]]) -> Mounts | None:
    """The mounts of ``docker run -v source:target --mount type=bind,source=...,target=... -w folder image ...``."""
    found: dict[str, Template] = {}
    workdir = ""
    for option, said in given:
        value = _rendered(said)
        if option in ("-v", "--volume"):
            source, _, target = value.rpartition(":") if value.endswith((":ro", ":rw", ":z", ":Z")) else (value + ":", "", "")
            source, _, target = source.rstrip(":").rpartition(":")
        elif option == "--mount":
            parts = dict(p.partition("=")[::2] for p in value.split(","))
            source = parts.get("source", parts.get("src", ""))
            target = parts.get("target", parts.get("dst", parts.get("destination", "")))
        else:
            workdir = value if option in ("-w", "--workdir") else workdir
            continue
        if source and target.startswith("/") and (name := outside(frame, _relative(frame, source))):
            found[posixpath.normpath(target)] = name
    return Mounts(tuple(sorted(found.items(), key=lambda pair: (-len(pair[0]), pair[0]))), (), workdir) if found else None


def _relative(frame: Frame, source: str) -> str:
    """The current folder is spelled in full: ``$PWD/data`` is ``/@/data`` here."""
    if source.startswith(ROOT):
        return "./" + source[len(ROOT) :].lstrip("/")
    return "./" + posixpath.join(frame.run.cwd, source) if source.startswith(".") else source


def options(words: list[Abs]) -> tuple[list[tuple[str, Abs]], list[Abs]]:
    """The options in front of the image with their values, and the words from the image on."""
    out: list[tuple[str, Abs]] = []
    rest = list(words)
    while rest and _rendered(rest[0]).startswith("-"):
        word = rest.pop(0)
        name, equals, _ = _rendered(word).partition("=")
        value = cut(word, len(name) + 1) if equals else NOTHING
        if name in _VALUED and not equals and rest:
            value = rest.pop(0)
        out.append((name, value))
    return out, rest


def _rendered(word: Abs) -> str:
    """A word with the names of its variables."""
    template = word.texts[0] if word.texts else ()
    return "".join(part if isinstance(part, str) else "${%s}" % part.name if part.name else "?" for part in template)
