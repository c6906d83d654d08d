"""Where values live while a unit is run abstractly: frames of scopes, the heap, and the bounds that keep it finite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coupling.core.facts import FileFacts, Scope, Value
from coupling.link.recall import Recall
from coupling.link.values import NOTHING, TRUTHS, Abs, Flow, ModelRef, Place, doubtful, shallow, union

if TYPE_CHECKING:
    from coupling.link.engine import Engine
    from coupling.link.events import Unit
    from coupling.link.mounts import Mounts
    from coupling.link.unroll import Loops

DEEPEST_CALL = 14
MOST_FRAMES = 6000
MOST_FRAMES_OF_TEST = 300
"""Tests are read for what they say of the code, not to the end of all that they call."""
MOST_EVALUATIONS = 160_000
"""Of one unit. All units together have MOST_IN_ALL; when that is spent each still has LEAST_EVALUATIONS."""
MOST_IN_ALL = 1_200_000
LEAST_EVALUATIONS = 500
LEAST_EVALUATIONS_OF_TEST = 250
"""Tests come last, and no finding rests on them: where all is spent they show what they do themselves."""
MOST_ENTRIES = 120
"""How often one unit enters one function; after that its result is what its arguments are made of."""


class Frame:
    """One activation of a scope: its arguments, what its values turned out to be, and the call chain that led here."""

    __slots__ = (
        "active",
        "args",
        "assumed",
        "at",
        "below",
        "bit",
        "chain",
        "constants",
        "file",
        "guards",
        "low",
        "memo",
        "owner",
        "parent",
        "receiver",
        "rounds",
        "run",
        "scope",
        "scope_index",
        "serial",
        "tries",
        "turn",
        "unrolled",
        "within",
    )

    def __init__(
        self,
        run: UnitRun,
        file: FileFacts,
        scope: int,
        parent: Frame | None,
        chain: tuple[Place, ...] = (),
        args: dict[str, Abs] | None = None,
    ) -> None:
        self.run, self.file, self.scope_index, self.parent, self.chain = run, file, scope, parent, chain
        self.scope: Scope = file.scopes[scope]
        run.serial += 1
        self.serial = run.serial
        """Later frames have greater numbers."""
        self.args = args or {}
        self.memo: dict[int, Abs] = {}
        self.constants = run.engine.constants.of(file)
        self.guards: dict[int, bool] = {}
        """Conditions that are decided."""
        self.active: dict[int, int] = {}
        self.assumed: dict[int, Abs] = {}
        """What names at the heads of loops are taken for while their rounds are evaluated."""
        self.low = 1 << 30
        self.at = -1
        """The call being dispatched: tells two constructors on one line apart."""
        self.tries: dict[int, int] = {}
        self.receiver: Abs | None = None
        self.owner: tuple[str, int] | None = None
        """The class (file, scope) whose method this is: where ``super()`` starts."""
        self.rounds: dict[int, list[Frame]] = {}
        """The frames of unrolled loops, by the value of the loop's element."""
        self.unrolled = False
        """Whether a loop of this frame has frames for its rounds."""
        self.below: Frame | None = None
        self.bit = self.within = 0
        """In a round of a loop: the frame of the loop, and the bits of the loop and of those around it (``unroll``)."""
        self.turn: tuple[int, ...] = ()
        """The numbers of the rounds that led here: what one round makes is not what another makes."""

    def round(self, element: int, loops: Loops, number: int) -> Frame:
        """A frame for one round of a loop of this frame."""
        inner = Frame(self.run, self.file, self.scope_index, self.parent, self.chain, self.args)
        inner.receiver, inner.owner = self.receiver, self.owner
        inner.below, inner.bit = self, loops.bit[element]
        inner.within, inner.turn = self.within | inner.bit, (*self.turn, number)
        return inner

    def value(self, index: int) -> Value:
        return self.file.values[index]

    def place(self, index: int) -> Place:
        return Place(self.file.path, self.file.values[index].line)

    @property
    def module(self) -> Frame:
        frame = self
        while frame.parent is not None:
            frame = frame.parent
        return frame


def allowance(spent: int, test: bool = False) -> int:
    """How many evaluations one more round of a unit may take."""
    least = LEAST_EVALUATIONS_OF_TEST if test else LEAST_EVALUATIONS
    return max(least, min(MOST_EVALUATIONS, MOST_IN_ALL - spent))


