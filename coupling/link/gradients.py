"""Where no gradient passes, and which outputs of models are targets of a loss.

Comes in: values that hold outputs of models, where they stand and what they are compared with. Goes out: the values with marks.
An output taken without gradient (in ``torch.no_grad()``, by ``detach``, ``argmax``, ``stop_gradient``) is a constant of the step.
Opposite to an output that passes its gradient it is what that one shall become: a label that a model made. Given to a model as
input, as the state of a recurrent network is, it is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from coupling.core.facts import FileFacts
from coupling.link.values import KEPT, RETURN, TARGET, UNGRADED, Abs, Api, Flow, Func, Output, Place, everything, noted, outputs_as

if TYPE_CHECKING:
    from coupling.link.frames import Frame, UnitRun

OFF = "no-gradient"
"""Tag of contexts and decorators that switch gradients off, and of calls whose result passes none."""
SWITCH = "gradient-switch"
"""Tag of contexts that do so when their first argument is false."""
DECIDES = "decides"
"""Tag of calls that make a class, or shares of classes, of an output; also the note of what they made without gradient."""
Region = tuple[int, int, int]


def cut(value: Abs) -> Abs:
    """The value as it is behind a point that no gradient passes."""
    return outputs_as(value, lambda flow: noted(flow, UNGRADED))


def decided(value: Abs) -> Abs:
    """The value as a label: what passes no gradient is noted as one."""
    return outputs_as(value, lambda flow: noted(flow, DECIDES) if UNGRADED in flow.notes else flow)


def picked(flows: tuple[Flow, ...]) -> tuple[Flow, ...]:
    """The flows of a key: an output that chooses among values is no label itself."""
    return tuple([f._replace(notes=tuple([n for n in f.notes if n != DECIDES])) if DECIDES in f.notes else f for f in flows])


# --- where ---


def is_off(frame: Frame, index: int) -> bool:
    """Whether a value of the frame's file stands in a block that records no gradient."""
    return any(start < index < end and _switches_off(frame, context) for context, start, end in _regions(frame))


def _regions(frame: Frame) -> tuple[Region, ...]:
    known = frame.run.engine.contexts
    found = known.get(frame.file.path)
    if found is None or found[0] is not frame.file:
        found = known[frame.file.path] = (frame.file, _found(frame.file))
    return found[1]


def _found(file: FileFacts) -> tuple[Region, ...]:
    """The ``with`` blocks of a file whose context is a call: the context, and the values between which the block's lie."""
    started: dict[int, int] = {}
    found = []
    for index, value in enumerate(file.values):
        if value.op == "call" and file.values[value.parts[0]].op == "api" and len(value.parts) == 2:
            name, context = file.values[value.parts[0]].text, value.parts[1]
            if name == "with.enter":
                started[context] = index
            elif name == "with.exit" and context in started:
                found.append((context, started.pop(context), index))
    return tuple(found)


def _switches_off(frame: Frame, index: int) -> bool:
    """Whether a context, or a decorator, is one that switches gradients off."""
    from coupling.link.evaluate import evaluate

    value = frame.value(index)
    called = value.op == "call"
    tags = {tag for thing in evaluate(frame, value.parts[0] if called else index).things for tag in _tags(frame.run, thing)}
    if not tags & {OFF, SWITCH}:
        return False
    mode = evaluate(frame, value.parts[1]).literal if called and len(value.parts) > 1 else None
    return mode == "False" if SWITCH in tags else mode != "False"


def _tags(run: UnitRun, thing: object) -> tuple[str, ...]:
    rule = run.engine.rules.find(thing.path) if isinstance(thing, Api) else None
    return rule.tags if rule is not None else ()


def is_decorated(frame: Frame, func: Func) -> bool:
    """Whether a function's decorator switches gradients off; ``frame`` is where it is defined."""
    known = frame.run.engine.gradless
    key = (func.file, func.scope)
    if key not in known:
        file = frame.run.engine.index.files[func.file]
        known[key] = frame.file is file and any(_switches_off(frame, at) for at in file.scopes[func.scope].decorators)
    return known[key]


# --- what against what ---


def opposed(values: Sequence[Abs]) -> list[Abs]:
    """Values that a loss compares: an output without gradient is a target where another output passes its gradient.

    Of one and the same forward pass it must be a label: a part of it that is only cut off (the weight of a focal loss, a quantized
    vector) is no target."""
    outputs = [[f for f in everything(value) if isinstance(f.origin, Output)] for value in values]
    if not any(UNGRADED in f.notes for flows in outputs for f in flows):
        return list(values)
    out = []
    for number, value in enumerate(values):
        live = {_asked(f) for other, flows in enumerate(outputs) if other != number for f in flows if _is_live(f)}
        out.append(outputs_as(value, _targets(live)) if live else value)
    return out


def _is_live(flow: Flow) -> bool:
    return not any(mark in flow.notes for mark in (UNGRADED, KEPT, TARGET))


def _asked(flow: Flow) -> Place | None:
    """Where the model was asked."""
    return flow.trail[0] if flow.trail else None


def _targets(live: set[Place | None]) -> Callable[[Flow], Flow]:
    def change(flow: Flow) -> Flow:
        other = DECIDES in flow.notes or _asked(flow) not in live
        return noted(flow, TARGET) if UNGRADED in flow.notes and RETURN not in flow.notes and other else flow

    return change


def labelled(value: Abs) -> Abs:
    """Labels handed to a model that computes its own loss: outputs without gradient are targets."""
    return outputs_as(value, lambda flow: noted(flow, TARGET) if UNGRADED in flow.notes else flow)


def summed(left: Abs, right: Abs, total: Abs) -> Abs:
    """A sum: an output beside a quantity that no model gave (a reward) is an estimate of what will come, no label."""
    sides = [any(isinstance(f.origin, Output) and KEPT not in f.notes for f in side.flows) for side in (left, right)]
    other = right if sides[0] else left
    if sides[0] == sides[1] or not other or other.is_none or (other.literal or "").replace(".", "", 1).replace("e-", "", 1).isdigit():
        return total
    return outputs_as(total, lambda flow: flow if TARGET in flow.notes else noted(flow, RETURN))
