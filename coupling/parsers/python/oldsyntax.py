"""Python 2 -> text that Python 3 reads, line for line, by tokens.

Print and exec statements, backticks, ``except X, e``, ``raise X, "m"``, ``0777``, ``10L``, ``ur""``, ``<>``, parameters in brackets,
tabs. What is Python 3 already stays as it is.
"""

from __future__ import annotations

import re

from coupling.parsers.python.tokens import CLOSE, OPEN, Token, tokenize

_OCTAL = re.compile(r"0[0-7]+[lL]?\Z")
_LONG = re.compile(r"(0[xX][0-9a-fA-F]+|\d+)[lL]\Z")
_GOES_ON = frozenset(("in", "is", "and", "or", "if", "else", "not", "for"))
_SKIPPED = ("space", "comment", "newline")


def modern(text: str) -> str:
    """The text with what only Python 2 knows rewritten."""
    tokens = [_token(token) for token in tokenize(_spaces(text))]
    _backticks(tokens)
    depth, at, start = 0, 0, True
    while at < len(tokens):
        token = tokens[at]
        if start and token.kind == "name" and token.text in _STATEMENTS:
            _STATEMENTS[token.text](tokens, at)
        elif token.text == "lambda" or (token.kind == "name" and token.text == "def"):
            _bracketed_parameters(tokens, at)
        depth = max(0, depth + _turn(tokens[at]))
        if token.kind not in ("space", "comment"):
            start = depth == 0 and (token.kind == "newline" or token.text in (";", ":"))
        at += 1
    return "".join(token.text for token in tokens)


def _spaces(text: str) -> str:
    """Tabs that indent, as the eight columns that Python 2 took them for. Rows inside strings lose theirs too: nobody reads those."""
    if "\t" not in text:
        return text
    rows = []
    for row in text.split("\n"):
        body = row.lstrip(" \t")
        rows.append(row[: len(row) - len(body)].expandtabs(8) + body)
    return "\n".join(rows)


def _token(token: Token) -> Token:
    text = token.text
    if token.kind == "number":
        if _OCTAL.match(text) and text.strip("0lL"):
            return Token("number", "0o" + text[1:].rstrip("lL"))
        if match := _LONG.match(text):
            return Token("number", match[1])
    elif token.kind == "string" and text[:2].lower() == "ur":
        return Token("string", text[1:])
    elif text == "<>":
        return Token("op", "!=")
    return token


