"""Where a setting stands in its TOML file, to say so in errors.

Comes in: the text of a file and the keys of a setting. Goes out: a line, an error with it. It knows no setting.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any

from coupling.core.errors import CouplingError

LINES_SEARCHED = 5_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table stands, to say so in errors."""

    file: str
    text: str
    keys: tuple[str | int, ...]

    def line(self, *more: str | int) -> int:
        return line_of(self.text, (*self.keys, *more)) if self.text else 0

    def error(self, message: str, *more: str | int) -> CouplingError:
        line = self.line(*more)
        return CouplingError(f"{self.file}:{line}: {message}" if line else f"{self.file}: {message}")


def line_of(text: str, keys: tuple[str | int, ...]) -> int:
    """The line on which the statement that first gives ``keys`` a value begins, 0 if it is not found.

    tomllib keeps no positions, so the file is read line by line further until the key is there; only errors ask for this.
    """
    lines, start = text.splitlines(), 1
    for count in range(1, min(len(lines), LINES_SEARCHED) + 1):
        try:
            data: Any = tomllib.loads("\n".join(lines[:count]))
        except tomllib.TOMLDecodeError:
            continue
        if has(data, keys):
            return next((at for at in range(start, count) if lines[at - 1].strip()[:1] not in ("", "#")), count)
        start = count + 1
    return 0


def has(data: Any, keys: tuple[str | int, ...]) -> bool:
    """Whether nested tables and arrays hold a value at ``keys``."""
    for key in keys:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True
