"""Files in memory: what is written into ``io.StringIO`` and ``io.BytesIO`` is what they give to who reads or uploads them.

Comes in: calls of buffers, and values that rules write to or read from. Goes out: their contents, with columns as they went in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.link import names
from coupling.link.values import NOTHING, Abs, Api, Args, Keywords, Place, union

if TYPE_CHECKING:
    from coupling.link.frames import Frame, UnitRun
    from coupling.link.handlers import Handler

BUFFER = "io.StringIO"


def _made(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    given = names.full(frame, args[0]) if args else NOTHING
    cell = ("cell", place, "buffer", frame.chain[-2:])
    return Abs((), (Api(BUFFER), *_models(given)), given.flows, given.items, given.elem, (cell,))


def _models(value: Abs) -> tuple[Api, ...]:
    return tuple(t for t in value.things if isinstance(t, Api) and t.models)


def _content(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    whole = names.full(frame, receiver)
    return whole.but(things=_models(whole), cells=())


def is_full(value: Abs) -> bool:
    """A buffer of which something is known."""
    return is_buffer(value) and bool(value.flows or value.items or value.elem is not None or _models(value))


def is_buffer(value: Abs) -> bool:
    return any(isinstance(t, Api) and t.path == BUFFER for t in value.things)


def filled(run: UnitRun, target: Abs, data: list[Abs]) -> bool:
    """Keep what a call writes into a buffer; False when the target is none."""
    if not is_buffer(target) or not target.cells:
        return False
    for cell in target.cells:
        run.store(cell, union(value.but(texts=(), cells=()) for value in data))
    return True


def parsed(value: Abs) -> Abs:
    """What a reader makes of a buffer: its content, in whatever columns."""
    if value.items and value.elem is None:
        return value.but(texts=(), things=_models(value), cells=())
    return Abs(things=_models(value), flows=tuple(flow._replace(columns=()) for flow in names.flows_of(value)))


FUNCTIONS: dict[str, Handler] = {
    "io.StringIO": _made,
    "io.BytesIO": _made,
    **{f"{BUFFER}.{name}": _content for name in ("getvalue", "read", "getbuffer", "readlines")},
}
