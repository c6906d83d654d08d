"""Dockerfiles -> ``call(api "run.stage", instruction, command, cwd=, env=)`` for each RUN, and for what the image starts.

``cwd`` is the repository folder that the working directory is a copy of: the source of the COPY into it, else the folder of
the file, which is the usual build context. What the image starts also says ``workdir``, ``copies`` (folders inside -> ``./`` folders of
the repository) and ``entry``, the words that stay when others replace the command. Does not know base images.
"""

from __future__ import annotations

import json
import posixpath
import shlex
from dataclasses import dataclass, field
from typing import NamedTuple

from coupling.core.facts import FileFacts
from coupling.parsers.common import Module
from coupling.parsers.settings import harmless

KINDS = ("dockerfile",)

MAX_LINES = 20_000


class _Instruction(NamedTuple):
    line: int
    word: str
    rest: str


@dataclass
class _Image:
    """What one build stage has set so far."""

    workdir: str = "/"
    copies: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    entry: tuple[int, str] = (0, "")
    command: tuple[int, str] = (0, "")


def parse(path: str, text: str) -> FileFacts:
    """The commands of one Dockerfile."""
    out = Module(path, "dockerfile")
    image = _Image()
    for item in _instructions(text):
        if item.word == "FROM":
            _start(out, image)
            image = _Image()
        else:
            _instruction(out, image, item)
    _start(out, image)
    return out.finish(text)


def _instructions(text: str) -> list[_Instruction]:
    """Logical lines: continued by ``\\``, comments inside left out, here-documents kept."""
    lines = text.split("\n")[:MAX_LINES]
    found: list[_Instruction] = []
    at = 0
    while at < len(lines):
        start, parts = at, [lines[at]]
        at += 1
        while parts[-1].rstrip().endswith("\\") and at < len(lines):
            comment = lines[at].lstrip().startswith("#")
            parts.append("\\" if comment else lines[at])
            at += 1
        word, _, rest = "\n".join(parts).strip().partition(" ")
        if "<<" in rest and word.upper() in ("RUN", "COPY"):
            mark = rest.split("<<", 1)[1].lstrip("-").split()[0:1]
            end = mark[0].strip("'\"") if mark else ""
            stop = next((number for number in range(at, len(lines)) if lines[number].strip() == end), len(lines))
            rest = "\n".join([rest, *lines[at : stop + 1]])
            at = stop + 1
        if word and not word.startswith("#"):
            found.append(_Instruction(start + 1, word.upper(), rest.strip()))
    return found


def _instruction(out: Module, image: _Image, item: _Instruction) -> None:
    if item.word == "WORKDIR":
        image.workdir = posixpath.normpath(posixpath.join(image.workdir, item.rest.strip("\"'")))
    elif item.word in ("ENV", "ARG"):
        image.env.update(_variables(item.rest))
    elif item.word in ("COPY", "ADD"):
        words = [word for word in item.rest.split() if not word.startswith("--")]
        if len(words) == 2 and "--from" not in item.rest and not words[0].startswith(("http", "[", "<<")):
            image.copies[_target(image, *words)] = words[0]
    elif item.word == "RUN":
        _stage(out, image, "RUN", _command(_without_options(item.rest)), item.line)
    elif item.word == "ENTRYPOINT":
        image.entry = (item.line, _command(item.rest))
    elif item.word == "CMD":
        image.command = (item.line, _command(item.rest))


def _target(image: _Image, source: str, target: str) -> str:
    """Where a copy lies inside. A file that is copied into a folder does not become the folder."""
    place = posixpath.normpath(posixpath.join(image.workdir, target))
    name = posixpath.basename(source)
    into = target.endswith("/") or place == image.workdir
    return posixpath.join(place, name) if into and posixpath.splitext(name)[1] and name.strip(".") else place


def _variables(rest: str) -> dict[str, str]:
    """``ENV A=b C=d`` and the old ``ENV A b``."""
    try:
        words = shlex.split(rest)
    except ValueError:
        words = rest.split()
    if words and "=" not in words[0]:
        return {words[0]: " ".join(words[1:])} if len(words) > 1 else {}
    return {name: value for name, sign, value in (word.partition("=") for word in words) if sign}


def _without_options(rest: str) -> str:
    while rest.startswith("--"):
        rest = rest.partition(" ")[2].lstrip()
    return rest


def _command(rest: str) -> str:
    """The exec form is a JSON list of words; anything else is shell text."""
    if rest.startswith("["):
        try:
            words = json.loads(rest.replace("\\\n", "\n"))
        except (ValueError, RecursionError):
            return rest
        if isinstance(words, list):
            return " ".join(shlex.quote(str(word)) for word in words)
    return rest


def _start(out: Module, image: _Image) -> None:
    """ENTRYPOINT and CMD together are what the image starts; nothing when it only holds what others start."""
    line = image.entry[0] or image.command[0]
    if not line and not image.copies:
        return
    inside = {"workdir": out.text(image.workdir, line)}
    if image.entry[1]:
        inside["entry"] = out.text(image.entry[1], line)
    copies = [(target, source) for target, source in image.copies.items() if not set("*$") & set(source) and target != "/"]
    if copies:
        inside["copies"] = out.mapping([(t, out.text(f"./{out.folder(s.lstrip('/'))}", line)) for t, s in copies], line)
    command = f"{image.entry[1]} {image.command[1]}".strip()
    _stage(out, image, "ENTRYPOINT" if image.entry[0] else "CMD", command, line, inside)


def _stage(out: Module, image: _Image, name: str, command: str, line: int, inside: dict[str, int] | None = None) -> None:
    source = image.copies.get(image.workdir, ".")
    keywords = {"cwd": out.text(out.folder("" if "*" in source or "$" in source else source.lstrip("/")), line)}
    environment = {key: value for key, value in image.env.items() if harmless(key, value)}
    if environment:
        keywords["env"] = out.mapping([(key, out.text(value, line)) for key, value in environment.items()], line)
    out.effect("run.stage", [out.text(name, line), out.text(command, line)], {**keywords, **(inside or {})}, line)
