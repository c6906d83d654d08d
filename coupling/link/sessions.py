"""Sessions that run parts of a graph: ``session.run([train_op, loss], feed_dict=batch)`` trains when an update is among what it fetches.

https://www.tensorflow.org/api_docs/python/tf/compat/v1/Session#run
"""

from __future__ import annotations

from coupling.link import names
from coupling.link.site import Site
from coupling.link.values import NOTHING, Abs, Api

UPDATE = "tensorflow.Operation"
"""What an optimizer makes of a loss."""


def trains(site: Site) -> bool:
    """Whether a call trains: a session does when it runs an update, any other call as its rule says."""
    return "session" not in site.rule.tags or any(map(_updates, _fetched(site)))


def predicts(site: Site) -> bool:
    """Whether a call predicts: a session does unless all that it runs are updates."""
    return "session" not in site.rule.tags or not all(map(_updates, _fetched(site)))


def _fetched(site: Site) -> list[Abs]:
    fetches = names.full(site.frame, site.args[0] if site.args else site.keywords.get("fetches", NOTHING))
    return [*fetches.items.values()] or [fetches]


def _updates(fetched: Abs) -> bool:
    return any(isinstance(t, Api) and t.path == UPDATE for t in (*fetched.things, *(fetched.elem or NOTHING).things))


__all__ = ["predicts", "trains"]
