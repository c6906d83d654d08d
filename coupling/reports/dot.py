"""A Graphviz graph, left to right, a shape for each kind, loops in relief. The CLI makes PNG and PDF of it by piping it to ``dot``."""

from __future__ import annotations

from coupling.core.report import Report
from coupling.reports import words
from coupling.reports.options import Options
from coupling.reports.picture import Arrow, Shape, calm, draw, tip

MAX_NODES, MAX_EDGES, MAX_LABEL, MAX_TIP = 1_000, 3_000, 80, 200
_SHAPES = {"asset": "cylinder", "model": "hexagon", "route": "box", "unit": "box"}
_FILES = {"file": "note", "dir": "folder", "glob": "folder", "topic": "cds"}
_LINES = {"exact": "solid", "partial": "solid", "guess": "dotted"}
_RED, _GREY, _GREEN = "#b3261e", "#767676", "#1b6e3c"


def render(report: Report, options: Options) -> str:
    picture = calm(draw(report, options, (MAX_NODES, MAX_EDGES)))
    lines = [
        "digraph coupling {",
        '  graph [rankdir=LR, fontname="Helvetica", tooltip="data flow between models", bgcolor="white"];',
        f'  node [fontname="Helvetica", fontsize=11, style="filled", fillcolor="#ffffff", color="{_GREY}", margin="0.15,0.08"];',
        f'  edge [fontname="Helvetica", fontsize=9, color="{_GREY}", fontcolor="#404040"];',
    ]
    if not picture.shapes:
        lines.append('  label="no model and no data set";')
    if picture.cut:
        lines.append(f"  label={quote(f'… {picture.cut}')};")
    lines += [f"  n{number} [{_node(shape)}];" for number, shape in enumerate(picture.shapes)]
    lines += [f"  n{arrow.source} -> n{arrow.target} [{_edge(arrow)}];" for arrow in picture.arrows]
    return "\n".join([*lines, "}"]) + "\n"


def quote(text: str, limit: int = MAX_LABEL) -> str:
    """A DOT string that means exactly the text: no escapes (``\\N``, ``\\l``) and no entities of Graphviz act in it."""
    short = words.cut(words.plain(text), limit)
    return '"' + short.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") + '"'


def _tooltip(arrow: Arrow) -> str:
    return '"' + "\\n".join(quote(line, MAX_TIP)[1:-1] for line in tip(arrow)) + '"'


def _attributes(pairs: dict[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in pairs.items())


def _node(shape: Shape) -> str:
    form = _FILES.get(shape.type, "cylinder") if shape.kind == "asset" else _SHAPES.get(shape.kind, "box")
    name = words.ending(shape.label, MAX_LABEL - 2)
    label = f"{shape.mark} {name}" if shape.mark else name
    pairs = {"label": quote(label), "shape": form, "tooltip": quote(f"{shape.kind} {shape.type} {shape.label}"), "class": quote(shape.kind)}
    if shape.kind == "model":
        pairs["margin"] = '"0,0.08"'  # a hexagon has room enough at its sides
    styles = ["filled"] + (["rounded"] if shape.kind == "route" else []) + (["dashed"] if shape.mark == "-" else [])
    pairs["style"] = f'"{",".join(styles)}"'
    if shape.loop:
        pairs |= {"color": f'"{_RED}"', "penwidth": "2.5", "fillcolor": '"#fde2e1"'}
    elif shape.mark == "+":
        pairs |= {"color": f'"{_GREEN}"', "penwidth": "2"}
    return _attributes(pairs)


def _edge(arrow: Arrow) -> str:
    label = f"{arrow.mark} {arrow.label}" if arrow.mark else arrow.label
    text = _tooltip(arrow)
    pairs = {"label": quote(label), "tooltip": text, "labeltooltip": text}
    pairs["style"] = "dashed" if arrow.mark == "-" else _LINES.get(arrow.certainty, "solid")
    if arrow.loop:
        pairs |= {"color": f'"{_RED}"', "penwidth": "2.5", "class": '"loop"'}
    elif arrow.mark == "+":
        pairs |= {"color": f'"{_GREEN}"', "penwidth": "2"}
    return _attributes(pairs)