def _backticks(tokens: list[Token]) -> None:
    places = [at for at, token in enumerate(tokens) if token.text == "`"]
    for number, at in enumerate(places[: len(places) // 2 * 2]):
        tokens[at] = Token("op", ")" if number % 2 else "repr(")


def _turn(token: Token) -> int:
    """How a token changes the depth of brackets."""
    if token.kind != "op":
        return 0
    return (token.text[-1:] in OPEN) - (token.text in CLOSE)


def _next(tokens: list[Token], at: int) -> int:
    """The first token from ``at`` that is neither space nor comment; a line's end counts."""
    while at < len(tokens) and tokens[at].kind in ("space", "comment"):
        at += 1
    return at


def _end(tokens: list[Token], at: int, stops: tuple[str, ...] = (";",)) -> int:
    """Behind the last token of the statement that ``at`` is in, without space and comment; or at a stop outside of brackets."""
    depth, last = 0, at
    while at < len(tokens):
        token = tokens[at]
        if depth == 0 and (token.kind in ("newline", "comment") or token.text in stops):
            break
        depth = max(0, depth + _turn(token))
        at += 1
        if token.kind not in _SKIPPED:
            last = at
    return last


def _append(tokens: list[Token], at: int, text: str) -> None:
    """Text behind token ``at - 1``."""
    tokens[at - 1] = tokens[at - 1]._replace(text=tokens[at - 1].text + text)


def _is_call(tokens: list[Token], first: int, end: int) -> bool:
    """Whether ``(`` at ``first`` closes at the end of the statement, or its result is used further as Python 3 does."""
    depth = 0
    for at in range(first, end):
        depth += _turn(tokens[at])
        if depth == 0:
            after = _next(tokens, at + 1)
            return after >= end or tokens[after].text in (".", "=", ":")
    return True


def _print(tokens: list[Token], at: int) -> None:
    first, end = _next(tokens, at + 1), _end(tokens, at + 1)
    if end <= first:
        tokens[at] = Token("name", "print()")
        return
    token = tokens[first]
    if token.text in _GOES_ON or (token.text == "(" and _is_call(tokens, first, end)):
        return
    if token.kind == "op" and token.text not in (">>", "(", "[", "{", "-", "+", "~", "repr("):
        return
    target = ""
    if token.text == ">>":
        comma = _end(tokens, first + 1, (";", ","))
        target = "file=" + "".join(t.text for t in tokens[first + 1 : comma]).strip()
        behind = _next(tokens, comma)
        rest = behind + 1 if behind < end else end
        for gone in range(first, rest):
            tokens[gone] = Token("space", "")
        target = target if rest >= end else ", " + target
    _append(tokens, at + 1, "(")
    if tokens[end - 1].text == "," and target:
        tokens[end - 1] = Token("space", "")
    _append(tokens, end, target + ")")


def _exec(tokens: list[Token], at: int) -> None:
    first, end = _next(tokens, at + 1), _end(tokens, at + 1)
    if end <= first or tokens[first].text in ("=", ".", ",") or (tokens[first].text == "(" and _is_call(tokens, first, end)):
        return
    inside = _end(tokens, first, ("in", ";"))
    word = _next(tokens, inside)
    if word < end and tokens[word].text == "in":
        tokens[word] = Token("op", ",")
    _append(tokens, at + 1, "(")
    _append(tokens, end, ")")


def _raise(tokens: list[Token], at: int) -> None:
    first, end = _next(tokens, at + 1), _end(tokens, at + 1)
    if _next(tokens, _end(tokens, first, (",", ";"))) < end:
        _append(tokens, at + 1, " (")
        _append(tokens, end, ")")


def _except(tokens: list[Token], at: int) -> None:
    """``except X, e:`` of Python 2 names the exception; ``except X, Y:`` of Python 3.14 lists two."""
    first, end = _next(tokens, at + 1), _end(tokens, at + 1, (":",))
    comma = _next(tokens, _end(tokens, first, (",", ":")))
    if comma >= end or tokens[comma].text != ",":
        return
    name = _next(tokens, comma + 1)
    if name == end - 1 and tokens[name].kind == "name" and not tokens[name].text[0].isupper():
        tokens[comma] = Token("name", " as")
        return
    if not any(token.text == "as" for token in tokens[first:end]):
        _append(tokens, at + 1, " (")
        _append(tokens, end, ")")


def _bracketed_parameters(tokens: list[Token], at: int) -> None:
    """``def f(a, (b, c))`` and ``lambda (k, v)``: one parameter, whose parts stay unknown."""
    in_lambda = tokens[at].text == "lambda"
    end = _end(tokens, at + 1, (":",))
    depth, opened = 0, -1
    before = "," if in_lambda else ""
    for here in range(at + 1, end):
        token = tokens[here]
        if opened < 0 and token.text == "(" and depth == (0 if in_lambda else 1) and before in (",", "("):
            opened = here
        depth += _turn(token)
        if opened >= 0 and depth == (0 if in_lambda else 1):
            _one_name(tokens, opened, here)
            opened = -1
        if token.kind not in _SKIPPED:
            before = token.text


def _one_name(tokens: list[Token], opened: int, closed: int) -> None:
    names = [token.text for token in tokens[opened:closed] if token.kind == "name"]
    for at in range(opened, closed + 1):
        tokens[at] = tokens[at] if tokens[at].kind == "newline" else Token("space", "")
    tokens[opened] = Token("name", " " + "_".join(["", *names]))


_STATEMENTS = {"print": _print, "exec": _exec, "raise": _raise, "except": _except}
