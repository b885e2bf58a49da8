"""Our answer, added to a user's own `responses` mock."""

import pytest
import requests
import responses

from mockserver.adapters.requests import Interception
from mockserver.model.http import Request, Response
from tests.adapters.intercepting import active, ask, mock_of
from tests.adapters.served import Served


def test_it_claims_every_request_to_a_vendors_host_every_time() -> None:
    with responses.RequestsMock() as theirs:
        theirs.add(mock_of("vendor.test").response)
        theirs.get("https://other.test/", "theirs")
        for method in ("GET", "POST", "BREW", "GET"):
            for url in ("https://vendor.test/a?b", "http://vendor.test:81/", "https://VENDOR.test"):
                assert requests.request(method, url).text == "ours"
        assert ask("https://other.test/") == "theirs"
        assert ask("https://another.test/") == "refused"
        assert len(theirs.calls) == 14


def test_it_answers_as_a_server_does() -> None:
    """With its own header fields, and without a body to HEAD."""

    def answer(request: Request) -> Response:
        return Response(200, (("Content-Type", "a/b"), ("X", "1"), ("X", "2")), request.body)

    def use(url: str) -> object:
        found = [requests.request(method, url, data=b"body") for method in ("POST", "HEAD")]
        return [
            (list(r.raw.headers.items()), r.headers, r.content, r.raw.isclosed()) for r in found
        ]

    with Served(answer) as server:
        there = use(server.url)
        with responses.RequestsMock() as theirs:
            theirs.add(Interception(answer, "127.0.0.1".__eq__).response)
            assert use(server.url) == there


def test_their_rule_before_it_is_for_once() -> None:
    """As `responses` has it, where two rules match."""
    with responses.RequestsMock() as theirs:
        theirs.get("https://vendor.test/", "theirs")
        theirs.add(mock_of("vendor.test").response)
        assert [ask("https://vendor.test/") for _ in "123"] == ["theirs", "ours", "ours"]


def test_their_rule_after_it_drops_it_but_not_the_mock() -> None:
    with active(mock_of("vendor.test")) as mock, responses.RequestsMock() as theirs:
        theirs.add(mock.response)
        theirs.get("https://vendor.test/", "theirs")
        asked = [ask("https://vendor.test/") for _ in "123"]
        assert asked == ["ours", "theirs", "theirs"]
        assert ask("https://vendor.test/other") == "ours"


def test_it_can_be_added_twice_and_to_two_mocks() -> None:
    mock = mock_of("vendor.test")
    for _ in "12":
        with responses.RequestsMock(assert_all_requests_are_fired=False) as theirs:
            theirs.add(mock.response)
            theirs.add(mock.response)
            assert [ask("https://vendor.test/") for _ in "123"] == ["ours"] * 3


def test_it_can_be_removed() -> None:
    first, second = mock_of("vendor.test", "first"), mock_of("vendor.test", "second")
    with responses.RequestsMock() as theirs:
        theirs.add(first.response)
        theirs.add(second.response)
        theirs.remove(first.response)
        assert ask("https://vendor.test/") == "second"


def test_a_mock_of_theirs_says_why_it_is_not_meant() -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as theirs:
        theirs.add(mock_of("vendor.test").response)
        with pytest.raises(requests.ConnectionError, match="Host is no vendor's"):
            requests.get("https://other.test/")


def test_it_counts_as_not_fired() -> None:
    with pytest.raises(AssertionError, match="ANY METHOD"), responses.RequestsMock() as theirs:
        theirs.add(mock_of("vendor.test").response)


def test_it_sends_their_bodies_on() -> None:
    def answer(request: Request) -> Response:
        return Response(200, (), request.body)

    with responses.RequestsMock() as theirs:
        theirs.add(Interception(answer, "vendor.test".__eq__).response)
        for body in (b"bytes", "str", iter([b"by", b"tes"])):
            assert requests.post("https://vendor.test/", data=body).content in (b"bytes", b"str")
