"""spaCy / Weasel project.yml -> ``call(api "run.stage", command, script, cwd=, deps=, outs=)`` and assets.

``${vars.x}`` is filled in from ``vars:``; ``${env.X}`` is the free name of the environment variable. An asset is a
``run.tracked`` path with the address it comes from as ``deps``.
"""

from __future__ import annotations

from coupling.core.facts import FileFacts
from coupling.parsers.common import Free, Module
from coupling.parsers.templates import Scope, expand
from coupling.parsers.tree import EMPTY, Node, Unreadable, read_yaml

KINDS = ("spacy_project",)


def parse(path: str, text: str) -> FileFacts:
    """The commands and assets of one project."""
    out = Module(path, "spacy_project")
    try:
        documents = read_yaml(text)
    except Unreadable as error:
        out.problem(error.why, error.line)
        documents = ()
    root = documents[0] if documents else EMPTY
    names: dict[str, Node | Free] = {"vars": root.at("vars")}
    names |= {
        "env": Node("dict", keys=root.at("env").keys, items=tuple(Node("free", item.line, item.text) for item in root.at("env").items))
    }
    scope = Scope(names, "")
    for asset in root.at("assets").elements() or root.at("assets").items:
        _asset(out, asset, scope)
    for command in root.at("commands").items:
        _command(out, command, scope)
    return out.finish(text)


def _asset(out: Module, asset: Node, scope: Scope) -> None:
    dest = asset.at("dest")
    if not dest.text:
        return
    source = asset.get("url") or asset.at("git").get("repo") or EMPTY
    keywords = {"cwd": out.text(out.folder(), dest.line)}
    if source.text:
        keywords["deps"] = out.sequence([out.joined(expand(source.text, scope), source.line)], source.line)
    if asset.at("checksum").text:
        keywords["pinned"] = out.add("bool", "True", line=asset.at("checksum").line)
    out.effect("run.tracked", [out.joined(expand(dest.text, scope), dest.line)], keywords, dest.line)


def _command(out: Module, command: Node, scope: Scope) -> None:
    lines = command.at("script").elements()
    line = lines[0].line if lines else command.line
    script = [segment for item in lines for segment in ("\n", *expand(item.text, scope))][1:]
    keywords = {"cwd": out.text(out.folder(), command.line)}
    for key, names in (("deps", ("deps",)), ("outs", ("outputs", "outputs_no_cache"))):
        nodes = [node for name in names for node in command.at(name).elements()]
        if nodes:
            keywords[key] = out.sequence([out.joined(expand(node.text, scope), node.line) for node in nodes], nodes[0].line)
    name = command.at("name")
    out.effect("run.stage", [out.text(name.text, name.line), out.joined(script, line)], keywords, name.line or command.line)
