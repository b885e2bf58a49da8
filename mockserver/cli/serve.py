"""`token-mockserver serve`: all vendors on one port; `ca`: the certificate to trust for https."""

import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from secrets import token_urlsafe
from typing import NoReturn

import click

from mockserver.admin.admin_auth import LOCAL
from mockserver.admin.application import Application, new_application
from mockserver.certificates.server_certificates import default_folder
from mockserver.cli.announcement import announcement, kept_port, url_here
from mockserver.cli.shared_flags import (
    INTERRUPTED,
    ca_dir_flag,
    config_flag,
    tls_host_flag,
    upstream_proxies,
    upstream_proxy_flag,
)
from mockserver.console import answer_page
from mockserver.model.errors import ConfigurationError
from mockserver.server import WireServer, listen, server_of
from mockserver.storage import MEMORY, is_shared
from mockserver.vendors import discover

_FORMATS = {"pem": "pem", "der": "der", "p12": "pkcs12"}
"""The attribute of an `Authority`, by format."""

_NO_SHARED_STORE = (
    "several workers require a shared store: --store sqlite:///FILE or --store redis://HOST"
)


@click.command()
@config_flag("TOML file")
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
    help="File to which the port is written once it is open.",
)
@click.option(
    "--admin-token",
    envvar="TOKEN_MOCKSERVER_ADMIN_TOKEN",
    help="Bearer token that /__admin requires; default: generated unless --host is loopback.",
)
@click.option(
    "--store",
    default=MEMORY,
    envvar="TOKEN_MOCKSERVER_STORE",
    show_default=True,
    help="Store of the state: memory:, sqlite:///FILE or redis://HOST.",
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=1,
    envvar="TOKEN_MOCKSERVER_WORKERS",
    show_default=True,
    help="Number of processes; two or more require an SQLite or Redis store.",
)
@ca_dir_flag()
@tls_host_flag
@click.option(
    "--offline",
    is_flag=True,
    envvar="TOKEN_MOCKSERVER_OFFLINE",
    help="Refuse proxy requests to hosts that do not belong to a vendor.",
)
@upstream_proxy_flag
@click.option(
    "--seed",
    type=int,
    envvar="TOKEN_MOCKSERVER_SEED",
    help="Seed of random decisions (probability, random delays); default: random.",
)
@click.option(
    "--verdicts/--no-verdicts",
    default=True,
    envvar="TOKEN_MOCKSERVER_VERDICTS",
    show_default=True,
    help="Record the data that the rules for token clients need.",
)
@click.option(
    "--open",
    "opens",
    is_flag=True,
    envvar="TOKEN_MOCKSERVER_OPEN",
    help="Open the first page in the browser.",
)
@click.option(
    "--verbose",
    is_flag=True,
    envvar="TOKEN_MOCKSERVER_VERBOSE",
    help="Print a line for each request on stderr, without secrets.",
)
@click.pass_context
def serve(  # noqa: PLR0913 - one for each flag
    context: click.Context,
    *,
    host: str,
    port: int,
    port_file: Path | None,
    admin_token: str | None,
    store: str,
    workers: int,
    ca_dir: Path | None,
    tls_hosts: tuple[str, ...],
    offline: bool,
    upstream_proxy: str | None,
    seed: int | None,
    verdicts: bool,
    opens: bool,
    verbose: bool,
) -> NoReturn:
    """Emulate all vendors on one port, until interrupted."""
    if verbose:
        _log_requests()
    if workers > 1 and not is_shared(store):
        raise ConfigurationError(_NO_SHARED_STORE)
    generated = token_urlsafe(24) if admin_token is None and not _is_local(host) else None
    token = admin_token if generated is None else generated
    new = partial(
        new_application,
        context.obj,
        seed=seed,
        admin_token=token,
        store=store,
        server_names=[each.lower() for each in tls_hosts],
        pages=answer_page,
        verdicts=verdicts,
        ca_folder=lambda: ca_dir or default_folder(),
    )
    make = partial(
        server_of,
        names=tls_hosts,
        offline=offline,
        verbose=verbose,
        upstream=upstream_proxies(upstream_proxy),
    )

    def announce(bound: int) -> None:
        guarded = token is not None
        click.echo(announcement(discover(), host, bound, guarded=guarded, generated=generated))
        if opens:
            _open(host, bound)

    with kept_port(port_file) as write_port:
        ready = (write_port, announce)
        received = _serve(new, make, workers, (host, port), *ready, own_ca=ca_dir is not None)
    raise SystemExit(INTERRUPTED if received is signal.SIGINT else 0)


def _serve(
    new: Callable[[], Application],
    make: Callable[[Application, socket.socket], WireServer],
    workers: int,
    address: tuple[str, int],
    *ready: Callable[[int], None],
    own_ca: bool,
) -> signal.Signals:
    """Answer in one process or in several until a signal arrives, and return the signal.

    Args:
        new: Returns a new application.
        make: Returns the server of an application on a listening socket.
        workers: The number of processes.
        address: The host and the port to listen on; port 0 for a free one.
        ready: Called with the port once connections are accepted.
        own_ca: True if the user named the folder of the certificate authority.
    """
    application = new()
    application.check()  # an error of configuration is reported before the port is opened
    if own_ca:
        application.certificates.check_folder()
    listener = listen(*address)
    port = listener.getsockname()[1]

    def is_ready() -> None:
        for each in ready:
            each(port)
        if not own_ca:
            _warn_of_authority(application)

    if workers == 1:
        return make(application, listener).run(is_ready)
    return _share(lambda: make(new(), listener), workers, listener, is_ready)


def _warn_of_authority(application: Application) -> None:
    """Print a warning if the default folder cannot be used; without https it is not needed."""
    try:
        application.certificates.check_folder(loads=False)
    except ConfigurationError as error:
        click.echo(f"warning: without https: {error}", err=True)


def _log_requests() -> None:
    """Print the server's log of requests on stderr."""
    log = logging.getLogger("mockserver.requests")
    log.addHandler(logging.StreamHandler())
    log.setLevel(logging.INFO)
    log.propagate = False


def _open(host: str, port: int) -> None:
    """Open the first page, in a thread: some browsers block until they are closed."""
    import webbrowser  # noqa: PLC0415 - for this flag only

    url = f"{url_here(host, port)}/"
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def _is_local(host: str) -> bool:
    """Return True if callers of this address need no admin token."""
    return (f"[{host}]" if ":" in host else host) in LOCAL


def _share(
    make: Callable[[], WireServer],
    count: int,
    listener: socket.socket,
    ready: Callable[[], object],
) -> signal.Signals:
    from mockserver.server.workers import Workers  # noqa: PLC0415 - not needed for one process

    def work(ready: Callable[[], object], lifeline: int) -> None:
        make().run(ready, lifeline)

    return Workers(work, count, listener).run(ready)


@click.command("ca")
@config_flag("TOML file with further hosts")
@ca_dir_flag()
@tls_host_flag
@click.option(
    "--format",
    "kind",
    type=click.Choice(list(_FORMATS)),
    default="pem",
    show_default=True,
    help="p12: a PKCS #12 trust store for Java with the password changeit.",
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
    """Print the certificate of the authority that clients must trust for https.

    The authority is created if there is none. Its certificates are valid for the vendors' hosts
    and this machine only. Its private key stays in the folder.
    """
    if out is None and kind != "pem" and sys.stdout.isatty():
        text = f"--format {kind} is binary and cannot be shown on a terminal"
        raise click.UsageError(f"{text}: name a file with --out FILE, or redirect stdout to one")
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
