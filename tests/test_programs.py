"""Link as a little language: random small programs, whose answer is what happens when they run.

A program reads, joins, keeps and writes frames in the ways of section 12 of the design: constants, f-strings, helpers, objects, containers,
loops over literals. It runs against a stub of pandas that records every access and what each written frame is made of. All its names
are decided, so link must name exactly the files that the run touched, and its flows must cover the run's.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from tests import casefile

HEADER = """\
import os
from pathlib import Path
import pandas as pd

FOLDER = "data"

def load(name, folder=FOLDER):
    return pd.read_csv(f"{folder}/{name}.csv")

def store(frame, path="out/default.csv"):
    kept = frame.head()
    kept.to_csv(path)
    return kept

class Store:
    root = "store"
    def __init__(self, name):
        self.path = self.root + "/" + name + ".csv"
    def get(self):
        return pd.read_csv(self.path)
    def put(self, frame):
        frame.to_csv(self.path)
        self.last = frame
"""


class Ran(NamedTuple):
    """What a run did: files read, files written, and (from, to) for each file whose rows are in another."""

    reads: frozenset[str]
    writes: frozenset[str]
    flows: frozenset[tuple[str, str]]


class Frame:
    """A frame that knows which files it is made of."""

    def __init__(self, log: Log, made_of: frozenset[str]) -> None:
        self._log, self.made_of = log, made_of

    def head(self) -> Frame:
        return Frame(self._log, self.made_of)

    def merge(self, other: Frame) -> Frame:
        return Frame(self._log, self.made_of | other.made_of)

    def to_csv(self, path: object) -> None:
        name = posixpath.normpath(str(path))
        self._log.writes.add(name)
        self._log.flows.update((source, name) for source in self.made_of)


class Log:
    """Stands for pandas while a program runs."""

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.writes: set[str] = set()
        self.flows: set[tuple[str, str]] = set()

    def read_csv(self, path: object) -> Frame:
        name = posixpath.normpath(str(path))
        self.reads.add(name)
        return Frame(self, frozenset([name]))

    def concat(self, frames: Iterable[Frame]) -> Frame:
        return Frame(self, frozenset().union(*(frame.made_of for frame in frames)))


def run(program: str) -> Ran:
    log = Log()
    plain = "\n".join("" if line.startswith(("import ", "from ")) else line for line in program.split("\n"))
    exec(compile(plain, "program.py", "exec"), {"pd": log, "os": posixpath_os(), "Path": PurePosixPath, "__name__": "__main__"})
    return Ran(frozenset(log.reads), frozenset(log.writes), frozenset(log.flows))


def posixpath_os() -> object:
    class Os:
        path = posixpath

    return Os


def read_statically(program: str) -> Ran:
    graph, _ = casefile.run([("program.py", program)])
    names = {node.id: node.name for node in graph.nodes}
    by_kind = {kind: [edge for edge in graph.edges if edge.kind == kind] for kind in ("reads", "writes", "derives")}
    return Ran(
        frozenset(names[edge.source] for edge in by_kind["reads"]),
        frozenset(names[edge.target] for edge in by_kind["writes"]),
        frozenset((names[edge.source], names[edge.target]) for edge in by_kind["derives"]),
    )


NAMES = st.sampled_from(["a", "b", "c", "d", "e"])
PATHS = st.one_of(
    NAMES.map('"data/{}.csv"'.format),
    NAMES.map('f"{{FOLDER}}/{}.csv"'.format),
    NAMES.map('FOLDER + "/{}.csv"'.format),
    NAMES.map('"data/%s.csv" % "{}"'.format),
    NAMES.map('"{{}}/{}.csv".format(FOLDER)'.format),
    NAMES.map('os.path.join(FOLDER, "sub", "{}.csv")'.format),
    NAMES.map('Path(FOLDER) / "sub" / "{}.csv"'.format),
    NAMES.map('"/".join([FOLDER, "{}.csv"])'.format),
)

SOURCES = (
    "pd.read_csv({path})",
    'load("{name}")',
    'load("{name}", folder="other")',
    'Store("{name}").get()',
    "{old}.head()",
    "{old}.merge({older})",
    "pd.concat([{old}, {older}])",
    "[{old}, {older}][1]",
    '{{"k": {old}, "m": {older}}}["m"]',
    "store({old})",
    'store({old}, "out/{name}.csv")',
)
STEPS = (
    "{old}.to_csv({path})",
    "store({old}, {path})",
    'Store("{name}").put({old})',
    "kept.append({old})",
    "pd.concat(kept).to_csv({path})",
    "here = {path}\n{old}.to_csv(here)",
    "one, two = {old}, {older}\ntwo.to_csv({path})",
    'box["{name}"] = {old}\nbox["{name}"].to_csv({path})',
    'for name in ["{name}", "z"]:\n    load(name).to_csv(f"out/{{name}}.csv")',
    's = Store("{name}")\ns.put({old})\ns.last.to_csv({path})',
    "write = lambda frame: frame.to_csv({path})\nwrite({old})",
)


@st.composite
def programs(draw: st.DrawFn, steps: tuple[str, ...] = STEPS) -> str:
    lines = [
        'f0 = pd.read_csv("data/first.csv")',
        "kept = [f0]",
        "box = {}",
        'store(load("z"))',
        'x = Store("x")',
        'y = Store("y")',
        "y.put(x.get())",
    ]
    frames = ["f0"]
    for _ in range(draw(st.integers(1, 8))):
        words = {"path": draw(PATHS), "name": draw(NAMES), "old": draw(st.sampled_from(frames)), "older": draw(st.sampled_from(frames))}
        if draw(st.booleans()):
            fresh = f"f{draw(st.integers(0, len(frames)))}"
            lines.append(f"{fresh} = {draw(st.sampled_from(SOURCES)).format(**words)}")
            frames += [fresh] if fresh not in frames else []
        else:
            lines.append(draw(st.sampled_from(steps)).format(**words))
    return HEADER + "\n" + "\n".join(lines) + "\n"


@settings(max_examples=150, deadline=None)
@given(programs())
def test_link_names_what_a_run_touches(program: str) -> None:
    ran, read = run(program), read_statically(program)
    assert read.reads == ran.reads
    assert read.writes == ran.writes
    seen = read.flows | {(name, name) for name in ran.writes}  # a file written back from itself is no edge between files
    assert not ran.flows - seen, "a flow of the run that link does not see"


@settings(max_examples=150, deadline=None)
@given(programs(tuple(step for step in STEPS if not step.startswith("for "))))
def test_flows_stay_apart_where_the_program_keeps_them_apart(program: str) -> None:
    """Without loops nothing is undecided, so link names exactly the flows of the run."""
    ran, read = run(program), read_statically(program)
    assert not read.flows - ran.flows, "a flow that the run does not have"
