"""Colours and hyperlinks by meaning: models, data, places.

Comes in: harmless text, and what the graph calls the things in it. Goes out: the same text with escape sequences, where ``Options``
ask for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import quote

from coupling.core.graph import DataGraph, Finding, Node
from coupling.core.names import ARTIFACT_ENDINGS
from coupling.core.source import Span
from coupling.reports import words
from coupling.reports.measure import columns, glued
from coupling.reports.options import Options


def linked(text: str, span: Span, options: Options) -> str:
    """The text as a hyperlink to a place of the repository (OSC 8), where the terminal follows such links."""
    if not options.places or not text:
        return text
    address = options.places.replace("{path}", quote(span.path, errors="replace")).replace("{line}", str(span.line or 1))
    return f"\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\"


def spellings(node: Node) -> tuple[str, ...]:
    """How sentences and code write a node's name: in full, without folders; a model without its file's ending, a table without schema."""
    name = words.plain(node.name)
    base = name.rstrip("/").rsplit("/", 1)[-1]
    stem = next((base[: -len(end)] for end in ARTIFACT_ENDINGS if base.endswith(end)), base) if node.kind == "model" else base
    last = base.rsplit(".", 1)[-1] if node.type == "table" else base
    return tuple(dict.fromkeys(each for each in (name, base, stem, last) if len(each) > 1))


def named(finding: Finding, graph: DataGraph) -> dict[str, str]:
    """The names that a finding is about, each with the colour it has: ``model`` or ``data``."""
    ends = {end for hop in words.hops(finding, graph) if hop.edge for end in (hop.edge.source, hop.edge.target)}
    wanted = {*finding.models, *finding.assets, *ends}
    return colors(node for node in graph.nodes if node.id in wanted)


def colors(nodes: Iterable[Node]) -> dict[str, str]:
    """Every spelling of the models and data among some nodes with its colour; what a model and its file share is the model's."""
    ordered_nodes = sorted((node for node in nodes if node.kind in ("model", "asset")), key=lambda node: node.kind == "model")
    return {each: "model" if node.kind == "model" else "data" for node in ordered_nodes for each in spellings(node)}


def painted(text: str, names: Mapping[str, str], options: Options) -> str:
    """A harmless text with the names in it coloured."""
    if not options.color or not names:
        return text
    return _pattern(tuple(names)).sub(lambda match: words.paint(match.group(), names[match.group()], options), text)


def glue_names(text: str, names: Mapping[str, str], width: int) -> str:
    """A text to ``wrap`` in which names of several words stay together, unless a line holds hardly more."""
    if not names:
        return text
    return _pattern(tuple(names)).sub(lambda match: glued(match.group()) if columns(match.group()) * 2 <= width else match.group(), text)


@lru_cache(maxsize=64)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![\w/.])(?:{'|'.join(map(re.escape, longest))})(?![\w/])")
