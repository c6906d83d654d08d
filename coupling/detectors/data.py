"""What the kinds about data sets ask: is it mutable, who writes it, which models really differ."""

from __future__ import annotations

import posixpath
import re

from coupling.core.graph import Edge
from coupling.core.template import is_pattern, literal_size
from coupling.detectors.finding import title
from coupling.detectors.flow import Flow, Way

NO_WRITER = frozenset({"test", "tests", "conftest", "seed", "seeds", "seeder", "fixture", "fixtures", "migration", "migrations", "alembic"})
STAGES = frozenset({"stage", "step", "target", "task", "job", "workflow"})
DECLARING = (".yaml", ".yml", ".json", ".toml", "Makefile", "MLproject")
_HOLE = re.compile(r"\{([^{}]*)\}")
WRITES = ("writes", "derives", "predicts")


DATED = re.compile(r"(19|20)\d\d[-_./]?(0\d|1[0-2])|(?<![a-z0-9])(19|20)\d\d(?!\d)|(?<![a-z])v\d+(?![a-z])", re.I)
DATING = frozenset(
    "date day month year time timestamp ds dt now today version revision commit sha hash digest uuid run tag snapshot epoch".split()
)
PASSING = frozenset({"tmp", "temp", "tempdir", "tmpdir", "temporary", "cache"})
LEAST_SAID = 3
STATEMENT = "sql.train"
"""Why a model is trained that a database keeps under its name (``CREATE MODEL``)."""


def is_pinned(flow: Flow, asset: str) -> bool:
    """Versioned, kept in an artifact store, a file in git that the repository's own history pins, or a name that holds its date or
    version."""
    node = flow.nodes.get(asset)
    if node is not None and node.type == "artifact":
        return True
    if any(tag == "committed" or tag.startswith("versioned") for tag in flow.tags(asset)):
        return True
    name = _name(flow, asset)
    return bool(DATED.search(name)) or any(not DATING.isdisjoint(_words(hole)) for hole in _HOLE.findall(name))


def says_enough(flow: Flow, asset: str) -> bool:
    """A stored data set whose own name is known and which is meant to stay."""
    node = flow.nodes.get(asset)
    if node is None or node.type not in ("file", "table") or PASSING & set(_words(node.name)):
        return False
    own = node.name.rpartition(".")[2] if node.type == "table" else posixpath.splitext(posixpath.basename(node.name))[0]
    return literal_size(own) >= (LEAST_SAID if is_pattern(node.name) else 1)


def _name(flow: Flow, asset: str) -> str:
    node = flow.nodes.get(asset)
    return node.name if node else asset


def _words(name: str) -> list[str]:
    return re.split(r"[^a-z0-9]+", name.lower())


def place_of(flow: Flow, unit: str, edge: int = -1) -> str:
    """The file in which a unit stands: by its node, else by the edge's evidence, else its id."""
    found = flow.nodes.get(unit)
    if found and found.at:
        return found.at[0].path
    spans = flow.edges[edge].evidence if edge >= 0 else ()
    return spans[0].path if spans else unit


def is_no_writer(flow: Flow, unit: str, path: str) -> bool:
    """Seeds, migrations and tests, by tag or by a word of their path."""
    found = flow.nodes.get(unit)
    words = re.split(r"[^a-z0-9]+", f"{path} {found.name if found else unit}".lower())
    return "test" in flow.tags(unit) or not NO_WRITER.isdisjoint(words)


def writers(flow: Flow, asset: str, depth: int = 2) -> dict[str, Way]:
    """File of a writing unit -> one edge into the asset, or into another name of it and from there. A stage that only
    declares what a script writes is left out when a script is there."""
    found: dict[str, Way] = {}
    staged: dict[str, Way] = {}
    for index in flow.incoming(asset, *WRITES):
        edge = flow.edges[index]
        if edge.kind == "derives" and not edge.unit:
            if depth:
                found.update({p: (*way, index) for p, way in writers(flow, edge.source, depth - 1).items() if p not in found})
            continue
        unit = edge.source if edge.kind == "writes" else edge.unit
        path = place_of(flow, unit, index)
        if is_no_writer(flow, unit, path):
            continue
        node = flow.nodes.get(unit)
        only_declares = path.endswith(DECLARING) or (node is not None and node.type in STAGES)
        home = staged if only_declares else found
        home.setdefault(path, (index,))
    return found or staged


def kept(flow: Flow, model: str, unit: str) -> bool:
    """Whether a model outlives the unit that trains it: saved, served, used in another, or made by a statement that names it."""
    if any(flow.edges[i].why.startswith(STATEMENT) for i in flow.fitted_on(model)):
        return True
    if flow.outgoing(model, "saves", "serves", "initialises") or flow.incoming(model, "loads"):
        return True
    return any(flow.edges[i].unit != unit for i in flow.outgoing(model, "predicts", "feeds"))


def different(flow: Flow, trainings: list[int]) -> list[int]:
    """Trainings of models that really differ: one an artifact's name, no fitted components, one of a recipe that several units
    start at one line, and candidates that one unit tries and does not keep count as one."""
    first: dict[str, int] = {}
    units: dict[str, set[str]] = {}
    for index in trainings:
        model = flow.canon(flow.edges[index].target)
        if not flow.is_component(model):
            first.setdefault(model, index)
            units.setdefault(model, set()).add(flow.edges[index].unit)
    chosen: dict[str, int] = {}
    for model, index in first.items():
        unit = flow.edges[index].unit
        alone = unit and units[model] == {unit} and not kept(flow, model, unit)
        chosen.setdefault(f"candidates of {unit}" if alone else title(flow, model), index)
    return without_reruns(flow, list(chosen.values()))


def without_reruns(flow: Flow, uses: list[int]) -> list[int]:
    """Without further runs of one recipe: equal names but for their number, which are an artifact's, or which other units
    make or train at the same line."""
    kept: list[int] = []
    for index in uses:
        edge, name = flow.edges[index], recipe(title(flow, flow.canon(flow.edges[index].target)))
        if not any(name == recipe(title(flow, flow.canon(flow.edges[i].target))) and _is_rerun(flow.edges[i], edge, name) for i in kept):
            kept.append(index)
    return kept


def _is_rerun(first: Edge, second: Edge, name: str) -> bool:
    if not name.endswith(")"):
        return True
    return first.unit != second.unit and first.evidence[-1:] == second.evidence[-1:]


def recipe(name: str) -> str:
    """A model without the number that tells apart the places that make it by one name."""
    stem, _, number = name.rpartition("#")
    return stem if number.isdecimal() else name
