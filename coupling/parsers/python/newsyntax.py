"""Candidates for a text that the running Python cannot parse, most faithful first; line numbers stay."""

from __future__ import annotations

from collections.abc import Iterator


def readable(text: str) -> Iterator[str]:
    yield from ()
