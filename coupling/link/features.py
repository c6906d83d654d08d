"""How named features are computed: a column stored before ``fit`` or ``predict``, a key of a row, as a text that two places can share.

Comes in: the arguments of a call that trains or asks a model. Goes out: ``Computed`` for each feature whose whole computation is known. The
text ignores names of variables, where a row comes from, and how a column or one value of it is addressed; a helper that is one expression
is its expression. What is not known in every part has no text at all: two sides are compared, and half a text would always differ.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from coupling.core.facts import Value
from coupling.link import names, normalform
from coupling.link.frames import Frame
from coupling.link.values import Abs, Api, Func, Module, Place

if TYPE_CHECKING:
    from coupling.link.site import Site

_NO_WORD = re.compile(r"\W|^(?=\d)")
_STORED = "="
"""In ``given``: the column that is asked for, where several are stored at once."""
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?![\w(=])")
_NO_COLUMNS = frozenset(("if", "else", "in", "is", "not", "and", "or", "None", "True", "False", "text", "USub", "UAdd", "Not", "Invert"))
_FIELD = re.compile(r"%[sd]|\{\d*\}")
ROW = "@"
"""The row or table itself."""
MOST_FEATURES = 200
DEEPEST = 24
_SAME = frozenset(
    """astype copy to_numpy to_list tolist item squeeze reshape reset_index ravel flatten str int float bool array asarray to_datetime
    Series DataFrame Timestamp to_timestamp to_pandas list tuple values Decimal numeric to_numeric except rows""".split()
)
"""Steps that change how a value is held and not what it says."""
_VIEWS = frozenset(("dt", "str", "values", "cat", "loc", "iloc", "T"))
_APPLY = frozenset(("apply", "map", "applymap", "transform"))
_ROWS = frozenset("head dropna sort_values json get_json dict model_dump".split())
"""Methods of a table or request that give its rows."""


class _Unknown(Exception):
    """Some part of the computation is not known."""


def computed(site: Site, side: str) -> Iterator[tuple[str, str, Place]]:
    """(feature, text, place) of what the call is given."""
    rule = site.rule
    choices = (*rule.features, *rule.data) if side == "train" else rule.input
    yield from formulas(site, site.args_of(choices))


def formulas(site: Site, values: list[Abs]) -> Iterator[tuple[str, str, Place]]:
    """(feature, text, place) of the columns and keys of these values that are computed in a known way."""
    seen: set[str] = set()
    for given in values:
        for name, value in _named(names.full(site.frame, given)):
            if name in seen or len(seen) >= MOST_FEATURES or not value.made:
                continue
            seen.add(name)
            frame, index = value.made
            text = _text_of(frame, index)
            if text is not None:
                yield name, text, frame.place(index)


def _named(value: Abs, depth: int = 3) -> Iterator[tuple[str, Abs]]:
    """Columns and keys with their values, also of rows in a list."""
    for key, item in value.items.items():
        if key.lstrip("-").isdigit():
            if depth:
                yield from _named(item, depth - 1)
        elif not key.startswith("."):
            yield key, item
    if value.elem is not None and depth:
        yield from _named(value.elem, depth - 1)


def _text_of(frame: Frame, index: int) -> str | None:
    """The computation of a value, None when it is not known whole or when nothing is computed."""
    run = frame.run
    run.muted += 1
    try:
        text = _text(frame, index, {}, 0)
    except _Unknown:
        return None
    finally:
        run.muted -= 1
    is_computed = not text.isidentifier() and (text[0].isalpha() or text[0] in "(_[")
    return text if ROW not in text and is_computed and len(text) <= normalform.LONGEST and _has_column(text) else None


def _has_column(text: str) -> bool:
    """Whether it is computed of some column: what is made of constants and chance alone, as in made-up rows, is no feature's meaning."""
    return any(word not in _NO_COLUMNS for word in _WORD.findall(_QUOTED.sub("", text)))


