"""YAML, TOML, JSON, INI and .env: values, lines, and what is refused."""

from __future__ import annotations

import time

import pytest

from coupling.parsers.tree import Unreadable, read_json, read_yaml
from tests.parsers.lowered import facts, problems, show


def data(kind: str, text: str, path: str) -> str:
    found = facts(kind, text, path)
    assert not found.problems
    return show(found, dict(found.scopes[0].names)["__data__"])


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.yaml", "a: {b: [1, x, null, yes]}", "dict('a', dict('b', list(number:1, 'x', none(), bool:True())))"),
        ("a.yml", "a: &x [1]\nb: *x", "dict('a', list(number:1), 'b', list(number:1))"),
        ("a.yaml", "a: &x {c: 1}\nb:\n  <<: *x", "dict('a', dict('c', number:1), 'b', dict(-, dict('c', number:1)))"),
        ("a.yaml", "a: '1'\nb: !!python/object/apply:os.system [x]", "dict('a', '1', 'b', list('x'))"),
        ("a.yaml", "a: 1\n---\na: 2", "list(dict('a', number:1), dict('a', number:2))"),
        ("a.yaml", "", "dict()"),
        ("a.toml", "a = 1\n[b.c]\nd = ['x', true]\n", "dict('a', number:1, 'b', dict('c', dict('d', list('x', bool:True()))))"),
        ("a.toml", "a = 2024-01-02", "dict('a', '2024-01-02')"),
        ("a.json", '{"a": [1.5e3, "x\\n", false, null, {}]}', "dict('a', list(number:1.5e3, 'x\\n', bool:False(), none(), dict()))"),
        ("a.ini", "x = 1\n[s]\nA: b\n", "dict('x', '1', 's', dict('A', 'b'))"),
        (".env", "export A='d/x.csv' # c\nB=1\n#C=2\n", "dict('A', 'd/x.csv', 'B', '1')"),
    ],
)
def test_values(path: str, text: str, expected: str) -> None:
    kind = {"yml": "yaml", "env": "env"}.get(path.rsplit(".", 1)[-1], path.rsplit(".", 1)[-1])
    assert data(kind, text, path) == expected


@pytest.mark.parametrize(
    "line", ["API_KEY=abc", "A_TOKEN=x", "PASSWORD=x", "URL=https://u:p@h/x", "A=sk1234567890abcdefghijkl", "A=my secret"]
)
def test_secrets_of_the_environment_are_only_names(line: str) -> None:
    assert data("env", line, ".env") == f"dict('{line.partition('=')[0]}', none())"


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("a.yaml", "a:\n  b:\n    c: x\n", 3),
        ("a.toml", "[t]\n\nc = 'x'\n", 3),
        ("a.json", '{\n"a":\n\n"x"}', 4),
        ("a.ini", "[s]\nc = x\n", 2),
    ],
)
def test_lines(path: str, text: str, line: int) -> None:
    found = facts(path.split(".")[1], text, path)
    assert next(value.line for value in found.values if value.text == "x") == line


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        ("a.yaml", "a: [1\nb: }", "not YAML"),
        ("a.yaml", "a: *nowhere", "alias"),
        ("a.yaml", "[" * 200 + "]" * 200, "nested more than 100 deep"),
        ("a.json", '{"a": ', "not JSON"),
        ("a.json", '{"a": 1} x', "more text"),
        ("a.json", "[" * 100_000, "nested more than 100 deep"),
        ("a.toml", "[a", "not TOML"),
        ("a.ini", "[a]\n  = b", "not INI"),
    ],
)
def test_what_cannot_be_read_is_a_problem(path: str, text: str, why: str) -> None:
    assert [why in what for what in problems(facts(path.split(".")[1], text, path))] == [True]


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    text += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    before = time.process_time()
    with pytest.raises(Unreadable, match="aliases"):
        read_yaml(text)
    assert time.process_time() - before < 2


def test_shared_aliases_are_one_value() -> None:
    found = facts("yaml", "a: &a [1, 2]\nb: [" + "*a, " * 1000 + "]\n", "a.yaml")
    assert len(found.values) < 20


def test_json_agrees_on_blanks_and_ends() -> None:
    node = read_json(' [ 1 , { "a" : [ ] } ] ')
    assert [item.kind for item in node.items] == ["number", "dict"]


def test_comments_name_their_line() -> None:
    found = facts("toml", "# coupling: ignore x\na = 1 # coupling: y\n", "a.toml")
    assert [(comment.line, comment.text) for comment in found.comments] == [(1, "ignore x"), (2, "y")]
