"""The line to a service: one host, no hurry, nothing of the user's own network."""

import socket
import time
from pathlib import Path

import pytest

from mockserver.verification import guarded_client as line
from mockserver.verification.guarded_client import CallBudget, GuardedClient, is_loopback
from tests.verification import strange_services as strange

JSON = strange.answer("200 OK", "application/json", b"{}")


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://localhost:1", True),
        ("http://127.0.0.1", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:80", True),
        ("http://0.0.0.0", False),
        ("http://10.0.0.1", False),
        ("https://localhost.example.org", False),
        ("https://127.0.0.1.example.org", False),
        ("", False),
    ],
)
def test_this_machine(url: str, loopback: bool) -> None:
    assert is_loopback(url) is loopback


def test_it_leads_to_one_service_only() -> None:
    to_one = GuardedClient("http://127.0.0.1:1", CallBudget(), foreign=True)
    for other in ("http://127.0.0.1:2/x", "https://127.0.0.1:1/x", "http://127.0.0.1:1@evil.test/"):
        with pytest.raises(ValueError, match="sends to"):
            to_one.send("GET", other)


def test_it_pauses_between_calls_to_other_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    with strange.listening(JSON) as listener:
        GuardedClient(f"http://127.0.0.1:{listener.port}", CallBudget(), foreign=True).send(
            "GET", f"http://127.0.0.1:{listener.port}/"
        )
        assert sum(pauses) == 0
        monkeypatch.setattr(line, "is_loopback", lambda _url: False)
        far = GuardedClient(f"http://127.0.0.1:{listener.port}", CallBudget(), foreign=True)
        for _ in range(3):
            far.send("GET", f"http://127.0.0.1:{listener.port}/")
    assert pauses[1:] == [0.2, 0.2, 0.2]


def test_no_proxy_and_no_netrc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password s3cr3t\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with strange.listening(strange.nothing) as proxy, strange.listening(JSON) as listener:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        url = f"http://127.0.0.1:{listener.port}"
        assert GuardedClient(url, CallBudget(), foreign=True).send("GET", f"{url}/").ok
        assert proxy.heard == []
    assert b"Authorization" not in listener.heard[0]


def test_traffic_is_counted() -> None:
    traffic = CallBudget()
    with strange.listening(JSON) as listener:
        url = f"http://127.0.0.1:{listener.port}"
        to_one = GuardedClient(url, traffic, foreign=True)
        for _ in range(3):
            to_one.send("GET", f"{url}/")
    assert (traffic.calls, traffic.hosts) == (3, [f"127.0.0.1:{listener.port}"])
    assert to_one.silence is None


def test_a_text_that_no_header_holds_is_told_without_it() -> None:
    with strange.listening(JSON) as listener:
        url = f"http://127.0.0.1:{listener.port}"
        to_one = GuardedClient(url, CallBudget(), foreign=True)
        for secret in ("s3cr3t\nX: 1", "s3cr3t\u20ac"):
            with pytest.raises(pytest.skip.Exception) as raised:
                to_one.send("GET", f"{url}/", headers={"api-key": secret})
            assert "no header can" in str(raised.value)
            assert "s3cr3t" not in str(raised.value)


def test_connections_are_closed() -> None:
    """Nothing is left open: a warning about it would be an error here."""
    with strange.listening(JSON) as listener:
        url = f"http://127.0.0.1:{listener.port}"
        GuardedClient(url, CallBudget(), foreign=True).send("GET", f"{url}/")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", listener.port), timeout=5)
