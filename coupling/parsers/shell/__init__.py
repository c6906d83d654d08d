"""Shell text -> value graph: scripts, and command lines found in other files.

Comes in: a script, or the text of a command (a stage of dvc.yaml, a recipe, ``os.system``). Goes out: one module scope whose
effects are the commands, with words as values; functions are scopes of their own. Knows the shell's syntax and the
programs that only run another program (``sudo``, ``poetry run``), nothing about what other programs do.
"""

from __future__ import annotations

from coupling.core.facts import FileFacts
from coupling.core.source import Problem, Span
from coupling.parsers import remarks
from coupling.parsers.shell.statements import Script
from coupling.parsers.shell.syntax import tree_of
from coupling.parsers.shell.words import mark

__all__ = ["KINDS", "mark", "parse", "parse_text"]

KINDS = ("shell",)
MAX_BYTES = 1_000_000
MAX_SIGNS = 3_000
"""Pipes and here-documents: the grammar's time grows with the square of their number."""

_OTHER_SHELLS = ("perl", "ruby", "node", "Rscript", "tclsh", "expect", "fish", "awk", "php")


def parse(path: str, text: str) -> FileFacts:
    """The facts of a script."""
    shebang = text.split("\n", 1)[0] if text.startswith("#!") else ""
    other = next((name for name in _OTHER_SHELLS if name in shebang), "")
    if other:
        return FileFacts(path, "shell", problems=(Problem(f"a script for {other}, not a shell", Span(path, 1)),))
    facts = parse_text(path, text)
    return facts._replace(comments=remarks.find("hash", text))


def parse_text(path: str, text: str, line: int = 1, cwd: str = "") -> FileFacts:
    """The facts of commands that stand at ``line`` of the file ``path`` and run in ``cwd`` ('' when it is the caller's).

    Parts that the caller does not know are written with ``mark(name)`` and become ``free`` values. ``$0`` is the free name
    ``__file__``, as in Python.
    """
    source = text.encode("utf-8", "replace")
    if len(source) > MAX_BYTES:
        return FileFacts(path, "shell", problems=(Problem("shell text of more than 1 MB", Span(path, line)),))
    if source.count(b"|") > MAX_SIGNS or source.count(b"<<") > MAX_SIGNS:
        return FileFacts(path, "shell", problems=(Problem(f"shell text with more than {MAX_SIGNS} pipes", Span(path, line)),))
    source, root = tree_of(source)
    return Script(path, source, line, cwd).lower(root)
