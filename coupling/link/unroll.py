"""Loops and comprehensions over collections that are known, one round at a time.

``for name, url in [("a", ...), ("b", ...)]`` runs its body once for each element, so that names and values of different rounds do not
mix. A round
is a frame laid over the frame of the loop: values that do not depend on the element stay in the frame below.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from coupling.core.facts import Effect, FileFacts
from coupling.core.template import literal, text_of
from coupling.link import conditions, enums, names
from coupling.link.values import Abs, Api, Class, merge_flows, step, union

if TYPE_CHECKING:
    from coupling.link.frames import Frame

MOST_ROUNDS = 24
FEW_ROUNDS = 4
"""Loops over more are unrolled only when their elements hold names of files, functions or classes."""
MOST_IN_UNIT = 500


class Loops:
    """Which values of a file depend on which loop elements, as bits: ``direct`` on the element, ``touched`` on what a round changes too."""

    def __init__(self, file: FileFacts) -> None:
        values = file.values
        self.elements = [n for n, v in enumerate(values) if v.op == "iter"]
        self.bit = {index: 1 << n for n, index in enumerate(self.elements)}
        self.heads: dict[int, list[int]] = {}
        owner: dict[int, int] = {}
        for index in self.elements:
            head = index + 1
            while head < len(values) and values[head].op == "loop" and values[head].line <= values[index].line:
                self.heads.setdefault(index, []).append(head)
                owner[head] = self.bit[index]
                head += 1
        self.own: dict[int, int] = {}
        """The elements of a comprehension's own generators."""
        self.generators: set[int] = set()
        self.direct = self._spread(file, self.bit)
        self.touched = self._spread(file, {**self.bit, **owner})

    def _spread(self, file: FileFacts, seeds: dict[int, int]) -> list[int]:
        masks: list[int] = []
        for index, value in enumerate(file.values):
            mask = seeds.get(index, 0)
            for part in value.parts:
                if 0 <= part < index:
                    mask |= masks[part]
            if mask and value.op in ("comp", "dictcomp"):
                own = self._generators(file, mask, value.line)
                self.generators.update(own)
                self.own[index] = sum(self.bit[e] for e in own)
                mask &= ~self.own[index]
            masks.append(mask)
        return masks

    def _generators(self, file: FileFacts, mask: int, line: int) -> list[int]:
        """Of the elements that a comprehension depends on, those of its own: loops around it start on a line above."""
        return [e for e in self.elements if mask & self.bit[e] and file.values[e].line >= line]


def loops_of(frame: Frame) -> Loops | None:
    """The loops of the frame's file, None when it has none."""
    known = frame.run.engine.loops
    path = frame.file.path
    if path not in known or known[path][0] is not frame.file:
        loops = Loops(frame.file)
        known[path] = (frame.file, loops if loops.elements else None)
    return known[path][1]


def rounds(frame: Frame, element: int) -> list[Frame]:
    """A frame for each element of the collection that value ``element`` iterates over; [] when it is not known well enough."""
    known = frame.rounds.get(element)
    if known is None:
        known = frame.rounds[element] = _rounds(frame, element)
        frame.unrolled |= bool(known)
    return known


def _rounds(frame: Frame, element: int) -> list[Frame]:
    from coupling.link.evaluate import evaluate

    given = _elements(frame, evaluate(frame, frame.value(element).parts[0]), element)
    run, loops = frame.run, loops_of(frame)
    if loops is None or not 1 <= len(given) <= MOST_ROUNDS or run.rounds + len(given) > MOST_IN_UNIT or "test" in run.unit.tags:
        return []
    if run.muted and element not in loops.generators:
        return []  # nothing of it is told
    if all(_number(g) for g in given) or (
        len(given) > FEW_ROUNDS and element not in loops.generators and not any(_telling(g) for g in given)
    ):
        return []
    run.rounds += len(given) if element not in loops.generators else 0
    heads = loops.heads.get(element, [])
    made: list[Frame] = []
    for number, one in enumerate(given):
        inner = frame.round(element, loops, number)
        inner.memo[element] = one
        made.append(inner)
    for number, inner in enumerate(made):
        for head in heads:
            inner.memo[head] = (
                evaluate(made[number - 1], frame.value(head).parts[1]) if number else evaluate(frame, frame.value(head).parts[0])
            )
    return made


def _number(value: Abs) -> bool:
    return (
        bool(value.texts) and not value.things and not value.items and all((text_of(t) or "x").lstrip("-").isdigit() for t in value.texts)
    )


def _telling(value: Abs, depth: int = 3) -> bool:
    """Whether a value names a file or holds code."""
    if any(not isinstance(t, Api) or t == names.PATH for t in value.things):
        return True
    if any(isinstance(part, str) and ("/" in part or "." in part) for t in value.texts for part in t):
        return True
    return depth > 0 and any(_telling(v, depth - 1) for v in value.items.values())


