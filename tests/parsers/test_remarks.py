"""``coupling:`` comments in every language that is read, and what looks like one."""

from __future__ import annotations

import json

import pytest

from coupling.core.source import SourceFile
from coupling.discover import kind_of
from coupling.parsers import parse

Found = list[tuple[int, str, bool]]


def remarks(path: str, text: str) -> Found:
    facts = parse(SourceFile(path, kind_of(path), len(text)), text.encode())
    return [(comment.line, comment.text, comment.alone) for comment in facts.comments]


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("a.py", "# coupling: x y\nf()  # coupling: z\n", [(1, "x y", True), (2, "z", False)]),
        ("a.py", "def f():\n\t#coupling:x\n\treturn '# coupling: no'\n", [(2, "x", True)]),
        ("a.py", '"""\n# coupling: no\n"""\nf(  # coupling: x\n)\n', [(4, "x", False)]),
        ("a.py", "# see coupling: no\n", []),
        ("a.py", "print 'old'  # coupling: x\n", [(1, "x", False)]),
        ("a.sql", "-- coupling: x\nselect 1 /* coupling: y */ from t\n", [(1, "x", True), (2, "y", False)]),
        ("a.sql", "{# coupling: x #}\n{#- coupling: y -#}\nselect '-- coupling: no'\n", [(1, "x", True), (2, "y", True)]),
        ("a.yaml", "# coupling: x\na: it's b  # coupling: y\nc: '# coupling: no'\n", [(1, "x", True), (2, "y", False)]),
        ("dvc.yaml", "stages:\n  a:  # coupling: x\n    cmd: ls\n", [(2, "x", False)]),
        (".gitlab-ci.yml", "# coupling: x\na:\n  script: ls\n", [(1, "x", True)]),
        ("docker-compose.yml", "services: {}  # coupling: x\n", [(1, "x", False)]),
        ("a.toml", "a = 1  # coupling: x\nb = '# coupling: no'\n", [(1, "x", False)]),
        ("a.ini", "; coupling: x\n[a]\nb = c\n", [(1, "x", True)]),
        (".env", "A=b\n# coupling: x\n", [(2, "x", True)]),
        ("a.sh", "ls # coupling: x\necho '# coupling: no'\n", [(1, "x", False)]),
        ("Makefile", "a: b\n\tls  # coupling: x\n", [(2, "x", False)]),
        ("Dockerfile", "FROM x\n# coupling: x\nRUN ls\n", [(2, "x", True)]),
        ("Procfile", "# coupling: x\nweb: ls\n", [(1, "x", True)]),
        ("MLproject", "# coupling: x\nname: a\n", [(1, "x", True)]),
        ("project.yml", "# coupling: x\ncommands: []\n", [(1, "x", True)]),
        ("a.js", "f() // coupling: x\n/* coupling: y */\nlet a = '// coupling: no'\n", [(1, "x", False), (2, "y", True)]),
        ("a.ts", "// coupling: x\n", [(1, "x", True)]),
        ("a.html", "<p>don't</p> <!-- coupling: x -->\n{# coupling: y #}\n", [(1, "x", False), (2, "y", True)]),
        ("a.vue", "<script>\nf() // coupling: x\n</script>\n", [(2, "x", False)]),
        ("a.md", "<!-- coupling: x -->\n```sh\nls # coupling: y\n```\n", [(1, "x", True), (3, "y", False)]),
        ("a.md", "```py\n# coupling: no\n```\n# coupling: no\n", []),
        ("a.json", '{"a": "# coupling: no"}', []),
    ],
)
def test_each_language_has_its_comments(path: str, text: str, found: Found) -> None:
    assert remarks(path, text) == found


def test_a_notebook_has_those_of_its_cells() -> None:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": ["f()\n", "# coupling: x\n", "g()"]}
    found = remarks("a.ipynb", json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1))
    assert found == [(2, "x", True)]
