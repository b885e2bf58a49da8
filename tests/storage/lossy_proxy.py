"""TCP proxies in front of Redis servers that drop the connection instead of one of the answers."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

CLIENT = "counted"
"""Name of the clients whose answers are counted: not those of replicas and Sentinels."""


class LossyProxy:
    """Forward commands to servers; drop the answer to the one with the number `lose`.

    Answers to clients with the name `CLIENT` are counted from 1 over all connections. A piece that
    is received from Redis is one answer, or the answers to commands that were sent together.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[int, socket.socket] = {}
        self._clients: list[socket.socket] = []
        self.answers = 0
        self.lose = 0
        self.on_loss: Callable[[], object] = lambda: None  # before the client notices
        self._threads: list[threading.Thread] = []

    def port(self, server: int) -> int:
        """Return the port that leads to the server at the port `server`."""
        listener = self._listeners.get(server)
        if listener is None:
            listener = self._listeners[server] = socket.create_server(("127.0.0.1", 0))
            self._start(self._accept, listener, server)
        port: int = listener.getsockname()[1]
        return port

    def restart_count(self, *, lose: int) -> None:
        """Count answers from 1 again."""
        with self._lock:
            self.answers, self.lose = 0, lose

    def close(self) -> None:
        """Stop accepting, and end all connections."""
        for each in (*self._listeners.values(), *self._clients):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(10)

    def _start(self, work: Callable[..., object], *arguments: object) -> None:
        thread = threading.Thread(target=partial(work, *arguments), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket, server: int) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                self._clients.append(client)
                self._start(self._serve, client, server)

    def _serve(self, client: socket.socket, server: int) -> None:
        counted = threading.Event()
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", server)) as redis:
            self._start(_forward, client, redis, counted)
            while answer := redis.recv(1 << 20):
                if counted.is_set() and self._is_lost():
                    self.on_loss()
                    break
                client.sendall(answer)
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def _is_lost(self) -> bool:
        with self._lock:
            self.answers += 1
            return self.answers == self.lose


def _forward(client: socket.socket, redis: socket.socket, counted: threading.Event) -> None:
    with suppress(OSError):
        while command := client.recv(1 << 20):
            if CLIENT.encode() in command:
                counted.set()
            redis.sendall(command)
        redis.shutdown(socket.SHUT_WR)


@contextmanager
def lossy_proxy() -> Iterator[LossyProxy]:
    """Give proxies in front of servers."""
    proxy = LossyProxy()
    try:
        yield proxy
    finally:
        proxy.close()
