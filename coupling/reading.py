"""Read and parse the files of a listing: what the cache knows from the cache, the rest in worker processes.

Comes in: a folder or another ``Tree``, what ``discover`` found there, a ``Cache``. Goes out: a key a file, and on demand every file's
facts. A file that cannot be read, takes too long or brings a parser down is a ``Problem`` of its own. It does not know what facts mean.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from coupling.cache import Cache, facts_key
from coupling.core import codec
from coupling.core.facts import FileFacts
from coupling.core.report import is_report
from coupling.core.source import Problem, SourceFile, Span
from coupling.discover import Found
from coupling.trees import Content, Tree, of

SECONDS_A_FILE = 10.0
HANGING = 30.0
"""A worker that is silent for so long hangs where no signal reaches it."""
WORTH_WORKERS = 48
"""Files to parse from which on worker processes pay for their start."""
_CHUNK = 12
_MOST_JOBS = 8

Progress = Callable[[int, int], None]
"""Called with the number of files parsed, and of all to parse."""
Sieve = Callable[[SourceFile, bytes], bool]
"""A quick look at a file's bytes: False when it can hold nothing of interest and need not be parsed."""


class Parsed(NamedTuple):
    """One file's facts as text. ``lasting`` is False for what another run may read differently."""

    path: str
    key: bytes
    text: str
    lasting: bool = True


class Task(NamedTuple):
    """What a worker needs to parse some files."""

    tree: Tree
    code: bytes
    files: tuple[SourceFile, ...]
    sieve: Sieve | None = None


class Reading:
    """The files of one run. ``keys`` stand for their contents; ``load`` gives their facts."""

    def __init__(self, tree: Tree, found: Found, store: Cache, jobs: int, progress: Progress | None, sieve: Sieve | None) -> None:
        self.tree, self.files, self.store = tree, found.listing.files, store
        self.jobs, self.progress, self.sieve = jobs, progress, sieve
        self.lasting = True
        self.keys = store.keys(found.stamps, tree.slot)
        changed = [file for file in self.files if file.path not in self.keys]
        for file, content in _contents(tree, changed):
            self.keys[file.path] = _key(store.code, file, *content)
        if changed:
            store.remember_keys(found.stamps, self.keys, tree.slot)

    def load(self) -> tuple[FileFacts, ...]:
        """The facts of every file, in the order of the listing."""
        by_path = self._known()
        missing = [file for file in self.files if file.path not in by_path]
        new: dict[bytes, str] = {}
        for number, parsed in enumerate(self._parse(missing), 1):
            by_path[parsed.path] = codec.decode(parsed.text)
            self.keys[parsed.path] = parsed.key
            self.lasting = self.lasting and parsed.lasting
            if parsed.lasting:
                new[parsed.key] = parsed.text
            if self.progress:
                self.progress(number, len(missing))
        self.store.remember_facts(new)
        return tuple(by_path[file.path] for file in self.files)

    def _known(self) -> dict[str, FileFacts]:
        texts = self.store.facts(self.keys.values())
        found = {file.path: _decoded(texts.get(self.keys[file.path])) for file in self.files}
        return {path: facts for path, facts in found.items() if facts is not None}

    def _parse(self, files: Sequence[SourceFile]) -> Iterator[Parsed]:
        jobs = self.jobs or default_jobs()
        if jobs == 1 or len(files) < WORTH_WORKERS:
            yield from parse_files(Task(self.tree, self.store.code, tuple(files), self.sieve))
        else:
            yield from _in_workers(Task(self.tree, self.store.code, tuple(files), self.sieve), jobs)


def read(
    where: Path | Tree, found: Found, store: Cache, jobs: int = 0, progress: Progress | None = None, sieve: Sieve | None = None
) -> Reading:
    """Look at every file as far as needed to know whether it changed."""
    return Reading(of(where), found, store, jobs, progress, sieve)


def default_jobs() -> int:
    """As many as there are processors for us; one where workers cannot be forked, which would run the caller's program again."""
    if _can_fork():
        return min(len(os.sched_getaffinity(0)), _MOST_JOBS)
    return 1


def parse_files(task: Task) -> Iterator[Parsed]:
    """Parse in this process, one after the other."""
    for file, (data, error) in _contents(task.tree, task.files):
        key = _key(task.code, file, data, error)
        if error:
            yield _failed(file, key, f"cannot be read: {error}")
        elif is_report(data) or (task.sieve and not task.sieve(file, data)):
            yield Parsed(file.path, key, codec.encode(FileFacts(file.path, file.kind)))
        else:
            yield _parsed(file, key, data)


