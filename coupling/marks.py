"""Write ``coupling: ignore[CODE] reason`` into a file at one of a finding's hops, and change nothing else in it.

Comes in: the repository's folder, a finding, a reason. Goes out: an ``Edit``: the file's bytes before and after, of which every old byte
stays. Whether the comment is one is not guessed: the file is parsed before and after, and but for lines and the new comment both must say
the same. It runs no analysis.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from coupling import inplace
from coupling.core.errors import CouplingError
from coupling.core.facts import FileFacts, line_in_file
from coupling.core.graph import Finding
from coupling.core.source import SourceFile, Span
from coupling.discover import kind_of
from coupling.parsers import decode, parse
from coupling.parsers.remarks import style_of

LONGEST_REASON = 300
UTF8_BOM = b"\xef\xbb\xbf"
_TEST = re.compile(r"(?:^|/)(?:tests?/|test_|conftest\.)|_test\.")
_CELL_LINE = re.compile(r'(\s*)("(?:[^"\\]|\\.)*")(,?)\s*\Z')


class Edit(NamedTuple):
    """What is to change: ``line`` is where the comment will stand."""

    path: str
    line: int
    before: bytes
    after: bytes


class Refused(Exception):
    """Why no mark can stand at a place."""


def plan(root: Path, finding: Finding, reason: str, at: str = "") -> Edit:
    """The edit that accepts a finding, at the place ``FILE:LINE`` or else at the last hop that can hold a comment.

    Raises CouplingError when there is no such place, with what is in the way of each.
    """
    _check_reason(reason)
    refused: list[str] = []
    for span in _places(finding, at):
        try:
            return _edit(root, span, f"coupling: ignore[{finding.code}] {reason.strip()}")
        except (Refused, CouplingError) as error:
            refused.append(f"{span.path}:{span.line}: {error}")
    why = [f"  {each}" for each in dict.fromkeys(refused)] or ["  it has no place in a file"]
    raise CouplingError("no mark can be written:", *why, "Accept it in the configuration: `coupling explain` shows the lines")


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise CouplingError("a mark needs a reason: --reason 'why this is fine'")
    if len(reason) > LONGEST_REASON or not all(ch.isprintable() for ch in reason):
        raise CouplingError(f"a reason is one line of at most {LONGEST_REASON} printable letters")


def _places(finding: Finding, at: str) -> list[Span]:
    """The hops, the last first, for there the coupling closes; those in tests come after all others."""
    spans = [span for span in reversed(finding.path) if span.line]
    if not at:
        return sorted(spans, key=lambda span: bool(_TEST.search(span.path)))
    file, _, number = at.rpartition(":")
    path = posixpath.normpath(file.replace("\\", "/"))
    found = [span for span in spans if span.path == path and str(span.line) == number]
    if not found:
        known = ", ".join(dict.fromkeys(f"{span.path}:{span.line}" for span in finding.path if span.line))
        raise CouplingError(f"the finding does not pass `{at}`; it passes {known}")
    return found[:1]


def _edit(root: Path, span: Span, comment: str) -> Edit:
    file = root / span.path
    inplace.check(root, file)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Refused(f"cannot be read: {error.strerror}") from error
    kind = kind_of(span.path, lambda _: data)
    source = SourceFile(span.path, kind, len(data))
    before = parse(source, data)
    for line, after in _candidates(kind, span, data, comment, before):
        if _says_the_same(before, parse(source, after), comment, line):
            return Edit(span.path, line, data, after)
    raise Refused("a comment there would change what the code says")


def _candidates(kind: str, span: Span, data: bytes, comment: str, before: FileFacts) -> Iterator[tuple[int, bytes]]:
    """A line of its own above the place, then the end of its line; first the end where a mark above would lose its place."""
    encoding = _encoding(data)
    lines = data.split(b"\n")
    if not 0 < span.line <= len(lines):
        raise Refused("the file has changed since it was read")
    here = span.line - 1
    try:
        text = comment.encode(encoding)
        if kind == "notebook":
            yield span.line, _joined(lines, here, [_cell_line(lines[here], comment, encoding), lines[here]])
            return
        opener, closer = _syntax(kind, span, data)
    except UnicodeEncodeError as error:
        raise Refused(f"the file is {encoding} and cannot hold the reason") from error
    mark = opener.encode() + b" " + text + (b" " + closer.encode() if closer else b"")
    own = (span.line, _joined(lines, here, _above(lines, here, mark)))
    end = (span.line, _joined(lines, here, [_behind(lines[here], mark)]))
    marked = any(comment.line == span.line - 1 and comment.text.startswith("ignore") for comment in before.comments)
    yield from (end, own) if marked else (own, end)


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("the file is UTF-16, which is not edited")
    if b"\r" in data.replace(b"\r\n", b""):
        raise Refused("the file has line ends of old Macs, which are not edited")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _syntax(kind: str, span: Span, data: bytes) -> tuple[str, str]:
    """How a comment begins and ends in the language of the place."""
    style = style_of(kind, span.path)
    if kind == "json" or not kind:
        raise Refused("this format has no comments")
    if style == "page":
        above = decode(data).split("\n")[: span.line - 1]
        opened, closed = ("\n".join(above).lower().rfind(word) for word in ("<script", "</script"))
        style = "script" if opened > closed else "notes"
    return {"sql": ("--", ""), "script": ("//", ""), "notes": ("<!--", "-->")}.get(style, ("#", ""))


def _above(lines: Sequence[bytes], here: int, mark: bytes) -> list[bytes]:
    bom = UTF8_BOM if here == 0 and lines[0].startswith(UTF8_BOM) else b""
    line = lines[here][len(bom) :]
    indent = line[: len(line) - len(line.lstrip(b" \t"))]
    return [bom + indent + mark + _return(lines, here), line]


def _behind(line: bytes, mark: bytes) -> bytes:
    """The mark at a line's end, two spaces from what stands there; spaces at the end stay."""
    bare = line.removesuffix(b"\r")
    space = b" " * max(0, 2 - (len(bare) - len(bare.rstrip(b" "))))
    return bare + space + mark + line[len(bare) :]


