"""dStor: the temporary token in use, sent as Bearer."""

import pytest
import requests

from mockserver.verification.check_client import CheckClient, refused, success
from mockserver.verification.service_under_test import MockControl
from mockserver.verification.statements import statement
from mockserver.verification.token_check import MALFORMED, Forgery, decoded, each_forgery

from .dstor import (
    CLIENTS,
    FOLDER,
    OTHER,
    OURS,
    PAGE,
    UPLOAD,
    Developer,
    refusal,
)


@pytest.fixture
def developer(client: CheckClient) -> Developer:
    """Return the developer that has the key of the service."""
    return Developer(client)


# The token in use


@statement(tag="C", source=f"{CLIENTS}; what an upload answers: {OTHER} (P)")
def test_upload(developer: Developer) -> None:
    """A request for an upload with the token as Bearer is a 200 with ok and an upload token."""
    body = success(developer.upload(f"Bearer {developer.token()}"))
    assert body["message"] == "ok"
    assert isinstance(body["token"], str)


def without(missing: str, developer: Developer) -> requests.Response:
    """Send an upload request without one field."""
    fields = {name: value for name, value in FOLDER.items() if name != missing}
    headers = {"Authorization": f"Bearer {developer.some_token()}"}
    return developer.client.post(UPLOAD, headers=headers, json=fields)


@statement(tag="P", source=f"{OTHER}, both are required")
@pytest.mark.parametrize("missing", FOLDER)
def test_upload_needs_field(developer: Developer, missing: str) -> None:
    """An upload needs chunks_number and folder_path: without one it is refused."""
    assert refused(without(missing, developer))


@statement(tag="X", source=OURS)
@pytest.mark.parametrize("missing", FOLDER)
def test_upload_without_field(developer: Developer, missing: str) -> None:
    """An upload without chunks_number or without folder_path is a 400 that names it."""
    answer = without(missing, developer)
    assert answer.status_code == 400
    assert missing in refusal(answer)


@statement(tag="S", source=f"{PAGE}, last sentence (the token allows to make requests)")
def test_no_token_no_request(client: CheckClient) -> None:
    """A request without a token is refused with a 4xx."""
    assert refused(client.post(UPLOAD, json=FOLDER))


@statement(tag="X", source=OURS)
def test_upload_without_token(developer: Developer) -> None:
    """A missing Authorization is a 401."""
    refusal(developer.upload(None, expect=401))


@statement(tag="X", source=OURS)
def test_token_in_query(developer: Developer) -> None:
    """A token in the query is ignored: only Bearer is emulated."""
    path = f"{UPLOAD}?token={developer.some_token()}"
    refusal(developer.upload(None, path=path, expect=401))


@statement(tag="X", source=OURS)
@pytest.mark.parametrize("scheme", ["{}", "JWT {}", "Basic {}", "Bearer", "Bearer {} {}"])
def test_upload_with_malformed_scheme(developer: Developer, scheme: str) -> None:
    """An Authorization that is not Bearer and a token is a 400."""
    token = developer.some_token()
    refusal(developer.upload(scheme.format(token, token), expect=400))


@statement(tag="X", source=OURS)
@each_forgery
def test_upload_with_forged_token(developer: Developer, forge: Forgery) -> None:
    """A token with another signature, algorithm or none is a 401."""
    refusal(developer.upload(f"Bearer {forge(developer.some_token())}", expect=401))


@statement(tag="X", source=OURS)
def test_upload_with_malformed_token(developer: Developer) -> None:
    """A Bearer that is not a token is a 401."""
    refusal(developer.upload(f"Bearer {MALFORMED}", expect=401))


@statement(tag="X", source=OURS)
@pytest.mark.parametrize("headers", [{}, {"x_expiration": "1767229200"}], ids=["year", "hour"])
def test_token_expires(developer: Developer, clock: MockControl, headers: dict[str, str]) -> None:
    """A token is valid until the second before exp, and a 401 from exp on."""
    token = developer.token(**headers)
    clock.advance(decoded(token).life - 1)
    developer.upload(f"Bearer {token}", expect=200)
    clock.advance(1)
    refusal(developer.upload(f"Bearer {token}", expect=401))
