"""Metaflow: what one flow keeps and another asks for, branches that join, parameters.

Comes in: a value stored on a flow (``self.rows = ...``), an artifact asked for by the flow's name (``Flow("Score").latest_run.data.rows``),
a step that joins. Goes out: artifacts named ``Score/rows``. Only those that some file asks for are told: the rest never leaves its flow.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from coupling.core.facts import FileFacts
from coupling.core.template import literal
from coupling.link import names
from coupling.link.index import PYTHON, Index
from coupling.link.values import NOTHING, Abs, Api, Args, AssetRef, Flow, Func, Keywords, Obj, Place, Read

if TYPE_CHECKING:
    from coupling.link.frames import Frame
    from coupling.link.handlers import Handler

MARK = "metaflow"
FLOW = "metaflow.FlowSpec"
_KEPT = ("data", "artifacts")
_CLIENTS = frozenset(f"metaflow.{name}" for name in ("Flow", "Run", "Step", "Task", "DataArtifact", "Metaflow", "client"))
WHY = "metaflow artifact"


class Asked:
    """The attributes that files with Metaflow's client ask for, collected when first wanted."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._names: frozenset[str] | None = None

    @property
    def names(self) -> frozenset[str]:
        if self._names is None:
            files = [file for file in self.index.files.values() if file.parser in PYTHON and _is_client(file)]
            self._names = frozenset(name for file in files for name in _attributes(file))
        return self._names


def _is_client(file: FileFacts) -> bool:
    return any(value.op == "import" and (value.text in _CLIENTS or value.text == "metaflow") for value in file.values)


def _attributes(file: FileFacts) -> list[str]:
    """Attributes of anything but ``self``, and texts: ``getattr(data, "rows")``, ``data["rows"]``."""
    found = [v.text for v in file.values if v.op == "attr" and not _is_own(file, v.parts[0])]
    return found + [v.text for v in file.values if v.op == "text" and v.text.isidentifier()]


def _is_own(file: FileFacts, index: int) -> bool:
    """Whether a value is a parameter, ``self`` above all, whatever has been stored on it before."""
    while file.values[index].op in ("after", "setattr", "update", "loop"):
        index = file.values[index].parts[0]
    return file.values[index].op == "param"


# --- asking ---


def _client(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``Flow("Score")``, ``Run("Score/3")``, ``Step("Score/3/start")``: all lead to what that flow keeps."""
    template = args[0].texts[0] if args and args[0].texts else ()
    flow = template[0].partition("/")[0] if template and isinstance(template[0], str) else ""
    return Abs(things=(Api("metaflow.client", key=(MARK, flow)),)) if flow else NOTHING


def member(frame: Frame, thing: Api, name: str, place: Place) -> Abs | None:
    """``.latest_run`` leads on, ``.data`` to the artifacts, a name behind it to one; None for what is no client."""
    if thing.key[:1] != (MARK,):
        return None
    if thing.mode not in _KEPT:
        return Abs(things=(thing._replace(mode=name if name in _KEPT else ""),))
    asset = _artifact(str(thing.key[1]), name)
    frame.run.engine.tell_plain(frame, "reads", asset, place, WHY)
    return Abs(flows=(Flow(Read(asset, place), (), (place,)),))


def _same(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(things=tuple(t for t in receiver.things if isinstance(t, Api) and t.key[:1] == (MARK,)))


def _artifact(flow: str, name: str) -> AssetRef:
    return AssetRef("artifact", literal(f"{flow}/{name}"))


# --- keeping ---


def changed(frame: Frame, base: Abs, name: str, value: Abs, place: Place) -> None:
    """``self.rows = ...`` in a flow whose artifact of that name somebody asks for."""
    from coupling.link import members
    from coupling.link.storing import stored

    for thing in base.things:
        if isinstance(thing, Obj) and FLOW in members.api_bases(frame.run, thing.cls) and name in frame.run.engine.asked.names:
            flows, models = stored([value])
            if flows or models:
                frame.run.engine.tell_plain(frame, "writes", _artifact(thing.cls.name, name), place, WHY, flows, models)


def joined(frame: Frame, func: Func, place: Place) -> Abs | None:
    """A step that joins branches gets them as ``inputs``: by number, by the step's name, or one after the other; None for other steps."""
    from coupling.link import members

    engine, receiver = frame.run.engine, func.receiver
    file = engine.index.files[func.file]
    params = [p for p in file.scopes[func.scope].params if p.kind in ("positional", "keyword")]
    flow = next((t for t in receiver.things if isinstance(t, Obj)), None) if receiver is not None else None
    if receiver is None or flow is None or len(params) != 2 or FLOW not in members.api_bases(frame.run, flow.cls):
        return None
    steps = [scope.name for scope in file.scopes if scope.kind == "function" and scope.parent == flow.cls.scope]
    inputs = Abs(things=(names.LIST,), items={f".{step}": receiver for step in steps}, elem=receiver)
    return engine.enter(frame, func, [inputs], {}, place)


def run(frame: Frame, flow: Obj, place: Place) -> None:
    """``Score()`` of a flow runs its steps, here in the order in which they are written."""
    from coupling.link import members

    file = frame.run.engine.index.files[flow.cls.file]
    body = members.class_frame(frame.run, flow.cls)
    for number, scope in enumerate(file.scopes):
        if scope.kind == "function" and scope.parent == flow.cls.scope:
            func = Func(flow.cls.file, number, body, Abs(things=(flow,)), scope.name)
            if "step" in members.decorator_names(frame.run, func) and joined(frame, func, place) is None:
                frame.run.engine.enter(frame, func, [], {}, place)


def _next(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``self.next(self.fit, foreach="regions")``: one of them is each branch's ``self.input``."""
    each = keywords.get("foreach", NOTHING).literal
    for thing in receiver.things:
        if each and isinstance(thing, Api) and thing.key:
            value = frame.run.load((*thing.key, each))
            frame.run.store((*thing.key, "input"), names.element(frame, value, place))
    return NOTHING


def _parameter(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``Parameter("out", default="scored.csv")``: what a command says, else what it is when nobody says otherwise."""
    name = (args[0] if args else keywords.get("name", NOTHING)).literal
    words = frame.run.argv or ()
    for word, value in pairwise(words):
        if name and word.literal == f"--{name}":
            return value
    default = keywords.get("default", NOTHING)
    return default.but(soft=True) if default.texts else default


FUNCTIONS: dict[str, Handler] = {
    **dict.fromkeys(("metaflow.Flow", "metaflow.Run", "metaflow.Step", "metaflow.Task", "metaflow.client.Flow"), _client),
    **dict.fromkeys(("metaflow.client.runs", "metaflow.client.steps", "metaflow.client.__iter__"), _same),
    f"{FLOW}.next": _next,
    "metaflow.Parameter": _parameter,
    "metaflow.Config": _parameter,
}
"""By API path."""
