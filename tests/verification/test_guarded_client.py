"""The HTTP client for services: one host, a pause between calls, no proxy, a deadline."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver.verification import guarded_client
from mockserver.verification.guarded_client import CallBudget, GuardedClient, is_loopback_url
from mockserver.verification.guarded_connection import ConnectionDeadline, NoAnswer
from tests.verification import strange_services as strange

JSON = strange.answer("200 OK", "application/json", b"{}")


@pytest.mark.parametrize(("url", "loopback"), [
    ("http://localhost:1", True),
    ("http://127.0.0.1", True),
    ("http://127.9.9.9", True),
    ("http://[::1]:80", True),
    ("http://0.0.0.0", False),
    ("http://10.0.0.1", False),
    ("https://localhost.example.org", False),
    ("https://127.0.0.1.example.org", False),
    ("", False),
])  # fmt: skip
def test_this_machine(url: str, loopback: bool) -> None:
    assert is_loopback_url(url) is loopback


@pytest.fixture
def service() -> Iterator[tuple[str, strange.Listener]]:
    """A service that answers, and its address."""
    with strange.listening(JSON) as listener:
        yield f"http://127.0.0.1:{listener.port}/", listener


def client_of(url: str, budget: CallBudget | None = None) -> GuardedClient:
    return GuardedClient(url.rstrip("/"), budget or CallBudget(), foreign=True)


@pytest.mark.parametrize("other", [
    "http://127.0.0.1:2/x", "https://127.0.0.1:1/x", "http://127.0.0.1:1@evil.test/",
])  # fmt: skip
def test_it_sends_to_one_service_only(other: str) -> None:
    with pytest.raises(ValueError, match="sends to"):
        client_of("http://127.0.0.1:1").send("GET", other)


def test_it_pauses_between_calls_to_other_machines(
    service: tuple[str, strange.Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    url, _ = service
    client_of(url).send("GET", url)
    assert sum(pauses) == 0
    monkeypatch.setattr(guarded_client, "is_loopback_url", lambda _url: False)
    far = client_of(url)
    for _ in range(3):
        far.send("GET", url)
    assert pauses[1:] == [0.2, 0.2, 0.2]


def test_no_proxy_and_no_netrc(
    service: tuple[str, strange.Listener], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password s3cr3t\n")
    monkeypatch.setenv("NETRC", str(netrc))
    url, listener = service
    with strange.listening(strange.nothing) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert client_of(url).send("GET", url).ok
        assert proxy.heard == []
    assert b"Authorization" not in listener.heard[0]


def test_calls_are_counted(service: tuple[str, strange.Listener]) -> None:
    url, listener = service
    budget = CallBudget()
    client = client_of(url, budget)
    for _ in range(3):
        client.send("GET", url)
    assert (budget.calls, budget.hosts) == (3, [f"127.0.0.1:{listener.port}"])
    assert client.silence is None


@pytest.mark.parametrize("secret", ["s3cr3t\nX: 1", "s3cr3t\u20ac"])
def test_a_value_that_no_header_can_have_is_not_shown(
    service: tuple[str, strange.Listener], secret: str
) -> None:
    url, _ = service
    with pytest.raises(pytest.skip.Exception) as raised:
        client_of(url).send("GET", url, headers={"api-key": secret})
    assert "no header can" in str(raised.value)
    assert "s3cr3t" not in str(raised.value)


def test_connections_are_closed() -> None:
    """Nothing is left open: a warning about it would be an error here."""
    with strange.listening(JSON) as listener:
        url = f"http://127.0.0.1:{listener.port}/"
        client_of(url).send("GET", url)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", listener.port), timeout=5)


@pytest.mark.parametrize("late", [False, True])
def test_a_deadline_ends_a_connection(late: bool) -> None:
    """Also one that is watched only after the deadline."""
    near, far = socket.socketpair()
    with near, far, ConnectionDeadline(30 if late else 0.1) as deadline:
        near.settimeout(30)
        if late:
            deadline._end()
        deadline.watch(near)
        assert near.recv(1) == b""
        with pytest.raises(NoAnswer, match="longer than 30 s" if late else r"longer than 0\.1 s"):
            deadline.check()


def test_before_a_deadline_nothing_happens() -> None:
    near, far = socket.socketpair()
    with near, far:
        with ConnectionDeadline(30) as deadline:
            deadline.watch(near)
        far.sendall(b"x")
        assert near.recv(1) == b"x"
