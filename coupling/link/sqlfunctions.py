"""Functions that a statement of one SQL file makes of a model and that others ask: ``CREATE MODEL ... FUNCTION predict_churn``.

Comes in: a call of a function that its own file does not make. Goes out: the model's answer, when another file makes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.core.facts import FileFacts
from coupling.link import apply
from coupling.link.index import Index
from coupling.link.values import Abs, Args, Keywords, Place, text

if TYPE_CHECKING:
    from coupling.link.frames import Frame
    from coupling.link.handlers import Handler


class Functions:
    """The names of all such functions and their models, collected when first asked for."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._known: dict[str, str] | None = None

    def model(self, name: str) -> str:
        if self._known is None:
            self._known = {}
            for file in self.index.files.values():
                if file.parser == "sql":
                    self._known.update(_made_in(file))
        return self._known.get(name.lower(), "")


def _made_in(file: FileFacts) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in file.values:
        if value.op == "call" and file.values[value.parts[0]].text == "sql.function" and len(value.parts) > 2:
            model, function = (file.values[part].text for part in value.parts[1:3])
            found[function.lower()] = model
    return found


def _called(frame: Frame, receiver: Abs, args: Args, keywords: Keywords, place: Place) -> Abs | None:
    name = args[0].literal if args else None
    rule = frame.run.engine.rules.find("sql.apply")
    model = frame.run.engine.functions.model(name) if name is not None else ""
    if rule is None or not model:
        return None
    return apply.apply(frame, rule, None, [text(model), *args[1:]], keywords, place, "sql.apply", -1)


FUNCTIONS: dict[str, Handler] = {"sql.udf": _called, "sql.apply": _called}
