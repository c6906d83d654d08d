"""Calls of the repository's own functions that need no second look: same function, same place, same values, same result.

Link is abstract: a helper that is called again with equal values does again what it did. ``Recall`` remembers, for one round of one
unit, what each call gave and which cells of the heap it looked at; it answers while those cells still hold what they held. What a call made
is called by where it stood, so such an answer holds for that place; what it told the journal, for that unit and outermost call.

Not remembered are calls whose result depends on where they stood: cut short by a recursion that began outside, asked about a value
that was just being computed, or followed by another working folder.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from coupling.link.values import Abs, Api, Class, Func, Module, Partial, Place

if TYPE_CHECKING:
    from coupling.link.frames import Frame, UnitRun

MOST_LOADS = 400
"""A call that looked at more cells is made again."""
NEVER = 1 << 60
_epochs = count(1)

Key = tuple[object, ...]
Load = tuple[dict, object, object]  # type: ignore[type-arg]


class Answer(NamedTuple):
    """What a call gave, and what must still hold for it to give that again."""

    value: Abs
    loads: tuple[Load, ...]
    version: int
    depth: int
    """How deep the call stood when its inside was cut for depth, else 0: the answer holds where it is no less deep."""


class Mark(NamedTuple):
    """Where the watch stood when a call began."""

    serial: int
    oldest: int
    cut: bool
    told: int
    stored: int
    loads: int
    cwd: str


class Recall:
    """The calls of one round of a unit, and what is being watched of those that are still going on."""

    def __init__(self) -> None:
        self.answers: dict[Key, Answer] = {}
        self.numbers: dict[Key, int] = {}
        self.epoch = next(_epochs) << 40
        self.loads: list[Load] = []
        self.version = 0
        """Grows with every cell that changes."""
        self.oldest = NEVER
        """The serial number of the oldest frame that something of the current call depended on in a way that passes."""
        self.cut = False
        self.told = self.stored = 0

    def unsettled(self) -> None:
        """Something was asked whose answer is not watched: the calls that are going on are not remembered."""
        self.oldest = 0

    # --- the question ---

    def question(self, frame: Frame, func: Func, args: list[Abs], keywords: dict[str, Abs], owner: object, place: Place) -> Key | None:
        """All that a call's result can depend on but the heap; None where that is not known."""
        run = frame.run
        if run.env is not run.own_env or run.sourced:
            return None
        receiver = self.number(func.receiver) if func.receiver is not None else 0
        named = tuple([(name, self.number(value)) for name, value in keywords.items()]) if keywords else ()
        around = func.frame.serial if func.frame is not None else 0
        state = (run.route, run.backend, run.cwd, run.muted > 0)
        return (func.file, func.scope, around, receiver, owner, state, tuple([self.number(a) for a in args]), named)

    def number(self, value: Abs) -> int:
        """Equal values have equal numbers in one round."""
        if value.number > self.epoch and value.number < self.epoch + (1 << 40):
            return value.number
        items = tuple([(name, self.number(item)) for name, item in value.items.items()]) if value.items else ()
        elem = self.number(value.elem) if value.elem is not None else 0
        made = (value.made[0].file.path, value.made[1]) if value.made else value.made
        things = tuple([self._thing(thing) for thing in value.things])
        key = (value.texts, things, value.flows, items, elem, value.cells, value.soft, made)
        found = self.numbers.get(key)
        if found is None:
            found = self.numbers[key] = self.epoch + len(self.numbers) + 1
        value.number = found
        return found

    def _thing(self, thing: object) -> object:
        if type(thing) is Func:
            return (thing.file, thing.scope, thing.frame.serial if thing.frame else 0, self.number(thing.receiver) if thing.receiver else 0)
        if type(thing) is Partial:
            given = tuple([self.number(a) for a in thing.args])
            return (self.number(thing.callee), given, tuple([(name, self.number(a)) for name, a in thing.keywords]))
        return thing

    # --- the answer ---

    def answer(self, run: UnitRun, asked: Key, frame: Frame, place: Place) -> Abs | None:
        """What the call gave before, if it would give it again."""
        for key in (asked, (*asked, *_where(frame, place)), (*asked, *_where(frame, place), *_who(run, frame))):
            if (found := self.answers.get(key)) is not None:
                return self._again(run, key, found)
        return None

    def _again(self, run: UnitRun, asked: Key, found: Answer) -> Abs | None:
        if len(run.stack) < found.depth:
            return None
        if found.version != self.version:
            if not all(cells.get(key) is value for cells, key, value in found.loads):
                return None
            self.answers[asked] = found._replace(version=self.version)
        self.loads += found.loads
        if found.depth:
            self.cut = True
        if len(asked) > 8:
            self.stored += 1
        if len(asked) > 11:
            self.told += 1
        return found.value

    def begin(self, run: UnitRun) -> Mark:
        """Watch what the call that begins now depends on."""
        if not run.entered:
            self.loads.clear()
        mark = Mark(run.serial + 1, self.oldest, self.cut, self.told, self.stored, len(self.loads), run.cwd)
        self.oldest, self.cut = NEVER, False
        return mark

    def end(self, run: UnitRun, mark: Mark, asked: Key | None, frame: Frame, place: Place, value: Abs | None) -> None:
        """Remember the call that began at ``mark``, and let those around it depend on what it depended on."""
        loads = self.loads[mark.loads :]
        if asked is not None and value is not None and self.oldest >= mark.serial and run.cwd == mark.cwd and len(loads) <= MOST_LOADS:
            key = asked
            if self.stored != mark.stored or self.told != mark.told or not _plain(value):
                key = (*key, *_where(frame, place))
            if self.told != mark.told:
                key = (*key, *_who(run, frame))
            unique = {(id(cells), key): (cells, key, value) for cells, key, value in loads}
            self.answers[key] = Answer(value, tuple(unique.values()), self.version, len(run.stack) if self.cut else 0)
        self.oldest, self.cut = min(self.oldest, mark.oldest), self.cut or mark.cut


def _where(frame: Frame, place: Place) -> Key:
    """What the identity of what a call makes depends on."""
    return (frame.turn, frame.chain[-1:], place)


def _who(run: UnitRun, frame: Frame) -> Key:
    """What the identity of what a call tells depends on."""
    return (run.unit, frame.chain[:1], run.guarded > 0)


def _plain(value: Abs, depth: int = 3) -> bool:
    """Whether a value knows nothing of where it was made."""
    if value.cells or value.flows or value.made or depth == 0:
        return False
    for thing in value.things:
        if not isinstance(thing, Api | Class | Module) or (isinstance(thing, Api) and (thing.key or thing.models or thing.assets)):
            return False
    return all(_plain(v, depth - 1) for v in value.items.values()) and (value.elem is None or _plain(value.elem, depth - 1))


__all__ = ["Answer", "Mark", "Recall"]
