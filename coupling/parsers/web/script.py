"""Requests and tracker calls of a script, found among its tokens.

Comes in: tokens. Goes out: ``Request``, ``Track`` and imported modules, with URL segments (holes as ``Free``) and payload keys.
It knows the call shapes of browser libraries (fetch, axios, jQuery, XMLHttpRequest), because they are part of the language of
pages; it evaluates nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from coupling.parsers.common import Free
from coupling.parsers.web.tokens import Token

MOST_CALLS = 4_000
LONGEST_CALL = 3_000
"""Tokens of one call that are looked at."""
MOST_STEPS = 3_000_000
"""Tokens looked at for all calls together."""
VERBS = {
    "post": "POST",
    "put": "PUT",
    "patch": "PATCH",
    "delete": "DELETE",
    "get": "GET",
    "del": "DELETE",
    "getJSON": "GET",
    "sendBeacon": "POST",
    "postForm": "POST",
}
_SENDING = ("fetch", "axios", "request", "post", "ajax", "send", "eventsource", "track", "apicall", "callapi", "swr")
_TRACKERS = frozenset(
    """analytics.track posthog.capture mixpanel.track amplitude.track amplitude.logEvent heap.track rudderanalytics.track umami.track
    woopra.track klaviyo.track segment.track tracker.track plausible gtag fbq ga snowplow""".split()
)
_BODY = ("body", "data", "json", "params", "payload")
_SERVER = frozenset(("app", "router", "server", "fastify"))
_OPENERS, _CLOSERS = frozenset("([{"), frozenset(")]}")


class Request(NamedTuple):
    """``keys`` names what is sent, ``page`` those of them that are no literal: values of the page."""

    method: str
    url: tuple[str, ...]
    line: int
    keys: tuple[str, ...] = ()
    page: tuple[str, ...] = ()
    literals: tuple[str, ...] = ()


class Track(NamedTuple):
    tracker: str
    event: tuple[str, ...]
    line: int
    keys: tuple[str, ...] = ()


class Script(NamedTuple):
    requests: tuple[Request, ...]
    tracks: tuple[Track, ...]
    imports: tuple[tuple[str, int], ...]


class _Keys(NamedTuple):
    """The keys of an object literal: all, those whose values are no literals, and the literals."""

    names: tuple[str, ...] = ()
    page: tuple[str, ...] = ()
    literals: tuple[str, ...] = ()


_NO_KEYS = _Keys()


class _Reader:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.texts: dict[str, tuple[str, ...]] = {}
        self.objects: dict[str, _Keys] = {}
        self.requests: list[Request] = []
        self.tracks: list[Track] = []
        self.imports: list[tuple[str, int]] = []
        self.steps = 0

    def read(self) -> Script:
        for at, token in enumerate(self.tokens):
            if token.kind == "name":
                self._bind(at)
        for at, token in enumerate(self.tokens):
            if len(self.requests) > MOST_CALLS:
                break
            if token.kind == "name":
                self._name(at, token)
        return Script(tuple(self.requests), tuple(self.tracks), tuple(dict.fromkeys(self.imports)))

    # --- names of the file ---

    def _bind(self, at: int) -> None:
        """``const API = "/api"`` and ``const payload = {...}``; ``form.append("key", value)`` adds a key."""
        if self._is(at + 1, "=") and at + 2 < len(self.tokens):
            name, value = self.tokens[at].text, self.tokens[at + 2]
            if value.kind == "text":
                self.texts.setdefault(name, self._text(at + 2, self._end(at + 2)))
            elif value.text == "{":
                self.objects.setdefault(name, self._keys(at + 2))
        elif self.tokens[at].text == "append" and self._is(at + 1, "(") and self._is(at - 1, "."):
            args = self._arguments(at + 1)
            if len(args) == 2 and self.tokens[args[0][0]].kind == "text":
                key, root = self.tokens[args[0][0]].text, self.tokens[at - 2].text
                known = self.objects.get(root, _NO_KEYS)
                page = (key,) if self.tokens[args[1][0]].kind == "name" else ()
                self.objects[root] = _Keys((*known.names, key)[:60], (*known.page, *page)[:60], known.literals)

    # --- what happens ---

    def _name(self, at: int, token: Token) -> None:
        if token.text in ("import", "require", "from") and (source := self._imported(at)):
            self.imports.append((source, token.line))
        elif token.text in ("href", "action", "location", "to") and self._is(at + 1, "="):
            self._assigned(at)
        elif self._is(at + 1, "("):
            chain = self._chain(at)
            if not self._tracked(chain, at):
                self._called(chain, at)

    def _imported(self, at: int) -> str:
        following = self.tokens[at + 1 : at + 3]
        found = next((t.text for t in following if t.kind == "text"), "")
        return found if found.startswith((".", "/", "@/", "~/")) else ""

    def _assigned(self, at: int) -> None:
        """``location.href = url`` and JSX ``href={url}``."""
        first = at + 2
        if self._is(first, "{"):
            first += 1
        url = self._text(first, self._end(first))
        if is_url(url):
            self.requests.append(Request("GET", url, self.tokens[at].line))

    def _chain(self, at: int) -> str:
        """``a.b.c`` in front of a call; what stands before a bracket is left out."""
        words = [self.tokens[at].text]
        while at >= 2 and self.tokens[at - 1].text in (".", "?.") and self.tokens[at - 2].kind == "name" and len(words) < 6:
            at -= 2
            words.append(self.tokens[at].text)
        return ".".join(reversed(words))

    def _tracked(self, chain: str, at: int) -> bool:
        short = chain.removeprefix("window.").removeprefix("this.")
        if short == "dataLayer.push":
            args = self._arguments(at + 1)
            if args and self._is(args[0][0], "{"):
                event = self._member(args[0][0], ("event",))
                self.tracks.append(Track(short, self._text(*event) if event else (), self.tokens[at].line, self._keys(args[0][0]).names))
            return True
        if short not in _TRACKERS and ".".join(short.split(".")[-2:]) not in _TRACKERS:
            return False
        args = self._arguments(at + 1)
        texts = [self._text(*arg) for arg in args if self.tokens[arg[0]].kind == "text"]
        names = [t for t in texts if t not in (("event",), ("send",), ("track",), ("trackCustom",))]
        keys = next((self._keys(a) for a, _ in args if self._is(a, "{")), _NO_KEYS)
        self.tracks.append(Track(short, names[0] if names else (), self.tokens[at].line, keys.names))
        return True

    def _called(self, chain: str, at: int) -> None:
        root, _, last = chain.rpartition(".")
        args = self._arguments(at + 1)
        if not args:
            return
        if last == "open" and len(args) >= 2 and self.tokens[args[0][0]].text.upper() in VERBS.values():
            self._request(self.tokens[args[0][0]].text.upper(), args[1], [], at)
        elif self._is(args[0][0], "{") and (last in ("ajax", "axios", "request", "fetch", "$http") or root.endswith("axios")):
            self._options(args[0][0], at)
        elif last in VERBS and not (root.split(".")[0] in _SERVER and self._is_function(args)):
            self._request(VERBS[last], args[0], args[1:], at)
        elif _sends(last):
            self._request("", args[0], args[1:], at)

    def _is_function(self, args: list[tuple[int, int]]) -> bool:
        return any(self.tokens[i].text in ("=>", "function") for a, b in args[1:] for i in range(a, b))

    def _options(self, at: int, call: int) -> None:
        """``$.ajax({url, method, data})``."""
        url, method = self._member(at, ("url",)), self._member(at, ("method", "type"))
        if url:
            keys = self._body(at)
            verb = self._text(*method)[:1] if method else ()
            self._add((verb[0] if verb else "GET").upper(), self._text(*url), keys, call)

    def _request(self, method: str, url: tuple[int, int], rest: list[tuple[int, int]], call: int) -> None:
        keys, verb = _NO_KEYS, method
        for first, last in rest:
            if self._is(first, "{"):
                inner = self._body(first)
                named = self._member(first, ("method",))
                verb = (self._text(*named) or ("",))[0].upper() if named else verb
                keys = inner if inner.names or named else self._keys(first)
            elif last - first == 1 and self.tokens[first].text in self.objects:
                keys = self.objects[self.tokens[first].text]
            elif found := self._within(first, last):
                keys = found
        self._add(verb or ("POST" if keys.names else "GET"), self._text(*url), keys, call)

    def _add(self, method: str, url: tuple[str, ...], keys: _Keys, call: int) -> None:
        if is_url(url):
            self.requests.append(Request(method, url, self.tokens[call].line, keys.names, keys.page, keys.literals))

    def _body(self, at: int) -> _Keys:
        """The keys of ``body: JSON.stringify({...})`` or ``data: {...}`` among options."""
        found = self._member(at, _BODY)
        return self._within(*found) if found else _NO_KEYS

    def _within(self, first: int, last: int) -> _Keys:
        """The first object literal of an expression, or the object that a name of it holds."""
        for at in range(first, last):
            if self._is(at, "{"):
                return self._keys(at)
            if self.tokens[at].kind == "name" and self.tokens[at].text in self.objects:
                return self.objects[self.tokens[at].text]
        return _NO_KEYS

    # --- expressions ---

    def _is(self, at: int, text: str) -> bool:
        return 0 <= at < len(self.tokens) and self.tokens[at].text == text and self.tokens[at].kind != "text"

    def _end(self, at: int) -> int:
        """Where the expression that starts here ends: at a comma, semicolon, closing bracket or new statement."""
        depth, start = 0, at
        while at < len(self.tokens) and at - start < LONGEST_CALL and self.steps < MOST_STEPS:
            self.steps += 1
            token = self.tokens[at]
            if token.kind == "mark":
                depth += (token.text in _OPENERS) - (token.text in _CLOSERS)
                if depth < 0 or (depth == 0 and token.text in (",", ";")):
                    return at
            elif depth == 0 and at > start and self._starts_anew(at):
                return at
            at += 1
        return at

    def _starts_anew(self, at: int) -> bool:
        """Two operands in a row on different lines: the second begins a statement."""
        before = self.tokens[at - 1]
        return before.line != self.tokens[at].line and (before.kind != "mark" or before.text in _CLOSERS)

    def _arguments(self, at: int) -> list[tuple[int, int]]:
        """The arguments of a call whose bracket opens at ``at``, as ranges of tokens."""
        out: list[tuple[int, int]] = []
        depth, start, limit = 0, at + 1, min(len(self.tokens), at + LONGEST_CALL)
        if self.steps > MOST_STEPS:
            return out
        for here in range(at, limit):
            self.steps += 1
            token = self.tokens[here]
            if token.kind != "mark":
                continue
            depth += (token.text in _OPENERS) - (token.text in _CLOSERS)
            if depth == 0 or (depth == 1 and token.text == ","):
                if here > start:
                    out.append((start, here))
                start = here + 1
                if depth == 0:
                    return out
        return out

    def _text(self, first: int, last: int) -> tuple[str, ...]:
        """The segments of a text expression: literals joined by ``+``, everything else a hole."""
        out: list[str] = []
        at = first
        while at < last:
            token = self.tokens[at]
            if token.kind == "text":
                out += self._filled(token.parts)
                at += 1
            elif token.text == "+":
                at += 1
            else:
                end = self._operand(at, last)
                words = "".join(t.text for t in self.tokens[at:end])[:200]
                out += self.texts.get(words, (Free(words),)) if words else ()
                at = max(end, at + 1)
            if len(out) > 60:
                break
        return tuple(out)

    def _filled(self, parts: tuple[str, ...]) -> list[str]:
        """``${API}`` is what the file's ``API`` is."""
        return [p for part in parts for p in (self.texts.get(str(part), (part,)) if isinstance(part, Free) else (part,))]

    def _operand(self, at: int, last: int) -> int:
        depth = 0
        while at < last:
            text = self.tokens[at].text
            if self.tokens[at].kind == "mark":
                depth += (text in _OPENERS) - (text in _CLOSERS)
                if depth <= 0 and text == "+":
                    return at
            at += 1
        return at

    def _member(self, at: int, names: Sequence[str]) -> tuple[int, int] | None:
        """The value of a key of the object literal that opens at ``at``."""
        for key, first, last in self._members(at):
            if key in names:
                return first, last
        return None

    def _members(self, at: int) -> list[tuple[str, int, int]]:
        out = []
        for first, last in self._arguments(at):
            key = self.tokens[first]
            if last - first >= 3 and self._is(first + 1, ":"):
                out.append((key.text, first + 2, last))
            elif last - first == 1 and key.kind == "name":
                out.append((key.text, first, last))
        return out[:60]

    def _keys(self, at: int) -> _Keys:
        members = self._members(at)
        page = tuple(k for k, first, last in members if any(self.tokens[i].kind == "name" for i in range(first, last)))
        literals = tuple(self.tokens[first].text for _, first, last in members if last - first == 1 and self.tokens[first].kind == "text")
        return _Keys(tuple(k for k, _, _ in members), page, literals)


def _sends(name: str) -> bool:
    """Whether a function's name says that it sends: ``fetch``, ``useFetch``, ``apiPost``, ``sendEvent``."""
    words = name.lower()
    return any(word in words for word in _SENDING) or words in ("api", "ky", "load", "$http")


def is_url(parts: tuple[str, ...]) -> bool:
    """A path or address: it starts with a slash or scheme, or with a hole that a slash follows, or is a named route."""
    if not parts:
        return False
    first = parts[0]
    if not isinstance(first, Free):
        return first.startswith(("/", "http://", "https://", "./", "../", "?")) and len(first) < 500
    if first.startswith(("url_for(", "%url ", "reverse(")):
        return True
    return len(parts) > 1 and not isinstance(parts[1], Free) and parts[1].startswith("/")


def read(tokens: Sequence[Token]) -> Script:
    return _Reader(tokens).read()
