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


def found(table: Routes[Seen], *paths: str) -> list[int]:
    return [len(table.find(path)) for path in paths]


def test_endpoint_is_found_at_each_of_its_paths() -> None:
    assert found(routes(at("/a", "/b/c")), "/a", "/b/c", "/b", "/A", "/a/", "") == [1, 1] + [0] * 4


@pytest.mark.parametrize(("path", "hit", "places"), [
    ("/wallets/<currency>/balance", "/wallets/GHS/balance", {"currency": "GHS"}),
    ("/wallets/<currency>/balance", "/wallets/%/balance", {"currency": "%"}),
    ("/wallets/<currency>/balance", "/wallets/a b/balance", {"currency": "a b"}),
    *(("/wallets/<currency>/balance", miss, None) for miss in (
        "/wallets//balance", "/wallets/a/b/balance", "/wallets/GHS/balance/",
        "/Wallets/GHS/balance", "x/wallets/GHS/balance")),
    ("/<a>/<b_2>", "/x/y", {"a": "x", "b_2": "y"}),
    ("/<x>/openapi.json", "/dapi/openapi.json", {"x": "dapi"}),
    ("/<x>/openapi.json", "/dapi/openapi-json", None),
    ("/<x>/a+b", "/y/a+b", {"x": "y"}), ("/<x>/a+b", "/y/aab", None),
    ("/<x>/(a)", "/y/(a)", {"x": "y"}), ("/<x>/(a)", "/y/a", None),
])  # fmt: skip
def test_parameter_is_one_segment_and_the_text_beside_it_literal(
    path: str, hit: str, places: Seen | None
) -> None:
    matches = routes(at(path)).find(hit)
    assert [match.parameters for match in matches] == ([] if places is None else [places])


def test_path_without_parameters_comes_first() -> None:
    table = routes(Endpoint("GET", ("/a/<x>",), one), Endpoint("GET", ("/a/b",), two))
    assert table.select("/a/b", "GET").endpoint.name == "two"
    assert table.select("/a/c", "GET").endpoint.name == "one"


def test_case_and_a_final_slash_are_ignored_where_the_endpoint_or_vendor_says_so() -> None:
    table = routes(at("/Users/Delink", ignore_case=True), at("/users/other"))
    assert found(table, "/users/DELINK", "/USERS/other") == [1, 0]
    table = routes(at("/a"), at("/b/<x>"), optional_slash=True)
    assert found(table, "/a", "/a/", "/b/c/", "/a//", "/") == [1, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("method", "name"), [("GET", "one"), ("POST", "two"), ("HEAD", "one"), ("PUT", ""), ("get", "")]
)
def test_method_selects_the_endpoint(method: str, name: str) -> None:
    table = routes(Endpoint("GET", ("/a",), one), Endpoint("POST", ("/a",), two))
    if name:
        assert table.select("/a", method).endpoint.name == name
    else:
        with pytest.raises(WrongMethod) as caught:
            table.select("/a", method)
        assert (caught.value.allowed, caught.value.status) == (("GET", "POST"), 405)


def test_head_without_a_get_and_an_unknown_path_are_refused() -> None:
    with pytest.raises(WrongMethod):
        routes(at("/a", method="POST")).select("/a", "HEAD")
    with pytest.raises(UnknownPath):
        routes(at("/a")).select("/b", "GET")
