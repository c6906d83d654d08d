"""Every example of a rule is its test: run as a program, exactly the events happen that its comments say, on the lines that say so.

Comes in: the files under ``rules/`` and ``rule_examples_todo.txt``, the known misses: one API path a line, with a reason. The list is
strict: an entry that passes must go, so that it only shrinks. An example that several entries share is run once, under the first.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from coupling.core.rules import Rule
from tests.ruleexamples import book, found, said, without_implied

TODO = Path(__file__).with_name("rule_examples_todo.txt")
MOST_KNOWN_MISSES = 8
LEAST_EXAMPLES = 2000
"""The number of examples below which they have been lost by accident."""


@cache
def examples() -> dict[str, list[Rule]]:
    """The rules of each file that have an example, the first of each example."""
    files: dict[str, dict[str, Rule]] = {}
    for rule in book().rules:
        if rule.example.strip():
            files.setdefault(rule.file, {}).setdefault(rule.example, rule)
    return {file: list(first.values()) for file, first in sorted(files.items())}


@cache
def todo() -> dict[str, str]:
    """API path -> why its example is missed."""
    lines = TODO.read_text(encoding="utf-8").splitlines()
    words = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    return {path: "".join(reason) for path, *reason in words}


def differences(rule: Rule) -> list[str]:
    wanted, seen = without_implied(said(rule)), without_implied(found(rule))
    out = [(line, f"missing     {event}") for line, event in wanted - seen]
    out += [(line, f"unexpected  {event}") for line, event in seen - wanted]
    return [f"{rule.file}:{rule.line} {rule.path} line {line}: {what}" for line, what in sorted(out)]


@pytest.mark.parametrize("file", examples())
def test_examples_do_what_their_comments_say(file: str) -> None:
    wrong = []
    for rule in examples()[file]:
        differs = differences(rule)
        if rule.path in todo():
            wrong += [] if differs else [f"{rule.path} passes now: remove it from {TODO.name}"]
        else:
            wrong += differs
    assert not wrong, "\n" + "\n".join(wrong)


def test_known_misses_are_few_and_have_reasons() -> None:
    assert len(todo()) < MOST_KNOWN_MISSES
    assert not [path for path, reason in todo().items() if not reason]


def test_known_misses_are_examples() -> None:
    assert not set(todo()) - {rule.path for rules in examples().values() for rule in rules}


def test_examples_are_many() -> None:
    assert sum(len(rules) for rules in examples().values()) >= LEAST_EXAMPLES
