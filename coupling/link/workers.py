"""Functions that threads, processes and pools call: with which arguments, and what comes back.

Comes in: a call that hands a function on (``pool.submit(score, path)``, ``Process(target=score, args=(path,))``). Goes out: what the
function gives, once for a single start, as an element for one start for each element. A future stands for its result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.link import names
from coupling.link.values import NOTHING, Abs, Api, Args, Func, Keywords, Module, Place, union

if TYPE_CHECKING:
    from coupling.link.frames import Frame
    from coupling.link.handlers import Handler

PARALLEL = "joblib.Parallel()"
_QUEUED = frozenset(
    "job_timeout timeout result_ttl ttl failure_ttl description depends_on job_id at_front meta retry on_success on_failure".split()
)
"""What a queue wants to know of a job, which its function does not get."""


def start(frame: Frame, function: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """Call a function that was handed over; what is no function of ours or a library's gives nothing."""
    from coupling.link import calls

    return calls.call_value(frame, function, args, keywords, place) if function.things else NOTHING


def spread(frame: Frame, value: Abs, place: Place) -> Args:
    """The arguments that a tuple or list of them holds, in order."""
    whole = names.full(frame, value)
    numbered = sorted((k for k in whole.items if k.isdigit()), key=int)
    if numbered:
        return [whole.items[k] for k in numbered]
    return [names.element(frame, whole, place)] if whole.elem is not None or whole.flows else []


def named(frame: Frame, value: Abs) -> Keywords:
    """The keyword arguments that a dict of them holds."""
    return {k: v for k, v in names.full(frame, value).items.items() if not k.startswith(".")}


def each(frame: Frame, value: Abs, place: Place) -> Abs:
    """What one of several calls gets of an iterable."""
    several = value.elem is not None or any(t in (names.LIST, names.TUPLE, names.SET) for t in value.things)
    return names.element(frame, value, place) if several else value


