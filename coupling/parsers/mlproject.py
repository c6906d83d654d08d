"""MLproject files -> ``call(api "run.stage", entry point, command, cwd=, params=)``.

``{name}`` in a command is the parameter's default when the file has one, else the free name ``param:name``.
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
        defaults = {key.text: _default(key.text, node) for key, node in entry.at("parameters").pairs()}
        keywords = {"cwd": out.text(out.folder(), name.line)}
        if defaults:
            pairs = [(key, out.joined([value], name.line)) for key, value in defaults.items()]
            keywords["params"] = out.mapping(pairs, entry.at("parameters").line)
        segments = _filled(command.text, defaults)
        out.effect("run.stage", [out.text(name.text, name.line), out.joined(segments, command.line)], keywords, name.line)
    return out.finish(text)


def _default(name: str, node: Node) -> str:
    """``{type: path, default: data}``; a parameter without default is unknown."""
    default = node.get("default")
    return default.text if default is not None and default.kind != "none" else Free(f"param:{name}")


def _filled(text: str, defaults: dict[str, str]) -> list[str]:
    out: list[str] = []
    at = 0
    while (start := text.find("{", at)) >= 0 and len(out) < MAX_PARTS:
        end = text.find("}", start)
        name = text[start + 1 : end].strip() if end > start else ""
        if not name.replace("-", "_").isidentifier() or text[start - 1 : start] == "$":
            out.append(text[at : start + 1])
            at = start + 1
            continue
        out += [text[at:start], defaults.get(name, Free(f"param:{name}"))]
        at = end + 1
    return [*out, text[at:]]
