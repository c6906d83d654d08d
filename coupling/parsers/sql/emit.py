"""Values and effects of a SQL text: a thin layer over ``Builder`` that knows the ``sql.*`` calls and the names with holes.

In come names as the tokenizer saw them, out go values. It does not know SQL's grammar.
"""

from __future__ import annotations

from collections.abc import Sequence

from coupling.core.facts import Builder, Effect, FileFacts, Param, Scope
from coupling.core.source import Problem, Span
from coupling.parsers.sql.holes import Holes

MAX_VALUES = 200_000
"""Values of one file: beyond it statements are skipped, with a problem."""


class Emitter:
    """Collects the module scope. With ``bind`` a placeholder in a name is a ``free`` value that a renderer can bind, otherwise
    it stays in the text as ``{name}``."""

    def __init__(self, path: str, lines: Sequence[int], bind: bool, first_line: int = 1) -> None:
        self.builder = Builder(path, "sql")
        self.holes = Holes()
        self.lines, self.bind, self.first_line = lines, bind, first_line
        self.functions: dict[str, str] = {}
        self._effects: list[Effect] = []
        self._returns: list[int] = []
        self._params: dict[str, int] = {}
        self._texts: dict[tuple[str, int], int] = {}
        self._items: dict[tuple[int, tuple[str, ...]], int] = {}

    def line(self, line: int) -> int:
        """The line in the file of a line in the rendered text."""
        here = self.lines[line - 1] if 0 < line <= len(self.lines) else line
        return here + self.first_line - 1

    def problem(self, what: str, line: int) -> None:
        problem = Problem(what, Span(self.builder.path, self.line(line)))
        if problem not in self.builder.problems and len(self.builder.problems) < 100:
            self.builder.problems.append(problem)

    @property
    def full(self) -> bool:
        return len(self.builder.values) > MAX_VALUES

    def text(self, text: str, line: int) -> int:
        """A literal; what is not a name keeps its placeholders as written."""
        key = (self.holes.decode(text), self.line(line))
        if key not in self._texts:
            self._texts[key] = self.builder.add("text", key[0], line=key[1])
        return self._texts[key]

    def texts(self, texts: Sequence[str], line: int) -> int:
        return self.builder.add("list", "", tuple(self.text(text, line) for text in texts), line=self.line(line))

    def name(self, name: str, line: int) -> int:
        """The name of a table, file or model, with its holes."""
        pieces = self.holes.pieces(name)
        if all(isinstance(piece, str) for piece in pieces):
            return self.text("".join(str(piece) for piece in pieces), line)
        if not self.bind:
            written = "".join(piece if isinstance(piece, str) else "{%s}" % piece.name for piece in pieces)
            return self.builder.add("text", written, line=self.line(line))
        parts = tuple(self.text(piece, line) if isinstance(piece, str) else self.free(piece.name, line) for piece in pieces)
        return self.builder.add("concat", "", parts, line=self.line(line)) if len(parts) > 1 else parts[0]

    def free(self, name: str, line: int) -> int:
        """A variable of the template; the module lists it as a parameter."""
        parts = [part.partition("[") for part in name.split(".")]
        root = parts[0][0]
        if not root.isidentifier():
            return self.builder.add("hole", f"placeholder {name}".strip(), line=self.line(line))
        if root not in self._params:
            self._params[root] = self.builder.add("param", root, line=self.line(line))
        value = self.builder.add("free", root, line=self.line(line))
        for index, (word, _, element) in enumerate(parts):
            if index:
                value = self.builder.add("attr", word, (value,), line=self.line(line))
            if element == "*]":
                value = self.builder.add("iter", "", (value,), line=self.line(line))
        return value

    def add(self, op: str, text: str = "", parts: tuple[int, ...] = (), line: int = 0) -> int:
        return self.builder.add(op, text, parts, line=self.line(line))

    def hole(self, why: str, line: int) -> int:
        return self.builder.add("hole", why, line=self.line(line))

    def join(self, values: Sequence[int], line: int) -> int:
        """One value made of several; none of them when there are none."""
        distinct = tuple(dict.fromkeys(values))
        if not distinct:
            return self.builder.add("none", line=self.line(line))
        return distinct[0] if len(distinct) == 1 else self.builder.add("join", "", distinct, line=self.line(line))

    def item(self, base: int, names: Sequence[str], line: int) -> int:
        """Columns of a relation."""
        key = (base, tuple(dict.fromkeys(names)))
        if key not in self._items:
            self._items[key] = self.builder.add("item", "", (base, self.texts(key[1], line)), line=self.line(line))
        return self._items[key]

    def call(self, api: str, args: Sequence[int], line: int, keywords: Sequence[tuple[str, int]] = ()) -> int:
        """A call that stands among the effects."""
        keys = ("",) * len(args) + tuple(key for key, _ in keywords)
        value = self.builder.call(api, (*args, *(v for _, v in keywords)), keys, self.line(line))
        self._effects.append(Effect(value))
        return value

    def quiet(self, api: str, args: Sequence[int], line: int) -> int:
        """A call that is only a value: nothing happens by it."""
        return self.builder.call(api, tuple(args), line=self.line(line))

    def table(self, name: str, line: int) -> int:
        dbt = self.holes.dbt(name)
        return self.call("sql.table", (self.name(name, line),), line, (("dbt", self.text(dbt, line)),) if dbt else ())

    def file(self, name: str, line: int) -> int:
        return self.call("sql.file", (self.name(name, line),), line)

    def write(self, name: str, value: int, mode: str, line: int, limit: str = "") -> int:
        return self.call("sql.write", (self.name(name, line), value, self.text(mode, line)), line, self.limit(limit, line))

    def write_file(self, name: str, value: int, mode: str, line: int) -> int:
        return self.call("sql.write_file", (self.name(name, line), value, self.text(mode, line)), line)

    def query(self, value: int, line: int, limit: str = "") -> int:
        """A statement that only returns rows."""
        self._returns.append(value)
        return self.call("sql.query", (value,), line, self.limit(limit, line))

    @property
    def returned(self) -> int | None:
        """What the last statement returned that only returns rows: Snowflake's RESULT_SCAN."""
        return self._returns[-1] if self._returns else None

    def limit(self, limit: str, line: int) -> tuple[tuple[str, int], ...]:
        return (("limit", self.builder.add("number", limit, line=self.line(line))),) if limit else ()

    def facts(self) -> FileFacts:
        """The file: one module scope."""
        params = tuple(Param(name, value) for name, value in sorted(self._params.items()))
        names = tuple((p.name, p.value) for p in params)
        scope = Scope(
            "module",
            self.builder.path,
            params=params,
            names=names,
            returns=tuple(self._returns),
            effects=tuple(self._effects),
            line=self.first_line,
            end_line=self.line(max(len(self.lines), 1)),
        )
        self.builder.scopes.append(scope)
        return self.builder.facts()
