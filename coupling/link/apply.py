"""Rules applied to calls: events for the graph, and the value of the result."""

from __future__ import annotations

from fnmatch import fnmatchcase

from coupling.core.rules import Arg, Choice, Rule, Spec
from coupling.core.template import Hole, Template, join, literal, literal_size, render
from coupling.link import names, routes
from coupling.link.events import Access, Initialise, Predict, Serve, Store, Train
from coupling.link.frames import Frame
from coupling.link.values import (
    NOTHING, Abs, Api, AssetRef, Flow, Func, ModelRef, Obj, Output, Place, Read, World, all_models, everything, hole, merge_flows, step, union,
)  # fmt: skip

SEPARATORS = {"table": ".", "file": "/", "dir": "/", "glob": "/", "url": "/", "key": "/"}
MOST_ASSETS = 24
_FUNCTIONAL = ("jax.", "optax.", "flax.", "haiku.")
"""Libraries whose updates are made of the model's own gradients: its output there is no training data."""
Args = list[Abs]
Keywords = dict[str, Abs]


class Site:
    """One call while its rule is applied: what it is called with, where, and how events are told."""

    def __init__(self, frame: Frame, rule: Rule, receiver: Abs | None, args: Args, keywords: Keywords, place: Place, path: str, root: int) -> None:
        self.frame, self.rule, self.receiver, self.args, self.keywords = frame, rule, receiver, args, keywords
        self.place, self.path, self.root = place, path, root
        self.run = frame.run
        self.chain = (*frame.chain, place)
        self.result = NOTHING
        self.certainty = "partial" if path.startswith("?.") else "exact"

    def arg(self, choice: Choice) -> Abs:
        if choice and choice[0].special == "result":
            return self.result
        return choose(choice, self.receiver, self.args, self.keywords)

    def args_of(self, choices: tuple[Choice, ...]) -> list[Abs]:
        return [value for choice in choices if (value := self.arg(choice))]

    @property
    def why(self) -> str:
        return f"{self.path} ({self.rule.file.rpartition('/')[2].removesuffix('.yaml')})"


def choose(choice: Choice, receiver: Abs | None, args: Args, keywords: Keywords) -> Abs:
    """The first of the alternatives that the call has."""
    for arg in choice:
        found = _one(arg, receiver, args, keywords)
        if found is not None:
            return found
    return NOTHING


def _one(arg: Arg, receiver: Abs | None, args: Args, keywords: Keywords) -> Abs | None:
    if arg.position >= 0:
        return args[arg.position] if arg.position < len(args) else None
    if arg.keyword:
        return _keyword(arg.keyword, receiver, args, keywords)
    if arg.special == "self":
        return receiver
    if arg.special == "*":
        return union(names.full_elements(a) for a in (*args, *keywords.values()))
    if arg.special.endswith("*"):
        return union(names.full_elements(a) for a in args[int(arg.special[:-1]) :])
    if arg.special.startswith("'"):
        return Abs((literal(arg.special[1:-1]),))
    return None


def _keyword(name: str, receiver: Abs | None, args: Args, keywords: Keywords) -> Abs | None:
    if name.startswith("self."):
        return receiver.items.get("." + name[5:]) if receiver is not None else None
    found = keywords.get(name)
    if found is None and name == "result":
        return None
    if found is None and "**" in keywords and name in keywords["**"].items:
        found = keywords["**"].items[name]
    return found


def apply(frame: Frame, rule: Rule, receiver: Abs | None, args: Args, keywords: Keywords, place: Place, path: str, root: int) -> Abs:
    """Tell the events of a call and give its result."""
    site = Site(frame, rule, receiver, args, keywords, place, path, root)
    if rule.runs is not None:
        return frame.run.engine.command(site, rule.runs)
    handle = _access(site)
    read = _reads(site) if rule.reads else NOTHING
    site.result = union((handle, read))
    made = _creates(site, _loads(site), handle)
    result = made if made and handle else union((site.result, made))
    site.result = union((result, _callbacks(site)))
    predicted = _predicts(site)
    site.result = union((site.result, predicted))
    trained = _trains(site)
    _evaluates(site)
    _writes(site)
    _saves(site)
    _serves(site)
    if "monitor" in rule.tags:
        site.run.engine.monitored[site.place.path] = None
    _mutates(site)
    if rule.path.endswith(".load_state_dict"):
        _restores(site)
    return _result(site, [site.result], trained)


