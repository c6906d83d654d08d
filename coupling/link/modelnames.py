"""What a model is called: the artifact that it is saved as, the class and place that make it, the variable that holds it.

Comes in: the references of one lineage and the artifacts that hold it. Goes out: names, the best first, and of several lineages one name
each. A second model that lies in one file with a first (a vectorizer beside its classifier) is called by its class, not by a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from coupling.core.template import literal_size, render
from coupling.link.assets import Asset
from coupling.link.values import ModelRef

NUMBER = re.compile(r"(?<![.\d])(\d+|\{\w*\})(?![.\d])")
"""A whole number in a name, or what stands for one; no part of a version like 3.5."""
_SIDE = (".json", ".yaml", ".yml", ".txt", ".csv", ".html", ".md", ".png")
"""Files beside a model that are saved with it; a name of last resort."""
LEAST_SAID = 4


def candidates(refs: list[ModelRef], artifacts: Iterable[Asset], where: str) -> list[str]:
    """Names of one lineage, the best first. ``where`` is a file that speaks of it."""
    saved = sorted((a for a in artifacts if literal_size(a.name) >= LEAST_SAID), key=lambda a: (a.certainty != "exact", a.name))
    said = [asset.name for asset in saved if not asset.name.endswith(_SIDE)][:1]
    beside = [asset.name for asset in saved][:1]
    return [*said, *_made(refs)] or beside or [_called(refs, where)]


def _made(refs: list[ModelRef]) -> list[str]:
    """By its class and the place that makes it, else by the variable that holds it."""
    if sites := sorted((r for r in refs if r.kind == "site"), key=_by_place):
        path, line = sites[0].key[:2]
        return [f"{sites[0].label} ({path}:{line})" if isinstance(line, int) else sites[0].label]
    weak = sorted(r for r in refs if r.kind == "weak")
    return [f"{weak[0].label} ({weak[0].key[0]})"] if weak else []


def _by_place(ref: ModelRef) -> tuple[str, int, str]:
    line = ref.key[1] if len(ref.key) > 1 else 0
    return str(ref.key[0]), line if isinstance(line, int) else 0, repr(ref)


def _called(refs: list[ModelRef], where: str) -> str:
    """By the name under which a service or a hub knows it."""
    apis = sorted({spelled(r) for r in refs if r.kind == "api"}, key=lambda n: (literal_size(n) == 0, n))
    if len(apis) > 1 and len({NUMBER.sub("#", name) for name in apis}) == 1:
        return next((name for name in apis if "{" in name), NUMBER.sub("{n}", apis[0]))
    name = apis[0] if apis and apis[0] else sorted(r.label for r in refs)[0]
    return name if literal_size(name) else f"a model ({where or name})"


def spelled(ref: ModelRef) -> str:
    return render(ref.key[1])  # type: ignore[arg-type]


def told_apart(lineages: Sequence[Sequence[str]]) -> list[str]:
    """One name for each: the best, with a number for a further one of the same class or place; what else lies there goes by its own."""
    taken: dict[str, set[str]] = {}
    counts: dict[str, int] = {}
    return [_free(names, taken, counts) for names in lineages]


def _free(names: Sequence[str], taken: dict[str, set[str]], counts: dict[str, int]) -> str:
    recipe = set(names[-1].split(" (", 1))
    name = next((name for name in names if name not in taken), names[0])
    if not recipe.isdisjoint(taken.get(names[0], ())):
        name = names[0]
    if name in taken:
        counts[name] = counts.get(name, 1) + 1
        name = f"{name}#{counts[name]}"
    taken[name] = recipe
    return name


__all__ = ["NUMBER", "candidates", "spelled", "told_apart"]
