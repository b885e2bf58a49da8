"""Wait until a replica has what was written, so that no acknowledged write is lost in a failover.

Redis acknowledges a write before its replicas have it. If the primary fails then, a replica without
the write takes its place: a code that was exchanged could be exchanged again.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import redis
from redis.exceptions import NoPermissionError

from mockserver.model.clock import real_seconds
from mockserver.storage import redis_servers
from mockserver.storage.redis_scripts import Command
from mockserver.storage.redis_servers import Node, Servers

Ask = Callable[[Sequence[Command]], list[Any]]
"""Send commands through one connection, and return the answers, errors among them."""

_INFO = Command(("INFO", "replication"))
# Seconds after which the number of a primary's replicas is read again if it has none. A failover
# takes longer.
_ALONE = 5.0
_UNKNOWN = 3600.0  # the same, for a server that does not report it
_BRIEFLY = 100  # milliseconds in which a replica confirms a write, unless it loads data
_UNCONFIRMED = (
    "no replica has confirmed a write, which may be lost if the primary fails; start the replica or"
    " remove it from the primary"
)


class Replication:
    """Waits for a replica to confirm writes, at primaries that have one."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._replicated: set[str] = set()
        self._alone: dict[str, float] = {}  # by address, until when a primary counts as one

    def write(
        self, key: str, node: Node, connection: Any, ask: Ask, commands: Sequence[Command]
    ) -> list[Any]:
        """Write, and return the answers after a replica has confirmed the writes, if there is one.

        Raises:
            redis.RedisError: no replica has confirmed the writes in time, or the server is not
                the primary anymore.
        """
        address = f"{connection.host}:{connection.port}" if self._servers.replaceable else ""
        if not address or real_seconds() < self._alone.get(address, 0):
            return ask(commands)
        if address in self._replicated:
            # WAIT is for the writes of its own connection, and follows them without a pause.
            *replies, answer = ask([*commands, _wait()])
            if _failed(replies):
                return replies
            confirmed = _confirmations(answer)
            if confirmed:
                return replies
            (info,) = ask([_INFO])
        else:
            *replies, info = ask([*commands, _INFO])
            confirmed = None
        if _failed(replies):
            return replies
        online = [each for each in _replicas(info) if each.get("state") == "online"]
        # A replica has the offset 0 while it loads the data of its primary, in which it confirms
        # nothing, and also when it has just connected again: the two cannot be told apart.
        has_confirmed = any(each.get("offset") for each in online)
        if online and confirmed is None:
            (answer,) = ask([_wait() if has_confirmed else _wait(_BRIEFLY)])
            confirmed = _confirmations(answer)
        if confirmed:
            self._replicated.add(address)
        elif has_confirmed:
            raise redis.RedisError(_UNCONFIRMED)
        else:
            self._note_alone(address, key, node, connection, info)
        return replies

    def _note_alone(self, address: str, key: str, node: Node, connection: Any, info: Any) -> None:
        # A server that was cut off has no replicas either, but is not the primary for the others.
        if not self._servers.is_primary(key, node, connection):
            raise redis.ConnectionError("another server has become the primary")
        self._replicated.discard(address)
        if not isinstance(info, Mapping):
            self._alone[address] = real_seconds() + _UNKNOWN
        elif not _replicas(info):  # a replica that loads data may be ready at the next write
            self._alone[address] = real_seconds() + _ALONE


def _wait(milliseconds: int | None = None) -> Command:
    return Command(("WAIT", 1, milliseconds or int(redis_servers.TIMEOUT * 500)))


def _confirmations(answer: Any) -> int:
    """Return the number of replicas that have confirmed, by the answer to WAIT."""
    if isinstance(answer, redis.RedisError):
        if isinstance(answer, NoPermissionError) or "unknown command" in str(answer):
            raise redis.RedisError(str(answer))  # the same if the write is sent again
        # Redis ends WAIT with an error when the primary becomes a replica. The write is then sent
        # to the new primary.
        raise redis.ConnectionError(f"no replica has confirmed a write: {answer}")
    return int(answer)


def _failed(replies: Sequence[Any]) -> bool:
    return any(isinstance(reply, redis.RedisError) for reply in replies)


def _replicas(info: Any) -> list[Mapping[str, Any]]:
    if not isinstance(info, Mapping):  # the server refuses the command
        return []
    found = [value for name, value in info.items() if name.startswith("slave")]
    return [each for each in found if isinstance(each, Mapping)]
