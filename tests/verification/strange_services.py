"""Services that are not a vendor: slow, silent, endless, redirecting, or without HTTP."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import sleep

CERTIFICATE = Path(__file__).parents[1] / "server" / "localhost.pem"
_RESET = struct.pack("ii", 1, 0)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

Talk = Callable[[socket.socket], None]


class Listener:
    """A service: the port at which it listens, and the bytes that it has received."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.heard: list[bytes] = []


@contextmanager
def listening(talk: Talk, *, tls: bool = False) -> Iterator[Listener]:
    """Run a service that reads from each connection once, and then calls `talk` with it."""
    server = socket.create_server(("127.0.0.1", 0))
    listener = Listener(server.getsockname()[1])
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    if tls:
        context.load_cert_chain(CERTIFICATE)

    def serve(connection: socket.socket) -> None:
        with suppress(OSError):
            if tls:
                connection = context.wrap_socket(connection, server_side=True)
            listener.heard.append(connection.recv(1 << 16))
            talk(connection)
        connection.close()

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def says(text: bytes) -> Talk:
    return lambda connection: connection.sendall(text)


def answer(status: str, kind: str, body: bytes, *headers: str) -> Talk:
    """Return a service that sends a complete response."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return says("\r\n".join([*lines, "Connection: close", "", ""]).encode() + body)


def nothing(_connection: socket.socket) -> None:
    """Send nothing, so that the connection is closed."""


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def silent(_connection: socket.socket) -> None:
    sleep(60)


def dripping_head(connection: socket.socket) -> None:
    connection.sendall(HEAD)
    for number in range(1000):
        connection.sendall(f"X-{number}: 1\r\n".encode())
        sleep(0.1)


def dripping_body(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"\r\n")
    while True:
        connection.sendall(b" ")
        sleep(0.1)


def endless(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"\r\n")
    while True:
        connection.sendall(b" " * (1 << 16))


def broken_off(connection: socket.socket) -> None:
    connection.sendall(HEAD + b'Content-Length: 100\r\n\r\n{"access')


def never_begins(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        sleep(0.01)
