"""Settings: where they are found, what they may say, and how an error names the line and the mend."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from coupling.config import Allow, Config, line_of, load, make
from coupling.core.errors import CouplingError


def write(folder: Path, name: str, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path) == Config()


def test_every_key_is_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        "coupling.toml",
        """
select = ["CPL1"]
extend-select = ["entanglement"]
ignore = ["CPL304"]
exclude = ["old/"]
fail-on = "error"
min-certainty = "guess"
pedantic = true
[per-file-ignores]
"notebooks/**" = ["CPL201"]
[[allow]]
loop = ["churn", "upsell"]
reason = "a holdout keeps it honest"
owner = "@scoring"
expires = 2030-01-31
mitigation = "holdout"
[[world]]
shows = "GET /items"
shapes = ["clicks"]
except = "explore = true"
""",
    )
    config = load(tmp_path)
    assert (config.select, config.extend_select, config.ignore) == (("CPL1",), ("entanglement",), ("CPL304",))
    assert (config.exclude, config.fail_on, config.min_certainty, config.pedantic) == (("old/",), "error", "guess", True)
    assert config.per_file_ignores == (("notebooks/**", ("CPL201",)),)
    [allow], [world] = config.allow, config.world
    assert (allow.loop, allow.owner, allow.expires, allow.mitigation, allow.line) == (
        ("churn", "upsell"),
        "@scoring",
        "2030-01-31",
        "holdout",
        11,
    )
    assert (world.shows, world.shapes, world.free, world.line) == ("GET /items", ("clicks",), "explore = true", 17)
    assert config.file == "coupling.toml"


def test_the_nearest_file_up_to_the_git_root_counts(tmp_path: Path) -> None:
    write(tmp_path, "coupling.toml", 'fail-on = "never"')
    write(tmp_path / "repo" / ".git", "HEAD", "")
    write(tmp_path / "repo", "pyproject.toml", '[tool.coupling]\nfail-on = "error"')
    write(tmp_path / "repo" / "a", "pyproject.toml", "[project]\nname = 'x'")
    inner = tmp_path / "repo" / "a" / "b"
    inner.mkdir()
    assert load(inner).fail_on == "error"
    assert load(inner).below(inner) == "a/b/"
    (tmp_path / "repo" / "pyproject.toml").unlink()
    assert load(inner) == Config()


def test_a_named_file_needs_no_discovery(tmp_path: Path) -> None:
    write(tmp_path, "other.toml", "pedantic = true")
    assert load(tmp_path, tmp_path / "other.toml").pedantic
    with pytest.raises(CouplingError, match=r"cannot read the configuration .*absent\.toml"):
        load(tmp_path, tmp_path / "absent.toml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# c\n\nselekt = []", r"coupling\.toml:3: unknown key `selekt`, did you mean `select`\?"),
        ("fail-on = 'loud'", r"coupling\.toml:1: `fail-on` is one of error, warning, note, never, not `loud`"),
        ("pedantic = 1", r":1: `pedantic` is true or false, not `1`"),
        ("select = 'CPL1'", r":1: `select` is a list of texts"),
        ("allow = 3", r":1: `allow` is an array of tables: write \[\[tool\.coupling\.allow\]\]"),
        ("[[allow]]\nfrom = 'a'", r":1: an allowed coupling needs a `reason`"),
        ("[[allow]]\nreason = 'a'", r":1: an allowed coupling needs `from` and `to`"),
        (
            "[[allow]]\nfrom = 'a'\nreason = 'x'\n\n[[allow]]\nform = 'a'\nreason = 'b'",
            r":6: unknown key `form` in `allow`, did you mean `from`\?",
        ),
        ("[[world]]\nshows = 'a'", r":1: a `world` entry needs `shapes` \(\[\] dismisses\)"),
        ("[per-file-ignores]\na = 'x'", r":2: `a` is a list of texts"),
        ("select = [", r"coupling\.toml: not readable as TOML"),
        ("pedantic = true\n[[tool.coupling.world]]\nshows = 'a'\nshapes = []", r"coupling\.toml:1: `pedantic` stands beside a table of"),
    ],
)
def test_an_error_says_where_and_what(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, "coupling.toml", text)
    with pytest.raises(CouplingError, match=message):
        load(tmp_path)


def test_a_line_is_where_the_statement_begins() -> None:
    text = "[tool.coupling]\nselect = [\n  'a',\n]\n# why\nignore = [\n  'b'\n]\n"
    assert line_of(text, ("tool", "coupling", "select")) == 2
    assert line_of(text, ("tool", "coupling", "ignore")) == 6
    assert line_of(text, ("tool", "coupling", "nothing")) == 0


@pytest.mark.parametrize(("expires", "expired"), [("", False), ("2026-01-02", False), ("2026-01-01", True), ("soon", True)])
def test_an_allowance_expires(expires: str, expired: bool) -> None:
    assert Allow("why", expires=expires).expired(date(2026, 1, 2)) is expired


def test_python_options_are_checked_alike() -> None:
    assert make(select=["CPL1"], fail_on="never").fail_on == "never"
    with pytest.raises(CouplingError, match="did you mean `select`"):
        make(selct=[])
