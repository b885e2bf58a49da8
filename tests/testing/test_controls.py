"""The control interface is the same for every kind of mock."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, get_args

import pytest
import requests

from mockserver.model.errors import ControlError
from tests.testing.conftest import Mock

Fault = Literal[
    "EMPTY_RESPONSE",
    "CONNECTION_RESET_BY_PEER",
    "RANDOM_DATA_THEN_CLOSE",
    "MALFORMED_RESPONSE_CHUNK",
]
FAULTS: tuple[Fault, ...] = get_args(Fault)
START = "2026-01-01T00:00:00Z"


def buy(mock: Mock, session: requests.Session, **more: object) -> requests.Response:
    """Ask Kitegateway for a token with the built-in account."""
    account = mock.kitegateway.account
    return session.post(
        f"{mock.kitegateway.base_url}/v1/auth/token",
        json={"api_key": account.api_key, **more},
        headers={"Secret-Key": account.secret_key},
    )


def balances(mock: Mock, session: requests.Session, token: str) -> requests.Response:
    """Use a token of Kitegateway."""
    url = f"{mock.kitegateway.base_url}/v1/data/wallets/balances"
    return session.get(url, headers={"Authorization": token})


def exchange(
    mock: Mock, session: requests.Session, login: object, **more: object
) -> requests.Response:
    """Exchange the access code of a login at Connect."""
    body = {
        "appSecret": mock.dapi.account.app_secret,
        "accessCode": getattr(login, "accessCode"),  # noqa: B009 - the vendor's own spelling
        "connectionID": getattr(login, "connectionID"),  # noqa: B009
        **more,
    }
    return session.post(f"{mock.dapi.base_url}/v2/auth/ExchangeToken", json=body)


def test_vendors_are_attributes(mock: Mock) -> None:
    assert sorted(mock.vendors) == ["dapi", "datasentinel", "dstor", "kitegateway"]
    assert mock.dstor.hosts == ("api.testnet.dstor.cloud", "api.dstor.cloud")
    assert mock.datasentinel.account.user == "myUser"
    assert len(mock.dstor.account.api_key) == 64
    assert mock.dapi.account.bank_logins["dapi_user2"] == "dapi_password2"
    with pytest.raises(AttributeError, match="nobody'; vendors: dapi, datasentinel, dstor"):
        _ = mock.nobody  # type: ignore[union-attr]
    with pytest.raises(AttributeError, match="no 'connect'"):
        mock.dstor.connect()  # type: ignore[attr-defined]


def test_validity_depends_on_the_clock(mock: Mock, session: requests.Session) -> None:
    mock.clock.freeze(START)
    assert (mock.clock.now(), mock.clock.frozen) == (datetime(2026, 1, 1, tzinfo=UTC), True)
    bought = buy(mock, session, expires_in=60)
    assert bought.headers["Date"] == "Thu, 01 Jan 2026 00:00:00 GMT"
    token = bought.json()["data"]["token"]
    mock.clock.advance(seconds=59)
    assert balances(mock, session, token).status_code == 200
    mock.clock.advance(seconds=1)
    assert balances(mock, session, token).status_code == 401
    mock.clock.freeze(datetime(2026, 1, 1, 0, 0, 30))  # without a zone it is UTC
    assert balances(mock, session, token).status_code == 200
    mock.clock.unfreeze()
    assert not mock.clock.frozen
    mock.clock.reset()
    assert mock.clock.now() > datetime(2026, 6, 1, tzinfo=UTC)
    with pytest.raises(ControlError, match="forward only"):
        mock.clock.advance(seconds=-1)


def test_step_that_no_clock_can_take_is_refused(mock: Mock) -> None:
    for days in (1e12, -1e12, 1e9, float("nan"), float("inf")):
        with pytest.raises(ControlError) as refused:
            mock.clock.advance(days=days)
        assert refused.value.status == 400
    mock.clock.advance(days=1e5)
    assert mock.clock.now().year > 2200
    with pytest.raises(ControlError, match="is not a duration"):
        mock.clock.advance("soon")


def test_a_step_may_be_a_timedelta_a_text_or_seconds(mock: Mock) -> None:
    mock.clock.freeze(START)
    for step in (timedelta(minutes=1), "1m", 60):
        mock.clock.advance(step, seconds=1)
    with pytest.raises(TypeError, match="no step is given"):
        mock.clock.advance()  # type: ignore[call-overload]
    assert mock.clock.now() == datetime(2026, 1, 1, 0, 3, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda mock: mock.stub("x"), "a stub mapping is a dict, not str"),
        (lambda mock: mock.clock.freeze(date(2030, 1, 1)), "no form in JSON: Object of type date"),
        (lambda mock: mock.mint("dstor", expires_in=timedelta(1)), "no form in JSON"),
        (lambda mock: mock.mint("dstor", account=mock.dapi.account), "account must be one that"),
        (lambda mock: mock.dstor.accounts.remove(mock.dstor.account), "account must be one that"),
        (lambda mock: mock.dstor.accounts.remove("x"), "account must be one that"),
        (lambda mock: mock.revoke(None), "token must be a string"),
        (lambda mock: mock.revoke("any text"), "has not issued the token; give it as the vendor"),
        (lambda mock: mock.revoke(mock.mint("kitegateway")[4:]), "with its prefix, or revoke"),
    ],
)
def test_a_wrong_type_is_named(mock: Mock, call: Callable[[Any], object], text: str) -> None:
    with pytest.raises(ControlError, match=text):
        call(mock)


def test_login_at_connect_buys_one_token(mock: Mock, session: requests.Session) -> None:
    login = mock.dapi.connect(user="dapi_user2")
    assert exchange(mock, session, login).status_code == 200
    assert exchange(mock, session, login).json()["type"] == "USED_ACCESS_CODE"
    with pytest.raises(ControlError, match="unknown bank login"):
        mock.dapi.connect(user="nobody")


def test_accounts_can_be_added_and_removed(mock: Mock, session: requests.Session) -> None:
    account = mock.datasentinel.accounts.add(user="Ann", password="a:b")
    url = f"{mock.datasentinel.base_url}/ds-api/user-token"
    assert session.post(url, auth=("Ann", "a:b")).status_code == 201
    assert session.post(url, auth=("Ann", "wrong")).status_code == 401
    mock.datasentinel.accounts.remove(account)
    assert session.post(url, auth=("Ann", "a:b")).status_code == 401
    with pytest.raises(TypeError, match="login"):
        mock.datasentinel.accounts.add(login="Ann")  # type: ignore[call-arg]


def test_representation_shows_no_credentials(mock: Mock) -> None:
    added = mock.kitegateway.accounts.add()
    login = mock.dapi.connect()
    assert repr(mock.dstor.account) == (
        "Account(api_key=<hidden>, email=<hidden>, password=<hidden>)"
    )
    assert repr(added) == f"Account(api_key=<hidden>, secret_key=<hidden>, id={added.id!r})"
    assert "accessCode=<hidden>" in repr(login)
    assert login.accessCode not in repr(login)
    with pytest.raises(AttributeError, match=r"no field 'key'; fields: api_key, secret_key, id"):
        _ = added.key  # type: ignore[attr-defined]
    assert added != mock.kitegateway.account == mock.kitegateway.account


def test_vendor_handle_replaces_the_vendors_name(mock: Mock, session: requests.Session) -> None:
    vendor = mock.vendors["kitegateway"]
    mock.fail(vendor, endpoint="create_token", times=1)
    assert [buy(mock, session).status_code for _ in range(2)] == [500, 200]
    mock.requests.assert_called(vendor, "create_token", times=2)
    assert mock.explain(vendor, mock.mint(vendor)).accepted


def test_tokens_can_be_minted_explained_and_revoked(mock: Mock, session: requests.Session) -> None:
    token = mock.mint("kitegateway", expires_in=60)
    assert balances(mock, session, token).status_code == 200
    assert mock.explain("kitegateway", token) == (True, "ok")
    mock.revoke(token)
    assert balances(mock, session, token).status_code == 401
    assert mock.explain("kitegateway", token) == (False, "revoked")
    forged = mock.mint("kitegateway", defect="bad-signature")
    assert balances(mock, session, forged).status_code == 401
    assert mock.explain("kitegateway", forged).reason == "bad-signature"
    assert mock.explain("dstor", mock.mint("datasentinel")).reason == "wrong-vendor"
    assert mock.explain("kitegateway", token).detail == ""
    assert "line feed" in mock.explain("kitegateway", mock.mint("kitegateway") + "\n").detail


def test_token_of_an_added_account_can_be_minted(mock: Mock) -> None:
    account = mock.dstor.accounts.add(email="ann@example.com")
    token = mock.mint("dstor", account=account, claims={"d": True})
    assert mock.explain("dstor", token).accepted
    assert token.expires is not None
    assert token.token == token
    built_in = mock.mint("dapi", account=mock.dapi.account)
    assert mock.explain("dapi", built_in).accepted


def test_failures_by_chance_repeat_with_the_seed(mock: Mock, session: requests.Session) -> None:
    def statuses() -> list[int]:
        mock.fail("kitegateway", probability=0.5)
        return [buy(mock, session).status_code for _ in range(20)]

    first = statuses()
    assert set(first) == {200, 500}
    mock.reset()
    assert statuses() == first


def test_answer_lost_after_the_vendor_acted(mock: Mock, session: requests.Session) -> None:
    login = mock.dapi.connect()
    mock.fail("dapi", endpoint="exchange_token", status=500, phase="after", times=1)
    assert exchange(mock, session, login).status_code == 500
    assert exchange(mock, session, login).json()["type"] == "USED_ACCESS_CODE"


def test_failures_by_status_and_by_fault(mock: Mock, session: requests.Session) -> None:
    mock.fail("kitegateway", error=500, times=2, skip=1)
    assert [buy(mock, session).status_code for _ in range(4)] == [200, 500, 500, 200]
    for fault in FAULTS:
        mock.fail("kitegateway", fault=fault, times=1)
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            buy(mock, session)
    assert buy(mock, session).status_code == 200


def test_delay_outlasts_the_timeout_of_a_client(mock: Mock, session: requests.Session) -> None:
    mock.delay("datasentinel", milliseconds=20_000, endpoint="health")
    with pytest.raises(requests.ReadTimeout):
        session.get(f"{mock.datasentinel.base_url}/ds-api/", timeout=0.2)


def test_stubs_answer_in_place_of_the_vendor(mock: Mock, session: requests.Session) -> None:
    stub = mock.stub(
        {
            "request": {"method": "GET", "urlPath": "/ds-api/"},
            "response": {"status": 503, "jsonBody": {"status": "down"}},
        }
    )
    url = f"{mock.datasentinel.base_url}/ds-api/"
    assert (session.get(url).status_code, session.get(url).json()) == (503, {"status": "down"})
    stub.remove()
    assert session.get(url).status_code == 200
    with pytest.raises(ControlError, match=r"response\.proxyBaseUrl"):
        mock.stub({"request": {}, "response": {"proxyBaseUrl": "http://localhost"}})


def test_journal(mock: Mock, session: requests.Session) -> None:
    mock.clock.freeze(START)
    buy(mock, session)
    buy(mock, session, expires_in=-1)
    good, bad = mock.requests.all()
    assert (good.vendor, good.endpoint, good.status) == ("kitegateway", "create_token", 200)
    assert good.headers["Secret-Key"].startswith("[redacted:")
    assert "YOUR_SECRET" not in repr([good, bad])
    assert good.at == datetime(2026, 1, 1, tzinfo=UTC)
    assert (bad.status, bad.reason is None) == (400, False)
    assert mock.requests.count("kitegateway") == 2
    pattern = {"bodyPatterns": [{"matchesJsonPath": "$.expires_in"}]}
    assert mock.requests.find(pattern=pattern) == [bad]
    mock.requests.wait("kitegateway", count=2, timeout=1)
    with pytest.raises(TimeoutError, match="2 of 3"):
        mock.requests.wait("kitegateway", count=3, timeout=0.05)
    mock.requests.clear()
    assert mock.requests.all() == []


def test_assertions_show_near_misses(mock: Mock, session: requests.Session) -> None:
    mock.requests.assert_not_called("kitegateway")
    buy(mock, session)
    mock.requests.assert_called("kitegateway", "create_token", times=1)
    with pytest.raises(AssertionError, match=r"got 1\n  1\. POST /.*v1/auth/token answered 200 at"):
        mock.requests.assert_not_called("kitegateway")
    with pytest.raises(TypeError, match="not both"):
        mock.fail("kitegateway", status=500, fault="EMPTY_RESPONSE")
    with pytest.raises(TypeError, match="another name of status"):
        mock.fail("kitegateway", status=500, error=500)
    with pytest.raises(AssertionError) as failure:
        mock.requests.assert_called("kitegateway", pattern={"method": "GET"})
    with pytest.raises(ControlError, match="vendor must be one of") as refused:
        mock.requests.assert_not_called("kitegatewya")  # type: ignore[call-overload]
    shown = refused.traceback.filter(refused)  # as pytest shows it: no frame of the package
    assert [entry.name for entry in shown] == ["test_assertions_show_near_misses"]
    assert "got 0" in str(failure.value)
    assert "POST  <" in str(failure.value)


def test_unmatched_requests_show_the_nearest_endpoints(
    mock: Mock, session: requests.Session
) -> None:
    mock.requests.assert_no_unmatched()
    answer = session.post(f"{mock.kitegateway.base_url}/v1/auth/tokens")
    assert answer.json()["message"] == "Resource doesn't exist."
    (unmatched,) = mock.requests.unmatched()
    assert (unmatched.vendor, unmatched.endpoint) == ("kitegateway", None)
    with pytest.raises(AssertionError) as failure:
        mock.requests.assert_no_unmatched()
    assert "kitegateway create_token" in str(failure.value)


def test_reset_restores_the_start(mock: Mock, session: requests.Session) -> None:
    token = buy(mock, session).json()["data"]["token"]
    mock.fail("kitegateway")
    mock.clock.freeze(START)
    mock.reset()
    assert not mock.clock.frozen
    assert mock.requests.all() == []
    assert buy(mock, session).status_code == 200
    assert balances(mock, session, token).status_code == 401


def test_a_count_that_is_too_small_shows_the_nearest_others(
    mock: Mock, session: requests.Session
) -> None:
    for accept in ("text/html", "text/plain"):
        session.get(f"{mock.datasentinel.base_url}/ds-api/", headers={"Accept": accept})
    pattern = {"headers": {"Accept": {"equalTo": "text/html"}}}
    with pytest.raises(
        AssertionError, match=r"got 1\n  1\. GET .* answered 200.*\n[^$]*text/plain"
    ):
        mock.requests.assert_called("datasentinel", pattern=pattern, times=2)
