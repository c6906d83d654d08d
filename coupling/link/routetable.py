"""Routes registered away from their handlers: Django's ``path()``, ``add_url_rule``, ``Route(...)``, tornado's tuples, and prefixes.

Comes in: the facts of all files. Goes out: for a function or class (file, scope) the routes that some call registers it under, and for a
blueprint or router the prefixes it is mounted with. It resolves references by names and imports and runs nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from coupling.core.facts import FileFacts, Value
from coupling.link.index import PYTHON, Index

Ref = tuple[str, int]
"""File and scope of a function or class; scope 0 is the module."""
DEEPEST = 12
REGISTER = {
    "path": "",
    "re_path": "",
    "url": "",
    "Route": "",
    "WebSocketRoute": "",
    "APIRoute": "",
    "add_url_rule": "",
    "add_api_route": "",
    "add_route": "",
    "add_resource": "",
    "add_get": "GET",
    "add_post": "POST",
    "add_put": "PUT",
    "add_delete": "DELETE",
    "add_patch": "PATCH",
    "add_view": "",
    "URLSpec": "",
    "add_websocket_route": "",
    "register": "",
    "Mount": "",
}
_AIOHTTP = {"web.get": "GET", "web.post": "POST", "web.put": "PUT", "web.delete": "DELETE", "web.patch": "PATCH", "web.view": ""}
_CHATS = {"CommandHandler": "CHAT", "MessageHandler": "CHAT", "CallbackQueryHandler": "BUTTON"}
"""What registers the handlers of a chat bot."""
_MOUNTS = ("register_blueprint", "include_router", "mount", "blueprint", "register_router", "register_namespace", "add_namespace")
_PREFIXES = ("url_prefix", "prefix", "path")


class Registered(NamedTuple):
    method: str
    pattern: str
    line: int
    file: str = ""
    name: str = ""


class RouteTable:
    """All registrations of a repository, collected once."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.routes: dict[Ref, list[Registered]] = {}
        self.mounted: dict[tuple[str, str], str] = {}
        """(file, name of a blueprint or router) -> prefix; the name is '' for a file of URL patterns."""
        for file in index.files.values():
            if file.parser in PYTHON:
                self._file(file)

    def of(self, file: str, scope: int) -> list[Registered]:
        return self.routes.get((file, scope), [])

    def prefix(self, file: FileFacts, base: int) -> str:
        """The prefix of the router that value ``base`` of a file is: what it is mounted at and what it was made with."""
        found = self.named(file, base)
        if found is None:
            return ""
        own = _prefix_of(self.index.files[found[0]], self.maker(*found))
        return self.mounted.get(found, "") + own

    def named(self, file: FileFacts, index: int) -> tuple[str, str] | None:
        """The module-level name, in the file that defines it, that a value stands for."""
        value = _unwrapped(file, index)
        if value.op in ("free", "import"):
            return self._import(file, value.text) if value.op == "import" else self._own(file, value.text)
        if value.op == "attr":
            module = self._module(file, value.parts[0])
            return (module, value.text) if module is not None else None
        return next(((file.path, name) for name, at in file.scopes[0].names if at == index), None)

    def _own(self, file: FileFacts, name: str) -> tuple[str, str] | None:
        for known, index in file.scopes[0].names if file.scopes else ():
            if known == name:
                value = _unwrapped(file, index)
                return self._import(file, value.text) if value.op == "import" else (file.path, name)
        return None

    def _import(self, file: FileFacts, dotted: str) -> tuple[str, str] | None:
        located = self.index.module(dotted, file.path)
        return (located[0], located[1]) if located is not None and located[1] and "." not in located[1] else None

    def _module(self, file: FileFacts, index: int) -> str | None:
        value = _unwrapped(file, index)
        if value.op == "free":
            known = dict(file.scopes[0].names).get(value.text, -1)
            value = _unwrapped(file, known) if known >= 0 else value
        if value.op != "import":
            return None
        located = self.index.module(value.text, file.path)
        if located is None:
            return None
        return located[0] if not located[1] else self.index.submodule(*located)

    def maker(self, path: str, name: str) -> Value | None:
        """The call that made a module-level name."""
        file = self.index.files.get(path)
        if file is None or not file.scopes:
            return None
        index = dict(file.scopes[0].names).get(name, -1)
        value = _unwrapped(file, index) if index >= 0 else None
        return value if value is not None and value.op == "call" else None

    # --- registrations ---

    def _file(self, file: FileFacts) -> None:
        for value in file.values:
            if value.op == "call":
                name, owner = _callee(file, value)
                if name in _MOUNTS:
                    self._mount(file, value)
                elif name in _CHATS:
                    self._chat(file, value, _CHATS[name])
                elif name in REGISTER:
                    self._register(file, value, REGISTER[name])
                elif f"{owner}.{name}" in _AIOHTTP:
                    self._register(file, value, _AIOHTTP[f"{owner}.{name}"])
            elif value.op == "tuple" and len(value.parts) >= 2:
                self._tuple(file, value)

    def _register(self, file: FileFacts, value: Value, method: str) -> None:
        texts = [file.values[p].text for p in value.parts[1:] if file.values[p].op == "text"]
        patterns = texts[:1]
        for part in value.parts[1:]:
            inner = _unwrapped(file, part)
            if inner.op == "call" and _callee(file, inner)[0] == "include" and patterns:
                self._include(file, inner, patterns[0])
                continue
            ref = self.resolve(file, part)
            if ref is not None and patterns and ref[1] > 0:
                methods = _methods(file, value) or method
                name = _keyword(file, value, "name", "endpoint")
                pattern = "/" + patterns[0].lstrip("^/").rstrip("$")
                self.routes.setdefault(ref, []).append(Registered(methods, pattern, value.line, file.path, name))

    def _chat(self, file: FileFacts, value: Value, method: str) -> None:
        """``MessageHandler(filters.TEXT, guess)``, ``CallbackQueryHandler(vote)``: the function that a bot calls."""
        for ref in (self.resolve(file, part) for part in value.parts[1:3]):
            if ref is not None and ref[1] > 0 and (scope := self.index.files[ref[0]].scopes[ref[1]]).kind == "function":
                self.routes.setdefault(ref, []).append(Registered(method, f"/{scope.name}", value.line, file.path))

    def _tuple(self, file: FileFacts, value: Value) -> None:
        """Tornado's ``(r"/predict", PredictHandler)``."""
        first = file.values[value.parts[0]]
        if first.op != "text" or not first.text.lstrip("^").startswith("/"):
            return
        ref = self.resolve(file, value.parts[1])
        if ref is not None and ref[1] > 0 and self.index.files[ref[0]].scopes[ref[1]].kind == "class":
            self.routes.setdefault(ref, []).append(Registered("", "/" + first.text.lstrip("^/").rstrip("$"), value.line, file.path))

    def _mount(self, file: FileFacts, value: Value) -> None:
        prefix = _prefix_of(file, value) or next((file.values[p].text for p in value.parts[1:] if file.values[p].op == "text"), "")
        for part in value.parts[1:2]:
            found = self.named(file, part)
            if found is not None and prefix.startswith("/"):
                self.mounted.setdefault(found, prefix.rstrip("/"))

    def _include(self, file: FileFacts, include: Value, prefix: str) -> None:
        """``path("api/", include("shop.urls"))``: all patterns of that file start so."""
        for part in include.parts[1:2]:
            value = _unwrapped(file, part)
            located = self.index.module(value.text, file.path) if value.op in ("text", "import") and value.text else None
            if located is not None and not located[1]:
                self.mounted.setdefault((located[0], ""), "/" + prefix.strip("^/").rstrip("/"))

    # --- references ---

    def resolve(self, file: FileFacts, index: int, depth: int = 0) -> Ref | None:
        """The function or class that a value names, through imports, ``as_view()`` and wrappers."""
        value = _unwrapped(file, index)
        if depth > DEEPEST:
            return None
        if value.op in ("func", "class"):
            return file.path, int(value.text)
        if value.op == "call":
            callee = file.values[value.parts[0]]
            if callee.op == "attr" and callee.text in ("as_view", "bind", "as_asgi"):
                return self.resolve(file, callee.parts[0], depth + 1)
            return self.resolve(file, value.parts[1], depth + 1) if len(value.parts) == 2 else None
        return self._by_name(file, value, index, depth)

    def _by_name(self, file: FileFacts, value: Value, index: int, depth: int) -> Ref | None:
        if value.op == "attr":
            owner = self.resolve(file, value.parts[0], depth + 1)
            if owner is not None and owner[1] > 0:
                return self._member(owner, value.text)
        found = self.named(file, index)
        if found is None:
            return None
        target = self.index.files.get(found[0])
        at = dict(target.scopes[0].names).get(found[1], -1) if target is not None and target.scopes else -1
        return self.resolve(target, at, depth + 1) if target is not None and at >= 0 else None

    def _member(self, owner: Ref, name: str) -> Ref | None:
        scopes = self.index.files[owner[0]].scopes
        return next(((owner[0], n) for n, s in enumerate(scopes) if s.parent == owner[1] and s.name == name), None)


