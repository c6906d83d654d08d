"""Stages of pipeline files: ``run.stage`` and its kin, as dvc.yaml, Makefiles, compose files and READMEs lower to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from coupling.link import runs
from coupling.link.values import NOTHING, Abs, Args, Keywords, Place, text

if TYPE_CHECKING:
    from coupling.link.frames import Frame


def _stage(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """A stage runs its command text in its folder."""
    if len(args) < 2:
        return NOTHING
    named = dict(keywords)
    if "cwd" in named:
        named["@cwd"] = named.pop("cwd")
    run = frame.run
    before, run.env = run.env, {**run.env, **runs.variables(named)}
    try:
        return run.engine.embedded.shell(frame, args[1], place, runs.folder(frame, named))
    finally:
        run.env = before


def _notebook_shell(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return frame.run.engine.embedded.shell(frame, args[0], place, frame.run.cwd) if args else NOTHING


def _notebook_sql(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return frame.run.engine.embedded.sql(frame, args[0], place, []) if args else NOTHING


def _notebook_run(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    plain = args[0].literal if args else None
    words = [text(w) for w in plain.split()] if plain else []
    return runs.python(frame, words, keywords, place) or NOTHING


def _tracked(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    import posixpath

    plain = args[0].literal if args else None
    if plain:
        folder = keywords.get("cwd", NOTHING).literal or ""
        frame.run.engine.tracked.add(posixpath.normpath(posixpath.join(folder, plain)))
    return NOTHING


def _nothing(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    return NOTHING


FUNCTIONS: dict[str, Callable[[Frame, Abs, Args, Keywords, Place], Abs]] = {
    "run.stage": _stage,
    "run.readme": _stage,
    "run.tracked": _tracked,
    "run.artifact": _nothing,
    "run.flagfile": _nothing,
    "builtins.__shell__": _notebook_shell,
    "builtins.__sql__": _notebook_sql,
    "builtins.__run__": _notebook_run,
}
