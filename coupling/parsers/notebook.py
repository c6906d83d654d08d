"""Notebooks -> the facts of one Python program made of the code cells in order.

Comes in: .ipynb text, nbformat 3 or 4. Goes out: what the Python parser says, with ``cells`` mapping lines back. This is the
only parser that calls another. A kernel that is not Python, SQL or a shell is a Problem, and so is a cell that is no Python.
"""

from __future__ import annotations

from typing import NamedTuple

from coupling.core.facts import FileFacts
from coupling.core.source import Problem, Span
from coupling.parsers import python
from coupling.parsers.magics import parses, rewrite_cell
from coupling.parsers.tree import EMPTY, Node, Unreadable, read_json

KINDS = ("notebook",)

MAX_VALUES = 3_000_000
_LANGUAGES = {"python": "python", "python2": "python", "python3": "python", "ipython": "python", "pyspark": "python", "sql": "sql"}
_LANGUAGES |= {"": "python", "bash": "bash", "sh": "bash", "sparkmagic": "python", "pysparkkernel": "python"}


class _Cell(NamedTuple):
    number: int
    line: int
    text: str
    parameters: bool = False
    """Whether its names are what a caller sets (papermill)."""


def parse(path: str, text: str) -> FileFacts:
    """The facts of a notebook."""
    try:
        root = read_json(text, MAX_VALUES)
    except Unreadable as error:
        return _failed(path, error.why, error.line)
    language = _language(root)
    if language not in _LANGUAGES:
        return _failed(path, f"a notebook in {language[:40]}, which is not read")
    program: list[str] = []
    cells: list[tuple[int, int, int]] = []
    given: list[tuple[int, int]] = []
    problems: list[Problem] = []
    for cell in _code_cells(root):
        lines = rewrite_cell(cell.text, _LANGUAGES[language]).split("\n")
        if not parses("\n".join(lines)):
            lines, found = _mended(lines, cell, path)
            problems += found
        cells.append((len(program) + 1, cell.number, cell.line))
        if cell.parameters:
            given.append((len(program) + 1, len(program) + len(lines)))
        program.extend(lines)
    facts = python.parse_text(path, "\n".join(program) + "\n", cells=tuple(cells), parameters=tuple(given))
    return facts._replace(parser="notebook", problems=(*facts.problems, *problems))


def _mended(lines: list[str], cell: _Cell, path: str) -> tuple[list[str], list[Problem]]:
    """What is readable of a cell that is no Python as the running Python knows it."""
    mended = python.mend("\n".join(lines))
    if mended is None or (mended[1] and not any(line.strip() not in ("", "pass") for line in mended[0].split("\n"))):
        return [f"# {line}" for line in lines], [Problem(f"cell {cell.number} is not Python", Span(path, cell.line, cell=cell.number))]
    what = f"part of cell {cell.number} left out, syntax not readable"
    told = [Problem(f"{what}: {part.why}", Span(path, cell.line + part.line - 1, cell=cell.number)) for part in mended[1]]
    return mended[0].split("\n"), told


def _failed(path: str, why: str, line: int = 0) -> FileFacts:
    return FileFacts(path, "notebook", problems=(Problem(why, Span(path, line)),))


def _language(root: Node) -> str:
    metadata = root.at("metadata")
    named = (metadata.at("kernelspec", "language"), metadata.at("language_info", "name"), metadata.at("kernelspec", "name"))
    first = next((node.text.lower() for node in named if node.text), "")
    return "python" if first.startswith(("python", "conda-env", "py3")) else first


def _code_cells(root: Node) -> list[_Cell]:
    """Code cells with their number among all cells, from 1."""
    sheets = root.at("worksheets").elements()
    cells = [cell for sheet in sheets for cell in sheet.at("cells").items] if sheets else root.at("cells").items
    found: list[_Cell] = []
    for number, cell in enumerate(cells, 1):
        source = cell.get("source") or cell.get("input") or EMPTY
        parts = source.elements()
        text = "".join(part.text for part in parts if part.kind == "text")
        if cell.at("cell_type").text == "code" and text.strip():
            marked = any(tag.text == "parameters" for tag in cell.at("metadata", "tags").elements())
            found.append(_Cell(number, parts[0].line, text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n"), marked))
    return found
