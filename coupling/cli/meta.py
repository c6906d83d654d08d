"""Commands about the command line itself: its version, its help, its completion in shells."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from coupling import __version__
from coupling.cli.helping import Choice, Words
from coupling.core.errors import CouplingError, did_you_mean
from coupling.terminal import say

SHELLS = ("bash", "zsh", "fish")


@click.command()
def version() -> None:
    """The version of coupling."""
    say(f"coupling {__version__}")


class Commands(Words):
    """The name of a command."""

    name = "command"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        group = ctx.find_root().command
        names = group.list_commands(ctx) if isinstance(group, click.Group) else []
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


@click.command(name="help")
@click.argument("command", default="", type=Commands())
@click.pass_context
def help_(ctx: click.Context, command: str) -> None:
    """The help of a command, or of all."""
    top = ctx.find_root()
    group = top.command
    if not command or not isinstance(group, click.Group):
        click.echo(top.get_help(), color=ctx.color)
        return
    found = group.get_command(top, command)
    if found is None:
        raise CouplingError(
            f"no command is called `{command}`{did_you_mean(command, group.list_commands(top))}; `coupling help` lists them"
        )
    with found.context_class(found, info_name=command, parent=top) as inner:
        click.echo(found.get_help(inner), color=ctx.color)


@click.command()
@click.argument("shell", type=Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """The script that completes commands, options, kinds and formats in SHELL."""
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    if made is None:
        raise CouplingError(f"there is no completion for {shell}")
    say(made(ctx.find_root().command, {}, "coupling", "_COUPLING_COMPLETE").source())
