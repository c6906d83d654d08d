"""Commands in groups: the words of a command line choose among a group's commands, as click and typer do.

Comes in: a group (a decorated function, or a Typer object) and words. Goes out: the results of the commands that the words choose;
where no word is known, of all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from coupling.link import commands
from coupling.link.commands import Declared
from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, Abs, Api, Args, Func, Keywords, Place, text, union
from coupling.link.words import canonical

if TYPE_CHECKING:
    from coupling.link.frames import Frame, UnitRun

Group = tuple[object, ...]
Words = tuple[Abs, ...] | None
DEEPEST = 5
_TYPER = "typer.Typer"


def of(thing: object) -> Group | None:
    """The group that a thing of the program is."""
    if isinstance(thing, Func):
        return ("group", thing.file, thing.scope)
    return thing.key if isinstance(thing, Api) and thing.path == _TYPER and thing.key else None


def descend(frame: Frame, group: Group | None, argv: Words, place: Place, own: Func | None = None, depth: int = 0) -> Abs:
    """Run the commands of a group that the words choose, after the group's own function."""
    if group is None or depth > DEEPEST:
        return NOTHING
    frame.run.store((*group, "ran"), text("True"))
    known = _members(frame.run, group)
    own = own or _callback(frame.run, group)
    at = next((n for n, word in enumerate(argv or ()) if canonical(word.literal or "-") in known), None)
    before, rest = (argv, None if len(known) > 1 else argv) if argv is None or at is None else (argv[:at], argv[at + 1 :])
    results = [commands.as_command(frame, own, place, commands.declared(frame.run.engine, own).options, before)] if own is not None else []
    chosen = list(known.values()) if argv is None or at is None else [known[canonical(argv[at].literal or "")]]
    results += [_run(frame, one, rest, place, depth) for one in chosen]
    return union(results)


def _run(frame: Frame, one: Func | Group, argv: Words, place: Place, depth: int) -> Abs:
    if not isinstance(one, Func):
        return descend(frame, one, argv, place, None, depth + 1)
    found = commands.declared(frame.run.engine, one)
    if found.kind == "group":
        return descend(frame, of(one), argv, place, one, depth + 1)
    return commands.as_command(frame, one, place, found.options, argv)


def _members(run: UnitRun, group: Group) -> dict[str, Func | Group]:
    """The commands of a group by name: functions of loaded modules that say so, and what was added to it."""
    found: dict[str, Func | Group] = {d.name: f for f, d in _declarations(run) if d.group == group and d.kind in ("command", "group")}
    for name, added in run.load((*group, "added")).items.items():
        for thing in added.things:
            if isinstance(thing, Func):
                found[name] = thing
            elif (inner := of(thing)) is not None:
                found[name] = inner
    return found


def _callback(run: UnitRun, group: Group) -> Func | None:
    return next((f for f, d in _declarations(run) if d.group == group and d.kind == "callback"), None)


def _declarations(run: UnitRun) -> Iterator[tuple[Func, Declared]]:
    """Decorated functions of the modules that the unit has loaded."""
    for path, module in list(run.modules.items()):
        if path == module.file.path and module.scope_index == 0:
            yield from _of_module(run, module)


def _of_module(run: UnitRun, module: Frame) -> Iterator[tuple[Func, Declared]]:
    for index, scope in enumerate(module.file.scopes):
        if scope.kind == "function" and scope.parent == 0 and scope.decorators:
            func = Func(module.file.path, index, module, name=scope.name)
            yield func, commands.declared(run.engine, func)


def script_commands(run: UnitRun, module: Frame) -> None:
    """Functions of a script that decorators make commands run as the command line says, when the script itself did not."""
    path = module.file.path
    found = [(f, d) for f, d in _of_module(run, module) if d.command and d.config is None and (path, f.scope) not in run.engine.reached]
    place = Place(path, 1)
    for root in dict.fromkeys(_root(run, d.group) for _, d in found if d.group is not None):
        if not run.heap.get((*root, "ran")) and not _started_elsewhere(run, root):
            own = next((f for f, _ in _declarations(run) if of(f) == root), None)
            descend(module, root, run.argv, place, own)
    alone = [(f, d) for f, d in found if d.group is None and d.kind != "group"]
    first = canonical(run.argv[0].literal or "") if run.argv else ""
    chosen = [(f, d) for f, d in alone if d.name == first] if len(alone) > 1 else []
    argv = run.argv[1:] if run.argv and chosen else run.argv
    for func, known in chosen or alone:
        commands.as_command(module, func, Place(path, module.file.scopes[func.scope].line), known.options, argv)


def _started_elsewhere(run: UnitRun, group: Group) -> bool:
    """Whether another unit's words chose among the commands of the group: the others are then no part of this unit."""
    return any(isinstance(one, Func) and (one.file, one.scope) in run.engine.reached for one in _members(run, group).values())


def _root(run: UnitRun, group: object) -> Group:
    """The outermost group around a group."""
    assert isinstance(group, tuple)
    for _ in range(DEEPEST):
        above = next((d.group for f, d in _declarations(run) if of(f) == group), None) or _holder(run, group)
        if not isinstance(above, tuple) or above == group:
            break
        group = above
    return group


def _holder(run: UnitRun, group: Group) -> Group | None:
    for key in [k for k in run.heap if k[-1:] == ("added",)]:
        if any(of(t) == group for added in run.heap[key].items.values() for t in added.things):
            return key[:-1]
    return None


# --- making groups ---


def method(frame: Frame, func: Func, name: str, args: Args, keywords: Keywords) -> Abs | None:
    """``cli.add_command(other, "name")`` and ``cli.main()`` of a command function."""
    group = of(func)
    if name == "add_command" and args and group is not None:
        for thing in args[0].things:
            known = (args[1] if len(args) > 1 else keywords.get("name", NOTHING)).literal
            if isinstance(thing, Func):
                known = known or (commands.declared(frame.run.engine, thing).name if thing.frame else "") or thing.name
                frame.run.store((*group, "added"), Abs(items={canonical(known): Abs(things=(thing,))}))
        return NOTHING
    return None


def _typer(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``Typer()`` makes a group; calling the group runs it."""
    for thing in receiver.things:
        if isinstance(thing, Api) and thing.key:
            return descend(frame, thing.key, frame.run.argv, place)
    return Abs(things=(Api(_TYPER, key=("typer", place, frame.chain[-2:])),))


def _add_typer(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    name = keywords.get("name", NOTHING).literal
    for thing in receiver.things:
        if isinstance(thing, Api) and thing.key and args:
            frame.run.store((*thing.key, "added"), Abs(items={canonical(name or f"at {place.line}"): args[0]}))
    return NOTHING


FUNCTIONS: dict[str, Handler] = {
    _TYPER: _typer,
    "typer.Typer.add_typer": _add_typer,
}
"""By API path."""
