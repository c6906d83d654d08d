"""Stages of pipeline files: ``run.stage`` and its kin, as dvc.yaml, Makefiles, compose files and READMEs lower to.

Comes in: a stage's command text and what surrounds it. Goes out: the events of the command, run in the stage's folder, environment and
container; a project's stage also with the parameters that a caller gives.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from coupling.core.template import Hole, Template, join
from coupling.link import mounts, runs
from coupling.link.values import NOTHING, Abs, Args, Keywords, Place, text
from coupling.link.words import pair

if TYPE_CHECKING:
    from coupling.link.frames import Frame

STARTS = ("ENTRYPOINT", "CMD")
"""The stages of a Dockerfile that its image starts with."""


def _stage(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """A stage runs its command text in its folder."""
    if len(args) < 2:
        return NOTHING
    name, command, named = args[0].literal or "", args[1], dict(keywords)
    engine = frame.run.engine
    if "build" in named:
        command, named = _of_image(frame, command, named)
    elif frame.file.parser == "dockerfile" and name in STARTS and frame.file.path in engine.built:
        return NOTHING  # the services that are built from it have started it
    elif (frame.file.path, name) in engine.built:
        return NOTHING
    return _started(frame, command, named, place) if command.texts else NOTHING


def _started(frame: Frame, command: Abs, named: Keywords, place: Place) -> Abs:
    if "cwd" in named:
        named["@cwd"] = named.pop("cwd")
    run = frame.run
    before, inside = run.env, run.mounts
    if frame.file.parser == "mlproject":
        command = _filled(command, named.get("params", NOTHING).items)
    run.env = {**run.env, **runs.variables(named)}
    run.mounts = mounts.of_stage(frame, named) or inside
    try:
        return run.engine.embedded.shell(frame, command, place, runs.folder(frame, named))
    finally:
        run.env, run.mounts = before, inside


def _of_image(frame: Frame, command: Abs, named: Keywords) -> tuple[Abs, Keywords]:
    """A service's command behind the entry point of its image; where the service gives none, the image's own."""
    from coupling.link.evaluate import concat

    path = named["build"].literal or ""
    image = _start_of(frame, path)
    if image is None:
        return command, named
    own, inside = image
    frame.run.engine.built.add(path)
    kept = {k: v for k, v in inside.items() if k in ("copies", "workdir", "cwd")}
    env = {**inside.get("env", NOTHING).items, **named.get("env", NOTHING).items}
    merged = {**named, **kept, **{k: named[k] for k in ("workdir",) if k in named}, "env": Abs(items=env)}
    if "workdir" in named:
        merged["cwd"] = named["cwd"]
    if not command.literal:
        return own, merged
    entry = inside.get("entry")
    return (concat([entry, text(" "), command]) if entry is not None and "entry" not in named else command), merged


def _start_of(frame: Frame, path: str) -> tuple[Abs, Keywords] | None:
    """What the image of a Dockerfile starts, and the keywords of that stage."""
    from coupling.link import calls
    from coupling.link.frames import Frame as New

    file = frame.run.engine.index.files.get(path)
    if file is None or file.parser != "dockerfile" or not file.scopes:
        return None
    inner = New(frame.run, file, 0, None, frame.chain)
    for effect in reversed(file.scopes[0].effects):
        args, keywords = calls.arguments(inner, inner.value(effect.value))
        if args and args[0].literal in STARTS:
            return args[1], keywords
    return None


def _notebook_shell(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return frame.run.engine.embedded.shell(frame, args[0], place, frame.run.cwd) if args else NOTHING


def _notebook_sql(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return frame.run.engine.embedded.sql(frame, args[0], place, []) if args else NOTHING


def _notebook_run(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    plain = args[0].literal if args else None
    words = [text(w) for w in plain.split()] if plain else []
    return runs.python(frame, words, keywords, place) or NOTHING


def _parameter(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """A name of a notebook's parameter cell: what the caller sets it to, else what the cell says."""
    given = frame.run.parameters.get(args[0].literal or "") if args and frame.file.path == frame.run.unit.path else None
    return given or (args[1].but(soft=True) if len(args) > 1 and args[1].texts else args[1] if len(args) > 1 else NOTHING)


def _tracked(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    plain = args[0].literal if args else None
    if plain:
        folder = keywords.get("cwd", NOTHING).literal or ""
        frame.run.engine.tracked.add(posixpath.normpath(posixpath.join(folder, plain)))
    return NOTHING


def _nothing(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return NOTHING


# --- callers that give parameters ---


def _project(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``mlflow.run(uri, entry_point, parameters=...)``: a stage of an MLproject with these parameters."""
    uri = (args[0] if args else keywords.get("uri", text("."))).literal or "."
    entry = (args[1] if len(args) > 1 else keywords.get("entry_point", text("main"))).literal or "main"
    return _entry(frame, uri, entry, keywords.get("parameters", NOTHING).items, place)


def project_command(frame: Frame, args: Args, place: Place) -> Abs:
    """``mlflow run URI -e entry -P name=value``."""
    uri, entry = ".", "main"
    given: dict[str, Abs] = {}
    rest = list(args)
    while rest:
        word = rest.pop(0)
        plain = word.literal or ""
        if plain in ("-e", "--entry-point") and rest:
            entry = rest.pop(0).literal or "main"
        elif plain in ("-P", "--param-list") and rest:
            name, value = pair(rest.pop(0))
            given[name] = value
        elif not plain.startswith("-"):
            uri = plain or uri
        elif plain not in ("--no-conda",) and "=" not in plain and rest:
            rest.pop(0)
    return _entry(frame, uri, entry, given, place)


def _entry(frame: Frame, uri: str, entry: str, given: Mapping[str, Abs], place: Place) -> Abs:
    from coupling.link import calls
    from coupling.link.frames import Frame as New

    run = frame.run
    path = run.engine.index.file(posixpath.join(uri, "MLproject"), (run.cwd, posixpath.dirname(frame.file.path), "")) or ""
    file = run.engine.index.files.get(path)
    if file is None or "://" in uri or not file.scopes:
        return NOTHING
    inner = New(run, file, 0, None, (*frame.chain, place))
    for effect in file.scopes[0].effects:
        args, keywords = calls.arguments(inner, inner.value(effect.value))
        if len(args) > 1 and args[0].literal == entry:
            run.engine.built.add((path, entry))
            return _started(inner, _filled(args[1], given), dict(keywords), place)
    return NOTHING


def _filled(command: Abs, given: Mapping[str, Abs]) -> Abs:
    """The command with the parameters that are given in place of their names."""
    return command.but(texts=tuple(join(*(_part(part, given) for part in template)) for template in command.texts))


def _part(part: str | Hole, given: Mapping[str, Abs]) -> Template:
    value = given.get(part.name.removeprefix("param:")) if isinstance(part, Hole) else None
    return value.texts[0] if value is not None and value.texts else (part,)


FUNCTIONS: dict[str, Callable[[Frame, Abs, Args, Keywords, Place], Abs]] = {
    "run.stage": _stage,
    "run.readme": _stage,
    "run.tracked": _tracked,
    "run.artifact": _nothing,
    "run.flagfile": _nothing,
    "builtins.__shell__": _notebook_shell,
    "builtins.__sql__": _notebook_sql,
    "builtins.__run__": _notebook_run,
    "builtins.__parameter__": _parameter,
    "mlflow.run": _project,
    "mlflow.projects.run": _project,
}
