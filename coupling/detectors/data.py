"""What the kinds about data sets ask: is it mutable, who writes it, which models really differ."""

from __future__ import annotations

import re

from coupling.detectors.flow import Flow

NO_WRITER = frozenset({"test", "tests", "conftest", "seed", "seeds", "seeder", "fixture", "fixtures", "migration", "migrations", "alembic"})
STAGES = frozenset({"stage", "step", "target", "task", "job", "workflow"})
DECLARING = (".yaml", ".yml", ".json", ".toml", "Makefile", "MLproject")
WRITES = ("writes", "derives", "predicts")


def is_pinned(flow: Flow, asset: str) -> bool:
    """Versioned, or a file in git that the repository's own history pins."""
    return any(tag == "committed" or tag.startswith("versioned") for tag in flow.tags(asset))


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


def writers(flow: Flow, asset: str) -> dict[str, list[int]]:
    """File of a writing unit -> its edges into the asset. A stage that only declares what a script writes is left out
    when a script is there."""
    found: dict[str, list[int]] = {}
    staged: dict[str, list[int]] = {}
    for index in flow.incoming(asset, *WRITES):
        edge = flow.edges[index]
        unit = edge.source if edge.kind == "writes" else edge.unit
        path = place_of(flow, unit, index)
        if is_no_writer(flow, unit, path):
            continue
        node = flow.nodes.get(unit)
        only_declares = path.endswith(DECLARING) or (node is not None and node.type in STAGES)
        home = staged if only_declares else found
        home.setdefault(path, []).append(index)
    return found or staged


def kept(flow: Flow, model: str, unit: str) -> bool:
    """Whether a model outlives the unit that trains it: saved, served, or used in another."""
    if flow.outgoing(model, "saves", "serves", "initialises") or flow.incoming(model, "loads"):
        return True
    return any(flow.edges[i].unit != unit for i in flow.outgoing(model, "predicts", "feeds"))


def different(flow: Flow, trainings: list[int]) -> list[int]:
    """Trainings of models that really differ: one a lineage, no fitted components, and candidates that one unit tries
    and does not keep count as one."""
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
        chosen.setdefault(f"candidates of {unit}" if alone else model, index)
    return list(chosen.values())
