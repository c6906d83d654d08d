"""Run the examples of rules: small programs whose comments say what happens on each line.

Comes in: a rule's example. Goes out: what its comments say and what the stages find, as sets of (line, event), in the words of
docs/rules.md. What an example runs (``runs: python train.py --epochs 3``) is laid beside it as a program that opens a file for each
of its words, so that a command counts only when it starts that program with these words. It does not know which is right.
"""

from __future__ import annotations

import io
import json
import posixpath
import tokenize
from collections.abc import Iterator
from functools import cache

import tree_sitter
import tree_sitter_bash

from coupling.build import build
from coupling.core.rules import Rule
from coupling.core.source import SourceFile
from coupling.core.template import render
from coupling.link import LinkedRepo, link
from coupling.link.events import Access, Store, Train
from coupling.parsers import parse
from coupling.rulebook import Rulebook, load

Event = tuple[int, str]
"""A line, from 1, and what happens there."""
PROBE = "started"
_BASH = tree_sitter.Language(tree_sitter_bash.language())
_KINDS = {"py": "python", "sh": "shell", "sql": "sql", "ipynb": "notebook"}


@cache
def book() -> Rulebook:
    return load()


def said(rule: Rule) -> set[Event]:
    """The events that the comments of an example name."""
    return {(line, event.strip()) for line, comment in _comments(rule) for event in comment.split(";") if event.strip()}


def found(rule: Rule) -> set[Event]:
    """The events that the stages find when the example is the only program of a repository."""
    path = f"example.{_language(rule)}"
    texts = {path: rule.example}
    runs = [event.removeprefix("runs: ") for _, event in said(rule) if event.startswith("runs: ")]
    for command in runs:
        texts.update([_started(command)])
    facts = [parse(SourceFile(name, _KINDS[name.rpartition(".")[2]], len(text)), text.encode()) for name, text in texts.items()]
    linked = link(facts, book(), tuple(texts))
    build(linked)
    return set(_events(linked, path)) | set(_runs(linked, runs, path))


def without_implied(events: set[Event]) -> set[Event]:
    """``saves`` and ``loads`` say that the artifact is written and read: nobody need say it twice."""
    plain = {"saves": "writes", "loads": "reads"}
    implied = {(line, f"{plain[verb]}: {name}") for line, (verb, _, name) in ((at, e.partition(": ")) for at, e in events) if verb in plain}
    return events - implied


def _language(rule: Rule) -> str:
    return {"sh": "sh", "sql": "sql"}.get(rule.path.partition(".")[0], "py")


# ---- what the comments say


def _comments(rule: Rule) -> Iterator[tuple[int, str]]:
    if _language(rule) == "sql":
        yield from ((at, line.partition("-- ")[2]) for at, line in enumerate(rule.example.split("\n"), 1))
    elif _language(rule) == "sh":
        yield from _shell_comments(rule.example)
    else:
        for token in tokenize.generate_tokens(io.StringIO(rule.example).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string.lstrip("# ")


def _shell_comments(text: str) -> Iterator[tuple[int, str]]:
    nodes = [tree_sitter.Parser(_BASH).parse(text.encode()).root_node]
    while nodes:
        node = nodes.pop()
        nodes += node.children
        if node.type == "comment" and node.text:
            yield node.start_point[0] + 1, node.text.decode().lstrip("# ")


# ---- what the stages find


def _events(linked: LinkedRepo, path: str) -> Iterator[Event]:
    for access in linked.accesses:
        if access.chain[-1].path == path:
            yield access.chain[-1].line, f"{access.verb}: {_name(access)}"
    for store in linked.stores:
        yield store.chain[-1].line, f"{store.verb}: {_name(store)}"
    for train in linked.trains:
        if not _only_judged(train):
            yield train.chain[-1].line, "trains"
    yield from ((predict.chain[-1].line, "predicts") for predict in linked.predicts)
    yield from ((serve.chain[-1].line, "serves") for serve in linked.serves)


def _only_judged(train: Train) -> bool:
    """Data that evaluate a model are told as a training whose every flow is held out."""
    return bool(train.flows) and all(role == "evaluation" for role, _ in train.flows)


def _name(event: Access | Store) -> str:
    kind = "file" if event.asset.kind == "any" else event.asset.kind
    return f"{kind} {render(event.asset.name)}"


# ---- what commands start


def _started(command: str) -> tuple[str, str]:
    """The program that a command starts, and a text for it that opens a file for each word it is given."""
    path, words = _program(command)
    if path.endswith(".sh"):
        return path, "\n".join([f"cat {PROBE}", *(f'cat "{PROBE}/${at}"' for at in range(1, len(words) + 1))]) + "\n"
    lines = ["import sys", f"open('{PROBE}')", *(f"open('{PROBE}/' + sys.argv[{at}])" for at in range(1, len(words) + 1))]
    if not path.endswith(".ipynb"):
        return path, "\n".join(lines) + "\n"
    cell: dict[str, object] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": "\n".join(lines)}
    kernel = {"kernelspec": {"language": "python", "name": "python3"}}
    return path, json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def _program(command: str) -> tuple[str, list[str]]:
    words = command.split()
    if words[0] == "-m":
        return words[1].replace(".", "/") + ".py", words[2:]
    at = next(at for at, word in enumerate(words) if posixpath.splitext(word)[1][1:] in _KINDS)
    return words[at], words[at + 1 :]


def _runs(linked: LinkedRepo, commands: list[str], path: str) -> Iterator[Event]:
    """A command runs on the line from which its program was started and opened all that it should."""
    opened = {
        ([place.line for place in access.chain if place.path == path][-1], access.chain[-1].path, render(access.asset.name))
        for access in linked.accesses
        if any(place.path == path for place in access.chain)
    }
    for command in commands:
        program, words = _program(command)
        probes = [PROBE, *(f"{PROBE}/{word}" for word in words)]
        for line in {line for line, _, _ in opened}:
            if all((line, program, probe) in opened for probe in probes):
                yield line, f"runs: {command}"
