"""What a name is made of: literal text and holes.

A path, table or id in code is rarely one literal. Link evaluates it to a ``Template``: a tuple of text and
``Hole`` (the unknown part, with the reason). Two templates name one asset when they are equal (exact) or can be
unified (partial): a hole, a ``*`` or a ``?`` matches text without ``/``, ``**`` matches anything.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple


class Hole(NamedTuple):
    """The unknown part of a name. ``name`` is what the code calls it, ``why`` the reason it stayed unknown."""

    why: str
    name: str = ""


Template = tuple[str | Hole, ...]

_GLOB = re.compile(r"\*\*/|\*\*|\*|\?|\[[^\]/]+\]")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def literal(text: str) -> Template:
    return (text,) if text else ()


def join(*templates: Template) -> Template:
    """Concatenate, merging neighbouring text so that equal names are equal tuples."""
    out: list[str | Hole] = []
    for template in templates:
        for part in template:
            last = out[-1] if out else None
            if isinstance(part, str) and isinstance(last, str):
                out[-1] = last + part
            elif part != "":
                out.append(part)
    return tuple(out)


def text_of(template: Template) -> str | None:
    """The text when there is no hole, else None."""
    if not template:
        return ""
    return template[0] if len(template) == 1 and isinstance(template[0], str) else None


def holes(template: Template) -> tuple[Hole, ...]:
    return tuple(part for part in template if isinstance(part, Hole))


def render(template: Template) -> str:
    """How a person reads the name: ``data/{fold}/x.csv``."""
    return "".join(part if isinstance(part, str) else "{%s}" % (part.name or "?") for part in template)


def is_pattern(name: str) -> bool:
    return "{" in name or bool(_GLOB.search(name))


def literal_size(name: str) -> int:
    """Letters and digits of a rendered name that are not wild: how much the name says."""
    return sum(ch.isalnum() for ch in _GLOB.sub("", _PLACEHOLDER.sub("", name)))


@lru_cache(maxsize=65536)
def pattern(name: str) -> re.Pattern[str]:
    """A rendered name as a regular expression over other rendered names."""
    out, pos = [], 0
    for match in re.finditer(rf"{_PLACEHOLDER.pattern}|{_GLOB.pattern}", name):
        out.append(re.escape(name[pos : match.start()]))
        token = match.group()
        out.append(".*" if token.startswith("**") else "[^/]" if token == "?" else "[^/]*")
        pos = match.end()
    out.append(re.escape(name[pos:]))
    return re.compile("".join(out) + r"\Z", re.S)


def unifiable(a: str, b: str) -> bool:
    """Whether two rendered names can be one: equal, or one's pattern matches the other."""
    if a == b:
        return True
    if is_pattern(a) and pattern(a).match(b):
        return True
    return is_pattern(b) and bool(pattern(b).match(a))
