"""The one text of a computation that is written in several ways: ``log1p(x)`` and ``log(1 + x)``, ``where(t, a, b)`` and ``a if t else b``.

Comes in: the texts of the parts, already in normal form. Goes out: the text of the whole. It knows no values and no language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

LONGEST = 300
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_SIGNS = {"Mult": "*", "Sub": "-", "FloorDiv": "//", "Pow": "**", "BitAnd": "&", "BitOr": "|", "add": "+", "div": "/", "mod": "%"}
_BACKWARD = {">": "<", ">=": "<="}


def number(text: str) -> str:
    """A number as it is compared: ``100.0`` is ``100``."""
    try:
        return f"{float(text):g}"
    except ValueError:
        return text


def literal(text: str) -> str:
    """A constant by its value."""
    said = number(text)
    return said if _NUMBER.fullmatch(said) else repr(text)


def binary(sign: str, left: str, right: str) -> str:
    """Two operands; those that may change places stand in order. Texts that are added are one text."""
    sign = _SIGNS.get(sign, sign)
    if sign == "+" and (_is_text(left) or _is_text(right)):
        return joined([left, right])
    if sign in _BACKWARD:
        sign, left, right = _BACKWARD[sign], right, left
    if sign in ("*", "&", "|", "==", "!=") or (sign == "+" and (_NUMBER.fullmatch(left) or _NUMBER.fullmatch(right))):
        left, right = sorted((left, right))
    return f"({left} {sign} {right})"


def unary(sign: str, operand: str) -> str:
    return f"({'Not' if sign == 'Invert' else sign} {operand})"


def choice(test: str, then: str, other: str) -> str:
    return f"({then} if {test} else {other})"


def joined(parts: Sequence[str]) -> str:
    """Parts of one text; a part that is a text of parts gives its own."""
    return f"text({', '.join(part[5:-1] if part.startswith('text(') and part.endswith(')') else part for part in parts)})"


def _is_text(text: str) -> bool:
    return text[0] in "\"'" or text.startswith("text(")


def call(name: str, arguments: Sequence[str]) -> str:
    """A function by its name, or what it is short for."""
    known = _SHORT.get((name, len(arguments)))
    return known(*arguments) if known else f"{name}({', '.join(arguments)})"


_SHORT: dict[tuple[str, int], Callable[..., str]] = {
    ("log1p", 1): lambda x: f"log({binary('+', '1', x)})",
    ("expm1", 1): lambda x: binary("-", f"exp({x})", "1"),
    ("where", 3): choice,
    ("square", 1): lambda x: binary("**", x, "2"),
    **dict.fromkeys((("pow", 2), ("power", 2), ("float_power", 2)), lambda x, y: binary("**", x, y)),
    **dict.fromkeys((("divide", 2), ("true_divide", 2)), lambda x, y: binary("/", x, y)),
    **dict.fromkeys((("absolute", 1), ("fabs", 1)), lambda x: f"abs({x})"),
    ("sql.dpipe", 2): lambda x, y: joined([x, y]),
}
