"""The tables of object-relational mappers: which table a class of the repository stands for.

Comes in: a class. Goes out: the table that it names, in ``__tablename__`` (SQLAlchemy) or in ``Meta`` as ``db_table`` (Django) or
``table_name`` (peewee). Names that a library makes up itself are not guessed.
"""

from __future__ import annotations

from coupling.link import members
from coupling.link.frames import UnitRun
from coupling.link.values import NOTHING, Abs, AssetRef, Class, Obj

_IN_META = ("db_table", "table_name")


def named(run: UnitRun, value: Abs) -> Abs:
    """A class, an instance or a collection of them as the text of its table; anything else as it is."""
    inner = [v for k, v in value.items.items() if not k.startswith(".")] + ([value.elem] if value.elem is not None else [])
    for thing in (t for v in (value, *inner) for t in v.things):
        if isinstance(thing, Class | Obj) and (name := _name(run, thing.cls if isinstance(thing, Obj) else thing)):
            return name
    return value


def assets(run: UnitRun, cls: Class) -> tuple[AssetRef, ...]:
    """The table as what the class and its instances are handles of."""
    name = _name(run, cls)
    return tuple(AssetRef("table", template, run.cwd) for template in name.texts[:1]) if name else ()


def _name(run: UnitRun, cls: Class) -> Abs:
    found = members.class_member(run, cls, "__tablename__")
    if found is not None:
        return Abs(found[0].texts)
    meta = members.class_member(run, cls, "Meta")
    for inner in (t for t in meta[0].things if isinstance(t, Class)) if meta is not None else ():
        for word in _IN_META:
            if (found := members.class_member(run, inner, word)) is not None:
                return Abs(found[0].texts)
    return NOTHING
