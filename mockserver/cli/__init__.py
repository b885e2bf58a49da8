"""The command line.

Exit codes: 0 success, 1 failure or drift, 2 wrong usage or configuration, 3 nothing checked,
4 a broken check, 130 interrupted.
"""

import json
import sys
from typing import NoReturn

import click

from mockserver.cli.conformance import conformance
from mockserver.cli.remote import COMMANDS
from mockserver.cli.run import env, run
from mockserver.cli.serve import ca, serve
from mockserver.cli.verify import ledger, verify
from mockserver.model import http
from mockserver.model.errors import ControlError, MockServerError
from mockserver.model.version import VERSION

_INTERRUPTED = 130
_BUILD = "pure Python" if http.__file__.endswith(".py") else "compiled"

FAILED, WRONG = 1, 2


def report_error(error: click.ClickException | MockServerError) -> int:
    """Print the error on stderr, and return the exit code.

    With `--json` the line is an object with `error`, a text, and `status`, the status of the
    server's answer or null. stdout has results only.
    """
    # Not a parsed option: the arguments themselves can be the error.
    if "--json" in sys.argv:
        click.echo(json.dumps({"error": _text(error), "status": _status(error)}), err=True)
    elif isinstance(error, click.ClickException):
        error.show()
    else:
        click.echo(f"error: {error}", err=True)
    return _code(error)


def _text(error: click.ClickException | MockServerError) -> str:
    return error.format_message() if isinstance(error, click.ClickException) else str(error)


def _status(error: click.ClickException | MockServerError) -> int | None:
    return error.status or None if isinstance(error, ControlError) else None


def _code(error: click.ClickException | MockServerError) -> int:
    """Return the exit code: a refusal (4xx) is wrong usage, any other error a failure."""
    if isinstance(error, click.ClickException):
        return error.exit_code
    if isinstance(error, ControlError) and not 400 <= error.status < 500:
        return FAILED
    return WRONG


@click.group(name="token-mockserver", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(
    VERSION, prog_name="token-mockserver", message=f"%(prog)s, version %(version)s ({_BUILD})"
)
def commands() -> None:
    """Emulate four vendors' token APIs, and check the real services against them."""


for command in (serve, run, env, conformance, ca, verify, ledger, *COMMANDS):
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
