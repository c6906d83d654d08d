"""YAML and JSON text -> one kind of tree with lines. Bounded: size after aliases, depth, documents.

Goes out: ``Node`` values, or ``Unreadable`` with a line. YAML is read as events, so no tag ever constructs anything, and an
alias costs what it stands for: a bomb is refused before it is spread out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from json import JSONDecodeError, decoder
from typing import Any

import yaml

MAX_NODES = 400_000
MAX_DEPTH = 100

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SCAN: Any = getattr(decoder, "scanstring")  # noqa: B009 - typeshed does not list it
_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_WORDS = {"true": "bool", "false": "bool", "null": "none", "NaN": "number", "Infinity": "number", "-Infinity": "number"}
_TAGS = {"int": "number", "float": "number", "bool": "bool", "null": "none"}


class Unreadable(Exception):
    """Why a text is no tree, and where."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.why, self.line = why, line


@dataclass(frozen=True, slots=True)
class Node:
    """``kind`` is text, number, bool, none, list or dict; a dict's ``keys`` run parallel to its ``items``."""

    kind: str
    line: int = 0
    text: str = ""
    keys: tuple[Node, ...] = ()
    items: tuple[Node, ...] = ()

    def get(self, name: str) -> Node | None:
        """A dict's entry; the last one wins, and ``<<`` entries fill in."""
        merged: list[Node] = []
        found = None
        for key, item in zip(self.keys, self.items, strict=True):
            if key.text == name:
                found = item
            elif key.text == "<<":
                merged.extend(item.items if item.kind == "list" else (item,))
        if found is not None or self.kind != "dict":
            return found
        return next((hit for base in merged if base.kind == "dict" and (hit := base.get(name)) is not None), None)

    def at(self, *names: str) -> Node:
        """The entry under a path of names, or an empty node."""
        node: Node = self
        for name in names:
            node = node.get(name) or EMPTY
        return node

    def pairs(self) -> list[tuple[Node, Node]]:
        """A dict's entries, without the merge keys."""
        if self.kind != "dict":
            return []
        return [(key, item) for key, item in zip(self.keys, self.items, strict=True) if key.text != "<<"]

    def elements(self) -> tuple[Node, ...]:
        """A list's elements; a scalar is a list of itself, nothing is empty."""
        if self.kind == "list":
            return self.items
        return () if self.kind in ("none", "dict") else (self,)


EMPTY = Node("none")


class _Stack:
    """Open containers while a text is read."""

    def __init__(self) -> None:
        self.open: list[tuple[str, int, str, list[Node]]] = []
        self.roots: list[Node] = []
        self.sizes: dict[int, int] = {}
        self.total = 0
        self.anchors: dict[str, Node] = {}

    def push(self, kind: str, line: int, anchor: str = "") -> None:
        if len(self.open) >= MAX_DEPTH:
            raise Unreadable(f"nested more than {MAX_DEPTH} deep", line)
        self.open.append((kind, line, anchor, []))

    def pop(self) -> Node:
        kind, line, anchor, items = self.open.pop()
        if kind == "dict":
            node = Node("dict", line, keys=tuple(items[0::2]), items=tuple(items[1::2]))
        else:
            node = Node("list", line, items=tuple(items))
        self.sizes[id(node)] = 1 + sum(self.sizes.get(id(item), 1) for item in items)
        self.put(node, anchor)
        return node

    def put(self, node: Node, anchor: str = "", weight: int = 1) -> None:
        self.total += weight
        if self.total > MAX_NODES:
            raise Unreadable(f"more than {MAX_NODES} values once its aliases are followed", node.line)
        if anchor:
            self.anchors[anchor] = node
        (self.open[-1][3] if self.open else self.roots).append(node)

    def alias(self, anchor: str, line: int) -> None:
        node = self.anchors.get(anchor)
        if node is None:
            raise Unreadable(f"unknown alias `{anchor[:40]}`", line)
        self.put(node, weight=self.sizes.get(id(node), 1))


def read_yaml(text: str) -> tuple[Node, ...]:
    """The documents of a YAML text."""
    loader = None
    stack = _Stack()
    try:
        loader = _LOADER(text)
        while loader.check_event():
            _event(loader, loader.get_event(), stack)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = str(getattr(error, "problem", None) or "cannot be read").split("\n")[0]
        raise Unreadable(f"not YAML: {why}", mark.line + 1 if mark else 0) from None
    except (ValueError, UnicodeError):
        raise Unreadable("not YAML: holds characters that cannot be read") from None
    finally:
        if loader is not None:
            loader.dispose()
    return tuple(stack.roots)


