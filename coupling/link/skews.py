"""What is done to the data of a model in training and not, or otherwise, where it is asked: pairs of ``Computed``.

Comes in: what link found, and which references are one model. Three signs are compared, each where both sides are known whole: a fitted
component that training passes and serving does not; literal settings of preprocessing (``prepared``: sizes, means, lengths); and functions
of one name, written twice and then changed. It does not know libraries: rules tag what prepares data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import NamedTuple

from coupling.core.template import render
from coupling.link.bodies import Body
from coupling.link.events import Computed, LinkedRepo, Predict, Prepared, Train, Unit
from coupling.link.values import Flow, ModelRef, Origin, Output, Place, Read, World

Naming = Callable[[ModelRef], str | None]
LEAST_ALIKE = 0.4
"""The share of their words that two functions of one name have in common when one is a changed copy of the other."""
LEAST_WORDS = 5


class _Sides(NamedTuple):
    """A model's trainings and the times it is asked by units that do not train it."""

    trains: list[Train]
    predicts: list[Predict]


def skewed(linked: LinkedRepo, name: Naming) -> Iterator[Computed]:
    prepared: dict[str, list[Prepared]] = defaultdict(list)
    for each in linked.prepared:
        prepared[each.unit.path].append(each)
    written = {render(access.asset.name) for access in linked.accesses if access.verb == "writes"}
    for sides in _sides(linked, name).values():
        if sides.trains and sides.predicts:
            yield from _unscaled(sides, written)
            yield from _settings(sides, prepared)
            yield from _frames(sides, prepared)
            yield from _by_hand(sides, prepared, written)
            yield from _copies(sides, dict(linked.bodies))


def _sides(linked: LinkedRepo, name: Naming) -> dict[str, _Sides]:
    found: dict[str, _Sides] = {}
    trained = set()
    for train in linked.trains:
        model = name(train.model)
        if model and train.learns and train.model.role in ("model", "base") and "test" not in train.unit.tags:
            found.setdefault(model, _Sides([], [])).trains.append(train)
            trained.add((train.unit.path, model))
    through = _through(linked, name)
    for predict in linked.predicts:
        model = name(predict.model)
        if model in found and (predict.unit.path, model) not in trained and "test" not in predict.unit.tags:
            passed = [f for flow in predict.flows for f in through.get((predict.unit, flow.origin), ())]
            found[model].predicts.append(predict._replace(flows=(*predict.flows, *passed)))
    return found


def _through(linked: LinkedRepo, name: Naming) -> dict[tuple[Unit, Origin], tuple[Flow, ...]]:
    """What goes into fitted components that a unit loads, by unit and output: a vectorizer that lies in a file of its own."""
    fitted = {name(train.model) for train in linked.trains if train.model.role == "component"} - {None}
    loaded = [p for p in linked.predicts if p.model.kind == "artifact" and p.model.role != "component" and name(p.model) in fitted]
    found: dict[tuple[Unit, Origin], tuple[Flow, ...]] = {}
    for predict in loaded:
        key = (predict.unit, Output(predict.model))
        found[key] = (*found.get(key, ()), *predict.flows)
    return found


def _features(train: Train) -> list[Flow]:
    return [flow for role, flow in train.flows if role in ("features", "data")]


# --- a component that serving leaves out ---


def _unscaled(sides: _Sides, written: set[str]) -> Iterator[Computed]:
    """Every training passes a fitted component of one class; what is asked is plain input that passes nothing."""
    labels = [{f.origin.model.label for f in _features(t) if isinstance(f.origin, Output) and _is_fitted(f)} for t in sides.trains]
    common = set.intersection(*labels)
    train = sides.trains[0]
    for predict in sides.predicts:
        beside = [flow for other in sides.predicts if other.unit.path == predict.unit.path for flow in other.flows]
        if common and predict.flows and all(_is_plain(flow, written) for flow in beside):
            for label in sorted(common):
                place = next(
                    _place_of(f, train) for f in _features(train) if isinstance(f.origin, Output) and f.origin.model.label == label
                )
                yield Computed(train.unit, train.model, "train", label, "applied", place)
                yield Computed(predict.unit, train.model, "serve", label, "left out", predict.chain[-1])
            return


def _is_fitted(flow: Flow) -> bool:
    return isinstance(flow.origin, Output) and flow.origin.model.role == "component" and flow.origin.model.kind == "site"


def _is_plain(flow: Flow, written: set[str]) -> bool:
    """Input as it comes: followed whole, from outside of the repository."""
    if isinstance(flow.origin, Output) or flow.certainty != "exact":
        return False
    return not (isinstance(flow.origin, Read) and render(flow.origin.asset.name) in written)


def _place_of(flow: Flow, train: Train) -> Place:
    return flow.trail[0] if flow.trail else train.chain[-1]


# --- settings of preprocessing ---


def _settings(sides: _Sides, prepared: dict[str, list[Prepared]]) -> Iterator[Computed]:
    """One call, one text on each side, and not the same."""
    first, asked = sides.trains[0], sides.predicts[0]
    train, serve = _said(prepared, {t.unit.path for t in sides.trains}), _said(prepared, {p.unit.path for p in sides.predicts})
    for name in sorted(train.keys() & serve.keys()):
        ours, theirs = train[name], serve[name]
        if len({each.text for each in ours}) == len({each.text for each in theirs}) == 1 and ours[0].text != theirs[0].text:
            yield Computed(first.unit, first.model, "train", name, ours[0].text, ours[0].place)
            yield Computed(asked.unit, first.model, "serve", name, theirs[0].text, theirs[0].place)


