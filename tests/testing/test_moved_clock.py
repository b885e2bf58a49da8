"""What in a test process notices a moved clock: the mock's, freezegun's, time-machine's."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import cachecontrol
import freezegun
import jwt
import pytest
import requests
import time_machine
import urllib3

from token_mockserver import TokenMock

URL = "https://platform-server/ds-api/"
LONG = timedelta(days=400)

Move = Callable[[TokenMock], AbstractContextManager[None]]
Notices = Callable[[TokenMock, AbstractContextManager[None]], bool]


@contextmanager
def by_the_mock(mock: TokenMock) -> Iterator[None]:
    mock.clock.advance(days=LONG.days)
    yield


@contextmanager
def by_freezegun(mock: TokenMock) -> Iterator[None]:
    with freezegun.freeze_time(datetime.now(UTC) + LONG):
        yield


@contextmanager
def by_time_machine(mock: TokenMock) -> Iterator[None]:
    with time_machine.travel(datetime.now(UTC) + LONG):
        yield


def answer_with(mock: TokenMock, **headers: str) -> None:
    """Make the mock answer GET `URL` with these headers."""
    response = {
        "status": 200,
        "headers": {name.replace("_", "-"): headers[name] for name in headers},
    }
    mock.stub({"request": {"urlPath": "/ds-api/"}, "response": response})


def the_mocks_tokens(mock: TokenMock, move: AbstractContextManager[None]) -> bool:
    before = jwt.decode(mock.mint("dstor"), options={"verify_signature": False})
    with move:
        after = jwt.decode(mock.mint("dstor"), options={"verify_signature": False})
    return bool(after["iat"] - before["iat"] > 86_000)


def the_date_header(mock: TokenMock, move: AbstractContextManager[None]) -> bool:
    before = requests.get(URL).headers["Date"]
    with move:
        return requests.get(URL).headers["Date"][:16] != before[:16]


def the_journal(mock: TokenMock, move: AbstractContextManager[None]) -> bool:
    requests.get(URL)
    with move:
        requests.get(URL)
    before, after = mock.requests.all()
    return (after.at - before.at).days >= LONG.days


def time_time(mock: TokenMock, move: AbstractContextManager[None]) -> bool:
    seconds, moment = time.time(), datetime.now(UTC)
    with move:
        moved = {time.time() - seconds > 86_000, (datetime.now(UTC) - moment).days > 0}
    assert len(moved) == 1, "time.time and datetime.now differ"
    return moved.pop()


def pyjwt(mock: TokenMock, move: AbstractContextManager[None]) -> bool:
    token = mock.mint("datasentinel", expires_in=3600)
    options: Any = {"verify_signature": False, "verify_exp": True}
    with move:
        try:
            jwt.decode(token, options=options)
        except jwt.ExpiredSignatureError:
            return True
    return False


def cookies(mock: TokenMock, move: AbstractContextManager[None]) -> bool:
    answer_with(mock, Set_Cookie="session=1; Max-Age=3600")
    with requests.Session() as session:
        session.get(URL)
        with move:
            session.get(URL)
    return "Cookie" not in mock.requests.all()[-1].headers


def an_http_cache(mock: TokenMock, move: AbstractContextManager[None]) -> bool:
    answer_with(mock, Cache_Control="max-age=3600")
    session = cachecontrol.CacheControl(requests.Session())
    session.get(URL)
    with move:
        session.get(URL)
    return len(mock.requests.all()) == 2


def retry_after(mock: TokenMock, move: AbstractContextManager[None]) -> bool:
    with move:
        moment = format_datetime(mock.clock.now() + timedelta(seconds=10), usegmt=True)
        return urllib3.Retry().parse_retry_after(moment) < 60


def a_tls_certificate(mock: TokenMock, move: AbstractContextManager[None]) -> bool:
    with move:
        try:
            return not urllib3.PoolManager().request("GET", URL, retries=False).status
        except urllib3.exceptions.SSLError:
            return True


TABLE: dict[Notices, tuple[bool, bool, bool]] = {
    the_mocks_tokens: (True, True, True),
    the_date_header: (True, True, True),
    the_journal: (True, True, True),
    time_time: (False, True, True),
    pyjwt: (False, True, True),
    cookies: (False, True, True),
    an_http_cache: (False, True, True),
    retry_after: (False, True, True),
    a_tls_certificate: (False, False, False),
}


@pytest.mark.parametrize("column", range(3), ids=["clock", "freezegun", "time-machine"])
@pytest.mark.parametrize("notices", TABLE, ids=lambda each: each.__name__)
def test_what_notices_a_moved_clock(notices: Notices, column: int) -> None:
    move: Move = (by_the_mock, by_freezegun, by_time_machine)[column]
    with TokenMock() as mock:
        assert notices(mock, move(mock)) is TABLE[notices][column]
