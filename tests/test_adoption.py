"""docs/adoption.md is true: its configurations load, its comments are read as it says, its commands are there."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import click
import pytest

from coupling.cli import cli
from coupling.config import Config, load
from coupling.core.marks import Mark, parse
from coupling.core.source import SourceFile
from coupling.discover import kind_of
from coupling.parsers import parse as parse_file
from coupling.suppress import ignores

TEXT = (Path(__file__).parents[1] / "docs" / "adoption.md").read_text(encoding="utf-8")
BLOCKS: list[tuple[str, str]] = re.findall(r"(?ms)^```(\w+)\n(.*?)^```$", TEXT)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "coupling.toml").write_text("\n".join(block for language, block in BLOCKS if language == "toml"), encoding="utf-8")
    return load(tmp_path)


def test_its_configuration_loads(config: Config) -> None:
    assert [contract.type for contract in config.contracts] == ["forbidden", "independent", "protected", "acyclic"]
    assert [(entry.owner, entry.contract) for entry in config.allow] == [("@support", ""), ("", "labels have one owner")]
    assert not config.allow[0].expired(date(2027, 6, 30))
    assert config.allow[0].expired(date(2027, 7, 1))


def test_the_pyproject_form_loads_too(tmp_path: Path) -> None:
    text = "\n".join(block for language, block in BLOCKS if language == "toml").replace("[[", "[[tool.coupling.")
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    assert len(load(tmp_path).contracts) == 4


def test_its_comments_say_what_they_should() -> None:
    said = []
    for number, (language, block) in enumerate(BLOCKS):
        path = f"{number}.{language}"
        if language in ("py", "sql", "sh"):
            comments = parse_file(SourceFile(path, kind_of(path), len(block)), block.encode()).comments
            said += [parse(each.text) for each in comments if not each.text.startswith("ignore")]
            assert all(not found.problem and found.kinds for found in ignores({path: comments}, {}))
    assert all(isinstance(mark, Mark) for mark in said)
    assert [mark.verb for mark in said if isinstance(mark, Mark)] == "reads writes trains predicts trains predicts writes".split()


def test_its_commands_and_options_are_there() -> None:
    for name, words in re.findall(r"(?m)^coupling (\w+) *([^#\n]*)", "\n".join(block for language, block in BLOCKS if language == "sh")):
        options = {option for param in cli.commands[name].params if isinstance(param, click.Option) for option in param.opts}
        assert {word for word in words.split() if word.startswith("--")} <= options
    assert {"baseline", "mark", "init", "config"} <= set(cli.commands)
