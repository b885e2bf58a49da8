"""What a user's inner mock lets through to the network, although ours lies around it."""

import re
from collections.abc import Iterator

import pytest
import responses
from requests.adapters import HTTPAdapter

from tests.adapters.intercepting import Network, active, ask, mock_of, networked, users


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with networked() as network:
        yield network


def test_theirs_in_ours_lets_through(network: Network) -> None:
    with active(mock_of("localhost")), users() as theirs:
        theirs.add_passthru(network.other)
        assert (ask(network.vendor), ask(network.other)) == ("ours", "network")
        theirs.add_passthru(network.vendor)
        assert ask(network.vendor) == "network", "theirs names the host"


def test_theirs_in_ours_lets_a_response_through(network: Network) -> None:
    with active(mock_of("localhost")), users() as theirs:
        theirs.add(responses.PassthroughResponse("GET", network.vendor))
        assert ask(network.vendor) == "network"
        assert ask(f"{network.vendor}path") == "ours"


@pytest.mark.parametrize("prefix", ["http", "http://", re.compile("https?://.*"), re.compile(".")])
def test_theirs_in_ours_lets_everything_through(
    network: Network, prefix: str | re.Pattern[str]
) -> None:
    with active(mock_of("localhost")), users() as theirs:
        theirs.add_passthru(prefix)
        assert (ask(network.vendor), ask(network.other)) == ("ours", "network")


@pytest.mark.parametrize("pattern", [r"http://localhost[:/]", r".*local"])
def test_theirs_in_ours_lets_a_pattern_through(network: Network, pattern: str) -> None:
    with active(mock_of("localhost")), users() as theirs:
        theirs.add_passthru(re.compile(pattern))
        assert ask(network.vendor) == "network"


def test_theirs_in_ours_sends_to_what_was_there(network: Network) -> None:
    with active(mock_of("localhost")), users(real_adapter_send=HTTPAdapter.send) as theirs:
        theirs.add_passthru(network.vendor)
        theirs.add_passthru(network.other)
        assert (ask(network.vendor), ask(network.other)) == ("ours", "network")
