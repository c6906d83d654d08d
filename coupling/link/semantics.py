"""What Python's own functions and methods do to texts, paths and containers.

``function`` knows them by API path, ``method`` by name on a receiver whose shape is known. Both return None for what they do not know.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from itertools import product
from math import prod

from coupling.core.template import Hole, Template, join, literal, text_of
from coupling.link import folders, interfaces, names, orchestrators, pipelines, runs, settings, splits
from coupling.link.frames import Frame
from coupling.link.values import (
    NOTHING,
    Abs,
    Api,
    AssetRef,
    Class,
    Filled,
    Flow,
    Func,
    Obj,
    Partial,
    Place,
    Read,
    everything,
    hole,
    merge_flows,
    step,
    text,
    union,
    without,
)  # fmt: skip

ROOT = "/@"
Args = list[Abs]
Keywords = dict[str, Abs]
Handler = Callable[[Frame, Abs, Args, Keywords, Place], Abs | None]


def function(frame: Frame, path: str, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    handler = FUNCTIONS.get(path) or interfaces.FUNCTIONS.get(path)
    if handler is not None:
        return handler(frame, receiver, args, keywords, place)
    other = folders.FUNCTIONS.get(path) or settings.FUNCTIONS.get(path) or (splits.FUNCTIONS.get(path) if args else None)
    if other is not None:
        return other(frame, receiver, args, keywords, place)
    if (operator := orchestrators.find(path)) is not None:
        return operator(frame, receiver, args, keywords, place)
    if path.startswith("sh."):
        return runs.program(frame, path[3:], args, keywords, place)
    return pipelines.FUNCTIONS[path](frame, receiver, args, keywords, place) if path in pipelines.FUNCTIONS else None


def method(frame: Frame, receiver: Abs, name: str, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    if receiver.items or receiver.elem is not None or any(t in (names.LIST, names.TUPLE, names.DICT, names.SET) for t in receiver.things):
        handler = CONTAINER.get(name)
        if handler:
            return handler(frame, receiver, args, keywords, place)
    if receiver.texts and not any(isinstance(t, Obj | Class) for t in receiver.things):
        if names.is_path(receiver) and (found := FUNCTIONS.get(f"pathlib.Path.{name}")):
            return found(frame, receiver, args, keywords, place)
        text_handler = TEXT.get(name)
        if text_handler:
            return text_handler(frame, receiver, args, keywords, place)
    return None


def sliced(frame: Frame, base: Abs, bounds: list[Abs]) -> Abs:
    """``base[a:b]`` of a list that is known, of ``sys.argv``, or of anything else, which stays as it is."""
    if any(t == Api("sys.argv") for t in base.things):
        words = frame.run.argv
        if words is None:
            return Abs(elem=hole("a command line argument", "argv"))
        base = _rows([text(frame.run.unit.path), *words])
    numbers = [None if not b or b.is_none else b.literal for b in bounds]
    known = _numbered(frame, base) if any(t in (names.LIST, names.TUPLE) for t in base.things) else None
    plain = base.literal
    if any(n is not None and not n.lstrip("-").isdigit() for n in numbers) or any(b and not b.is_none and b.literal is None for b in bounds):
        return base
    part = slice(*(int(n) if n is not None else None for n in numbers[:3]))
    if part.step == 0:
        return base
    if known is not None:
        return _rows(known[part]).but(things=base.things)
    return text(plain[part], base.soft) if plain and not base.items else base


def subscript(frame: Frame, thing: Api, key: Abs) -> Abs | None:
    if thing.key[:1] == ("ini",):
        return settings.ini_data(frame, Abs(things=(thing,))).items.get(key.literal or "")
    if thing.path == "os.environ" and key.literal is not None:
        return frame.run.engine.env_value(frame, key.literal, None)
    if thing.path == "sys.argv" and frame.run.argv is not None and key.literal is not None and key.literal.lstrip("-").isdigit():
        number = int(key.literal)
        if number == 0:
            return text(frame.run.unit.path)
        words = frame.run.argv
        return words[number - 1] if 0 < number <= len(words) else hole("no such argument on the command line", f"argv{number}")
    if thing.path == "sys.argv":
        return hole("a command line argument", f"argv{key.literal or ''}")
    return None


# --- texts ---


def _map(value: Abs, change: Callable[[str], str], why: str = "a changed text") -> Abs:
    """Change each text that has no hole; a template with holes keeps its shape where the change is local to text."""

    def one(template: Template) -> Template:
        plain = text_of(template)
        if plain is not None:
            return literal(change(plain))
        return tuple(part for part in template) or (Hole(why),)

    return value.but(texts=tuple(dict.fromkeys(one(t) for t in value.texts)))


def _same(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return receiver


def _first(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return args[0] if args else next(iter(keywords.values()), NOTHING)


def _str(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    if not args:
        return text("")
    value = args[0]
    return Abs(value.texts or ((Hole("a computed value"),),), flows=names.flows_of(value), soft=value.soft)


def _change(change: Callable[[str], str]) -> Handler:
    return lambda frame, receiver, args, keywords, place: _map(receiver, change).but(things=())


def _replace(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    if names.is_path(receiver) or len(args) < 2:
        return args[0] if args else receiver
    old, new = args[0].literal, args[1].literal
    if old is None:
        return receiver

    def one(template: Template) -> Template:
        out: list[Template] = []
        for part in template:
            if isinstance(part, str) and new is not None:
                out.append((part.replace(old, new),))
            elif isinstance(part, str) and old in part:
                pieces = part.split(old)
                out.append(join(*[x for i, p in enumerate(pieces) for x in ((p,), args[1].texts[0] if args[1].texts and i < len(pieces) - 1 else ())]))
            else:
                out.append((part,))
        return join(*out)

    flows = merge_flows(receiver.flows, names.flows_of(args[1]))
    return receiver.but(texts=tuple(dict.fromkeys(one(t) for t in receiver.texts)), flows=flows, soft=receiver.soft or args[1].soft)


def _format(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return names.str_format(receiver, args, keywords)


def _text_join(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    from coupling.link.evaluate import concat

    parts = [args[0].items[k] for k in args[0].items if k.isdigit()] if args else []
    if not parts or (args and args[0].elem is not None):
        return Abs((((Hole("joined texts"),),)), flows=names.flows_of(args[0]) if args else ())
    spaced = [x for i, part in enumerate(parts) for x in ([receiver, part] if i else [part])]
    return concat(spaced)


def _split(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    plain = receiver.literal
    separator = args[0].literal if args else None
    if plain is None or (args and not separator):
        called = next((p.name for t in receiver.texts for p in t if isinstance(p, Hole) and p.name), "")
        return Abs(elem=Abs(((Hole("a part of a text", called),),), flows=receiver.flows), flows=receiver.flows)
    most = (args[1] if len(args) > 1 else keywords.get("maxsplit", NOTHING)).literal or "-1"
    pieces = plain.split(separator, int(most) if most.lstrip("-").isdigit() else -1)
    return _pieces(receiver, pieces)


def _pieces(receiver: Abs, pieces: list[str]) -> Abs:
    return Abs(things=(names.LIST,), items={str(i): text(p, receiver.soft) for i, p in enumerate(pieces[:100])}, flows=receiver.flows)


def _rsplit(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    plain = receiver.literal
    separator = args[0].literal if args else None
    most = (args[1] if len(args) > 1 else keywords.get("maxsplit", NOTHING)).literal or "-1"
    if plain is None or not separator or not most.lstrip("-").isdigit():
        return _split(frame, receiver, args, keywords, place)
    return _pieces(receiver, plain.rsplit(separator, int(most)))


def _partition(last: bool) -> Handler:
    def part(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
        separator = args[0].literal if args else None
        if receiver.literal is None or not separator:
            return _split(frame, receiver, args, keywords, place)
        return _pieces(receiver, list(receiver.literal.rpartition(separator) if last else receiver.literal.partition(separator)))

    return part


def _removesuffix(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    end = args[0].literal if args else None
    return _map(receiver, lambda t: t.removesuffix(end or ""))


def _nothing(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return NOTHING


TEXT: dict[str, Handler] = {
    "format": _format, "join": _text_join, "replace": _replace, "strip": _change(str.strip), "lower": _change(str.lower), "upper": _change(str.upper),
    "rstrip": _change(str.rstrip), "lstrip": _change(str.lstrip), "title": _change(str.title), "split": _split, "rsplit": _rsplit, "partition": _partition(False), "rpartition": _partition(True), "encode": _same,
    "decode": _same, "removesuffix": _removesuffix, "zfill": _same, "startswith": _nothing, "endswith": _nothing, "capitalize": _change(str.capitalize),
    "expandtabs": _same, "casefold": _change(str.casefold), "splitlines": _split, "read": _same, "dedent": _same,
}  # fmt: skip


# --- paths ---


def path_attribute(base: Abs, name: str) -> Abs | None:
    change = {
        "name": posixpath.basename,
        "stem": lambda t: posixpath.splitext(posixpath.basename(t))[0],
        "suffix": lambda t: posixpath.splitext(t)[1],
    }.get(name)
    if change is not None:
        return base.but(texts=tuple(_path_part(t, change) for t in base.texts), things=())
    if name == "parent":
        return base.but(texts=tuple(parent(t) for t in base.texts))
    if name == "parents":
        ups: list[tuple[Template, ...]] = [tuple(parent(t) for t in base.texts)]
        while len(ups) < 8:
            ups.append(tuple(parent(t) for t in ups[-1]))
        return Abs(items={str(i): base.but(texts=t) for i, t in enumerate(ups)})
    if name == "parts":
        named = path_attribute(base, "name") or NOTHING
        return Abs(items={"-1": named}, elem=hole("a part of a path", "part"))
    return None


def _path_part(template: Template, change: Callable[[str], str]) -> Template:
    plain = text_of(template)
    if plain is not None:
        return literal(change(plain))
    last = template[-1]
    if isinstance(last, str) and "/" in last:
        return literal(change(last))
    first = [p for p in template if isinstance(p, Hole)]
    tail = last if isinstance(last, str) else ""
    return (first[-1], change("x" + tail)[1:]) if tail and change("x" + tail)[1:] else (first[-1],)


def parent(template: Template) -> Template:
    """``dirname`` of a template: cut at its last slash."""
    out = list(template)
    while out:
        last = out.pop()
        if isinstance(last, str) and "/" in last:
            head = last.rpartition("/")[0]
            if not head and not out:
                return literal("/")
            return join(tuple(out), literal(head))
    return literal(".") if all(isinstance(p, str) for p in template) else (Hole("the folder of an unknown path"),)


def _basename(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    value = args[0] if args else NOTHING
    return value.but(texts=tuple(_path_part(t, posixpath.basename) for t in value.texts), things=())


def _dirname(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    value = args[0] if args else NOTHING
    return value.but(texts=tuple(parent(t) for t in value.texts))


def _splitext(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    value = args[0] if args else NOTHING
    stems, ends = [], []
    for template in value.texts:
        last = template[-1] if template else ""
        stem, end = posixpath.splitext(last) if isinstance(last, str) else ("", "")
        stems.append(join(template[:-1], literal(stem)) if isinstance(last, str) else template)
        ends.append(literal(end))
    return Abs(items={"0": value.but(texts=tuple(stems)), "1": value.but(texts=tuple(ends), things=())})


def _path_split(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(items={"0": _dirname(frame, receiver, args, keywords, place), "1": _basename(frame, receiver, args, keywords, place)})


def _os_join(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return names.path_join(args)


def _path(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return names.path_join(args, names.PATH) if args else Abs(texts=(literal("."),), things=(names.PATH,))


def _joinpath(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return names.path_join([receiver, *args], names.PATH)


def _absolute(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    value = args[0] if args else receiver
    folder = posixpath.join(ROOT, frame.run.cwd) if frame.run.cwd and not frame.run.cwd.startswith(("/", "{")) else ""
    return _map(value, lambda t: posixpath.normpath(posixpath.join(folder, t)) if t and "://" not in t else t)


def _method_absolute(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return _absolute(frame, receiver, [], keywords, place)


def _cwd(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return text(posixpath.join(ROOT, frame.run.cwd) if frame.run.cwd else ROOT)


def _path_cwd(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return _cwd(frame, receiver, args, keywords, place).but(things=(names.PATH,))


def _with_suffix(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    def one(template: Template) -> Template:
        last = template[-1] if template else ""
        stem = posixpath.splitext(last)[0] if isinstance(last, str) else ""
        base = join(template[:-1], literal(stem)) if isinstance(last, str) else template
        return join(base, args[0].texts[0] if args and args[0].texts else (Hole("a suffix"),))

    return receiver.but(texts=tuple(one(t) for t in receiver.texts))


def _with_name(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    folder = receiver.but(texts=tuple(parent(t) for t in receiver.texts))
    return names.path_join([folder, *args[:1]], names.PATH)


def _with_stem(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    suffix = path_attribute(receiver, "suffix") or NOTHING
    from coupling.link.evaluate import concat

    return _with_name(frame, receiver, [concat([*args[:1], suffix])], keywords, place)


def _globbed(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``glob.glob(pattern)`` and ``folder.glob(pattern)``: elements are the pattern."""
    if receiver.texts:
        pattern = args[0] if args else text("*")
        joined = names.path_join([receiver, pattern], names.PATH)
    else:
        joined = args[0] if args else NOTHING
    return Abs(elem=joined, flows=joined.flows)


