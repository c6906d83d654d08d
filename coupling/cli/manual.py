"""What the help says beside each command's own words: groups of options, examples, environment, exit codes, what to read next.

Data only. The examples are run by a test, in order, in a copy of sample_repos/support_triage.
"""

from __future__ import annotations

from typing import NamedTuple


class Page(NamedTuple):
    """``examples`` are command lines with what they do; ``see`` names other commands; ``exits`` tells what 0, 1 and 2 mean here."""

    examples: tuple[tuple[str, str], ...] = ()
    see: tuple[str, ...] = ()
    exits: tuple[tuple[str, str], ...] = ()


FAULT = ("2", "wrong usage or configuration, or a fault of coupling")
_ANSWERED = (("0", "answered"), FAULT)
_DONE = (("0", "done"), FAULT)

SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("What is reported", ("select", "extend_select", "ignore", "min_certainty", "pedantic", "no_baseline", "verbose", "quiet", "left_out")),
    ("What is compared", ("base", "staged", "hook", "project")),
    ("What fails", ("fail_on", "exit_zero", "strict")),
    ("What is written", ("reason", "at", "prune", "own_file", "dry_run")),
    ("What is drawn", ("focus", "depth", "findings_only", "units")),
    ("Output", ("format_", "outputs", "output", "file", "open_", "link", "color", "links", "no_progress")),
    ("What is read", ("path", "root", "config_file", "exclude", "no_cache", "jobs")),
)
"""Headings and the parameters below them, for every command; what is not listed stands under "Other options"."""

THEMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Find", ("check", "diff", "graph", "render", "show")),
    ("Ask", ("explain", "why", "path", "facts", "files", "rules")),
    ("Adopt", ("init", "config", "baseline", "mark")),
)
"""Headings and the commands below them; others stand under "About the command line"."""

ENVIRONMENT = (
    ("COUPLING_CACHE_DIR", "Folder of the cache, instead of the user's cache folder."),
    ("COUPLING_COMMAND_OPTION", "Default of an option: COUPLING_CHECK_FAIL_ON=error is --fail-on error for check."),
    ("COUPLING_DEBUG", "Not empty: internal errors show where they come from."),
    ("COUPLING_LINK", "URL of a place with {path} and {line}, for --links: vscode://file{path}:{line}."),
    ("NO_COLOR", "Not empty: no colours. After --color, before everything else."),
    ("FORCE_COLOR, CLICOLOR_FORCE", "Not empty and not 0: colours also without a terminal."),
    ("FORCE_HYPERLINK", "1: links also without a terminal, 0: none."),
    ("COLUMNS", "Width of the text."),
)

EXITS = (
    ("0", "no finding at or above --fail-on, or nothing to report"),
    ("1", "findings"),
    FAULT,
)

PAGES: dict[str, Page] = {
    "coupling": Page(
        (
            ("coupling check", "Check the repository you stand in."),
            ("coupling explain CPL101", "What a kind of coupling is, why it hurts, how to break it."),
            ("coupling help check", "All about one command."),
        ),
        exits=EXITS,
    ),
    "check": Page(
        (
            ("coupling check", "Check the repository you stand in; findings exit 1."),
            ("coupling check --select CPL1 --fail-on error", "Loops only, and only errors exit 1."),
            ("coupling check -o before.json -o sarif=coupling.sarif --exit-zero", "Write two more formats from one analysis."),
            ("coupling check --base before.json --format markdown", "Mark what is new since a saved report."),
            ("coupling check -v --pedantic", "Every hop, hole and note."),
        ),
        ("explain", "graph", "render", "files"),
        EXITS,
    ),
    "diff": Page(
        (
            ("coupling diff", "What the work tree changes since it left the default branch; only what is added exits 1."),
            ("coupling diff HEAD --staged", "What the next commit will change."),
            ("coupling diff HEAD --format markdown", "The comment for a review."),
        ),
        ("check", "graph"),
        (("0", "nothing at or above --fail-on is added"), ("1", "added findings"), FAULT),
    ),
    "graph": Page(
        (
            ("coupling graph --findings-only -o coupling.html", "Draw the findings; opens in any browser, offline."),
            ("coupling graph --focus triage --depth 1", "What lies next to one model, as Mermaid on stdout."),
            ("coupling graph --format dot", "For Graphviz; -o FILE.svg calls it."),
        ),
        ("check", "why", "path"),
        _DONE,
    ),
    "render": Page(
        (
            ("coupling render before.json", "Read a saved report."),
            ("coupling render before.json --format html -o coupling.html", "Make a page of it, without the repository."),
        ),
        ("check",),
        _DONE,
    ),
    "explain": Page(
        (
            ("coupling explain", "All kinds of coupling, a line each."),
            ("coupling explain CPL101", "One kind: what it is, why it hurts, how to break it, when it is fine."),
            ("coupling explain bca80113", "One finding: every hop, the rule that made it, and how to accept it."),
        ),
        ("check", "why", "rules"),
        _ANSWERED,
    ),
    "why": Page(
        (
            ("coupling why data/archive/tickets.csv", "Who writes and who reads a file."),
            ("coupling why triage", "What trains a model, and where its outputs go."),
        ),
        ("path", "graph", "facts"),
        _ANSWERED,
    ),
    "path": Page(
        (
            ("coupling path triage tickets.csv", "The shortest flow from a model to a file, hop by hop."),
            ("coupling path triage triage", "The shortest way round: a loop."),
        ),
        ("why", "graph"),
        _ANSWERED,
    ),
    "facts": Page(
        (
            ("coupling facts triage/storage.py", "Each name with what it is made of, each hole with its reason."),
            ("coupling facts retrain.py --root .", "Taking this folder for the whole repository."),
        ),
        ("why", "rules", "files"),
        _ANSWERED,
    ),
    "files": Page(
        (
            ("coupling files", "Every file that is analysed, and of which kind it is."),
            ("coupling files --left-out", "What is not analysed, and why."),
        ),
        ("check", "facts"),
        _ANSWERED,
    ),
    "rules": Page(
        (
            ("coupling rules", "The libraries that are known."),
            ("coupling rules pandas", "What each known call of one does."),
        ),
        ("facts",),
        _ANSWERED,
    ),
    "init": Page(
        (("coupling init --dry-run", "Show a first configuration, with what was found as questions."),),
        ("config", "baseline"),
        _DONE,
    ),
    "config": Page(
        (
            ("coupling config", "The settings that hold, and where each comes from."),
            ("coupling config --schema", "Their JSON Schema, for editors."),
        ),
        ("init",),
        _DONE,
    ),
    "baseline": Page(
        (("coupling baseline -o -", "Show what would be accepted, a line a finding."),),
        ("check", "mark"),
        _DONE,
    ),
    "mark": Page(
        (('coupling mark bca80113 --reason "agents correct every ticket" --dry-run', "Show the comment that would accept this finding."),),
        ("explain", "baseline"),
        _DONE,
    ),
    "completion": Page(
        (
            ("coupling completion bash", 'Put into ~/.bashrc: eval "$(coupling completion bash)"'),
            ("coupling completion zsh", 'Put into ~/.zshrc: eval "$(coupling completion zsh)"'),
            ("coupling completion fish", "Write to ~/.config/fish/completions/coupling.fish."),
        ),
        exits=_DONE,
    ),
    "help": Page((("coupling help", "All commands."), ("coupling help graph", "One command.")), exits=_DONE),
    "version": Page((("coupling version", "As --version."),), exits=_DONE),
}
