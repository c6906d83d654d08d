"""Rules that make, load, save, train, judge and ask models."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from coupling.core.rules import Arg, Choice, Rule, Spec
from coupling.core.template import literal, literal_size, render
from coupling.link import buffers, bundles, heldout, hooks, knobs, names, networks, roots, sessions, teachers
from coupling.link.events import Access, Predict
from coupling.link.frames import Frame
from coupling.link.site import Site, assets
from coupling.link.storing import pins, stored
from coupling.link.values import (
    KEPT,
    NOTHING,
    TARGET,
    UNGRADED,
    Abs,
    Api,
    AssetRef,
    Flow,
    ModelRef,
    Obj,
    Output,
    Place,
    Read,
    all_models,
    everything,
    is_label,
    merge_flows,
    step,
    union,
)

_FUNCTIONAL = ("jax.", "optax.", "flax.", "haiku.")
"""Libraries whose updates are made of the model's own gradients: its output there is no training data."""

FOLDS = "rows of the held-out folds"
"""A call that both trains and evaluates, ``cross_val_score``, does not evaluate on the rows that it trained on."""

OUT_OF_FOLD = "out-of-fold predictions: each row's model has not seen it"

_TABLES = (".csv", ".tsv", ".csv.gz", ".zip", ".parquet", ".feather", ".xlsx", ".xls", ".jsonl", ".yaml", ".yml", ".png", ".jpg", ".sql")
"""Files that hold no model."""
_MAKING = frozenset(("train", "fit", "cv", "load", "create", "create_model", "get_model", "pipeline"))
"""Functions that make models and whose names say nothing of them."""


def saves(site: Site) -> None:
    engine = site.run.engine
    for spec in (*site.rule.saves, *site.rule.registers):
        model_value = (
            site.arg(site.rule.model)
            if site.rule.model
            else site.receiver
            if site.receiver is not None
            else site.args[0]
            if site.args
            else NOTHING
        )
        if buffers.filled(site.run, site.arg(spec.parts[0]), [model_value]):
            continue
        models = _models_of(site, model_value) or (() if site.rule.model else _own(site))
        side_by_side = bundles.places(model_value)
        for asset in assets(site, spec):
            flows, _ = stored([model_value]) if not models else ((), ())
            engine.tell(site, Access, "writes", asset, flows=flows, models=models)
            for model in models:
                engine.tell_store(site, "saves", model, asset, side_by_side.get(model, bundles.WHOLE))


def _own(site: Site) -> tuple[ModelRef, ...]:
    """What a call stores that is handed no model: what it trained itself, what its receiver trained, what it made or loaded."""
    keys = [t.key for t in (site.receiver or NOTHING).things if isinstance(t, Api) and t.key]
    held = all_models(union(site.run.load((*key, "trained")) for key in keys))
    return site.trained or held or all_models(site.result) or tuple(m for m in _weak(site) if site.run.look(site.run.made, m))


def loads(site: Site) -> Abs:
    found: list[ModelRef] = []
    engine = site.run.engine
    for spec in site.rule.loads:
        if buffers.is_buffer(given := site.arg(spec.parts[0])):
            found += all_models(given) or _models_of(site, given)
            continue
        for asset in assets(site, spec):
            role = site.rule.creates if site.rule.creates in ("component", "base") else "model"
            loaded = artifact_ref(site.run.unit.path, asset, role)
            engine.tell(site, Access, "reads", asset, tags=("artifact", *pins(site)))
            run = site.run
            run.put(run.loaded, loaded, tuple(dict.fromkeys((*(run.look(run.loaded, loaded) or ()), site.chain[-2:]))))
            targets = _models_of(site, site.arg(site.rule.model)) if site.rule.model else ()
            for model in targets or (loaded,):
                engine.tell_store(site, "loads", model, asset)
            found.append(loaded)
    return Abs(things=(Api(site.rule.returns or site.path + "()", (), tuple(found)),)) if found else NOTHING


