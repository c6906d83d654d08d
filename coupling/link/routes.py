"""Handlers of requests: what a decorator serves at a path, what comes in from outside and what goes out.

Parameters of a handler are values from the world; what it returns is shown to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coupling.link.events import Serve
from coupling.link.values import Abs, Api, Flow, Func, Output, Place, World, everything, union

if TYPE_CHECKING:
    from coupling.link.frames import Frame

_VERBS = ("get", "post", "put", "patch", "delete", "websocket")


class Route(NamedTuple):
    """``method path``, as the handler's decorator says."""

    name: str
    why: str


def handle(frame: Frame, func: Func, place: Place) -> Abs:
    """Enter a function as a unit; a handler gets its parameters from the world and serves what it returns."""
    engine = frame.run.engine
    route = of(frame, func)
    if route is None:
        return engine.enter(frame, func, [], {}, place)
    frame.run.route = route.name
    scope = engine.index.files[func.file].scopes[func.scope]
    given: dict[str, Abs] = {}
    for param in scope.params[1 if func.receiver is not None else 0 :]:
        if param.kind in ("positional", "keyword"):
            flow = Flow(World(route.name), (param.name,), (Place(func.file, scope.line),))
            default = engine.missing(frame, func, param)
            given[param.name] = union((default.but(texts=(), soft=True), Abs(flows=(flow,))))
    result = engine.enter(frame, func, [], given, place)
    serve(frame, func, route.name, result, Place(func.file, scope.line), route.why)
    return result


def serve(frame: Frame, func: Func, route: str, shown: Abs, place: Place, why: str) -> None:
    """Tell that a model's output is shown."""
    flows = tuple(f for f in everything(shown) if isinstance(f.origin, Output))
    if flows and not frame.run.muted:
        key = (frame.run.unit, route, place)
        frame.run.engine.serves.setdefault(key, Serve(frame.run.unit, route, flows, (place,), why))


def of(frame: Frame, func: Func) -> Route | None:
    """The route that a function's decorators give it."""
    from coupling.link import calls
    from coupling.link.evaluate import evaluate

    if func.frame is None:
        return None
    engine = frame.run.engine
    for index in engine.index.files[func.file].scopes[func.scope].decorators:
        value = func.frame.file.values[index]
        if value.op != "call":
            continue
        callee = evaluate(func.frame, value.parts[0])
        for thing in callee.things:
            if not isinstance(thing, Api):
                continue
            rule = engine.rules.find(thing.path) or engine.rules.method(*thing.path.rpartition(".")[::2])
            if rule is not None and rule.route:
                args, keywords = calls.arguments(func.frame, value)
                return Route(_name(thing.path, args, keywords, func), rule.path)
    return None


def _name(path: str, args: list[Abs], keywords: dict[str, Abs], func: Func) -> str:
    last = path.rpartition(".")[2].lower()
    methods = [m.literal or "" for m in keywords["methods"].items.values()] if "methods" in keywords else []
    method = last.upper() if last in _VERBS else "|".join(methods) or "GET"
    given = args[0] if args else keywords.get("path", keywords.get("rule"))
    return f"{method} {(given.literal if given is not None else None) or '/' + func.name}"
