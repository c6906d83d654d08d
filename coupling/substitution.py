"""How a name came to be: the expression in the code, and what each name in it stands for, step by step.

Comes in: the facts of all files and the places that led to a call. Goes out: steps, each with its place. It reads the value graph as
it stands, across modules and along the calls of the chain; it decides nothing that link decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from coupling.core.facts import FileFacts, Param, Scope, Value, line_in_file
from coupling.core.graph import Edge
from coupling.core.secrets import hide
from coupling.core.source import Span
from coupling.core.template import render
from coupling.link.index import SETTINGS, Index
from coupling.link.values import ROOT, AssetRef, Place
from coupling.readback import readback

if TYPE_CHECKING:
    from coupling.link.events import Access, LinkedRepo, Store

MOST_STEPS, MOST_VALUES, DEEPEST = 12, 2_000, 5
SHORTEST_SETTING = 4
"""A shorter value of a settings file stands in too many names to say that this one has it from there."""


class Step(NamedTuple):
    """``name`` stands for ``text`` at a place."""

    name: str
    text: str
    span: Span


class Names:
    """Answers for all files of one repository."""

    def __init__(self, facts: Sequence[FileFacts], paths: Iterable[str]) -> None:
        self.files = {file.path: file for file in facts}
        self.index = Index(facts, frozenset(paths))
        self._calls: dict[str, dict[int, list[Value]]] = {}

    def span(self, place: Place) -> Span:
        """A place as a line of its file: those of notebooks count in the lowered program."""
        file = self.files.get(place.path)
        return Span(place.path, line_in_file(place.line, file.cells) if file else place.line)

    def expression(self, chain: Sequence[Place], verb: str) -> str:
        """The arguments of the call that an event stands at, as the code writes them; only those that hold a name."""
        file, call = self._call(chain, verb)
        if file is None or call is None:
            return ""
        return ", ".join(readback(file, part) for part in call.parts[1:] if _says(file, part))

    def steps(self, chain: Sequence[Place], verb: str) -> list[Step]:
        """What the names in that call stand for, in the order in which a reader meets them."""
        file, call = self._call(chain, verb)
        if file is None or call is None:
            return []
        seen: set[tuple[str, int]] = set()
        made = (step for part in call.parts[1:] if _says(file, part) for step in self._of(file, part, chain[:-1], 0, seen))
        return list(dict.fromkeys(islice(made, MOST_STEPS)))

    def settings(self, name: str, read: Iterable[str]) -> list[Step]:
        """Values of the settings files in ``read`` that stand in a name."""
        found: dict[str, Step] = {}
        for file in filter(None, map(self.files.get, sorted(set(read)))):
            for value in file.values if file.parser == SETTINGS else ():
                if value.op == "text" and value.text not in found and _is_in(value.text, name):
                    found[value.text] = Step("a setting", f'"{hide(value.text)}"', self.span(Place(file.path, value.line)))
        return [step for text, step in found.items() if not any(text in other != text for other in found)]

    def all_steps(self, chain: Sequence[Place], why: str, asset: AssetRef, read: Iterable[str]) -> list[Step]:
        """The steps of an event with the rule ``why``, and the settings in the files that its unit has ``read``."""
        verb = why.partition(" (")[0].rsplit(".", 1)[-1]
        settings = self.settings(name_of(asset), read) if self.expression(chain, verb) else []
        return [*self.steps(chain, verb), *settings]

    def _call(self, chain: Sequence[Place], verb: str) -> tuple[FileFacts | None, Value | None]:
        """The call at the end of a chain: the one that the rule names, else the only one on the line."""
        file = self.files.get(chain[-1].path) if chain else None
        if file is None:
            return None, None
        calls = self._on_line(file, chain[-1].line)
        named = [call for call in calls if _callee(file, call) == verb]
        return file, next(iter(named), calls[0] if len(calls) == 1 else None)

    def _on_line(self, file: FileFacts, line: int) -> list[Value]:
        """The calls on a line."""
        if file.path not in self._calls:
            found = self._calls.setdefault(file.path, {})
            for value in file.values:
                if value.op == "call":
                    found.setdefault(value.line, []).append(value)
        return self._calls[file.path].get(line, [])

    def _leaves(self, file: FileFacts, number: int) -> list[int]:
        return [leaf for leaf in _walk(file, number) if self._is_name(file, leaf)]

    def _is_name(self, file: FileFacts, number: int) -> bool:
        value = file.values[number]
        return value.op == "param" or self._definition(file, value) is not None

    def _of(self, file: FileFacts, number: int, outer: Sequence[Place], depth: int, seen: set[tuple[str, int]]) -> Iterator[Step]:
        for leaf in self._leaves(file, number) if depth <= DEEPEST else ():
            value = file.values[leaf]
            if (file.path, leaf) in seen:
                continue
            seen.add((file.path, leaf))
            if value.op == "param":
                yield from self._passed(file, leaf, outer, depth, seen)
            elif found := self._definition(file, value):
                there, target = found
                yield self._step(value.text.rsplit(".", 1)[-1], there, target)
                yield from self._of(there, target, (), depth + 1, seen)

    def _step(self, name: str, file: FileFacts, number: int) -> Step:
        return Step(name, _value(name, file, number), self.span(Place(file.path, file.values[number].line)))

    def _definition(self, file: FileFacts, value: Value) -> tuple[FileFacts, int] | None:
        """Where a name of the module, or one that is imported from a module of the repository, gets its value."""
        if value.op == "free":
            number = dict(file.scopes[0].names).get(value.text, -1) if file.scopes else -1
            return self._if_value(file, number)
        if value.op == "import" and (found := self.index.module(value.text, file.path)):
            there = self.files.get(found[0])
            names = dict(there.scopes[0].names) if there and there.scopes else {}
            return self._if_value(there, names.get(found[1], -1)) if there else None
        return None

    def _if_value(self, file: FileFacts, number: int) -> tuple[FileFacts, int] | None:
        """Data only: what functions, classes and modules are called says nothing about a name."""
        if not 0 <= number < len(file.values):
            return None
        value = file.values[number]
        if value.op == "import":
            return self._definition(file, value)
        return None if value.op in ("func", "class", "lambda", "free") else (file, number)

    def _passed(self, file: FileFacts, leaf: int, outer: Sequence[Place], depth: int, seen: set[tuple[str, int]]) -> Iterator[Step]:
        """What the nearest caller gives for a parameter, else its default."""
        found = _parameter(file, leaf)
        if found is None:
            return
        scope, position, param = found
        for at in range(len(outer) - 1, -1, -1):
            caller = self.files.get(outer[at].path)
            number = self._given(caller, outer[at].line, scope, position, param) if caller else -1
            if caller is not None and number >= 0:
                yield Step(param.name, _value(param.name, caller, number), self.span(outer[at]))
                yield from self._of(caller, number, outer[:at], depth + 1, seen)
                return
        if 0 <= param.default < len(file.values):
            yield self._step(param.name, file, param.default)

    def _given(self, caller: FileFacts, line: int, scope: Scope, position: int, param: Param) -> int:
        """The value that a call of the function on a line hands over. ``__init__`` is called by a class's name: any call will do."""
        for call in self._on_line(caller, line):
            if _callee(caller, call) == scope.name or scope.name == "__init__":
                number = _argument(call, param.name, position - (scope.name == "__init__"))
                if 0 <= number < len(caller.values):
                    return number
        return -1


