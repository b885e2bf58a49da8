"""What a server must be like for a store, and the texts that say how to make it so."""

from collections.abc import Mapping
from typing import Any

import redis
from redis.exceptions import RedisClusterException
from redis.sentinel import MasterNotFoundError

_WRONG_PASSWORD = (
    "the user name or password is missing or wrong; write redis://USER:PASSWORD@HOST, or"
    " redis://:PASSWORD@HOST for the default user"
)
_NO_DATABASE = "it has no database of this number; leave the number out, or raise its `databases`"
_CLUSTER = "it is a node of a Redis Cluster; write redis+cluster://HOST:PORT"
_NO_CLUSTER = "it is not a node of a Redis Cluster; write redis://HOST:PORT"
_SENTINEL = (
    "it is a Sentinel and keeps no data; write redis+sentinel://HOST:PORT/SERVICE, or use the"
    " address of the primary"
)
_NO_PRIMARY = (
    "no Sentinel at these addresses knows a primary of this service; compare the name of the"
    " service with `sentinel monitor` in their configuration"
)
_REPLICA = "it is a replica, which cannot be written to; use the address of the primary"
_EVICTS = (
    "it evicts keys when its memory is full (maxmemory-policy {}), so revoked tokens could become"
    " valid again; run CONFIG SET maxmemory-policy noeviction"
)


def unsuitable(info: Mapping[str, Any], *, in_cluster: bool) -> str | None:
    """Return why a server must not be used, by its answer to INFO, or None."""
    if info.get("redis_mode") == "sentinel":
        return _SENTINEL
    if info.get("cluster_enabled") and not in_cluster:
        return _CLUSTER
    if info.get("role") == "slave":
        return _REPLICA
    policy = info.get("maxmemory_policy", "noeviction")
    if info.get("maxmemory") and policy != "noeviction":
        return _EVICTS.format(policy)
    return None


def explained(error: Exception) -> str:
    """Return the text of an error, with the cure where there is one."""
    text = str(error)
    if isinstance(error, redis.AuthenticationError) or "WRONGPASS" in text or "NOAUTH" in text:
        return _WRONG_PASSWORD
    if isinstance(error, redis.ReadOnlyError):
        return _REPLICA
    if isinstance(error, MasterNotFoundError):
        return _NO_PRIMARY
    if isinstance(error, RedisClusterException) and "Cluster mode is not enabled" in text:
        return _NO_CLUSTER
    if "DB index is out of range" in text:
        return _NO_DATABASE
    return text
