"""dbt nodes in Python: ``def model(dbt, session)`` gives the table that is named like its file.

Comes in: such a function, and what it asks of ``dbt``. Goes out: reads of the tables that ``ref`` and ``source`` name, and a write of
what the function returns.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from coupling.core.template import literal
from coupling.link.values import NOTHING, Abs, Api, Args, AssetRef, Flow, Func, Keywords, Place, Read

if TYPE_CHECKING:
    from coupling.link.frames import Frame
    from coupling.link.handlers import Handler

_CONTEXT = "dbt.Context"


def is_node(frame: Frame, func: Func) -> bool:
    scope = frame.run.engine.index.files[func.file].scopes[func.scope]
    return scope.name == "model" and [param.name for param in scope.params] == ["dbt", "session"]


def call(frame: Frame, func: Func, place: Place) -> Abs:
    from coupling.link.storing import stored

    engine = frame.run.engine
    result = engine.enter(frame, func, [Abs(things=(Api(_CONTEXT),)), NOTHING], {}, place)
    flows, _ = stored([result])
    name = posixpath.splitext(posixpath.basename(func.file))[0]
    engine.tell_plain(frame, "writes", AssetRef("table", literal(name)), place, "dbt node", flows)
    return result


def _read(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``dbt.ref("users")``, ``dbt.source("raw", "users")``: a table."""
    name = ".".join(word for arg in args if (word := arg.literal))
    if not name:
        return NOTHING
    asset = AssetRef("table", literal(name))
    frame.run.engine.tell_plain(frame, "reads", asset, place, "dbt ref")
    return Abs(things=(Api("pandas.DataFrame"),), flows=(Flow(Read(asset, place), (), (place,)),))


FUNCTIONS: dict[str, Handler] = {f"{_CONTEXT}.ref": _read, f"{_CONTEXT}.source": _read}
