"""One unit starting another: commands, interpreters, launchers, stages.

A command is a call site. A Python script that a command starts becomes a ``Launch``, an instance of its own with its arguments,
environment and
folder; a shell script runs in place, its positional parameters bound.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from coupling.core.template import text_of
from coupling.link import mounts
from coupling.link.values import NOTHING, ROOT, Abs, Api, Keywords, Place, text
from coupling.link.words import cut, listed, pair

if TYPE_CHECKING:
    from coupling.link.frames import Frame
    from coupling.link.index import Index

MOST_LAUNCHES = 400
PYTHONS = ("python", "python3", "python2", "pypy", "pypy3", "ipython", "sys.executable")
LAUNCHERS = (
    "torchrun",
    "accelerate",
    "deepspeed",
    "horovodrun",
    "mpirun",
    "srun",
    "spark-submit",
    "papermill",
    "streamlit",
    "coverage",
    "pytest",
    "ipython",
    "composer",
    "ray",
    "kernprof",
    "scalene",
    "py-spy",
    "nohup",
    "fire",
    "runipy",
    "dvc",
    "exp",
    "run",
    "launch",
)
SHELLS = ("bash", "sh", "zsh", "dash", "ksh", "source", ".")


class Launch(NamedTuple):
    """A script started with these words, in this environment and folder."""

    path: str
    argv: tuple[Abs, ...]
    env: tuple[tuple[str, Abs], ...]
    cwd: str
    chain: tuple[Place, ...]
    certainty: str = "exact"
    call: str = ""
    """A function to call after loading the script, as an installed command does."""
    parameters: tuple[tuple[str, Abs], ...] = ()
    """Names of a notebook that its caller sets."""
    mounts: mounts.Mounts | None = None


class Launches:
    """Commands met so far, each once."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.queue: list[Launch] = []
        self.seen: set[tuple[object, ...]] = set()

    def add(self, launch: Launch) -> None:
        given = tuple((k, v.texts) for k, v in (*launch.env, *launch.parameters))
        key = (launch.path, tuple(a.texts for a in launch.argv), launch.cwd, given, launch.call, launch.mounts)
        if key not in self.seen and len(self.seen) < MOST_LAUNCHES:
            self.seen.add(key)
            self.queue.append(launch)


def program(frame: Frame, name: str, args: list[Abs], keywords: Keywords, place: Place) -> Abs | None:
    """A program of a command line, when it is an interpreter, a launcher or a file of the repository; None when rules should say."""
    base = posixpath.basename(name)
    if "@inside" in keywords:
        rest = {k: v for k, v in keywords.items() if k != "@inside"}
        options, _ = mounts.options(list(keywords["@inside"].items.values()))
        return _inside(frame, options, lambda: program(frame, name, args, rest, place))
    if base.startswith("python") or base in PYTHONS:
        return python(frame, args, keywords, place)
    if base in SHELLS:
        return script(frame, args, keywords, place, sourced=base in ("source", "."))
    if (known := _starter(frame, base, args, keywords, place)) is not None:
        return known
    if base in LAUNCHERS and python(frame, args, keywords, place, strict=True) is not None:
        return NOTHING
    path = file_of(frame, name, keywords)
    if path and path.endswith((".py", ".ipynb")):
        return launch(frame, path, args, keywords, place)
    if path and path in frame.run.engine.index.files:
        return script(frame, [text(path), *args], keywords, place, sourced=False)
    return _entry_point(frame, base, args, keywords, place)


def _starter(frame: Frame, base: str, args: list[Abs], keywords: Keywords, place: Place) -> Abs | None:
    """Programs that say more of what they start than its words: containers, projects, notebooks with parameters."""
    from coupling.link import pipelines

    first = args[0].literal if args else None
    if base in ("docker", "podman", "nvidia-docker") and first == "run":
        return _container(frame, args[1:], keywords, place)
    if base == "mlflow" and first == "run":
        return pipelines.project_command(frame, args[1:], place)
    if base == "sbatch" and (wrapped := _wrapped(args)):
        return frame.run.engine.embedded.shell(frame, wrapped, place, folder(frame, keywords))
    if base == "papermill":
        return python(frame, args, {**keywords, "@parameters": _given_parameters(args)}, place, strict=True) or NOTHING
    return None


def _wrapped(words: list[Abs]) -> Abs:
    """The command that ``sbatch --wrap="python train.py"`` submits."""
    for number, word in enumerate(words):
        first = word.texts[0][0] if word.texts and word.texts[0] else ""
        if isinstance(first, str) and first.startswith("--wrap="):
            return cut(word, len("--wrap="))
        if first == "--wrap" and number + 1 < len(words):
            return words[number + 1]
    return NOTHING


