"""A stub's mapping: read strictly, kept as given, listed with what is ours in its place."""

from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.model.http import Fault
from mockserver.wiremock.mapping_fields import MappingError
from mockserver.wiremock.stub_mapping import parse_stub, to_mapping

ID = "01234567-89ab-4cde-8f01-23456789abcd"


@pytest.mark.parametrize(("response", "status", "headers", "body"), [
    ({}, 200, (), b""),
    ({"status": 418}, 418, (), b""),
    ({"body": "é"}, 200, (), "é".encode()),
    ({"jsonBody": {"a": [1, None]}}, 200, (), b'{"a":[1,null]}'),
    ({"jsonBody": False}, 200, (), b"false"),
    ({"base64Body": "AP8="}, 200, (), b"\x00\xff"),
    ({"headers": {"A": "1", "B": ["2", "3"]}}, 200, (("A", "1"), ("B", "2"), ("B", "3")), b""),
    ({"body": "x", "fixedDelayMilliseconds": 5}, 200, (), b"x"),
], ids=str)  # fmt: skip
def test_a_response_is_read(
    response: dict[str, Any], status: int, headers: tuple[tuple[str, str], ...], body: bytes
) -> None:
    definition = parse_stub({"response": response}).response
    assert (definition.status, definition.headers, definition.body) == (status, headers, body)


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("beside", [{}, {"status": 200}, {"fixedDelayMilliseconds": 1}])
def test_a_fault_is_read(fault: Fault, beside: dict[str, int]) -> None:
    definition = parse_stub({"response": {"fault": fault.value, **beside}}).response
    assert (definition.fault, definition.status) == (fault, None)


def test_a_delay_alone_leaves_the_answer_to_the_vendor() -> None:
    definition = parse_stub({"response": {"fixedDelayMilliseconds": 1}}).response
    assert (definition.status, definition.delay is None) == (None, False)


def test_an_order_for_the_vendors_own_error_is_read() -> None:
    definition = parse_stub({"error": 503}).response
    assert (definition.status, definition.error) == (None, 503)


def test_what_is_ours_stands_above_or_in_the_metadata_and_is_listed_there() -> None:
    ours = {"vendor": "dapi", "endpoint": "identity", "phase": "after", "times": 2, "skip": 1}
    rest = {"probability": 0.5, "error": 500}
    above = parse_stub({"id": ID, **ours, **rest, "metadata": {"mine": 1}})
    below = parse_stub({"id": ID, "metadata": {"mine": 1, "token-mockserver": {**ours, **rest}}})
    expected = {
        "id": ID,
        "uuid": ID,
        "metadata": {"mine": 1, "token-mockserver": {**ours, **rest}},
    }
    assert to_mapping(above) == to_mapping(below) == expected
    assert (above.limits, above.response) == (below.limits, below.response)


def test_what_stands_above_goes_before_what_stands_in_the_metadata() -> None:
    stub = parse_stub({"times": 1, "metadata": {"token-mockserver": {"times": 2, "skip": 3}}})
    assert (stub.limits.times, stub.limits.skip) == (1, 3)


def test_what_wiremock_has_besides_is_kept_and_ignored() -> None:
    mapping = {
        "name": "mine",
        "request": {"method": "GET"},
        "response": {"status": 200},
        "persistent": True,
        "insertionIndex": 3,
        "priority": 1,
        "metadata": {"a": {"b": None}},
        "scenarioName": "s",
        "requiredScenarioState": "Started",
        "newScenarioState": "next",
    }
    shown = to_mapping(parse_stub(mapping))
    assert {name: shown[name] for name in mapping} == mapping


def test_headers_that_the_server_sends_are_left_out_with_a_note() -> None:
    headers = {"Date": "x", "transfer-encoding": "chunked", "A": "1"}
    stub = parse_stub({"id": ID, "response": {"headers": headers}, "times": 1})
    notes = [
        f"response.headers.{name} is left out: the server sends its own"
        for name in ("Date", "transfer-encoding")
    ]
    ours = {"times": 1, "notes": notes}
    shown = {"id": ID, "uuid": ID, "response": {"headers": {"A": "1"}}}
    assert to_mapping(stub) == {**shown, "metadata": {"token-mockserver": ours}}
    assert to_mapping(parse_stub(to_mapping(stub))) == to_mapping(stub)
    assert stub.response.headers == (("A", "1"),)


def test_a_dribble_is_a_delay_beside_the_others() -> None:
    dribble = {"chunkedDribbleDelay": {"numberOfChunks": 3, "totalDuration": 200}}
    for fixed, seconds in (({}, 0.2), ({"fixedDelayMilliseconds": 100}, 0.3)):
        delay = parse_stub({"response": {"status": 200, **dribble, **fixed}}).response.delay
        assert delay is not None
        assert delay(Random(1)) == pytest.approx(seconds)


@pytest.mark.parametrize("name", ["id", "uuid"])
def test_an_id_may_be_given(name: str) -> None:
    assert parse_stub({name: ID.upper()}).id == ID


def test_an_id_is_made_where_none_is_given() -> None:
    assert UUID(parse_stub({}).id) != UUID(parse_stub({"id": None}).id)


