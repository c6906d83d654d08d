"""Handlers of requests: what a decorator, a registration or a framework's contract serves, what comes in and what goes out.

Comes in: a function that nothing in the repository calls, in a frame. Goes out: its run with parameters from the outside world, and
events: who answers (``Handler``), what is shown (``Serve``). It does not know which shown thing leads people to record what: ``world``
does.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from coupling.core.facts import FileFacts, Param, Scope
from coupling.core.template import Hole, Template, literal, text_of
from coupling.link import chats, handled
from coupling.link.events import Access, Handler, Serve
from coupling.link.values import (
    NOTHING,
    Abs,
    Api,
    AssetRef,
    Class,
    Flow,
    Func,
    Obj,
    Output,
    Place,
    Read,
    World,
    everything,
    merge_flows,
    union,
    within,
)

if TYPE_CHECKING:
    from coupling.link.frames import Frame

ANNOTATIONS = "label-studio/annotations"
_VERBS = ("get", "post", "put", "patch", "delete", "websocket")
_VIEWS = ("get", "post", "put", "patch", "delete", "list", "create", "retrieve", "update", "partial_update", "destroy", "on_get", "on_post")
_VERB_OF = {
    "list": "GET",
    "retrieve": "GET",
    "create": "POST",
    "update": "PUT",
    "partial_update": "PATCH",
    "destroy": "DELETE",
    "on_get": "GET",
    "on_post": "POST",
}
CONTRACTS: dict[str, tuple[str, ...]] = {
    "RequestHandler": _VIEWS,
    "Resource": _VIEWS,
    "MethodView": _VIEWS,
    "View": _VIEWS,
    "APIView": _VIEWS,
    "GenericAPIView": _VIEWS,
    "HTTPMethodView": _VIEWS,
    "HTTPEndpoint": _VIEWS,
    "ViewSet": _VIEWS,
    "ModelViewSet": _VIEWS,
    "GenericViewSet": _VIEWS,
    "ReadOnlyModelViewSet": _VIEWS,
    "CreateAPIView": _VIEWS,
    "ListAPIView": _VIEWS,
    "TemplateView": ("get", "get_context_data"),
    "LitAPI": ("predict",),
    "BasePredictor": ("predict",),
    "BaseHandler": ("handle",),
    "MLModel": ("predict",),
    "LabelStudioMLBase": ("predict", "fit"),
}
"""Base classes whose methods a framework calls with requests, by their last name."""
_INJECTED = frozenset(("context", "db", "session", "background_tasks", "response", "settings", "kwargs", "args"))
_RECIPES = ("prodigy.recipe", "prodigy.core.recipe")
_LAMBDA = (("event", "context"),)
_TEMPLATES = (".html", ".htm", ".jinja", ".jinja2", ".j2", ".vue")


class Route(NamedTuple):
    """``method path``, why it is one, and what it is of an annotation backend (predict, fit)."""

    name: str
    why: str
    contract: str = ""
    endpoint: str = ""


def handle(frame: Frame, func: Func, place: Place) -> Abs:
    """Enter a function as a unit; a handler gets its parameters from the world and serves what it returns."""
    engine, run = frame.run.engine, frame.run
    func = func._replace(name=engine.index.files[func.file].scopes[func.scope].name)
    run.recall.told += 1
    run.recall.unsettled()
    run.backend = backend(frame, func)
    route = of(frame, func)
    if route is None:
        return engine.enter(frame, func, [], {}, place)
    run.route = route.name
    if route.contract == "recipe":
        run.backend = route.name
    file = engine.index.files[func.file]
    scope, here = file.scopes[func.scope], Place(func.file, file.scopes[func.scope].line)
    given = {param.name: _given(frame, func, param, route, here) for param in _parameters(scope, func)}
    result = engine.enter(frame, func, [], {name: value for name, value in given.items() if value}, place)
    if route.contract == "recipe":
        _recipe(frame, result, route, here)
    elif route.contract != "fit":
        serve(frame, func, route, result, here)
    _tell(frame, file, scope, route, here)
    return result


def _recipe(frame: Frame, result: Abs, route: Route, place: Place) -> None:
    """What a prodigy recipe returns: a stream that people see, and what is called with their answers."""
    from coupling.link import calls

    engine, run = frame.run.engine, frame.run
    shown = tuple(f for f in everything(result.items.get("stream", NOTHING)) if isinstance(f.origin, Output | Read))
    if shown and not run.muted:
        engine.serves[(run.unit, route.name, place)] = Serve(run.unit, route.name, shown, (place,), route.why, "", (), "annotation")
    update = result.items.get("update", NOTHING)
    if update.things:
        asset = AssetRef("db", literal(f"prodigy/answers of {run.backend}"))
        if not run.muted:
            told = Access(run.unit, "reads", asset, (place,), route.why, tags=("annotation",))
            engine.accesses.setdefault((run.unit, "reads", asset, place, ()), told)
        answers = Abs(flows=(Flow(Read(asset, place), (), (place,)),))
        calls.call_value(frame, update, [answers], {}, place)


def _parameters(scope: Scope, func: Func) -> list[Param]:
    rest = scope.params[1 if func.receiver is not None else 0 :]
    return [p for p in rest if p.kind in ("positional", "keyword")]


def _given(frame: Frame, func: Func, param: Param, route: Route, place: Place) -> Abs:
    """What the framework hands in: something of the request, a dependency, or the annotations that people confirmed."""
    engine = frame.run.engine
    default = engine.missing(frame, func, param)
    if route.contract == "recipe":
        return default
    if (dependency := _dependency(frame, func, param)) is not None:
        return dependency
    if param.name in _INJECTED and param.annotation < 0:
        return default
    if route.contract == "fit":
        asset = AssetRef("api", literal(_annotations(frame.run.backend)))
        return Abs(flows=(Flow(Read(asset, place), (), (place,)),))
    flow = Flow(World(route.name), (param.name,), (place,))
    handed = union((default.but(texts=(), soft=True), Abs(flows=(flow,))))
    fields = {f".{name}": Abs(flows=(flow._replace(columns=(name,)),)) for name in _body_fields(frame, default)}
    return handed.but(items={**fields, **handed.items}) if fields else handed


def _body_fields(frame: Frame, body: Abs) -> list[str]:
    """The fields of a class that describes a request's body: each comes from outside."""
    from coupling.link import members

    objects = [thing for thing in body.things if isinstance(thing, Obj)]
    classes = [base for each in objects for base in members.mro(frame.run, each.cls) if isinstance(base, Class)]
    return [p.name for cls in classes for p in frame.run.engine.index.files[cls.file].scopes[cls.scope].params]


