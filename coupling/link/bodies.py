"""Functions as the words that they are made of, to tell a changed copy from another function.

Comes in: the facts of a file. Goes out: for each function its lines, and the names, constants and operators of its value graph. Names of
variables, and where values come from, are no words.
"""

from __future__ import annotations

from typing import NamedTuple

from coupling.core.facts import FileFacts, Scope

_WORDS = frozenset(("number", "text", "attr", "compare", "binop", "import"))
_SIGNS = {"add": "+", "div": "/", "mod": "%"}
MOST_WORDS = 400
_COMMON = frozenset(("self", "cls"))


class Body(NamedTuple):
    path: str
    name: str
    line: int
    end_line: int
    words: tuple[str, ...]


def bodies(file: FileFacts) -> tuple[Body, ...]:
    """The functions of a file that have a name."""
    named = (s for s in file.scopes if s.kind == "function" and not s.name.startswith("__") and s.end_line)
    return tuple(Body(file.path, scope.name, scope.line, scope.end_line, _words(file, scope)) for scope in named)


def _words(file: FileFacts, scope: Scope) -> tuple[str, ...]:
    words: list[str] = []
    seen: set[int] = set()
    todo = [*scope.returns, *scope.yields, *(effect.value for effect in scope.effects)]
    while todo and len(words) < MOST_WORDS:
        index = todo.pop()
        if index < 0 or index in seen:
            continue
        seen.add(index)
        value = file.values[index]
        if value.op in _WORDS and value.text not in _COMMON:
            words.append(value.text.rpartition(".")[2] if value.op == "import" else value.text)
        elif value.op in _SIGNS:
            words.append(_SIGNS[value.op])
        if value.op not in ("func", "class", "lambda"):
            todo += value.parts
    return tuple(sorted(word for word in words if word.strip()))
