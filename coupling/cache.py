"""Remember facts by what a file holds and results by what a repository holds, in one SQLite file outside the work tree.

Comes in: keys and texts. Goes out: the texts again, or nothing: a cache that cannot be opened, is corrupt or is full is an
empty one, never an error. It does not know what the texts say.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

Stamp = tuple[int, int, int, int] | tuple[str]
"""When a file last changed, in itself and in its record, its size and number: when none of these changed, the file did not.
Or the id of a git object, which in one repository is the id of one content: git refuses to store a second one under it."""

LAYOUT = 1
MAX_BYTES = 1_500_000_000
"""A file that outgrew this starts anew."""
FRESH_NS = 2_000_000_000
"""A file changed this shortly before it was read may change again without its stamp showing it."""
RESULTS_KEPT = 8
"""Whole results remembered for one repository and slot."""
_BATCH = 500

_TABLES = """
CREATE TABLE IF NOT EXISTS facts (key BLOB PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stamps (root TEXT PRIMARY KEY, entries TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS results (key BLOB PRIMARY KEY, root TEXT NOT NULL, used INTEGER NOT NULL, text TEXT NOT NULL);
"""


def folder() -> Path:
    """Where this platform keeps what can be made again; ``COUPLING_CACHE_DIR`` says otherwise."""
    if named := os.environ.get("COUPLING_CACHE_DIR"):
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "coupling" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "coupling"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "coupling"


def digest(*parts: str | bytes) -> bytes:
    """One key from several parts, each told apart from its neighbours."""
    made = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        made.update(b"%d:" % len(data))
        made.update(data)
    return made.digest()


def tree_digest(*folders: Path, suffixes: tuple[str, ...] = (".py", ".yaml")) -> bytes:
    """A key for the state of folders, by name, size and time of each file: another version of the analyzer is another key."""
    rows = []
    for start in folders:
        for here, _, names in os.walk(start):
            for name in names:
                if name.endswith(suffixes):
                    with suppress(OSError):
                        info = os.stat(f"{here}/{name}")  # noqa: PTH116 - twice as fast on the warm path
                        rows.append(f"{here}/{name}:{info.st_size}:{info.st_mtime_ns}")
    return digest(*sorted(rows))


def facts_key(code: bytes, path: str, kind: str, data: bytes) -> bytes:
    """The key of one file's facts: which version of the code reads it, where it lies, what it is and holds."""
    return digest(code, path, kind, data)


class Cache:
    """The store of one analysed folder. Nothing here raises; ``why`` says why nothing is remembered, if so."""

    def __init__(self, root: Path, code: bytes, *, enabled: bool = True) -> None:
        self.root, self.code = digest(str(root)).hex(), code
        self.why = "" if enabled else "turned off"
        self._db = self._open(root) if enabled else None

    def keys(self, stamps: Mapping[str, Stamp], slot: str = "") -> dict[str, bytes]:
        """The keys of the files whose stamps are those of the last run: they need not be read to be known.

        ``slot`` keeps the disk, the index and commits apart.
        """
        rows = self._rows("SELECT entries FROM stamps WHERE root = ?", [self.root + slot])
        try:
            code, entries = json.loads(rows[0][0]) if rows else ("", {})
            if code != self.code.hex():
                return {}
            same = (path for path, stamp in stamps.items() if path in entries and entries[path][1:] == [*stamp])
            return {path: bytes.fromhex(entries[path][0]) for path in same}
        except (ValueError, TypeError, LookupError):
            return {}

    def remember_keys(self, stamps: Mapping[str, Stamp], keys: Mapping[str, bytes], slot: str = "") -> None:
        """Keep the keys of files that have been at rest for a while."""
        limit = time.time_ns() - FRESH_NS
        old = {path: stamp for path, stamp in stamps.items() if path in keys and _rests(stamp, limit)}
        entries = {path: [keys[path].hex(), *stamp] for path, stamp in old.items()}
        text = json.dumps([self.code.hex(), entries], separators=(",", ":"))
        self._write("INSERT OR REPLACE INTO stamps VALUES (?, ?)", [(self.root + slot, text)])

    def facts(self, keys: Iterable[bytes]) -> dict[bytes, str]:
        """The texts that are known under these keys."""
        found: dict[bytes, str] = {}
        for some in _batches(list(keys)):
            marks = ",".join("?" * len(some))
            found.update(self._rows(f"SELECT key, text FROM facts WHERE key IN ({marks})", some))
        return found

    def remember_facts(self, texts: Mapping[bytes, str]) -> None:
        self._write("INSERT OR REPLACE INTO facts VALUES (?, ?)", list(texts.items()))

    def result(self, key: bytes) -> str | None:
        """The whole result for a state of the repository."""
        rows = self._rows("SELECT text FROM results WHERE key = ?", [key])
        return rows[0][0] if rows else None

    def remember_result(self, key: bytes, text: str, slot: str = "") -> None:
        root = self.root + slot
        self._write("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", [(key, root, time.time_ns(), text)])
        outdated = "DELETE FROM results WHERE root = ? AND key NOT IN (SELECT key FROM results WHERE root = ? ORDER BY used DESC LIMIT ?)"
        self._write(outdated, [(root, root, RESULTS_KEPT)])

    def close(self) -> None:
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
            self._db = None

    def _open(self, root: Path) -> sqlite3.Connection | None:
        try:
            place = folder()
            if place.absolute().is_relative_to(root):
                raise OSError(f"{place} lies inside the analysed folder")
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = place / f"facts-{LAYOUT}.sqlite"
            if file.exists() and file.stat().st_size > MAX_BYTES:
                _remove(file)
        except (OSError, RuntimeError) as error:
            self.why = str(error)
            return None
        return self._connect(file) or self._connect(file)

    def _connect(self, file: Path) -> sqlite3.Connection | None:
        """Open the file; one that is no database is thrown away, so that the second try starts anew."""
        db = None
        try:
            db = sqlite3.connect(file, timeout=5.0, isolation_level=None)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.executescript(_TABLES)
        except sqlite3.Error as error:
            self.why = f"{file}: {error}"
            if db is not None:
                db.close()
            if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
                _remove(file)
            return None
        self.why = ""
        return db

    def _rows(self, query: str, arguments: list[bytes] | list[str]) -> list[Any]:
        if self._db is None:
            return []
        try:
            return self._db.execute(query, arguments).fetchall()
        except sqlite3.Error as error:
            self._give_up(error)
            return []

    def _write(self, query: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if self._db is None or not rows:
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(query, rows)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self._give_up(error)

    def _give_up(self, error: sqlite3.Error) -> None:
        """A store that fails once is not asked again in this run; a broken one is removed."""
        self.why = str(error)
        self.close()
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            with suppress(OSError, RuntimeError):
                _remove(folder() / f"facts-{LAYOUT}.sqlite")


def _rests(stamp: Stamp, limit: int) -> bool:
    return isinstance(stamp[0], str) or max(stamp[:2]) < limit


def _remove(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        with suppress(OSError):
            file.with_name(file.name + suffix).unlink()


def _batches(keys: list[bytes]) -> Iterator[list[bytes]]:
    for start in range(0, len(keys), _BATCH):
        yield keys[start : start + _BATCH]
