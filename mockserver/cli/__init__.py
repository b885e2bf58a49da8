"""The command line.

Exit codes: 0 success, 1 failure or drift, 2 wrong usage or configuration, 3 nothing checked,
4 a broken check, 130 interrupted.
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from http import HTTPStatus
from typing import NoReturn

import click

from mockserver.cli.conformance import conformance
from mockserver.cli.remote import COMMANDS
from mockserver.cli.run import env, run
from mockserver.cli.serve import ca, serve
from mockserver.cli.shared_flags import FAILURE, INTERRUPTED, WRONG_USAGE, CommandGroup
from mockserver.cli.token_commands import TOKEN_COMMANDS
from mockserver.cli.verify import ledger, verify
from mockserver.model import http
from mockserver.model.errors import ControlError, MockServerError
from mockserver.model.version import VERSION

_BUILD = "pure Python" if http.__file__.endswith(".py") else "compiled"

_ADMIN_TOKEN = "Give it by --admin-token or TOKEN_MOCKSERVER_ADMIN_TOKEN."
_PREFIX = "TOKEN_MOCKSERVER_"
# Set for programs by `run`, `env` and `conformance`, which give each vendor an address too; and by
# the build.
_GIVEN = re.compile(rf"{_PREFIX}(\w+_URL|HOSTS|CA|TIME_OFFSET|COMPILED)")


def report_error(error: click.ClickException | MockServerError) -> int:
    """Print the error on stderr, where it cannot mix with results, and return the exit code.

    With `--json` the line is an object with `error`, a text, and `status`, the status of the
    server's response or null.
    """
    # Not a parsed option: the arguments themselves can be the error.
    if "--json" in sys.argv:
        click.echo(json.dumps({"error": _text(error), "status": _status(error)}), err=True)
    elif isinstance(error, click.ClickException):
        error.show()
    else:
        click.echo(f"error: {_text(error)}", err=True)
    return _code(error)


def _text(error: click.ClickException | MockServerError) -> str:
    if isinstance(error, click.ClickException):
        return error.format_message()
    return f"{error} {_ADMIN_TOKEN}" if _status(error) == HTTPStatus.UNAUTHORIZED else str(error)


def _status(error: click.ClickException | MockServerError) -> int | None:
    return error.status or None if isinstance(error, ControlError) else None


def _code(error: click.ClickException | MockServerError) -> int:
    """Return the exit code: a refusal (4xx) is wrong usage, any other error a failure."""
    if isinstance(error, click.ClickException):
        return error.exit_code
    if isinstance(error, ControlError) and not 400 <= error.status < 500:
        return FAILURE
    return WRONG_USAGE


@click.group(
    name="token-mockserver",
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(
    VERSION, prog_name="token-mockserver", message=f"%(prog)s, version %(version)s ({_BUILD})"
)
def commands() -> None:
    """Emulate four vendors' token APIs, and check the real services against them."""


def _show_variables(command: click.Command) -> None:
    """Show the variable of each option in the help of a command and of its subcommands."""
    for option in command.params:
        if isinstance(option, click.Option):
            option.show_envvar = True
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        _show_variables(inner)


for each in (serve, run, env, conformance, ca, verify, ledger, *COMMANDS, *TOKEN_COMMANDS):
    commands.add_command(each)
_show_variables(commands)


def warn_of_unknown_variables() -> None:
    """Print a warning for each variable with our prefix that no flag reads."""
    known = set(_variables(commands))
    for name in sorted(os.environ):
        if not name.startswith(_PREFIX) or name in known or _GIVEN.fullmatch(name):
            continue
        near = get_close_matches(name, known, 1)
        meant = f"; did you mean {near[0]}?" if near else ""
        text = f"the environment variable {name} is not known{meant}"
        is_json = "--json" in sys.argv
        click.echo(json.dumps({"warning": text}) if is_json else f"warning: {text}", err=True)


def _variables(command: click.Command) -> Iterator[str]:
    """Yield the names of the variables that a command and its subcommands read."""
    for option in command.params:
        names = option.envvar or ()
        yield from [names] if isinstance(names, str) else names
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        yield from _variables(inner)


def main() -> NoReturn:
    """Run the command that the arguments name, and exit. An error is one line, no traceback."""
    warn_of_unknown_variables()
    try:
        code = commands.main(prog_name="token-mockserver", standalone_mode=False)
        if sys.stdout:  # None if the shell closed it
            sys.stdout.flush()
    except (click.ClickException, MockServerError) as error:
        code = report_error(error)
    except (click.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except OSError as error:
        sys.stdout = None  # not flushed again at the exit: most often it is a full disk
        report_error(MockServerError(f"{error.filename or 'standard output'}: {error.strerror}"))
        code = FAILURE
    sys.exit(code or 0)
