"""Paths: what os.path, pathlib and glob do to templates."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from coupling.core.template import Hole, Template, join, literal, text_of
from coupling.link import names
from coupling.link.frames import Frame
from coupling.link.handlers import Handler
from coupling.link.texts import changed
from coupling.link.values import NOTHING, ROOT, Abs, Args, Keywords, Place, hole, text, union


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
    return changed(value, lambda t: posixpath.normpath(posixpath.join(folder, t)) if t and "://" not in t else t)


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
    return changed(value, lambda t: t.removeprefix(base).lstrip("/") if base else t)


FUNCTIONS: dict[str, Handler] = {
    "os.path.join": _os_join,
    "posixpath.join": _os_join,
    "tensorflow.io.gfile.join": _os_join,
    "os.path.abspath": _absolute,
    "os.path.realpath": _absolute,
    "os.path.normpath": _absolute,
    "os.path.dirname": _dirname,
    "os.path.basename": _basename,
    "os.path.splitext": _splitext,
    "os.path.split": _path_split,
    "os.path.relpath": _relative,
    "os.getcwd": _cwd,
    "pathlib.Path": _path,
    "pathlib.PurePath": _path,
    "pathlib.PosixPath": _path,
    "pathlib.PurePosixPath": _path,
    "pathlib.WindowsPath": _path,
    "pathlib.PureWindowsPath": _path,
    "upath.UPath": _path,
    "upath.core.UPath": _path,
    "cloudpathlib.AnyPath": _path,
    "cloudpathlib.CloudPath": _path,
    "path.Path": _path,
    "py.path.local": _path,
    "pathlib.Path.joinpath": _joinpath,
    "pathlib.Path.resolve": _method_absolute,
    "pathlib.Path.absolute": _method_absolute,
    "pathlib.Path.cwd": _path_cwd,
    "pathlib.Path.with_suffix": _with_suffix,
    "pathlib.Path.with_name": _with_name,
    "pathlib.Path.with_stem": _with_stem,
    "pathlib.Path.glob": _globbed,
    "pathlib.Path.rglob": _rglobbed,
    "pathlib.Path.iterdir": _iterdir,
    "pathlib.Path.relative_to": _relative,
    "glob.glob": _globbed,
    "glob.iglob": _globbed,
    "tensorflow.io.gfile.glob": _globbed,
    "tensorflow.gfile.Glob": _globbed,
    "os.listdir": _listdir,
    "os.scandir": _iterdir,
    "os.walk": _walk,
    "urllib.parse.urlparse": _url_parts,
    "urllib.parse.urlsplit": _url_parts,
}
"""By API path."""
