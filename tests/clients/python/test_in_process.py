"""Every client library is answered by a `TokenMock`, with one state, one clock, one journal."""

import json
from typing import Any

import pytest

from mockserver import TokenMock
from tests.clients.python.buyers import POSTS, Post

URL = "https://kitegateway.com/v1/auth/token"
HEADERS = {
    "Content-Type": "application/json",
    "Accept": "application/json",
    "Secret-Key": "YOUR_SECRET",
}
BODY = json.dumps({"api_key": "2882jj2hh288282jj2"}).encode()

pytestmark = pytest.mark.parametrize("post", POSTS.values(), ids=POSTS)


def test_client_obtains_a_token(post: Post) -> None:
    with TokenMock(freeze="2026-01-01T00:00:00Z") as mock:
        reply = post(URL, HEADERS, BODY)
        assert reply.status == 200
        assert reply.json["data"]["expires"] == 1767225600 + 900
        assert mock.explain("kitegateway", reply.json["data"]["token"]).accepted
        [seen] = mock.requests.all()
        assert (seen.vendor, seen.endpoint) == ("kitegateway", "create_token")


def test_client_gets_an_injected_error(post: Post) -> None:
    with TokenMock() as mock:
        mock.fail("kitegateway", status=503, times=1)
        assert post(URL, HEADERS, BODY).status == 503
        assert post(URL, HEADERS, BODY).status == 200


@pytest.mark.parametrize("fault", ["EMPTY_RESPONSE", "CONNECTION_RESET_BY_PEER"])
def test_client_raises_its_own_error_for_a_broken_connection(post: Post, fault: str) -> None:
    with TokenMock() as mock:
        mock.stub({"vendor": "kitegateway", "response": {"fault": fault}})
        with pytest.raises(Exception) as error:  # noqa: PT011 - each library has its own
            post(URL, HEADERS, BODY)
        assert not isinstance(error.value, AssertionError)
        assert mock.requests.all()


def test_another_host_is_refused_without_passthrough(post: Post) -> None:
    with TokenMock(passthrough=False) as mock:
        with pytest.raises(Exception, match=r"(?s)not a vendor's host") as error:
            post("https://other.example/v1/auth/token", HEADERS, BODY)
        assert "passthrough is off" in _chain(error.value)
        assert mock.requests.all() == []


def _chain(error: BaseException | None) -> str:
    """Return the texts of an error and of its causes."""
    texts: list[Any] = []
    while error is not None:
        texts += [error, *getattr(error, "exceptions", ())]
        error = error.__cause__ or error.__context__
    return " ".join(map(str, texts))
