"""What was understood in one file, for people who ask why a name was or was not resolved.

Comes in: a file's facts and the linked repository. Goes out: text: each event with its name, certainty and holes, then every call
as it stands in the value graph. It knows no rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from coupling.core.facts import FileFacts, Value, line_in_file
from coupling.core.template import holes, render

if TYPE_CHECKING:
    from coupling.link.events import Access, LinkedRepo, Predict, Store, Train, Unit
    from coupling.link.values import AssetRef, ModelRef, Place

    Event = Access | Store | Train | Predict

DEEPEST = 4
LONGEST = 160


def explain_file(facts: FileFacts, linked: LinkedRepo) -> str:
    """The page on one file."""
    lines = [f"{facts.path}: {len(facts.scopes)} scopes, {len(facts.values)} values"]
    lines += [f"  problem: {problem.what} (line {problem.span.line})" for problem in facts.problems]
    events = _events(linked, facts.path)
    for unit in dict.fromkeys(event.unit for event in events):
        lines += _unit(unit, [event for event in events if event.unit == unit], facts)
    if not events:
        lines.append("  no event: no rule knows a call in it, or nothing runs it")
    return "\n".join([*lines, "", "calls", *_calls(facts)])


def _events(linked: LinkedRepo, path: str) -> list[Event]:
    """Everything that happens at a line of the file, whoever runs it."""
    groups: tuple[Sequence[Event], ...] = (linked.accesses, linked.stores, linked.trains, linked.predicts)
    return [event for group in groups for event in group if any(place.path == path for place in event.chain)]


def _unit(unit: Unit, events: Iterable[Event], facts: FileFacts) -> list[str]:
    lines = ["", f"{unit.kind} {unit.id.removeprefix('unit:')}"]
    for event in sorted(events, key=lambda event: (_line(event.chain, facts), type(event).__name__)):
        lines += _event(event, facts)
    return lines


def _event(event: Event, facts: FileFacts) -> list[str]:
    asset: AssetRef | None = getattr(event, "asset", None)
    model: ModelRef | None = getattr(event, "model", None)
    verb = getattr(event, "verb", "") or type(event).__name__.lower() + "s"
    what = f"{asset.kind} {render(asset.name)}" if asset else f"model {model.label or model.kind}" if model else ""
    certainty = getattr(event, "certainty", "exact")
    lines = [f"  {_line(event.chain, facts):>5}  {verb} {what}   ({certainty}; {event.why})"]
    lines += [f"         in folder {asset.cwd}"] if asset and asset.cwd else []
    lines += [f"         {{{hole.name or '?'}}}: {hole.why}" for hole in holes(asset.name)] if asset else []
    lines += [f"         when {', '.join(event.when)}"] if event.when else []
    return lines


def _line(chain: Sequence[Place], facts: FileFacts) -> int:
    here = [place.line for place in chain if place.path == facts.path]
    return line_in_file(here[-1], facts.cells) if here else 0


def _calls(facts: FileFacts) -> list[str]:
    calls = [value for value in facts.values if value.op == "call"]
    rows = sorted({(line_in_file(value.line, facts.cells), _shown(facts.values, value, 0)[:LONGEST]) for value in calls})
    return [f"  {line:>5}  {text}" for line, text in rows] or ["  none"]


def _shown(values: Sequence[Value], value: Value, depth: int) -> str:
    """A value in a notation near Python's; what lies deeper than a few steps is left out."""
    if depth > DEEPEST:
        return "..."
    parts = [_shown(values, values[part], depth + 1) if 0 <= part < len(values) else "" for part in value.parts]
    if value.op == "call":
        words = [_argument(key, text) for key, text in zip(value.keys, parts[1:], strict=False)]
        return f"{parts[0] if parts else ''}({', '.join(words)})"
    if value.op in ("text", "number", "bool"):
        return repr(value.text) if value.op == "text" else value.text
    if value.op in ("param", "free", "import", "api", "none", "hole"):
        return value.text or value.op
    if value.op == "attr":
        return f"{parts[0]}.{value.text}"
    if value.op == "item":
        return f"{parts[0]}[{', '.join(parts[1:])}]"
    return f"{value.op}({', '.join(parts)})"


def _argument(key: str, text: str) -> str:
    return f"{key}{text}" if key in ("", "*", "**") else f"{key}={text}"
