"""A cursor over the tokens of one statement, for the statements that sqlglot has no common grammar for.

It reads words, names, texts and parenthesised groups; it does not know any statement.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot.tokenizer_core import Token, TokenType

from coupling.parsers.sql.tokens import dotted

_TEXTS = frozenset({TokenType.STRING, TokenType.HEREDOC_STRING, TokenType.RAW_STRING, TokenType.NATIONAL_STRING})


class Cursor:
    """A position in a statement's tokens. Words compare without case."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tuple(tokens)
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        """The upper-case word ahead; '' for a text literal and at the end."""
        index = self.at + ahead
        if not 0 <= index < len(self.tokens) or self.tokens[index].token_type in _TEXTS:
            return ""
        return self.tokens[index].text.upper()

    @property
    def line(self) -> int:
        return int(self.tokens[min(self.at, len(self.tokens) - 1)].line)

    @property
    def done(self) -> bool:
        return self.at >= len(self.tokens)

    def take(self, *words: str) -> bool:
        """Step over these words if they are next, in this order."""
        if self.peek() == " ".join(words):  # some tokenizers make one token of OR REPLACE
            self.at += 1
            return True
        if all(self.peek(index) == word for index, word in enumerate(words)):
            self.at += len(words)
            return True
        return False

    def skip_any(self, *words: str) -> None:
        """Step over any of these words, as often as they come."""
        while self.peek() in words and not self.done:
            self.at += 1

    def name(self) -> str:
        """A dotted name, '' if none is next."""
        name, self.at = dotted(self.tokens, self.at)
        return name

    def text(self) -> str:
        """A text literal, '' if none is next."""
        if not self.done and self.tokens[self.at].token_type in _TEXTS:
            self.at += 1
            return str(self.tokens[self.at - 1].text)
        return ""

    def group(self) -> tuple[Token, ...]:
        """The tokens inside the parentheses that are next, () if there are none; steps behind them."""
        if self.peek() != "(":
            return ()
        start, level = self.at + 1, 0
        while not self.done:
            kind = self.tokens[self.at].token_type
            level += (kind == TokenType.L_PAREN) - (kind == TokenType.R_PAREN)
            self.at += 1
            if level == 0:
                return self.tokens[start : self.at - 1]
        return self.tokens[start:]

    def rest(self) -> tuple[Token, ...]:
        return self.tokens[self.at :]

    def find(self, *words: str) -> int:
        """Where these words stand outside of parentheses from here on, -1 if nowhere."""
        level, start = 0, self.at
        for index in range(start, len(self.tokens)):
            kind = self.tokens[index].token_type
            if level == 0 and all(self._is(index + k, word) for k, word in enumerate(words)):
                return index
            level += (kind == TokenType.L_PAREN) - (kind == TokenType.R_PAREN)
        return -1

    def seek(self, *words: str) -> bool:
        """Step behind these words if they stand somewhere ahead."""
        index = self.find(*words)
        if index >= 0:
            self.at = index + len(words)
        return index >= 0

    def _is(self, index: int, word: str) -> bool:
        return index < len(self.tokens) and self.tokens[index].token_type not in _TEXTS and self.tokens[index].text.upper() == word


def options(tokens: Sequence[Token]) -> dict[str, list[str]]:
    """``key = 'text'`` and ``key = ['a', 'b']`` pairs (also with ``=>`` or nothing between) as lower-case key -> texts."""
    out: dict[str, list[str]] = {}
    key = ""
    for index, token in enumerate(tokens):
        following = tokens[index + 1].text if index + 1 < len(tokens) else ""
        if token.token_type in _TEXTS:
            if following in ("=", "=>"):
                key = token.text.lower()
            elif key:
                out.setdefault(key, []).append(token.text)
        elif following in ("=", "=>") or (index + 1 < len(tokens) and tokens[index + 1].token_type in _TEXTS and token.text.isidentifier()):
            key = token.text.lower()
    return out
