"""`Prefer: code=...` on a request selects the vendor's own error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.emulator.engine import Engine
from mockserver.emulator.phases import preferred_error
from mockserver.model.errors import ERROR_STATUSES
from mockserver.model.http import Headers, Request
from mockserver.wiremock.stub_mapping import parse_stub
from tests.engine_client import ask, status_and_body
from tests.sample_requests import sample_requests
from tests.vendor_tokens import DSTOR_KEY


def preferred(*values: str) -> int | None:
    return preferred_error(Request("GET", "/", headers=Headers([("Prefer", v) for v in values])))


def test_preferred_code_is_read_and_another_preference_ignored() -> None:
    for value in [
        *("code=503", "CODE=503", ' code = "503" ', "respond-async, code=503; x=1", "x=1,code=503")
    ]:
        assert preferred(value) == preferred("wait=10", value) == 503
    for value in [
        *("", "code", "code=", "code=200", "code=204", "code=302", "code=099", "code=599"),
        *("code=5", "code=5000", "code=50x", 'code="500', "barcode=500", "x; code=500"),
        "code=\u0665\u0660\u0660",
    ]:
        assert preferred(value) is None


@given(st.text())
def test_any_preference_is_read(value: str) -> None:
    assert preferred(value) in {None, *ERROR_STATUSES}


@pytest.mark.parametrize("status", sorted(ERROR_STATUSES))
def test_preferred_error_is_the_one_of_a_stub(engine: Engine, status: int) -> None:
    for name, request in sample_requests(engine).items():
        pairs = (*request.headers.pairs, ("Prefer", f"code={status}"))
        asked = Request(request.method, request.path, request.query, Headers(pairs), request.body)
        preferred = engine.answer(asked)
        engine.state.stubs.put(parse_stub({"error": status}))
        assert status_and_body(preferred) == status_and_body(engine.answer(request)), name
        engine.state.stubs.reset()
    assert "Prefer" in str(engine.state.journal.all()[-2].reason)


def test_vendor_does_not_receive_the_request_and_a_stub_goes_first(engine: Engine) -> None:
    asked = ("GET /v1/dev/temp-token", {**DSTOR_KEY, "Prefer": "code=500"})
    before = engine.state.registry.all()
    assert ask(engine, *asked).status == 500
    assert engine.state.registry.all() == before
    engine.state.stubs.put(
        parse_stub({"request": {"urlPath": "/v1/dev/temp-token"}, "response": {"status": 418}})
    )
    assert ask(engine, *asked).status == 418
    for line in ("GET /dapi/nowhere", "GET /nowhere"):  # no endpoint, no preferred error
        assert ask(engine, line).status == ask(engine, line, asked[1]).status == 404
