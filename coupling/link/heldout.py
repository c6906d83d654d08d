"""Several sets that judge one training: ``eval_set=[(x_train, y_train), (x_val, y_val)]``.

Comes in: what a call is handed to evaluate on, and what it trains on. Goes out: the flows of what it evaluates on. A score on the training
rows that stands beside one on other rows is there to be compared with it; alone, it is what the model is judged by.
"""

from __future__ import annotations

from collections.abc import Iterable

from coupling.link.values import Abs, Flow, everything, merge_flows


def flows(given: Abs, trained: Iterable[Flow]) -> tuple[Flow, ...]:
    """The flows of the sets that are not what the model is trained on, or of all when they all are."""
    seen = {_rows(flow) for flow in trained}
    sets = [found for part in _sets(given) if (found := everything(part))]
    unseen = [found for found in sets if not {_rows(flow) for flow in found} <= seen]
    return merge_flows(*unseen) if len(sets) > 1 and unseen else everything(given)


def _sets(given: Abs) -> list[Abs]:
    """The elements of a list of pairs; a pair by itself is one set."""
    parts = [*(value for key, value in given.items.items() if key.isdigit()), *((given.elem,) if given.elem is not None else ())]
    return parts if all(part.items or part.elem is not None for part in parts) else []


def _rows(flow: Flow) -> tuple[object, ...]:
    """What a flow holds of the rows, whatever their columns."""
    return (flow.origin, frozenset(flow.notes))
