"""What a program takes from around it: environment variables, dates, unique names, imports by name."""

from __future__ import annotations

import posixpath

from coupling.core.template import join, literal, text_of
from coupling.link import names
from coupling.link.frames import Frame
from coupling.link.handlers import Handler
from coupling.link.values import NOTHING, WORDS, Abs, Api, Args, Keywords, Place, hole, text, union


def _getenv(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    name = args[0].literal if args else None
    default = args[1] if len(args) > 1 else keywords.get("default")
    if name is None:
        return default or hole("an environment variable", "env")
    return frame.run.engine.env_value(frame, name, default)


def set_variable(frame: Frame, name: Abs, value: Abs) -> None:
    """The program changes its own environment, and that of what it starts."""
    if name.literal and value.texts:
        known = frame.run.env.get(name.literal)
        frame.run.env = {**frame.run.env, name.literal: union((known, value)) if known is not None and frame.run.guarded else value}


def _set_default(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    found = _getenv(frame, receiver, args, keywords, place)
    if len(args) > 1:
        set_variable(frame, args[0], found)
    return found


def _put(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    if len(args) > 1:
        set_variable(frame, args[0], args[1])
    return NOTHING


def _update(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``os.environ.update({...})``."""
    for name, value in {**(names.full(frame, args[0]).items if args else {}), **keywords}.items():
        set_variable(frame, text(name), value)
    return NOTHING


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


def _unique(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return hole("a unique value", f"unique@{place.path}:{place.line}")


def _length(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``len(sys.argv)`` of a command whose words are known. A word that is nothing but unknown may stand for several, or for none."""
    words = frame.run.argv
    if words is None or not args or Api("sys.argv") not in args[0].things or any(not _says(word) for word in words):
        return None
    return Abs(texts=(literal(str(len(words) + 1)),), things=(WORDS,))


def _says(word: Abs) -> bool:
    return bool(word.texts) and all(any(isinstance(part, str) for part in t) for t in word.texts)


FUNCTIONS: dict[str, Handler] = {
    "builtins.len": _length,
    "os.getenv": _getenv,
    "os.environ.get": _getenv,
    "os.environ.setdefault": _set_default,
    "os.environ.update": _update,
    "os.putenv": _put,
    "decouple.config": _getenv,
    "environ.get": _getenv,
    "uuid.uuid4": _unique,
    "tempfile.mkdtemp": _unique,
    "json.loads": _parsed,
    "orjson.loads": _parsed,
    "ujson.loads": _parsed,
    "simplejson.loads": _parsed,
    "tomllib.loads": _parsed,
    "toml.loads": _parsed,
    "spacy.util.ensure_path": _as_path,
    "srsly.util.force_path": _as_path,
    "spacy.training.corpus.walk_corpus": _walked,
    "spacy.cli.convert.walk_directory": _walked,
    "streamlit.selectbox": _chosen,
    "streamlit.sidebar.selectbox": _chosen,
    "streamlit.radio": _chosen,
    "streamlit.sidebar.radio": _chosen,
    "streamlit.select_slider": _chosen,
    "streamlit.multiselect": _chosen_several,
    "streamlit.sidebar.multiselect": _chosen_several,
    "importlib.import_module": _import_module,
    "builtins.__import__": _import_module,
}
"""By API path."""
