"""Relations between mapped classes: what ``item.votes`` and ``user.visit_set`` hold are rows of another table.

Comes in: the fields of mapped classes that name another class (Django's ``ForeignKey``, SQLAlchemy's ``relationship``, peewee's
``ForeignKeyField``), and an attribute of a row. Goes out: the rows behind it. A value that nothing is known of has a relation only when the
name that Django itself makes (``visit_set``) says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from coupling.core.facts import FileFacts, Scope, Value
from coupling.link import members, tables
from coupling.link.frames import Frame
from coupling.link.index import PYTHON, Index
from coupling.link.values import Abs, Api, Args, Class, Flow, Keywords, Module, Obj, Place, Read

if TYPE_CHECKING:
    from coupling.link.handlers import Handler

Ref = tuple[str, int]
"""File and scope of a class."""
_FORWARD = ("relationship", "Relationship", "ManyToManyField")
_REVERSE = ("ForeignKey", "OneToOneField", "ManyToManyField", "ForeignKeyField", "TreeForeignKey", "ParentalKey")
_NAMED = ("related_name", "backref")
_QUERIES = "django.db.models.QuerySet"
WHY = "a relation of mapped classes"
MOST_FIELDS = 5000


class Field(NamedTuple):
    """An attribute of the rows of ``owner`` (None: of a class elsewhere) that holds rows of ``target``."""

    owner: Ref | None
    target: Ref
    made: bool = False
    """Whether the mapper made the name up: ``visit_set``."""


class Relations:
    def __init__(self, index: Index) -> None:
        self._index = index
        self._classes: dict[str, list[Ref]] = defaultdict(list)
        for path, number, scope in self._scopes():
            self._classes[scope.name].append((path, number))
        self.fields: dict[str, list[Field]] = defaultdict(list)
        for path, number, scope in self._scopes():
            for name, field in self._declared(self._index.files[path], (path, number), scope):
                if len(self.fields) < MOST_FIELDS:
                    self.fields[name].append(field)

    def _scopes(self) -> Iterator[tuple[str, int, Scope]]:
        for path, file in self._index.files.items():
            if file.parser in PYTHON:
                yield from ((path, n, s) for n, s in enumerate(file.scopes) if s.kind == "class" and s.bases)

    def _declared(self, file: FileFacts, ref: Ref, scope: Scope) -> Iterator[tuple[str, Field]]:
        given = {**dict(scope.names), **{param.name: param.default for param in scope.params if param.default >= 0}}
        noted = {param.name: param.annotation for param in scope.params}
        for name, index in given.items():
            value = file.values[index]
            kind = _last(file, value.parts[0]) if value.op == "call" else ""
            if kind not in (*_FORWARD, *_REVERSE):
                continue
            target = self._target(file, ref, value, noted.get(name, -1))
            keywords = {key: file.values[part].text for key, part in zip(value.keys, value.parts[1:], strict=True) if key}
            if kind in _FORWARD and target is not None:
                yield name, Field(ref, target)
            called = next((keywords[word] for word in _NAMED if keywords.get(word)), "")
            if called and kind in _FORWARD[:2] and target is not None:
                yield called, Field(target, ref)
            elif kind in _REVERSE and not called.endswith("+"):
                yield called or f"{scope.name.lower()}_set", Field(target, ref, not called)

    def _target(self, file: FileFacts, ref: Ref, value: Value, annotation: int) -> Ref | None:
        """The class that a field names: by reference, by text, else in its annotation."""
        for part in (*value.parts[1:2], annotation):
            for word in _words(file, part) if part >= 0 else ():
                found = ref if word == "self" else self._named(word, file.path)
                if found is not None:
                    return found
        return None

    def _named(self, name: str, path: str) -> Ref | None:
        known = self._classes.get(name.rpartition(".")[2], [])
        near = [ref for ref in known if ref[0] == path]
        return (near or known)[0] if len(near) == 1 or len(known) == 1 else None

    def named(self, app: str, name: str) -> Ref | None:
        """``apps.get_model("shop", "Visit")``: the class of this name in the app's folder."""
        inside = [ref for ref in self._classes.get(name, []) if tables.app(ref[0]) == app]
        return inside[0] if len(inside) == 1 else None


