"""The cache remembers, and is never in the way."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from coupling import cache as module
from coupling.cache import Cache, digest, folder, tree_digest
from coupling.discover import Stamp

OLD = Stamp(1, 1, 10, 7)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COUPLING_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def database(place: Path) -> Path:
    [file] = place.glob("*.sqlite")
    return file


def test_facts_and_results_come_back(place: Path, tmp_path: Path) -> None:
    root = tmp_path / "repo"
    store = Cache(root, b"v1")
    store.remember_facts({b"a": "facts of a", b"b": "facts of b"})
    store.remember_result(b"r", "result")
    store.close()
    again = Cache(root, b"v1")
    assert again.facts([b"a", b"c"]) == {b"a": "facts of a"}
    assert again.result(b"r") == "result"
    assert again.result(b"s") is None
    assert again.why == ""
    again.close()


def test_an_unchanged_stamp_gives_the_key(place: Path, tmp_path: Path) -> None:
    store = Cache(tmp_path / "repo", b"v1")
    store.remember_keys({"a.py": OLD, "b.py": OLD}, {"a.py": b"ka", "b.py": b"kb"})
    changed = OLD._replace(ctime=2)
    assert store.keys({"a.py": OLD, "b.py": changed, "c.py": OLD}) == {"a.py": b"ka"}
    store.close()
    other_code, other_root = Cache(tmp_path / "repo", b"v2"), Cache(tmp_path / "other", b"v1")
    assert other_code.keys({"a.py": OLD}) == {}
    assert other_root.keys({"a.py": OLD}) == {}
    other_code.close()
    other_root.close()


def test_a_stamp_of_this_moment_is_not_trusted(place: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("x")
    info = file.stat()
    now = Stamp(info.st_mtime_ns, info.st_ctime_ns, info.st_size, info.st_ino)
    store = Cache(tmp_path / "repo", b"v1")
    store.remember_keys({"a.py": now}, {"a.py": b"k"})
    assert store.keys({"a.py": now}) == {}
    store.close()


def test_only_the_last_results_are_kept(place: Path, tmp_path: Path) -> None:
    store = Cache(tmp_path / "repo", b"v1")
    for number in range(module.RESULTS_KEPT + 3):
        store.remember_result(b"%d" % number, "x")
    kept = [number for number in range(module.RESULTS_KEPT + 3) if store.result(b"%d" % number)]
    store.close()
    assert kept == list(range(3, module.RESULTS_KEPT + 3))


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_corrupt_file_is_replaced(place: Path, tmp_path: Path, content: bytes) -> None:
    place.mkdir()
    (place / f"facts-{module.LAYOUT}.sqlite").write_bytes(content)
    store = Cache(tmp_path / "repo", b"v1")
    store.remember_facts({b"a": "x"})
    assert store.facts([b"a"]) == {b"a": "x"}
    store.close()


def test_damage_found_later_ends_the_remembering_quietly(place: Path, tmp_path: Path) -> None:
    store = Cache(tmp_path / "repo", b"v1")
    store.remember_facts({b"%d" % number: "x" * 3000 for number in range(50)})
    store.close()
    with sqlite3.connect(database(place)) as raw:
        raw.execute("DROP TABLE stamps")
        raw.execute("CREATE TABLE stamps (other)")
    raw.close()
    store = Cache(tmp_path / "repo", b"v1")
    assert store.keys({"a.py": OLD}) == {}
    assert "no such column" in store.why
    store.remember_facts({b"a": "x"})
    assert store.facts([b"a"]) == {}


def test_an_unwritable_place_is_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("COUPLING_CACHE_DIR", str(tmp_path / "file" / "cache"))
    store = Cache(tmp_path / "repo", b"v1")
    assert store.why
    store.remember_facts({b"a": "x"})
    assert store.facts([b"a"]) == {}


def test_nothing_is_written_into_the_work_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUPLING_CACHE_DIR", str(tmp_path / ".cache"))
    assert "inside the analysed folder" in Cache(tmp_path, b"v1").why
    assert not (tmp_path / ".cache").exists()


def test_turned_off_it_touches_nothing(place: Path, tmp_path: Path) -> None:
    assert Cache(tmp_path / "repo", b"v1", enabled=False).why == "turned off"
    assert not place.exists()


def test_an_overgrown_file_starts_anew(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Cache(tmp_path / "repo", b"v1")
    store.remember_facts({b"a": "x"})
    store.close()
    monkeypatch.setattr(module, "MAX_BYTES", 100)
    store = Cache(tmp_path / "repo", b"v1")
    assert store.facts([b"a"]) == {}
    store.close()


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"XDG_CACHE_HOME": "/x"}, "/x/coupling"),
        ("linux", {}, "/home/me/.cache/coupling"),
        ("darwin", {}, "/home/me/Library/Caches/coupling"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/coupling/Cache"),
        ("linux", {"COUPLING_CACHE_DIR": "/mine"}, "/mine"),
    ],
)
def test_each_platform_has_its_place(monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], expected: str) -> None:
    for name in ("COUPLING_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/home/me", **variables}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)
    assert folder() == Path(expected)


def test_digests_tell_parts_apart(tmp_path: Path) -> None:
    assert digest("ab", "c") != digest("a", "bc")
    (tmp_path / "a.py").write_text("x")
    before = tree_digest(tmp_path)
    os.utime(tmp_path / "a.py", ns=(5, 5))
    assert tree_digest(tmp_path) != before
