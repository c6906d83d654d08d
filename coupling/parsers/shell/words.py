"""Words of a command line -> values: quoting, expansions, substitutions, braces.

Comes in: syntax nodes of words and the environment of the statements before. Goes out: value numbers. Does not know
commands: a substitution hands its statements back through ``Words.substitution``.
"""

from __future__ import annotations

import fnmatch
import re
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coupling.core.facts import Builder, Value

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_WORDS = 64
MAX_TEXT = 10_000
MAX_DEPTH = 100

_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}
_UNKNOWN = {"?": "exit status", "$": "process id", "!": "process id", "#": "number of arguments", "-": "shell options", "_": "last word"}


def mark(name: str) -> str:
    """A part of a command text that its file does not know, by the name it goes by."""
    return _OPEN + name.replace(_OPEN, "").replace(_CLOSE, "") + _CLOSE


@dataclass
class Env:
    """What is known at one place of a script. ``args`` are the positional parameters after ``set --``."""

    names: dict[str, int] = field(default_factory=dict)
    cwd: int = -1
    before: int = -1
    shift: int = 0
    args: tuple[int, ...] | None = None

    def copy(self) -> Env:
        return Env(dict(self.names), self.cwd, self.before, self.shift, self.args)


class Words(Builder):
    """Lowers words. ``env`` is replaced by the statements around it; ``params`` collects the positional ones in use."""

    def __init__(self, path: str, source: bytes, line: int) -> None:
        super().__init__(path, "shell")
        self.source, self.first, self.inlined = source, line, 0
        self.env = Env()
        self.params: dict[str, int] = {}
        self.depth = 0
        self.known: dict[int, str | None] = {}

    def line(self, node: Node) -> int:
        return self.first + node.start_point[0]

    def raw(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def hole(self, why: str, node: Node) -> int:
        return self.add("hole", why, line=self.line(node))

    def text(self, value: str, node: Node) -> int:
        """A text; marked parts are free names."""
        line = self.line(node)
        if _OPEN not in value:
            return self.add("text", value, line=line)
        pieces = _MARK.split(value)
        parts = [self._marked(piece, line) if odd % 2 else self.add("text", piece, line=line) for odd, piece in enumerate(pieces) if piece]
        return self.concat(parts, node)

    def _marked(self, name: str, line: int) -> int:
        """A marked part: inside ``eval`` it refers to a value of this file."""
        if self.inlined and name.startswith("#") and name[1:].isdecimal() and int(name[1:9] or 0) < len(self.values):
            return int(name[1:9])
        return self.add("free", name, line=line)

    def concat(self, parts: list[int], node: Node) -> int:
        """Parts as one value: nested ones are opened, neighbouring texts are one."""
        flat: list[int] = []
        for part in parts:
            value = self.values[part]
            for inner in value.parts if value.op == "concat" and len(value.parts) <= MAX_WORDS else (part,):
                if flat and self.values[flat[-1]].op == self.values[inner].op == "text":
                    merged = self.values[flat[-1]].text + self.values[inner].text
                    flat[-1] = self.add("text", merged[:MAX_TEXT], line=self.line(node))
                else:
                    flat.append(inner)
        if not flat:
            return self.add("text", "", line=self.line(node))
        return flat[0] if len(flat) == 1 else self.add("concat", parts=tuple(flat), line=self.line(node))

    def constant(self, value: int) -> str | None:
        """The text of a value that is known in this file."""
        if value not in self.known:
            self.known[value] = self._constant(self.values[value])
        return self.known[value]

    def _constant(self, node: Value) -> str | None:
        if node.op in ("text", "number"):
            return node.text
        if node.op != "concat":
            return None
        texts = [self.constant(part) for part in node.parts]
        joined = "".join(text for text in texts if text is not None)
        return joined if None not in texts and len(joined) <= MAX_TEXT else None

    def arguments(self, nodes: list[Node]) -> list[tuple[str, int]]:
        """Words as (key, value): one node may be several words, ``"$@"`` has the key ``*``."""
        found: list[tuple[str, int]] = []
        for node in nodes:
            if self._whole_list(node):
                found.append(("*", self.word(node)))
            elif node.type in ("concatenation", "word", "brace_expression"):
                found.extend(("", value) for value in self.braces(node))
            elif node.type in ("simple_expansion", "expansion"):
                found.extend(("", value) for value in self.split(self.word(node), node))
            else:
                found.append(("", self.word(node)))
        return found

    def _whole_list(self, node: Node) -> bool:
        """``"$@"``, ``$*`` and ``"${a[@]}"``: all elements as words of their own."""
        inner = node.named_children[0] if node.type == "string" and len(node.named_children) == 1 else node
        if inner.type not in ("simple_expansion", "expansion"):
            return False
        return self.raw(inner) in ("$@", "$*", "${@}", "${*}") or (
            self.raw(inner).endswith(("[@]}", "[*]}")) and "#" not in self.raw(inner)
        )

    def split(self, value: int, node: Node) -> list[int]:
        """An unquoted expansion falls apart at the blanks that are known."""
        root = self.values[value]
        parts = root.parts if root.op == "concat" else (value,)
        if not any(self.values[part].op == "text" and self.values[part].text.split() != [self.values[part].text] for part in parts):
            return [value]
        words: list[list[int]] = [[]]
        for part in parts:
            if self.values[part].op != "text":
                words[-1].append(part)
                continue
            pieces = re.split(r"\s+", self.values[part].text)
            for number, piece in enumerate(pieces):
                if number:
                    words.append([])
                if piece:
                    words[-1].append(self.add("text", piece, line=self.values[part].line))
        return [self.concat(word, node) for word in words if word][:MAX_WORDS]

    def braces(self, node: Node) -> list[int]:
        """Unquoted ``{a,b}`` and ``{1..3}`` make several words."""
        children = list(node.named_children) if node.type == "concatenation" else [node]
        alternatives = self._spread(children)
        words: list[list[int]] = [[]]
        for choice in alternatives:
            words = [[*word, value] for word in words for value in choice] if len(words) * len(choice) <= MAX_WORDS else words
        return [self.concat(word, node) for word in words]

    def _spread(self, children: list[Node]) -> list[list[int]]:
        out: list[list[int]] = []
        at = 0
        while at < len(children):
            child = children[at]
            texts = [self.raw(part) for part in children[at : at + 3]]
            if child.type == "brace_expression":
                out.append([self.text(item, child) for item in _range(self.raw(child))])
            elif len(texts) == 3 and texts[0] == "{" and texts[2] == "}" and "," in texts[1]:
                out.append([self.text(item, child) for item in texts[1].split(",")])
                at += 2
            else:
                out.append([self.word(child)])
            at += 1
        return out

    def word(self, node: Node) -> int:
        """The value of one word."""
        self.depth += 1
        try:
            if self.depth > MAX_DEPTH:
                return self.hole("nested too deeply", node)
            return self._word(node)
        finally:
            self.depth -= 1

    def _word(self, node: Node) -> int:
        kind = node.type
        if kind in ("word", "number", "variable_name", "extglob_pattern", "regex", "test_operator", "string_content", "heredoc_content"):
            return self.text(_unescape(self.raw(node), kind in ("string_content", "heredoc_content")), node)
        if kind == "raw_string":
            return self.text(self.raw(node)[1:-1], node)
        if kind == "ansi_c_string":
            body = self.raw(node)[2:-1]
            return self.text(re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), body, flags=re.S), node)
        if kind in ("string", "translated_string", "heredoc_body"):
            return self.quoted(node)
        if kind in ("concatenation", "command_name"):
            return self.concat([self.word(child) for child in node.named_children] or [self.text(self.raw(node), node)], node)
        if kind == "simple_expansion":
            return self.variable(self.raw(node).lstrip()[1:], node)
        if kind == "expansion":
            return self.expansion(node)
        if kind in ("command_substitution", "process_substitution"):
            return self.substitution(node)
        if kind == "arithmetic_expansion":
            return self.hole("arithmetic", node)
        if kind == "array":
            return self.array(node)
        if kind == "subscript":
            return self.element(node)
        return self.text(self.raw(node), node)

    @abstractmethod
    def substitution(self, node: Node) -> int:
        """The value of ``$(...)``."""

    def quoted(self, node: Node) -> int:
        """A text in double quotes: the tree leaves out blanks between expansions, so gaps are filled from the source."""
        start, end = node.start_byte, node.end_byte
        if node.type != "heredoc_body":
            start, end = start + (2 if node.type == "translated_string" else 1), end - 1
        parts: list[int] = []
        for child in node.named_children:
            if child.type == "string":
                return self.quoted(child)
            raw = self.raw(child)  # the grammar counts blanks before `$` to the expansion
            blank = raw[: len(raw) - len(raw.lstrip())] if "expansion" in child.type else ""
            gap = self.source[start : child.start_byte].decode("utf-8", "replace") + blank
            if gap:
                parts.append(self.text(_unescape(gap, True), node))
            parts.append(self.word(child))
            start = child.end_byte
        gap = self.source[start:end].decode("utf-8", "replace")
        if gap:
            parts.append(self.text(_unescape(gap, True), node))
        return self.concat(parts, node)

    def variable(self, name: str, node: Node) -> int:
        """``$name``: the value it has here, a parameter, or a free name of the environment."""
        if name == "PWD" and name not in self.env.names:
            return self.env.cwd if self.env.cwd >= 0 else self.text(".", node)
        if name in self.env.names:
            return self.env.names[name]
        if name == "0":
            return self.add("free", "__file__", line=self.line(node))
        if name in ("@", "*") or name.isdigit():
            return self.positional(name, node)
        if name in _UNKNOWN:
            return self.hole(_UNKNOWN[name], node)
        return self.add("free", name, line=self.line(node))

    def positional(self, name: str, node: Node) -> int:
        args = self.env.args
        if name in ("@", "*"):
            if args is not None:
                return self.add("list", parts=args[max(self.env.shift, 0) :], line=self.line(node))
            return self.param("@", node)
        if self.env.shift < 0:  # after a `shift` whose count is unknown: any of the arguments
            return self.add("iter", parts=(self.positional("@", node),), line=self.line(node))
        number = int(name[:4]) + self.env.shift
        if args is not None:
            return args[number - 1] if 0 < number <= len(args) else self.text("", node)
        return self.param(str(number), node)

    def param(self, name: str, node: Node) -> int:
        if name not in self.params:
            self.params[name] = self.add("param", name, line=self.line(node))
        return self.params[name]

    def array(self, node: Node) -> int:
        words = self.arguments(list(node.named_children))
        parts = [self.add("star", "*", (value,), line=self.line(node)) if key else value for key, value in words]
        return self.add("list", parts=tuple(parts), line=self.line(node))

    def element(self, node: Node) -> int:
        """``a[0]``, ``a[$i]``; ``a[@]`` is the whole array."""
        name, index = node.child_by_field_name("name"), node.child_by_field_name("index")
        if name is None or index is None:
            return self.hole("array element", node)
        if self.raw(name) in ("BASH_SOURCE", "0"):
            return self.add("free", "__file__", line=self.line(node))
        base = self.variable(self.raw(name), node)
        if self.raw(index) in ("@", "*"):
            return base
        key = self.add("number", self.raw(index), line=self.line(node)) if index.type == "number" else self.word(index)
        return self.add("item", parts=(base, key), line=self.line(node))

    def expansion(self, node: Node) -> int:
        """``${...}``: a default is a choice, what cuts and replaces is a call of ``sh.param``."""
        inner = [child for child in node.children if child.type not in ("${", "}")]
        if inner and inner[0].type in ("!", "#") and len(inner) > 1:
            return self.hole("indirect name" if inner[0].type == "!" else "length", node)
        if not inner:
            return self.hole("expansion", node)
        base = self.element(inner[0]) if inner[0].type == "subscript" else self.variable(self.raw(inner[0]), node)
        if len(inner) == 1 or (inner[0].type == "subscript" and len(inner) == 1):
            return base
        operator = self.raw(inner[1])
        rest = [self.word(child) for child in inner[2:] if child.is_named and child.type != "operator"]
        return self.modified(base, operator, rest, inner[0], node)

    def modified(self, base: int, operator: str, rest: list[int], name: Node, node: Node) -> int:
        operand = self.concat(rest, node) if len(rest) != 1 else rest[0]
        if operator in (":-", "-", ":=", "="):
            value = self.default(base, operand, node)
            if operator.endswith("=") and name.type == "variable_name":
                self.env.names[self.raw(name)] = value
            return value
        if operator in (":?", "?"):
            return base
        if operator in (":+", "+"):
            return self.add("choose", parts=(base, operand, self.text("", node)), line=self.line(node))
        folded = _cut(self.constant(base), operator, self.constant(operand)) if len(rest) == 1 else None
        if folded is not None:
            return self.text(folded, node)
        return self.call("sh.param", (base, self.text(operator, node), *rest), line=self.line(node))

    def default(self, base: int, operand: int, node: Node) -> int:
        known = self.constant(base)
        if known is not None:
            return base if known else operand
        return self.add("choose", parts=(base, base, operand), line=self.line(node))


