"""Feature stores: views that are written by name and read as ``view:feature``.

Comes in: calls of Feast. Goes out: reads and writes of the views, with the features that are asked for as columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.template import literal
from coupling.link import names
from coupling.link.values import NOTHING, Abs, Api, Args, AssetRef, Flow, Keywords, Place, Read, union

if TYPE_CHECKING:
    from coupling.link.frames import Frame
    from coupling.link.handlers import Handler


def _features(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``store.get_historical_features(entity_df=rows, features=["view:feature"])``: the rows with the features beside them."""
    named = dict(zip(("entity_df", "features"), args, strict=False)) | keywords
    rows = named.get("entity_df", NOTHING)
    wanted: dict[str, list[str]] = {}
    for word in names.column_names(named.get("features", NOTHING)):
        view, _, feature = word.partition(":")
        wanted.setdefault(view, []).append(feature)
    found = []
    for view, features in wanted.items():
        asset = AssetRef("table", literal(view))
        frame.run.engine.tell_plain(frame, "reads", asset, place, "feature store")
        flow = Flow(Read(asset, place), (), (place,))
        found.append(Abs(items={f: Abs(flows=(flow._replace(columns=(f,)),)) for f in features if f}))
    whole = union((rows.but(texts=(), things=()), *found))
    return whole.but(things=(Api("pandas.DataFrame"),))


def _written(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``store.write_to_online_store("view", df)``, ``store.push("source", df)``."""
    from coupling.link.storing import stored

    view = args[0] if args else keywords.get("feature_view_name", keywords.get("push_source_name", NOTHING))
    data = args[1] if len(args) > 1 else keywords.get("df", NOTHING)
    if view.literal:
        flows, _ = stored([data])
        frame.run.engine.tell_plain(frame, "writes", AssetRef("table", literal(view.literal)), place, "feature store", flows)
    return NOTHING


def _same(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return receiver


_STORE = "feast.FeatureStore()"
FUNCTIONS: dict[str, Handler] = {
    f"{_STORE}.get_historical_features": _features,
    f"{_STORE}.get_online_features": lambda frame, receiver, args, keywords, place: _features(
        frame, receiver, [NOTHING, *args[:1]], {k: v for k, v in keywords.items() if k == "features"}, place
    ),
    f"{_STORE}.write_to_online_store": _written,
    f"{_STORE}.write_to_offline_store": _written,
    f"{_STORE}.push": _written,
    "pandas.DataFrame.to_df": _same,
    "pandas.DataFrame.to_pandas": _same,
}
