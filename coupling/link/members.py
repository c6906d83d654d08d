"""Names and attributes: what a free name, an import, ``x.attr`` mean across modules, classes and instances."""

from __future__ import annotations

from coupling.link import enums, metaflow, names
from coupling.link.frames import Frame, UnitRun
from coupling.link.recall import NEVER
from coupling.link.values import (
    NOTHING,
    ROOT,
    Abs,
    Api,
    Class,
    Flow,
    Func,
    Module,
    Obj,
    Partial,
    Place,
    Thing,
    World,
    hole,
    narrowed,
    step,
    text,
    union,
)

CONSTANTS = {"os.sep": "/", "os.path.sep": "/", "os.pardir": "..", "os.path.pardir": "..", "os.curdir": ".", "os.linesep": "\n"}
"""Texts that Python's own modules name."""
_VIEWS = ("loc", "iloc", "at", "iat", "values", "T", "str", "dt", "numpy")
_SIZES = ("shape", "ndim", "dtype")
"""What an array says of its form, not of its data."""
_SHELLS = ("shell", "make", "dvc", "dockerfile", "ci", "compose", "mlproject", "spacy_project", "procfile", "markdown", "text")


def free_name(frame: Frame, name: str) -> Abs:
    """A name of an enclosing scope, of the module, of a star import, or a builtin; in shells, of the environment."""
    if frame.file.parser == "sql":
        return frame.args.get(name) or hole("filled in when the template is rendered", name)
    if frame.file.parser in _SHELLS:
        return _environment(frame, name)
    outer: Frame | None = frame if frame.scope.kind == "module" else frame.parent
    while outer is not None:
        if outer.scope.kind != "class":
            found = scope_name(outer, name)
            if found is not None:
                return found
        outer = outer.parent
    return _module_level(frame, name)


def scope_name(frame: Frame, name: str) -> Abs | None:
    """The last value of a name of the frame's scope, with what ``global`` statements have stored."""
    from coupling.link.evaluate import evaluate

    for known, index in frame.scope.names:
        if known == name:
            return shared(frame, name, evaluate(frame, index)) if frame.scope.kind == "module" else evaluate(frame, index)
    if frame.scope.kind == "module":
        stored: Abs | None = frame.run.look(frame.run.heap, ("global", frame.file.path, name))
        if stored is not None:
            return stored
    return None


def shared(frame: Frame, name: str, value: Abs) -> Abs:
    """A name of a module that functions may store into: what it holds now if that is known, else all that it may hold."""
    stored = frame.run.load(("global", frame.file.path, name))
    now = frame.run.look(frame.run.globals, (frame.file.path, name))
    return now if now is not None else union((value, stored)) if stored else value


def _module_level(frame: Frame, name: str) -> Abs:
    path = frame.file.path
    if name == "__name__":
        main = frame.run.unit.path == path
        return text("__main__" if main else path.removesuffix(".py").replace("/", "."))
    if name == "__file__":
        return text(f"{ROOT}/{path}")
    for star in frame.module.scope.stars:
        if star.startswith("+"):
            continue
        found = _from_star(frame, star, name)
        if found is not None:
            return found
    return Abs(things=(Api(f"builtins.{name}"),))


def _from_star(frame: Frame, star: str, name: str) -> Abs | None:
    located = frame.run.engine.index.module(star, frame.file.path)
    if located is None:
        rule = frame.run.engine.rules.find(f"{star}.{name}")
        return Abs(things=(Api(f"{star}.{name}"),)) if rule else None
    key = (located[0], name)
    if key in frame.run.starring:
        frame.run.recall.unsettled()  # what is found depends on where looking began
        return None
    if located[1]:
        return None
    frame.run.starring.add(key)
    try:
        return module_member(frame.run, located[0], name, missing=False)
    finally:
        frame.run.starring.discard(key)


def _environment(frame: Frame, name: str) -> Abs:
    outer: Frame | None = frame
    while outer is not None:
        found = scope_name(outer, name)
        if found is not None:
            return found
        outer = outer.parent
    for sourced in reversed(frame.run.sourced):
        found = scope_name(sourced, name) if sourced is not frame else None
        if found is not None:
            return found
    return frame.run.engine.environment(frame, name)


