"""JUnit XML for servers that show tests: a test case a kind of coupling, failing where findings of it are; clean kinds show green."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from coupling.core.graph import DataGraph, Finding
from coupling.core.report import Report
from coupling.reports import change, words
from coupling.reports.kinds import KINDS
from coupling.reports.options import Options
from coupling.reports.words import plain


def render(report: Report, options: Options) -> str:
    live = change.fresh(report, options)
    names = {code: kind.name for code, kind in KINDS.items()} | {finding.code: finding.rule for finding in live}
    cases = [_case(code, names[code], [f for f in live if f.code == code], report.graph) for code in sorted(names)]
    failed = len({finding.code for finding in live})
    counts = f'tests="{len(names)}" failures="{failed}" errors="0"'
    name = f"coupling/{plain(options.project)}" if options.project else "coupling"
    head = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites name={_quoted(name)} {counts}>\n <testsuite name={_quoted(name)} {counts}>\n'
    )
    cases += [f"  <system-out>{text}</system-out>\n" for text in [_remark(report, len(live))] if text]
    return head + "".join(cases) + " </testsuite>\n</testsuites>\n"


def _remark(report: Report, fresh: int) -> str:
    """What no test case says: that nothing was understood, or how many findings were there before the change."""
    if words.understood_nothing(report.summary):
        return words.NOTHING
    before = len(words.live(report)) - fresh
    return f"{words.count(before, 'finding')} that the change did not add" if before else ""


def _case(code: str, name: str, findings: list[Finding], graph: DataGraph) -> str:
    head = f"  <testcase classname={_quoted('coupling.' + code)} name={_quoted(name)}"
    if not findings:
        return head + "/>\n"
    message = f"{words.count(len(findings), 'finding')}: {findings[0].message}"
    body = "\n\n".join(_lines(finding, graph) for finding in findings)
    return f"{head}>\n   <failure type={_quoted(findings[0].severity)} message={_quoted(message)}>{_clean(body)}</failure>\n  </testcase>\n"


def _lines(finding: Finding, graph: DataGraph) -> str:
    steps = [f"  {words.told(step)}" for step in words.steps(finding, graph)]
    help_ = [f"  help: {words.advice(finding)[0]}"] if finding.help else []
    return "\n".join([f"{words.label(finding)}: {plain(finding.message)}", *steps, *help_])


def _quoted(text: str) -> str:
    return quoteattr(_characters(plain(text)))


def _clean(text: str) -> str:
    return escape(_characters(text))


def _characters(text: str) -> str:
    """Without the two characters that XML has no way to write."""
    return text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
