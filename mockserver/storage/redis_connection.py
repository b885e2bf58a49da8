"""Send commands to the server that has a namespace: once, in order, and safe from its failure."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from time import sleep
from typing import Any

import redis
from redis.exceptions import AskError, MovedError, NoPermissionError, NoScriptError, TryAgainError

from mockserver.model.clock import real_seconds
from mockserver.model.errors import StoreError, StoreUnavailable
from mockserver.storage import redis_scripts as scripts
from mockserver.storage.redis_problems import explained, unsuitable
from mockserver.storage.redis_replication import Replication
from mockserver.storage.redis_scripts import Command, Word, Write
from mockserver.storage.redis_servers import Cluster, Node, servers_at
from mockserver.storage.shared_store import CircuitBreaker, Unreadable

Place = tuple[str, str, bytes]
"""A state, a collection and a key."""

Learn = Callable[[int], object]
Forget = Callable[[], object]

_LEADING = (AskError, MovedError, NoScriptError, TryAgainError)
_ASKING = Command(("ASKING",))
_MOVING = 5.0  # seconds for which a command is repeated while keys move to another server
_PAUSE = 0.01  # seconds before it is repeated
_CHECKS = 1000  # keys to try until each server has one


class Turn:
    """The reads and writes of requests that are answered together.

    Nothing is written before all of them are answered. A record that was read before, in an earlier
    turn, is not read again: the script that writes at the end makes sure that it is still the same.
    """

    def __init__(self) -> None:
        self._expected: dict[Place, tuple[Write, Forget]] = {}
        self._puts: dict[Place, tuple[Write, Learn]] = {}
        self._trims: dict[tuple[str, str], Write] = {}

    @property
    def begun(self) -> bool:
        """True if there is something to write."""
        return bool(self._puts or self._trims)

    def value(self, place: Place) -> Word | None:
        """Return the value that was put at a place, or None."""
        found = self._puts.get(place)
        return found and found[0].second

    def expect(self, place: Place, write: Write, forget: Forget) -> None:
        """Write nothing unless a record is still the same; call `forget` if it is not."""
        self._expected.setdefault(place, (write, forget))

    def put(self, place: Place, write: Write, learn: Learn) -> None:
        """Put a record; `learn` is called with its position if the turn has read it, too."""
        self._puts[place] = write, learn

    def trim(self, write: Write) -> None:
        """Trim a collection after everything was put."""
        self._trims[write.state, write.collection] = write

    def commands(self) -> list[Write]:
        """Return what has to be sent."""
        expected = [write for write, _ in self._expected.values()]
        puts = [write for write, _ in self._puts.values()]
        return [*expected, *puts, *self._trims.values()]

    def done(self, results: Sequence[Any]) -> None:
        """Take the positions of the records that were put."""
        begin = len(self._expected)
        for number, (place, (_, learn)) in enumerate(self._puts.items(), begin):
            if place in self._expected:
                learn(results[number])

    def failed(self) -> None:
        """Forget every record that was read."""
        for _, forget in self._expected.values():
            forget()


class RedisConnection:
    """Reads and writes.

    Every error of Redis is raised as StoreError, whose text never has the URL or its password.

    Raises:
        ConfigurationError: the URL cannot be read.
    """

    def __init__(self, url: str) -> None:
        self._servers = servers_at(url)
        self._replication = Replication(self._servers)
        self._breaker = CircuitBreaker()
        self._thread = threading.local()

    def read(self, command: str, key: str, *arguments: Any) -> Any:
        """Return the answer to a command, after the writes that were deferred."""
        return self.send(key, [Command((command, key, *arguments))])[0]

    def read_before(self, command: str, key: str, *arguments: Any) -> Any:
        """Return the answer to a command, before anything that the turn will write."""
        return self._send(key, [Command((command, key, *arguments))])[0]

    def write(self, write: Write) -> Any:
        """Return the result of a write, after those that were deferred."""
        self._flush()
        return self._write([write])[0]

    @property
    def turn_here(self) -> Turn | None:
        """The turn that this thread is in, or None."""
        turn: Turn | None = getattr(self._thread, "turn", None)
        return turn

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Collect what is read and written inside, and write it at the end or not at all."""
        turn = self._thread.turn = Turn()
        try:
            yield
            commands = turn.commands()
            results = self._write_together(commands) if commands else []
            if results is None:
                raise StoreError("Redis: another client has changed what was read")
            turn.done(results)
        except BaseException:
            turn.failed()
            raise
        finally:
            self._thread.turn = None

    def _write_together(self, commands: Sequence[Write]) -> list[Any] | None:
        tag = _tag(commands[0])
        results: list[Any] | None = self._send(tag, [scripts.writes(commands)], writes=True)[0]
        self._breaker.record_success(tag)
        return results

    def defer(self, write: Write) -> None:
        """Write at the end of the transaction or before the next read; outside of one, now."""
        self._require_alone()
        if self._deferred is None:
            self._write([write])
        else:
            self._deferred.append(write)

    def send(self, key: str, commands: Sequence[Command], *, writes: bool = False) -> list[Any]:
        """Return the answers to commands for one namespace, after the writes that were deferred.

        With `writes` a replica confirms what they write, where a replica takes the place of a
        server that fails.
        """
        self._flush()
        return self._send(key, commands, writes=writes)

    def check(self) -> None:
        """Raise StoreError unless all servers can be written to, and forget nothing."""
        self._flush()
        with self.store_errors():
            nodes = {node.name: node for node in self._servers.primaries()}
        for node in nodes.values():
            self._require_suitable(node)
        for key in self._check_keys(set(nodes)):
            self._send(key, [Command(("SET", key, 1, "EX", scripts.GRACE))])
        self._breaker.record_success()

    def close(self) -> None:
        """Close the connections; the next call makes new ones."""
        self._servers.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Defer the writes inside, so that they are done at once, or none after an error."""
        if self._deferred is not None:
            yield
            return
        self._thread.deferred = []
        try:
            yield
            self._flush()
        finally:
            self._thread.deferred = None

    @contextmanager
    def store_errors(self, key: str = "") -> Iterator[None]:
        """Raise errors from inside as StoreError, and log the first of an outage."""
        try:
            yield
        except (redis.RedisError, Unreadable) as error:
            text = f"Redis: {explained(error)}"
            self._breaker.record_failure(text, scripts.tag_of(key) if key else "")
            if isinstance(error, Unreadable):
                raise StoreError(text) from None
            # Something may have been written: the caller must not try again with another id.
            raise StoreUnavailable(text) from None

    @property
    def _deferred(self) -> list[Write] | None:
        deferred: list[Write] | None = getattr(self._thread, "deferred", None)
        return deferred

    def _require_alone(self) -> None:
        turn = self.turn_here
        if turn is not None and turn.begun:
            raise StoreError("Redis: this request has to be answered alone")

    def _flush(self) -> None:
        self._require_alone()
        deferred = self._deferred
        if deferred:
            self._thread.deferred = []
            self._write(deferred)

    def _write(self, batch: list[Write]) -> list[Any]:
        results: list[Any] = []
        in_order = sorted(batch, key=_tag)  # those of one namespace stay in their order
        for tag, writes in groupby(in_order, _tag):
            results += self._send(tag, [scripts.writes([*writes])], writes=True)[0]
            self._breaker.record_success(tag)
        return results

    def _send(self, key: str, commands: Sequence[Command], *, writes: bool = False) -> list[Any]:
        with self.store_errors(key):
            replies = self._led(key, commands, writes=writes)
            for reply in replies:
                if isinstance(reply, redis.RedisError):
                    raise reply
        return replies

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
                words = connection.pack_commands([command.words for command in batch])
                connection.send_packed_command(words)
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

    def _require_suitable(self, node: Node) -> None:
        with self.store_errors():
            (info,) = self._on(node, "", [Command(("INFO",))], asking=False, writes=False)
            if isinstance(info, NoPermissionError):
                return  # some managed servers do not tell
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


def _tag(write: Write) -> str:
    return scripts.tag_of(write.state)


def _reply(node: Node, connection: Any, command: Command) -> Any:
    try:
        return node.client.parse_response(connection, str(command.words[0]))
    except redis.ResponseError as error:
        return error
