"""Turn a witness into a Finding: its path with a phrase a hop, names for people, fingerprint, certainty.

Comes in: the view of the graph and the edges of a witness in the data's order. Goes out: a ``Finding``. It does not
decide what is a coupling.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

from coupling.core.graph import CERTAINTIES, Finding
from coupling.core.names import short
from coupling.core.source import Span
from coupling.detectors.flow import Flow, Way, rank
from coupling.detectors.kinds import kind

_NUMBER = re.compile(r"#\d+\Z")
SHOWN_NAMES = 3
SHOWN_WAYS = 5

PHRASES = {
    "reads": "{target} reads {source}",
    "writes": "{source} writes {target}",
    "derives": "{target} is made from {source}",
    "infers": "{target} predicts on {source}",
    "predicts": "{source} predicts into {target}",
    "saves": "{source} is saved as {target}",
    "loads": "{target} is loaded from {source}",
    "initialises": "{target} starts from the weights of {source}",
    "serves": "{source} is served at {target}",
    "records": "{source} records into {target}",
    "influences": "what {source} shows shapes {target}",
}
STARTS = {
    **dict.fromkeys(("derives", "trains", "infers"), "{source} is read"),
    **dict.fromkeys(("predicts", "feeds", "serves"), "{source} predicts"),
}
"""What happens at the first place of an edge that has several."""
TRAINS = {
    "labels": "{source} trains {target}, as labels",
    "features": "{source} trains {target}, as features",
    "evaluation": "{source} evaluates {target}",
}


class Hop(NamedTuple):
    span: Span
    text: str
    edge: int
    main: bool


def title(flow: Flow, node: str) -> str:
    found = flow.nodes.get(node)
    name = found.name if found else node.split(":", 2)[-1]
    return short(name) if flow.kind(node) == "model" else name


def listed(names: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b, c and 2 more``."""
    unique = list(dict.fromkeys(names))
    if len(unique) > SHOWN_NAMES + 1:
        return f"{', '.join(unique[:SHOWN_NAMES])} and {len(unique) - SHOWN_NAMES} more"
    return " and ".join(filter(None, (", ".join(unique[:-1]), *unique[-1:])))


def titles(flow: Flow, nodes: Iterable[str]) -> str:
    return listed(counted(title(flow, node) for node in nodes))


def counted(names: Iterable[str]) -> list[str]:
    """Names, those that differ in their number only once: ``Ridge (fit.py:8) (3 of them)``."""
    groups: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        groups.setdefault(_NUMBER.sub("", name), []).append(name)
    return [f"{name} ({len(group)} of them)" if len(group) > 1 else group[0] for name, group in groups.items()]


def is_one(flow: Flow, nodes: Iterable[str]) -> bool:
    """Whether these have one name for people."""
    return len({title(flow, node) for node in nodes}) == 1


def by_way_of(flow: Flow, way: Way) -> str:
    """``, through a and b``: the data sets on a way; in memory when there are none."""
    assets = flow.assets(way)
    return f", through {titles(flow, assets)}" if assets else ", in memory"


def phrase(flow: Flow, index: int) -> str:
    """What happens at an edge's main place."""
    edge = flow.edges[index]
    if edge.kind == "trains":
        template = TRAINS.get(edge.role, "{source} trains {target}")
    elif edge.kind == "feeds":
        template = "outputs of {source} train {target}" if edge.role == "train" else "outputs of {source} are an input of {target}"
    else:
        template = PHRASES[edge.kind]
    return template.format(source=title(flow, edge.source), target=title(flow, edge.target))


def hops(flow: Flow, edges: Iterable[int]) -> list[Hop]:
    """Every evidence of every edge, in order; the last of an edge is where it happens, the first where it starts."""
    found: list[Hop] = []
    for index in edges:
        for hop in _edge_hops(flow, index):
            if found and _same_place(found[-1].span, hop.span):
                if hop.main:
                    found[-1] = hop
                continue
            found.append(hop)
    return found


def _edge_hops(flow: Flow, index: int) -> list[Hop]:
    edge = flow.edges[index]
    spans = edge.evidence or _node_places(flow, edge.target) or _node_places(flow, edge.source)
    starts = STARTS.get(edge.kind, "").format(source=title(flow, edge.source)) if edge.evidence else ""
    before = [Hop(span, "" if number else starts, index, False) for number, span in enumerate(spans[:-1])]
    return before + [Hop(span, phrase(flow, index), index, True) for span in spans[-1:]]


