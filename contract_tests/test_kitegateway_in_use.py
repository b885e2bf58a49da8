"""Kitegateway: the token in use, sent back with its prefix."""

from collections.abc import Callable

import pytest

from mockserver.verification.check_client import CheckClient, accepted, refused, success
from mockserver.verification.service_under_test import MockControl
from mockserver.verification.statements import statement
from mockserver.verification.token_check import MALFORMED, Forgery, decoded, each_forgery

from .kitegateway import (
    AUTHORIZATION,
    BALANCES,
    ERRORS,
    OTHER,
    OURS,
    PREFIX,
    RESPONSE,
    Merchant,
    refusal,
)

HOUR = 3_600  # seconds


@pytest.fixture
def merchant(client: CheckClient) -> Merchant:
    """Return the merchant that has the credentials of the service."""
    return Merchant(client)


# The token in use


@statement(tag="S", source=AUTHORIZATION)
def test_token_is_sent_back(merchant: Merchant) -> None:
    """The token is sent back unchanged, with its prefix, as Authorization."""
    accepted(merchant.balances(merchant.some_token()))


@statement(tag="P", source=OTHER)
def test_balances(merchant: Merchant) -> None:
    """The balances are a list of currency and balance in the envelope of a success."""
    body = merchant.balances(merchant.some_token(), expect=200).json()
    envelope = [body["code"], body["status"], body["message"]]
    assert envelope == [200, "success", "Request completed successfully."]
    assert all(wallet.keys() >= {"balance", "currency"} for wallet in body["data"])


@statement(tag="P", source=OTHER)
def test_balance(merchant: Merchant) -> None:
    """The balance of one currency is one object with currency and balance."""
    headers = {"Authorization": merchant.some_token()}
    for wallet in success(merchant.client.get(BALANCES, headers=headers))["data"]:
        path = f"/v1/data/wallets/{wallet['currency']}/balance"
        body = success(merchant.client.get(path, headers=headers))
        assert body["data"].keys() >= {"balance", "currency"}
        assert body["data"]["currency"] == wallet["currency"]


@statement(tag="X", source=OURS)
def test_unknown_currency(merchant: Merchant) -> None:
    """The balance of a currency that the merchant does not have is a 404."""
    headers = {"Authorization": merchant.some_token()}
    path = "/v1/data/wallets/XXX/balance"
    refusal(merchant.client.get(path, headers=headers, expect=404))


@statement(tag="S", source=f"{AUTHORIZATION} (all requests must contain it)")
@pytest.mark.parametrize("path", [BALANCES, "/v1/data/wallets/USD/balance"])
def test_no_authorization(client: CheckClient, path: str) -> None:
    """A request without Authorization is refused."""
    assert refused(client.get(path))


@statement(tag="X", source=f"{OURS}; that there is a 401: {ERRORS} (P)")
@pytest.mark.parametrize("path", [BALANCES, "/v1/data/wallets/USD/balance"])
def test_missing_authorization(client: CheckClient, path: str) -> None:
    """A request without Authorization is a 401."""
    refusal(client.get(path, expect=401))


@statement(tag="X", source=f"{OURS}; the prefix: {AUTHORIZATION} (S)")
@pytest.mark.parametrize("prefix", ["Bearer ", "", "JWT JWT "], ids=["bearer", "none", "twice"])
def test_other_prefix(merchant: Merchant, prefix: str) -> None:
    """A token after Bearer, without a prefix or with the prefix twice is a 401."""
    token = merchant.some_token().removeprefix(PREFIX)
    refusal(merchant.balances(prefix + token, expect=401))


@statement(tag="X", source=OURS)
@each_forgery
def test_forged_token(merchant: Merchant, forge: Forgery) -> None:
    """A token of another signature, algorithm or none is a 401."""
    token = forge(merchant.some_token().removeprefix(PREFIX))
    refusal(merchant.balances(PREFIX + token, expect=401))


@statement(tag="X", source=OURS)
def test_malformed_token(merchant: Merchant) -> None:
    """A text that is not a token is a 401, also after the prefix."""
    refusal(merchant.balances(PREFIX + MALFORMED, expect=401))


@statement(tag="S", source=f"{RESPONSE}, expires (when the token will expire)")
@pytest.mark.parametrize("fields", [{}, {"expires_in": 300}], ids=["default", "300"])
def test_life_of_token(merchant: Merchant, clock: MockControl, fields: dict[str, int]) -> None:
    """A token is valid for its whole life, and refused afterwards."""
    token = merchant.obtain(**fields)["token"]
    clock.advance(decoded(token, PREFIX).life - 1)
    accepted(merchant.balances(token))
    clock.advance(HOUR)
    assert refused(merchant.balances(token))


@statement(tag="S", source=f"{RESPONSE}, expires (when the token will expire)")
def test_token_expires(merchant: Merchant, time_passes: Callable[[int], None]) -> None:
    """A token of three seconds is accepted, and refused after four."""
    token = merchant.obtain(expires_in=3)["token"]
    accepted(merchant.balances(token))
    time_passes(4)
    assert refused(merchant.balances(token))


@statement(tag="X", source=f"{OURS}, the rule for JWTs")
def test_expired_token(merchant: Merchant, clock: MockControl) -> None:
    """A token is a 401 from the second at which it expires."""
    token = merchant.obtain()["token"]
    clock.advance(decoded(token, PREFIX).life)
    refusal(merchant.balances(token, expect=401))


@statement(tag="X", source=OURS)
def test_token_of_another_vendor(merchant: Merchant, mock: CheckClient) -> None:
    """A token of another vendor is a 401."""
    other = mock.of(mock.service.sibling("datasentinel"))
    login = (other.account["user"], other.account["password"])
    token = success(other.post("/ds-api/user-token", auth=login))["user-token"]
    refusal(merchant.balances(PREFIX + token, expect=401))
