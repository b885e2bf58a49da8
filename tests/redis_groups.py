"""Groups of Redis servers: a cluster, and a primary with a replica and three Sentinels."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.store_urls import RedisServer, free_port

_QUICK = ("--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1")
SLOTS = 16384

PortOf = Callable[[int], int]
"""Return the port that is announced for the server at a port."""

OptionsOf = Callable[[int], tuple[str, ...]]
"""Return further options for the server at a port."""


def _own(port: int) -> int:
    return port


def _no_options(_: int) -> tuple[str, ...]:
    return ()


class RedisCluster:
    """A cluster; the first half of `servers` are primaries, the second half their replicas."""

    def __init__(self, servers: list[RedisServer], announced: PortOf = _own) -> None:
        self.servers = self.all_servers = servers
        self.announced = announced

    @property
    def primaries(self) -> list[RedisServer]:
        """The primaries that are running."""
        return [each for each in self.servers if each.is_up and each.role() == "master"]

    def url(self) -> str:
        """Return the URL of the cluster, after removing all its data."""
        for server in self.primaries:
            server.client.flushall()
        hosts = ",".join(f"127.0.0.1:{self.announced(each.port)}" for each in self.servers[:3])
        return f"redis+cluster://{hosts}"

    def start(self, primaries: int, *, node_timeout: int) -> None:
        """Start all servers, and wait until every slot has a primary and replicas are in use."""
        buses: list[str] = []
        for server in self.servers:
            options: tuple[str, ...]
            bus = str(free_port())  # the default, 10000 above the port, may be above 65535
            options = ("--cluster-enabled", "yes", "--cluster-port", bus, "--databases", "1")
            options = (*options, "--cluster-node-timeout", str(node_timeout), *_QUICK)
            announced = str(self.announced(server.port))
            options = (*options, "--cluster-announce-port", announced)
            buses.append(bus)
            server.start(*options)
            first = ("127.0.0.1", str(self.servers[0].port), buses[0])
            server.client.execute_command("CLUSTER", "MEET", *first)
        for number, server in enumerate(self.servers[:primaries]):
            first_slot, end = (SLOTS * each // primaries for each in (number, number + 1))
            server.client.execute_command("CLUSTER", "ADDSLOTSRANGE", first_slot, end - 1)
        self.wait_until_all_agree()
        for number, server in enumerate(self.servers[primaries:]):
            primary = self.servers[number % primaries].client.execute_command("CLUSTER", "MYID")
            server.client.execute_command("CLUSTER", "REPLICATE", primary)
        if len(self.servers) > primaries:
            until(lambda: all(has_replica(each) for each in self.servers[:primaries]))

    def wait_until_all_agree(self) -> None:
        """Wait until all servers know each other and the slots of each."""
        until(lambda: all(self._is_complete(each) for each in self.servers if each.is_up))

    def _is_complete(self, server: RedisServer) -> bool:
        info: bytes = server.client.execute_command("CLUSTER", "INFO")
        known = f"cluster_known_nodes:{len(self.servers)}\r".encode()
        return b"cluster_state:ok" in info and known in info


class SentinelTrio:
    """A primary, a replica, and three Sentinels."""

    def __init__(
        self,
        servers: list[RedisServer],
        sentinels: list[RedisServer],
        announced: PortOf = _own,
    ) -> None:
        self.servers, self.sentinels, self.announced = servers, sentinels, announced
        self.all_servers = [*servers, *sentinels]

    @property
    def primary(self) -> RedisServer:
        """The server that the Sentinels name."""
        found: Any = self.sentinels[0].client.execute_command(
            "SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main"
        )
        return next(each for each in self.servers if self.announced(each.port) == int(found[1]))

    def url(self) -> str:
        """Return the URL of a database that no other test uses."""
        hosts = ",".join(f"127.0.0.1:{self.announced(each.port)}" for each in self.sentinels)
        return f"redis+sentinel://{hosts}/main/{self.servers[0].next_database()}"

    def start(self, folder: Path, *, down_after: int) -> None:
        """Start all servers, and wait until the Sentinels know each other and the replica."""
        first, replica = self.servers
        primary = self.announced(first.port)
        for each, role in ((first, ()), (replica, ("--replicaof", f"127.0.0.1 {primary}"))):
            announced = str(self.announced(each.port))
            each.start(*_QUICK, "--replica-announce-port", announced, *role)
        until(lambda: has_replica(first))
        for sentinel in self.sentinels:
            settings = folder / f"sentinel-{sentinel.port}.conf"
            settings.write_text(
                f"sentinel monitor main 127.0.0.1 {primary} 2\n"
                f"sentinel down-after-milliseconds main {down_after}\n"
                "sentinel failover-timeout main 4000\n"
            )
            sentinel.start_sentinel(settings)
        self.wait_until_all_agree()

    def wait_until_all_agree(self) -> None:
        """Wait until all Sentinels know each other, the primary and its replica."""
        until(lambda: all(map(self._is_complete, self.sentinels)) and has_replica(self.primary))

    def _is_complete(self, sentinel: RedisServer) -> bool:
        found: Any = sentinel.client.sentinel_master("main")
        return bool(found["num-other-sentinels"] == 2 and found["num-slaves"] == 1)


def has_replica(server: RedisServer) -> bool:
    """Return True if everything was sent to a replica of the server."""
    info: Any = server.client.info("replication")
    return bool(info["role"] == "master" and info.get("slave0", {}).get("state") == "online")


def until(is_true: Callable[[], bool]) -> None:
    """Wait until a condition is true; fail the test after 30 s."""
    for _ in range(1500):
        try:
            if is_true():
                return
        except redis.ConnectionError:
            pass
        time.sleep(0.02)
    pytest.fail("the servers do not find each other")


@contextmanager
def redis_cluster(
    folder: Path,
    *,
    primaries: int = 3,
    replicas: int = 3,
    node_timeout: int = 3000,
    announced: PortOf = _own,
    options: OptionsOf = _no_options,
) -> Iterator[RedisCluster]:
    """Run a cluster that is ready for the block."""
    servers = [_server(folder, options) for _ in range(primaries + replicas)]
    cluster = RedisCluster(servers, announced)
    with ExitStack() as stack:
        for server in cluster.servers:
            stack.callback(server.stop)
        cluster.start(primaries, node_timeout=node_timeout)
        yield cluster


@contextmanager
def sentinel_trio(
    folder: Path,
    *,
    down_after: int = 3000,
    announced: PortOf = _own,
    options: OptionsOf = _no_options,
) -> Iterator[SentinelTrio]:
    """Run a primary, a replica and three Sentinels that are ready for the block."""
    servers = [_server(folder, options) for _ in range(5)]
    trio = SentinelTrio(servers[:2], servers[2:], announced)
    with ExitStack() as stack:
        for server in trio.all_servers:
            stack.callback(server.stop)
        trio.start(folder, down_after=down_after)
        yield trio


def _server(folder: Path, options: OptionsOf) -> RedisServer:
    own = folder / str(free_port())
    own.mkdir()
    server = RedisServer(own)
    server.options = options(server.port)
    return server
