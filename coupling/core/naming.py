"""What people call a model: from the name of its artifact to a word. Comes in: a node's name. Goes out: the shorter name."""

from __future__ import annotations

import posixpath

from coupling.core.template import literal_size

ARTIFACT_ENDINGS = (".joblib", ".pkl", ".pickle", ".pt", ".pth", ".bin", ".onnx", ".h5", ".keras", ".safetensors", ".model")
PLAIN_NAMES = frozenset("model models weights checkpoint best final latest pytorch_model final_checkpoint checkpoint-best state".split())


def short(name: str) -> str:
    """A model's name for people: the artifact's base name without its ending, unless that says nothing."""
    if " (" in name:
        return name
    whole, _, number = name.partition("#")
    base = posixpath.basename(whole.rstrip("/")) or whole
    stem = next((base[: -len(end)] for end in ARTIFACT_ENDINGS if base.endswith(end) and len(base) > len(end)), base)
    says = stem.lower() not in PLAIN_NAMES and literal_size(stem) > 0 and not stem.isdigit()
    return (stem if says else whole) + (f"#{number}" if number else "")
