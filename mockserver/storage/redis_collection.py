"""A collection in Redis."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from mockserver.model.errors import StoreError
from mockserver.model.state_store import Codec
from mockserver.storage.json_codec import Unreadable, key_bytes, key_text, pack, unpack
from mockserver.storage.redis_connection import Act, Server

T = TypeVar("T")

_ATTEMPTS = 1000  # each that fails is one that somebody else has won


class RedisCollection(Generic[T]):
    """A collection of the state with this key."""

    def __init__(
        self, server: Server, state: str, name: str, codec: Codec[T], *, cached: bool
    ) -> None:
        self._server = server
        self._state = state
        self._name = name
        self._codec = codec
        self._cached = cached

    @property
    def version(self) -> object:
        """Another one after each change."""
        return self._server.read("HGET", self._state, f"v:{self._name}")

    @property
    def trimmed(self) -> int:
        """How many values have made room, since the last `clear`."""
        return int(self._server.read("HGET", self._state, f"t:{self._name}") or 0)

    def get(self, key: str) -> T | None:
        """The value, or None."""
        return self._value(self._record(key))

    def put(self, key: str, value: T) -> None:
        """Keep `value`, in place of any before it."""
        packed = pack(self._codec, value)
        self._server.put_off(self._act("put", key_bytes(key), packed, self._until(value)))

    def take(self, key: str) -> T | None:
        """Remove the value and return it; of several callers at once exactly one gets it."""
        return self._value(self._server.do(self._act("take", key_bytes(key))))

    def update(self, key: str, change: Callable[[T | None], T | None]) -> T | None:
        """Put what `change` makes of the value, and return it; where it makes None, do nothing."""
        for _ in range(_ATTEMPTS):
            record = self._record(key)
            value = change(self._value(record))
            if value is None or self._swap(key, record or b"", value):
                return value
        raise StoreError("Redis: too many change one value at once")

    def items(self) -> list[tuple[str, T]]:
        """Keys and values, in the order in which the keys came."""
        found = self._server.read("HGETALL", self._base)
        with self._server.told():
            placed = sorted((*_parted(record), key) for key, record in found.items())
            return [(key_text(key), unpack(self._codec, packed)) for _, packed, key in placed]

    def trim(self, most: int, now: float = 0) -> None:
        """Of the values that need not stay keep `most`."""
        self._server.put_off(self._act("trim", most, now))

    def clear(self) -> None:
        """Remove every value."""
        self._server.put_off(self._act("clear"))

    @property
    def _base(self) -> str:
        return f"{self._state}:{self._name}"

    def _record(self, key: str) -> bytes | None:
        record: bytes | None = self._server.read("HGET", self._base, key_bytes(key))
        return record

    def _swap(self, key: str, record: bytes, value: T) -> bool:
        packed = pack(self._codec, value)
        act = self._act("swap", key_bytes(key), packed, self._until(value), record)
        return bool(self._server.do(act))

    def _act(self, name: str, *arguments: str | bytes | float) -> Act:
        return Act(name, self._state, self._name, self._cached, *arguments)

    def _until(self, value: T) -> str | float:
        until = self._codec.until(value)
        return "" if until is None else until or 0

    def _value(self, record: Any) -> T | None:
        with self._server.told():
            return unpack(self._codec, _parted(record)[1]) if record else None


def _parted(record: bytes) -> tuple[int, bytes]:
    place, _, packed = record.partition(b"|")
    try:
        return int(place), packed
    except ValueError:
        raise Unreadable("there is something in the store that we did not write") from None
