"""Calls: arguments, receivers, functions and classes of the repository, library calls.

A call of the repository's own code enters it; a library call has a meaning here when it is Python's own (``semantics``), by its rule
(``apply``), or else yields what its receiver and arguments are made of, with its path as type.
"""

from __future__ import annotations

from coupling.core.facts import Value
from coupling.core.rules import Rule
from coupling.link import (
    apply,
    bare,
    chats,
    choices,
    containers,
    dataparsers,
    enums,
    envsettings,
    groups,
    handwritten,
    hooks,
    interfaces,
    learning,
    managers,
    members,
    metaflow,
    names,
    networks,
    objects,
    protocols,
    roots,
    semantics,
    settings,
    shellargs,
    site,
    splits,
    steps,
    surroundings,
    tables,
    teachers,
    workers,
)
from coupling.link.evaluate import evaluate
from coupling.link.frames import Frame
from coupling.link.values import (
    NOTHING,
    Abs,
    Api,
    Args,
    Class,
    Flow,
    Func,
    Keywords,
    ModelRef,
    Module,
    Obj,
    Partial,
    Place,
    all_models,
    hole,
    merge_flows,
    step,
    union,
)

_ADDERS = frozenset(("append", "add", "appendleft", "put", "put_nowait", "insert", "push", "write", "writerow"))
_EXTENDERS = frozenset(("extend", "update", "writelines", "writerows", "extendleft"))
_PURE = ("builtins.print", "logging.")


def call(frame: Frame, value: Value, index: int) -> Abs:
    place = frame.place(index)
    callee_value = frame.value(value.parts[0])
    args, keywords = arguments(frame, value)
    if callee_value.op == "attr":
        receiver = evaluate(frame, callee_value.parts[0])
        frame.at = index
        teachers.changed(frame, receiver, callee_value.text, args, keywords, place)
        return call_method(frame, receiver, callee_value.text, args, keywords, place, callee_value.parts[0])
    callee = evaluate(frame, value.parts[0])
    frame.at = index
    return call_value(frame, callee, args, keywords, place)


def given(frame: Frame, value: Value) -> list[Abs]:
    """What a call gets: its receiver, when it is a method, and its arguments."""
    callee = frame.value(value.parts[0])
    args, keywords = arguments(frame, value)
    receiver = [evaluate(frame, callee.parts[0])] if callee.op == "attr" else []
    return [*receiver, *args, *keywords.values()]


def arguments(frame: Frame, value: Value) -> tuple[Args, Keywords]:
    """Evaluated arguments, with ``*list`` and ``**dict`` spread where they are known."""
    args: Args = []
    keywords: Keywords = {}
    for key, part in zip(value.keys, value.parts[1:], strict=True):
        given = evaluate(frame, part)
        if key == "":
            args.append(given)
        elif key == "*":
            args += _spread(frame, given, frame.place(part))
        elif key == "**":
            whole = names.full(frame, given)
            keywords.update((k, v) for k, v in whole.items.items() if not k.startswith("."))
            if given.flows or given.elem is not None or not (whole.items or names.DICT in whole.things):
                keywords.setdefault("**", given)
        else:
            keywords[key] = given
    return args, keywords


def _spread(frame: Frame, given: Abs, place: Place) -> Args:
    whole = names.full(frame, given)
    numbered = [k for k in whole.items if k.isdigit()]
    empty = not numbered and not whole.flows and any(t in (names.LIST, names.TUPLE) for t in whole.things)
    if whole.elem is None and (numbered or empty):
        return [whole.items[k] for k in sorted(numbered, key=int)]
    return [names.element(frame, given, place)]


