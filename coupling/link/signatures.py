"""Tasks of job queues that are described now and run later, alone or chained: Celery's canvas, pipelines of dramatiq.

Comes in: ``fit.s(path)``, ``chain(a.s(), b.s())``, ``group(...) | c.s()``. Goes out: a value that runs when it is called or started. A
task gets what the one before it gave as its first argument, dramatiq's as its last, and an immutable one (``si``) nothing. What lacks no
argument runs where it is written, for whoever starts it may be out of sight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.link import names, workers
from coupling.link.values import NOTHING, Abs, Api, Args, Func, Keywords, Partial, Place, text, union

if TYPE_CHECKING:
    from coupling.link.frames import Frame
    from coupling.link.handlers import Handler

TASK, CHAIN, GROUP, CHORD = (f"celery.canvas.{kind}()" for kind in ("task", "chain", "group", "chord"))
_MODES = {"s": "first", "subtask": "first", "signature": "first", "si": "none", "message": "last", "message_with_options": "last"}
_STARTS = frozenset("delay apply_async apply run get start schedule".split())
_SETTINGS = frozenset("set on_error link_error clone freeze options".split())


def make(frame: Frame, func: Func, name: str, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``task.s(...)`` and its kin; None when the method makes no signature."""
    mode = _MODES.get(name)
    if mode is None:
        return None
    if name not in ("s", "si", "message"):
        listed = args[0] if args else keywords.get("args", NOTHING)
        by_name = args[1] if len(args) > 1 else keywords.get("kwargs", NOTHING)
        args, keywords = workers.spread(frame, listed, place), workers.named(frame, by_name)
    return _planned(frame, TASK, [Abs(things=(func,)), text(mode), _tuple(args)], keywords, place)


def _tuple(values: Args) -> Abs:
    return Abs(things=(names.TUPLE,), items={str(n): v for n, v in enumerate(values)})


def _planned(frame: Frame, kind: str, args: Args, keywords: Keywords, place: Place) -> Abs:
    """The signature; it runs here when nothing is missing."""
    made = Partial(Abs(things=(Api(kind),)), tuple(args), tuple(keywords.items()))
    whole = Abs(things=(made,))
    if _complete(frame, whole):
        workers.start(frame, whole, [], {}, place)
    return whole


def _kind(value: Abs) -> tuple[str, Partial | None]:
    thing = next((t for t in value.things if isinstance(t, Partial)), None)
    callee = thing.callee.things[0] if thing is not None and thing.callee.things else None
    return (callee.path, thing) if isinstance(callee, Api) and callee.path in RUNS else ("", None)


def _complete(frame: Frame, value: Abs) -> bool:
    """Whether a signature, or what a chain starts with, needs no value of one before it."""
    kind, planned = _kind(value)
    if planned is None:
        return False
    if kind == TASK:
        func = next((t for t in planned.args[0].things if isinstance(t, Func)), None)
        return func is not None and len(planned.args[2].items) + len(planned.keywords) >= _required(frame, func)
    parts = _parts(frame, planned.args[0])
    return bool(parts) and all(_complete(frame, part) for part in (parts if kind == GROUP else parts[:1]))


def _required(frame: Frame, func: Func) -> int:
    params = frame.run.engine.index.files[func.file].scopes[func.scope].params
    own = sum(1 for p in params if p.default < 0 and p.kind not in ("star", "starstar"))
    return own - (func.receiver is not None or bound(frame, func))


def _parts(frame: Frame, value: Abs) -> Args:
    """The signatures of a list, or of the one element that stands for many."""
    whole = names.full(frame, value)
    found = [whole.items[k] for k in sorted((k for k in whole.items if k.isdigit()), key=int)]
    return found or ([whole.elem] if whole.elem is not None else [])


def bound(frame: Frame, func: Func) -> bool:
    """Whether a task gets itself as its first argument: ``@app.task(bind=True)``."""
    file = frame.run.engine.index.files[func.file]
    marks = (file.values[mark] for mark in file.scopes[func.scope].decorators)
    given = (file.values[mark.parts[mark.keys.index("bind") + 1]] for mark in marks if mark.op == "call" and "bind" in mark.keys)
    return any(value.op == "bool" and value.text == "True" for value in given)


# --- putting together ---


def _composed(kind: str) -> Handler:
    def handler(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
        several = len(args) == 1 and not _kind(args[0])[0]
        return _planned(frame, kind, [args[0] if several else _tuple(args)], {}, place)

    return handler


def _chord(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``chord(header, body)``; without a body it waits for one."""
    body = args[1:2] or [v for v in (keywords.get("body"),) if v is not None]
    header = args[0] if args else keywords.get("header", NOTHING)
    group = header if _kind(header)[0] else _planned(frame, GROUP, [header], {}, place)
    if not body:
        return Abs(things=(Partial(Abs(things=(Api(CHORD),)), (group,), ()),))
    return _planned(frame, CHAIN, [_tuple([group, body[0]])], {}, place)


def _with_body(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return _chord(frame, receiver, args, keywords, place) if len(args) > 1 else NOTHING


def piped(frame: Frame, left: Abs, right: Abs, place: Place) -> Abs | None:
    """``left | right`` of two signatures is their chain."""
    if not _kind(left)[0] or not _kind(right)[0]:
        return None
    kind, planned = _kind(left)
    before = _parts(frame, planned.args[0]) if kind == CHAIN and planned is not None else [left]
    return _planned(frame, CHAIN, [_tuple([*before, right])], {}, place)


def method(frame: Frame, thing: Partial, name: str, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``chain.delay(x)``, ``sig.set(queue="gpu")``; None for what is no signature."""
    whole = Abs(things=(thing,))
    if not _kind(whole)[0]:
        return None
    if name in _STARTS:
        direct = args if name in ("delay", "run") else workers.spread(frame, args[0] if args else keywords.get("args", NOTHING), place)
        return workers.start(frame, whole, direct, {} if name != "delay" else keywords, place)
    return whole if name in _SETTINGS else NOTHING


# --- running ---


def _run_task(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    function, mode, given, before = args[0], args[1].literal, _parts(frame, args[2]), args[3:]
    ordered = given if mode == "none" else [*given, *before] if mode == "last" else [*before, *given]
    return workers.start(frame, function, ordered, keywords, place)


def _run_chain(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    value, given = NOTHING, args[1:]
    for part in _parts(frame, args[0]):
        value = workers.start(frame, part, given, {}, place)
        given = [value]
    return value


def _run_group(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(things=(names.LIST,), elem=union(workers.start(frame, part, args[1:], {}, place) for part in _parts(frame, args[0])))


RUNS: dict[str, Handler] = {TASK: _run_task, CHAIN: _run_chain, GROUP: _run_group, CHORD: _with_body}
FUNCTIONS: dict[str, Handler] = {
    **RUNS,
    **{f"{where}.{name}": _composed(kind) for where in ("celery", "celery.canvas") for name, kind in (("chain", CHAIN), ("group", GROUP))},
    "celery.chord": _chord,
    "celery.canvas.chord": _chord,
    "dramatiq.pipeline": _composed(CHAIN),
    "dramatiq.group": _composed(GROUP),
}
"""By API path."""
