"""Jinja in SQL, without execution: in comes a template, out go one or two plain texts with a map of their lines.

Literal loops are unrolled, branches are rendered once as taken and once as not, variables become placeholders. Macros of
the project are not known: a call of one is a placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from coupling.parsers.sql.holes import Holes
from coupling.parsers.sql.jinja_values import Config, Element, Unknown, constant, evaluate, list_name, truth

MAX_OUTPUT = 1_000_000
MAX_ROUNDS = 500
MAX_DEPTH = 40
MAX_STEPS = 50_000

_OPEN = re.compile(r"\{[{%#]")
_CLOSERS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_KINDS = {"{{": "expr", "{%": "tag"}
_FOR = re.compile(r"for\s+([\w\s,()]+?)\s+in\s+(.+)", re.S)
_SET = re.compile(r"set\s+(\w+)\s*=\s*(.+)", re.S)
_OPENS = frozenset({"for", "if", "macro", "call", "raw", "filter", "snapshot", "test", "materialization", "block", "set", "docs"})
_SILENT = frozenset({"macro", "test", "materialization", "docs"})


class Rendered(NamedTuple):
    """A plain text, and the line of the template that each of its lines came from."""

    text: str
    lines: tuple[int, ...]


class Template(NamedTuple):
    """What a template says: its texts, and what dbt is told about it."""

    texts: tuple[Rendered, ...]
    config: Config
    dbt: bool


class _Node(NamedTuple):
    """``kind`` is text, expr, set, or a block's name; ``arms`` are a block's bodies with the test of each."""

    kind: str
    text: str
    line: int
    arms: tuple[tuple[str, tuple[_Node, ...]], ...] = ()


def is_template(text: str) -> bool:
    return "{{" in text or "{%" in text or "{#" in text


def render(text: str, holes: Holes, this: str) -> Template:
    """Both renderings of a template (one when it has no else-branch)."""
    nodes, _ = _block(_lex(text), 0, 0)
    first = _Renderer(holes, this, True)
    first.run(nodes, {}, 0)
    texts = [first.done()]
    if first.saw_else:
        second = _Renderer(holes, this, False)
        second.run(nodes, {}, 0)
        texts.append(second.done())
    return Template(tuple(dict.fromkeys(texts)), first.config, first.dbt)


def _lex(text: str) -> list[_Node]:
    """Text and tags in order; an opening that is never closed is text."""
    out: list[_Node] = []
    pos, line = 0, 1
    unclosed: set[str] = set()
    for match in _OPEN.finditer(text):
        opener, start = match[0], match.start()
        if start < pos or opener in unclosed:
            continue
        end = text.find(_CLOSERS[opener], start + 2)
        if end < 0:
            unclosed.add(opener)
            continue
        out.append(_Node("text", text[pos:start], line))
        line += text.count("\n", pos, start)
        if opener in _KINDS:
            out.append(_Node(_KINDS[opener], text[start + 2 : end].strip("-+").strip(), line))
        line += text.count("\n", start, end)
        pos = end + 2
    out.append(_Node("text", text[pos:], line))
    return out


def _block(tokens: list[_Node], at: int, depth: int) -> tuple[tuple[_Node, ...], int]:
    """Nodes up to the tag that ends this block (or its arm); an end that nothing opened is skipped at the top."""
    out: list[_Node] = []
    while at < len(tokens):
        token = tokens[at]
        word = token.text.split(None, 1)[0] if token.kind == "tag" and token.text else ""
        if word.startswith("end") or word in ("else", "elif"):
            if depth:
                return tuple(out), at
        elif word in _OPENS and depth < MAX_DEPTH and not (word == "set" and _SET.match(token.text)):
            arms, at = _arms(tokens, at, depth + 1)
            out.append(_Node(word, token.text, token.line, arms))
        else:
            out.append(token._replace(kind="set") if word == "set" else token)
        at += 1
    return tuple(out), at


def _arms(tokens: list[_Node], at: int, depth: int) -> tuple[tuple[tuple[str, tuple[_Node, ...]], ...], int]:
    arms: list[tuple[str, tuple[_Node, ...]]] = []
    test = tokens[at].text
    while True:
        body, at = _block(tokens, at + 1, depth)
        arms.append((test, body))
        if at >= len(tokens) or tokens[at].text.startswith("end"):
            return tuple(arms), at
        test = tokens[at].text


class _Renderer:
    """Renders with every open test taken, or with every open test not taken."""

    def __init__(self, holes: Holes, this: str, taken: bool) -> None:
        self.holes, self.this, self.taken = holes, this, taken
        self.saw_else = self.dbt = False
        self.config: Config = {}
        self._out: list[str] = []
        self._lines: list[int] = [1]
        self._blank, self._size, self._steps = True, 0, 0

    def run(self, nodes: tuple[_Node, ...], names: dict[str, object], depth: int) -> None:
        for node in nodes:
            self._steps += 1
            if self._size > MAX_OUTPUT or self._steps > MAX_STEPS:
                return
            if node.kind == "text":
                self._put(node.text, node.line)
            elif node.kind == "expr":
                self._put(self._expression(node.text, names), node.line, inline=True)
            elif node.kind == "set" and not node.arms:
                if match := _SET.match(node.text):
                    names[match[1]] = constant(match[2], names)
            elif node.kind == "tag":
                continue
            else:
                self._statement(node, names, depth)

    def _statement(self, node: _Node, names: dict[str, object], depth: int) -> None:
        if node.kind in _SILENT:
            return
        if node.kind == "for":
            self._loop(node, names, depth)
        elif node.kind == "if":
            self._branch(node, names, depth)
        elif node.kind == "set":
            self._block_set(node, names, depth)
        else:
            self.run(node.arms[0][1], names, depth + 1)

    def _block_set(self, node: _Node, names: dict[str, object], depth: int) -> None:
        inner = _Renderer(self.holes, self.this, self.taken)
        inner._steps = self._steps
        inner.run(node.arms[0][1], dict(names), depth + 1)
        self._steps = inner._steps
        words = node.text.split()
        if len(words) > 1:
            names[words[1]] = inner.done().text.strip()

    def _branch(self, node: _Node, names: dict[str, object], depth: int) -> None:
        for test, body in node.arms:
            word, _, condition = test.partition(" ")
            known = True if word == "else" else truth(condition, names)
            if known is None:
                self.saw_else |= len(node.arms) > 1
                known = self.taken or (len(node.arms) == 1)
            if known:
                self.run(body, names, depth + 1)
                return

    def _loop(self, node: _Node, names: dict[str, object], depth: int) -> None:
        match = _FOR.match(node.text)
        if not match:
            return
        targets = [word for word in re.split(r"[\s,()]+", match[1]) if word]
        rounds = constant(match[2], names)
        source = list_name(match[2])
        unknown: object = Element(f"{source}[*]") if source and len(targets) == 1 else Unknown
        elements = list(rounds)[:MAX_ROUNDS] if isinstance(rounds, (list, tuple, dict)) else [unknown]
        for index, element in enumerate(elements):
            self._steps += 1
            if self._steps > MAX_STEPS:
                return
            inner = dict(names)
            inner["loop"] = {"first": index == 0, "last": index == len(elements) - 1, "index": index + 1, "index0": index}
            values = element if len(targets) > 1 and isinstance(element, (list, tuple)) else [element] * len(targets)
            for target, value in zip(targets, values, strict=False):
                inner.pop(target, None)
                if value is not Unknown:
                    inner[target] = value
            self.run(node.arms[0][1], inner, depth + 1)

    def _expression(self, text: str, names: Mapping[str, object]) -> str:
        result = evaluate(text, names, self.this)
        self.dbt |= result.dbt
        self.config = {**self.config, **dict(result.config)}
        if result.hole is None:
            return result.text
        return self.holes.mark(result.hole, dbt=result.relation)

    def _put(self, text: str, line: int, inline: bool = False) -> None:
        """Append; a line of the output is where its first visible text came from."""
        for index, part in enumerate(text.split("\n")):
            here = line if inline else line + index
            if index:
                self._lines.append(here)
                self._blank = True
            if self._blank and part.strip():
                self._lines[-1] = here
                self._blank = False
        self._out.append(text)
        self._size += len(text)

    def done(self) -> Rendered:
        return Rendered("".join(self._out), tuple(self._lines))
