"""What is the same on every page of the viewer: script, style, tools, keys. Nothing of a repository is in it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

SCRIPTS = ("layout.js", "fold.js", "board.js", "panel.js", "app.js", "hops.js", "list.js", "pointing.js", "start.js")
"""One program in the order in which its parts build on each other."""

THEME = (
    "<label class='js'>Theme <select id='theme'><option value=''>as the system</option><option>light</option>"
    "<option>dark</option></select></label><button type='button' id='help' class='js'>Keys</button>"
)
_KEYS = (
    ("/", "filter"),
    ("↑ ↓", "in the list: the finding above or below"),
    ("→ ←", "from the list into the hops and back; there, hop by hop, round a loop"),
    ("arrows", "in the graph: along the flow, against it, up and down"),
    ("Enter", "in the graph: choose; once more: open a folder"),
    ("0 1 2 3", "in the graph: everything, or so many steps around the chosen"),
    ("+ − f", "in the graph: larger, smaller, fit"),
    ("Esc", "clear"),
)


@cache
def script() -> str:
    """The whole program, closed in itself."""
    return f"(() => {{\n'use strict';\n{''.join(map(asset, SCRIPTS))}}})();\n"


@cache
def style() -> str:
    return asset("viewer.css")


@cache
def asset(name: str) -> str:
    """A file that ships with the package: as constant as this module is."""
    return files("coupling.reports").joinpath("assets", name).read_text(encoding="utf-8")


def tools(*, scripts: bool) -> str:
    """What stands above the graph; ``scripts`` when there is more to draw on request."""
    steps = (("0", "everything"), ("1", "1 step around"), ("2", "2 steps around"), ("3", "3 steps around"))
    folds = (("folder", "folder"), ("owner", "owner"), ("", "nothing"))
    extra = "<label><input type='checkbox' id='extra'>scripts too</label>" if scripts else ""
    zooms = (("out", "−", "Smaller"), ("fit", "Fit", "Fit"), ("in", "+", "Larger"))
    zoom = "".join(f"<button type='button' id='{id_}' aria-label='{name}'>{sign}</button>" for id_, sign, name in zooms)
    return (
        f"<div class='js bar' role='group' aria-label='What is drawn'>{_select('around', 'Draw', steps)}{_select('fold', 'Fold by', folds)}"
        f"{extra}<span class='zoom'>{zoom}</span></div>"
    )


def keys() -> str:
    """The list of keys, closed until somebody asks."""
    rows = "".join(f"<dt><kbd>{key}</kbd></dt><dd>{text}</dd>" for key, text in _KEYS)
    close = "<button type='button' id='close'>Close</button>"
    return f"<dialog id='keys' aria-labelledby='keys-title'><h2 id='keys-title'>Keys</h2><dl>{rows}</dl>{close}</dialog>"


def _select(id_: str, name: str, options: tuple[tuple[str, str], ...]) -> str:
    rows = "".join(f"<option value='{value}'>{text}</option>" for value, text in options)
    return f"<label>{name} <select id='{id_}'>{rows}</select></label>"