def redirected(frame: Frame, rule: Rule, target: Abs, result: Abs, place: Place) -> None:
    """A shell redirection: what a command prints is written to a file."""
    site = Site(frame, rule, None, [target], {}, place, "sh.>", -1)
    flows, models = stored([result])
    for asset in assets(site, Spec("file", ((Arg(position=0),),))):
        frame.run.engine.tell(site, Access, "writes", asset, flows=flows, models=models)


# --- assets ---


def assets(site: Site, spec: Spec) -> tuple[AssetRef, ...]:
    """The assets that a spec names at this call: those of a handle, or one for each alternative of the name."""
    parts = [site.arg(choice) for choice in spec.parts]
    for part in parts[:1]:
        handles = names.handles(part)
        if handles and len(parts) == 1:
            return handles
    given = [p for p in parts if p]
    if not given:
        return ()
    templates = _names(given, SEPARATORS.get(spec.kind, ":"))
    kept = [t for t in templates if t and not _says_nothing(t)]
    if spec.kind == "api" and site.run.backend:
        kept = [routes.of_backend(t, site.run.backend) for t in kept]
    if not kept and templates:
        kept = templates[:1]
    found = dict.fromkeys(AssetRef(spec.kind, t, site.run.cwd) for t in kept[:MOST_ASSETS])
    return tuple(found)


def _names(parts: list[Abs], separator: str) -> list[Template]:
    results: list[Template] = [()]
    for number, part in enumerate(parts):
        options = _texts(part)
        if number:
            handles = names.handles(part)
            options = [h.name for h in handles] or options
        results = [join(left, literal(separator), option) if left else option for left in results for option in options][:MOST_ASSETS]
    return results


def _texts(part: Abs) -> list[Template]:
    if part.texts:
        return list(part.texts)
    handles = names.handles(part)
    if handles:
        return [h.name for h in handles]
    inner = [v for k, v in part.items.items() if not k.startswith(".")] + ([part.elem] if part.elem is not None else [])
    if inner:
        return [t for e in inner for t in _texts(e)]
    if part.is_none:
        return []
    return [(Hole("a computed value"),)]


def _says_nothing(template: Template) -> bool:
    return all(isinstance(p, Hole) and not p.name for p in template)


# --- reads and writes ---


def _access(site: Site) -> Abs:
    rule = site.rule
    verb = _when(site) if rule.when is not None else "access"
    found: list[AssetRef] = []
    for spec in rule.access:
        found += assets(site, spec)
    if rule.when is not None and not rule.access:
        return _verb_only(site, verb)
    if not found:
        return NOTHING
    if verb in ("reads", "writes"):
        for asset in found:
            site.run.engine.tell(site, Access, verb, asset, tags=_pins(site) if verb == "reads" else ())
    flows = tuple(Flow(Read(a, site.place), (), (site.place,), site.certainty) for a in found) if verb != "writes" else ()
    kind = rule.returns or "io.File"
    return Abs(things=(Api(kind, tuple(found), (), verb),), flows=flows)


def _verb_only(site: Site, verb: str) -> Abs:
    return NOTHING


def _when(site: Site) -> str:
    when = site.rule.when
    assert when is not None
    mode = site.arg(when.arg).literal
    if mode is None:
        return when.default
    return next((verb for glob, verb in when.cases if fnmatchcase(mode, glob)), when.default)


def _reads(site: Site) -> Abs:
    engine = site.run.engine
    results: list[Abs] = []
    if site.rule.when is not None and not site.rule.access and _when(site) in ("none", "writes"):
        return NOTHING
    for spec in site.rule.reads:
        if spec.kind == "sql":
            results.append(engine.sql(site, site.arg(spec.parts[0]), data=site.args_of(site.rule.data)))
            continue
        if "stream" in site.rule.tags and not names.handles(site.arg(spec.parts[0])):
            results.append(site.arg(spec.parts[0]).but(texts=(), things=()))  # a text is what to parse, no name
            continue
        tags = (*site.rule.tags, *_pins(site))
        for asset in assets(site, spec):
            engine.tell(site, Access, "reads", asset, tags=tags)
            flow = Flow(Read(asset, site.place), _columns(site), (site.place,), site.certainty)
            content = engine.content(site.frame, asset)
            results.append(Abs(flows=(flow,)) if content is None else content.but(flows=()))
    return union(results)


