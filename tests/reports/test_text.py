from __future__ import annotations

import re
import unicodedata

import pytest

from coupling.core.errors import CouplingError
from coupling.reports import REPORTS, render
from tests.reports.stories import EMPTY, HOSTILE, LOOP, REPORT, check_golden


def test_text_is_golden() -> None:
    check_golden("report.txt", render("text", REPORT, seconds=1.9))
    check_golden("report-verbose.txt", render("text", REPORT, verbose=True, unicode=False))


def test_concise_is_golden() -> None:
    check_golden("concise.txt", render("concise", REPORT))


def test_excerpts_are_aligned() -> None:
    lines = [line for line in render("text", REPORT).splitlines() if line[:3] in ("  ┌", "  │", "  └")][:5]
    first, last = (
        ("scores =", "frame.", "coalesce", "X =", "clf"),
        ("churn predicts", "-> table", "ml.churn_scores ->", "<- ml", "trains churn"),
    )
    starts = {line.index(word) for line, word in zip(lines, first, strict=True)}
    ends = {line.index(word) for line, word in zip(lines, last, strict=True)}
    assert len(starts) == len(ends) == 1


@pytest.mark.parametrize("width", [20, 80])
def test_a_place_is_never_cut(width: int) -> None:
    deep = LOOP._replace(path=tuple(span._replace(path="deep/" * 20 + span.path) for span in LOOP.path))
    text = render("text", REPORT._replace(findings=(deep,)), width=width)
    for span in deep.path:
        assert f"{span.path}:{span.line}  " in text
    assert "clf.fit(X, y)" in text
    assert "\n  ┌ scoring/batch.py:41  churn predicts\n  │     scores = model.pred" in render("text", REPORT, width=80)


@pytest.mark.parametrize("format", ["text", "concise"])
def test_colour_changes_only_colour(format: str) -> None:
    colored = render(format, REPORT, color=True)
    assert "\x1b[1;31m" in colored
    for code in ("0", "1", "2", "32", "1;31", "1;33", "1;35", "1;36"):
        colored = colored.replace(f"\x1b[{code}m", "")
    assert colored == render(format, REPORT)


@pytest.mark.parametrize("format", [format for format in REPORTS if format not in ("gitlab", "json")])
def test_nothing_understood_is_said(format: str) -> None:
    said = re.compile("(?i)means nothing|no model and no data set")
    assert said.search(render(format, EMPTY))
    assert not said.search(render(format, REPORT))


def test_a_model_without_known_data_is_no_nothing() -> None:
    """Fitted on a parameter that nobody passes: the model was understood, its data was not."""
    apart = EMPTY._replace(summary=EMPTY.summary._replace(models_apart=1))
    text = render("text", apart)
    assert "1 model without known data" in text
    assert "no data is known of the models here" in text
    assert "no model" not in text


@pytest.mark.parametrize("format", ["text", "concise"])
def test_terminal_is_safe(format: str) -> None:
    text = render(format, HOSTILE, verbose=True)
    assert "\\x1b[31m" in text
    assert not [ch for ch in text if ch != "\n" and unicodedata.category(ch) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    text.encode()


def test_unknown_names_are_usage_errors() -> None:
    with pytest.raises(CouplingError, match="did you mean `mermaid`"):
        render("mermiad", REPORT)
    with pytest.raises(CouplingError, match="did you mean `color`"):
        render("text", REPORT, colour=True)


@pytest.mark.parametrize("format", REPORTS)
def test_every_format_is_repeatable_and_utf8(format: str) -> None:
    for report in (REPORT, HOSTILE, EMPTY):
        text = render(format, report)
        assert text == render(format, report)
        text.encode()
        assert text.endswith("\n")
