"""One collection of a state in Redis: alone, in a transaction, or in a turn."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar, cast

from mockserver.model.errors import StoreError
from mockserver.model.memo import remember
from mockserver.model.state_store import Codec
from mockserver.storage import redis_scripts as scripts
from mockserver.storage.redis_connection import RedisConnection
from mockserver.storage.redis_scripts import Write
from mockserver.storage.redis_transactions import RedisTransactions, Turn
from mockserver.storage.shared_store import Unreadable, key_bytes, key_text, pack, unpack

T = TypeVar("T")

_SEEN = 1000  # records that are remembered for the next turn
_ATTEMPTS = 1000  # of an update; each that fails is one that another client has won


class _Read(NamedTuple, Generic[T]):
    """A record, empty if there is none, and its value."""

    record: bytes
    value: T | None


class RedisCollection(Generic[T]):
    """A collection of the state with this key."""

    def __init__(  # noqa: PLR0913 - by name only
        self,
        connection: RedisConnection,
        transactions: RedisTransactions,
        state: str,
        name: str,
        codec: Codec[T],
        *,
        cached: bool,
    ) -> None:
        self._connection = connection
        self._transactions = transactions
        self._state = state
        self._name = name
        self._records = scripts.records_key(state, name)
        self._codec = codec
        self._cached = cached
        self._seen: dict[bytes, _Read[T]] = {}  # what was last seen in a turn

    @property
    def version(self) -> object:
        """Return a value that is different after each change."""
        return self._transactions.read("HGET", self._state, f"v:{self._name}")

    @property
    def trimmed(self) -> int:
        """Return how many values were removed to keep a limit since the last `clear`."""
        return int(self._transactions.read("HGET", self._state, f"t:{self._name}") or 0)

    def get(self, key: str) -> T | None:
        """Return the value of `key`, or None."""
        turn = self._transactions.turn_here
        if turn is None:
            return self._read(key).value
        return self._part(turn).get(key_bytes(key), is_new=False)

    def put(self, key: str, value: T, *, most: int | None = None, now: float = 0) -> None:
        """Set the value of `key`; an existing key keeps its position."""
        turn = self._transactions.turn_here
        if turn is None:
            put = self.put_command(key_bytes(key), self.packed(value), value)
            self._transactions.defer(put, *self._trims(most, now))
            return
        turn.begun = True
        part = self._part(turn)
        part.puts[key_bytes(key)] = value
        if most is not None:
            part.trim = most, now

    def take(self, key: str) -> T | None:
        """Remove the value of `key` and return it; of simultaneous callers only one gets it."""
        record = self._transactions.write(self.command("take", key_bytes(key)))
        return self.decoded(record or b"").value

    def update(
        self,
        key: str,
        change: Callable[[T | None], T | None],
        *,
        is_new: bool = False,
        most: int | None = None,
        now: float = 0,
    ) -> T | None:
        """Replace a value by what `change` returns for it; None changes nothing."""
        turn = self._transactions.turn_here
        if turn is not None:
            value = change(self._part(turn).get(key_bytes(key), is_new=is_new))
            if value is not None:
                self.put(key, value, most=most, now=now)
            return value
        read = _Read[T](b"", None) if is_new else self._read(key)
        for _ in range(_ATTEMPTS):
            value = change(read.value)
            if value is None:
                return None
            packed = self.packed(value)
            swap = self.command("swap", key_bytes(key), packed, self._until(value), read.record)
            if self._transactions.write(swap, *self._trims(most, now)):
                return value
            read = self._read(key)
        raise StoreError("Redis: too many clients change one value at once")

    def items(self) -> list[tuple[str, T]]:
        """Return keys and values, in the order in which the keys were added."""
        found = self._transactions.read("HGETALL", self._records)
        with self._connection.store_errors():
            records = sorted((*_split(record), key) for key, record in found.items())
            return [(key_text(key), unpack(self._codec, packed)) for _, packed, key in records]

    def clear(self) -> None:
        """Remove every value."""
        self._transactions.defer(self.command("clear"))

    def command(self, command: str, *arguments: str | bytes | float) -> Write:
        """Return a command for this collection."""
        return Write(command, self._state, self._name, self._cached, arguments)

    def put_command(self, key: bytes, packed: str, value: T) -> Write:
        """Return the command that sets a value."""
        return self.command("put", key, packed, self._until(value))

    def packed(self, value: T) -> str:
        """Return a value as JSON."""
        return pack(self._codec, value)

    def decoded(self, record: bytes) -> _Read[T]:
        """Return a record with its value."""
        with self._connection.store_errors():
            return _Read(record, unpack(self._codec, _split(record)[1]) if record else None)

    def seen(self, key: bytes) -> _Read[T]:
        """Return what a key had when it was last seen; it is read if it was not."""
        found = self._seen.get(key)
        if found is None:
            record = self._transactions.read_before("HGET", self._records, key) or b""
            found = self.decoded(record)
            self.see(key, found)
        return found

    def see(self, key: bytes, read: _Read[T]) -> None:
        """Remember what a key has."""
        remember(self._seen, key, read, _SEEN)

    def is_seen(self, key: bytes) -> bool:
        """Return True if it is known what a key had."""
        return key in self._seen

    def forget(self, key: bytes) -> None:
        """Forget what a key had."""
        self._seen.pop(key, None)

    def _part(self, turn: Turn) -> "_CollectionTurn[T]":
        part = turn.part(self, lambda: _CollectionTurn(self))
        return cast("_CollectionTurn[T]", part)

    def _trims(self, most: int | None, now: float) -> Sequence[Write]:
        return () if most is None else (self.command("trim", most, now),)

    def _read(self, key: str) -> _Read[T]:
        return self.decoded(self._transactions.read("HGET", self._records, key_bytes(key)) or b"")

    def _until(self, value: T) -> str | float:
        until = self._codec.until(value)
        return "" if until is None else until or 0


class _CollectionTurn(Generic[T]):
    """The reads and pending writes of a turn in one collection."""

    def __init__(self, collection: RedisCollection[T]) -> None:
        self._collection = collection
        self._read: dict[bytes, _Read[T]] = {}
        self._packed: dict[bytes, str] = {}
        self.puts: dict[bytes, T] = {}
        self.trim: tuple[int, float] | None = None

    def get(self, key: bytes, *, is_new: bool) -> T | None:
        """Return the value of a key; one that `is_new` is not read but taken to be missing."""
        if key in self.puts:
            return self.puts[key]
        read = self._read.get(key)
        if read is None:
            guessed = is_new and not self._collection.is_seen(key)
            read = _Read[T](b"", None) if guessed else self._collection.seen(key)
            self._read[key] = read
        return read.value

    def expectations(self) -> Sequence[tuple[bytes, Write]]:
        """Return by key the commands that make sure that a record is still as it was read."""
        command = self._collection.command
        return [(key, command("expect", key, read.record)) for key, read in self._read.items()]

    def changes(self) -> Sequence[Write]:
        """Return the commands that write: first those that put records, in their order."""
        collection = self._collection
        self._packed = {key: collection.packed(value) for key, value in self.puts.items()}
        commands = [
            collection.put_command(key, packed, self.puts[key])
            for key, packed in self._packed.items()
        ]
        return (
            commands if self.trim is None else [*commands, collection.command("trim", *self.trim)]
        )

    def changed(self, key: bytes, record: bytes) -> None:
        """Take the record that a key has now: another client has changed it."""
        self._collection.see(key, self._collection.decoded(record))

    def done(self, results: Sequence[Any]) -> None:
        """Remember what was read and put, for the next turn."""
        for position, (key, packed) in zip(results, self._packed.items(), strict=False):
            if key in self._read:
                record = f"{position}|{packed}".encode()
                self._collection.see(key, _Read(record, self.puts[key]))

    def forget(self) -> None:
        """Forget every record that was read."""
        for key in self._read:
            self._collection.forget(key)


def _split(record: bytes) -> tuple[int, bytes]:
    position, _, packed = record.partition(b"|")
    try:
        return int(position), packed
    except ValueError:
        raise Unreadable from None
