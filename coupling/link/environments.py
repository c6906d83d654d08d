"""Environments of reinforcement learning: what they answer to an action exists because the model chose it.

Comes in: ``env.step(action)``. Goes out: its answer, marked as what a later round learns from, though it may never leave the function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.link import names
from coupling.link.values import Abs, Args, Keywords, Place, kept, merge_flows, step

if TYPE_CHECKING:
    from coupling.link.frames import Frame
    from coupling.link.handlers import Handler


def _answer(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    flows = merge_flows(*(names.flows_of(value) for value in (*args, *keywords.values())))
    return kept(Abs(flows=step(flows, place)))


FUNCTIONS: dict[str, Handler] = {"gymnasium.Env.step": _answer}
