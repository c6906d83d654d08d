"""Facts and reports as compact JSON text, for the cache and for worker processes, and back.

A NamedTuple is a list of its fields; the values of a file, which are nearly all of it, are stored by column: one letter an
operation, each list of argument names once. Equal facts give equal text. It does not know where the text is kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from coupling.core.facts import OPS, FileFacts, Value

T = TypeVar("T")
Make = Callable[[Any], Any]

_OPS = sorted(OPS)
_LETTERS = {op: chr(48 + at) for at, op in enumerate(_OPS)}
_WORDS = {letter: op for op, letter in _LETTERS.items()}


def encode(facts: FileFacts) -> str:
    """The facts of one file as one line of ASCII."""
    return json.dumps([*_columns(facts.values), *facts._replace(values=())], separators=(",", ":"))


def decode(text: str) -> FileFacts:
    """What ``encode`` was given."""
    ops, texts, parts, keys, distinct, lines, *rest = json.loads(text)
    names = [tuple(each) for each in distinct]
    words = map(_WORDS.__getitem__, ops)
    rows = zip(words, texts, map(tuple, parts), map(names.__getitem__, keys), lines, strict=True)
    facts: FileFacts = _maker(FileFacts)(rest)
    return facts._replace(values=tuple(map(Value._make, rows)))


def dumps(value: tuple[Any, ...]) -> str:
    """Any NamedTuple of this package, as one line of ASCII."""
    return json.dumps(value, separators=(",", ":"))


def loads(kind: type[T], text: str) -> T:
    """The inverse of ``dumps``.

    Raises ValueError, TypeError or KeyError for text that ``dumps`` did not write.
    """
    hashable: Any = kind
    made: T = _maker(hashable)(json.loads(text))
    return made


def _columns(values: tuple[Value, ...]) -> list[Any]:
    if not values:
        return ["", [], [], [], [], []]
    ops, texts, parts, keys, lines = zip(*values, strict=True)
    number = {each: at for at, each in enumerate(dict.fromkeys(keys))}
    return ["".join(map(_LETTERS.__getitem__, ops)), texts, parts, [number[each] for each in keys], list(number), lines]


@cache
def _maker(kind: Any) -> Make:
    """How nested lists become a value of this type again."""
    if kind in (str, int, float, bool):
        return _same
    arguments = get_args(kind)
    if get_origin(kind) is tuple and arguments[1:] == (Ellipsis,):
        return _many(_maker(arguments[0]))
    if get_origin(kind) is tuple:
        return _fixed(tuple, [_maker(each) for each in arguments])
    hints = get_type_hints(kind)
    return _fixed(kind._make, [_maker(hints[name]) for name in kind._fields])


def _same(value: Any) -> Any:
    return value


def _many(make: Make) -> Make:
    if make is _same:
        return tuple
    return lambda items: tuple(map(make, items))


def _fixed(build: Make, makers: list[Make]) -> Make:
    if all(make is _same for make in makers):
        return build
    return lambda items: build([make(item) for make, item in zip(makers, items, strict=True)])
