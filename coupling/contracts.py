"""Put the contracts of the configuration into the graph, their words resolved to nodes.

Comes in: a graph with owners and the ``contracts`` entries. Goes out: the graph with ``contracts``, and a ``Problem`` for each word that
means nothing in it. Whether a contract is kept, the detector of broken contracts says.

A word is the name or pattern of models and data sets, or says what it is: ``model:ranker*``, ``data:ml.*``, ``folder:teams/*``,
``owner:@scoring``. A folder or an owner means the models that their code trains and the data that their code writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import NamedTuple

from coupling.config import Config
from coupling.config import Contract as Written
from coupling.core.errors import did_you_mean
from coupling.core.graph import Contract, DataGraph, Group, Node
from coupling.core.names import called, suggestion, title
from coupling.core.source import Problem, Span

SPACES = ("model", "data", "folder", "owner")
_USES = {"training": ("train",), "prediction": ("infer",), "any": ("train", "infer")}
_TRAINS = ("trains", "feeds")
_STORES = ("predicts", "derives", "records", "saves")


class Word(NamedTuple):
    """A word of a contract: what kind of thing it names ('' for a model or a data set), and its name or pattern."""

    space: str
    name: str


def declare(graph: DataGraph, config: Config, below: str = "") -> tuple[DataGraph, tuple[Problem, ...]]:
    """The graph with the contracts. ``below`` is the analysed folder as seen from the configuration, whose paths patterns match."""
    if not config.contracts:
        return graph, ()
    reader = _Reader(graph, below)
    made = tuple(reader.contract(entry, Span(config.file, entry.line)) for entry in config.contracts)
    return graph._replace(contracts=made), tuple(reader.problems)


def word_of(text: str) -> Word:
    space, colon, name = text.partition(":")
    return Word(space, name.strip()) if colon and space in SPACES else Word("", text)


class _Reader:
    def __init__(self, graph: DataGraph, below: str) -> None:
        self.graph, self.below = graph, below
        self.things = tuple(node for node in graph.nodes if node.kind in ("model", "asset"))
        self.units = tuple(node for node in graph.nodes if node.kind == "unit")
        self.trainers = _ends(graph, _TRAINS) or {}
        self.askers = _ends(graph, ("infers", "predicts"), sources=("predicts",))
        self.problems: list[Problem] = []

    def contract(self, entry: Written, place: Span) -> Contract:
        read = self._writers if entry.type == "protected" else self._groups
        sources, targets = self._all(entry, entry.subject, self._groups, place), self._all(entry, entry.object, read, place)
        if entry.type in ("independent", "acyclic") and 0 < len(sources) < 2:
            self._problem(entry, f"is between one thing only, {sources[0].name}: it can never be broken", place)
        return Contract(entry.name, entry.type, sources, targets, _USES[entry.reach or "any"], entry.severity, place)

    def _all(self, entry: Written, words: tuple[str, ...], read: Callable[[Word], list[Group]], place: Span) -> tuple[Group, ...]:
        found: dict[str, Group] = {}
        for text in words:
            groups = read(word_of(text))
            if not groups:
                self._problem(entry, f"names `{text}`, which {self._nothing(word_of(text))}", place)
                groups = [Group(text, ())] if read == self._writers else []  # the rest of the message has to name who may
            found.update((group.name, group) for group in groups)
        return tuple(found.values())

    def _problem(self, entry: Written, what: str, place: Span) -> None:
        self.problems.append(Problem(f"the contract `{entry.name}` {what}", place))

    def _nothing(self, word: Word) -> str:
        if word.space == "folder":
            return f"is no folder with code that was understood{did_you_mean(word.name, sorted(self._folders()))}"
        if word.space == "owner":
            known = sorted({name for unit in self.units for name in unit.owner.split()})
            return f"owns no code that was understood{did_you_mean(word.name, known)}"
        kinds = {"model": ("model",), "data": ("asset",)}.get(word.space, ("model", "asset"))
        what = {"model": "model", "data": "data set"}.get(word.space, "model and no data set")
        return f"is no {what} of the repository{suggestion(word.name, (node for node in self.things if node.kind in kinds))}"

    def _groups(self, word: Word) -> list[Group]:
        """Every model or data set for itself; a folder or an owner as one."""
        if word.space == "owner":
            return _some(f"owner:{word.name}", self._made_by(lambda unit: word.name in unit.owner.split()))
        if word.space == "folder":
            folders = sorted(folder for folder in self._folders() if _same_depth(folder, word.name))
            return [group for folder in folders for group in _some(f"{folder}/", self._made_by(lambda unit, f=folder: self._in(unit, f)))]  # type: ignore[misc]
        wanted = {"model": "model", "data": "asset"}.get(word.space)
        return [Group(title(node), (node.id,)) for node in self.things if wanted in (None, node.kind) and called(node, word.name)]

    def _writers(self, word: Word) -> list[Group]:
        """The units that a word allows to write: those of a folder, of an owner, or of files by name."""
        if word.space == "owner":
            return _some(f"owner:{word.name}", [unit.id for unit in self.units if word.name in unit.owner.split()])
        folders = [folder for folder in self._folders() if _same_depth(folder, word.name)]
        inside = [unit.id for unit in self.units if any(self._in(unit, folder) for folder in folders)]
        files = [] if word.space else [unit.id for unit in self.units if fnmatchcase(self._path(unit), word.name)]
        return _some(word.name, [*inside, *files])

    def _folders(self) -> set[str]:
        """Every folder that holds code, however deep, as the configuration sees it."""
        parts = [self._path(unit).split("/")[:-1] for unit in self.units]
        return {"/".join(path[:depth]) for path in parts for depth in range(1, len(path) + 1)}

    def _path(self, unit: Node) -> str:
        return self.below + (unit.at[0].path if unit.at else unit.name.partition(":")[0])

    def _in(self, unit: Node, folder: str) -> bool:
        return self._path(unit).startswith(f"{folder}/")

    def _made_by(self, mine: Callable[[Node], bool]) -> list[str]:
        """The models that these units train (or ask, where nobody trains them) and the data that they write."""
        units = {unit.id for unit in self.units if mine(unit)}
        asked = {model for model, by in self.askers.items() if model not in self.trainers and by & units}
        trained = {model for model, by in self.trainers.items() if by & units}
        stored = {edge.target for edge in self.graph.edges if edge.kind in _STORES and edge.unit in units}
        return sorted(trained | asked | stored | {e.target for e in self.graph.edges if e.kind == "writes" and e.source in units})


def _ends(graph: DataGraph, kinds: Iterable[str], sources: Iterable[str] = ()) -> dict[str, set[str]]:
    """For each node that edges of these kinds lead to (or, for ``sources``, come from): the units in which that happens."""
    found: dict[str, set[str]] = {}
    for edge in graph.edges:
        if edge.kind in kinds:
            found.setdefault(edge.source if edge.kind in sources else edge.target, set()).add(edge.unit)
    return found


def _some(name: str, nodes: list[str]) -> list[Group]:
    return [Group(name, tuple(sorted(set(nodes))))] if nodes else []


def _same_depth(folder: str, pattern: str) -> bool:
    """``teams/*`` means every folder right below ``teams``, not those below them."""
    parts, wanted = folder.split("/"), pattern.strip("/").removeprefix("./").split("/")
    return len(parts) == len(wanted) and all(fnmatchcase(part, want) for part, want in zip(parts, wanted, strict=True))
