"""A command of which the answer is lost is sent again, and has the result of the first time."""

from collections.abc import Iterator
from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.state_store import RECORDS, Collection, Record, StateStore, StorageBackend
from mockserver.storage import open_backend
from tests.engine_client import ask, bearer, content, fresh_engine
from tests.redis_groups import RedisCluster, SentinelTrio, redis_cluster, sentinel_trio
from tests.storage.lossy_proxy import CLIENT, LossyProxy, lossy_proxy
from tests.store_urls import RedisServer
from tests.vendor_tokens import APP_SECRET, connect, exchange_fields


@pytest.fixture(scope="module")
def proxy() -> Iterator[LossyProxy]:
    with lossy_proxy() as proxy:
        yield proxy


@pytest.fixture(scope="module")
def cluster(proxy: LossyProxy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisCluster]:
    """Servers that lead each client to a proxy."""
    with redis_cluster(tmp_path_factory.mktemp("cluster"), announced=proxy.port) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def sentinel(proxy: LossyProxy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SentinelTrio]:
    """Sentinels behind proxies, which lead to proxies."""
    with sentinel_trio(tmp_path_factory.mktemp("sentinels"), announced=proxy.port) as trio:
        yield trio


@pytest.fixture(params=["redis", "valkey", "cluster", "sentinel"])
def url(request: pytest.FixtureRequest, proxy: LossyProxy) -> str:
    """Return the URL of an empty store behind the proxy, for clients that are not counted."""
    if request.param in ("cluster", "sentinel"):
        group: RedisCluster | SentinelTrio = request.getfixturevalue(request.param)
        return group.url()
    server: RedisServer = request.getfixturevalue(f"shared_{request.param}")
    return server.url().replace(f":{server.port}/", f":{proxy.port(server.port)}/")


@pytest.fixture
def backend(url: str, proxy: LossyProxy) -> Iterator[StorageBackend]:
    proxy.on_loss = lambda: None
    backend = open_backend(f"{url}?client_name={CLIENT}")
    yield backend
    backend.close()


@pytest.fixture
def collection(backend: StorageBackend) -> Collection[Record]:
    return backend.store("", lambda _: None).collection("a", RECORDS)


def outcomes(engine: Engine) -> list[Any]:
    """Connect, exchange the code twice, use the token, delink, and use the token again."""
    login = connect(engine)
    exchange = ask(engine, "POST /v2/auth/ExchangeToken", json=exchange_fields(login))
    again = ask(engine, "POST /v2/auth/ExchangeToken", json=exchange_fields(login))
    token = content(exchange).get("accessToken", "")
    secrets = {**APP_SECRET, "userSecret": login["userSecret"]}
    used = [
        ask(engine, f"POST {path}", bearer(token), json=secrets).status
        for path in ("/v2/data/identity/get", "/v2/users/DelinkUser", "/v2/data/identity/get")
    ]
    return [exchange.status, content(again)["type"], *used]


def test_no_lost_answer_changes_an_outcome(backend: StorageBackend, proxy: LossyProxy) -> None:
    engine = fresh_engine(backend=backend)
    expected = [200, "USED_ACCESS_CODE", 200, 200, 401]
    for _ in range(2):  # the first time needs more commands
        proxy.restart_count(lose=0)
        assert outcomes(engine) == expected
    lost = 0
    while lost == 0 or proxy.answers >= lost:  # there was one more
        lost += 1
        proxy.restart_count(lose=lost)
        assert outcomes(engine) == expected, f"the answer to command {lost} was lost"
    assert lost > 20


def test_no_lost_answer_changes_a_reset(backend: StorageBackend, proxy: LossyProxy) -> None:
    engine = fresh_engine(backend=backend)
    lost = 0
    while lost == 0 or proxy.answers >= lost:
        lost += 1
        login = connect(engine)
        proxy.restart_count(lose=lost)
        engine.reset()
        with engine.transaction() as state:
            assert state.store.collection("dapi/logins", RECORDS).get(login["accessCode"]) is None
        assert connect(engine).keys() == login.keys()


def test_repeated_take_has_the_value(collection: Collection[Record], proxy: LossyProxy) -> None:
    collection.put("key", {"n": 1})
    proxy.restart_count(lose=1)
    assert collection.take("key") == {"n": 1}
    assert collection.take("key") is None


def test_repeated_update_is_done_once(collection: Collection[Record], proxy: LossyProxy) -> None:
    for lost in (1, 2):  # the read, and the write
        collection.put("key", {"n": 1})
        proxy.restart_count(lose=lost)
        calls: list[Record | None] = []

        def increase(record: Record | None) -> Record:
            calls.append(record)  # noqa: B023 - called before the next round
            return {"n": (record or {})["n"] + 1}

        assert collection.update("key", increase) == {"n": 2}
        assert calls == [{"n": 1}]
        assert collection.get("key") == {"n": 2}


def test_repeated_put_does_not_undo_another_clients_change(
    url: str, collection: Collection[Record], proxy: LossyProxy
) -> None:
    other = open_backend(url).store("", lambda _: None).collection("a", RECORDS)
    taken: list[Record | None] = []
    proxy.on_loss = lambda: taken.append(other.take("key"))
    collection.put("other", {"n": 0})  # the first answer to a script may be that it is unknown
    proxy.restart_count(lose=1)
    collection.put("key", {"n": 1})
    assert taken == [{"n": 1}]
    assert collection.get("key") is None


def test_repeated_drop_spares_a_state_begun_meanwhile(
    url: str, backend: StorageBackend, proxy: LossyProxy
) -> None:
    direct = open_backend(url)
    backend.store("a", lambda _: None)
    proxy.on_loss = lambda: direct.store("a", lambda _: None)
    proxy.restart_count(lose=4)  # the first three read what there is to drop
    backend.drop("a")
    begun: list[StateStore] = []
    backend.store("a", begun.append)
    assert begun == []
