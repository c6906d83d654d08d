"""Which units there are, and running each: commands first, then scripts, then functions that nothing called."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from coupling.core.facts import FileFacts, Scope
from coupling.core.template import Hole
from coupling.link import interfaces, routes, taught
from coupling.link.engine import Engine
from coupling.link.events import LinkedRepo, Unit
from coupling.link.frames import UnitRun
from coupling.link.index import PYTHON, Index
from coupling.link.runs import Launch
from coupling.link.values import Abs, Class, Place
from coupling.rulebook import Rulebook

COMMANDS = ("shell", "make", "dvc", "dockerfile", "ci", "compose", "mlproject", "spacy_project", "procfile")
LATER = ("mlproject",)
"""Files whose stages others start with parameters: what nobody has started runs with its defaults."""
FORWARD = ("forward", "call", "__call__", "__init__", "setUp", "tearDown")
"""Methods that only run as part of another call: the inside of a network, constructors."""
DECLARING = ("dvc.yaml", "project.yml", "MLproject")
"""Pipeline files that say which steps there are: a step they start is declared."""
MOST_INSTANCES = 24
"""How many different commands of one script are followed each on its own."""


def link(facts: Sequence[FileFacts], rules: Rulebook, paths: Collection[str]) -> LinkedRepo:
    """Find out what the units of a repository do.

    ``paths`` are all its files, analysed or not: names of files resolve against them.
    """
    engine = Engine(Index(facts, paths), rules)
    files = sorted(
        engine.index.files.values(), key=lambda file: file.parser == "dockerfile"
    )  # services start images with more than they say
    for file in files:
        if file.parser in COMMANDS and file.parser not in LATER and file.scopes:
            _commands(engine, file)
    _wordless(engine, files)
    instances: dict[str, int] = {}
    _launches(engine, instances)
    for file in files:
        if file.parser in PYTHON and file.scopes and file.path not in instances:
            unit = Unit(file.path, "", "notebook" if file.parser == "notebook" else "script", 0, _tags(file.path, file))
            engine.unstarted[file.path] = unit
            _script(engine, file, unit, None)
            _launches(engine, instances)
    for file in files:
        if file.parser in LATER and file.scopes:
            _commands(engine, file)
            _launches(engine, instances)
    for file in files:
        if file.parser == "markdown" and file.scopes:
            _readme(engine, file, instances)
    for file in sorted(files, key=lambda file: "test" in _tags(file.path, file)):  # what only a test calls runs by itself
        if file.parser in PYTHON:
            _uncalled(engine, file)
            _launches(engine, instances)
    for file in files:
        if file.parser == "sql" and file.scopes and file.path not in engine.embedded.rendered:
            _script(engine, file, Unit(file.path, "", "query", 0, _tags(file.path, file)), None)
    engine.declared.rest(engine, _tags)
    taught.settle(engine)
    return engine.linked(facts, paths)


def _commands(engine: Engine, file: FileFacts) -> None:
    declared = ("declared",) if file.path.endswith(DECLARING) else ()
    unit = Unit(file.path, "", "command", 0, (*_tags(file.path, file), *declared))
    engine.run(UnitRun(engine, unit), file)


def _wordless(engine: Engine, files: Sequence[FileFacts]) -> None:
    """Drop what shell scripts did by themselves that take words, where something starts them with words."""
    for file in files:
        if file.path in engine.embedded.given and any(v.op == "param" and v.text.isdigit() for v in file.values):
            engine.forget(Unit(file.path, "", "command", 0, _tags(file.path, file)))
            queue = engine.launches.queue
            engine.launches.queue = [each for each in queue if not (each.chain and each.chain[0].path == file.path and _lacks(each))]


def _lacks(launch: Launch) -> bool:
    """Whether words of a command are those of a script that nobody gave any."""
    return any(isinstance(p, Hole) and p.name.isdigit() for word in launch.argv for t in word.texts for p in t)


def _launches(engine: Engine, instances: dict[str, int]) -> None:
    """Run what commands have started, and what that starts in turn. It ends: ``Launches`` takes each command once, and so many at most."""
    while engine.launches.queue:
        launch = engine.launches.queue.pop(0)
        number = instances.get(launch.path, 0)
        file = engine.index.files.get(launch.path)
        if file is None or not file.scopes or number >= MOST_INSTANCES:
            continue
        if not number and launch.path in engine.unstarted:
            engine.forget(engine.unstarted.pop(launch.path))
        instances[launch.path] = number + 1
        kind = "notebook" if file.parser == "notebook" else "script"
        declared = ("declared",) if launch.chain and launch.chain[0].path.endswith(DECLARING) else ()
        _script(engine, file, Unit(launch.path, "", kind, number, (*_tags(launch.path, file), *declared)), launch)


def _script(engine: Engine, file: FileFacts, unit: Unit, launch: Launch | None) -> None:
    run = UnitRun(engine, unit, launch.argv if launch else None, dict(launch.env) if launch else {}, launch.cwd if launch else "")
    if launch is not None:
        engine.started[unit] = run.chain = launch.chain
        run.call, run.mounts = launch.call, launch.mounts
        run.parameters = dict(launch.parameters)
        known = {name for name, _ in file.scopes[0].names}
        for name, value in launch.parameters:
            if name not in known:
                run.store(("global", file.path, name), value)
    engine.run(run, file)
    if file.parser in PYTHON and (module := engine.module_frame(run, file.path)) is not None:
        interfaces.script_commands(run, module)


def _readme(engine: Engine, file: FileFacts, instances: dict[str, int]) -> None:
    """Commands that a README tells people to type: only scripts that nothing else starts with arguments are run so, as guesses."""
    before = len(engine.launches.queue)
    engine.run(UnitRun(engine, Unit(file.path, "", "readme")), file)
    queue, engine.launches.queue = engine.launches.queue, []
    for launch in queue[before:]:
        if launch.path not in instances:
            engine.launches.queue.append(launch)
    _launches(engine, instances)


def _uncalled(engine: Engine, file: FileFacts) -> None:
    """Functions that nothing called, in one run so that what one keeps on an object the other finds; each is its own unit."""
    numbers = [
        n
        for n, s in enumerate(file.scopes)
        if s.kind == "function" and _runs_itself(engine, file, n, s) and (s.name not in FORWARD or _is_deployed(file, s))
    ]
    if not numbers:
        return
    units = {n: Unit(file.path, _qualified(file, file.scopes[n]), "function", 0, _tags(file.path, file)) for n in numbers}
    engine.run_functions(UnitRun(engine, units[numbers[0]]), file, units)


def _is_deployed(file: FileFacts, scope: Scope) -> bool:
    """``__call__`` of a class that a decorator makes a service: requests call it."""
    marks = (file.values[mark] for mark in file.scopes[scope.parent].decorators)
    callees = (file.values[mark.parts[0]] if mark.op == "call" else mark for mark in marks)
    return scope.name == "__call__" and any(callee.text.rpartition(".")[2] == "deployment" for callee in callees)


def _runs_itself(engine: Engine, file: FileFacts, number: int, scope: Scope) -> bool:
    """What nothing called and does not run with another function; a handler of requests, whoever else calls it."""
    if routes.stands_apart(file, scope) or routes.is_contract(file, scope) or engine.table.of(file.path, number):
        return True
    return (file.path, number) not in engine.reached and _stands_alone(file, scope)


def _stands_alone(file: FileFacts, scope: Scope) -> bool:
    """A function of the module or a method of its classes; what is nested in functions runs with them."""
    parent = file.scopes[scope.parent]
    return parent.kind == "module" or (parent.kind == "class" and file.scopes[parent.parent].kind == "module")


def _qualified(file: FileFacts, scope: Scope) -> str:
    parent = file.scopes[scope.parent]
    return f"{parent.name}.{scope.name}" if parent.kind == "class" else scope.name


def _tags(path: str, file: FileFacts | None = None) -> tuple[str, ...]:
    """A test, by its folder, or by its name where there are tests in it: a program without any is one, whatever it is called."""
    parts = path.lower().split("/")
    name = parts[-1]
    named = name.startswith("test_") or name.endswith(("_test.py", "_tests.py"))
    placed = any(p in ("test", "tests", "testing", "integration_tests", "unit_tests") for p in parts[:-1])
    return ("test",) if placed or name == "conftest.py" or (named and (file is None or _holds_tests(file))) else ()


def _holds_tests(file: FileFacts) -> bool:
    """Whether a runner would find tests: functions by their name, or a test library."""
    if file.parser not in PYTHON or not any(scope.kind == "module" for scope in file.scopes):
        return True
    if any(scope.kind == "function" and scope.name.startswith("test") for scope in file.scopes):
        return True
    return any(value.op == "import" and value.text.split(".")[0] in ("unittest", "pytest", "nose") for value in file.values)


__all__ = ["Abs", "Class", "Place", "link"]
