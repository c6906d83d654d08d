"""Steps that prepare data, as rules tag them: what their literal arguments say.

Comes in: one call whose rule is tagged ``prepares`` (its settings are part of what a model's input means), ``per-frame`` (what it gives
depends on the rows that it happens to get) or ``aligns``. Goes out: (kind, name, text) for ``skews`` to compare.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from coupling.link.values import Abs, everything

if TYPE_CHECKING:
    from coupling.link.site import Site

TAGS = frozenset(("prepares", "per-frame", "aligns"))
_KINDS = {"per-frame": "frame", "aligns": "aligns"}
_NO_MATTER = frozenset("padding truncation verbose device batched desc batch_size num_proc inplace interpolation antialias".split())
"""How a result is held or made, not what it says."""
_DROPS = "drop_first"
"""Which column is left out depends on the rows too: no later alignment brings it back."""
LONGEST = 80


def told(site: Site) -> Iterator[tuple[str, str, str]]:
    parts = site.rule.path.split(".")
    name = parts[-2] if parts[-1] == "__call__" else parts[-1]
    for tag, kind in _KINDS.items():
        if tag in site.rule.tags:
            drops = _DROPS if (dropped := site.keywords.get(_DROPS)) is not None and dropped.literal == "True" else ""
            yield kind, name, drops
    if "prepares" not in site.rule.tags:
        return
    plain = [text for value in site.args if (text := _literal(value))]
    if plain:
        yield "setting", name, "; ".join(plain)
    for key, value in site.keywords.items():
        text = _literal(value)
        if text and key not in _NO_MATTER and not key.startswith(("return", "*")):
            yield "setting", f"{name}({key})", text


def _literal(value: Abs, depth: int = 2) -> str:
    """A literal or a list of them, as a text; nothing for anything that the program computes."""
    if everything(value) or value.soft:
        return ""
    if value.literal is not None:
        return _number(value.literal)
    numbered = [value.items[key] for key in value.items if key.isdigit()]
    parts = [_literal(part, depth - 1) for part in numbered] if depth and value.elem is None else []
    return ", ".join(parts)[:LONGEST] if parts and all(parts) else ""


def _number(text: str) -> str:
    try:
        return f"{float(text):g}"
    except ValueError:
        return text
