"""`serve --workers`: one port, one state in a file, and the processes that share them."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.command_line import CHILDREN, Served, call, serving
from tests.store_urls import redis_server
from tests.vendor_tokens import DATASENTINEL_LOGIN

pytestmark = pytest.mark.skipif(
    not Path(CHILDREN.format(os.getpid())).exists(),
    reason="no processes to be seen in /proc: workers are NOT TESTED",
)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    flags = ("--port", "0", "--port-file", "port", "--workers", "3")
    with serving(*flags, "--store", "sqlite:///state", cwd=tmp_path) as server:
        yield server


def ask(server: Served, method: str, path: str, **how: Any) -> requests.Response:
    """On a connection of its own: any worker may be the one."""
    return requests.request(
        method, server.url + path, timeout=20, **{"headers": {"Connection": "close"}, **how}
    )


def test_workers_share_clock_and_codes(served: Served) -> None:
    while len(served.workers()) != 3:
        pass
    ask(served, "PUT", "/__admin/clock", json={"now": 0})
    dates = {ask(served, "GET", "/ds-api/").headers["Date"] for _ in range(30)}
    assert dates == {"Thu, 01 Jan 1970 00:00:00 GMT"}

    login = ask(served, "POST", "/__admin/vendors/dapi/connect").json()
    body = {"appSecret": "app_secret_value", **login}
    with ThreadPoolExecutor(20) as pool:
        asked = [
            pool.submit(ask, served, "POST", "/v2/auth/ExchangeToken", json=body) for _ in range(40)
        ]
        answers = [each.result().json() for each in asked]
    assert sum("accessToken" in answer for answer in answers) == 1


def test_parent_has_no_store_open_whose_locks_workers_would_inherit(
    served: Served,
) -> None:
    ask(served, "GET", "/ds-api/")
    opened = Path(f"/proc/{served.process.pid}/fd")
    assert [file for file in opened.iterdir() if "state" in str(file.readlink())] == []


def test_tokens_stay_good_when_workers_are_killed(served: Served) -> None:
    bought = ask(served, "POST", "/ds-api/user-token", headers=DATASENTINEL_LOGIN).json()
    killed = served.workers()
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    asked = "/ds-api/user-token?token=" + bought["user-token"]
    assert ask(served, "GET", asked, headers=DATASENTINEL_LOGIN).status_code == 200
    assert not {*served.workers()} & {*killed}


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0), (signal.SIGHUP, 0)]
)
def test_signal_ends_all_with_the_exit_code_of_one(
    served: Served, number: signal.Signals, code: int
) -> None:
    """A worker that died before is reported in one line."""
    ask(served, "GET", "/ds-api/")
    killed = served.workers()[0]
    os.kill(killed, signal.SIGKILL)
    while killed in served.workers():
        pass
    expected = f"worker {killed} ended by SIGKILL; another starts in 0.1 s\n"
    assert served.end(number) == (code, expected)


def test_worker_started_during_an_outage_answers_after_it(tmp_path: Path) -> None:
    with redis_server(tmp_path) as redis:
        flags = ("--port", "0", "--workers", "2", "--store", redis.url())
        with serving(*flags, cwd=tmp_path) as server:
            redis.stop()
            killed = server.workers()
            for pid in killed:
                os.kill(pid, signal.SIGKILL)
            assert ask(server, "GET", "/ds-api/").status_code == 500
            redis.start()
            assert {ask(server, "GET", "/ds-api/").status_code for _ in range(20)} == {200}
            _, errors = server.end(signal.SIGTERM)
    assert errors.count("another starts in") == len(killed)


def test_unusable_store_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no store")
    flags = ("--port", "0", "--workers", "2", "--store", "sqlite:///state")
    assert "store" in call("serve", *flags, cwd=tmp_path).error()
