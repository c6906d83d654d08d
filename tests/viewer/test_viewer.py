"""The viewer in a real browser: by keys, by clicks, by what it says and by what is on the screen."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from coupling.core.report import Report
from tests.reports.stories import BASE, EMPTY, EVIL, HOSTILE, REPORT
from tests.viewer.conftest import Show
from tests.viewer.large import large

if TYPE_CHECKING:
    from tools.chromium import Browser

SHOWN = "document.querySelector('article.on, #about:not([hidden])')"
HOPS = "[...document.querySelectorAll('article.on .hop')]"
FOCUS = f"{HOPS}.indexOf(document.activeElement)"
LARGE = large()


def count(browser: Browser, selector: str) -> int:
    """How many elements of a kind can be seen."""
    found = browser.run(f"[...document.querySelectorAll({selector!r})].filter(e => getComputedStyle(e).display !== 'none').length")
    assert isinstance(found, int)
    return found


def text(browser: Browser, selector: str) -> str:
    return str(browser.run(f"document.querySelector({selector!r}).textContent"))


def pixels(png: bytes) -> set[tuple[int, int, int]]:
    """The colours of a screenshot."""
    data, place, width = b"", 8, struct.unpack(">I", png[16:20])[0]
    channels = 4 if png[25] == 6 else 3
    while place < len(png):
        size, kind = struct.unpack(">I4s", png[place : place + 8])
        data += png[place + 8 : place + 8 + size] if kind == b"IDAT" else b""
        place += 12 + size
    raw, row, out = zlib.decompress(data), bytes(width * channels), set()
    for start in range(0, len(raw), width * channels + 1):
        row = _unfiltered(raw[start], raw[start + 1 : start + 1 + width * channels], row, channels)
        out |= {(row[n], row[n + 1], row[n + 2]) for n in range(0, len(row), channels)}
    return out


def _unfiltered(kind: int, line: bytes, above: bytes, step: int) -> bytes:
    out = bytearray(line)
    for n, value in enumerate(line):
        left, up, corner = (out[n - step], above[n], above[n - step]) if n >= step else (0, above[n], 0)
        near = min((abs(up - corner), 0, left), (abs(left - corner), 1, up), (abs(left + up - 2 * corner), 2, corner))[2]
        out[n] = (value + (0, left, up, (left + up) // 2, near)[kind]) & 255
    return bytes(out)


@pytest.mark.parametrize("base", [None, BASE], ids=["", "diff"])
@pytest.mark.parametrize("report", [REPORT, HOSTILE, EMPTY], ids=["story", "hostile", "empty"])
def test_it_opens_without_a_complaint_and_asks_for_nothing(show: Show, report: Report, base: Report | None) -> None:
    page = show(report, base=base)
    assert page.run("document.documentElement.classList.contains('ready')")
    assert page.complaints() == []
    assert len(page.requests()) == 1


def test_a_hostile_repository_is_only_quoted(show: Show) -> None:
    page = show(HOSTILE)
    page.click(".node", 0)
    page.click("#names .name")
    page.press("/", *"img")
    for number in range(2):
        page.click("a.finding", number)
    assert page.complaints() == []
    assert len(page.requests()) == 1
    assert count(page, "img") == 0
    assert count(page, "script") == 0
    assert page.run("document.querySelectorAll('script').length") == 2
    assert EVIL[:40].replace("\n", "\\n") in text(page, "article.on h3")


def test_the_page_forbids_itself_to_make_code_of_text(show: Show) -> None:
    page = show(REPORT)
    with pytest.raises(RuntimeError, match="Content Security Policy"):
        page.run("eval('1')", strict=True)
    with pytest.raises(RuntimeError, match="TrustedHTML"):
        page.run("document.body.innerHTML = '<b>x</b>'")
    assert page.run("fetch('https://example.invalid/').then(() => 'sent', () => 'refused')") == "refused"
    assert [url for url in page.requests() if not url.startswith("file:")] == []


def test_a_loop_is_walked_by_keys(show: Show) -> None:
    page = show(REPORT)
    page.press("Tab", "Tab", "Tab", "Tab")
    page.run("document.querySelector('a.finding').focus()")
    page.press("ArrowRight")
    assert page.run(FOCUS) == 0
    assert text(page, ".walk output") == "hop 1 of 5"
    assert page.run("document.querySelectorAll('.arrow.now').length") == 1
    first = page.run("document.querySelector('.arrow.now').dataset.arrow")
    page.press("ArrowRight", "ArrowDown")
    assert page.run(FOCUS) == 2
    assert page.run("document.querySelector('.arrow.now').dataset.arrow") != first
    page.press("ArrowRight", "ArrowRight", "ArrowRight")
    assert page.run(FOCUS) == 0, "round the loop"
    page.press("ArrowLeft")
    assert page.run(FOCUS) == 4
    assert page.run("document.querySelectorAll('.node.now').length") == 2


def test_a_path_that_is_no_loop_ends(show: Show) -> None:
    page = show(REPORT)
    page.click("a.finding", 1)
    page.press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight")
    assert page.run(FOCUS) == 2
    page.press("ArrowLeft", "ArrowLeft", "ArrowLeft")
    assert page.run("document.activeElement.matches('a.finding')"), "back to the list"


def test_the_list_is_walked_by_keys(show: Show) -> None:
    page = show(REPORT)
    page.run("document.querySelector('a.finding').focus()")
    page.press("ArrowDown")
    assert text(page, "a.finding[aria-current]").endswith("upsell is trained on features scored by churn")
    assert "upsell" in text(page, "article.on h3")
    page.press("End")
    assert "old news" in text(page, "article.on h3")


def test_typing_filters_findings_and_names(show: Show) -> None:
    page = show(REPORT)
    page.press("/", *"ml.labels")
    assert text(page, "#status") == "1 finding, 1 name"
    assert count(page, "nav li:not([hidden]) a.finding") == 1
    page.press("Escape")
    assert count(page, "nav li:not([hidden]) a.finding") == len(REPORT.findings)
    page.press(*"clicks", "ArrowDown")
    assert "GET /top" in str(page.run(f"{SHOWN}.textContent"))
    assert page.run("document.querySelector('.node.on') !== null")


def test_a_node_tells_what_it_is_made_of_and_who_uses_it(show: Show) -> None:
    page = show(REPORT)
    page.click(".node[aria-label*='ml.labels']")
    said = str(page.run(f"{SHOWN}.textContent"))
    assert "Comes from (1)" in said
    assert "ml.churn_scores" in said
    assert "sql/labels.sql:12" in said
    assert "coalesce(s.score, 0) > 0.5 as churned" in said
    page.click("#about .flow-list .small")
    said = str(page.run(f"{SHOWN}.textContent"))
    assert "ml.churn_scores → ml.labels" in said
    assert "create table" in said


def test_an_arrow_tells_how_it_is_known(show: Show) -> None:
    page = show(REPORT)
    page.run("document.querySelector('.arrow.loop .hit').dispatchEvent(new MouseEvent('click', {bubbles: true}))")
    assert "known by" in str(page.run(f"{SHOWN}.textContent"))


def test_the_graph_is_one_stop_and_is_walked_by_keys(show: Show) -> None:
    page = show(REPORT)
    assert page.run("document.querySelectorAll('svg [tabindex=\"0\"]').length") == 1
    page.run("document.querySelector('.node[aria-label*=\"churn_scores\"]').focus()")
    page.press("ArrowRight")
    assert "labels" in str(page.run("document.activeElement.getAttribute('aria-label')"))
    page.press("ArrowRight", "Enter")
    assert "churn" in text(page, "#about h3")
    page.press("1")
    assert page.run("document.querySelector('#around').value") == "1"
    assert count(page, ".node") == 3
    page.press("3")
    assert count(page, ".node") == 4
    page.press("0")
    assert count(page, ".node") == 9
    assert page.run("document.activeElement.matches('.node')")


def test_steps_around_a_node(show: Show) -> None:
    page = show(REPORT)
    page.click(".node[aria-label*='upsell']")
    page.click("#about .steps-around .small", 0)
    assert count(page, ".node") == 2
    page.click("#about .steps-around .small", 1)
    assert count(page, ".node") == 4
    page.press("Escape")
    assert count(page, ".node") == 9


def test_scripts_are_drawn_on_request(show: Show) -> None:
    page = show(REPORT)
    before = count(page, ".node.unit")
    page.click("#extra")
    assert count(page, ".node.unit") > before


def test_a_switch_shows_before_and_after(show: Show) -> None:
    gone = BASE.findings[0]._replace(fingerprint="gone", message="an old loop")
    page = show(REPORT, base=BASE._replace(findings=(*BASE.findings, gone)))
    both = count(page, ".arrow")
    marks = [text_ for text_ in page.run("[...document.querySelectorAll('.flow text')].map(t => t.textContent)") if text_[:1] in "+−"]
    assert marks or "+ derives" in text(page, ".flows")
    page.click("input[value=before]")
    assert count(page, ".arrow") < both
    assert count(page, ".arrow.plus") == 0
    assert count(page, "li[data-mark='+']") == 0
    assert "+ new" not in text(page, "a.finding[aria-current]")
    page.click("input[value=after]")
    assert count(page, ".arrow.minus") == 0
    assert count(page, "li[data-mark='-']") == 0
    page.click("input[value=both]")
    assert count(page, ".arrow") == both


def test_two_thousand_nodes_fold_and_unfold(show: Show) -> None:
    page = show(LARGE)
    assert 3 < count(page, ".node") <= 80
    page.choose("#around", "0")
    assert count(page, ".node") < 150
    assert count(page, ".node.group") > 10
    folded = count(page, ".node")
    page.run("document.querySelector('.node.group').focus()")
    page.press("Enter")
    assert "drawn as one" in str(page.run(f"{SHOWN}.textContent"))
    page.press("Enter")
    assert count(page, ".node") > folded
    page.choose("#fold", "owner")
    assert count(page, ".node.group[aria-label*='@team']") > 10
    page.choose("#fold", "")
    page.click("#extra")
    assert count(page, ".node") == 2_000
    page.click("a.finding", 3)
    assert count(page, ".node.on") == 3
    assert page.complaints() == []


def test_a_node_inside_a_folder_is_found_and_drawn(show: Show) -> None:
    page = show(LARGE)
    page.press("/", *"part_0777")
    page.click("#names .name")
    assert "part_0777" in text(page, "#about h3")
    assert "part_0777" in str(page.run("document.querySelector('.node.on[aria-pressed=true]').getAttribute('aria-label')"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast(show: Show, scheme: str) -> None:
    """4.5 to 1 for everything that is read, as it is drawn."""
    program = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
    page = show(REPORT, scheme=scheme, base=BASE)
    assert page.run(program) == []
    page.click("#names .name")
    assert page.run(program) == []


def test_the_theme_can_be_chosen(show: Show) -> None:
    page = show(REPORT)
    assert (255, 255, 255) in pixels(page.screenshot())
    page.choose("#theme", "dark")
    colours = pixels(page.screenshot())
    assert (24, 24, 27) in colours
    assert (255, 138, 128) in colours, "the loop in relief"
    assert (255, 255, 255) not in colours


def test_it_reads_in_grey(show: Show) -> None:
    """Without colour the loop is still apart: by thick lines that are darker than the others."""
    page = show(REPORT)
    width = "parseFloat(getComputedStyle(a.lastChild).strokeWidth)"
    widths = f"[...document.querySelectorAll('.arrow')].map(a => [a.classList.contains('on'), {width}])"
    rows = page.run(widths)
    assert min(width for on, width in rows if on) >= 2 * max(width for on, width in rows if not on)


@pytest.mark.parametrize("report", [REPORT, HOSTILE, EMPTY], ids=["story", "hostile", "empty"])
def test_at_200_percent_nothing_is_wider_than_the_window(show: Show, report: Report) -> None:
    page = show(report, width=640, height=450, scale=2, base=BASE)
    assert page.run("document.scrollingElement.scrollWidth <= window.innerWidth")


def test_a_screen_reader_finds_its_way(show: Show) -> None:
    page = show(REPORT, base=BASE)
    nodes: list[dict[str, Any]] = page.send("Accessibility.getFullAXTree")["nodes"]
    rows = [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes if not n.get("ignored")]
    roles = {role for role, _ in rows}
    assert {"banner", "main", "navigation", "region", "searchbox", "status"} <= roles
    assert {name for role, name in rows if role in ("navigation", "region")} >= {"Findings", "Graph", "Details"}
    assert not [row for row in rows if row[0] in ("button", "link", "combobox", "checkbox", "radio", "searchbox") and not row[1].strip()]
    assert any("churn" in name and "on a finding" in name for role, name in rows if role in ("button", "ToggleButton"))
    page.run("document.querySelector('#flows').open = true")
    page.settle()
    table = str(page.run("document.querySelector('#flows table').textContent"))
    assert "ml.churn_scores" in table
    assert "on a finding" in table


def test_on_paper_every_finding_is_there(show: Show) -> None:
    page = show(REPORT)
    page.send("Emulation.setEmulatedMedia", media="print")
    try:
        assert count(page, "article") == len(REPORT.findings)
        assert count(page, "#stage svg") == 1
        assert count(page, ".bar") == 0
    finally:
        page.send("Emulation.setEmulatedMedia", media="")


def test_keys_are_explained(show: Show) -> None:
    page = show(REPORT)
    page.press("?")
    assert page.run("document.querySelector('dialog').open")
    page.click("#close")
    assert not page.run("document.querySelector('dialog').open")


def test_a_link_leads_to_a_finding(show: Show, browser: Browser, tmp_path: Path) -> None:
    show(REPORT)
    browser.open(tmp_path / "page.html", "#finding-1")
    assert "upsell" in text(browser, "article.on h3")


def test_without_a_script_everything_is_there_to_read(show: Show, browser: Browser) -> None:
    browser.scripts(False)
    try:
        show(REPORT)
        assert count(browser, "article") == len(REPORT.findings)
        assert count(browser, "noscript svg .node") > 3
        assert count(browser, ".js") == 0
        assert browser.run("document.scrollingElement.scrollWidth <= window.innerWidth")
        right = "document.querySelector('{}').getBoundingClientRect()"
        assert browser.run(f"{right.format('noscript svg')}.right <= {right.format('#details')}.left")
    finally:
        browser.scripts(True)
