"""Read the URL of a store in Redis."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import redis
from redis.connection import parse_url

from mockserver.model.errors import ConfigurationError
from mockserver.storage.redis_servers import (
    Cluster,
    OneServer,
    Sentinels,
    Servers,
    no_retry,
    timeouts,
)

SENTINEL, CLUSTER = "redis+sentinel://", "redis+cluster://"
_TLS = {"rediss+sentinel://": SENTINEL, "rediss+cluster://": CLUSTER}
SCHEMES = ("redis://", "rediss://", "unix://", SENTINEL, CLUSTER, *_TLS)

_UNREADABLE = (
    "the URL of the store cannot be read; in a password / # ? and % are %2F %23 %3F and %25,"
    " and options are those of redis-py"
)
_NO_SERVICE = f"the URL names no service of the Sentinels; write {SENTINEL}HOST:PORT/SERVICE"
_BAD_DATABASE = "the path of the store's URL must be the number of a database: redis://HOST:PORT/0"
_NO_DATABASE = "a Redis Cluster has only the database 0; leave the number out of the URL"

_FILES = ("ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile")


def servers_at(url: str) -> Servers:
    """Return the servers at a URL, without connecting to them.

    Raises:
        ConfigurationError: the URL cannot be read.
    """
    try:
        return _servers_at(url)
    except (ValueError, TypeError):  # their texts quote parts of the URL
        raise ConfigurationError(_UNREADABLE) from None


def _servers_at(url: str) -> Servers:
    scheme = next(each for each in SCHEMES if url.startswith(each))
    kind = _TLS.get(scheme, scheme)
    if kind == CLUSTER:
        return _cluster(_each_host(url, scheme))
    if kind == SENTINEL:
        return _sentinels(url, scheme)
    return OneServer(_client(url), None, "")


def addresses_in(url: str) -> list[tuple[str, int]]:
    """Return host and port of each server that a URL names."""
    scheme = next(each for each in SCHEMES if url.startswith(each))
    parts = [urlsplit(each) for each in _each_host(url, scheme)]
    return [(part.hostname or "localhost", part.port or 6379) for part in parts]


def _check_database(url: str) -> None:
    """Raise ConfigurationError for a path that is no number: redis-py would use database 0."""
    parts = urlsplit(url)
    if parts.scheme != "unix" and not re.fullmatch("/?|/[0-9]+", parts.path):
        raise ConfigurationError(_BAD_DATABASE)


def _check_files(url: str) -> None:
    """Refuse a missing file: redis-py says that the server cannot be reached."""
    for name, value in parse_qsl(urlsplit(url).query):
        if name in _FILES and not Path(value).exists():
            raise ConfigurationError(f"{name} in the URL of the store: there is no file {value}")


def _cluster(urls: list[str]) -> Cluster:
    options = [_options(url) for url in urls]
    if any(each.get("db") for each in options):
        raise ConfigurationError(_NO_DATABASE)
    return Cluster(options)


def _sentinels(url: str, scheme: str) -> OneServer:
    """Return the primary of a service; `sentinel_username` and `_password` are for Sentinels."""
    address, _, query = url.partition("?")
    place, _, path = address.removeprefix(scheme).partition("/")
    service, _, database = path.partition("/")
    if not service:
        raise ConfigurationError(_NO_SERVICE)
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    own = {
        name.removeprefix("sentinel_"): pairs.pop(name)
        for name in ("sentinel_username", "sentinel_password")
        if name in pairs
    }
    plain = f"{scheme}{place}/{database}?{urlencode(pairs)}"
    options = [_options(each) for each in _each_host(plain, scheme)]
    hosts = [(each.pop("host"), each.pop("port")) for each in options]
    shared = {
        name: value for name, value in options[0].items() if name.startswith(("socket_", "ssl"))
    }
    shared["retry"] = options[0]["retry"] = no_retry()
    new: Any = Sentinels  # its base class has no types
    sentinel = new(hosts, sentinel_kwargs={**shared, **own}, **options[0])
    client = sentinel.master_for(unquote(service))
    return OneServer(client, sentinel, unquote(service))


def _each_host(url: str, scheme: str) -> list[str]:
    """Return a plain URL for each of the hosts that a URL names, separated by commas."""
    plain = "rediss://" if scheme in _TLS else "redis://"
    rest = url.removeprefix(scheme)
    end = min((rest.index(sign) for sign in "/?" if sign in rest), default=len(rest))
    user, at, hosts = rest[:end].rpartition("@")
    return [f"{plain}{user}{at}{host}{rest[end:]}" for host in hosts.split(",")]


def _options(url: str) -> dict[str, Any]:
    """Return the options of redis-py that a URL sets, with host and port."""
    _client(url)  # refuses what is no option
    found: dict[str, Any] = {**parse_url(url)}
    if found.pop("connection_class", None) is redis.SSLConnection:
        found["ssl"] = True
    return {"host": "localhost", "port": 6379, **timeouts(), **found}


def _client(url: str) -> "redis.Redis":
    _check_database(url)
    _check_files(url)
    client = redis.Redis.from_url(url, **timeouts(), retry=no_retry())
    # Does not connect, but reads the options in the URL.
    client.connection_pool.make_connection()
    return client
