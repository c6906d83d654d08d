"""The kinds' one source: complete, fresh in docs/kinds/, and looked up kindly."""

from __future__ import annotations

from pathlib import Path

import pytest

from coupling.core.errors import CouplingError
from coupling.detectors import DETECTORS, KINDS
from coupling.detectors.kinds import Kind, index_page, kind, page

DOCS = Path(__file__).parents[2] / "docs" / "kinds"


@pytest.mark.parametrize("about", KINDS, ids=lambda k: k.code)
def test_pages_are_fresh(about: Kind) -> None:
    """When this fails: python tools/write_kinds.py"""
    assert (DOCS / f"{about.code}.md").read_text(encoding="utf-8") == page(about)


def test_the_list_is_fresh_and_nothing_else_lies_there() -> None:
    assert (DOCS / "README.md").read_text(encoding="utf-8") == index_page()
    assert {file.name for file in DOCS.iterdir()} == {"README.md", *(f"{k.code}.md" for k in KINDS)}


@pytest.mark.parametrize("about", KINDS, ids=lambda k: k.code)
def test_every_part_says_something(about: Kind) -> None:
    assert all(len(text) > 40 for text in about[5:])
    assert about.severity in ("error", "warning", "note")
    assert not about.help.endswith(".")


def test_codes_and_names_are_unique_and_each_has_a_detector() -> None:
    assert len({k.code for k in KINDS} | {k.name for k in KINDS}) == 2 * len(KINDS)
    assert len(DETECTORS) == len(KINDS) == 15


def test_a_kind_is_found_by_code_or_name() -> None:
    assert kind("CPL103") is kind("cpl103") is kind("hidden-feedback-loop")


def test_a_wrong_word_names_the_nearest() -> None:
    with pytest.raises(CouplingError, match="did you mean `entanglement`"):
        kind("entanglment")
