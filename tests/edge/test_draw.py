"""Pictures: by Graphviz or its port, and with a reason when there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from coupling import draw as module
from coupling.core.errors import CouplingError
from coupling.draw import draw


def program(folder: Path, name: str, body: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{body}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty PATH, and an interpreter with nothing beside it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    return tmp_path


def test_graphviz_is_preferred_to_its_port(path: Path) -> None:
    program(path, "graphviz-pure", 'echo "port $1"')
    assert draw("digraph {}", "svg") == b"port -Tsvg\n"
    program(path, "dot", 'read -r line; echo "dot $1 $line"')
    assert draw("digraph {}\n", "svg") == b"dot -Tsvg digraph {}\n"


def test_the_port_lies_beside_the_interpreter(path: Path) -> None:
    (path / "bin").mkdir()
    program(path / "bin", "graphviz-pure", "echo here")
    assert draw("", "png") == b"here\n"


def test_no_program_is_an_error_with_a_remedy(path: Path) -> None:
    with pytest.raises(CouplingError, match=r"pip install 'ml-coupling\[render\]'"):
        draw("", "svg")


def test_a_failure_is_told_in_its_own_words(path: Path) -> None:
    program(path, "dot", 'echo "Format: pdf not recognized" >&2; exit 1')
    with pytest.raises(CouplingError, match="`dot` could not draw pdf: Format: pdf not recognized"):
        draw("", "pdf")


def test_a_picture_has_a_time_limit(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.2)
    program(path, "dot", "exec /bin/sleep 20")
    with pytest.raises(CouplingError, match="--findings-only"):
        draw("", "svg")