def _container(frame: Frame, words: list[Abs], keywords: Keywords, place: Place) -> Abs:
    """``docker run [options] image [command]`` with what its options mount and set."""
    given, rest = mounts.options(words)
    entry = [value for option, value in given if option == "--entrypoint"]
    command = [*entry[-1:], *rest[1:]]
    return _inside(frame, given, lambda: argv(frame, listed(command), keywords, place)) or NOTHING if command else NOTHING


def _inside(frame: Frame, options: list[tuple[str, Abs]], start: Callable[[], Abs | None]) -> Abs | None:
    """Start something in a container: with its mounts, and the variables that its options set."""
    run = frame.run
    before, around = run.env, run.mounts
    run.env = {**run.env, **{k: v for k, v in (pair(value) for option, value in options if option in ("-e", "--env")) if k and v.texts}}
    run.mounts = mounts.of_options(frame, options) or around
    try:
        return start()
    finally:
        run.env, run.mounts = before, around


def _given_parameters(words: list[Abs]) -> Abs:
    """``-p name value`` of papermill."""
    found = {}
    for at, word in enumerate(words[:-2]):
        if word.literal in ("-p", "-r", "--parameters", "--parameters_raw") and words[at + 1].literal:
            found[words[at + 1].literal or ""] = words[at + 2]
    return Abs(items=found)


def parameters(path: str, args: list[Abs], keywords: Keywords) -> Keywords:
    """The keywords of a call that starts a notebook, with the parameters that it sets."""
    if not path.startswith("papermill."):
        return keywords
    return {**keywords, "@parameters": keywords.get("parameters") or (args[2] if len(args) > 2 else NOTHING)}


def _entry_point(frame: Frame, name: str, args: list[Abs], keywords: Keywords, place: Place) -> Abs | None:
    """A command that the repository's own packaging installs."""
    module, _, function = frame.run.engine.entry_points(frame.run).get(name, "").partition(":")
    if not module:
        return None
    return _module(frame, module, args, {**keywords, "@call": text(function.partition("[")[0].strip())}, place)


def _module(frame: Frame, dotted: str, args: list[Abs], keywords: Keywords, place: Place) -> Abs | None:
    index = frame.run.engine.index
    found = index.module(dotted, posixpath.join(folder(frame, keywords), "x.py")) or index.module(dotted, frame.file.path)
    if found is None:
        return None
    path = found[0]
    if path.endswith(("/", "__init__.py")):
        main = posixpath.join(posixpath.dirname(path) if not path.endswith("/") else path[:-1], "__main__.py")
        path = main if main in index.files else path
    return launch(frame, path, args, keywords, place) if path in index.files else None


def python(frame: Frame, args: list[Abs], keywords: Keywords, place: Place, strict: bool = False) -> Abs | None:
    """``python [options] script args`` or ``python -m module args``, behind launchers' own options and names."""
    for number, word in enumerate(args):
        plain = word.literal
        if plain in ("-m", "--module") and number + 1 < len(args):
            module = args[number + 1].literal
            found = _module(frame, module, args[number + 2 :], keywords, place) if module else None
            if found is not None or not module or module.split(".")[0] not in ("torch", "accelerate", "papermill", "pytest", "coverage"):
                return found if found is not None or strict else _library(frame, module, args[number + 2 :], keywords, place)
            continue
        if plain == "-c" and not strict:
            return _inline(frame, args[number + 1 :], place)
        for name in _texts(word):
            if name.endswith((".py", ".ipynb")) or not name.startswith("-"):
                path = file_of(frame, name, keywords)
                if path and path.endswith((".py", ".ipynb")):
                    return launch(frame, path, args[number + 1 :], keywords, place)
    return None if strict else NOTHING


def _library(frame: Frame, module: str | None, args: list[Abs], keywords: Keywords, place: Place) -> Abs:
    """``python -m spacy train ...`` is ``spacy train ...``."""
    from coupling.link import calls

    if not module:
        return NOTHING
    callee = Api(f"sh.{module}")
    return calls.call_api(frame, callee, Abs(things=(callee,)), args, keywords, place)


def _inline(frame: Frame, args: list[Abs], place: Place) -> Abs:
    code = args[0].literal if args else None
    if code:
        frame.run.engine.embedded.python(frame, code, place)
    return NOTHING


def _texts(word: Abs) -> list[str]:
    """The texts a word can be; of a path in an unknown folder (``$CODE/train.py``) what follows the hole, with a ``?`` for it."""
    found = []
    for template in word.texts:
        plain = text_of(template)
        if plain is not None:
            found.append(plain)
        elif isinstance(template[-1], str) and template[-1].startswith("/"):
            found.append("?" + template[-1])
    return found


