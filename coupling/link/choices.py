"""What is chosen by a score: ``max(children, key=score)``, a sorted list, a word for an answer (``"spam" if score > 0.5 else "ham"``), an
object that a score picked and that is then changed.

Comes in: choices among known elements. Goes out: the elements, made also of what the scores were made of: which one it is tells of
them. A tree search that counts its visits says what its network said in this way only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coupling.link import names, objects
from coupling.link.values import NOTHING, Abs, Args, Flow, Keywords, Obj, Output, Place, everything, kept, merge_flows, step, text

if TYPE_CHECKING:
    from coupling.link.frames import Frame
    from coupling.link.handlers import Handler

_ORDER = ".ranked"
DEEPEST = 12
"""How many conditions may stand in a row."""


def told(value: Abs) -> tuple[Flow, ...]:
    """The outputs of models that a choice tells of."""
    return tuple(f for f in everything(value) if isinstance(f.origin, Output))


def marked(value: Abs, by: Abs) -> Abs:
    """A value that stands where ``by`` pointed: it tells of the outputs that ``by`` is made of."""
    flows = told(by)
    return value.but(flows=merge_flows(value.flows, flows)) if flows else value


def worded(frame: Frame, found: Abs, test: int, words: Sequence[int], place: Place) -> Abs:
    """Constants among which a model's answer decides are its answer in other words."""
    if not all(_is_word(frame, word) for word in words):
        return found
    from coupling.link.evaluate import evaluate

    flows = told(evaluate(frame, test))
    return found.but(flows=merge_flows(found.flows, step(flows, place))) if flows else found


def _is_word(frame: Frame, index: int, depth: int = 0) -> bool:
    value = frame.value(index)
    if value.op == "choose" and depth < DEEPEST:
        return all(_is_word(frame, part, depth + 1) for part in value.parts[1:])
    return value.op in ("text", "number", "bool") and value.text != ""


def entry(frame: Frame, base: int, key: Abs, new: Abs) -> tuple[tuple[object, ...], Abs] | None:
    """``node.counts[move] = x`` on an array that an object holds: the object's cell, and what is put there."""
    from coupling.link.evaluate import evaluate

    while frame.value(base).op in ("after", "update", "loop"):
        base = frame.value(base).parts[0]
    value = frame.value(base)
    flows = merge_flows(told(new), told(key))
    if value.op != "attr" or not flows:
        return None
    owner = next((t for t in evaluate(frame, value.parts[0]).things if isinstance(t, Obj)), None)
    return ((*owner.key, value.text), kept(Abs(flows=flows))) if owner is not None else None


def _scored(frame: Frame, element: Abs, keywords: Keywords, place: Place) -> tuple[Flow, ...]:
    """The outputs that scores are made of, but for those that the element holds itself: a row says no more for being the first."""
    from coupling.link import calls

    own = {flow.origin for flow in everything(element)}
    score = calls.call_value(frame, keywords["key"], [element], {}, place)
    return step(tuple(flow for flow in told(score) if flow.origin not in own), place)


def _best(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    if "key" not in keywords or len(args) != 1:
        return objects.aggregate(frame, receiver, args, keywords, place)
    element = names.element(frame, args[0], place)
    return element.but(flows=merge_flows(element.flows, _scored(frame, element, keywords, place)))


def _sorted(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    from coupling.link.containers import FUNCTIONS as CONTAINERS

    listed = CONTAINERS["builtins.list"](frame, receiver, args[:1], {}, place) or NOTHING
    if "key" not in keywords or not args:
        return listed
    flows = _scored(frame, names.element(frame, args[0], place), keywords, place)
    return listed.but(flows=merge_flows(listed.flows, flows))


def _highest(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``frame.nlargest(10, "score")``: the rows tell of what the score is made of."""
    return _rows_by(receiver, _column(args[1:2], keywords, "columns"), place)


def _ranked(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``frame.sort_values("score")``: the order is remembered for who takes the first rows."""
    name = _column(args[:1], keywords, "by")
    if name not in receiver.items or not told(receiver.items[name]):
        return None
    return receiver.but(items={**receiver.items, _ORDER: text(name)})


def _first(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    order = receiver.items.get(_ORDER)
    return _rows_by(receiver, order.literal or "", place) if order is not None else None


def _column(args: Sequence[Abs], keywords: Keywords, word: str) -> str:
    given = args[0] if args else keywords.get(word, NOTHING)
    return given.literal or next(iter(names.column_names(given)), "")


def _rows_by(receiver: Abs, name: str, place: Place) -> Abs | None:
    flows = told(receiver.items[name]) if name in receiver.items else ()
    kept = {key: item for key, item in receiver.items.items() if key != _ORDER}
    return receiver.but(flows=merge_flows(receiver.flows, step(flows, place)), items=_told_all(kept, flows, place)) if flows else None


def _told_all(items: dict[str, Abs], flows: tuple[Flow, ...], place: Place) -> dict[str, Abs]:
    return {key: item.but(flows=merge_flows(item.flows, step(flows, place))) for key, item in items.items()}


FRAME: dict[str, Handler] = {"nlargest": _highest, "nsmallest": _highest, "sort_values": _ranked, "head": _first, "tail": _first}
"""Methods of frames: which rows are taken tells of the scores that rank them."""

FUNCTIONS: dict[str, Handler] = {
    "builtins.max": _best,
    "builtins.min": _best,
    "builtins.sorted": _sorted,
    "heapq.nlargest": lambda frame, receiver, args, keywords, place: _sorted(frame, receiver, args[1:], keywords, place),
    "heapq.nsmallest": lambda frame, receiver, args, keywords, place: _sorted(frame, receiver, args[1:], keywords, place),
}