def imported(frame: Frame, dotted: str) -> Abs:
    located = frame.run.engine.index.module(dotted, frame.file.path)
    if located is None:
        return text(CONSTANTS[dotted]) if dotted in CONSTANTS else Abs(things=(Api(dotted.lstrip(".")),))
    path, rest = located
    value = Abs(things=(Module(path),))
    for name in rest.split(".") if rest else ():
        value = get_attribute(frame, value, name, Place(frame.file.path, 0))
    if not value.things and not value.texts and not value and rest:
        return Abs(things=(Api(dotted.lstrip(".")),))
    return value


def module_member(run: UnitRun, path: str, name: str, missing: bool = True) -> Abs | None:
    """A member of a module of the repository: a name of its scope, a submodule, or a name that it star-imports."""
    index = run.engine.index
    if not path.endswith("/"):
        module = run.engine.module_frame(run, path)
        if module is not None:
            found = scope_name(module, name)
            if found is not None:
                return found
    submodule = index.submodule(path, name)
    if submodule is not None:
        return Abs(things=(Module(submodule),))
    if not path.endswith("/") and module is not None:
        for star in module.scope.stars:
            if not star.startswith("+") and (found := _from_star(module, star, name)) is not None:
                return found
    if path.endswith("/") and missing:
        return Abs(things=(Api(f"{path[:-1].replace('/', '.')}.{name}"),))
    return NOTHING if missing else None


def attribute(frame: Frame, base: int, name: str, place: Place) -> Abs:
    from coupling.link.evaluate import evaluate

    return get_attribute(frame, evaluate(frame, base), name, place)


def get_attribute(frame: Frame, base: Abs, name: str, place: Place) -> Abs:
    from coupling.link import relations

    own = base.items.get("." + name)
    if own is not None:
        return own
    if name in frame.run.engine.relations.fields and (rows := relations.held(frame, base, name, place)) is not None:
        return rows
    if name == "columns" and (base.flows or base.items) and not any(isinstance(t, Obj | Class | Module) for t in base.things):
        return names.columns_of(base)
    if name == "__dict__" and any(isinstance(t, Module) for t in base.things):
        return base  # its names by item: objects.named
    parts = _parts(frame, base, name, place)
    if name in base.items and not any(isinstance(t, Obj | Class | Module) for t in base.things):
        return base.items[name]
    if name in _SIZES and (base.flows or base.elem is not None) and not any(isinstance(t, Obj | Class | Module) for t in base.things):
        return hole("the form of a value", name)
    if base.texts and names.is_path(base):
        from coupling.link import paths

        path_part = paths.path_attribute(base, name)
        if path_part is not None:
            return path_part
    if parts:
        return union(parts)
    if name in _VIEWS:
        return base
    if (base.flows or base.elem is not None) and not any(isinstance(t, Obj) and _has(frame.run, t, name) for t in base.things):
        flows = narrowed(names.flows_of(base), (name,)) if base.flows else names.flows_of(base)
        return Abs(flows=step(flows, place))
    if base.texts and not base.soft:
        return hole("an attribute of an unknown value", name)
    return hole("an attribute of an unknown value", name)


def _parts(frame: Frame, base: Abs, name: str, place: Place) -> list[Abs]:
    """What each alternative has under a name. Where an object of the repository has it, what a library's handle or class beside it is
    not known to have is another alternative's, or what the object extends."""
    own = [t for t in base.things if isinstance(t, Obj) and _has(frame.run, t, name)] if len(base.things) > 1 else []
    asked = [t for t in base.things if not own or t in own or not _is_guessed(frame.run, t, name)]
    return [found for thing in asked if (found := _of_thing(frame, base, thing, name, place))]


def _is_guessed(run: UnitRun, thing: Thing, name: str) -> bool:
    """Whether nothing says that a library's object has an attribute."""
    paths = [thing.path] if isinstance(thing, Api) and thing.assets else api_bases(run, thing.cls) if isinstance(thing, Obj) else []
    return bool(paths) and all(run.engine.rules.method(path, name) is None for path in paths)


def _has(run: UnitRun, obj: Obj, name: str) -> bool:
    return bool(run.load((*obj.key, name))) or class_member(run, obj.cls, name) is not None


