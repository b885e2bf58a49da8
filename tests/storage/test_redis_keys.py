"""Which keys a store in Redis has, and for how long."""

import pytest
import redis

from mockserver.storage import open_backend
from mockserver.storage.redis_scripts import NAMES
from tests.engine_client import admin, ask, fresh_application, fresh_engine
from tests.storage.outage import ask as ask_front
from tests.store_urls import RedisServer
from tests.vendor_tokens import DATASENTINEL_LOGIN, connect

DAYS_30, MINUTE = 30 * 86_400, 60


@pytest.fixture
def url(shared_redis: RedisServer) -> str:
    return shared_redis.url()


@pytest.fixture
def client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url)


def lives(client: redis.Redis) -> dict[str, int]:
    """Return how many seconds each key has; the short-lived results of calls are left out."""
    keys = [key.decode() for key in client.scan_iter() if b":call:" not in key]
    return {key: int(client.ttl(key)) for key in keys}


def test_every_key_has_our_prefix_and_an_expiry(url: str, client: redis.Redis) -> None:
    engine = fresh_engine(backend=open_backend(url))
    connect(engine)
    ask(engine, "POST /ds-api/user-token", DATASENTINEL_LOGIN)
    admin(engine, "POST /mappings", json={"error": 500, "times": 1})
    admin(engine, "GET /health")
    found = lives(client)
    assert len(found) > 12
    for key, life in found.items():
        assert key.startswith("token-mockserver:")
        assert 0 < life <= DAYS_30
        assert life > DAYS_30 - MINUTE or "{check" in key


def test_results_of_a_call_are_kept_for_seconds(url: str, client: redis.Redis) -> None:
    connect(fresh_engine(backend=open_backend(url)))
    found = [int(client.ttl(key)) for key in client.scan_iter("token-mockserver:*:call:*")]
    assert found
    assert all(0 < life <= 20 for life in found)


def test_ended_state_is_kept_for_a_minute(url: str, client: redis.Redis) -> None:
    front = fresh_application(open_backend(url))
    for namespace in ("", "/ns/a"):
        ask_front(front, f"GET {namespace}/ds-api/")
    before, overtaken = set(lives(client)), front.engine.state
    ask_front(front, "POST /__admin/reset")
    ask_front(front, "DELETE /ns/a/__admin")
    overtaken.remember("a late one")
    ended = {key: life for key, life in lives(client).items() if life <= MINUTE}
    assert len(ended) > 20
    assert {key for key in before if ":state:" in key} <= set(ended)
    assert any(key.endswith(":secrets") and key not in before for key in ended)


def test_used_state_does_not_expire(url: str, client: redis.Redis) -> None:
    engine = fresh_engine(backend=open_backend(url))
    for key in lives(client):
        client.expire(key, 7200)
    ask(engine, "GET /ds-api/")
    assert min(lives(client).values()) > DAYS_30 - MINUTE


def test_expired_names_make_room(url: str, client: redis.Redis) -> None:
    backend = open_backend(url)
    backend.store("a", lambda _: None)
    assert client.zcard(NAMES) == 1
    client.zadd(NAMES, {b"a": 1, b"b": 1})
    backend.store("c", lambda _: None)
    assert client.zrange(NAMES, 0, -1) == [b"c"]


def test_no_command_scans_all_keys(url: str, shared_redis: RedisServer) -> None:
    client = shared_redis.client
    client.config_resetstat()
    front = fresh_application(open_backend(url))
    for line in ("GET /ns/a/ds-api/", "POST /ns/a/__admin/reset", "DELETE /ns/a/__admin"):
        assert ask_front(front, line).status == 200
    used = {name.removeprefix("cmdstat_") for name in client.info("commandstats")}
    assert "evalsha" in used
    assert not used & {"keys", "scan", "flushdb", "flushall", "randomkey"}
