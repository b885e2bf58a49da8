"""Tests of the service. Nothing in it is replaced: the mock answers Kitegateway's real hosts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from wallets import KitegatewayClient, create_app

from mockserver.testing.handles import VendorHandle
from token_mockserver import TokenMock


@pytest.fixture
def service(token_mock: TokenMock, kitegateway: VendorHandle) -> FlaskClient:
    """Return a client of the service, whose clock is the mock's."""
    account = kitegateway.account
    client = KitegatewayClient(
        account.api_key, account.secret_key, now=lambda: token_mock.clock.now().timestamp()
    )
    return create_app(client).test_client()


def purchases(token_mock: TokenMock) -> int:
    """Return how many tokens were requested."""
    return token_mock.requests.count("kitegateway", "create_token")


def test_shows_the_balances(service: FlaskClient) -> None:
    assert service.get("/balances").json == {"GHS": 2500.5, "NGN": 150000, "USD": 1200.25}


def test_reuses_the_token(service: FlaskClient, token_mock: TokenMock) -> None:
    for _ in range(3):
        service.get("/balances")
    assert purchases(token_mock) == 1


def test_threads_share_one_purchase(service: FlaskClient, token_mock: TokenMock) -> None:
    token_mock.delay("kitegateway", endpoint="create_token", milliseconds=50)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: service.get("/balances").status_code, range(8)))
    assert answers == [200] * 8
    assert purchases(token_mock) == 1


def test_refreshes_a_minute_before_expiry(service: FlaskClient, token_mock: TokenMock) -> None:
    service.get("/balances")
    token_mock.clock.advance(minutes=13, seconds=50)  # of 15 minutes
    service.get("/balances")
    assert purchases(token_mock) == 1
    token_mock.clock.advance(seconds=20)
    assert service.get("/balances").status_code == 200
    assert purchases(token_mock) == 2


def test_renews_a_revoked_token_once(service: FlaskClient, token_mock: TokenMock) -> None:
    service.get("/balances")
    token_mock.stub(
        {
            "vendor": "kitegateway",
            "endpoint": "balances",
            "times": 1,
            "response": {"status": 401},
        }
    )
    assert service.get("/balances").status_code == 200
    assert purchases(token_mock) == 2


def test_retries_a_server_error_once(service: FlaskClient, token_mock: TokenMock) -> None:
    token_mock.fail("kitegateway", endpoint="create_token", status=503, times=1)
    assert service.get("/balances").status_code == 200


def test_does_not_retry_refused_credentials(token_mock: TokenMock) -> None:
    service = create_app(KitegatewayClient("unknown", "unknown")).test_client()
    assert service.get("/balances").status_code == 502
    assert purchases(token_mock) == 1


def test_reports_a_broken_connection(service: FlaskClient, token_mock: TokenMock) -> None:
    token_mock.fail("kitegateway", fault="CONNECTION_RESET_BY_PEER")
    assert service.get("/balances").status_code == 502
