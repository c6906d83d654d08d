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
from coupling.cli import adopt, ask, check, diff, meta, show
from coupling.cli.helping import WIDTH, Group
from coupling.core.errors import CouplingError
from coupling.terminal import fail, tell, wants_color

COMMANDS = (
    check.check,
    diff.diff,
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
    meta.completion,
    meta.help_,
    meta.version,
)
SETTINGS = {"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "COUPLING", "max_content_width": WIDTH}


@click.group(cls=Group, context_settings=SETTINGS)
@click.version_option(__version__, prog_name="coupling", message="%(prog)s %(version)s")
def cli() -> None:
    """Find hidden coupling between machine-learning models.

    Reads a repository's code, notebooks, SQL, scripts and settings as text, and reports where one model's outputs reach its own or
    another model's training data. Nothing of the repository is run, and nothing leaves this machine.
    """


for _command in COMMANDS:
    cli.add(_command)


def main() -> NoReturn:
    """Run the command line and exit with 0, 1 or 2, whatever happens."""
    try:
        code = cli.main(standalone_mode=False, color=wants_color("auto", sys.stdout))
    except click.ClickException as error:
        if isinstance(error, click.UsageError) and error.ctx:
            error.ctx.color = wants_color("auto", sys.stderr)
        error.show()
        code = 2
    except CouplingError as error:
        fail(*error.lines)
        code = 2
    except (click.Abort, KeyboardInterrupt):
        tell("interrupted")
        code = 2
    except Exception as error:
        _internal(error)
        code = 2
    sys.exit(code if isinstance(code, int) else 0)


def _internal(error: Exception) -> None:
    if os.environ.get("COUPLING_DEBUG"):
        traceback.print_exc()
    place = traceback.extract_tb(error.__traceback__)[-1]
    tell(f"internal error in {Path(place.filename).name}:{place.lineno}: {type(error).__name__}: {error}")
    tell("This is a fault of coupling, not of your repository. COUPLING_DEBUG=1 shows where; please report it.")