def _of_thing(frame: Frame, base: Abs, thing: object, name: str, place: Place) -> Abs:
    if isinstance(thing, Module):
        return module_member(frame.run, thing.file, name) or NOTHING
    if isinstance(thing, Obj):
        return instance_member(frame, thing, name, place)
    if isinstance(thing, Class):
        found = class_member(frame.run, thing, name)
        return (
            _mapped(frame.run, thing, _class_attribute(frame, thing, found[0], name), name)
            if found
            else _class_api(frame, thing, name, place)
        )
    if isinstance(thing, Api):
        return _api_member(frame, base, thing, name, place)
    return NOTHING


def _api_member(frame: Frame, base: Abs, thing: Api, name: str, place: Place) -> Abs:
    if thing.path == "None":
        return NOTHING
    if name in _VIEWS and (base.flows or base.items):
        return base
    if (led := metaflow.member(frame, thing, name, place)) is not None:
        return led
    kept = frame.run.load(("attribute", thing.key or thing.path, name))
    if kept:
        return kept
    from coupling.link import dynaconf

    if thing.path.endswith("flags.FLAGS"):
        from coupling.link import interfaces

        return interfaces.flag(frame, name)
    if thing.path == dynaconf.OBJECT and name not in dynaconf.METHODS:
        return dynaconf.attribute(base, name)
    if thing.path == "argparse.Namespace":
        return base.items.get(name, NOTHING)
    path = f"{thing.path}.{name}"
    if path in CONSTANTS:
        return text(CONSTANTS[path])
    rule = frame.run.engine.rules.method(thing.path, name)
    if rule is None and not name.startswith("_") and (any_ := frame.run.engine.rules.method(thing.path, "__getattr__")) is not None:
        from coupling.link import apply

        return apply.apply(frame, any_, Abs(things=(thing,)), [text(name)], {}, place, f"{thing.path}.__getattr__", -1)
    if rule is not None and "attribute" in rule.tags and thing.models:
        from coupling.link import apply

        asked = apply.apply(frame, rule, Abs(things=(thing,)), [], {}, place, path, -1)
        return asked.but(things=tuple(t for t in asked.things if not isinstance(t, Api) or not t.models))
    returns = rule.returns if rule is not None and rule.returns and not (rule.reads or rule.writes or rule.trains or rule.predicts) else ""
    if rule is not None and rule.records and not base.flows:
        return Abs(things=(Api(returns or path),), flows=(Flow(World(frame.run.route or path), (), (place,)),))
    if base.flows or base.items:
        column = base.items.get(name)
        if column is not None:
            return column
        if rule is not None and not rule.path.endswith("*"):
            method = Api(path, thing.assets, thing.models, thing.mode, thing.key)
            typed_too = (Api(returns, thing.assets, thing.models),) if returns and returns != "self" else ()
            return base.but(things=(*typed_too, method), texts=())
        typed = (Api(returns, thing.assets, thing.models),) if returns else (Api(path, thing.assets, thing.models, thing.mode, thing.key),)
        return Abs(things=typed, flows=narrowed(base.flows, (name,)) if not thing.models else base.flows)
    return Abs(things=(Api(path, thing.assets, thing.models, thing.mode, thing.key),))


def instance_member(frame: Frame, obj: Obj, name: str, place: Place) -> Abs:
    """``self.name``: everything stored there, else the class's member (methods bound, properties called), else a library base's."""
    run = frame.run
    return run.settled((*obj.key, name), _instance_member(frame, obj, name, place))


def _instance_member(frame: Frame, obj: Obj, name: str, place: Place) -> Abs:
    run = frame.run
    stored = run.load((*obj.key, name))
    found = class_member(run, obj.cls, name)
    if name == "__dataclass_fields__":
        from coupling.link import fieldlists

        return fieldlists.mapping(frame, Abs(things=(obj,)))
    if found is None:
        if stored:
            return stored
        return api_base_member(frame, obj, name)
    value, owner = found
    if stored and not any(isinstance(t, Func) for t in value.things):
        return stored
    bound = _bound(frame, obj, value, owner, place)
    return union((stored, bound)) if stored else bound


