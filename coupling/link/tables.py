"""The tables of object-relational mappers: which table a class of the repository stands for, and what its rows hold.

Comes in: classes, their instances, and calls of mappers. Goes out: the table that a class names, in ``__tablename__`` (SQLAlchemy) or in
``Meta`` as ``db_table`` (Django) or ``table_name`` (peewee), else the name that its library makes of the class's; an instance as a row
with its columns; the columns that a query names. It does not know which calls read or write: the rules do.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from coupling.core.template import literal
from coupling.link import members
from coupling.link.frames import Frame, UnitRun
from coupling.link.values import NOTHING, Abs, Api, AssetRef, Class, Obj, Place, Read, everything

if TYPE_CHECKING:
    from coupling.link.site import Site

_IN_META = ("db_table", "table_name", "table")
_MAPPERS = ("sqlalchemy.", "django.db.", "django.contrib.gis.db.", "peewee.", "flask_sqlalchemy.", "sqlmodel.", "tortoise.")
_DJANGO = (
    "django.db.models.",
    "django.contrib.gis.db.models.",
    "polymorphic.models.",
    "mptt.models.",
    "model_utils.models.",
    "django.contrib.auth.models.Abstract",
)
_LOWER = ("sqlmodel.SQLModel", "peewee.Model", "tortoise.Model", "tortoise.models.Model")
COLUMN = "mapper.Column"
_VALUES = ("values", "values_list", "only", "with_entities", "load_only")
"""Methods whose texts or columns are all that the rows hold."""
_NESTED = ("defaults", "create_defaults", "values", "set_")
_SESSION = "sqlalchemy.orm.Session."
_KEEPS = ("add", "add_all", "merge", "bulk_save_objects")


def named(run: UnitRun, value: Abs) -> Abs:
    """A class, an instance, a column or a collection of them as the text of its table; anything else as it is."""
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
        return Abs(found[0].texts or (literal(cls.name.lower()),))  # a mixin makes it of the class's name
    meta = members.class_member(run, cls, "Meta")
    for inner in (t for t in meta[0].things if isinstance(t, Class)) if meta is not None else ():
        for word in _IN_META:
            if (found := members.class_member(run, inner, word)) is not None:
                return Abs(found[0].texts)
    return _made_up(run, cls)


def _made_up(run: UnitRun, cls: Class) -> Abs:
    """The name that a library makes of a class's name."""
    for base in members.api_bases(run, cls):
        if is_django(base):
            return Abs((literal(f"{app(cls.file)}_{cls.name.lower()}"),))
        if base.startswith("flask_sqlalchemy."):
            return Abs((literal(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.name).lower()),))
        if base in _LOWER:
            return Abs((literal(cls.name.lower()),))
    return NOTHING


def is_django(base: str) -> bool:
    """Whether a library's class is what Django's mapped classes extend."""
    return base.startswith(_DJANGO) and not base.endswith(("Manager", "QuerySet"))


def app(path: str) -> str:
    """Django's label of the app that a module of models belongs to: its package's name."""
    folders = posixpath.dirname(path).split("/")
    return next((folder for folder in reversed(folders) if folder not in ("models", "")), "app")


# --- rows ---


def row(run: UnitRun, value: Abs) -> Abs:
    """Instances of mapped classes, also in a collection, as rows: what their columns hold."""
    items = {k: row(run, v) if k.isdigit() else v for k, v in value.items.items()}
    elem = row(run, value.elem) if value.elem is not None else None
    for thing in value.things:
        if isinstance(thing, Obj) and _name(run, thing.cls):
            items.update(_fields(run, thing))
    return value.but(items=items, elem=elem) if items or elem is not None else value


def _fields(run: UnitRun, obj: Obj) -> dict[str, Abs]:
    found: dict[str, Abs] = {}
    for base in members.mro(run, obj.cls):
        if isinstance(base, Class):
            scope = run.engine.index.files[base.file].scopes[base.scope]
            for name in (*(known for known, _ in scope.names), *(param.name for param in scope.params)):
                if name not in found and (kept := run.load((*obj.key, name))):
                    found[name] = kept
    return found


def given(site: Site, data: list[Abs]) -> list[Abs]:
    """What a mapper's call stores: rows, and keywords as columns."""
    rows = [row(site.run, value) for value in data]
    if not is_mapper(site.rule.path) or not site.keywords or not any(c and c[0].special == "*" for c in site.rule.data):
        return rows
    named_ = {k: v for k, v in site.keywords.items() if k not in _NESTED}
    nested = [row(site.run, site.keywords[k]) for k in _NESTED if k in site.keywords]
    return [*(row(site.run, value) for value in site.args), Abs(items=named_), *nested]


def is_mapper(path: str) -> bool:
    return path.startswith(_MAPPERS)


# --- columns ---


def column(run: UnitRun, cls: Class, value: Abs, name: str) -> Abs:
    """A column of a mapped class, as queries name it."""
    if not any(isinstance(t, Api) and t.path.endswith("()") for t in value.things) or not (held := assets(run, cls)):
        return value
    return Abs(things=(Api(COLUMN, held, key=(name,)),))


def columns(site: Site) -> tuple[str, ...]:
    """The columns that a query names, when it names nothing else."""
    if not is_mapper(site.rule.path) or not site.args:
        return ()
    plain = site.path.rpartition(".")[2] in _VALUES
    found = [_column_of(arg) or (plain and arg.literal) for arg in site.args]
    return tuple(str(name) for name in found) if all(found) else ()


def _column_of(value: Abs) -> str:
    return next((str(t.key[0]) for t in value.things if isinstance(t, Api) and t.path == COLUMN), "")


# --- changes ---


def changed(frame: Frame, base: Abs, name: str, new: Abs, place: Place) -> None:
    """``row.score = x`` on a row that a query gave: the mapper stores it."""
    from coupling.link.storing import stored

    kind = next((t.path for t in base.things if isinstance(t, Api) and is_mapper(t.path)), "")
    if not kind or not everything(new):
        return
    held = dict.fromkeys((*base.assets(), *(f.origin.asset for f in base.flows if isinstance(f.origin, Read))))
    flows, _ = stored([Abs(items={name: new})])
    for asset in held:
        if asset.kind == "table":
            frame.run.engine.tell_plain(frame, "writes", asset, place, f"{kind} row", flows)


def rows_of(statement: Abs) -> Abs:
    """What a query that is an object, and no text, gives when a session runs it."""
    is_query = any(isinstance(t, Api) and is_mapper(t.path) for t in statement.things)
    return statement.but(texts=()) if is_query and statement.flows else NOTHING


def keeping(run: UnitRun, name: str, args: list[Abs]) -> str:
    """The API path of a session's method that an object of unknown type is asked for, when what it is given is a row."""
    if name not in _KEEPS or not args:
        return ""
    inner = [args[0], *args[0].items.values(), *((args[0].elem,) if args[0].elem is not None else ())]
    is_row = any(isinstance(t, Obj) and _name(run, t.cls) for value in inner for t in value.things)
    return _SESSION + name if is_row else ""
