"""The result of one analysis: all that a report needs. Its JSON form is published in reports/schema.json."""

from __future__ import annotations

from typing import NamedTuple

from coupling.core.graph import DataGraph, Finding
from coupling.core.source import Problem

SCHEMA = "coupling/1"


class Summary(NamedTuple):
    """What was read and what was understood. ``models`` are those of the graph, ``models_apart`` others that code trains or asks with
    nothing that is known to be stored; ``languages`` counts files by kind; ``holes`` counts reasons, most frequent first;
    ``problems`` counts the places that could not be read, not the statements that mean nothing."""

    files: int = 0
    units: int = 0
    assets: int = 0
    models: int = 0
    names_resolved: int = 0
    names_with_holes: int = 0
    problems: int = 0
    languages: tuple[tuple[str, int], ...] = ()
    holes: tuple[tuple[str, int], ...] = ()
    models_apart: int = 0


class Report(NamedTuple):
    version: str
    summary: Summary
    graph: DataGraph
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...] = ()


_BEGINNINGS = (
    b'{\n "schema": "coupling/',
    b'{\n "$schema": "https://json.schemastore.org/sarif-2.1.0.json"',
    b'{\n "source": {\n  "name": "coupling"',
    b"<!-- coupling:report:",
    b'<!doctype html><html lang="en"><head><meta name="generator" content="coupling">',
)


def is_report(data: bytes) -> bool:
    """Whether a file's content is a report of ours: what it says of a repository is no code, text or setting of it."""
    return data.startswith(_BEGINNINGS)
