"""What an annotation says of a value: a path, several values, or how a command line declares it.

It looks through ``Optional``, ``Union``, ``|``, ``Annotated`` and containers; other types are no matter here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.facts import Param
from coupling.link.values import Api

if TYPE_CHECKING:
    from coupling.link.frames import Frame

_SEVERAL = ("list", "List", "Sequence", "Iterable", "tuple", "Tuple", "set", "Set")
_NAMES = ("import", "free", "attr")
_DECLARATIONS = ("Argument", "Option")


def leaves(around: Frame, index: int, depth: int = 4) -> list[int]:
    """The values that an annotation is put together of: ``Path`` in ``Optional[Path]``."""
    if index < 0 or not depth:
        return []
    value = around.value(index)
    if value.op in ("item", "tuple", "list"):
        return [leaf for part in value.parts for leaf in leaves(around, part, depth - 1)]
    if value.op == "binop":
        return [leaf for part in value.parts for leaf in leaves(around, part, depth - 1)]
    return [index]


def is_path(around: Frame, index: int) -> bool:
    """Whether a value so annotated is a ``pathlib`` path (or None)."""
    from coupling.link.evaluate import evaluate

    if index < 0 or is_several(around, index):
        return False
    for leaf in leaves(around, index):
        value = around.value(leaf)
        if value.op == "text" and value.text.strip() in ("Path", "pathlib.Path"):
            return True
        if value.op in _NAMES and any(isinstance(t, Api) and t.path.startswith("pathlib.") for t in evaluate(around, leaf).things):
            return True
    return False


def is_several(around: Frame, index: int) -> bool:
    """Whether the annotation is a list, or a list or None."""
    from coupling.link.evaluate import evaluate

    for leaf in leaves(around, index)[:3]:
        value = around.value(leaf)
        if value.op not in _NAMES:
            continue
        if any(isinstance(t, Api) and t.path.rpartition(".")[2] in _SEVERAL for t in evaluate(around, leaf).things):
            return True
    return False


def declaration(around: Frame, param: Param) -> tuple[str, tuple[str, ...]] | None:
    """("Argument" or "Option", the flags it gives) of a default or an ``Annotated`` that declares a command-line parameter."""
    from coupling.link import calls
    from coupling.link.evaluate import evaluate

    for index in (param.default, *leaves(around, param.annotation)):
        if index < 0 or around.value(index).op != "call":
            continue
        value = around.value(index)
        for thing in evaluate(around, value.parts[0]).things:
            kind = thing.path.rpartition(".")[2] if isinstance(thing, Api) else ""
            if kind in _DECLARATIONS:
                args, _ = calls.arguments(around, value)
                return kind, tuple(f for a in args if (f := a.literal))
    return None
