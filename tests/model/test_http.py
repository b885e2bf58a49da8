"""Requests, responses and header fields as plain values."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.model.http import (
    Headers,
    Request,
    Response,
    json_encoder,
    json_response,
    json_text,
    problem,
)
from tests.engine_client import content, header


def test_headers_keep_their_spelling_and_are_found_in_any_case() -> None:
    pairs = (("Api-Key", "x"), ("B", "1"), ("b", "3"))
    headers = Headers(pairs)
    assert headers.pairs == pairs
    for name in ("api-key", "API-KEY", "Api-Key"):
        assert (headers.get(name), name in headers) == ("x", True)
    assert headers.get("B") == "1, 3"
    assert (Headers().get("api-key"), "api-key" in Headers()) == (None, False)


def test_json_text_is_the_same_without_the_encoder_in_c(monkeypatch: pytest.MonkeyPatch) -> None:
    value = {"a": [1, 0.5, None], "b": "ü"}
    expected = json_encoder()(value)
    monkeypatch.setattr(json.encoder, "c_make_encoder", None)
    assert json_encoder()(value) == expected == '{"a":[1,0.5,null],"b":"\\u00fc"}'


def test_printed_request_and_response_show_no_secret() -> None:
    asked = Request("GET", "/", "token=secret-1", Headers([("Api-Key", "secret-2")]), b'"secret-3"')
    printed = repr(json_response(201, {"user-token": "secret"}, ("Set-Cookie", "secret")))
    assert "secret" not in repr(asked) + printed
    assert "201" in printed
    assert "Set-Cookie" in printed


@pytest.mark.parametrize(("query", "value"), [
    ("token=a", "a"), ("x=1&token=a&token=b", "a"), ("token=", ""), ("token", ""), ("", None),
    ("Token=a", None), ("token=%41+%42", "A B"), ("token=%ff", "\ufffd"), ("token=%", "%"),
    ("a=1;token=b", None),
])  # fmt: skip
def test_a_query_parameter_is_decoded(query: str, value: str | None) -> None:
    assert Request("GET", "/", query).query_value("token") == value


@given(st.text())
def test_no_query_breaks_the_parser(query: str) -> None:
    assert Request("GET", "/", f"token={query}").query_value("token") is not None


def test_json_is_compact_keeps_the_order_of_its_keys_and_has_no_nan() -> None:
    response = json_response(201, {"b": [1, None], "a": "é"}, ("X-More", "1"))
    assert response.body == b'{"b":[1,null],"a":"\\u00e9"}'
    assert response.headers == (("Content-Type", "application/json"), ("X-More", "1"))
    assert response.status == 201
    with pytest.raises(ValueError, match="JSON"):
        json_text(float("nan"))


def test_more_headers_come_after_a_responses_own() -> None:
    response = Response(200, (("A", "1"),), b"body")
    assert response.with_headers(("B", "2")) == Response(200, (("A", "1"), ("B", "2")), b"body")
    assert response.headers == (("A", "1"),)


def test_problem_has_the_members_of_rfc_9457() -> None:
    response = problem(404, "Nobody's.", nearest=["GET /x"])
    assert header(response, "Content-Type") == "application/problem+json"
    assert response.status == 404
    members = {"type": "about:blank", "title": "Not Found", "status": 404}
    assert content(response) == {**members, "detail": "Nobody's.", "nearest": ["GET /x"]}
