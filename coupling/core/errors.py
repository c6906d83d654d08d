"""Errors that people see: a message that says what to do, exit code 2."""

from __future__ import annotations

from difflib import get_close_matches


class CouplingError(Exception):
    """A usage, configuration or rule error. Its text is complete: what, where, and the mend.

    Names of the repository stand in it as they are, so where its lines end is said by ``more``: a line break within one is a name's.
    """

    def __init__(self, message: str, *more: str) -> None:
        super().__init__(message)
        self.lines = (message, *more)

    def __str__(self) -> str:
        return "\n".join(self.lines)


def did_you_mean(word: str, known: list[str] | tuple[str, ...]) -> str:
    """``, did you mean `format`?`` or nothing."""
    close = get_close_matches(word, known, 1)
    return f", did you mean `{close[0]}`?" if close else ""
