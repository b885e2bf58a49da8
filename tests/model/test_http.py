"""Requests, responses and header fields as plain values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.model.http import Headers, Request, Response, json_response, json_text


@pytest.mark.parametrize("name", ["api-key", "API-KEY", "Api-Key"])
def test_a_header_is_found_in_any_case(name: str) -> None:
    headers = Headers([("Api-Key", "x")])
    assert headers.get(name) == "x"
    assert name in headers


def test_a_header_that_was_not_sent_is_none() -> None:
    assert Headers().get("api-key") is None
    assert "api-key" not in Headers()


def test_a_header_sent_twice_reads_as_one_list() -> None:
    assert Headers([("A", "1"), ("B", "2"), ("a", "3")]).get("A") == "1, 3"


def test_header_fields_keep_their_order_and_spelling() -> None:
    pairs = (("B", "1"), ("a", "2"), ("b", "3"))
    assert Headers(pairs).pairs == pairs


def test_a_secret_does_not_show_when_a_request_is_printed() -> None:
    asked = Request("GET", "/", "token=secret-1", Headers([("Api-Key", "secret-2")]), b'"secret-3"')
    assert "secret" not in repr(asked)


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("token=a", "a"),
        ("x=1&token=a&token=b", "a"),
        ("token=", ""),
        ("token", ""),
        ("", None),
        ("Token=a", None),
        ("token=%41+%42", "A B"),
        ("token=%ff", "\ufffd"),
        ("token=%", "%"),
        ("a=1;token=b", None),
    ],
)
def test_a_query_parameter_is_decoded(query: str, value: str | None) -> None:
    assert Request("GET", "/", query).query_value("token") == value


@given(st.text())
def test_no_query_breaks_the_parser(query: str) -> None:
    value = Request("GET", "/", f"token={query}").query_value("token")
    assert value is not None


def test_json_is_compact_and_keeps_the_order_of_its_keys() -> None:
    response = json_response(201, {"b": [1, None], "a": "é"}, ("X-More", "1"))
    assert response.body == b'{"b":[1,null],"a":"\\u00e9"}'
    assert response.headers == (("Content-Type", "application/json"), ("X-More", "1"))
    assert response.status == 201


def test_json_has_no_nan() -> None:
    with pytest.raises(ValueError, match="JSON"):
        json_text(float("nan"))


def test_a_secret_does_not_show_when_an_answer_is_printed() -> None:
    printed = repr(json_response(201, {"user-token": "s3cret"}, ("Set-Cookie", "s3cret")))
    assert "s3cret" not in printed
    assert "201" in printed
    assert "Set-Cookie" in printed


def test_more_headers_come_after_a_responses_own() -> None:
    response = Response(200, (("A", "1"),), b"body")
    assert response.with_headers(("B", "2")) == Response(200, (("A", "1"), ("B", "2")), b"body")
    assert response.headers == (("A", "1"),)
