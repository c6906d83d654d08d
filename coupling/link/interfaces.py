"""Command lines met from inside: what argparse, click, typer, fire, absl, hydra and dataclass parsers make of a unit's words.

Words that a command gives are certain; defaults are ``soft``, for a caller may change them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from coupling.core.facts import Param
from coupling.core.template import literal
from coupling.link import hydra, names
from coupling.link.annotations import declaration, is_path, is_several
from coupling.link.values import NOTHING, Abs, Api, Args, Class, Func, Keywords, Obj, Place, hole, text, union
from coupling.link.words import Words, bind_specs, canonical, listed

if TYPE_CHECKING:
    from coupling.link.frames import Frame, UnitRun

Handler = Callable[["Frame", Abs, Args, Keywords, Place], "Abs | None"]

OPTIONS = (
    "click.option",
    "click.argument",
    "typer.Option",
    "typer.Argument",
    "asyncclick.option",
    "rich_click.option",
    "rich_click.argument",
)
FIELDS = (
    "dataclasses.field",
    "pydantic.Field",
    "attr.ib",
    "attrs.field",
    "attr.attrib",
    "typer.Option",
    "typer.Argument",
    "fastapi.Query",
    "fastapi.Body",
    "fastapi.Form",
    "fastapi.Depends",
    "simple_parsing.field",
    "tyro.conf.arg",
    "pydantic_settings.Field",
    "fastapi.File",
    "fastapi.Path",
    "fastapi.Header",
    "transformers.HfArg",
)
COMMANDS = frozenset(("command", "main", "callback", "flow", "task", "entrypoint"))


# --- argparse ---


def _parser(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    key = ("parser", place, frame.chain[-2:])
    _inherit(frame, key, keywords)
    return Abs(things=(Api("argparse.ArgumentParser", key=key),))


def _elements(value: Abs) -> list[Abs]:
    return [v for k, v in value.items.items() if k.isdigit()] + ([value.elem] if value.elem is not None else [])


def _same(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return receiver.but(things=tuple(Api("argparse.ArgumentParser", key=t.key) for t in receiver.things if isinstance(t, Api)))


def _subparsers(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    dest = keywords.get("dest")
    for key in _parser_keys(receiver):
        if dest is not None:
            frame.run.store((*key, "dest"), dest)
    return _same(frame, receiver, args, keywords, place)


def _subparser(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    name = args[0].literal if args else None
    if name is None:
        return _same(frame, receiver, args, keywords, place)
    made = []
    for key in _parser_keys(receiver):
        thing = Abs(things=(Api("argparse.ArgumentParser", key=(*key, "sub", name)),))
        _inherit(frame, (*key, "sub", name), keywords)
        frame.run.store((*key, "subs"), Abs(items={name: thing}))
        made.append(thing)
    return union(made)


def _inherit(frame: Frame, key: tuple[object, ...], keywords: Keywords) -> None:
    for parent in _elements(keywords.get("parents", NOTHING)):
        for other in _parser_keys(parent):
            frame.run.store((*key, "args"), frame.run.load((*other, "args")))


def _parser_keys(receiver: Abs) -> list[tuple[object, ...]]:
    return [t.key for t in receiver.things if isinstance(t, Api) and t.key]


def _add_argument(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    flags = [f for a in args if (f := a.literal)]
    if not flags:
        return NOTHING
    long = next((f for f in flags if f.startswith("--")), flags[0])
    dest = keywords.get("dest", NOTHING).literal or canonical(long)
    spec = {"flags": Abs(tuple(literal(f) for f in flags))}
    spec.update((name, keywords[name]) for name in ("default", "action", "nargs", "type") if name in keywords)
    for key in _parser_keys(receiver):
        frame.run.store((*key, "args"), Abs(items={dest: Abs(items=spec)}))
    return NOTHING


def _set_defaults(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    for key in _parser_keys(receiver):
        for name, value in keywords.items():
            known = frame.run.load((*key, "args")).items.get(name, NOTHING).items
            spec = {"flags": text("--" + name), **known, "default": value}
            frame.run.store((*key, "args"), Abs(items={name: Abs(items=spec)}))
    return NOTHING


def _parse_args(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    argv = frame.run.argv if not args or args[0].is_none else tuple(_elements(args[0]))
    bound: dict[str, Abs] = {}
    for key in _parser_keys(receiver):
        bound.update(_parsed(frame, key, argv, place))
    return Abs(things=(Api("argparse.Namespace"),), items=bound)


def _parsed(frame: Frame, key: tuple[object, ...], argv: tuple[Abs, ...] | None, place: Place) -> dict[str, Abs]:
    """The destinations of a parser and of the subparser that the words choose; of all of them when no words are known."""
    specs = dict(frame.run.load((*key, "args")).items)
    subs = frame.run.load((*key, "subs")).items
    if not subs:
        return bind_specs(frame, specs, argv, place)
    dest = frame.run.load((*key, "dest")).literal or "command"
    at = next((n for n, word in enumerate(argv or ()) if word.literal in subs), None)
    bound = bind_specs(frame, specs, argv if argv is None or at is None else argv[:at], place)
    if argv is None or at is None:
        parts = [_parsed(frame, k, argv, place) for sub in subs.values() for k in _parser_keys(sub)]
        for name in dict.fromkeys(n for part in parts for n in part):
            bound[name] = union(part[name] for part in parts if name in part)
        return {**bound, dest: Abs(tuple(literal(n) for n in subs), soft=True)}
    name = argv[at].literal or ""
    for k in _parser_keys(subs[name]):
        bound.update(_parsed(frame, k, argv[at + 1 :], place))
    return {**bound, dest: text(name)}


def _parse_known(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(
        things=(names.TUPLE,),
        items={"0": _parse_args(frame, receiver, args, keywords, place), "1": Abs(elem=hole("unknown words", "rest"))},
    )


def _file_type(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    mode = (args[0] if args else keywords.get("mode", NOTHING)).literal or "r"
    return Abs(things=(Api("argparse.FileType()", mode=mode),))


def _path_type(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``click.Path(path_type=Path)`` makes paths, else texts."""
    return keywords.get("path_type") or Abs(things=(Api("builtins.str"),))


