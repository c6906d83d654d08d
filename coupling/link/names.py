"""Texts, paths and containers: what Python's own types do to values, and which conditions are decided.

Columns of a frame, entries of a dict and places of a tuple are all ``items``; a list's elements are ``items`` by number or
``elem``. What is
added later through another name is kept in the heap under the container's ``cells``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from coupling.core.facts import Value
from coupling.core.template import Hole, Template, join, literal, literal_size, pattern, render, text_of, unifiable
from coupling.link import bundles, enums, gradients
from coupling.link.frames import Frame
from coupling.link.values import (
    MOST_TEXTS,
    NOTHING,
    Abs,
    Api,
    AssetRef,
    Class,
    Flow,
    Obj,
    Place,
    Thing,
    arrays,
    bounded,
    everything,
    hole,
    merge_flows,
    narrowed,
    step,
    text,
    texts_product,
    union,
)

PATH = Api("pathlib.Path")
LIST, TUPLE, SET, DICT = (Api(f"builtins.{name}") for name in ("list", "tuple", "set", "dict"))
_CONTAINERS = {"list": LIST, "tuple": TUPLE, "set": SET}
FIRST_MOST = 200
_PERCENT = re.compile(r"%(?:\((\w+)\))?[#0\- +]*(?:\d+|\*)?(?:\.\d+)?([a-zA-Z%])")
_BRACE = re.compile(r"\{\{|\}\}|\{([^{}!:]*)(?:![rsa])?(?::([^{}]*))?\}")


def is_path(value: Abs) -> bool:
    return any(isinstance(t, Api) and t.path.startswith("pathlib.") for t in value.things)


def path_join(parts: Sequence[Abs], thing: Api | None = None) -> Abs:
    """Joined with ``/``; an absolute part starts anew. What lies in a folder that was fetched is of what was fetched."""
    if parts and not parts[0].texts and parts[0].assets():
        return inside(parts[0], path_join(parts[1:]).texts if parts[1:] else ((),), thing)
    known = [
        part if part.texts else hole("a value of the data" if part.flows else "a value that is no known text")
        for part in parts
        if not part.is_none
    ]
    results: list[Template] = [()]
    for part in known:
        options = part.texts
        if len(results) * len(options) > MOST_TEXTS:
            options = ((Hole(f"one of {len(options)} alternatives"),),)
        results = [bounded(_under(left, option)) for left in results for option in options]
    flows = merge_flows(*(p.flows for p in parts))
    return Abs(tuple(dict.fromkeys(results)), (thing,) if thing else (), flows, soft=any(p.soft for p in parts))


def inside(fetched: Abs, below: tuple[Template, ...], thing: Api | None = None) -> Abs:
    """A file in a folder that was fetched, as a handle of that part of what was fetched."""
    things = tuple(
        t._replace(assets=tuple(a._replace(name=_under(a.name, name)) for a in t.assets for name in below[:4])) if isinstance(t, Api) else t
        for t in fetched.things
    )
    return Abs(things=(*things, thing) if thing else things)


def relative(name: Template) -> Template:
    """A name without the slash that joins it to a folder."""
    first = name[0] if name else ""
    return join(literal(first.lstrip("/")), name[1:]) if isinstance(first, str) and first.startswith("/") else name


def _under(folder: Template, name: Template) -> Template:
    first = name[0] if name else ""
    if not folder or (isinstance(first, str) and first.startswith("/")):
        return name
    if not name or name == (".",):
        return folder
    last = folder[-1]
    slash = () if isinstance(last, str) and last.endswith("/") else ("/",)
    return join(folder, slash, name)


def formatted(value: Abs, spec: str) -> Abs:
    def one(template: Template) -> Template:
        plain = text_of(template)
        if plain is None:
            return template
        try:
            return literal(
                format(int(plain), spec) if plain.lstrip("-").isdigit() and spec[-1:] in "dxobn0123456789" else format(plain, spec)
            )
        except (ValueError, TypeError):
            return (Hole("formatted", "value"),)

    return value.but(texts=tuple(one(t) for t in value.texts) or ((Hole("formatted", "value"),),), things=())


def added(left: Abs, right: Abs) -> Abs:
    if left.texts and right.texts and not left.items and not right.items:
        flows = merge_flows(left.flows, right.flows)
        return Abs(texts_product([left, right]), soft=left.soft or right.soft, flows=flows)
    if right.texts and not left.texts and left.assets():
        return inside(left, tuple(map(relative, right.texts)))
    if left.elem is not None or right.elem is not None or _is_list(left) or _is_list(right):
        return _concatenated(left, right)
    both = union((left, right))
    if left.texts or right.texts:
        known = left.texts or right.texts
        return both.but(texts=tuple(join(t, (Hole("added text"),)) if left.texts else join((Hole("added text"),), t) for t in known))
    return both


def _is_list(value: Abs) -> bool:
    return any(t in (LIST, TUPLE) for t in value.things)


def _concatenated(left: Abs, right: Abs) -> Abs:
    """List + list: positions go on while they are known."""
    if left.elem is None and right.elem is None and left.items and right.items:
        items = dict(left.items)
        start = len(items)
        for number, key in enumerate(sorted(right.items, key=_position)):
            items[str(start + number)] = right.items[key]
        return Abs((), left.things, merge_flows(left.flows, right.flows), items, None, left.cells + right.cells)
    return union((left, right))


def _position(key: str) -> tuple[int, str]:
    return (int(key), "") if key.lstrip("-").isdigit() else (1 << 30, key)


def percent(left: Abs, right: Abs) -> Abs:
    ordered = [right.items[k] for k in sorted(right.items, key=_position)] if right.items else [right]

    def fill(template: Template) -> list[Abs]:
        out: list[Abs] = []
        for part in template:
            if not isinstance(part, str):
                out.append(Abs(texts=((part,),)))
                continue
            pos = 0
            for match in _PERCENT.finditer(part):
                out.append(text(part[pos : match.start()]))
                pos = match.end()
                out.append(_percent_value(match, right, ordered))
            out.append(text(part[pos:]))
        return out

    texts = tuple(t for template in left.texts for t in texts_product(fill(template)))
    return Abs(tuple(dict.fromkeys(texts)), flows=merge_flows(left.flows, everything(right)), soft=left.soft or right.soft)


def _percent_value(match: re.Match[str], right: Abs, ordered: list[Abs]) -> Abs:
    if match[2] == "%":
        return text("%")
    given = right.items.get(match[1], NOTHING) if match[1] else ordered.pop(0) if ordered else NOTHING
    if not given.texts:
        return hole("a computed value", match[1] or "value")
    spec = match[0][1 + (len(match[1]) + 2 if match[1] else 0) :]
    return formatted(given, spec) if match[2] in "dxo" and len(spec) > 1 else given.but(things=(), flows=())


def str_format(template: Abs, args: Sequence[Abs], keywords: dict[str, Abs]) -> Abs:
    def fill(one: Template) -> list[Abs]:
        out, counter = [], 0
        for part in one:
            if not isinstance(part, str):
                out.append(Abs(texts=((part,),)))
                continue
            pos = 0
            for match in _BRACE.finditer(part):
                out.append(text(part[pos : match.start()]))
                pos = match.end()
                if match[0] in ("{{", "}}"):
                    out.append(text(match[0][0]))
                    continue
                out.append(_brace_value(match, args, keywords, counter))
                counter += not match[1]
            out.append(text(part[pos:]))
        return out

    texts = tuple(t for one in template.texts for t in texts_product(fill(one)))
    flows = merge_flows(template.flows, *(everything(a) for a in (*args, *keywords.values())))
    return Abs(tuple(dict.fromkeys(texts)), flows=flows, soft=any(a.soft for a in (template, *args, *keywords.values())))


def _brace_value(match: re.Match[str], args: Sequence[Abs], keywords: dict[str, Abs], counter: int) -> Abs:
    field = match[1]
    root, *rest = re.split(r"[.\[\]]+", field.rstrip("]")) if field else [""]
    if not root or root.isdigit():
        number = int(root) if root else counter
        value = args[number] if number < len(args) else NOTHING
    else:
        value = keywords.get(root, NOTHING)
    for name in rest:
        value = value.items.get(name, value.items.get("." + name, NOTHING))
    if not value.texts:
        return hole("a computed value", field or "value")
    return formatted(value, match[2]) if match[2] else value.but(things=(), flows=())


def cell(frame: Frame, index: int) -> tuple[object, ...]:
    return ("cell", frame.file.path, index, frame.chain[-2:], *frame.turn)


def full(frame: Frame, value: Abs) -> Abs:
    """The value with what other names have put into it."""
    if not value.cells:
        return value
    added_later = [found for key in value.cells if (found := frame.run.load(key))]
    return union((value, *added_later)) if added_later else value


def sequence(frame: Frame, value: Value, index: int) -> Abs:
    from coupling.link.evaluate import evaluate

    items: dict[str, Abs] = {}
    for part in value.parts[:FIRST_MOST]:
        given = evaluate(frame, part)
        spread = _spread(frame, given, frame.place(part)) if frame.value(part).op == "star" else [given]
        items.update((str(len(items) + n), v) for n, v in enumerate(spread))
    return Abs(things=(_CONTAINERS[value.op],), items=items, cells=(cell(frame, index),))


def _spread(frame: Frame, given: Abs, place: Place) -> list[Abs]:
    """The elements of ``*given``; of unknown number, one stands for all, so that what follows keeps its order."""
    whole = full(frame, given)
    numbered = sorted((k for k in whole.items if k.isdigit()), key=int)
    rest = [element(frame, given.but(items={}), place)] if whole.elem is not None or not numbered else []
    return [whole.items[k] for k in numbered] + [r for r in rest if r]


_PLAIN = frozenset(("text", "number", "bool", "none", "func", "lambda", "class", "import", "list", "dict"))
"""Values of a dict that are no computations of a feature."""


def mapping(frame: Frame, value: Value, index: int) -> Abs:
    from coupling.link.evaluate import evaluate

    result = Abs(things=(DICT,), cells=(cell(frame, index),))
    items: dict[str, Abs] = {}
    elems: list[Abs] = []
    flows: list[tuple[Flow, ...]] = []
    for key, part in zip(value.parts[::2], value.parts[1::2], strict=True):
        given = evaluate(frame, part)
        if key < 0:
            items.update(given.items)
            flows.append(given.flows)
            elems += [given.elem] if given.elem is not None else []
            continue
        name = evaluate(frame, key).literal
        if name is None:
            elems.append(given)
        else:
            items[name] = given if frame.value(part).op in _PLAIN else given.but(made=(frame, part))
    return result.but(items=items, elem=union(elems) if elems else None, flows=merge_flows(*flows) if flows else ())


def element(frame: Frame, base: Abs, place: Place) -> Abs:
    """One element of an iterable."""
    from coupling.link import protocols

    value = full(frame, base)
    if DICT in value.things:
        keys = tuple(literal(k) for k in value.items if not k.startswith("."))
        return Abs(texts=keys[:24], flows=value.flows) if keys else Abs(flows=value.flows)
    if any(isinstance(thing, Class) for thing in value.things) and (members := enums.listed(frame, value)):
        return union(members)
    if any(isinstance(thing, Obj) for thing in value.things) and (gone_over := protocols.element(frame, value, place)):
        return gone_over
    parts = [item for key, item in value.items.items() if key.lstrip("-").isdigit()]
    if value.elem is not None:
        parts.append(value.elem)
    if parts:
        result = union(parts)
        return result.but(flows=merge_flows(result.flows, step(value.flows, place)))
    kept = tuple(_element_of(t) for t in value.things if t not in (LIST, TUPLE, SET))
    return Abs(texts=value.texts if is_path(value) else (), things=kept, flows=step(value.flows, place), items=value.items)


def columns_of(base: Abs) -> Abs:
    """``frame.columns``: names that are unknown, but which stored columns are among them is known."""
    thing = Api("frame.columns", key=tuple(sorted(k for k in base.items if not k.startswith("."))))
    return Abs(things=(thing,), elem=Abs(texts=((Hole("a column", "column"),),), things=(thing,)))


def _snapshot(key: Abs) -> frozenset[str] | None:
    """The columns that a frame had when the names in ``key`` were taken from it."""
    for thing in (*key.things, *(key.elem.things if key.elem is not None else ())):
        if isinstance(thing, Api) and thing.path == "frame.columns":
            return frozenset(str(k) for k in thing.key)
    return None


def _element_of(thing: Thing) -> Thing:
    """An element of what was loaded is data, whatever the whole may be."""
    if isinstance(thing, Api) and thing.models and thing.path.endswith(".load()"):
        return thing._replace(models=())
    return thing


def item(frame: Frame, base: Abs, key: Abs, unpack: bool, place: Place) -> Abs:
    from coupling.link import calls

    hooked = calls.subscript(frame, base, key, place)
    if hooked is not None:
        return hooked
    value = full(frame, base)
    name = key.literal
    if name is not None:
        return _by_name(frame, value, name, unpack, place)
    chosen = step(gradients.picked(flows_of(full(frame, key))), place)
    if chosen and not unpack:
        value = value.but(flows=merge_flows(value.flows, chosen))
    snapshot = _snapshot(key)
    if snapshot is not None:
        return value.but(items={k: v for k, v in value.items.items() if k in snapshot}, elem=None, texts=())
    columns = column_names(key)
    if columns:
        items = {c: value.items[c] for c in columns if c in value.items}
        return value.but(items=items, flows=narrowed(value.flows, columns), texts=())
    if key.texts and value.items and all(text_of(t) is not None for t in key.texts):
        return union(_by_name(frame, value, text_of(t) or "", unpack, place) for t in key.texts)
    if key.texts and (fitting := _fitting(value, key)):
        return union((*fitting, *([value.elem] if value.elem is not None else ())))
    if value.elem is not None or any(k.isdigit() for k in value.items) or (DICT in value.things and value.items):
        return union((*value.items.values(), *([value.elem] if value.elem is not None else ()), Abs(flows=value.flows)))
    return value


def _fitting(value: Abs, key: Abs) -> list[Abs]:
    """The entries that a key can mean of which only parts are known: ``f"{name}/{split}"`` is no ``"train"``. [] when it can be any."""
    said = all(any(isinstance(part, str) for part in t) for t in key.texts)
    if not said or all(k.isdigit() for k in value.items):
        return []
    asked = [render(t) for t in key.texts]
    return [v for k, v in value.items.items() if not k.startswith(".") and any(a == k or unifiable(a, k) for a in asked)]


def _by_name(frame: Frame, value: Abs, name: str, unpack: bool, place: Place) -> Abs:
    if name in value.items:
        return union((value.items[name], Abs(flows=arrays(value.flows))))
    fitting = [v for k, v in value.items.items() if "{" in k and pattern(k).match(name)]
    if fitting:
        return union(fitting)
    numeric = name.lstrip("-").isdigit()
    if numeric and name.startswith("-"):
        numbered = [k for k in value.items if k.isdigit()]
        if numbered and value.elem is None and str(len(numbered) + int(name)) in value.items:
            return value.items[str(len(numbered) + int(name))]
    flows = value.flows if numeric else narrowed(value.flows, (name,))
    columns = value.items if numeric and unpack and not any(k.isdigit() for k in value.items) else {}
    rest = Abs(things=_element_things(value, name), flows=step(flows, place), items=columns)  # a row is unpacked beside its number
    parts = [value.elem] if value.elem is not None else []
    if numeric and not parts and any(k.isdigit() for k in value.items) and not unpack:
        parts = [v for k, v in value.items.items() if k.isdigit()]
    return union((*parts, rest)) if parts else rest


def _element_things(value: Abs, name: str) -> tuple[Api | Obj, ...]:
    kept = tuple(t for t in value.things if isinstance(t, Obj) or (isinstance(t, Api) and t not in (LIST, TUPLE, SET, DICT)))
    return tuple(bundles.taken(t, name) if isinstance(t, Api) else t for t in kept)


def column_names(key: Abs) -> tuple[str, ...]:
    """The literal names of a list of columns, () when it is none."""
    parts: list[Abs] = [key.items[k] for k in key.items if k.isdigit()]
    if key.elem is not None:
        parts.append(key.elem)
    out: list[str] = []
    for part in parts:
        names = [text_of(t) for t in part.texts]
        if not names or None in names:
            return ()
        out += [n for n in names if n is not None]
    return tuple(dict.fromkeys(out))


def updated(base: Abs, key: Abs, new: Abs, place: Place) -> Abs:
    """``base[key] = new``."""
    new = new.but(flows=step(new.flows, place)) if new.flows else new
    names = _stored_under(key)
    if not names and key.items and TUPLE in key.things and (last := key.items.get(str(len(key.items) - 1))) is not None:
        names = _stored_under(last)
    if not names:
        flows = merge_flows(base.flows, step(flows_of(key), place)) if key.flows or key.items else base.flows
        return base.but(elem=new if base.elem is None else union((base.elem, new)), flows=flows)
    return base.but(items={**base.items, **dict.fromkeys(names, new)})


def _stored_under(key: Abs) -> tuple[str, ...]:
    """The names that ``base[key] =`` stores under: texts, lists of texts, and patterns (``pred_{fold}``) that say enough."""
    if key.texts and not key.items:
        names = tuple(render(t) for t in key.texts)
        return names if all(literal_size(n) for n in names) or key.literal is not None else ()
    return column_names(key) if TUPLE not in key.things else ()


def extended(base: Abs, elements: Iterable[Abs]) -> Abs:
    """The container after elements were added."""
    parts = [e for e in elements if e]
    if not parts:
        return base
    return base.but(elem=union((*parts, *([base.elem] if base.elem is not None else ()))))


def flows_of(value: Abs) -> tuple[Flow, ...]:
    return everything(value) if value.items or value.elem is not None else value.flows


def full_elements(value: Abs) -> Abs:
    return value


def handles(value: Abs) -> tuple[AssetRef, ...]:
    """The assets that a value stands for as an open handle, or that its elements do."""
    found = value.assets()
    if found:
        return found
    inner = [v.assets() for k, v in value.items.items() if k.isdigit()]
    return tuple(dict.fromkeys(a for group in inner for a in group))
