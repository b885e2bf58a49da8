"""Send commands to the server that has a namespace: once, in order, and safe from its failure."""

import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import sleep
from typing import Any

import redis
from redis.exceptions import (
    AskError,
    MovedError,
    NoPermissionError,
    NoScriptError,
    RedisClusterException,
    TryAgainError,
)

from mockserver.model.clock import real_seconds
from mockserver.model.errors import StoreError, StoreUnavailable
from mockserver.storage import redis_scripts as scripts
from mockserver.storage.redis_problems import NO_TLS, explained, explained_at_start, unsuitable
from mockserver.storage.redis_replication import Replication
from mockserver.storage.redis_scripts import Command, Word
from mockserver.storage.redis_servers import Cluster, Node, answers_without_tls
from mockserver.storage.redis_urls import addresses_in, servers_at
from mockserver.storage.shared_store import CircuitBreaker, Unreadable

_LEADING = (AskError, MovedError, NoScriptError, TryAgainError)
_ASKING = Command(("ASKING",))
_MOVING = 5.0  # seconds for which a command is repeated while keys move to another server
_PAUSE = 0.01  # seconds before it is repeated
_CHECKS = 1000  # keys to try until each server has one


class RedisConnection:
    """Connections to the servers of a store.

    Every error of Redis is raised as StoreError, whose text never has the URL or its password.

    Raises:
        ConfigurationError: the URL cannot be read.
    """

    def __init__(self, url: str) -> None:
        self._servers = servers_at(url)
        self._tls = addresses_in(url) if url.startswith("rediss") else []
        self._replication = Replication(self._servers)
        self._breaker = CircuitBreaker()
        # The garbage collector may free a socket before the connection that would close it. Python
        # then warns of an unclosed socket. After a fork, redis-py itself compares the process ID,
        # which the store on SQLite has to do for its connection.
        weakref.finalize(self, self._servers.close).atexit = False

    def send(self, key: str, commands: Sequence[Command], *, writes: bool = False) -> list[Any]:
        """Return the answers to commands for one namespace.

        With `writes` a replica confirms what they write, where a replica takes the place of a
        server that fails.
        """
        with self.store_errors(key):
            replies = self._led(key, commands, writes=writes)
            for reply in replies:
                if isinstance(reply, redis.RedisError):
                    raise reply
        return replies

    def record_success(self, tag: str) -> None:
        """Note that something was written to a namespace."""
        self._breaker.record_success(tag)

    def check(self) -> None:
        """Raise StoreError unless all servers can be written to and evict no keys.

        Where a replica takes the place of a server that fails, it must confirm the write.
        """
        self._require_tls()
        with self.store_errors():
            nodes = {node.name: node for node in self._servers.primaries()}
        for node in nodes.values():
            self._require_suitable(node)
        for key in self._check_keys(set(nodes)):
            self.send(key, [Command(("SET", key, 1, "EX", scripts.GRACE))], writes=True)
        self._breaker.record_success()

    def close(self) -> None:
        """Close the connections; the next call makes new ones."""
        self._servers.close()

    @contextmanager
    def store_errors(self, key: str = "") -> Iterator[None]:
        """Raise errors from inside as StoreError, and log the first of an outage."""
        try:
            yield
        except (redis.RedisError, RedisClusterException, Unreadable) as error:
            # The second one is no RedisError: findings/redis-py-cluster-exception.sh
            text = f"Redis: {self._explained(error)}"
            self._breaker.record_failure(text, scripts.tag_of(key) if key else "")
            if isinstance(error, Unreadable):
                raise StoreError(text) from None
            # Something may have been written: the caller must not try again with another id.
            raise StoreUnavailable(text) from None

    def _explained(self, error: Exception) -> str:
        if self._breaker.worked:
            return explained(error)
        return explained_at_start(error, tls=bool(self._tls))

    def _led(self, key: str, commands: Sequence[Command], *, writes: bool) -> list[Any]:
        """Return the answers of the server that has the key now, errors among them.

        What was sent is sent again after a lost connection, and to another server: scripts know
        the id of a call that they have executed.
        """
        until = real_seconds() + _MOVING
        lost, asked = False, None
        while True:
            node = asked or self._servers.node(key)
            try:
                replies = self._on(node, key, commands, asking=asked is not None, writes=writes)
            except redis.TimeoutError:
                self._servers.failed(node)  # a second attempt would wait twice as long
                raise
            except redis.ConnectionError:
                self._servers.failed(node)
                if lost:
                    raise
                lost, asked = True, None
                continue
            error = next((each for each in replies if isinstance(each, _LEADING)), None)
            if error is None or (isinstance(error, TryAgainError) and real_seconds() > until):
                return replies
            asked = None
            if isinstance(error, NoScriptError):
                commands = [command.in_full() for command in commands]
            elif isinstance(error, MovedError):
                self._servers.moved(error)
            elif isinstance(error, AskError):
                asked = self._servers.importing(error)
            else:
                sleep(_PAUSE)  # the keys of a namespace are on two servers for a moment

    def _on(
        self, node: Node, key: str, commands: Sequence[Command], *, asking: bool, writes: bool
    ) -> list[Any]:
        """Return the answers of one server, through one connection."""
        sent = [each for command in commands for each in (_ASKING, command)] if asking else commands
        with self._breaker.call(node.name, redis.TimeoutError):
            pool = node.client.connection_pool
            connection = pool.get_connection()

            def ask(batch: Sequence[Command]) -> list[Any]:
                connection.send_packed_command([_packed(command.words) for command in batch])
                return [_reply(node, connection, command) for command in batch]

            try:
                if writes:
                    replies = self._replication.write(key, node, connection, ask, sent)
                else:
                    replies = ask(sent)
            except BaseException:
                connection.disconnect()  # an answer may still be under way
                raise
            finally:
                pool.release(connection)
        return replies[1::2] if asking else replies

    def _require_tls(self) -> None:
        """Refuse a server without TLS, which would not answer a client that begins with TLS."""
        if any(answers_without_tls(*address) for address in self._tls):
            self._breaker.record_failure(f"Redis: {NO_TLS}")
            raise StoreError(f"Redis: {NO_TLS}")

    def _require_suitable(self, node: Node) -> None:
        with self.store_errors():
            (info,) = self._on(node, "", [Command(("INFO",))], asking=False, writes=False)
            if isinstance(info, NoPermissionError):
                return  # some managed servers refuse INFO
            if isinstance(info, redis.RedisError):
                raise info
        problem = unsuitable(info, in_cluster=isinstance(self._servers, Cluster))
        if problem is not None:
            self._breaker.record_failure(f"Redis: {problem}")
            raise StoreError(f"Redis: {problem}")

    def _check_keys(self, nodes: set[str]) -> Iterator[str]:
        """Yield a key of each server; a server without slots has none."""
        for number in range(_CHECKS):
            key = f"{scripts.PREFIX}:{{check/{number}}}"
            with self.store_errors():
                name = self._servers.node(key).name
            if name in nodes:
                nodes.discard(name)
                yield key
            if not nodes:
                return


def _packed(words: Sequence[Word]) -> bytes:
    # `Connection.pack_commands` copies what it has for each further word, and sends it in pieces.
    octets = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n%b" % (
        len(words),
        b"".join(b"$%d\r\n%b\r\n" % (len(each), each) for each in octets),
    )


def _reply(node: Node, connection: Any, command: Command) -> Any:
    try:
        return node.client.parse_response(connection, str(command.words[0]))
    except redis.ResponseError as error:
        return error
