"""The signals that what is recorded is about what was shown: one function a signal.

Comes in: an exposure (a model's output is shown), a record (values from outside are written), pages and handlers. Goes out: the
signal and the places that prove it, or None. The numbers are judgement; ``world`` combines them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from coupling.core.source import Span
from coupling.link import chats, pages
from coupling.link.events import Access, Asked, Handler, Page, Serve
from coupling.link.values import World

CONFIDENCE = {
    "token": 0.95,
    "page": 0.90,
    "framework": 0.90,
    "tag": 0.85,
    "near-page": 0.80,
    "mail": 0.70,
    "recipe": 0.70,
    "key": 0.70,
    "open": 0.50,
    "session": 0.40,
}
"""``recipe``: one of its tool's data sets, named by the command that starts it. ``near-page``: a script that
is imported together with the one that asks for the output."""
DROPPED = 0.3
_USER = re.compile(
    r"(current_?)?(user|me|account|customer|member|profile|visitor)s?([._]?(id|name|email|pk))?|uid|email|password|name|csrf\w*"
    r"|\w*token|auth\w*|g(\..*)?|session\w*(\..*)?|q|query|search\w*|page\w*|sort\w*|filter\w*|limit|offset|next|lang\w*|request(\..*)?|window(\..*)?|location(\..*)?|self|cls",
    re.I,
)
_TOKEN = re.compile(
    r"(decision|impression|request|conversation|prediction|pred|recommendation|rec|reco|trace|event|message|msg|response|completion"
    r"|generation|interaction|inference|answer|chat|result|slate|ranking|suggestion|correlation|thread|turn|log|feedback)"
    r"_?(id|uuid|guid|token|key)"
)
_ITEM = re.compile(
    r"(?!.*(user|session|request|account|customer|csrf|client|device|app|api|run|model|experiment))\w+_ids?|pids?|sku|slug|asin|isbn"
    r"|item|product|movie|article|post|video|song|track|paper|recipe|book"
    r"|(item|product|movie|article|post|video|song|track|paper|recipe|book|news|doc|document|content)id"
)
_LISTED = re.compile(r"(\w+_)?(recommendations|recommended|recs|suggestions)")
_SOURCE = re.compile(r"recommend|suggest|predict|ranked|model|personali|ml_|\bml\b|algo", re.I)
_COMMON = frozenset(("user", "user_id", "username", "logged_in", "csrf", "token", "email", "lang", "_flashes", "role"))


class Exposure(NamedTuple):
    """``model`` is a node's id; ``pages`` are those that receive the output, ``near`` those that are imported together with them."""

    model: str
    serve: Serve
    handler: Handler | None
    evidence: tuple[Span, ...]
    pages: tuple[Page, ...] = ()
    near: tuple[Page, ...] = ()


class Record(NamedTuple):
    asset: str
    access: Access
    handler: Handler | None
    evidence: tuple[Span, ...]


class Signal(NamedTuple):
    name: str
    evidence: tuple[Span, ...] = ()

    @property
    def confidence(self) -> float:
        return CONFIDENCE[self.name]


_PAGES = ("streamlit", "gradio", "chainlit", "shiny", "dash", "nicegui")
"""Libraries whose scripts are pages: what a script shows and what it asks stand on one page."""
_CONFIRM = ("streamlit.data_editor", "streamlit.experimental_data_editor", "gradio.Interface")
"""Where people mark or correct the very output that is shown."""


def own_page(shown: Exposure, record: Record) -> Signal | None:
    """One script is the page that shows an output and asks people: a table that they edit, answers that they flag."""
    shows = shown.serve.why.split(" ")[0]
    if shown.serve.unit.path != record.access.unit.path or shows.partition(".")[0] not in _PAGES:
        return None
    asked = {f.origin.what for f, _ in record.access.flows if isinstance(f.origin, World)}
    if shows in _CONFIRM and shows in asked:
        return Signal("framework")
    here = any(what.partition(".")[0] in _PAGES for what in asked)
    return Signal("near-page") if here else None


def button(shown: Exposure, record: Record) -> Signal | None:
    """A bot says what a model answered, and a button below its messages records what people press."""
    if shown.handler is None or record.handler is None or not chats.is_chat(shown.handler.route):
        return None
    return Signal("near-page") if chats.is_button(record.handler.route) and one_app(shown.handler, record.handler) else None


def token(shown: Exposure, record: Record) -> Signal | None:
    """An id made with the prediction goes out and is wanted back."""
    if shown.handler is None or record.handler is None or shown.handler == record.handler:
        return None
    out = {_plain(w) for w in (*shown.handler.gives, *shown.serve.keys)}
    back = {_plain(w) for w in record.handler.takes}
    made = {_plain(word) for word in shown.serve.tokens}
    return Signal("token") if made & back or any(_TOKEN.fullmatch(word) for word in out & back) else None


def page(shown: Exposure, record: Record) -> Signal | None:
    """The page that shows the output calls the handler that records, with something of what it shows."""
    if record.handler is None or shown.handler == record.handler:
        return None
    for name, group in (("page", shown.pages), ("near-page", shown.near)):
        for each, asked in requests(group):
            if carries(asked) and reaches(asked, record.handler, shown.handler):
                return Signal(name, (Span(each.path, asked.line),))
    return None


