"""SQL text to statements: tokens of one statement each, with prediction calls rewritten so that every dialect can parse them.

In comes text without Jinja, out go ``Statement`` values. The rewriting turns ``ML.PREDICT(MODEL a.b, TABLE t)`` into a call of one
plain word with a text and a subquery: vendors' grammars are no longer needed to see it. It does not know what a call means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from coupling.parsers.sql import words

DIALECTS = ("bigquery", "snowflake", "postgres", "tsql", "spark", "duckdb", "")
MODEL_MARK = "qz7model:"
CALL_MARK = "qz7call"
_TARGETS = ("INTO", "TABLE", "OVERWRITE", "UPDATE", "EXISTS")
"""What stands before a relation that is written: a file there is named by its path."""
_WORD = re.compile(r"\w+\Z")
_ENDS = frozenset({",", ")"})


class Statement(NamedTuple):
    """Tokens up to a semicolon, the text they index, and the dialect that read them."""

    tokens: tuple[Token, ...]
    text: str
    dialect: str

    @property
    def line(self) -> int:
        return int(self.tokens[0].line)


def order(text: str, dialect: str) -> tuple[str, ...]:
    """The dialects to try, likeliest first."""
    first = [dialect.lower()] if dialect and dialect.lower() in DIALECTS else []
    upper = text[:200_000].upper()
    if re.search(r"\b(?:DELTA|PARQUET|CSV|JSON|ORC)\.`|\bLATERAL VIEW\b|\bUSING (?:DELTA|PARQUET)\b|INSERT OVERWRITE", upper):
        first.append("spark")
    if "`" in upper or "ML." in upper or "CREATE MODEL" in upper or "EXCEPT(" in upper or "EXCEPT (" in upper:
        first.append("bigquery")
    if "READ_CSV" in upper or "READ_PARQUET" in upper:
        first.append("duckdb")
    if "CORTEX" in upper or "FLATTEN(" in upper or "=>" in upper:
        first.append("snowflake")
    if re.search(r"\bSELECT\s+TOP\b|\[\w+\]\.\[|\bGO\s*$", upper, re.M):
        first.append("tsql")
    if "$$" in upper or "::" in upper or "PGML" in upper:
        first.append("postgres")
    return tuple(dict.fromkeys((*first, *(("",) if not first else ()), *DIALECTS)))


def tokenize(text: str, dialects: Sequence[str]) -> tuple[list[Token], str] | None:
    """Tokens by the first dialect that can, None when none can."""
    for dialect in dialects:
        try:
            return Dialect.get_or_raise(dialect).tokenize(text), dialect
        except (SqlglotError, ValueError, IndexError, KeyError):
            continue
    return None


def statements(tokens: Sequence[Token], text: str, dialect: str) -> Iterator[Statement]:
    """The statements of a text; ``GO`` on its own line ends one too."""
    here: list[Token] = []
    for token in tokens:
        if token.token_type == TokenType.SEMICOLON or (dialect == "tsql" and token.text == "GO"):
            if here:
                yield Statement(tuple(here), text, dialect)
            here = []
        else:
            here.append(token)
    if here:
        yield Statement(tuple(here), text, dialect)


def depth(tokens: Sequence[Token]) -> int:
    """How deep its parentheses nest."""
    deepest = level = 0
    for token in tokens:
        level += (token.token_type in (TokenType.L_PAREN, TokenType.L_BRACKET)) - (
            token.token_type in (TokenType.R_PAREN, TokenType.R_BRACKET)
        )
        deepest = max(deepest, level)
    return deepest


def again(statement: Statement, dialect: str) -> Statement | None:
    """The same statement read by another dialect; lines stay those of the whole text."""
    first, last = statement.tokens[0], statement.tokens[-1]
    text = statement.text[first.start : last.end + 1]
    read = tokenize(text, (dialect,))
    if read is None or not read[0]:
        return None
    shift = first.line - read[0][0].line
    for token in read[0]:
        token.line += shift
    return Statement(tuple(read[0]), text, dialect)


def make(like: Token, kind: TokenType, text: str) -> Token:
    """A token that stands where another stood."""
    return Token(kind, text, like.line, like.col, like.start, like.end)


def dotted(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """A dotted name that begins at a token, and where it ends (with ``project-name.x``)."""
    parts: list[str] = []
    while at < len(tokens) and _is_name(tokens[at]):
        parts.append(tokens[at].text)
        at += 1
        if at + 1 < len(tokens) and tokens[at].token_type in (TokenType.DOT, TokenType.DASH) and _is_name(tokens[at + 1]):
            if tokens[at].token_type == TokenType.DASH and tokens[at].start != tokens[at - 1].end + 1:
                break
            parts.append(tokens[at].text)
            at += 1
        else:
            break
    return "".join(parts), at


def _is_name(token: Token) -> bool:
    return token.token_type in (TokenType.IDENTIFIER, TokenType.VAR, TokenType.PARAMETER) or bool(_WORD.match(token.text))


def rewrite(tokens: Sequence[Token]) -> list[Token]:
    """Tokens in which prediction calls and file relations are calls of one word: ``qz7call`` and a quoted path as its first argument."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        step = _call(tokens, at, out) or _format(tokens, at, out) or _argument(tokens, at, out)
        if step:
            at = step
        else:
            out.append(tokens[at])
            at += 1
    return out


