"""Find couplings: DataGraph -> findings. One module a kind, listed in DETECTORS; they see ``core`` only.

``detect`` runs each alone, removes what a stronger finding contains, and sorts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from coupling.core.graph import DataGraph, Finding
from coupling.detectors import (
    broken_contract,
    chained_inference,
    contaminated_evaluation,
    correction_cascade,
    entanglement,
    feedback_loop,
    hidden_loop,
    indirect_loop,
    multiple_writers,
    shared_component,
    shared_training_data,
    train_serve_skew,
    undeclared_consumer,
    unmonitored_model,
    unversioned_data,
)
from coupling.detectors.flow import Flow, rank
from coupling.detectors.kinds import KINDS

__all__ = ["DETECTORS", "KINDS", "detect"]

Detector = Callable[[Flow], Iterator[Finding]]

DETECTORS: tuple[Detector, ...] = (
    feedback_loop.find,
    indirect_loop.find,
    hidden_loop.find,
    entanglement.find,
    correction_cascade.find,
    chained_inference.find,
    shared_component.find,
    shared_training_data.find,
    multiple_writers.find,
    undeclared_consumer.find,
    unversioned_data.find,
    train_serve_skew.find,
    contaminated_evaluation.find,
    unmonitored_model.find,
    broken_contract.find,
)

LOOPS = frozenset({"CPL101", "CPL102", "CPL103"})
IN_MEMORY = frozenset({"CPL101", "CPL102", "CPL201", "CPL202"})
NUMBER = re.compile(r"#\d+\Z")
SEVERITIES = ("error", "warning", "note")


def detect(graph: DataGraph) -> tuple[Finding, ...]:
    """Every coupling in the graph, worst first, in an order that depends on names only."""
    flow = Flow(graph)
    found = [finding for detector in DETECTORS for finding in detector(flow)]
    return tuple(sorted(_unique(_uncontained(found)), key=_order))


def _uncontained(found: list[Finding]) -> list[Finding]:
    """Without entanglements whose every hop a loop shows, and hidden loops that an open one already tells."""
    loops = [(f, frozenset(f.path_edges), frozenset(f.models)) for f in found if f.code in LOOPS]
    return [f for f in found if not any(_contains(loop, edges, models, f) for loop, edges, models in loops)]


def _contains(loop: Finding, edges: frozenset[int], models: frozenset[str], finding: Finding) -> bool:
    if finding is loop or rank(loop.certainty) > rank(finding.certainty) or not models.issuperset(finding.models):
        return False
    if finding.code == "CPL103":
        return loop.code != "CPL103" and set(finding.assets) == set(loop.assets)
    shown = {edge for edge in finding.path_edges if edge >= 0}
    return finding.code in ("CPL201", "CPL203") and loop.confidence >= hidden_loop.SURE and shown <= edges


def _unique(found: Iterable[Finding]) -> list[Finding]:
    """One a fingerprint: the surest, then the shortest."""
    best: dict[str, Finding] = {}
    for finding in sorted(found, key=lambda f: (rank(f.certainty), len(f.path), _order(f))):
        best.setdefault(finding.fingerprint, finding)
    return _one_a_place(best.values())


def _one_a_place(found: Iterable[Finding]) -> list[Finding]:
    """One for all objects that one line of code makes again and again: the same places, and models that differ in their number only.
    What couples nameless models in memory, from a line to a line, couples whatever models callers hand it: that is one, too."""
    first: dict[object, Finding] = {}
    more: dict[object, int] = {}
    for finding in found:
        names = tuple(sorted({NUMBER.sub("", model) for model in finding.models}))
        promise = finding.fingerprint if finding.rule == "broken-contract" else ""
        key: object = (finding.code, names, finding.assets, finding.path[-1:], promise)
        if finding.code in IN_MEMORY and not finding.assets and all(" (" in model for model in finding.models):
            key = (finding.code, finding.path[:1], finding.path[-1:])
        more[key] = more.get(key, -1) + 1
        first.setdefault(key, finding)
    return [f._replace(also=(*f.also, f"and {more[key]} more of the same code")) if more[key] else f for key, f in first.items()]


def _order(finding: Finding) -> tuple[object, ...]:
    return (
        SEVERITIES.index(finding.severity),
        finding.code,
        rank(finding.certainty),
        [(span.path, span.line) for span in finding.path],
        finding.message,
        finding.fingerprint,
    )
