"""Dapi's Connect as pages, without a browser: each step, and each way to its end."""

import json
import re
from html import unescape
from urllib.parse import parse_qs, urlencode

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response
from tests.engine_client import ask, content, fresh_engine, header
from tests.vendor_tokens import exchange_fields

BANK = {"step": "bank", "bank": "DAPIBANK_AE_ADCB"}
BANK_WITH_PASSWORD = {"step": "bank", "bank": "DAPIBANK_AE_ENBD"}
LOGIN = {"step": "login", "user": "dapi_user1", "password": "dapi_password1"}
WRONG_LOGIN = {**LOGIN, "password": "x"}
PASSWORD = {"step": "one-time password", "code": " 123456 "}
WRONG_PASSWORD = {**PASSWORD, "code": "1"}
CANCEL = {"step": "cancel"}


def post(engine: Engine, session: str, fields: dict[str, str]) -> Response:
    return ask(
        engine, "POST /dapi/connect", body=urlencode({**fields, "session": session}).encode()
    )


def session_of(page: Response) -> str:
    return str(re.findall('name="session" value="([^"]+)"', text_of(page))[0])


def walk(engine: Engine, query: str, *steps: dict[str, str]) -> Response:
    """Return the last page of a person who takes these steps."""
    page = ask(engine, f"GET /dapi/connect?{query}")
    session = session_of(page)
    for fields in steps:
        page = post(engine, session, fields)
    return page


def text_of(page: Response) -> str:
    return unescape(page.body.decode())


@pytest.mark.parametrize(("steps", "text"), [
    ([], "Sandbox CIB"),
    ([{"step": "no such step"}], "Choose your bank"),
    ([{"step": "bank", "bank": "x"}], "Choose one of these banks."),
    ([LOGIN], "Choose a bank first."),
    ([PASSWORD], "Choose your bank"),
    ([BANK, PASSWORD], "Log in at Sandbox ADCB"),
    ([BANK, WRONG_LOGIN], "User name or password is wrong."),
    ([BANK, *[WRONG_LOGIN] * 3], '"type": "INVALID_CREDENTIALS"'),
    ([BANK, *[WRONG_LOGIN] * 2, LOGIN], '"event": "success"'),
    ([BANK_WITH_PASSWORD, LOGIN, WRONG_PASSWORD], "This one-time password is wrong."),
    ([BANK_WITH_PASSWORD, LOGIN, *[WRONG_PASSWORD] * 3], '"type": "INVALID_OTP"'),
    ([BANK_WITH_PASSWORD, LOGIN, PASSWORD], '"event": "success"'),
    ([BANK, CANCEL], "The app gets nothing."),
])  # fmt: skip
def test_steps_lead_to_a_page(steps: list[dict[str, str]], text: str) -> None:
    page = walk(fresh_engine(), "", *steps)
    assert page.status == 200
    assert text in text_of(page)
    assert header(page, "Cache-Control") == "no-store"


@pytest.mark.parametrize(("query", "steps", "expected"), [
    ("&state=s1", [BANK, CANCEL], {"success": "false", "type": "EXIT", "state": "s1"}),
    ("?a=b", [BANK, *[WRONG_LOGIN] * 3], {"a": "b", "success": "false", "status": "failed"}),
])  # fmt: skip
def test_result_is_in_the_redirect(
    query: str, steps: list[dict[str, str]], expected: dict[str, str]
) -> None:
    page = walk(fresh_engine(), f"redirect=http://localhost:1/back{query}", *steps)
    to = re.findall('data-redirect="([^"]*)"', page.body.decode())[0]
    got = parse_qs(unescape(to).partition("?")[2])
    assert expected.items() <= {name: values[0] for name, values in got.items()}.items()


def test_a_login_is_exchanged_and_is_over_then() -> None:
    engine = fresh_engine()
    start = ask(engine, "GET /connect?countries=ae&origin=https://app.example")
    assert "Sandbox CIB" not in text_of(start)
    assert "frame-ancestors https://app.example" in str(header(start, "Content-Security-Policy"))
    session = session_of(start)
    post(engine, session, BANK)
    page = text_of(post(engine, session, LOGIN))
    login = json.loads(re.findall('data-message="(.*)" data-origin', page)[0])["data"]
    exchanged = ask(engine, "POST /v2/auth/ExchangeToken", json=exchange_fields(login))
    assert content(exchanged)["success"] is True
    again = post(engine, session, LOGIN)
    assert (again.status, "This login is over." in text_of(again)) == (400, True)


def test_time_ends_a_login_by_the_clock() -> None:
    engine = fresh_engine()
    session = session_of(ask(engine, "GET /connect"))
    engine.state.clock.advance(seconds=300)
    assert '"type": "TIMEOUT"' in text_of(post(engine, session, BANK))


def test_no_country_that_has_a_bank() -> None:
    assert "it has banks in AE and EG" in text_of(walk(fresh_engine(), "countries=FR"))


@pytest.mark.parametrize(("query", "why"), [
    ("appKey=nobody", "no app with this key"),
    ("origin=https://a.example/x", "origin must be the origin of a page"),
    ("redirect=https://evil.example/", "may not be redirected to"),
    ("redirect=http://localhost@evil.example/", "may not be redirected to"),
    ("redirect=javascript:alert(1)", "may not be redirected to"),
    ("redirect=https://app.example.org/other", "may not be redirected to"),
    ("redirect=http://[x/", "may not be redirected to"),
    ("redirect=http://localhost/%23part", "may not be redirected to"),
    ("redirect=http://localhost/%5C", "may not be redirected to"),
])  # fmt: skip
def test_what_is_not_allowed_is_refused(query: str, why: str) -> None:
    settings = {"dapi": {"connect_redirects": ["https://app.example.org/back"]}}
    engine = fresh_engine(settings)
    page = ask(engine, f"GET /dapi/connect?{query}")
    assert (page.status, why in text_of(page)) == (400, True)
    allowed = "appKey=app_key_value&redirect=https://app.example.org/back?x=1"
    assert ask(engine, f"GET /dapi/connect?{allowed}").status == 200


@pytest.mark.parametrize(("name", "kind"), [
    ("sdk.js", "text/javascript; charset=utf-8"),
    ("connect.css", "text/css; charset=utf-8"),
    ("nothing.js", None),
    ("banks.html", None),
    ("connect_page.py", None),
])  # fmt: skip
def test_files_of_the_page(name: str, kind: str | None) -> None:
    answer = ask(fresh_engine(), f"GET /dapi/connect/{name}")
    assert answer.status == (404 if kind is None else 200)
    assert kind is None or header(answer, "Content-Type") == kind
