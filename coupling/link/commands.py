"""Functions and classes as commands: what click, typer, fire, absl and hydra hand to a function of a unit's words.

Comes in: a call without arguments of a decorated function, or a function given to a runner. Goes out: its result, entered with its
parameters bound to the command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coupling.core.facts import Param
from coupling.core.template import literal
from coupling.link import hydra
from coupling.link.annotations import declaration, is_several
from coupling.link.fields import field_default
from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, Abs, Api, Args, Func, Keywords, Place, text, union
from coupling.link.words import Words, bind_specs, canonical, listed

if TYPE_CHECKING:
    from coupling.link.engine import Engine
    from coupling.link.frames import Frame

OPTIONS = (
    "click.option",
    "click.argument",
    "typer.Option",
    "typer.Argument",
    "asyncclick.option",
    "rich_click.option",
    "rich_click.argument",
)
_SAME = dict.fromkeys(("nemo.core.config.hydra_runner", "nemo.core.config.hydra_runner.hydra_runner"), "hydra.main")
COMMANDS = frozenset(("command", "group", "main", "callback", "flow", "task", "entrypoint"))


class Declared(NamedTuple):
    """What the decorators of a function declare: its options, whether it is a command, of which group and under which name."""

    options: dict[str, Abs]
    command: bool = False
    config: Abs | None = None
    group: object = None
    name: str = ""
    kind: str = ""
    """``command``, ``group`` (it has commands of its own) or ``callback`` (it runs before the commands of its group)."""


def call_interface(frame: Frame, func: Func, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """A call without arguments of a function that a decorator made a command: parameters come from the command line."""
    if args or keywords or func.frame is None:
        return None
    engine = frame.run.engine
    if not engine.index.files[func.file].scopes[func.scope].decorators:
        return None
    found = declared(engine, func)
    if found.config is not None:
        return engine.enter(frame, func, [found.config], {}, place)
    if found.kind == "group":
        from coupling.link import groups

        return groups.descend(frame, groups.of(func), frame.run.argv, place, func)
    if not found.options and not found.command:
        return None
    return as_command(frame, func, place, found.options, frame.run.argv)


def declared(engine: Engine, func: Func) -> Declared:
    """What a function's decorators say of it as a command."""
    around = func.frame
    assert around is not None
    found = Declared({})
    for index in engine.index.files[func.file].scopes[func.scope].decorators:
        found = _decorated(around, func, index, found)
    return found


def _decorated(around: Frame, func: Func, index: int, known: Declared) -> Declared:
    from coupling.link import calls
    from coupling.link.evaluate import evaluate

    value = around.file.values[index]
    callee = value.parts[0] if value.op == "call" else index
    paths = [_SAME.get(t.path, t.path) for t in evaluate(around, callee).things if isinstance(t, Api)]
    base, attribute = _method_of_group(around, callee)
    args, keywords = calls.arguments(around, value) if value.op == "call" else ([], {})
    if value.op == "call" and any(p in OPTIONS or p.endswith((".option", ".argument")) for p in paths):
        return known._replace(options={**known.options, **_click_option(args, keywords)})
    word = attribute or next((w for p in paths if (w := p.rpartition(".")[2]) in COMMANDS), "")
    if word not in COMMANDS:
        return known
    name = (keywords.get("name") or (args[0] if args else NOTHING)).literal or func.name
    config = hydra.config(around, args, keywords) if any(p.endswith("hydra.main") for p in paths) and value.op == "call" else known.config
    return known._replace(command=True, config=config, group=base, name=canonical(name), kind=word)


def _method_of_group(around: Frame, callee: int) -> tuple[object, str]:
    """The group and the method of ``@cli.command``, where ``cli`` is a command function or a Typer object."""
    from coupling.link import groups
    from coupling.link.evaluate import evaluate

    value = around.file.values[callee]
    if value.op != "attr" or value.text not in COMMANDS:
        return None, ""
    for thing in evaluate(around, value.parts[0]).things:
        if (group := groups.of(thing)) is not None:
            return group, value.text
    return None, ""


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


def as_command(
    frame: Frame, func: Func, place: Place, options: dict[str, Abs] | None, argv: tuple[Abs, ...] | None, loose: bool = False
) -> Abs:
    """Enter a function with its parameters taken from these words, by name or position; ``loose``: each by either."""
    bound = parameters(frame, func, place, options, argv, loose)
    return frame.run.engine.enter(frame, func, [], {k: v for k, v in bound.items() if v}, place)


def parameters(
    frame: Frame, func: Func, place: Place, options: dict[str, Abs] | None, argv: tuple[Abs, ...] | None, loose: bool = False
) -> dict[str, Abs]:
    """What the words give to each parameter of a function."""
    engine = frame.run.engine
    scope = engine.index.files[func.file].scopes[func.scope]
    params = [p for p in scope.params if p.kind in ("positional", "keyword") and not (func.receiver and p is scope.params[0])]
    specs = {p.name: (options or {}).get(p.name) or _spec_of(engine, frame, func, p) for p in params}
    return bind_specs(frame, specs, argv, place, loose)


def _spec_of(engine: Engine, frame: Frame, func: Func, param: Param) -> Abs:
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


FUNCTIONS: dict[str, Handler] = {
    "absl.app.run": _app_run,
    "tensorflow.app.run": _app_run,
    "tensorflow.compat.v1.app.run": _app_run,
}
"""By API path."""
