"""Dagster: assets that are joined by the names of parameters, and ops that graphs call.

Comes in: a call of a function that Dagster's decorators wrap. Goes out: its value, with the parameters that Dagster fills in: for an
asset the values of the assets that they name, wherever these are defined. An asset that asks for itself gets what an earlier run
stored. ``deps`` are order only and carry no data.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from coupling.core.facts import FileFacts, Param, Scope, Value
from coupling.core.template import literal
from coupling.link import names
from coupling.link.frames import Frame
from coupling.link.index import PYTHON, Index
from coupling.link.storing import stored
from coupling.link.values import NOTHING, Abs, Args, AssetRef, Flow, Func, Keywords, Place, Read, step

if TYPE_CHECKING:
    from coupling.link.frames import UnitRun
    from coupling.link.handlers import Handler

_ASSETS = ("asset", "multi_asset", "graph_asset", "graph_multi_asset")
_CONTEXT = ("context", "_context", "_")


class Made(NamedTuple):
    """An asset: the function that makes it, which of its outputs it is ("" the only one), and the schema it is kept under."""

    file: str
    scope: int
    output: str = ""
    number: int = 0
    prefix: str = ""


class Steps:
    """What workflow frameworks know of a repository's functions, collected when first asked for."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._assets: dict[str, Made] | None = None
        self._places: dict[tuple[str, int], list[Place]] = {}

    @property
    def assets(self) -> dict[str, Made]:
        """Assets by name; of two with one name the first file's."""
        if self._assets is None:
            self._assets = {}
            for file in self.index.files.values():
                if file.parser in PYTHON:
                    for name, made in _assets_of(file):
                        self._assets.setdefault(name, made)
        return self._assets

    def name(self, func: Func, place: Place) -> str:
        """A step's name; one function started in several places is several steps."""
        places = self._places.setdefault((func.file, func.scope), [])
        if place not in places:
            places.append(place)
        number = places.index(place)
        name = self.index.files[func.file].scopes[func.scope].name
        return f"{name}-{number + 1}" if number else name


def _assets_of(file: FileFacts) -> Iterator[tuple[str, Made]]:
    for number, scope in enumerate(file.scopes):
        for mark in scope.decorators:
            called = file.values[mark]
            callee = file.values[called.parts[0]] if called.op == "call" else called
            if callee.text.rpartition(".")[2] in _ASSETS and _is_dagster(file, callee):
                yield from _named(file, number, scope, called)


def _is_dagster(file: FileFacts, callee: Value) -> bool:
    while callee.op == "attr":
        callee = file.values[callee.parts[0]]
    return callee.op == "import" and callee.text.split(".")[0] == "dagster"


def _named(file: FileFacts, number: int, scope: Scope, called: Value) -> Iterator[tuple[str, Made]]:
    given = {key: file.values[part] for key, part in zip(called.keys, called.parts[1:], strict=True)} if called.op == "call" else {}
    outs = given.get("outs")
    prefix = ".".join(_texts(file, given["key_prefix"])) if "key_prefix" in given else ""
    if outs is not None and outs.op == "dict":
        for at, key in enumerate(outs.parts[::2]):
            if key >= 0 and file.values[key].op == "text":
                yield file.values[key].text, Made(file.path, number, file.values[key].text, at, prefix)
        return
    if "specs" in given:
        for at, name in enumerate(_texts(file, given["specs"])):
            yield name, Made(file.path, number, name, at, prefix)
        return
    chosen = given.get("name") or given.get("key")
    path = _texts(file, chosen) if chosen is not None else [scope.name]
    if path:
        yield path[-1], Made(file.path, number, "", 0, prefix or ".".join(path[:-1]))


def _texts(file: FileFacts, value: Value) -> list[str]:
    """The texts of a literal, of a list of them, or of what is made of them: ``AssetKey(["a", "b"])``."""
    if value.op == "text":
        return [value.text]
    if value.op in ("list", "tuple"):
        return [one for part in value.parts for one in _texts(file, file.values[part])[-1:]]
    if value.op == "call":
        return next((found for part in value.parts[1:] if (found := _texts(file, file.values[part]))), [])
    return []


def call(frame: Frame, func: Func, args: Args, keywords: Keywords, place: Place, paths: list[str]) -> Abs | None:
    """An asset gets the assets that it names; an op the arguments behind its context."""
    engine = frame.run.engine
    params = engine.index.files[func.file].scopes[func.scope].params
    if any(path.rpartition(".")[2] in _ASSETS for path in paths):
        return _asset(frame, func, args, keywords, place)
    if not params or params[0].name not in _CONTEXT or not (args or keywords):
        return None
    given = dict(zip((p.name for p in params[1:]), args, strict=False)) | keywords
    return engine.enter(frame, func, [], given, place)


