"""The vendor's own error by status, and what in a mapping cannot go together."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response
from mockserver.wiremock.mapping_fields import MappingError
from mockserver.wiremock.stub_mapping import parse_stub, to_mapping
from tests.engine_client import ask, content, header

ERRORS = [status for status in HTTPStatus if 400 <= status <= 599]
ID = "01234567-89ab-4cde-8f01-23456789abcd"
OTHER_ID = "11234567-89ab-4cde-8f01-23456789abcd"


def ordered(engine: Engine, line: str, status: int) -> Response:
    engine.state.stubs.reset()
    engine.state.stubs.put(parse_stub({"error": status}))
    response = ask(engine, line)
    assert response.status == status
    assert header(response, "Content-Type") in ("application/json", "application/problem+json")
    return response


@pytest.mark.parametrize("status", ERRORS)
def test_every_error_that_http_knows_can_be_ordered_of_every_vendor(
    engine: Engine, status: HTTPStatus
) -> None:
    dstor = content(ordered(engine, "GET /v1/dev/temp-token", status))
    assert (dstor["statusCode"], dstor["error"]) == (status, status.phrase)
    assert list(dstor) == ["statusCode", "error", "message"]
    assert list(content(ordered(engine, "GET /ds-api/", status))) == ["error"]
    dapi = content(ordered(engine, "POST /v2/data/identity/get", status))
    assert (dapi["success"], dapi["status"], bool(dapi["type"])) == (False, "failed", True)
    kitegateway = content(ordered(engine, "POST /v1/auth/token", status))
    assert (kitegateway["status"], kitegateway["data"]) == ("error", {})
    assert kitegateway["code"] == status.phrase.lower().replace(" ", "_")
    nobody = content(ordered(engine, "GET /nowhere", status))
    assert (nobody["status"], nobody["title"]) == (status, status.phrase)


@pytest.mark.parametrize("line", ["GET /dapi/nowhere", "DELETE /v1/auth/token"])
def test_it_is_the_ordered_error_also_where_the_vendor_has_no_endpoint(
    engine: Engine, line: str
) -> None:
    assert content(ordered(engine, line, 503))["status"] in ("failed", "error")


def test_an_ordered_error_says_in_the_journal_that_it_was_ordered(engine: Engine) -> None:
    ordered(engine, "GET /ds-api/", 500)
    (entry,) = engine.state.journal.all()
    assert (entry.reason, entry.stub) == ("ordered by a stub", engine.state.stubs.all()[0].id)


@pytest.mark.parametrize(("mapping", "message"), [
    ({"error": 500, "response": {"status": 500}}, "response.status is not supported beside er"),
    ({"error": 500, "response": {"jsonBody": 0}}, "response.jsonBody is not supported beside"),
    ({"error": 500, "response": {"headers": {}}}, "response.headers is not supported beside"),
    ({"error": 500, "response": {"fault": "EMPTY_RESPONSE"}}, "error cannot go with response.f"),
    ({"response": {"fault": "EMPTY_RESPONSE", "body": ""}},
     "response.body is not supported beside response.fault"),
    ({"response": {"fault": "EMPTY_RESPONSE", "headers": {}}},
     "response.headers is not supported beside response.fault"),
    ({"response": {"body": "", "base64Body": ""}}, "response.base64Body cannot go with body"),
    ({"response": {"jsonBody": 0, "base64Body": ""}}, "response.base64Body cannot go with json"),
    ({"response": {"fixedDelayMilliseconds": 1, "x": 1}}, "response.x is not supported"),
    ({"response": {"base64Body": "*"}}, "response.base64Body is not base64"),
    ({"response": {"fault": "empty_response"}}, "response.fault must be one of EMPTY_RESPONSE"),
    ({"phase": "Before"}, "phase must be before or after"),
    ({"error": 200}, "error must be a status, 400 to 599"),
    ({"error": [500]}, "error must be a status, 400 to 599"),
    ({"error": 520}, "error must be an HTTP status that has a name"),
    ({"id": ID, "uuid": OTHER_ID}, "id and uuid are two names of one thing"),
    ({"id": ""}, "id must be a UUID"),
    ({"uuid": "x"}, "uuid must be a UUID"),
    ({"request": {"vendor": "dapi"}}, "request.vendor is not supported; vendor goes at the top"),
    ({"request": {"endpoint": "x"}}, "request.endpoint is not supported; endpoint goes at"),
    ({"request": {"url": "/", "urlPath": "/"}}, "request.urlPath cannot go with url"),
    ({"request": {"headers": {"A": {"equalTo": "", "absent": True}}}}, "cannot go with"),
    ({"newScenarioState": "x"}, "a scenario state needs a scenarioName"),
    ({"response": {"status": 199}}, "response.status must be an HTTP status, 200 to 599"),
    ({"response": {"status": 101}}, "response.status must be an HTTP status, 200 to 599"),
    ({"response": {"status": 600}}, "response.status must be an HTTP status, 200 to 599"),
    ({"response": {"headers": {"A:": "x"}}}, "response.headers.A: is no name of a header"),
    ({"response": {"headers": {"A": "a\x85b"}}}, "response.headers.A must be one line"),
    ({"response": {"headers": {"A": None}}}, "response.headers.A must be a text or a list"),
    ({"response": {"bodyFileName": "x"}}, "response.bodyFileName is not supported"),
    ({"request": {"customMatcher": "a"}}, "request.customMatcher is not supported"),
    ({"postServeActions": [1]}, "postServeActions is not supported"),
    ({"metadata": {"token-mockserver": False}}, "metadata.token-mockserver must be an object"),
    ({"metadata": {"token-mockserver": {"tims": 1}}}, "metadata.token-mockserver.tims is not"),
], ids=lambda value: str(value)[:60])  # fmt: skip
def test_what_cannot_go_together_or_is_not_known_is_named(
    mapping: Mapping[str, Any], message: str
) -> None:
    with pytest.raises(MappingError) as caught:
        parse_stub(mapping)
    assert message in str(caught.value)


@pytest.mark.parametrize("status", [200, 226, 299, 418, 499, 520, 599])
def test_any_final_status_may_be_answered(status: int) -> None:
    assert parse_stub({"response": {"status": status}}).response.status == status


@pytest.mark.parametrize("value", ["", "a\tb", "\xe4\xff", "~ !"])
def test_a_header_may_hold_what_http_allows(value: str) -> None:
    parsed = parse_stub({"response": {"headers": {"X-A": value}}})
    assert parsed.response.headers == (("X-A", value),)


TOP = [
    *("id", "uuid", "name", "request", "response", "priority", "metadata", "persistent"),
    *("insertionIndex", "scenarioName", "requiredScenarioState", "newScenarioState"),
    *("vendor", "endpoint", "phase", "times", "skip", "probability", "error"),
]


@pytest.mark.parametrize("name", TOP)
def test_null_counts_as_absent_and_is_not_listed(name: str) -> None:
    stub = parse_stub({"name": "n", "times": 1, "id": ID, name: None})
    plain = {key: value for key, value in (("name", "n"), ("times", 1)) if key != name}
    expected = {
        "id": stub.id,
        "uuid": stub.id,
        **({"name": "n"} if "name" in plain else {}),
        **({"metadata": {"token-mockserver": {"times": 1}}} if "times" in plain else {}),
    }
    assert to_mapping(stub) == expected
    assert (stub.response.status, stub.limits.phase, stub.step.scenario) == (200, "before", None)


@pytest.mark.parametrize("where", ["response", "ours"])
def test_null_counts_as_absent_further_in(where: str) -> None:
    nothing = dict.fromkeys(["status", "headers", "body", "jsonBody", "base64Body", "fault"])
    delays = dict.fromkeys(["fixedDelayMilliseconds", "delayDistribution"])
    if where == "response":
        definition = parse_stub({"response": {**nothing, **delays}}).response
        assert (definition.status, definition.delay, definition.fault) == (200, None, None)
        late = parse_stub({"response": {**nothing, "fixedDelayMilliseconds": 1}}).response
        assert late.status is None
    else:
        ours = dict.fromkeys(["vendor", "endpoint", "phase", "times", "skip", "probability"])
        assert parse_stub({"metadata": {"token-mockserver": ours}}).ours == {}


@pytest.mark.parametrize(("name", "value"), [
    ("vendor", "dapi"),
    ("endpoint", "identity"),
    ("phase", "after"),
    ("times", 3),
    ("skip", 0),
    ("probability", 0),
    ("error", 418),
])  # fmt: skip
def test_each_of_ours_may_stand_above_or_in_the_metadata(name: str, value: object) -> None:
    metadata = {"token-mockserver": {name: value}, "mine": [1]}
    above = parse_stub({"id": ID, name: value, "metadata": {"mine": [1]}})
    below = parse_stub({"id": ID, "metadata": metadata})
    for stub in (above, below):
        assert to_mapping(stub) == {"id": ID, "uuid": ID, "metadata": metadata}
        assert to_mapping(parse_stub(to_mapping(stub))) == to_mapping(stub)
    assert (above.limits, above.response) == (below.limits, below.response)
    assert [condition.label for condition in above.pattern.conditions] == [
        condition.label for condition in below.pattern.conditions
    ]
