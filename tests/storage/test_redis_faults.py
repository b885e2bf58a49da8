"""A Redis that is gone, hangs, was restarted, is full, or holds foreign records."""

import logging
import re
import signal
import socket
import sys
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

import pytest

from mockserver.admin.application import new_application
from mockserver.model.errors import ConfigurationError, StoreError
from mockserver.storage import open_backend, redis_servers, shared_store
from mockserver.storage.redis_connection import RedisConnection
from mockserver.storage.redis_scripts import Command
from tests.concurrency import run_concurrently
from tests.engine_client import content
from tests.redis_groups import redis_cluster, sentinel_trio
from tests.storage.outage import IDENTITY, Outage, ask
from tests.store_urls import RedisServer, redis_server

KEEPING = ("--appendonly", "yes", "--appendfsync", "always")


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """One that a test may ill-treat; what it is told it keeps on disk."""
    with redis_server(tmp_path) as own:
        own.stop()
        own.start(*KEEPING)
        yield own


@pytest.fixture
def outage(
    own_redis: RedisServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Outage:
    monkeypatch.setattr(redis_servers, "TIMEOUT", 0.2)
    return Outage(own_redis.url(), caplog)


def test_redis_gone_and_back(own_redis: RedisServer, outage: Outage) -> None:
    own_redis.stop()
    outage.check_begun()
    page = {"Sec-Fetch-Site": "cross-site"}
    assert ask(outage.front, "GET /ns/new/ds-api/", page).status == 500
    may_go = outage.front.engine.state.gates.opened("stub", 30, lambda: True)
    assert may_go()
    own_redis.start(*KEEPING)
    outage.check_over()


@pytest.mark.parametrize("kind", ["cluster", "sentinel"])
def test_all_servers_gone_and_back(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_servers, "TIMEOUT", 0.5)
    with (redis_cluster if kind == "cluster" else sentinel_trio)(
        tmp_path, options=lambda _: KEEPING
    ) as group:
        outage = Outage(group.url(), caplog)
        for server in group.all_servers:
            server.stop()
        outage.check_begun()
        for server in group.all_servers:
            server.restart()
        group.wait_until_all_agree()
        outage.check_over()


def test_redis_that_hangs(own_redis: RedisServer, outage: Outage) -> None:
    own_redis.signal(signal.SIGSTOP)
    outage.check_begun()
    own_redis.signal(signal.SIGCONT)
    outage.check_over()


def test_one_of_many_calls_waits_for_a_redis_that_hangs(
    own_redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_servers, "TIMEOUT", 1.0)
    asked = RedisConnection(own_redis.url())

    def said(_: int) -> str:
        try:
            return str(asked.send("{none}", [Command(("EXISTS", "{none}"))])[0])
        except StoreError as error:
            return str(error)

    own_redis.signal(signal.SIGSTOP)
    assert "Timeout" in said(0)
    answers = run_concurrently(said, threads=8)
    assert sum("Timeout" in each for each in answers) < 4
    assert sum("does not answer" in each for each in answers) > 0
    monkeypatch.setattr(shared_store, "SHORT_TIMEOUT", 30.0)
    own_redis.signal(signal.SIGCONT)
    assert run_concurrently(said, threads=8) == ["0"] * 8


def test_redis_that_is_full(own_redis: RedisServer, outage: Outage) -> None:
    own_redis.client.config_set("maxmemory", 1)
    outage.check_begun()
    own_redis.client.config_set("maxmemory", 0)
    outage.check_over()


def test_drop_needs_no_memory(own_redis: RedisServer, outage: Outage) -> None:
    assert ask(outage.front, "GET /ns/a/ds-api/").status == 200
    own_redis.client.config_set("maxmemory", 1)
    assert ask(outage.front, "GET /ns/a/ds-api/").status == 500
    assert ask(outage.front, "DELETE /ns/a/__admin").status == 200


def test_restart_between_requests_is_not_noticed(
    own_redis: RedisServer, outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        own_redis.stop()
        own_redis.start(*KEEPING)
        assert outage.use(outage.living, IDENTITY) == 200
        assert outage.use(outage.dead, IDENTITY) == 401
    assert caplog.records == []


def test_emptied_redis_is_a_new_store(own_redis: RedisServer, outage: Outage) -> None:
    own_redis.client.flushall()
    assert outage.use(outage.living, IDENTITY) == 401
    assert "accessToken" not in outage.exchange(outage.waiting)
    assert ask(outage.front, "GET /ds-api/").status == 200


def test_incomplete_state_is_a_new_one(own_redis: RedisServer, outage: Outage) -> None:
    client = own_redis.client
    (state,) = [key for key in client.scan_iter("*:state:*") if key.count(b":") == 3]
    client.delete(state)
    assert outage.use(outage.living, IDENTITY) == 401
    assert ask(outage.front, "GET /ds-api/").status == 200


def test_foreign_record_is_reported(
    own_redis: RedisServer, outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    client = own_redis.client
    (issued,) = client.scan_iter("*:issued")
    kept = client.hgetall(issued)
    for key in kept:
        client.hset(issued, key, "nonsense")
    assert outage.use(outage.living, IDENTITY) == 500
    assert ask(outage.front, "GET /ds-api/").status == 200
    assert "we did not write" in caplog.records[0].getMessage()
    for key, record in kept.items():
        client.hset(issued, key, record)
    outage.check_over()


def test_missing_redis_is_refused_at_the_start(own_redis: RedisServer) -> None:
    own_redis.stop()
    with pytest.raises(ConfigurationError, match=r"the store cannot be used: .* refused"):
        new_application({}, store=own_redis.url()).check()


def test_cluster_is_refused_at_the_start(own_redis: RedisServer) -> None:
    own_redis.stop()
    with socket.create_server(("127.0.0.1", 0)) as free:
        bus = free.getsockname()[1]  # the default, 10000 above the port, may be above 65535
    own_redis.start("--cluster-enabled", "yes", "--databases", "1", "--cluster-port", str(bus))
    refused(f"redis://127.0.0.1:{own_redis.port}", "Redis Cluster; write redis.cluster://")


def test_replica_is_refused_at_the_start(own_redis: RedisServer) -> None:
    own_redis.client.replicaof("127.0.0.1", str(own_redis.port + 1))
    refused(own_redis.url(), "a replica, .* use the address of the primary")


def test_sentinel_is_refused_at_the_start(own_redis: RedisServer, tmp_path: Path) -> None:
    settings = tmp_path / "sentinel.conf"
    settings.write_text("sentinel monitor main 127.0.0.1 1 1\n")
    own_redis.stop()
    own_redis.start_sentinel(settings)
    refused(f"redis://127.0.0.1:{own_redis.port}", "a Sentinel .* write redis.sentinel://")


@pytest.mark.parametrize(
    ("policy", "maxmemory", "is_refused"),
    [
        ("allkeys-lru", "100mb", True),
        ("volatile-ttl", "100mb", True),
        ("noeviction", "100mb", False),
        ("allkeys-lru", "0", False),  # never full, so it never evicts
    ],
)
def test_server_that_may_evict_keys_is_refused(
    own_redis: RedisServer, policy: str, maxmemory: str, *, is_refused: bool
) -> None:
    own_redis.client.config_set("maxmemory-policy", policy)
    own_redis.client.config_set("maxmemory", maxmemory)
    if is_refused:
        refused(own_redis.url(), f"maxmemory-policy {policy}.*SET maxmemory-policy noeviction")
    else:
        new_application({}, store=own_redis.url()).check()


def test_server_that_may_evict_keys_later_is_unhealthy(
    own_redis: RedisServer, outage: Outage
) -> None:
    own_redis.client.config_set("maxmemory", "100mb")
    assert ask(outage.front, "GET /__admin/health").status == 200
    own_redis.client.config_set("maxmemory-policy", "allkeys-lru")
    health = ask(outage.front, "GET /__admin/health")
    assert health.status == 503
    assert "maxmemory-policy noeviction" in content(health)["store"]


def test_wrong_or_missing_password_is_named(own_redis: RedisServer) -> None:
    own_redis.client.config_set("requirepass", "s3cret")
    for credentials in ("", ":wrong@", "user:wrong@"):
        url = f"redis://{credentials}127.0.0.1:{own_redis.port}"
        refused(url, "the user name or password is missing or wrong")
    new_application({}, store=f"redis://:s3cret@127.0.0.1:{own_redis.port}").check()


def test_missing_database_is_named(own_redis: RedisServer) -> None:
    refused(f"redis://127.0.0.1:{own_redis.port}/5000", "it has no database of this number")


def refused(url: str, cure: str) -> None:
    """Check that the start is refused in one line that names the cure."""
    with pytest.raises(
        ConfigurationError, match=f"the store cannot be used: Redis: .*{cure}"
    ) as one:
        new_application({}, store=url).check()
    assert "\n" not in str(one.value)
    assert "HELLO" not in str(one.value)


@pytest.mark.parametrize("database", ["x", "5000"])
def test_unusable_url_is_named_without_its_password(
    own_redis: RedisServer, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"redis://user:s3cret@127.0.0.1:{own_redis.port}/{database}"
    with caplog.at_level(logging.DEBUG), pytest.raises(ConfigurationError) as caught:
        new_application({}, store=url).check()
    assert "s3cret" not in f"{caught.value}{caplog.text}"


def test_missing_driver_is_named_with_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    of_extra = [each for each in requires("token-mockserver") or [] if "extra == 'redis'" in each]
    ((needed, _, _),) = [each.partition(";") for each in of_extra]
    for name in [*sys.modules]:
        if name.startswith("mockserver.storage.redis_"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(ConfigurationError, match=re.escape(f"pip install '{needed.strip()}'")):
        open_backend("redis://localhost")
