"""Help of the quality of a manual page: grouped options, examples, environment, exit codes.

Comes in: any click command, and its page in ``manual``. Goes out: the same command with that help and with suggestions for misspelt
words. It knows no command by name.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from coupling.cli.manual import ENVIRONMENT, PAGES, SECTIONS, THEMES, Page
from coupling.core.errors import did_you_mean
from coupling.terminal import wants_color

WIDTH = 100
_ALL = tuple(name for _, names in SECTIONS for name in names)


class Formatter(click.HelpFormatter):
    """Headings in bold; click strips that where no colours are wanted."""

    def write_heading(self, heading: str) -> None:
        super().write_heading(click.style(heading, bold=True))

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, click.style(prefix or "Usage:", bold=True) + " ")


class Context(click.Context):
    formatter_class = Formatter


if TYPE_CHECKING:  # older versions of click have no type arguments

    class _Choice(click.Choice[str]): ...

    class Words(click.ParamType[str]): ...

else:
    _Choice, Words = click.Choice, click.ParamType


class Choice(_Choice):
    """A choice that says what was probably meant."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            hint = did_you_mean(str(value), [str(each) for each in self.choices])
            raise click.BadParameter(error.message.rstrip(".") + (hint or "."), ctx, param) from None


class Command(click.Command):
    """A command whose help is grouped and has its manual page."""

    context_class = Context

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        params = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        for title, names in SECTIONS:
            _section(formatter, title, _records(ctx, (param for name in names for param in params if param.name == name)))
        _section(formatter, "Other options", _records(ctx, (param for param in params if param.name not in _ALL)))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        _manual(self.name or "", formatter)


class Group(click.Group):
    """The commands by theme, then what holds for all of them."""

    context_class = Context

    def add(self, command: click.Command) -> None:
        """Take in a command, and give it the help of ``Command``."""
        self.add_command(documented(command))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Without a command the help goes to stderr, because nothing was asked for; that is a usage error in every version of click."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True, color=wants_color("auto", sys.stderr))
            ctx.exit(2)
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            raise click.UsageError(f"No such command '{args[0]}'{did_you_mean(args[0], self.list_commands(ctx))}", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = {name: command.get_short_help_str(WIDTH) for name, command in self.commands.items() if not command.hidden}
        for title, names in THEMES:
            _section(formatter, title, [(name, rows.pop(name)) for name in names if name in rows])
        _section(formatter, "About the command line", sorted(rows.items()))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _manual("coupling", formatter)


def documented(command: click.Command) -> click.Command:
    """The same command as a ``Command``, whatever class it was made with; one that is hidden or has commands of its own stays."""
    if isinstance(command, (Command, click.Group)) or command.hidden:
        return command
    return Command(
        command.name,
        context_settings=command.context_settings,
        callback=command.callback,
        params=command.params,
        help=command.help,
        epilog=command.epilog,
        short_help=command.short_help,
        no_args_is_help=command.no_args_is_help,
        deprecated=command.deprecated,
    )


def page(name: str) -> Page:
    """The manual page of a command; an empty one where none is written."""
    return PAGES.get(name, Page())


def _records(ctx: click.Context, options: Iterable[click.Option]) -> list[tuple[str, str]]:
    return [record for option in options if (record := option.get_help_record(ctx))]


def _section(formatter: click.HelpFormatter, title: str, rows: Sequence[tuple[str, str]]) -> None:
    if rows:
        with formatter.section(title):
            formatter.write_dl([(click.style(name, fg="cyan"), text) for name, text in rows])


def _manual(name: str, formatter: click.HelpFormatter) -> None:
    about = page(name)
    if about.examples:
        with formatter.section("Examples"):
            for line, means in about.examples:
                formatter.write(f"{'':{formatter.current_indent}}{click.style(line, fg='cyan')}\n")
                with formatter.indentation():
                    formatter.indent()
                    formatter.write_text(means)
                    formatter.dedent()
    _section(formatter, "Exit codes", about.exits)
    if name == "coupling":
        _section(formatter, "Environment", ENVIRONMENT)
    if about.see:
        with formatter.section("See also"):
            formatter.write_text(", ".join(f"coupling {each}" for each in about.see))
    if name != "coupling" and about.exits:
        formatter.write_paragraph()
        formatter.write_text("Environment variables: coupling --help")
