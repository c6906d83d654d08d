"""The first configuration: what it asks, that it loads as it is and with every proposal taken in; settings and their schema."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from coupling import config, configview, firstconfig
from coupling.core.errors import CouplingError
from coupling.core.graph import Node
from coupling.core.source import Span
from coupling.core.tomltext import quoted
from tests.reports.stories import HOSTILE, REPORT

TODAY = date(2026, 6, 1)
PATHS = ("a.py", "examples/x.py", "src/legacy/old/y.py", "src/legacy/z.py")


def taken(text: str) -> str:
    """The text with every proposal taken in, as a reader would."""
    return "\n".join(
        line[1:] if (line.startswith("#") and line[1:2] not in ("", " ")) or line.startswith('#  "') else line for line in text.split("\n")
    )


@pytest.mark.parametrize("report", [REPORT, HOSTILE], ids=["story", "hostile"])
@pytest.mark.parametrize("name", ["coupling.toml", "pyproject.toml"])
def test_it_loads_as_it_is_and_with_every_proposal(tmp_path: Path, report: object, name: str) -> None:
    table = "tool.coupling" if name == "pyproject.toml" else ""
    text = firstconfig.compose(report, PATHS, TODAY, table)  # type: ignore[arg-type]
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = config.load(tmp_path)
    assert (found.file, found.allow, found.exclude) == (name, (), ())
    (tmp_path / name).write_text(taken(text), encoding="utf-8")
    found = config.load(tmp_path)
    assert found.exclude == ("/examples/", "/src/legacy/")
    assert len(found.allow) >= 1
    assert all(entry.expires == "2026-08-30" and entry.reason for entry in found.allow)
    assert len(found.contracts) == (1 if report is REPORT else 0)
    jsonschema.validate(_plain(tomllib.loads(taken(text)), table), configview.schema())


def _plain(data: dict[str, object], table: str) -> object:
    for key in filter(None, table.split(".")):
        data = data[key]  # type: ignore[assignment]
    return data


def test_it_asks_about_what_was_found() -> None:
    owned = REPORT.graph._replace(nodes=(*REPORT.graph.nodes, Node("unit:u", "unit", "script", "", "u", at=(Span("u"),), owner="@a @b")))
    text = firstconfig.compose(REPORT._replace(graph=owned), PATHS, TODAY)
    assert '#  "/examples/",  # 1 file, looks like examples' in text
    assert '#  "/src/legacy/",  # 2 files, looks retired' in text
    assert "# Owners, by CODEOWNERS: " in text
    assert "@a, @b" in text
    assert all(line.startswith("#") or not line for line in text.split("\n"))


@pytest.mark.parametrize("before", [b"", b"[project]\nname = 'x'", b"[project]\r\nname = 'x'\r\n", b"\xef\xbb\xbf[tool.x]\na = 1\n"])
def test_appending_changes_no_byte(before: bytes) -> None:
    made = firstconfig.appended(before, "# q\n[tool.coupling]\n", "pyproject.toml")
    assert made.startswith(before)
    assert made.endswith(b"[tool.coupling]" + (b"\r\n" if b"\r" in before else b"\n"))
    assert (b"\r" in before) or b"\r" not in made


@pytest.mark.parametrize("before", [b"tool = {x = 1}\n", b"a = \n", b"\xff\xfe"])
def test_a_file_that_cannot_take_the_table_says_so(before: bytes) -> None:
    with pytest.raises(CouplingError, match="--own-file"):
        firstconfig.appended(before, "[tool.coupling]\n", "pyproject.toml")


@pytest.mark.parametrize("text", ['a"b\\c', "a\nb\x7f\x00", "é日\u202e", "\U0001f600\ud800"])
def test_any_text_is_a_toml_string(text: str) -> None:
    assert tomllib.loads(f"a = {quoted(text)}")["a"] == text.replace("\ud800", "\ufffd")


# ---- the settings and where they come from


def test_each_setting_says_where_it_comes_from(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.coupling]\n# c\nexclude = [\n 'a/',\n]\n[[tool.coupling.allow]]\nfrom='a'\nreason='r'\n"
    )
    found = config.load(tmp_path)
    rows = dict(configview.rows(found, {"COUPLING_CHECK_FAIL_ON": "error"}))
    assert rows['exclude = ["a/"]'] == "pyproject.toml:3"
    assert rows["allow = [...]  (1 entry)"] == "pyproject.toml:6"
    assert rows['min-certainty = "partial"'] == "default"
    assert rows['fail-on = "warning"'] == "overruled by COUPLING_CHECK_FAIL_ON in the environment"
    assert [row.split(" = ")[0] for row in rows] == list(config.KEYS)


def test_the_schema_knows_every_key() -> None:
    found = configview.schema()["properties"]
    assert set(found) == set(config.KEYS)
    assert set(found["allow"]["items"]["properties"]) == set(config.ALLOW_KEYS)
    assert set(found["world"]["items"]["properties"]) == set(config.WORLD_KEYS)
    assert set(found["contracts"]["items"]["properties"]) == set(config.CONTRACT_KEYS)


@pytest.mark.parametrize(
    "text",
    [
        "selekt = []",
        "[[allow]]\nfrom = 'a'",
        "[[allow]]\nreason = 'a'",
        "[[contracts]]\nname = 'a'\ntype = 'forbidden'\nfrom = 'x'",
        "[[world]]\nshows = 'a'",
        "fail-on = 'loud'",
    ],
)
def test_the_schema_refuses_what_loading_refuses(tmp_path: Path, text: str) -> None:
    (tmp_path / "coupling.toml").write_text(text)
    with pytest.raises(CouplingError):
        config.load(tmp_path)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(text), configview.schema())