def _asset(frame: Frame, func: Func, args: Args, keywords: Keywords, place: Place) -> Abs:
    run = frame.run
    scope = run.engine.index.files[func.file].scopes[func.scope]
    given = dict(zip((p.name for p in scope.params), args, strict=False)) | keywords
    if not given:
        given = {param.name: value for param in scope.params if (value := _input(frame, func, param, place))}
    result = run.engine.enter(frame, func, [], given, place)
    for name, made in run.engine.steps.assets.items():
        if (made.file, made.scope) == (func.file, func.scope):
            flows, _ = stored([_output(frame, result, made, place)])
            if flows:
                run.engine.tell_plain(frame, "writes", _kept(name, made), place, "dagster asset", flows)
    return result


def _kept(name: str, made: Made) -> AssetRef:
    """Where an IO manager keeps an asset: under its key."""
    return AssetRef("table", literal(f"{made.prefix}.{name}" if made.prefix else name))


def _input(frame: Frame, func: Func, param: Param, place: Place) -> Abs:
    """The value of the asset that a parameter names."""
    name = _asked(frame, func).get(param.name, param.name)
    made = frame.run.engine.steps.assets.get(name)
    if made is None or param.name in _CONTEXT:
        return NOTHING
    if (made.file, made.scope) != (func.file, func.scope):
        return _value(frame, made)
    frame.run.engine.tell_plain(frame, "reads", _kept(name, made), place, "dagster asset of an earlier run")
    return Abs(flows=(Flow(Read(_kept(name, made), place), (), (place,)),))


def _asked(frame: Frame, func: Func) -> dict[str, str]:
    """Parameters that ``ins`` gives another asset: ``ins={"rows": AssetIn("clean_rows")}``."""
    file = frame.run.engine.index.files[func.file]
    found: dict[str, str] = {}
    for mark in file.scopes[func.scope].decorators:
        called = file.values[mark]
        for key, part in zip(called.keys, called.parts[1:], strict=True) if called.op == "call" else ():
            ins = file.values[part]
            if key != "ins" or ins.op != "dict":
                continue
            for word, value in zip(ins.parts[::2], ins.parts[1::2], strict=True):
                if word >= 0 and (texts := _key_of(file, file.values[value])):
                    found[file.values[word].text] = texts[-1]
    return found


def _key_of(file: FileFacts, value: Value) -> list[str]:
    """The key that ``AssetIn`` names: its first argument or ``key``, no prefix or metadata."""
    if value.op != "call":
        return _texts(file, value)
    for key, part in zip(value.keys, value.parts[1:], strict=True):
        if key in ("", "key", "asset_key"):
            return _texts(file, file.values[part])
    return []


def _value(frame: Frame, made: Made) -> Abs:
    """What an asset's function gives, as its own unit runs it. What it does is told there, not here."""
    run, key = frame.run, (made.file, made.scope)
    run.recall.unsettled()
    scope = run.engine.index.files[made.file].scopes[made.scope]
    place = Place(made.file, scope.line)
    if key not in run.steps:
        module = run.engine.module_frame(run, made.file)
        run.steps[key] = NOTHING
        if module is not None:
            run.steps[key] = _muted(run, module, Func(made.file, made.scope, module, name=scope.name), place)
    value = _output(frame, run.steps[key], made, place)
    return value.but(flows=step(value.flows, place))


def _muted(run: UnitRun, module: Frame, func: Func, place: Place) -> Abs:
    """Run a function from outside, and leave it to its own unit to tell what it does."""
    key, stack = (func.file, func.scope), run.stack
    known, run.stack = key in run.engine.reached, []
    run.muted += 1
    try:
        return _asset(Frame(run, module.file, 0, None, run.chain), func, [], {}, place)
    finally:
        run.muted -= 1
        run.stack = stack
        if not known:
            run.engine.reached.discard(key)


def _output(frame: Frame, result: Abs, made: Made, place: Place) -> Abs:
    """One of several outputs, by its name or its position."""
    yielded = result.elem if result.elem is not None and not result.flows and not result.items else None
    if not made.output:
        return yielded if yielded is not None else result
    by_name = (yielded or result).items.get(made.output)
    if by_name is not None:
        return by_name
    return yielded or names.item(frame, result, Abs((literal(str(made.number)),)), True, place)


def _result(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``Output(rows, output_name="a")``: the value, under its name."""
    value = args[0] if args else keywords.get("value", NOTHING)
    name = (args[1] if len(args) > 1 else keywords.get("output_name", NOTHING)).literal
    return Abs(items={name: value}) if name else value


FUNCTIONS: dict[str, Handler] = {"dagster.Output": _result, "dagster.MaterializeResult": _result}
