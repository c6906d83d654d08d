"""gin: parameters of functions and classes that a program's .gin files and bindings set.

Comes in: calls that parse files and bindings, and the functions marked as configurable. Goes out: what a parameter that a call leaves out
is bound to. Bindings hold in the order of the program: the later wins.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from coupling.core.facts import FileFacts
from coupling.core.template import text_of
from coupling.link import names
from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, ROOT, Abs, Args, Class, Func, Keywords, Partial, Place, hole, union

if TYPE_CHECKING:
    from coupling.link.frames import Frame, UnitRun

SPACE = "gin"
DEEPEST = 10
_MARKS = ("configurable", "register")


# --- reading ---


def _files(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``gin.parse_config_files_and_bindings(files, bindings)``, ``gin.parse_config_file(file)``."""
    files = args[0] if args else keywords.get("config_files", keywords.get("config_file", NOTHING))
    bindings = args[1] if len(args) > 1 else keywords.get("bindings", NOTHING)
    for one in _each(frame, files):
        for template in one.texts:
            _read(frame, text_of(template), 0)
    for one in _each(frame, bindings):
        _parse(frame, one, place)
    return NOTHING


def _bindings(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``gin.parse_config("a.b = 1")`` with one text or a list of them."""
    for one in _each(frame, args[0] if args else keywords.get("bindings", NOTHING)):
        _parse(frame, one, place)
    return NOTHING


def _each(frame: Frame, value: Abs) -> list[Abs]:
    whole = names.full(frame, value)
    numbered = [v for k, v in whole.items.items() if k.isdigit()]
    return [*(numbered or ([value] if value.texts else [])), *([whole.elem] if whole.elem is not None else [])]


def _parse(frame: Frame, text: Abs, place: Place) -> None:
    from coupling.parsers import gin

    for template in text.texts:
        if (plain := text_of(template)) is not None:
            _statements(frame, gin.parse(place.path, plain), 0)


def _read(frame: Frame, name: str | None, depth: int) -> None:
    index = frame.run.engine.index
    if name is None or depth > DEEPEST:
        return
    bases = (frame.run.cwd, posixpath.dirname(frame.run.unit.path), posixpath.dirname(frame.file.path), "")
    path = index.file(name.removeprefix(ROOT + "/"), bases)
    file = index.files.get(path or "")
    if file is not None and file.parser == "gin":
        _statements(frame, file, depth)


def _statements(frame: Frame, file: FileFacts, depth: int) -> None:
    from coupling.link.evaluate import evaluate
    from coupling.link.frames import Frame as New

    inner = New(frame.run, file, 0, None, frame.chain)
    for effect in file.scopes[0].effects if file.scopes else ():
        call = inner.value(effect.value)
        kind = inner.value(call.parts[0]).text
        given = [evaluate(inner, part) for part in call.parts[1:]]
        texts = [v.literal or "" for v in given[:3]]
        if kind == "gin.include":
            _read(inner, texts[0], depth + 1)
        elif kind == "gin.define":
            frame.run.share((SPACE, f"%{texts[0]}"), given[1])
        elif kind == "gin.bind":
            _bind(frame.run, texts[0], texts[1], texts[2], given[3])


def _bind(run: UnitRun, scope: str, name: str, parameter: str, value: Abs) -> None:
    run.share((SPACE, f"{scope}/{name.rpartition('.')[2]}.{parameter}"), value)


def _bind_parameter(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``gin.bind_parameter("name.parameter", value)``."""
    scope, _, selector = ((args[0].literal or "") if args else "").rpartition("/")
    name, dot, parameter = selector.rpartition(".")
    if dot and len(args) > 1:
        _bind(frame.run, scope, name, parameter, args[1])
    return NOTHING


def _query(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    selector = (args[0].literal or "") if args else ""
    scope, _, rest = selector.rpartition("/")
    name, _, parameter = rest.rpartition(".")
    frame.run.recall.unsettled()
    found = frame.run.globals.get((SPACE, f"%{selector.lstrip('%')}"))
    return found or _bound(frame.run, scope, name, parameter) or hole("a parameter that no gin file binds", selector)


def _constant(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    if len(args) > 1 and args[0].literal:
        frame.run.share((SPACE, f"%{args[0].literal}"), args[1])
    return NOTHING


# --- asking ---


def parameter(run: UnitRun, func: Func, owner: tuple[str, int] | None, name: str) -> Abs:
    """What gin binds a parameter to that a call leaves out: NOTHING unless the function is configurable and bound."""
    if not any(space == SPACE for space, _ in run.globals):
        return NOTHING
    run.recall.unsettled()
    file = run.engine.index.files[func.file]
    number = owner[1] if owner is not None and func.name in ("__init__", "") else func.scope
    called = _configurable(run.engine.index.files[owner[0]] if owner is not None else file, number)
    return _bound(run, "", called, name) if called else NOTHING


def _bound(run: UnitRun, scope: str, name: str, parameter_: str) -> Abs:
    """The binding of the scope, else the plain one, else those of all scopes, for which of them is entered is not followed."""
    wanted = f"{name.rpartition('.')[2]}.{parameter_}"
    for exact in dict.fromkeys((f"{scope}/{wanted}", f"/{wanted}")):
        if (found := run.globals.get((SPACE, exact))) is not None:
            return found
    scoped = [v for (space, key), v in run.globals.items() if space == SPACE and key.endswith("/" + wanted)]
    return union(scoped) if not scope else NOTHING


def _configurable(file: FileFacts, scope: int) -> str:
    """The name under which a function or class is configurable, '' when it is not."""
    for index in file.scopes[scope].decorators:
        value = file.values[index]
        callee = file.values[value.parts[0]] if value.op == "call" else value
        if callee.text.rpartition(".")[2] in _MARKS:
            first = file.values[value.parts[1]] if value.op == "call" and len(value.parts) > 1 and value.keys[0] in ("", "name") else None
            return first.text.rpartition(".")[2] if first is not None and first.op == "text" else file.scopes[scope].name
    return ""


def _macro(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    name = (args[0].literal or "") if args else ""
    frame.run.recall.unsettled()
    return frame.run.globals.get((SPACE, f"%{name}")) or hole("a macro that no gin file defines", name)


def _reference(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``@scope/name``: the function with what the scope binds."""
    scope, _, name = ((args[0].literal or "") if args else "").rpartition("/")
    target = _named(frame, name)
    if not scope or not target.things:
        return target
    frame.run.recall.unsettled()
    plain = name.rpartition(".")[2]
    prefix = f"{scope}/{plain}."
    given = {key[len(prefix) :]: v for (space, key), v in frame.run.globals.items() if space == SPACE and key.startswith(prefix)}
    return Abs(things=(Partial(target, (), tuple(given.items())),))


def _called(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    from coupling.link import calls

    target = _reference(frame, receiver, args, keywords, place)
    return calls.call_value(frame, target, [], {}, place) if target.things else NOTHING


def _named(frame: Frame, dotted: str) -> Abs:
    """The function or class of the repository that is configurable under a name."""
    from coupling.link import members

    engine, last = frame.run.engine, dotted.rpartition(".")[2]
    for path, file in engine.index.files.items():
        for number, scope in enumerate(file.scopes):
            if scope.parent == 0 and scope.decorators and scope.name and last in (scope.name, _configurable(file, number)):
                found = members.module_member(frame.run, path, scope.name, missing=False)
                if found is not None and any(isinstance(t, Func | Class) for t in found.things):
                    return found
    return NOTHING


def _wrapped(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``gin.external_configurable(f)``, ``gin.configurable(f)`` as a call: the function."""
    return args[0] if args else NOTHING


FUNCTIONS: dict[str, Handler] = {
    "gin.parse_config_file": _files,
    "gin.parse_config_files_and_bindings": _files,
    "gin.parse_config": _bindings,
    "gin.bind_parameter": _bind_parameter,
    "gin.query_parameter": _query,
    "gin.constant": _constant,
    "gin.macro": _macro,
    "gin.reference": _reference,
    "gin.called": _called,
    "gin.external_configurable": _wrapped,
}
"""By API path."""
