"""A stub's mapping: read strictly, kept as given, listed with what is ours in its place."""

from http import HTTPStatus
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.emulator.engine import Engine
from mockserver.model.http import Fault, Response
from mockserver.wiremock.mapping_fields import MappingError
from mockserver.wiremock.stub_mapping import parse_stub, to_mapping
from tests.engine_client import ask, content, header

ID = "01234567-89ab-4cde-8f01-23456789abcd"
ERRORS = [status for status in HTTPStatus if 400 <= status <= 599]
FAULT = "EMPTY_RESPONSE"


@pytest.mark.parametrize(("response", "status", "headers", "body"), [
    ({}, 200, (), b""),
    *(({"status": status}, status, (), b"") for status in (200, 226, 299, 418, 499, 520, 599)),
    ({"body": "é"}, 200, (), "é".encode()),
    ({"jsonBody": {"a": [1, None]}}, 200, (), b'{"a":[1,null]}'),
    ({"jsonBody": False}, 200, (), b"false"),
    ({"base64Body": "AP8="}, 200, (), b"\x00\xff"),
    ({"headers": {"A": "1", "B": ["2", "3"]}}, 200, (("A", "1"), ("B", "2"), ("B", "3")), b""),
    *(({"headers": {"A": each}}, 200, (("A", each),), b"") for each in ("", "a\tb", "\xe4\xff")),
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


def test_a_delay_alone_and_an_error_leave_the_answer_to_the_vendor() -> None:
    delayed = parse_stub({"response": {"fixedDelayMilliseconds": 1}}).response
    assert (delayed.status, delayed.delay is None) == (None, False)
    for name in ("error", "status"):
        stub = parse_stub({"vendor": "dapi", name: 503})
        assert (stub.response.status, stub.response.error) == (None, 503)
        assert "error" in str(to_mapping(stub)["metadata"])


@pytest.mark.parametrize("ours", [
    {"vendor": "dapi"}, {"endpoint": "identity"}, {"phase": "after"}, {"times": 3}, {"skip": 0},
    {"probability": 0}, {"error": 418},
    {"vendor": "dapi", "endpoint": "identity", "phase": "after", "times": 2, "skip": 1},
], ids=str)  # fmt: skip
def test_what_is_ours_stands_above_or_in_the_metadata_and_is_listed_there(
    ours: dict[str, Any],
) -> None:
    metadata = {"token-mockserver": ours, "mine": [1]}
    above = parse_stub({"id": ID, **ours, "metadata": {"mine": [1]}})
    below = parse_stub({"id": ID, "metadata": metadata})
    for stub in (above, below):
        assert to_mapping(stub) == {"id": ID, "uuid": ID, "metadata": metadata}
        assert to_mapping(parse_stub(to_mapping(stub))) == to_mapping(stub)
    assert (above.limits, above.response) == (below.limits, below.response)
    labels = [[each.label for each in stub.pattern.conditions] for stub in (above, below)]
    assert labels[0] == labels[1]


def test_what_stands_above_goes_before_what_stands_in_the_metadata() -> None:
    stub = parse_stub({"times": 1, "metadata": {"token-mockserver": {"times": 2, "skip": 3}}})
    assert (stub.limits.times, stub.limits.skip) == (1, 3)


def test_what_wiremock_has_besides_is_kept_and_ignored() -> None:
    mapping = {
        **{"name": "mine", "request": {"method": "GET"}, "response": {"status": 200}},
        **{"persistent": True, "insertionIndex": 3, "priority": 1, "metadata": {"a": {"b": None}}},
        **{"scenarioName": "s", "requiredScenarioState": "Started", "newScenarioState": "next"},
    }
    shown = to_mapping(parse_stub(mapping))
    assert {name: shown[name] for name in mapping} == mapping


def test_headers_that_the_server_sends_are_left_out_with_a_note() -> None:
    headers = {"Date": "x", "transfer-encoding": "chunked", "A": "1"}
    stub = parse_stub({"id": ID, "response": {"headers": headers}, "times": 1})
    out = "is left out: the server sends its own"
    notes = [f"response.headers.{name} {out}" for name in ("Date", "transfer-encoding")]
    assert to_mapping(stub) == {
        **{"id": ID, "uuid": ID, "response": {"headers": {"A": "1"}}},
        "metadata": {"token-mockserver": {"times": 1, "notes": notes}},
    }
    assert to_mapping(parse_stub(to_mapping(stub))) == to_mapping(stub)
    assert stub.response.headers == (("A", "1"),)


@pytest.mark.parametrize(("fixed", "seconds"), [({}, 0.2), ({"fixedDelayMilliseconds": 100}, 0.3)])
def test_a_dribble_is_a_delay_beside_the_others(fixed: dict[str, int], seconds: float) -> None:
    dribble = {"chunkedDribbleDelay": {"numberOfChunks": 3, "totalDuration": 200}}
    delay = parse_stub({"response": {"status": 200, **dribble, **fixed}}).response.delay
    assert delay is not None
    assert delay(Random(1)) == pytest.approx(seconds)


def test_an_id_may_be_given_and_is_made_otherwise() -> None:
    assert parse_stub({"id": ID.upper()}).id == parse_stub({"uuid": ID.upper()}).id == ID
    assert UUID(parse_stub({}).id) != UUID(parse_stub({"id": None}).id)


STATUS = "response.status must be an HTTP status, 200 to 599"
ERROR = "status (in a mapping: error) must be"
BESIDE = "is not supported beside"
OURS = "metadata.token-mockserver"


@pytest.mark.parametrize(("mapping", "message"), [
    ([], "the mapping must be an object"),
    ({"nonsense": 1}, "nonsense is not supported"),
    *(({name: value}, f"{name} must be a UUID") for name in ("id", "uuid") for value in ("", "x")),
    ({"id": ID, "uuid": ID.replace("0", "1", 1)}, "id and uuid are two names of one field"),
    *(({name: 1}, f"{name} must be a string") for name in ("id", "name", "scenarioName", "vendor")),
    *(({"priority": value}, "priority must be an integer") for value in ("1", True)),
    ({"request": []}, "request must be an object"),
    ({"request": {"nonsense": 1}}, "request.nonsense is not supported; known: url, urlPath, "),
    ({"request": {"customMatcher": "a"}}, "request.customMatcher is not supported"),
    ({"request": {"vendor": "dapi"}}, "request.vendor is not supported; vendor goes at the top"),
    ({"request": {"endpoint": "x"}}, "request.endpoint is not supported; endpoint goes at"),
    ({"request": {"url": "/", "urlPath": "/"}}, "request.urlPath cannot be combined with url"),
    ({"request": {"headers": {"A": {"equalTo": "", "absent": True}}}}, "cannot be combined with"),
    ({"response": "x"}, "response must be an object"),
    ({"response": {"nonsense": 1}}, "response.nonsense is not supported"),
    ({"response": {"fixedDelayMilliseconds": 1, "x": 1}}, "response.x is not supported"),
    ({"response": {"bodyFileName": "x"}}, "response.bodyFileName is not supported"),
    *(({"response": {"status": status}}, STATUS) for status in (1000, 199, 101, 600)),
    ({"response": {"status": "200"}}, "response.status must be an integer"),
    *(({"response": {"headers": {"A": value}}}, "response.headers.A must be a string or a list")
      for value in (1, None)),
    *(({"response": {"headers": {"A": value}}}, "response.headers.A must be one line")
      for value in ("a\r\nB: b", "\u0100", "a\x85b")),
    *(({"response": {"headers": {name: "a"}}}, f"response.headers.{name} is not the name of a")
      for name in ("A\n", "", "A: B", "A:", "A B")),
    ({"response": {"body": 1}}, "response.body must be a string"),
    ({"response": {"body": "", "jsonBody": 1}}, "response.jsonBody cannot be combined with body"),
    ({"response": {"body": "", "base64Body": ""}}, "response.base64Body cannot be combined"),
    ({"response": {"jsonBody": 0, "base64Body": ""}}, "response.base64Body cannot be combined"),
    *(({"response": {"base64Body": value}}, "response.base64Body is not base64")
      for value in ("!", "*", "\u00e9")),
    *(({"response": {"fault": value}}, "response.fault must be one of EMPTY_RESPONSE, ")
      for value in ("NONE", "empty_response")),
    *(({"response": {"fault": FAULT, name: value}}, f"response.{name} {BESIDE} response.fault")
      for name, value in (("body", "x"), ("headers", {}))),
    *(({"error": 500, "response": {name: value}}, f"response.{name} {BESIDE} error")
      for name, value in (("status", 500), ("jsonBody", 0), ("headers", {}), ("body", "x"))),
    ({"error": 500, "response": {"fault": FAULT}}, "error cannot be combined with response.fault"),
    ({"response": {"proxyBaseUrl": "x"}}, "response.proxyBaseUrl is not supported: stubs do not"),
    ({"response": {"chunkedDribbleDelay": {"numberOfChunks": 2}}}, "needs numberOfChunks and"),
    ({"response": {"chunkedDribbleDelay": {"a": 2}}}, "chunkedDribbleDelay.a is not supported"),
    *(({"error": value}, f"{ERROR} 400 to 599") for value in (200, 399, 600, "500", True, [500])),
    *(({"error": status}, f"{ERROR} an HTTP status that has a name") for status in (499, 520)),
    ({"status": 503, "error": 500}, "status and error are the same"),
    *(({"phase": value}, "phase must be before or after") for value in ("during", "Before")),
    ({"phase": 1}, "phase must be a string"),
    ({"times": 0}, "times must be 1 or more"),
    ({"times": 1.5}, "times must be an integer"),
    ({"skip": -1}, "skip 0 or more"),
    ({"probability": 1.1}, "probability 0 to 1"),
    ({"probability": "1"}, "probability must be a number"),
    ({"metadata": 1}, "metadata must be an object"),
    *(({"metadata": {"token-mockserver": value}}, f"{OURS} must be an object")
      for value in (1, False)),
    *(({"metadata": {"token-mockserver": {name: 1}}}, f"{OURS}.{name} is not supported")
      for name in ("a", "tims")),
    ({"metadata": {"token-mockserver": {"times": 1.0}}}, f"{OURS}.times must"),
    ({"skip": 1, "metadata": {"token-mockserver": {"vendor": 1}}}, f"{OURS}.vendor"),
    ({"metadata": {"token-mockserver": {"vendor": 1}}, "vendor": 1}, "vendor must be a string"),
    ({"newScenarioState": "x"}, "a scenario state needs a scenarioName"),
    ({"requiredScenarioState": "x"}, "a scenario state needs a scenarioName"),
    ({"postServeActions": [1]}, "postServeActions is not supported"),
], ids=lambda value: str(value)[:64])  # fmt: skip
def test_what_is_no_mapping_is_refused_and_the_field_named(mapping: object, message: str) -> None:
    with pytest.raises(MappingError) as caught:
        parse_stub(mapping)
    assert message in str(caught.value)
    assert ("metadata" in message) is ("metadata" in str(caught.value))


@pytest.mark.parametrize("name", [
    "id", "uuid", "name", "request", "response", "priority", "metadata", "persistent",
    "insertionIndex", "scenarioName", "requiredScenarioState", "newScenarioState", "vendor",
    "endpoint", "phase", "times", "skip", "probability", "error",
])  # fmt: skip
def test_null_counts_as_absent_and_is_not_listed(name: str) -> None:
    stub = parse_stub({"name": "n", "times": 1, "id": ID, name: None})
    metadata: dict[str, Any] = {"token-mockserver": {"times": 1}}
    expected = {"id": stub.id, "uuid": stub.id, "name": "n", "metadata": metadata}
    expected.pop({"name": "name", "times": "metadata"}.get(name, ""), None)
    assert to_mapping(stub) == expected
    assert (stub.response.status, stub.limits.phase, stub.step.scenario) == (200, "before", None)


def test_null_counts_as_absent_further_in() -> None:
    nothing = dict.fromkeys(["status", "headers", "body", "jsonBody", "base64Body", "fault"])
    delays = dict.fromkeys(["fixedDelayMilliseconds", "delayDistribution"])
    definition = parse_stub({"response": {**nothing, **delays}}).response
    assert (definition.status, definition.delay, definition.fault) == (200, None, None)
    late = parse_stub({"response": {**nothing, "fixedDelayMilliseconds": 1}}).response
    assert late.status is None
    ours = dict.fromkeys(["vendor", "endpoint", "phase", "times", "skip", "probability"])
    assert parse_stub({"metadata": {"token-mockserver": ours}}).ours == {}


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


def ordered(engine: Engine, line: str, status: int) -> Response:
    engine.state.stubs.reset()
    engine.state.stubs.put(parse_stub({"error": status}))
    response = ask(engine, line)
    assert response.status == status
    nobodys = line.endswith(" /nowhere")
    media_type = "application/problem+json" if nobodys else "application/json"
    assert header(response, "Content-Type") == media_type
    return response


@pytest.mark.parametrize("status", ERRORS)
def test_every_error_that_http_knows_can_be_ordered_of_every_vendor(
    engine: Engine, status: HTTPStatus
) -> None:
    dstor = content(ordered(engine, "GET /v1/dev/temp-token", status))
    assert (dstor["statusCode"], dstor["error"]) == (status, status.phrase)
    assert list(dstor) == ["statusCode", "error", "message"]
    assert list(content(ordered(engine, "GET /ds-api/", status))) == ["error"]
    for line in ("POST /v2/data/identity/get", "GET /dapi/nowhere"):  # also without an endpoint
        dapi = content(ordered(engine, line, status))
        assert (dapi["success"], dapi["status"], bool(dapi["type"])) == (False, "failed", True)
        assert list(dapi) == ["success", "status", "type", "msg", "operationID"]
    for line in ("POST /v1/auth/token", "DELETE /v1/auth/token"):
        kitegateway = content(ordered(engine, line, status))
        assert list(kitegateway) == ["code", "status", "message", "data"]
        assert (kitegateway["status"], kitegateway["data"]) == ("error", {})
        assert kitegateway["code"] == status.phrase.lower().replace(" ", "_")
    nobody = content(ordered(engine, "GET /nowhere", status))
    assert (nobody["status"], nobody["title"]) == (status, status.phrase)
    assert header(ordered(engine, "GET /dstor/", status), "Access-Control-Allow-Origin") == "*"
    entry = engine.state.journal.all()[-1]
    assert (entry.reason, entry.stub) == ("ordered by a stub", engine.state.stubs.all()[0].id)
