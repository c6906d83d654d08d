"""Makefile text -> ``call(api "run.stage", target, command, cwd=, deps=, outs=)`` for each target.

Variables of the file are expanded where they are used; what only make or the environment knows stays a free name. A recipe
line keeps its line, and one that changes the folder is put in a subshell, as make runs each line in its own shell.
"""

from __future__ import annotations

from typing import NamedTuple

from coupling.core.facts import FileFacts
from coupling.parsers.common import Free, Module
from coupling.parsers.makevars import Variables, words_of

KINDS = ("make",)

MAX_TARGETS = 1_000
MAX_LINES = 50_000
_CONDITIONS = ("ifeq", "ifneq", "ifdef", "ifndef", "else", "endif")
_IGNORED = ("include ", "-include ", "sinclude ", "export", "unexport", "vpath ", "override", "private", "undefine ")
_ASSIGNMENTS = ("::=", ":=", "?=", "+=", "!=", "=")


class _Rule(NamedTuple):
    line: int
    targets: list[list[str]]
    deps: list[list[str]]
    stem: str
    recipe: list[tuple[int, str]]


def parse(path: str, text: str) -> FileFacts:
    """The facts of a makefile."""
    out = Module(path, "make")
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        out.problem(f"more than {MAX_LINES} lines")
        return out.finish()
    variables, rules, phony = Variables(), list[_Rule](), set[str]()
    _read(lines, variables, rules, phony)
    made = 0
    for rule in rules:
        for target in rule.targets:
            made += 1
            if made > MAX_TARGETS:
                out.problem(f"more than {MAX_TARGETS} targets", rule.line)
                return out.finish(text)
            _stage(out, rule, target, variables, phony)
    return out.finish(text)


def _read(lines: list[str], variables: Variables, rules: list[_Rule], phony: set[str]) -> None:
    """Logical lines in order: definitions, rules, and the recipes below them."""
    at, current = 0, list[_Rule]()
    while at < len(lines):
        start, line = at, lines[at]
        if line.startswith("\t") and current:
            at += 1
            while lines[at - 1].endswith("\\") and at < len(lines):
                at += 1
            current[0].recipe.append((start + 1, "\n".join([line[1:], *(more.removeprefix("\t") for more in lines[start + 1 : at])])))
            continue
        at += 1
        while lines[at - 1].endswith("\\") and at < len(lines):
            at += 1
        logical = " ".join(part.rstrip("\\").strip() for part in lines[start:at])
        logical = _uncommented(logical)
        if logical.split(" ", 1)[0] == "define":
            at = _definition(lines, start, logical, variables)
        elif logical and not logical.startswith(_CONDITIONS):
            current = _statement(logical, start + 1, variables, rules, phony) or ([] if _assignment(logical) else current)


def _uncommented(line: str) -> str:
    at = line.find("#")
    while at > 0 and line[at - 1] == "\\":
        at = line.find("#", at + 1)
    return (line if at < 0 else line[:at]).strip()


def _definition(lines: list[str], start: int, head: str, variables: Variables) -> int:
    """``define NAME`` up to ``endef``."""
    end = next((at for at in range(start + 1, len(lines)) if lines[at].strip() == "endef"), len(lines))
    name = head.removeprefix("define").rstrip("=:?+ ").strip()
    variables.define(name, "=", "\n".join(lines[start + 1 : end]))
    return end + 1


def _assignment(line: str) -> tuple[str, str, str] | None:
    """``NAME OP VALUE``, when the first sign of the line assigns."""
    depth, at = 0, -1
    for place, char in enumerate(line):
        depth += (char in "({") - (char in ")}")
        if char in ":=?+!" and depth <= 0:
            at = place
            break
    sign = next((sign for sign in _ASSIGNMENTS if at >= 0 and line.startswith(sign, at)), "")
    name = line[: max(at, 0)].strip()
    for word in ("export ", "override "):
        name = name.removeprefix(word).strip()
    return (name, sign, line[at + len(sign) :].strip()) if sign and name and " " not in name else None