# --- click, typer, fire, hydra: a function as a command ---


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


def field_default(around: Frame, index: int) -> Abs:
    """A default value; ``field(default=...)`` and ``Option(...)`` give what they hold, softly."""
    from coupling.link import calls
    from coupling.link.evaluate import evaluate

    value = around.value(index)
    if value.op == "call":
        callee = evaluate(around, value.parts[0])
        if any(
            isinstance(t, Api) and (t.path in FIELDS or t.path.rpartition(".")[2] in ("Field", "field", "Option", "Argument"))
            for t in callee.things
        ):
            args, keywords = calls.arguments(around, value)
            if (factory := keywords.get("default_factory")) is not None:
                return calls.call_value(around, factory, [], {}, around.place(index))
            found = keywords.get("default") or (args[0] if args else NOTHING)
            return found.but(soft=True) if found.texts else found
    return evaluate(around, index)


def typed(body: Frame, field: Param, given: Abs, owner: Obj) -> Abs:
    """A dict given for a field whose annotation is a class of the repository is an object of that class."""
    from coupling.link import calls
    from coupling.link.evaluate import evaluate

    if field.annotation < 0 or any(isinstance(t, Obj) for t in given.things):
        return given
    if given.texts and not given.things:
        return as_annotated(body, field, given)
    if not given.items:
        return given
    for thing in evaluate(body, field.annotation).things:
        if isinstance(thing, Class):
            fields = {k: v for k, v in given.items.items() if not k.startswith(".")}
            place = next((k for k in owner.key if isinstance(k, Place)), Place(body.file.path, 0))
            return calls.construct(body, thing, [], fields, place)
    return given


def as_annotated(around: Frame, param: Param, given: Abs) -> Abs:
    """A text given for a parameter that is annotated as a path is a path."""
    if param.annotation < 0 or not given.texts or names.is_path(given):
        return given
    known = around.run.engine.path_annotations
    key = (around.file.path, param.annotation)
    if key not in known:
        known[key] = is_path(around, param.annotation)
    return given.but(things=(names.PATH, *given.things)) if known[key] else given


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


# --- flags ---


