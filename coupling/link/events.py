"""What link finds out: events of units. ``build`` makes the graph of them."""

from __future__ import annotations

from typing import NamedTuple

from coupling.core.source import Problem
from coupling.link.bodies import Body
from coupling.link.values import AssetRef, Flow, ModelRef, Place


class Unit(NamedTuple):
    """What runs as one. ``number`` tells apart the instances that several commands start."""

    path: str
    name: str = ""
    kind: str = "script"
    number: int = 0
    tags: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"unit:{self.path}" + (f":{self.name}" if self.name else "") + (f":{self.number}" if self.number else "")


class Access(NamedTuple):
    """A unit reads or writes an asset. ``flows`` are what a write stores, each with the columns it is stored in; ``chain`` leads from
    the unit's own line to the call."""

    unit: Unit
    verb: str
    asset: AssetRef
    chain: tuple[Place, ...]
    why: str
    flows: tuple[tuple[Flow, tuple[str, ...]], ...] = ()
    models: tuple[ModelRef, ...] = ()
    certainty: str = "exact"
    when: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Train(NamedTuple):
    unit: Unit
    model: ModelRef
    chain: tuple[Place, ...]
    why: str
    flows: tuple[tuple[str, Flow], ...]
    """(role, flow): features, labels, data, evaluation."""
    certainty: str = "exact"
    when: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def learns(self) -> bool:
        """Whether the model changes here; where data only evaluate it, it does not."""
        return not self.flows or any(role != "evaluation" for role, _ in self.flows)


class Predict(NamedTuple):
    unit: Unit
    model: ModelRef
    chain: tuple[Place, ...]
    why: str
    flows: tuple[Flow, ...] = ()
    certainty: str = "exact"
    when: tuple[str, ...] = ()
    several: bool = False
    """The call goes through a collection of models."""
    at: int = -1
    """Which call of its line it is."""


class Store(NamedTuple):
    """A model is saved to, loaded from or registered as an artifact."""

    unit: Unit
    verb: str
    model: ModelRef
    asset: AssetRef
    chain: tuple[Place, ...]
    why: str
    when: tuple[str, ...] = ()
    part: str = ""
    """Where in the artifact it stands, beside others."""


class Computed(NamedTuple):
    """How one named feature of a model is computed where the model is trained (``train``) or asked (``serve``)."""

    unit: Unit
    model: ModelRef
    side: str
    feature: str
    text: str
    place: Place


class Column(NamedTuple):
    """How a column is computed that a unit stores in an asset."""

    unit: Unit
    asset: AssetRef
    name: str
    text: str
    place: Place


class Prepared(NamedTuple):
    """A step that prepares data: a literal ``setting`` of it, one that is made of each ``frame`` anew, or one that ``aligns`` frames."""

    unit: Unit
    kind: str
    name: str
    text: str
    place: Place


class Initialise(NamedTuple):
    """``target`` starts from, wraps or shares the parameters of ``source``."""

    unit: Unit
    source: ModelRef
    target: ModelRef
    chain: tuple[Place, ...]
    why: str
    role: str = ""


class Serve(NamedTuple):
    """Values are shown to people or services: in ``template`` when a page is rendered, under ``keys`` when they are named.
    ``kind`` is response, mail or annotation (pre-filled for annotators)."""

    unit: Unit
    route: str
    flows: tuple[Flow, ...]
    chain: tuple[Place, ...]
    why: str
    template: str = ""
    keys: tuple[str, ...] = ()
    kind: str = "response"
    tokens: tuple[str, ...] = ()
    """Those of the keys whose values are made for this answer: ids."""


class Tested(NamedTuple):
    """An effect on ``line`` of a handler happens only if a value is (``equal``) or is not ``text``."""

    line: int
    text: str
    equal: bool


class Handler(NamedTuple):
    """A function that answers requests: the names it takes from them, the names it answers with, session keys it touches, and
    the literals it tests before it does something."""

    unit: Unit
    route: str
    place: Place
    end_line: int
    takes: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    session: tuple[str, ...] = ()
    tested: tuple[Tested, ...] = ()
    says: tuple[str, ...] = ()
    """Literals it answers with."""
    endpoint: str = ""
    """The name that pages know it by."""
    backend: str = ""
    """The folder of the annotation backend that it belongs to."""


class Asked(NamedTuple):
    """A request that a page or script makes. ``url`` is rendered with holes in braces; ``page`` names what comes from the page."""

    method: str
    url: str
    line: int
    keys: tuple[str, ...] = ()
    page: tuple[str, ...] = ()
    literals: tuple[str, ...] = ()
    endpoint: str = ""


class Tracked(NamedTuple):
    tracker: str
    event: str
    line: int
    keys: tuple[str, ...] = ()


class Page(NamedTuple):
    """A template or script: what it asks, what it reports to trackers, the files it is made of (as it names them), its variables."""

    path: str
    asked: tuple[Asked, ...] = ()
    tracked: tuple[Tracked, ...] = ()
    sources: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()


class LinkedRepo(NamedTuple):
    units: tuple[Unit, ...]
    accesses: tuple[Access, ...]
    trains: tuple[Train, ...]
    predicts: tuple[Predict, ...]
    stores: tuple[Store, ...]
    initialises: tuple[Initialise, ...] = ()
    serves: tuple[Serve, ...] = ()
    computed: tuple[Computed, ...] = ()
    tracked: frozenset[str] = frozenset()
    """Paths that a version tool pins or git holds."""
    paths: frozenset[str] = frozenset()
    cells: tuple[tuple[str, tuple[tuple[int, int, int], ...]], ...] = ()
    problems: tuple[Problem, ...] = ()
    copies: tuple[tuple[Unit, AssetRef, AssetRef], ...] = ()
    """Files copied or moved as they are: (unit, from, to)."""
    summaries: int = 0
    """Function summaries applied: calls of the repository's own functions that were entered."""
    handlers: tuple[Handler, ...] = ()
    pages: tuple[Page, ...] = ()
    monitored: frozenset[str] = frozenset()
    """Files whose code watches what a model gets or gives."""
    links: tuple[tuple[str, int, str], ...] = ()
    """(file, line, address): addresses in texts of the code, as in mails."""
    prepared: tuple[Prepared, ...] = ()
    columns: tuple[Column, ...] = ()
    bodies: tuple[tuple[str, tuple[Body, ...]], ...] = ()
    """The functions of files that data pass on their way to models."""