@pytest.mark.parametrize(("mapping", "message"), [
    ([], "the mapping must be an object"),
    ({"nonsense": 1}, "nonsense is not supported"),
    ({"id": "x"}, "id must be a UUID"),
    ({"id": 1}, "id must be a text"),
    ({"name": 1}, "name must be a text"),
    ({"priority": "1"}, "priority must be an integer"),
    ({"priority": True}, "priority must be an integer"),
    ({"request": []}, "request must be an object"),
    ({"request": {"nonsense": 1}}, "request.nonsense is not supported"),
    ({"response": "x"}, "response must be an object"),
    ({"response": {"nonsense": 1}}, "response.nonsense is not supported"),
    ({"response": {"status": 1000}}, "response.status must be an HTTP status"),
    ({"response": {"status": "200"}}, "response.status must be an integer"),
    ({"response": {"headers": {"A": 1}}}, "response.headers.A must be a text or a list"),
    ({"response": {"headers": {"A": "a\r\nB: b"}}}, "response.headers.A must be one line"),
    ({"response": {"headers": {"A\n": "a"}}}, "is no name of a header"),
    ({"response": {"headers": {"": "a"}}}, "response.headers. is no name of a header"),
    ({"response": {"headers": {"A": "\u0100"}}}, "response.headers.A must be one line"),
    ({"response": {"headers": {"A: B": "a"}}}, "response.headers.A: B"),
    ({"response": {"headers": {"A B": "a"}}}, "response.headers.A B"),
    ({"response": {"body": 1}}, "response.body must be a text"),
    ({"response": {"body": "", "jsonBody": 1}}, "response.jsonBody cannot go with body"),
    ({"response": {"base64Body": "!"}}, "response.base64Body is not base64"),
    ({"response": {"base64Body": "\u00e9"}}, "response.base64Body is not base64"),
    ({"response": {"fault": "NONE"}}, "response.fault must be one of EMPTY_RESPONSE, "),
    ({"response": {"fault": "EMPTY_RESPONSE", "body": "x"}}, "response.body is not supported"),
    ({"response": {"body": "x"}, "error": 500}, "response.body is not supported"),
    ({"response": {"proxyBaseUrl": "x"}}, "response.proxyBaseUrl is not supported: stubs do not"),
    ({"error": 399}, "error must be a status, 400 to 599"),
    ({"error": 600}, "error must be a status, 400 to 599"),
    ({"error": 499}, "error must be an HTTP status"),
    ({"error": "500"}, "error must be a status, 400 to 599"),
    ({"error": True}, "error must be a status, 400 to 599"),
    ({"phase": "during"}, "phase must be before or after"),
    ({"phase": 1}, "phase must be a text"),
    ({"times": 0}, "times is 1 or more"),
    ({"times": 1.5}, "times must be an integer"),
    ({"metadata": {"token-mockserver": {"times": 1.0}}}, "metadata.token-mockserver.times must"),
    ({"skip": 1, "metadata": {"token-mockserver": {"vendor": 1}}}, "metadata.token-mockserver.v"),
    ({"metadata": {"token-mockserver": {"vendor": 1}}, "vendor": 1}, "vendor must be a text"),
    ({"response": {"chunkedDribbleDelay": {"numberOfChunks": 2}}}, "needs numberOfChunks and"),
    ({"response": {"chunkedDribbleDelay": {"a": 2}}}, "chunkedDribbleDelay.a is not supported"),
    ({"skip": -1}, "skip 0 or more"),
    ({"probability": 1.1}, "probability 0 to 1"),
    ({"probability": "1"}, "probability must be a number"),
    ({"metadata": 1}, "metadata must be an object"),
    ({"metadata": {"token-mockserver": 1}}, "metadata.token-mockserver must be an object"),
    ({"metadata": {"token-mockserver": {"a": 1}}}, "metadata.token-mockserver.a is not supp"),
    ({"scenarioName": 1}, "scenarioName must be a text"),
    ({"newScenarioState": "x"}, "a scenario state needs a scenarioName"),
    ({"requiredScenarioState": "x"}, "a scenario state needs a scenarioName"),
    ({"vendor": 1}, "vendor must be a text"),
], ids=lambda value: str(value)[:64])  # fmt: skip
def test_what_is_no_mapping_is_refused_and_the_field_named(mapping: object, message: str) -> None:
    with pytest.raises(MappingError) as caught:
        parse_stub(mapping)
    assert message in str(caught.value)
    assert ("metadata" in message) is ("metadata" in str(caught.value))


FIELDS = [
    *("request", "response", "priority", "id", "metadata", "scenarioName", "newScenarioState"),
    *("times", "skip", "probability", "phase", "error", "vendor", "name", "status", "headers"),
    *("body", "jsonBody", "base64Body", "fault", "fixedDelayMilliseconds", "delayDistribution"),
]
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(FIELDS), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4))
def test_nothing_breaks_the_parser(mapping: dict[str, Any]) -> None:
    try:
        stub = parse_stub(mapping)
    except MappingError:
        return
    assert parse_stub(to_mapping(stub)).response.body == stub.response.body


def test_status_at_the_top_is_another_word_for_error() -> None:
    stub = parse_stub({"vendor": "dapi", "status": 503})
    assert stub.response.error == 503
    assert "error" in str(to_mapping(stub)["metadata"])
    with pytest.raises(MappingError, match="status and error are the same"):
        parse_stub({"status": 503, "error": 500})
