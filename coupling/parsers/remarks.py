"""``coupling:`` comments of every format but Python, whose parser knows its own strings.

Comes in: a text and the style of its comments. Goes out: a ``Comment`` a remark. A remark is one comment on one line; a mark inside a
string is none. It does not know what a remark says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from coupling.core.facts import Comment

WORD = "coupling:"
STYLES = {
    "hash": ("#",),
    "ini": ("#", ";", "!"),
    "sql": ("--", "/*", "{#", "#"),
    "script": ("//", "/*"),
    "page": ("<!--", "{#", "<%#", "//", "/*"),
    "notes": ("<!--",),
}
"""What begins a comment."""
_CLOSERS = {"/*": "*/", "{#": "#}", "<!--": "-->", "<%#": "%>"}
_REMARKS = {
    style: re.compile(rf"(?:^|(?<=[\s;,>{{(]))({'|'.join(map(re.escape, openers))})[-*]*\s*coupling:\s*(.*)")
    for style, openers in STYLES.items()
}
_SCRIPTS = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx")
_BY_KIND = {"sql": "sql", "text": "hash"}
_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*\{?\.?([\w+-]*)")
_SHELLS = ("sh", "bash", "shell", "zsh", "console")


def style_of(kind: str, path: str) -> str:
    """The style of a file that its parser leaves to this module, '' for one that it does not."""
    if kind == "web":
        return "script" if path.lower().endswith(_SCRIPTS) else "page"
    return "notes" if kind == "markdown" else _BY_KIND.get(kind, "")


def find(style: str, text: str) -> tuple[Comment, ...]:
    """The remarks of a text."""
    if WORD not in text:
        return ()
    return tuple(_notes(text) if style == "notes" else _all(style, text))


def _all(style: str, text: str) -> Iterator[Comment]:
    for number, line in enumerate(text.split("\n"), 1):
        if WORD in line and (found := _remark(style, line, number)):
            yield found


def _remark(style: str, line: str, number: int) -> Comment | None:
    for match in _REMARKS[style].finditer(line):
        before = line[: match.start()]
        if not _in_string(before):
            closer = _CLOSERS.get(match[1], "")
            said = match[2].partition(closer)[0] if closer else match[2]
            return Comment(number, said.rstrip(" -" if closer == "#}" else None), not before.strip())
    return None


def _in_string(before: str) -> bool:
    """Whether a string is open at the end of a line's beginning. A quote inside a word (``don't``) opens none."""
    quote, last = "", ""
    for ch in before:
        if quote:
            quote = "" if ch == quote and last != "\\" else quote
        elif ch in "\"'`" and not last.isalnum():
            quote = ch
        last = ch
    return bool(quote)


def _notes(text: str) -> Iterator[Comment]:
    """Markdown: between its paragraphs, and in what people are told to type. Code that is only shown says nothing."""
    fence, language = "", ""
    for number, line in enumerate(text.split("\n"), 1):
        match = _FENCE.match(line)
        if match and not fence:
            fence, language = match[1], match[2].lower()
        elif match and line.strip().startswith(fence) and not match[2]:
            fence = ""
        elif WORD in line and (not fence or language in _SHELLS) and (found := _remark("hash" if fence else "notes", line, number)):
            yield found
