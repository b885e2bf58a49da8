"""Kitegateway: a key and a secret buy a token that begins with `JWT `; the token in use."""

from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response
from tests.engine_client import NOW, ask, content, fresh_engine, jwt_parts
from tests.vendor_tokens import (
    KITEGATEWAY_KEY,
    KITEGATEWAY_SECRET,
    datasentinel_token,
    dstor_token,
    kitegateway_token,
    use,
)

CREATE = "POST /v1/auth/token"
WALLETS = "GET /v1/data/wallets"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
API_KEY = KITEGATEWAY_KEY["api_key"]
ABSENT = object()
STRICT = {**KITEGATEWAY_SECRET, "Accept": "application/json"}


def refused(response: Response, status: int) -> str:
    slug = {400: "bad_request", 401: "unauthorized", 404: "not_found"}[status]
    fields = content(response)
    assert list(fields) == ["code", "status", "message", "data"]
    assert (response.status, fields["code"], fields["status"]) == (status, slug, "error")
    assert fields["data"] == {}
    return str(fields["message"])


def bought(response: Response, message: str = "Token generated") -> Any:
    fields = content(response)
    assert list(fields) == ["code", "status", "message", "data"]
    assert (response.status, fields["code"], fields["status"]) == (200, 200, "success")
    assert fields["message"] == message
    return fields["data"]


def asked(engine: Engine, **change: object) -> Response:
    fields = {**KITEGATEWAY_KEY, **change}
    body = {name: value for name, value in fields.items() if value is not ABSENT}
    return ask(engine, CREATE, KITEGATEWAY_SECRET, json=body)


def sent(engine: Engine, body: bytes, headers: dict[str, str]) -> Response:
    return ask(engine, CREATE, {**KITEGATEWAY_SECRET, **headers}, body=body)


def test_a_key_and_a_secret_buy_a_token_that_expires_when_the_answer_says(engine: Engine) -> None:
    engine.state.clock.advance(seconds=0.75)
    data = bought(asked(engine, expires_in=300))
    assert list(data) == ["token", "expires"]
    assert data["token"].startswith("JWT ")
    head, claims = jwt_parts(data["token"].removeprefix("JWT "))
    assert list(head.items()) == [("typ", "JWT"), ("alg", "HS256")]
    assert list(claims) == ["role", "merchant", "iat", "exp", "jti"]
    assert (claims["iat"], claims["exp"], data["expires"]) == (NOW, NOW + 300, NOW + 300)


@pytest.mark.parametrize(
    ("expires_in", "life"), [(ABSENT, 900), (None, 900), (1, 1), (300, 300), (10**9, 10**9)]
)
def test_the_life_is_what_was_asked_for_or_900_s(
    engine: Engine, expires_in: object, life: int
) -> None:
    assert bought(asked(engine, expires_in=expires_in))["expires"] == NOW + life


@pytest.mark.parametrize(("name", "value"), [
    *(("expires_in", value) for value in (0, -1, 10**9 + 1, 10**30, 1.5, 1e300, True, False)),
    *(("expires_in", value) for value in ("300", "", [300])), ("expires_in", {"seconds": 300}),
    *(("api_key", value) for value in (ABSENT, None, 2882, True, [API_KEY])), ("api_key", {}),
])  # fmt: skip
def test_another_life_or_key_is_refused(engine: Engine, name: str, value: object) -> None:
    assert name in refused(asked(engine, **{name: value}), 400)


@pytest.mark.parametrize(("api_key", "headers"), [
    ("unknown", KITEGATEWAY_SECRET), ("", KITEGATEWAY_SECRET), (API_KEY, {}),
    (API_KEY, {"Secret-Key": ""}), (API_KEY, {"Secret-Key": "your_secret"}),
    (API_KEY, {"Authorization": "YOUR_SECRET"}), ("unknown", {"Secret-Key": "wrong"}),
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
    f'{{"api_key": "{API_KEY}", "api_key": "{API_KEY}"}}'.encode(), f"api_key={API_KEY}".encode(),
])  # fmt: skip
def test_a_body_that_is_no_json_object_is_refused(engine: Engine, body: bytes) -> None:
    assert "JSON" in refused(sent(engine, body, {"Content-Type": "application/json"}), 400)


