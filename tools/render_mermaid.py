"""Draw graphs with hostile names in a real Mermaid: ``python tools/render_mermaid.py [FOLDER]``.

Every graph is drawn by Mermaid 11 and 10 in Chromium under the settings of code hosts. It must be drawn, show as many shapes, arrows
and labels as it was made of, show every name as it is, and hold nothing that runs or loads. Pictures of the pages go to FOLDER.
tools/browser.py says what that needs. Exits 1 when a graph fails.
"""

from __future__ import annotations

import html
import itertools
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from browser import PLAYWRIGHT, look, packages

from coupling.core.graph import DataGraph, Edge, Finding, Node
from coupling.core.report import Report, Summary
from coupling.core.source import Span
from coupling.reports.mermaid import flowchart, render
from coupling.reports.options import Options
from coupling.reports.picture import Picture, draw
from coupling.reports.ring import ring
from coupling.reports.section import MAX_ACROSS

MERMAIDS = ("mermaid", "mermaid10")
NAMES = {
    "quotes": "say \"x\" and 'y'",
    "brackets": "a(b)[c]{d}((e))[[f]]{{g}}[(h)]>i]",
    "backquotes": "`code` ```fence``` `",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)><b>b</b>",
    "entities": "&amp; &lt; #35; #quot; &#x41; &nbsp;",
    "end": "end",
    "keywords": "subgraph graph flowchart class style click linkStyle direction end",
    "prototype": "__proto__",
    "constructor": "constructor toString hasOwnProperty",
    "emoji": "🔥📦 model 👩🏽‍🔬 ❤️",
    "right to left": "נתונים بيانات \u202egnp.exe",
    "newlines": "one\ntwo\r\nthree\ttab\x0b\x85\u2028",
    "percent": "%% comment %{x}% %%{init: {'theme':'dark'}}%%",
    "semicolons": "a;b;c; d;;",
    "long": "s3://bucket/" + "deep/" * 56 + "scores.parquet",
    "long word": "x" * 300,
    "o edge": "o---ops x---xyz --o --x o-- x--",
    "arrows": "a --> b ==> c -.-> d --- e <--> f ~~~ g",
    "pipes": 'a|b||c |"d"|',
    "backslashes": "C:\\data\\n\\t\\\\share\\",
    "markdown": "**bold** _it_ ~~no~~ # head\n- list 1. one",
    "markdown string": "`**x**`",
    "latex": "$$x^2$$ $y$ \\(z\\)",
    "links": "javascript:alert(1) https://e.example/?a=b&c=d www.e.example",
    "icons": "fa:fa-car fab:fa-github B[fa:fa-ban]",
    "shapes": "@{shape: cyl, label: x} e1@--> :::loop",
    "style": "</style><style>*{display:none}</style> fill:#f00",
    "empty": "",
    "spaces": "   ",
    "controls": "\x00\x01\x1b[31mred\x1b[0m\x7f\u200b\ufeff",
    "surrogate": "bad \ud800 name",
    "combining": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘",
    "comma and colon": 'a, b: c = d, 10% "e"',
    "sql": "SELECT * FROM a -- comment\n/* x */ WHERE b = 'c';",
    "template": "{{ ds }} ${HOME} {% raw %} {?: env X}",
    "cjk": "漢字データ表の名前がとても長い場合はどうなりますか" * 3,
    "number": "1",
    "default": "default",
    "dots": "a.b..c...d",
    "math": "a < b > c & d != e",
}
_PAGE = """<!doctype html><meta charset=utf-8><style>body {{ font: 13px sans-serif; margin: 8px }}
.graph {{ border: 1px solid #ccc; margin: 6px 0; padding: 4px }} svg {{ max-height: 420px }}</style><body>
<script src="{mermaid}"></script><script>
const graphs = {graphs};
mermaid.initialize({{ startOnLoad: false, securityLevel: "strict", maxTextSize: 50000, maxEdges: 500 }});
window.result = [];
(async () => {{
  for (const [name, text] of graphs) {{
    const box = document.createElement("div");
    box.className = "graph";
    document.body.append(name, box);
    const row = {{ name, error: "" }};
    try {{
      box.innerHTML = (await mermaid.render("g" + window.result.length, text)).svg;
      const count = (selector) => box.querySelectorAll(selector).length;
      row.shapes = count(".node");
      row.arrows = count("path.flowchart-link, .edgePaths path[marker-end]");
      row.bad = count("script, img, iframe, a, image, object, .error-icon, .error-text");
      row.labels = [...box.querySelectorAll(".nodeLabel, .edgeLabel")].map((each) => each.textContent.replace(/\\s+/g, ""));
    }} catch (error) {{ row.error = String(error); }}
    window.result.push(row);
  }}
  window.done = true;
}})();
</script>"""


