"""A replica takes the place of a primary, or keys move, while codes are exchanged."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from mockserver.admin.application import Application, new_application
from mockserver.storage.redis_scripts import namespace_key
from tests.engine_client import bearer, content
from tests.redis_groups import (
    RedisCluster,
    SentinelTrio,
    has_replica,
    redis_cluster,
    sentinel_trio,
    until,
)
from tests.storage.outage import DELINK, EXCHANGE, IDENTITY, ask
from tests.storage.test_redis_faults import refused
from tests.store_urls import RedisServer
from tests.vendor_tokens import APP_SECRET, exchange_fields

NAMES = [f"/ns/{number}" for number in range(6)]  # on all three primaries
EXCHANGES = 1000


class Buyer:
    """Exchanges codes and revokes every second token, and remembers what was acknowledged."""

    def __init__(self, front: Application) -> None:
        self._front = front
        self.exchanged: list[tuple[str, dict[str, Any]]] = []
        self.revoked: list[tuple[str, str, dict[str, Any]]] = []
        self.statuses: Counter[int] = Counter()

    def buy(self, number: int) -> None:
        """Exchange one code, however many new ones that takes."""
        name = NAMES[number % len(NAMES)]
        while not (login := self._ask(name, "POST /__admin/vendors/dapi/connect")):
            time.sleep(0.05)
        answer = self._ask(name, EXCHANGE, **exchange_fields(login))
        if "accessToken" not in answer:
            time.sleep(0.05)
            return self.buy(number)
        self.exchanged.append((name, login))
        token, secrets = answer["accessToken"], {**APP_SECRET, "userSecret": login["userSecret"]}
        if number % 2 and self._ask(name, DELINK, token, **secrets).get("success"):
            self.revoked.append((name, token, secrets))
        return None

    def check(self) -> None:
        """No code is good twice, and no revoked token is alive."""
        for name, login in self.exchanged:
            assert self._ask(name, EXCHANGE, **exchange_fields(login))["type"] == "USED_ACCESS_CODE"
        for name, token, secrets in self.revoked:
            assert self._status(name, IDENTITY, token, **secrets) == 401

    def _ask(self, name: str, line: str, token: str = "", **fields: Any) -> dict[str, Any]:
        answer = ask(self._front, line.replace(" ", f" {name}"), bearer(token), **fields)
        self.statuses[answer.status] += 1
        found: dict[str, Any] = content(answer)
        return found if answer.status < 500 else {}

    def _status(self, name: str, line: str, token: str, **fields: Any) -> int:
        return ask(self._front, line.replace(" ", f" {name}"), bearer(token), **fields).status


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[RedisCluster]:
    with redis_cluster(tmp_path, node_timeout=1000) as cluster:
        yield cluster


@pytest.fixture
def trio(tmp_path: Path) -> Iterator[SentinelTrio]:
    with sentinel_trio(tmp_path, down_after=1000) as trio:
        yield trio


def check_failover(url: str, fail: Callable[[], object]) -> None:
    """Check that a failure in the middle of a thousand exchanges loses nothing."""
    buyer = Buyer(new_application({}, store=url))

    def buy(number: int) -> None:
        if number == EXCHANGES // 3:
            fail()
        buyer.buy(number)

    with ThreadPoolExecutor(4) as pool:
        for _ in pool.map(buy, range(EXCHANGES)):
            pass
    assert len(buyer.exchanged) == EXCHANGES
    assert set(buyer.statuses) <= {200, 500, 503}  # 503: what /__admin says instead of 500
    assert buyer.statuses[500] + buyer.statuses[503] > 0  # the failure was noticed
    buyer.check()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_primary_of_a_cluster_fails(cluster: RedisCluster, number: signal.Signals) -> None:
    primary = cluster.servers[0]
    check_failover(cluster.url(), lambda: primary.signal(number))
    assert sum(each.role() == "master" for each in cluster.servers[1:]) == 3


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_primary_that_sentinels_name_fails(trio: SentinelTrio, number: signal.Signals) -> None:
    primary = trio.primary
    check_failover(trio.url(), lambda: primary.signal(number))
    assert trio.primary is not primary


def test_a_replica_that_has_not_loaded_all_data_is_not_waited_for(trio: SentinelTrio) -> None:
    """It is reported as online, and confirms nothing."""
    buyer = Buyer(new_application({}, store=trio.url()))
    primary, replica = trio.servers

    def is_halted_in_time() -> bool:
        replica.stop()
        replica.restart()
        until(lambda: has_replica(primary))
        replica.signal(signal.SIGSTOP)
        return bool(primary.client.info("replication")["slave0"]["offset"] == 0)

    until(is_halted_in_time)
    buyer.buy(1)
    assert set(buyer.statuses) == {200}
    replica.signal(signal.SIGCONT)
    until(lambda: primary.client.info("replication")["slave0"]["offset"])

    def has_just_connected_again() -> bool:
        primary.client.client_kill_filter(_type="replica")
        until(lambda: has_replica(primary))
        return bool(primary.client.info("replication")["slave0"]["offset"] == 0)

    until(has_just_connected_again)
    before = calls(primary, "wait")
    buyer.buy(1)
    assert calls(primary, "wait") > before


def test_a_refused_wait_confirms_nothing(trio: SentinelTrio) -> None:
    application = new_application({}, store=trio.url())
    application.check()
    connect = "POST /__admin/vendors/dapi/connect"
    assert ask(application, connect).status == 200
    trio.primary.client.execute_command("ACL", "SETUSER", "default", "-wait")
    assert ask(application, connect).status == 503  # WAIT follows the write
    before = calls(trio.primary, "set")
    refused(trio.url(), r"the user may not run WAIT, .* ACL SETUSER USER \+wait")
    assert calls(trio.primary, "set") == before + 1  # it is not sent again
    trio.primary.client.execute_command("ACL", "SETUSER", "default", "+wait")
    assert ask(application, connect).status == 200
    application.engine.close()


def test_a_server_without_wait_is_refused(trio: SentinelTrio) -> None:
    for each in trio.servers:
        each.stop()
        each.options = ("--rename-command", "WAIT", "")
        each.restart()
    trio.wait_until_all_agree()
    refused(trio.url(), "no command WAIT, .*; write redis://HOST:PORT to use one server without")
    assert calls(trio.primary, "set") == 1


def test_start_and_health_need_a_replica_that_confirms(trio: SentinelTrio) -> None:
    application = new_application({}, store=trio.url())
    application.check()
    trio.servers[1].signal(signal.SIGSTOP)
    assert ask(application, "GET /__admin/health").status == 503
    refused(trio.url(), "no replica has .*; start the replica or remove it from the primary$")
    trio.servers[1].signal(signal.SIGCONT)
    until(lambda: ask(application, "GET /__admin/health").status == 200)
    application.engine.close()


def calls(server: RedisServer, command: str) -> int:
    """Return how often a server was sent a command."""
    return int(server.client.info("commandstats").get(f"cmdstat_{command}", {}).get("calls", 0))


def test_keys_that_move_to_another_server_are_not_noticed(cluster: RedisCluster) -> None:
    """A client is led there by MOVED and ASK, and waits while keys are on both servers."""
    buyer = Buyer(new_application({}, store=cluster.url()))
    stop = Event()

    def buy() -> None:
        while not stop.is_set():
            buyer.buy(0)

    buyers = [Thread(target=buy) for _ in range(3)]
    for thread in buyers:
        thread.start()
    try:
        for turn in range(6):
            before = len(buyer.exchanged)
            move_slot(cluster, namespace_key("0"), cluster.servers[(turn + 1) % 3])
            while len(buyer.exchanged) < before + 10:
                time.sleep(0.01)
    finally:
        stop.set()
        for thread in buyers:
            thread.join()
    assert set(buyer.statuses) == {200}
    buyer.check()


def move_slot(cluster: RedisCluster, key: str, target: RedisServer) -> None:
    """Move the slot of a key to another server, key by key."""
    slot = cluster.servers[0].client.execute_command("CLUSTER", "KEYSLOT", key)
    owners = cluster.servers[:3]
    source = next(each for each in owners if owns(each, slot))
    if source is target:
        return
    ids = {each: each.client.execute_command("CLUSTER", "MYID") for each in owners}
    target.client.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", ids[source])
    source.client.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", ids[target])
    while keys := source.client.execute_command("CLUSTER", "GETKEYSINSLOT", slot, 10):
        source.client.execute_command(
            *("MIGRATE", "127.0.0.1", target.port, "", 0, 5000, "KEYS", *keys)
        )
    for each in (target, source):
        each.client.execute_command("CLUSTER", "SETSLOT", slot, "NODE", ids[target])


def owns(server: RedisServer, slot: int) -> bool:
    """Whether a server has a slot."""
    nodes: bytes = server.client.execute_command("CLUSTER", "NODES")
    (own,) = [line for line in nodes.decode().splitlines() if "myself" in line]
    ranges = [part.split("-") for part in own.split()[8:] if not part.startswith("[")]
    return any(int(each[0]) <= slot <= int(each[-1]) for each in ranges)


def test_a_slot_that_no_server_has_for_a_while(cluster: RedisCluster) -> None:
    front = new_application({}, store=cluster.url())
    assert ask(front, "GET /ns/0/ds-api/").status == 200
    slot = cluster.servers[0].client.execute_command("CLUSTER", "KEYSLOT", namespace_key("0"))
    (owner,) = [each for each in cluster.servers[:3] if owns(each, slot)]
    for each in cluster.servers:
        each.client.execute_command("CLUSTER", "DELSLOTS", slot)
    for started in (front, new_application({}, store=cluster.url())):
        assert ask(started, "GET /ns/0/ds-api/").status == 500
    owner.client.execute_command("CLUSTER", "ADDSLOTS", slot)
    cluster.wait_until_all_agree()
    assert [ask(each, "GET /ns/0/ds-api/").status for each in (front, started)] == [200, 200]
    front.engine.close()
    started.engine.close()
