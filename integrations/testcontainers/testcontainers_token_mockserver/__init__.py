"""A token-mockserver in a container, for tests with testcontainers."""

from secrets import token_urlsafe
from typing import Self

import requests
from testcontainers.core.container import DockerContainer
from testcontainers.core.network import Network
from testcontainers.core.wait_strategies import HttpWaitStrategy

from mockserver.vendors import discover
from token_mockserver import RemoteMock

__all__ = ["IMAGE", "TokenMockServerContainer"]

IMAGE = "token-mockserver:latest"
"""The image that is used if none is named. None is published: build it from the repository."""

_PORT = 7401
_HTTPS = 443
_TIMEOUT = 10.0  # seconds


class TokenMockServerContainer(DockerContainer):
    """A container that runs `token-mockserver serve`. It is ready when `start` returns.

    Args:
        image: The name of the image.
        port: The port on which the server listens inside the container.
    """

    def __init__(self, image: str = IMAGE, port: int = _PORT) -> None:
        super().__init__(image)
        self.admin_token = token_urlsafe(24)
        self._listen(port)

    def with_admin_token(self, admin_token: str) -> Self:
        """Require this token for `/__admin`; without this call one is generated."""
        self.admin_token = admin_token
        return self

    def with_store(self, url: str) -> Self:
        """Keep the state at a URL, such as redis://redis:6379/0."""
        return self.with_env("TOKEN_MOCKSERVER_STORE", url)

    def with_seed(self, seed: int) -> Self:
        """Repeat random decisions: delays, and probabilities of stubs."""
        return self.with_env("TOKEN_MOCKSERVER_SEED", str(seed))

    def with_vendor_aliases(self, network: Network) -> Self:
        """Answer other containers of a network under the names of the vendors' hosts.

        The server listens on port 443 then, so that `https://api.dapi.com` of such a container
        leads to it. The container has to trust the certificate authority: `get_ca_certificate`.
        """
        self._listen(_HTTPS)
        hosts = [host for vendor in discover() for host in vendor.hosts]
        # The image's user is not root.
        self.with_kwargs(sysctls={"net.ipv4.ip_unprivileged_port_start": "0"})
        return self.with_network(network).with_network_aliases("token-mockserver", *hosts)

    def get_url(self) -> str:
        """Return the address of the server for programs on this machine."""
        return f"http://{self.get_container_host_ip()}:{self.get_exposed_port(self.port)}"

    def get_ca_certificate(self) -> str:
        """Return the certificate of the server's authority, PEM."""
        answer = requests.get(
            f"{self.get_url()}/__admin/certs/ca.pem",
            headers={"Authorization": f"Bearer {self.admin_token}"},
            timeout=_TIMEOUT,
        )
        answer.raise_for_status()
        return answer.text

    def get_client(self) -> RemoteMock:
        """Return the controls of the server: clock, journal, stubs, tokens, namespaces."""
        return RemoteMock(self.get_url(), admin_token=self.admin_token)

    def _listen(self, port: int) -> None:
        self.port = port
        self.ports.clear()
        self.with_exposed_ports(port)
        self.with_env("TOKEN_MOCKSERVER_PORT", str(port))
        self.with_env("TOKEN_MOCKSERVER_URL", f"http://127.0.0.1:{port}")
        self.waiting_for(HttpWaitStrategy(port, "/__admin/health"))

    def _configure(self) -> None:
        self.with_env("TOKEN_MOCKSERVER_ADMIN_TOKEN", self.admin_token)
