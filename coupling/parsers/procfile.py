"""Procfiles (``web: gunicorn app:app``) -> ``call(api "run.stage", process, command, cwd=)``."""

from __future__ import annotations

from coupling.core.facts import FileFacts
from coupling.parsers.common import Module

KINDS = ("procfile",)

MAX_LINES = 1_000


def parse(path: str, text: str) -> FileFacts:
    """The processes of one application."""
    out = Module(path, "procfile")
    for number, line in enumerate(text.split("\n")[:MAX_LINES], 1):
        name, sign, command = line.strip().partition(":")
        if sign and command.strip() and name.replace("-", "_").isidentifier():
            cwd = {"cwd": out.text(out.folder(), number)}
            out.effect("run.stage", [out.text(name, number), out.text(command.strip(), number)], cwd, number)
    return out.finish(text)
