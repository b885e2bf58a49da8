"""A store put back to an earlier state, or made anew, is read again by all processes."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.admin.application import Application, new_application
from tests.engine_client import content
from tests.storage.outage import EXCHANGE, ask
from tests.store_urls import RedisServer, redis_server
from tests.vendor_tokens import exchange_fields

MOMENTS = ("2030-01-01T00:00:00Z", "2040-01-01T00:00:00Z")


def clock(front: Application, **moment: Any) -> str:
    line = "PUT /__admin/clock" if moment else "GET /__admin/clock"
    return str(content(ask(front, line, **moment))["now"])


def minted(front: Application) -> str:
    return str(content(ask(front, "POST /__admin/tokens", vendor="kitegateway"))["token"])


def accepts(front: Application, token: str) -> bool:
    asked = ask(front, "POST /__admin/tokens/explain", vendor="kitegateway", token=token)
    return bool(content(asked)["accepted"])


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as server:
        yield server


def test_redis_that_loads_an_earlier_state(redis: RedisServer) -> None:
    fronts = [new_application({}, store=f"redis://127.0.0.1:{redis.port}/0") for _ in range(2)]
    for front in fronts:
        clock(front)
    redis.client.save()
    redis.client.close()
    clock(fronts[0], now=MOMENTS[0])
    assert [clock(front) for front in fronts] == [MOMENTS[0]] * 2
    redis.stop()
    redis.start()
    assert clock(fronts[0], now=MOMENTS[1]) == MOMENTS[1]
    assert [clock(front) for front in fronts] == [MOMENTS[1]] * 2


def test_file_put_back(tmp_path: Path) -> None:
    path, earlier = tmp_path / "store.db", tmp_path / "earlier.db"
    fronts = [new_application({}, store=f"sqlite:///{path}") for _ in range(2)]
    for front in fronts:
        clock(front)
    for end in ("", "-wal"):
        shutil.copy(f"{path}{end}", f"{earlier}{end}")
    clock(fronts[0], now=MOMENTS[0])
    assert [clock(front) for front in fronts] == [MOMENTS[0]] * 2
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink()
    for end in ("", "-wal"):
        Path(f"{earlier}{end}").replace(f"{path}{end}")
    assert clock(fronts[0], now=MOMENTS[1]) == MOMENTS[1]
    assert [clock(front) for front in fronts] == [MOMENTS[1]] * 2


def test_removed_file_is_a_new_store_for_all(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    fronts = [new_application({}, store=f"sqlite:///{path}") for _ in range(2)]
    before = minted(fronts[0])
    login = content(ask(fronts[0], "POST /__admin/vendors/dapi/connect"))
    assert [accepts(front, before) for front in fronts] == [True, True]
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink()
    assert "accessToken" not in content(ask(fronts[0], EXCHANGE, None, **exchange_fields(login)))
    assert path.exists()
    assert [accepts(front, before) for front in fronts] == [False, False]
    token = minted(fronts[0])
    assert [accepts(front, token) for front in fronts] == [True, True]
