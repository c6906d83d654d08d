"""Marks in files of every language: what is written, that every old byte stays, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coupling import marks
from coupling.core.errors import CouplingError
from coupling.core.graph import Finding
from coupling.core.source import Span

WORD = "coupling: ignore[CPL101] fine"


def finding(*places: tuple[str, int]) -> Finding:
    spans = tuple(Span(path, line) for path, line in places)
    return Finding("feedback-loop", "CPL101", "error", "exact", "m", spans, ("",) * len(spans), (-1,) * len(spans), fingerprint="abcd1234")


def marked(root: Path, path: str, data: bytes, line: int, reason: str = "fine") -> bytes:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(data)
    edit = marks.plan(root, finding((path, line)), reason)
    assert (edit.path, edit.before) == (path, data)
    return edit.after


PLAIN = b"import x\n\n\ndef f():\n    x.g()\n"


@pytest.mark.parametrize(
    ("path", "before", "line", "after"),
    [
        ("a.py", PLAIN, 5, PLAIN.replace(b"    x.g", b"    # WORD\n    x.g")),
        ("a.py", PLAIN.replace(b"\n", b"\r\n"), 5, PLAIN.replace(b"    x.g", b"    # WORD\n    x.g").replace(b"\n", b"\r\n")),
        ("a.py", b"if 1:\n\tf()", 2, b"if 1:\n\t# WORD\n\tf()"),
        ("a.py", b"if 1:\r\n\tf()", 2, b"if 1:\r\n\t# WORD\r\n\tf()"),
        ("a.py", b"\xef\xbb\xbff()\n", 1, b"\xef\xbb\xbf# WORD\nf()\n"),
        ("a.py", b"f(\n  a,\n  b.c(),\n)\n", 3, b"f(\n  a,\n  # WORD\n  b.c(),\n)\n"),
        ("a.py", b"x = a + \\\n  f()\n", 2, b"x = a + \\\n  f()  # WORD\n"),
        ("a.py", b"x = '''\n''' + f()\n", 2, b"x = '''\n''' + f()  # WORD\n"),
        ("a.py", b"if a:\n  f()\nelif g():\n  h()\n", 3, b"if a:\n  f()\n# WORD\nelif g():\n  h()\n"),
        ("a.py", b"print 'old', f()\nexec 'x'\n", 1, b"# WORD\nprint 'old', f()\nexec 'x'\n"),
        ("a.py", "# coding: latin-1\nf('é')\n".encode("latin-1"), 2, "# coding: latin-1\n# WORD\nf('é')\n".encode("latin-1")),
        ("a.py", b"# coupling: ignore[CPL201] old\nf()\n", 2, b"# coupling: ignore[CPL201] old\nf()  # WORD\n"),
        ("a.py", b"f()  # coupling: ignore[CPL201] old\ng()\n", 2, b"f()  # coupling: ignore[CPL201] old\ng()  # WORD\n"),
        ("a.sql", b"select 1;\n  insert into t select a from b;\n", 2, b"select 1;\n  -- WORD\n  insert into t select a from b;\n"),
        (
            "a.sql",
            b"{{ config(x='y') }}\nselect a from {{ ref('b') }}\n",
            2,
            b"{{ config(x='y') }}\n-- WORD\nselect a from {{ ref('b') }}\n",
        ),
        ("c.yaml", b"a:\n  b: c\n", 2, b"a:\n  # WORD\n  b: c\n"),
        ("dvc.yaml", b"stages:\n  a:\n    cmd: ls\n", 3, b"stages:\n  a:\n    # WORD\n    cmd: ls\n"),
        ("a.sh", b"#!/bin/sh\ncp a b\n", 2, b"#!/bin/sh\n# WORD\ncp a b\n"),
        ("c.toml", b"a = 1\nb = 2\n", 2, b"a = 1\n# WORD\nb = 2\n"),
        ("Makefile", b"a: b\n\tcp b a\n", 1, b"# WORD\na: b\n\tcp b a\n"),
        ("Dockerfile", b"FROM x\nRUN ls\n", 2, b"FROM x\n# WORD\nRUN ls\n"),
        ("a.js", b"let a = 1\n  fetch('/x')\n", 2, b"let a = 1\n  // WORD\n  fetch('/x')\n"),
        ("a.html", b"<p>\n<a href='/x'>y</a>\n", 2, b"<p>\n<!-- WORD -->\n<a href='/x'>y</a>\n"),
        ("a.html", b"<script>\nfetch('/x')\n</script>\n", 2, b"<script>\n// WORD\nfetch('/x')\n</script>\n"),
    ],
)
def test_each_language_has_its_comment_and_the_rest_stays(tmp_path: Path, path: str, before: bytes, line: int, after: bytes) -> None:
    assert marked(tmp_path, path, before, line) == after.replace(b"WORD", WORD.encode())


def test_a_notebook_keeps_its_form(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": ["if é:\n", "    f()\n", "g()"]}
    book = {"cells": [cell], "metadata": {"x": 1.50}, "nbformat": 4, "nbformat_minor": 5}
    before = json.dumps(book, indent=1, ensure_ascii=False).encode()
    for code, new in (('"    f()\\n",', '"    # WORD\\n",'), ('"g()"', '"# WORD\\n",')):
        line = before.decode().split("\n").index(f"    {code}") + 1
        after = marked(tmp_path, "n.ipynb", before, line).decode()
        assert after.split("\n")[line - 1] == "    " + new.replace("WORD", WORD)
        assert "\n".join([*after.split("\n")[: line - 1], *after.split("\n")[line:]]).encode() == before


@pytest.mark.parametrize(
    ("path", "data", "line", "why"),
    [
        ("n.ipynb", b'{"cells": [{"cell_type": "code", "source": "f()"}], "nbformat": 4}', 1, "the cell is not written one line a line"),
        ("a.json", b'{\n"a": 1}', 2, "this format has no comments"),
        ("a.py", b"x = '''\nf()\n'''\n", 2, "a comment there would change what the code says"),
        ("c.yaml", b"a: |\n  f\n  g\n", 3, "a comment there would change what the code says"),
        ("a.py", "f()\n".encode("utf-16"), 1, "the file is UTF-16"),
        ("a.py", b"a()\rf()\n", 1, "line ends of old Macs"),
        ("a.py", b"f()\n", 9, "the file has changed since it was read"),
    ],
)
def test_what_cannot_hold_a_mark_is_refused(tmp_path: Path, path: str, data: bytes, line: int, why: str) -> None:
    with pytest.raises(CouplingError, match=why):
        marked(tmp_path, path, data, line)
    assert (tmp_path / path).read_bytes() == data


def test_a_reason_has_to_fit_the_file(tmp_path: Path) -> None:
    with pytest.raises(CouplingError, match="latin-1 and cannot hold the reason"):
        marked(tmp_path, "a.py", "# coding: latin-1\nf('é')\n".encode("latin-1"), 2, "日本")
    assert "日本".encode() in marked(tmp_path, "a.py", b"f()\n", 1, "日本")


@pytest.mark.parametrize("reason", ["", "  ", "a\nb", "a\x1b[31m", "x" * 301, "\ud800"])
def test_a_reason_is_one_plain_line(tmp_path: Path, reason: str) -> None:
    with pytest.raises(CouplingError, match="reason"):
        marked(tmp_path, "a.py", b"f()\n", 1, reason)


def test_a_reason_does_not_end_the_comment(tmp_path: Path) -> None:
    with pytest.raises(CouplingError, match="would change what the code says"):
        marked(tmp_path, "a.html", b"<a href='/x'>y</a>\n", 1, "--> <script>")


def test_the_last_hop_that_can_is_marked(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("f()\n")
    (tmp_path / "b.json").write_text("{}\n")
    edit = marks.plan(tmp_path, finding(("x.py", 1), ("a.py", 1), ("b.json", 1)), "fine")
    assert (edit.path, edit.line) == ("a.py", 1)


def test_a_test_is_marked_when_nothing_else_can_be(tmp_path: Path) -> None:
    for name in ("a.py", "test_a.py"):
        (tmp_path / name).write_text("f()\n")
    assert marks.plan(tmp_path, finding(("a.py", 1), ("test_a.py", 1)), "fine").path == "a.py"
    assert marks.plan(tmp_path, finding(("test_a.py", 1)), "fine").path == "test_a.py"


def test_a_place_can_be_named_if_the_finding_passes_it(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("f()\ng()\n")
    both = finding(("a.py", 1), ("a.py", 2))
    assert marks.plan(tmp_path, both, "fine", "./a.py:1").after.startswith(b"# coupling")
    with pytest.raises(CouplingError, match=r"the finding does not pass `a\.py:3`; it passes a\.py:1, a\.py:2"):
        marks.plan(tmp_path, both, "fine", "a.py:3")


def test_nothing_outside_or_behind_a_link_is_touched(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    root.mkdir()
    (tmp_path / "a.py").write_text("f()\n")
    (root / "l.py").symlink_to(tmp_path / "a.py")
    (root / "folder").symlink_to(tmp_path)
    for path, why in (("../a.py", "lies outside"), ("l.py", "`l.py` is a symbolic link"), ("folder/a.py", "`folder` is a symbolic link")):
        with pytest.raises(CouplingError, match=why):
            marks.plan(root, finding((path, 1)), "fine")


def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("f()\n")
    (tmp_path / "a.py").chmod(0o444)
    with pytest.raises(CouplingError, match="read-only"):
        marks.plan(tmp_path, finding(("a.py", 1)), "fine")
