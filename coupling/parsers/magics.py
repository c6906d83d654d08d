"""IPython and Databricks lines -> Python with the same number of lines.

``!cmd`` becomes ``__shell__("cmd")``, ``%%sql`` becomes ``__sql__`` of the cell's text, ``%run f`` becomes ``__run__("f")``, assigned
where they were assigned; other magics become ``pass`` or their Python. Text that parses as Python is left alone.
"""

from __future__ import annotations

import ast
import warnings

_SHELL = {"bash", "sh", "!", "script", "system", "sx", "cmd", "shell"}
_SQL = {
    "sql",
    "bigquery",
    "bqsql",
    "read_sql",
    "spark_sql",
    "sparksql",
    "sqlcmd",
    "athena",
    "redshift",
    "trino",
    "presto",
    "duckdb",
    "dremio",
    "hive",
}
_PYTHON = {
    "time",
    "timeit",
    "capture",
    "prun",
    "memit",
    "mprun",
    "lprun",
    "python",
    "python3",
    "pypy",
    "pyspark",
    "local",
    "py",
    "wandb",
    "debug",
}
_OTHER = {
    "md",
    "html",
    "javascript",
    "js",
    "latex",
    "markdown",
    "r",
    "julia",
    "scala",
    "perl",
    "ruby",
    "cython",
    "svg",
    "fs",
    "css",
    "rpy",
    "writetemplate",
}
_CALLS = {"run": "__run__", "cd": "__cd__", "env": "__env__", "set_env": "__env__", "fs": "__fs__", "sql": "__sql__", "bigquery": "__sql__"}
_CALLS |= {name: "__shell__" for name in ("sh", "bash", "sx", "system", "shell")}
_STATEMENTS = {"time", "timeit", "prun", "memit", "lprun", "mprun"}
_AUTOMATIC = {"cd", "ls", "ll", "mkdir", "mv", "cp", "rm", "rmdir", "cat", "pip", "conda", "less", "more", "man"}
"""What IPython takes for a magic without `%` when the line is no Python."""
_MAGIC = "# MAGIC"
_COMMAND = "# COMMAND"
_QUOTES = '"""'


def parses(text: str) -> bool:
    """Whether a text is Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def rewrite_magics(text: str) -> str:
    """A Python file exported from Databricks, or saved with magics: the same lines as plain Python."""
    lines = text.split("\n")
    if not any(line.startswith(_MAGIC) for line in lines):
        return text if parses(text) else rewrite_cell(text)
    out: list[str] = []
    block: list[str] = []
    for line in [*lines, _COMMAND]:
        if line.startswith(_MAGIC):
            block.append(line[len(_MAGIC) :].removeprefix(" "))
            continue
        if block:
            out.extend(rewrite_cell("\n".join(block)).split("\n"))
            block = []
        out.append(line)
    return "\n".join(out[:-1])


def rewrite_cell(text: str, language: str = "python") -> str:
    """One cell as Python, line for line."""
    if language == "sql":
        return _quoted("__sql__(", text)
    if language in ("bash", "sh"):
        return _quoted("__shell__(", text)
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), -1)
    if first >= 0 and (cell := _cell_magic(lines[first:])) is not None:
        return "\n".join([*lines[:first], *cell])
    return text if parses(text) else "\n".join(_lines(lines))


def _cell_magic(lines: list[str]) -> list[str] | None:
    """``%%name`` and, as Databricks writes it, ``%sql`` alone or before more lines."""
    head = lines[0].strip()
    if head.startswith("%%"):
        name, _, rest = head[2:].partition(" ")
        return _cell(name.lower(), rest.strip(), lines[1:])
    name, _, rest = head[1:].partition(" ") if head.startswith("%") else ("", "", "")
    if name.lower() in ("sql", "sh", "md", "scala", "r", "python") and (len(lines) > 1 or name.lower() in ("md", "scala", "r")):
        return _cell(name.lower(), "", [rest, *lines[1:]], True)
    return None


def _cell(name: str, rest: str, body: list[str], inline: bool = False) -> list[str]:
    """A whole cell in another language; ``inline``: its text begins on the line of the magic."""
    if name in _SHELL:
        return _block("__shell__(", body, inline)
    if name in _SQL:
        target = rest.replace("<<", " ").split()
        assigned = f"{target[0]} = " if target and target[0].isidentifier() else ""
        return _block(f"{assigned}__sql__(", body, inline)
    if name in ("writefile", "file") and rest:
        return _block(f"__writefile__({rest.split()[-1]!r}, ", body, inline)
    if name not in _OTHER and (name in _PYTHON or parses("\n".join(_lines(body)))):
        head = [] if inline else ["pass"]
        return head + rewrite_cell("\n".join(body)).split("\n")
    return ([] if inline else [f"# {name}"]) + [f"# {line}" for line in body]


def _block(call: str, body: list[str], inline: bool) -> list[str]:
    text = "\n".join(body if inline else ["", *body])
    return _quoted(call, text).split("\n")


def _quoted(call: str, text: str) -> str:
    """The text as an argument that spans the same lines."""
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f"{call}{_QUOTES}{text}{_QUOTES})"


def _lines(lines: list[str]) -> list[str]:
    """Line magics and shell lines between lines of Python."""
    out: list[str] = []
    inside = ""
    at = 0
    while at < len(lines):
        end = at + 1
        line = lines[at]
        new = None if inside else _line(line)
        if new is not None:
            while lines[end - 1].endswith("\\") and end < len(lines):
                end += 1
            new = _line("\n".join(lines[at:end]))
        out.extend((line if new is None else new).split("\n"))
        inside = _open_quotes(line, inside) if new is None else inside
        at = end
    return out


def _open_quotes(line: str, inside: str) -> str:
    """Which triple quotes are open after a line."""
    for quotes in ('"""', "'''"):
        if inside in ("", quotes) and line.count(quotes) % 2:
            return "" if inside else quotes
    return inside


