"""`token-mockserver ca`: the certificate that a client has to trust for https."""

import sys
from pathlib import Path

import click

from mockserver.admin.application import new_application
from mockserver.certificates.server_certificates import default_folder
from mockserver.cli.shared_flags import ca_dir_flag, config_flag, tls_host_flag
from mockserver.model.errors import ConfigurationError

_FORMATS = {"pem": "pem", "der": "der", "p12": "pkcs12"}
"""The attribute of an `Authority`, by format."""


@click.command("ca")
@config_flag("TOML file with further hosts")
@ca_dir_flag
@tls_host_flag
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