def _event(loader: Any, event: Any, stack: _Stack) -> None:
    line = event.start_mark.line + 1
    if isinstance(event, yaml.ScalarEvent):
        stack.put(_scalar(loader, event, line), event.anchor or "")
    elif isinstance(event, yaml.AliasEvent):
        stack.alias(event.anchor or "", line)
    elif isinstance(event, yaml.MappingStartEvent):
        stack.push("dict", line, event.anchor or "")
    elif isinstance(event, yaml.SequenceStartEvent):
        stack.push("list", line, event.anchor or "")
    elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
        stack.pop()


def _scalar(loader: Any, event: Any, line: int) -> Node:
    """A plain scalar has the type it looks like; a block scalar starts on the line after its sign."""
    if event.style in ("|", ">"):
        return Node("text", line + 1, event.value)
    if event.style or not event.implicit[0]:
        return Node("text", line, event.value)
    tag = loader.resolve(yaml.ScalarNode, event.value, (True, False)).rpartition(":")[2]
    return Node(_TAGS.get(tag, "text"), line, event.value)


def read_json(text: str, limit: int = MAX_NODES) -> Node:
    """A JSON text, by an explicit stack so that depth is ours to bound."""
    return _Json(text, limit).read()


class _Json:
    def __init__(self, text: str, limit: int) -> None:
        self.text, self.limit = text, limit
        self.stack, self.pos = _Stack(), 0
        self.line, self.counted = 1, 0

    def read(self) -> Node:
        expect_value = True
        while True:
            self.skip()
            if expect_value:
                expect_value = self.value()
            elif not self.stack.open:
                break
            else:
                expect_value = self.after()
        if self.pos < len(self.text):
            raise self.error("more text after the end")
        return self.stack.roots[0]

    def skip(self) -> None:
        match = _SPACE.match(self.text, self.pos)
        self.pos = match.end() if match else self.pos

    def here(self) -> int:
        self.line += self.text.count("\n", self.counted, self.pos)
        self.counted = self.pos
        return self.line

    def error(self, why: str) -> Unreadable:
        return Unreadable(f"not JSON: {why}", self.here())

    def value(self) -> bool:
        """Reads a value; true when another value must follow (a container has opened)."""
        char, line = self.text[self.pos : self.pos + 1], self.here()
        if char in ("{", "["):
            self.stack.push("dict" if char == "{" else "list", line)
            self.pos += 1
            self.skip()
            return not self.closes() and (char == "[" or self.key())
        self.stack.put(self.string(line) if char == '"' else self.word(line))
        return False

    def closes(self) -> bool:
        """Whether the open container ends here."""
        kind = self.stack.open[-1][0]
        if self.text[self.pos : self.pos + 1] != ("}" if kind == "dict" else "]"):
            return False
        self.pos += 1
        self.stack.pop()
        return True

    def after(self) -> bool:
        """After an element: a comma and the next one, or the end of the container."""
        if self.closes():
            return False
        if self.text[self.pos : self.pos + 1] != ",":
            raise self.error("expected `,`")
        self.pos += 1
        self.skip()
        return self.stack.open[-1][0] == "list" or self.key()

    def key(self) -> bool:
        if self.text[self.pos : self.pos + 1] != '"':
            raise self.error("expected a name in quotes")
        self.stack.put(self.string(self.here()))
        self.skip()
        if self.text[self.pos : self.pos + 1] != ":":
            raise self.error("expected `:`")
        self.pos += 1
        return True

    def string(self, line: int) -> Node:
        try:
            value, self.pos = _SCAN(self.text, self.pos + 1, False)
        except JSONDecodeError:
            raise self.error("a text without end") from None
        return Node("text", line, value)

    def word(self, line: int) -> Node:
        number = _NUMBER.match(self.text, self.pos)
        if number:
            self.pos = number.end()
            return Node("number", line, number.group())
        for word, kind in _WORDS.items():
            if self.text.startswith(word, self.pos):
                self.pos += len(word)
                return Node(kind, line, word)
        raise self.error("expected a value")
