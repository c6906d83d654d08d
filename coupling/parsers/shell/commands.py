"""One command -> a call: assignments, redirections, pipes, the working directory, and programs that run programs.

Comes in: syntax nodes of simple commands. Goes out: effects of the current scope. Builtins that change what later words
mean (``cd``, ``set --``, ``shift``, ``read``, ``eval``) happen here; every other program is a ``call`` for the rules.
"""

from __future__ import annotations

import posixpath
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coupling.core.facts import Effect
from coupling.core.source import Problem, Span
from coupling.parsers.shell.prefixes import prefix, program
from coupling.parsers.shell.words import MAX_TEXT, Words, mark

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_INLINE = 4
MAX_PREFIXES = 6
UNKNOWN = "\uffff"

_SILENT = {":", "true", "false", "exit", "return", "break", "continue", "set", "shopt", "trap", "wait", "[", "test", "[["}
_SHELLS = {"bash", "sh", "zsh", "dash", "ksh"}
_CONTAINERS = ("docker ", "podman ", "nvidia-docker ")
"""What runs a command where other folders are mounted: its options are the keyword ``@inside``."""
_RUNS_ITEMS = ("xargs", "parallel")

Argument = tuple[str, int]


@dataclass
class Frame:
    """What belongs to the scope being lowered."""

    effects: list[Effect] = field(default_factory=list)
    guard: int = -1
    dirs: list[int] = field(default_factory=list)