def creates(site: Site, loaded: Abs, handle: Abs) -> Abs:
    rule = site.rule
    if loaded:
        return loaded if not rule.model else NOTHING
    if not rule.creates:
        return NOTHING
    kind = rule.returns or site.path
    key = ("api", site.place, site.frame.at, site.frame.chain[-2:])
    if rule.creates == "trainer":
        return _trainer(site, kind, key, handle)
    role = "component" if "last-part" in rule.tags and _ends_in_component(site) else rule.creates
    model = ModelRef("site", made_at(site.frame, site.place), _made_by(site.path), role)
    wrapped = tuple(m for value in (site.args_of((rule.model,)) if rule.model else []) for m in all_models(value))
    for part in wrapped if "clones" not in rule.tags else ():
        site.run.engine.tell_initialise(site, part, model, "part")
    if "follows" in rule.tags:
        teachers.follow(site.frame, wrapped, model, site.place)
    site.run.put(site.run.made, model, True)
    if "self-training" in rule.tags:
        site.run.store((*key, "tags"), Abs((literal("self-training"),)))
    return Abs(things=(Api(kind, handle.assets(), (model,), key=key),))


def _ends_in_component(site: Site) -> bool:
    """A chain of steps does what the last one does: a pipeline that ends in a scaler is one more transformer."""
    steps = site.arg(site.rule.model)
    numbered = [key for key in steps.items if key.isdigit()]
    last = steps.items[max(numbered, key=int)] if numbered else site.args[-1] if site.args else NOTHING
    models = all_models(names.full(site.frame, last))
    return bool(models) and all(model.role == "component" for model in models)


def _made_by(path: str) -> str:
    """What people call a model that a call makes: its class; of ``xgboost.train`` the library too."""
    owner, _, name = path.rpartition(".")
    return f"{owner.rpartition('.')[2]}.{name}" if name in _MAKING and owner else name


def made_at(frame: Frame, place: Place) -> tuple[object, ...]:
    """Where a model is made: the call, the call of the function around it, and the object whose constructor that is."""
    owner = tuple(t.key for t in frame.receiver.things if isinstance(t, Obj))[:1] if frame.receiver is not None else ()
    return (place.path, place.line, frame.at, *frame.chain[-1:], *owner)


def _trainer(site: Site, kind: str, key: tuple[object, ...], handle: Abs) -> Abs:
    """An object that trains another: it holds the model, and the data until training starts."""
    rule = site.rule
    value = site.arg(rule.model) if rule.model else NOTHING
    models = all_models(value) or tuple(artifact_ref(site.run.unit.path, AssetRef("hub", t)) for t in value.texts[:2])
    if not models and "self-training" in rule.tags:
        models = (ModelRef("site", made_at(site.frame, site.place), site.path.rpartition(".")[2]),)  # whatever it is handed, it trains
    parts = teachers.parts_of(site.frame, models) if rule.path.startswith("torch.optim") else ()
    for model in (*models, *parts):
        site.run.put(site.run.optimised, model, key)
    if rule.path.startswith("torch.optim"):
        _same(site, models, "joint")
    for role, choices in _roles(rule):
        flows = merge_flows(*(everything(names.full(site.frame, v)) for v in site.args_of(choices)))
        if flows:
            site.run.store((*key, "role", role), Abs(flows=flows))
    if "self-training" in rule.tags:
        site.run.store((*key, "tags"), Abs((literal("self-training"),)))
    return Abs(things=(Api(kind, handle.assets(), models, key=key),))


def _same(site: Site, models: tuple[ModelRef, ...], role: str) -> None:
    """Tell that several references are one model: ``joint`` parts that one optimizer updates, ``generation`` remade under one name."""
    for other in models[1:]:
        site.run.engine.tell_initialise(site, models[0], other, role)


def _roles(rule: Rule) -> list[tuple[str, tuple[Choice, ...]]]:
    return [("data", rule.data), ("features", rule.features), ("labels", rule.labels), ("evaluation", rule.evaluation)]


def artifact_ref(unit_path: str, asset: AssetRef, role: str = "model") -> ModelRef:
    """A model as the artifact it comes from. A name that is all hole means something in its own script only."""
    name = render(asset.name)
    scope = () if literal_size(name) else (unit_path,)
    return ModelRef("artifact", (asset.kind, asset.name, asset.cwd, *scope), name, role)


