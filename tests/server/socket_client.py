"""A client that sends bytes and reads bytes."""

import socket
import struct
from types import TracebackType

from mockserver.server import WireServer
from tests.server.servers import client_context
from tests.server.table.case import ok, request

A, OK = request("GET /a"), ok("GET /a")

_PATIENCE = 30.0
"""Seconds after which a read fails its test."""


class SocketClient:
    """A connection to `server`; inside TLS if that is its `kind`."""

    def __init__(self, server: WireServer, kind: str = "plain") -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port), _PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if "tls" in kind:
            self.socket = client_context().wrap_socket(self.socket, server_hostname="localhost")

    def __enter__(self) -> "SocketClient":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def exchange(self, sent: bytes = A, expected: bytes = OK) -> None:
        """Send a request, by default GET /a, and check its response."""
        self.send(sent)
        assert self.read(len(expected)) == expected

    def bare(self) -> "SocketClient":
        """Return the connection without TLS."""
        self.socket = socket.socket(fileno=self.socket.detach())
        self.socket.settimeout(_PATIENCE)
        return self

    def reset_on_close(self) -> None:
        """Reset the connection when it is closed."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def send_until_refused(self, data: bytes) -> None:
        """Send `data` repeatedly. Raises TimeoutError once the server stops reading, or OSError."""
        while True:
            self.send(data)

    def finish(self) -> None:
        """Close the sending half."""
        self.socket.shutdown(socket.SHUT_WR)

    def read(self, size: int) -> bytes:
        """Return `size` bytes, or fewer if the connection ends earlier."""
        parts = []
        while size and (part := self.socket.recv(size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def read_all(self) -> bytes:
        """Return all bytes up to the end of the connection."""
        return self.read(1 << 30)

    def silent(self, seconds: float) -> bool:
        """Return True if nothing is received for `seconds`."""
        self.socket.settimeout(seconds)
        try:
            self.socket.recv(1)
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(_PATIENCE)
        return False

    def gone(self) -> bool:
        """Return True if the connection ends without a further byte."""
        return self.read(1) == b""
