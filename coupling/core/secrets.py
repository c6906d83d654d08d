"""Keep passwords of quoted code out of every output."""

from __future__ import annotations

import re

HIDDEN = "***"

_ADDRESS = re.compile(r"(?<=//)[^/@\s\"':]*:[^/@\s\"']+(?=@)")
_NAMED = re.compile(
    r"""((?:passw\w*|pwd|secret\w*|token|api_?key|access_?key\w*|credential\w*|private_?key)["'\]]*\s*(?:=|:|,)\s*f?)(["'])(?:(?!\2).)+\2""",
    re.I,
)


def hide(text: str) -> str:
    """The text with ``***`` for the user and password of addresses, and for literals that are called a password, token or key."""
    return _NAMED.sub(rf"\1\2{HIDDEN}\2", _ADDRESS.sub(HIDDEN, text))
