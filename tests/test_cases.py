"""Every case of every case file: tests/{link,parsers,detectors}/*.md."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests import casefile

HERE = Path(__file__).parent
DOCUMENTS = sorted(path for room in ("parsers", "link", "detectors") for path in (HERE / room).glob("*.md"))
CASES = [(path, case) for path in DOCUMENTS for case in casefile.read(path.read_text(encoding="utf-8"))]


def _id(path: Path, case: casefile.Case) -> str:
    title = re.sub(r"[^\w ]+", "", case.title)
    return f"{path.parent.name}/{path.stem}: {title}"


@pytest.mark.parametrize(("path", "case"), [pytest.param(path, case, id=_id(path, case)) for path, case in CASES])
def test_case(path: Path, case: casefile.Case) -> None:
    if os.environ.get("COUPLING_UPDATE"):
        casefile.update(path)
        return
    different = casefile.differences(case)
    assert not different, f"{path.name}: {case.title}\n" + "\n".join(different)
