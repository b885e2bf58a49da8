"""Reads and writes of a thread: at once, at the end of a transaction, or together in a turn."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any, Protocol

from mockserver.model.errors import StoreError
from mockserver.storage import redis_scripts as scripts
from mockserver.storage.redis_connection import RedisConnection
from mockserver.storage.redis_scripts import Command, KnownState, Write

_NO_RECORD = b""


class TurnPart(Protocol):
    """The reads and pending writes of a turn in one collection."""

    def expectations(self) -> Sequence[tuple[bytes, Write]]:
        """Return by key the commands that make sure that a record is still as it was read."""

    def changes(self) -> Sequence[Write]:
        """Return the commands that write."""

    def changed(self, key: bytes, record: bytes) -> None:
        """Take the record that a key has now: another client has changed it."""

    def done(self, results: Sequence[Any]) -> None:
        """Take the results of the changes, which are written."""

    def forget(self) -> None:
        """Forget every record that was read."""


class Turn:
    """The reads and writes of requests that are answered together.

    Nothing is written before all of them are answered. A record that was read before, in an earlier
    turn, is not read again: the script that writes at the end makes sure that it is still the same.
    """

    def __init__(self) -> None:
        self._parts: dict[object, TurnPart] = {}
        self._known = scripts.ANY_STATE
        self._outdated: Callable[[], object] = lambda: None
        self.begun = False
        """True if there is something to write."""

    def expect(self, known: KnownState, outdated: Callable[[], object]) -> None:
        """Write nothing unless the namespace has this state; call `outdated` if it has not."""
        self._known, self._outdated = known, outdated

    def part(self, collection: object, new: Callable[[], TurnPart]) -> TurnPart:
        """Return the part of a collection; `new` makes one."""
        found = self._parts.get(collection)
        return found or self._parts.setdefault(collection, new())

    def write(self, send: Callable[[Sequence[Write], KnownState], list[Any]]) -> None:
        """Write everything.

        Raises:
            StoreError: another client has changed what was read; nothing was written.
        """
        parts = [*self._parts.values()]
        expected = [(part, *each) for part in parts for each in part.expectations()]
        changes = [(part, part.changes()) for part in parts]
        commands = [write for _, _, write in expected]
        commands += [write for _, writes in changes for write in writes]
        if not commands and self._known is not scripts.ANY_STATE:
            self._outdated()
            raise _Conflict("Redis: nothing is written that would make sure that this is so")
        if not commands:
            return
        is_done, results = send(commands, self._known)
        if not is_done:
            if 0 in results[::2]:
                self._outdated()
                raise _Conflict("Redis: another client has changed the state")
            for number, record in zip(results[::2], results[1::2], strict=True):
                part, key, _ = expected[number - 1]
                part.changed(key, record or _NO_RECORD)
            raise _Conflict("Redis: another client has changed what was read")
        at = len(expected)
        for part, writes in changes:
            part.done(results[at : at + len(writes)])
            at += len(writes)

    def forget(self) -> None:
        """Forget everything that was read."""
        self._outdated()
        for part in self._parts.values():
            part.forget()


class _Conflict(StoreError):
    """Records that a turn has read were changed; the turn now has their current values."""


class RedisTransactions:
    """Reads and writes, each thread's in its order."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection
        self._thread = threading.local()

    @property
    def turn_here(self) -> Turn | None:
        """The turn that this thread is in, or None."""
        turn: Turn | None = getattr(self._thread, "turn", None)
        return turn

    def read(self, command: str, key: str, *arguments: Any) -> Any:
        """Return the answer to a command, after the writes that were deferred."""
        return self.send(key, [Command((command, key, *arguments))])[0]

    def read_before(self, command: str, key: str, *arguments: Any) -> Any:
        """Return the answer to a command, before anything that the turn will write."""
        return self._connection.send(key, [Command((command, key, *arguments))])[0]

    def send(self, key: str, commands: Sequence[Command], *, writes: bool = False) -> list[Any]:
        """Return the answers to commands for one namespace, after the writes that were deferred.

        With `writes` a replica confirms what they write, where a replica takes the place of a
        server that fails.
        """
        self._flush()
        return self._connection.send(key, commands, writes=writes)

    def write(self, first: Write, *others: Write) -> Any:
        """Write to one namespace, after what was deferred, and return the result of the first."""
        self._flush()
        return self._write([first, *others])[0]

    def defer(self, *writes: Write) -> None:
        """Write at the end of the transaction or before the next read; outside of one, now."""
        self._require_alone()
        if self._deferred is None:
            self._write([*writes])
        else:
            self._deferred.extend(writes)

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
    def turn(self) -> Iterator[None]:
        """Collect what is read and written inside, and write it at the end or not at all."""
        turn = self._thread.turn = Turn()
        try:
            yield
            turn.write(self._send_together)
        except _Conflict:
            raise  # the next attempt need not read again
        except BaseException:
            turn.forget()
            raise
        finally:
            self._thread.turn = None

    def _send_together(
        self, writes: Sequence[Write], known: KnownState = scripts.ANY_STATE
    ) -> list[Any]:
        tag, command = _tag(writes[0]), scripts.writes(writes, known)
        results: list[Any] = self._connection.send(tag, [command], writes=True)[0]
        self._connection.record_success(tag)
        return results

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
        for _, writes in groupby(in_order, _tag):
            _, done = self._send_together([*writes])
            results += done
        return results


def _tag(write: Write) -> str:
    return scripts.tag_of(write.state)