def _text(frame: Frame, index: int, given: dict[str, str], depth: int) -> str:
    if index < 0 or depth > DEEPEST:
        raise _Unknown
    value = frame.value(index)
    handler = _HANDLERS.get(value.op)
    if handler is None:
        raise _Unknown
    text = handler(frame, value, index, given, depth + 1)
    if len(text) > normalform.LONGEST:
        raise _Unknown
    return text


def _constant(frame: Frame, value: Value, index: int, given: dict[str, str], depth: int) -> str:
    if value.op == "number":
        return normalform.number(value.text)
    return repr(value.text) if value.op == "text" else value.text or "None"


def _name(frame: Frame, value: Value, index: int, given: dict[str, str], depth: int) -> str:
    """A constant by its value; anything else that a name holds is the row."""
    if value.op == "param" and value.text in given:
        return given[value.text]
    known = _evaluated(frame, index)
    if known.made is not None:
        raise _Unknown
    if known.literal is not None and not known.flows:
        return normalform.literal(known.literal)
    if any(isinstance(t, Module | Func) or (isinstance(t, Api) and not known.flows and not known.items) for t in known.things):
        raise _Unknown
    return ROW


def _evaluated(frame: Frame, index: int) -> Abs:
    from coupling.link.evaluate import evaluate

    return evaluate(frame, index)


def _attribute(frame: Frame, value: Value, index: int, given: dict[str, str], depth: int) -> str:
    base = _text(frame, value.parts[0], given, depth)
    if value.text in _VIEWS:
        return base
    return _column(frame, value.parts[0], value.text, depth) if base == ROW else f"{base}.{value.text}"


def _item(frame: Frame, value: Value, index: int, given: dict[str, str], depth: int) -> str:
    base, key = _rows(frame, value.parts[0], given, depth), _evaluated(frame, value.parts[1])
    if base == ROW and key.literal is not None:
        return _column(frame, value.parts[0], key.literal, depth)
    if base == ROW and (columns := names.column_names(key)):
        if given.get(_STORED) in columns:
            return _column(frame, value.parts[0], given[_STORED], depth)
        texts = [_column(frame, value.parts[0], c, depth) for c in columns]
        return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    if base == ROW:
        return ROW
    if key.literal is None:
        raise _Unknown
    return f"{base}[{normalform.literal(key.literal)}]"


def _column(frame: Frame, base: int, name: str, depth: int) -> str:
    """A column as it stands then: as it was computed, or as it came."""
    item = names.full(frame, _evaluated(frame, base)).items.get(name)
    if item is None or item.made is None:
        return _NO_WORD.sub("_", name)
    if not item.made:
        raise _Unknown
    return _text(*item.made, {_STORED: name}, depth)


def _binary(frame: Frame, value: Value, index: int, given: dict[str, str], depth: int) -> str:
    if value.op == "mod" and (template := _evaluated(frame, value.parts[0]).literal) and "%" in template:
        return _filled(template, [_text(frame, part, given, depth) for part in _operands(frame, value.parts[1])])
    left, right = (_text(frame, part, given, depth) for part in value.parts[:2])
    return normalform.binary(value.text if value.op in ("compare", "binop") else value.op, left, right)


def _operands(frame: Frame, index: int) -> tuple[int, ...]:
    value = frame.value(index)
    return value.parts if value.op == "tuple" else (index,)


def _filled(template: str, parts: list[str]) -> str:
    """``"%s_%s" % (a, b)`` and ``"{}_{}".format(a, b)`` as the f-string that they are."""
    texts = _FIELD.split(template)
    if len(texts) != len(parts) + 1 or any(ch in text for text in texts for ch in "%{}"):
        raise _Unknown
    pairs = zip(texts, [*parts, ""], strict=True)
    return normalform.joined([piece for text, part in pairs for piece in (repr(text) if text else "", part) if piece])


