"""README.md and docs/graph.svg show what the tool makes today, and the README's first commands are what a newcomer needs.

When this fails: ``python tools/write_readme.py``.
"""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
import yaml

import coupling
from coupling.cli.check import check
from coupling.config import load

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@cache
def writer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_readme", ROOT / "tools" / "write_readme.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def commands(text: str) -> list[str]:
    """The command lines of the shell blocks, in order."""
    blocks = re.findall(r"(?ms)^```(?:sh|bash|shell|console)\n(.*?)^```$", text)
    return [line for block in blocks for line in block.splitlines() if line.strip() and not line.startswith("#")]


def test_the_readme_shows_what_the_tool_makes() -> None:
    assert writer().readme(README) == README
    assert all(f"<!-- made: {name} -->" in README for name in writer().parts())


def test_the_report_and_the_picture_show_a_loop() -> None:
    made = writer().parts()
    assert "feedback-loop" in made["report"]
    assert "linkStyle" in made["loop"]


def test_the_graph_shows_what_the_tool_makes() -> None:
    assert (ROOT / "docs" / "graph.svg").read_text(encoding="utf-8") == writer().graph()


def test_the_first_commands_run_a_sample_and_the_tests() -> None:
    first, second = commands(README)[:2]
    assert re.search(r"coupling check sample_repos/(\w+)", first)
    assert writer().STORY in first
    assert "[test]" in second
    assert "pytest" in second


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/rules.md", "docs/formats.md", "docs/viewer.md"]
)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)\)", text) if "://" not in link]
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


def test_the_configuration_that_it_shows_is_one(tmp_path: Path) -> None:
    example = re.findall(r"(?ms)^```toml\n(.*?)^```$", README)
    assert len(example) == 1
    (tmp_path / "coupling.toml").write_text(example[0], encoding="utf-8")
    config = load(tmp_path)
    assert config.allow
    assert config.world
    shown = [{"loop": list(config.allow[0].loop), "reason": "as shown"}]
    report = coupling.check(ROOT / "sample_repos" / writer().STORY, cache=False, jobs=1, allow=shown)
    assert [finding.suppressed for finding in report.findings] == ["as shown"]


def test_hook_and_action_use_options_that_exist() -> None:
    hook = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))[0]["entry"]
    steps = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]
    known = {name for option in check.params for name in option.opts}
    used = set(re.findall(r"(?<![\w-])--[\w-]+", f"{hook} {steps[-1]['run']}"))
    assert used
    assert used <= known
