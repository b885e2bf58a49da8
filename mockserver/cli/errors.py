"""How a command that failed says so: one line on stderr, and an exit code."""

import json
import sys

import click

from mockserver.model.errors import ControlError, MockServerError

FAILED, WRONG = 1, 2


def tell(error: click.ClickException | MockServerError) -> int:
    """Say what went wrong, and return the exit code.

    Where the command line asks for `--json`, the line is an object: `error`, a text, and
    `status`, that of the server's answer, or null. It goes to stderr all the same: what stands
    on stdout is a result.
    """
    if "--json" in sys.argv:  # also where the arguments could not be read
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
    """A server that refuses (4xx) was asked for something wrong; one that fails has failed."""
    if isinstance(error, click.ClickException):
        return error.exit_code
    if isinstance(error, ControlError) and not 400 <= error.status < 500:
        return FAILED
    return WRONG
