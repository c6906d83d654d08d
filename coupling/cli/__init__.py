"""The command line: one short function a command. Exit code 0: nothing to report; 1: findings; 2: everything that went wrong.

Heavy modules are imported inside the commands, so that ``coupling --version`` and an unchanged repository load none of them.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import NoReturn

import click

from coupling import __version__
from coupling.cli import adopt, ask, check, show
from coupling.core.errors import CouplingError
from coupling.terminal import say, tell

COMMANDS = (
    check.check,
    show.graph,
    show.render,
    ask.explain,
    ask.files,
    ask.facts,
    ask.rules,
    ask.why,
    ask.path_,
    adopt.init,
    adopt.baseline,
    adopt.mark,
    adopt.config_,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "COUPLING"})
@click.version_option(__version__, prog_name="coupling", message="%(prog)s %(version)s")
def cli() -> None:
    """Find hidden coupling between machine-learning models.

    Nothing of the analysed repository is run, and nothing leaves this machine. Exit codes: 0 no finding that counts, 1 findings, 2 an
    error in the command, the configuration, or coupling itself.
    """


@cli.command()
def version() -> None:
    """The version of coupling."""
    say(f"coupling {__version__}")


for _command in COMMANDS:
    cli.add_command(_command)


def main() -> NoReturn:
    """Run the command line and exit with 0, 1 or 2, whatever happens."""
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = 2
    except CouplingError as error:
        tell(_harmless(f"error: {error}"))
        code = 2
    except (click.Abort, KeyboardInterrupt):
        tell("interrupted")
        code = 2
    except Exception as error:
        _internal(error)
        code = 2
    sys.exit(code if isinstance(code, int) else 0)


def _harmless(text: str) -> str:
    """Messages quote configurations and names, which are the repository's: nothing in them may speak to a terminal."""
    from coupling.reports.words import plain

    return "\n".join(map(plain, text.split("\n")))


def _internal(error: Exception) -> None:
    if os.environ.get("COUPLING_DEBUG"):
        traceback.print_exc()
    place = traceback.extract_tb(error.__traceback__)[-1]
    tell(f"internal error in {Path(place.filename).name}:{place.lineno}: {type(error).__name__}: {error}")
    tell("This is a fault of coupling, not of your repository. COUPLING_DEBUG=1 shows where; please report it.")
