"""Functions and classes as commands: what click, typer, fire, absl and hydra hand to a function of a unit's words.

Comes in: a call without arguments of a decorated function, or a function given to a runner. Goes out: its result, entered with its
parameters bound to the command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.facts import Param
from coupling.core.template import literal
from coupling.link import hydra
from coupling.link.annotations import declaration, is_several
from coupling.link.fields import field_default
from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, Abs, Api, Args, Class, Func, Keywords, Obj, Place, text, union
from coupling.link.words import Words, bind_specs, canonical, listed

if TYPE_CHECKING:
    from coupling.link.frames import Frame, UnitRun

OPTIONS = (
    "click.option",
    "click.argument",
    "typer.Option",
    "typer.Argument",
    "asyncclick.option",
    "rich_click.option",
    "rich_click.argument",
)
COMMANDS = frozenset(("command", "main", "callback", "flow", "task", "entrypoint"))


def call_interface(frame: Frame, func: Func, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """A call without arguments of a function that a decorator made a command: parameters come from the command line."""
    if args or keywords or func.frame is None:
        return None
    engine = frame.run.engine
    decorators = engine.index.files[func.file].scopes[func.scope].decorators
    if not decorators:
        return None
    options, command, config = _options(func, decorators)
    if config is not None:
        return engine.enter(frame, func, [config], {}, place)
    if not options and not command:
        return None
    return as_command(frame, func, place, options)


def _options(func: Func, decorators: tuple[int, ...]) -> tuple[dict[str, Abs], bool, Abs | None]:
    from coupling.link import calls
    from coupling.link.evaluate import evaluate

    around = func.frame
    assert around is not None
    options: dict[str, Abs] = {}
    command, config = False, None
    for index in decorators:
        value = around.file.values[index]
        callee = evaluate(around, value.parts[0] if value.op == "call" else index)
        paths = [t.path for t in callee.things if isinstance(t, Api)]
        if value.op == "call" and any(p in OPTIONS or p.endswith((".option", ".argument")) for p in paths):
            given, named = calls.arguments(around, value)
            options.update(_click_option(given, named))
        elif any(p.rpartition(".")[2] in COMMANDS for p in paths):
            command = True
            if value.op == "call" and any(p.endswith("hydra.main") for p in paths):
                config = hydra.config(around, *calls.arguments(around, value))
    return options, command, config


def _click_option(args: Args, keywords: Keywords) -> dict[str, Abs]:
    flags = [f for a in args if (f := a.literal)]
    if not flags:
        return {}
    names_ = [f for f in flags if not f.startswith("-")]
    long = next((f for f in flags if f.startswith("--")), flags[0])
    dest = canonical(names_[-1] if names_ else long.split("/")[0])
    spec = {k: v for k, v in keywords.items() if k in ("default", "nargs", "type", "multiple")}
    spec["flags"] = Abs(tuple(literal(f.split("/")[0]) for f in flags if f.startswith("-")) or (literal(flags[0]),))
    if "is_flag" in keywords:
        spec["action"] = text("store_true")
    return {dest.lower(): Abs(items=spec)}


def as_command(frame: Frame, func: Func, place: Place, options: dict[str, Abs] | None = None, argv: tuple[Abs, ...] | None = None) -> Abs:
    """Enter a function with its parameters taken from the command line, by name or position."""
    engine = frame.run.engine
    argv = argv if argv is not None else frame.run.argv
    scope = engine.index.files[func.file].scopes[func.scope]
    params = [p for p in scope.params if p.kind in ("positional", "keyword") and not (func.receiver and p is scope.params[0])]
    specs = {p.name: (options or {}).get(p.name) or _spec_of(engine, frame, func, p) for p in params}
    bound = bind_specs(frame, specs, argv, place)
    return engine.enter(frame, func, [], {k: v for k, v in bound.items() if v}, place)


def _spec_of(engine: object, frame: Frame, func: Func, param: Param) -> Abs:
    """What a parameter declares: an argument without default or as ``Argument``, else an option."""
    around = func.frame
    declared = declaration(around, param) if around is not None else None
    flags = [f"--{param.name}"] if param.default >= 0 or param.kind == "keyword" else [param.name]
    spec: dict[str, Abs] = {}
    if param.default >= 0 and around is not None:
        spec["default"] = field_default(around, param.default)
        if around.value(param.default).op == "bool":
            spec["action"] = text("store_true")
    if declared is not None:
        kind, given = declared
        flags = [param.name] if kind == "Argument" else [f for f in given if f.startswith("-")] or [f"--{param.name}"]
        if spec.get("default", NOTHING).is_none and kind == "Argument":
            del spec["default"]
    if around is not None and is_several(around, param.annotation):
        spec["nargs" if flags[0] == param.name else "multiple"] = text("*" if flags[0] == param.name else "True")
    spec["flags"] = Abs(tuple(literal(f) for f in flags))
    return Abs(items=spec)


def _function_command(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``fire.Fire(f)``, ``typer.run(f)``, ``app.run(main)``: the function gets the command line."""
    target = args[0] if args else keywords.get("component", keywords.get("main", NOTHING))
    if not target.things and not target.items:
        return _any_function(frame, place)
    results = []
    for thing in (*target.things, *(t for v in target.items.values() for t in v.things)):
        if isinstance(thing, Func):
            results.append(as_command(frame, thing, place))
        elif isinstance(thing, Class | Obj):
            results.append(_object_command(frame, thing, place))
    return union(results)