def _said(prepared: dict[str, list[Prepared]], paths: set[str]) -> dict[str, list[Prepared]]:
    found: dict[str, list[Prepared]] = defaultdict(list)
    for path in sorted(paths):
        for each in prepared.get(path, ()):
            if each.kind == "setting":
                found[each.name].append(each)
    return found


# --- what is derived from each frame anew ---


def _frames(sides: _Sides, prepared: dict[str, list[Prepared]]) -> Iterator[Computed]:
    """``get_dummies`` of each frame: its columns are those that the frame happens to show, unless they are brought in line."""
    for train in sides.trains:
        ours = _passed(prepared, train.unit.path, {p for flow in _features(train) for p in flow.trail})
        for predict in sides.predicts:
            trail = {p for flow in predict.flows for p in flow.trail}
            theirs = _passed(prepared, predict.unit.path, trail)
            made = {each.place for each in theirs if each.kind == "frame"}
            alone = len({flow.origin for flow in predict.flows if made.intersection(flow.trail)}) == 1  # no known rows beside those asked
            if ours and theirs and alone and not _is_aligned(theirs):
                for name in sorted({e.name for e in ours} & {e.name for e in theirs}):
                    mine, other = (next(e for e in group if e.name == name) for group in (ours, theirs))
                    yield Computed(train.unit, train.model, "train", name, "of the training rows", mine.place)
                    yield Computed(predict.unit, train.model, "serve", name, "of the rows that are asked", other.place)
                return


def _is_aligned(steps: list[Prepared]) -> bool:
    return any(each.kind == "aligns" for each in steps) and not any(each.kind == "frame" and each.text for each in steps)


def _by_hand(sides: _Sides, prepared: dict[str, list[Prepared]], written: set[str]) -> Iterator[Computed]:
    """``get_dummies`` in every training and nowhere in a unit that asks on what a request brings: its columns are written out there."""
    passed = [_passed(prepared, t.unit.path, {p for flow in _features(t) for p in flow.trail}) for t in sides.trains if _features(t)]
    common = set.intersection(*({e.name for e in each if e.kind == "frame"} for each in passed)) if passed else set()
    for predict in sides.predicts:
        beside = [flow for other in sides.predicts if other.unit.path == predict.unit.path for flow in other.flows]
        asked = bool(predict.flows) and all(isinstance(flow.origin, World) and _is_plain(flow, written) for flow in beside)
        if common and asked and not any(each.kind in ("frame", "aligns") for each in prepared.get(predict.unit.path, ())):
            for name in sorted(common):
                mine = next(e for each in passed for e in each if e.name == name)
                yield Computed(mine.unit, sides.trains[0].model, "train", name, "of the training rows", mine.place)
                yield Computed(
                    predict.unit, sides.trains[0].model, "serve", name, "not called: its columns are written out", predict.chain[-1]
                )
            return


def _passed(prepared: dict[str, list[Prepared]], path: str, trail: set[Place]) -> list[Prepared]:
    return [each for each in prepared.get(path, ()) if each.place in trail and each.kind in ("frame", "aligns")]


# --- functions written twice ---


def _copies(sides: _Sides, bodies: dict[str, tuple[Body, ...]]) -> Iterator[Computed]:
    train, predict = sides.trains[0], sides.predicts[0]
    ours = _passing(bodies, [(t.chain, _features(t)) for t in sides.trains])
    theirs = _passing(bodies, [(p.chain, list(p.flows)) for p in sides.predicts])
    for name in sorted(ours.keys() & theirs.keys()):
        mine, other = ours[name], theirs[name]
        if len(mine) == len(other) == 1 and (_is_same(*(first := (mine[0], other[0]))) or _is_changed(*first)):
            for body, side, event in ((first[0], "train", train), (first[1], "serve", predict)):
                yield Computed(event.unit, train.model, side, f"{name}()", _difference(body, first), Place(body.path, body.line))


def _passing(bodies: dict[str, tuple[Body, ...]], events: list[tuple[tuple[Place, ...], list[Flow]]]) -> dict[str, list[Body]]:
    """The functions that data pass on the way to a model, by name; not those that read it, train or ask."""
    found: dict[str, dict[Body, None]] = defaultdict(dict)
    for chain, flows in events:
        outer = {body for place in chain for body in _around(bodies, place)}
        for flow in flows:
            start = {body for place in flow.trail[:1] for body in _around(bodies, place)} if isinstance(flow.origin, Read) else set()
            for place in flow.trail:
                found_here = [body for body in _around(bodies, place) if body not in outer and body not in start]
                for body in found_here:
                    found[body.name][body] = None
    return {name: list(group) for name, group in found.items()}


def _around(bodies: dict[str, tuple[Body, ...]], place: Place) -> list[Body]:
    return [body for body in bodies.get(place.path, ()) if body.line <= place.line <= body.end_line]


def _is_same(one: Body, other: Body) -> bool:
    """One text of a function in two files."""
    return one.path != other.path and one.words == other.words and len(one.words) >= LEAST_WORDS


def _is_changed(one: Body, other: Body) -> bool:
    """Two texts of one function, in different files, that are much alike and not the same."""
    if one.path == other.path or one.words == other.words or min(len(one.words), len(other.words)) < LEAST_WORDS:
        return False
    a, b = set(one.words), set(other.words)
    return a != b and len(a & b) / len(a | b) >= LEAST_ALIKE


def _difference(body: Body, both: tuple[Body, Body]) -> str:
    other = both[1] if body == both[0] else both[0]
    only = [word for word in dict.fromkeys(body.words) if word not in set(other.words)]
    if body.words == other.words:
        return "written here too"
    return (
        f"with {', '.join(only[:6])}" if only else f"without {', '.join(w for w in dict.fromkeys(other.words) if w not in set(body.words))}"
    )
