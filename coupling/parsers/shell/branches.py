"""Tests and branches -> guards, and one environment after two.

Comes in: ``&&``, ``||``, ``[ ]``, ``if``, ``case``. Goes out: what stands under a test gets a ``guard``; a name that differs between
branches is a ``choose``, after ``case`` a ``join``.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING

from coupling.parsers.shell.commands import Commands
from coupling.parsers.shell.words import MAX_DEPTH, Env

if TYPE_CHECKING:
    from tree_sitter import Node

_TESTS = ("test_command",)


class Branches(Commands):
    """Lowers statements that run on a condition."""

    @abstractmethod
    def each(self, nodes: Iterable[Node]) -> int:
        """Lowers statements in a row; the value of the last one."""

    def list_(self, node: Node) -> int:
        """``a && b``, ``a || b``: only tests and failures make a guard, since ``&&`` mostly chains steps that all happen."""
        children = list(node.named_children)
        outer, self.outer = self.outer, ()
        left = self.run(children[0]) if children else -1
        self.outer = outer
        either = any(child.type == "||" for child in node.children)
        tested = bool(children) and (children[0].type in _TESTS or self._is_test(left))
        if not either and not tested:
            return self.each(children[1:])
        before = self.env.copy()
        with_guard = self.guarded("else" if either else "then", left, children[1:], node)
        if tested:
            first, second = (before, self.env) if either else (self.env, before)
            self.env = self.merged(left, first, second, node)
        return with_guard

    def _is_test(self, value: int) -> bool:
        if value < 0 or self.values[value].op != "call":
            return False
        callee = self.values[self.values[value].parts[0]]
        return callee.op == "api" and callee.text in ("sh.[", "sh.test", "sh.[[")

    def guarded(self, side: str, test: int, nodes: Iterable[Node], node: Node) -> int:
        """Statements that run only when a test says so."""
        outer = self.frame.guard
        test = test if test >= 0 else self.hole("condition", node)
        self.frame.guard = self.add("guard", side, (test, outer), line=self.line(node))
        value = self.each(nodes)
        self.frame.guard = outer
        return value

    def merged(self, test: int, then: Env, other: Env, node: Node) -> Env:
        """One environment after two: a name that differs is a choice."""
        test = test if test >= 0 else self.hole("condition", node)
        out = Env(dict(then.names), then.cwd, then.before, then.shift, then.args if then.args == other.args else None)
        for name in [*then.names, *(name for name in other.names if name not in then.names)]:
            first, second = then.names.get(name, -1), other.names.get(name, -1)
            if first != second:
                free = self.add("free", name, line=self.line(node)) if -1 in (first, second) else -1
                out.names[name] = self._choice(test, free if first < 0 else first, free if second < 0 else second, node)
        if then.cwd != other.cwd:
            here = self.text(".", node)
            out.cwd = self._choice(test, here if then.cwd < 0 else then.cwd, here if other.cwd < 0 else other.cwd, node)
        if then.shift != other.shift:
            out.shift = -1
        return out

    def _choice(self, test: int, first: int, second: int, node: Node) -> int:
        known = self.constant(first)
        if known is not None and known == self.constant(second):
            return first
        return self.add("choose", parts=(test, first, second), line=self.line(node))

    def test(self, node: Node) -> int:
        """``[ ... ]``: a call without effect, the value of guards."""
        words = [child for child in _leaves(node) if child.is_named]
        return self.emit("test", [("", self.word(child)) for child in words[:50]], [], node, silent=True)

    def branch(self, node: Node) -> int:
        """``if`` and ``elif``: the tokens ``then``, ``elif`` and ``else`` divide the children."""
        at = next((number for number, child in enumerate(node.children) if child.type == "then"), len(node.children))
        clauses = [child for child in node.children[at:] if child.type in ("elif_clause", "else_clause")]
        body = [child for child in node.children[at:] if child not in clauses]
        return self._branch(node.children[:at], body, clauses, node)

    def _branch(self, conditions: list[Node], body: list[Node], clauses: list[Node], node: Node) -> int:
        test = self.each(conditions)
        before = self.env.copy()
        self.guarded("then", test, body, node)
        then, self.env = self.env, before
        if clauses:
            outer = self.frame.guard
            test = test if test >= 0 else self.hole("condition", node)
            self.frame.guard = self.add("guard", "else", (test, outer), line=self.line(clauses[0]))
            self._clause(clauses)
            self.frame.guard = outer
        self.env = self.merged(test, then, self.env, node)
        return -1

    def _clause(self, clauses: list[Node]) -> None:
        first = clauses[0]
        if first.type == "else_clause":
            self.each(first.named_children)
            return
        at = next((number for number, child in enumerate(first.children) if child.type == "then"), len(first.children))
        if len(clauses) > MAX_DEPTH:
            self.problem("too many branches", first)
            return
        self._branch(first.children[:at], first.children[at:], clauses[1:], first)

    def case(self, node: Node) -> int:
        """Each pattern is a test of its own; afterwards a name is any of its values."""
        subject_node = node.child_by_field_name("value")
        subject = self.word(subject_node) if subject_node is not None else self.hole("case", node)
        before, ends, default = self.env, [], False
        for item in node.named_children:
            if item.type != "case_item":
                continue
            patterns = [child for child in item.children_by_field_name("value") if child.is_named]
            default = default or any(self.raw(pattern) == "*" for pattern in patterns)
            text = self.text("|".join(self.raw(pattern) for pattern in patterns), item)
            test = self.add("compare", "case", (subject, text), line=self.line(item))
            self.env = before.copy()
            self.guarded("then", test, [child for child in item.named_children if child not in patterns], item)
            ends.append(self.env)
        self.env = self._joined(ends if default and ends else [before, *ends], node)
        return -1

    def _joined(self, ends: list[Env], node: Node) -> Env:
        out = ends[0].copy()
        for name in dict.fromkeys(name for end in ends for name in end.names):
            values = dict.fromkeys(end.names[name] for end in ends if name in end.names)
            parts = tuple(values) if all(name in end.names for end in ends) else (*values, self.add("free", name, line=self.line(node)))
            out.names[name] = parts[0] if len(parts) == 1 else self.add("join", parts=parts, line=self.line(node))
        if len({end.shift for end in ends}) > 1:
            out.shift = -1
        return out


def _leaves(root: Node) -> Iterable[Node]:
    """The words of a test expression."""
    for node in root.named_children:
        if node.type.endswith("_expression") and node.type != "brace_expression":
            yield from _leaves(node)
        else:
            yield node
