"""Kitegateway: a key and a secret buy a token that begins with `JWT `."""

from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response
from tests.engine_client import NOW, ask, content, fresh_engine, jwt_parts
from tests.vendor_tokens import KITEGATEWAY_KEY, KITEGATEWAY_SECRET

CREATE = "POST /v1/auth/token"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
API_KEY = KITEGATEWAY_KEY["api_key"]
ABSENT = object()


def refused(response: Response, status: int) -> str:
    slug = {400: "bad_request", 401: "unauthorized", 404: "not_found"}[status]
    fields = content(response)
    assert list(fields) == ["code", "status", "message", "data"]
    assert (response.status, fields["code"], fields["status"]) == (status, slug, "error")
    assert fields["data"] == {}
    return str(fields["message"])


def bought(response: Response) -> dict[str, Any]:
    assert response.status == 200, response.body
    data: dict[str, Any] = content(response)["data"]
    return data


def asked(engine: Engine, **change: object) -> Response:
    body = {
        name: value for name, value in {**KITEGATEWAY_KEY, **change}.items() if value is not ABSENT
    }
    return ask(engine, CREATE, KITEGATEWAY_SECRET, json=body)


def test_a_key_and_a_secret_buy_a_token(engine: Engine) -> None:
    response = asked(engine)
    data = bought(response)
    assert list(content(response).items()) == [
        ("code", 200),
        ("status", "success"),
        ("message", "Token generated"),
        ("data", data),
    ]
    assert list(data) == ["token", "expires"]
    assert data["token"].startswith("JWT ")


def test_the_token_expires_when_the_answer_says(engine: Engine) -> None:
    engine.state.clock.advance(seconds=0.75)
    data = bought(asked(engine, expires_in=300))
    head, claims = jwt_parts(data["token"].removeprefix("JWT "))
    assert list(head.items()) == [("typ", "JWT"), ("alg", "HS256")]
    assert list(claims) == ["role", "merchant", "iat", "exp", "jti"]
    assert (claims["iat"], claims["exp"], data["expires"]) == (NOW, NOW + 300, NOW + 300)


@pytest.mark.parametrize(
    ("expires_in", "life"),
    [(ABSENT, 900), (None, 900), (1, 1), (300, 300), (10**9, 10**9)],
)
def test_the_life_is_what_was_asked_for_or_900_s(
    engine: Engine, expires_in: object, life: int
) -> None:
    assert bought(asked(engine, expires_in=expires_in))["expires"] == NOW + life


@pytest.mark.parametrize("expires_in", [
    0, -1, 10**9 + 1, 10**30, 1.5, 1e300, True, False, "300", "", [300], {"seconds": 300},
])  # fmt: skip
def test_another_life_is_refused(engine: Engine, expires_in: object) -> None:
    assert "expires_in" in refused(asked(engine, expires_in=expires_in), 400)


@pytest.mark.parametrize("api_key", [ABSENT, None, 2882, True, [API_KEY], {}])
def test_the_key_must_be_a_text(engine: Engine, api_key: object) -> None:
    assert "api_key" in refused(asked(engine, api_key=api_key), 400)


@pytest.mark.parametrize(("api_key", "headers"), [
    ("unknown", KITEGATEWAY_SECRET),
    ("", KITEGATEWAY_SECRET),
    (API_KEY, {}),
    (API_KEY, {"Secret-Key": ""}),
    (API_KEY, {"Secret-Key": "your_secret"}),
    (API_KEY, {"Authorization": "YOUR_SECRET"}),
    ("unknown", {"Secret-Key": "wrong"}),
])  # fmt: skip
def test_wrong_credentials_have_one_message(
    engine: Engine, api_key: str, headers: dict[str, str]
) -> None:
    response = ask(engine, CREATE, headers, json={"api_key": api_key})
    assert refused(response, 401) == refused(ask(engine, CREATE, json=KITEGATEWAY_KEY), 401)


@pytest.mark.parametrize("body", [
    b"", b"[]", b"{",
    b'{ \n    "api_key": "2882jj2hh288282jj2", // Obtain from your merchant profile" \n'
    b'    "expires_in": 300\n}',
    f'{{"api_key": "{API_KEY}", "api_key": "{API_KEY}"}}'.encode(),
    f"api_key={API_KEY}".encode(),
])  # fmt: skip
def test_a_body_that_is_no_json_object_is_refused(engine: Engine, body: bytes) -> None:
    headers = {**KITEGATEWAY_SECRET, "Content-Type": "application/json"}
    assert "JSON" in refused(ask(engine, CREATE, headers, body=body), 400)


@pytest.mark.parametrize(
    "headers", [FORM, {}, {"content-type": "Application/X-WWW-Form-URLencoded; charset=utf-8"}]
)
def test_the_vendors_own_plugin_may_post_a_form(engine: Engine, headers: dict[str, str]) -> None:
    body = f"api_key={API_KEY}&expires_in=300".encode()
    response = ask(engine, CREATE, {**KITEGATEWAY_SECRET, **headers}, body=body)
    assert bought(response)["expires"] == NOW + 300


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/plain"}, {"Content-Type": ""}])
def test_json_is_read_without_its_content_type(engine: Engine, headers: dict[str, str]) -> None:
    body = b' \n{"api_key": "2882jj2hh288282jj2"}'
    response = ask(engine, CREATE, {**KITEGATEWAY_SECRET, **headers}, body=body)
    assert bought(response)["expires"] == NOW + 900


@pytest.mark.parametrize("body", [
    b"", b"expires_in=300",
    *(
        f"api_key={API_KEY}&expires_in={life}".encode()
        for life in ("0", "-1", "1.5", "%2B5", "x", "", "1e3", "1000000001", "9" * 5000)
    ),
    f"api_key={API_KEY}&api_key={API_KEY}".encode(), b"api_key=%ff", b"\xff",
], ids=lambda body: repr(body[:48]))  # fmt: skip
def test_a_form_with_a_wrong_field_is_refused(engine: Engine, body: bytes) -> None:
    refused(ask(engine, CREATE, {**KITEGATEWAY_SECRET, **FORM}, body=body), 400)


STRICT = {**KITEGATEWAY_SECRET, "Accept": "application/json"}


@pytest.mark.parametrize(("headers", "status"), [
    (STRICT, 200),
    ({**STRICT, "Accept": "text/html, application/json;q=0.9"}, 200),
    (KITEGATEWAY_SECRET, 400),
    ({**STRICT, "Accept": "text/html"}, 400),
    ({"Accept": "application/json"}, 400),
    ({**STRICT, "Secret-Key": "wrong"}, 401),
])  # fmt: skip
def test_headers_that_the_page_requires_are_required_by_switch(
    headers: dict[str, str], status: int
) -> None:
    engine = fresh_engine({"kitegateway": {"headers": "strict"}})
    assert ask(engine, CREATE, headers, json=KITEGATEWAY_KEY).status == status


@pytest.mark.parametrize("headers", [FORM, {}, {"Content-Type": "text/plain"}])
def test_the_content_type_is_required_by_switch(headers: dict[str, str]) -> None:
    engine = fresh_engine({"kitegateway": {"headers": "strict"}})
    body = f'{{"api_key": "{API_KEY}"}}'.encode()
    assert "Content-Type" in refused(ask(engine, CREATE, {**STRICT, **headers}, body=body), 400)
