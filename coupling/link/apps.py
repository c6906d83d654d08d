"""Pages that one call makes: what they show, and what people put into them.

Comes in: calls of page libraries. Goes out: the value of a table that people edit, and a record of what they flag. That it was
shown, the rules say (``serves``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.link.values import NOTHING, Abs, Args, AssetRef, Flow, Keywords, Output, Place, World

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


FUNCTIONS: dict[str, Handler] = {
    "streamlit.data_editor": _edited,
    "streamlit.experimental_data_editor": _edited,
    "gradio.Interface": _flagged,
}