def _pins(site: Site) -> tuple[str, ...]:
    """What the call says of the version that it reads."""
    for name in ("revision", "version", "version_id", "rev", "commit", "snapshot_id", "as_of", "versionAsOf"):
        given = site.keywords.get(name)
        if given is not None and given.literal and given.literal not in ("main", "master", "latest", "HEAD", "None"):
            return (f"versioned:{name}",)
    return ()


def _columns(site: Site) -> tuple[str, ...]:
    for name in ("usecols", "columns"):
        if name in site.keywords and (found := names.column_names(site.keywords[name])):
            return found
    return ()


def _writes(site: Site) -> None:
    rule = site.rule
    if rule.when is not None and not rule.access and _when(site) in ("none", "reads"):
        return
    for spec in rule.writes:
        if spec.kind == "sql" and rule.reads:
            continue
        if spec.kind == "sql":
            site.run.engine.sql(site, site.arg(spec.parts[0]), data=site.args_of(rule.data))
            continue
        data = _data(site)
        flows, models = stored(data)
        for asset in assets(site, spec):
            site.run.engine.tell(site, Access, "writes", asset, flows=flows, models=models, tags=rule.tags)
            for model in models if "metrics" not in rule.tags else ():
                if rule.saves or model.kind != "artifact":
                    site.run.engine.tell_store(site, "saves", model, asset)
            for source in _copied(site):
                site.run.engine.copies[(site.run.unit, source, asset)] = None


def _copied(site: Site) -> list[AssetRef]:
    """The assets whose very content a write stores, when the call copies or moves."""
    if not any(choice[:1] == (Arg(special="result"),) for choice in site.rule.data):
        return []
    return [f.origin.asset for f in site.result.flows if isinstance(f.origin, Read)]


def _data(site: Site) -> list[Abs]:
    if site.rule.data:
        return site.args_of(site.rule.data)
    if site.receiver is not None:
        return [site.receiver]
    return site.args[:1]


def stored(data: list[Abs]) -> tuple[tuple[tuple[Flow, tuple[str, ...]], ...], tuple[ModelRef, ...]]:
    """What a write of these values stores: flows with the columns they go into, and models."""
    found: dict[tuple[object, ...], tuple[Flow, tuple[str, ...]]] = {}
    models: dict[ModelRef, None] = {}
    for value in data:
        models.update(dict.fromkeys(all_models(value)))
        for flow in value.flows:
            found.setdefault((flow.origin, flow.columns, ()), (flow, ()))
        for columns, inner in _stored_items(value):
            for flow in everything(inner):
                found.setdefault((flow.origin, flow.columns, columns), (flow, columns))
    return tuple(found.values()), tuple(models)


def _stored_items(value: Abs, depth: int = 3) -> list[tuple[tuple[str, ...], Abs]]:
    out: list[tuple[tuple[str, ...], Abs]] = []
    for key, inner in value.items.items():
        if key.startswith("."):
            continue
        if key.isdigit() and depth:
            out += [((), Abs(flows=inner.flows)), *_stored_items(inner, depth - 1)]
        else:
            out.append(((() if key.isdigit() else (key,)), inner))
    if value.elem is not None and depth:
        out += [((), Abs(flows=value.elem.flows)), *_stored_items(value.elem, depth - 1)]
    return out


# --- models ---


def _saves(site: Site) -> None:
    engine = site.run.engine
    for spec in (*site.rule.saves, *site.rule.registers):
        model_value = site.arg(site.rule.model) if site.rule.model else site.receiver if site.receiver is not None else site.args[0] if site.args else NOTHING
        models = _models_of(site, model_value)
        for asset in assets(site, spec):
            flows, _ = stored([model_value]) if not models else ((), ())
            engine.tell(site, Access, "writes", asset, flows=flows, models=models)
            for model in models:
                engine.tell_store(site, "saves", model, asset)


