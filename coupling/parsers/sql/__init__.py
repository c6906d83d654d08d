"""SQL to facts: text in, a value graph of reads, writes, trainings and predictions out.

``parse`` reads a file, ``parse_text`` a text found in another language. sqlglot is imported when the first text with SQL words
comes. It does not know which tables exist.
"""

from __future__ import annotations

import re

from coupling.core.facts import FileFacts, Scope
from coupling.core.source import Problem, Span

KINDS = ("sql",)

_WORDS = re.compile(
    r"\b(?:select|insert|create|merge|update|copy|load|unload|export|call|with|delete|truncate|drop|from|replace)\b|\{\{", re.I
)


def parse(path: str, text: str) -> FileFacts:
    """The facts of a SQL file. Names with placeholders are ``concat`` values over ``free`` names, which the module lists as parameters."""
    return _lower(path, text, bind=True, line=1, dialect="")


def parse_text(path: str, text: str, line: int = 1, dialect: str = "") -> FileFacts:
    """The facts of SQL inside another file, whose first line is ``line``. Placeholders stay in names as ``{name}``."""
    return _lower(path, text, bind=False, line=line, dialect=dialect)


def _lower(path: str, text: str, *, bind: bool, line: int, dialect: str) -> FileFacts:
    if "\0" in text[:8192]:
        return _nothing(path, line, (Problem("binary content is no SQL", Span(path, line)),))
    if not _WORDS.search(text):
        return _nothing(path, line)
    from coupling.parsers.sql.program import lower

    return lower(path, text, bind=bind, line=line, dialect=dialect)


def _nothing(path: str, line: int, problems: tuple[Problem, ...] = ()) -> FileFacts:
    return FileFacts(path, "sql", scopes=(Scope("module", path, line=line, end_line=line),), problems=problems)