def _outside(text: str, sign: str) -> tuple[str, str, str]:
    """``partition`` at the first sign that stands outside brackets."""
    depth = 0
    for at, char in enumerate(text):
        depth += (char in "({") - (char in ")}")
        if char == sign and depth <= 0:
            return text[:at], sign, text[at + 1 :]
    return text, "", ""


def _statement(line: str, number: int, variables: Variables, rules: list[_Rule], phony: set[str]) -> list[_Rule]:
    """A definition, or a rule: the rule whose recipe may follow."""
    assignment = _assignment(line)
    if assignment:
        variables.define(*assignment)
        return []
    head, sign, rest = _outside(line, ":")
    if not sign or line.startswith(_IGNORED):
        return []
    rest = rest.removeprefix(":")
    if _assignment(rest.strip()):
        return []  # a variable of one target only
    rest, _, inline = rest.partition(";")
    first, _, second = _outside(rest, ":")
    targets = words_of(variables.expand(head))
    if targets and targets[0] == [".PHONY"]:
        phony.update("".join(word) for word in words_of(variables.expand(rest)))
        return []
    deps = words_of(variables.expand((second or first).replace("|", " ")))
    rule = _Rule(number, targets, deps, first.strip() if second else "", [(number, inline.strip())] if inline.strip() else [])
    rules.append(rule)
    return [rule]


def _stage(out: Module, rule: _Rule, target: list[str], variables: Variables, phony: set[str]) -> None:
    name = "".join(target)
    if (name.startswith(".") and name[1:].isupper()) or (name.startswith(".") and "/" not in name and not rule.recipe):
        return
    pattern = any("%" in part for part in target if not isinstance(part, Free))
    deps = [_unstarred(dep) if pattern else dep for dep in rule.deps]
    goal = _unstarred(target) if pattern else target
    automatic = {"@": goal, "<": deps[0] if deps else [], "^": _spaced(deps), "+": _spaced(deps), "?": _spaced(deps)}
    automatic |= {"*": [Free("stem")], "@D": [Free("@D")], "@F": [Free("@F")], "<D": [Free("<D")], "<F": [Free("<F")]}
    command, line = _recipe(rule, variables.with_(automatic))
    keywords = {"cwd": out.text(out.folder(), rule.line)}
    if deps:
        keywords["deps"] = out.sequence([out.joined(dep, rule.line) for dep in deps], rule.line)
    if name not in phony:
        keywords["outs"] = out.sequence([out.joined(goal, rule.line)], rule.line)
    out.effect("run.stage", [out.text(name, rule.line), out.joined(command, line)], keywords, rule.line)


def _spaced(words: list[list[str]]) -> list[str]:
    return [part for word in words for part in (" ", *word)][1:]


def _unstarred(word: list[str]) -> list[str]:
    """The ``%`` of a pattern rule is a part that varies."""
    out: list[str] = []
    for part in word:
        before, sign, after = (part, "", "") if isinstance(part, Free) else part.partition("%")
        out += [before, Free("stem"), after] if sign else [part]
    return [part for part in out if part]


def _recipe(rule: _Rule, variables: Variables) -> tuple[list[str], int]:
    """The recipe as one text, each line where it stands in the file."""
    parts: list[str] = []
    first = rule.recipe[0][0] if rule.recipe else rule.line
    at = first
    for number, line in rule.recipe:
        parts.append("\n" * (number - at))
        command = variables.expand(line.lstrip().lstrip("@-+").lstrip())
        changes = line.lstrip("@-+ ").startswith(("cd ", "export ", "pushd ")) or " cd " in line
        parts += ["(", *command, ")"] if changes and not line.rstrip().endswith("\\") else command
        at = number + line.count("\n")
    return [part for part in parts if part], first