def _line(line: str) -> str | None:
    """A line that is not Python, or assigns what is not; None for any other."""
    body = line.lstrip()
    indent = line[: len(line) - len(body)]
    target, sign, value = body.partition("=")
    value = value.strip()
    if (
        sign
        and value[:1] in ("!", "%")
        and value[1:2] not in ("=", " ", "")
        and all(part.strip().isidentifier() for part in target.split(","))
    ):
        return f"{indent}{target.rstrip()} = {_expression(value)}"
    if body[:1] == "!" and body[1:2] != "=":
        return indent + _expression(body)
    if body[:1] == "%" and (body[1:2].isalpha() or body[1:2] == "%"):
        return indent + _expression(body)
    word, _, rest = body.partition(" ")
    if word in _AUTOMATIC and rest.strip() and not parses(body):
        return indent + _command("__cd__" if word == "cd" else "__shell__", rest.strip() if word == "cd" else body)
    if body.startswith("?") or (body.endswith("?") and body.rstrip("?").replace(".", "").isidentifier()):
        return f"{indent}pass"
    return None


def _expression(text: str) -> str:
    """``!cmd`` or ``%magic rest`` as an expression."""
    if text.startswith("!"):
        return _command("__shell__", text.lstrip("!").strip())
    name, _, rest = text.lstrip("%").partition(" ")
    name, rest = name.lower(), rest.strip()
    if name in _STATEMENTS and rest and parses(rest):
        return rest
    if name in _CALLS and rest:
        return _command(_CALLS[name], rest)
    return "pass" + "\n" * text.count("\n") if "\n" in text else "pass"


def _command(call: str, text: str) -> str:
    """A command text; ``{name}`` in it is Python, and stays a value."""
    pieces: list[str] = []
    at = 0
    while (start := text.find("{", at)) >= 0:
        end = text.find("}", start)
        inner = text[start + 1 : end] if end > start else ""
        if not inner or not _reference(inner) or text[start - 1 : start] in ("$", "{"):
            if end < 0:
                break
            pieces.append(text[at : end + 1])
        else:
            pieces += [text[at:start], f"\0{inner.strip()}"]
        at = end + 1
    merged: list[str] = []
    for piece in [*pieces, text[at:]]:
        if merged and not piece.startswith("\0") and not merged[-1].startswith("\0"):
            merged[-1] += piece
        elif piece:
            merged.append(piece)
    parts = [f"({piece[1:]})" if piece.startswith("\0") else _literal(piece) for piece in merged]
    return f"{call}({' + '.join(parts)})"


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f"{_QUOTES}{escaped}{_QUOTES}" if "\n" in text else f'"{escaped}"'


def _reference(text: str) -> bool:
    """Whether braces hold a Python name, attribute, element or call, and not a shell's list."""
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return isinstance(node, (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.JoinedStr))