def _loads(site: Site) -> Abs:
    found: list[ModelRef] = []
    engine = site.run.engine
    for spec in site.rule.loads:
        for asset in assets(site, spec):
            role = site.rule.creates if site.rule.creates in ("component", "base") else "model"
            loaded = artifact_ref(site.run.unit.path, asset, role)
            engine.tell(site, Access, "reads", asset, tags=("artifact", *_pins(site)))
            targets = _models_of(site, site.arg(site.rule.model)) if site.rule.model else ()
            for model in targets or (loaded,):
                engine.tell_store(site, "loads", model, asset)
            found.append(loaded)
    return Abs(things=(Api(site.rule.returns or site.path + "()", (), tuple(found)),)) if found else NOTHING


def _restores(site: Site) -> None:
    """``net.load_state_dict(torch.load(path))``: the network is what the artifact holds."""
    given = union(site.args_of(site.rule.mutates))
    for model in all_models(site.receiver or NOTHING):
        for loaded in all_models(given):
            if loaded.kind == "artifact":
                kind, name, cwd = loaded.key[:3]
                site.run.engine.tell_store(site, "loads", model, AssetRef(str(kind), name, str(cwd)))  # type: ignore[arg-type]


def _creates(site: Site, loaded: Abs, handle: Abs) -> Abs:
    rule = site.rule
    if loaded:
        return loaded if not rule.model else NOTHING
    if not rule.creates:
        return NOTHING
    kind = rule.returns or site.path
    key = ("api", site.place, site.frame.at, site.frame.chain[-2:])
    if rule.creates == "trainer":
        return _trainer(site, kind, key)
    model = ModelRef("site", made_at(site.frame, site.place), site.path.rpartition(".")[2], rule.creates)
    parts = tuple(m for value in (site.args_of((rule.model,)) if rule.model else []) for m in all_models(value))
    for part in parts:
        site.run.engine.tell_initialise(site, part, model, "part")
    site.run.made[model] = None
    return Abs(things=(Api(kind, handle.assets(), (model,), key=key),))


def made_at(frame: Frame, place: Place) -> tuple[object, ...]:
    """Where a model is made: the call, the call of the function around it, and the object whose constructor that is."""
    owner = tuple(t.key for t in frame.receiver.things if isinstance(t, Obj))[:1] if frame.receiver is not None else ()
    return (place.path, place.line, frame.at, *frame.chain[-1:], *owner)


def _trainer(site: Site, kind: str, key: tuple[object, ...]) -> Abs:
    """An object that trains another: it holds the model, and the data until training starts."""
    rule = site.rule
    value = site.arg(rule.model) if rule.model else NOTHING
    models = all_models(value)
    for model in models:
        site.run.optimised[model] = None
    for role, choices in _roles(rule):
        flows = merge_flows(*(everything(names.full(site.frame, v)) for v in site.args_of(choices)))
        if flows:
            site.run.store((*key, "role", role), Abs(flows=flows))
    if "self-training" in rule.tags:
        site.run.store((*key, "tags"), Abs((literal("self-training"),)))
    return Abs(things=(Api(kind, (), models, key=key),))


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
    artifacts = [
        artifact_ref(site.run.unit.path, f.origin.asset)
        for f in everything(value)
        if isinstance(f.origin, Read)
    ]
    return tuple(dict.fromkeys(artifacts))[:4]


def _weak(site: Site) -> tuple[ModelRef, ...]:
    name = names.root_name(site.frame, site.root) if site.root >= 0 else ""
    if not name:
        return ()
    return (ModelRef("weak", (site.frame.file.path, *name), name[-1]),)


