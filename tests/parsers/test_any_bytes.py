"""Whatever the bytes: a parser answers with facts whose numbers hold, and never raises."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coupling.core.facts import OPS, FileFacts
from coupling.core.source import SourceFile
from coupling.parsers import PARSERS, decode, parse

KINDS = sorted({kind for kind, _ in PARSERS} | {"web", "unheard-of"})
PATHS = {"dvc": "d/dvc.yaml", "toml": "a.toml", "json": "a.json", "ini": "a.ini", "env": ".env", "yaml": "a.yaml"}

SPARKS = st.sampled_from(
    """$( ) ${ } ${x:- " ' ` <<E \\ | && ; { [ ( if then fi for in do done case esac a=(  : - --- & * ! %%sql %run !ls # = $(X) := .PHONY:
    define stages: cmd foreach vars FROM RUN CMD [" ``` cells source SELECT FROM def class import""".split()
)
TEXTS = st.lists(st.one_of(SPARKS, st.sampled_from([" ", "\n", "\t", "  "]), st.text(max_size=5)), max_size=40).map("".join)


def check(found: FileFacts) -> None:
    size = len(found.values)
    for value in found.values:
        assert value.op in OPS
        assert all(-1 <= part < size for part in value.parts)
        assert value.op != "call" or len(value.keys) == len(value.parts) - 1
    for scope in found.scopes:
        assert all(0 <= effect.value < size and -1 <= effect.guard < size for effect in scope.effects)
        assert all(0 <= value < size for _, value in scope.names)
        assert all(0 <= param.value < size for param in scope.params)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.one_of(st.binary(max_size=200), TEXTS.map(str.encode)))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_no_parser_raises(kind: str, data: bytes) -> None:
    check(parse(SourceFile(PATHS.get(kind, "d/file"), kind, len(data)), data))


@pytest.mark.parametrize("kind", KINDS)
def test_deep_nesting_is_survived(kind: str) -> None:
    for text in ("(" * 50_000, "[" * 50_000, "{" * 50_000, "-" * 5_000 + "x", "a: " * 5_000, "$(" * 5_000):
        check(parse(SourceFile(PATHS.get(kind, "d/file"), kind, len(text)), text.encode()))


def test_decoding() -> None:
    assert decode("\ufeffa".encode()) == "a"
    assert decode("aé".encode("latin-1")) == "aé"
    assert decode("a\r\nb".encode("utf-16")) == "a\nb"


def test_bytes_that_are_no_text_are_a_problem() -> None:
    assert parse(SourceFile("a.sh", "shell", 3), b"a\0b").problems[0].what == "holds NUL bytes: not a text file"


def test_unknown_kinds_have_no_facts() -> None:
    assert parse(SourceFile("a.xyz", "unheard-of", 1), b"x") == FileFacts("a.xyz", "unheard-of")
