"""`token-mockserver serve`: all vendors on one port."""

import os
import signal
from pathlib import Path
from secrets import token_urlsafe
from typing import NoReturn

import click

from mockserver.cli.announcement import announcement
from mockserver.cli.configuration import read_configuration
from mockserver.control.front import may_block, new_front
from mockserver.control.guard import is_loopback
from mockserver.core.errors import ConfigurationError
from mockserver.doors.wire import WireServer

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
@click.option(
    "--admin-token",
    envvar="TOKEN_MOCKSERVER_ADMIN_TOKEN",
    help="What /__admin asks for as bearer; default: one is made unless --host is loopback.",
)
@click.pass_context
def serve(
    context: click.Context, host: str, port: int, port_file: Path | None, admin_token: str | None
) -> NoReturn:
    """Answer as all four vendors do, until interrupted."""
    if port_file:
        _forget(port_file)
    made = token_urlsafe(24) if admin_token is None and not _is_local(host) else None
    token = admin_token if made is None else made
    front = new_front(context.obj, admin_token=token)
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
        click.echo(announcement(front.engine.vendors, host, server.port, guarded=token is not None))
        if made:
            click.echo(f"\nadmin token, made for this run: {made}")

    raise SystemExit(_EXIT_CODES[server.run(announce)])


def _is_local(host: str) -> bool:
    return host == "localhost" or is_loopback(host)


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
