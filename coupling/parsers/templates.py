"""``${a.b}`` in settings files -> text and free names.

Comes in: a text and the names that the file defines. Goes out: segments for ``Module.joined``. A name that the file does not
define becomes ``Free`` with the prefix of its scope (``params:a.b``). Substitution is bounded in depth and size.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from coupling.parsers.common import Free
from coupling.parsers.tree import Node

MAX_DEPTH = 10
MAX_PARTS = 500


@dataclass(frozen=True, slots=True)
class Scope:
    """Names that ``${...}`` may use, by their first segment; ``prefix`` marks those of elsewhere."""

    names: dict[str, Node | Free] = field(default_factory=dict)
    prefix: str = "params:"

    def with_(self, name: str, value: Node | Free) -> Scope:
        return replace(self, names={**self.names, name: value})

    def with_all(self, values: dict[str, Node | Free]) -> Scope:
        return replace(self, names={**self.names, **values})

    def find(self, dotted: str) -> Node | Free:
        """What ``a.b[0]`` names: a node of this file, or a free name."""
        first, *rest = dotted.replace("[", ".").replace("]", "").split(".")
        value = self.names.get(first.strip())
        if value is None:
            return Free(self.prefix + dotted.strip())
        for name in rest:
            value = _member(value, name.strip())
            if value is None:
                return Free(self.prefix + dotted.strip())
        return Free(value.text) if isinstance(value, Node) and value.kind == "free" else value

    def resolve(self, node: Node, depth: int = 0) -> Node | Free:
        """A node, or what it stands for when it is one ``${name}`` as a whole."""
        text = node.text.strip()
        if node.kind == "text" and text.startswith("${") and text.endswith("}") and text.count("${") == 1 and depth < MAX_DEPTH:
            found = self.find(text[2:-1])
            return found if isinstance(found, Free) else self.resolve(found, depth + 1)
        return node


def _member(value: Node | Free, name: str) -> Node | Free | None:
    if isinstance(value, Free):
        return Free(f"{value}.{name}")
    if value.kind == "free":
        return Free(f"{value.text}.{name}")
    if value.kind == "list" and name.isdecimal() and len(name) < 6:
        return value.items[int(name)] if int(name) < len(value.items) else None
    return value.get(name)


def expand(text: str, scope: Scope, depth: int = 0) -> list[str]:
    """The segments of a text; ``\\${`` is a literal ``${``."""
    out: list[str] = []
    at = 0
    while (start := text.find("${", at)) >= 0 and len(out) < MAX_PARTS:
        end = text.find("}", start)
        if end < 0:
            break
        if start and text[start - 1] == "\\":
            out.append(text[at : start - 1] + text[start : end + 1])
        else:
            out.append(text[at:start])
            out.extend(_named(text[start + 2 : end], scope, depth))
        at = end + 1
    return [segment for segment in [*out, text[at:]] if segment][:MAX_PARTS]


def _named(name: str, scope: Scope, depth: int) -> list[str]:
    found = scope.find(name)
    if isinstance(found, Free):
        return [found]
    if depth >= MAX_DEPTH:
        return [Free(scope.prefix + name)]
    if found.kind == "dict":  # a dict in a command is options, as DVC writes them
        pairs = [["--" + key.text, " ", *expand(item.text, scope, depth + 1)] for key, item in found.pairs()]
        return [segment for pair in pairs for segment in (" ", *pair)][1:]
    if found.kind == "list":
        return [segment for item in found.items for segment in (" ", *expand(item.text, scope, depth + 1))][1:]
    return expand(found.text, scope, depth + 1)