def _dependency(frame: Frame, func: Func, param: Param) -> Abs | None:
    """FastAPI's ``Depends(get_model)``: what the function gives."""
    from coupling.link import calls
    from coupling.link.evaluate import evaluate

    if param.default < 0 or func.frame is None:
        return None
    value = func.frame.value(param.default)
    if value.op != "call" or len(value.parts) < 2:
        return None
    callee = evaluate(func.frame, value.parts[0])
    if not any(isinstance(t, Api) and t.path.rpartition(".")[2] in ("Depends", "Security") for t in callee.things):
        return None
    return calls.call_value(frame, evaluate(func.frame, value.parts[1]), [], {}, func.frame.place(param.default))


def _tell(frame: Frame, file: FileFacts, scope: Scope, route: Route, place: Place) -> None:
    run = frame.run
    engine = run.engine
    if run.muted:
        return
    handler = Handler(
        run.unit,
        route.name,
        place,
        scope.end_line,
        handled.takes(file, scope, engine.table),
        handled.gives(file, scope),
        handled.session(file, scope),
        handled.tested(file, scope),
        handled.says(file, scope),
        route.endpoint,
        run.backend,
    )
    engine.handlers[(run.unit, route.name)] = handler
    if route.contract == "fit":
        asset = AssetRef("api", literal(_annotations(run.backend)))
        told = Access(run.unit, "reads", asset, (place,), route.why, tags=("remote", "annotation"))
        engine.accesses.setdefault((run.unit, "reads", asset, place, ()), told)


def serve(frame: Frame, func: Func, route: Route, shown: Abs, place: Place) -> None:
    """Tell what is shown: a model's output, or what a store holds. The last place is where it is returned."""
    held = [shown, *_fields(frame, shown)]
    outputs = (tuple(f for f in inner.flows if isinstance(f.origin, Output)) for value in held for inner in within(value))
    flows = merge_flows(*outputs, tuple(f for f in merge_flows(*map(everything, held)) if isinstance(f.origin, Output | Read)))
    if not flows or frame.run.muted:
        return
    kind = "annotation" if route.contract == "predict" else "response"
    returned = _returned(frame, func, place)
    places = (place, returned) if returned != place else (place,)
    key = (frame.run.unit, route.name, place)
    event = Serve(frame.run.unit, route.name, flows, places, route.why, "", keys(shown), kind, tokens(shown))
    old = frame.run.engine.serves.get(key)
    if old is None or len(old.flows) <= len(flows):
        frame.run.engine.serves[key] = event


