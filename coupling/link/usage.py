"""Usage texts as docopt reads them: ``Usage:`` patterns and the list of options with their defaults.

Comes in: a text. Goes out: a ``Usage`` whose patterns can be held against words. It knows no program and evaluates nothing.

A pattern is made of ``command``, ``<argument>`` or ``ARGUMENT``, ``--option=<value>``, groups ``(...)`` and ``[...]``, ``|`` between
alternatives and ``...`` behind what may come again; ``[options]`` stands for all options of the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

DEEPEST = 30
MOST_TOKENS = 2_000
MOST_STEPS = 4_000


class Option(NamedTuple):
    """An option: all its spellings, whether a value follows, and the default that the list gives."""

    flags: tuple[str, ...]
    valued: bool = False
    default: str | None = None

    @property
    def name(self) -> str:
        """What docopt calls it: the long spelling, else the short one."""
        return next((flag for flag in self.flags if flag.startswith("--")), self.flags[0])


class Node(NamedTuple):
    """Part of a pattern: ``command``, ``argument``, ``row``, ``either``; what may be missing or come again says so."""

    kind: str
    name: str = ""
    parts: tuple[Node, ...] = ()
    optional: bool = False
    repeated: bool = False


class Usage(NamedTuple):
    options: tuple[Option, ...]
    patterns: tuple[Node, ...]

    def names(self, kind: str) -> dict[str, bool]:
        """The commands or arguments of all patterns, and whether each may come several times."""
        found: dict[str, bool] = {}
        for pattern in self.patterns:
            counts: dict[str, int] = {}
            for node, again in _leaves(pattern, False):
                if node.kind == kind:
                    counts[node.name] = counts.get(node.name, 0) + 1
                    found[node.name] = found.get(node.name, False) or again or (counts[node.name] > 1 and kind == "argument")
        return found

    def match(self, words: Sequence[str | None]) -> dict[str, list[int]] | None:
        """Which words each command and argument gets, by the first pattern that takes them all; None: no pattern does. A word of
        unknown text (None) fits an argument only."""
        steps = [MOST_STEPS]
        for pattern in self.patterns:
            for taken, at in _taken(pattern, words, 0, steps):
                if at == len(words):
                    found: dict[str, list[int]] = {}
                    for name, number in taken:
                        found.setdefault(name, []).append(number)
                    return found
        return None


def parse(text: str) -> Usage:
    """The usage that a text describes; empty when it has no ``Usage:`` section."""
    lines = text.expandtabs().splitlines()
    listed = _described(lines)
    patterns: list[Node] = []
    options = {option.name: option for option in listed}
    for row in _rows(_section(lines)):
        reader = _Reader(_tokens(row), listed)
        patterns.append(reader.pattern())
        for option in reader.met:
            options.setdefault(option.name, option)
    return Usage(tuple(options.values()), tuple(patterns))


# --- sections ---


def _section(lines: list[str]) -> list[str]:
    """The lines of the usage section: from ``usage:`` to the next empty line."""
    start = next((n for n, line in enumerate(lines) if "usage:" in line.lower()), None)
    if start is None:
        return []
    first = lines[start][lines[start].lower().index("usage:") + 6 :]
    end = next((n for n in range(start + 1, len(lines)) if not lines[n].strip()), len(lines))
    return [line for line in (first, *lines[start + 1 : end]) if line.strip()]


def _rows(section: list[str]) -> list[str]:
    """One text a pattern, without the program's name; a line that does not begin with it goes on with the pattern before."""
    words = section[0].split() if section else []
    program = words[0] if words else ""
    rows: list[str] = []
    for line in section:
        head, _, rest = line.strip().partition(" ")
        if head == program:
            rows.append(rest)
        elif rows:
            rows[-1] += " " + line.strip()
    return rows


def _described(lines: list[str]) -> list[Option]:
    """Options that a list describes: a line that begins with ``-``, and what follows it further in."""
    starts = [n for n, line in enumerate(lines) if line.strip().startswith("-") and line.strip("- ")]
    found = []
    for number in starts:
        after = number + 1
        while after < len(lines) and lines[after].strip() and not lines[after].strip().startswith("-"):
            after += 1
        head, _, words = lines[number].strip().partition("  ")
        found.append(_option(head, " ".join([words, *lines[number + 1 : after]])))
    return [option for option in found if option is not None]


def _option(head: str, description: str) -> Option | None:
    flags, valued = [], False
    for word in head.replace(",", " ").replace("=", " ").split():
        if word.startswith("-"):
            flags.append(word)
        else:
            valued = True
    if not flags:
        return None
    start = description.lower().find("[default:")
    end = description.find("]", start)
    default = description[start + 9 : end].strip() if valued and 0 <= start < end else None
    return Option(tuple(flags), valued, default)


