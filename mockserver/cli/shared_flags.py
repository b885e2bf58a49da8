"""Flags that several commands have, each defined once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from mockserver.cli.configuration import read_configuration

F = TypeVar("F", bound=Callable[..., Any])


def config_flag(content: str) -> Callable[[F], F]:
    """Return `--config`, which sets the command's defaults; `content` is what it reads there."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path),
        envvar="TOKEN_MOCKSERVER_CONFIG",
        is_eager=True,
        expose_value=False,
        callback=read_configuration,
        help=f"{content}; default: token-mockserver.toml, if it exists.",
    )


ca_dir_flag = click.option(
    "--ca-dir",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="TOKEN_MOCKSERVER_CA_DIR",
    help="Folder of the certificate authority for https; default: in the user's data folder.",
)

tls_host_flag = click.option(
    "--tls-host",
    "tls_hosts",
    multiple=True,
    envvar="TOKEN_MOCKSERVER_TLS_HOST",
    help="Additional name or address of the server, for its certificate. Repeatable.",
)

url_flag = click.option(
    "--url",
    envvar="TOKEN_MOCKSERVER_URL",
    default="http://127.0.0.1:7401",
    show_default=True,
    help="Address of the server, or of a namespace on it.",
)

bearer_flag = click.option(
    "--admin-token", envvar="TOKEN_MOCKSERVER_ADMIN_TOKEN", help="Bearer token for its /__admin."
)

direct_hosts_flag = click.option(
    "--no-proxy",
    "direct",
    multiple=True,
    metavar="HOST",
    help="Host to reach without the proxy. Repeatable.",
)