def _fields(frame: Frame, shown: Abs) -> list[Abs]:
    """What objects of the repository's own classes hold: a response that a class describes."""
    frame.run.recall.unsettled()
    objects = {thing.key for thing in shown.things if isinstance(thing, Obj)}
    return [kept for key, kept in frame.run.heap.items() if key[:-1] in objects] if objects else []


def _returned(frame: Frame, func: Func, place: Place) -> Place:
    """The last line on which the function returns something."""
    file = frame.run.engine.index.files[func.file]
    scope = file.scopes[func.scope]
    lines = [file.values[r].line for r in (*scope.returns, *scope.yields) if file.values[r].line and file.values[r].op != "none"]
    return Place(func.file, max(lines)) if lines else place


def keys(shown: Abs, depth: int = 3) -> tuple[str, ...]:
    """The names under which values are shown."""
    found = dict.fromkeys(k for k in shown.items if not k.startswith(".") and not k.isdigit())
    if depth:
        for inner in (*shown.items.values(), *((shown.elem,) if shown.elem is not None else ())):
            found.update(dict.fromkeys(keys(inner, depth - 1)))
    return tuple(found)[:200]


def tokens(shown: Abs, depth: int = 3) -> tuple[str, ...]:
    """The names under which unique values are shown: ids made for this answer."""
    made = [k for k, v in shown.items.items() if any(isinstance(p, Hole) and p.name.startswith("unique@") for t in v.texts for p in t)]
    if depth:
        for inner in (*shown.items.values(), *((shown.elem,) if shown.elem is not None else ())):
            made += tokens(inner, depth - 1)
    return tuple(dict.fromkeys(k for k in made if not k.isdigit()))[:50]


def template(args: list[Abs], keywords: dict[str, Abs]) -> str:
    """The template that a rendering call names."""
    for value in (*args[:3], *keywords.values()):
        plain = value.literal
        if plain is not None and plain.endswith(_TEMPLATES):
            return plain
    return ""


# --- which functions are handlers ---


def of(frame: Frame, func: Func) -> Route | None:
    """The route that decorators, a registration or a framework's contract give a function."""
    if func.frame is None:
        return None
    return _decorated(frame, func) or _registered(frame, func) or _contract(frame, func) or _convention(frame, func)


def _decorated(frame: Frame, func: Func) -> Route | None:
    from coupling.link import calls
    from coupling.link.evaluate import evaluate

    around, engine = func.frame, frame.run.engine
    assert around is not None
    for index in engine.index.files[func.file].scopes[func.scope].decorators:
        value = around.file.values[index]
        called = value.op == "call"
        callee = evaluate(around, value.parts[0] if called else index)
        for thing in callee.things:
            if not isinstance(thing, Api):
                continue
            if thing.path in _RECIPES:
                return Route(f"RECIPE {func.name}", thing.path, "recipe")
            rule = engine.rules.find(thing.path) or engine.rules.method(*thing.path.rpartition(".")[::2])
            if rule is not None and rule.route:
                if (kind := chats.kind(rule)) and not (thing.path.endswith(".event") and func.name in chats.REACTIONS):
                    return Route(f"{kind} /{func.name}", rule.path)
                if kind:
                    return Route(f"{chats.BUTTON} /{func.name}", rule.path)
                args, keywords = calls.arguments(around, value) if called else ([], {})
                base = around.file.values[value.parts[0] if called else index]
                prefix = engine.table.prefix(around.file, base.parts[0]) if base.op == "attr" and around.scope.kind == "module" else ""
                return Route(_name(thing.path, args, keywords, func, prefix), rule.path)
    return None


def _name(path: str, args: list[Abs], keywords: dict[str, Abs], func: Func, prefix: str = "") -> str:
    last = path.rpartition(".")[2].lower()
    methods = [m.literal or "" for m in keywords["methods"].items.values()] if "methods" in keywords else []
    method = last.upper() if last in _VERBS else "|".join(methods) or "GET"
    given = args[0] if args else keywords.get("path", keywords.get("rule", keywords.get("route", NOTHING)))
    return f"{method} {prefix}{given.literal or '/' + func.name}"


