"""``coupling check`` against ``ast.parse`` of every Python file of the same folder, in CPU seconds, side by side in one run.

    python bench/run.py [NAME==VERSION ... | generated:FILES ...]

Corpora are pinned packages, which pip brings into a temporary folder, or generated pipelines. ``cold`` starts with an empty cache, ``warm``
runs on the same state again, ``one`` after one file changed. Child processes count.
"""

from __future__ import annotations

import ast
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from generate import write

CORPORA = ("click==8.1.7", "kedro==0.19.9", "generated:1000", "generated:4000")
AT_REST = 2.2
"""Seconds after which the cache takes a file for unchanged by its stamp alone."""


def main(corpora: tuple[str, ...]) -> None:
    sys.stdout.write(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}\n")
    sys.stdout.write(
        f"{'corpus':<24} {'files':>6} {'ast s':>7} {'cold s':>7} {'cold':>7} {'warm s':>7} {'warm':>7} {'one s':>7} {'one':>7}" + "\n"
    )
    for name in corpora:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "corpus"
            _bring(name, root)
            _measure(name, root, Path(folder) / "cache")


def _bring(name: str, root: Path) -> None:
    kind, _, count = name.partition(":")
    if kind == "generated":
        write(root, int(count))
    else:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--target", str(root)]
        subprocess.run([*install, name], check=True)


def _measure(name: str, root: Path, cache: Path) -> None:
    paths = sorted(root.rglob("*.py"))
    parsing = _cpu(lambda: _parse(paths))
    time.sleep(AT_REST)
    cold = _check(root, cache)
    warm = _check(root, cache)
    last = paths[-1]
    last.write_bytes(last.read_bytes() + b"\nCHANGED = 1\n")
    one = _check(root, cache)
    columns = " ".join(f"{spent:>7.2f} {spent / parsing:>6.2f}x" for spent in (cold, warm, one))
    sys.stdout.write(f"{name:<24} {len(paths):>6} {parsing:>7.2f} {columns}\n")
    sys.stdout.flush()


def _parse(paths: list[Path]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in paths:
            try:
                ast.parse(path.read_bytes())
            except (SyntaxError, ValueError):
                continue


def _check(root: Path, cache: Path) -> float:
    environment = {**os.environ, "COUPLING_CACHE_DIR": str(cache)}
    command = [sys.executable, "-m", "coupling", "check", "--exit-zero", "--quiet", str(root)]
    return _cpu(lambda: subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL))


def _cpu(work: Callable[[], object]) -> float:
    before = _spent()
    work()
    return _spent() - before


def _spent() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or CORPORA)
