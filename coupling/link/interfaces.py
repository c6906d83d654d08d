"""Command lines met from inside: what argument parsers make of a unit's words, by API path.

Words that a command gives are certain; defaults are ``soft``, for a caller may change them. Each kind of parser has its module; this
one is the door to them all.
"""

from __future__ import annotations

from coupling.link import argparsers, commands, dataparsers, docopts, fieldlists, fires, flags, groups
from coupling.link.commands import call_interface
from coupling.link.fields import as_annotated, declared, field_default, typed
from coupling.link.flags import flag
from coupling.link.groups import script_commands
from coupling.link.handlers import Handler

FUNCTIONS: dict[str, Handler] = {
    **argparsers.FUNCTIONS,
    **commands.FUNCTIONS,
    **groups.FUNCTIONS,
    **fires.FUNCTIONS,
    **dataparsers.FUNCTIONS,
    **fieldlists.FUNCTIONS,
    **docopts.FUNCTIONS,
    **flags.FUNCTIONS,
}
"""By API path."""

__all__ = ["FUNCTIONS", "as_annotated", "call_interface", "declared", "field_default", "flag", "script_commands", "typed"]
