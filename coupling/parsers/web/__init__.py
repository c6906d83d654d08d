"""Pages, templates and scripts -> what they ask of the application, what they report to trackers and which files they are made of.

Comes in: HTML with Jinja, Django, EJS or Vue marks, or JavaScript and TypeScript. Goes out: one module scope whose effects are
calls of ``web.request``, ``web.track``, ``web.extends``, ``web.include``, ``web.script`` and ``web.uses`` (docs/architecture.md).
It evaluates nothing, does not know routes, and skips bundles.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from coupling.core.facts import FileFacts
from coupling.parsers.common import Free, Module
from coupling.parsers.web import script as webscript
from coupling.parsers.web.script import Request, Track, is_url
from coupling.parsers.web.tags import Tag, tags
from coupling.parsers.web.tokens import CLOSE, OPEN, Marked, Masked, mask, tokens

KINDS = ("web",)
MOST_TEXT = 400_000
LONGEST_LINE = 20_000
SCRIPTS = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx")
_LINKS = {"href": "GET", "action": "GET", "data-url": "GET", "data-href": "GET", "to": "GET"}
_HTMX = {f"{prefix}hx-{verb}": verb.upper() for verb in ("get", "post", "put", "patch", "delete") for prefix in ("", "data-")}
_STRING = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_WORD = re.compile(r"(?<![\w.'\"|])(?<!\| )[A-Za-z_]\w*\b(?!\s*=(?!=))")
_WORDS_OF_TEMPLATES = frozenset(
    "if else elif for in and or not is true false none True False None loop set with as super url_for url static".split()
)


class _Form(NamedTuple):
    method: str
    url: tuple[str, ...]
    line: int
    fields: list[tuple[str, bool, str]]
    """(name, whether its value comes from the page, its literal value)"""


class _Page:
    """Collects requests, script texts and sources of one masked page."""

    def __init__(self, masked: Masked) -> None:
        self.masked = masked
        self.requests: list[Request] = []
        self.tracks: list[Track] = []
        self.imports: list[tuple[tuple[str, ...], int]] = []
        self.form: _Form | None = None

    def read(self) -> None:
        for tag in tags(self.masked.text):
            if tag.name == "/form":
                self._close()
            elif not tag.name.startswith("/"):
                self._tag(tag)
        self._close()

    def _tag(self, tag: Tag) -> None:
        given = dict(tag.attributes)
        if tag.name == "script":
            if given.get("src"):
                self.imports.append((self.masked.parts(given["src"]), tag.line))
            elif "json" not in given.get("type", ""):
                self._code(tag.inside, tag.inside_line)
        elif tag.name == "form":
            self._close()
            url = self.masked.parts(given.get("action", ""))
            self.form = _Form(given.get("method", "get").upper(), url, tag.line, [])
        elif tag.name in ("input", "select", "textarea", "button") and self.form is not None and given.get("name"):
            value = given.get("value", "")
            self.form.fields.append((given["name"], OPEN in value or ":value" in given, "" if OPEN in value else value))
        self._attributes(tag.name, given, tag.line)

    def _attributes(self, tag: str, given: dict[str, str], line: int) -> None:
        for name, value in given.items():
            if name in _HTMX:
                self._add(_HTMX[name], value, line, self._values(given, line))
            elif name in _LINKS and tag not in ("form", "link"):
                self._add("GET", value, line)
            elif name.startswith((":", "v-bind:")) and name.rpartition(":")[2] in _LINKS:
                self._code(f"href = {value}", line)
            elif name.startswith(("on", "@", "v-on:", "x-on:", "hx-on")) and ("(" in value or "=" in value):
                self._code(value, line)

    def _values(self, given: dict[str, str], line: int) -> tuple[str, ...]:
        """The keys of ``hx-vals='{"id": 1}'``."""
        text = given.get("hx-vals", given.get("data-hx-vals", ""))
        return tuple(t.text for t in tokens(text, line)[:60] if t.kind == "text")[::2] if text else ()

    def _add(self, method: str, url: str, line: int, keys: tuple[str, ...] = ()) -> None:
        parts = self.masked.parts(url)
        if is_url(parts):
            self.requests.append(Request(method, parts, line, keys, keys))

    def _code(self, text: str, line: int) -> None:
        found = webscript.read(tokens(text, line, self.masked))
        self.requests += found.requests
        self.tracks += found.tracks
        self.imports += [((name,), at) for name, at in found.imports]

    def _close(self) -> None:
        """A form sends its fields to its action; without one, to the page itself."""
        form, self.form = self.form, None
        if form is not None:
            names = tuple(name for name, _, _ in form.fields)
            page = tuple(name for name, from_page, _ in form.fields if from_page)
            literals = tuple(value for _, _, value in form.fields if value)
            self.requests.append(Request(form.method, form.url, form.line, names, page, literals))


def parse(path: str, text: str) -> FileFacts:
    """The facts of a page or script. Bundles and what is too large to be written by hand have none."""
    module = Module(path, "web")
    if len(text) > MOST_TEXT:
        module.problem("is too large a page to read")
    elif path.endswith(SCRIPTS):
        if not _is_bundle(path, text):
            _script(module, text)
    else:
        _page(module, text)
    return module.finish()


def _is_bundle(path: str, text: str) -> bool:
    return ".min." in path or max(map(len, text.split("\n")), default=0) > LONGEST_LINE


def _script(module: Module, text: str) -> None:
    found = webscript.read(tokens(text))
    for source, line in found.imports:
        module.effect("web.script", [module.text(source, line)], line=line)
    _tell(module, found.requests, found.tracks)


def _page(module: Module, text: str) -> None:
    masked = mask(text.replace(OPEN, " ").replace(CLOSE, " "))
    for marked in masked.marks:
        _template(module, marked)
    _uses(module, masked.marks)
    page = _Page(masked)
    page.read()
    for source, line in page.imports:
        module.effect("web.script", [_url(module, source, line)], line=line)
    _tell(module, page.requests, page.tracks)


def _template(module: Module, marked: Marked) -> None:
    """``{% extends "base.html" %}``, ``{% include "row.html" %}``, ``{% from "macros.html" import row %}``."""
    word, _, rest = marked.inside.partition(" ")
    if marked.kind == "{%" and word in ("extends", "include", "import", "from", "embed"):
        found = _STRING.search(rest)
        if found:
            api = "web.extends" if word == "extends" else "web.include"
            module.effect(api, [module.text(found[1] or found[2], marked.line)], line=marked.line)


def _uses(module: Module, marks: tuple[Marked, ...]) -> None:
    """The variables that the template's expressions mention."""
    found: dict[str, int] = {}
    for marked in marks:
        if marked.kind == "{{" or marked.inside.partition(" ")[0] in ("for", "if", "elif", "set", "with"):
            for word in _WORD.findall(_STRING.sub("''", marked.inside)):
                if word not in _WORDS_OF_TEMPLATES:
                    found.setdefault(word, marked.line)
    if found:
        names = module.sequence([module.text(name, line) for name, line in list(found.items())[:200]])
        module.effect("web.uses", [names], line=min(found.values()))


