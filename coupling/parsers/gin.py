"""gin files -> ``call(api "gin.bind", scope, name, parameter, value)``, ``gin.define`` (macro, value) and ``gin.include`` (file).

A value is a Python literal in which ``@name`` is ``call(api "gin.reference", name)``, ``@name()`` ``gin.called`` and ``%NAME``
``gin.macro``. It knows the form of the language and nothing of what the names stand for.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from coupling.core.facts import FileFacts
from coupling.parsers.common import Module

KINDS = ("gin",)

MAX_LINES = 20_000
MAX_DEPTH = 40
_OPEN, _CLOSE = "([{", ")]}"


def parse(path: str, text: str) -> FileFacts:
    """The statements of one file, in order."""
    out = Module(path, "gin")
    block = ""
    for line, statement, inner in _statements(text):
        head, equals, value = _halves(statement)
        words = statement.split()
        if words[:1] == ["include"] and not equals:
            out.effect("gin.include", [out.text(statement.partition(" ")[2].strip().strip("'\""), line)], line=line)
        elif not equals and statement.endswith(":"):
            block = statement[:-1].strip()
        elif equals:
            _binding(out, f"{block}.{head}" if inner and block else head, value, line)
        elif words[:1] not in (["import"], ["from"]):
            out.problem("not a gin statement", line)
        block = block if inner or statement.endswith(":") else ""
    return out.finish(text)


def _binding(out: Module, head: str, text: str, line: int) -> None:
    try:
        tree = ast.parse(_as_python(text).strip(), mode="eval").body
        value = _lower(out, tree, line, 0)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        out.problem("not a gin value", line)
        return
    scope, _, selector = head.strip().rpartition("/")
    name, dot, parameter = selector.rpartition(".")
    if dot:
        out.effect("gin.bind", [*(out.text(t.strip(), line) for t in (scope, name, parameter)), value], line=line)
    elif head.strip():
        out.effect("gin.define", [out.text(head.strip(), line), value], line=line)


def _lower(out: Module, node: ast.expr, line: int, depth: int) -> int:
    if depth > MAX_DEPTH:
        raise ValueError
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and isinstance(node.args[0], ast.Constant):
        return out.call(f"gin.{node.func.id}", (out.text(str(node.args[0].value), line),), line=line)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        kind = {ast.List: "list", ast.Tuple: "tuple", ast.Set: "set"}[type(node)]
        return out.add(kind, parts=tuple(_lower(out, item, line, depth + 1) for item in node.elts), line=line)
    if isinstance(node, ast.Dict):
        pairs = [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key is not None]
        return out.add("dict", parts=tuple(_lower(out, part, line, depth + 1) for pair in pairs for part in pair), line=line)
    value = ast.literal_eval(node)
    if value is None:
        return out.add("none", line=line)
    kind = "bool" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
    return out.add(kind, str(value), line=line)


# --- the form of the language ---


def _statements(text: str) -> Iterator[tuple[int, str, bool]]:
    """(line, statement without comments, whether it is indented); brackets and ``\\`` join lines."""
    parts: list[str] = []
    start = depth = 0
    for number, raw in enumerate(text.split("\n")[:MAX_LINES], 1):
        line = _without_comment(raw)
        if not parts:
            start = number
        depth += sum(_outside(line, letter) for letter in _OPEN) - sum(_outside(line, letter) for letter in _CLOSE)
        joined = line.rstrip().endswith("\\") or (not depth and line.rstrip().endswith("="))
        parts.append(line.rstrip().rstrip("\\") if joined else line)
        if depth > 0 or joined:
            continue
        whole = " ".join(part.strip() for part in parts).strip()
        if whole:
            yield start, whole, parts[0][:1] in (" ", "\t")
        parts, depth = [], 0


def _marked(text: str) -> Iterator[tuple[int, str, bool]]:
    """Each letter with its place, and whether it stands outside quotes."""
    quote = ""
    escaped = False
    for at, letter in enumerate(text):
        outside = not quote
        if quote and letter == quote and not escaped:
            quote = ""
        elif not quote and letter in "'\"":
            quote, outside = letter, False
        escaped = letter == "\\" and not escaped
        yield at, letter, outside


def _outside(text: str, wanted: str) -> int:
    return sum(letter == wanted for _, letter, outside in _marked(text) if outside)


def _without_comment(text: str) -> str:
    return next((text[:at] for at, letter, outside in _marked(text) if outside and letter == "#"), text)


def _halves(statement: str) -> tuple[str, str, str]:
    at = next((at for at, letter, outside in _marked(statement) if outside and letter == "="), -1)
    return (statement[:at].strip(), "=", statement[at + 1 :]) if at >= 0 else (statement, "", "")


def _as_python(text: str) -> str:
    """``@name``, ``@name()`` and ``%NAME`` as calls that Python can read."""
    out: list[str] = []
    skip = -1
    for at, letter, outside in _marked(text):
        if at < skip:
            continue
        if outside and letter in "@%":
            end = at + 1
            while end < len(text) and (text[end].isalnum() or text[end] in "_./"):
                end += 1
            called = letter == "@" and text[end : end + 2] == "()"
            kind = "macro" if letter == "%" else "called" if called else "reference"
            out.append(f"{kind}({text[at + 1 : end]!r})")
            skip = end + 2 * called
        else:
            out.append(letter)
    return "".join(out)
