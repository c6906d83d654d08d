"""Parts of a data set: which rows a value holds, said as notes on its flows.

Comes in: values and the calls that split, filter or limit their rows. Goes out: the same values, noted. Two values that carry the same
notes may hold the same rows; two that differ do not hold the same. It does not know how many rows there are.
"""

from __future__ import annotations

from collections.abc import Callable

from coupling.link import names
from coupling.link.frames import Frame
from coupling.link.values import NOTHING, SPLITS, Abs, Args, Flow, Keywords, Place, Read, everything, merge_flows, step

DEEPEST = 3
DEEPEST_LIST = 5
"""Of the rows in a list that is cut."""
MOST_NOTES = 4
TRAIN, TEST = "rows of the train split", "rows of the test split"
LIMITS = frozenset(("query", "head", "tail", "sample", "filter", "select", "take", "skip", "limit", "nlargest", "nsmallest"))
"""Methods that keep some of the rows."""
_MODULE = "sklearn.model_selection."
_FOLDS = """KFold StratifiedKFold GroupKFold StratifiedGroupKFold ShuffleSplit StratifiedShuffleSplit GroupShuffleSplit TimeSeriesSplit
    RepeatedKFold RepeatedStratifiedKFold LeaveOneOut LeavePOut LeaveOneGroupOut LeavePGroupsOut PredefinedSplit""".split()


def noted(value: Abs, note: str, depth: int = DEEPEST) -> Abs:
    """The value, with the note on each flow of stored data that it is made of."""
    flows = tuple(_noted(flow, note) for flow in value.flows)
    if depth == 0 or not (value.items or value.elem is not None):
        return value.but(flows=flows) if value.flows else value
    items = {key: noted(inner, note, depth - 1) for key, inner in value.items.items()}
    return value.but(flows=flows, items=items, elem=noted(value.elem, note, depth - 1) if value.elem is not None else None)


def _noted(flow: Flow, note: str) -> Flow:
    if not isinstance(flow.origin, Read) or note in flow.notes or len(flow.notes) >= MOST_NOTES:
        return flow
    return flow._replace(notes=(*flow.notes, note))


def limited(value: Abs, name: str, keywords: Keywords, place: Place) -> Abs:
    """What a method of a frame, or a loader that is asked for a split, leaves of the rows."""
    asked = next((word for key in ("split", "subset") if (given := keywords.get(key)) is not None and (word := given.literal)), "")
    if asked:
        return noted(value, f"rows of the {asked} split")
    return noted(value, f"rows that {name} keeps (line {place.line})") if name in LIMITS else value


def chosen(value: Abs, key: Abs) -> Abs:
    """Rows picked by a split's name or by the numbers that a splitter gave."""
    word = key.literal
    if word is not None:
        return noted(value, f"rows of the {word} split") if word in SPLITS else value
    said = next((note for flow in key.flows for note in flow.notes if note in (TRAIN, TEST)), "")
    return noted(value, said) if said else value


def cut(frame: Frame, value: Abs, bounds: list[Abs]) -> Abs:
    """``rows[:n]`` and ``rows[n:]``: the one up to a row, the other from it on. A text that is cut has no rows; what is cut is a copy."""
    start, end = (bool(bound) and not bound.is_none for bound in (*bounds, NOTHING, NOTHING)[:2])
    if start == end or value.texts or (len(bounds) > 2 and bounds[2]):
        return value
    known = (bounds[0] if start else bounds[1]).literal
    note = f"rows {'from' if start else 'up to'} {known or 'a computed one'}"
    return _apart(noted(names.full(frame, value), note, DEEPEST_LIST))


def _apart(value: Abs, depth: int = DEEPEST_LIST) -> Abs:
    """The value without the cells that later changes, and what others know of it, would come from."""
    items = {key: _apart(inner, depth - 1) for key, inner in value.items.items()} if depth else value.items
    return value.but(items=items, elem=_apart(value.elem, depth - 1) if depth and value.elem is not None else value.elem, cells=())


def _halves(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``train_test_split(x, y)``: x_train, x_test, y_train, y_test."""
    items: dict[str, Abs] = {}
    for number, arg in enumerate(args):
        whole = names.full(frame, arg)
        whole = whole.but(flows=step(whole.flows, place))
        items[str(2 * number)], items[str(2 * number + 1)] = noted(whole, TRAIN), noted(whole, TEST)
    return Abs(things=(names.TUPLE,), items=items)


def _folds(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``KFold().split(x)``: pairs of row numbers."""
    flows = step(merge_flows(*(everything(names.full(frame, arg)) for arg in args[:1])), place)
    pair = {str(n): noted(Abs(flows=flows), note) for n, note in enumerate((TRAIN, TEST))}
    return Abs(elem=Abs(things=(names.TUPLE,), items=pair))


FUNCTIONS: dict[str, Callable[[Frame, Abs, Args, Keywords, Place], Abs]] = {
    _MODULE + "train_test_split": _halves,
    **{f"{_MODULE}{name}{end}.split": _folds for name in _FOLDS for end in ("", "()")},
}

__all__ = ["FUNCTIONS", "chosen", "cut", "limited", "noted"]
