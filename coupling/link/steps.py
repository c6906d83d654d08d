"""Functions that workflow frameworks wrap: how they are started, and what their steps hand to each other.

Comes in: a call of a decorated function, of a method of one (``fit.submit(rows)``), or a framework's own object. Goes out: the value of
the call. Artifacts that Kubeflow makes up names for, and values that Airflow keeps between tasks (XCom), are named by the step that
makes them. Order of steps carries no data.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from coupling.core.facts import Param
from coupling.link import dagster, dbtpython, luigi, metaflow, names, signatures
from coupling.link.values import NOTHING, Abs, Api, Args, Class, Func, Keywords, Partial, Place, Thing, text, union

if TYPE_CHECKING:
    from coupling.link.frames import Frame
    from coupling.link.handlers import Handler

TASK = Api("airflow.TaskInstance")
RETURNED = "return_value"
_STARTS = frozenset("submit remote delay send apply local spawn call run serve __wrapped__ fn entrypoint".split())
"""Methods that start a wrapped function with their own arguments."""
_STARTS_EACH = frozenset("map starmap expand starmap_async spawn_map expand_kwargs".split())
_SETTINGS = frozenset("options with_options override configured alias with_hooks partial with_retry_policy tag set".split())
"""Methods that give the function with other settings."""
_PULLED = re.compile(r"\{\{.*?xcom_pull\(([^)]*)\).*?\}\}", re.S)
_QUOTED = re.compile(r"(\w+)\s*=\s*\[?\s*['\"]([^'\"]+)['\"]|['\"]([^'\"]+)['\"]")


def call(frame: Frame, func: Func, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """A call of a function that a framework wraps; None when it is a call like any other."""
    if dbtpython.is_node(frame, func) and not args and not keywords:
        return dbtpython.call(frame, func, place)
    paths = decorators(frame, func)
    if any(path.startswith("dagster.") for path in paths):
        return dagster.call(frame, func, args, keywords, place, paths)
    if any(path.startswith("kfp.") for path in paths):
        return _component(frame, func, args, keywords, place)
    if func.receiver is None and signatures.bound(frame, func):
        itself = func._replace(receiver=Abs(things=(Api("celery.Task"),)))
        return frame.run.engine.enter(frame, itself, args, keywords, place)
    return None


def decorators(frame: Frame, func: Func) -> list[str]:
    """The API paths of what a function is decorated with."""
    from coupling.link.evaluate import evaluate

    marks = frame.run.engine.index.files[func.file].scopes[func.scope].decorators
    if not marks or func.frame is None:
        return []
    values = func.frame.file.values
    callees = [values[mark].parts[0] if values[mark].op == "call" else mark for mark in marks]
    return [t.path for callee in callees for t in evaluate(func.frame, callee).things if isinstance(t, Api)]


def method(frame: Frame, func: Func, name: str, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``fit.submit(rows)``, ``fit.map(parts)``, ``fit.options(retries=2)``: a wrapped function started, or set up."""
    from coupling.link import calls

    whole = Abs(things=(func,))
    if not frame.run.engine.index.files[func.file].scopes[func.scope].decorators:
        return calls.call_value(frame, whole, args, keywords, place) if name == "remote" and func.receiver is not None else NOTHING
    if (planned := signatures.make(frame, func, name, args, keywords, place)) is not None:
        return planned
    if name in _STARTS:
        return calls.call_value(frame, whole, args, keywords, place)
    if name in _STARTS_EACH:
        given = [_each(frame, value, place) for value in args]
        named = {key: _each(frame, value, place) for key, value in keywords.items()}
        return Abs(elem=calls.call_value(frame, whole, given, named, place))
    if name in ("apply_async", "kick_off", "send_with_options", "schedule"):
        listed = args[0] if args else keywords.get("args", NOTHING)
        by_name = args[1] if len(args) > 1 else keywords.get("kwargs", NOTHING)
        given = [value for key, value in listed.items.items() if key.isdigit()]
        return calls.call_value(frame, whole, given, {k: v for k, v in by_name.items.items() if not k.startswith(".")}, place)
    return whole if name in _SETTINGS else NOTHING