def _node_places(flow: Flow, node: str) -> tuple[Span, ...]:
    found = flow.nodes.get(node)
    return found.at[:1] if found else ()


def _same_place(a: Span, b: Span) -> bool:
    return (a.path, a.line, a.cell) == (b.path, b.line, b.cell)


def describe(flow: Flow, way: Way) -> str:
    """A way in one line, for ``Finding.also``."""
    first, last = flow.edges[way[0]], flow.edges[way[-1]]
    nodes = [title(flow, first.source), *(title(flow, flow.edges[i].target) for i in way)]
    place = last.evidence[-1] if last.evidence else None
    return " -> ".join(nodes) + (f" ({place.path}:{place.line})" if place else "")


def also_lines(flow: Flow, ways: Sequence[Way]) -> tuple[str, ...]:
    lines = tuple(dict.fromkeys(describe(flow, way) for way in ways))
    more = len(lines) - SHOWN_WAYS
    return (*lines[:SHOWN_WAYS], f"and {more} more") if more > 0 else lines


def fingerprint(rule: str, nodes: Sequence[str], kinds: Sequence[str] = ()) -> str:
    """16 hexadecimal digits of rule, names and edge kinds; no line numbers, so that a moved line keeps its finding."""
    return blake2b("\n".join((rule, *nodes, "", *kinds)).encode(), digest_size=8).hexdigest()


def turned(flow: Flow, way: Way) -> tuple[list[str], list[str]]:
    """A cycle's nodes and edge kinds, rotated to begin with the first name, so that every start gives one cycle."""
    pairs = [(flow.canon(flow.edges[i].source), f"{flow.edges[i].kind}/{flow.edges[i].role}") for i in way]
    best = min(pairs[n:] + pairs[:n] for n in range(len(pairs)))
    return [node for node, _ in best], [kind_ for _, kind_ in best]


def lineage_steps(flow: Flow, way: Way) -> Way:
    """The ``initialises`` edges that make a cycle's last model the one it began with, when they are two of a lineage."""
    want, have = flow.edges[way[0]].source, flow.edges[way[-1]].target
    if want == have:
        return ()
    edges = [i for i in flow.outgoing(want, "initialises") if flow.edges[i].role == "same"]
    direct = [i for i in edges if {flow.edges[i].source, flow.edges[i].target} == {want, have}]
    return tuple(direct[:1] or edges)


def make(
    flow: Flow,
    rule: str,
    message: str,
    edges: Sequence[int],
    *,
    key: tuple[Sequence[str], Sequence[str]] | None = None,
    severity: str = "",
    models: Iterable[str] | None = None,
    assets: Iterable[str] | None = None,
    also: Sequence[Way] = (),
    notes: Iterable[str] = (),
    confidence: float = 1.0,
    help: str = "",
    extra: Sequence[Hop] = (),
    certainty: str = "",
) -> Finding:
    """A finding with the path of these edges. ``key`` is what its fingerprint is made of: by default, all nodes."""
    about, path = kind(rule), [*hops(flow, edges), *extra]
    used = [flow.edges[i] for i in edges]
    ends = list(dict.fromkeys(flow.canon(end) for edge in used for end in (edge.source, edge.target)))
    nodes, kinds = key or (sorted(ends), sorted({f"{edge.kind}/{edge.role}" for edge in used}))
    nodes = [flow.lasting.get(node, node) for node in nodes]
    found_notes = [note for edge in used for note in edge.notes if not note.startswith("confidence=")]
    return Finding(
        rule=about.name,
        code=about.code,
        severity=severity or about.severity,
        certainty=certainty or CERTAINTIES[max((rank(edge.certainty) for edge in used), default=0)],
        message=message,
        path=tuple(hop.span for hop in path),
        path_text=tuple(hop.text for hop in path),
        path_edges=tuple(hop.edge for hop in path),
        models=tuple(models if models is not None else (n for n in ends if flow.kind(n) == "model")),
        assets=tuple(assets if assets is not None else (n for n in ends if flow.kind(n) == "asset")),
        fingerprint=fingerprint(about.name, nodes, kinds),
        when=tuple(dict.fromkeys(condition for edge in used for condition in edge.when)),
        notes=tuple(dict.fromkeys((*found_notes, *notes))),
        help=help or about.help,
        confidence=confidence,
        also=also_lines(flow, also),
    )
