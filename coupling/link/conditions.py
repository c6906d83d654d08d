"""Which conditions literals decide: what stands under a guard that is decided against does not happen.

Comes in: a guard or a test of a frame. Goes out: True, False, or None where nobody knows. A default that a caller may change
(``soft``) decides nothing.
"""

from __future__ import annotations

import operator as operators
from collections.abc import Callable, Iterable

from coupling.link.frames import Frame
from coupling.link.names import column_names
from coupling.link.values import TRUTHS, WORDS, Abs, Api

FALSE = ("", "False", "0", "0.0")
"""Literals that are false."""
_SAME = ("==", "!=", "is", "is not")
_TYPES = frozenset(f"builtins.{name}" for name in ("bool", "int", "float", "str"))
_ORDERS: dict[str, Callable[[int, int], bool]] = {"<": operators.lt, "<=": operators.le, ">": operators.gt, ">=": operators.ge}


def guard_holds(frame: Frame, guard: int) -> bool | None:
    """Whether what stands under a guard runs: False when some condition on the way is decided against it."""
    known = frame.guards.get(guard)
    if known is not None:
        return known
    value = frame.value(guard)
    around = guard_holds(frame, value.parts[1]) if value.parts[1] >= 0 else True
    if around is False:
        return False
    outcome = truth(frame, value.parts[0])
    decided = None if outcome is None else outcome == (value.text == "then")
    if decided is False or (decided and around):
        frame.guards[guard] = decided
    return decided if decided is False else None if around is None else decided


def is_ruled_out(frame: Frame, index: int) -> bool:
    """Whether a value stands under a guard that is decided against it."""
    value = frame.value(index)
    return value.op == "when" and guard_holds(frame, value.parts[1]) is False


def doubted(value: Abs, parts: Iterable[Abs]) -> Abs:
    """One of several values: where nothing is known of some of them, a literal that is left decides nothing."""
    if value.literal is None or value.soft:
        return value
    is_truth = value.literal in TRUTHS
    return value.but(soft=True) if any(not part or (is_truth and part.is_none) for part in parts) else value


def truth(frame: Frame, test: int) -> bool | None:
    """The outcome of a condition when literals decide it. A default that a caller may change (``soft``) decides nothing."""
    from coupling.link.evaluate import evaluate

    value = frame.value(test)
    if value.op == "unary" and value.text == "Not":
        inner = truth(frame, value.parts[0])
        return None if inner is None else not inner
    if value.op == "join" and value.text in ("and", "or"):
        return _connected(value.text, [truth(frame, part) for part in value.parts])
    if value.op == "compare" and len(value.parts) == 2:
        return _compared(value.text, *(evaluate(frame, part) for part in value.parts))
    return _truthy(evaluate(frame, test))


def _connected(word: str, parts: list[bool | None]) -> bool | None:
    decisive = word == "or"
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def _compared(operator: str, left: Abs, right: Abs) -> bool | None:
    if left.soft or right.soft or _is_answer(left) or _is_answer(right):
        return None
    if operator in ("is", "is not", "==", "!=") and right.is_none:
        outcome = True if left.is_none else False if _certain(left) else None
        return outcome if outcome is None or operator in ("is", "==") else not outcome
    a = None if left.flows else left.literal
    if operator in _ORDERS:
        return _ordered(operator, left, right)
    if operator in _SAME and (same := _one_type(left, right)) is not None:
        return same == (operator in ("==", "is"))
    if operator in ("==", "!="):
        b = None if right.flows else right.literal
        return None if a is None or b is None else (a == b) == (operator == "==")
    if operator in ("in", "not in"):
        options = column_names(right)
        if (among := [_one_type(left, v) for v in right.items.values()]) and None not in among and right.elem is None:
            return any(among) == (operator == "in")
        if a is None or not options or (right.elem is not None):
            return None
        return (a in options) == (operator == "in")
    return None


def _one_type(left: Abs, right: Abs) -> bool | None:
    """Whether two types are one, when both are Python's own: ``base_type == bool``."""
    if any(v.texts or v.flows or v.items or len(v.things) != 1 for v in (left, right)):
        return None
    a, b = left.things[0], right.things[0]
    known = isinstance(a, Api) and isinstance(b, Api) and a.path in _TYPES and b.path in _TYPES
    return a == b if known else None


def _ordered(operator: str, left: Abs, right: Abs) -> bool | None:
    """``len(sys.argv) > 2``: other numbers may be those of another round of a loop."""
    counted = WORDS in left.things or WORDS in right.things
    if not counted or not (left.literal or "").isdigit() or not (right.literal or "").isdigit():
        return None
    return _ORDERS[operator](int(left.literal or ""), int(right.literal or ""))


def _certain(value: Abs) -> bool:
    """Certainly not None: a literal, or objects only."""
    return value.literal is not None or (
        bool(value.things) and not any(t == Api("None") for t in value.things) and not value.texts and not value.flows
    )


def _is_answer(value: Abs) -> bool:
    """Whether a literal stands beside what a library's function may have answered instead."""
    return bool(value.texts) and any(isinstance(t, Api) and t.path.endswith("()") for t in value.things)


def _truthy(value: Abs) -> bool | None:
    if value.soft or _is_answer(value):
        return None
    if value.is_none:
        return False
    plain = value.literal
    if plain is None or value.flows:
        return None
    return plain not in FALSE