def _unary(frame: Frame, value: Value, index: int, given: dict[str, str], depth: int) -> str:
    return normalform.unary(value.text, _text(frame, value.parts[0], given, depth))


def _sequence(frame: Frame, value: Value, index: int, given: dict[str, str], depth: int) -> str:
    texts = [_text(frame, part, given, depth) for part in value.parts]
    if value.op == "concat":
        return normalform.joined(texts)
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"


def _one_of(frame: Frame, value: Value, index: int, given: dict[str, str], depth: int) -> str:
    """Several relations, or a column that any of them may have: what all of them say."""
    texts = {_text(frame, part, given, depth) for part in value.parts}
    if len(texts) != 1:
        raise _Unknown
    return texts.pop()


def _empty(frame: Frame, value: Value, index: int, given: dict[str, str], depth: int) -> str:
    """A row that columns are then put into."""
    if value.parts:
        raise _Unknown
    return ROW


def _choose(frame: Frame, value: Value, index: int, given: dict[str, str], depth: int) -> str:
    test, then, other = (_text(frame, part, given, depth) for part in value.parts)
    return normalform.choice(test, then, other)


def _base(frame: Frame, value: Value, index: int, given: dict[str, str], depth: int) -> str:
    base = _rows(frame, value.parts[0], given, depth)
    if base != ROW and value.op != "after":
        raise _Unknown
    return base


def _rows(frame: Frame, index: int, given: dict[str, str], depth: int) -> str:
    """The text of what columns are taken from or put into: some columns of a table are a table, and so is one of several tables."""
    value = frame.value(index)
    if value.op == "item" and frame.value(value.parts[1]).op == "list":
        return _rows(frame, value.parts[0], given, depth)
    if value.op == "join" and len(texts := {_rows(frame, part, given, depth) for part in value.parts}) == 1:
        return texts.pop()
    return _text(frame, index, given, depth)


def _element(frame: Frame, value: Value, index: int, given: dict[str, str], depth: int) -> str:
    if _text(frame, value.parts[0], given, depth) != ROW:
        raise _Unknown
    return ROW


def _call(frame: Frame, value: Value, index: int, given: dict[str, str], depth: int) -> str:
    callee = frame.value(value.parts[0])
    things = _evaluated(frame, value.parts[0]).things
    if len(things) == 1 and isinstance(things[0], Func) and things[0].receiver is None:
        return _helper(frame, things[0], value, given, depth)
    if callee.op == "attr" and not _is_library(frame, callee.parts[0]):
        return _method(frame, value, callee, given, depth)
    if len(things) != 1 or not isinstance(things[0], Api):
        raise _Unknown
    if things[0].path in _FORMULAS:
        return _FORMULAS[things[0].path](frame, value, given, depth)
    owner, _, name = things[0].path.rpartition(".")
    if owner == "builtins" and not hasattr(builtins, name):
        raise _Unknown  # a name that nothing here defines
    return _named_call(frame, value, index, name, given, depth)


def _formula(frame: Frame, value: Value, given: dict[str, str], depth: int) -> str:
    """A column of a query, with its formula beside it."""
    return _text(frame, value.parts[2], given, depth)


def _scalar(frame: Frame, value: Value, given: dict[str, str], depth: int) -> str:
    """A function of a query: its name comes first."""
    name, *arguments = value.parts[1:]
    return normalform.call(frame.value(name).text, [_text(frame, part, given, depth) for part in arguments])


_FORMULAS = {"sql.expr": _formula, "sql.scalar": _scalar}


def _is_library(frame: Frame, index: int) -> bool:
    known = _evaluated(frame, index)
    if not known.things or known.flows or known.items or frame.value(index).op not in ("import", "attr", "free"):
        return False
    return isinstance(known.things[0], Api | Module)


