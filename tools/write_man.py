"""Write the manual page docs/coupling.1 from the commands, their options and the help beside them.

A test fails when it is stale. The wheel installs the page, so that ``man coupling`` works where ``coupling`` does.
"""

from __future__ import annotations

from pathlib import Path

import click

from coupling.cli import SETTINGS, cli
from coupling.cli.helping import page
from coupling.cli.manual import ENVIRONMENT, EXITS, THEMES

MAN = Path(__file__).parent.parent / "docs" / "coupling.1"


def man() -> str:
    """The page in man's language."""
    top = click.Context(cli, info_name="coupling", **SETTINGS)  # type: ignore[arg-type]
    names = [name for _, group in THEMES for name in group if name in cli.commands]
    names += sorted(set(cli.commands) - set(names))
    lines = [
        '.TH COUPLING 1 "" "coupling" "User Commands"',
        ".SH NAME",
        r"coupling \- find hidden coupling between machine\-learning models",
    ]
    lines += [".SH SYNOPSIS", r".B coupling", r".I COMMAND", "[OPTIONS] [ARGS]", ".SH DESCRIPTION", *_paragraphs(cli.help or "")]
    lines.append(".SH COMMANDS")
    for name in names:
        lines += _command(name, cli.commands[name], top)
    lines += [".SH EXIT STATUS", *_list(EXITS), ".SH ENVIRONMENT", *_list(ENVIRONMENT)]
    return "\n".join(lines) + "\n"


def _command(name: str, command: click.Command, top: click.Context) -> list[str]:
    context = click.Context(command, info_name=name, parent=top)
    usage = " ".join(["coupling", name, *command.collect_usage_pieces(context)])
    lines = [f".SS {_safe(usage)}", *_paragraphs(command.help or "")]
    records = [param.get_help_record(context) for param in command.params if isinstance(param, click.Option)]
    lines += _list([record for record in records if record])
    if examples := page(name).examples:
        lines += [".PP", "Examples:", *_list([(line, means) for line, means in examples])]
    return lines


def _paragraphs(text: str) -> list[str]:
    blocks = [" ".join(block.split()) for block in text.split("\n\n")]
    return [line for block in blocks if block for line in (".PP", _safe(block))]


def _list(rows: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> list[str]:
    return [line for name, text in rows for line in (".TP", f".B {_safe(name)}", _safe(text))]


def _safe(text: str) -> str:
    """No dash becomes a hyphen, no line a command of its own."""
    clean = text.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq").replace("`", r"\(ga")
    return rf"\&{clean}" if clean.startswith(".") else clean


def main() -> None:
    MAN.write_text(man(), encoding="utf-8")


if __name__ == "__main__":
    main()
