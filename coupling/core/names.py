"""What people call a node: its short name, and whether a word of theirs means it.

Comes in: names of the graph, words from a configuration or a comment. Goes out: the short name that messages use, and yes or no. The
same word means the same node in every statement a user makes.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from coupling.core.errors import did_you_mean
from coupling.core.graph import Node
from coupling.core.template import literal_size

ARTIFACT_ENDINGS = (".joblib", ".pkl", ".pickle", ".pt", ".pth", ".bin", ".onnx", ".h5", ".keras", ".safetensors", ".model")
PLAIN_NAMES = frozenset("model models weights checkpoint best final latest pytorch_model final_checkpoint checkpoint-best state".split())

_LINE = re.compile(r"(?<=[^\s(]):\d+\)")


def short(name: str) -> str:
    """A model's name for people: the artifact's base name without its ending, unless that says nothing."""
    if " (" in name:
        return name
    whole, _, number = name.partition("#")
    base = posixpath.basename(whole.rstrip("/")) or whole
    stem = next((base[: -len(end)] for end in ARTIFACT_ENDINGS if base.endswith(end) and len(base) > len(end)), base)
    says = stem.lower() not in PLAIN_NAMES and literal_size(stem) > 0 and not stem.isdigit()
    return (stem if says else whole) + (f"#{number}" if number else "")


def steady(name: str) -> str:
    """A name or id without the line of the place that it is called by: ``LinearRegression (fit.py)`` when code moves, too."""
    return _LINE.sub(")", name)


def title(node: Node) -> str:
    """What messages call a node."""
    return short(node.name) if node.kind == "model" else node.name


def called(node: Node, word: str) -> bool:
    """Whether ``word`` means the node: its id, its name, the short name that messages use, that without
    its line, or a pattern for one of them."""
    names = {node.name, title(node), steady(title(node))}
    return word == node.id or any(word == name or fnmatchcase(name, word) for name in names)


def suggestion(word: str, nodes: Iterable[Node]) -> str:
    """``, did you mean `churn`?`` or nothing, of the names of these nodes."""
    known = sorted({name for node in nodes for name in (node.name, title(node))})
    return did_you_mean(word, known)
