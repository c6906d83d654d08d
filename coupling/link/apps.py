"""Pages that one call makes: what they show, and what people put into them.

Comes in: calls of page libraries. Goes out: the value of a table that people edit, and a record of what they flag. That it was
shown, the rules say (``serves``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.link.values import NOTHING, Abs, Api, Args, AssetRef, Flow, Keywords, Output, Place, World

if TYPE_CHECKING:
    from coupling.link.frames import Frame
    from coupling.link.handlers import Handler


def _edited(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``st.data_editor(rows)``: the rows as people leave them. What a model put there is theirs once they have seen it."""
    return _confirmed(args[0] if args else keywords.get("data", NOTHING), place)


def _confirmed(value: Abs, place: Place) -> Abs:
    said = Flow(World("streamlit.data_editor"), (), (place,))
    flows = (*(f for f in value.flows if not isinstance(f.origin, Output)), said)
    return value.but(flows=flows, items={key: _confirmed(item, place) for key, item in value.items.items()}, made=())


def _flagged(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    """``gr.Interface(..., flagging_dir="flagged")``: a file in which people mark answers."""
    folder = keywords.get("flagging_dir", NOTHING)
    mode = keywords.get("flagging_mode", keywords.get("allow_flagging", NOTHING))
    if folder.texts and mode.literal != "never":
        frame.run.engine.monitored[place.path] = None
        said = ((Flow(World("gradio.Interface"), (), (place,)), ()),)
        for name in folder.texts[:1]:
            frame.run.engine.tell_plain(frame, "writes", AssetRef("dir", name, frame.run.cwd), place, "gradio.Interface flags", said)
    return None


_INPUTS = """Textbox Number Dropdown Slider Radio Checkbox CheckboxGroup Image Audio Video File Dataframe DataFrame Code Chatbot
    UploadButton ImageEditor Sketchpad MultimodalTextbox HighlightedText JSON Label Markdown HTML""".split()
_EVENTS = "click submit change input select upload release like clear load".split()
_EVENT = "gradio.Button.click"


def _component(name: str, *, asked: bool) -> Handler:
    """``gr.Number()``: what people put into it."""
    path = f"gradio.{name}"

    def made(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
        said = (Flow(World(path), (), (place,)),) if asked else ()
        return Abs(things=(Api(path, key=("page", place)),), flows=said)

    return made


def _event(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs:
    """``button.click(function, inputs, outputs)``: the page calls the function on what people put in and shows what it gives."""
    from coupling.link import apply, calls, workers

    function = args[0] if args else keywords.get("fn", NOTHING)
    inputs = args[1] if len(args) > 1 else keywords.get("inputs", NOTHING)
    given = workers.spread(frame, inputs, place) if inputs.items or inputs.elem is not None else [inputs] if inputs else []
    shown = calls.call_value(frame, function, given, {}, place)
    rule = frame.run.engine.rules.find(_EVENT)
    outputs = args[2] if len(args) > 2 else keywords.get("outputs", NOTHING)
    if rule is not None and outputs and not outputs.is_none:
        apply.apply(frame, rule, None, [shown], {}, place, _EVENT, -1)
    return NOTHING


FUNCTIONS: dict[str, Handler] = {
    **{f"gradio.{name}": _component(name, asked=True) for name in _INPUTS},
    **{f"gradio.{name}": _component(name, asked=False) for name in ("Button", "State", "Blocks")},
    **{f"gradio.{name}.{event}": _event for name in (*_INPUTS, "Button", "Blocks") for event in _EVENTS},
    "streamlit.data_editor": _edited,
    "streamlit.experimental_data_editor": _edited,
    "gradio.Interface": _flagged,
}
