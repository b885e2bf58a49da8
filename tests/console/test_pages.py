"""The console's pages without a browser: what each address and each form answers."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from mockserver.admin.application import Application, new_application
from mockserver.console import answer_page
from mockserver.model.http import Response
from tests.engine_client import content, header, request

HOST = {"Host": "localhost", "Accept": "text/html"}
SCREENS = ("", *(f"console/{n}" for n in ("tokens", "clock", "faults", "verdicts", "contract")))
TOKENS, CLOCK, FAULTS = "console/tokens", "console/clock", "console/faults"
STUB = '{"name": "mine", "request": {"url": "/hello"}, "response": {"status": 204}}'


@pytest.fixture
def console() -> Application:
    return new_application({}, pages=answer_page)


def get(console: Application, path: str, **headers: str) -> Response:
    return console.answer(request(f"GET {path}", {**HOST, **headers}))


def text_of(page: Response) -> str:
    return page.body.decode()


def post(console: Application, screen: str, page_token: str = "", **fields: str) -> Response:
    """Post a form, with the token of the page unless another one is given."""
    page = text_of(get(console, f"/__admin/{screen}"))
    own = re.findall(r'name="page_token" value="([^"]+)"', page)[0]
    body = urlencode({"page_token": page_token or own, **fields}).encode()
    return console.answer(request(f"POST /__admin/{screen}", HOST, body=body))


def use(console: Application, line: str, **how: Any) -> Response:
    return console.answer(request(line, {"Host": "localhost"}, **how))


@pytest.mark.parametrize(("path", "status", "text"), [
    ("/", 200, "The token APIs of four vendors"),
    ("/ns/a/__admin/", 200, "namespace a"),
    ("/__admin/console/static/console.js", 200, "use strict"),
    ("/__admin/console/static/nothing.js", 404, ""),
    ("/__admin/console/nothing", 404, ""),
    ("/__admin/?page=2", 200, "No requests yet"),
    ("/__admin/?page=x", 400, "page must be a whole number"),
    ("/__admin/?outcome=broken", 200, "No request matches this filter"),
    ("/__admin/console/request?id=none", 404, ""),
    ("/ns/%20/__admin/", 400, "namespace"),
])  # fmt: skip
def test_addresses(console: Application, path: str, status: int, text: str) -> None:
    page = get(console, path)
    assert (page.status, text in text_of(page)) == (status, True)


def test_a_program_and_a_browser_get_different_answers(console: Application) -> None:
    assert get(console, "/__admin").status == 303
    assert get(console, "/__admin", Accept="*/*").status == 405
    assert content(get(console, "/", Accept="*/*"))["status"] == 404
    assert use(console, "PUT /__admin/console/clock").status == 404
    foreign = get(console, "/__admin/", Host="evil.example")
    assert (foreign.status, "text/html" in str(header(foreign, "Content-Type"))) == (403, True)
    assert get(console, "/", Host="evil.example").status == 404


def test_another_site_creates_no_namespace(console: Application) -> None:
    cross = {"Sec-Fetch-Site": "cross-site"}
    get(console, "/ns/theirs/__admin/", **cross)
    get(console, "/ns/mine/__admin/")
    page = text_of(get(console, "/__admin/"))
    assert ("namespace mine" in page, "namespace theirs" in page) == (True, False)


@pytest.mark.parametrize("screen", SCREENS)
def test_an_admin_token_is_asked_for(screen: str) -> None:
    console = new_application({}, pages=answer_page, admin_token="an-admin-token")
    page = get(console, f"/__admin/{screen}")
    assert (page.status, header(page, "WWW-Authenticate")) == (401, "Bearer")
    assert "page_token" not in text_of(page)
    signed_in = get(console, f"/__admin/{screen}", Authorization="Bearer an-admin-token")
    assert signed_in.status == 200


@pytest.mark.parametrize(("screen", "fields", "then"), [
    (CLOCK, {"do": "advance", "by": "1d 2h"}, "Clock moved +1 d 2 h"),
    (CLOCK, {"do": "freeze"}, "Clock frozen"),
    (CLOCK, {"do": "go-to", "now": "2030-01-01T00:00:00Z", "frozen": "1"}, "2030-01-01 00:00"),
    (CLOCK, {"do": "go-to", "now": "2000-01-01T00:00:00Z"}, "Clock moved -"),
    (CLOCK, {"do": "unfreeze"}, "Running with"),
    (CLOCK, {"do": "reset-clock"}, "Running with"),
    (FAULTS, {"do": "add-fault", "vendor": "dapi", "effect": "500", "phase": "after"},
     "error 500, after the"),
    (FAULTS, {"do": "add-fault", "endpoint": "dstor temp_token", "effect": "429"}, "error 429"),
    (FAULTS, {"do": "add-fault", "effect": "EMPTY_RESPONSE", "times": "3"}, "3 times"),
    (FAULTS, {"do": "add-fault", "effect": "delay", "delay": "300"}, "300 ms later"),
    (FAULTS, {"do": "add-stub", "mapping": STUB}, "status 204"),
    (FAULTS, {"do": "remove-stubs"}, "Nothing is set"),
    ("", {"do": "clear-requests"}, "No requests yet"),
    ("", {"do": "reset"}, "No requests yet"),
])  # fmt: skip
def test_a_form_does_what_it_says(
    console: Application, screen: str, fields: dict[str, str], then: str
) -> None:
    answer = post(console, screen, **fields)
    assert (answer.status, answer.body) == (303, b""), text_of(answer)
    assert then in text_of(get(console, f"/__admin/{screen}"))


@pytest.mark.parametrize(("screen", "fields", "status", "why"), [
    (CLOCK, {"do": "advance", "page_token": "x"}, 403, "not sent by a page of this console"),
    (CLOCK, {"do": "advance", "by": "soon"}, 400, "soon"),
    (CLOCK, {"do": "nothing"}, 404, "There is nothing"),
    (FAULTS, {"do": "add-fault", "effect": "delay"}, 400, "Give the delay in milliseconds"),
    (FAULTS, {"do": "add-fault", "effect": "503", "times": "-1"}, 400, "whole number"),
    (FAULTS, {"do": "add-stub", "mapping": "{"}, 400, "The mapping is not JSON."),
    (FAULTS, {"do": "remove-stub", "id": "none"}, 404, ""),
    (FAULTS, {"do": "add-stub", "mapping": '{"priority": "x"}'}, 400, "priority"),
    (TOKENS, {"do": "revoke", "id": "none"}, 404, ""),
    (TOKENS, {"do": "mint", "vendor": "acme"}, 400, "vendor must be one of"),
])  # fmt: skip
def test_a_form_that_is_refused_says_why(
    console: Application, screen: str, fields: dict[str, str], status: int, why: str
) -> None:
    page = post(console, screen, **fields)
    assert (page.status, why in text_of(page)) == (status, True)


def test_tokens_are_minted_explained_and_revoked(console: Application) -> None:
    minted = text_of(post(console, TOKENS, do="mint", vendor="dstor", expires_in="60"))
    token = re.findall(r'id="minted">([^<]+)<', minted)[0]
    explain = {"do": "explain", "vendor": "dstor", "token": token}
    assert "dstor accepts" in text_of(post(console, TOKENS, **explain))
    token_id = re.findall(r'data-token="([^"]+)"', minted)[0]
    assert post(console, TOKENS, do="revoke", id=token_id).status == 303
    assert "dstor refuses" in text_of(post(console, TOKENS, **explain))


def test_rows_say_what_happened(console: Application) -> None:
    use(console, "GET /v1/nothing")
    post(console, FAULTS, do="add-fault", vendor="dapi", effect="EMPTY_RESPONSE")
    use(console, "POST /dapi/v2/auth/ExchangeToken", json={"appSecret": "app_secret_value"})
    use(console, "POST /kitegateway/v1/auth/token", json={"api_key": "2882jj2hh288282jj2"})
    page = text_of(get(console, "/__admin/"))
    assert "matched nothing; nearest:" in page
    assert ">cut<" in page
    assert page.count("<tr data-id=") == 3
    post(console, FAULTS, do="add-fault", vendor="dstor", effect="MALFORMED_RESPONSE_CHUNK")
    use(console, "GET /dstor/v1/dev/temp-token")  # its status arrives before the fault
    for query, count in (("vendor=dapi", 1), ("unmatched=1", 1), ("outcome=broken", 1)):
        found = text_of(get(console, f"/__admin/console/rows?{query}"))
        assert found.count("<tr data-id=") == count, query
    for entry in re.findall(r'<tr data-id="([^"]+)"', page):
        assert get(console, f"/__admin/console/request?id={entry}").status == 200


@pytest.mark.parametrize(("line", "how", "expected"), [
    ("GET /ds-api/user-token?token=a.b.c", {"Authorization": "Basic bXlVc2VyOng="},
     "-u myUser:myPassword"),
    ("GET /v1/dev/temp-token?q=it's", {"api-key": "x"}, "q=it'\"'\"'s"),
    ("DELETE /v1/nothing", {}, "curl -sS -X DELETE http"),
    ("POST /dapi/v2/auth/ExchangeToken", {"body": b"a=1&appSecret=x"},
     "appSecret=app_secret_value'"),
    ("POST /dapi/v2/auth/ExchangeToken", {"body": b"no json"}, "--data-raw 'no json'"),
    ("POST /dapi/v2/auth/ExchangeToken", {"body": b'{"a": [1, "x"]}'}, '{"a": [1, "x"]}'),
])  # fmt: skip
def test_a_row_is_copied_as_curl(
    console: Application, line: str, how: dict[str, Any], expected: str
) -> None:
    body = how.pop("body", b"")
    console.answer(request(line, {"Host": "localhost", **how}, body=body))
    page = text_of(get(console, "/__admin/console/rows"))
    assert expected in unescape(re.findall(r'data-copy="(curl[^"]*)"', page)[0])
