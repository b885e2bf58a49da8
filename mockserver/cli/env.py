"""`token-mockserver env`: the environment that leads programs to a server that runs."""

from pathlib import Path

import click

from mockserver.cli.shared_flags import bearer_flag, direct_hosts_flag, url_flag
from mockserver.environment.shells import SHELLS


@click.command()
@url_flag
@bearer_flag
@click.option(
    "--shell",
    type=click.Choice(list(SHELLS)),
    default="sh",
    show_default=True,
    help="Syntax to print the variables in.",
)
@direct_hosts_flag
def env(url: str, admin_token: str | None, shell: str, direct: tuple[str, ...]) -> None:
    """Print the environment that leads programs to a running server.

    In a POSIX shell: eval "$(token-mockserver env)". The certificate files that it names are
    written to the user's data folder.
    """
    from mockserver.environment.client_environment import (  # noqa: PLC0415 - this command only
        address_of,
        certificate_of,
        variables_for,
    )
    from mockserver.testing.remote_mock import RemoteMock  # noqa: PLC0415

    certificate = certificate_of(url, admin_token)
    address = address_of(url, RemoteMock(url, admin_token))
    variables = variables_for(address, certificate, _folder(), direct)
    click.echo(SHELLS[shell](variables), nl=False)


def _folder() -> Path:
    from mockserver.certificates.server_certificates import default_folder  # noqa: PLC0415

    folder = default_folder().with_name("environment")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