def _parsed(file: SourceFile, key: bytes, data: bytes) -> Parsed:
    from coupling.parsers import parse

    try:
        with _time_limit(SECONDS_A_FILE):
            return Parsed(file.path, key, codec.encode(parse(file, data)))
    except TimeoutError:
        return _failed(file, key, f"took longer than {SECONDS_A_FILE:.0f} s to parse")
    except Exception as error:
        return _failed(file, key, f"could not be parsed, which is a fault of coupling: {type(error).__name__}: {error}")


def _failed(file: SourceFile, key: bytes, why: str) -> Parsed:
    facts = FileFacts(file.path, file.kind, problems=(Problem(why, Span(file.path)),))
    return Parsed(file.path, key, codec.encode(facts), lasting=False)


def _key(code: bytes, file: SourceFile, data: bytes, error: str) -> bytes:
    """A file that cannot be read is not an empty one."""
    return facts_key(code, file.path, f"{file.kind}\0{error}" if error else file.kind, data)


def _contents(tree: Tree, files: Sequence[SourceFile]) -> Iterator[tuple[SourceFile, Content]]:
    return zip(files, tree.read([file.path for file in files]), strict=True)


def _some(task: Task, files: Sequence[SourceFile]) -> Task:
    """The part of a task that another process does."""
    return task._replace(tree=task.tree.part(file.path for file in files), files=tuple(files))


def _decoded(text: str | None) -> FileFacts | None:
    """None for nothing and for what a damaged cache gave back."""
    if text is None:
        return None
    try:
        return codec.decode(text)
    except (ValueError, TypeError, LookupError):
        return None


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError inside the block when it takes too long, where the platform can."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _late(_number: int, _frame: object) -> None:
    raise TimeoutError


def _in_workers(task: Task, jobs: int) -> Iterator[Parsed]:
    """Parse in several processes; when one dies or hangs, what is left is done file by file, so that the culprit is known."""
    chunks = [_some(task, task.files[at : at + _CHUNK]) for at in range(0, len(task.files), _CHUNK)]
    done: set[str] = set()
    pool = _pool(jobs)
    try:
        for parsed in _completed({pool.submit(_parse_chunk, chunk) for chunk in chunks}):
            done.add(parsed.path)
            yield parsed
    except (BrokenProcessPool, TimeoutError):
        _kill(pool)
        yield from _one_by_one(_some(task, [file for file in task.files if file.path not in done]))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _completed(futures: set[Future[list[Parsed]]]) -> Iterator[Parsed]:
    while futures:
        ready, futures = wait(futures, HANGING + SECONDS_A_FILE * _CHUNK, FIRST_COMPLETED)
        if not ready:
            raise TimeoutError
        for future in ready:
            yield from future.result()


def _one_by_one(task: Task) -> Iterator[Parsed]:
    pool = _pool(1)
    for file in task.files:
        try:
            yield from pool.submit(_parse_chunk, _some(task, [file])).result(HANGING)
        except (BrokenProcessPool, TimeoutError) as error:
            _kill(pool)
            pool = _pool(1)
            what = "hangs" if isinstance(error, TimeoutError) else "crashes"
            [(_, content)] = _contents(task.tree, [file])
            key = _key(task.code, file, *content)
            yield _failed(file, key, f"{what} the parser")
    pool.shutdown(wait=False, cancel_futures=True)


def _parse_chunk(task: Task) -> list[Parsed]:
    return list(parse_files(task))


def _can_fork() -> bool:
    """Forking is quick and safe while there is one thread, and not on macOS, whose libraries start threads of their own."""
    forks = "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
    return forks and threading.active_count() == 1


def _pool(jobs: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("fork" if _can_fork() else "spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker)


def _start_worker() -> None:
    """A worker makes many small values and no cycles: looking for cycles after every few hundred costs a third of its time."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def _kill(pool: ProcessPoolExecutor) -> None:
    """End the workers and the pool's own thread, so that the next pool may fork."""
    for process in _processes(pool):
        process.kill()
    pool.shutdown(wait=True, cancel_futures=True)


def _processes(pool: ProcessPoolExecutor) -> Iterable[multiprocessing.Process]:
    return list((getattr(pool, "_processes", None) or {}).values())
