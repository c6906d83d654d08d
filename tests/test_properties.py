"""What must hold whatever the repository: the little repositories of the case files, shuffled, added to, joined and renamed.

A property speaks of findings and graphs alone. It does not know which of them are right: the cases say that.
"""

from __future__ import annotations

import keyword
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coupling import discover
from coupling.build import build
from coupling.core import codec
from coupling.core.facts import FileFacts
from coupling.core.graph import DataGraph, Finding
from coupling.core.source import SourceFile
from coupling.detectors import detect
from coupling.link import link
from coupling.parsers import parse
from coupling.pipeline import check_path
from coupling.reports import render
from tests import casefile

HERE = Path(__file__).parent
CASES = [
    case
    for room in ("link", "parsers", "detectors")
    for document in sorted((HERE / room).glob("*.md"))
    for case in casefile.read(document.read_text(encoding="utf-8"))
]
SAMPLES = sorted(path for path in (HERE.parent / "sample_repos").iterdir() if (path / "expected.txt").exists())
FEW = settings(max_examples=40, deadline=None, derandomize=True)
STRANGER = """import pandas as pd
from sklearn.svm import SVC

rows = pd.read_csv("strange/rows.csv")
other = SVC().fit(rows[["q"]], rows["w"])
rows.to_json("strange/copy.json")
"""
RENAMED = """import joblib
import pandas as pd

{0} = "data"


class Paths:
    {1} = f"{{{0}}}/scored.csv"


def load({2}={0}):
    return pd.read_csv({2} + "/scored.csv")


{3} = load()
{4} = joblib.load("m.joblib")
{3}["y"] = {4}.predict({3}[["a"]])
{3}.to_csv(Paths.{1})
{4}.fit({3}[["a"]], {3}["y"])
joblib.dump({4}, "m.joblib")
"""
TAKEN = frozenset(("joblib", "pd", "Paths", "load", "self", "cls", "print"))
IDENTIFIERS = st.from_regex(r"[a-zA-Z][a-zA-Z0-9_]{2,9}", fullmatch=True).filter(lambda n: not keyword.iskeyword(n) and n not in TAKEN)


@cache
def facts_of(at: int, folder: str = "") -> tuple[FileFacts, ...]:
    """The facts of a case, its files in a folder."""
    found = []
    for file in CASES[at].files:
        data = casefile._text(file)[0].encode()
        path = folder + file.path
        kind = discover.kind_of(path)
        if kind:
            found.append(parse(SourceFile(path, kind, len(data)), data))
    return tuple(found)


def analyse(facts: tuple[FileFacts, ...]) -> tuple[DataGraph, tuple[Finding, ...]]:
    linked = link(facts, casefile.rules(), sorted(each.path for each in facts))
    graph = build(linked)
    return graph, detect(graph)


def said(findings: tuple[Finding, ...]) -> list[tuple[object, ...]]:
    """Findings without the numbers of their edges, which depend on what else there is."""
    return sorted((f.rule, f.certainty, f.message, f.path, f.path_text, f.models, f.assets, f.fingerprint) for f in findings)


numbers = st.integers(0, len(CASES) - 1)


@given(numbers, st.randoms(use_true_random=False))
@FEW
def test_the_order_of_files_does_not_matter(at: int, chance: object) -> None:
    facts = list(facts_of(at))
    before = analyse(tuple(facts))
    chance.shuffle(facts)  # type: ignore[attr-defined]
    assert analyse(tuple(facts)) == before


@given(numbers)
@FEW
def test_an_unrelated_file_changes_no_finding(at: int) -> None:
    stranger = parse(SourceFile("strange/other.py", "python", len(STRANGER)), STRANGER.encode())
    both = analyse((*facts_of(at), stranger))[1]
    assert said(tuple(f for f in both if not f.path[0].path.startswith("strange/"))) == said(analyse(facts_of(at))[1])


@given(numbers, numbers)
@FEW
def test_two_repositories_in_one_find_what_both_find(one: int, two: int) -> None:
    """In folders of their own, and with no name in common: a shared absolute name, table or hub id would join them."""
    left, right = facts_of(one, "left/"), facts_of(two, "right/")
    a, b = analyse(left), analyse(right)
    assume(not {n.name for n in a[0].nodes} & {n.name for n in b[0].nodes})
    assume(all(n.certainty == "exact" for graph in (a[0], b[0]) for n in graph.nodes))
    assert said(analyse((*left, *right))[1]) == sorted(said(a[1]) + said(b[1]))


@given(numbers)
@FEW
def test_facts_survive_their_text(at: int) -> None:
    assert all(codec.decode(codec.encode(each)) == each for each in facts_of(at))
    again = tuple(codec.decode(codec.encode(each)) for each in facts_of(at))
    assert analyse(again) == analyse(facts_of(at))


@given(st.lists(IDENTIFIERS, min_size=5, max_size=5, unique=True))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_the_names_of_variables_mean_nothing(words: list[str]) -> None:
    plain = RENAMED.format("ROOT", "scored", "folder", "rows", "model")
    before, found = casefile.run([("a.py", plain)]), casefile.run([("a.py", RENAMED.format(*words))])
    assert before[1]
    assert found == before


@pytest.mark.parametrize("story", SAMPLES[::6], ids=lambda path: path.name)
def test_cold_warm_and_uncached_runs_say_the_same(story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUPLING_CACHE_DIR", str(tmp_path))
    cold, warm = (render("json", check_path(story, jobs=1)) for _ in range(2))
    assert cold == warm == render("json", check_path(story, cache=False, jobs=1))


def test_the_seed_of_hashes_does_not_matter() -> None:
    """Sets and dicts of texts have another order in every process."""
    program = (
        "import sys; from pathlib import Path; from coupling.pipeline import check_path; from coupling.reports import render\n"
        "for path in sys.argv[1:]: print(render('json', check_path(path, cache=False, jobs=1, pedantic=True)))"
    )
    command = [sys.executable, "-c", program, *map(str, SAMPLES[::4])]
    outputs = set()
    for seed in ("1", "4711"):
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(HERE.parent)}
        outputs.add(subprocess.run(command, cwd=HERE.parent, env=environment, capture_output=True, check=True).stdout)
    assert len(outputs) == 1
