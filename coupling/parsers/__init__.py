"""Bytes of a file -> what the file says: decodes, picks the parser by kind, and keeps exhaustion inside one file.

A parser is a module with ``KINDS`` and ``parse(path, text) -> FileFacts``. It is imported when the first file of its kind
comes along, so a repository without SQL never loads the SQL grammar. A parser never raises: what it cannot read is a
``Problem``. Adding a format is one module and one line in ``PARSERS``.
"""

from __future__ import annotations

import codecs
from importlib import import_module
from typing import Protocol, cast

from coupling.core.facts import FileFacts
from coupling.core.source import Problem, SourceFile, Span
from coupling.parsers import magics, remarks

PARSERS: tuple[tuple[str, str], ...] = (
    ("python", "coupling.parsers.python"),
    ("notebook", "coupling.parsers.notebook"),
    ("sql", "coupling.parsers.sql"),
    ("shell", "coupling.parsers.shell"),
    ("make", "coupling.parsers.make"),
    ("dvc", "coupling.parsers.dvc"),
    ("yaml", "coupling.parsers.settings"),
    ("toml", "coupling.parsers.settings"),
    ("json", "coupling.parsers.settings"),
    ("ini", "coupling.parsers.settings"),
    ("env", "coupling.parsers.settings"),
    ("text", "coupling.parsers.flagfile"),
    ("gin", "coupling.parsers.gin"),
    ("dockerfile", "coupling.parsers.dockerfile"),
    ("procfile", "coupling.parsers.procfile"),
    ("compose", "coupling.parsers.compose"),
    ("mlproject", "coupling.parsers.mlproject"),
    ("spacy_project", "coupling.parsers.spacy_project"),
    ("ci", "coupling.parsers.ci"),
    ("markdown", "coupling.parsers.markdown"),
    ("web", "coupling.parsers.web"),
)
"""(kind, module) of every format that is read; other kinds have no facts."""

LFS_POINTER = "is kept in Git LFS: only the pointer to its content is here"
_LFS_POINTER = b"version https://git-lfs.github.com/spec/v1\n"


class Parser(Protocol):
    """What every module of ``PARSERS`` offers."""

    KINDS: tuple[str, ...]

    def parse(self, path: str, text: str) -> FileFacts: ...


def parse(file: SourceFile, data: bytes) -> FileFacts:
    """The facts of one file; a kind without a parser has none."""
    module = dict(PARSERS).get(file.kind)
    if module is None:
        return FileFacts(file.path, file.kind)
    if data.startswith(_LFS_POINTER):
        return _failed(file, LFS_POINTER)
    if b"\0" in data and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _failed(file, "holds NUL bytes: not a text file")
    try:
        return _parsed(cast("Parser", import_module(module)), file, decode(data))
    except (RecursionError, MemoryError):
        # The one thing a parser cannot turn into a Problem itself: it has no room left to do so.
        return _failed(file, "is nested too deeply or too large to read")


def _parsed(parser: Parser, file: SourceFile, text: str) -> FileFacts:
    """What the parser says; a Python file that a notebook was saved as may hold magics, which are rewritten first."""
    if file.kind == "python" and "\n# MAGIC" in text:
        text = magics.rewrite_magics(text)
    facts = parser.parse(file.path, text)
    if style := remarks.style_of(file.kind, file.path):
        facts = facts._replace(comments=remarks.find(style, text))
    if file.kind == "python" and facts.problems and ("\n%" in text or "\n!" in text):
        rewritten = parser.parse(file.path, magics.rewrite_magics(text))
        return rewritten if len(rewritten.problems) < len(facts.problems) else facts
    return facts


def decode(data: bytes) -> str:
    """UTF-8 or UTF-16 by its mark, else UTF-8, else Latin-1, which fits any bytes; line ends become ``\\n``."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", "replace").replace("\0", "\ufffd")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    return text.replace("\r\n", "\n")


def _failed(file: SourceFile, why: str) -> FileFacts:
    return FileFacts(file.path, file.kind, problems=(Problem(why, Span(file.path)),))