def _after(count: int) -> Handler:
    """``f(*args, **kwargs)`` behind ``count`` arguments that are not the function's."""

    def handler(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
        rest = {k: v for k, v in keywords.items() if k not in ("fn", "func", "executor")}
        function = args[count : count + 1] or [keywords.get("fn", keywords.get("func", NOTHING))]
        return start(frame, function[0], args[count + 1 :], rest, place)

    return handler


def _with_tuple(function: str, at: int, given: str, args_at: int, kwargs: str = "kwargs", first: int = 0) -> Handler:
    """A function, its arguments as one tuple and its keywords as one dict; ``first``: how many the library puts before them."""

    def handler(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
        called = keywords.get(function) or (args[at] if at < len(args) else NOTHING)
        listed = keywords.get(given) or (args[args_at] if args_at < len(args) else NOTHING)
        by_name = keywords.get(kwargs) or (args[args_at + 1] if args_at + 1 < len(args) else NOTHING)
        return start(frame, called, [NOTHING] * first + spread(frame, listed, place), named(frame, by_name), place)

    return handler


def _rq(count: int) -> Handler:
    """RQ's queues: arguments as they come, or as ``args`` and ``kwargs``."""
    direct, packed = _after(count), _with_tuple("f", count, "args", 99)

    def handler(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
        rest = {k: v for k, v in keywords.items() if k not in _QUEUED}
        whole = "args" in keywords or "kwargs" in keywords
        return packed(frame, receiver, args, keywords, place) if whole else direct(frame, receiver, args, rest, place)

    return handler


def _background(handler: Handler, path: str) -> Handler:
    """A thread or process: its function's result is lost, and what is made is the thread."""

    def started(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
        handler(frame, receiver, args, keywords, place)
        return Abs(things=(Api(path),))

    return started


def _map(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """One call for each element, of one iterable or of several side by side."""
    function = args[0] if args else keywords.get("func", keywords.get("fn", NOTHING))
    iterables = args[1:] or [v for k, v in keywords.items() if k in ("iterable", "iterables")]
    return Abs(elem=start(frame, function, [each(frame, v, place) for v in iterables], {}, place))


def _map_one(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``pool.map(f, rows, chunksize)``: what follows the iterable is no argument."""
    return _map(frame, receiver, args[:2], keywords, place)


def _starmap(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """One call for each tuple of arguments."""
    function = args[0] if args else keywords.get("func", NOTHING)
    iterable = args[1] if len(args) > 1 else keywords.get("iterable", NOTHING)
    return Abs(elem=start(frame, function, spread(frame, each(frame, iterable, place), place), {}, place))


def _parallel(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(things=(Api(PARALLEL),))


def _ran(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``Parallel()(delayed(f)(x) for x in xs)``: the calls happened where they are written, their results in a list."""
    return args[0] if args else NOTHING


def _unpaired(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``as_completed(futures)``, also of a dict whose keys are the futures."""
    given = args[0] if args else keywords.get("fs", NOTHING)
    whole = names.full(frame, given)
    if names.DICT in whole.things or (whole.elem is not None and whole.flows):
        return Abs(elem=Abs(flows=whole.flows))
    return whole


def _pipe(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """The two ends of a pipe: what one sends the other receives."""
    end = Abs(things=(Api("multiprocessing.Connection", key=("pipe", frame.file.path, place.line)),))
    return Abs(things=(names.TUPLE,), items={"0": end, "1": end})


def _send(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    for key in _keys(receiver):
        frame.run.store((*key, "sent"), union(args[:1]))
    return NOTHING


def _receive(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return union(frame.run.load((*key, "sent")) for key in _keys(receiver))


def _keys(receiver: Abs) -> list[tuple[object, ...]]:
    return [t.key for t in receiver.things if isinstance(t, Api) and t.key[:1] == ("pipe",)]


def by_name(frame: Frame, name: str, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """A method of an object of unknown type that starts a function of the repository, by a name that says so."""
    handler = _BY_NAME.get(name)
    given = [*args[:2], *(keywords[k] for k in ("func", "fn", "f", "target") if k in keywords)]
    known = any(isinstance(t, Func) for value in given for t in value.things)
    if handler is None or (name in _SEVERAL and len(args) < 2):
        return None
    if not known and name in _DOTTED:
        args = [_dotted(frame, value) or value if at < 2 else value for at, value in enumerate(args)]
        known = any(isinstance(t, Func) for value in args[:2] for t in value.things)
    return handler(frame, NOTHING, args, keywords, place) if known else None


def _dotted(frame: Frame, name: Abs) -> Abs | None:
    """The function of the repository that a text names: ``"shop.jobs.score"``."""
    from coupling.link import members

    module, _, function = (name.literal or "").rpartition(".")
    found = frame.run.engine.index.module(module, frame.file.path) if module else None
    if found is None or found[0] not in frame.run.engine.index.files:
        return None
    value = members.get_attribute(frame, Abs(things=(Module(found[0]),)), function, Place(frame.file.path, 0))
    return value if any(isinstance(t, Func) for t in value.things) else None


_EXECUTORS = ("concurrent.futures.Executor", "concurrent.futures.ThreadPoolExecutor", "concurrent.futures.ProcessPoolExecutor")
_POOLS = ("multiprocessing.pool.Pool", "multiprocessing.pool.ThreadPool")
_PROCESS = _with_tuple("target", 1, "args", 3)
_APPLY = _with_tuple("func", 0, "args", 1, "kwds")
_SEVERAL = ("map", "imap", "imap_unordered", "starmap", "uimap", "amap")
_DOTTED = ("enqueue", "enqueue_at", "enqueue_in", "enqueue_call", "send_task", "add_job")
_BY_NAME: dict[str, Handler] = {
    "submit": _after(0),
    "enqueue": _rq(0),
    "enqueue_at": _rq(1),
    "enqueue_in": _rq(1),
    "enqueue_call": _with_tuple("func", 0, "args", 1),
    "send_task": _with_tuple("name", 0, "args", 1),
    "add_job": _with_tuple("func", 0, "args", 2),
    "do": _after(0),
    "run_in_executor": _after(1),
    "run_sync": _after(0),
    "start_soon": _after(0),
    **dict.fromkeys(_SEVERAL, _map_one),
    "starmap": _starmap,
}
"""Of objects whose type no rule knows."""
_LOOPS = ("asyncio.get_event_loop()", "asyncio.get_running_loop()", "asyncio.new_event_loop()")
_METHODS: tuple[tuple[tuple[str, ...], dict[str, Handler]], ...] = (
    (_EXECUTORS, {"submit": _after(0), "map": _map}),
    (
        _POOLS,
        {
            **dict.fromkeys(("map", "map_async", "imap", "imap_unordered"), _map_one),
            **dict.fromkeys(("starmap", "starmap_async"), _starmap),
            **dict.fromkeys(("apply", "apply_async"), _APPLY),
        },
    ),
    (_LOOPS, {"run_in_executor": _after(1), "call_soon": _after(0), "call_soon_threadsafe": _after(0), "call_later": _after(1)}),
    (("multiprocessing.Connection",), {"send": _send, "recv": _receive}),
)
FUNCTIONS: dict[str, Handler] = {
    **{f"{kind}.{name}": handler for kinds, methods in _METHODS for kind in kinds for name, handler in methods.items()},
    **{f"{where}.Process": _background(_PROCESS, "multiprocessing.Process()") for where in ("multiprocessing", "torch.multiprocessing")},
    "multiprocessing.context.BaseContext.Process": _background(_PROCESS, "multiprocessing.Process()"),
    "threading.Thread": _background(_PROCESS, "threading.Thread()"),
    "threading.Timer": _background(_with_tuple("function", 1, "args", 2), "threading.Timer()"),
    "torch.multiprocessing.spawn": _with_tuple("fn", 0, "args", 1, first=1),
    "multiprocessing.Pipe": _pipe,
    "torch.multiprocessing.Pipe": _pipe,
    "asyncio.to_thread": _after(0),
    "anyio.to_thread.run_sync": _after(0),
    "starlette.concurrency.run_in_threadpool": _after(0),
    "fastapi.concurrency.run_in_threadpool": _after(0),
    "concurrent.futures.as_completed": _unpaired,
    "tqdm.contrib.concurrent.process_map": _map,
    "tqdm.contrib.concurrent.thread_map": _map,
    "joblib.Parallel": _parallel,
    PARALLEL: _ran,
}
"""By API path."""