def _unwrapped(file: FileFacts, index: int) -> Value:
    """A value without what later calls may have done to it."""
    value = file.values[index]
    steps = 0
    while value.op in ("after", "setattr", "update", "loop", "join") and steps < 200:
        value = file.values[value.parts[0]]
        steps += 1
    return value


def _callee(file: FileFacts, value: Value) -> tuple[str, str]:
    """The last name of what is called, and the one in front of it."""
    callee = file.values[value.parts[0]]
    if callee.op == "attr":
        base = file.values[callee.parts[0]]
        return callee.text, base.text.rpartition(".")[2]
    owner, _, name = callee.text.rpartition(".")
    return name, owner.rpartition(".")[2]


def _prefix_of(file: FileFacts, value: Value | None) -> str:
    """The literal prefix that a call is given by keyword."""
    if value is None:
        return ""
    for key, part in zip(value.keys, value.parts[1:], strict=True):
        if key in _PREFIXES and file.values[part].op == "text" and file.values[part].text.startswith("/"):
            return file.values[part].text.rstrip("/")
    return ""


def _keyword(file: FileFacts, value: Value, *names: str) -> str:
    given = zip(value.keys, value.parts[1:], strict=True)
    return next((file.values[p].text for k, p in given if k in names and file.values[p].op == "text"), "")


def _methods(file: FileFacts, value: Value) -> str:
    for key, part in zip(value.keys, value.parts[1:], strict=True):
        if key == "methods":
            return "|".join(file.values[p].text for p in file.values[part].parts if file.values[p].op == "text")
    return ""
