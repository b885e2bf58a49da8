"""The environment variables for programs that use a running server."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests

from mockserver.environment.trust_files import TrustFiles
from mockserver.environment.variables import (
    ServerAddress,
    client_variables,
    kept_direct_hosts,
)
from mockserver.model.errors import ConfigurationError
from mockserver.model.http import without_userinfo
from mockserver.server.upstream_proxies import covering_entry
from mockserver.testing.controls import Controls
from mockserver.testing.remote_mock import received

_CERTIFICATE = "/__admin/certs/ca.pem"
_TIMEOUT = 10  # seconds
_HTTPS = 443


def address_of(url: str, controls: Controls) -> ServerAddress:
    """Return where a server is and which hosts it answers for.

    Raises:
        ControlError: The server refuses the call, or cannot be reached.
    """
    vendors = controls.vendors
    hosts = [host for vendor in vendors.values() for host in vendor.hosts]
    urls = {name: f"{url}/{name}" for name in vendors}
    return ServerAddress(url, urls, hosts)


def certificate_of(url: str, admin_token: str | None = None) -> str:
    """Return the certificate of a server's authority as PEM text.

    Args:
        url: The address of the server.
        admin_token: The token that its admin API requires; None if it requires none.

    Raises:
        ConfigurationError: There is no server, or it returns no certificate.
        ControlError: The admin token is missing or wrong.
    """
    headers = {} if admin_token is None else {"Authorization": f"Bearer {admin_token}"}
    with requests.Session() as session:
        session.trust_env = False  # a proxy of the environment may be the server itself
        try:
            answer = session.get(f"{url}{_CERTIFICATE}", headers=headers, timeout=_TIMEOUT)
        except requests.RequestException:
            raise ConfigurationError(
                f"--url: there is no server at {without_userinfo(url)}; "
                "`token-mockserver serve` starts one"
            ) from None
    if answer.status_code == 401:
        received(answer.status_code, answer.content)
    if answer.status_code != 200:
        shown = f"{without_userinfo(url)}{_CERTIFICATE}"
        raise ConfigurationError(f"--url: {shown} answered {answer.status_code}, not 200")
    return answer.text


def variables_for(
    address: ServerAddress,
    certificate: str,
    folder: Path,
    direct_hosts: Sequence[str] = (),
) -> dict[str, str]:
    """Return the variables that route a program's requests to a server.

    Args:
        address: Where the server is.
        certificate: That of its authority, PEM.
        folder: Where certificate files are written; programs that use the variables need them.
        direct_hosts: Names of hosts that are reached without the proxy.
    """
    return client_variables(address, TrustFiles(folder, certificate), os.environ, direct_hosts)


def bypass_warnings(hosts: Sequence[str]) -> Iterator[str]:
    """Yield a warning for each entry of this process's NO_PROXY that matches a vendor's host.

    Args:
        hosts: The vendors' hosts.
    """
    no_proxy = kept_direct_hosts(os.environ)
    covered: dict[str, str] = {}
    for host in hosts:
        entry = covering_entry(no_proxy, host, _HTTPS)
        if entry:
            covered.setdefault(entry, host)
    for entry, host in covered.items():
        yield (
            f"NO_PROXY has {entry}, which covers {host}: programs on other runtimes than Python "
            "and Node call the real vendor unless the entry is removed"
        )


@contextmanager
def namespace_relay(
    url: str, controls: Controls, upstream: Mapping[str, str]
) -> Iterator[tuple[ServerAddress, str]]:
    """Relay the vendors' hosts to a namespace elsewhere; yield the address and certificate.

    Args:
        url: The address of the namespace, `http://host:port/ns/name`.
        controls: Its controls.
        upstream: The proxies that other hosts are reached through.
    """
    from mockserver.environment.relay import relay_server  # noqa: PLC0415 - this case only

    hosts = address_of(url, controls).hosts
    server, certificates = relay_server(url, hosts, upstream)
    server.start()
    try:
        near = f"http://127.0.0.1:{server.port}"
        yield address_of(near, controls), certificates.authority.pem.decode()
    finally:
        server.stop()
