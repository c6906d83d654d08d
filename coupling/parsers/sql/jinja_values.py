"""Values of Jinja expressions in SQL: in comes the text between braces, out goes text, a literal, a truth or a placeholder's name.

Expressions are read by ``ast`` and looked at, never evaluated by Python. dbt's ``ref``, ``source``, ``this``, ``var`` and
``config`` are known; every other call is a placeholder.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import NamedTuple

MAX_EXPRESSION = 4000
MAX_RANGE = 500
Config = dict[str, object]


class UnknownType:
    """What the template does not say."""


Unknown = UnknownType()


class Element(NamedTuple):
    """One element of a list that the template is given: its placeholder is ``LIST[*]``."""

    name: str


class Result(NamedTuple):
    """The text an expression renders to, or the name of the placeholder it is."""

    text: str = ""
    hole: str | None = None
    relation: str = ""
    config: tuple[tuple[str, object], ...] = ()
    dbt: bool = False


def evaluate(text: str, names: Mapping[str, object], this: str) -> Result:
    """What ``{{ text }}`` renders to."""
    node = _parse(text)
    if node is None:
        return Result(hole=_first_name(text))
    return _render(node, names, this)


def constant(text: str, names: Mapping[str, object]) -> object:
    """The literal an expression is, or ``Unknown``."""
    node = _parse(text)
    return Unknown if node is None else _constant(node, names, 0)


def truth(text: str, names: Mapping[str, object]) -> bool | None:
    """Whether a test holds; None when the template does not say."""
    value = constant(text, names)
    return None if value is Unknown else bool(value)


def _parse(text: str) -> ast.expr | None:
    if len(text) > MAX_EXPRESSION or text.count("(") + text.count("[") > 100:
        return None
    source = re.sub(r"(?<!\w)(true|false|none)(?!\w)", lambda m: m[1].capitalize(), text.strip())
    try:
        return ast.parse(_tilde(source), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _tilde(text: str) -> str:
    """Jinja's ``a ~ b`` as ``a @ b``: an operator that Python can parse and Jinja does not have."""
    return text if "'" in text and re.search(r"'[^']*~[^']*'", text) else text.replace("~", "@")


def _first_name(text: str) -> str:
    match = re.search(r"[A-Za-z_]\w*", text)
    return match[0] if match else "?"


def _constant(node: ast.expr, names: Mapping[str, object], depth: int) -> object:
    if depth > 30:
        return Unknown
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            bound = names.get(name, Unknown)
            return Unknown if isinstance(bound, Element) else bound
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            values = [_constant(element, names, depth + 1) for element in elements]
            return Unknown if any(value is Unknown for value in values) else values
        case ast.Dict(keys=keys, values=values_):
            return _dict(keys, values_, names, depth)
        case ast.Attribute(value=inner, attr=attr):
            base = _constant(inner, names, depth + 1)
            return base.get(attr, Unknown) if isinstance(base, dict) else Unknown
        case ast.Subscript(value=inner, slice=index):
            return _subscript(_constant(inner, names, depth + 1), _constant(index, names, depth + 1))
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            negated = _constant(inner, names, depth + 1)
            return Unknown if negated is Unknown else not negated
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(op, _constant(left, names, depth + 1), right, names, depth)
        case ast.Call(func=ast.Name(id="range"), args=args):
            return _range([_constant(arg, names, depth + 1) for arg in args])
        case ast.Call(func=ast.Attribute(value=inner, attr="items"), args=[]):
            base = _constant(inner, names, depth + 1)
            return [list(pair) for pair in base.items()] if isinstance(base, dict) else Unknown
        case ast.Call(func=ast.Name(id="var"), args=[_, default]):
            return _constant(default, names, depth + 1)
        case _:
            return Unknown


def _dict(keys: list[ast.expr | None], values: list[ast.expr], names: Mapping[str, object], depth: int) -> object:
    out: dict[object, object] = {}
    for key, value in zip(keys, values, strict=True):
        name = Unknown if key is None else _constant(key, names, depth + 1)
        if not isinstance(name, (str, int)):
            return Unknown
        out[name] = _constant(value, names, depth + 1)
    return out


def _subscript(base: object, index: object) -> object:
    if isinstance(base, dict) and isinstance(index, (str, int)):
        return base.get(index, Unknown)
    if isinstance(base, list) and isinstance(index, int) and -len(base) <= index < len(base):
        return base[index]
    return Unknown


