"""Stubs are looked for by their addresses: the same one acts as if all were looked at."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.model.http import Request, RoutedRequest
from mockserver.wiremock.stub_mapping import Stub, parse_stub
from tests.call_counter import count_calls
from tests.engine_client import request
from tests.state_parts import new_stubs

ADDRESSES = st.one_of(
    st.builds(lambda path: {"urlPath": path}, st.sampled_from(["/a", "/a b", "/a%20b", "/v/a"])),
    st.builds(lambda url: {"url": url}, st.sampled_from(["/a", "/a?q=1", "/a%20b", "/v/a"])),
    st.builds(lambda end: {"urlPathPattern": f"/.*{end}"}, st.sampled_from(["a", "b", ""])),
    st.just({}),
)
MAPPINGS = st.builds(
    lambda address, method, priority: {"request": {**address, **method}, "priority": priority},
    ADDRESSES,
    st.sampled_from([{}, {"method": "GET"}, {"method": "POST"}]),
    st.integers(1, 3),
)
ARRIVALS = st.builds(
    lambda line, path: arrived(request(line), path),
    st.sampled_from(["GET /a", "GET /a?q=1", "POST /a%20b", "GET /v/a", "GET /v/a%20b", "GET /"]),
    st.sampled_from([None, "/a", "/a b"]),
)


def arrived(sent: Request, path: str | None) -> RoutedRequest:
    return RoutedRequest(sent, "v", None, path or sent.path)


def first_that_matches(stubs: list[Stub], routed: RoutedRequest) -> Stub | None:
    """By looking at all: the newest of those with the lowest priority."""
    newest_first = stubs[::-1]
    in_order = sorted(newest_first, key=lambda stub: stub.priority)
    return next((stub for stub in in_order if stub.pattern.matches(routed)), None)


@given(st.lists(MAPPINGS, max_size=12), st.lists(ARRIVALS, min_size=1, max_size=6))
def test_the_same_stub_acts(mappings: list[dict[str, Any]], requests: list[RoutedRequest]) -> None:
    registry = new_stubs()
    stubs = [parse_stub(mapping) for mapping in mappings]
    for stub in stubs:
        registry.put(stub)
    for routed in requests:
        assert registry.choose(routed) == first_that_matches(stubs, routed)


@pytest.mark.parametrize(
    "address", [{"url": "/a"}, {"urlPath": "/a"}, {"urlPathPattern": "/a"}, {}]
)
def test_a_request_takes_one_turn_of_a_stub(address: dict[str, str]) -> None:
    registry = new_stubs()
    stub = parse_stub({"request": address, "skip": 1, "times": 1})
    registry.put(stub)
    acted = [registry.choose(arrived(request("GET /a"), None)) for _ in range(3)]
    assert acted == [None, stub, None]


def test_stubs_at_other_addresses_are_not_looked_at() -> None:
    """Three hundred of them cost as much as one: calls are counted, not time."""
    counts = []
    for number in (1, 300):
        registry = new_stubs()
        for other in range(number):
            registry.put(parse_stub({"request": {"urlPath": f"/elsewhere/{other}"}}))
        routed = arrived(request("GET /a"), None)
        registry.choose(routed)  # puts them in order
        counts.append(count_calls(lambda registry=registry, routed=routed: registry.choose(routed)))  # type: ignore[misc]
    assert counts[0] == counts[1] > 1