def call_value(frame: Frame, callee: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    if any(isinstance(t, Api) for t in callee.things):
        args, keywords = _whole(frame, args), {k: names.full(frame, v) for k, v in keywords.items()}
    held = callee.items or callee.elem is not None or callee.cells  # a list that holds functions; else ``list`` itself
    called = [thing for thing in callee.things if thing != names.LIST or not held]
    results = [call_thing(frame, thing, callee, args, keywords, place) for thing in called]
    if not results:
        return unknown_result(callee, args, keywords, place)
    return union(results)


def _whole(frame: Frame, args: Args) -> Args:
    """What a library gets of containers: with everything that other names have put into them."""
    return [names.full(frame, a) if a.cells else a for a in args]


def call_thing(frame: Frame, thing: object, callee: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    engine = frame.run.engine
    if isinstance(thing, Func):
        given = interfaces.call_interface(frame, thing, args, keywords, place)
        given = given if given is not None else steps.call(frame, thing, args, keywords, place)
        return given if given is not None else engine.enter(frame, thing, args, keywords, place)
    if isinstance(thing, Class):
        return construct(frame, thing, args, keywords, place)
    if isinstance(thing, Partial):
        return call_value(frame, thing.callee, [*thing.args, *args], {**dict(thing.keywords), **keywords}, place)
    if isinstance(thing, Obj):
        return call_instance(frame, thing, args, keywords, place)
    if isinstance(thing, Api) and thing.path != "None":
        return call_api(frame, thing, callee, args, keywords, place)
    return NOTHING


def call_method(frame: Frame, receiver: Abs, name: str, args: Args, keywords: Keywords, place: Place, root: int) -> Abs:
    results: list[Abs] = []
    own = receiver.items.get("." + name)
    entry = receiver.items.get(name)
    if own is None and entry is not None and any(isinstance(t, Func | Class | Partial) for t in entry.things):
        own = entry  # an entry of settings or of parsed arguments that is a function
    if own is not None and own.things:
        return call_value(frame, own, args, keywords, place)
    for thing in receiver.things:
        if thing == Api("builtins.super()"):
            results.append(_call_super(frame, name, args, keywords, place, root))
        elif isinstance(thing, Api):
            if thing.path != "None":
                results.append(call_api_method(frame, thing, receiver, name, args, keywords, place, root))
        elif isinstance(thing, Module):
            member = members.get_attribute(frame, Abs(things=(thing,)), name, place)
            results.append(call_value(frame, member, args, keywords, place))
        elif isinstance(thing, Func):
            found = groups.method(frame, thing, name, args, keywords)
            results.append(found if found is not None else steps.method(frame, thing, name, args, keywords, place))
        elif (started := steps.started(frame, thing, name, args, keywords, place)) is not None:
            results.append(started)
        elif isinstance(thing, Obj | Class):
            results.append(_call_member(frame, thing, choices.told(receiver), name, args, keywords, place, root))
    if results:
        return union(results)
    builtin = semantics.method(frame, receiver, name, args, keywords, place)
    if builtin is not None:
        return builtin
    column = receiver.items.get(name)
    if column is not None and column.things:
        return call_value(frame, column, args, keywords, place)
    if (framed := containers.FRAME.get(name)) is not None and (selected := framed(frame, receiver, args, keywords, place)) is not None:
        return selected
    return unknown_method(frame, receiver, name, args, keywords, place, root)


def _call_super(frame: Frame, name: str, args: Args, keywords: Keywords, place: Place, root: int) -> Abs:
    """``super().name(...)``: the next class behind the one whose method this is, else the library base."""
    receiver, owner = frame.receiver, frame.owner
    if receiver is None or owner is None:
        return NOTHING
    results: list[Abs] = []
    for thing in receiver.things:
        cls = thing.cls if isinstance(thing, Obj) else thing if isinstance(thing, Class) else None
        if cls is None:
            continue
        found = members.class_member(frame.run, cls, name, after=Class(owner[0], owner[1]))
        if found is not None:
            results += [
                frame.run.engine.enter(frame, t._replace(receiver=receiver), args, keywords, place, owner=found[1])
                for t in found[0].things
                if isinstance(t, Func)
            ]
        elif isinstance(thing, Obj):
            results.append(_library_base(frame, thing, name, args, keywords, place, root))
    return union(results)


def _library_base(frame: Frame, obj: Obj, name: str, args: Args, keywords: Keywords, place: Place, root: int) -> Abs:
    """A method of a library class on an instance of a class that extends it; a constructor makes the instance a handle too."""
    results = []
    for path in members.api_bases(frame.run, obj.cls):
        if name != "__init__":
            typed = Api(path, frame.run.load((*obj.key, managers.LIBRARY)).assets(), obj.models, key=obj.key)
            results.append(call_api_method(frame, typed, Abs(things=(typed,)), name, args, keywords, place, root))
        elif path in dataparsers.MADE:
            semantics.function(frame, path, Abs(things=(Api(path, key=obj.key),)), args, keywords, place)
        elif tables.is_mapper(path):
            continue  # a row holds its columns, one by one
        elif (rule := frame.run.engine.rules.find(path)) is not None and rule.creates in ("", "trainer"):
            made = apply.apply(frame, rule, None, args, keywords, place, path, root)
            frame.run.store((*obj.key, "@library"), made)
            for handle in made.things:
                if isinstance(handle, Api) and handle.key:
                    frame.run.store((*handle.key, hooks.OBJECT), Abs(things=(obj,)))
    return union(results)


def _call_member(
    frame: Frame, thing: Obj | Class, chosen: tuple[Flow, ...], name: str, args: Args, keywords: Keywords, place: Place, root: int
) -> Abs:
    if isinstance(thing, Class) and name in settings.MAKERS and args and members.class_member(frame.run, thing, name) is None:
        return settings.made(frame, thing, args[0], place)
    if name == "as_manager" and isinstance(thing, Class) and managers.is_manager(frame.run, thing):
        return construct(frame, thing, [], {}, place)
    member = choices.on_chosen(members.get_attribute(frame, Abs(things=(thing,)), name, place), thing, chosen)
    apis = [t for t in member.things if isinstance(t, Api)]
    rest = member.but(things=tuple(t for t in member.things if not isinstance(t, Api)))
    results = [call_value(frame, rest, args, keywords, place)] if rest.things else []
    if isinstance(thing, Obj) and thing.models and rest.things and (learner := handwritten.typed(frame, thing.cls, name)):
        itself = Api(learner, (), thing.models, key=thing.key)
        answer = call_api_method(frame, itself, Abs(things=(itself,)), name, args, keywords, place, root)
        return answer if name in handwritten.ASKING else union((*results, answer.but(things=())))
    for found in apis:
        path = found.path.rpartition(".")[0]
        typed = Api(path, found.assets, found.models, key=thing.key if isinstance(thing, Obj) else ())
        inherited = found.path.rpartition(".")[2] == name and isinstance(thing, Obj)
        if inherited:
            row = tables.row(frame.run, Abs(things=(thing,))).items if tables.is_mapper(path) else {}
            made = call_api_method(frame, typed, Abs(things=(typed,), items=row), name, args, keywords, place, root)
            whole = not made.flows  # ``net.to(device)`` is the object, ``net.parameters()`` is made of it
            results.append(made.but(things=tuple([thing if t == typed else t for t in made.things])) if whole else made)
        else:
            results.append(call_api(frame, found, member, args, keywords, place))
    if not member.things:
        return unknown_method(frame, Abs(things=(thing,), flows=member.flows), name, args, keywords, place, root)
    return _restored(frame, thing, union(results), place) if isinstance(thing, Class) and apis else union(results)


def _restored(frame: Frame, cls: Class, result: Abs, place: Place) -> Abs:
    """``Net.load_from_checkpoint(path)``: an instance of the project's class, which is the model that the file holds."""
    loaded = tuple(m for m in all_models(result) if m.kind == "artifact")
    if not loaded:
        return result
    made = construct(frame, cls, [], {}, place)
    return made.but(things=tuple(t._replace(models=loaded) if isinstance(t, Obj) else t for t in made.things))


def call_api_method(frame: Frame, thing: Api, receiver: Abs, name: str, args: Args, keywords: Keywords, place: Place, root: int) -> Abs:
    """A method of a library's object; what keeps some rows of a frame says so."""
    result = splits.delivered(_api_method(frame, thing, receiver, name, args, keywords, place, root), f"{thing.path}.{name}")
    return splits.limited(result, name, keywords, place)


def _api_method(frame: Frame, thing: Api, receiver: Abs, name: str, args: Args, keywords: Keywords, place: Place, root: int) -> Abs:
    if (framed := containers.FRAME.get(name)) is not None and (receiver.flows or receiver.items) and not thing.models:
        selected = framed(frame, receiver, args, keywords, place)
        if selected is not None:
            return selected
    args, keywords = _whole(frame, args), {k: names.full(frame, v) for k, v in keywords.items()}
    path = f"{thing.path}.{name}"
    alone = receiver if len(receiver.things) == 1 else receiver.but(things=(thing,))
    rules = frame.run.engine.rules
    rule = rules.method(thing.path, name)
    builtin = semantics.function(frame, path, alone, args, keywords, place)
    if builtin is None and thing.path.startswith("builtins."):
        builtin = semantics.method(frame, alone, name, args, keywords, place)
    if builtin is not None and (rule is None or not _eventful(rule)):
        return builtin
    if rule is not None:
        result = apply.apply(frame, rule, alone, args, keywords, place, path, root)
        return builtin if builtin is not None else result
    builtin = semantics.method(frame, alone, name, args, keywords, place)
    if builtin is not None:
        return builtin
    if _untyped(frame, thing) and (weak := rules.find(f"?.{name}")) is not None:
        return apply.apply(frame, weak, alone, args, keywords, place, path, root)
    if thing.models and (known := rules.find(f"?.{name}")) is not None and (known.trains or known.predicts):
        return apply.apply(frame, known, alone, args, keywords, place, path, root)
    chats.said(frame, receiver, name, args, keywords, place)
    if rules.find(thing.path) is None and (started := workers.by_name(frame, name, args, keywords, place)) is not None:
        return started
    return default_result(path, alone, args, keywords, place, thing)


def _eventful(rule: Rule) -> bool:
    return bool(
        rule.reads or rule.writes or rule.access or rule.saves or rule.loads or rule.trains or rule.predicts or rule.runs or rule.serves
    )


def _untyped(frame: Frame, thing: Api) -> bool:
    """Whether no rule knows the type: ``lib.func()`` without an entry. A module path is no object of unknown type."""
    return thing.path.endswith(")") and frame.run.engine.rules.find(thing.path) is None


def call_api(frame: Frame, thing: Api, callee: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """Call a library function or object, or a program of a command line, whose output may be redirected."""
    result = splits.limited(splits.delivered(_call_api(frame, thing, callee, args, keywords, place), thing.path), "", keywords, place)
    if thing.path.startswith("sh."):
        redirect(frame, result, keywords, place)
    return result


def redirect(frame: Frame, result: Abs, keywords: Keywords, place: Place) -> None:
    """``>`` and ``>>`` write what the command gives; ``<`` hands it a file."""
    for key in (">", ">>", "&>"):
        target = keywords.get(key)
        rule = frame.run.engine.rules.find("sh.tee")
        if target is not None and target.literal != "/dev/null" and rule is not None:
            apply.redirected(frame, rule, target, result, place)


def _call_api(frame: Frame, thing: Api, callee: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    rules = frame.run.engine.rules
    if (thing.models or thing.key) and (called := rules.method(thing.path, "__call__")) is not None:
        return apply.apply(frame, called, callee.but(things=(thing,)), args, keywords, place, thing.path + ".__call__", -1)
    rule = rules.find(thing.path)
    if thing.path.startswith("sh."):
        rule, args, keywords = _program(frame, thing, args, keywords, place)
        if rule is None:
            return _piped(thing, args, keywords, place)
    builtin = (
        None
        if thing.path.startswith("sh.")
        else semantics.function(frame, thing.path, Abs(things=(thing,), texts=callee.texts), args, keywords, place)
    )
    if builtin is not None and (rule is None or not _eventful(rule)):
        return builtin
    owner, _, name = thing.path.rpartition(".")
    if rule is None and owner:
        rule = rules.method(owner, name)
        if rule is not None and rule.path.rpartition(".")[0] != owner and not rules.bases(owner):
            rule = None
    if rule is None and (thing.models or thing.assets) and not thing.path.endswith("()"):
        return call_api_method(
            frame, thing._replace(path=owner), Abs(things=(thing._replace(path=owner),)), name, args, keywords, place, -1
        )
    if rule is None and (called := rules.method(thing.path, "__call__")) is not None:
        return apply.apply(frame, called, callee.but(things=(thing,)), args, keywords, place, thing.path + ".__call__", -1)
    if rule is not None:
        bound = thing.models or thing.assets or thing.key or callee.flows or callee.items
        receiver = callee.but(things=(thing._replace(path=owner),)) if bound else None
        result = apply.apply(frame, rule, receiver, args, keywords, place, thing.path, -1)
        return builtin if builtin is not None else result
    return default_result(thing.path, None, args, keywords, place, thing)


def _program(frame: Frame, thing: Api, args: Args, keywords: Keywords, place: Place) -> tuple[Rule | None, Args, Keywords]:
    """A command line: an interpreter or script of the repository runs; else the rule of the longest path of words."""
    if semantics.function(frame, thing.path, NOTHING, args, keywords, place) is not None:
        return None, args, keywords
    return shellargs.resolve(frame.run.engine.rules, thing.path, args, keywords)


def _piped(thing: Api, args: Args, keywords: Keywords, place: Place) -> Abs:
    given = keywords.get("|", NOTHING)
    return Abs(things=(Api(thing.path + "()"),), flows=lowered(step(names.flows_of(given), place)))


def subscript(frame: Frame, base: Abs, key: Abs, place: Place) -> Abs | None:
    """``base[key]`` where a rule or Python itself says what it reads."""
    if any(isinstance(thing, Class) for thing in base.things) and (named := enums.by_name(frame, base, key)) is not None:
        return named
    if any(isinstance(thing, Module) for thing in base.things):
        return objects.named(frame, base, key, place)
    for thing in base.things:
        if isinstance(thing, Api) and thing.path not in ("builtins.dict", "builtins.list", "builtins.tuple", "builtins.set", "None"):
            if (special := semantics.subscript(frame, thing, key, base)) is not None:
                return special
            rule = frame.run.engine.rules.method(thing.path, "__getitem__")
            if rule is not None and (_eventful(rule) or rule.path.endswith(".__getitem__")):
                return apply.apply(frame, rule, base, [key], {}, place, thing.path + ".__getitem__", -1)
        if isinstance(thing, Obj) and (found := protocols.call(frame, thing, "__getitem__", [key], place)) is not None:
            return found
    return None


def operator(frame: Frame, name: str, left: Abs, right: Abs, place: Place) -> Abs | None:
    """What an operator means on an instance whose class defines it."""
    for thing in left.things:
        if isinstance(thing, Obj) and (found := protocols.call(frame, thing, name, [right], place)) is not None:
            return found
    return None


def stored_item(frame: Frame, base: Abs, key: Abs, new: Abs, place: Place) -> None:
    """``base[key] = new`` as an effect on library objects (a key-value store) and instances."""
    for thing in base.things:
        if isinstance(thing, Api) and thing.path == "os.environ":
            surroundings.set_variable(frame, key, new)
        elif isinstance(thing, Api):
            rule = frame.run.engine.rules.method(thing.path, "__setitem__")
            if rule is not None:
                apply.apply(frame, rule, base, [key, new], {}, place, thing.path + ".__setitem__", -1)


def construct(frame: Frame, cls: Class, args: Args, keywords: Keywords, place: Place) -> Abs:
    run = frame.run
    if len(args) == 1 and enums.is_enum(run, cls):
        return enums.by_value(frame, cls, args[0])
    key = ("obj", cls.file, cls.scope, place, frame.at, frame.chain[-2:], *frame.turn)
    bases = members.api_bases(run, cls)
    rules = [(path, rule) for path in bases if (rule := run.engine.rules.find(path)) is not None]
    models = tuple(
        ModelRef("site", learning.made_at(frame, place), cls.name, rule.creates)
        for _, rule in rules
        if rule.creates in ("model", "component")
    )[:1]
    if not models and handwritten.is_learner(run, cls):
        models = (ModelRef("site", learning.made_at(frame, place), cls.name),)
    obj = Obj(cls, key, models)
    if models:
        run.store((*key, hooks.OBJECT), Abs(things=(obj,)))
    found = members.class_member(run, cls, "__init__")
    result = Abs(things=(obj,))
    if found is not None:
        for thing in found[0].things:
            if isinstance(thing, Func):
                run.engine.enter(frame, thing._replace(receiver=result), args, keywords, place, owner=found[1])
    else:
        _fields(frame, obj, args, keywords)
        _undeclared(frame, obj, keywords)
        _library_base(frame, obj, "__init__", args, keywords, place, -1)
        managers.constructed(run, obj, args, keywords)
    if metaflow.FLOW in bases:
        metaflow.run(frame, obj, place)
    library = run.load((*key, "@library"))
    return union((result, library)) if library else result


def _fields(frame: Frame, obj: Obj, args: Args, keywords: Keywords) -> None:
    """What dataclasses, named tuples, attrs and pydantic classes keep: their fields by position or name."""
    run = frame.run
    rest = list(args)
    from_environment = envsettings.reads_environment(members.api_bases(run, obj.cls))
    for base in reversed(members.mro(run, obj.cls)):
        if not isinstance(base, Class):
            continue
        body = members.class_frame(run, base)
        for field in interfaces.declared(body):
            if field.name in keywords:
                given = keywords[field.name]
            elif rest:
                given = rest.pop(0)
            elif field.default >= 0 or from_environment:
                given = interfaces.field_default(body, field.default) if field.default >= 0 else NOTHING
                if from_environment:
                    given = envsettings.field(frame, obj.cls, body, field, given)
                given = given or hole("a field that nobody sets", field.name)
                if "**" in keywords:
                    run.unsettle((*obj.key, field.name))
            else:
                continue
            run.store((*obj.key, field.name), interfaces.typed(body, field, given, obj))


def _undeclared(frame: Frame, obj: Obj, keywords: Keywords) -> None:
    """What a library's constructor keeps under the names that it is given: the columns of a mapped class."""
    if members.api_bases(frame.run, obj.cls):
        declared = {param.name for param in members.class_frame(frame.run, obj.cls).scope.params}
        for name, given in keywords.items():
            if name not in declared and not name.startswith("*"):
                frame.run.store((*obj.key, name), given)


def call_instance(frame: Frame, obj: Obj, args: Args, keywords: Keywords, place: Place) -> Abs:
    found = members.class_member(frame.run, obj.cls, "__call__") or bare.body(frame, obj)
    receiver = Abs(things=(obj,))
    if found is not None:
        return union(
            frame.run.engine.enter(frame, thing._replace(receiver=receiver), args, keywords, place, owner=found[1])
            for thing in found[0].things
            if isinstance(thing, Func)
        )
    for path in members.api_bases(frame.run, obj.cls):
        rule = frame.run.engine.rules.method(path, "__call__")
        if rule is not None:
            typed = Abs(things=(Api(path, (), obj.models, key=obj.key),))
            answer = apply.apply(frame, rule, typed, args, keywords, place, path + ".__call__", -1)
            return union((answer, networks.targets_inside(frame, obj, args, keywords, place)))
    return unknown_result(receiver, args, keywords, place)


def unknown_method(frame: Frame, receiver: Abs, name: str, args: Args, keywords: Keywords, place: Place, root: int) -> Abs:
    if (path := tables.keeping(frame.run, name, args)) and (known := frame.run.engine.rules.find(path)) is not None:
        return apply.apply(frame, known, receiver, args, keywords, place, path, root)
    chats.said(frame, receiver, name, args, keywords, place)
    rule = frame.run.engine.rules.find(f"?.{name}")
    if rule is not None:
        return apply.apply(frame, rule, receiver, args, keywords, place, f"?.{name}", root)
    if (started := workers.by_name(frame, name, args, keywords, place)) is not None:
        return started
    return unknown_result(receiver, args, keywords, place)


def unknown_result(receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    flows = merge_flows(names.flows_of(receiver), *(names.flows_of(a) for a in (*args, *keywords.values())))
    return Abs(flows=lowered(step(flows, place)))


def default_result(path: str, receiver: Abs | None, args: Args, keywords: Keywords, place: Place, thing: Api) -> Abs:
    """A library call without a rule: made of its receiver and arguments, its path as type; a model stays itself (``.to(device)``)."""
    given = [names.flows_of(a) for a in (*args, *keywords.values())] if not path.startswith(_PURE) else []
    own = receiver if receiver is not None else NOTHING
    columns = own.flows and (own.items or own.elem is not None)
    flows = merge_flows(own.flows if columns else names.flows_of(own), *given)
    models = thing.models or tuple(m for a in args[:1] for m in a.models())
    kind = (Api(path + "()", (), models),)
    return Abs(things=kind, flows=lowered(step(flows, place)), items=own.items if columns else {}, elem=own.elem if columns else None)


def lowered(flows: tuple[Flow, ...]) -> tuple[Flow, ...]:
    return tuple(f if f.certainty != "exact" else f._replace(certainty="partial") for f in flows)


def after(frame: Frame, value: Value, index: int) -> Abs:
    """A name's value after a call that may have changed it."""
    base = evaluate(frame, value.parts[0]) or evaluate(frame, roots.start(frame, value.parts[0]))  # in a loop that is asked already
    if roots.is_module(base):
        return base
    called = frame.value(value.parts[1])
    callee = frame.value(called.parts[0])
    if callee.op != "attr" or value.text == "argument" or (callee.text == "fit" and base.things):
        return base  # of ``fit`` not even the arguments are asked: in a loop they may be made of what it is fitted to
    args, keywords = arguments(frame, called)
    if (put := entries(frame, base, callee.text, args, keywords)) is not None:
        return base.but(items={**base.items, **put.items})
    added = mutation(frame, base, callee.text, args, keywords, bare=value.text == "bare")
    if _keeps_result(frame, base, callee.text):
        added.append(evaluate(frame, value.parts[1]))
    return names.extended(base, added) if added else base


def _keeps_result(frame: Frame, base: Abs, name: str) -> bool:
    """Whether a method puts what it reads into its receiver: ``consumer.subscribe(topics)``."""
    rules = (frame.run.engine.rules.method(t.path, name) for t in base.things if isinstance(t, Api))
    return any(choice and choice[0].special == "result" for rule in rules if rule is not None for choice in rule.mutates)


def entries(frame: Frame, base: Abs, name: str, args: Args, keywords: Keywords) -> Abs | None:
    """The entries that ``dict.update`` puts into a dict, when all of them are known."""
    if name != "update" or names.DICT not in base.things or len(args) > 1:
        return None
    given = names.full(frame, args[0]) if args else NOTHING
    if given.elem is not None or given.flows or (args and names.DICT not in given.things):
        return None
    return Abs(items={**{k: v for k, v in given.items.items() if not k.startswith(".")}, **keywords})


def mutation(frame: Frame, base: Abs, name: str, args: Args, keywords: Keywords, bare: bool) -> list[Abs]:
    """What a method call puts into its receiver."""
    if name == "load_state_dict":
        return []
    place = Place(frame.file.path, 0)
    for thing in base.things:
        if isinstance(thing, Api) and thing not in (names.LIST, names.SET, names.DICT):
            rule = frame.run.engine.rules.method(thing.path, name)
            if rule is not None:
                return [site.choose(c, base, args, keywords) for c in rule.mutates]
    if any(isinstance(t, Obj) for t in base.things):
        return []
    if name in _ADDERS:
        return args[-1:]
    if name in _EXTENDERS:
        return [names.element(frame, a, place) for a in args if names.DICT not in a.things] + [
            v for a in args for v in a.items.values() if names.DICT in a.things
        ]
    if bare and not base.texts:
        return [Abs(flows=lowered(flows)) for a in (*args, *keywords.values()) if (flows := names.flows_of(a))]
    return []


def entered(frame: Frame, context: Abs, index: int) -> Abs:
    """What ``with context as x`` binds."""
    for thing in context.things:
        if isinstance(thing, Obj) and (found := protocols.call(frame, thing, "__enter__", [], frame.place(index))) is not None:
            return found
    if context.elem is not None and not context.things:
        return context.elem
    return context
