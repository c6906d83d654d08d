"""docker compose files -> ``call(api "run.stage", service, command, cwd=, env=, mounts=, workdir=, build=, entry=)`` for each service.

``cwd`` is the repository folder that the service's working directory is a copy or a mount of, when the file says so; ``mounts`` are the
folders inside and what lies there: ``./`` folders of the repository, ``/`` of the host, else the name of a volume. ``build`` is the
Dockerfile of the image, whose own command runs where the service gives none; ``entry`` says that the service gives all of it.
"""

from __future__ import annotations

import posixpath
import shlex

from coupling.core.facts import FileFacts
from coupling.parsers.common import Module
from coupling.parsers.settings import harmless
from coupling.parsers.tree import EMPTY, Node, Unreadable, read_yaml

KINDS = ("compose",)


def parse(path: str, text: str) -> FileFacts:
    """The services of one compose file."""
    out = Module(path, "compose")
    try:
        documents = read_yaml(text)
    except Unreadable as error:
        out.problem(error.why, error.line)
        documents = ()
    for name, service in (documents[0] if documents else EMPTY).at("services").pairs():
        _service(out, name, service)
    return out.finish(text)


def _service(out: Module, name: Node, service: Node) -> None:
    entry, command = command_text(service.at("entrypoint")), command_text(service.at("command"))
    keywords = {"cwd": out.text(_folder(out, service), name.line)}
    environment = [(key, out.text(value.text, value.line)) for key, value in environment_of(service.at("environment"))]
    if environment:
        keywords["env"] = out.mapping(environment, name.line)
    keywords.update(_inside(out, service, name.line))
    if entry:
        keywords["entry"] = out.text(entry, name.line)
    if entry or command or "build" in keywords:
        line = (service.get("command") or service.get("entrypoint") or name).line
        out.effect("run.stage", [out.text(name.text, name.line), out.text(f"{entry} {command}".strip(), line)], keywords, name.line)


def _inside(out: Module, service: Node, line: int) -> dict[str, int]:
    """What the service's container sees: mounted folders, its working directory, the Dockerfile of its image."""
    found: dict[str, int] = {}
    mounts = [(target.rstrip("/"), _outside(out, source)) for source, target in _mounts(service) if target.startswith("/")]
    if mounts:
        found["mounts"] = out.mapping([(target, out.text(source, line)) for target, source in mounts if target], line)
    if workdir := service.at("working_dir").text:
        found["workdir"] = out.text(workdir, line)
    if dockerfile := _dockerfile(out, service.at("build")):
        found["build"] = out.text(dockerfile, line)
    return found


def _mounts(service: Node) -> list[tuple[str, str]]:
    """(what lies there, folder inside), from ``source:target:mode`` or from a dict."""
    pairs = []
    for volume in service.at("volumes").elements():
        source, target = volume.at("source").text, volume.at("target").text
        if volume.kind == "text":
            source, target = _two_parts(volume.text)
        pairs.append((source, target.partition(":")[0]))
    return [(source, target) for source, target in pairs if source and target]


def _two_parts(text: str) -> tuple[str, str]:
    """``${DATA:-./data}:/in:ro`` at its first colon outside braces."""
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter == "{") - (letter == "}")
        if letter == ":" and not depth:
            return text[:at], text[at + 1 :]
    return text, ""


def _outside(out: Module, source: str) -> str:
    return f"./{out.folder(source)}" if source.startswith(".") else source


def _dockerfile(out: Module, build: Node) -> str:
    context = build.text if build.kind == "text" else build.at("context").text or ("." if build.kind == "dict" else "")
    if not context or context.startswith(("http", "git", "$", "/")):
        return ""
    return out.folder(context, build.at("dockerfile").text or "Dockerfile")


def command_text(node: Node) -> str:
    """A command written as one text, or as a list of words."""
    if node.kind == "list":
        return " ".join(shlex.quote(item.text) for item in node.items)
    return node.text if node.kind == "text" else ""


def environment_of(node: Node) -> list[tuple[str, Node]]:
    """Names and values, from a dict or from ``NAME=value`` entries; secrets are left out."""
    pairs = [(key.text, value) for key, value in node.pairs() if value.kind != "none"]
    for item in node.elements():
        name, sign, value = item.text.partition("=")
        if sign:
            pairs.append((name, Node("text", item.line, value)))
    return [(name, value) for name, value in pairs if harmless(name, value.text)]


def _folder(out: Module, service: Node) -> str:
    build = service.at("build")
    context = build.text if build.kind == "text" else build.at("context").text
    workdir = service.at("working_dir").text
    for source, target in _mounts(service):
        if source.startswith(".") and workdir and (workdir + "/").startswith(target.rstrip("/") + "/"):
            return out.folder(source, posixpath.relpath(workdir, target or "/"))
    return out.folder(context if not context.startswith(("http", "git", "$")) else "")
