"""Statements of a script -> effects and scopes: lists, pipes, branches, loops, functions.

Comes in: the syntax tree. Goes out: ``FileFacts``. Names are resolved in statement order; a branch makes a ``choose``, a
loop a ``loop`` value, and what stands under a test gets a ``guard``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from coupling.core.facts import FileFacts, Param, Scope
from coupling.parsers.shell.branches import Branches
from coupling.parsers.shell.commands import MAX_INLINE, Argument, Frame
from coupling.parsers.shell.syntax import descendants, tree_of
from coupling.parsers.shell.words import MAX_DEPTH, MAX_TEXT, Env

if TYPE_CHECKING:
    from tree_sitter import Node


class Script(Branches):
    """Lowers one script."""

    def __init__(self, path: str, source: bytes, line: int, cwd: str) -> None:
        super().__init__(path, source, line)
        self.start_cwd = cwd
        self.statements: dict[str, Callable[[Node], int]] = {
            "command": self.command,
            "declaration_command": self.declaration,
            "variable_assignment": self.assign,
            "pipeline": self.pipeline,
            "list": self.list_,
            "redirected_statement": self.redirected,
            "subshell": self.subshell,
            "if_statement": self.branch,
            "case_statement": self.case,
            "for_statement": self.for_,
            "c_style_for_statement": self.loop,
            "while_statement": self.loop,
            "function_definition": self.function,
            "test_command": self.test,
            "comment": lambda node: -1,
        }

    def lower(self, root: Node) -> FileFacts:
        """The facts of the whole text."""
        self.scopes.append(Scope("module", self.path))
        for node in descendants(root):
            if node.type == "function_definition" and (name := node.child_by_field_name("name")) is not None:
                self.functions[self.raw(name)] = -1
            elif node.type == "ERROR":
                self.problem("shell syntax that is not understood", node)
        del self.problems[20:]
        if self.start_cwd:
            self.env.cwd = self.add("text", self.start_cwd, line=self.first)
        self.each(root.named_children)
        self.scopes[0] = Scope(
            "module",
            self.path,
            params=self.parameters(),
            names=tuple(self.env.names.items()),
            effects=tuple(self.frame.effects),
            line=self.first,
            end_line=self.first + root.end_point[0],
        )
        return self.facts()

    def parameters(self) -> tuple[Param, ...]:
        """``$1`` up to the highest in use, then ``$@``."""
        numbers = [int(name) for name in self.params if name != "@"]
        for number in range(1, min(max(numbers, default=0), 99) + 1):
            if str(number) not in self.params:
                self.params[str(number)] = self.add("param", str(number))
        ordered = sorted((name for name in self.params if name != "@"), key=int)
        found = tuple(Param(name, self.params[name]) for name in ordered)
        return found + ((Param("@", self.params["@"], "star"),) if "@" in self.params else ())

    def each(self, nodes: Iterable[Node]) -> int:
        """Statements in a row; the value of the last one."""
        value = -1
        for node in nodes:
            if node.is_named and node.type != "comment":
                value = self.run(node)
        return value

    def run(self, node: Node) -> int:
        self.depth += 1
        try:
            if self.depth > MAX_DEPTH:
                self.problem("nested too deeply", node)
                return -1
            handler = self.statements.get(node.type)
            return handler(node) if handler else self.each(node.named_children)
        finally:
            self.depth -= 1

    def declaration(self, node: Node) -> int:
        """``export A=b``, ``local a``; what is exported is an effect, for the programs started later."""
        exports = node.children[0].type == "export"
        found: list[Argument] = []
        for child in node.named_children:
            if child.type == "variable_assignment" and (name := child.child_by_field_name("name")) is not None:
                found.append(("$" + self.raw(name), self.assign(child)))
            elif child.type == "variable_name":
                if exports:
                    found.append(("$" + self.raw(child), self.variable(self.raw(child), child)))
                elif self.raw(child) not in self.env.names:
                    self.env.names[self.raw(child)] = self.text("", child)
        return self.emit("export", [], found, node) if exports and found else -1

    def pipeline(self, node: Node) -> int:
        """Each command reads what the one before has written."""
        outer, self.outer = self.outer, ()
        children = [child for child in node.named_children if child.type != "comment"]
        value = self.pipe
        for number, child in enumerate(children):
            self.pipe = value
            self.outer = outer if number == len(children) - 1 else ()
            value = self.run(child)
        self.pipe, self.outer = -1, outer
        return value

    def redirected(self, node: Node) -> int:
        body = node.child_by_field_name("body")
        outer = self.outer
        keywords = tuple(self.redirections(node))
        self.outer = keywords + tuple(pair for pair in outer if pair[0] not in dict(keywords))
        value = -1
        if body is not None:
            value = self.run(body)
        elif keywords:
            value = self.emit("redirect", [], list(keywords), node)
        self.outer = outer
        return self._after_heredoc(node, value)

    def _after_heredoc(self, node: Node, value: int) -> int:
        """``cat <<EOF | cmd`` and ``cat <<EOF && cmd``: the grammar puts what follows inside the redirection."""
        for child in node.children:
            for inner in child.named_children if child.type == "heredoc_redirect" else ():
                if inner.type == "pipeline":
                    self.pipe = value
                    value = self.run(inner)
                elif inner.type in self.statements:
                    value = self.run(inner)
        return value

    def subshell(self, node: Node) -> int:
        """Its assignments and its ``cd`` end with it."""
        saved = self.env.copy()
        value = self.each(node.named_children)
        self.env = saved
        return value

    def for_(self, node: Node) -> int:
        """``for x in words``: one element of the list."""
        name = node.child_by_field_name("variable")
        words = self.arguments([child for child in node.children_by_field_name("value") if child.is_named])
        if not any(child.type == "in" for child in node.children):
            words = [("*", self.positional("@", node))]
        parts = [self.add("star", "*", (value,), line=self.line(node)) if key else value for key, value in words]
        items = self.add("list", parts=tuple(parts), line=self.line(node))
        value = self.add("iter", parts=(items,), line=self.line(node))
        return self.loop(node, {self.raw(name): value} if name is not None else {})

    def loop(self, node: Node, bound: dict[str, int] | None = None) -> int:
        """A loop's body, lowered once: names that it changes are ``loop`` values at its head."""
        if any(child.type == "command" and self.raw(child).split()[:1] == ["shift"] for child in descendants(node)):
            self.env.shift = -1
        heads: dict[str, int] = {}
        for name in self._changed(node):
            if name not in (bound or {}):
                before = self.env.names.get(name, -1)
                before = before if before >= 0 else self.add("free", name, line=self.line(node))
                heads[name] = self.add("loop", name, (before,), line=self.line(node))
        cwd, before_cwd = self.env.cwd, self.env.before
        self.env.names.update(heads)
        self.env.names.update(bound or {})
        skipped = set(node.children_by_field_name("value")) | set(node.children_by_field_name("variable"))
        saved = self.outer, self.input
        piped = (("|", self.pipe),) if self.pipe >= 0 else ()
        self.pipe, self.input = -1, (*(pair for pair in self.outer if "<" in pair[0]), *piped) or self.input
        self.outer = tuple(pair for pair in self.outer if "<" not in pair[0])
        value = self.each(child for child in node.named_children if child not in skipped)
        self.pipe, self.outer, self.input = -1, *saved
        for name, head in heads.items():
            after = self.env.names.get(name, head)
            self.values[head] = self.values[head]._replace(parts=(self.values[head].parts[0], after))
        self.env.names.update(heads)
        self.env.cwd, self.env.before = cwd, before_cwd
        return value

    def _changed(self, node: Node) -> list[str]:
        """Names that a body assigns."""
        found: dict[str, None] = {}
        for child in descendants(node):
            name = child.child_by_field_name("name") if child.type == "variable_assignment" else None
            name = child.child_by_field_name("variable") if child.type == "for_statement" and child != node else name
            if name is not None:
                found[self.raw(name).split("[")[0]] = None
        return list(found)

    def function(self, node: Node) -> int:
        """A function is a scope: its parameters are its own, its other names are the script's at the time of the call."""
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None or body is None:
            return -1
        index = len(self.scopes)
        self.scopes.append(Scope("function", self.raw(name), 0))
        saved = self.env, self.frame, self.params, self.outer, self.pipe
        self.env, self.frame, self.params, self.outer, self.pipe = Env(), Frame(), {}, (), -1
        last = self.run(body)
        self.scopes[index] = Scope(
            "function",
            self.raw(name),
            0,
            params=self.parameters(),
            names=tuple(self.env.names.items()),
            returns=self._printed(last),
            effects=tuple(self.frame.effects),
            line=self.line(node),
            end_line=self.first + node.end_point[0],
        )
        self.env, self.frame, self.params, self.outer, self.pipe = saved
        value = self.add("func", str(index), line=self.line(node))
        self.env.names[f"{self.raw(name)}()"] = value
        return -1

    def _printed(self, last: int) -> tuple[int, ...]:
        """What ``$(f)`` is made of: what the function prints."""
        printed = [effect.value for effect in self.frame.effects if self._api(effect.value) in ("sh.echo", "sh.printf", "sh.cat")]
        return tuple(dict.fromkeys([*printed, *([last] if last >= 0 else [])]))

    def _api(self, value: int) -> str:
        call = self.values[value]
        return self.values[call.parts[0]].text if call.op == "call" and call.parts else ""

    def substitution(self, node: Node) -> int:
        """``$(cmd)``: the command's call; ``$(echo x)`` is ``x``, ``$(< f)`` reads f."""
        inner = [child for child in node.named_children if child.type != "comment"]
        if len(inner) == 1 and inner[0].type == "command" and (known := self._folded(inner[0])) is not None:
            return known
        saved = self.env.copy(), self.pipe, self.outer
        self.pipe, self.outer = -1, ()
        if len(inner) == 1 and inner[0].type == "file_redirect":
            words = [("", value) for _, value in self._file_redirect(inner[0])]
            value = self.emit("cat", words, [], node)
        else:
            value = self.each(inner)
        self.env, self.pipe, self.outer = saved
        return value if value >= 0 else self.text("", node)

    def _folded(self, command: Node) -> int | None:
        """Commands whose output follows from their words alone."""
        name = command.child_by_field_name("name")
        if name is None or any(child.type.endswith("redirect") or child.type == "variable_assignment" for child in command.children):
            return None
        words = self.raw(name)
        nodes = [child for child in command.children_by_field_name("argument") if child.is_named]
        if words == "echo" and not any(self.raw(child).startswith("-") for child in nodes):
            blank = self.text(" ", command)
            return self.concat([part for _, value in self.arguments(nodes) for part in (blank, value)][1:], command)
        if (words == "realpath" and len(nodes) == 1) or (words == "readlink" and len(nodes) == 2 and self.raw(nodes[0]) == "-f"):
            return self.word(nodes[-1])
        return None

    def inline(self, text: str, node: Node) -> int:
        if self.inlined >= MAX_INLINE or len(text) > MAX_TEXT:
            self.problem("command text nested too deeply or too long", node)
            return -1
        saved = self.source, self.first
        line = self.line(node)
        self.source, root = tree_of(text.encode("utf-8", "replace"))
        self.first = line
        self.inlined += 1
        value = self.each(root.named_children)
        self.inlined -= 1
        self.source, self.first = saved
        return value