def _tell(module: Module, requests: list[Request] | tuple[Request, ...], tracks: list[Track] | tuple[Track, ...]) -> None:
    for request in requests:
        line = request.line
        lists = {"keys": request.keys, "page": request.page, "literals": request.literals}
        named = {name: _words(module, words, line) for name, words in lists.items() if words}
        module.effect("web.request", [module.text(request.method, line), _url(module, request.url, line)], named, line)
    for track in tracks:
        line = track.line
        named = {"keys": _words(module, track.keys, line)}
        module.effect("web.track", [module.text(track.tracker, line), _url(module, track.event, line)], named, line)


def _words(module: Module, words: tuple[str, ...], line: int) -> int:
    return module.sequence([module.text(word, line) for word in dict.fromkeys(words)], line)


def _url(module: Module, parts: tuple[str, ...], line: int) -> int:
    """The value of a URL; ``{{ url_for('name', id=x) }}`` and ``{% url 'name' x %}`` are calls of ``web.route``."""
    values = []
    for part in parts:
        if isinstance(part, Free) and part.startswith(("url_for(", "%url ")):
            values.append(_named_route(module, part, line))
        elif isinstance(part, Free) and part.startswith("%static "):
            found = _STRING.search(part)
            values.append(module.text("/static/" + (found[1] or found[2] or "") if found else "/static/", line))
        else:
            values.append(module.joined([part], line))
    if not values:
        return module.text("", line)
    return values[0] if len(values) == 1 else module.add("concat", parts=tuple(values), line=line)


def _named_route(module: Module, text: str, line: int) -> int:
    """The endpoint's name, and how many values fill its pattern; for files the name of the file."""
    names = [a or b for a, b in _STRING.findall(text)]
    rest = _STRING.sub("''", text)
    filled = rest.count("=") if text.startswith("url_for(") else max(len(rest.split()) - 2, 0)
    if names[:1] == ["static"]:
        return module.text("/static/" + (names[1] if len(names) > 1 else ""), line)
    args = [module.text(names[0] if names else "", line), module.add("number", str(filled), line=line)]
    return module.call("web.route", tuple(args), line=line)
