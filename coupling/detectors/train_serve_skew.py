"""CPL401: one feature of a model has one expression in training and another in serving. One finding a model.

Expressions that differ are a warning. Two pieces of code that compute one feature alike are a note: they agree today, and nothing keeps
them so.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from coupling.core.graph import Expression, Finding, weakest
from coupling.detectors.finding import Hop, listed, make, title
from coupling.detectors.flow import Flow

SIDES = ("train", "serve")
PLACES = {"train": "in training", "serve": "in serving"}
SQL = "sql."
"""Before functions that are called otherwise, or do something else, outside of SQL."""
Sides = dict[str, list[Expression]]


def find(flow: Flow) -> Iterator[Finding]:
    table: dict[str, dict[str, Sides]] = {}
    for expression in flow.graph.expressions:
        model = flow.canon(expression.model)
        if expression.side in SIDES and "test" not in flow.tags(model):
            table.setdefault(model, {}).setdefault(expression.feature, {}).setdefault(expression.side, []).append(expression)
    for model in sorted(table):
        features = sorted(table[model].items())
        if skewed := {feature: sides for feature, sides in features if _differs(sides)}:
            verb = "is" if len(skewed) == 1 else "are"
            yield _finding(flow, model, skewed, f"{verb} computed in one way for training and in another for serving")
        elif twice := {feature: kept for feature, sides in features if (kept := _twice(sides))}:
            verb = "is" if len(twice) == 1 else "are"
            message = f"{verb} computed by two pieces of code, one for training and one for serving, which agree today"
            yield _finding(flow, model, twice, message, "note")


def _differs(sides: Sides) -> bool:
    """Both sides compute it, in words that can be compared, and no expression of one is an expression of the other."""
    texts = [{_said(e) for e in sides.get(side, ())} for side in SIDES]
    in_sql = [any(SQL in text for text in group) for group in texts]
    return all(texts) and texts[0].isdisjoint(texts[1]) and in_sql[0] == in_sql[1]


def _said(expression: Expression) -> str:
    """Names of columns know no case in SQL."""
    return expression.text.casefold()


def _twice(sides: Sides) -> Sides:
    """One expression of training and one of serving that say the same and stand in two files, the nearest; nothing without such."""
    train, serve = (sides.get(side, []) for side in SIDES)
    shared = {e.span for e in train}
    pairs = [
        (here, there)
        for there in serve
        for here in train
        if there.span not in shared and _said(there) == _said(here) and there.span.path != here.span.path
    ]
    if not pairs:
        return {}
    here, there = max(pairs, key=lambda pair: _common_folders(*(e.span.path for e in pair)))
    return {"train": [here], "serve": [there]}


def _common_folders(*paths: str) -> int:
    split = [path.split("/")[:-1] for path in paths]
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*split, strict=False)))


def _finding(flow: Flow, model: str, features: dict[str, Sides], message: str, severity: str = "") -> Finding:
    chosen = [e for sides in features.values() for side in SIDES for e in sides[side]]
    ordered = [e for side in SIDES for e in chosen if e.side == side]
    hops = [Hop(e.span, f"{e.feature or 'the input'} {PLACES[e.side]}: {e.text}", -1, True) for e in ordered]
    return make(
        flow,
        "train-serve-skew",
        f"{listed(feature or 'the input' for feature in features)} of {title(flow, model)} {message}",
        (),
        key=((model, *sorted(features)), ()),
        models=(model,),
        extra=hops,
        severity=severity,
        certainty=weakest(*(e.certainty for e in ordered)),
    )
