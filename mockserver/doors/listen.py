"""A WSGI application on a port of its own, for `serve`."""

import socket
from typing import Any

from waitress.server import create_server

from mockserver.core.errors import ConfigurationError

_LARGEST_BODY = 8 << 20  # bytes; the vendors refuse one over 1 MiB themselves


class Listener:
    """A listening socket, open from the start. Raises ConfigurationError if it cannot be opened."""

    def __init__(self, app: Any, host: str, port: int) -> None:
        self._socket = _listen(host, port)
        self._server = create_server(
            app,
            sockets=[self._socket],
            ident=None,
            max_request_body_size=_LARGEST_BODY,
            clear_untrusted_proxy_headers=False,
        )

    @property
    def port(self) -> int:
        """The port, also where 0 was asked for."""
        port: int = self._socket.getsockname()[1]
        return port

    def run(self) -> None:
        """Answer until interrupted."""
        try:
            self._server.run()
        finally:
            self._server.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except (OSError, OverflowError) as error:
        raise ConfigurationError(f"cannot listen on {host}:{port}: {error}") from None