class UnitRun:
    """One abstract run of one unit: heap, module frames, counters. Events go to the engine."""

    def __init__(
        self, engine: Engine, unit: Unit, argv: tuple[Abs, ...] | None = None, env: dict[str, Abs] | None = None, cwd: str = ""
    ) -> None:
        self.engine, self.unit, self.argv, self.cwd, self.home = engine, unit, argv, cwd, cwd
        test = "test" in unit.tags
        self.most_frames = MOST_FRAMES_OF_TEST if test else MOST_FRAMES
        self.changed: Frame | None = None
        """The frame that changed the folder last."""
        self.env = self.own_env = env or {}
        self.serial = 0
        self.recall = Recall()
        self.orders: dict[tuple[str, int, int], list[Any]] = {}
        """Classes with their bases, in the order in which members are looked for."""
        self.allowance = allowance(engine.spent, test)
        self.heap: dict[tuple[object, ...], Abs] = {}
        self.read_keys: set[tuple[object, ...]] = set()
        self.globals: dict[tuple[str, str], Abs] = {}
        self.imported: dict[tuple[str, str], Abs] = {}
        """What names of modules were when their import had run: every function starts with them."""
        """(file, name): what a name of a module holds now, as ``global`` statements have stored it in this round."""
        self.guarded = 0
        self.pressed: tuple[Flow, ...] = ()
        """The buttons of a page without which the current effect does not happen."""
        """Above 0 what happens stands under a condition that nothing decides."""
        self.dirty = False
        self.modules: dict[str, Frame] = {}
        self.frames = self.evaluations = self.rounds = 0
        self.entries: dict[tuple[str, int], int] = {}
        self.stack: list[tuple[str, int]] = []
        self.entered: list[tuple[tuple[str, int], int]] = []
        """The functions being run, with the serial numbers of their frames."""
        self.steps: dict[tuple[str, int], Abs] = {}
        """What steps of a workflow, run for what they give, have given in this round."""
        self.inputs: dict[object, tuple[object, ...]] = {}
        self.optimised: dict[object, object] = {}
        """Models that an optimizer holds, with its heap key."""
        self.updated: dict[object, bool] = {}
        """Models that have been trained in this round so far."""
        self.copied: dict[object, bool] = {}
        """Models whose weights come from another model."""
        self.parts: dict[ModelRef, tuple[ModelRef, bool]] = {}
        """Models that another model keeps as a part: with that one, and whether it makes the part itself."""
        self.loaded: dict[object, tuple[object, ...]] = {}
        """The places at which an artifact is loaded as a model."""
        self.lagging: dict[object, bool] = {}
        """Networks that take the weights of one that an optimizer updates."""
        self.wholes: dict[object, object] = {}
        """A network that is an attribute of a module -> the module."""
        self.unsettled: dict[tuple[object, ...], bool] = {}
        """Attributes that were given a value of which nothing is known."""
        self.weightless: dict[object, bool] = {}
        """Instances, by heap key, that have nothing to learn although their class is a library's module."""
        self.made: dict[object, bool] = {}
        self.taught: dict[object, bool] = {}
        """Models that have been trained so far: a copy of one is the same model."""
        self.sourced: list[Frame] = []
        self.route = ""
        self.backend = ""
        """The annotation backend (its folder) whose code runs: its annotations are its own."""
        self.mounts: Mounts | None = None
        """What lies where in the container that the unit runs in."""
        self.parameters: dict[str, Abs] = {}
        """Names of a notebook that its caller sets."""
        self.call = ""
        """A function of the unit's module that the command calls after loading it."""
        self.chain: tuple[Place, ...] = ()
        """The commands that started the unit: the first places of every call chain in it."""
        self.muted = 0
        """Above 0 nothing is told: the module's own effects belong to its script."""
        self.starring: set[tuple[str, str]] = set()
        """Star imports being looked through, which may be circular."""

    def load(self, key: tuple[object, ...]) -> Abs:
        self.read_keys.add(key)
        value = self.heap.get(key)
        self.recall.loads.append((self.heap, key, value))
        return NOTHING if value is None else value

    def look(self, cells: dict[Any, Any], key: object) -> Any:
        """What a table of the run holds now; the calls that are going on depend on it."""
        value = cells.get(key)
        self.recall.loads.append((cells, key, value))
        return value

    def put(self, cells: dict[Any, Any], key: object, value: object) -> None:
        """Store into such a table."""
        cells[key] = value
        self.recall.version += 1
        self.recall.stored += 1

    def store(self, key: tuple[object, ...], value: Abs) -> None:
        """Heap cells only grow; a cell that grows after it was read asks for another round."""
        self.recall.stored += 1
        old = self.heap.get(key)
        new = shallow(value) if old is None else shallow(union((old, value)))
        if old is None or _grown(old, new):
            self.heap[key] = new
            self.recall.version += 1
            if key in self.read_keys:
                self.dirty = True

    def unsettle(self, key: tuple[object, ...]) -> None:
        """An attribute gets a value of which nothing is known: what it was before decides nothing."""
        if key not in self.unsettled:
            self.put(self.unsettled, key, True)
            self.dirty = self.dirty or key in self.read_keys

    def settled(self, key: tuple[object, ...], value: Abs) -> Abs:
        """What an attribute holds, as far as it decides conditions."""
        return doubtful(value) if value.literal in TRUTHS and self.look(self.unsettled, key) else value

    def share(self, key: tuple[str, str], new: Abs) -> None:
        """Store into a name of a module: under a condition that nothing decides it may keep what it holds."""
        self.recall.told += 1
        if not self.guarded:
            self.put(self.globals, key, new)
        elif key in self.globals:
            self.put(self.globals, key, union((self.globals[key], new)))


def _grown(old: Abs, new: Abs, depth: int = 4) -> bool:
    if depth == 0 or old is new:
        return False
    return (
        len(new.texts) != len(old.texts)
        or len(new.things) != len(old.things)
        or (old.is_none and not new.is_none)
        or len(new.flows) != len(old.flows)
        or new.items.keys() != old.items.keys()
        or (new.elem is not None and (old.elem is None or _grown(old.elem, new.elem, depth - 1)))
        or any(_grown(old.items[k], new.items[k], depth - 1) for k in old.items if old.items[k] is not new.items[k])
    )
