"""Wide tables: a frame that is joined of many tables, column by column, has more flows than are followed.

Comes in: the flows of one value. Goes out: one flow for each origin, of all the columns together, so that nothing that the value is made
of is forgotten: the hundredth column may be what a model has predicted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coupling.link.values import Flow

MOST_COLUMNS = 400
"""Names in one flow; a flow of more is one of the whole table."""


def summed(flows: Iterable[Flow]) -> list[Flow]:
    """One flow for each origin, the first met with the columns and notes of all."""
    groups: dict[object, list[Flow]] = {}
    for flow in flows:
        groups.setdefault((flow.key[0], flow.key[2]), []).append(flow)
    return [_one(group) if len(group) > 1 else group[0] for group in groups.values()]


def _one(group: list[Flow]) -> Flow:
    notes = group[0].notes
    for flow in group[1:]:
        if flow.notes != notes:
            notes = tuple(dict.fromkeys(notes + flow.notes)) if notes and flow.notes else ()
    return group[0]._replace(columns=_columns([flow.columns for flow in group]), notes=notes)


def _columns(groups: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The columns of all: what one leaves out (``-name``) is left out when no other holds it."""
    if not all(groups):
        return ()
    without = [set(names) for names in groups if names[0].startswith("-")]
    named = dict.fromkeys(name for names in groups if not names[0].startswith("-") for name in names)
    if not without:
        return tuple(named) if len(named) <= MOST_COLUMNS else ()
    common = set.intersection(*without)
    return tuple(name for name in sorted(common) if name[1:] not in named)


__all__ = ["summed"]
