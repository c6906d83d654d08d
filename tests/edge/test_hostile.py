"""Repositories that nobody should have: each ends soon with a message and the right exit code, and the files beside are analysed.

Every case is a process of its own; ``good.py`` stands in every repository and must be understood whatever else lies there.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from tests.edge.test_cli import Done, Shell

GOOD = 'import pandas as pd\npd.read_csv("in/good.csv").to_csv("out/good.csv")\n'
LONGEST = 5.0
"""Seconds of processor time, start of the interpreter included; ``slow`` machines are not what is tested."""

DEEP = 3_000
PROGRAMS = {
    "recursion": 'def f(x):\n    return f(x + 1)\npd.read_csv(f("a.csv"))\n',
    "mutual recursion": (
        "def f(x):\n    return g(x)\ndef g(x):\n    return h([x])\ndef h(x):\n    return f(x[0]) + f(x)\npd.read_csv(f('a.csv'))\n"
    ),
    "methods that call each other": (
        "class A:\n    def __init__(self):\n        self.b = B()\n    def go(self, x):\n        return self.b.go(x)\n"
        "class B:\n    def __init__(self):\n        self.a = A()\n    def go(self, x):\n        return self.a.go(x)\n"
        "A().go(pd.read_csv('a.csv'))\n"
    ),
    "a function that takes itself": "def f(g):\n    return g(g)(f)(g)\nf(f)(f)\n",
    "a lambda that never ends": "w = lambda x: x(x)\nw(w)\n",
    "10,000 calls": "def f(x):\n" + "    x = g(x)\n" * 10_000 + "    return x\ndef g(x):\n    return x + '1'\npd.read_csv(f('a'))\n",
    "10,000 methods in a row": "x = pd.read_csv('a.csv')\nx" + ".head()" * 10_000 + ".to_csv('b.csv')\n",
    "calls that double": "def f0(x):\n    return x\n"
    + "".join(f"def f{n}(x):\n    return f{n - 1}(x) + f{n - 1}(x + 'a')\n" for n in range(1, 60))
    + "pd.read_csv(f59('a'))\n",
    "paths that double": "import os\ndef f0(x):\n    return x\n"
    + "".join(f"def f{n}(x):\n    return os.path.join(f{n - 1}(x), f{n - 1}(x + 'a'))\n" for n in range(1, 60))
    + "pd.read_csv(f59('a'))\n",
    "lists that double": "def f0(x):\n    return [x]\n"
    + "".join(f"def f{n}(x):\n    return [f{n - 1}(x), {{'a': f{n - 1}(x + 'a')}}]\n" for n in range(1, 60))
    + "pd.read_csv(f59('a'))\n",
    "texts that double": "x = pd.read_csv('a.csv').to_string()\n" + "x = f'{x}{x}/'\n" * 60 + "pd.read_csv(x)\n",
    "1 MB of text": f'x = "{"a" * 900_000}"\npd.read_csv(x)\n',
    "1 MB of digits": f"x = {'1' * 4000}\ny = '{'1' * 900_000}'\n",
    "5,000 branches": "if a == 0:\n    x = 'a'\n"
    + "".join(f"elif a == {n}:\n    x = 'a{n}.csv'\n" for n in range(5_000))
    + "pd.read_csv(x)\n",
    "1,000 branches": "if a == 0:\n    x = 'a'\n"
    + "".join(f"elif a == {n}:\n    x = 'a{n}.csv'\n" for n in range(1_000))
    + "pd.read_csv(x)\n",
    "brackets": f"x = {'(' * DEEP}1{')' * DEEP}\n",
    "lists": f"x = {'[' * DEEP}1{']' * DEEP}\n",
    "a long sum": "x = 'a'" + " + 'b'" * 20_000 + "\npd.read_csv(x)\n",
    "a long power": "x = 2" + " ** 2" * DEEP + "\n",
    "many negations": f"x = {'not ' * DEEP}1\n",
    "a huge dict": "x = {" + "".join(f"'k{n}': 'v{n}.csv', " for n in range(30_000)) + "}\nfor k in x:\n    pd.read_csv(x[k])\n",
    "loops in loops": "".join(f"{'    ' * n}for a{n} in ('x', 'y', 'z'):\n" for n in range(15))
    + "    " * 15
    + "pd.read_csv("
    + " + ".join(f"a{n}" for n in range(15))
    + ")\n",
    "alternatives that multiply": "".join(f"a{n} = 'x' if c else 'y'\n" for n in range(40))
    + "pd.read_csv("
    + " + ".join(f"a{n}" for n in range(40))
    + ")\n",
    "names that go round": "a = b = c = 'x'\nwhile t:\n" + "    a, b, c = b + a, c + b, a + c\n" * 200 + "pd.read_csv(a)\n",
    "classes that extend each other": "class A(B): pass\nclass B(A): pass\nA().run(B().x)\npd.read_csv(A.path)\n",
    "300 defaults": "".join(f"def f{n}(x='a{n}', g=None):\n    return f{(n + 1) % 300}(x, g)\n" for n in range(300)) + "f0()\n",
}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "repo").mkdir()
    made = Shell(tmp_path / "repo", tmp_path / "cache")
    made.write("good.py", GOOD)
    return made


def check(shell: Shell) -> dict[str, list[dict[str, str]]]:
    """The report of a run that took not too long."""
    before = os.times()
    began = time.monotonic()
    done = shell.run("check", ".", "--format", "json", "--jobs", "1", "--no-cache")
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    assert done.code in (0, 1), done.err[-2000:]
    assert "Traceback" not in done.err
    assert spent < LONGEST, f"{spent:.1f} s, {time.monotonic() - began:.1f} s by the clock"
    report: dict[str, list[dict[str, str]]] = json.loads(done.out)
    names = {node["name"] for node in report["nodes"]}
    assert {"in/good.csv", "out/good.csv"} <= names
    return report


def said(report: dict[str, list[dict[str, str]]], path: str) -> str:
    return "\n".join(each["what"] for each in report["problems"] if each["file"] == path)


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_without_end(shell: Shell, name: str) -> None:
    shell.write("bad.py", "import pandas as pd\n" + PROGRAMS[name] + "pd.read_csv('in/last.csv')\n")
    report = check(shell)
    assert "in/last.csv" in {node["name"] for node in report["nodes"]} or said(report, "bad.py")


def test_a_missing_path_is_2(shell: Shell) -> None:
    done = shell.run("check", "nowhere")
    assert (done.code, done.out) == (2, "")
    assert "`nowhere` does not exist" in done.err


def test_an_empty_folder_is_0_and_says_so(shell: Shell) -> None:
    (shell.root / "empty").mkdir()
    done: Done = shell.run("check", "empty")
    assert done.code == 0
    assert "0 files" in done.out + done.err or "nothing" in done.out + done.err


def test_bytes_for_python(shell: Shell) -> None:
    (shell.root / "bad.py").write_bytes(b"\x00\x01\xff" * 1000)
    assert "NUL" in said(check(shell), "bad.py")
    (shell.root / "bad.py").write_bytes(b"\xff\xfe\xfa" * 999)
    assert check(shell)


def test_a_notebook_that_is_no_json(shell: Shell) -> None:
    shell.write("bad.ipynb", '{"cells": [{"cell_type": "code", "source": ["x = 1')
    assert said(check(shell), "bad.ipynb")


def test_a_million_aliases(shell: Shell) -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"] + [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 10) + "]" for n in range(1, 9)]
    shell.write("laughs.yaml", "\n".join(rows) + "\n")
    shell.write("many.yaml", "base: &b {k: v}\nrows:\n" + "- *b\n" * 1_000_000)
    report = check(shell)
    assert "alias" in said(report, "many.yaml") + said(report, "laughs.yaml") + str(report["summary"])


def test_configurations_that_name_each_other(shell: Shell) -> None:
    shell.write("conf/config.yaml", "a: ${b}/x\nb: ${a}/y\nc: ${c}\nd: ${oc.env:HOME,${d}}\n")
    shell.write("params.yaml", "x: ${y}\ny: ${x}\n")
    shell.write("dvc.yaml", "vars:\n- a: ${b}\n- b: ${a}\nstages:\n  s:\n    cmd: python bad.py ${a}\n    outs:\n    - ${a}.csv\n")
    shell.write("conf.ini", "[a]\nx = %(y)s\ny = %(x)s\n")
    shell.write("Makefile", "A = $(B)\nB = $(A)\nall:\n\tpython bad.py $(A)\n")
    shell.write(".env", "A=$B\nB=$A\n")
    shell.write(
        "bad.py", "import yaml, pandas as pd\nc = yaml.safe_load(open('conf/config.yaml'))\npd.read_csv(c['a'])\npd.read_csv(c['c'])\n"
    )
    assert check(shell)


def test_modules_that_import_each_other(shell: Shell) -> None:
    shell.write("a.py", "from b import *\nfrom b import y\nx = y\n")
    shell.write("b.py", "from a import *\nfrom a import x\ny = x\n")
    shell.write("c.py", "import pandas as pd\nfrom a import x\npd.read_csv(x)\npd.read_csv('in/last.csv')\n")
    assert "in/last.csv" in {node["name"] for node in check(shell)["nodes"]}


def test_scripts_that_start_each_other(shell: Shell) -> None:
    shell.write("a.sh", "f() { f $1x; }\nf a\nbash b.sh $1y\npython bad.py $1\n")
    shell.write("b.sh", "bash a.sh $1z\n. a.sh\n")
    shell.write(
        "bad.py",
        "import subprocess, sys\nsubprocess.run(['python', 'bad.py', sys.argv[1] + 'x'])\n"
        "subprocess.run('bash a.sh ' + sys.argv[1], shell=True)\n",
    )
    assert check(shell)


def test_links_without_end(shell: Shell) -> None:
    (shell.root / "deep").mkdir()
    (shell.root / "deep" / "again").symlink_to(shell.root)
    (shell.root / "loop").symlink_to(shell.root / "loop")
    (shell.root / "loop.py").symlink_to("loop.py")
    assert check(shell)


def test_a_configuration_that_is_none_is_2(shell: Shell) -> None:
    shell.write("coupling.toml", "fail-on = [")
    done = shell.run("check", ".")
    assert done.code == 2
    assert "coupling.toml" in done.err
    assert "Traceback" not in done.err


def test_a_file_that_cannot_be_opened(shell: Shell) -> None:
    shell.write("pipe.py", "")
    (shell.root / "pipe.py").unlink()
    os.mkfifo(shell.root / "pipe.py")
    assert check(shell)


@pytest.mark.parametrize("words", [("facts", "a.py"), ("check", "a.py"), ("graph", "a.py"), ("facts", "pipe.py")])
def test_links_in_a_circle_and_pipes_are_no_files(shell: Shell, words: tuple[str, ...]) -> None:
    (shell.root / "a.py").symlink_to("b.py")
    (shell.root / "b.py").symlink_to("a.py")
    os.mkfifo(shell.root / "pipe.py")
    done = shell.run(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"error: `{words[1]}` {'is no regular file' if words[1] == 'pipe.py' else 'does not exist'}")


def test_a_name_with_a_line_break_speaks_to_no_log(shell: Shell) -> None:
    name = "m\n::error::x.joblib"
    fit = "m.fit(d[['a']], d['y'])\nd['y'] = m.predict(d[['a']])\nd.to_csv('d.csv')\n"
    shell.write(
        "\n::error::fit.py",
        f"import joblib, pandas as pd\nfrom sklearn.svm import SVC\nm = SVC()\nd = pd.read_csv('d.csv')\n{fit}joblib.dump(m, {name!r})\n",
    )
    [finding] = json.loads(shell.run("check", "--format", "json").out)["findings"]
    outputs = [
        shell.run("mark", finding["fingerprint"], "--reason", "r"),
        shell.run("check", "--format", "concise", "--no-cache"),
        shell.run("why", "::error::"),
        shell.run("graph", "--focus", "m\n::error::"),
        shell.run("explain", finding["fingerprint"]),
    ]
    assert not [line for done in outputs for line in (done.out + done.err).splitlines() if line.strip().startswith("::error")]
