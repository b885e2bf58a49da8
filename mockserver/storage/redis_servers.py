"""The servers behind the URL of a store in Redis: one, a primary that Sentinels name, a cluster."""

import socket
import threading
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.exceptions import AskError, MovedError, RedisClusterException, SlotNotCoveredError
from redis.retry import Retry
from redis.sentinel import MasterNotFoundError, Sentinel

from mockserver.storage.redis_problems import NoSentinelAnswers

TIMEOUT = 2.0  # seconds to wait for an answer


class Node(NamedTuple):
    """A server that answers for a key, and its name: its address in a cluster, else empty."""

    name: str
    client: "redis.Redis"


class Servers(Protocol):
    """Find the server that answers for a key. The first call connects."""

    @property
    def replaceable(self) -> bool:
        """Return True if a replica takes the place of a server that fails."""

    def node(self, key: str) -> Node:
        """Return the server that answers for a key, as far as is known."""

    def primaries(self) -> list[Node]:
        """Return all servers that can be written to."""

    def is_primary(self, key: str, node: Node, connection: Any) -> bool:
        """Return True if others say that a connection leads to the primary that has a key."""

    def moved(self, error: MovedError) -> None:
        """Remember that another server answers for a slot."""

    def importing(self, error: AskError) -> Node:
        """Return the server to which the keys of a slot move now."""

    def failed(self, node: Node) -> None:
        """Find the server that replaces one that does not respond."""

    def close(self) -> None:
        """Close the connections; the next call makes new ones."""


class OneServer:
    """One server, or the one that Sentinels name when a connection is made."""

    def __init__(self, client: "redis.Redis", sentinel: Sentinel | None, service: str) -> None:
        self._node = Node("", client)
        self._sentinel = sentinel
        self._service = service
        self.replaceable = sentinel is not None

    def node(self, _: str) -> Node:
        """Return the server."""
        return self._node

    def primaries(self) -> list[Node]:
        """Return the server."""
        return [self._node]

    def is_primary(self, _: str, __: Node, connection: Any) -> bool:
        """Return True if the Sentinels name the server at the other end of a connection."""
        if self._sentinel is None:
            return True
        named: tuple[str, int] = self._sentinel.discover_master(self._service)
        return named == (connection.host, connection.port)

    def moved(self, _: MovedError) -> None:
        """Do nothing: only a Redis Cluster moves slots."""

    def importing(self, _: AskError) -> Node:
        """Return the server: only a Redis Cluster moves slots."""
        return self._node

    def failed(self, _: Node) -> None:
        """Do nothing: a new connection queries the Sentinels."""

    def close(self) -> None:
        """Close the connections."""
        self._node.client.close()
        for each in self._sentinel.sentinels if self._sentinel else ():
            each.close()


class Sentinels(Sentinel):
    """Sentinels that say why none of them names a primary."""

    def discover_master(self, service_name: str) -> tuple[str, int]:
        """Return the address of the primary called `service_name`.

        Raises:
            NoSentinelAnswers: No Sentinel responds.
            MasterNotFoundError: The Sentinels name no primary for it.
        """
        try:
            discover: Any = super().discover_master
            found: tuple[str, int] = discover(service_name)
            return found
        except MasterNotFoundError as error:
            self._require_an_answer()
            raise error from None

    def _require_an_answer(self) -> None:
        failed = redis.ConnectionError("there is no Sentinel")
        for sentinel in self.sentinels:
            try:
                sentinel.ping()
                return
            except redis.ConnectionError as error:
                failed = error
            except redis.TimeoutError as error:
                failed = redis.ConnectionError(str(error))
        raise NoSentinelAnswers(str(failed)) from failed


class Cluster:
    """The servers of a Redis Cluster."""

    replaceable = True

    def __init__(self, options: list[dict[str, Any]]) -> None:
        self._options = options
        self._lock = threading.Lock()
        self._opened: RedisCluster | None = None

    def node(self, key: str) -> Node:
        """Return the server that has the slot of a key."""
        cluster = self._cluster()
        try:
            return self._named(cluster.get_node_from_key(key))
        except SlotNotCoveredError:  # at the last look-up, no server had the slot
            cluster.nodes_manager.initialize()
            return self._named(cluster.get_node_from_key(key))

    def primaries(self) -> list[Node]:
        """Return all primaries."""
        return [self._named(node) for node in self._cluster().get_primaries()]

    def is_primary(self, key: str, node: Node, _: Any) -> bool:
        """Return True if other servers say that a server has the slot of a key."""
        self.failed(node)
        return self.node(key).name == node.name

    def moved(self, error: MovedError) -> None:
        """Remember that another server has a slot."""
        self._cluster().nodes_manager.move_slot(error)

    def importing(self, error: AskError) -> Node:
        """Return the server to which the keys of a slot move; it may be a new one."""
        cluster = self._cluster()
        node = cluster.get_node(host=error.host, port=error.port)
        if node is None:
            node = ClusterNode(error.host, error.port, "primary")
            cluster.nodes_manager.nodes_cache[node.name] = node
        return self._named(node)

    def failed(self, node: Node) -> None:
        """Read from another server which server has which slot."""
        # If no server answers, what was known may be right again later.
        with suppress(RedisClusterException, redis.RedisError):
            self._cluster().nodes_manager.initialize(last_failed_node_name=node.name)

    def close(self) -> None:
        """Close the connections; the next call makes new ones."""
        with self._lock:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def _cluster(self) -> RedisCluster:
        with self._lock:
            if self._opened is None:
                options = {**self._options[0]}
                options.pop("host"), options.pop("port"), options.pop("db", None)
                nodes = [ClusterNode(each["host"], each["port"]) for each in self._options]
                self._opened = RedisCluster(
                    startup_nodes=nodes,
                    require_full_coverage=False,
                    retry=no_retry(),
                    **options,
                )
            return self._opened

    def _named(self, node: ClusterNode) -> Node:
        return Node(node.name, self._cluster().get_redis_connection(node))


def timeouts() -> dict[str, Any]:
    """Return the options of a connection that limit its time."""
    return {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT}


def answers_without_tls(host: str, port: int) -> bool:
    """Return True if a server answers a command that is sent to it without TLS."""
    try:
        with socket.create_connection((host, port), TIMEOUT) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(1) in (b"+", b"-")
    except OSError:
        return False


def no_retry() -> Retry:
    """Return the option of a connection that sends nothing again."""
    # The caller of a connection sends a command again, if that is safe.
    return Retry(NoBackoff(), 0)
