"""`token-mockserver serve`: all vendors on one port."""

import os
import signal
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from mockserver.cli.announcement import announcement
from mockserver.cli.configuration import read_configuration
from mockserver.control.front import Front
from mockserver.core.errors import ConfigurationError
from mockserver.doors.flask import app_for
from mockserver.doors.listen import Listener
from mockserver.engine.assembly import assemble

_EXIT_CODES = {signal.SIGINT: 130, signal.SIGTERM: 0}


@click.command()
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    envvar="TOKEN_MOCKSERVER_CONFIG",
    is_eager=True,
    expose_value=False,
    callback=read_configuration,
    help="TOML file; default: token-mockserver.toml, if it is here.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    envvar="TOKEN_MOCKSERVER_HOST",
    show_default=True,
    help="Address to listen on.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=7401,
    envvar="TOKEN_MOCKSERVER_PORT",
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--port-file",
    type=click.Path(path_type=Path),
    envvar="TOKEN_MOCKSERVER_PORT_FILE",
    help="File to write the port to, once it is open.",
)
@click.pass_context
def serve(context: click.Context, host: str, port: int, port_file: Path | None) -> NoReturn:
    """Answer as all four vendors do, until interrupted."""
    front = Front(lambda: assemble(context.obj))
    listener = Listener(app_for(front), host, port)
    if port_file:
        _write(port_file, listener.port)
    click.echo(announcement(front.engine.vendors, host, listener.port))
    raise SystemExit(_run(listener))


def _write(port_file: Path, port: int) -> None:
    """Whole or not at all: who waits for the file must not read half a number."""
    unfinished = port_file.with_name(f"{port_file.name}.{os.getpid()}")
    try:
        unfinished.write_text(f"{port}\n")
        unfinished.replace(port_file)
    except OSError as error:
        raise ConfigurationError(f"cannot write the port file: {error}") from None


def _run(listener: Listener) -> int:
    """Answer until a signal; the exit code that goes with it."""
    received = []

    def end(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        raise SystemExit

    for number in _EXIT_CODES:
        signal.signal(number, end)
    listener.run()
    return _EXIT_CODES[signal.Signals(received[0])]