def _subject(site: Site, what: Choice | Spec) -> tuple[tuple[ModelRef, ...], Abs]:
    """The models that a ``trains`` or ``predicts`` entry speaks of."""
    if isinstance(what, Spec):
        refs = [ModelRef("api", (a.kind, a.name), render(a.name)) for a in assets(site, what)]
        if not refs:
            refs = [ModelRef("api", (what.kind, (site.rule.path,)), site.rule.path)]
        return tuple(refs), NOTHING
    value = site.arg(what)
    found = all_models(value)
    if not found and (Arg(special="self") in what) and site.path.startswith("?.") and not value.flows:
        return _weak(site), value
    return found or _models_of(site, value) or (_weak(site) if Arg(special="self") in what else ()), value


def _trains(site: Site) -> tuple[ModelRef, ...]:
    rule, run = site.rule, site.run
    if not rule.trains:
        return ()
    models, value = _subject(site, rule.trains)
    flows = _training_flows(site, value)
    if rule.path.startswith(_FUNCTIONAL):
        flows = tuple((role, f) for role, f in flows if not (isinstance(f.origin, Output) and f.origin.model in models))
    backward = rule.path.endswith(".backward")
    if not isinstance(rule.trains, Spec) and (backward or not all_models(value)):
        outputs = _outputs(value)
        if outputs:
            return _backward(site, value, outputs)
        if backward:
            return ()
    for model in models:
        kept = tuple((role, f) for role, f in flows if f.origin != Output(model) or role != "evaluation")
        certainty = "guess" if model.kind == "weak" else site.certainty
        run.engine.tell_train(site, model, kept, certainty)
    return models


def _training_flows(site: Site, value: Abs) -> tuple[tuple[str, Flow], ...]:
    found: list[tuple[str, Flow]] = []
    for role, choices in _roles(site.rule):
        for given in site.args_of(choices):
            found += [(role, f) for f in everything(names.full(site.frame, given))]
    for thing in value.things:
        if isinstance(thing, Api) and thing.key:
            for role in ("data", "features", "labels", "evaluation"):
                kept = site.run.load((*thing.key, "role", role))
                found += [(role, f) for f in kept.flows]
    if site.path == "sql.train" and site.keywords.get("labels"):
        named = names.column_names(site.keywords["labels"])
        found = [("labels" if f.columns and set(f.columns) <= set(named) else "features", f) for _, f in found]
    unique: dict[tuple[object, ...], tuple[str, Flow]] = {}
    for role, flow in found:
        unique.setdefault((role, flow.origin, flow.columns), (role, flow._replace(trail=step((flow,), site.place)[0].trail)))
    return tuple(unique.values())


def _outputs(value: Abs) -> tuple[ModelRef, ...]:
    return tuple(dict.fromkeys(f.origin.model for f in everything(value) if isinstance(f.origin, Output)))


def _backward(site: Site, loss: Abs, outputs: tuple[ModelRef, ...]) -> tuple[ModelRef, ...]:
    """``loss.backward()`` trains the models in the loss that an optimizer holds, on everything else the loss is made of."""
    run = site.run
    trained = tuple(m for m in outputs if m in run.optimised) or tuple(m for m in outputs if m.role != "base")[:1] or outputs[:1]
    for model in trained:
        own = Output(model)
        rest = [f for f in everything(loss) if f.origin != own]
        inputs = [f for f in run.inputs.get(model, ()) if isinstance(f, Flow)]
        flows = [("labels", f) for f in rest] + [("features", f._replace(trail=step((f,), site.place)[0].trail)) for f in inputs]
        run.engine.tell_train(site, model, tuple(flows), site.certainty, ("gradient",))
    return trained


def _evaluates(site: Site) -> None:
    """A metric of a model's output against data, or a scoring call: the data evaluate the model."""
    if "evaluation" not in site.rule.tags:
        return
    given = merge_flows(*(everything(names.full(site.frame, v)) for v in (*site.args, *site.keywords.values())))
    subject = _subject(site, site.rule.predicts)[0] if site.rule.predicts else ()
    judged = subject or tuple(dict.fromkeys(f.origin.model for f in given if isinstance(f.origin, Output)))
    data = tuple(("evaluation", f._replace(trail=step((f,), site.place)[0].trail)) for f in given)
    for model in judged[:4]:
        kept = tuple((r, f) for r, f in data if not (isinstance(f.origin, Output) and f.origin.model == model))
        inputs = tuple(("evaluation", f) for f in site.run.inputs.get(model, ()) if isinstance(f, Flow)) if not subject else ()
        if kept or inputs:
            site.run.engine.tell_train(site, model, (*kept, *inputs), site.certainty)


