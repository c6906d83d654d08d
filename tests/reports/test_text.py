from __future__ import annotations

import re
import unicodedata

import pytest

from coupling.core.errors import CouplingError
from coupling.core.report import Report, Summary
from coupling.reports import REPORTS, render
from coupling.reports.measure import GLUE, columns
from tests.reports.stories import EMPTY, HOSTILE, LOOP, REPORT, check_golden


def test_text_is_golden() -> None:
    check_golden("report.txt", render("text", REPORT, seconds=1.9))
    check_golden("report-verbose.txt", render("text", REPORT, verbose=True, unicode=False))


def test_concise_is_golden() -> None:
    check_golden("concise.txt", render("concise", REPORT))


def hops_of(text: str) -> list[str]:
    """The lines of the first finding's hops."""
    lines = text.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("  ┌"))
    return lines[first : next(number for number, line in enumerate(lines) if line.startswith("  └") and number > first) + 2]


def test_excerpts_are_aligned_and_marked() -> None:
    lines = hops_of(render("text", REPORT))
    excerpts = ("scores =", "frame.", "coalesce", "X =", "clf")
    assert len({line.index(word) for line, word in zip(lines[::2], excerpts, strict=True)}) == 1
    marked = ("model.predict_proba", "churn_scores", None, "labels", "clf.fit")
    for line, under, word in zip(lines[::2], lines[1::2], marked, strict=True):
        start, end = under.index("^"), under.rindex("^") + 1
        assert word is None or line[start:end] == word


def test_what_happens_stands_below_where_it_has_no_room_beside() -> None:
    lines = hops_of(render("text", REPORT, width=50))
    assert [line for line in lines if line.rstrip().endswith("^")]
    assert "  │   -> table ml.churn_scores" in lines


@pytest.mark.parametrize("report", [REPORT, HOSTILE, EMPTY])
@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_the_width_is_kept(report: Report, width: int) -> None:
    """Only a command, a name or a word that is longer than a line exceeds it: nothing of that is in these lines."""
    for line in render("text", report, width=width, verbose=True).splitlines():
        assert columns(line) <= width or len(line.split()) <= 2 or "coupling " in line or report is HOSTILE


@pytest.mark.parametrize("width", [20, 80])
def test_a_long_place_keeps_its_end(width: int) -> None:
    """Folders in the middle go first; the file's name and the line stay."""
    deep = LOOP._replace(path=tuple(span._replace(path="deep/" * 20 + span.path) for span in LOOP.path))
    text = render("text", REPORT._replace(findings=(deep,)), width=width)
    assert "\n  ┌ deep/" in text
    assert "…" in text
    for span in deep.path:
        assert f"{span.path.rsplit('/', 1)[1]}:{span.line}\n" in text
    assert "clf.fit(X, y)" in text


def test_places_link_to_the_files() -> None:
    text = render("text", REPORT, places="file://host/repo/{path}#{line}")
    assert "\x1b]8;;file://host/repo/scoring/batch.py#41\x1b\\scoring/batch.py:41\x1b]8;;\x1b\\" in text
    assert re.sub(r"\x1b\]8;;.*?\x1b\\", "", text) == render("text", REPORT)


def test_a_link_holds_nothing_that_a_terminal_obeys() -> None:
    text = render("text", HOSTILE, places="file:///{path}", verbose=True)
    addresses = re.findall(r"\x1b\]8;;(.*?)\x1b\\", text)
    assert len(addresses) > 1
    assert all(address.isascii() and address.isprintable() for address in addresses)


def test_commands_name_the_repository() -> None:
    text = render("text", REPORT, repository="../other")
    assert "coupling explain 7f3a0000 ../other\n" in text
    assert "coupling graph ../other --findings-only -o coupling.html\n" in text
    assert "coupling check ../other -v" in text


@pytest.mark.parametrize("options", [{}, {"verbose": True}, {"width": 40}, {"repository": "a b"}])
def test_no_glue_is_left(options: dict[str, object]) -> None:
    assert GLUE not in render("text", REPORT, **options)


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("2026-12-07", "1 accepted (1 expires in 12 days) in"),
        ("2026-11-25", "1 accepted (1 expires today) in"),
        ("2026-99-99", "1 accepted in"),
        ("", "1 accepted in"),
    ],
)
def test_acceptances_that_end_are_told(until: str, said: str) -> None:
    report = REPORT._replace(findings=(LOOP._replace(suppressed="by design", accepted_by="allow", until=until),))
    assert said in render("text", report, today="2026-11-25")
    assert "1 accepted in" in render("text", report)


def test_ascii_where_the_encoding_knows_no_more() -> None:
    assert render("text", REPORT, unicode=False, width=40, verbose=True).isascii()


@pytest.mark.parametrize("format", ["text", "concise"])
def test_colour_changes_only_colour(format: str) -> None:
    colored = render(format, REPORT, color=True)
    assert "\x1b[1;31m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render(format, REPORT)


def test_colours_mean_something() -> None:
    colored = render("text", REPORT, color=True)
    for meaning in ("\x1b[35mchurn\x1b[0m", "\x1b[36mml.churn_scores\x1b[0m", "\x1b[1mtrain/fit.py:33\x1b[0m", "\x1b[1;31mclf.fit\x1b[0m"):
        assert meaning in colored


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


def test_large_numbers_are_written_alike() -> None:
    summary = Summary(4_000, languages=(("python", 3_999), ("notebook", 1)))
    assert "4 000 files  (3 999 Python, 1 notebook)" in render("text", EMPTY._replace(summary=summary))
