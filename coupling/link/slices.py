"""Slices of rows: ``x[:5000]`` and ``x[5000:]`` are parts of one data set.

Comes in: a value and the key that it is subscripted with. Goes out: the value, noted with the rows that are left. Batches, whose bounds a
loop counts up, are no part: all of them together are the whole. It does not know how many rows there are, so two slices that are written
differently count as different.
"""

from __future__ import annotations

from coupling.core.facts import Value
from coupling.link import names, splits
from coupling.link.evaluate import evaluate
from coupling.link.frames import Frame
from coupling.link.values import Abs

MOST_LOOKED_AT = 40
"""Values of one bound's expression."""
_COUNTED = frozenset(("iter", "loop", "comp"))


def chosen(frame: Frame, value: Abs, key: Value) -> Abs:
    """What ``value[key]`` keeps of the rows, if the key is a slice, or begins with one that is not ``:``."""
    if key.op == "tuple" and key.parts and key.parts[0] >= 0:
        key = frame.value(key.parts[0])
    if key.op != "slice" or not names.full(frame, value) or len(key.parts) < 2:
        return value
    start, stop = (_bound(frame, part) for part in key.parts[:2])
    if start is None or stop is None or not (start or stop):
        return value
    return splits.apart(frame, value, f"rows of the slice [{start}:{stop}]")


def _bound(frame: Frame, index: int) -> str | None:
    """What people would write there; nothing for an open end, None for what a loop counts up."""
    if index < 0 or frame.value(index).op == "none" or _is_zero(frame, index):
        return ""
    if _is_counted(frame, index):
        return None
    known = evaluate(frame, index).literal
    value = frame.value(index)
    if value.op == "unary" and frame.value(value.parts[0]).op == "number":
        return value.text + frame.value(value.parts[0]).text
    return known or f"a value of line {value.line}"


def _is_zero(frame: Frame, index: int) -> bool:
    value = frame.value(index)
    return value.op == "number" and value.text == "0"


def _is_counted(frame: Frame, index: int) -> bool:
    """Whether a loop's counter is part of an expression."""
    todo = [index]
    for part in todo:
        value = frame.value(part)
        if value.op in _COUNTED:
            return True
        if len(todo) < MOST_LOOKED_AT:
            todo += [p for p in value.parts if p >= 0 and p not in todo]
    return False
