"""Rules applied to calls: events for the graph, and the value of the result."""

from __future__ import annotations

from coupling.core.graph import ROWS_MADE
from coupling.core.rules import Arg, Rule, Spec
from coupling.link import gradients, learning, names, networks, preparing, roots, routes, splits, storing, teachers
from coupling.link.events import Access, Serve
from coupling.link.frames import Frame
from coupling.link.site import Site, assets, keep
from coupling.link.values import (
    NOTHING,
    Abs,
    Api,
    Args,
    Class,
    Flow,
    Func,
    Keywords,
    ModelRef,
    Place,
    Thing,
    World,
    all_models,
    everything,
    kept,
    merge_flows,
    step,
    union,
)


def apply(frame: Frame, rule: Rule, receiver: Abs | None, args: Args, keywords: Keywords, place: Place, path: str, root: int) -> Abs:
    """Tell the events of a call and give its result."""
    if rule.labels and not rule.trains and not rule.creates:
        args, keywords = _labelled(rule, args, keywords)
    site = Site(frame, rule, receiver, args, keywords, place, path, root)
    if rule.runs is not None:
        return frame.run.engine.command(site, rule.runs)
    handle = storing.opened(site)
    read = storing.reads(site) if rule.reads else NOTHING
    site.result = union((handle, read))
    made = learning.creates(site, learning.loads(site), handle)
    result = made if made and handle else union((site.result, made))
    site.result = result
    keep(site)
    site.result = union((result, _callbacks(site)))
    predicted = learning.predicts(site)
    site.result = union((site.result, predicted))
    trained = learning.trains(site)
    learning.evaluates(site)
    storing.writes(site)
    learning.saves(site)
    _serves(site)
    if "monitor" in rule.tags:
        site.run.engine.monitored[site.place.path] = None
    if preparing.TAGS & {*rule.tags}:
        site.run.engine.tell_prepared(site)
    _mutates(site)
    if rule.path.endswith((".load_state_dict", ".set_weights")):
        networks.restores(site)
    result = _result(site, [site.result], trained)
    if "makes-rows" in rule.tags:
        result = splits.noted(result, ROWS_MADE)
    if "blends" in rule.tags:
        teachers.blend(frame, site.arg(rule.model), site.args_of(rule.data), place)
    if "weights" in rule.tags and receiver is not None:
        result = teachers.weights(result, receiver.models(), place)
    return _passed(rule, result)


def _labelled(rule: Rule, args: Args, keywords: Keywords) -> tuple[Args, Keywords]:
    """What a loss is given: which model outputs are its targets."""
    if rule.predicts:
        named = {arg.keyword for choice in rule.labels for arg in choice}
        return args, {name: gradients.labelled(v) if name in named else v for name, v in keywords.items()}
    given = gradients.opposed([*args, *keywords.values()])
    return given[: len(args)], dict(zip(keywords, given[len(args) :], strict=True))


def _passed(rule: Rule, result: Abs) -> Abs:
    """The result of a call that gradients do not pass back through."""
    if "samples" in rule.tags:
        result = kept(result)
    if gradients.OFF in rule.tags:
        result = gradients.cut(result)
    return gradients.decided(result) if gradients.DECIDES in rule.tags else result


def redirected(frame: Frame, rule: Rule, target: Abs, result: Abs, place: Place) -> None:
    """A shell redirection: what a command prints is written to a file."""
    site = Site(frame, rule, None, [target], {}, place, "sh.>", -1)
    flows, models = storing.stored([result])
    for asset in assets(site, Spec("file", ((Arg(position=0),),))):
        frame.run.engine.tell(site, Access, "writes", asset, flows=flows, models=models)


def _callbacks(site: Site) -> Abs:
    from coupling.link import calls

    results = []
    for callback in site.rule.calls:
        function = _instances(site, site.arg(callback.function))
        given = [_handed(site, site.arg(choice)) for choice in callback.given]
        callables = function.but(things=tuple(t for t in function.things if not isinstance(t, Api) and not _is_handler(site, t)))
        if callables.things:
            results.append(calls.call_value(site.frame, callables, given, {}, site.place))
    return union(results)


def _instances(site: Site, function: Abs) -> Abs:
    """A class whose instances are called stands for one of them: ``dataset.map_batches(Predictor, fn_constructor_args=(path,))``."""
    from coupling.link import calls, members, workers

    called = [t for t in function.things if isinstance(t, Class) and members.class_member(site.run, t, "__call__") is not None]
    if not called:
        return function
    args = workers.spread(site.frame, site.keywords.get("fn_constructor_args", NOTHING), site.place)
    by_name = workers.named(site.frame, site.keywords.get("fn_constructor_kwargs", NOTHING))
    others = function.but(things=tuple(t for t in function.things if t not in called))
    return union((others, *(calls.construct(site.frame, cls, args, by_name, site.place) for cls in called)))


