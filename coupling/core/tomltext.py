"""Texts of a repository in TOML that people paste into their configuration. Comes in: any text. Goes out: a TOML string."""

from __future__ import annotations


def quoted(text: str) -> str:
    """A TOML string that reads as the text; a lone surrogate, which TOML cannot hold, as U+FFFD."""
    return '"' + "".join(_escaped(ch) for ch in text) + '"'


def _escaped(ch: str) -> str:
    if ch in '"\\':
        return "\\" + ch
    if "\ud800" <= ch <= "\udfff":
        return "\\uFFFD"
    return ch if ch.isprintable() else f"\\u{ord(ch):04X}" if ord(ch) < 0x10000 else f"\\U{ord(ch):08X}"
