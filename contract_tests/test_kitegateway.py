"""Kitegateway: a short-lived token with the prefix `JWT `, obtained with a key and a secret."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from mockserver.verification.check_client import (
    CheckClient,
    accepted,
    in_order,
    ordered,
    refused,
    sent_at,
    success,
)
from mockserver.verification.service_under_test import MockControl
from mockserver.verification.statements import statement
from mockserver.verification.token_check import check_life, decoded

from .kitegateway import (
    BALANCES,
    BODY,
    ERRORS,
    HEADERS,
    OTHER,
    OURS,
    PLUGIN,
    PREFIX,
    RESPONSE,
    SAMPLE,
    TOKEN,
    Headers,
    Merchant,
    refusal,
)

Fields = dict[str, Any]

DEFAULT_LIFE = 900  # seconds
LONGEST_LIFE = 10**9
FORM = "application/x-www-form-urlencoded"
ROUNDING = 30  # seconds between the vendor's clock and the Date of its answer
PRINTED_REQUEST = (
    '{ \n    "api_key": "2882jj2hh288282jj2", // Obtain from your merchant profile" \n'
    '    "expires_in": 300\n}'
)
WRONG: dict[str, tuple[Fields, Headers]] = {
    "unknown-key": ({"api_key": "unknown"}, {}),
    "wrong-secret": ({}, {"Secret-Key": "wrong"}),
    "missing-secret": ({}, {"Secret-Key": None}),
}
each_wrong_credential = pytest.mark.parametrize(
    ("fields", "headers"), WRONG.values(), ids=WRONG.keys()
)


@pytest.fixture
def merchant(client: CheckClient) -> Merchant:
    """Return the merchant that has the credentials of the service."""
    return Merchant(client)


def check_left(answer: requests.Response, life: int) -> None:
    """Require that a token expires so many seconds after the moment of its answer."""
    expires, now = success(answer)["data"]["expires"], sent_at(answer)
    assert expires > LONGEST_LIFE, f"expires is {expires}: a life, where a moment is documented"
    milliseconds = abs(expires / 1000 - now - life) <= ROUNDING
    words = "expires is 1000 times too large: milliseconds, where seconds are documented"
    assert not milliseconds, words
    check_life(expires - now, life, within=ROUNDING)


# Success


@statement(tag="S", source=SAMPLE)
def test_success(merchant: Merchant) -> None:
    """A POST with key and secret is a 200: code 200, status success, Token generated, data."""
    body = merchant.ask(expect=200).json()
    assert body["code"] == 200
    assert body["status"] == "success"
    assert body["message"] == "Token generated"


@statement(tag="S", source=SAMPLE, grade="cosmetic")
def test_order_of_keys(merchant: Merchant) -> None:
    """The keys come in the order code, status, message, data; in data token, expires."""
    body = success(merchant.ask())
    assert ordered(body, ["code", "status", "message", "data"])
    assert ordered(body["data"], ["token", "expires"])


@statement(tag="S", source=f"{HEADERS} and {BODY}, samples")
@pytest.mark.parametrize("host", ["kitegateway.com", "sandbox.kitegateway.com"])
def test_printed_request(mock: CheckClient, host: str) -> None:
    """The sample request, without its comment and stray quote, is accepted on both hosts."""
    json_type = "application/json"
    headers = {"Content-Type": json_type, "Accept": json_type, "Secret-Key": "YOUR_SECRET"}
    body = {"api_key": "2882jj2hh288282jj2", "expires_in": 300}
    mock.post(TOKEN, host=host, headers=headers, json=body, expect=200)


@statement(tag="S", source=SAMPLE)
def test_prefix(merchant: Merchant) -> None:
    """The token begins with JWT and a space."""
    assert merchant.obtain()["token"].startswith(PREFIX)


@statement(tag="S", source=RESPONSE)
def test_expires(merchant: Merchant) -> None:
    """The field expires is an integer: when the token will expire, in Unix seconds."""
    answer = merchant.ask(expires_in=300)
    assert isinstance(success(answer)["data"]["expires"], int)
    check_left(answer, 300)


@statement(tag="S", source=SAMPLE)
def test_sample_of_expires(merchant: Merchant, clock: MockControl) -> None:
    """At the time of the sample, expires is that of the sample."""
    clock.freeze("2021-05-28T10:26:46Z")
    assert merchant.obtain(expires_in=300)["expires"] == 1_622_197_906


@statement(tag="S", source=f"{BODY}, expires_in (default 900 seconds)")
def test_default_life(merchant: Merchant) -> None:
    """Without expires_in a token is valid for 900 s."""
    check_left(merchant.ask(), DEFAULT_LIFE)


@statement(tag="S", source=f"{BODY}, expires_in (seconds)")
@pytest.mark.parametrize("life", [300, 3_600])
def test_life(merchant: Merchant, life: int) -> None:
    """The field expires_in is the token's life in seconds."""
    check_left(merchant.ask(expires_in=life), life)


