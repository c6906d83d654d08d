"""Fenced shell blocks of Markdown -> ``call(api "run.readme", command text, cwd=)``: what people are told to run.

``<name>`` in a command is a placeholder and becomes a free name. Blocks in another language are nobody's command.
"""

from __future__ import annotations

import re

from coupling.core.facts import FileFacts
from coupling.parsers.common import Free, Module

KINDS = ("markdown",)

MAX_BLOCKS = 300
_SHELLS = {"sh", "bash", "shell", "zsh", "console", "terminal", "shell-session", "shellsession", "bash-session", "cmd", "commandline"}
_PLACEHOLDER = re.compile(r"<([A-Za-z][\w ./-]{0,60})>")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*\{?\.?([\w+-]*)")


def parse(path: str, text: str) -> FileFacts:
    """The shell blocks of one page."""
    out = Module(path, "markdown")
    for line, block in _blocks(text.split("\n"))[:MAX_BLOCKS]:
        cwd = {"cwd": out.text(out.folder(), line)}
        out.effect("run.readme", [out.joined(_segments(block), line)], cwd, line)
    return out.finish()


def _blocks(lines: list[str]) -> list[tuple[int, str]]:
    """(first line, text) of each shell block."""
    found: list[tuple[int, str]] = []
    fence, language, start = "", "", 0
    for number, line in enumerate(lines, 1):
        match = _FENCE.match(line)
        if match and not fence:
            fence, language, start = match.group(1), match.group(2).lower(), number
        elif match and line.strip().startswith(fence) and not match.group(2):
            body = _commands(lines[start : number - 1], language)
            if body.strip():
                found.append((start + 1, body))
            fence = ""
    return found


def _commands(lines: list[str], language: str) -> str:
    """The commands of a block; where there are prompts, only what follows one. Lines keep their places."""
    prompted = [line.lstrip().startswith(("$ ", "% ", "> $ ")) for line in lines]
    if language not in _SHELLS and not (language == "" and any(prompted)):
        return ""
    if not any(prompted):
        return "\n".join(lines)
    kept: list[str] = []
    for line, prompt in zip(lines, prompted, strict=True):
        continued = bool(kept) and kept[-1].endswith("\\")
        kept.append(line.lstrip().lstrip("> ").removeprefix("$ ").removeprefix("% ") if prompt else line if continued else "")
    return "\n".join(kept)


def _segments(text: str) -> list[str]:
    pieces = _PLACEHOLDER.split(text)
    return [Free(piece) if odd % 2 else piece for odd, piece in enumerate(pieces)]
