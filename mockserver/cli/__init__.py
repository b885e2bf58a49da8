"""The command line.

Exit codes: 0 success, 1 failure or drift, 2 wrong usage or configuration, 3 nothing checked,
4 a broken check, 130 interrupted.
"""

import sys
from typing import NoReturn

import click

from mockserver.cli.ca import ca
from mockserver.cli.env import env
from mockserver.cli.error_report import report_error
from mockserver.cli.ledger import ledger
from mockserver.cli.remote import COMMANDS
from mockserver.cli.run import run
from mockserver.cli.serve import serve
from mockserver.cli.verify import verify
from mockserver.model.errors import MockServerError
from mockserver.model.version import VERSION

_INTERRUPTED = 130


@click.group(name="token-mockserver")
@click.version_option(VERSION, prog_name="token-mockserver")
def commands() -> None:
    """Emulate four vendors' token APIs, and check the real services against them."""


for command in (serve, run, env, ca, verify, ledger, *COMMANDS):
    commands.add_command(command)


def main() -> NoReturn:
    """Run the command that the arguments name, and exit. An error is one line, no traceback."""
    try:
        code = commands.main(prog_name="token-mockserver", standalone_mode=False)
    except (click.ClickException, MockServerError) as error:
        code = report_error(error)
    except (click.Abort, KeyboardInterrupt):
        code = _INTERRUPTED
    sys.exit(code or 0)