@statement(tag="X", source=OURS)
def test_null_life(merchant: Merchant) -> None:
    """An expires_in that is null counts as absent."""
    assert merchant.decoded(expires_in=None).life == DEFAULT_LIFE


@statement(tag="X", source=OURS)
@pytest.mark.parametrize("life", [1, LONGEST_LIFE])
def test_limits_of_life(merchant: Merchant, life: int) -> None:
    """An expires_in from 1 to 10^9 is accepted."""
    assert merchant.decoded(expires_in=life).life == life


@statement(tag="X", source=OURS)
def test_rounding(merchant: Merchant, clock: MockControl) -> None:
    """The field expires is the whole second of now and expires_in; exp is the same number."""
    clock.freeze("2026-01-01T12:00:00.900Z")
    now = 1_767_268_800
    data = merchant.obtain(expires_in=300)
    claims = decoded(data["token"], PREFIX).claims
    assert data["expires"] == claims["exp"] == now + 300
    assert claims["iat"] == now


@statement(tag="X", source=OURS)
def test_header_of_token(merchant: Merchant) -> None:
    """The token's header is typ JWT, then alg HS256."""
    header = decoded(merchant.some_token(), PREFIX).header
    assert in_order(header, ["typ", "alg"])
    assert [header["typ"], header["alg"]] == ["JWT", "HS256"]


@statement(tag="X", source=OURS)
def test_claims_of_token(merchant: Merchant) -> None:
    """The token's claims are role, merchant, iat, exp in this order."""
    claims = decoded(merchant.some_token(), PREFIX).claims
    assert in_order(claims, ["role", "merchant", "iat", "exp"])


@statement(tag="X", source=OURS)
def test_no_authorization_for_token(merchant: Merchant) -> None:
    """The token call itself needs no Authorization, though the page says that all requests do."""
    answer = accepted(merchant.ask())
    assert "Authorization" not in answer.request.headers


@statement(tag="X", source=OURS)
def test_tokens_live_side_by_side(merchant: Merchant) -> None:
    """A second token does not end the first."""
    first, second = (
        merchant.obtain(expires_in=300)["token"],
        merchant.obtain(expires_in=600)["token"],
    )
    assert first != second
    accepted(merchant.balances(first))
    accepted(merchant.balances(second))


# Forms


@statement(tag="P", source=PLUGIN)
def test_form(merchant: Merchant) -> None:
    """A form with the content type of forms is also accepted, without Accept."""
    body = f"api_key={merchant.api_key}"
    assert merchant.obtain_as_plugin(body, content_type=FORM).life == DEFAULT_LIFE


@statement(tag="X", source=OURS)
def test_form_without_content_type(merchant: Merchant) -> None:
    """A form is accepted without a content type."""
    body = f"api_key={merchant.api_key}"
    assert merchant.obtain_as_plugin(body, content_type=None).life == DEFAULT_LIFE


@statement(tag="X", source=OURS)
def test_json_without_headers(merchant: Merchant) -> None:
    """JSON is also accepted without Content-Type and Accept."""
    body = json.dumps({"api_key": merchant.api_key})
    assert merchant.obtain_as_plugin(body, content_type=None).life == DEFAULT_LIFE


@statement(tag="X", source=OURS)
def test_number_in_form(merchant: Merchant) -> None:
    """In a form, a string of digits is a number."""
    body = f"api_key={merchant.api_key}&expires_in=300"
    assert merchant.obtain_as_plugin(body, content_type=FORM).life == 300


# Refusals


@statement(tag="S", source=f"{HEADERS}, Secret-Key, and {BODY}, api_key (both are required)")
@each_wrong_credential
def test_wrong_credentials(merchant: Merchant, fields: Fields, headers: Headers) -> None:
    """A request with an unknown api_key, or a wrong or missing Secret-Key, is refused."""
    assert refused(merchant.ask(**fields, headers=headers))


