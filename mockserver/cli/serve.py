"""`token-mockserver serve`: all vendors on one port."""

import os
import signal
from pathlib import Path
from typing import NoReturn

import click

from mockserver.cli.announcement import announcement
from mockserver.cli.configuration import read_configuration
from mockserver.control.front import Front, may_block
from mockserver.core.errors import ConfigurationError
from mockserver.doors.wire import WireServer
from mockserver.engine.assembly import assembler

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
    if port_file:
        _forget(port_file)
    front = Front(assembler(context.obj))
    server = WireServer(
        front.answer,
        host=host,
        port=port,
        in_thread=may_block,
        http_date=front.engine.state.clock.http_date,
    )

    def announce() -> None:
        if port_file:
            _write(port_file, server.port)
        click.echo(announcement(front.engine.vendors, host, server.port))

    raise SystemExit(_EXIT_CODES[server.run(announce)])


def _forget(port_file: Path) -> None:
    """Who waits for the file must not read the port of the run before."""
    if port_file.is_file():
        port_file.unlink()


def _write(port_file: Path, port: int) -> None:
    """Whole or not at all: who waits for the file must not read half a number."""
    try:
        unfinished = port_file.with_name(f"{port_file.name}.{os.getpid()}")
        unfinished.write_text(f"{port}\n")
        unfinished.replace(port_file)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"cannot write the port file {port_file}: {error}") from None
