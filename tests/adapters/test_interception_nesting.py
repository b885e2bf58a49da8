"""Who answers, by what is inside what: ours, a user's `responses` mock, the network.

"localhost" plays a vendor's host, and 127.0.0.1 any other; both lead to the same real server.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import requests
import responses
from responses.registries import OrderedRegistry

from tests.adapters.intercepting import Network, active, ask, mock_of, networked, users


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with networked() as network:
        yield network


def test_nothing(network: Network) -> None:
    assert (ask(network.vendor), ask(network.other)) == ("network", "network")


def test_ours(network: Network) -> None:
    with active(mock_of("localhost")):
        assert (ask(network.vendor), ask(network.other)) == ("ours", "network")
    assert ask(network.vendor) == "network"


def test_ours_without_passthrough(network: Network) -> None:
    with active(mock_of("localhost", passthrough=False)):
        assert ask(network.vendor) == "ours"
        with pytest.raises(requests.ConnectionError, match=r"127\.0\.0\.1") as caught:
            requests.get(f"{network.other}?secret")
    assert "secret" not in str(caught.value)
    assert caught.value.request is not None


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST", "localhost.", "localhost:1", "u:p@localhost"]
)
def test_ours_answers_for_a_host_however_it_is_written(scheme: str, host: str) -> None:
    with active(mock_of("localhost")):
        assert ask(f"{scheme}://{host}/a?b=c") == "ours"


def test_ours_answers_for_an_address() -> None:
    with active(mock_of("[::1]")):
        assert ask("https://[::1]:8443/") == "ours"


def test_ours_in_ours(network: Network) -> None:
    with active(mock_of("localhost", "outer")):
        with active(mock_of("localhost", "inner")):
            assert (ask(network.vendor), ask(network.other)) == ("inner", "network")
        assert ask(network.vendor) == "outer"
        with active(mock_of("127.0.0.1", "inner")):
            assert (ask(network.vendor), ask(network.other)) == ("outer", "inner")


def test_ours_in_itself(network: Network) -> None:
    mock = mock_of("localhost")
    with active(mock):
        with active(mock):
            assert ask(network.vendor) == "ours"
        assert ask(network.vendor) == "ours"
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
    assert ask(network.vendor) == "network"


def test_theirs_in_ours_asserts_its_own_calls(network: Network) -> None:
    def use() -> None:
        with responses.RequestsMock() as theirs:
            theirs.get(network.vendor)
            ask(f"{network.vendor}path")

    with active(mock_of("localhost")):
        with pytest.raises(AssertionError, match="Not all requests"):
            use()
        assert ask(network.vendor) == "ours"


def test_theirs_in_ours_keeps_its_order(network: Network) -> None:
    with active(mock_of("localhost")), users(registry=OrderedRegistry) as theirs:
        theirs.get(network.other, "first")
        theirs.get(network.other, "second")
        asked = [ask(url) for url in (network.vendor, network.other, network.vendor, network.other)]
    assert asked == ["ours", "first", "ours", "second"]


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


def test_ours_without_passthrough_in_theirs(network: Network) -> None:
    with users() as theirs, active(mock_of("localhost", passthrough=False)):
        theirs.get(network.other, "theirs")
        assert (ask(network.vendor), ask(network.other)) == ("ours", "refused")


def test_ours_in_theirs_in_ours(network: Network) -> None:
    with active(mock_of("localhost", "outer")), users() as theirs:
        theirs.get(network.other, "theirs")
        with active(mock_of("localhost", "inner")):
            assert (ask(network.vendor), ask(network.other)) == ("inner", "theirs")
        assert ask(network.vendor) == "outer"


def test_theirs_in_ours_in_theirs(network: Network) -> None:
    with users() as outer, active(mock_of("localhost")), users() as inner:
        outer.get(network.other, "outer")
        inner.get(f"{network.other}inner", "inner")
        assert ask(network.vendor) == "ours"
        assert ask(f"{network.other}inner") == "inner"
        assert ask(network.other) == "refused", "the inner one of theirs hides the outer one"


def test_theirs_in_theirs_in_ours(network: Network) -> None:
    with active(mock_of("localhost")), users(), users():
        assert ask(network.vendor) == "ours"


def test_theirs_by_decorator_in_ours(network: Network) -> None:
    @responses.activate
    def decorated() -> tuple[str, str]:
        responses.get(network.other, "theirs")
        return ask(network.vendor), ask(network.other)

    with active(mock_of("localhost")):
        assert decorated() == ("ours", "theirs")


def test_a_mock_that_wants_all_of_the_stack(network: Network) -> None:
    with ExitStack() as stack:
        for number in range(5):
            stack.enter_context(active(mock_of("localhost", str(number))))
            stack.enter_context(users())
            assert ask(network.vendor) == str(number)
