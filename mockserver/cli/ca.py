"""`token-mockserver ca`: the certificate that a client has to trust for https."""

import sys
from pathlib import Path

import click

from mockserver.admin.application import new_application
from mockserver.certificates.server_certificates import default_folder
from mockserver.cli.configuration import read_configuration
from mockserver.model.errors import ConfigurationError

_FORMATS = {"pem": "pem", "der": "der", "p12": "pkcs12"}
"""The attribute of an `Authority`, by format."""


@click.command("ca")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    envvar="TOKEN_MOCKSERVER_CONFIG",
    is_eager=True,
    expose_value=False,
    callback=read_configuration,
    help="TOML file with further hosts; default: token-mockserver.toml, if it exists.",
)
@click.option(
    "--ca-dir",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="TOKEN_MOCKSERVER_CA_DIR",
    help="Folder of the certificate authority; default: in the user's data folder.",
)
@click.option(
    "--tls-host",
    "tls_hosts",
    multiple=True,
    envvar="TOKEN_MOCKSERVER_TLS_HOST",
    help="Additional name or address of the server, as given to serve. Repeatable.",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(list(_FORMATS)),
    default="pem",
    show_default=True,
    help="p12 is a PKCS #12 trust store for Java with the password changeit.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write to; default: stdout.",
)
@click.pass_context
def ca(
    context: click.Context,
    *,
    ca_dir: Path | None,
    tls_hosts: tuple[str, ...],
    kind: str,
    out: Path | None,
) -> None:
    """Print the certificate of the authority that clients have to trust for https.

    The authority is created if there is none. Its certificates are valid for the vendors' hosts
    and this machine only. Its private key stays in its folder.
    """
    application = new_application(
        context.obj, server_names=tls_hosts, ca_folder=lambda: ca_dir or default_folder()
    )
    content: bytes = getattr(application.certificates.authority, _FORMATS[kind])
    if out is None:
        sys.stdout.buffer.write(content)
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise ConfigurationError(f"--out: {out} cannot be written: {error.strerror}") from None
