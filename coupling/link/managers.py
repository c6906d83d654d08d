"""Django's managers and query sets as classes of the repository: ``objects = VisitManager()`` gives rows of the class that it stands in.

Comes in: a manager where a mapped class keeps it, and the constructor of a query set. Goes out: the instance with the table that it
asks, so that its own methods and those of its base reach the same rows. It does not know what the methods read: the rules do.
"""

from __future__ import annotations

from coupling.link import members, tables
from coupling.link.frames import UnitRun
from coupling.link.values import Abs, Api, Args, Class, Keywords, Obj

QUERIES = "django.db.models.QuerySet"
_ENDS = ("Manager", "QuerySet")
LIBRARY = "@library"
"""The attribute of an instance that holds what its library base made."""


def is_manager(run: UnitRun, cls: Class) -> bool:
    return any(path.startswith("django.db.models.") and path.endswith(_ENDS) for path in members.api_bases(run, cls))


def of_class(run: UnitRun, cls: Class, value: Abs) -> Abs:
    """A manager that a mapped class keeps, bound to the table of the class."""
    if not any(isinstance(t, Obj) and is_manager(run, t.cls) for t in value.things):
        return value
    held = tables.assets(run, cls)
    bound = tuple(_bound(run, t, cls) if isinstance(t, Obj) and is_manager(run, t.cls) else t for t in value.things)
    return value.but(things=bound) if held else value


def _bound(run: UnitRun, manager: Obj, cls: Class) -> Obj:
    bound = manager._replace(key=(*manager.key, "of", cls.file, cls.scope))
    run.store((*bound.key, "model"), Abs(things=(cls,)))
    run.store((*bound.key, LIBRARY), _rows(run, cls))
    return bound


def constructed(run: UnitRun, obj: Obj, args: Args, keywords: Keywords) -> None:
    """``VisitQuerySet(self.model)``: a query set of the class that it is given."""
    if not is_manager(run, obj.cls):
        return
    for given in (*args[:1], *((keywords["model"],) if "model" in keywords else ())):
        for cls in given.things:
            if isinstance(cls, Class) and tables.assets(run, cls):
                run.store((*obj.key, "model"), Abs(things=(cls,)))
                run.store((*obj.key, LIBRARY), _rows(run, cls))


def _rows(run: UnitRun, cls: Class) -> Abs:
    return Abs(things=(Api(QUERIES, tables.assets(run, cls)),))