# --- patterns ---


def _tokens(row: str) -> list[str]:
    """``[<a>] (b|c)...`` in parts; ``<an argument>`` may hold spaces."""
    spaced = row
    for mark in ("[", "]", "(", ")", "|", "..."):
        spaced = spaced.replace(mark, f" {mark} ")
    out: list[str] = []
    for word in spaced.split()[:MOST_TOKENS]:
        if out and "<" in out[-1] and ">" not in out[-1]:
            out[-1] += " " + word
        else:
            out.append(word)
    return out


class _Reader:
    """Reads the tokens of one pattern; options are met on the way and are no part of the order of words."""

    def __init__(self, tokens: list[str], known: Sequence[Option]) -> None:
        self.tokens, self.known = tokens, known
        self.met: list[Option] = []
        self.depth = 0

    def pattern(self) -> Node:
        rows = [self._row()]
        while self.tokens[:1] == ["|"]:
            self.tokens.pop(0)
            rows.append(self._row())
        return rows[0] if len(rows) == 1 else Node("either", parts=tuple(rows))

    def _row(self) -> Node:
        parts: list[Node] = []
        while self.tokens and self.tokens[0] not in ("]", ")", "|"):
            node = self._one()
            if self.tokens[:1] == ["..."]:
                self.tokens.pop(0)
                node = node._replace(repeated=True) if node is not None else None
            if node is not None:
                parts.append(node)
        return Node("row", parts=tuple(parts))

    def _one(self) -> Node | None:
        token = self.tokens.pop(0)
        if token in ("[", "("):
            return self._group(token)
        if token.startswith("-") and token.strip("-"):
            self._met(token)
            return None
        if token in ("-", "--", "options", "...") and token != "-":
            return None
        argument = token.startswith("<") or (token.isupper() and token.strip("-"))
        return Node("argument" if argument else "command", token)

    def _group(self, opening: str) -> Node | None:
        self.depth += 1
        inner = self.pattern() if self.depth < DEEPEST else Node("row")
        self.depth -= 1
        if self.tokens[:1] in (["]"], [")"]):
            self.tokens.pop(0)
        return Node("row", parts=(inner,), optional=opening == "[") if any(True for _ in _leaves(inner, False)) else None

    def _met(self, token: str) -> None:
        """``--out=<file>``, ``--out <file>`` when the list says that a value follows, ``-abc``."""
        name, equals, _ = token.partition("=")
        listed = next((option for option in self.known if name in option.flags), None)
        following = self.tokens[0] if self.tokens else ""
        if listed is not None:
            if listed.valued and not equals and (following.startswith("<") or following.isupper()):
                self.tokens.pop(0)
            return
        if name.startswith("--") or len(name) == 2:
            self.met.append(Option((name,), bool(equals)))
        else:
            self.met += [Option((f"-{letter}",)) for letter in name[1:] if not any(f"-{letter}" in o.flags for o in self.known)]


def _leaves(node: Node, again: bool) -> Iterator[tuple[Node, bool]]:
    again = again or node.repeated
    if node.kind in ("command", "argument"):
        yield node, again
    for part in node.parts:
        yield from _leaves(part, again)


# --- words against a pattern ---

Taken = tuple[tuple[str, int], ...]


def _taken(node: Node, words: Sequence[str | None], at: int, steps: list[int]) -> Iterator[tuple[Taken, int]]:
    """Every way in which a node takes words from ``at`` on, the longest first: what goes where, and the place behind it."""
    steps[0] -= 1
    if steps[0] <= 0:
        return
    for taken, end in _once(node, words, at, steps):
        if node.repeated and end > at:
            for more, last in _taken(node._replace(optional=False), words, end, steps):
                yield (*taken, *more), last
        yield taken, end
    if node.optional:
        yield (), at


def _once(node: Node, words: Sequence[str | None], at: int, steps: list[int]) -> Iterator[tuple[Taken, int]]:
    if node.kind == "either":
        for part in node.parts:
            yield from _taken(part, words, at, steps)
    elif node.kind == "row":
        yield from _in_order(node.parts, words, at, steps, node.optional)
    elif at < len(words) and (node.kind == "argument" or words[at] == node.name):
        yield ((node.name, at),), at + 1


def _in_order(parts: Sequence[Node], words: Sequence[str | None], at: int, steps: list[int], loose: bool) -> Iterator[tuple[Taken, int]]:
    """The parts one behind the other; of ``[a b]`` each may be missing."""
    if not parts:
        yield (), at
        return
    for taken, end in _taken(parts[0]._replace(optional=parts[0].optional or loose), words, at, steps):
        for more, last in _in_order(parts[1:], words, end, steps, loose):
            yield (*taken, *more), last
