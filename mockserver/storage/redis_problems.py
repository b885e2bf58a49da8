"""What a server must be like for a store, and the texts that say how to make it so."""

from collections.abc import Mapping
from typing import Any

import redis
from redis.exceptions import RedisClusterException
from redis.sentinel import MasterNotFoundError

_WRONG_PASSWORD = (
    "the user name or password is missing or wrong; write USER:PASSWORD@ before the address, or"
    " :PASSWORD@ for the default user"
)
_WRONG_SENTINEL_PASSWORD = (
    "the Sentinels refuse the user name or password; add sentinel_username=… and"
    " sentinel_password=… to the options of the URL"
)
_UNKNOWN_AUTHORITY = (
    "its certificate is not signed by an authority that is trusted here; add ssl_ca_certs=FILE,"
    " with the certificate of its authority, to the options of the URL"
)
_OTHER_NAME = "its certificate is for another host; write a host that the certificate names"
NO_TLS = "it does not use TLS; write redis:// instead of rediss://"
_PERHAPS_NO_TLS = "{}; if it does not use TLS, write redis:// instead of rediss://"
_PERHAPS_TLS = "{}; if it accepts only TLS, write rediss:// instead of redis://"
_NO_DATABASE = "it has no database of this number; leave the number out, or raise its `databases`"
_CLUSTER = "it is a node of a Redis Cluster; write redis+cluster://HOST:PORT"
_NO_CLUSTER = "it is not a node of a Redis Cluster; write redis://HOST:PORT"
_SENTINEL = (
    "it is a Sentinel and keeps no data; write redis+sentinel://HOST:PORT/SERVICE, or use the"
    " address of the primary"
)
_NOT_SENTINEL = (
    "it is not a Sentinel; write redis://HOST:PORT, or redis+cluster://HOST:PORT for a cluster"
)
_NO_PRIMARY = (
    "no Sentinel at these addresses knows a primary of this service; compare the name of the"
    " service with `sentinel monitor` in their configuration"
)
_REPLICA = "it is a replica, which cannot be written to; use the address of the primary"
_NO_WAIT = (
    "the user may not run WAIT, which makes sure that a replica has each write; run ACL SETUSER"
    " USER +wait, or write redis://HOST:PORT to use one server without replicas"
)
_WAIT_UNKNOWN = (
    "the server has no command WAIT, which makes sure that a replica has each write; write"
    " redis://HOST:PORT to use one server without replicas"
)
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


class NoSentinelAnswers(redis.ConnectionError):
    """No Sentinel responds; the cause is the error of one of them."""


def explained(error: BaseException) -> str:
    """Return the text of an error, with the cure where there is one."""
    text, cause = str(error), error.__cause__
    if isinstance(error, NoSentinelAnswers) and cause:
        if _is_refused(cause):
            return _WRONG_SENTINEL_PASSWORD
        return f"no Sentinel at these addresses answers: {explained(cause)}"
    if isinstance(error, RedisClusterException) and cause and _NOT_ENABLED not in text:
        return explained(cause)
    if _is_refused(error):
        return _WRONG_PASSWORD
    if isinstance(error, (MasterNotFoundError, redis.ReadOnlyError)):
        return _REPLICA if isinstance(error, redis.ReadOnlyError) else _NO_PRIMARY
    quoted = text.replace("`", "'")  # Redis 6 encloses the name of an unknown command in backticks
    return next((cure for part, cure in _CURES.items() if part in quoted), text)


def explained_at_start(error: BaseException, *, tls: bool) -> str:
    """Return the text of an error at the first use of a server, which may be of another kind."""
    text = explained(error)
    if any(part in text for part in _NOT_THERE):
        return f"{text.rstrip('.')}; start Redis there, or correct the address"
    if tls and "Timeout" in text:  # it waits for the end of the first command
        return _PERHAPS_NO_TLS.format(text)
    if not tls and ("reset by peer" in text or "closed by server" in text):
        return _PERHAPS_TLS.format(text)
    return text


_NOT_ENABLED = "Cluster mode is not enabled"
_NOT_THERE = ("Connection refused", "No such file", "Name or service not known")
_CURES = {
    _NOT_ENABLED: _NO_CLUSTER,
    "DB index is out of range": _NO_DATABASE,
    "unknown command 'SENTINEL'": _NOT_SENTINEL,
    "run the 'wait' command": _NO_WAIT,
    "unknown command 'WAIT'": _WAIT_UNKNOWN,
    "ostname mismatch": _OTHER_NAME,
    "IP address mismatch": _OTHER_NAME,
    "CERTIFICATE_VERIFY_FAILED": _UNKNOWN_AUTHORITY,
    "WRONG_VERSION_NUMBER": NO_TLS,
}


def _is_refused(error: BaseException) -> bool:
    text = str(error)
    return isinstance(error, redis.AuthenticationError) or "WRONGPASS" in text or "NOAUTH" in text
