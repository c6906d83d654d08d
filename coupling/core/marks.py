"""The little language of ``coupling:`` comments that state facts: what code does and cannot show.

Comes in: what follows ``coupling:``. Goes out: a ``Mark``, what is wrong with it, or None for prose and for ``ignore``::

    reads  DATA [, DATA ...]
    writes DATA [, DATA ...] [from DATA, ...]
    trains   MODEL [from DATA, ...] [as features | labels | evaluation]
    predicts MODEL [from DATA, ...] [into DATA, ...]

DATA is a name, or a kind and a name: ``data/x.csv``, ``s3://bucket/key``, ``table db.t``. Quotes hold names with spaces together.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from coupling.core.errors import did_you_mean

KINDS = ("file", "folder", "table", "topic", "hub", "url")
ROLES = ("features", "labels", "evaluation")
VERBS = {"reads": (), "writes": ("from",), "trains": ("from", "as"), "predicts": ("from", "into")}
"""Each verb with the clauses that may follow its object."""
FORMS = {
    "reads": "reads DATA",
    "writes": "writes DATA [from DATA]",
    "trains": "trains MODEL [from DATA] [as features|labels|evaluation]",
    "predicts": "predicts MODEL [from DATA] [into DATA]",
}
LONGEST = 1_000
_WORD = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|(,)|([^\s,]+))")
_FIRST = re.compile(r"[A-Za-z][\w-]*")


class Named(NamedTuple):
    """A data set as a comment names it; its kind is file where the comment names none."""

    kind: str
    name: str


class Mark(NamedTuple):
    """A stated fact. ``data`` is the object of reads and writes, ``model`` that of the others; ``sources`` follow ``from``,
    ``targets`` follow ``into``."""

    verb: str
    data: tuple[Named, ...] = ()
    model: str = ""
    sources: tuple[Named, ...] = ()
    targets: tuple[Named, ...] = ()
    role: str = "data"


class Wrong(NamedTuple):
    """Why a comment states nothing."""

    what: str


class _Token(NamedTuple):
    text: str
    quoted: bool


def parse(text: str) -> Mark | Wrong | None:
    """What a comment states. A sentence that begins with no word near a verb is prose."""
    first = _FIRST.match(text)
    verb = first[0] if first else ""
    if verb == "ignore":
        return None
    if verb not in VERBS:
        return _unknown(verb, text[len(verb) :])
    if len(text) > LONGEST:
        return Wrong(f"`coupling: {verb}` is longer than {LONGEST} letters")
    try:
        return _mark(verb, _tokens(text[len(verb) :]))
    except ValueError as error:
        return Wrong(f"`coupling: {verb}` {error}: write `coupling: {FORMS[verb]}`")


def _unknown(verb: str, rest: str) -> Wrong | None:
    hint = did_you_mean(verb.lower(), ("ignore", *VERBS)) if verb else ""
    if not hint and not rest.startswith("["):
        return None
    return Wrong(f"`coupling: {verb}` states nothing{hint}")


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in _WORD.finditer(text):
        quoted = match[1] is not None or match[2] is not None
        found.append(_Token(next(part for part in match.groups() if part is not None), quoted))
    return found


def _mark(verb: str, tokens: list[_Token]) -> Mark:
    clauses = _clauses(verb, tokens)
    role = _role(clauses["as"]) if "as" in clauses else "data"
    sources, targets = (_names(clauses[key], key) if key in clauses else () for key in ("from", "into"))
    if verb in ("reads", "writes"):
        return Mark(verb, _names(clauses[""], verb), sources=sources)
    return Mark(verb, model=_model(clauses[""]), sources=sources, targets=targets, role=role)


def _clauses(verb: str, tokens: list[_Token]) -> dict[str, list[_Token]]:
    """The tokens after the verb and after each of its clauses' words."""
    found: dict[str, list[_Token]] = {"": []}
    here = ""
    for token in tokens:
        if token.quoted or token.text not in ("from", "into", "as"):
            found[here].append(token)
        elif token.text not in VERBS[verb]:
            raise ValueError(f"has no `{token.text}`")
        elif token.text in found:
            raise ValueError(f"says `{token.text}` twice")
        else:
            here = token.text
            found[here] = []
    return found


def _names(tokens: list[_Token], after: str) -> tuple[Named, ...]:
    parts: list[list[_Token]] = [[]]
    for token in tokens:
        if token.text == "," and not token.quoted:
            parts.append([])
        else:
            parts[-1].append(token)
    return tuple(_named(part, after) for part in parts)


def _named(tokens: list[_Token], after: str) -> Named:
    if not tokens or not tokens[-1].text.strip():
        raise ValueError(f"names nothing after `{after}`")
    if len(tokens) == 1:
        return Named("file", tokens[0].text)
    kind = tokens[0].text.lower()
    if len(tokens) > 2:
        raise ValueError(f"names `{' '.join(token.text for token in tokens)}`, put names with spaces in quotes")
    if kind not in KINDS:
        raise ValueError(f"names a `{tokens[0].text}`{did_you_mean(kind, KINDS)}, kinds of data are {', '.join(KINDS)}")
    return Named(kind, tokens[1].text)


def _model(tokens: list[_Token]) -> str:
    words = [token.text for token in tokens]
    if len(words) != 1 or not words[0].strip():
        raise ValueError(f"names `{' '.join(words)}`, one model is wanted" if words else "names no model")
    return words[0]


def _role(tokens: list[_Token]) -> str:
    word = " ".join(token.text for token in tokens)
    if word not in ROLES:
        raise ValueError(f"says as `{word}`{did_you_mean(word, ROLES)}")
    return word