def _elements(frame: Frame, iterable: Abs, element: int) -> list[Abs]:
    value = names.full(frame, iterable)
    if value.elem is not None:
        return []
    if any(isinstance(thing, Class) for thing in value.things):
        return enums.listed(frame, value)
    if names.DICT in value.things:
        return [Abs((literal(k),)) for k in value.items if not k.startswith(".")]
    numbered = [k for k in value.items if k.isdigit()]
    if not numbered or len(numbered) != len(value.items):
        return []
    flows = step(value.flows, frame.place(element)) if value.flows else ()
    ordered = [value.items[k] for k in sorted(numbered, key=int)]
    return [v.but(flows=merge_flows(v.flows, flows)) for v in ordered] if flows else ordered


def spans(frame: Frame, effects: tuple[Effect, ...]) -> Iterator[tuple[list[Frame], tuple[Effect, ...]]]:
    """The effects in order, in runs: (rounds, effects) for the body of a loop that is unrolled, ([], effects) for others."""
    loops = loops_of(frame)
    if loops is None:
        yield [], effects
        return
    direct, start, at = loops.direct, 0, 0
    while at < len(effects):
        mask = direct[effects[at].value] | _guard_mask(direct, effects[at])
        if start < at and mask & ~frame.within:  # what a loop starts from may rest on what is done before it: the folder, say
            yield [], effects[start:at]
            start = at
        found = _outermost(frame, loops, mask)
        if found is None:
            at += 1
            continue
        element, turns = found
        bit = loops.bit[element]
        last = max(n for n in range(at, len(effects)) if (direct[effects[n].value] | _guard_mask(direct, effects[n])) & bit)
        yield turns, effects[at : last + 1]
        _finish(frame, loops, element, turns)
        start = at = last + 1
    if start < len(effects):
        yield [], effects[start:]


def _guard_mask(masks: list[int], effect: Effect) -> int:
    return masks[effect.guard] if effect.guard >= 0 else 0


def _outermost(frame: Frame, loops: Loops, mask: int) -> tuple[int, list[Frame]] | None:
    mask &= ~frame.within
    while mask:
        lowest = mask & -mask
        element = loops.elements[lowest.bit_length() - 1]
        if turns := rounds(frame, element):
            return element, turns
        mask ^= lowest
    return None


def _finish(frame: Frame, loops: Loops, element: int, turns: list[Frame]) -> None:
    """After the loop its names have the values of the last round."""
    from coupling.link.evaluate import evaluate

    for head in loops.heads.get(element, ()):
        frame.memo[head] = evaluate(turns[-1], frame.value(head).parts[1])


def carried(frame: Frame, head: int) -> Abs | None:
    """What a name holds behind a loop whose elements are known, when the loop does nothing but choose it: the last round's value."""
    from coupling.link.evaluate import evaluate

    loops = loops_of(frame)
    element = next((e for e, heads in loops.heads.items() if head in heads), None) if loops is not None else None
    if loops is None or element is None or frame.within & loops.bit[element] or element in frame.active:
        return None
    turns = rounds(frame, element)
    return evaluate(turns[-1], frame.value(head).parts[1]) if turns else None


def elsewhere(frame: Frame, index: int) -> Abs | None:
    """The value where another frame has it: below a round for what does not depend on it, in the rounds for what does."""
    from coupling.link.evaluate import evaluate

    loops = loops_of(frame)
    if loops is None:
        return None
    if frame.below is not None and not loops.touched[index] & frame.bit:
        return evaluate(frame.below, index)
    for element, turns in frame.rounds.items():
        if turns and index != element:
            if loops.direct[index] & loops.bit[element]:
                return union(evaluate(turn, index) for turn in turns)
            if index in loops.heads.get(element, ()):
                return evaluate(turns[-1], frame.value(index).parts[1])
            if index in turns[-1].memo:
                return turns[-1].memo[index]
    return None


def comprehension(frame: Frame, end: int) -> tuple[list[Frame], bool] | None:
    """(the rounds of a comprehension that pass its filters, whether each gives just one element), None when it cannot be unrolled."""
    loops = loops_of(frame)
    if loops is None:
        return None
    mask = loops.own.get(end, 0)
    found = _outermost(frame, loops, mask)
    if found is None:
        return None
    element, turns = found
    guards = [n for n in range(element + 1, end) if frame.value(n).op == "guard" and loops.direct[n] & loops.bit[element]]
    kept, certain = [], mask == loops.bit[element]
    for turn in turns:
        outcomes = [conditions.guard_holds(turn, guard) for guard in guards]
        if False not in outcomes:
            kept.append(turn)
            certain = certain and None not in outcomes
    return kept, certain


__all__ = ["Loops", "carried", "comprehension", "elsewhere", "rounds", "spans"]
