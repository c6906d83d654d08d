"""Buttons of page scripts: what is written because somebody pressed one is what people said of what they saw.

Comes in: the conditions that an effect stands under, and the flows of a write. Goes out: the flows, in which an answer that was there
before the button has become the act of who pressed it. An answer that the button itself asks for stays the model's.
"""

from __future__ import annotations

from coupling.link.frames import Frame, UnitRun
from coupling.link.values import Flow, Output, Place, World, everything, merge_flows

_BUTTONS = ("streamlit.button", "streamlit.form_submit_button", "streamlit.checkbox", "streamlit.toggle", "streamlit.feedback")
DEEPEST = 6
Written = tuple[tuple[Flow, tuple[str, ...]], ...]


def pressed(frame: Frame, guard: int) -> tuple[Flow, ...]:
    """The buttons that an effect waits for."""
    from coupling.link.evaluate import evaluate

    found: list[Flow] = []
    for _ in range(DEEPEST):
        if guard < 0:
            break
        value = frame.value(guard)
        tested = everything(evaluate(frame, value.parts[0])) if value.text == "then" else ()
        found += [f for f in tested if isinstance(f.origin, World) and f.origin.what in _BUTTONS]
        guard = value.parts[1]
    return merge_flows(tuple(found))


def recorded(run: UnitRun, written: Written) -> Written:
    """What a write stores: with a button pressed, answers from before it are what people confirmed."""
    if not run.pressed:
        return written
    said = run.pressed[-1]
    seen = [columns for flow, columns in written if _is_before(flow, said)]
    kept = tuple((flow, columns) for flow, columns in written if not _is_before(flow, said))
    return (*kept, *((said, columns) for columns in dict.fromkeys(seen)))


def _is_before(flow: Flow, said: Flow) -> bool:
    asked: Place | None = flow.trail[0] if flow.trail else None
    button = said.trail[0]
    return isinstance(flow.origin, Output) and asked is not None and (asked.path != button.path or asked.line < button.line)
