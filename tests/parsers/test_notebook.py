"""Notebooks and magics: the same lines as Python, and back to the file."""

from __future__ import annotations

import ast
import json

import pytest

from coupling.parsers.magics import rewrite_cell, rewrite_magics
from tests.parsers.lowered import effects, facts, problems

MAGICS = [
    ("x = 1\n", "x = 1\n"),
    ("!ls a", '__shell__("ls a")'),
    ("if x:\n    !ls", 'if x:\n    __shell__("ls")'),
    ("x = !ls", 'x = __shell__("ls")'),
    ("!t {a.b} ${C} {d,e}", '__shell__("t " + (a.b) + " ${C} {d,e}")'),
    ('!t "q"', '__shell__("t \\"q\\"")'),
    ("!t \\\n  x", '__shell__("""t \\\\\n  x""")'),
    ("%run a.py b", '__run__("a.py b")'),
    ("%cd d\n!ls", '__cd__("d")\n__shell__("ls")'),
    ("cd d", '__cd__("d")'),
    ("ls d/e f", '__shell__("ls d/e f")'),
    ("%env A=b", '__env__("A=b")'),
    ("df = %sql SELECT 1", 'df = __sql__("SELECT 1")'),
    ("%matplotlib inline\n%load_ext x", "pass\npass"),
    ("%time f(x)", "f(x)"),
    ("x?", "pass"),
    ("?x", "pass"),
    ("%%bash\nls\ncp a b", '__shell__("""\nls\ncp a b""")'),
    ("# c\n%%sql df <<\nSELECT 1", '# c\ndf = __sql__("""\nSELECT 1""")'),
    ("%%bigquery df --project x\nSELECT 1", 'df = __sql__("""\nSELECT 1""")'),
    ("%%time\nx = 1\n!ls", 'pass\nx = 1\n__shell__("ls")'),
    ("%%writefile a.py\nx = 1", '__writefile__(\'a.py\', """\nx = 1""")'),
    ("%%html\n<p>", "# html\n# <p>"),
    ("%%unknown\nx = 1", "pass\nx = 1"),
    ("%sql\nSELECT 1", '__sql__("""\nSELECT 1""")'),
    ('x = """\n!no\n"""\n!yes', 'x = """\n!no\n"""\n__shell__("yes")'),
    ("x = (a\n % b)", "x = (a\n % b)"),
]


@pytest.mark.parametrize(("text", "expected"), MAGICS, ids=[text for text, _ in MAGICS])
def test_magic(text: str, expected: str) -> None:
    found = rewrite_cell(text)
    assert found == expected
    assert found.count("\n") == text.count("\n")
    ast.parse(found)


def test_databricks_files() -> None:
    text = "# Databricks notebook source\nx = 1\n# COMMAND ----------\n# MAGIC %sql\n# MAGIC SELECT 'a'\n"
    text += "# COMMAND ----------\n# MAGIC %run ./b\n# MAGIC %md\ny = 2"
    found = rewrite_magics(text)
    assert found.count("\n") == text.count("\n")
    assert '\n__sql__("""\nSELECT \'a\'""")\n' in found
    assert '__run__("./b")' in found
    ast.parse(found)


def test_plain_python_is_left_alone() -> None:
    assert rewrite_magics("x = 1  # MAGIC\n") == "x = 1  # MAGIC\n"


def notebook(*cells: object, language: str = "python", **extra: object) -> str:
    body = {"cells": list(cells), "metadata": {"kernelspec": {"language": language}}, "nbformat": 4, **extra}
    return json.dumps(body, indent=1)


def code(*source: str) -> dict[str, object]:
    return {"cell_type": "code", "outputs": [{"text": ["bad("]}], "source": list(source)}


def test_cells_are_one_program_and_map_back() -> None:
    text = notebook({"cell_type": "markdown", "source": ["f(0)"]}, code("a = 1\n", "f(a)"), code("g(a)"))
    found = facts("notebook", text, "n.ipynb")
    rows = text.split("\n")
    assert [(start, number, rows[line - 1].strip(' ",')) for start, number, line in found.cells] == [(1, 2, "a = 1\\n"), (3, 3, "g(a)")]
    assert len(effects(found)) == 2
    assert found.parser == "notebook"
    assert dict(found.scopes[0].names).keys() == {"a"}


def test_a_source_may_be_one_text() -> None:
    found = facts("notebook", notebook({"cell_type": "code", "source": "f(1)\nf(2)"}), "n.ipynb")
    assert len(effects(found)) == 2


def test_format_three() -> None:
    sheets = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["f(1)"], "language": "python"}]}], "nbformat": 3, "metadata": {}}
    assert len(effects(facts("notebook", json.dumps(sheets), "n.ipynb"))) == 1


def test_a_bad_cell_costs_only_itself() -> None:
    found = facts("notebook", notebook(code("f(1)"), code("print print 'x'"), code("f(2)")), "n.ipynb")
    assert len(effects(found)) == 2
    assert problems(found) == ["cell 2 is not Python"]
    assert found.problems[0].span.cell == 2


def test_other_kernels() -> None:
    assert problems(facts("notebook", notebook(code("x"), language="R"), "n.ipynb")) == ["a notebook in r, which is not read"]
    assert "__sql__" in "".join(effects(facts("notebook", notebook(code("SELECT 1"), language="sql"), "n.ipynb")))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 3}', '{"cells": [1, {"cell_type": "code"}]}', "[" * 5000])
def test_odd_notebooks(text: str) -> None:
    found = facts("notebook", text, "n.ipynb")
    assert not found.scopes or not effects(found)
