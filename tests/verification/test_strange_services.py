"""A service that is no API ends in not-checked, with the reason, in time, and learns no secret."""

import gzip
import socket
from pathlib import Path

import pytest

from mockserver.verification import guarded_client
from mockserver.verification.check_runner import run_checks
from mockserver.verification.results import RunResults
from mockserver.verification.run_config import RunConfig
from mockserver.verification.statements import Reason
from tests.verification import strange_services as strange
from tests.verification.verifying import as_text, variables

KEY = "k3y" * 21 + "z"
PAGE = b"<!doctype html><html><body>Log in to this network</body></html>"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same limits, sooner."""
    monkeypatch.setattr(guarded_client, "_SILENCE", 1.0)
    monkeypatch.setattr(guarded_client, "_WHOLE", 2.0)


def checked(url: str, *, budget: int = 20, ca_bundle: Path | None = None) -> RunResults:
    """Return the results of dStor's checks at this address."""
    urls = {"dstor": url}
    with variables(DSTOR_API_KEY=KEY):
        return run_checks(
            RunConfig(urls=urls, vendors=("dstor",), budget=budget, ca_bundle=ca_bundle)
        )


def talking(*talks: strange.Talk, budget: int = 20) -> tuple[RunResults, list[bytes]]:
    """Return the results for a service, and what it was sent.

    Each connection has the next of `talks`, all that follow the last one.
    """
    queue = [*talks]

    def talk(connection: socket.socket) -> None:
        (queue.pop(0) if len(queue) > 1 else queue[0])(connection)

    with strange.listening(talk) as listener:
        return checked(f"http://127.0.0.1:{listener.port}", budget=budget), listener.heard


def verdicts(results: RunResults) -> set[str]:
    return {each.verdict for each in results.rows}


def told(results: RunResults, word: str) -> bool:
    return any(word in each.detail for each in results.rows)


def failing(results: RunResults, word: str) -> bool:
    return any(each.fails and word in each.detail for each in results.rows)


NOWHERE = strange.answer("404 Not Found", "application/json", b"{}")


BAD = {
    "nothing": (strange.nothing, "connection"),
    "reset": (strange.reset, "reset"),
    "silent": (strange.silent, "no answer in time"),
    "dripping head": (strange.dripping_head, "longer than"),
    "dripping body": (strange.dripping_body, "longer than"),
    "endless": (strange.endless, "larger than"),
    "broken off": (strange.broken_off, "broke off"),
    "continues": (strange.never_begins, "longer than"),
    "no http": (strange.says(b"220 mail.example.com ESMTP\r\n"), "connection failed"),
    "page": (strange.answer("200 OK", "text/html", PAGE), "HTML page"),
    "page not found": (strange.answer("404 Not Found", "text/html", PAGE), "HTML page"),
    "maintenance": (strange.answer("503 Service Unavailable", "text/html", PAGE), "503"),
    "gateway": (strange.answer("502 Bad Gateway", "application/json", b"{}"), "502"),
    "too many": (strange.answer("429 Too Many Requests", "application/json", b"{}"), "429"),
    "broken": (strange.answer("500 Oops", "application/json", b"{}"), "500"),
    "bomb": (
        strange.answer(
            "200 OK", "application/json", gzip.compress(b" " * (1 << 24)), "Content-Encoding: gzip"
        ),
        "larger than",
    ),
    "no gzip": (
        strange.answer("200 OK", "application/json", b"{}", "Content-Encoding: gzip"),
        "decompressed",
    ),
}


@pytest.mark.parametrize(("talk", "word"), BAD.values(), ids=BAD)
def test_it_is_not_checked_and_says_why(talk: strange.Talk, word: str) -> None:
    results, _ = talking(talk)
    assert verdicts(results) == {"not-checked"}, as_text(results.rows[:5])
    assert told(results, word), as_text(results.rows[:5])
    assert not results.checked
    assert results.silent["dstor"]


def test_after_three_tries_it_is_given_up() -> None:
    results, heard = talking(strange.reset)
    assert len(heard) == 1 + 3  # whether it is a mock of ours is asked once before
    assert told(results, "given up after 3 tries")


def test_nobody_listens() -> None:
    with strange.listening(strange.nothing) as listener:
        port = listener.port
    results = checked(f"http://127.0.0.1:{port}")
    assert verdicts(results) == {"not-checked"}
    assert told(results, "refused")


