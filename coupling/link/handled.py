"""What the text of a handler says: names it takes from a request, names it answers with, session keys, literals it tests.

Comes in: the facts of a file and a function scope of it. Goes out: words, by position in the text: the values on the lines of the
function. It evaluates nothing, so that helpers it calls are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from coupling.core.facts import FileFacts, Scope, Value
from coupling.link.events import Tested
from coupling.link.routetable import RouteTable

MOST_WORDS = 200
_TAKES = frozenset(("get", "getlist", "pop", "get_argument", "get_json", "get_body_argument", "get_query_argument"))
_ORIGIN = frozenset("source src origin via ref referrer channel placement surface policy strategy algorithm variant arm".split())


def values_of(file: FileFacts, scope: Scope) -> list[Value]:
    last = scope.end_line or 1 << 30
    return [value for value in file.values if scope.line <= value.line <= last]


def takes(file: FileFacts, scope: Scope, table: RouteTable) -> tuple[str, ...]:
    """Parameters, ``request.json["key"]``, ``.get("key")``, attributes of parameters, fields of the classes that annotate them."""
    found: dict[str, None] = dict.fromkeys(p.name for p in scope.params)
    for param in scope.params:
        if param.annotation >= 0 and (ref := table.resolve(file, param.annotation)) is not None:
            target = table.index.files[ref[0]].scopes[ref[1]]
            found.update(dict.fromkeys(p.name for p in target.params) if target.kind == "class" else {})
    for value in values_of(file, scope):
        if value.op == "item" and file.values[value.parts[1]].op == "text":
            found[file.values[value.parts[1]].text] = None
        elif value.op == "call" and len(value.parts) > 1:
            callee, first = file.values[value.parts[0]], file.values[value.parts[1]]
            if callee.op == "attr" and callee.text in _TAKES and first.op == "text":
                found[first.text] = None
        elif value.op == "attr" and _base(file, value.parts[0]).op == "param":
            found[value.text] = None
    return tuple(found)[:MOST_WORDS]


def gives(file: FileFacts, scope: Scope) -> tuple[str, ...]:
    """Keys of dicts, keywords of calls, keys that are stored."""
    found: dict[str, None] = {}
    for value in values_of(file, scope):
        if value.op == "dict":
            found.update((file.values[k].text, None) for k in value.parts[::2] if k >= 0 and file.values[k].op == "text")
        elif value.op == "call":
            found.update((k, None) for k in value.keys if k and not k.startswith("*"))
        elif value.op == "update" and file.values[value.parts[1]].op == "text":
            found[file.values[value.parts[1]].text] = None
    return tuple(found)[:MOST_WORDS]


def says(file: FileFacts, scope: Scope) -> tuple[str, ...]:
    """Literals of dicts and keywords that say where something comes from: ``{"source": "model"}``."""
    found: dict[str, None] = {}
    for value in values_of(file, scope):
        pairs: list[tuple[str, int]] = []
        if value.op == "dict":
            pairs = [(file.values[k].text, p) for k, p in zip(value.parts[::2], value.parts[1::2], strict=True) if k >= 0]
        elif value.op == "call":
            pairs = list(zip(value.keys, value.parts[1:], strict=True))
        elif value.op == "update":
            pairs = [(file.values[value.parts[1]].text, value.parts[2])]
        found.update((file.values[p].text, None) for key, p in pairs if key.lower() in _ORIGIN and file.values[p].op == "text")
    return tuple(found)[:MOST_WORDS]


def session(file: FileFacts, scope: Scope) -> tuple[str, ...]:
    """Keys of ``session["key"]`` and ``session.get("key")``."""
    found: dict[str, None] = {}
    for value in values_of(file, scope):
        if value.op in ("item", "update") and _is_session(file, value.parts[0]) and file.values[value.parts[1]].op == "text":
            found[file.values[value.parts[1]].text] = None
        elif value.op == "call" and len(value.parts) > 1:
            callee, first = file.values[value.parts[0]], file.values[value.parts[1]]
            touched = callee.op == "attr" and callee.text in ("get", "pop", "setdefault") and first.op == "text"
            if touched and _is_session(file, callee.parts[0]):
                found[first.text] = None
    return tuple(found)[:MOST_WORDS]


def _is_session(file: FileFacts, index: int) -> bool:
    value = _base(file, index)
    return value.text.rpartition(".")[2] in ("session", "session_state") and value.op in ("free", "import", "attr")


def _base(file: FileFacts, index: int) -> Value:
    value, steps = file.values[index], 0
    while value.op in ("after", "update", "setattr", "loop", "join") and steps < 200:
        value = file.values[value.parts[0]]
        steps += 1
    return value


def tested(file: FileFacts, scope: Scope) -> tuple[Tested, ...]:
    """For each effect, the literals that decide whether it happens."""
    found: dict[Tested, None] = {}
    for effect in scope.effects:
        line = file.values[effect.value].line
        for text, equal in _literals(file, effect.guard):
            found[Tested(line, text, equal)] = None
    return tuple(found)[:MOST_WORDS]


def _literals(file: FileFacts, guard: int) -> Iterator[tuple[str, bool]]:
    while guard >= 0:
        value = file.values[guard]
        for text, equal in _compared(file, value.parts[0]):
            yield text, equal == (value.text == "then")
        guard = value.parts[1]


def _compared(file: FileFacts, index: int, depth: int = 0) -> Iterator[tuple[str, bool]]:
    """The literals that a test compares with, and whether it holds when they are equal."""
    value = file.values[index]
    if depth > 4:
        return
    if value.op == "unary" and value.text == "Not":
        for text, equal in _compared(file, value.parts[0], depth + 1):
            yield text, not equal
    elif value.op == "join" and value.text in ("and", "or"):
        for part in value.parts:
            yield from _compared(file, part, depth + 1)
    elif value.op == "compare" and value.text in ("==", "!=", "in", "not in", "is", "is not"):
        for part in value.parts:
            inner = file.values[part]
            texts = [inner] if inner.op == "text" else [file.values[p] for p in inner.parts] if inner.op in ("list", "tuple", "set") else []
            for each in texts:
                if each.op == "text" and len(each.text) > 1:
                    yield each.text, value.text in ("==", "in", "is")
