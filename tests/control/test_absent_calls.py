"""Calls that WireMock has and this product has not."""

import pytest

from mockserver.engine.engine import Engine
from tests.asking import ask, content, control, header

CALLS = {
    "POST /mappings/save": "saving of stubs",
    "POST /mappings/import": "import of stubs",
    "POST /mappings/edit": "editing of stubs as in version 1",
    "GET /mappings/unmatched": "list of stubs that never acted",
    "DELETE /mappings/unmatched": "list of stubs that never acted",
    "POST /mappings/find-by-metadata": "search of stubs by metadata",
    "POST /mappings/remove-by-metadata": "removal of stubs by metadata",
    "POST /requests/remove-by-metadata": "removal of requests by metadata",
    "PATCH /settings/extended": "settings of extensions",
    "POST /recordings/start": "recording",
    "POST /recordings/stop": "recording",
    "POST /recordings/snapshot": "recording",
    "GET /recordings/status": "recording",
    "GET /recorder": "recording",
    "GET /files": "store of files",
    "PUT /files/a/b": "store of files",
    "POST /shutdown": "shutdown by a call",
    "GET /docs": "documentation page",
    "GET /docs/swagger": "documentation page",
    "GET /certs/wiremock-ca.crt": "certificate authority",
    "POST /channels/send": "message channels",
    "GET /channel-providers": "message channels",
    "GET /messages": "message journal",
    "GET /message-mappings": "message stubs",
}


@pytest.mark.parametrize("line", CALLS)
def test_a_call_that_is_wiremocks_alone_is_refused_by_name(engine: Engine, line: str) -> None:
    ask(engine, "GET /ds-api/")
    response = control(engine, line)
    assert response.status == 404
    assert header(response, "Content-Type") == "application/problem+json"
    assert content(response)["detail"] == f"not supported: WireMock's {CALLS[line]}"


def test_what_only_begins_alike_is_not_taken_for_one(engine: Engine) -> None:
    assert content(control(engine, "GET /filesystem"))["detail"].startswith("there is nothing at")
