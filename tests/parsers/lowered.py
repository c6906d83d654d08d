"""Facts as short texts, so that a parser's test reads like what it parses."""

from __future__ import annotations

from coupling.core.facts import FileFacts
from coupling.core.source import SourceFile
from coupling.parsers import parse

NAMED = ("free", "param", "hole", "api", "number", "func")


def facts(kind: str, text: str, path: str = "d/f") -> FileFacts:
    """The facts of a text, by way of the dispatcher."""
    return parse(SourceFile(path, kind, len(text)), text.encode())


def show(found: FileFacts, value: int, depth: int = 0) -> str:
    """One value: ``cp('a', x=free:B)``, ``~`` joins the parts of a concatenation."""
    node = found.values[value]
    if depth > 15:
        return "..."
    if node.op == "text":
        return repr(node.text)
    if node.op in NAMED:
        return f"{node.op}:{node.text}" if node.op != "api" else node.text
    parts = [show(found, part, depth + 1) if part >= 0 else "-" for part in node.parts]
    if node.op == "loop":
        return f"loop:{node.text}"
    if node.op == "concat":
        return "~".join(parts)
    if node.op == "call":
        words = [f"{key}={part}" if key else part for key, part in zip(node.keys, parts[1:], strict=True)]
        return f"{parts[0]}({', '.join(words)})"
    return f"{node.op}{':' + node.text if node.text else ''}({', '.join(parts)})"


def effects(found: FileFacts, scope: int = 0) -> list[str]:
    """The effects of a scope; an effect under a guard says so."""
    shown = []
    for effect in found.scopes[scope].effects:
        guard = f" if {show(found, effect.guard)}" if effect.guard >= 0 else ""
        shown.append(show(found, effect.value) + guard)
    return shown


def lines(found: FileFacts) -> list[int]:
    return [found.values[effect.value].line for effect in found.scopes[0].effects]


def problems(found: FileFacts) -> list[str]:
    return [problem.what for problem in found.problems]