def _binary(op: ast.operator, left: object, right: ast.expr, names: Mapping[str, object], depth: int) -> object:
    if isinstance(op, ast.BitOr):
        return left if isinstance(right, ast.Name) and right.id in ("list", "trim", "string", "safe") else Unknown
    other = _constant(right, names, depth + 1)
    if left is Unknown or other is Unknown:
        return Unknown
    if isinstance(op, ast.MatMult) or (isinstance(op, ast.Add) and isinstance(left, str) and isinstance(other, str)):
        joined = f"{left}{other}"
        return joined if len(joined) < MAX_EXPRESSION else Unknown
    if isinstance(left, int) and isinstance(other, int) and isinstance(op, (ast.Add, ast.Sub)):
        return left + other if isinstance(op, ast.Add) else left - other
    if isinstance(left, list) and isinstance(other, list) and isinstance(op, ast.Add) and len(left) + len(other) < MAX_RANGE:
        return left + other
    return Unknown


def _range(args: list[object]) -> object:
    numbers = [arg for arg in args if isinstance(arg, int)]
    if not 1 <= len(numbers) == len(args) <= 3 or (len(numbers) == 3 and numbers[2] == 0):
        return Unknown
    return list(range(*numbers)[:MAX_RANGE])


def _render(node: ast.expr, names: Mapping[str, object], this: str) -> Result:
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr) and _constant(node, names, 0) is Unknown:
        node = node.left
    if isinstance(node, ast.IfExp):
        known = _constant(node.test, names, 0)
        return _render(node.orelse if known is not Unknown and not known else node.body, names, this)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and (known_call := _dbt(node.func.id, node, names, this)):
        return known_call
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "dbt_ml.predict" and len(node.args) == 2:
        return _dbt_ml(node, names)
    if isinstance(node, ast.Name) and node.id == "this":
        return Result(hole=this, relation="this", dbt=True)
    value = _constant(node, names, 0)
    if value is not Unknown and value is not None and not isinstance(value, (dict, list)):
        return Result(text=str(value))
    if isinstance(value, list):
        return Result(text=", ".join(str(element) for element in value))
    return Result(hole=spelled(node, names))


def list_name(text: str) -> str:
    """The name of the list that a loop runs over, '' when it is no plain name."""
    node = _parse(text)
    return spelled(node, {}) if isinstance(node, ast.Name | ast.Attribute) else ""


def spelled(node: ast.expr, names: Mapping[str, object]) -> str:
    """The dotted name of an expression, else the first name in it."""
    match node:
        case ast.Name(id=name):
            bound = names.get(name)
            return bound.name if isinstance(bound, Element) else name
        case ast.Attribute(value=inner, attr=attr):
            return f"{spelled(inner, names)}.{attr}"
        case ast.Subscript(value=inner, slice=ast.Constant(value=str(key))):
            return f"{spelled(inner, names)}.{key}"
        case ast.Call(func=ast.Name(id="var" | "env_var"), args=[ast.Constant(value=str(name)), *_]):
            return name if name.isidentifier() else _first_name(name)
        case ast.Call(func=inner):
            return spelled(inner, names)
        case _:
            pass
    return _first_name(ast.unparse(node))


def _dbt(name: str, node: ast.Call, names: Mapping[str, object], this: str) -> Result | None:
    args = [_constant(arg, names, 0) for arg in node.args]
    texts = [arg for arg in args if isinstance(arg, str)]
    if name == "ref" and texts and len(texts) == len(args):
        return Result(hole=texts[-1], relation="ref", dbt=True)
    if name == "source" and len(texts) == len(args) == 2:
        return Result(hole=".".join(texts), relation="source", dbt=True)
    if name in ("ref", "source"):
        return Result(hole=_first_name(ast.unparse(node.args[-1])) if node.args else "?", dbt=True)
    if name == "config":
        pairs = {word.arg: _constant(word.value, names, 0) for word in node.keywords if word.arg}
        return Result(config=tuple(pairs.items()), dbt=True)
    if name in ("var", "env_var") and len(args) == 2 and isinstance(args[1], (str, int, float)):
        return Result(text=str(args[1]))
    return None


def _dbt_ml(node: ast.Call, names: Mapping[str, object]) -> Result:
    """``dbt_ml.predict(ref('m'), query)``: the relation macro of the dbt_ml package, as the SQL it stands for."""
    model = node.args[0]
    inner = _dbt("ref", model, names, "") if isinstance(model, ast.Call) else None
    query = _constant(node.args[1], names, 0)
    if inner is None or inner.hole is None or not isinstance(query, str):
        return Result(hole=spelled(node, names))
    return Result(text=f"ML.PREDICT(MODEL {inner.hole}, ({query}))", dbt=True)
