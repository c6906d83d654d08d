"""Absl-style flag files (``--name=value`` lines) -> ``call(api "run.flagfile", words)``. Any other text has no facts."""

from __future__ import annotations

from coupling.core.facts import FileFacts
from coupling.parsers.common import Module

KINDS = ("text",)

MAX_LINES = 2_000


def parse(path: str, text: str) -> FileFacts:
    """The flags, when every line that says something is one."""
    out = Module(path, "flagfile")
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1)]
    said = [(number, line) for number, line in lines if line and not line.startswith(("#", "//"))]
    if said and len(said) <= MAX_LINES and all(line.startswith("-") and line.strip("-") for _, line in said):
        words = [out.text(line, number) for number, line in said]
        out.effect("run.flagfile", [out.sequence(words, said[0][0])], line=said[0][0])
        return out.finish(text)
    return FileFacts(path, "flagfile")
