"""Pages and scripts as the web parser says them, and routes as patterns that addresses match.

Comes in: facts of web files. Goes out: ``Page`` values; which pages make one page (template inheritance, includes, scripts);
whether an address leads to a route. It knows no framework and runs nothing.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence

from coupling.core.facts import FileFacts, Value
from coupling.link.events import Asked, Page, Tracked

MOST_PAGES = 60
MOST_LINKS = 500
WILD = "*"
_PARAMETER = re.compile(r"<[^<>]*>|\{[^{}]*\}|\(\?P<\w+>[^()]*\)|\([^()]*\)|^:\w+$|\\d\+|\[\^/\]\+|\*")
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]+")
_SCHEME = re.compile(r"^[a-z]+://[^/?]*")
_SCRIPT_ENDS = ("", ".js", ".jsx", ".ts", ".tsx", ".vue", ".svelte", ".mjs", "/index.js", "/index.ts", "/index.jsx", "/index.tsx")


def collect(facts: Iterable[FileFacts]) -> tuple[Page, ...]:
    return tuple(_page(file) for file in facts if file.parser == "web" and file.scopes and file.scopes[0].effects)


def links(file: FileFacts) -> list[tuple[str, int, str]]:
    """(file, line, address) of every address that a text of the file holds."""
    return [(file.path, v.line, found) for v in file.values if v.op == "text" for found in _ADDRESS.findall(v.text)][:MOST_LINKS]


def _page(file: FileFacts) -> Page:
    asked: list[Asked] = []
    tracked: list[Tracked] = []
    sources: list[str] = []
    uses: list[str] = []
    for effect in file.scopes[0].effects:
        value = file.values[effect.value]
        api = file.values[value.parts[0]].text
        lists = {k: _texts(file, p) for k, p in zip(value.keys, value.parts[1:], strict=True) if k}
        if api == "web.request":
            url, endpoint = _rendered(file, value.parts[2])
            method = file.values[value.parts[1]].text
            asked.append(Asked(method, url, value.line, lists.get("keys", ()), lists.get("page", ()), lists.get("literals", ()), endpoint))
        elif api == "web.track":
            event, _ = _rendered(file, value.parts[2])
            tracked.append(Tracked(file.values[value.parts[1]].text, event, value.line, lists.get("keys", ())))
        elif api == "web.uses":
            uses += _texts(file, value.parts[1])
        else:
            sources.append(_rendered(file, value.parts[1])[0])
    return Page(file.path, tuple(asked), tuple(tracked), tuple(sources), tuple(uses))


def _texts(file: FileFacts, index: int) -> tuple[str, ...]:
    return tuple(file.values[p].text for p in file.values[index].parts)


def _rendered(file: FileFacts, index: int) -> tuple[str, str]:
    """A URL with its holes in braces, and the endpoint that it names instead of a path."""
    value: Value = file.values[index]
    if value.op == "call":
        filled = int(file.values[value.parts[2]].text)
        return "{}" * min(filled, 9), file.values[value.parts[1]].text
    parts = [file.values[p] for p in value.parts] if value.op == "concat" else [value]
    endpoint = next((file.values[p.parts[1]].text for p in parts if p.op == "call"), "")
    return "".join("{" + p.text.replace("{", "").replace("}", "") + "}" if p.op == "free" else p.text for p in parts), endpoint


class Site:
    """The pages of a repository, found by the names that they use for each other."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages = pages
        self._by_stem: dict[str, list[Page]] = {}
        for page in pages:
            for stem in {_stem(page.path), _stem(posixpath.dirname(page.path))}:
                self._by_stem.setdefault(stem, []).append(page)
        self._closures: dict[str, tuple[Page, ...]] = {}

    def closure(self, name: str) -> tuple[Page, ...]:
        """The page of this name and all that it extends, includes, imports or loads, nearest first."""
        if name not in self._closures:
            self._closures[name] = self._close(name)
        return self._closures[name]

    def _close(self, name: str) -> tuple[Page, ...]:
        found: dict[str, Page] = {}
        todo = self.named(name, "")
        while todo and len(found) < MOST_PAGES:
            page = todo.pop(0)
            if page.path not in found:
                found[page.path] = page
                todo += [other for source in page.sources for other in self.named(source, page.path)]
        return tuple(found.values())

    def named(self, name: str, importer: str) -> list[Page]:
        """The page that a template name, script source or import means, seen from ``importer``."""
        plain = name.partition("?")[0]
        near = self._by_stem.get(_stem(plain), [])
        if plain.startswith("."):
            base = posixpath.normpath(posixpath.join(posixpath.dirname(importer), plain))
            hits = [p for p in self._by_stem.get(_stem(base), []) if p.path in {base + end for end in _SCRIPT_ENDS}]
        else:
            tail = plain.removeprefix("@").removeprefix("~").strip("/")
            ends = tuple("/" + tail + end for end in _SCRIPT_ENDS) if "." not in posixpath.basename(tail) else ("/" + tail,)
            hits = [p for p in near if tail and ("/" + p.path).endswith(ends)]
            hits = hits or [p for p in near if tail.startswith("static/") and ("/" + p.path).endswith(tail[6:])]
        return sorted(hits, key=lambda p: (-len(posixpath.commonprefix([p.path, importer])), p.path))[:1]


def _stem(path: str) -> str:
    return posixpath.basename(path.rstrip("/")).partition(".")[0]


def segments(path: str) -> tuple[str, ...]:
    """The parts of a route or address; parameters and holes are ``*``, the query is left out."""
    held = re.sub(r"\{[^{}]*\}", WILD, path) if "{" in path else path
    bare = _SCHEME.sub("", held).partition("?")[0].partition("#")[0]
    if bare.startswith(WILD) and "/" in bare:
        bare = bare[bare.index("/") :]
    parts = [p for p in bare.replace("\\/", "/").strip("/^$").split("/") if p]
    return tuple(WILD if _PARAMETER.search(p) else p for p in parts)


def leads(method: str, url: str, route: str) -> bool:
    """Whether a request reaches a route (``POST /click/<id>``): all segments fit, or those behind a prefix that one side leaves out."""
    verbs, _, pattern = route.partition(" ")
    if method and verbs and method not in verbs.split("|") and verbs not in ("ANY", "WEBSOCKET"):
        return False
    mine, theirs = segments(url), segments(pattern)
    if not mine or not theirs:
        return mine == theirs
    if len(mine) == len(theirs):
        return all(map(_fits, mine, theirs)) and any(a == b != WILD for a, b in zip(mine, theirs, strict=True))
    short, long = sorted((mine, theirs), key=len)
    tail = long[len(long) - len(short) :]
    if WILD in long[: len(long) - len(short)]:
        return False
    return all(map(_fits, short, tail)) and any(a == b != WILD for a, b in zip(short, tail, strict=True))


def _fits(a: str, b: str) -> bool:
    return a == b or WILD in (a, b)
