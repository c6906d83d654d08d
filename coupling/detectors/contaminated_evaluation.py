"""CPL402: what evaluates a model also trained it, or is the model's own output.

A split of one file is no contamination: edges that note different splits, holdouts or filters read different rows. A
score on the training data beside one on held-out data is none either, nor is that of a clustering.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from coupling.core.graph import ROWS_MADE, Edge, Finding
from coupling.detectors.finding import make, title, titles
from coupling.detectors.flow import Flow, Way, use_of

TRAIN = re.compile(r"train(?:ing)?(?![a-z])", re.I)
CODES = re.compile(r"(?<!Target)Encoder|Binarizer|DictVectorizer|Hash|Token")
"""Components that give categories numbers: they learn nothing of how values are distributed."""
PART = re.compile(r"split|hold.?out|held|fold|filter|where|limit|sampl|subset|test|valid|slice|row", re.I)


def find(flow: Flow) -> Iterator[Finding]:
    for model in flow.models:
        evaluations = [i for i in flow.incoming(model, "trains", "feeds") if use_of(flow.edges[i]) == "evaluate"]
        own = _own_ways(flow, model)
        seen_rows = {i: found for i in evaluations if (found := _trained_on(flow, model, i))}
        for index in {flow.edges[i].source: i for i in reversed(evaluations) if i in own}.values():
            yield _finding(flow, model, [index], own.get(index), [])
        if seen_rows and len({*own, *seen_rows}) == len(evaluations) and not _is_openly_train(flow, seen_rows):
            rest = {flow.edges[i].source: i for i in reversed(evaluations) if i in seen_rows and i not in own}
            if rest:
                yield _finding(flow, model, list(rest.values())[::-1], None, [seen_rows[i][0] for i in rest.values()][::-1])
    yield from _resampled(flow)
    yield from _fitted_before(flow)


def _resampled(flow: Flow) -> Iterator[Finding]:
    """Rows made of others, of which a part then trains and another evaluates. One finding a unit and data set."""
    found: dict[object, dict[str, tuple[int, int]]] = {}
    for model in flow.models:
        for held in [i for i in flow.incoming(model, "trains") if use_of(flow.edges[i]) == "evaluate" and ROWS_MADE in flow.edges[i].notes]:
            learned = [i for i in flow.trainings(flow.edges[held].source) if _is_made(flow, i, model)]
            if learned and model not in (here := found.setdefault((flow.edges[held].unit, flow.edges[held].source), {})):
                here[model] = (held, learned[0])
    for leaks in found.values():
        held, fit = next(iter(leaks.values()))
        verb = "is" if len(leaks) == 1 else "are"
        yield _leak(flow, held, fit, tuple(leaks), f"{titles(flow, leaks)} {verb} evaluated on rows that are made of training rows")


def _is_made(flow: Flow, index: int, model: str) -> bool:
    return flow.canon(flow.edges[index].target) == model and ROWS_MADE in flow.edges[index].notes


def _fitted_before(flow: Flow) -> Iterator[Finding]:
    """Components that are fitted on all rows, of which a part then trains and another evaluates a model that gets their output."""
    for component in (node for node in flow.learners if flow.is_component(node)):
        if CODES.search(title(flow, component)) or not any("as features" in flow.edges[i].notes for i in flow.outgoing(component, "feeds")):
            continue
        fits = [i for i in flow.fitted_on(component) if flow.edges[i].kind == "trains" and not _part(flow, i)]
        models = {flow.canon(flow.edges[i].target) for i in flow.outgoing(component, "feeds") if use_of(flow.edges[i]) == "evaluate"}
        leaks = [(i, held, model) for i in fits for model in sorted(models) for held in _held_out(flow, model, flow.edges[i])]
        if leaks:
            fit, held, _ = leaks[0]
            names = titles(flow, sorted({model for _, _, model in leaks}))
            message = f"{title(flow, component)} was fitted on the rows that evaluate {names}, before they were held out"
            yield _leak(flow, held, fit, (component, *sorted({model for _, _, model in leaks})), message, "note")


def _held_out(flow: Flow, model: str, fit: Edge) -> list[int]:
    """The evaluations of the model on a part of what the component was fitted on, in the very unit."""
    trained = {_part(flow, i) for i in flow.trainings(fit.source) if flow.canon(flow.edges[i].target) == model}
    found = [i for i in flow.incoming(model, "trains") if use_of(flow.edges[i]) == "evaluate" and flow.edges[i].source == fit.source]
    kept = [i for i in found if flow.edges[i].unit == fit.unit and set(flow.edges[i].columns) & set(fit.columns)]
    return [i for i in kept if _part(flow, i) and trained and _part(flow, i) not in trained]


def _leak(flow: Flow, held: int, fit: int, models: tuple[str, ...], message: str, severity: str = "") -> Finding:
    return make(flow, "contaminated-evaluation", message, (fit, held), models=models, severity=severity)


def _own_ways(flow: Flow, model: str) -> dict[int, Way]:
    """Evaluation edge -> the surest way by which the model's own output arrives there."""
    ways = [way for level in flow.levels for way in flow.reach(model, level).ways("evaluate", model)]
    return {way[-1]: way for way in reversed(ways)}


def _trained_on(flow: Flow, model: str, evaluation: int) -> list[int]:
    """The trainings of the model on the very rows that evaluate it: the same part of the data set, as far as it is known."""
    edge = flow.edges[evaluation]
    if edge.kind != "trains" or _is_unsupervised(flow, model):
        return []
    part = _part(flow, evaluation)
    return [i for i in flow.trainings(edge.source) if flow.canon(flow.edges[i].target) == model and _part(flow, i) == part]


def _is_unsupervised(flow: Flow, model: str) -> bool:
    """Fitted on inputs alone: a clustering is measured on the very rows that it groups."""
    return {flow.edges[i].role for i in flow.fitted_on(model)} == {"features"}


def _is_openly_train(flow: Flow, evaluations: Iterable[int]) -> bool:
    """Data named as training rows beside others named as test rows: the score is one of training, and says so."""
    names = {flow.edges[i].source.rpartition(":")[2] for i in evaluations}
    known = {node.name for node in flow.nodes.values() if node.kind == "asset"}
    held = {TRAIN.sub(word, name) for name in names for word in ("test", "val", "valid", "validation", "holdout", "eval")}
    return all(TRAIN.search(name) for name in names) and not held.isdisjoint(known)


def _part(flow: Flow, index: int) -> frozenset[str]:
    return frozenset(note for note in flow.edges[index].notes if PART.search(note))


def _finding(flow: Flow, model: str, evaluations: list[int], own: Way | None, trained: list[int]) -> Finding:
    name, sources = title(flow, model), [flow.edges[i].source for i in evaluations]
    if own:
        message = f"{name} is evaluated on its own outputs" + (
            "" if flow.kind(sources[0]) == "model" else f", in {title(flow, sources[0])}"
        )
        edges: Way = own
    else:
        message = f"{name} is evaluated on {titles(flow, sources)}, which it was trained on"
        edges = tuple(edge for pair in zip(trained, evaluations, strict=True) for edge in pair)
    return make(flow, "contaminated-evaluation", message, edges)