def _unescape(text: str, quoted: bool) -> str:
    if "\\" not in text:
        return text
    if quoted:
        return re.sub(r'\\([$`"\\\n])', lambda found: "" if found[1] == "\n" else found[1], text)
    return re.sub(r"\\(.)", lambda found: "" if found[1] == "\n" else found[1], text, flags=re.S)


def _range(text: str) -> list[str]:
    """``{1..3}`` and ``{01..03}``: the numbers, or the text itself when they are too many."""
    bounds = text[1:-1].split("..")
    if len(bounds) != 2 or not all(bound.isdecimal() and len(bound) < 9 for bound in bounds):
        return [text]
    low, high = int(bounds[0]), int(bounds[1])
    width = len(bounds[0]) if bounds[0].startswith("0") else 0
    step = 1 if high >= low else -1
    if abs(high - low) >= MAX_WORDS:
        return ["*"]
    return [str(number).zfill(width) for number in range(low, high + step, step)]


def _cut(text: str | None, operator: str, pattern: str | None) -> str | None:
    """``%``, ``%%``, ``#``, ``##`` of known text: the shortest or longest end or beginning that matches is taken off."""
    if text is None or pattern is None or operator not in ("%", "%%", "#", "##") or len(text) > 1000 or len(pattern) > 100:
        return None
    if "[" in pattern or pattern.count("*") > 3:
        return None
    matches = re.compile(fnmatch.translate(pattern)).match
    sizes = range(len(text) + 1) if len(operator) == 1 else range(len(text), -1, -1)
    for size in sizes:
        if operator[0] == "%" and matches(text[len(text) - size :]):
            return text[: len(text) - size]
        if operator[0] == "#" and matches(text[:size]):
            return text[size:]
    return text
