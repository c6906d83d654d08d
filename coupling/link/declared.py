"""Facts that comments state: events of the unit that the comment stands in, and of the call that it stands at.

Comes in: the ``coupling:`` comments of all files (core.marks). Goes out: accesses, trainings and predictions whose place is the
comment's line. A mark beside a call speaks of its value: what the call reads is in its result, what it writes is in its arguments.
Anywhere else a mark is a fact of its function or file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from coupling.core.facts import FileFacts, Scope, Value, line_in_file
from coupling.core.marks import Mark, Named, Wrong, parse
from coupling.core.source import Problem, Span
from coupling.core.template import literal
from coupling.link.events import Access, Predict, Store, Train, Unit
from coupling.link.values import Abs, AssetRef, Flow, ModelRef, Output, Place, Read, everything, merge_flows, union

if TYPE_CHECKING:
    from coupling.link.engine import Engine  # noqa: TC004  engine imports this module
    from coupling.link.frames import Frame

WHY = "declared in a comment"
DECLARED = "declared"
"""What the key of a model begins with that a comment names."""
_KINDS = {"python": "script", "notebook": "notebook", "sql": "query", "markdown": "readme"}
_ASSETS = {"folder": "dir"}


class Stated(NamedTuple):
    """A mark and the line of its comment."""

    mark: Mark
    place: Place


class _Teller(NamedTuple):
    """Where events go: the unit, the calls that led there, and what is known of the marked call's value."""

    engine: Engine
    unit: Unit
    chain: tuple[Place, ...]
    flows: tuple[Flow, ...] = ()
    stored: tuple[tuple[Flow, tuple[str, ...]], ...] = ()


class Declared:
    """The marks of a repository. ``at`` finds those of a line with calls; ``rest`` are those that no call has told."""

    def __init__(self, files: Iterable[FileFacts]) -> None:
        self.problems: list[Problem] = []
        self._at: dict[str, dict[int, list[Stated]]] = {}
        self._all: list[Stated] = []
        self._told: set[Stated] = set()
        for file in files:
            if file.comments:
                self._read(file)

    def __bool__(self) -> bool:
        return bool(self._all)

    def _read(self, file: FileFacts) -> None:
        lines = sorted({value.line for value in file.values if value.line} | {scope.line for scope in file.scopes[1:]})
        calls = {value.line for value in file.values if value.op == "call"}
        for comment in file.comments:
            mark = parse(comment.text)
            if isinstance(mark, Wrong):
                self.problems.append(Problem(mark.what, Span(file.path, line_in_file(comment.line, file.cells))))
            elif mark is not None:
                stated = Stated(mark, Place(file.path, comment.line))
                self._all.append(stated)
                line = _target(comment.line, comment.alone, lines)
                if line in calls:
                    self._at.setdefault(file.path, {}).setdefault(line, []).append(stated)

    def applied(self, frame: Frame, value: Value, result: Abs, given: Callable[[], list[Abs]]) -> Abs:
        """A call's result, with what the marks on its line say; ``given`` are its receiver and arguments."""
        found = self._at.get(frame.file.path, {}).get(value.line, ())
        for stated in found:
            self._told.add(stated)
            result = union((result, _of_call(frame, stated, given())))
        return result

    def rest(self, engine: Engine, tags: Callable[[str], tuple[str, ...]]) -> None:
        """Tell what no call has told, as facts of the function or file that the comment stands in."""
        units = sorted({event.unit for told in (engine.accesses, engine.trains, engine.predicts, engine.stores) for event in told.values()})
        for stated in self._all:
            if stated not in self._told:
                file = engine.index.files[stated.place.path]
                _tell(_Teller(engine, _unit(file, stated.place.line, units, tags), ()), stated)


def _target(line: int, alone: bool, lines: list[int]) -> int:
    """The line that a comment speaks of: its own or, for one that stands alone, the next that says something."""
    if alone:
        return next((at for at in lines if at > line), 0)
    return next((at for at in reversed(lines) if at <= line), 0)