def _rglobbed(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    joined = names.path_join([receiver, text("**"), *args[:1]], names.PATH)
    return Abs(elem=joined)


def _iterdir(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(elem=names.path_join([receiver, text("*")], names.PATH))


def _listdir(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(elem=text("*"))


def _walk(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    root = args[0] if args else NOTHING
    below = union((root, names.path_join([root, text("**")])))
    return Abs(elem=Abs(things=(names.TUPLE,), items={"0": below, "1": Abs(elem=text("*")), "2": Abs(elem=text("*"))}))


def _url_parts(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``urlparse(url)``: its parts are attributes."""
    value = args[0] if args else NOTHING
    plain = value.literal
    if plain is None:
        return Abs(flows=names.flows_of(value))
    scheme, _, rest = plain.rpartition("://")
    netloc, slash, path = rest.partition("/") if scheme else ("", "", rest)
    parts = {".scheme": scheme, ".netloc": netloc, ".path": re.split(r"[?#]", slash + path)[0], ".query": plain.partition("?")[2]}
    return Abs(items={k: text(v, value.soft) for k, v in parts.items()}, flows=value.flows)


def _relative(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    base = args[0].literal if args else None
    value = receiver if receiver.texts else (args[0] if args else NOTHING)
    return _map(value, lambda t: t.removeprefix(base).lstrip("/") if base else t)


# --- environment, time ---


def _getenv(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    name = args[0].literal if args else None
    default = args[1] if len(args) > 1 else keywords.get("default")
    if name is None:
        return default or hole("an environment variable", "env")
    return frame.run.engine.env_value(frame, name, default)


def _parsed(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``json.loads(text)`` of a file's text that is known is what the file holds."""
    value = args[0] if args else next(iter(keywords.values()), NOTHING)
    return value.but(texts=()) if value.items or value.elem is not None else None


def _as_path(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return args[0].but(things=(names.PATH,)) if args and args[0].texts else args[0] if args else NOTHING


def _walked(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """The files under a path, which may be one file itself."""
    root = args[0] if args else NOTHING
    files = [(t if posixpath.splitext(t[-1] if isinstance(t[-1], str) else "")[1] else join(t, literal("/**"))) for t in root.texts if t]
    return Abs(elem=Abs(tuple(files), (names.PATH,), root.flows))


def _chosen(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """A widget gives one of its options."""
    options = args[1] if len(args) > 1 else keywords.get("options")
    found = names.element(frame, options, place) if options is not None else NOTHING
    return found.but(soft=True) if found else None


def _chosen_several(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    found = _chosen(frame, receiver, args, keywords, place)
    return Abs(elem=found) if found is not None else None


def _import_module(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``importlib.import_module("a.b")``: a module of the repository or of a library, by each name that is known."""
    from coupling.link import members

    found = [text_of(t) for t in (args[0].texts if args else ())]
    return union(members.imported(frame, f) for f in found if f and f.replace(".", "").replace("_", "a").isalnum()) or None


def _date(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return hole("a date", "date")


def _unique(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return hole("a unique value", f"unique@{place.path}:{place.line}")


# --- containers ---


def _container(kind: Api) -> Handler:
    def build(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
        cells = (("cell", place, kind.path, frame.chain[-2:]),)
        if not args:
            return Abs(things=(kind,), items=dict(keywords), cells=cells)
        source = names.full(frame, args[0])
        if kind is names.DICT:
            return source.but(things=(kind,), items={**source.items, **keywords}, cells=cells)
        if names.DICT in source.things and source.elem is None and source.items and not source.flows:
            return _rows(_numbered(frame, source) or []).but(things=(kind,), cells=cells)
        if names.DICT in source.things or not (source.items or source.elem is not None):
            return Abs(things=(kind,), elem=names.element(frame, args[0], place), flows=source.flows, cells=cells)
        return source.but(things=(kind,), cells=cells)

    return build


def _elements(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return _container(names.LIST)(frame, receiver, args[:1], {}, place) or NOTHING


def _numbered(frame: Frame, value: Abs) -> list[Abs] | None:
    """The elements in their order, when they are known one by one."""
    whole = names.full(frame, value)
    if whole.elem is not None or not whole.items:
        return None
    if names.DICT in whole.things:
        return [text(k) for k in whole.items if not k.startswith(".")]
    numbered = sorted((k for k in whole.items if k.isdigit()), key=int)
    return [whole.items[k] for k in numbered] if len(numbered) == len(whole.items) and not whole.flows else None


def _tuple(*parts: Abs) -> Abs:
    return Abs(things=(names.TUPLE,), items={str(n): p for n, p in enumerate(parts)})


def _rows(rows: list[Abs]) -> Abs:
    return Abs(things=(names.LIST,), items={str(n): r for n, r in enumerate(rows)})


def _enumerate(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    known = _numbered(frame, args[0]) if args else None
    if known is not None:
        return _rows([_tuple(text(str(n)), one) for n, one in enumerate(known)])
    element = names.element(frame, args[0], place) if args else NOTHING
    return Abs(elem=_tuple(hole("a number", "i"), element))


def _zip(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    known = [_numbered(frame, a) for a in args]
    if args and any(k is not None for k in known):
        length = min(len(k) for k in known if k is not None)
        columns = [k if k is not None else [names.element(frame, a, place)] * length for k, a in zip(known, args, strict=True)]
        return _rows([_tuple(*row) for row in zip(*columns, strict=False)])
    return Abs(elem=_tuple(*(names.element(frame, a, place) for a in args)))


def _range(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    plain = [a.literal for a in args]
    if all(p is not None and p.lstrip("-").isdigit() for p in plain) and not any(a.soft for a in args):
        numbers = _numbers([int(p) for p in plain if p])
        if 0 < len(numbers) <= 12:
            return Abs(things=(names.LIST,), items={str(i): text(str(n)) for i, n in enumerate(numbers)})
    return Abs(elem=hole("a number", "n"))


def _numbers(given: list[int]) -> range:
    if not 1 <= len(given) <= 3 or (len(given) == 3 and not given[2]):
        return range(0)
    return range(*given)


def _mapped(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    from coupling.link import calls

    if len(args) < 2:
        return NOTHING
    return Abs(elem=calls.call_value(frame, args[0], [names.element(frame, a, place) for a in args[1:]], {}, place))


def _filtered(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return args[1] if len(args) > 1 else NOTHING


def _next(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return names.element(frame, args[0], place) if args else NOTHING


def _chain(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(elem=union(names.element(frame, a, place) for a in args))


def _product(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    known = [k for a in args if (k := _numbered(frame, a)) is not None]
    if args and len(known) == len(args) and prod(len(k) for k in known) <= 24:
        return _rows([_tuple(*row) for row in product(*known)])
    return Abs(elem=_tuple(*(names.element(frame, a, place) for a in args)))


def _defaultdict(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(things=(names.DICT,), cells=(("cell", place, "dict", frame.chain[-2:]),))


def _get(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    if not args and names.LIST in receiver.things:
        return names.element(frame, receiver, place)
    key = args[0] if args else NOTHING
    default = args[1] if len(args) > 1 else NOTHING
    whole = names.full(frame, receiver)
    if key.literal is not None and key.literal in whole.items:
        return whole.items[key.literal]
    found = names.item(frame, whole, key, False, place) if key.literal is None or whole.elem is not None or whole.flows else NOTHING
    return union((found, default))


def _items(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    whole = names.full(frame, receiver)
    if whole.items and whole.elem is None and len(whole.items) <= 24:
        pairs = {str(i): Abs(things=(names.TUPLE,), items={"0": text(k), "1": v}) for i, (k, v) in enumerate(whole.items.items()) if not k.startswith(".")}
        return Abs(things=(names.LIST,), items=pairs)
    value = union((*whole.items.values(), *((whole.elem,) if whole.elem is not None else ()), Abs(flows=whole.flows)))
    return Abs(elem=Abs(things=(names.TUPLE,), items={"0": Abs(((Hole("a key", "key"),),), flows=whole.flows), "1": value}))


def _keys(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(things=(names.LIST,), items={str(i): text(k) for i, k in enumerate(k for k in receiver.items if not k.startswith("."))}, flows=receiver.flows)


def _values(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    whole = names.full(frame, receiver)
    return Abs(things=(names.LIST,), items={str(i): v for i, v in enumerate(whole.items.values())}, elem=whole.elem, flows=whole.flows)


def _pop(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    if args:
        return _get(frame, receiver, args, keywords, place)
    return names.element(frame, receiver, place)


CONTAINER: dict[str, Handler] = {
    "get": _get, "items": _items, "keys": _keys, "values": _values, "pop": _pop, "copy": _same, "setdefault": _get, "popleft": _pop,
}  # fmt: skip


def _drop(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``df.drop(columns=[...])``, ``df.drop("a", axis=1)``, ``ds.remove_columns([...])``: all but these columns."""
    given = keywords.get("columns") or keywords.get("labels") or (args[0] if args else NOTHING)
    dropped = names.column_names(given) or ((given.literal,) if given.literal is not None else ())
    axis = (keywords.get("axis") or (args[1] if len(args) > 1 else NOTHING)).literal
    if not dropped or ("columns" not in keywords and axis in ("0", "index")):
        return None
    items = {k: v for k, v in receiver.items.items() if k not in dropped}
    return receiver.but(items=items, flows=without(step(receiver.flows, place), dropped))


FRAME: dict[str, Handler] = {"drop": _drop, "drop_columns": _drop, "remove_columns": _drop}
"""Methods of anything that has columns."""


def _template(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``jinja2.Template(text)``."""
    value = args[0] if args else NOTHING
    return Abs(value.texts, (Api("jinja2.Template"),), value.flows)


def _get_template(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``env.get_template(name)``: the one file of the repository that ends so."""
    name = args[0].literal if args else None
    path = frame.run.engine.index.only("/" + name) if name else None
    if path is None:
        return Abs(things=(Api("jinja2.Template"),))
    return Abs((), (Api("jinja2.Template"),), (Flow(Read(AssetRef("file", literal(f"{ROOT}/{path}")), place), (), (place,)),))


def _rendered(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``template.render(...)``: the text, and what fills it."""
    given = {**(args[0].items if args else {}), **keywords}
    filled = {name: value.but(flows=()) for name, value in given.items() if not name.startswith(".")}
    texts = receiver
    for name, value in filled.items():
        if receiver.texts and value.texts:
            for spelled in ("{{ %s }}" % name, "{{%s}}" % name):
                texts = _replace(frame, texts, [text(spelled), value], {}, place)
    return Abs(texts.texts, (Filled(receiver.flows, tuple(filled.items())),), receiver.flows)


def _table_of(kind: str) -> Handler:
    return lambda frame, receiver, args, keywords, place: _table(frame, kind, args, keywords, place)


def _table(frame: Frame, kind: str, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``DataFrame({"a": x})``, ``DataFrame(list of rows)``: entries are columns."""
    given = args[0] if args else keywords.get("data", keywords.get("mapping", NOTHING))
    value = names.full(frame, given)
    rows = value.elem or union(v for k, v in value.items.items() if k.isdigit())
    items = {k: v for k, v in value.items.items() if not k.isdigit()} or dict(names.full(frame, rows).items)
    items = {k: v for k, v in items.items() if not k.isdigit() and not k.startswith(".")}
    if not items:
        return None
    flows = merge_flows(value.flows, rows.flows)
    return Abs(things=(Api(kind),), items=items, flows=step(flows, place))


def _same_tuple(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``accelerator.prepare(a, b)`` gives back its arguments."""
    return args[0] if len(args) == 1 else Abs(things=(names.TUPLE,), items={str(i): a for i, a in enumerate(args)})


def _slices(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``tf.data.Dataset.from_tensor_slices(x)``: a data set of the elements of x."""
    given = args[0] if args else keywords.get("tensors", NOTHING)
    return Abs(things=(Api("tensorflow.data.Dataset"),), elem=names.element(frame, given, place), flows=step(names.flows_of(given), place))


def _dumped(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """A text of a value: its entries keep their keys for who reads the text again."""
    value = names.full(frame, args[0]) if args else NOTHING
    return value.but(texts=(), things=tuple(t for t in value.things if t in (names.DICT, names.LIST)), flows=step(value.flows, place), cells=())


# --- objects ---


def _getattr(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    from coupling.link import members

    if len(args) < 2:
        return NOTHING
    plain = [text_of(t) for t in args[1].texts]
    if not plain or None in plain:
        return Abs(flows=args[0].flows)
    found = union(members.get_attribute(frame, args[0], p or "", place) for p in plain)
    return union((found, *args[2:3])) if args[2:] else found


def _setattr(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    if len(args) == 3 and args[1].literal is not None:
        frame.run.engine.store_attribute(frame, args[0], args[1].literal, args[2])
    return NOTHING


def _vars(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``vars(args)``, ``asdict(config)``: the attributes as a dict."""
    if not args:
        return NOTHING
    items: dict[str, Abs] = {k.removeprefix("."): v for k, v in args[0].items.items()}
    for thing in args[0].things:
        if isinstance(thing, Obj):
            size = len(thing.key)
            items.update((str(k[-1]), v) for k, v in frame.run.heap.items() if len(k) == size + 1 and k[:-1] == thing.key)
    return args[0].but(things=(names.DICT,), items=items)


def _super(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(things=(Api("builtins.super()"),))


def _type(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    classes = tuple(t.cls for a in args[:1] for t in a.things if isinstance(t, Obj))
    return Abs(things=classes)


def _partial(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(things=(Partial(args[0], tuple(args[1:]), tuple(keywords.items())),)) if args else NOTHING


def _number(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    value = args[0] if args else NOTHING
    return Abs(value.texts, flows=names.flows_of(value), soft=value.soft)


def _aggregate(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    flows = merge_flows(*(everything(names.full(frame, a)) for a in args))
    found = union(names.element(frame, a, place) for a in args) if len(args) == 1 else union(args)
    return Abs(found.texts if len(found.texts) == 1 else (), found.things, step(flows, place))


def _callback_name(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return Abs(things=tuple(t for a in args[:1] for t in a.things if isinstance(t, Func)))


FUNCTIONS: dict[str, Handler] = {
    "os.path.join": _os_join, "posixpath.join": _os_join, "tensorflow.io.gfile.join": _os_join, "os.path.abspath": _absolute, "os.path.realpath": _absolute,
    "os.path.normpath": _absolute, "os.path.expanduser": _first, "os.path.expandvars": _first, "os.path.dirname": _dirname,
    "os.path.basename": _basename, "os.path.splitext": _splitext, "os.path.split": _path_split, "os.path.relpath": _relative, "os.fspath": _first,
    "os.getcwd": _cwd, "os.getenv": _getenv, "os.environ.get": _getenv, "os.environ.setdefault": _getenv, "decouple.config": _getenv, "environ.get": _getenv,
    "pathlib.Path": _path, "pathlib.PurePath": _path, "pathlib.PosixPath": _path, "pathlib.PurePosixPath": _path, "pathlib.WindowsPath": _path,
    "pathlib.PureWindowsPath": _path, "upath.UPath": _path, "upath.core.UPath": _path, "cloudpathlib.AnyPath": _path, "cloudpathlib.CloudPath": _path,
    "path.Path": _path, "py.path.local": _path, "pathlib.Path.joinpath": _joinpath, "pathlib.Path.resolve": _method_absolute,
    "pathlib.Path.absolute": _method_absolute, "pathlib.Path.expanduser": _same, "pathlib.Path.as_posix": _same, "pathlib.Path.cwd": _path_cwd,
    "pathlib.Path.with_suffix": _with_suffix, "pathlib.Path.with_name": _with_name, "pathlib.Path.with_stem": _with_stem, "pathlib.Path.glob": _globbed,
    "pathlib.Path.rglob": _rglobbed, "pathlib.Path.iterdir": _iterdir, "pathlib.Path.relative_to": _relative, "pathlib.Path.as_uri": _same,
    "glob.glob": _globbed, "glob.iglob": _globbed, "tensorflow.io.gfile.glob": _globbed, "tensorflow.gfile.Glob": _globbed, "os.listdir": _listdir, "os.scandir": _iterdir,
    "os.walk": _walk, "builtins.str": _str, "builtins.repr": _str, "builtins.int": _number, "builtins.float": _number, "builtins.bool": _number,
    "builtins.list": _container(names.LIST), "builtins.tuple": _container(names.TUPLE), "builtins.set": _container(names.SET),
    "builtins.frozenset": _container(names.SET), "builtins.dict": _container(names.DICT), "collections.OrderedDict": _container(names.DICT),
    "collections.deque": _container(names.LIST), "queue.Queue": _container(names.LIST), "queue.SimpleQueue": _container(names.LIST), "queue.LifoQueue": _container(names.LIST),
    "multiprocessing.Queue": _container(names.LIST), "asyncio.Queue": _container(names.LIST), "multiprocessing.SimpleQueue": _container(names.LIST), "collections.defaultdict": _defaultdict, "collections.Counter": _elements, "builtins.sorted": _elements,
    "builtins.reversed": _elements, "builtins.enumerate": _enumerate, "builtins.zip": _zip, "builtins.range": _range, "builtins.map": _mapped,
    "builtins.filter": _filtered, "builtins.next": _next, "builtins.iter": _first, "itertools.chain": _chain, "itertools.product": _product,
    "itertools.islice": _first, "itertools.cycle": _first, "tqdm.tqdm": _first, "tqdm.auto.tqdm": _first, "tqdm.notebook.tqdm": _first, "rich.progress.track": _first,
    "tqdm.trange": _range, "tqdm.auto.trange": _range, "builtins.getattr": _getattr, "builtins.setattr": _setattr, "builtins.vars": _vars, "dataclasses.asdict": _vars,
    "builtins.super": _super, "builtins.type": _type, "functools.partial": _partial, "builtins.min": _aggregate, "builtins.max": _aggregate, "builtins.sum": _aggregate,
    "copy.copy": _first, "copy.deepcopy": _first, "typing.cast": lambda f, r, a, k, p: a[1] if len(a) > 1 else NOTHING, "functools.wraps": _nothing,
    "datetime.datetime.strftime": _date, "time.strftime": _date, "datetime.date.today": _date, "datetime.datetime.now": _date, "datetime.datetime.today": _date,
    "datetime.datetime.utcnow": _date, "datetime.datetime.now().strftime": _date, "time.time": _date, "uuid.uuid4": _unique, "tempfile.mkdtemp": _unique,
    "jinja2.Template": _template, "jinja2.Template.render": _rendered, "jinja2.Environment.get_template": _get_template, "jinja2.Environment.from_string": _template,
    "pandas.DataFrame": _table_of("pandas.DataFrame"), "pandas.DataFrame.from_records": _table_of("pandas.DataFrame"), "pandas.DataFrame.from_dict": _table_of("pandas.DataFrame"),
    "polars.DataFrame": _table_of("polars.DataFrame"), "datasets.Dataset.from_dict": _table_of("datasets.Dataset"), "datasets.Dataset.from_list": _table_of("datasets.Dataset"),
    "accelerate.Accelerator.prepare": _same_tuple, "accelerate.Accelerator.unwrap_model": _first, "accelerate.Accelerator.prepare_model": _first,
    "accelerate.Accelerator.prepare_data_loader": _first, "lightning.Fabric.setup": _same_tuple, "lightning.Fabric.setup_dataloaders": _same_tuple,
    "tensorflow.data.Dataset.from_tensor_slices": _slices, "json.dumps": _dumped, "orjson.dumps": _dumped, "simplejson.dumps": _dumped, "textwrap.dedent": _first,
    "urllib.parse.urlparse": _url_parts, "urllib.parse.urlsplit": _url_parts, "urllib.parse.unquote": _first, "urllib.parse.quote": _first,
    "json.loads": _parsed, "orjson.loads": _parsed, "ujson.loads": _parsed, "simplejson.loads": _parsed, "tomllib.loads": _parsed, "toml.loads": _parsed,
    "spacy.util.ensure_path": _as_path, "srsly.util.force_path": _as_path, "spacy.training.corpus.walk_corpus": _walked, "spacy.cli.convert.walk_directory": _walked,
    "streamlit.selectbox": _chosen, "streamlit.sidebar.selectbox": _chosen, "streamlit.radio": _chosen, "streamlit.sidebar.radio": _chosen,
    "streamlit.select_slider": _chosen, "streamlit.multiselect": _chosen_several, "streamlit.sidebar.multiselect": _chosen_several,
    "importlib.import_module": _import_module, "builtins.__import__": _import_module,
    "inspect.cleandoc": _first, "os.fsencode": _first, "functools.reduce": _aggregate,
}  # fmt: skip
