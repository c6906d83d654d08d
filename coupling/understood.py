"""What was understood in one file, for people who ask why a name was or was not resolved.

Comes in: a file's facts, the linked repository, and the text of lines. Goes out: text: line by line what happens there, how each name
came to be and where it has holes; then the calls that no rule knows. It knows no rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from coupling.core.facts import FileFacts, Value, line_in_file
from coupling.core.template import holes
from coupling.readback import readback
from coupling.reports import ink, words
from coupling.reports.measure import columns, glued, pad, wrap
from coupling.reports.options import Options
from coupling.reports.words import paint, plain
from coupling.substitution import Names, Step, name_of

if TYPE_CHECKING:
    from coupling.core.source import Span
    from coupling.link.events import Access, LinkedRepo, Predict, Store, Train
    from coupling.link.values import AssetRef, ModelRef, Place

    Event = Access | Store | Train | Predict
    Text = Callable[[Span], str]

MOST_RUNS = 3
_INDENT, _LABEL = 8, 8


def explain_file(facts: FileFacts, linked: LinkedRepo, names: Names, text: Text, options: Options) -> str:
    """The page on one file. ``text`` gives the source of a line."""
    events = _events(linked, facts.path)
    lines = _head(facts, events, options)
    for problem in facts.problems:
        lines += _labelled("problem", f"{plain(problem.what)} (line {problem.span.line})", options, "warning", 2)
    by_line: dict[int, list[Event]] = {}
    for event in events:
        by_line.setdefault(_place(event, facts.path).line, []).append(event)
    for line in sorted(by_line):
        lines += ["", *_line(by_line[line], facts, linked, names, text, options)]
    if not events:
        lines += ["", *wrap("nothing happens in it: no rule knows a call in it, or nothing runs it", options.width, "  ", "  ")]
    return "\n".join([*lines, *_others(facts, by_line, options)])


def _head(facts: FileFacts, events: Sequence[Event], options: Options) -> list[str]:
    units = list(dict.fromkeys(f"{event.unit.kind} {event.unit.id.removeprefix('unit:')}" for event in events))
    runs = ", ".join(units[:MOST_RUNS]) + (f" and {len(units) - MOST_RUNS} more" if len(units) > MOST_RUNS else "")
    told = f"  {words.count(len(events), 'event')}, run by {plain(runs)}" if events else ""
    path = plain(facts.path)
    first, *rest = wrap(f"{glued(path)}  ({plain(facts.parser)}){told}", options.width, "", "  ")
    return [first.replace(path, paint(path, "path", options), 1), *rest]


def _events(linked: LinkedRepo, path: str) -> list[Event]:
    """Everything that happens at a line of the file, whoever runs it."""
    groups: tuple[Sequence[Event], ...] = (linked.accesses, linked.stores, linked.trains, linked.predicts)
    return [event for group in groups for event in group if any(place.path == path for place in event.chain)]


def _place(event: Event, path: str) -> Place:
    """The innermost place of an event in the file."""
    return [place for place in event.chain if place.path == path][-1]


def _line(events: Sequence[Event], facts: FileFacts, linked: LinkedRepo, names: Names, text: Text, options: Options) -> list[str]:
    """One line of the file, and below it what happens there, by which rule, and how its names came to be."""
    span = names.span(_place(events[0], facts.path))
    number = ink.linked(paint(f"{span.line:>5}", "path", options), span, options)
    more = "…" if options.unicode else "..."
    lines = [f"{number}  {words.cut(plain(text(span).strip()), max(20, options.width - 7), more)}"]
    told: dict[str, list[str]] = {}
    for event in events:
        told.setdefault(_what(event), []).append(event.unit.id.removeprefix("unit:"))
    for what, units in told.items():
        runs = list(dict.fromkeys(units))
        by = f"  (in {', '.join(runs[:MOST_RUNS])}{f' and {len(runs) - MOST_RUNS} more' if len(runs) > MOST_RUNS else ''})"
        verb, _, rest = what.partition(" ")
        said = _labelled(verb, plain(rest) + (plain(by) if runs != [facts.path] else ""), options, "help")
        kind, _, name = rest.partition(" ")
        lines += [ink.painted(line, {plain(name): "model" if kind == "model" else "data"}, options) for line in said]
    return lines + _details(events, linked, names, options)


def _what(event: Event) -> str:
    asset: AssetRef | None = getattr(event, "asset", None)
    model: ModelRef | None = getattr(event, "model", None)
    verb = getattr(event, "verb", "") or type(event).__name__.lower() + "s"
    what = f"{asset.kind} {name_of(asset)}" if asset else f"model {model.label or model.kind}" if model else ""
    certainty = getattr(event, "certainty", "exact")
    when = f", when {', '.join(event.when)}" if event.when else ""
    return f"{verb} {what}{'' if certainty == 'exact' else f', {certainty}'}{when}"


def _details(events: Sequence[Event], linked: LinkedRepo, names: Names, options: Options) -> list[str]:
    """Rules, expression, substitutions, settings and holes of the events on one line, each once."""
    lines = _labelled("rule", plain(", ".join(dict.fromkeys(event.why for event in events))), options)
    assets = [(event, asset) for event in events if (asset := getattr(event, "asset", None))]
    steps: dict[Step, None] = {}
    for event, asset in assets:
        written = names.expression(event.chain, event.why.partition(" (")[0].rsplit(".", 1)[-1])
        if written and event is assets[0][0]:
            lines += _labelled("name", plain(written), options)
        read = [name_of(each.asset) for each in linked.accesses if each.unit == event.unit and each.verb == "reads"]
        steps.update(dict.fromkeys(names.all_steps(event.chain, event.why, asset, read)))
    lines += _steps(list(steps), options)
    lines += _through(events, names, options)
    unknown = dict.fromkeys((hole.name or "?", hole.why) for _, asset in assets for hole in holes(asset.name))
    return lines + [line for name, why in unknown for line in _labelled("hole", f"{{{plain(name)}}}: {plain(why)}", options, "warning")]


def _through(events: Sequence[Event], names: Names, options: Options) -> list[str]:
    """The calls and commands that lead here, where it is not the line itself."""
    ways = dict.fromkeys(tuple(words.place(names.span(place)) for place in event.chain[:-1]) for event in events)
    return [line for way in ways if way for line in _labelled("through", plain(" -> ".join(way)), options)]


def _steps(steps: Sequence[Step], options: Options) -> list[str]:
    size = min(24, max((columns(plain(step.name)) for step in steps), default=0))
    lines = []
    for step in steps:
        where = words.place(step.span)
        left = " " * (_INDENT + _LABEL + 2)
        said = wrap(f"{pad(plain(step.name), size)} = {plain(step.text)}  {where}", max(options.width, 40), left, left + "  ")
        lines += [line.replace(where, ink.linked(paint(where, "dim", options), step.span, options)) for line in said]
    return lines


def _labelled(label: str, value: str, options: Options, color: str = "dim", indent: int = _INDENT) -> list[str]:
    left = " " * (indent + _LABEL)
    first, *rest = wrap(value, max(options.width, len(left) + 20), left, left)
    return [f"{' ' * indent}{paint(pad(label, _LABEL - 1), color, options)} {first[len(left) :]}", *rest]


def _others(facts: FileFacts, known: Iterable[int], options: Options) -> list[str]:
    """Calls on lines where nothing happens, as they stand in the value graph: perhaps one should be known."""
    seen = set(known)
    calls = {(value.line, number) for number, value in enumerate(facts.values) if _is_call(facts, value) and value.line not in seen}
    inner = {part for _, number in calls for part in _below(facts, number)}
    shown = [(line, readback(facts, number)) for line, number in sorted(calls) if number not in inner]
    if not shown:
        return []
    more = "…" if options.unicode else "..."
    rows = [f"{line_in_file(line, facts.cells):>5}  {words.cut(plain(text), max(20, options.width - 7), more)}" for line, text in shown]
    return ["", paint("other calls: nothing that counts, or no rule knows them", "bold", options), *dict.fromkeys(rows)]


def _is_call(facts: FileFacts, value: Value) -> bool:
    """A call that somebody wrote: `with` lowers to two more."""
    called = facts.values[value.parts[0]] if value.op == "call" and value.parts and 0 <= value.parts[0] < len(facts.values) else None
    return called is not None and not (called.op == "api" and called.text.startswith("with."))


def _below(facts: FileFacts, number: int) -> Iterable[int]:
    """The values that a call on the same line is made of."""
    todo, line = list(facts.values[number].parts), facts.values[number].line
    while todo:
        part = todo.pop()
        if 0 <= part < len(facts.values) and facts.values[part].line == line:
            yield part
            todo += facts.values[part].parts
