"""The data graph: assets, models, units and routes, and what flows between them."""

from __future__ import annotations

from typing import NamedTuple

from coupling.core.source import Span

CERTAINTIES = ("exact", "partial", "guess")
"""From read in the code, over names that unify or flows through unknown calls, to mere co-location."""

NODE_KINDS = ("asset", "model", "unit", "route")
EDGE_KINDS = (
    "reads",  # asset -> unit
    "writes",  # unit -> asset
    "derives",  # asset -> asset
    "trains",  # asset -> model; role: features, labels, evaluation or data
    "infers",  # asset -> model: the asset is an input of the model's prediction
    "predicts",  # model -> asset
    "feeds",  # model -> model; role: train (data, labels, loss) or infer (input of its prediction)
    "saves",  # model -> asset
    "loads",  # asset -> model
    "initialises",  # model -> model
    "serves",  # model -> route
    "records",  # route -> asset
    "influences",  # model -> asset
)


def weakest(*certainties: str) -> str:
    return max(certainties, key=CERTAINTIES.index, default="exact")


def carries(columns: tuple[str, ...], column: str) -> bool:
    """Whether a flow through ``columns`` passes ``column``. ``-name`` entries stand for all columns but these; () passes all."""
    if not columns:
        return True
    if columns[0].startswith("-"):
        return f"-{column}" not in columns
    return column in columns


class Node(NamedTuple):
    """``id`` is ``kind:type:name``; ``type`` is file, table, topic, hub, ... for assets, script, function, notebook, ... for units."""

    id: str
    kind: str
    type: str
    namespace: str
    name: str
    certainty: str = "exact"
    at: tuple[Span, ...] = ()
    owner: str = ""
    tags: tuple[str, ...] = ()
    """Assets: versioned:REASON, remote, committed, declared, test. Models: component, remote, base. Units: test, declared."""


class Edge(NamedTuple):
    """``columns``: the columns that carry the flow, () when all or unknown, ``-name`` entries when all but these. ``unit`` is the
    id of the unit in which it happens.
    ``when`` holds the non-default conditions it needs. ``evidence`` lists the places in the data's order."""

    source: str
    target: str
    kind: str
    certainty: str = "exact"
    why: str = ""
    evidence: tuple[Span, ...] = ()
    role: str = ""
    columns: tuple[str, ...] = ()
    unit: str = ""
    when: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """Row limits, filters, holdouts and mitigations seen on the way."""


REQUEST = "brought by a request"
"""Note of an edge into or out of the address that a request goes to: the address keeps no data itself."""
ONE_STEP = "in one gradient step"
"""Note of a ``feeds`` edge: the output is in the loss of the very step that computed it; no later round sees it."""

ROWS_MADE = "rows made of other rows"
"""Note of an edge: some rows were made of others, as oversampling does, before any part of them was taken."""


class Expression(NamedTuple):
    """How one named feature is computed for a model, in training or in serving: a canonical text that ignores local
    names, for comparing the two sides."""

    model: str
    side: str
    feature: str
    text: str
    span: Span
    certainty: str = "exact"


class Group(NamedTuple):
    """What a contract names with one word: the ids of the nodes that it means. A folder or an owner means several."""

    name: str
    nodes: tuple[str, ...]


class Contract(NamedTuple):
    """What a team promised about flows, its words resolved to nodes. ``type`` is forbidden (no flow of ``sources`` reaches
    ``targets``), independent (no flow between ``sources``), protected (only the units of ``targets`` write ``sources``) or acyclic
    (no circle of flows between ``sources``). ``uses`` are what counts as reaching a model: train, infer."""

    name: str
    type: str
    sources: tuple[Group, ...]
    targets: tuple[Group, ...] = ()
    uses: tuple[str, ...] = ("train", "infer")
    severity: str = "error"
    place: Span = Span("")


class DataGraph(NamedTuple):
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    expressions: tuple[Expression, ...] = ()
    owners: tuple[tuple[str, str], ...] = ()
    """(path, owners) of the files that edges stand in, as far as CODEOWNERS gives them owners."""
    contracts: tuple[Contract, ...] = ()


class Finding(NamedTuple):
    """One coupling. ``path`` lists its hops in the data's order; ``path_edges`` holds, per hop, the index of its edge in
    ``DataGraph.edges`` or -1, and ``path_text`` what happens there."""

    rule: str
    code: str
    severity: str
    certainty: str
    message: str
    path: tuple[Span, ...]
    path_text: tuple[str, ...]
    path_edges: tuple[int, ...]
    models: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    fingerprint: str = ""
    when: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    help: str = ""
    confidence: float = 1.0
    also: tuple[str, ...] = ()
    """Further ways round the same loop, a line each."""
    suppressed: str = ""
    """The reason, when a comment or the config accepts the finding; empty otherwise."""
    accepted_by: str = ""
    """What accepts it: comment, allow or baseline."""
    until: str = ""
    """The last day on which it is accepted, as the one who accepted it wrote it; empty without one."""
