"""What decorators of the repository do as they are applied: register a function, or put work around it.

Comes in: a decorated function. Goes out: the function that the name then holds. A decorator that only passes the call on is seen through;
one that stores the function or has accesses of its own is run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from coupling.core.facts import FileFacts
from coupling.link.values import NOTHING, Abs, Class, Func, Place

if TYPE_CHECKING:
    from coupling.link.frames import Frame

_SAME = {"after": 0, "loop": 0, "setattr": 0, "join": 0, "choose": 1}
"""Operations behind which a module's name is still the module."""
_PUTTING = frozenset(("append", "add", "setdefault", "update", "insert", "register"))
_OWN = frozenset(("property", "staticmethod", "classmethod", "wraps", "cached_property", "abstractmethod", "dataclass"))


def register(module: Frame) -> None:
    """Apply the decorators of a module that store what they decorate, as its import does."""
    for number, scope in enumerate(module.file.scopes):
        if scope.parent == 0 and scope.decorators and scope.kind in ("function", "class"):
            place = Place(module.file.path, scope.line)
            value = _definition(module, number)
            for decorator in _of_repository(module, scope.decorators):
                if stores(module, decorator):
                    _apply(module, decorator, value, place)


def _definition(module: Frame, number: int) -> Abs:
    scope = module.file.scopes[number]
    kind = Class if scope.kind == "class" else Func
    return Abs(things=(kind(module.file.path, number, module, name=scope.name),))


def applied(frame: Frame, func: Func) -> Abs:
    """The function under its decorators: those with accesses of their own stand around it."""
    value = Abs(things=(func,))
    scope = frame.file.scopes[func.scope]
    for decorator in reversed(_of_repository(frame, scope.decorators)):
        if acts(frame, decorator):
            made = _apply(frame, decorator, value, Place(func.file, scope.line))
            value = made if any(isinstance(t, Func) for t in made.things) else value
    return value


def _of_repository(frame: Frame, decorators: tuple[int, ...]) -> list[int]:
    """The decorators that may be functions of the repository, by their spelling alone."""
    return [index for index in decorators if _spelled(frame, index) not in _OWN]


def _spelled(frame: Frame, index: int) -> str:
    value = frame.value(index)
    while value.op == "call":
        value = frame.value(value.parts[0])
    return value.text.rpartition(".")[2]


def _target(frame: Frame, index: int) -> Func | None:
    """The function of the repository that a decorator is, or is made by."""
    from coupling.link.evaluate import evaluate

    value = frame.value(index)
    things = evaluate(frame, value.parts[0] if value.op == "call" else index).things
    return next((t for t in things if isinstance(t, Func) and t.frame is not None), None)


def _apply(frame: Frame, index: int, value: Abs, place: Place) -> Abs:
    from coupling.link import calls
    from coupling.link.evaluate import evaluate

    decorator = evaluate(frame, index)
    return calls.call_value(frame, decorator, [value], {}, place) if decorator.things else NOTHING


# --- what a decorator does, by its text ---


def stores(frame: Frame, index: int) -> bool:
    """Whether the decorator keeps what it decorates somewhere: ``TABLE[name] = fn``, ``TABLE.append(fn)``."""
    return _known(frame, index, "stores")


def acts(frame: Frame, index: int) -> bool:
    """Whether what the decorator puts around a function reads or writes itself."""
    return _known(frame, index, "acts")


def _known(frame: Frame, index: int, question: str) -> bool:
    target = _target(frame, index)
    if target is None:
        return False
    known = frame.run.engine.decorators
    key = (target.file, target.scope, question)
    if key not in known:
        file = frame.run.engine.index.files[target.file]
        known[key] = any(_stores(file, n) if question == "stores" else _acts(frame, file, n) for n in _within(file, target.scope))
    return known[key]


def _within(file: FileFacts, scope: int) -> Iterator[int]:
    inside = {scope}
    yield scope
    for number, one in enumerate(file.scopes):
        if one.parent in inside and number != scope:
            inside.add(number)
            yield number


def _stores(file: FileFacts, number: int) -> bool:
    for effect in file.scopes[number].effects:
        value = file.values[effect.value]
        callee = file.values[value.parts[0]] if value.op == "call" else None
        if value.op == "update" or (callee is not None and callee.op == "attr" and callee.text in _PUTTING):
            return True
    return False


def _acts(frame: Frame, file: FileFacts, number: int) -> bool:
    """Whether a rule knows a call of the scope as an access."""
    for effect in file.scopes[number].effects:
        value = file.values[effect.value]
        rule = frame.run.engine.rules.find(path) if value.op == "call" and (path := _path(file, value.parts[0])) else None
        if rule is not None and (rule.reads or rule.writes or rule.access or rule.runs):
            return True
    return False


def _path(file: FileFacts, index: int) -> str:
    """``pd.read_csv`` as its API path; '' for what is no chain of attributes on an import."""
    tail: list[str] = []
    value = file.values[index]
    while value.op == "attr":
        tail.append(value.text)
        value = file.values[value.parts[0]]
    if value.op == "free" and not tail:
        return f"builtins.{value.text}"
    if value.op == "free":
        names = dict(file.scopes[0].names)
        value = file.values[names[value.text]] if value.text in names else value
        while value.op in _SAME:
            value = file.values[value.parts[_SAME[value.op]]]
    return ".".join([value.text, *reversed(tail)]) if value.op == "import" else ""