def _of_call(frame: Frame, stated: Stated, given: list[Abs]) -> Abs:
    from coupling.link.storing import stored

    flows, models = stored(given)
    teller = _Teller(frame.run.engine, frame.run.unit, frame.chain, merge_flows(*map(everything, given)), flows)
    if not frame.run.muted:
        frame.run.recall.told += 1
        _tell(teller, stated, models, frame.run.cwd)
    return Abs(flows=_made(stated, frame.run.cwd))


def _made(stated: Stated, cwd: str) -> tuple[Flow, ...]:
    """What the result of the marked call is made of."""
    mark, place = stated
    if mark.verb == "predicts":
        return (Flow(Output(_model(mark.model)), (), (place,)),)
    return tuple(_read(named, place, cwd) for named in mark.data) if mark.verb == "reads" else ()


def _tell(teller: _Teller, stated: Stated, models: tuple[ModelRef, ...] = (), cwd: str = "") -> None:
    mark, place = stated
    named = tuple(_read(each, place, cwd) for each in mark.sources)
    for flow in (*named, *(_read(each, place, cwd) for each in mark.data if mark.verb == "reads")):
        assert isinstance(flow.origin, Read)
        _access(teller, "reads", flow.origin.asset, place)
    if mark.verb == "writes":
        flows = tuple((flow, ()) for flow in named) or teller.stored
        for each in mark.data:
            _access(teller, "writes", _asset(each, cwd), place, flows, models)
    elif mark.verb == "trains":
        trained = tuple((mark.role, flow) for flow in named or teller.flows)
        key = (teller.unit, _model(mark.model), place, mark.role)
        teller.engine.trains[key] = Train(teller.unit, _model(mark.model), (*teller.chain, place), WHY, trained)
    elif mark.verb == "predicts":
        _predicts(teller, stated, named, cwd)


def _predicts(teller: _Teller, stated: Stated, named: tuple[Flow, ...], cwd: str) -> None:
    mark, place = stated
    model = _model(mark.model)
    teller.engine.predicts[teller.unit, model, place] = Predict(teller.unit, model, (*teller.chain, place), WHY, named or teller.flows)
    for each in mark.targets:
        _access(teller, "writes", _asset(each, cwd), place, ((Flow(Output(model), (), (place,)), ()),))


def _access(
    teller: _Teller,
    verb: str,
    asset: AssetRef,
    place: Place,
    flows: tuple[tuple[Flow, tuple[str, ...]], ...] = (),
    models: tuple[ModelRef, ...] = (),
) -> None:
    event = Access(teller.unit, verb, asset, (*teller.chain, place), WHY, flows, models)
    teller.engine.accesses[teller.unit, verb, asset, place, teller.chain[:1]] = event
    for model in models:
        store = Store(teller.unit, "saves", model, asset, event.chain, WHY)
        teller.engine.stores.setdefault((teller.unit, "saves", model, asset, place), store)


def _read(named: Named, place: Place, cwd: str) -> Flow:
    return Flow(Read(_asset(named, cwd), place), (), (place,))


def _asset(named: Named, cwd: str) -> AssetRef:
    return AssetRef(_ASSETS.get(named.kind, named.kind), literal(named.name), cwd)


def _model(name: str) -> ModelRef:
    return ModelRef("api", (DECLARED, literal(name)), name)


def _unit(file: FileFacts, line: int, units: list[Unit], tags: Callable[[str], tuple[str, ...]]) -> Unit:
    """The unit of the function around a line, or right below it; else that of the file."""
    scope = _function(file, line)
    name = _qualified(file, scope) if scope is not None else ""
    mine = [unit for unit in units if unit.path == file.path]
    known = next((unit for unit in mine if name and unit.name == name), None) or next((unit for unit in mine if not unit.name), None)
    kind = "function" if name else _KINDS.get(file.parser, "command")
    return known or Unit(file.path, name, kind, 0, tags(file.path))


def _function(file: FileFacts, line: int) -> Scope | None:
    around = [scope for scope in file.scopes if scope.kind == "function" and scope.line - 1 <= line <= scope.end_line]
    return max(around, key=lambda scope: scope.line, default=None)


def _qualified(file: FileFacts, scope: Scope) -> str:
    parent = file.scopes[scope.parent]
    return f"{parent.name}.{scope.name}" if parent.kind == "class" else scope.name
