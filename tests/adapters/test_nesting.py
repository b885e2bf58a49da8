"""Which answers: our interception, a user's `responses` mock inside or around it, or the network.

"localhost" is a vendor's host and 127.0.0.1 another; both lead to one real server.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests
import responses
from requests.adapters import HTTPAdapter
from responses.registries import OrderedRegistry

from mockserver.adapters.requests import Interception
from mockserver.model.http import Request, Response
from tests.adapters.clients import both
from tests.adapters.intercepting import Network, active, ask, mock_of, networked, users

VENDOR = "https://vendor.test/"


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with networked() as network:
        yield network


def asked(network: Network) -> tuple[str, str]:
    return ask(network.vendor), ask(network.other)


def test_ours_inside_the_network_and_inside_ours(network: Network) -> None:
    assert asked(network) == ("network", "network")
    mock = mock_of("localhost", "outer")
    with active(mock):
        assert asked(network) == ("outer", "network")
        with active(mock_of("localhost", "inner")):
            assert asked(network) == ("inner", "network")
        with active(mock_of("127.0.0.1", "inner")):
            assert asked(network) == ("outer", "inner")
        with active(mock):
            assert ask(network.vendor) == "outer"
        assert ask(network.vendor) == "outer"
        for scheme in ("http", "https"):
            for host in ("localhost", "LOCALHOST", "localhost.", "localhost:1", "u:p@localhost"):
                assert ask(f"{scheme}://{host}/a?b=c") == "outer"
    with active(mock_of("[::1]")):
        assert ask("https://[::1]:8443/") == "ours"
    assert ask(network.vendor) == "network"


def test_theirs_in_ours(network: Network) -> None:
    with active(mock_of("localhost")):
        with users() as theirs:
            assert ask(network.vendor) == "ours", "what theirs does not know is ours"
            assert len(theirs.calls) == 0
            assert ask(network.other) == "refused", "by theirs, as without us"
            theirs.get(network.other, "theirs")
            assert ask(network.other) == "theirs"
            theirs.get(network.vendor, "theirs")
            assert ask(network.vendor) == "theirs", "what theirs knows is theirs"
            assert ask(f"{network.vendor}path") == "ours"
        assert ask(network.vendor) == "ours"
        with users(), users():
            assert ask(network.vendor) == "ours"
        with users(registry=OrderedRegistry) as theirs:
            theirs.get(network.other, "first")
            theirs.get(network.other, "second")
            assert [asked(network) for _ in "12"] == [("ours", "first"), ("ours", "second")]
        theirs = responses.RequestsMock()
        theirs.start()
        theirs.get(network.vendor)
        ask(f"{network.vendor}path")
        with pytest.raises(AssertionError, match="Not all"):
            theirs.stop()
        assert ask(network.vendor) == "ours"

        @responses.activate
        def decorated() -> tuple[str, str]:
            responses.get(network.other, "theirs")
            return asked(network)

        assert decorated() == ("ours", "theirs")
    assert ask(network.vendor) == "network"


def test_ours_in_theirs(network: Network) -> None:
    with users() as theirs:
        theirs.get(network.vendor, "theirs")
        with active(mock_of("localhost")):
            assert ask(network.vendor) == "ours", "the inner one is asked first"
            assert ask(network.other) == "refused", "by theirs, as without us"
            theirs.get(network.other, "theirs")
            assert ask(network.other) == "theirs"
            theirs.add_passthru("http://")
            assert ask(network.vendor) == "ours"
        assert ask(network.vendor) == "theirs"
    with users() as theirs, active(mock_of("localhost", passthrough=False)):
        theirs.get(network.other, "theirs")
        assert asked(network) == ("ours", "refused")


def test_several_of_both_in_each_other(network: Network) -> None:
    with active(mock_of("localhost", "outer")), users() as theirs:
        theirs.get(network.other, "theirs")
        with active(mock_of("localhost", "inner")):
            assert asked(network) == ("inner", "theirs")
        assert ask(network.vendor) == "outer"
    with users() as outer, active(mock_of("localhost")), users() as inner:
        outer.get(network.other, "outer")
        inner.get(f"{network.other}inner", "inner")
        assert ask(network.vendor) == "ours"
        assert ask(f"{network.other}inner") == "inner"
        assert ask(network.other) == "refused", "the inner one of theirs hides the outer one"
    with ExitStack() as stack:
        for number in range(5):
            stack.enter_context(active(mock_of("localhost", str(number))))
            stack.enter_context(users())
            assert ask(network.vendor) == str(number)


@pytest.mark.parametrize(("prefix", "vendor"), [
    *((each, "ours") for each in ("http", "http://", r"re:https?://.*", r"re:.")),
    *((each, "network") for each in (r"re:http://localhost[:/]", r"re:.*local")),
    ("http://localhost", "network"),
])  # fmt: skip
def test_theirs_in_ours_passes_requests_on(network: Network, prefix: str, vendor: str) -> None:
    """A prefix that names the host goes before our mock; one for everything does not."""
    pattern: Any = re.compile(prefix[3:]) if prefix.startswith("re:") else prefix
    with active(mock_of("localhost")), users() as theirs:
        theirs.add_passthru(pattern)
        assert ask(network.vendor) == vendor
        theirs.add_passthru(network.other)
        assert ask(network.other) == "network"


def test_theirs_in_ours_passes_a_response_on_and_sends_to_its_adapter(network: Network) -> None:
    with active(mock_of("localhost")), users() as theirs:
        theirs.add(responses.PassthroughResponse("GET", network.vendor))
        assert ask(network.vendor) == "network"
        assert ask(f"{network.vendor}path") == "ours"
    with active(mock_of("localhost")), users(real_adapter_send=HTTPAdapter.send) as theirs:
        theirs.add_passthru(network.vendor)
        theirs.add_passthru(network.other)
        assert asked(network) == ("ours", "network")


# Our answer, added to a user's own mock.


def test_added_answer_claims_every_request_to_a_vendors_host() -> None:
    mock = mock_of("vendor.test")
    with responses.RequestsMock() as theirs:
        theirs.add(mock.response)
        theirs.get("https://other.test/", "theirs")
        for method in ("GET", "POST", "BREW", "GET"):
            for url in ("https://vendor.test/a?b", "http://vendor.test:81/", "https://VENDOR.test"):
                assert requests.request(method, url).text == "ours"
        assert ask("https://other.test/") == "theirs"
        with pytest.raises(requests.ConnectionError, match="Host is not a vendor's"):
            requests.get("https://another.test/")
        assert len(theirs.calls) == 14
    with pytest.raises(AssertionError, match="ANY METHOD"), responses.RequestsMock() as theirs:
        theirs.add(mock_of("vendor.test").response)


def test_added_answer_is_that_of_a_server() -> None:
    """It has its own header fields, no body for HEAD, and receives every kind of body."""

    def answer(request: Request) -> Response:
        return Response(200, (("Content-Type", "a/b"), ("X", "1"), ("X", "2")), request.body)

    bodies: list[Callable[[], Any]] = [lambda: b"b", lambda: "str", lambda: iter([b"by", b"tes"])]

    def use(_: object, url: str) -> object:
        found = [requests.post(url, data=body()) for body in bodies] + [requests.head(url)]
        return [
            (list(r.raw.headers.items()), r.headers, r.content, r.raw.isclosed()) for r in found
        ]

    def added(_: object, url: str) -> object:
        with responses.RequestsMock() as theirs:
            theirs.add(Interception(answer, "127.0.0.1".__eq__).response)
            return use(_, url)

    here, there = both(answer, use)
    assert added(None, "http://127.0.0.1:1") == here == there


@pytest.mark.parametrize(("order", "answers"), [
    ("theirs, ours", ["theirs", "ours", "ours"]),  # as `responses` has it, where two match
    ("ours, theirs", ["ours", "theirs", "theirs"]),
    ("ours, ours", ["ours", "ours", "ours"]),
    ("removed, second", ["second"] * 3),
])  # fmt: skip
def test_added_answer_beside_other_rules(order: str, answers: list[str]) -> None:
    mock = mock_of("vendor.test")
    for _ in "12" if "theirs" not in order else "1":
        with active(mock), users() as theirs:
            for rule in order.split(", "):
                if rule == "theirs":
                    theirs.get(VENDOR, "theirs")
                else:
                    added = mock_of("vendor.test", "second") if rule == "second" else mock
                    theirs.add(added.response)
            if "removed" in order:
                theirs.remove(mock.response)
            assert [ask(VENDOR) for _ in "123"] == answers
            assert ask(f"{VENDOR}other") == ("second" if "second" in order else "ours")
