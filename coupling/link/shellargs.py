"""A program's words as the arguments of its rule.

``sh.aws.s3.cp`` is found for ``aws s3 cp``: the longest path of leading words that a rule has. An option that the rule names takes
the next word as
its value, other options none; the rest are positions.
"""

from __future__ import annotations

import posixpath

from coupling.core.rules import Arg, Choice, Rule, Spec
from coupling.link.values import Abs
from coupling.rulebook import Rulebook

DEEPEST_PATH = 3
MANY = "lists"
"""The tag of programs whose options take several words."""


def resolve(rules: Rulebook, path: str, args: list[Abs], keywords: dict[str, Abs]) -> tuple[Rule | None, list[Abs], dict[str, Abs]]:
    """The rule for a command line, with its words as positions and options. ``./vw`` and ``$HOME/bin/vw`` are ``vw``."""
    if path == "sh.run" and args and "/" in (built := _built(args[0])):
        path, args = f"sh.{posixpath.basename(built)}", args[1:]
    words = [a.literal for a in args[:DEEPEST_PATH]]
    for count in range(len(words), -1, -1):
        head = words[:count]
        if None in head:
            continue
        rule = rules.find(".".join([path, *(w for w in head if w is not None)]))
        if rule is not None:
            positions, options = _split(rule, args[count:])
            return rule, positions, {**keywords, **options}
    return None, args, keywords


def _built(word: Abs) -> str:
    """The path of a program, or what is known of its end."""
    last = word.texts[0][-1] if len(word.texts) == 1 and word.texts[0] else ""
    return last if isinstance(last, str) else ""


def _split(rule: Rule, words: list[Abs]) -> tuple[list[Abs], dict[str, Abs]]:
    valued = _options(rule)
    positions: list[Abs] = []
    options: dict[str, Abs] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        first = word.texts[0][0] if word.texts and word.texts[0] and isinstance(word.texts[0][0], str) else ""
        name, equals, _ = first.partition("=")
        if equals and (name in valued or (name.startswith("-") and len(name) > 1)):
            options[name] = _after(word, len(name) + 1)
        elif first in valued:
            if rest:
                options[first] = _listed(rest) if MANY in rule.tags else rest.pop(0)
        elif not first.startswith("-") or first == "-":
            positions.append(word)
    return positions, options


def _listed(rest: list[Abs]) -> Abs:
    """All words up to the next option: ``--train-sets a.de a.en``."""
    values = [rest.pop(0)]
    while rest and not (rest[0].literal or "").startswith("-"):
        values.append(rest.pop(0))
    return values[0] if len(values) == 1 else Abs(items={str(at): value for at, value in enumerate(values)})


def _after(word: Abs, cut: int) -> Abs:
    texts = tuple(((t[0][cut:], *t[1:]) if t[0][cut:] else t[1:]) for t in word.texts if t and isinstance(t[0], str))
    return word.but(texts=texts)


def _options(rule: Rule) -> frozenset[str]:
    """The options that an entry names anywhere: they take a value."""
    choices: list[Choice] = [*rule.data, *rule.features, *rule.labels, *rule.evaluation, *rule.input, *(rule.flows or ()), rule.model]
    for spec in (*rule.reads, *rule.writes, *rule.access, *rule.saves, *rule.loads, *rule.registers):
        choices += spec.parts
    for either in (rule.trains, rule.predicts):
        choices += list(either.parts) if isinstance(either, Spec) else [either]
    return frozenset(_name(arg) for choice in choices for arg in choice if arg.keyword)


def _name(arg: Arg) -> str:
    return arg.keyword
