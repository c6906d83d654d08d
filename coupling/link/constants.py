"""Values that are the same in every frame of a file: texts, numbers, ``None``, API paths.

Comes in: facts of a file. Goes out: these values, made once for all frames. In SQL a text can have placeholders that a frame fills, so
that none is constant there.
"""

from __future__ import annotations

from coupling.core.facts import FileFacts
from coupling.link.values import NONE, Abs, api, text

_TEXTS = frozenset(("text", "number", "bool"))


class Constants:
    def __init__(self) -> None:
        self._known: dict[int, tuple[FileFacts, dict[int, Abs]]] = {}

    def of(self, file: FileFacts) -> dict[int, Abs]:
        """The constants of a file by the number of their value."""
        known = self._known.get(id(file))
        if known is None:  # the facts are kept with what is known of them, so that no other facts get their id
            known = self._known[id(file)] = (file, _constants(file))
        return known[1]


def _constants(file: FileFacts) -> dict[int, Abs]:
    if file.parser == "sql":
        return {}
    return {
        index: _made(value.op, value.text) for index, value in enumerate(file.values) if value.op in _TEXTS or value.op in ("none", "api")
    }


def _made(op: str, said: str) -> Abs:
    return NONE if op == "none" else api(said) if op == "api" else text(said)
