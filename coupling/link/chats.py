"""Chats with a bot: what its handlers say is shown to people, and the buttons below a message answer it.

Comes in: calls of methods on what a handler of a chat was given. Goes out: a ``Serve`` for each message that the bot says. Which functions
are such handlers, the rules say (tags ``chat`` and ``button``) or a registration does.
"""

from __future__ import annotations

from coupling.core.rules import Rule
from coupling.link.events import Serve
from coupling.link.frames import Frame
from coupling.link.values import Abs, Args, Keywords, Output, Place, Read, World, everything, merge_flows

CHAT, BUTTON = "CHAT", "BUTTON"
REACTIONS = ("on_raw_reaction_add", "on_reaction_add", "on_interaction")
_SAYS = frozenset(
    """reply answer respond say send reply_text reply_photo reply_html reply_markdown send_message send_photo edit_message_text
    edit_text""".split()
)


def kind(rule: Rule) -> str:
    return CHAT if "chat" in rule.tags else BUTTON if "button" in rule.tags else ""


def is_chat(route: str) -> bool:
    return route.startswith((f"{CHAT} ", f"{BUTTON} "))


def is_button(route: str) -> bool:
    return route.startswith(f"{BUTTON} ")


def said(frame: Frame, receiver: Abs, name: str, args: Args, keywords: Keywords, place: Place) -> None:
    """``message.answer(text)``: a method of what the handler got, that says something."""
    from coupling.link import routes

    run = frame.run
    if name not in _SAYS or not is_chat(run.route) or run.muted or not any(isinstance(f.origin, World) for f in everything(receiver)):
        return
    values = [*args, *keywords.values()]
    flows = tuple(f for f in merge_flows(*map(everything, values)) if isinstance(f.origin, Output | Read))
    if flows:
        keys = tuple(key for value in values for key in routes.keys(value))
        event = Serve(run.unit, run.route, flows, (*frame.chain, place), f"a message of the bot ({name})", "", keys, "response")
        run.engine.serves.setdefault((run.unit, run.route, place), event)