def _models_of(site: Site, value: Abs) -> tuple[ModelRef, ...]:
    """The models that a value is or holds; read from a file, the artifact; else a weak reference to the object."""
    found = all_models(value)
    if found:
        return found
    reads = [f.origin.asset for f in everything(value) if isinstance(f.origin, Read)]
    artifacts = [artifact_ref(site.run.unit.path, asset) for asset in reads if not render(asset.name).lower().endswith(_TABLES)]
    return tuple(dict.fromkeys(artifacts))[:4]


def _weak(site: Site) -> tuple[ModelRef, ...]:
    name = roots.root_name(site.frame, site.root) if site.root >= 0 else ()
    if not name:
        return ()
    return (ModelRef("weak", (site.frame.file.path, *name), str(name[-1])),)


def _subject(site: Site, what: Choice | Spec) -> tuple[tuple[ModelRef, ...], Abs]:
    """The models that a ``trains`` or ``predicts`` entry speaks of."""
    if isinstance(what, Spec):
        refs = [ModelRef("api", (a.kind, a.name), render(a.name)) for a in assets(site, what)]
        if not refs and isinstance(site.rule.trains, Spec) and isinstance(site.rule.predicts, Spec):
            return (), NOTHING  # a program that can do both does what its options name
        if not refs:
            refs = [ModelRef("api", (what.kind, (site.rule.path,)), site.rule.path)]
        return tuple(refs), NOTHING
    value = site.arg(what)
    found = all_models(value)
    if not found and (Arg(special="self") in what) and site.path.startswith("?.") and not value.flows:
        return _weak(site), value
    return found or _models_of(site, value) or (_weak(site) if Arg(special="self") in what else ()), value


def trains(site: Site) -> tuple[ModelRef, ...]:
    rule, run = site.rule, site.run
    if not rule.trains or not sessions.trains(site):
        return ()
    models, value = _subject(site, rule.trains)
    _same(site, _generations(models), "generation")
    flows = _training_flows(site, models, value)
    if rule.path.startswith(_FUNCTIONAL):
        flows = tuple((role, f) for role, f in flows if not (isinstance(f.origin, Output) and f.origin.model in models) or is_label(f))
    backward = rule.path.endswith(".backward")
    loss = backward or (rule.trains in rule.data and not rule.features)
    if not isinstance(rule.trains, Spec) and (loss or rule.model or not all_models(value)):
        outputs = _outputs(value)
        for named in all_models(site.arg(rule.model)) if rule.model else ():
            run.put(run.optimised, named, ("gradient", site.place))  # with respect to its weights
        if outputs:
            return _backward(site, value, outputs)
        if backward:
            return ()
    site.trained = models
    for model in models:
        run.put(run.updated, model, True)
    _hold(site, models)
    for model in models:
        kept = tuple((role, f) for role, f in flows if f.origin != Output(model) or role != "evaluation")
        certainty = "guess" if model.kind == "weak" else site.certainty
        run.put(run.made, model, True)
        run.put(run.taught, model, True)
        run.engine.tell_train(site, model, kept, certainty)
    return models


def _hold(site: Site, models: tuple[ModelRef, ...]) -> None:
    """A trainer that is handed the model to train (``trainer.fit(net)``) keeps it: ``trainer.save_checkpoint(path)`` stores that."""
    for thing in (site.receiver or NOTHING).things:
        if isinstance(thing, Api) and thing.key and not thing.models:
            site.run.store((*thing.key, "trained"), Abs(things=(Api("", (), models),)))


def _generations(models: tuple[ModelRef, ...]) -> tuple[ModelRef, ...]:
    """References that one call knows under one name and that are made by one class: a model and what it is remade as."""
    made = tuple(m for m in models if m.kind == "site")
    return made if len({m.label for m in made}) == 1 else ()


