"""The report of a failed command: one line on stderr, and an exit code."""

import json
import sys

import click

from mockserver.model.errors import ControlError, MockServerError

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