def _predicts(site: Site) -> Abs:
    rule, run = site.rule, site.run
    if not rule.predicts:
        return NOTHING
    models, value = _subject(site, rule.predicts)
    inputs = site.args_of(rule.input) or ([] if rule.input else site.args)
    flows = step(merge_flows(*(everything(names.full(site.frame, v)) for v in inputs)), site.place)
    out: list[Flow] = []
    for model in models:
        certainty = "guess" if model.kind == "weak" else site.certainty
        run.engine.tell(site, Predict, model, flows=flows, certainty=certainty)
        run.inputs[model] = merge_flows(tuple(f for f in run.inputs.get(model, ()) if isinstance(f, Flow)), flows)
        out.append(Flow(Output(model), (), (site.place,), certainty))
    through = flows if not models or all(m.role == "component" or m.kind == "weak" for m in models) else ()
    return Abs(things=(Api(rule.returns, (), ()),) if rule.returns and rule.returns not in ("self",) else (), flows=merge_flows(tuple(out), through))


# --- the rest ---


def _callbacks(site: Site) -> Abs:
    from coupling.link import calls

    results = []
    for callback in site.rule.calls:
        function = site.arg(callback.function)
        given = [_handed(site, site.arg(choice)) for choice in callback.given]
        callables = function.but(things=tuple(t for t in function.things if not isinstance(t, Api)))
        if callables.things:
            results.append(calls.call_value(site.frame, callables, given, {}, site.place))
    return union(results)


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
    site.run.engine.tell(site, Serve, site.run.route, flows=flows, template=template, keys=keys)


def _mutates(site: Site) -> None:
    """Values that a method puts into its receiver, when other names hold it too."""
    if not site.rule.mutates or site.receiver is None or not site.receiver.cells:
        return
    given = site.args_of(site.rule.mutates)
    for cell in site.receiver.cells:
        if names.is_foreign(site.frame, site.root):
            site.run.store(cell, Abs(elem=union(given)))


def _result(site: Site, made: list[Abs], trained: tuple[ModelRef, ...]) -> Abs:
    rule = site.rule
    known = union(made)
    returned = _returned(site)
    if rule.records:
        known = union((known, Abs(flows=(Flow(World(site.run.route or site.path), (), (site.place,)),))))
    if rule.flows is not None:
        given = site.args_of(rule.flows)
        flows = step(merge_flows(*(names.flows_of(v) for v in given)), site.place)
        models = tuple(dict.fromkeys(m for v in given for m in all_models(v)))
        passed = Abs(things=(Api("", (), models),) if models and not known.models() else (), flows=flows)
        return _typed(union((known, passed)), returned, rule.returns)
    if known.flows or known.things or known.items:
        return _typed(known, returned, rule.returns)
    if returned is not None and rule.returns in ("self",) or trained and returned is not None:
        return returned
    return _typed(_made_of(site), returned, rule.returns)


def _made_of(site: Site) -> Abs:
    """The default: the result is made of the receiver and all arguments. A metric sums up, it hands on nothing."""
    if site.rule.writes or ("evaluation" in site.rule.tags and "metrics" in site.rule.tags) or site.rule.saves:
        return NOTHING
    receiver = site.receiver or NOTHING
    flows = merge_flows(names.flows_of(receiver), *(names.flows_of(a) for a in (*site.args, *site.keywords.values())))
    items = receiver.items if receiver.flows or receiver.items else {}
    kept = tuple(t for t in receiver.things if isinstance(t, Api)) if not site.rule.returns else ()
    return Abs(things=tuple(Api(site.path + "()", (), t.models) for t in kept[:1]), flows=step(flows, site.place), items=items, elem=receiver.elem if items else None)


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
    return value.but(things=(Api(returns, assets_, models, key=next((t.key for t in value.things if isinstance(t, Api) and t.key), ())), *others))


__all__ = ["Func", "Initialise", "Site", "Store", "Train", "apply", "assets", "choose", "hole", "stored"]
