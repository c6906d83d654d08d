"""Facts and reports survive their text form."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupling.core import codec
from coupling.core.facts import OPS, Comment, Effect, FileFacts, Param, Scope, Value
from coupling.core.graph import DataGraph, Edge, Expression, Finding, Node
from coupling.core.report import Report, Summary
from coupling.core.source import Problem, Span

texts = st.text(st.characters(), max_size=6)
numbers = st.integers(-1, 10**6)


def rows(items: st.SearchStrategy, size: int = 3) -> st.SearchStrategy:
    return st.lists(items, max_size=size).map(tuple)


spans = st.builds(Span, texts, numbers, numbers, numbers, texts, numbers)
problems = st.builds(Problem, texts, spans)
values = st.builds(Value, st.sampled_from(sorted(OPS)), texts, rows(numbers), rows(texts), numbers)
params = st.builds(Param, texts, numbers, texts, numbers, numbers)
effects = st.builds(Effect, numbers, numbers)
scopes = st.builds(
    Scope,
    texts,
    texts,
    numbers,
    rows(params),
    rows(st.tuples(texts, numbers)),
    rows(numbers),
    rows(numbers),
    rows(effects),
    rows(numbers),
    rows(numbers),
    rows(texts),
    numbers,
    numbers,
)
facts = st.builds(
    FileFacts,
    texts,
    texts,
    rows(values, 8),
    rows(scopes),
    rows(st.builds(Comment, numbers, texts)),
    rows(problems),
    rows(st.tuples(numbers, numbers, numbers)),
)


@given(facts)
def test_decoded_facts_are_the_encoded_ones(each: FileFacts) -> None:
    text = codec.encode(each)
    assert codec.decode(text) == each
    assert codec.encode(codec.decode(text)) == text
    assert text.isascii()
    assert "\n" not in text


def test_decoding_restores_the_types() -> None:
    each = FileFacts("a.py", "python", (Value("call", "", (0,), (), 3),), (Scope("module", "a", effects=(Effect(0),)),))
    back = codec.decode(codec.encode(each))
    assert isinstance(back.values[0], Value)
    assert isinstance(back.scopes[0].effects[0], Effect)
    assert isinstance(back.values[0].parts, tuple)


def test_a_whole_report_survives() -> None:
    span = Span("a.py", 1, 2, 3, "x = '\ud800'", 4)
    node = Node("asset:file:a", "asset", "file", "file", "a", "partial", (span,), "@team", ("remote",))
    edge = Edge("a", "b", "trains", "guess", "why", (span,), "labels", ("c",), "unit:a", ("--x",), ("limit 3",))
    finding = Finding(
        "feedback-loop", "CPL101", "error", "exact", "m", (span,), ("t",), (0,), ("m",), ("a",), "ff", (), (), "h", 0.25, ("x",), "ok"
    )
    graph = DataGraph((node,), (edge,), (Expression("m", "train", "f", "x + 1", span),))
    report = Report("0", Summary(1, holes=(("env", 2),)), graph, (finding,), (Problem("p", span),))
    assert codec.loads(Report, codec.dumps(report)) == report


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "[1,2,3]", json.dumps(["?", [1], [], [], [], [1]]), codec.encode(FileFacts("a", "b"))[:-9]]
)
def test_damaged_text_is_an_error_and_no_facts(text: str) -> None:
    with pytest.raises((ValueError, TypeError, LookupError)):
        codec.decode(text)
