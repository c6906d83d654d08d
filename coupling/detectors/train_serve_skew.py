"""CPL401: one feature of a model has one expression in training and another in serving. One finding a model."""

from __future__ import annotations

from collections.abc import Iterator

from coupling.core.graph import Expression, Finding, weakest
from coupling.detectors.finding import Hop, listed, make, title
from coupling.detectors.flow import Flow

SIDES = ("train", "serve")


def find(flow: Flow) -> Iterator[Finding]:
    table: dict[str, dict[str, dict[str, list[Expression]]]] = {}
    for expression in flow.graph.expressions:
        model = flow.canon(expression.model)
        if expression.side in SIDES and "test" not in flow.tags(model):
            table.setdefault(model, {}).setdefault(expression.feature, {}).setdefault(expression.side, []).append(expression)
    for model in sorted(table):
        skewed = {feature: sides for feature, sides in sorted(table[model].items()) if _differs(sides)}
        if skewed:
            yield _finding(flow, model, skewed)


def _differs(sides: dict[str, list[Expression]]) -> bool:
    """Both sides compute it, and no expression of one is an expression of the other."""
    texts = [{e.text for e in sides.get(side, ())} for side in SIDES]
    return all(texts) and texts[0].isdisjoint(texts[1])


def _finding(flow: Flow, model: str, skewed: dict[str, dict[str, list[Expression]]]) -> Finding:
    chosen = [e for sides in skewed.values() for side in SIDES for e in sides[side]]
    ordered = [e for side in SIDES for e in chosen if e.side == side]
    places = {"train": "in training", "serve": "in serving"}
    hops = [Hop(e.span, f"{e.feature or 'the input'} {places[e.side]}: {e.text}", -1, True) for e in ordered]
    features = listed(feature or "the input" for feature in skewed)
    verb = "is" if len(skewed) == 1 else "are"
    return make(
        flow,
        "train-serve-skew",
        f"{features} of {title(flow, model)} {verb} computed in one way for training and in another for serving",
        (),
        key=((model, *sorted(skewed)), ()),
        models=(model,),
        extra=hops,
        certainty=weakest(*(e.certainty for e in ordered)),
    )
