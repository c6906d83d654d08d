"""Every rule file loads, and every entry that says what a call does carries a page and an example that is a program.

Comes in: the files under ``rules/``. What the examples mean is the linker's test; here only their form is checked.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_bash

from coupling import rulebook
from coupling.core.errors import CouplingError
from coupling.core.rules import Rule, Spec

FOLDER = rulebook.rule_folder()
FILES = tuple(sorted(FOLDER.rglob("*.yaml")))
NAMES = [str(file.relative_to(FOLDER)) for file in FILES]
KINDS = "|".join(kind for kind in rulebook.KINDS if kind not in ("sql", "shell", "argv", "python", "any"))
EVENT = re.compile(rf"(?:reads|writes): (?:{KINDS}) \S.*|(?:saves|loads): (?:{KINDS}) \S.*|runs: \S.*|trains|predicts|serves")
MACHINE = re.compile(r"(?<![\w:/.])/(?:home|Users|root|tmp|var|mnt|opt|etc|work)/|[A-Za-z]:\\\\")
LEAST_IO = 500
"""The number of entries below which the knowledge of inputs and outputs has been lost by accident."""
_BASH = tree_sitter.Language(tree_sitter_bash.language())


@cache
def entries(file: Path) -> tuple[Rule, ...]:
    return tuple(rulebook.parse(file.read_text(encoding="utf-8"), str(file.relative_to(FOLDER))))


def where(rule: Rule) -> str:
    return f"{rule.file}:{rule.line}: {rule.path}"


def words(rule: Rule) -> set[str]:
    """The events that the entry's verbs can make: an example shows one of them."""
    opens = {verb for _, verb in rule.when.cases} | {rule.when.default} if rule.when else set()
    found = {verb for verb in ("saves", "loads", "trains", "predicts", "runs", "serves") if getattr(rule, verb)}
    found |= {"reads"} if rule.reads else set()
    found |= {"writes"} if rule.writes else set()
    return found | (opens & {"reads", "writes"})


def comments(rule: Rule) -> list[str]:
    if rule.path.startswith("sh."):
        nodes = [tree_sitter.Parser(_BASH).parse(rule.example.encode()).root_node]
        found = []
        while nodes:
            node = nodes.pop()
            nodes += reversed(node.children)
            if node.type == "comment" and node.text:
                found.append(node.text.decode())
        return [text.lstrip("# ").strip() for text in found]
    tokens = tokenize.generate_tokens(io.StringIO(rule.example).readline)
    return [token.string.lstrip("# ").strip() for token in tokens if token.type == tokenize.COMMENT]


def events(rule: Rule) -> list[str]:
    return [event.strip() for comment in comments(rule) for event in comment.split(";")]


def problem(rule: Rule) -> str:
    """What is wrong with the text of an example, '' when nothing is."""
    if rule.path.startswith("sql."):
        return ""
    if rule.path.startswith("sh."):
        return "no shell" if tree_sitter.Parser(_BASH).parse(rule.example.encode()).root_node.has_error else ""
    try:
        ast.parse(rule.example)
    except SyntaxError as error:
        return f"no Python: {error}"
    return ""


def is_sql(specs: tuple[Spec, ...]) -> bool:
    return any(spec.kind == "sql" for spec in specs)


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_a_file_loads_and_holds_entries(file: Path) -> None:
    assert entries(file)


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_a_path_has_one_entry(file: Path) -> None:
    paths = [rule.path for rule in entries(file)]
    assert len(paths) == len(set(paths))


def test_no_entry_stands_in_two_files() -> None:
    seen: dict[str, str] = {}
    twice = []
    for file in FILES:
        for rule in entries(file):
            if rule.path in seen:
                twice.append(f"{where(rule)} is in {seen[rule.path]} too")
            seen[rule.path] = rule.file
    assert not twice


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_an_entry_with_a_verb_has_a_page(file: Path) -> None:
    assert not [where(rule) for rule in entries(file) if words(rule) and not rule.url.startswith("https://")]


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_an_entry_with_a_verb_has_an_example(file: Path) -> None:
    assert not [where(rule) for rule in entries(file) if words(rule) and not rule.example.strip()]


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_an_example_is_a_program(file: Path) -> None:
    assert not [f"{where(rule)}: {why}" for rule in entries(file) if (why := problem(rule))]


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_an_example_shows_what_its_entry_does(file: Path) -> None:
    silent = []
    for rule in entries(file):
        if rule.path.startswith("sql.") or problem(rule):
            continue
        shown = {event.partition(":")[0] for event in events(rule)}
        wanted = words(rule)
        if is_sql(rule.reads + rule.writes):
            wanted = wanted - {"reads", "writes"} | ({"reads"} if "reads" in shown else {"writes"})
        if wanted and not wanted & shown:
            silent.append(f"{where(rule)}: {sorted(wanted)} wanted, {sorted(shown)} shown")
    assert not silent


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_comments_of_examples_are_events(file: Path) -> None:
    assert not [
        f"{where(rule)}: {event!r}"
        for rule in entries(file)
        if not rule.path.startswith("sql.") and not problem(rule)
        for event in events(rule)
        if not EVENT.fullmatch(event)
    ]


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_no_example_names_a_path_of_a_machine(file: Path) -> None:
    assert not [where(rule) for rule in entries(file) if MACHINE.search(rule.example)]


def test_inputs_and_outputs_are_known_widely() -> None:
    accesses = [rule for file in FILES for rule in entries(file) if rule.reads or rule.writes or rule.access or rule.runs]
    assert len(accesses) >= LEAST_IO


@pytest.mark.parametrize(
    ("path", "verb"),
    [("pandas.read_csv", "reads"), ("pandas.read_newformat", "reads"), ("pandas.DataFrame.to_csv", "writes"), ("sh.cp", "writes")],
)
def test_the_book_finds_exact_paths_and_patterns(path: str, verb: str) -> None:
    rule = rulebook.load().find(path)
    assert rule is not None
    assert getattr(rule, verb)


def test_a_series_has_the_methods_of_a_frame() -> None:
    rule = rulebook.load().method("pandas.Series", "to_csv")
    assert rule is not None
    assert rule.path == "pandas.DataFrame.to_csv"


def test_a_rule_file_that_is_no_yaml_is_said_in_one_line() -> None:
    with pytest.raises(CouplingError, match=r"^own\.yaml:\d: not readable as YAML: [^\n]+$"):
        rulebook.parse("x: [", "own.yaml")