def _training_flows(site: Site, models: tuple[ModelRef, ...], value: Abs) -> tuple[tuple[str, Flow], ...]:
    found: list[tuple[str, Flow]] = []
    for role, choices in _roles(site.rule):
        for given in site.args_of(choices):
            whole = names.full(site.frame, given)
            used = heldout.flows(whole, (f for _, f in found)) if role == "evaluation" else everything(whole)
            found += [(role, f) for f in used or _read_as(site, given)]
    for thing in value.things:
        if isinstance(thing, Api) and thing.key:
            for role in ("data", "features", "labels", "evaluation"):
                kept = site.run.load((*thing.key, "role", role))
                found += [(role, f) for f in kept.flows]
    if site.rule.hooks:
        found += hooks.run(site, models, _held(site, value))
    if site.path == "sql.train" and site.keywords.get("labels"):
        named = names.column_names(site.keywords["labels"])
        found = [("labels" if f.columns and set(f.columns) <= set(named) else "features", f) for _, f in found]
    unique: dict[tuple[object, ...], tuple[str, Flow]] = {}
    for role, flow in found:
        unique.setdefault((role, flow.key), (role, flow._replace(trail=step((flow,), site.place)[0].trail)))
    return knobs.without(tuple(unique.values()), site.place)


def _held(site: Site, value: Abs) -> dict[str, Abs]:
    """The data of a training call: what it is given, and what its trainer was made with."""
    kept = [site.run.load((*t.key, "role", "data")) for t in value.things if isinstance(t, Api) and t.key]
    given = site.args_of((*site.rule.data, *site.rule.features, *site.rule.labels))
    return {"data": union((*given, *kept))}


def _read_as(site: Site, given: Abs) -> tuple[Flow, ...]:
    """What the call itself read under a name that it is given: a program trains on the file that an option names."""
    called = given.texts or tuple(t for value in given.items.values() for t in value.texts)
    read = (f for f in site.result.flows if isinstance(f.origin, Read) and f.origin.place == site.place) if called else ()
    return tuple(f for f in read if isinstance(f.origin, Read) and f.origin.asset.name in called)


def _outputs(value: Abs) -> tuple[ModelRef, ...]:
    """The models in a loss: those whose output passes its gradient, if there are any."""
    found = [f for f in everything(value) if isinstance(f.origin, Output)]
    live = [f for f in found if UNGRADED not in f.notes]
    return tuple(dict.fromkeys(f.origin.model for f in live or found if isinstance(f.origin, Output)))


def _backward(site: Site, loss: Abs, outputs: tuple[ModelRef, ...]) -> tuple[ModelRef, ...]:
    """``loss.backward()`` trains the models in the loss that an optimizer holds, on everything else the loss is made of."""
    run = site.run
    updated = tuple(m for m in outputs if run.look(run.optimised, m)) or _behind(site, outputs)
    trained = updated or tuple(m for m in outputs if m.role != "base")[:1] or outputs[:1]
    asked = _asked_of_others(loss, trained)
    for model in trained:
        run.put(run.updated, model, True)
        own = Output(model)
        is_teacher = _self_teaching(site, model, asked)
        given = _from_outside(site, model, everything(loss))
        rest = [f for f in given if f.origin != own or KEPT in f.notes or (TARGET in f.notes and is_teacher(f))]
        inputs = _from_outside(site, model, [f for f in run.look(run.inputs, model) or () if isinstance(f, Flow)])
        flows = [("labels", f) for f in rest] + [("features", f._replace(trail=step((f,), site.place)[0].trail)) for f in inputs]
        run.engine.tell_train(site, model, knobs.without(tuple(flows), site.place), site.certainty, ("gradient",))
    return trained


def _from_outside(site: Site, model: ModelRef, flows: Iterable[Flow]) -> list[Flow]:
    """The flows without what other parts of one network hand on within the step: one optimizer updates them together."""
    run, known = site.run, list(flows)
    held = run.look(run.optimised, model)
    if held is None:
        return known
    outputs = {f.origin for f in known if isinstance(f.origin, Output) and f.origin.model != model}
    parts = {o for o in outputs if run.look(run.optimised, o.model) == held}
    return [f for f in known if f.origin not in parts or is_label(f)]


def _asked_of_others(loss: Abs, trained: tuple[ModelRef, ...]) -> set[tuple[Place, ...]]:
    """Where targets come from models that are not trained here. A call that may ask one or the other says of neither that it is its own
    teacher."""
    flows = everything(loss)
    learners = {f.origin for f in flows if UNGRADED not in f.notes} | {Output(model) for model in trained}
    return {f.trail[:1] for f in flows if TARGET in f.notes and f.origin not in learners}