def _registered(frame: Frame, func: Func) -> Route | None:
    """A route that a call elsewhere gives the function, or the class that it is a method of."""
    table = frame.run.engine.table
    for found in table.of(func.file, func.scope):
        prefix = table.mounted.get((found.file, ""), "")
        return Route(f"{found.method or 'ANY'} {prefix}{found.pattern}", "registered route", "", found.name)
    owner = func.frame
    if owner is None or owner.scope.kind != "class" or func.name not in _VIEWS:
        return None
    for found in table.of(func.file, owner.scope_index):
        verb = _VERB_OF.get(func.name, func.name.upper())
        return Route(f"{verb} {table.mounted.get((found.file, ''), '')}{found.pattern}", "registered view", "", found.name)
    return None


def _contract(frame: Frame, func: Func) -> Route | None:
    """A method that a framework calls because of the class's base."""
    names = _base_names(frame, func)
    owner = func.frame.scope.name if func.frame is not None else ""
    for name in names:
        if func.name in CONTRACTS.get(name, ()):
            contract = func.name if name == "LabelStudioMLBase" else ""
            verb = _VERB_OF.get(func.name, func.name.upper() if func.name in _VERBS else "POST")
            return Route(f"{verb} /{owner}" + (f".{func.name}" if contract else ""), f"{name}.{func.name}", contract)
        if name.endswith("Servicer") and not func.name.startswith("_"):
            return Route(f"GRPC /{owner}/{func.name}", f"{name} method")
    if func.name == "__call__" and _is_deployment(frame, func):
        return Route(f"POST /{owner}", "ray.serve.deployment")
    return None


def _base_names(frame: Frame, func: Func) -> list[str]:
    """The last names of the bases of the class that a function is a method of, its own class left out."""
    from coupling.link import members

    owner = func.frame
    if owner is None or owner.scope.kind != "class":
        return []
    cls = Class(func.file, owner.scope_index, owner.parent, owner.scope.name)
    bases = members.mro(frame.run, cls)[1:]
    return [base.name if isinstance(base, Class) else base.path.rpartition(".")[2] for base in bases]


def _is_deployment(frame: Frame, func: Func) -> bool:
    from coupling.link.evaluate import evaluate

    owner = func.frame
    outer = owner.parent if owner is not None else None
    if owner is None or outer is None:
        return False
    for index in owner.scope.decorators:
        value = outer.file.values[index]
        callee = evaluate(outer, value.parts[0] if value.op == "call" else index)
        if any(isinstance(t, Api) and t.path.startswith("ray.serve.deployment") for t in callee.things):
            return True
    return False


def _convention(frame: Frame, func: Func) -> Route | None:
    """``lambda_handler(event, context)``: a function service calls it."""
    scope = frame.run.engine.index.files[func.file].scopes[func.scope]
    if scope.parent == 0 and tuple(p.name for p in scope.params) in _LAMBDA:
        return Route(f"EVENT /{func.name}", "function service handler")
    return None


def stands_apart(file: FileFacts, scope: Scope) -> bool:
    """Whether a function nested in another is a handler by its looks: an application factory defines it."""
    for index in scope.decorators:
        value = file.values[index]
        callee = file.values[value.parts[0]] if value.op == "call" else value
        if callee.op == "attr" and (callee.text == "route" or (callee.text in _VERBS and value.op == "call")):
            return True
    return False


def is_contract(file: FileFacts, scope: Scope) -> bool:
    """Whether a framework calls a method with requests, as its class's own base says."""
    owner = file.scopes[scope.parent]
    bases = (file.values[index].text.rpartition(".")[2] for index in owner.bases) if owner.kind == "class" else ()
    return any(scope.name in CONTRACTS.get(base, ()) for base in bases)


# --- annotation backends ---


def backend(frame: Frame, func: Func) -> str:
    """The folder of the annotation backend that a method belongs to: each is a deployment of its own."""
    return (posixpath.dirname(func.file) or ".") if "LabelStudioMLBase" in _base_names(frame, func) else ""


def _annotations(folder: str) -> str:
    return ANNOTATIONS if folder in ("", ".") else f"{ANNOTATIONS} of {folder}"


def of_backend(name: Template, folder: str) -> Template:
    """The annotations that a backend asks its annotation tool for are those of its own project."""
    return literal(_annotations(folder)) if text_of(name) == ANNOTATIONS else name
