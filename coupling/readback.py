"""Values of the value graph in a notation near Python's, for people.

Comes in: a file's facts. Goes out: text. What lies deeper than a few steps is left out; a name stays a name.
"""

from __future__ import annotations

from coupling.core.facts import FileFacts, Value
from coupling.core.secrets import hide

DEEPEST, LONGEST, MOST_PARTS = 12, 120, 16

_NAMES = ("param", "free", "api", "number", "bool", "yielded")
_INFIX = {"add": " + ", "div": " / ", "mod": " % "}
_SAME = ("after", "update", "setattr", "enter", "when", "loop")
"""What these make of their first part is that part again, as far as its name goes."""


def readback(file: FileFacts, number: int) -> str:
    """The expression that a value stands for."""
    return _read(file, number, 0, {})


def _read(file: FileFacts, number: int, depth: int, known: dict[tuple[int, int], str]) -> str:
    """``known`` keeps what was read at a depth: values are shared, and a file that shares many would be read again and again."""
    if not 0 <= number < len(file.values):
        return "..."
    if (number, depth) not in known:
        known[number, depth] = "..."
        known[number, depth] = _fresh(file, file.values[number], depth, known)[:LONGEST]
    return known[number, depth]


def _fresh(file: FileFacts, value: Value, depth: int, known: dict[tuple[int, int], str]) -> str:
    for _ in range(len(file.values)):
        if value.op not in _SAME or not value.parts:
            break
        value = file.values[value.parts[0]] if 0 <= value.parts[0] < len(file.values) else Value("hole")
    else:
        return "..."
    if depth > DEEPEST and value.parts:
        return "..."
    if value.op == "text":
        return _quoted(value.text)
    if value.op in ("func", "class", "lambda"):
        return _scope(file, value)
    parts = [_read(file, part, depth + 1, known) for part in value.parts[:MOST_PARTS]]
    if parts and value.op in ("attr", "item", "call") and _op(file, value.parts[0]) in (*_INFIX, "choose", "join"):
        parts[0] = f"({parts[0]})"
    return _joined(value, parts + ["..."] * (len(value.parts) > MOST_PARTS))


def _op(file: FileFacts, number: int) -> str:
    """What a value is made by, seen through the changes made to it; a few of them, for this decides about brackets only."""
    for _ in range(DEEPEST):
        value = file.values[number] if 0 <= number < len(file.values) else Value("hole")
        if value.op not in _SAME or not value.parts:
            break
        number = value.parts[0]
    return value.op


def _quoted(text: str) -> str:
    clean = hide(text)
    return f'"{clean}"' if '"' not in clean else repr(clean)


def _scope(file: FileFacts, value: Value) -> str:
    known = value.text.isdecimal() and int(value.text) < len(file.scopes)
    return (file.scopes[int(value.text)].name if known else "") or value.op


def _joined(value: Value, parts: list[str]) -> str:
    if value.op in _NAMES:
        return value.text or value.op
    if value.op == "import":
        return value.text.rsplit(".", 1)[-1] or value.text
    if value.op == "none":
        return "None"
    if value.op in _INFIX:
        return _INFIX[value.op].join(parts)
    if value.op == "concat":
        return ('f"' if any(part[:1] not in ("'", '"') for part in parts) else '"') + "".join(_piece(part) for part in parts) + '"'
    return _compound(value, parts)


def _piece(part: str) -> str:
    """A part of a text that is put together: literal, or in braces."""
    return part[1:-1] if part[:1] in ("'", '"') and part[-1:] == part[:1] and len(part) > 1 else f"{{{part}}}"


def _compound(value: Value, parts: list[str]) -> str:
    first, others = (parts[0], parts[1:]) if parts else ("", [])
    if value.op == "call":
        return f"{first}({', '.join(_argument(key, part) for key, part in zip(value.keys, others, strict=False))})"
    if value.op == "attr":
        return f"{first}.{value.text}"
    if value.op == "item":
        return f"{first}[{', '.join(others)}]"
    if value.op == "choose" and len(parts) == 3:
        return f"{others[0]} if {first} else {others[1]}"
    if value.op == "join":
        return " or ".join(dict.fromkeys(parts))
    if value.op == "unary":
        return f"{'not ' if value.text == 'Not' else '-'}{first}"
    if value.op == "iter":
        return f"each of {first}"
    brackets = {"list": "[]", "tuple": "()", "set": "{}"}.get(value.op)
    if brackets:
        return f"{brackets[0]}{', '.join(parts)}{brackets[1]}"
    if value.op == "dict":
        pairs = [f"{key}: {item}" for key, item in zip(parts[::2], parts[1::2], strict=False)]
        return f"{{{', '.join(pairs)}}}"
    if value.op == "hole":
        return f"? ({value.text})"
    return f"{value.op}({', '.join(parts)})" if parts else value.text or value.op


def _argument(key: str, text: str) -> str:
    return f"{key}{text}" if key in ("", "*", "**") else hide(f"{key}={text}")