def _self_teaching(site: Site, model: ModelRef, others: set[tuple[Place, ...]]) -> Callable[[Flow], bool]:
    """Whether a target that the model gave is its own work: neither what a judge of others says, nor that of its double, loaded from
    the same artifact a second time."""
    is_other = _is_judge(site, model) or len(site.run.look(site.run.loaded, model) or ()) > 1
    return lambda flow: not is_other and flow.trail[:1] not in others


def _is_judge(site: Site, model: ModelRef) -> bool:
    """Whether a model judges what another one gives that an optimizer of its own updates: which of the two learns is not said."""
    held = site.run.look(site.run.optimised, model)
    return any(other != model and site.run.look(site.run.optimised, other) != held for other in _behind(site, (model,)))


def _behind(site: Site, outputs: tuple[ModelRef, ...]) -> tuple[ModelRef, ...]:
    """The models that an optimizer holds and whose output went into these: a frozen judge scores what the trained one gives."""
    inputs = (f.origin for m in outputs for f in site.run.look(site.run.inputs, m) or () if isinstance(f, Flow))
    made = dict.fromkeys(origin.model for origin in inputs if isinstance(origin, Output))
    return tuple(m for m in made if site.run.look(site.run.optimised, m))


def evaluates(site: Site) -> None:
    """A metric of a model's output against data, or a scoring call: the data evaluate the model."""
    if "evaluation" not in site.rule.tags:
        return
    shown = (*site.args, *site.keywords.values(), *site.args_of(site.rule.input))
    given = merge_flows(*(everything(names.full(site.frame, v)) for v in shown))
    subject = _subject(site, site.rule.predicts)[0] if site.rule.predicts else site.trained if site.rule.trains else ()
    if site.trained:
        given = tuple(f._replace(notes=(*f.notes, FOLDS)) for f in given)
    judged = subject or tuple(dict.fromkeys(f.origin.model for f in given if isinstance(f.origin, Output) and OUT_OF_FOLD not in f.notes))
    data = tuple(("evaluation", f._replace(trail=step((f,), site.place)[0].trail)) for f in given)
    for model in judged[:4]:
        kept = tuple((r, f) for r, f in data if not (isinstance(f.origin, Output) and f.origin.model == model))
        inputs = tuple(("evaluation", f) for f in site.run.look(site.run.inputs, model) or () if isinstance(f, Flow)) if not subject else ()
        if kept or inputs:
            site.run.engine.tell_train(site, model, knobs.without((*kept, *inputs), site.place), site.certainty)


def _hands_on(site: Site, model: ModelRef) -> bool:
    """Whether the output is the input in another form: of a fitted component, also of one that was loaded and only transforms."""
    return model.role in ("component", "blank") or model.kind == "weak" or (model.kind == "artifact" and site.path.endswith(".transform"))


def predicts(site: Site) -> Abs:
    rule, run = site.rule, site.run
    if not rule.predicts or not sessions.predicts(site):
        return NOTHING
    models = tuple(dict.fromkeys(networks.whole(run, model) for model in _subject(site, rule.predicts)[0]))
    several = roots.is_element(site.frame, site.root)
    if not several:
        _same(site, _generations(models), "generation")
    unseen = (OUT_OF_FOLD,) if "out-of-fold" in rule.tags else ()
    inputs = site.args_of(rule.input) or ([] if rule.input else site.args)
    flows = step(merge_flows(*(everything(names.full(site.frame, v)) or _read_as(site, v) for v in inputs)), site.place)
    out: list[Flow] = []
    for model in models:
        certainty = "guess" if model.kind == "weak" else site.certainty
        run.put(run.made, model, True)
        run.engine.tell(site, Predict, model, flows=flows, certainty=certainty, several=several)
        if not unseen:
            run.put(run.inputs, model, merge_flows(tuple(f for f in run.look(run.inputs, model) or () if isinstance(f, Flow)), flows))
        out.append(
            Flow(Output(model), (), (site.place,), certainty, (*unseen, *((UNGRADED,) if teachers.is_taught(site.frame, model) else ())))
        )
    through = flows if not models or all(_hands_on(site, m) for m in models) else ()
    return Abs(
        things=(Api(rule.returns, (), ()),) if rule.returns and rule.returns not in ("self",) else (),
        flows=merge_flows(tuple(out), through),
    )