def test_a_name_that_is_unknown() -> None:
    assert told(checked("https://no-such-host.invalid"), "name of the host is unknown")


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_a_redirect_to_another_host_is_not_followed(status: str) -> None:
    with strange.listening(strange.nothing) as elsewhere:
        location = f"Location: http://127.0.0.1:{elsewhere.port}/?key={KEY}"
        results, _ = talking(strange.answer(status, "text/plain", b"", location))
        assert elsewhere.heard == []
    assert verdicts(results) == {"not-checked"}
    assert told(results, "redirects to 127.0.0.1")
    assert KEY not in as_text(results.rows)


def test_a_redirect_on_the_same_host_is_an_answer_that_is_judged() -> None:
    results, _ = talking(strange.answer("302 Found", "text/plain", b"", "Location: /login"))
    assert failing(results, "answered 302")


def test_a_redirect_to_nowhere_is_not_followed() -> None:
    nowhere = "Location: http://[nowhere"
    results, _ = talking(strange.answer("302 Found", "text/plain", b"", nowhere))
    assert verdicts(results) == {"not-checked"}


def test_another_service_with_an_admin_interface_is_no_mock_of_ours() -> None:
    """Such as WireMock, which says that it is healthy at the same place."""
    results, _ = talking(strange.answer("200 OK", "application/json", b'{"status": "healthy"}'))
    found = {each.id: each for each in results.rows}
    assert found["dstor.internal_error"].verdict == "not-checked"
    assert not results.services["dstor"].mock


NOT_OURS = {
    **{kind: BAD[kind] for kind in ("reset", "silent", "endless", "page", "broken", "no gzip")},
    "redirect": (strange.answer("302 Found", "text/plain", b"", "Location: https://a.test"), ""),
    "names no vendors": (strange.answer("200 OK", "application/json", b'{"vendors": [1]}'), ""),
}


@pytest.mark.parametrize("talk", [talk for talk, _ in NOT_OURS.values()], ids=NOT_OURS)
def test_admin_is_asked_once_whatever_it_answers(talk: strange.Talk) -> None:
    results, heard = talking(talk, NOWHERE)
    assert len([each for each in heard if b"/__admin" in each]) == 1
    assert results.silent == {}
    assert results.checked
    assert not told(results, "unreachable")


def test_an_answer_of_admin_is_none_of_the_api() -> None:
    results, _ = talking(NOWHERE, strange.nothing)
    assert results.silent["dstor"].reason == Reason.HOST_UNREACHABLE
    assert verdicts(results) == {"not-checked"}


def test_a_check_that_asks_nothing_does_not_count() -> None:
    busy = strange.answer("503 N", "application/json", b"{}")
    results, _ = talking(NOWHERE, NOWHERE, busy)
    local = [each for each in results.checks if each.id == "dstor.shape_of_key"]
    assert [(each.verdict, each.asked) for each in local] == [("agrees", False)]


def test_a_certificate_that_nobody_trusts_gets_no_secret() -> None:
    with strange.listening(strange.nothing, tls=True) as listener:
        results = checked(f"https://localhost:{listener.port}")
        assert listener.heard == []
    assert told(results, "certificate is not trusted")
    assert not results.checked


def test_a_certificate_of_an_own_authority_is_trusted_when_it_is_named() -> None:
    body = b'{"statusCode":404,"error":"Not Found","message":"Route GET:/x not found"}'
    talk = strange.answer("404 Not Found", "application/json", body)
    with strange.listening(talk, tls=True) as listener:
        url = f"https://localhost:{listener.port}"
        results = checked(url, ca_bundle=strange.CERTIFICATE)
    assert results.checked
    assert results.hosts == [f"localhost:{listener.port}"]


def test_pages_among_answers_of_an_api_are_drift() -> None:
    page = strange.answer("200 OK", "text/html", PAGE)
    results, _ = talking(NOWHERE, NOWHERE, page, budget=100)
    assert failing(results, "Content-Type")


def test_the_budget_is_kept() -> None:
    results, heard = talking(NOWHERE, budget=7)
    assert (results.calls, len(heard)) == (7, 7)
    assert any(each.detail == "budget spent: 7 calls were made" for each in results.rows)
