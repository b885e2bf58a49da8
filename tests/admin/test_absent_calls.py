"""Calls that WireMock has and this product has not; the page about WireMock lists them."""

import pytest

from mockserver.emulator.engine import Engine
from tests.engine_client import admin, content, header


@pytest.mark.parametrize("line", ["GET /files", "PUT /files/a/b", "DELETE /files/a"])
def test_a_call_that_is_wiremocks_alone_is_refused_by_name(engine: Engine, line: str) -> None:
    response = admin(engine, line)
    assert response.status == 404
    assert header(response, "Content-Type") == "application/problem+json"
    assert content(response)["detail"] == "not supported: WireMock's store of files"


def test_what_only_begins_alike_is_not_taken_for_one(engine: Engine) -> None:
    assert content(admin(engine, "GET /filesystem"))["detail"].startswith("there is nothing at")