def script(frame: Frame, args: list[Abs], keywords: Keywords, place: Place, sourced: bool) -> Abs:
    """A shell script of the repository runs in place; ``sh -c 'text'`` likewise."""
    engine = frame.run.engine
    if args and args[0].literal in ("-c", "-lc", "-ec", "-xc") and len(args) > 1:
        return engine.embedded.shell(frame, args[1], place, folder(frame, keywords))
    words = [a for a in args if not (a.literal or "").startswith("-")]
    for name in _texts(words[0]) if words else ():
        path = file_of(frame, name, keywords)
        if path and path in engine.index.files:
            engine.embedded.script(frame, path, words[1:], place, folder(frame, keywords), _env(frame, keywords), sourced)
    return NOTHING


def launch(frame: Frame, path: str, args: list[Abs], keywords: Keywords, place: Place) -> Abs:
    launches = frame.run.engine.launches
    certainty = "guess" if frame.file.parser == "markdown" else "exact"
    env = tuple(sorted({**frame.run.env, **_env(frame, keywords)}.items(), key=lambda kv: kv[0]))
    frame.run.recall.told += 1
    given = tuple(sorted(keywords["@parameters"].items.items())) if "@parameters" in keywords else ()
    called = keywords.get("@call", NOTHING).literal or ""
    chain, inside = (*frame.chain, place), frame.run.mounts
    launches.add(Launch(path, tuple(args), env, folder(frame, keywords), chain, certainty, called, given, inside))
    return NOTHING


def _env(frame: Frame, keywords: Keywords) -> dict[str, Abs]:
    """Assignments before the command, and the names that the shell script has set."""
    from coupling.link.evaluate import evaluate

    found: dict[str, Abs] = {}
    if frame.file.parser == "shell":
        for name, index in frame.scope.names:
            if name.replace("_", "a").isalnum() and not name[0].isdigit():
                found[name] = evaluate(frame, index)
    found.update((k[1:], v) for k, v in keywords.items() if k.startswith("$"))
    found.update(variables(keywords))
    return {k: v for k, v in found.items() if v.texts}


def variables(keywords: Keywords) -> dict[str, Abs]:
    """The environment that a call gives as ``env={...}``."""
    given = keywords.get("env", NOTHING)
    return {k: v for k, v in given.items.items() if v.texts and not k.startswith(".")}


def folder(frame: Frame, keywords: Keywords) -> str:
    given = keywords.get("@cwd") or keywords.get("cwd")
    plain = given.literal if given is not None else None
    if plain is None:
        return frame.run.cwd
    plain = plain.removeprefix(ROOT + "/") if plain.startswith(ROOT) else plain
    joined = posixpath.normpath(posixpath.join(frame.run.cwd, plain.lstrip("/") if plain == "/" else plain))
    return "" if joined in (".", ROOT) or joined.startswith(("..", "/")) else joined


def file_of(frame: Frame, name: str, keywords: Keywords) -> str | None:
    index = frame.run.engine.index
    here = posixpath.dirname(frame.file.path)
    name = name.removeprefix(ROOT + "/")
    if name.startswith("?/"):
        return index.only(name[1:])
    found = index.file(name, (folder(frame, keywords), here, ""))
    if found is None and name.startswith("/"):
        parts = name.strip("/").split("/")
        found = next((p for n in range(1, len(parts)) if (p := index.file("/".join(parts[n:]), ("",)))), None)
    return found


# --- commands given to Python functions ---


def argv(frame: Frame, words: Abs, keywords: Keywords, place: Place) -> Abs:
    """A command as a list of words: ``subprocess.run([...])``."""
    from coupling.link import calls, names

    whole = names.full(frame, words)
    numbered = [whole.items[k] for k in sorted((k for k in whole.items if k.isdigit()), key=int)]
    rest = [whole.elem] if whole.elem is not None else []
    if not numbered:
        return frame.run.engine.embedded.shell(frame, words, place, folder(frame, keywords)) if words.texts else NOTHING
    flat = [word for item in [*numbered, *rest] for word in _flattened(frame, item, place)]
    name = _program_name(flat[0]) if flat else None
    if name is None:
        return NOTHING
    found = program(frame, name, flat[1:], keywords, place)
    if found is None:
        callee = Api(f"sh.{posixpath.basename(name)}")
        found = calls.call_api(frame, callee, Abs(things=(callee,)), flat[1:], {k: v for k, v in keywords.items() if k in ("@cwd",)}, place)
    return found


def _flattened(frame: Frame, item: Abs, place: Place) -> list[Abs]:
    from coupling.link import names

    if not item.texts and (item.items or item.elem is not None):
        inner = names.full(frame, item)
        numbered = [inner.items[k] for k in sorted((k for k in inner.items if k.isdigit()), key=int)]
        return numbered + ([inner.elem] if inner.elem is not None else [])
    return [item]


def _program_name(word: Abs) -> str | None:
    if any(isinstance(t, Api) and t.path == "sys.executable" for t in word.things):
        return "python"
    return next(iter(_texts(word)), None)


__all__ = ["Launch", "Launches", "argv", "program", "python", "script"]
