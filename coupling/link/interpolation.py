"""``${...}`` in settings: ``${a.b}`` names another setting, ``${oc.env:NAME,default}`` a variable.

Comes in: settings. Goes out: the same with every reference filled in as far as they and the environment say. What nobody resolves is a hole
that says so; circles end after a few steps.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from coupling.link.values import NOTHING, ROOT, Abs, hole, text, texts_product

if TYPE_CHECKING:
    from coupling.link.frames import Frame

_INTERPOLATION = re.compile(r"\$\{([^${}]*)\}")
DEEPEST = 12
MOST_RESOLVED = 4000


def interpolated(frame: Frame, data: Abs) -> Abs:
    """The settings with every ``${...}`` filled in as far as the settings and the environment say."""
    return _Interpolation(frame, data).value(data, ()) if _has(data, DEEPEST) else data


def _has(value: Abs, depth: int) -> bool:
    if any(isinstance(part, str) and "${" in part for t in value.texts for part in t):
        return True
    return depth > 0 and any(_has(v, depth - 1) for v in value.items.values())


class _Interpolation:
    def __init__(self, frame: Frame, root: Abs) -> None:
        self.frame, self.root, self.steps = frame, root, 0
        self.open: list[tuple[str, ...]] = []

    def value(self, value: Abs, at: tuple[str, ...], depth: int = 0) -> Abs:
        self.steps += 1
        if self.steps > MOST_RESOLVED or depth > DEEPEST:
            return hole("an interpolation in a circle, or too deep") if value.texts else value
        if value.items:
            return value.but(items={k: self.value(v, (*at, k), depth) for k, v in value.items.items()})
        plain = value.literal
        if plain is None or "${" not in plain:
            return value
        whole = _INTERPOLATION.fullmatch(plain)
        if whole:
            return self._node(whole[1], at, depth)
        parts, position = [], 0
        for match in _INTERPOLATION.finditer(plain):
            parts += [text(plain[position : match.start()]), self._node(match[1], at, depth)]
            position = match.end()
        parts.append(text(plain[position:]))
        filled = value.but(texts=texts_product([p for p in parts if p.texts or p]), soft=any(p.soft for p in parts))
        return self.value(filled, at, depth + 1)

    def _node(self, name: str, at: tuple[str, ...], depth: int) -> Abs:
        resolver, colon, rest = name.partition(":")
        if colon:
            return self._resolver(resolver.strip(), rest, at, depth)
        keys = [k for k in re.split(r"[.\[\]]", name.strip().lstrip(".")) if k]
        ups = len(name.strip()) - len(name.strip().lstrip("."))
        path = [*at[: len(at) - ups], *keys] if ups else keys
        found: Abs | None = self.root
        for key in path:
            found = found.items.get(key) if found is not None else None
        if tuple(path) in self.open:
            return hole("an interpolation in a circle", name.strip())
        if found is not None:
            self.open.append(tuple(path))
            try:
                return self.value(found, tuple(path), depth + 1)
            finally:
                self.open.pop()
        environment = self.frame.run.engine.env_value(self.frame, name, None) if not ups and "." not in name else NOTHING
        return environment or hole("an interpolation that nothing resolves", name.strip())

    def _resolver(self, resolver: str, rest: str, at: tuple[str, ...], depth: int) -> Abs:
        first, _, default = rest.partition(",")
        if resolver in ("oc.env", "env"):
            return self.frame.run.engine.env_value(self.frame, first.strip(), text(default.strip()) if default else None)
        if resolver == "hydra" and rest in ("runtime.cwd", "runtime.original_cwd"):
            return text(f"{ROOT}/{self.frame.run.cwd}" if self.frame.run.cwd else ROOT)
        if resolver == "now":
            return hole("a date", "date")
        return hole(f"what the resolver {resolver} gives", rest)