def _return(lines: Sequence[bytes], here: int) -> bytes:
    """The ``\\r`` of the file's line ends: of the line itself or, for a last line without an end, of one before."""
    return b"\r" if any(line.endswith(b"\r") for line in lines[max(0, here - 1) : here + 1]) else b""


def _cell_line(line: bytes, comment: str, encoding: str) -> bytes:
    """The comment as a line of a notebook's cell, above this one."""
    match = _CELL_LINE.match(line.decode(encoding))
    if match is None:
        raise Refused("the cell is not written one line a line")
    code = json.loads(match[2])
    indent = code[: len(code) - len(code.lstrip(" \t"))]
    end = b"\r" if line.endswith(b"\r") else b""
    return f"{match[1]}{json.dumps(f'{indent}# {comment}' + chr(10), ensure_ascii=False)},".encode(encoding) + end


def _joined(lines: Sequence[bytes], here: int, new: Sequence[bytes]) -> bytes:
    return b"\n".join([*lines[:here], *new, *lines[here + 1 :]])


def _says_the_same(before: FileFacts, after: FileFacts, comment: str, line: int) -> bool:
    said = comment.removeprefix("coupling: ")
    added = [each for each in after.comments if each.text == said and line_in_file(each.line, after.cells) == line]
    return len(after.comments) == len(before.comments) + 1 and bool(added) and _bare(before) == _bare(after)


def _bare(facts: FileFacts) -> object:
    """What a file says, without its lines."""
    values = tuple(value._replace(line=0) for value in facts.values)
    scopes = tuple(scope._replace(line=0, end_line=0) for scope in facts.scopes)
    return values, scopes, sorted(problem.what for problem in facts.problems), len(facts.cells)
