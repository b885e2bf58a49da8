"""A mock in another process than its own: an error that names what to use instead."""

import multiprocessing
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import httpx
import pytest
import requests

from mockserver import MockServerError, TokenMock, TokenServer

HEALTH = "https://platform-server/ds-api/"
METHODS = ("fork", "spawn", "forkserver")
NAMES_THE_CURE = r"started in process \d+ .* use TokenServer .*token_server.*token-mockserver run"


def health() -> int:
    return requests.get(HEALTH, timeout=5).status_code


def health_of_a_mock_here() -> int:
    with TokenMock():
        return health()


def resolve() -> object:
    return socket.getaddrinfo(b"Platform-Server.", 443)


def resolve_by_older_function() -> object:
    return socket.gethostbyname("platform-server")


def connect_by_name() -> object:
    with socket.socket() as client:
        return client.connect_ex(("platform-server", 443))


def resolve_another_host() -> object:
    return bool(socket.getaddrinfo("localhost", 443))


def health_at(url: str) -> int:
    return requests.get(f"{url}/ds-api/", timeout=5).status_code


def in_child(method: str, function: Callable[..., object], *args: str) -> object:
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *args).result(60)


pytestmark = [
    # Python 3.12 and later warn of fork beside threads; other tests may have left some.
    pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning"),
]


@pytest.mark.parametrize("method", METHODS)
def test_child_that_sends_to_a_vendor_gets_an_error(method: str) -> None:
    with TokenMock() as mock, pytest.raises(MockServerError, match=NAMES_THE_CURE):
        in_child(method, health)
    assert mock.requests.all() == []


@pytest.mark.parametrize("method", METHODS)
def test_child_may_start_a_mock_of_its_own(method: str) -> None:
    with TokenMock():
        assert in_child(method, health_of_a_mock_here) == 200


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
@pytest.mark.parametrize("find", [resolve, resolve_by_older_function, connect_by_name])
def test_spawned_child_cannot_resolve_a_vendors_host(
    find: Callable[[], object], method: str
) -> None:
    with TokenMock():
        with pytest.raises(MockServerError, match=NAMES_THE_CURE):
            in_child(method, find)
        assert in_child(method, resolve_another_host)


def test_child_started_after_the_mock_is_unchanged() -> None:
    first, second = TokenMock(), TokenMock(hosts={"dstor": ["localhost"]})
    first.start()
    second.start()
    first.stop()
    with pytest.raises(MockServerError, match=NAMES_THE_CURE):
        in_child("spawn", resolve_another_host)
    second.stop()
    assert in_child("spawn", resolve_another_host)
    assert "token_mockserver" not in vars(multiprocessing.current_process())["_config"]


def test_multiprocessing_may_be_imported_inside_a_mock(tmp_path: Path) -> None:
    code = (
        "import sys, socket\n"
        "from mockserver import MockServerError, TokenMock\n"
        "def resolve():\n"
        "    return socket.getaddrinfo('platform-server', 443)\n"
        "mock = TokenMock()\n"
        "if __name__ == '__main__':\n"
        "    mock.start()\n"
        "    assert 'multiprocessing' not in sys.modules\n"
        "    from multiprocessing import get_context\n"
        "    with get_context('spawn').Pool(1) as pool:\n"
        "        try:\n"
        "            pool.apply(resolve)\n"
        "        except MockServerError as error:\n"
        "            assert 'started in process' in str(error)\n"
        "        else:\n"
        "            raise AssertionError('the child is not guarded')\n"
    )
    program = tmp_path / "program.py"
    program.write_text(code)
    subprocess.run([sys.executable, "-W", "error", program], check=True)


def test_server_answers_children() -> None:
    with TokenServer() as server:
        url = server.url + "/datasentinel"
        assert [in_child(method, health_at, url) for method in METHODS] == [200] * 3
        assert server.requests.count("datasentinel", "health") == 3


def error_in_fork(call: Callable[[], object]) -> str:
    """Return the text of the error that a call raises in a forked child."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            call()
        except MockServerError as error:
            os.write(writer, str(error).encode())
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as pipe:
        return pipe.read()


def test_controls_in_a_forked_child_raise_an_error() -> None:
    with TokenMock() as mock, TokenServer() as server:
        assert "started in process" in error_in_fork(mock.clock.now)
        assert f"use RemoteMock('{server.url}')" in error_in_fork(server.clock.now)


def test_mock_that_is_not_started_belongs_to_its_process_too() -> None:
    mock, server = TokenMock(), TokenServer()
    with httpx.Client(transport=mock.httpx_transport()) as client:
        for call in (mock.clock.now, lambda: mock.url, lambda: client.get(HEALTH)):
            assert "started in process" in error_in_fork(call)
        assert client.get(HEALTH).status_code == 200
    assert "use RemoteMock with its address" in error_in_fork(server.clock.now)
    assert error_in_fork(server.__enter__) == ""


def test_mock_that_is_started_in_a_child_belongs_to_it() -> None:
    mock = TokenMock()

    def use() -> None:
        with mock:
            if health() != 200:
                raise MockServerError("the mock does not answer")
        mock.reset()

    assert error_in_fork(use) == error_in_fork(mock(use)) == ""


def test_a_single_use_code_is_exchanged_in_no_child() -> None:
    with TokenMock() as mock:
        login = mock.dapi.connect()
        body = {
            "appSecret": mock.dapi.account.app_secret,
            "accessCode": login.accessCode,
            "connectionID": login.connectionID,
        }

        def exchange() -> requests.Response:
            return requests.post("https://api.dapi.com/v2/auth/ExchangeToken", json=body, timeout=5)

        assert all("started in process" in error_in_fork(exchange) for _ in range(2))
        assert exchange().status_code == 200