class Drawn(NamedTuple):
    """A diagram's source, and the picture it was made from."""

    text: str
    picture: Picture


def graphs() -> dict[str, Drawn]:
    """One graph a hostile name, and graphs of 1 to 30 nodes with all names mixed, before and after a change."""
    out = {name: _drawn(*_story([text] * 3), compared=number % 2 == 0) for number, (name, text) in enumerate(NAMES.items())}
    texts = [text for text in NAMES.values()]
    for size in (1, 2, 3, 5, 8, 13, 21, 30):
        names = [f"{text} {number}" for number, text in enumerate(itertools.islice(itertools.cycle(texts), size))]
        out[f"{size} nodes"] = _drawn(*_story(names), compared=False)
        out[f"{size} nodes, changed"] = _drawn(*_story(names), compared=True)
    report, base = _story(texts)
    whole = draw(report, Options(base=base), (150, 400))
    return out | {"whole": Drawn(render(report, Options(base=base)), whole)}


def _drawn(report: Report, base: Report, compared: bool) -> Drawn:
    picture = ring(report.findings[0], report, Options(base=base if compared else None))
    return Drawn(flowchart(picture, compared, down=len(picture.shapes) > MAX_ACROSS), picture)


def _story(names: list[str]) -> tuple[Report, Report]:
    """A ring through nodes of all kinds with these names, and the version before its last edge, which had another one there."""
    kinds = ("model", "asset", "unit", "route")
    nodes = tuple(Node(f"{kinds[n % 4]}:t:{n} {name}", kinds[n % 4], name, name, name, owner=name) for n, name in enumerate(names))
    script = Node(f"unit:script:{names[0]}", "unit", "script", "", names[0])
    ends = list(itertools.pairwise([*nodes, nodes[0]]))
    verbs = itertools.cycle(("predicts", "reads", "serves", "trains"))
    edges = tuple(Edge(a.id, b.id, verb, unit=script.id, role=names[0]) for (a, b), verb in zip(ends, verbs, strict=False))
    span = Span(names[0], 1, 1, 1, names[0])
    finding = Finding("feedback-loop", "CPL101", "error", "exact", names[0], (span,) * len(edges), tuple(names), tuple(range(len(edges))))
    other = Node(f"asset:t:old {names[-1]}", "asset", "t", "", f"old {names[-1]}")
    before = (*edges[:-1], edges[-1]._replace(source=other.id))
    report = Report("0", Summary(), DataGraph((*nodes, script), edges), (finding,))
    return report, report._replace(graph=DataGraph((*nodes, script, other), before), findings=())


def complaints(row: dict[str, Any], drawn: Drawn) -> list[str]:
    """What is wrong with a drawn graph."""
    if row["error"]:
        return [row["error"]]
    shapes, arrows = len(drawn.picture.shapes) + bool(drawn.picture.cut), len(drawn.picture.arrows)
    out = [f"{row['shapes']} shapes of {shapes}"] if row["shapes"] != shapes else []
    out += [f"{row['arrows']} arrows of {arrows}"] if row["arrows"] != arrows else []
    out += [f"{row['bad']} elements that run, load or complain"] if row["bad"] else []
    return out + [f"no label says {label!r}" for label in _labels(drawn.text) if label not in row["labels"]]


def _labels(text: str) -> list[str]:
    """The labels of shapes and arrows as a reader should see them, without spaces."""
    quoted = [line.partition('"')[2].rpartition('"')[0] for line in text.splitlines() if line.startswith("  n")]
    decoded = [re.sub(r"#(\w+);", lambda match: chr(int(match[1])) if match[1].isdigit() else '"', label) for label in quoted]
    return ["".join(html.unescape(label).split()) for label in decoded]


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    drawn, wrong = graphs(), 0
    with packages("mermaid@11", "mermaid10@npm:mermaid@10", PLAYWRIGHT) as modules, tempfile.TemporaryDirectory() as temporary:
        for mermaid in MERMAIDS:
            script = (modules / mermaid / "dist" / "mermaid.min.js").resolve().as_uri()
            page = Path(temporary) / f"{mermaid}.html"
            data = json.dumps([(name, each.text) for name, each in drawn.items()]).replace("<", "\\u003c")
            page.write_text(_PAGE.format(mermaid=script, graphs=data), encoding="utf-8")
            rows = look(modules, page, folder / f"{mermaid}.png" if folder else None)
            found = [f"{mermaid} {row['name']}: {what}" for row in rows for what in complaints(row, drawn[row["name"]])]
            wrong += len(found)
            sys.stdout.write("\n".join([*found, f"{mermaid}: {len(rows)} graphs, {len(found)} complaints"]) + "\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
