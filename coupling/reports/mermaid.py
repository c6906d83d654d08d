"""A Mermaid flowchart, for hosts that draw it in Markdown. Only the subset that every Mermaid from 9 to 11 draws alike;
no text of the repository is ever an identifier, and every budget of the hosts is kept, with a note of what was cut."""

from __future__ import annotations

from coupling.core.report import Report
from coupling.reports import words
from coupling.reports.options import Options
from coupling.reports.picture import Arrow, Picture, Shape, calm, draw

MAX_TEXT, MAX_NODES, MAX_EDGES, MAX_LABEL = 48_000, 150, 400, 60
_BRACKETS = {"asset": ('[("', '")]'), "model": ('{{"', '"}}'), "route": ('(["', '"])'), "unit": ('["', '"]')}
_ENTITIES = {"&": "&amp;", "#": "#35;", '"': "#quot;", "<": "&lt;", ">": "&gt;", "`": "#96;", "\\": "#92;", "%": "#37;", "$": "#36;"}
"""Beside HTML and quotes: a percent sign could begin a directive, which counts wherever it stands; two dollars are a formula."""
_READ = ("style", "classDef", "fa-")
"""Mermaid reads these words with a colon within labels too: it drops the semicolon at the end, or draws an icon."""
_CLASSES = "  classDef loop fill:#fde2e1,stroke:#b3261e,stroke-width:3px,color:#000"


def render(report: Report, options: Options) -> str:
    nodes, edges = MAX_NODES, MAX_EDGES
    while True:
        text = flowchart(calm(draw(report, options, (nodes, edges))), bool(options.base))
        if len(text) <= MAX_TEXT or nodes <= 1:
            return text
        nodes, edges = nodes * 3 // 4, max(1, edges * 3 // 4)


def flowchart(picture: Picture, compared: bool = False, width: int = MAX_LABEL, down: bool = False) -> str:
    """The diagram's source, without a fence, with labels of up to ``width`` columns; from left to right or ``down``."""
    lines = [
        "flowchart TB" if down else "flowchart LR",
        f"  accTitle: {_title('data flow between models')}",
        f"  accDescr: {_title(_description(picture))}",
    ]
    lines += [f"  n{number}{_shape(shape, width)}" for number, shape in enumerate(picture.shapes)]
    if picture.cut:
        lines.append(f'  n{len(picture.shapes)}["… {escape(picture.cut)}"]')
    if not picture.shapes:
        lines.append('  n0["no model and no data set"]')
    lines += [_arrow(arrow, compared, width) for arrow in picture.arrows]
    loop = [f"n{number}" for number, shape in enumerate(picture.shapes) if shape.loop]
    if loop:
        lines += [_CLASSES, f"  class {','.join(loop)} loop"]
    hot = [str(number) for number, arrow in enumerate(picture.arrows) if arrow.loop]
    if hot:
        thick = "" if compared else ",stroke-width:3px"
        lines.append(f"  linkStyle {','.join(hot)} stroke:#b3261e{thick}")
    return "\n".join(lines) + "\n"


def escape(text: str, width: int = MAX_LABEL) -> str:
    """A label's text between double quotes: harmless in every version, also when it starts like Markdown."""
    short = words.cut(words.plain(text).strip(), width) or " "
    entities = _ENTITIES | {":": "#58;"} if any(word in short for word in _READ) else _ENTITIES
    return "".join(entities.get(ch, ch) for ch in short)


def _title(text: str) -> str:
    return " ".join("".join(ch for ch in words.plain(text) if ch not in '{}#;:%<>"`\\').split())


def _description(picture: Picture) -> str:
    loops = sum(arrow.loop for arrow in picture.arrows)
    marked = f", {loops} of them on a coupling" if loops else ""
    return f"{words.count(len(picture.shapes), 'node')} and {words.count(len(picture.arrows), 'flow')}{marked}"


def _shape(shape: Shape, width: int) -> str:
    left, right = _BRACKETS.get(shape.kind, _BRACKETS["unit"])
    label = words.ending(shape.label, width - 2)
    return f"{left}{escape(f'{shape.mark} {label}' if shape.mark else label)}{right}"


def _arrow(arrow: Arrow, compared: bool, width: int) -> str:
    """Thick is added, or on a loop when nothing is compared; dashed is removed, or a guess."""
    if compared:
        line = {"+": "==>", "-": "-.->"}.get(arrow.mark, "-->")
    else:
        line = "==>" if arrow.loop else "-.->" if arrow.certainty == "guess" else "-->"
    label = f"{arrow.mark} {arrow.label}" if arrow.mark else arrow.label
    return f'  n{arrow.source} {line}|"{escape(label, width)}"| n{arrow.target}'
