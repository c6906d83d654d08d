"""Models fetched from the store of an experiment tracker by the number of a run: ``s3://bucket/1/{RUN_ID}/artifacts/model``.

Comes in: what link found, and which model each saved artifact holds. Goes out: pairs (holder, loaded) that are one model. Below
``artifacts/`` stands the name that the run logged it under; which run it was is said nowhere, so only a run of a program in the loader's
own folder counts, or the only program of the repository that logs the name.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from coupling.core.template import render
from coupling.link.assets import Asset
from coupling.link.events import LinkedRepo
from coupling.link.values import ModelRef

_STORED = re.compile(r"/(?:\{[^{}/]*\}|[0-9a-f]{32})/artifacts/([^/{}]+)/?\Z")


def fetched(linked: LinkedRepo, holders: Mapping[Asset, ModelRef | None]) -> Iterator[tuple[ModelRef, ModelRef]]:
    logged = {asset.name: holder for asset, holder in holders.items() if asset.type == "artifact" and holder is not None}
    saving: dict[str, set[str]] = {}
    for store in linked.stores:
        if store.verb == "saves" and store.asset.kind == "artifact":
            saving.setdefault(render(store.asset.name), set()).add(posixpath.dirname(store.unit.path))
    for store in linked.stores:
        found = _STORED.search(render(store.asset.name)) if store.verb == "loads" and store.asset.kind == "artifact" else None
        holder = logged.get(found[1]) if found else None
        if found and holder is not None:
            folders = saving.get(found[1], set())
            if posixpath.dirname(store.unit.path) in folders or len(folders) == 1:
                yield holder, store.model