def _any_function(frame: Frame, place: Place) -> Abs:
    """``fire.Fire()``: the first word names a function of the module; without a word each is possible."""
    argv = frame.run.argv or ()
    module = frame.module
    wanted = canonical(argv[0].literal or "") if argv else ""
    results = []
    for index, scope in enumerate(module.file.scopes):
        if scope.kind == "function" and scope.parent == 0 and wanted in ("", scope.name):
            results.append(
                as_command(frame, Func(module.file.path, index, module, name=scope.name), place, None, argv[1:] if argv else None)
            )
    return union(results)


def _object_command(frame: Frame, thing: Class | Obj, place: Place) -> Abs:
    from coupling.link import calls, members

    argv = frame.run.argv or ()
    receiver = calls.construct(frame, thing, [], {}, place) if isinstance(thing, Class) else Abs(things=(thing,))
    name = canonical(argv[0].literal or "") if argv else ""
    if not name:
        return receiver
    found = members.get_attribute(frame, receiver, name, place)
    return union(as_command(frame, t, place, None, argv[1:]) for t in found.things if isinstance(t, Func))


def _app_run(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``absl.app.run(main)`` calls ``main(argv)``."""
    target = args[0] if args else keywords.get("main", NOTHING)
    functions = [t for t in target.things if isinstance(t, Func)]
    if not functions and not target:
        module = frame.module
        functions = [
            Func(module.file.path, i, module)
            for i, s in enumerate(module.file.scopes)
            if s.name == "main" and s.parent == 0 and s.kind == "function"
        ]
    words = [text(frame.run.unit.path), *Words(frame.run.argv, {}).positions]
    return union(frame.run.engine.enter(frame, f, [listed(words)], {}, place) for f in functions)


def script_commands(run: UnitRun, module: Frame) -> None:
    """Functions of a script that decorators make commands run as the command line says."""
    found = []
    for index, scope in enumerate(module.file.scopes):
        if scope.kind == "function" and scope.parent == 0 and scope.decorators:
            func = Func(module.file.path, index, module, name=scope.name)
            _, command, config = _options(func, scope.decorators)
            if command and config is None and (module.file.path, index) not in run.engine.reached:
                found.append((scope, func))
    argv = run.argv or ()
    first = canonical(argv[0].literal or "") if argv else ""
    chosen = [f for s, f in found if s.name == first] if len(found) > 1 and first in {s.name for s, _ in found} else [f for _, f in found]
    rest = argv[1:] if len(found) > 1 and chosen and argv else argv
    for func in chosen:
        options, _, _ = _options(func, module.file.scopes[func.scope].decorators)
        as_command(
            module,
            func,
            Place(module.file.path, module.file.scopes[func.scope].line),
            options,
            tuple(rest) if run.argv is not None else None,
        )


FUNCTIONS: dict[str, Handler] = {
    "fire.Fire": _function_command,
    "typer.run": _function_command,
    "defopt.run": _function_command,
    "plac.call": _function_command,
    "jsonargparse.CLI": _function_command,
    "absl.app.run": _app_run,
    "tensorflow.app.run": _app_run,
    "tensorflow.compat.v1.app.run": _app_run,
}
"""By API path."""
