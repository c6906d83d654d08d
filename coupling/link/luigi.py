"""Luigi: a task's input is the output of what it requires.

Comes in: ``self.input()``, ``luigi.LocalTarget(path)``, ``luigi.build([...])``, parameters. Goes out: targets with their paths, in the
shape that ``requires`` gives the tasks in. That one task runs before another carries no data: only what it reads does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.link import names
from coupling.link.values import NOTHING, Abs, Api, Args, Class, Keywords, Obj, Place, hole, text, union

if TYPE_CHECKING:
    from coupling.link.frames import Frame
    from coupling.link.handlers import Handler

TARGET = "luigi.Target"
DEEPEST = 12
"""Of tasks that require tasks."""
_TASKS = ("Task", "ExternalTask", "WrapperTask", "Config", "task.Task", "contrib.spark.PySparkTask")
_PARAMETERS = (
    "Parameter IntParameter FloatParameter BoolParameter DateParameter DateHourParameter DateMinuteParameter DateSecondParameter "
    "DateIntervalParameter MonthParameter YearParameter TimeDeltaParameter ListParameter TupleParameter DictParameter EnumParameter "
    "ChoiceParameter OptionalParameter PathParameter NumericalParameter TaskParameter"
).split()
_TARGETS = (
    "LocalTarget",
    "local_target.LocalTarget",
    "file.LocalTarget",
    "mock.MockTarget",
    "contrib.s3.S3Target",
    "contrib.s3.S3FlagTarget",
    "contrib.gcs.GCSTarget",
    "contrib.hdfs.HdfsTarget",
    "contrib.azureblob.AzureBlobTarget",
)


def _target(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    path = args[0] if args else keywords.get("path", keywords.get("fn", NOTHING))
    return Abs(things=(Api(TARGET),), items={".path": path, ".fn": path})


def _open(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``target.open("w")`` is ``open(target.path, "w")``."""
    from coupling.link import calls

    opener = Api("builtins.open")
    mode = args[:1] or [keywords.get("mode", text("r"))]
    return calls.call_api(frame, opener, Abs(things=(opener,)), [receiver.items.get(".path", NOTHING), *mode], {}, place)


def _parameter(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    default = args[0] if args else keywords.get("default", NOTHING)
    return default.but(soft=True) if default.texts else default or hole("a task's parameter")


# --- inputs ---


def _input(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """The targets of the required tasks, in the shape that ``requires`` gives."""
    return union(_outputs(frame, _required(frame, task, place), place) for task in _this(frame))


def _this(frame: Frame) -> list[Obj]:
    return [t for t in frame.receiver.things if isinstance(t, Obj)] if frame.receiver is not None else []


def _required(frame: Frame, task: Obj, place: Place) -> Abs:
    """What a task requires: its method says so, or the tasks that ``@requires`` names."""
    from coupling.link import calls, members

    if members.class_member(frame.run, task.cls, "requires") is not None:
        return calls.call_method(frame, Abs(things=(task,)), "requires", [], {}, place, -1)
    made = [calls.construct(frame, cls, [], {}, place) for cls in _named(frame, task.cls)]
    return made[0] if len(made) == 1 else Abs(things=(names.LIST,), items={str(n): v for n, v in enumerate(made)})


def _named(frame: Frame, cls: Class) -> list[Class]:
    """The task classes in the decorator ``luigi.util.requires(A, B)``."""
    from coupling.link.evaluate import evaluate

    file = frame.run.engine.index.files[cls.file]
    module = frame.run.engine.module_frame(frame.run, cls.file)
    if module is None:
        return []
    marks = [file.values[mark] for mark in file.scopes[cls.scope].decorators if file.values[mark].op == "call"]
    named = [mark for mark in marks if any(t == Api("luigi.util.requires") for t in evaluate(module, mark.parts[0]).things)]
    return [t for mark in named for part in mark.parts[1:] for t in evaluate(module, part).things if isinstance(t, Class)]


def _outputs(frame: Frame, value: Abs, place: Place, depth: int = 4) -> Abs:
    """The outputs of tasks in any container: a list's of its tasks, a dict's under their names."""
    from coupling.link import calls

    whole = names.full(frame, value)
    tasks = Abs(things=tuple(t for t in whole.things if isinstance(t, Obj)))
    own = calls.call_method(frame, tasks, "output", [], {}, place, -1) if tasks.things else NOTHING
    if not depth or tasks.things:
        return own
    items = {k: _outputs(frame, v, place, depth - 1) for k, v in whole.items.items() if not k.startswith(".")}
    elem = _outputs(frame, whole.elem, place, depth - 1) if whole.elem is not None else None
    return Abs(things=tuple(t for t in whole.things if t in (names.LIST, names.TUPLE, names.DICT)), items=items, elem=elem)


# --- starting ---


def _build(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``luigi.build([task])``, ``luigi.run(main_task_cls=Task)``: the tasks and what they require."""
    from coupling.link import calls

    given = args[0] if args else keywords.get("tasks", NOTHING)
    main = [t for t in keywords.get("main_task_cls", NOTHING).things if isinstance(t, Class)]
    started: set[tuple[object, ...]] = set()
    for value in (given, *(calls.construct(frame, cls, [], {}, place) for cls in main)):
        _perform(frame, value, place, started, DEEPEST)
    return NOTHING


def _perform(frame: Frame, value: Abs, place: Place, started: set[tuple[object, ...]], depth: int) -> None:
    from coupling.link import calls, members

    whole = names.full(frame, value)
    inner = [v for k, v in whole.items.items() if not k.startswith(".")] + ([whole.elem] if whole.elem is not None else [])
    for task in [t for t in whole.things if isinstance(t, Obj) and t.key not in started] if depth else ():
        started.add(task.key)
        _perform(frame, _required(frame, task, place), place, started, depth - 1)
        if members.class_member(frame.run, task.cls, "run") is not None:
            calls.call_method(frame, Abs(things=(task,)), "run", [], {}, place, -1)
    for part in inner if depth else ():
        _perform(frame, part, place, started, depth - 1)


def _clone(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``self.clone(Train, date=x)``: a task of that class with what this one has of its parameters."""
    from coupling.link import calls, objects

    own = {k: v for task in _this(frame) for k, v in objects.attributes(frame, Abs(things=(task,))).items()}
    classes = [t for t in (args[0] if args else keywords.pop("cls", NOTHING)).things if isinstance(t, Class)]
    return union(calls.construct(frame, cls, [], {**own, **keywords}, place) for cls in classes)


FUNCTIONS: dict[str, Handler] = {
    **{f"luigi.{name}": _target for name in _TARGETS},
    **{f"luigi.{name}": _parameter for name in _PARAMETERS},
    **{f"luigi.{name}.input": _input for name in _TASKS},
    **{f"luigi.{name}.clone": _clone for name in _TASKS},
    f"{TARGET}.open": _open,
    "luigi.build": _build,
    "luigi.run": _build,
}
"""By API path."""
