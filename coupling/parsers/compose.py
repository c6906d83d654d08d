"""docker compose files -> ``call(api "run.stage", service, command, cwd=, env=, volumes=)`` for each service with a command.

``cwd`` is the repository folder that the service's working directory is a copy or a mount of, when the file says so.
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
    volumes = [node for node in service.at("volumes").elements() if node.kind == "text"]
    if volumes:
        keywords["volumes"] = out.sequence([out.text(node.text, node.line) for node in volumes], name.line)
    if entry or command:
        line = (service.get("command") or service.get("entrypoint") or name).line
        out.effect("run.stage", [out.text(name.text, name.line), out.text(f"{entry} {command}".strip(), line)], keywords, name.line)


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
    for volume in service.at("volumes").elements():
        source, target = volume.at("source").text, volume.at("target").text
        if volume.kind == "text" and ":" in volume.text:
            source, target = volume.text.split(":")[:2]
        if source.startswith(".") and workdir and (workdir + "/").startswith(target.rstrip("/") + "/"):
            return out.folder(source, posixpath.relpath(workdir, target or "/"))
    return out.folder(context if not context.startswith(("http", "git", "$")) else "")
