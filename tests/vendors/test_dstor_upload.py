"""dStor: the token in use, at the first step of an upload."""

import pytest

from mockserver.emulator.engine import Engine
from tests.engine_client import NOW, ask, bearer, content
from tests.vendor_tokens import datasentinel_token, dstor_token, kitegateway_token

UPLOAD = "POST /v1/upload/get-token"
BODY = {"chunks_number": 3, "folder_path": "/photos"}


def test_a_token_and_two_fields_give_an_upload_token(engine: Engine) -> None:
    headers = bearer(dstor_token(engine))
    first, second = (content(ask(engine, UPLOAD, headers, json=BODY)) for _ in range(2))
    assert (list(first), first["message"]) == (["message", "token"], "ok")
    assert first["token"] != second["token"]


@pytest.mark.parametrize(("value", "status"), [
    (None, 401),
    ("", 400),
    ("Bearer", 400),
    ("Bearer ", 400),
    ("Token {token}", 400),
    ("{token}", 400),
    ("Bearer {token} {token}", 400),
    ("Bearer abc", 401),
    ("Bearer {token}x", 401),
    ("bearer {token}", 200),
])  # fmt: skip
def test_the_header_must_carry_a_bearer_token(
    engine: Engine, value: str | None, status: int
) -> None:
    token = dstor_token(engine)
    headers = {} if value is None else {"Authorization": value.format(token=token)}
    response = ask(engine, UPLOAD, headers, json=BODY)
    assert response.status == status
    assert content(response).get("statusCode", 200) == status


def test_a_token_is_good_until_the_moment_named_and_not_in_it(engine: Engine) -> None:
    headers = bearer(dstor_token(engine, expires=f"{NOW + 60}.9"))
    engine.state.clock.advance(seconds=59.999999)
    assert ask(engine, UPLOAD, headers, json=BODY).status == 200
    engine.state.clock.advance(seconds=0.000001)
    assert ask(engine, UPLOAD, headers, json=BODY).status == 401


def test_a_token_of_the_printed_past_has_expired(engine: Engine) -> None:
    headers = bearer(dstor_token(engine, expires="1677336539"))
    response = ask(engine, UPLOAD, headers, json=BODY)
    assert (response.status, "expired" in content(response)["message"]) == (401, True)


def test_a_token_is_not_good_before_it_was_issued(engine: Engine) -> None:
    headers = bearer(dstor_token(engine))
    engine.state.clock.freeze(NOW - 1)
    assert ask(engine, UPLOAD, headers, json=BODY).status == 401


def test_other_vendors_tokens_are_no_good(engine: Engine) -> None:
    others = [datasentinel_token(engine), kitegateway_token(engine).removeprefix("JWT ")]
    assert [ask(engine, UPLOAD, bearer(each), json=BODY).status for each in others] == [401, 401]


@pytest.mark.parametrize(("change", "word"), [
    ({"chunks_number": None}, "chunks_number"),
    ({"chunks_number": 0}, "chunks_number"),
    ({"chunks_number": -1}, "chunks_number"),
    ({"chunks_number": 1.5}, "chunks_number"),
    ({"chunks_number": "1"}, "chunks_number"),
    ({"chunks_number": True}, "chunks_number"),
    ({"folder_path": None}, "folder_path"),
    ({"folder_path": 1}, "folder_path"),
    ({"folder_path": ["/"]}, "folder_path"),
])  # fmt: skip
def test_a_wrong_field_is_named(engine: Engine, change: dict[str, object], word: str) -> None:
    headers = bearer(dstor_token(engine))
    response = ask(engine, UPLOAD, headers, json={**BODY, **change})
    assert (response.status, word in content(response)["message"]) == (400, True)


@pytest.mark.parametrize("name", BODY)
def test_both_fields_are_required(engine: Engine, name: str) -> None:
    body = {key: value for key, value in BODY.items() if key != name}
    response = ask(engine, UPLOAD, bearer(dstor_token(engine)), json=body)
    assert (response.status, name in content(response)["message"]) == (400, True)


def test_the_token_is_judged_before_the_body(engine: Engine) -> None:
    assert ask(engine, UPLOAD, body=b"{").status == 401