def _named_call(frame: Frame, value: Value, index: int, name: str, given: dict[str, str], depth: int) -> str:
    """A library function by its last name. What makes a table of no column is the table."""
    arguments = _arguments(frame, value, given, depth)
    if _evaluated(frame, index).flows and not any(_evaluated(frame, part).flows for part in value.parts[1:]):
        return ROW
    if name in _SAME and arguments:
        return arguments[0]
    return normalform.call(name, arguments)


def _method(frame: Frame, value: Value, callee: Value, given: dict[str, str], depth: int) -> str:
    template = _evaluated(frame, callee.parts[0]).literal
    if callee.text == "format" and template and not any(value.keys):
        return _filled(template, [_text(frame, part, given, depth) for part in value.parts[1:]])
    base = _text(frame, callee.parts[0], given, depth)
    if callee.text in _SAME or (base == ROW and callee.text in _ROWS):
        return base
    key = _evaluated(frame, value.parts[1]).literal if len(value.parts) > 1 else None
    if base == ROW and callee.text in ("get", "pop") and key is not None:
        return _column(frame, callee.parts[0], key, depth)
    if callee.text in _APPLY and len(value.parts) > 1:
        function = _evaluated(frame, value.parts[1]).things
        if len(function) == 1 and isinstance(function[0], Func):
            return _inlined(frame, function[0], [base], [_evaluated(frame, callee.parts[0])], depth)
    if base == ROW:
        raise _Unknown
    name = "transform" if callee.text == "fit_transform" else callee.text
    return normalform.call(name, (base, *_arguments(frame, value, given, depth)))


def _arguments(frame: Frame, value: Value, given: dict[str, str], depth: int) -> list[str]:
    if any(key.startswith("*") for key in value.keys):
        raise _Unknown
    pairs = [(key, _text(frame, part, given, depth)) for key, part in zip(value.keys, value.parts[1:], strict=True)]
    return [text for key, text in pairs if not key] + sorted(f"{key}={text}" for key, text in pairs if key)


def _helper(frame: Frame, func: Func, value: Value, given: dict[str, str], depth: int) -> str:
    """A call of the repository's own function: its expression when it is just one, else its name."""
    texts = [_text(frame, part, given, depth) for part in value.parts[1:]]
    if any(value.keys):
        raise _Unknown
    return _inlined(frame, func, texts, [_evaluated(frame, part) for part in value.parts[1:]], depth)


def _inlined(frame: Frame, func: Func, texts: list[str], values: list[Abs], depth: int) -> str:
    file = frame.run.engine.index.files[func.file]
    scope = file.scopes[func.scope]
    simple = len(scope.returns) == 1 and not any(file.values[effect.value].op != "call" for effect in scope.effects)
    if len(texts) != len(scope.params):
        raise _Unknown
    if not simple and ROW in texts:
        return ROW  # what it stores in the table, its columns tell themselves
    if not simple:
        return f"{func.file}:{scope.name}({', '.join(texts)})"
    parameters = [param.name for param in scope.params]
    inner = Frame(frame.run, file, func.scope, func.frame or frame.run.engine.module_frame(frame.run, func.file), frame.chain)
    inner.args = dict(zip(parameters, values, strict=True))
    return _text(inner, scope.returns[0], dict(zip(parameters, texts, strict=True)), depth)


_HANDLERS = {
    "text": _constant,
    "number": _constant,
    "bool": _constant,
    "none": _constant,
    "param": _name,
    "free": _name,
    "import": _name,
    "attr": _attribute,
    "item": _item,
    "add": _binary,
    "div": _binary,
    "mod": _binary,
    "binop": _binary,
    "compare": _binary,
    "unary": _unary,
    "list": _sequence,
    "tuple": _sequence,
    "concat": _sequence,
    "choose": _choose,
    "update": _base,
    "setattr": _base,
    "after": _base,
    "iter": _element,
    "join": _one_of,
    "dict": _empty,
    "call": _call,
}