class Commands(Words):
    """Lowers simple commands. ``pipe`` is the value on standard input, ``outer`` the redirections of the
    statement around, ``input`` what the loop around reads."""

    def __init__(self, path: str, source: bytes, line: int) -> None:
        super().__init__(path, source, line)
        self.frame = Frame()
        self.functions: dict[str, int] = {}
        self.pipe = -1
        self.outer: tuple[Argument, ...] = ()
        self.input: tuple[Argument, ...] = ()

    @abstractmethod
    def run(self, node: Node) -> int:
        """Lowers a statement; the value of its last command, -1 when it has none."""

    @abstractmethod
    def inline(self, text: str, node: Node) -> int:
        """Lowers a command text that the script itself runs (``eval``, ``bash -c``)."""

    def command(self, node: Node) -> int:
        name = node.child_by_field_name("name")
        if name is None:
            return -1
        pipe, self.pipe = self.pipe, -1
        variables = self._variables(node, name)
        nodes = [child for child in node.children_by_field_name("argument") if child.is_named]
        words: list[Argument] = [*self._name(name), *self.arguments(nodes)]
        keywords = self.redirections(node)
        keywords += [pair for pair in self.outer if pair[0] not in dict(keywords)]
        if pipe >= 0:
            keywords.append(("|", pipe))
        return self.execute(words, keywords + variables, node)

    def _name(self, name: Node) -> list[Argument]:
        """The command's own word; ``$RUN x`` where RUN is known to hold several words."""
        inner = name.named_children[0] if name.named_children else name
        return self.arguments([inner]) or [("", self.text("", name))]

    def _variables(self, node: Node, name: Node) -> list[Argument]:
        """``A=b cmd``. The grammar also attaches assignments of the lines before: those are statements of their own."""
        found: list[Argument] = []
        for child in node.children:
            if child.type != "variable_assignment" or child.start_byte > name.start_byte:
                continue
            between = self.source[child.end_byte : name.start_byte]
            if b"\n" in between.replace(b"\\\n", b""):
                self.assign(child)
                continue
            target, value = child.child_by_field_name("name"), child.child_by_field_name("value")
            if target is not None:
                found.append(("$" + self.raw(target), self.word(value) if value is not None else self.text("", child)))
        return found

    def redirections(self, node: Node) -> list[Argument]:
        """The redirections that are children of a node, as keywords."""
        found: list[Argument] = []
        for child in node.children:
            if child.type == "file_redirect":
                found.extend(self._file_redirect(child))
            elif child.type == "herestring_redirect" and child.named_children:
                found.append(("<<<", self.word(child.named_children[0])))
            elif child.type == "heredoc_redirect":
                found.extend(self._heredoc(child))
        return found

    def _file_redirect(self, node: Node) -> list[Argument]:
        destination = node.child_by_field_name("destination")
        sign = next((child.type for child in node.children if not child.is_named), ">")
        if destination is None or (sign in (">&", "<&") and self.raw(destination).strip("-").isdigit()) or self.raw(destination) == "-":
            return []
        number = node.child_by_field_name("descriptor")
        prefix_ = self.raw(number) if number is not None else ""
        sign = {"&>": ">", "&>>": ">>", ">&": ">", ">|": ">"}.get(sign, sign)
        return [(("" if prefix_ in ("0", "1") else prefix_) + sign, self.word(destination))]

    def _heredoc(self, node: Node) -> list[Argument]:
        found = self.redirections(node)
        start = next((child for child in node.children if child.type == "heredoc_start"), None)
        body = next((child for child in node.children if child.type == "heredoc_body"), None)
        if body is None or start is None:
            return found
        literal = self.raw(start)[:1] in ("'", '"', "\\")
        return [*found, ("<<", self.text(self.raw(body), body) if literal else self.quoted(body))]

    def shown(self, value: int) -> str | None:
        """The text of a word with its unknown parts marked; None when nothing is known of it."""
        known = self.constant(value)
        if known is not None:
            return known
        node = self.values[value]
        if node.op == "choose" and len(node.parts) == 3:
            return self.constant(node.parts[2])
        if node.op != "concat" or len(node.parts) > 1000:
            return None
        return "".join(UNKNOWN if (text := self.constant(part)) is None else text for part in node.parts)[:MAX_TEXT]

    def execute(self, words: list[Argument], keywords: list[Argument], node: Node) -> int:
        """Past prefixes, then a builtin, a function of the script, or a program."""
        script = False
        for _ in range(MAX_PREFIXES):
            found = prefix([None if key else self.shown(value) for key, value in words])
            if found is None:
                break
            keywords = self._dropped(words[: found.words], found.via, found.cwd, keywords, node)
            words = (
                self._items(words[found.words :], words[: found.words], keywords, node)
                if found.via in _RUNS_ITEMS
                else words[found.words :]
            )
            script = found.script
            if script:
                break
        name = self.shown(words[0][1]) if words and not words[0][0] else None
        if script:
            return self.emit("python", words, keywords, node)
        if name is not None and (done := self.builtin(name, words, keywords, node)) is not None:
            return done
        return self.invoke(name, words, keywords, node)

    def _dropped(self, words: list[Argument], via: str, cwd: int, keywords: list[Argument], node: Node) -> list[Argument]:
        """What the words of a prefix say: variables, the working directory, and which program it was."""
        found = [pair for pair in keywords if pair[0] != "@via"]
        for _, value in words[1:]:
            text = self.constant(value) or ""
            name, sign, rest = text.partition("=")
            if sign and name.isidentifier() and via in ("env", "sudo"):
                found.append(("$" + name, self.text(rest, node)))
        if cwd >= 0:
            found = [pair for pair in found if pair[0] != "@cwd"] + [("@cwd", words[cwd][1])]
        if via.startswith(_CONTAINERS) and any(
            (self.shown(value) or "").startswith(("-v", "--v", "--m", "-e", "--e")) for _, value in words
        ):
            inside = self.add("list", parts=tuple(value for key, value in words[2:] if not key), line=self.line(node))
            found.append(("@inside", inside))
        return [*found, ("@via", self.text(via, node))]

    def _items(self, words: list[Argument], before: list[Argument], keywords: list[Argument], node: Node) -> list[Argument]:
        """``xargs cmd``: each item of the input is an argument, at the placeholder or at the end."""
        texts = [self.shown(value) or "" for _, value in words]
        source = dict(keywords).get("|", -1)
        if ":::" in texts:
            at = texts.index(":::")
            source = self.add("list", parts=tuple(value for _, value in words[at + 1 :]), line=self.line(node))
            words = words[:at]
        if source < 0:
            return words
        item = self.add("iter", parts=(source,), line=self.line(node))
        options = [self.shown(value) or "" for _, value in before]
        at = next((number for number, option in enumerate(options) if option.startswith("-I")), -1)
        symbol = (options[at][2:] or "".join(options[at + 1 : at + 2])) if at >= 0 else "{}"
        placed = [(key, self.placed(value, symbol or "{}", item, node)) for key, value in words]
        return placed if placed != words else [*words, ("", item)]

    def placed(self, value: int, symbol: str, item: int, node: Node) -> int:
        """A word with the placeholder replaced by the item."""
        text = self.constant(value)
        if text is None or symbol not in text:
            return value
        pieces = text.split(symbol)
        parts: list[int] = []
        for number, piece in enumerate(pieces):
            parts += [item] * bool(number) + ([self.text(piece, node)] if piece else [])
        return self.concat(parts, node)

    def invoke(self, name: str | None, words: list[Argument], keywords: list[Argument], node: Node) -> int:
        rest = words[1:]
        first = self.shown(rest[0][1]) if rest and not rest[0][0] else None
        if name is not None and "=" in name and UNKNOWN in name.partition("=")[0]:
            return -1  # `eval "$name=$value"` assigns a name that nobody knows
        if name is None or (UNKNOWN in name and "/" not in name):
            if first is not None and first.endswith(".py"):
                return self.emit("python", rest, keywords, node)
            return self._call(words[0][1], rest, keywords, node)
        if name in self.functions:
            return self._call(self.env.names.get(f"{name}()", -1), rest, keywords, node, free=f"{name}()")
        name = program(name)
        if name.endswith(".py"):
            return self.emit("python", words, keywords, node)
        if name.endswith((".sh", ".bash")):
            return self.emit("bash", words, keywords, node)
        if "/" in name:
            return self.emit("run", words, keywords, node)
        value = self.emit(name, rest, keywords, node, silent=name in _SILENT)
        if name == "find":
            self._find_exec(rest, value, keywords, node)
        return value

    def _find_exec(self, words: list[Argument], found: int, keywords: list[Argument], node: Node) -> None:
        texts = [self.constant(value) for _, value in words]
        at = next((number for number, text in enumerate(texts) if text in ("-exec", "-execdir")), -1)
        if at < 0:
            return
        end = next((number for number in range(at + 1, len(texts)) if texts[number] in (";", "+")), len(texts))
        item = self.add("iter", parts=(found,), line=self.line(node))
        inner = [(key, self.placed(value, "{}", item, node)) for key, value in words[at + 1 : end]]
        if inner:
            self.execute(inner, keywords, node)

    def emit(self, name: str, words: list[Argument], keywords: list[Argument], node: Node, silent: bool = False) -> int:
        callee = self.add("api", f"sh.{name}", line=self.line(node))
        return self._call(callee, words, keywords, node, silent=silent)

    def _call(self, callee: int, words: list[Argument], keywords: list[Argument], node: Node, free: str = "", silent: bool = False) -> int:
        if callee < 0:
            callee = self.add("free", free, line=self.line(node))
        if self.env.cwd >= 0 and "@cwd" not in dict(keywords):
            keywords = [*keywords, ("@cwd", self.env.cwd)]
        every = [*words, *keywords]
        value = self.add("call", parts=(callee, *(part for _, part in every)), keys=tuple(key for key, _ in every), line=self.line(node))
        if not silent:
            self.frame.effects.append(Effect(value, self.frame.guard))
        return value

    def builtin(self, name: str, words: list[Argument], keywords: list[Argument], node: Node) -> int | None:
        """What changes the shell itself; None when the command is no such thing."""
        values = [value for key, value in words[1:] if not key]
        texts = [self.constant(value) for value in values]
        if name in ("cd", "pushd"):
            self._enter(name, [value for value, text in zip(values, texts, strict=True) if text not in ("-P", "-L", "--")], node)
            return -1
        if name == "popd":
            self.env.cwd = self.frame.dirs.pop() if self.frame.dirs else -1
            return -1
        if name == "pwd":
            return self.variable("PWD", node)
        if name == "shift":
            first = (texts[0] or "") if texts else ""
            count = int(first) if first.isdecimal() and len(first) < 4 else 1
            self.env.shift = self.env.shift + count if self.env.shift >= 0 else -1
            return -1
        if name == "set" and "--" in texts:
            self.env.args, self.env.shift = tuple(values[texts.index("--") + 1 :]), 0
            return -1
        if name in ("read", "mapfile", "readarray"):
            return self._read(name, values, texts, keywords, node)
        return self._source_or_inline(name, words, values, texts, keywords, node)

    def _source_or_inline(
        self, name: str, words: list[Argument], values: list[int], texts: list[str | None], keywords: list[Argument], node: Node
    ) -> int | None:
        if name in ("source", ".") and values:
            return self.emit("source", words[1:], keywords, node)
        if name == "eval" and values:
            blank = self.text(" ", node)
            spaced = [part for value in values for part in (blank, value)][1:]
            return self.inline(self.marked(self.concat(spaced, node)), node)
        flag = next((at for at, text in enumerate(texts) if text in ("-c", "-lc", "-ec", "-xc", "-exc", "-euxc", "-cl", "-ce")), -1)
        if program(name) in _SHELLS and 0 <= flag < len(values) - 1 and all((text or "").startswith("-") for text in texts[:flag]):
            return self._subshell_text(values[flag + 1], keywords, node)
        return None

    def _subshell_text(self, value: int, keywords: list[Argument], node: Node) -> int:
        """``bash -c TEXT``: its redirections hold for every command, its ``cd`` ends with it."""
        env, outer = self.env.copy(), self.outer
        self.outer = tuple(keywords)
        last = self.inline(self.marked(value), node)
        self.env, self.outer = env, outer
        return last

    def marked(self, value: int) -> str:
        """A command text in which unknown parts stand as marks that refer to their values."""
        node = self.values[value]
        parts = node.parts if node.op == "concat" else (value,)
        return "".join(mark(f"#{part}") if (text := self.constant(part)) is None else text for part in parts)

    def _enter(self, name: str, values: list[int], node: Node) -> None:
        """``cd`` and ``pushd``: the working directory afterwards, normalised when it is known."""
        before = self.env.cwd
        if name == "pushd":
            self.frame.dirs.append(before)
        if not values:
            self.env.cwd = self.add("free", "HOME", line=self.line(node))
        elif self.constant(values[0]) == "-":
            self.env.cwd = self.env.before
        else:
            self.env.cwd = self._below(before, values[0], node)
        self.env.before = before

    def _below(self, base: int, value: int, node: Node) -> int:
        text = self.constant(value)
        known = self.constant(base) if base >= 0 else ""
        if text is not None and (known is not None or text.startswith("/")):
            folder = posixpath.normpath(posixpath.join(known or "", text))
            return -1 if folder == "." else self.text(folder, node)
        # An unknown beginning may be absolute, and mostly is ($HOME, $ROOT, the script's own folder).
        head = self.values[value].parts[0] if self.values[value].op == "concat" else value
        if base >= 0 and text is not None:
            return self._folder_in(base, text, node)
        if base < 0 or (self.constant(head) or "/").startswith(("/", "~")):
            return value
        return self.concat([base, self.text("/", node), value], node)

    def _folder_in(self, base: int, text: str, node: Node) -> int:
        """A known step from a folder that is known only at its end: ``$X/data`` and ``..`` make ``$X``."""
        parts = self.values[base].parts if self.values[base].op == "concat" else (base,)
        end = self.constant(parts[-1])
        if end is not None and end.startswith("/") and len(parts) > 1:
            step = posixpath.normpath(posixpath.join(end[1:] or ".", text))
            return self.concat([*parts[:-1]] if step == "." else [*parts[:-1], self.text("/" + step, node)], node)
        return self.concat([base, self.text("/" + posixpath.normpath(text), node)], node)

    def _read(self, name: str, values: list[int], texts: list[str | None], keywords: list[Argument], node: Node) -> int:
        """``read a b``: each name is made of the input."""
        keywords = keywords + [pair for pair in self.input if pair[0] not in dict(keywords)]
        names = [text for text in texts if text is not None and text.isidentifier()]
        call = self.emit(name, [("", value) for value in values], keywords, node)
        for text in names or ["REPLY"]:
            self.env.names[text] = call
        return call

    def assign(self, node: Node) -> int:
        """``A=b``, ``A+=b``, ``A[i]=b``, ``A=(b c)``."""
        target, value_node = node.child_by_field_name("name"), node.child_by_field_name("value")
        if target is None:
            return -1
        value = self.word(value_node) if value_node is not None else self.text("", node)
        if target.type == "subscript":
            return self._assign_element(target, value, node)
        name = self.raw(target)
        if any(child.type == "+=" for child in node.children):
            before = self.variable(name, node)
            if self.values[value].op == "list":
                star = self.add("star", "*", (before,), line=self.line(node))
                value = self.add("list", parts=(star, *self.values[value].parts), line=self.line(node))
            else:
                value = self.concat([before, value], node)
        self.env.names[name] = value
        return value

    def _assign_element(self, target: Node, value: int, node: Node) -> int:
        name, index = target.child_by_field_name("name"), target.child_by_field_name("index")
        if name is None or index is None:
            return -1
        base = self.variable(self.raw(name), node)
        updated = self.add("update", parts=(base, self.word(index), value), line=self.line(node))
        self.env.names[self.raw(name)] = updated
        return updated

    def problem(self, what: str, node: Node) -> None:
        self.problems.append(Problem(what, Span(self.path, self.line(node))))
