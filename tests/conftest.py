"""Faults of link end a test, they are no problems of the analysed repository there."""

from __future__ import annotations

from coupling.link.engine import Engine

Engine.strict = True
