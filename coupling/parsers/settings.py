"""YAML, TOML, JSON, INI and .env text -> the name ``__data__`` bound to nested values with lines.

Goes out: dict, list and constant values, aliases shared. What several documents say is a list of documents. Values of a
``.env`` file are mostly secrets: only those that look like a path or a name are kept, and none whose name says secret.
"""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Callable
from datetime import date, datetime, time

from coupling.core.facts import FileFacts
from coupling.parsers.common import Module
from coupling.parsers.tree import MAX_DEPTH, MAX_NODES, Node, Unreadable, read_json, read_yaml

KINDS = ("yaml", "toml", "json", "ini", "env")

_SECRET = re.compile(r"token|secret|passw|pwd|key|credential|auth|private|cert|salt|dsn|cookie|session", re.I)
_PLAIN = re.compile(r"[\w./~:@%+=,*{}$ -]*\Z")
_TABLE = re.compile(r"\s*\[{1,2}\s*([^\]\[]+?)\s*\]{1,2}\s*(?:#.*)?$")
_ENTRY = re.compile(r"\s*([\w.\"' -]+?)\s*=")


def parse(path: str, text: str) -> FileFacts:
    """The facts of a settings file; the ending of its name says which format it is."""
    out = Module(path, "settings")
    name = path.rsplit("/", 1)[-1].lower()
    reader = next((reader for ending, reader in _READERS if name.endswith(ending)), None)
    reader = reader or (_env if ".env" in name or name.startswith("env") else _yaml)
    try:
        node = reader(text)
        out.names["__data__"] = lower(out, node)
        if package := _package(text):
            out.names["__package__"] = out.text(package)
    except Unreadable as error:
        out.problem(error.why, error.line)
    return out.finish("" if reader is _json else text)


def _package(text: str) -> str:
    """Hydra's ``# @package NAME`` at the head of a file: where its entries belong."""
    for line in text[:2000].split("\n"):
        words = line.lstrip("#").split()
        if words and not line.startswith("#"):
            break
        if words[:1] == ["@package"] and len(words) > 1:
            return words[1]
    return ""


def lower(out: Module, node: Node) -> int:
    """A tree as values; a subtree that several aliases stand for is one value."""
    done: dict[int, int] = {}

    def value(node: Node) -> int:
        if id(node) not in done:
            done[id(node)] = build(node)
        return done[id(node)]

    def build(node: Node) -> int:
        if node.kind == "list":
            return out.add("list", parts=tuple(value(item) for item in node.items), line=node.line)
        if node.kind == "dict":
            parts: list[int] = []
            for key, item in zip(node.keys, node.items, strict=True):
                parts += [-1 if key.text == "<<" and item.kind == "dict" else value(key), value(item)]
            return out.add("dict", parts=tuple(parts), line=node.line)
        return out.add(node.kind, "" if node.kind == "none" else _canonical(node), line=node.line)

    return value(node)


def _canonical(node: Node) -> str:
    """``yes`` and ``true`` are ``True``, as in the Python lowering."""
    if node.kind != "bool":
        return node.text
    return "True" if node.text.lower() in ("true", "yes", "on") else "False"


def _yaml(text: str) -> Node:
    documents = read_yaml(text)
    if len(documents) == 1:
        return documents[0]
    return Node("list", 1, items=documents) if documents else Node("dict", 1)


def _json(text: str) -> Node:
    return read_json(text)


def _json_lines(text: str) -> Node:
    return Node("list", 1, items=tuple(read_json(line) for line in text.split("\n")[:100] if line.strip()))


def _toml(text: str) -> Node:
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise Unreadable(f"not TOML: {error}") from None
    return _plain(data, (), _toml_lines(text), 0, 0)


def _toml_lines(text: str) -> dict[tuple[str, ...], int]:
    """Where each key stands: the library does not say, so lines that look like tables and entries are counted."""
    table: tuple[str, ...] = ()
    found: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > 2000:
            continue
        header = _TABLE.match(line)
        entry = _ENTRY.match(line)
        if header:
            table = _names(header.group(1))
            found.setdefault(table, number)
        elif entry:
            found.setdefault(table + _names(entry.group(1)), number)
    return found


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(name.strip().strip("\"'") for name in dotted.split("."))


def _plain(data: object, at: tuple[str, ...], lines: dict[tuple[str, ...], int], line: int, depth: int) -> Node:
    """Python data as a tree."""
    line = lines.get(at, line)
    if depth > MAX_DEPTH or len(at) > MAX_NODES:
        raise Unreadable(f"nested more than {MAX_DEPTH} deep", line)
    if isinstance(data, dict):
        keys = tuple(Node("text", lines.get((*at, str(key)), line), str(key)) for key in data)
        return Node(
            "dict", line, keys=keys, items=tuple(_plain(item, (*at, str(key)), lines, line, depth + 1) for key, item in data.items())
        )
    if isinstance(data, list):
        return Node("list", line, items=tuple(_plain(item, at, lines, line, depth + 1) for item in data))
    if isinstance(data, bool):
        return Node("bool", line, str(data))
    if isinstance(data, (int, float)):
        # An integer of many thousand digits has no decimal text within Python's limit, and names nothing.
        return Node("number", line, str(data) if not isinstance(data, int) or data.bit_length() < 4000 else "0")
    return Node("text", line, data.isoformat() if isinstance(data, (date, datetime, time)) else str(data))


def _ini(text: str) -> Node:
    """Sections of names; entries before the first section are entries of the file."""
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True, default_section="\0")
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    try:
        parser.read_string("[\1]\n" + text)
    except configparser.Error as error:
        raise Unreadable("not INI: " + str(error).split("\n")[0][:200]) from None
    lines = _toml_lines(text if "=" in text else text.replace(":", "="))
    data: dict[str, object] = {}
    for section in parser.sections():
        entries = {name: value or "" for name, value in parser.items(section)}
        data.update(entries if section == "\1" else {section: entries})
    return _plain(data, (), lines, 1, 0)


def _env(text: str) -> Node:
    """``NAME=value`` lines; what looks like a secret is only a name."""
    keys: list[Node] = []
    items: list[Node] = []
    for number, line in enumerate(text.split("\n"), 1):
        name, sign, value = line.strip().removeprefix("export ").partition("=")
        name, value = name.strip(), value.split(" #")[0].strip()
        if not sign or name.startswith("#") or not name.replace(".", "_").isidentifier():
            continue
        if value[:1] in ("'", '"') and value[-1:] == value[:1]:
            value = value[1:-1]
        keys.append(Node("text", number, name))
        items.append(Node("text", number, value) if harmless(name, value) else Node("none", number))
    return Node("dict", 1, keys=tuple(keys), items=tuple(items))


def harmless(name: str, value: str) -> bool:
    """Whether a setting of the environment may be kept: a path, a name, a number, a flag."""
    if _SECRET.search(name) or _SECRET.search(value) or len(value) > 300 or not _PLAIN.match(value) or "@" in value:
        return False
    runs = re.split(r"[^A-Za-z0-9]", value)
    return not any(len(run) >= 20 and any(ch.isdigit() for ch in run) for run in runs)


_READERS: tuple[tuple[str, Callable[[str], Node]], ...] = (
    (".yaml", _yaml),
    (".yml", _yaml),
    (".toml", _toml),
    (".json", _json),
    (".jsonl", _json_lines),
    (".ini", _ini),
    (".cfg", _ini),
    (".conf", _ini),
    (".properties", _ini),
    (".env", _env),
)
