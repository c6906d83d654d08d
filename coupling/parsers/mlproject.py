"""MLproject files -> ``call(api "run.stage", entry point, command, cwd=, params=)``.

``{name}`` in a command is the free name ``param:name``; ``params`` holds the defaults that the file gives.
"""

from __future__ import annotations

from coupling.core.facts import FileFacts
from coupling.parsers.common import Free, Module
from coupling.parsers.tree import EMPTY, Node, Unreadable, read_yaml

KINDS = ("mlproject",)

MAX_PARTS = 500


def parse(path: str, text: str) -> FileFacts:
    """The entry points of one project."""
    out = Module(path, "mlproject")
    try:
        documents = read_yaml(text)
    except Unreadable as error:
        out.problem(error.why, error.line)
        documents = ()
    for name, entry in (documents[0] if documents else EMPTY).at("entry_points").pairs():
        command = entry.at("command")
        defaults = {key.text: _default(node) for key, node in entry.at("parameters").pairs()}
        keywords = {"cwd": out.text(out.folder(), name.line)}
        if any(defaults.values()):
            pairs = [(key, out.text(value, name.line)) for key, value in defaults.items() if value]
            keywords["params"] = out.mapping(pairs, entry.at("parameters").line)
        segments = _filled(command.text)
        out.effect("run.stage", [out.text(name.text, name.line), out.joined(segments, command.line)], keywords, name.line)
    return out.finish(text)


def _default(node: Node) -> str:
    """``{type: path, default: data}``; a parameter without default is unknown."""
    default = node.get("default")
    return default.text if default is not None and default.kind != "none" else ""


def _filled(text: str) -> list[str]:
    out: list[str] = []
    at = 0
    while (start := text.find("{", at)) >= 0 and len(out) < MAX_PARTS:
        end = text.find("}", start)
        name = text[start + 1 : end].strip() if end > start else ""
        if not name.replace("-", "_").isidentifier() or text[start - 1 : start] == "$":
            out.append(text[at : start + 1])
            at = start + 1
            continue
        out += [text[at:start], Free(f"param:{name}")]
        at = end + 1
    return [*out, text[at:]]