def origins(names: Names, linked: LinkedRepo) -> Callable[[Span, Edge], list[str]]:
    """For a hop and its edge: the substitutions behind the name of what is read or written there, a line each."""
    stored: tuple[Access | Store, ...] = (*linked.accesses, *linked.stores)
    read: dict[str, list[str]] = {}
    for access in linked.accesses:
        if access.verb == "reads":
            read.setdefault(access.unit.id, []).append(name_of(access.asset))
    by_place: dict[tuple[str, int], list[Access | Store]] = {}
    for event in stored:
        span = names.span(event.chain[-1]) if event.chain else Span("")
        by_place.setdefault((span.path, span.line), []).append(event)

    def told(span: Span, edge: Edge) -> list[str]:
        here = [each for each in by_place.get((span.path, span.line), ()) if _is_end(name_of(each.asset), edge)]
        own = [each for each in here if each.unit.id == edge.unit] or here
        steps = [step for event in own[:1] for step in names.all_steps(event.chain, event.why, event.asset, read.get(event.unit.id, ()))]
        return [f"{step.name} = {step.text}  {step.span.path}:{step.span.line}" for step in dict.fromkeys(steps)]

    return told


def name_of(asset: AssetRef) -> str:
    """As the report writes it: a path from the root of the repository without the sign for the root."""
    name = render(asset.name)
    return name.removeprefix(f"{ROOT}/") + (f" in folder {asset.cwd}" if asset.cwd and not name.startswith("/") else "")


def _is_end(name: str, edge: Edge) -> bool:
    return any(end.endswith(name.split(" in folder ")[0]) for end in (edge.source, edge.target))


def _is_in(text: str, name: str) -> bool:
    return len(text) >= SHORTEST_SETTING and text.strip("./") in name


def _value(name: str, file: FileFacts, number: int) -> str:
    """What a name stands for; nothing that is called a password is told."""
    return hide(f"{name} = {readback(file, number)}").removeprefix(f"{name} = ")


def _says(file: FileFacts, number: int) -> bool:
    """Whether an argument can be a name that is not written out: literals and conditions are none."""
    if not 0 <= number < len(file.values) or file.values[number].op in ("unary", "compare"):
        return False
    return any(file.values[leaf].op in ("param", "free", "import") for leaf in _walk(file, number))


def _walk(file: FileFacts, number: int) -> Iterator[int]:
    """The leaves of an expression from left to right, each once. Of a changed value, what it was before: its name comes from there."""
    todo, seen = [number], set[int]()
    while todo and len(seen) < MOST_VALUES:
        here = todo.pop()
        if here in seen or not 0 <= here < len(file.values):
            continue
        seen.add(here)
        value = file.values[here]
        if not value.parts:
            yield here
        parts = value.parts[:1] if value.op in ("after", "update", "setattr") else value.parts
        todo += reversed(parts)


def _callee(file: FileFacts, call: Value) -> str:
    value = file.values[call.parts[0]] if call.parts and 0 <= call.parts[0] < len(file.values) else Value("none")
    return value.text.rsplit(".", 1)[-1]


def _parameter(file: FileFacts, leaf: int) -> tuple[Scope, int, Param] | None:
    for scope in file.scopes:
        for position, param in enumerate(scope.params):
            if param.value == leaf:
                return scope, position, param
    return None


def _argument(call: Value, name: str, position: int) -> int:
    keyed: Mapping[str, int] = dict(zip(call.keys, call.parts[1:], strict=False))
    if name in keyed:
        return keyed[name]
    if position < 0:
        return -1
    free = [part for key, part in zip(call.keys, call.parts[1:], strict=False) if not key]
    return free[position] if position < len(free) else -1