def _define_flag(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    name = args[0].literal if args else keywords.get("name", NOTHING).literal
    if name is None:
        return NOTHING
    default = args[1] if len(args) > 1 else keywords.get("default", NOTHING)
    spec = Abs(items={"flags": text("--" + name), "default": default} if default else {"flags": text("--" + name)})
    frame.run.store(("flags", "args"), Abs(items={name: spec}))
    return Abs(items={".value": flag(frame, name), ".default": default})


def flag(frame: Frame, name: str) -> Abs:
    """``FLAGS.name``."""
    specs = frame.run.load(("flags", "args")).items
    stored = frame.run.heap.get(("flags", "set", name))
    if stored is not None:
        return stored
    if name not in specs:
        return hole("a flag that no file defines", name)
    return bind_specs(frame, {name: specs[name]}, frame.run.argv, Place(frame.file.path, frame.scope.line or 1))[name]


# --- dataclasses as command lines ---


def _dataclass_parser(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    key = ("dataclasses", place, frame.chain[-2:])
    given = args[0] if args else keywords.get("dataclass_types", NOTHING)
    frame.run.store((*key, "classes"), given if given.items else Abs(items={"0": given}))
    return Abs(things=(Api("transformers.HfArgumentParser", key=key),))


def _into_dataclasses(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    out: dict[str, Abs] = {}
    for key in _parser_keys(receiver):
        for number, cls in frame.run.load((*key, "classes")).items.items():
            out[number] = union(dataclass_of(frame, t, place) for t in cls.things if isinstance(t, Class)) or cls
            out[number] = union((out[number], *(Abs(things=(Api(t.path),)) for t in cls.things if isinstance(t, Api) and t.path != "None")))
    return Abs(things=(names.TUPLE,), items=out)


def _one_dataclass(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    target = args[0] if args else NOTHING
    functions = [as_command(frame, t, place) for t in target.things if isinstance(t, Func)]
    return union([*functions, *(dataclass_of(frame, t, place) for t in target.things if isinstance(t, Class))])


def dataclass_of(frame: Frame, cls: Class, place: Place) -> Abs:
    """An instance whose fields come from the command line, else from their defaults."""
    from coupling.link import calls, members

    specs: dict[str, Abs] = {}
    for base in reversed(members.mro(frame.run, cls)):
        if isinstance(base, Class):
            body = members.class_frame(frame.run, base)
            for field in body.scope.params:
                spec = {"flags": text("--" + field.name)}
                if field.default >= 0:
                    spec["default"] = field_default(body, field.default)
                specs[field.name] = Abs(items=spec)
    return calls.construct(frame, cls, [], bind_specs(frame, specs, frame.run.argv, place), place)


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
    "argparse.ArgumentParser": _parser,
    "configargparse.ArgumentParser": _parser,
    "configargparse.ArgParser": _parser,
    "jsonargparse.ArgumentParser": _parser,
    "argparse.ArgumentParser.add_argument": _add_argument,
    "argparse.ArgumentParser.add_argument_group": _same,
    "argparse.ArgumentParser.add_mutually_exclusive_group": _same,
    "argparse.ArgumentParser.add_subparsers": _subparsers,
    "argparse.ArgumentParser.add_parser": _subparser,
    "argparse.FileType": _file_type,
    "click.File": _file_type,
    "click.Path": _path_type,
    "argparse.ArgumentParser.set_defaults": _set_defaults,
    "argparse.ArgumentParser.parse_args": _parse_args,
    "argparse.ArgumentParser.parse_known_args": _parse_known,
    "configargparse.ArgumentParser.add": _add_argument,
    "fire.Fire": _function_command,
    "typer.run": _function_command,
    "defopt.run": _function_command,
    "plac.call": _function_command,
    "jsonargparse.CLI": _function_command,
    "absl.app.run": _app_run,
    "tensorflow.app.run": _app_run,
    "tensorflow.compat.v1.app.run": _app_run,
    "transformers.HfArgumentParser": _dataclass_parser,
    "trl.TrlParser": _dataclass_parser,
    "transformers.HfArgumentParser.parse_args_into_dataclasses": _into_dataclasses,
    "transformers.HfArgumentParser.parse_args_and_config": _into_dataclasses,
    "transformers.HfArgumentParser.parse_json_file": _into_dataclasses,
    "transformers.HfArgumentParser.parse_yaml_file": _into_dataclasses,
    "transformers.HfArgumentParser.parse_dict": _into_dataclasses,
    "tyro.cli": _one_dataclass,
    "simple_parsing.parse": _one_dataclass,
    "pyrallis.parse": _one_dataclass,
    "draccus.parse": _one_dataclass,
    "datargs.parse": _one_dataclass,
}
for _module in ("absl.flags", "tensorflow.flags", "tensorflow.app.flags", "tensorflow.compat.v1.flags", "tensorflow.compat.v1.app.flags"):
    for _kind in (
        "string",
        "integer",
        "float",
        "boolean",
        "bool",
        "enum",
        "list",
        "multi_string",
        "spaceseplist",
        "multi_integer",
        "enum_class",
    ):
        FUNCTIONS[f"{_module}.DEFINE_{_kind}"] = _define_flag