def _bound(frame: Frame, obj: Obj, value: Abs, owner: Class, place: Place) -> Abs:
    receiver = Abs(things=(obj,))
    out: list[Abs] = []
    for thing in value.things:
        if not isinstance(thing, Func):
            out.append(Abs(things=(thing,)))
            continue
        marks = decorator_names(frame.run, thing)
        if "setter" in marks and (getter := _sibling(frame.run, thing, "property")) is not None:
            thing, marks = getter, frozenset(("property",))
        if marks & {"property", "cached_property", "lazy", "computed_field", "abstractproperty"}:
            out.append(frame.run.engine.enter(frame, thing._replace(receiver=receiver), [], {}, place))
        elif "staticmethod" in marks:
            out.append(Abs(things=(thing,)))
        elif "classmethod" in marks:
            out.append(Abs(things=(thing._replace(receiver=Abs(things=(obj.cls,))),)))
        else:
            out.append(Abs(things=(thing._replace(receiver=receiver),)))
    return union((*out, value.but(things=())))


def _sibling(run: UnitRun, func: Func, mark: str) -> Func | None:
    """The function of the same name and class that bears a decorator: a property's getter beside its setter."""
    file = run.engine.index.files[func.file]
    own = file.scopes[func.scope]
    for number, scope in enumerate(file.scopes):
        named = scope.kind == "function" and (scope.name, scope.parent) == (own.name, own.parent)
        if named and any(last_name(file.values, at) == mark for at in scope.decorators):
            return func._replace(scope=number)
    return None


def set_property(frame: Frame, obj: Obj, name: str, value: Abs) -> bool:
    """``obj.name = value`` where the class says what that does; False when it only keeps the value."""
    found = class_member(frame.run, obj.cls, name)
    for thing in found[0].things if found is not None else ():
        if isinstance(thing, Func) and "setter" in decorator_names(frame.run, thing):
            place = Place(thing.file, frame.run.engine.index.files[thing.file].scopes[thing.scope].line)
            frame.run.engine.enter(frame, thing._replace(receiver=Abs(things=(obj,))), [value], {}, place)
            return True
    return False


def _class_attribute(frame: Frame, cls: Class, value: Abs, name: str) -> Abs:
    stored = frame.run.load(("class", cls.file, cls.scope, name))
    things = []
    for thing in value.things:
        if isinstance(thing, Func) and "classmethod" in decorator_names(frame.run, thing):
            thing = thing._replace(receiver=Abs(things=(cls,)))
        things.append(thing)
    value = value.but(things=tuple(things))
    if (value.texts or value.items) and enums.is_enum(frame.run, cls):
        value = enums.member(frame, cls, name, value)
    return union((value, stored)) if stored else value


def _class_api(frame: Frame, cls: Class, name: str, place: Place) -> Abs:
    """A member of a library base; a class that names a table is a handle of it, and so is what gives access to its rows."""
    from coupling.link import apply, tables

    held = tables.assets(frame.run, cls)
    out = []
    for path in api_bases(frame.run, cls):
        rule = frame.run.engine.rules.method(path, name) if held else None
        if held and name in _annotated(frame.run, cls):
            return Abs(things=(Api(tables.COLUMN, held, key=(name,)),))
        if rule is not None and rule.access:
            out.append(apply.apply(frame, rule, Abs(things=(Api(path, held),)), [], {}, place, f"{path}.{name}", -1))
        else:
            out.append(Abs(things=(Api(f"{path}.{name}", held),)))
    return union(out)


def _annotated(run: UnitRun, cls: Class) -> list[str]:
    """The fields that a class and its bases declare by annotation."""
    scopes = [run.engine.index.files[base.file].scopes[base.scope] for base in mro(run, cls) if isinstance(base, Class)]
    return [param.name for scope in scopes for param in scope.params]


def _mapped(run: UnitRun, cls: Class, value: Abs, name: str) -> Abs:
    from coupling.link import managers, tables

    return managers.of_class(run, cls, tables.column(run, cls, value, name))


