"""Which endpoints are at a path."""

from collections.abc import Mapping

import pytest

from mockserver.emulator.routing import Routes
from mockserver.model.errors import UnknownPath, WrongMethod
from mockserver.model.http import Response
from mockserver.model.vendor import Endpoint

Seen = Mapping[str, str]


def one(_: Seen) -> Response:
    return Response(200)


def two(_: Seen) -> Response:
    return Response(200)


def routes(*endpoints: Endpoint[Seen], optional_slash: bool = False) -> Routes[Seen]:
    return Routes(endpoints, optional_slash=optional_slash)


def at(*paths: str, method: str = "GET", ignore_case: bool = False) -> Endpoint[Seen]:
    return Endpoint(method, paths, one, ignore_case)


def test_an_endpoint_is_found_at_each_of_its_paths() -> None:
    table = routes(at("/a", "/b/c"))
    assert [len(table.find(path)) for path in ("/a", "/b/c", "/b", "/A", "/a/", "")] == [
        *(1, 1, 0, 0, 0, 0)
    ]


@pytest.mark.parametrize(
    ("path", "places"),
    [
        ("/wallets/GHS/balance", {"currency": "GHS"}),
        ("/wallets/%/balance", {"currency": "%"}),
        ("/wallets/a b/balance", {"currency": "a b"}),
        ("/wallets//balance", None),
        ("/wallets/a/b/balance", None),
        ("/wallets/GHS/balance/", None),
        ("/Wallets/GHS/balance", None),
        ("x/wallets/GHS/balance", None),
    ],
)
def test_a_place_takes_one_segment(path: str, places: Seen | None) -> None:
    found = routes(at("/wallets/<currency>/balance")).find(path)
    assert [match.parameters for match in found] == ([] if places is None else [places])


def test_an_endpoint_may_have_several_places() -> None:
    (match,) = routes(at("/<a>/<b_2>")).find("/x/y")
    assert match.parameters == {"a": "x", "b_2": "y"}


@pytest.mark.parametrize(
    ("path", "hit", "miss"),
    [
        ("/<x>/openapi.json", "/dapi/openapi.json", "/dapi/openapi-json"),
        ("/<x>/a+b", "/y/a+b", "/y/aab"),
        ("/<x>/(a)", "/y/(a)", "/y/a"),
    ],
)
def test_what_stands_beside_a_place_is_taken_literally(path: str, hit: str, miss: str) -> None:
    assert [len(routes(at(path)).find(each)) for each in (hit, miss)] == [1, 0]


def test_a_path_without_places_comes_first() -> None:
    table = routes(Endpoint("GET", ("/a/<x>",), one), Endpoint("GET", ("/a/b",), two))
    assert table.select("/a/b", "GET").endpoint.name == "two"
    assert table.select("/a/c", "GET").endpoint.name == "one"


def test_case_is_ignored_where_an_endpoint_says_so() -> None:
    table = routes(at("/Users/Delink", ignore_case=True), at("/users/other"))
    assert [len(table.find(path)) for path in ("/users/DELINK", "/USERS/other")] == [1, 0]


def test_a_slash_at_the_end_is_optional_where_the_vendor_says_so() -> None:
    table = routes(at("/a"), at("/b/<x>"), optional_slash=True)
    assert [len(table.find(path)) for path in ("/a", "/a/", "/b/c/", "/a//", "/")] == [
        *(1, 1, 1, 0, 0)
    ]


def test_the_method_chooses_among_the_endpoints_of_a_path() -> None:
    table = routes(Endpoint("GET", ("/a",), one), Endpoint("POST", ("/a",), two))
    assert table.select("/a", "GET").endpoint.name == "one"
    assert table.select("/a", "POST").endpoint.name == "two"
    assert table.select("/a", "HEAD").endpoint.name == "one"


@pytest.mark.parametrize("method", ["PUT", "get", "OPTIONS", ""])
def test_a_wrong_method_is_refused_with_the_right_ones(method: str) -> None:
    with pytest.raises(WrongMethod) as caught:
        routes(at("/a"), at("/a", method="POST")).select("/a", method)
    assert caught.value.allowed == ("GET", "POST")
    assert caught.value.status == 405


def test_a_head_needs_a_get() -> None:
    with pytest.raises(WrongMethod):
        routes(at("/a", method="POST")).select("/a", "HEAD")


def test_an_unknown_path_is_refused() -> None:
    with pytest.raises(UnknownPath):
        routes(at("/a")).select("/b", "GET")
