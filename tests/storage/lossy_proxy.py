"""A TCP proxy in front of Redis that drops the connection instead of one of the answers."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class LossyProxy:
    """Forward commands to `port`; drop the answer to the one with the number `lose`.

    Answers are counted from 1 over all connections: redis-py waits for the answer to a command
    before it sends the next one, so that each piece that is received from Redis is one answer.
    """

    def __init__(self, port: int) -> None:
        self._redis = port
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.answers = 0
        self.lose = 0
        self.on_loss: Callable[[], object] = lambda: None  # before the client notices
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def restart_count(self, *, lose: int) -> None:
        """Count answers from 1 again."""
        with self._lock:
            self.answers, self.lose = 0, lose

    def close(self) -> None:
        """Stop accepting; connections end with their clients."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(client,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._redis)) as redis:
            forward = threading.Thread(target=_forward, args=(client, redis))
            forward.start()
            while answer := redis.recv(1 << 20):
                with self._lock:
                    self.answers += 1
                    lost = self.answers == self.lose
                if lost:
                    self.on_loss()
                    break
                client.sendall(answer)
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            forward.join(10)


def _forward(client: socket.socket, redis: socket.socket) -> None:
    with suppress(OSError):
        while command := client.recv(1 << 20):
            redis.sendall(command)
        redis.shutdown(socket.SHUT_WR)


@contextmanager
def lossy_proxy(port: int) -> Iterator[LossyProxy]:
    """Give a proxy in front of the Redis at `port`."""
    proxy = LossyProxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
