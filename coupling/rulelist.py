"""List what the rules know, as rows of name and text.

Comes in: rules. Goes out: rows to print. It does not know how rules are loaded or applied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath

from coupling.core.errors import CouplingError, did_you_mean
from coupling.core.rules import Rule

VERBS = (
    "reads",
    "writes",
    "access",
    "saves",
    "loads",
    "registers",
    "creates",
    "trains",
    "predicts",
    "serves",
    "records",
    "runs",
    "route",
    "returns",
)


def libraries(rules: Iterable[Rule]) -> list[tuple[str, str]]:
    """Every rule file with the number of its entries."""
    counts = Counter(_library(rule) for rule in rules)
    return [(name, f"{count} {'entry' if count == 1 else 'entries'}") for name, count in sorted(counts.items())]


def entries(rules: Iterable[Rule], library: str) -> list[tuple[str, str]]:
    """The entries of one library, by the name of its file or the first part of its API paths, with what each call does.

    Raises CouplingError for a library that no rule names.
    """
    rules = tuple(rules)
    found = [rule for rule in rules if library in (_library(rule), rule.path.split(".", 1)[0])]
    if not found:
        known = tuple(sorted({_library(rule) for rule in rules}))
        raise CouplingError(f"no rules for `{library}`{did_you_mean(library, known)}; `coupling rules` lists the libraries")
    return [(rule.path, _does(rule)) for rule in sorted(found, key=lambda rule: rule.path)]


def _library(rule: Rule) -> str:
    return PurePosixPath(rule.file.replace("\\", "/")).stem


def _does(rule: Rule) -> str:
    verbs = [verb for verb in VERBS if getattr(rule, verb)]
    return f"{', '.join(verbs) or 'known, does nothing that counts'}   {rule.url}".rstrip()
