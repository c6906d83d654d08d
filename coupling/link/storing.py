"""Rules that read, write and open: which assets, and what a write stores in which columns."""

from __future__ import annotations

from fnmatch import fnmatchcase

from coupling.core.rules import Arg, Spec
from coupling.link import buffers, bundles, clicks, names, tables
from coupling.link.events import Access
from coupling.link.site import Site, assets
from coupling.link.values import (
    NOTHING,
    Abs,
    Api,
    AssetRef,
    Flow,
    ModelRef,
    Output,
    Read,
    all_models,
    everything,
    union,
)


def opened(site: Site) -> Abs:
    rule = site.rule
    verb = verb_of(site) if rule.when is not None else "access"
    found: list[AssetRef] = []
    for spec in rule.access:
        found += assets(site, spec)
    if rule.when is not None and not rule.access:
        return _verb_only(site, verb)
    if not found:
        return NOTHING
    if verb in ("reads", "writes"):
        for asset in found:
            site.run.engine.tell(site, Access, verb, asset, tags=pins(site) if verb == "reads" else ())
    flows = tuple(Flow(Read(a, site.place), _columns(site), (site.place,), site.certainty) for a in found) if verb != "writes" else ()
    kind = rule.returns or "io.File"
    return Abs(things=(Api(kind, tuple(found), (), verb),), flows=flows)


def _verb_only(site: Site, verb: str) -> Abs:
    return NOTHING


def verb_of(site: Site) -> str:
    when = site.rule.when
    assert when is not None
    mode = site.arg(when.arg).literal
    if mode is None:
        return when.default
    return next((verb for glob, verb in when.cases if fnmatchcase(mode, glob)), when.default)


def reads(site: Site) -> Abs:
    engine = site.run.engine
    results: list[Abs] = []
    if site.rule.when is not None and not site.rule.access and verb_of(site) in ("none", "writes"):
        return NOTHING
    for spec in site.rule.reads:
        if spec.kind == "sql":
            results.append(engine.sql(site, site.arg(spec.parts[0]), data=site.args_of(site.rule.data)))
            results.append(tables.rows_of(site.arg(spec.parts[0])))
            continue
        if "stream" in site.rule.tags and not names.handles(site.arg(spec.parts[0])):
            results.append(site.arg(spec.parts[0]).but(texts=(), things=()))  # a text is what to parse, no name
            continue
        if buffers.is_full(given := site.arg(spec.parts[0])):
            results.append(buffers.parsed(given))
            continue
        tags = (*site.rule.tags, *pins(site), *_published(spec))
        for asset in assets(site, spec):
            engine.tell(site, Access, "reads", asset, tags=tags)
            flow = Flow(Read(asset, site.place), _columns(site), (site.place,), site.certainty)
            content = engine.content(site.frame, asset)
            held = (Api(site.rule.returns, (asset,)),) if tables.is_mapper(site.rule.returns) else ()
            results.append(Abs(things=held, flows=(flow,)) if content is None else content.but(flows=()))
    return union(results)


def pins(site: Site) -> tuple[str, ...]:
    """What the call says of the version that it reads."""
    for name in ("revision", "version", "version_id", "rev", "commit", "snapshot_id", "as_of", "versionAsOf"):
        given = site.keywords.get(name)
        if given is not None and given.literal and given.literal not in ("main", "master", "latest", "HEAD", "None"):
            return (f"versioned:{name}",)
    return ()


def _published(spec: Spec) -> tuple[str, ...]:
    """A data set that the library itself names (``load_digits``) is published once and stays as it is."""
    named = any(arg.special.startswith("'") for choice in spec.parts for arg in choice)
    return ("versioned:published",) if spec.kind == "hub" and named else ()


def _columns(site: Site) -> tuple[str, ...]:
    for name in ("usecols", "columns"):
        if name in site.keywords and (found := names.column_names(site.keywords[name])):
            return found
    return tables.columns(site)


def writes(site: Site) -> None:
    rule = site.rule
    if rule.when is not None and not rule.access and verb_of(site) in ("none", "reads"):
        return
    for spec in rule.writes:
        if spec.kind == "sql" and rule.reads:
            continue
        if spec.kind == "sql":
            site.run.engine.sql(site, site.arg(spec.parts[0]), data=site.args_of(rule.data))
            continue
        data = _data(site) + _answers(site)
        if buffers.filled(site.run, site.arg(spec.parts[0]), data):
            continue
        flows, models = stored(data)
        flows = clicks.recorded(site.run, flows)
        side_by_side = bundles.places(data[0]) if data else {}
        for asset in assets(site, spec):
            site.run.engine.tell(site, Access, "writes", asset, flows=flows, models=models, tags=rule.tags)
            if "metrics" not in rule.tags:
                site.run.engine.tell_columns(site, asset, data)
            for model in models if "metrics" not in rule.tags else ():
                if rule.saves or model.kind != "artifact":
                    site.run.engine.tell_store(site, "saves", model, asset, side_by_side.get(model, bundles.WHOLE))
            for source in _copied(site):
                site.run.recall.told += 1
                site.run.engine.copies[(site.run.unit, source, asset)] = None


def _answers(site: Site) -> list[Abs]:
    """A program that trains or predicts, as its options say, writes what it predicts."""
    both = isinstance(site.rule.predicts, Spec) and isinstance(site.rule.trains, Spec)
    return [Abs(flows=tuple(f for f in site.result.flows if isinstance(f.origin, Output)))] if both else []


def _copied(site: Site) -> list[AssetRef]:
    """The assets whose very content a write stores, when the call copies or moves."""
    if not any(choice[:1] == (Arg(special="result"),) for choice in site.rule.data):
        return []
    return [f.origin.asset for f in site.result.flows if isinstance(f.origin, Read)]


def _data(site: Site) -> list[Abs]:
    if site.rule.data:
        return tables.given(site, site.args_of(site.rule.data))
    if site.receiver is not None:
        return [
            tables.row(site.run, site.receiver),
            *(tables.row(site.run, arg) for arg in site.args[:1] if tables.is_mapper(site.rule.path)),
        ]
    return site.args[:1]


def stored(data: list[Abs]) -> tuple[tuple[tuple[Flow, tuple[str, ...]], ...], tuple[ModelRef, ...]]:
    """What a write of these values stores: flows with the columns they go into, and models."""
    found: dict[tuple[object, ...], tuple[Flow, tuple[str, ...]]] = {}
    models: dict[ModelRef, None] = {}
    for value in data:
        models.update(dict.fromkeys(all_models(value)))
        for flow in value.flows:
            found.setdefault((flow.key, ()), (flow, ()))
        for columns, inner in _stored_items(value):
            for flow in everything(inner):
                found.setdefault((flow.key, columns), (flow, columns))
    return tuple(found.values()), tuple(models)


def _stored_items(value: Abs, depth: int = 3) -> list[tuple[tuple[str, ...], Abs]]:
    out: list[tuple[tuple[str, ...], Abs]] = []
    for key, inner in value.items.items():
        if key.startswith("."):
            continue
        if key.isdigit() and depth:
            out += [((), Abs(flows=inner.flows)), *_stored_items(inner, depth - 1)]
        else:
            out.append(((() if key.isdigit() or "{" in key else (key,)), inner))
    if value.elem is not None and depth:
        out += [((), Abs(flows=value.elem.flows)), *_stored_items(value.elem, depth - 1)]
    return out
