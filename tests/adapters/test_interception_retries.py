"""A user's adapter retries answers of the mock as it retries a server's."""

import time
from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
import requests
import responses
from requests import PreparedRequest, Session
from requests.adapters import HTTPAdapter
from responses.registries import OrderedRegistry
from urllib3 import Retry

from mockserver.adapters.requests import Interception
from mockserver.adapters.requests_exchange import IS_URLLIB3_FUTURE
from mockserver.model.http import Answer, Fault, Request, Response
from tests.adapters.clients import both
from tests.adapters.intercepting import active, saying


def adapted(retry: Retry, timeout: float = 5) -> Callable[[object, str], object]:
    """A GET whose adapter retries so."""

    def use(_: object, url: str) -> object:
        with Session() as session:
            session.mount("http://", HTTPAdapter(max_retries=retry))
            try:
                return session.get(url, timeout=timeout).text
            except requests.RequestException as error:
                return type(error), str(error)

    return use


def in_turn(*turns: Response) -> Answer:
    left = cycle(turns)
    return lambda _: next(left)


BUSY = Response(503, (("Retry-After", "0"),), b"busy")
GOOD = Response(200, (), b"good")


LATE = Response(200, (), b"late", 10)


@pytest.mark.parametrize(("turns", "retry", "timeout"), [
    *(
        (turns, Retry(2, status_forcelist=[503], raise_on_status=raising), 5)
        for turns in ((BUSY, BUSY, GOOD), (BUSY, BUSY, BUSY))
        for raising in (True, False)
    ),
    *(
        (
            [Response(200, fault=fault), Response(200, fault=fault), GOOD][: total + 1],
            Retry(total),
            5,
        )
        for fault in Fault
        for total in (0, 1, 2)
        # urllib3-future raises no error of requests for this one.
        if not (IS_URLLIB3_FUTURE and fault is Fault.MALFORMED_RESPONSE_CHUNK)
    ),
    ((BUSY, GOOD), Retry(1), 5),  # the answer itself asks for it
    ((LATE,), Retry(0), 0.5),
    ((LATE, GOOD), Retry(1), 0.5),
])  # fmt: skip
def test_answers_are_retried_as_the_adapter_says(
    turns: list[Response], retry: Retry, timeout: float
) -> None:
    here, there = both(in_turn(*turns), adapted(retry, timeout))
    assert here == there


BROKEN = Response(200, fault=Fault.EMPTY_RESPONSE)


@pytest.mark.parametrize(("turns", "retry", "seconds"), [
    ((Response(503, (("Retry-After", "1"),)), GOOD), Retry(1), 1),
    ((BROKEN, BROKEN, GOOD), Retry(2, backoff_factor=0.25), 0.5),
], ids=["as the answer says", "as the adapter says"])  # fmt: skip
def test_wait_between_retries_is_made(
    turns: tuple[Response, ...], retry: Retry, seconds: float
) -> None:
    with active(Interception(in_turn(*turns), "vendor.test".__eq__)), Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=retry))
        begin = time.monotonic()
        assert session.get("https://vendor.test/").text == "good"
        assert time.monotonic() - begin >= seconds


@pytest.mark.parametrize(
    ("answer", "total", "ended"), [(GOOD, 1, "good"), (BUSY, 1, "busy"), (BUSY, 2, "busy")]
)
def test_retries_begun_by_theirs_continue_with_ours(
    answer: Response, total: int, ended: str
) -> None:
    asked: list[Request] = []

    def counted(request: Request) -> Response:
        asked.append(request)
        return answer

    retry = Retry(total, status_forcelist=[503], raise_on_status=False)
    theirs = responses.RequestsMock(registry=OrderedRegistry)
    with active(Interception(counted, "vendor.test".__eq__)), theirs, Session() as session:
        theirs.get("https://vendor.test/", status=503)
        session.mount("https://", HTTPAdapter(max_retries=retry))
        assert session.get("https://vendor.test/").text == ended
    assert len(asked) == total


def test_retries_of_theirs_end() -> None:
    theirs = responses.RequestsMock()
    with active(Interception(saying("ours"), "vendor.test".__eq__)), theirs, Session() as session:
        theirs.get("https://other.test/", status=503)
        retry = Retry(3, status_forcelist=[503], raise_on_status=False)
        session.mount("https://", HTTPAdapter(max_retries=retry))
        assert session.get("https://other.test/").status_code == 503
        assert len(theirs.calls) == 4


class Signing(HTTPAdapter):
    """Counts the calls for headers."""

    asked = 0

    def add_headers(self, request: PreparedRequest, **_: object) -> None:
        self.asked += 1
        request.headers["X-Asked"] = str(self.asked)


@pytest.mark.parametrize(
    "turns",
    [(GOOD,), (Response(200, (), b"late", 0.01),), (BUSY, BUSY, GOOD), (BROKEN, GOOD)],
    ids=["at once", "late", "busy", "broken"],
)
def test_headers_are_added_once_for_all_tries(turns: tuple[Response, ...]) -> None:
    def use(_: object, url: str) -> object:
        with Session() as session:
            session.mount("http://", Signing(max_retries=Retry(3, status_forcelist=[503])))
            answer = session.get(url, timeout=5)
            tried = len(answer.raw.retries.history)  # type: ignore[union-attr]
            return answer.request.headers["X-Asked"], tried, answer.text

    here, there = both(in_turn(*turns), use)
    assert here == there == ("1", len(turns) - 1, turns[-1].body.decode())


@pytest.mark.parametrize("given", [0, 3, None, False])
def test_retries_may_be_set_as_a_number_later(given: object) -> None:
    def use(_: object, url: str) -> object:
        with Session() as session:
            session.adapters["http://"].max_retries = given  # type: ignore[attr-defined]
            return session.get(url, timeout=5).text

    here, there = both(lambda _: GOOD, use)
    assert here == there == "good"


@pytest.mark.parametrize("timeout", [True, 0, -1, "soon", (1, 2, 3), (0, 1)])
def test_invalid_timeout_is_refused_before_anything_is_sent(timeout: Any) -> None:
    sent: list[Request] = []
    mock = Interception(lambda request: sent.append(request) or GOOD, "vendor.test".__eq__)  # type: ignore[func-returns-value]
    with active(mock), pytest.raises(ValueError, match=r"[Tt]imeout"):
        requests.get("http://vendor.test/", timeout=timeout)
    assert sent == []
