"""Syntax newer than the running Python -> what its ``ast`` reads, line for line, through LibCST.

Comes in and goes out: the text of some statements. Type parameters and aliases lose what only a type checker reads, template
strings become f-strings, f-strings that hold their own quotes become sums of texts. LibCST is loaded only here, and only for texts
it can stand: its parser is recursive machine code, and deep nesting would end the process.
"""

from __future__ import annotations

from coupling.parsers.python.tokens import CLOSE, OPEN, Token, tokenize

LONGEST = 400_000
DEEPEST = 60
_NESTING = frozenset(("lambda", "**", "not", "else", "-", "+", "~", "await", "if", "for", "elif"))
"""What nests without brackets; a block may hold as many a row as code that people write."""
MOST_NESTING = 60
MOST_CHAINED = 400
"""Tokens between commas: ``a.b().c()...`` and ``a + b + ...`` nest to the left."""
MOST_BRANCHES = 300


def rewritten(text: str) -> str | None:
    """The text in older syntax, None when LibCST cannot read it either or should not try."""
    if len(text) > LONGEST or not _is_shallow(tokenize(text)):
        return None
    import libcst

    from coupling.parsers.python.rewriting import Older

    try:
        module = libcst.parse_module(text)
        changed = module.visit(Older(module)).code
    except (libcst.ParserSyntaxError, libcst.CSTValidationError, RecursionError, ValueError):
        return None
    return changed + "\n" * max(0, text.count("\n") - changed.count("\n"))


def _is_shallow(tokens: list[Token]) -> bool:
    depth = nested = chained = branches = 0
    for token in tokens:
        if token.kind == "op" and token.text in OPEN:
            depth += 1
        elif token.kind == "op" and token.text in CLOSE:
            depth -= 1
        nested = 0 if token.kind == "newline" and depth <= 0 else nested + (token.text in _NESTING)
        chained = 0 if token.text in (",", "\n", ";") else chained + (token.kind != "space")
        branches += token.text == "elif"
        if depth > DEEPEST or nested > MOST_NESTING or chained > MOST_CHAINED or branches > MOST_BRANCHES:
            return False
    return True
