"""Shell text -> syntax tree, with one flaw of the grammar mended.

The grammar breaks ``$A/$B/c`` after the second ``$``. Where the tree holds such a lone ``$``, the source is rewritten to ``${B}``
and parsed again, so lines stay and no quoting is guessed. Goes out: the source as parsed and its root.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import tree_sitter
import tree_sitter_bash

MAX_ROUNDS = 12

_LANGUAGE = tree_sitter.Language(tree_sitter_bash.language())
_NAME = re.compile(rb"[A-Za-z_]\w*|[0-9@*#?]", re.A)


def tree_of(source: bytes) -> tuple[bytes, tree_sitter.Node]:
    """The source that was parsed in the end, and its tree."""
    parser = tree_sitter.Parser(_LANGUAGE)
    root = parser.parse(source).root_node
    for _ in range(MAX_ROUNDS):
        lone = [node.end_byte for node in descendants(root) if node.type == "concatenation" and _ends_alone(node)]
        pieces, at = [], 0
        for place in lone:
            name = _NAME.match(source, place)
            if name and place >= at:
                pieces += [source[at:place], b"{", name.group(), b"}"]
                at = name.end()
        if not at:
            break
        source = b"".join([*pieces, source[at:]])
        root = parser.parse(source).root_node
    return source, root


def _ends_alone(node: tree_sitter.Node) -> bool:
    return bool(node.children) and node.children[-1].type == "$"


def descendants(root: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """All named nodes, in order, without recursion."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.named_children))
