"""A service that is no API ends in not-checked, with the reason, in time, and learns no secret."""

import gzip
import socket

import pytest

from mockserver.verification import guarded_client as line
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
    monkeypatch.setattr(line, "_SILENCE", 1.0)
    monkeypatch.setattr(line, "_WHOLE", 2.0)


def asked(url: str, *, budget: int = 20) -> RunResults:
    with variables(DSTOR_API_KEY=KEY):
        return run_checks(RunConfig(urls={"dstor": url}, vendors=("dstor",), budget=budget))


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
    with strange.listening(talk) as listener:
        findings = asked(f"http://127.0.0.1:{listener.port}")
    assert {each.verdict for each in findings.rows} == {"not-checked"}, as_text(findings.rows[:5])
    assert any(word in each.detail for each in findings.rows), as_text(findings.rows[:5])
    assert not findings.checked
    assert findings.silent["dstor"]


def test_after_three_tries_it_is_given_up() -> None:
    with strange.listening(strange.reset) as listener:
        findings = asked(f"http://127.0.0.1:{listener.port}")
        assert len(listener.heard) == 1 + 3  # whether it is a mock of ours is asked once before
    assert any("given up after 3 tries" in each.detail for each in findings.rows)


def test_nobody_listens() -> None:
    with strange.listening(strange.nothing) as listener:
        port = listener.port
    findings = asked(f"http://127.0.0.1:{port}")
    assert {each.verdict for each in findings.rows} == {"not-checked"}
    assert any("refused" in each.detail for each in findings.rows)


def test_a_name_that_is_unknown() -> None:
    findings = asked("https://no-such-host.invalid")
    assert any("name of the host is unknown" in each.detail for each in findings.rows)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_where_it_redirects_to_hears_nothing(status: str) -> None:
    with strange.listening(strange.nothing) as elsewhere:
        location = f"Location: http://127.0.0.1:{elsewhere.port}/?key={KEY}"
        with strange.listening(strange.answer(status, "text/plain", b"", location)) as listener:
            findings = asked(f"http://127.0.0.1:{listener.port}")
        assert elsewhere.heard == []
    assert {each.verdict for each in findings.rows} == {"not-checked"}
    assert any("redirects to 127.0.0.1" in each.detail for each in findings.rows)
    assert KEY not in as_text(findings.rows)


def test_a_redirect_on_the_same_host_is_an_answer_that_is_judged() -> None:
    talk = strange.answer("302 Found", "text/plain", b"", "Location: /login")
    with strange.listening(talk) as listener:
        findings = asked(f"http://127.0.0.1:{listener.port}")
    assert any(each.fails and "answered 302" in each.detail for each in findings.rows)


def test_a_redirect_to_nowhere_is_not_followed() -> None:
    talk = strange.answer("302 Found", "text/plain", b"", "Location: http://[nowhere")
    with strange.listening(talk) as listener:
        findings = asked(f"http://127.0.0.1:{listener.port}")
    assert {each.verdict for each in findings.rows} == {"not-checked"}


def test_whoever_else_has_admin_is_no_mock_of_ours() -> None:
    """Such as WireMock, which says that it is healthy at the same place."""
    talk = strange.answer("200 OK", "application/json", b'{"status": "healthy"}')
    with strange.listening(talk) as listener:
        findings = asked(f"http://127.0.0.1:{listener.port}")
    found = {each.id: each for each in findings.rows}
    assert found["dstor.internal_error"].verdict == "not-checked"
    assert not findings.services["dstor"].mock


NOT_OURS = {
    **BAD,
    "redirect": (strange.answer("302 Found", "text/plain", b"", "Location: https://a.test"), ""),
    "names no vendors": (strange.answer("200 OK", "application/json", b'{"vendors": [1]}'), ""),
}


@pytest.mark.parametrize("talk", [talk for talk, _ in NOT_OURS.values()], ids=NOT_OURS)
def test_whatever_admin_answers_is_asked_once_and_nothing_follows(talk: strange.Talk) -> None:
    first = iter([talk])

    def answer(connection: socket.socket) -> None:
        next(first, NOWHERE)(connection)

    with strange.listening(answer) as listener:
        findings = asked(f"http://127.0.0.1:{listener.port}")
    assert len([each for each in listener.heard if b"/__admin" in each]) == 1
    assert findings.silent == {}
    assert findings.checked
    assert not any("unreachable" in each.detail for each in findings.rows)


def test_an_answer_of_admin_is_none_of_the_api() -> None:
    """And a check that asks nothing is none that counts."""
    talks = iter([NOWHERE, *[strange.nothing] * 9])

    def talk(connection: socket.socket) -> None:
        next(talks)(connection)

    with strange.listening(talk) as listener:
        findings = asked(f"http://127.0.0.1:{listener.port}")
    assert findings.silent["dstor"].reason == Reason.HOST_UNREACHABLE
    assert {each.verdict for each in findings.rows} == {"not-checked"}


def test_a_check_that_asks_nothing_does_not_count() -> None:
    talks = iter([NOWHERE, NOWHERE, *[strange.answer("503 N", "application/json", b"{}")] * 99])

    def answer(connection: socket.socket) -> None:
        next(talks)(connection)

    with strange.listening(answer) as listener:
        findings = asked(f"http://127.0.0.1:{listener.port}")
    local = [each for each in findings.checks if each.id == "dstor.shape_of_key"]
    assert [(each.verdict, each.asked) for each in local] == [("agrees", False)]


def test_a_certificate_that_nobody_trusts_gets_no_secret() -> None:
    with strange.listening(strange.nothing, tls=True) as listener:
        findings = asked(f"https://localhost:{listener.port}")
        assert listener.heard == []
    assert any("certificate is not trusted" in each.detail for each in findings.rows)
    assert not findings.checked


def test_a_certificate_of_ones_own_authority_is_trusted_when_it_is_named() -> None:
    body = b'{"statusCode":404,"error":"Not Found","message":"Route GET:/x not found"}'
    talk = strange.answer("404 Not Found", "application/json", body)
    with strange.listening(talk, tls=True) as listener, variables(DSTOR_API_KEY=KEY):
        url = f"https://localhost:{listener.port}"
        bundle = strange.CERTIFICATE
        order = RunConfig(urls={"dstor": url}, vendors=("dstor",), budget=20, ca_bundle=bundle)
        findings = run_checks(order)
    assert findings.checked
    assert findings.hosts == [f"localhost:{listener.port}"]


def test_pages_among_answers_of_an_api_are_drift() -> None:
    """Once it has answered as an API does, it is the API that answers with a page."""
    talks = iter(
        [
            *[NOWHERE] * 2,
            *[strange.answer("200 OK", "text/html", PAGE)] * 1000,
        ]
    )

    def talk(connection: socket.socket) -> None:
        next(talks)(connection)

    with strange.listening(talk) as listener:
        findings = asked(f"http://127.0.0.1:{listener.port}", budget=100)
    assert any(each.fails and "Content-Type" in each.detail for each in findings.rows)


def test_the_budget_is_kept() -> None:
    with strange.listening(strange.answer("404 N", "application/json", b"{}")) as listener:
        findings = asked(f"http://127.0.0.1:{listener.port}", budget=7)
        assert len(listener.heard) == 7
    assert findings.calls == 7
    assert any(each.detail == "budget spent: 7 calls were made" for each in findings.rows)