@pytest.mark.parametrize(("body", "headers", "life"), [
    *((f"api_key={API_KEY}&expires_in=300".encode(), headers, 300) for headers in [
        FORM, {}, {"content-type": "Application/X-WWW-Form-URLencoded; charset=utf-8"}]),
    *((b' \n{"api_key": "2882jj2hh288282jj2"}', headers, 900)
      for headers in ({}, {"Content-Type": "text/plain"}, {"Content-Type": ""})),
])  # fmt: skip
def test_a_form_as_the_vendors_own_plugin_posts_it_and_json_of_any_type_are_read(
    engine: Engine, body: bytes, headers: dict[str, str], life: int
) -> None:
    assert bought(sent(engine, body, headers))["expires"] == NOW + life


@pytest.mark.parametrize("body", [
    b"", b"expires_in=300", b"api_key=%ff", b"\xff",
    f"api_key={API_KEY}&api_key={API_KEY}".encode(),
    *(f"api_key={API_KEY}&expires_in={life}".encode()
      for life in ("0", "-1", "1.5", "%2B5", "x", "", "1e3", "1000000001", "9" * 5000)),
], ids=lambda body: repr(body[:48]))  # fmt: skip
def test_a_form_with_a_wrong_field_is_refused(engine: Engine, body: bytes) -> None:
    refused(sent(engine, body, FORM), 400)


@pytest.mark.parametrize(("headers", "status"), [
    (STRICT, 200), ({**STRICT, "Accept": "text/html, application/json;q=0.9"}, 200),
    (KITEGATEWAY_SECRET, 400), ({**STRICT, "Accept": "text/html"}, 400),
    ({"Accept": "application/json"}, 400), ({**STRICT, "Secret-Key": "wrong"}, 401),
])  # fmt: skip
def test_headers_that_the_page_requires_are_required_by_switch(
    headers: dict[str, str], status: int
) -> None:
    engine = fresh_engine({"kitegateway": {"headers": "strict"}})
    assert ask(engine, CREATE, headers, json=KITEGATEWAY_KEY).status == status
    for other in (FORM, {}, {"Content-Type": "text/plain"}):
        body = f'{{"api_key": "{API_KEY}"}}'.encode()
        assert "Content-Type" in refused(sent(engine, body, {**STRICT, **other}), 400)


def test_a_token_is_sent_back_unchanged(engine: Engine) -> None:
    headers = {"Authorization": kitegateway_token(engine)}
    lines = (f"{WALLETS}/balances", f"{WALLETS}/GHS/balance")
    done = "Request completed successfully."
    all_wallets, one = (bought(ask(engine, line, headers), done) for line in lines)
    assert [list(wallet) for wallet in all_wallets] == [["currency", "balance"]] * 3
    assert one in all_wallets


@pytest.mark.parametrize("currency", ["EUR", "ghs", "%20", "GHS%0A", "\u00e9"])
def test_a_currency_without_a_wallet_is_a_404(engine: Engine, currency: str) -> None:
    headers = {"Authorization": kitegateway_token(engine)}
    refused(ask(engine, f"{WALLETS}/{currency}/balance", headers), 404)


@pytest.mark.parametrize("line", ["balances", "GHS/balance", "EUR/balance"])
@pytest.mark.parametrize("value", [
    None, "", "JWT", "JWT ", "Bearer {jwt}", "{jwt}", "jwt {jwt}", "JWT JWT {jwt}", "JWT  {jwt}",
    "JWT {jwt} ", "JWT {jwt}x", "JWT {dstor}", "JWT {datasentinel}", "JWT {forged}",
])  # fmt: skip
def test_anything_else_is_refused(engine: Engine, line: str, value: str | None) -> None:
    jwt = kitegateway_token(engine).removeprefix("JWT ")
    words = {
        **{"jwt": jwt, "forged": jwt[:-8] + jwt[-8:][::-1], "dstor": dstor_token(engine)},
        "datasentinel": datasentinel_token(engine),
    }
    headers = {} if value is None else {"Authorization": value.format(**words)}
    refused(ask(engine, f"{WALLETS}/{line}", headers), 401)


def test_a_token_is_good_until_it_expires_and_not_in_that_second(engine: Engine) -> None:
    token = kitegateway_token(engine, expires_in=60)
    for moment, status in ((59.999999, 200), (60, 401)):
        engine.state.clock.freeze(NOW + moment)
        assert use(engine, "kitegateway", token).status == status
