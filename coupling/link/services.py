"""Services of one repository that ask each other over HTTP: which served model answers a request.

Comes in: what is shown and recorded, and the addresses that units ask. Goes out: pairs of a ``Serve`` and an address that its route
answers, and of an ``Access`` that records a request and the address that it came to. An address on the internet is somebody else's
service, whatever its path may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from coupling.link import pages
from coupling.link.assets import Asset
from coupling.link.events import Access, Serve
from coupling.link.values import World

_ADDRESS = re.compile(r"^https?://(?P<host>[^/]*)(?P<path>/.*)?$", re.S)
_INSIDE = re.compile(
    r"(localhost|127\.0\.0\.1|0\.0\.0\.0|host\.docker\.internal|[\w-]+|[\w.-]+\.(svc|local|internal|lan)[\w.]*|\{.*\})(:.*)?$"
)
"""A host without a domain, one of a cluster, or one that settings name."""


def answered(serves: Iterable[Serve], asked: Iterable[Asset]) -> Iterator[tuple[Serve, Asset]]:
    """Each response with the addresses that are its route's."""
    inside = [(asset, path) for asset in asked if asset.type in ("url", "file") and (path := _path(asset.name))]
    for serve in serves:
        if serve.kind == "response" and " /" in serve.route and "test" not in serve.unit.tags:
            yield from ((serve, asset) for asset, path in inside if pages.leads("", path, serve.route))


def recorded(accesses: Iterable[Access], asked: Iterable[Asset]) -> Iterator[tuple[Access, Asset]]:
    """Each write of what a request brought, with the addresses that requests with data go to."""
    inside = [(asset, path) for asset in asked if asset.type in ("url", "file") and (path := _path(asset.name))]
    for access in accesses if inside else ():
        routes = {flow.origin.what for flow, _ in access.flows if isinstance(flow.origin, World)}
        if access.verb == "writes" and "test" not in access.unit.tags:
            yield from ((access, asset) for asset, path in inside if any(" /" in r and pages.leads("", path, r) for r in routes))


def _path(name: str) -> str:
    """The path of an address inside the repository's own network, '' for any other name."""
    found = _ADDRESS.match(name)
    if found is None:
        return ""
    path = (found["path"] or "").partition("?")[0]
    return path if path.strip("/") and _INSIDE.match(found["host"]) else ""
