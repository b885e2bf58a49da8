"""What holds for every endpoint of every vendor, whatever is sent."""

import json
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.model.errors import InternalError, Refusal, UnknownPath, WrongMethod
from mockserver.model.http import Headers, Request, Response
from mockserver.model.request_content import LIMIT
from mockserver.model.tokens import TokenRejected
from tests.engine_client import content, fresh_engine, header
from tests.sample_requests import sample_requests

SHAPES = {
    "dstor": ["statusCode", "error", "message"],
    "datasentinel": ["error"],
    "dapi": ["success", "status", "type", "msg", "operationID"],
    "kitegateway": ["code", "status", "message", "data"],
}
FURTHER_STATUSES = {"dapi": {422}, "datasentinel": {405}}
ENGINE = fresh_engine()
VENDORS = {vendor.name: vendor for vendor in ENGINE.vendors}
NAMES = [*sample_requests(fresh_engine())]
SAMPLES = {
    name: asked for name, asked in sample_requests(ENGINE).items() if name != "dapi.delink_user"
}
HEADERS = sorted({name for asked in SAMPLES.values() for name, _ in asked.headers.pairs})
VALUES = sorted({value for asked in SAMPLES.values() for _, value in asked.headers.pairs})
FIELDS = [
    *("appSecret", "accessCode", "connectionID", "userSecret", "accountID", "fromDate", "toDate"),
    *("email", "password", "chunks_number", "folder_path", "api_key", "expires_in"),
]

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
HEADER_VALUES = st.sampled_from(VALUES) | st.text(string.printable) | TEXT
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
OBJECTS = st.dictionaries(st.sampled_from(FIELDS) | TEXT, JSON | st.text(), max_size=6)
ENCODED = (OBJECTS | JSON).map(lambda value: json.dumps(value).encode())
BODIES = ENCODED | st.binary(max_size=200) | st.just(b"")
SENT = st.sampled_from([*HEADERS, "x-expiration", "Accept", "Content-Encoding"])
PAIRS = st.lists(st.tuples(SENT, HEADER_VALUES), max_size=6)
TOKENS = st.tuples(st.sampled_from(["token", "user-token"]), HEADER_VALUES).map("=".join)
QUERIES = st.text(string.printable, max_size=30) | TOKENS


def check(vendor: str, response: Response) -> None:
    """An answer of this vendor's that is no failure, in its own shape where it refuses."""
    assert response.status < 500
    assert header(response, "Content-Type") == "application/json"
    if response.status >= 400:
        assert list(content(response)) == SHAPES[vendor]
        assert response.status in {400, 401, 404} | FURTHER_STATUSES.get(vendor, set())


def test_there_is_a_sample_for_each_endpoint_and_it_succeeds() -> None:
    names = {f"{v.name}.{endpoint.name}" for v in VENDORS.values() for endpoint in v.endpoints}
    assert names == set(NAMES)
    engine = fresh_engine()
    answers = {name: engine.answer(asked).status for name, asked in sample_requests(engine).items()}
    created = {"datasentinel.create_token": 201}
    assert answers == dict.fromkeys(answers, 200) | created


@pytest.mark.parametrize("name", SAMPLES)
@given(headers=PAIRS, query=QUERIES, body=BODIES)
def test_anything_is_answered_in_the_vendors_shape(
    name: str, headers: list[tuple[str, str]], query: str, body: bytes
) -> None:
    asked = SAMPLES[name]._replace(headers=Headers(headers), query=query, body=body)
    check(name.partition(".")[0], ENGINE.answer(asked))


@pytest.mark.parametrize("name", SAMPLES)
@given(data=st.data())
def test_a_good_request_with_one_thing_changed_is_answered_in_the_vendors_shape(
    name: str, data: st.DataObject
) -> None:
    asked = data.draw(st.sampled_from([_other_header, _other_field, _other_query]))(
        SAMPLES[name], data
    )
    check(name.partition(".")[0], ENGINE.answer(asked))


def _other_header(asked: Request, data: st.DataObject) -> Request:
    kept = [pair for pair in asked.headers.pairs if data.draw(st.booleans())]
    return asked._replace(headers=Headers([*data.draw(PAIRS), *kept]))


def _other_field(asked: Request, data: st.DataObject) -> Request:
    fields: dict[str, Any] = json.loads(asked.body) if asked.body else {}
    name = data.draw(st.sampled_from([*fields, "new"]))
    return asked._replace(body=json.dumps({**fields, name: data.draw(JSON)}).encode())


def _other_query(asked: Request, data: st.DataObject) -> Request:
    return asked._replace(query=data.draw(QUERIES))


@pytest.mark.parametrize("name", SAMPLES)
@given(method=st.text(string.ascii_uppercase, min_size=1), path=TEXT)
def test_any_method_and_any_path_are_answered_in_the_vendors_shape(
    name: str, method: str, path: str
) -> None:
    vendor = name.partition(".")[0]
    for asked in (
        SAMPLES[name]._replace(method=method),
        SAMPLES[name]._replace(path=f"/{vendor}/{path}"),
    ):
        response = ENGINE.answer(asked)
        if response.status != 204:  # a preflight
            check(vendor, response)


@pytest.mark.parametrize("name", NAMES)
def test_a_body_of_a_mebibyte_is_not_too_long_and_one_of_more_is_a_400(name: str) -> None:
    asked = sample_requests(ENGINE)[name]
    response = ENGINE.answer(asked._replace(body=b" " * (LIMIT + 1)))
    check(name.partition(".")[0], response)
    assert (response.status, str(LIMIT) in response.body.decode()) == (400, True)
    assert ENGINE.answer(asked._replace(body=asked.body.ljust(LIMIT))).status in (200, 201)


REFUSALS = [Refusal("no", status=status) for status in (400, 401, 404, 503)] + [
    *(UnknownPath(), WrongMethod(("GET",)), TokenRejected("expired", "no"), InternalError())
]


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("refusal", REFUSALS, ids=repr)
def test_any_refusal_has_the_vendors_shape(name: str, refusal: Refusal) -> None:
    response = VENDORS[name].refuse(refusal, Request("GET", "/x"))
    assert header(response, "Content-Type") == "application/json"
    assert list(content(response)) == SHAPES[name]
    if not isinstance(refusal, WrongMethod):
        assert response.status == refusal.status
    own = VENDORS[name].refuse(Refusal("these words", status=400), Request("GET", "/x"))
    assert "these words" in content(own).values()


@pytest.mark.parametrize(("refusal", "kind"), [
    (Refusal("no"), "PARAMETER_ERROR"),
    (Refusal("no", kind="OWN_WORD"), "OWN_WORD"),
    (Refusal("no", status=503), "UNKNOWN_ERROR"),
    (InternalError(), "UNKNOWN_ERROR"),
    (UnknownPath(), "NOT_FOUND"),
    (TokenRejected("expired", "no"), "INVALID_ACCESS_TOKEN"),
], ids=repr)  # fmt: skip
def test_dapis_refusals_have_a_type(refusal: Refusal, kind: str) -> None:
    assert content(VENDORS["dapi"].refuse(refusal, Request("GET", "/x")))["type"] == kind
