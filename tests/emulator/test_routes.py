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


def test_endpoint_is_found_at_each_of_its_paths() -> None:
    table = routes(at("/a", "/b/c"))
    assert [len(table.find(path)) for path in ("/a", "/b/c", "/b", "/A", "/a/", "")] == [
        *(1, 1, 0, 0, 0, 0)
    ]


@pytest.mark.parametrize(("path", "places"), [
    ("/wallets/GHS/balance", {"currency": "GHS"}),
    ("/wallets/%/balance", {"currency": "%"}),
    ("/wallets/a b/balance", {"currency": "a b"}),
    ("/wallets//balance", None),
    ("/wallets/a/b/balance", None),
    ("/wallets/GHS/balance/", None),
    ("/Wallets/GHS/balance", None),
    ("x/wallets/GHS/balance", None),
])  # fmt: skip
def test_parameter_is_one_segment(path: str, places: Seen | None) -> None:
    found = routes(at("/wallets/<currency>/balance")).find(path)
    assert [match.parameters for match in found] == ([] if places is None else [places])


def test_endpoint_may_have_several_parameters() -> None:
    (match,) = routes(at("/<a>/<b_2>")).find("/x/y")
    assert match.parameters == {"a": "x", "b_2": "y"}


@pytest.mark.parametrize(("path", "hit", "miss"), [
    ("/<x>/openapi.json", "/dapi/openapi.json", "/dapi/openapi-json"),
    ("/<x>/a+b", "/y/a+b", "/y/aab"),
    ("/<x>/(a)", "/y/(a)", "/y/a"),
])  # fmt: skip
def test_text_beside_a_parameter_is_literal(path: str, hit: str, miss: str) -> None:
    assert [len(routes(at(path)).find(each)) for each in (hit, miss)] == [1, 0]


def test_path_without_parameters_comes_first() -> None:
    table = routes(Endpoint("GET", ("/a/<x>",), one), Endpoint("GET", ("/a/b",), two))
    assert table.select("/a/b", "GET").endpoint.name == "two"
    assert table.select("/a/c", "GET").endpoint.name == "one"


def test_case_is_ignored_where_the_endpoint_says_so() -> None:
    table = routes(at("/Users/Delink", ignore_case=True), at("/users/other"))
    assert [len(table.find(path)) for path in ("/users/DELINK", "/USERS/other")] == [1, 0]


def test_final_slash_is_optional_where_the_vendor_says_so() -> None:
    table = routes(at("/a"), at("/b/<x>"), optional_slash=True)
    assert [len(table.find(path)) for path in ("/a", "/a/", "/b/c/", "/a//", "/")] == [
        *(1, 1, 1, 0, 0)
    ]


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