def _last(file: FileFacts, index: int) -> str:
    return file.values[index].text.rpartition(".")[2]


def _words(file: FileFacts, index: int, depth: int = 0) -> Iterator[str]:
    """The names in a reference or annotation: ``Mapped[list["Visit"]]``."""
    value = file.values[index]
    if value.op == "text":
        yield value.text.strip("\"'[] ")
    elif value.op in ("free", "import", "attr", "param"):
        yield value.text.rpartition(".")[2]
    elif value.op == "class":
        yield file.scopes[int(value.text)].name
    if depth < 4 and value.op in ("item", "list", "tuple", "binop"):
        for part in value.parts[1:] if value.op == "item" else value.parts:
            yield from _words(file, part, depth + 1)


# --- reading ---


def held(frame: Frame, base: Abs, name: str, place: Place) -> Abs | None:
    """The rows behind an attribute of a row; None when it is no relation."""
    fields = frame.run.engine.relations.fields.get(name)
    if not fields or any(isinstance(t, Class | Module) for t in base.things):
        return None
    fitting = [field for field in fields if _is_of(frame, base, field, name)]
    targets = {field.target for field in fitting}
    return _rows(frame, fitting[0].target, place) if len(targets) == 1 else None


def _is_of(frame: Frame, base: Abs, field: Field, name: str) -> bool:
    known = {asset for asset in base.assets() if asset.kind == "table"}
    known |= {f.origin.asset for f in base.flows if isinstance(f.origin, Read) and f.origin.asset.kind == "table"}
    objects = [t.cls for t in base.things if isinstance(t, Obj)]
    if field.owner is None or not (known or objects):
        return field.made and not objects
    owner = _class(frame, field.owner)
    if owner is None:
        return False
    if objects:
        return any((c.file, c.scope) == field.owner for obj in objects for c in members.mro(frame.run, obj) if isinstance(c, Class))
    return not known.isdisjoint(tables.assets(frame.run, owner))


def _class(frame: Frame, ref: Ref) -> Class | None:
    scope = frame.run.engine.index.files[ref[0]].scopes[ref[1]]
    found = members.module_member(frame.run, ref[0], scope.name, missing=False) if scope.parent == 0 else None
    return next((t for t in found.things if isinstance(t, Class)), None) if found is not None else None


def _rows(frame: Frame, target: Ref, place: Place) -> Abs | None:
    cls = _class(frame, target)
    assets = tables.assets(frame.run, cls) if cls is not None else ()
    if cls is None or not assets:
        return None
    bases = members.api_bases(frame.run, cls)
    if any(tables.is_django(base) for base in bases):
        return members.get_attribute(frame, Abs(things=(cls,)), "objects", place)
    frame.run.engine.tell_plain(frame, "reads", assets[0], place, WHY)
    kind = "peewee.ModelSelect" if any(base.startswith("peewee.") for base in bases) else "sqlalchemy.orm.Query"
    return Abs(things=(Api(kind, assets),), flows=(Flow(Read(assets[0], place), (), (place,)),))


def _model(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """The class that ``apps.get_model`` names, as two words or one."""
    words = [given.literal or "" for given in (*args, *keywords.values())][:2]
    app, name = words if len(words) == 2 else (words[0].partition(".")[::2] if words else ("", ""))
    ref = frame.run.engine.relations.named(app, name) if name else None
    cls = _class(frame, ref) if ref is not None else None
    return Abs(things=(cls,)) if cls is not None else None


FUNCTIONS: dict[str, Handler] = {"django.apps.apps.get_model": _model}