def _call(tokens: Sequence[Token], at: int, out: list[Token]) -> int:
    """``ROOT.x.y(``, ``model!METHOD(`` and ``read_csv(``: the callee's path moves into the arguments."""
    token = tokens[at]
    if token.token_type == TokenType.STRING or not _is_name(token) or (at and tokens[at - 1].token_type == TokenType.DOT):
        return 0
    upper = token.text.upper()
    if upper == "PREDICT":
        return _tsql_predict(tokens, at, out)
    path, end = dotted(tokens, at)
    model = ""
    if end + 1 < len(tokens) and tokens[end].text == "!":
        model, (path, end) = path, dotted(tokens, end + 1)
    elif upper not in words.FILE_FUNCTIONS and upper not in words.MODEL_ROOTS and not upper.startswith("AI_") and "." not in upper:
        return 0
    if end >= len(tokens) or tokens[end].token_type != TokenType.L_PAREN:
        return 0
    root = path.split(".", 1)[0].upper()
    if not model and root not in words.MODEL_ROOTS and root not in words.FILE_FUNCTIONS and not root.startswith("AI_"):
        return 0
    args = [make(token, TokenType.STRING, ("!" if model else "") + path)]
    if model:
        args += [make(token, TokenType.COMMA, ","), make(token, TokenType.STRING, MODEL_MARK + model)]
    if end + 1 < len(tokens) and tokens[end + 1].token_type != TokenType.R_PAREN:
        args.append(make(token, TokenType.COMMA, ","))
    out += [make(token, TokenType.VAR, CALL_MARK), tokens[end], *args]
    return end + 1


def _tsql_predict(tokens: Sequence[Token], at: int, out: list[Token]) -> int:
    """``PREDICT(MODEL = @m, DATA = dbo.t AS d, RUNTIME = ONNX) WITH (p float) AS p`` of SQL Server."""
    cursor_words = [token.text.upper() for token in tokens[at + 1 : at + 4]]
    if cursor_words != ["(", "MODEL", "="]:
        return 0
    model_at = at + 4 + (at + 4 < len(tokens) and tokens[at + 4].text == "@")
    model, end = dotted(tokens, model_at)
    if not model and end < len(tokens):
        model, end = tokens[end].text, end + 1
    while end < len(tokens) and tokens[end].text.upper() != "DATA":
        end += 1
    name, behind = dotted(tokens, end + 2)
    while behind < len(tokens) and tokens[behind].token_type != TokenType.R_PAREN:
        behind += 1
    like = tokens[at]
    kinds = (TokenType.SELECT, "SELECT"), (TokenType.STAR, "*"), (TokenType.FROM, "FROM"), (TokenType.IDENTIFIER, name)
    out += [make(like, TokenType.VAR, CALL_MARK), make(like, TokenType.L_PAREN, "("), make(like, TokenType.STRING, "ML.PREDICT")]
    out += [
        make(like, TokenType.COMMA, ","),
        make(like, TokenType.STRING, MODEL_MARK + model.lstrip("@")),
        make(like, TokenType.COMMA, ","),
    ]
    out += [make(like, TokenType.L_PAREN, "("), *(make(like, kind, text) for kind, text in kinds), make(like, TokenType.R_PAREN, ")")]
    return behind


def _format(tokens: Sequence[Token], at: int, out: list[Token]) -> int:
    """``delta.`path```: a relation that is a file."""
    quoted = at + 2 < len(tokens) and tokens[at + 2].token_type == TokenType.IDENTIFIER
    if (
        not quoted
        or tokens[at].text.upper() not in words.FILE_FORMATS
        or tokens[at + 1].token_type != TokenType.DOT
        or "/" not in tokens[at + 2].text
    ):
        return 0
    like = tokens[at]
    if out and out[-1].text.upper() in _TARGETS:
        out.append(make(like, TokenType.IDENTIFIER, tokens[at + 2].text))
        return at + 3
    out += [
        make(like, TokenType.VAR, CALL_MARK),
        make(like, TokenType.L_PAREN, "("),
        make(like, TokenType.STRING, "READ_FILES"),
        make(like, TokenType.COMMA, ","),
        make(like, TokenType.STRING, tokens[at + 2].text),
        make(like, TokenType.R_PAREN, ")"),
    ]
    return at + 3


def _argument(tokens: Sequence[Token], at: int, out: list[Token]) -> int:
    """``MODEL a.b`` and ``TABLE a.b`` as arguments, and ``{*}``."""
    token, before = tokens[at], out[-1].text if out else ""
    if token.text == "{" and at + 2 < len(tokens) and tokens[at + 1].text == "*" and tokens[at + 2].text == "}":
        out.append(make(token, TokenType.STAR, "*"))
        return at + 3
    upper = token.text.upper()
    if upper not in ("MODEL", "TABLE") or token.token_type in (TokenType.STRING, TokenType.IDENTIFIER) or before not in ("(", ",", "=>"):
        return 0
    name, end = dotted(tokens, at + 1)
    if not name or end >= len(tokens) or tokens[end].text not in _ENDS:
        return 0
    if upper == "MODEL":
        out.append(make(tokens[at + 1], TokenType.STRING, MODEL_MARK + name))
        return end
    head = (TokenType.L_PAREN, "("), (TokenType.SELECT, "SELECT"), (TokenType.STAR, "*"), (TokenType.FROM, "FROM")
    out += [make(token, kind, text) for kind, text in head]
    out += tokens[at + 1 : end]
    out.append(make(token, TokenType.R_PAREN, ")"))
    return end