def mail(
    shown: Exposure, record: Record, links: Iterable[tuple[str, int, str]], leading: Iterable[tuple[Handler, tuple[Page, ...]]]
) -> Signal | None:
    """The message links to a route that records, or whose page does."""
    if shown.serve.kind != "mail" or record.handler is None:
        return None
    files = {span.path for span in shown.evidence}
    for path, line, url in links:
        bare = pages.segments(url)
        if path not in files or not (bare or "?" in url):
            continue
        for handler, group in leading:
            if not pages.leads("GET", url, handler.route):
                continue
            if handler == record.handler:
                return Signal("mail", (Span(path, line),))
            for each, asked in requests(group):
                if carries(asked) and reaches(asked, record.handler, handler):
                    at = Span(handler.place.path, handler.place.line)
                    return Signal("mail", (Span(path, line), at, Span(each.path, asked.line)))
    return None


def key(shown: Exposure, record: Record) -> Signal | None:
    """One application answers with ids of items and records rows with ids of items."""
    if shown.handler is None or record.handler is None or shown.handler == record.handler:
        return None
    if not one_app(shown.handler, record.handler):
        return None
    out = {_plain(w) for w in (*shown.handler.gives, *shown.serve.keys)}
    back = {w for w in map(_plain, record.handler.takes) if _ITEM.fullmatch(w)}
    same = {word.rstrip("s") for word in out if _ITEM.fullmatch(word)} & {word.rstrip("s") for word in back}
    return Signal("key") if same or _names_items(out, back) or (back and "id" in out and _lists_items(shown)) else None


def _names_items(out: set[str], back: set[str]) -> bool:
    """Whether an answer lists things under their name, ``items`` or ``similar_movies``, whose ids come back; or says that it recommends."""
    nouns = {re.sub(r"_?ids?$", "", word).rpartition("_")[2] for word in back} - {""}
    return any(word.rpartition("_")[2].removesuffix("s") in nouns and word.endswith("s") for word in out) or bool(
        back and any(_LISTED.fullmatch(word) for word in out)
    )


def _lists_items(shown: Exposure) -> bool:
    """Whether what is shown has ids beside names: rows of items, not an answer of its own."""
    return "id" in shown.serve.keys and len(shown.serve.keys) > 1


def session(shown: Exposure, record: Record) -> Signal | None:
    if shown.handler is None or record.handler is None or shown.handler == record.handler:
        return None
    both = set(shown.handler.session) & set(record.handler.session) - _COMMON
    return Signal("session") if both and one_app(shown.handler, record.handler) else None


def tag(shown: Exposure, record: Record) -> Signal | None:
    """A literal put where the output is shown decides what is recorded."""
    if record.handler is None:
        return None
    said = _said(shown, record.handler)
    lines = {place.line for place in record.access.chain if place.path == record.handler.place.path}
    found = [t for t in record.handler.tested if t.line in lines and t.equal and t.text in said]
    return Signal("tag", (Span(record.handler.place.path, found[0].line),)) if found else None


def is_dropped(shown: Exposure, record: Record) -> bool:
    """Whether the recording code throws away events of this source."""
    if record.handler is None:
        return False
    said = _said(shown, record.handler)
    lines = {place.line for place in record.access.chain if place.path == record.handler.place.path}
    return any(t.line in lines and not t.equal and (t.text in said or _SOURCE.search(t.text)) for t in record.handler.tested)


def _said(shown: Exposure, handler: Handler) -> set[str]:
    """Literals that the page sends to the recording handler, and that the answer gives as its source."""
    words = set(shown.handler.says if shown.handler is not None else ())
    for _, asked in requests((*shown.pages, *shown.near)):
        if reaches(asked, handler, shown.handler):
            words.update(asked.literals)
            words.update(pair.partition("=")[2] for pair in asked.url.partition("?")[2].split("&"))
    return {word for word in words if len(word) > 2 and word.isascii()}


def requests(group: Iterable[Page]) -> Iterator[tuple[Page, Asked]]:
    for each in group:
        for asked in each.asked:
            yield each, asked


def carries(asked: Asked) -> bool:
    """Whether a request names something of the page: a hole of its address or a value of the page that is not the user."""
    held = re.findall(r"\{([^{}]*)\}", asked.url)
    first_is_host = asked.url.startswith("{") and bool(held)
    holes = held[1:] if first_is_host and not asked.endpoint else held
    if any(not _USER.fullmatch(_root(hole)) for hole in holes) or (asked.endpoint and holes):
        return True
    return any(not _USER.fullmatch(word) for word in asked.page)


def _root(hole: str) -> str:
    """``encodeURIComponent(item.id)`` is about ``item.id``."""
    inner = re.search(r"\(([^()]*)\)", hole)
    return (inner[1] if inner and inner[1] else hole).partition("|")[0].strip() or "it"


def reaches(asked: Asked, handler: Handler, page_of: Handler | None) -> bool:
    """Whether a request leads to a handler: by its endpoint's name, or by its address; without one, to the page itself."""
    if asked.endpoint:
        name = re.split(r"[.:]", asked.endpoint)[-1]
        return name == handler.endpoint or name == handler.unit.name.rpartition(".")[2]
    if not asked.url:
        return page_of is not None and handler.route.partition(" ")[2] == page_of.route.partition(" ")[2]
    return pages.leads(asked.method, asked.url, handler.route)


def one_app(a: Handler, b: Handler) -> bool:
    """Handlers below one top folder, or at the root of the repository."""
    first, second = a.place.path.split("/"), b.place.path.split("/")
    return len(first) == 1 or len(second) == 1 or first[0] == second[0]


def is_user(word: str) -> bool:
    return bool(re.fullmatch(r"(user|customer|member|visitor|account|reader|client)s?(_?(id|name|key))?|uid", _plain(word)))


def is_item(word: str) -> bool:
    return bool(_ITEM.fullmatch(_plain(word)))


def _plain(word: str) -> str:
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", word).lower().replace("-", "_")