def api_base_member(frame: Frame, obj: Obj, name: str) -> Abs:
    from coupling.link import tables

    paths, held = api_bases(frame.run, obj.cls), tables.assets(frame.run, obj.cls)
    held = held or frame.run.load((*obj.key, "@library")).assets()
    rules = [frame.run.engine.rules.method(path, name) for path in paths]
    said = any(rule.records and "attribute" in rule.tags for rule in rules if rule is not None)
    flows = (Flow(World(frame.run.route or f"{paths[0]}.{name}")),) if said else ()
    return Abs(things=tuple(Api(f"{path}.{name}", held, obj.models) for path in paths), flows=flows)


def class_frame(run: UnitRun, cls: Class) -> Frame:
    """The frame of a class body (shared within a run)."""
    key = ("classframe", cls.file, cls.scope)
    known = run.modules.get(str(key))
    if known is None:
        file = run.engine.index.files[cls.file]
        known = Frame(run, file, cls.scope, cls.frame)
        run.modules[str(key)] = known
    return known


def mro(run: UnitRun, cls: Class) -> list[Class | Api]:
    """The class and its bases, depth first, each once; library bases as ``Api``."""
    key = (cls.file, cls.scope, cls.frame.serial if cls.frame is not None else 0)
    known = run.orders.get(key)
    if known is None:
        oldest, run.recall.oldest = run.recall.oldest, NEVER
        known = _mro(run, cls)
        if run.recall.oldest == NEVER:
            run.orders[key] = known
        run.recall.oldest = min(oldest, run.recall.oldest)
    return known


def _mro(run: UnitRun, cls: Class) -> list[Class | Api]:
    from coupling.link.evaluate import evaluate

    out: list[Class | Api] = []
    seen: set[object] = set()
    todo: list[Class | Api] = [cls]
    while todo and len(out) < 30:
        here = todo.pop(0)
        key = (here.file, here.scope) if isinstance(here, Class) else here.path
        if key in seen:
            continue
        seen.add(key)
        out.append(here)
        if isinstance(here, Class) and here.frame is not None:
            scope = run.engine.index.files[here.file].scopes[here.scope]
            bases = [t for b in scope.bases for t in evaluate(here.frame, b).things]
            todo = [t for t in bases if isinstance(t, Class | Api)] + todo
    return out


def api_bases(run: UnitRun, cls: Class) -> list[str]:
    key = f"bases:{cls.file}:{cls.scope}"
    cache = run.engine.class_bases
    if key not in cache:
        cache[key] = [base.path for base in mro(run, cls) if isinstance(base, Api)]
    return cache[key]


def class_member(run: UnitRun, cls: Class, name: str, after: Class | None = None) -> tuple[Abs, Class] | None:
    """A member through the bases; ``after``: looking starts behind that class (``super()``)."""
    from coupling.link.evaluate import evaluate

    skipping = after is not None
    for base in mro(run, cls):
        if not isinstance(base, Class):
            continue
        if skipping:
            skipping = (base.file, base.scope) != (after.file, after.scope) if after else False
            continue
        frame = class_frame(run, base)
        for known, index in frame.scope.names:
            if known == name:
                return evaluate(frame, index), base
    return None


def decorator_names(run: UnitRun, func: Func) -> frozenset[str]:
    """Last names of a function's decorators: property, staticmethod, command, ..."""
    file = run.engine.index.files[func.file]
    return frozenset(last_name(file.values, index) for index in file.scopes[func.scope].decorators)


def last_name(values: tuple, index: int) -> str:  # type: ignore[type-arg]
    value = values[index]
    while value.op == "call":
        value = values[value.parts[0]]
    if value.op == "import":
        return str(value.text).rpartition(".")[2]
    return str(value.text)


def decorated(frame: Frame, func: Func) -> Abs:
    """A decorated function is the function, unless a decorator of the repository has work of its own: libraries' rarely change its data."""
    from coupling.link import decorators

    if not frame.file.scopes[func.scope].decorators:
        return Abs(things=(func,))
    return decorators.applied(frame, func)


def with_attribute(frame: Frame, base: Abs, name: str, new: Abs) -> Abs:
    """The base after ``base.name = new``."""
    if name in ("loc", "iloc", "at", "iat"):
        return new
    return base.but(items={**base.items, "." + name: new})


__all__ = ["Partial", "attribute", "free_name", "get_attribute", "imported"]
