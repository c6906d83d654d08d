"""Python that the running Python cannot parse is read all the same, with its lines, and a broken part hides no other."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coupling.core.facts import FileFacts
from coupling.core.source import SourceFile
from coupling.parsers import parse
from coupling.parsers.python import mend
from coupling.parsers.python.newsyntax import rewritten
from coupling.parsers.python.oldsyntax import modern
from coupling.parsers.python.tokens import tokenize

NEWER = '''type Rows[T] = dict[str, T]
class Box[T](Base):
    def load[U: int](self, kind: type[U]) -> U:
        return f"{self.d["a"]}/{"-".join(x)}{kind!r:>{n}}"
TEXT = f"""{f"{x["q"]}"}
more"""
PAGE = t"{TEXT}/{x["b"]}"
try:
    pass
except ValueError, KeyError:
    pass
'''

OLDER = [
    ('print "a %s" % x, y  # why', 'print( "a %s" % x, y)  # why'),
    ("print >>f, x", "print(  x, file=f)"),
    ("print >>f", "print( file=f)"),
    ("print", "print()"),
    ("print (a), b", "print( (a), b)"),
    ("if x: print y; z()", "if x: print( y); z()"),
    ("exec code in space", "exec( code , space)"),
    ("raise E, 'm'", "raise ( E, 'm')"),
    ("x = `a` + 0777 + 10L", "x = repr(a) + 0o777 + 10"),
    ("x = a <> ur'b'", "x = a != r'b'"),
    ("try: pass\nexcept (A, B), e: pass", "try: pass\nexcept (A, B) as e: pass"),
    ("f(lambda (k, v): k)", "f(lambda  _k_v: k)"),
    ("def f(a, (b, c)): pass", "def f(a,  _b_c): pass"),
]

UNCHANGED = [
    "print(a)",
    "print(a, b)  # x",
    "print = 1",
    "print.x",
    "exec(a, b)",
    "x = 0",
    "print(a).b",
    "x = print",
    "print(a); b",
    "raise E from x",
]
MAGICS = "# Databricks notebook source\n# MAGIC %sql\n# MAGIC SELECT 1\n# COMMAND ----------\nf()\n"
SAVED = "import a\n!ls data\n%matplotlib inline\nf()\n"
PIECES = ["f'", '"', "'''", "{", "}", "(", ")", "print ", "x", "\n", "    ", "def f", ":", "except A, e", "`", "\\", ","]


@pytest.mark.parametrize(("old", "new"), OLDER)
def test_python_2(old: str, new: str) -> None:
    assert modern(old) == new
    assert modern(f"if x:\n\t{old}".replace("\n", "\n\t")) == f"if x:\n\t{new}".replace("\n", "\n\t").expandtabs(8)


@pytest.mark.parametrize("text", UNCHANGED)
def test_python_3_stays_as_it_is(text: str) -> None:
    assert modern(text) == text


def test_newer_syntax_keeps_its_lines() -> None:
    mended = mend(NEWER + "(")
    assert mended is not None
    assert mended[0].count("\n") == NEWER.count("\n")
    changed = rewritten(NEWER)
    assert changed is not None
    assert changed.count("\n") == NEWER.count("\n")
    rows = changed.split("\n")
    assert rows[:3] == ["Rows = dict[str, T]", "class Box(Base):", "    def load(self, kind: type[U]) -> U:"]
    assert [part.line for part in mended[1]] == [NEWER.count("\n") + 1]


def test_a_broken_statement_hides_nothing_else() -> None:
    text = "import a\ndef f():\n    x = a.one()\n    y = = 2\n    return a.two(x)\nfoo(1,\ndef g():\n    a.three()\n"
    facts = _facts(text)
    assert {value.text for value in facts.values if value.op == "attr"} == {"one", "two", "three"}
    assert [problem.span.line for problem in facts.problems] == [4, 6]
    assert all(problem.what.startswith("part left out, syntax not readable: ") for problem in facts.problems)


def test_many_broken_statements_are_told_briefly() -> None:
    problems = _facts("x = = 1\n" * 50).problems
    assert len(problems) == 21
    assert "and 30 more parts" in problems[-1].what


def test_databricks_files_and_saved_notebooks() -> None:
    for text in (MAGICS, SAVED):
        facts = _facts(text)
        assert not facts.problems
        assert {"__sql__", "__shell__"} & {value.text for value in facts.values if value.op == "free"}


HOSTILE = {
    "nested brackets": "x = " + "(" * 3000 + "1" + ")" * 3000 + "\nf()\n",
    "lambdas": "x = " + "lambda:" * 5000 + "1\nf()\n",
    "powers": "x = " + "a**" * 5000 + "1\nf()\nprint 1\n",
    "branches": "if a:\n    f()\n" + "elif b:\n    print 1\n" * 5000 + "f()\n",
    "open f-strings": 'f"{' * 20000 + "\nf()\n",
    "open quotes": "'" * 100001 + "\nf()\n",
    "deep blocks": "".join(" " * i + "if x:\n" for i in range(150)) + " " * 150 + "= =\nf()\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_ends_soon_and_keeps_the_rest(name: str) -> None:
    start = time.process_time()
    facts = _facts(HOSTILE[name])
    assert time.process_time() - start < 5
    assert "f" in {value.text for value in facts.values if value.op == "free"} or facts.problems


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_tokens_are_the_text_and_mending_keeps_the_rows(text: str) -> None:
    assert "".join(token.text for token in tokenize(text)) == text
    mended = mend(text)
    assert mended is None or mended[0].count("\n") == text.count("\n")


def _facts(text: str) -> FileFacts:
    return parse(SourceFile("a.py", "python", len(text)), text.encode())
