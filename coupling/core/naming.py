"""Names of models: what people call them, and what stays the same when a line moves.

Comes in: names and ids of nodes. Goes out: other names for them. It knows no graph.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from coupling.core.template import literal_size

ARTIFACT_ENDINGS = (".joblib", ".pkl", ".pickle", ".pt", ".pth", ".bin", ".onnx", ".h5", ".keras", ".safetensors", ".model")
PLAIN_NAMES = frozenset("model models weights checkpoint best final latest pytorch_model final_checkpoint checkpoint-best state".split())
_LINE = re.compile(r":(\d{1,9})\)$")


def short(name: str) -> str:
    """A model's name for people: the artifact's base name without its ending, unless that says nothing."""
    if " (" in name:
        return name
    whole, _, number = name.partition("#")
    base = posixpath.basename(whole.rstrip("/")) or whole
    stem = next((base[: -len(end)] for end in ARTIFACT_ENDINGS if base.endswith(end) and len(base) > len(end)), base)
    says = stem.lower() not in PLAIN_NAMES and literal_size(stem) > 0 and not stem.isdigit()
    return (stem if says else whole) + (f"#{number}" if number else "")


def lasting(ids: Iterable[str]) -> dict[str, str]:
    """Node ids without the lines in them (``SVC (train.py:12)``), so that a moved line changes no name; of several alike in
    one file all but the first get a number."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for node in sorted(set(ids)):
        line = _LINE.search(node)
        groups.setdefault(_LINE.sub(")", node), []).append((int(line[1]) if line else 0, node))
    return {node: name + (f"#{n}" if n > 1 else "") for name, group in groups.items() for n, (_, node) in enumerate(sorted(group), 1)}


def moved(before: Iterable[str], after: Iterable[str]) -> dict[str, str]:
    """Ids of one version that are others in the next because lines moved, each with its id there."""
    old, new = set(before), set(after)
    there = {name: node for node, name in lasting(new - old).items()}
    return {node: there[name] for node, name in lasting(old - new).items() if name in there}
