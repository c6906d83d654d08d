"""What a library call does, as data: the form of one entry of ``rules/`` after strict loading.

An entry is keyed by API path (``pandas.read_csv``, ``pandas.DataFrame.to_csv``, ``?.to_parquet`` for a receiver of unknown
type, ``sh.cp`` for a program). docs/rules.md describes every key with examples; ``rulebook`` loads and checks them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Arg(NamedTuple):
    """Where a value stands in a call: a position (-1: none), a keyword (''), ``self``, ``*`` (everything), ``N*`` (positional from
    N), ``result`` or a quoted literal in ``special``."""

    position: int = -1
    keyword: str = ""
    special: str = ""


Choice = tuple[Arg, ...]
"""Alternatives: the first that the call has."""


class Spec(NamedTuple):
    """The name of an asset or model: its kind and the parts of its name, each the first of several arguments."""

    kind: str
    parts: tuple[Choice, ...]


class When(NamedTuple):
    """Which access it is, by the text of an argument: ``cases`` are (glob, verb) tried in order, then ``default``."""

    arg: Choice
    cases: tuple[tuple[str, str], ...]
    default: str


class Callback(NamedTuple):
    """A function argument that the library calls: ``function`` with ``given`` values; its result joins the call's result."""

    function: Choice
    given: tuple[Choice, ...]


class Hook(NamedTuple):
    """A method that the library calls on an object it is handed, by its name, with these roles; what it returns counts as ``role``."""

    object: Choice
    method: str
    given: tuple[str, ...]
    role: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry. Empty fields mean that the call does no such thing; ``flows`` is None when the result is made of the receiver
    and all arguments, () when of nothing."""

    path: str
    reads: tuple[Spec, ...] = ()
    writes: tuple[Spec, ...] = ()
    access: tuple[Spec, ...] = ()
    when: When | None = None
    saves: tuple[Spec, ...] = ()
    loads: tuple[Spec, ...] = ()
    registers: tuple[Spec, ...] = ()
    creates: str = ""
    model: Choice = ()
    trains: Choice | Spec = ()
    predicts: Choice | Spec = ()
    data: tuple[Choice, ...] = ()
    features: tuple[Choice, ...] = ()
    labels: tuple[Choice, ...] = ()
    evaluation: tuple[Choice, ...] = ()
    input: tuple[Choice, ...] = ()
    flows: tuple[Choice, ...] | None = None
    mutates: tuple[Choice, ...] = ()
    returns: str = ""
    bases: tuple[str, ...] = ()
    keeps: tuple[Choice, ...] = ()
    calls: tuple[Callback, ...] = ()
    hooks: tuple[Hook, ...] = ()
    runs: Spec | None = None
    serves: Choice | Spec = ()
    records: tuple[Choice, ...] = ()
    route: Choice = ()
    tags: tuple[str, ...] = ()
    url: str = ""
    example: str = ""
    file: str = ""
    line: int = 0
    extra: tuple[tuple[str, str], ...] = field(default=())