def started(frame: Frame, thing: Thing, name: str, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """A method of a decorated class or of a signature that starts it; None for all else."""
    if isinstance(thing, Class):
        return _class_method(frame, thing, name, args, keywords, place)
    return signatures.method(frame, thing, name, args, keywords, place) if isinstance(thing, Partial) else None


def _class_method(frame: Frame, cls: Class, name: str, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``Actor.remote(path)`` makes an instance of a decorated class, ``Actor.options(num_gpus=1)`` is the class set up."""
    from coupling.link import calls

    if not frame.run.engine.index.files[cls.file].scopes[cls.scope].decorators:
        return None
    if name == "remote":
        return calls.construct(frame, cls, args, keywords, place)
    return Abs(things=(cls,)) if name in ("options", "with_options") else None


def _each(frame: Frame, value: Abs, place: Place) -> Abs:
    """What one of several calls gets; ``unmapped(x)`` and single values are the same for all."""
    several = value.elem is not None or any(t in (names.LIST, names.TUPLE, names.SET) for t in value.things)
    return names.element(frame, value, place) if several else value


# --- Kubeflow ---


def _component(frame: Frame, func: Func, args: Args, keywords: Keywords, place: Place) -> Abs:
    """A component: outputs that it declares are artifacts with a name of their own, in what the call gives too."""
    engine = frame.run.engine
    scope = engine.index.files[func.file].scopes[func.scope]
    given = dict(zip((p.name for p in scope.params), args, strict=False)) | keywords
    outputs: dict[str, Abs] = {}
    for param in scope.params:
        kind = _declared(func, param)
        plain = re.sub(r"_(path|file)$", "", param.name) if kind.endswith("Path") else param.name
        if plain in given and plain != param.name:
            given[param.name] = given.pop(plain)
        if kind.startswith("Output") and param.name not in given:
            outputs[plain] = given[param.name] = _artifact(engine.steps.name(func, place), plain)
        if kind.endswith("Path") and ".path" in given.get(param.name, NOTHING).items:
            given[param.name] = given[param.name].items[".path"]
    result = engine.enter(frame, func, [], given, place)
    outputs.update({k: v for k, v in result.items.items() if not k.startswith(".") and not k.isdigit()})
    single = result if result else next(iter(outputs.values()), NOTHING)
    return single.but(items={**single.items, ".output": single, ".outputs": Abs(things=(names.DICT,), items={**outputs, "Output": single})})


def _artifact(step: str, name: str) -> Abs:
    """``.path`` and ``.uri`` of an artifact that one step makes."""
    return Abs(things=(Api("kfp.dsl.Artifact"),), items={f".{part}": text(f"kfp/{step}/{name}") for part in ("path", "uri")})


def _declared(func: Func, param: Param) -> str:
    """``Output`` of ``Output[Model]``, ``InputPath`` of ``InputPath("Model")``; else nothing."""
    from coupling.link.evaluate import evaluate

    if param.annotation < 0 or func.frame is None:
        return ""
    value = func.frame.value(param.annotation)
    base = value.parts[0] if value.op in ("item", "call") else param.annotation
    paths = [t.path for t in evaluate(func.frame, base).things if isinstance(t, Api)]
    return next((path.rpartition(".")[2] for path in paths if path.startswith("kfp.")), "")


# --- Airflow ---


def context(frame: Frame, task: str) -> Keywords:
    """What Airflow hands to the function of a task: the task's instance, through which values pass."""
    instance = Abs(things=(TASK._replace(key=("xcom", task)),))
    return {"ti": instance, "task_instance": instance}


def keep(frame: Frame, task: str, value: Abs, key: str = RETURNED) -> None:
    if task and value:
        frame.run.store(("xcom", task, key), value)


def pulled(frame: Frame, value: Abs) -> Abs:
    """A text that Airflow fills with what another task gave: that value."""
    found = _PULLED.fullmatch((value.literal or "").strip())
    if found is None:
        return value
    named = {key or "task_ids": one or plain for key, one, plain in _QUOTED.findall(found[1])}
    return frame.run.load(("xcom", named.get("task_ids", ""), named.get("key", RETURNED))) or value


def _push(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    named = dict(zip(("key", "value"), args, strict=False)) | keywords
    for thing in receiver.things:
        if isinstance(thing, Api) and thing.key[:1] == ("xcom",):
            keep(frame, str(thing.key[1]), named.get("value", NOTHING), named.get("key", NOTHING).literal or "")
    return NOTHING


def _pull(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    named = dict(zip(("task_ids", "dag_id", "key"), args, strict=False)) | keywords
    tasks = named.get("task_ids", NOTHING)
    key = named.get("key", NOTHING).literal or RETURNED
    several = [v for k, v in tasks.items.items() if k.isdigit()]
    found = [frame.run.load(("xcom", task.literal or "", key)) for task in several or [tasks]]
    return Abs(things=(names.LIST,), items={str(n): v for n, v in enumerate(found)}) if several else union(found)


def _context(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(things=(names.DICT,), items=context(frame, frame.scope.name))


FUNCTIONS: dict[str, Handler] = {
    "airflow.TaskInstance.xcom_push": _push,
    "airflow.TaskInstance.xcom_pull": _pull,
    **{f"airflow.{where}.get_current_context": _context for where in ("operators.python", "sdk", "providers.standard.operators.python")},
    **dagster.FUNCTIONS,
    **dbtpython.FUNCTIONS,
    **signatures.FUNCTIONS,
    **luigi.FUNCTIONS,
    **metaflow.FUNCTIONS,
}
