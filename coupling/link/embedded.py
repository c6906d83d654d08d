"""Languages inside languages: SQL texts, shell commands and scripts, Python given to ``-c``.

The text is parsed by its own parser and run in the caller's unit; what the caller does not know of it is a placeholder.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from coupling.core.facts import FileFacts
from coupling.core.template import Hole, Template, pattern, render
from coupling.link.values import NOTHING, ROOT, Abs, Filled, Flow, Place, Read, everything, union

if TYPE_CHECKING:
    from coupling.link.frames import Frame

MOST_TEXTS = 8
LONGEST = 100_000
_SAFE = re.compile(r"\W+")


class Embedded:
    """Parses embedded texts once."""

    def __init__(self) -> None:
        self._parsed: dict[tuple[str, str, str, int], FileFacts] = {}
        self.rendered: set[str] = set()
        """SQL files that code reads, fills in and runs."""
        self.given: set[str] = set()
        """Shell scripts that something starts with words."""

    def sql(self, frame: Frame, statement: Abs, place: Place, data: list[Abs]) -> Abs:
        """Run SQL text: its reads, writes and predictions happen in the caller's unit. Gives the rows of its last query."""
        from coupling.parsers import sql

        results = []
        for template in statement.texts[:MOST_TEXTS]:
            rendered, holes = _rendered(template, "{%s}")
            facts = self._facts("sql", place.path, rendered, place.line, lambda p, t, n: _on_line(sql.parse_text(p, t, n), n))
            results.append(self._run(frame, facts, place, {**holes, "?": union((*data, Abs(flows=statement.flows)))}))
        filled = [t for t in statement.things if isinstance(t, Filled)] or [Filled(statement.flows, ())]
        for given in filled:
            for path in self._sql_files(frame, given.flows):
                self.rendered.add(path)
                results.append(self._run(frame, frame.run.engine.index.files[path], place, dict(given.items)))
        return union(results)

    def sql_file(self, frame: Frame, path: str, place: Place, given: dict[str, Abs]) -> Abs:
        """Run a SQL file of the repository with what fills its template."""
        self.rendered.add(path)
        return self._run(frame, frame.run.engine.index.files[path], place, given)

    def _sql_files(self, frame: Frame, flows: tuple[Flow, ...]) -> list[str]:
        """The repository's SQL files whose text a statement is."""
        index = frame.run.engine.index
        found: dict[str, None] = {}
        for flow in flows[:MOST_TEXTS]:
            if not isinstance(flow.origin, Read):
                continue
            name = render(flow.origin.asset.name).removeprefix(ROOT + "/")
            folder = posixpath.dirname(frame.run.unit.path)
            for path in [p for p in (index.file(name, (flow.origin.asset.cwd, folder, "")),) if p] or (
                fitting(name, index.files) if "{" in name else []
            ):
                if path in index.files and index.files[path].parser == "sql":
                    found[path] = None
        return list(found)

    def shell(self, frame: Frame, command: Abs, place: Place, cwd: str) -> Abs:
        """Run a command line given as text."""
        from coupling.parsers import shell

        results = []
        for template in command.texts[:MOST_TEXTS]:
            names = {f"hole{i}": Abs(((part,),)) for i, part in enumerate(template) if isinstance(part, Hole)}
            rendered = "".join(part if isinstance(part, str) else shell.mark(f"hole{i}") for i, part in enumerate(template))
            facts = self._facts("shell", place.path, rendered, place.line, lambda p, t, n: shell.parse_text(p, t, n))
            results.append(self._run(frame, facts, place, names, cwd))
        return union(results)

    def python(self, frame: Frame, code: str, place: Place) -> Abs:
        from coupling.parsers import python

        facts = self._facts("python", place.path, code, place.line, lambda p, t, n: python.parse_text(p, t))
        return self._run(frame, facts, place, {})

    def script(self, frame: Frame, path: str, args: list[Abs], place: Place, cwd: str, env: dict[str, Abs], sourced: bool) -> None:
        """Run a shell script of the repository with its positional parameters."""
        run = frame.run
        if (path, 0) in run.stack or len(run.stack) > 10:
            return
        facts = run.engine.index.files[path]
        self.given |= {path} if args else set()
        positional = {str(n + 1): a for n, a in enumerate(args)}
        inner = self._frame(frame, facts, place, positional)
        old_env, old_cwd = run.env, run.cwd
        run.env, run.cwd = {**run.env, **env}, cwd
        run.stack.append((path, 0))
        try:
            run.engine.walk(inner)
        finally:
            run.stack.pop()
            run.env, run.cwd = old_env, old_cwd
        if sourced:
            run.sourced.append(inner)

    def _facts(self, kind: str, path: str, text: str, line: int, parse) -> FileFacts:  # type: ignore[no-untyped-def]
        key = (kind, path, text, line)
        if key not in self._parsed:
            self._parsed[key] = parse(path, text[:LONGEST], line)
        return self._parsed[key]

    def _run(self, frame: Frame, facts: FileFacts, place: Place, names: dict[str, Abs], cwd: str | None = None) -> Abs:
        from coupling.link.evaluate import evaluate

        run = frame.run
        if not facts.scopes or len(run.stack) > 14:
            return NOTHING
        inner = self._frame(frame, facts, place, names)
        old = run.cwd, run.env
        run.cwd = run.cwd if cwd is None else cwd
        run.env = {**run.env, **{k: v for k, v in names.items() if v}}
        run.stack.append((facts.path, -1))
        try:
            run.engine.walk(inner)
            return union(evaluate(inner, r) for r in inner.scope.returns)
        finally:
            run.stack.pop()
            run.cwd, run.env = old

    def _frame(self, frame: Frame, facts: FileFacts, place: Place, args: dict[str, Abs]) -> Frame:
        from coupling.link.frames import Frame as New

        return New(frame.run, facts, 0, None, (*frame.chain, place) if facts.path != frame.file.path else frame.chain, args)


def fitting(name: str, paths: Iterable[str]) -> list[str]:
    """The paths that a name with placeholders can mean."""
    wanted = pattern(name)
    return [path for path in paths if wanted.match(path)][:MOST_TEXTS]


def _on_line(facts: FileFacts, line: int) -> FileFacts:
    """Text inside a call belongs to the call's line."""
    return facts._replace(values=tuple(v._replace(line=line) for v in facts.values))


def _rendered(template: Template, form: str) -> tuple[str, dict[str, Abs]]:
    """The text with placeholders, and what each placeholder stands for."""
    holes: dict[str, Abs] = {}
    out = []
    for part in template:
        if isinstance(part, str):
            out.append(part)
            continue
        name = _SAFE.sub("_", part.name or "hole")
        holes[name] = Abs(((part,),))
        out.append(form % name)
    return "".join(out), holes


def given(args: dict[str, Abs], name: str = "") -> tuple[Flow, ...]:
    """What the parameters of a statement are made of: the named one, or all."""
    data = args.get("?", NOTHING)
    return everything(data.items[name]) if name in data.items else everything(data)


def placeholders(text: str, known: dict[str, Abs]) -> Template:
    """A name with ``{placeholders}`` as a template again."""
    parts: list[str | Hole] = []
    for number, piece in enumerate(re.split(r"\{([^{}]*)\}", text)):
        if number % 2 == 0:
            if piece:
                parts.append(piece)
            continue
        value = known.get(piece)
        parts.append(
            value.texts[0][0] if value is not None and value.texts and len(value.texts[0]) == 1 else Hole("filled in elsewhere", piece)
        )
    return tuple(parts)


__all__ = ["Embedded", "placeholders", "posixpath"]