@statement(tag="P", source=ERRORS)
@each_wrong_credential
def test_statuses_of_errors(merchant: Merchant, fields: Fields, headers: Headers) -> None:
    """An error has one of the statuses 400, 401, 404 and 500."""
    assert merchant.ask(**fields, headers=headers).status_code in (400, 401, 404, 500)


@statement(tag="X", source=f"{OURS}; that there is a 401: {ERRORS} (P)")
@each_wrong_credential
def test_status_of_wrong_credentials(merchant: Merchant, fields: Fields, headers: Headers) -> None:
    """An unknown api_key, and a wrong or missing Secret-Key, are a 401."""
    refusal(merchant.ask(**fields, headers=headers, expect=401))


@statement(tag="X", source=OURS)
def test_one_message_for_credentials(merchant: Merchant) -> None:
    """Unknown api_key, wrong Secret-Key and missing Secret-Key have one message."""
    answers = [merchant.ask(**fields, headers=headers) for fields, headers in WRONG.values()]
    assert len({refusal(answer) for answer in answers}) == 1


@statement(tag="P", source=f"{OTHER}: an account has up to two pairs")
def test_second_pair(merchant: Merchant, another: Callable[..., CheckClient]) -> None:
    """A second pair of key and secret is accepted beside the first."""
    accepted(Merchant(another()).ask())
    accepted(merchant.ask())


@statement(tag="X", source=OURS)
def test_mixed_pair(merchant: Merchant, another: Callable[..., CheckClient]) -> None:
    """The key of one pair is refused with the secret of another."""
    assert refused(merchant.ask(api_key=Merchant(another()).api_key))


@statement(tag="S", source=f"{BODY}, api_key (required)")
def test_key_is_required(merchant: Merchant) -> None:
    """A request without api_key is refused."""
    assert refused(merchant.post("{}"))


@statement(tag="X", source=f"{OURS}; that there is a 400: {ERRORS} (P)")
@pytest.mark.parametrize("body", ["{}", '{"api_key": null}', '{"expires_in": 300}'])
def test_missing_key(merchant: Merchant, body: str) -> None:
    """Without api_key, or with null, the answer is a 400."""
    refusal(merchant.post(body, expect=400))


@statement(tag="X", source=f"{OURS}; that there is a 400: {ERRORS} (P)")
@pytest.mark.parametrize("body", ["", "{", "nothing", "[]", '"text"', "null"])
def test_unreadable_body(merchant: Merchant, body: str) -> None:
    """A body that is malformed JSON or not an object is a 400."""
    refusal(merchant.post(body, expect=400))


@statement(tag="X", source=OURS)
def test_printed_request_as_it_is(merchant: Merchant) -> None:
    """The sample request as printed, with comment and stray quote, is not JSON: a 400."""
    refusal(merchant.post(PRINTED_REQUEST, expect=400))


@statement(tag="X", source=f"{OURS}; that there is a 400: {ERRORS} (P)")
@pytest.mark.parametrize("life", [0, -1, 1.5, True, False, "300", "soon", [], 10**9 + 1, 10**30])
def test_useless_life(merchant: Merchant, life: object) -> None:
    """An expires_in that is zero, negative, a fraction, not a number or above 10^9 is a 400."""
    refusal(merchant.ask(expires_in=life, expect=400))


@statement(tag="P", source=f"{ERRORS}, which names this very case")
@pytest.mark.parametrize(("method", "path"), [("GET", TOKEN), ("PUT", TOKEN), ("POST", BALANCES)])
def test_wrong_method(client: CheckClient, method: str, path: str) -> None:
    """A wrong method is a 400, not a 405."""
    refusal(client.send(method, path, expect=400))


@statement(tag="P", source=ERRORS)
@pytest.mark.parametrize("path", ["/", "/v1/nothing"])
def test_unknown_path(client: CheckClient, path: str) -> None:
    """An unknown path is a 404: Resource doesn't exist."""
    assert refusal(client.get(path, expect=404)) == "Resource doesn't exist."


@statement(tag="P", source=ERRORS)
def test_internal_error(merchant: Merchant, broken: Callable[[str], None]) -> None:
    """A failure of Kitegateway is a 500 in the form of its errors."""
    broken("create_token")
    refusal(merchant.ask(expect=500))
