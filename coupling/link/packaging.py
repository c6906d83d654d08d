"""Commands that the repository's own packaging installs, and calling what they name.

Comes in: pyproject.toml, setup.cfg and setup.py of the repository. Goes out: name of the command -> ``module:function``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from coupling.link.values import NOTHING, Abs, Place

if TYPE_CHECKING:
    from coupling.link.engine import Engine
    from coupling.link.frames import Frame, UnitRun


def entry_points(engine: Engine, run: UnitRun) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(engine.index.files):
        name = posixpath.basename(path)
        if name in ("pyproject.toml", "setup.cfg"):
            found.update(_of_settings(engine.settings(run, path) or NOTHING))
        elif name == "setup.py":
            found.update(_of_setup(engine, run, path))
    return found


def _of_settings(data: Abs) -> Iterator[tuple[str, str]]:
    for table in (_at(data, "project", "scripts"), _at(data, "tool", "poetry", "scripts")):
        for name, target in table.items.items():
            yield name, (target.literal or target.items.get("reference", NOTHING).literal or "")
    yield from _lines((_at(data, "options.entry_points", "console_scripts").literal or "").split("\n"))


def _at(data: Abs, *keys: str) -> Abs:
    for key in keys:
        data = data.items.get(key, NOTHING)
    return data


def _lines(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, equals, target = line.partition("=")
        if equals:
            yield name.strip(), target.strip()


def _of_setup(engine: Engine, run: UnitRun, path: str) -> Iterator[tuple[str, str]]:
    """``setup(entry_points={"console_scripts": ["name = module:function"]})``, read and not run."""
    from coupling.link.evaluate import evaluate
    from coupling.link.frames import Frame

    module = Frame(run, engine.index.files[path], 0, None, run.chain)
    for index in [n for n, v in enumerate(module.file.values) if v.op == "call" and "entry_points" in v.keys]:
        value = module.value(index)
        given = evaluate(module, value.parts[1 + value.keys.index("entry_points")])
        scripts = given.items.get("console_scripts", NOTHING)
        yield from _lines([t for v in (scripts, *scripts.items.values()) if (t := v.literal)])


def called(module: Frame, dotted: str) -> None:
    """Call a function of a module that has been loaded, as an installed command does."""
    from coupling.link import calls, members

    place = Place(module.file.path, 1)
    value = members.module_member(module.run, module.file.path, dotted.partition(".")[0], missing=False) or NOTHING
    for name in dotted.split(".")[1:]:
        value = members.get_attribute(module, value, name, place)
    if value.things:
        calls.call_value(module, value, [], {}, place)