def _is_handler(site: Site, thing: Thing) -> bool:
    """A function that is registered as a handler runs as one, not where it is registered."""
    return bool(site.rule.route) and isinstance(thing, Func) and bool(site.run.engine.table.of(thing.file, thing.scope))


def _handed(site: Site, value: Abs) -> Abs:
    """What a callback gets of a value: an element of a collection, else the value."""
    several = value.elem is not None or any(t in (names.LIST, names.TUPLE, names.SET) for t in value.things)
    return names.element(site.frame, value, site.place) if several else value


def _serves(site: Site) -> None:
    serves = site.rule.serves
    if not serves:
        return
    values = [site.arg(serves)] if not isinstance(serves, Spec) else site.args
    flows = merge_flows(*(everything(v) for v in values))
    template = routes.template(site.args, site.keywords)
    keys = tuple(k for v in (*values, *site.keywords.values()) for k in routes.keys(v))
    tokens = tuple(k for v in (*values, Abs(items=site.keywords)) for k in routes.tokens(v))
    site.run.engine.tell(site, Serve, site.run.route, flows=flows, template=template, keys=keys, tokens=tokens)


def _mutates(site: Site) -> None:
    """Values that a method puts into its receiver, when other names hold it too."""
    if not site.rule.mutates or site.receiver is None or not site.receiver.cells:
        return
    given = site.args_of(site.rule.mutates)
    for cell in site.receiver.cells:
        if roots.is_foreign(site.frame, site.root):
            site.run.store(cell, Abs(elem=union(given)))


def _result(site: Site, made: list[Abs], trained: tuple[ModelRef, ...]) -> Abs:
    rule = site.rule
    known = union(made)
    returned = _returned(site)
    if rule.records:
        known = union((known, Abs(flows=(Flow(World(site.run.route or site.path), (), (site.place,)),))))
    if rule.flows is not None:
        given = site.args_of(rule.flows)
        frame = next((v for v in given if v is site.receiver and v.flows and (v.items or v.elem is not None)), NOTHING)
        flows = step(merge_flows(*(v.flows if v is frame else names.flows_of(v) for v in given)), site.place)
        models = tuple(dict.fromkeys(m for v in given for m in all_models(v)))
        passed = Abs((), (Api("", (), models),) if models and not known.models() else (), flows, frame.items, frame.elem)
        return _typed(union((known, passed)), returned, rule.returns)
    if known.flows or known.things or known.items or known.elem is not None:
        return _typed(known, returned, rule.returns)
    if (returned is not None and rule.returns in ("self",)) or (trained and returned is not None):
        return returned
    return _typed(_made_of(site), returned, rule.returns)


def _made_of(site: Site) -> Abs:
    """The default: the result is made of the receiver and all arguments. A metric sums up, it hands on nothing."""
    receiver = site.receiver or NOTHING
    if "evaluation" in site.rule.tags and "metrics" in site.rule.tags:
        return receiver.but(flows=()) if receiver.things else Abs(things=(Api(site.path + "()"),))
    if site.rule.writes or site.rule.saves:
        return NOTHING
    columns = receiver.flows or receiver.items
    own = receiver.flows if columns else names.flows_of(receiver)
    flows = merge_flows(own, *(names.flows_of(a) for a in (*site.args, *site.keywords.values())))
    items = receiver.items if columns else {}
    kept = tuple(t for t in receiver.things if isinstance(t, Api)) if not site.rule.returns else ()
    return Abs(
        things=tuple(Api(site.path + "()", (), t.models) for t in kept[:1]),
        flows=step(flows, site.place),
        items=items,
        elem=receiver.elem if columns else None,
    )


def _returned(site: Site) -> Abs | None:
    returns = site.rule.returns
    if returns == "self":
        return site.receiver
    if returns.isdigit():
        return site.args[int(returns)] if int(returns) < len(site.args) else None
    return None


def _typed(value: Abs, returned: Abs | None, returns: str) -> Abs:
    if returned is not None:
        return union((returned, value.but(things=()))) if value.flows else returned
    if not returns or returns in ("self", "None") or returns.isdigit():
        return value
    if any(isinstance(t, Api) and t.path == returns for t in value.things):
        return value
    models = value.models()
    assets_ = value.assets()
    others = tuple(t for t in value.things if not isinstance(t, Api))
    return value.but(
        things=(Api(returns, assets_, models, key=next((t.key for t in value.things if isinstance(t, Api) and t.key), ())), *others)
    )
