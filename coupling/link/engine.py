"""Runs units abstractly and collects what they do.

``Engine`` holds what all runs share (index, rules, events); a ``UnitRun`` is one of them. Entering a function binds its parameters,
walks its effects in order and unites what it returns.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from coupling.core.facts import Effect, FileFacts, Param, Scope
from coupling.core.rules import Spec
from coupling.core.source import Problem, Span
from coupling.link import (
    calls,
    choices,
    clicks,
    conditions,
    dagster,
    decorators,
    embedded,
    folders,
    gin,
    gradients,
    interfaces,
    interpolation,
    members,
    metaflow,
    names,
    networks,
    packaging,
    pages,
    roots,
    routes,
    runs,
    sqlfunctions,
    steps,
    tables,
    teachers,
    unroll,
)
from coupling.link.bodies import bodies
from coupling.link.constants import Constants
from coupling.link.declared import Declared
from coupling.link.evaluate import evaluate
from coupling.link.events import Access, Initialise, LinkedRepo, Predict, Serve, Store, Train, Unit
from coupling.link.frames import DEEPEST_CALL, MOST_ENTRIES, Frame, UnitRun, allowance
from coupling.link.index import SETTINGS, Index
from coupling.link.journal import Journal
from coupling.link.recall import Recall
from coupling.link.relations import Relations
from coupling.link.routetable import RouteTable
from coupling.link.runs import Launches
from coupling.link.site import Site, words
from coupling.link.values import (
    NOTHING,
    ROOT,
    UNBOUND,
    Abs,
    Api,
    AssetRef,
    Class,
    Func,
    ModelRef,
    Module,
    Obj,
    Place,
    doubtful,
    hole,
    step,
    text,
    union,
)
from coupling.rulebook import Rulebook

ROUNDS = 3


class Engine(Journal):
    strict = False
    """Whether a fault of ours ends the analysis (in tests) or costs the unit only."""

    def __init__(self, index: Index, rules: Rulebook) -> None:
        super().__init__()
        self.index, self.rules = index, rules
        self.launches = Launches(index)
        self.table = RouteTable(index)
        self.relations = Relations(index)
        self.steps = dagster.Steps(index)
        self.asked = metaflow.Asked(index)
        self.functions = sqlfunctions.Functions(index)
        self.class_bases: dict[str, list[str]] = {}
        self.learners: dict[tuple[str, int], bool] = {}
        self.reached: set[tuple[str, int]] = set()
        self.callers: dict[tuple[str, int], set[tuple[str, int]]] = {}
        """Of functions that were entered: the outermost functions that led there."""
        self.summaries = 0
        self.embedded = embedded.Embedded()
        self.tracked: set[str] = set()
        self.decorators: dict[tuple[str, int, str], bool] = {}
        """What the repository's decorators do."""
        self.built: set[object] = set()
        """Images and stages of projects that somebody has started with more than they say themselves."""
        self.constants = Constants()
        self.loops: dict[str, tuple[FileFacts, unroll.Loops | None]] = {}
        self.contexts: dict[str, tuple[FileFacts, tuple[gradients.Region, ...]]] = {}
        """The ``with`` blocks of files."""
        self.gradless: dict[tuple[str, int], bool] = {}
        """Functions: whether a decorator switches gradients off in them."""
        self.path_annotations: dict[tuple[str, int], bool] = {}
        self.declared = Declared(index.files.values())
        self.problems: list[Problem] = [*self.declared.problems]
        self.spent = 0
        """Evaluations of all units so far."""
        self.unstarted: dict[str, Unit] = {}
        """Scripts that ran with their defaults, for no command was known."""
        self.started: dict[Unit, tuple[Place, ...]] = {}
        self._entry_points: dict[str, str] | None = None

    # --- running ---

    def run(self, run: UnitRun, file: FileFacts, scope: int = 0) -> None:
        """Run a unit until its heap is stable, at most ``ROUNDS`` times."""
        for _ in self._rounds(run):
            run.dirty, run.frames, run.evaluations, run.rounds = False, 0, 0, 0
            run.allowance = allowance(self.spent, "test" in run.unit.tags)
            run.globals, run.steps, run.guarded = {}, {}, 0
            run.modules, run.entries, run.inputs, run.cwd, run.recall = {}, {}, {}, run.home, Recall()
            run.updated = {}
            try:
                self._once(run, file, scope)
            except Exception as error:
                self._cut(error, file, scope)
                return
            self._spend(run, file, scope)
            if not run.dirty:
                return

    def _rounds(self, run: UnitRun) -> range:
        return range(1 if "test" in run.unit.tags else ROUNDS)

    def _spend(self, run: UnitRun, file: FileFacts, scope: int) -> None:
        """Count what a unit took; what was cut short is told."""
        self.spent += run.evaluations
        if run.evaluations > run.allowance:
            problem = Problem("too large to follow whole", Span(file.path, file.scopes[scope].line))
            if problem not in self.problems:
                self.problems.append(problem)

    def _cut(self, error: Exception, file: FileFacts, scope: int) -> None:
        """One unit that cannot be followed costs itself, not the report: it is told as a problem, a fault of ours with its place."""
        if self.strict and not isinstance(error, RecursionError):
            raise error
        what = "nested too deeply to follow whole"
        if not isinstance(error, RecursionError):
            at = error.__traceback__
            while at is not None and at.tb_next is not None:
                at = at.tb_next
            where = f"{at.tb_frame.f_code.co_name}:{at.tb_lineno}" if at is not None else "unknown place"
            what = f"not followed whole, a fault of coupling: {type(error).__name__}: {error} ({where})"
        problem = Problem(what, Span(file.path, file.scopes[scope].line))
        if problem not in self.problems:
            self.problems.append(problem)

    def run_functions(self, run: UnitRun, file: FileFacts, units: dict[int, Unit]) -> None:
        """Run functions as units of their own on one heap; the module's own effects were told by its script."""
        for _ in self._rounds(run):
            run.dirty, run.evaluations, run.rounds, run.steps = False, 0, 0, {}
            run.modules, run.entries, run.inputs, run.imported, run.recall = {}, {}, {}, {}, Recall()
            run.updated = {}
            for scope, unit in units.items():
                run.unit, run.frames, run.evaluations, run.route, run.cwd = unit, 0, 0, "", run.home
                run.globals.clear()
                run.globals.update(run.imported)
                run.guarded = 0
                run.recall.version += 1
                run.allowance = allowance(self.spent, "test" in run.unit.tags)
                try:
                    self._once(run, file, scope)
                except Exception as error:
                    self._cut(error, file, scope)
                self._spend(run, file, scope)
            if not run.dirty:
                break
        self._forget_called(file, units)

    def _forget_called(self, file: FileFacts, units: dict[int, Unit]) -> None:
        """Drop the accesses of functions to names that lack an argument, where another function of the run gives it."""
        forgotten: set[tuple[str, int]] = set()
        for scope, unit in units.items():
            key = (file.path, scope)
            outermost = self.callers.get(key, set()) - forgotten - {key}
            if not self.table.of(file.path, scope) and any((file.path, n) in outermost for n in units):
                forgotten.add(key)
                self.forget_unbound(unit, {param.name for param in file.scopes[scope].params})

    def _once(self, run: UnitRun, file: FileFacts, scope: int) -> None:
        module = self.module_frame(run, file.path)
        if module is None:
            return
        if run.call:
            packaging.called(module, run.call)
        if scope:
            func = Func(file.path, scope, self._around(run, module, scope))
            receiver = self._receiver(run, func)
            place = Place(file.path, file.scopes[scope].line)
            outer = Frame(run, file, 0, None, run.chain)
            given = interfaces.call_interface(outer, func, [], {}, place)
            if given is None and receiver is None:
                given = steps.call(outer, func, [], {}, place)
            if given is None and receiver is not None:
                given = metaflow.joined(outer, func._replace(receiver=receiver), place)
            if given is None:
                routes.handle(outer, func._replace(receiver=receiver), place)

    def _around(self, run: UnitRun, module: Frame, scope: int) -> Frame:
        """The frame that a function's definition stands in."""
        parent = module.file.scopes[scope].parent
        if parent <= 0:
            return module
        owner = module.file.scopes[parent]
        if owner.kind == "class":
            outer = module if owner.parent <= 0 else self._around(run, module, parent)
            return members.class_frame(run, Class(module.file.path, parent, outer, owner.name))
        return Frame(run, module.file, parent, self._around(run, module, parent))

    def _receiver(self, run: UnitRun, func: Func) -> Abs | None:
        if func.frame is None or func.frame.scope.kind != "class":
            return None
        marks = members.decorator_names(run, func)
        if "staticmethod" in marks:
            return None
        cls = Class(func.file, func.frame.scope_index, func.frame.parent, func.frame.scope.name)
        return Abs(things=(cls,)) if "classmethod" in marks else self.symbolic(run, cls)

    def symbolic(self, run: UnitRun, cls: Class) -> Abs:
        """An instance that somebody else made: its constructor has run once, with what its annotations say."""
        key = ("any", cls.file, cls.scope)
        rules = [
            r for path in members.api_bases(run, cls) if (r := self.rules.find(path)) is not None and r.creates in ("model", "component")
        ]
        models = (ModelRef("site", (cls.file, cls.scope), cls.name, rules[0].creates),) if rules else ()
        value = Abs(things=(Obj(cls, key, models),))
        if run.modules.get(str(key)) is None and self.module_frame(run, cls.file) is not None:
            run.modules[str(key)] = run.modules[cls.file]
            found = members.class_member(run, cls, "__init__")
            if found is not None:
                frame = run.modules[cls.file]
                for thing in found[0].things:
                    if isinstance(thing, Func):
                        self.enter(
                            frame,
                            thing._replace(receiver=value),
                            [],
                            {},
                            Place(thing.file, self.index.files[thing.file].scopes[thing.scope].line),
                            owner=found[1],
                        )
        return value

    def module_frame(self, run: UnitRun, path: str) -> Frame | None:
        """The module's frame in this run; its effects happen when it is first wanted, as on import."""
        known = run.modules.get(path)
        if known is not None:
            return known
        file = self.index.files.get(path)
        if file is None or not file.scopes:
            return None
        frame = run.modules[path] = Frame(run, file, 0, None, run.chain)
        if path == run.unit.path or len(run.modules) < 400:
            run.muted += bool(run.unit.name)
            self.walk(frame)
            decorators.register(frame)
            run.muted -= bool(run.unit.name)
            run.imported.update((key, value) for key, value in run.globals.items() if key[0] == path)
        return frame

    def walk(self, frame: Frame) -> None:
        """Let the effects of a scope happen, in order; what a decided condition rules out does not."""
        self._happen(frame, frame.scope.effects)

    def _happen(self, frame: Frame, effects: tuple[Effect, ...]) -> None:
        for rounds, body in unroll.spans(frame, effects):
            for turn in rounds:
                self._happen(turn, body)
            if not rounds:
                self._effects(frame, body)

    def _effects(self, frame: Frame, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            holds = effect.guard < 0 or conditions.guard_holds(frame, effect.guard)
            if holds is False:
                continue
            frame.run.guarded += holds is None
            outer = frame.run.pressed
            if holds is None and (buttons := clicks.pressed(frame, effect.guard)):
                frame.run.pressed = buttons
                frame.run.recall.unsettled()
            value = frame.value(effect.value)
            result = evaluate(frame, effect.value)
            if value.op == "setattr":
                base, new = evaluate(frame, value.parts[0]), evaluate(frame, value.parts[1])
                self.store_attribute(frame, base, value.text, new)
                teachers.stored(frame, base, value.text, new, frame.place(effect.value))
                tables.changed(frame, base, value.text, new, frame.place(effect.value))
                metaflow.changed(frame, base, value.text, new, frame.place(effect.value))
            elif value.op == "update":
                self._store_item(frame, effect.value)
            elif value.op == "call" and result is not None:
                self._mutate(frame, effect.value)
                teachers.happened(frame, result, frame.place(effect.value))
            frame.run.guarded -= holds is None
            frame.run.pressed = outer

    def store_attribute(self, frame: Frame, base: Abs, name: str, new: Abs) -> None:
        run = frame.run
        for thing in base.things:
            if isinstance(thing, Obj):
                value = choices.marked(new, Abs(flows=base.flows))
                teachers.keeps(frame, thing, value)
                if not members.set_property(frame, thing, name, value):
                    run.store((*thing.key, name), value)
                    if not value:
                        run.unsettle((*thing.key, name))
                networks.held(run, thing, value)
            elif isinstance(thing, Class):
                run.store(("class", thing.file, thing.scope, name), new)
            elif isinstance(thing, Module):
                run.store(("global", thing.file, name), new)
            elif thing == Api("__module__"):
                run.store(("global", frame.file.path, name), new)
                run.share((frame.file.path, name), new)
            elif isinstance(thing, Api) and thing.path != "None":
                run.store(("attribute", thing.key or thing.path, name), new)

    def _store_item(self, frame: Frame, index: int) -> None:
        value = frame.value(index)
        base, key, new = (evaluate(frame, part) for part in value.parts)
        calls.stored_item(frame, base, key, new, frame.place(index))
        if base.cells and roots.is_foreign(frame, value.parts[0]):
            stored = choices.put(frame, value.parts[0], key, new)
            for cell in base.cells:
                frame.run.store(cell, roots.as_kept(frame, value.parts[0], stored))
        elif not base.cells and (changed := choices.entry(frame, value.parts[0], key, new)) is not None:
            frame.run.store(*changed)
        elif key.literal is not None and (name := roots.outer_name(frame, value.parts[0])):
            frame.run.store(("global", frame.file.path, name), Abs(items={key.literal: new}))

    def _mutate(self, frame: Frame, index: int) -> None:
        """A method call on a container that other names hold too changes what they see."""
        value = frame.value(index)
        callee = frame.value(value.parts[0])
        if callee.op != "attr" or not roots.is_foreign(frame, callee.parts[0]):
            return
        base = evaluate(frame, callee.parts[0])
        if not base.cells:
            return
        args, keywords = calls.arguments(frame, value)
        if (put := calls.entries(frame, base, callee.text, args, keywords)) is not None:
            for cell in base.cells:
                frame.run.store(cell, roots.as_kept(frame, callee.parts[0], put))
            return
        added = [a for a in calls.mutation(frame, base, callee.text, args, keywords, bare=False) if a]
        for cell in base.cells if added else ():
            frame.run.store(cell, roots.as_kept(frame, callee.parts[0], Abs(elem=union(added))))

    # --- functions ---

    def enter(self, frame: Frame, func: Func, args: list[Abs], keywords: dict[str, Abs], place: Place, owner: Class | None = None) -> Abs:
        """Call a function of the repository with these values."""
        run, key = frame.run, (func.file, func.scope)
        self.reached.add(key)
        asked = run.recall.question(frame, func, args, keywords, owner, place)
        if asked is not None and (known := run.recall.answer(run, asked, frame, place)) is not None:
            return known
        entries = run.entries[key] = run.entries.get(key, 0) + 1
        if run.stack.count(key) > 1 or len(run.stack) >= DEEPEST_CALL or run.frames >= run.most_frames or entries > MOST_ENTRIES:
            self._depend(run, key)
            return self._uncalled(func, args, keywords, place, recursion=key in run.stack)
        run.frames += 1
        self.summaries += 1
        file = self.index.files[func.file]
        mark = run.recall.begin(run)
        inner = Frame(run, file, func.scope, func.frame or self.module_frame(run, func.file), (*frame.chain, place))
        inner.receiver, inner.turn = func.receiver, frame.turn
        inner.owner = (owner.file, owner.scope) if owner else self._owner(func)
        inner.args = self._bind(inner, func, args, keywords)
        if run.stack:
            self.callers.setdefault(key, set()).add(run.stack[0])
        run.stack.append(key)
        run.entered.append((key, inner.serial))
        result = None
        try:
            self.walk(inner)
            result = self._returned(inner, place)
            if run.cwd != mark.cwd and folders.is_context(inner):
                result = folders.left(result, mark.cwd)
            if inner.scope.decorators and inner.parent is not None and gradients.is_decorated(inner.parent, func):
                result = gradients.cut(result)
            return result
        finally:
            run.stack.pop()
            run.entered.pop()
            run.recall.end(run, mark, asked, frame, place, result)

    def _depend(self, run: UnitRun, key: tuple[str, int]) -> None:
        """A call is cut short: for its depth, or by a recursion that may have begun outside of what goes on now."""
        if len(run.stack) >= DEEPEST_CALL:
            run.recall.cut = True
        began = [serial for entered, serial in run.entered if entered == key]
        if len(began) > 1:
            run.recall.oldest = min(run.recall.oldest, began[-2])

    def _owner(self, func: Func) -> tuple[str, int] | None:
        frame = func.frame
        return (frame.file.path, frame.scope_index) if frame is not None and frame.scope.kind == "class" else None

    def _uncalled(self, func: Func, args: list[Abs], keywords: dict[str, Abs], place: Place, recursion: bool) -> Abs:
        result = calls.unknown_result(func.receiver.but(things=()) if func.receiver else NOTHING, args, keywords, place)
        why = "a recursive call" if recursion else "calls nested too deeply to follow"
        return result.but(texts=hole(why, func.name).texts) if not result.flows else result

    def _returned(self, frame: Frame, place: Place) -> Abs:
        scope: Scope = frame.scope
        if scope.yields:
            return Abs(elem=union(evaluate(frame, y) for y in scope.yields))
        parts = [evaluate(frame, r) for r in scope.returns if not conditions.is_ruled_out(frame, r)]
        result = conditions.doubted(union(parts), parts)
        return result.but(flows=step(result.flows, place)) if result.flows else result

    def _bind(self, inner: Frame, func: Func, args: list[Abs], keywords: dict[str, Abs]) -> dict[str, Abs]:
        rest = [func.receiver, *args] if func.receiver is not None else list(args)
        named = dict(keywords)
        bound: dict[str, Abs] = {}
        for param in inner.scope.params:
            if param.kind == "star":
                bound[param.name] = Abs(things=(names.TUPLE,), items={str(i): a for i, a in enumerate(rest)})
                rest = []
            elif param.kind == "starstar":
                extra = named.pop("**", NOTHING)
                bound[param.name] = Abs(things=(names.DICT,), items=named, flows=extra.flows, elem=extra.elem)
            elif param.kind == "positional" and rest:
                bound[param.name] = rest.pop(0) or NOTHING
            elif param.name in named:
                bound[param.name] = named.pop(param.name)
            else:
                bound[param.name] = self.missing(inner, func, param)
                if "**" in named:  # a dict of unknown entries may give it
                    bound[param.name] = doubtful(bound[param.name])
            if param.annotation >= 0:
                bound[param.name] = interfaces.as_annotated(func.frame or inner, param, bound[param.name])
        return bound

    def missing(self, inner: Frame, func: Func, param: Param) -> Abs:
        """A parameter that the call does not give: its default, or what its annotation says, or a hole."""
        around = func.frame or inner
        if bound := gin.parameter(inner.run, func, inner.owner, param.name):
            return bound
        typed = self._annotated(inner.run, around, param)
        if param.default >= 0:
            default = interfaces.field_default(around, param.default)
            if not default.is_none or not typed:
                return default
        return typed or hole(UNBOUND, param.name)

    def _annotated(self, run: UnitRun, around: Frame, param: Param) -> Abs:
        if param.annotation < 0:
            return NOTHING
        for thing in evaluate(around, param.annotation).things:
            if isinstance(thing, Class):
                if len(run.stack) < 8:
                    return self.symbolic(run, thing)
            elif isinstance(thing, Api) and not thing.path.startswith(("builtins.", "typing.", "collections.abc")):
                return Abs(
                    things=(Api(thing.path),),
                    texts=hole(UNBOUND, param.name).texts if thing.path.startswith("pathlib") else (),
                )
        return NOTHING

    # --- the world around a unit ---

    def environment(self, frame: Frame, name: str) -> Abs:
        """A free name of a shell or pipeline file: ``params:a.b`` of params.yaml, else an environment variable."""
        if name.startswith("params:"):
            return self._params(frame, name[7:])
        return self.env_value(frame, name, None)

    def _params(self, frame: Frame, dotted: str) -> Abs:
        folder = frame.file.path.rpartition("/")[0]
        path = self.index.file("params.yaml", (folder, ""))
        value = self.settings(frame.run, path) if path else None
        for key in dotted.split("."):
            value = value.items.get(key) if value is not None else None
        return value if value is not None else hole("a parameter that no file gives", dotted)

    def env_value(self, frame: Frame, name: str, default: Abs | None) -> Abs:
        given = frame.run.env.get(name)
        if given is not None:
            return given
        for path in self.index.env_files:
            if (data := self.settings(frame.run, path)) is not None and name in data.items:
                return data.items[name].but(soft=True)
        if default is not None and not default.is_none:
            return default.but(soft=True)
        return hole(f"environment variable {name} has no default", name)

    def settings(self, run: UnitRun, path: str) -> Abs | None:
        """What a settings file holds."""
        frame = self.module_frame(run, path)
        return members.scope_name(frame, "__data__") if frame is not None else None

    def content(self, frame: Frame, asset: AssetRef) -> Abs | None:
        """The content of a file that lies in the repository, when it is settings."""
        if len(asset.name) != 1 or not isinstance(asset.name[0], str):
            return None
        name = asset.name[0].removeprefix(ROOT + "/")
        folder = frame.run.unit.path.rpartition("/")[0]
        path = self.index.file(name, (asset.cwd, folder, ""))
        found = self.settings(frame.run, path) if path in self.index.files and self.index.files[path].parser == SETTINGS else None
        if found is None or (path or "").endswith((".ini", ".cfg", ".properties")):
            return found  # its reader has a way of its own to fill in references
        return interpolation.interpolated(frame, found)

    # --- other languages, other units ---

    def sql(self, site: Site, statement: Abs, data: list[Abs] | None = None) -> Abs:
        return self.embedded.sql(site.frame, statement, site.place, data or [])

    def command(self, site: Site, spec: Spec) -> Abs:
        """A call that starts a command: one text, a list of words, or a Python script with arguments."""
        value = words(site.args, spec.parts[0]) if spec.kind == "argv" else NOTHING
        value = value or site.arg(spec.parts[0])
        if spec.kind == "shell":
            return self.embedded.shell(site.frame, value, site.place, runs.folder(site.frame, site.keywords))
        if spec.kind == "python":
            rest = [site.arg(choice) for choice in spec.parts[1:]] or site.args[1:]
            return runs.python(site.frame, [value, *rest], runs.parameters(site.path, site.args, site.keywords), site.place) or NOTHING
        return runs.argv(site.frame, value, site.keywords, site.place)

    def entry_points(self, run: UnitRun) -> dict[str, str]:
        """Commands that the repository's own packaging installs: name -> ``module:function``."""
        if self._entry_points is None:
            self._entry_points = {}
            self._entry_points.update(packaging.entry_points(self, run))
        return self._entry_points

    def linked(self, facts: Sequence[FileFacts], paths: Collection[str]) -> LinkedRepo:
        units = {e.unit: None for group in (self.accesses, self.trains, self.predicts, self.stores, self.serves) for e in group.values()}
        problems = (*(p for f in sorted(facts, key=lambda f: f.path) for p in f.problems), *self.problems)
        cells = tuple((f.path, f.cells) for f in sorted(facts, key=lambda f: f.path) if f.cells)
        return LinkedRepo(
            tuple(units),
            tuple(self.accesses.values()),
            tuple(self.trains.values()),
            tuple(self.predicts.values()),
            tuple(self.stores.values()),
            tuple(self.initialises.values()),
            tuple(self.serves.values()),
            tuple(self.computed),
            frozenset(self.tracked),
            frozenset(paths),
            cells,
            problems,
            tuple(self.copies),
            self.summaries,
            tuple(self.handlers.values()),
            pages.collect(self.index.files.values()),
            frozenset(self.monitored),
            self._links(),
            tuple(self.prepared),
            tuple(self.columns),
            tuple((path, bodies(self.index.files[path])) for path in sorted(self.passed()) if path in self.index.files),
        )

    def _links(self) -> tuple[tuple[str, int, str], ...]:
        """Addresses in the texts of files that send mail."""
        files = sorted({place.path for serve in self.serves.values() if serve.kind == "mail" for place in serve.chain})
        return tuple(link for path in files if path in self.index.files for link in pages.links(self.index.files[path]))


__all__ = ["Access", "Engine", "Initialise", "Predict", "Serve", "Store", "Train", "Unit", "text"]
