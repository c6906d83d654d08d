"""What ``coupling facts`` tells of a file: names step by step, holes with their reasons, and which repository it read."""

from __future__ import annotations

from pathlib import Path

import pytest

from coupling.config import Config
from coupling.core.facts import Builder
from coupling.core.secrets import hide
from coupling.link.values import Place
from coupling.pipeline import understand
from coupling.readback import readback
from coupling.reports.options import Options
from coupling.substitution import Names
from coupling.understood import explain_file
from tests.edge.test_cli import Shell

FILES = {
    "conf/base.py": 'SCHEMA = "ml"\nTABLE = f"{SCHEMA}.scores"\n',
    "conf/paths.yaml": "tickets:\n  archive: data/archive/tickets.csv\n",
    "store.py": (
        "import pandas as pd\nimport yaml\nfrom conf.base import TABLE\n"
        'PATHS = yaml.safe_load(open("conf/paths.yaml"))\n'
        'def load(which, suffix=""):\n    return pd.read_csv(PATHS["tickets"][which] + suffix)\n'
        "def keep(frame, engine):\n    frame.to_sql(TABLE, engine)\n"
    ),
    "job.py": (
        "import os\nimport pandas as pd\nimport store\n"
        'frame = store.load("archive")\n'
        'store.keep(frame, "postgresql://me:hunter2@host/db")\n'
        'pd.read_csv(os.environ["BUCKET"] + "/x.csv")\n'
        'print("unknown")\n'
    ),
}


@pytest.fixture
def page(tmp_path: Path):  # type: ignore[no-untyped-def]
    """The page on a file of a small repository."""
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    facts, linked = understand(tmp_path, Config(), cache=False, jobs=1)
    names = Names(facts, linked.paths)

    def make(path: str, **options: object) -> str:
        mine = next(file for file in facts if file.path == path)
        source = FILES[path].splitlines()
        return explain_file(mine, linked, names, lambda span: source[span.line - 1], Options(**options))  # type: ignore[arg-type]

    return make


def test_a_name_is_told_step_by_step(page) -> None:  # type: ignore[no-untyped-def]
    lines = [line.strip() for line in page("store.py").splitlines()]
    assert "reads   file data/archive/tickets.csv  (in job.py)" in lines
    assert 'name    PATHS["tickets"][which] + suffix' in lines
    at = lines.index('name    PATHS["tickets"][which] + suffix')
    assert [" ".join(line.split()) for line in lines[at + 1 : at + 5]] == [
        'PATHS = yaml.safe_load(open("conf/paths.yaml")) store.py:4',
        'which = "archive" job.py:4',
        'suffix = "" store.py:5',
        'a setting = "data/archive/tickets.csv" conf/paths.yaml:2',
    ]
    assert "through job.py:4" in lines


def test_names_are_followed_through_imports(page) -> None:  # type: ignore[no-untyped-def]
    text = " ".join(page("store.py").split())
    assert "writes table ml.scores" in text
    assert 'TABLE = "ml.scores" conf/base.py:2' in text


def test_a_hole_has_its_reason(page) -> None:  # type: ignore[no-untyped-def]
    text = page("job.py")
    assert "reads   file {BUCKET}/x.csv" in text
    assert [line for line in text.splitlines() if line.strip().startswith("hole") and "BUCKET" in line]


def test_calls_that_no_rule_knows_are_listed(page) -> None:  # type: ignore[no-untyped-def]
    assert page("job.py").rstrip().endswith('7  print("unknown")')


def test_no_password_is_told(page) -> None:  # type: ignore[no-untyped-def]
    assert "hunter2" not in page("store.py") + page("job.py").replace(FILES["job.py"].splitlines()[4], "")


@pytest.mark.parametrize("width", [64, 80, 120])
def test_the_page_keeps_the_width(page, width: int) -> None:  # type: ignore[no-untyped-def]
    assert [line for line in page("store.py", width=width).splitlines() if len(line) > width] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://me:pw@host/db", "postgresql://***@host/db"),
        ('connect(password="pw", user="me")', 'connect(password="***", user="me")'),
        ("API_KEY = 'abc'", "API_KEY = '***'"),
        ('os.environ["TOKEN"]', 'os.environ["TOKEN"]'),
        ("https://host:80/a@b", "https://host:80/a@b"),
        ('tokens = tokenizer("text")', 'tokens = tokenizer("text")'),
    ],
)
def test_secrets_are_hidden(text: str, shown: str) -> None:
    assert hide(text) == shown


def test_values_read_like_python() -> None:
    made = Builder("a.py", "python")
    base, name = made.add("free", "BASE"), made.add("text", "x.csv")
    path = made.add("concat", parts=(base, made.add("text", "/"), name))
    call = made.add(
        "call", parts=(made.add("attr", "read_csv", (made.add("import", "pandas"),)), path, made.add("number", "1")), keys=("", "n")
    )
    assert readback(made.facts(), call) == 'pandas.read_csv(f"{BASE}/x.csv", n=1)'
    opened = made.add("attr", "open", (made.add("after", parts=(made.add("div", parts=(base, name)), call)),))
    assert readback(made.facts(), opened) == '(BASE / "x.csv").open'
    deep = name
    for _ in range(50):
        deep = made.add("add", parts=(deep, base))
    assert readback(made.facts(), deep).startswith("... + BASE")
    assert readback(made.facts(), 10_000) == "..."


def test_shared_values_are_read_once() -> None:
    made = Builder("a.py", "python")
    name = made.add("free", "X")
    wide = name
    for _ in range(200):
        wide = made.add("add", parts=(wide,) * 20)
    assert readback(made.facts(), wide).startswith("... + ")
    changed = name
    for _ in range(20_000):
        changed = made.add("after", parts=(changed,))
    assert readback(made.facts(), changed) == "X"
    call = made.call("pandas.read_csv", (wide,), line=3)
    assert call
    names = Names([made.facts()], [])
    assert names.steps((Place("a.py", 3),), "read_csv") == []


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "repo").mkdir()
    made = Shell(tmp_path / "repo", tmp_path / "cache")
    for path, text in FILES.items():
        made.write(f"inner/{path}", text)
    (made.root / ".git").mkdir()
    return made


def test_the_repository_is_the_one_of_the_file_and_it_is_said(shell: Shell) -> None:
    done = Shell(shell.root / "inner", shell.cache).run("facts", "store.py")
    assert done.code == 0, done
    assert f"in the git repository {shell.root}; --root takes another folder" in done.err
    assert done.out.startswith("inner/store.py")


@pytest.mark.parametrize("file", ["inner/store.py", "store.py"])
def test_a_file_is_found_from_here_and_from_the_root(shell: Shell, file: str) -> None:
    done = shell.run("facts", file, "--root", "inner")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("store.py")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["inner/stor.py"], "`inner/stor.py` does not exist, did you mean `store.py`?"),
        (["inner"], "`inner` is a folder: `coupling files inner` lists its files"),
        (["inner/store.py", "--root", "inner/conf"], "is outside of"),
        (["inner/data.bin"], "is not analysed in"),
    ],
)
def test_what_cannot_be_told_says_why(shell: Shell, words: list[str], message: str) -> None:
    (shell.root / "inner" / "data.bin").write_bytes(b"\0")
    done = shell.run("facts", *words)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
