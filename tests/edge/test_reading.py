"""Files become facts: in this process or in workers, from the cache or anew, and no file stops the others."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from coupling import parsers, reading
from coupling.cache import Cache
from coupling.core.facts import FileFacts
from coupling.core.graph import DataGraph, Edge
from coupling.core.source import SourceFile, Span
from coupling.discover import discover
from coupling.quote import quote


@pytest.fixture(autouse=True)
def _cache_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUPLING_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    for number in range(60):
        (folder / f"m{number}.py").write_text(f"x = {number}\nprint(x)\n")
    return folder


def facts_of(root: Path, jobs: int = 1, *, cache: bool = False) -> tuple[FileFacts, ...]:
    store = Cache(root, b"v1", enabled=cache)
    try:
        return reading.read(root, discover(root), store, jobs).load()
    finally:
        store.close()


def what(facts: tuple[FileFacts, ...], path: str) -> list[str]:
    [mine] = [each for each in facts if each.path == path]
    return [problem.what for problem in mine.problems]


def hostile(file: SourceFile, data: bytes) -> FileFacts:
    """A parser with a few bad days."""
    if data.startswith(b"# die"):
        os._exit(9)
    if data.startswith(b"# hang"):
        time.sleep(30)
    if data.startswith(b"# raise"):
        raise ZeroDivisionError("oops")
    return FileFacts(file.path, file.kind)


def test_workers_and_this_process_agree(root: Path) -> None:
    alone = facts_of(root)
    assert [each.path for each in alone] == sorted(each.path for each in alone)
    assert len(alone) == 60
    assert all(each.values for each in alone)
    assert facts_of(root, jobs=2) == alone


def test_the_cache_changes_nothing(root: Path) -> None:
    cold = facts_of(root)
    assert facts_of(root, cache=True) == cold
    assert facts_of(root, cache=True) == cold
    (root / "m1.py").write_text("y = 2\n")
    assert facts_of(root, cache=True) == facts_of(root)


def test_a_known_file_is_not_parsed_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts_of(root, cache=True)
    seen: list[str] = []
    monkeypatch.setattr(parsers, "parse", lambda file, data: seen.append(file.path) or FileFacts(file.path, file.kind))
    (root / "m2.py").write_text("z = 3\n")
    facts_of(root, cache=True)
    assert seen == ["m2.py"]


def test_a_damaged_text_is_parsed_again(root: Path) -> None:
    cold = facts_of(root)
    store = Cache(root, b"v1")
    found = reading.read(root, discover(root), store)
    store.remember_facts(dict.fromkeys(found.keys.values(), "[]"))
    store.close()
    assert facts_of(root, cache=True) == cold


def test_a_dying_worker_costs_one_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsers, "parse", hostile)
    (root / "m7.py").write_text("# die\n")
    facts = facts_of(root, jobs=2)
    assert len(facts) == 60
    assert what(facts, "m7.py") == ["crashes the parser"]
    assert sum(bool(each.problems) for each in facts) == 1


def test_a_slow_file_is_a_problem_and_not_remembered(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsers, "parse", hostile)
    monkeypatch.setattr(reading, "SECONDS_A_FILE", 0.2)
    (root / "m7.py").write_text("# hang\n")
    assert what(facts_of(root, cache=True), "m7.py") == ["took longer than 0 s to parse"]
    monkeypatch.undo()
    os.environ["COUPLING_CACHE_DIR"] = str(root.parent / "cache")
    try:
        assert what(facts_of(root, cache=True), "m7.py") == []
    finally:
        del os.environ["COUPLING_CACHE_DIR"]


def test_a_fault_of_a_parser_is_a_problem_of_the_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsers, "parse", hostile)
    (root / "m7.py").write_text("# raise\n")
    assert what(facts_of(root), "m7.py") == ["could not be parsed, which is a fault of coupling: ZeroDivisionError: oops"]


def test_a_vanished_file_is_a_problem(root: Path) -> None:
    found = discover(root)
    (root / "m7.py").unlink()
    store = Cache(root, b"v1", enabled=False)
    facts = reading.read(root, found, store, 1).load()
    assert what(facts, "m7.py") == ["cannot be read: No such file or directory"]


def test_a_file_that_cannot_be_read_is_not_an_empty_one(root: Path) -> None:
    (root / "m7.py").write_text("")
    assert what(facts_of(root, cache=True), "m7.py") == []
    found = discover(root)
    (root / "m7.py").unlink()
    (root / "m7.py").mkdir()
    store = Cache(root, b"v1")
    facts = reading.read(root, found._replace(stamps={}), store, 1).load()
    store.close()
    assert what(facts, "m7.py") == ["cannot be read: Is a directory"]


def test_a_binary_python_file_is_a_problem(root: Path) -> None:
    (root / "m7.py").write_bytes(b"\x7fELF\0\0\x01\xff" * 50)
    [problem] = what(facts_of(root), "m7.py")
    assert "NUL" in problem


def test_a_sieve_spares_parsing(root: Path) -> None:
    store = Cache(root, b"v1", enabled=False)
    facts = reading.read(root, discover(root), store, 1, sieve=lambda file, data: b"x = 7\n" in data).load()
    assert [each.path for each in facts if each.values] == ["m7.py"]


def test_progress_counts_what_is_parsed(root: Path) -> None:
    seen: list[tuple[int, int]] = []
    store = Cache(root, b"v1", enabled=False)
    reading.read(root, discover(root), store, 1, lambda done, total: seen.append((done, total))).load()
    assert seen[0] == (1, 60)
    assert seen[-1] == (60, 60)


def test_places_are_quoted_from_inside_the_folder_only(root: Path) -> None:
    (root.parent / "secret.py").write_text("password\n")
    (root / "link.py").symlink_to("../secret.py")
    (root / "book.ipynb").write_text('{"cells": [{"source": [\n  "df = load(\\"a\\")\\n",\n  "x"\n]}]}\n')
    spans = [
        Span("m3.py", 2),
        Span("../secret.py", 1),
        Span("link.py", 1),
        Span("m3.py", 99),
        Span("gone.py", 1),
        Span("book.ipynb", 2),
        Span("m3.py"),
    ]
    graph, _ = quote(root, DataGraph(edges=(Edge("a", "b", "reads", evidence=tuple(spans)),)), ())
    assert [span.text for span in graph.edges[0].evidence] == ["print(x)", "", "", "", "", 'df = load("a")', ""]
