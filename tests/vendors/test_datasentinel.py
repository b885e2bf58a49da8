"""Datasentinel: Basic authentication buys a JWT for a day; what it says; its use."""

import pytest

from mockserver.emulator.engine import Engine
from mockserver.model.http import Response
from tests.engine_client import NOW, ask, basic, bearer, content, fresh_engine, header, jwt_parts
from tests.vendor_tokens import DATASENTINEL_LOGIN, datasentinel_token, dstor_token

CREATE = "POST /ds-api/user-token"
INFO = "GET /ds-api/user-token"
ROLES = "GET /ds-api/roles"
LIFE = 86_405
INFO_OF_TOKEN = {
    **{"email": "test@datasentinel.io", "expire_time": "2026-01-02 00:00:05"},
    **{"organization_name": "Main Org.", "user": "myUser"},
}
CHALLENGE = 'Basic realm="datasentinel"'


def refused(response: Response, status: int, challenge: str | None = None) -> str:
    fields = content(response)
    assert (response.status, list(fields)) == (status, ["error"])
    assert header(response, "WWW-Authenticate") == challenge
    return str(fields["error"])


def test_basic_authentication_buys_a_token_with_the_claims_of_the_sample(engine: Engine) -> None:
    response = ask(engine, CREATE, DATASENTINEL_LOGIN)
    assert (response.status, list(content(response))) == (201, ["user-token"])
    head, claims = jwt_parts(content(response)["user-token"])
    assert list(head.items()) == [("typ", "JWT"), ("alg", "HS256")]
    assert list(claims.items()) == [
        *(("exp", NOW + LIFE), ("iat", NOW), ("database", "Main Org.")),
        *(("email", "test@datasentinel.io"), ("user", "myUser")),
    ]


@pytest.mark.parametrize("line", [CREATE, f"{INFO}?token=x"])
@pytest.mark.parametrize("headers", [
    {}, basic("myUser", "wrong"), basic("myUser", "myPassword "), basic("MYUSER", "myPassword"),
    basic("", ""), {"Authorization": "Basic"}, {"Authorization": "Basic !"},
    {"Authorization": "Basic bXlVc2Vy"},
    {"Authorization": DATASENTINEL_LOGIN["Authorization"].replace("Basic", "Bearer")},
])  # fmt: skip
def test_other_credentials_are_challenged(
    engine: Engine, line: str, headers: dict[str, str]
) -> None:
    refused(ask(engine, line, headers), 401, CHALLENGE)


@pytest.mark.parametrize("name", ["token", "user-token"])
def test_a_token_says_what_it_holds(engine: Engine, name: str) -> None:
    line = f"{INFO}?{name}={datasentinel_token(engine)}"
    response = ask(engine, line, DATASENTINEL_LOGIN)
    assert response.status == 200
    assert list(content(response).items()) == list(INFO_OF_TOKEN.items())


@pytest.mark.parametrize(("query", "word"), [
    ("", "missing"), ("?token=", "malformed"), ("?token=abc", "malformed"),
    ("?token={unsigned}.{reversed}", "signature"), ("?token={unsigned}.", "not signed"),
    ("?token={dstor}", "signature"),
])  # fmt: skip
def test_a_token_that_is_no_good_is_refused_and_the_text_says_why(
    engine: Engine, query: str, word: str
) -> None:
    token = datasentinel_token(engine)  # in the header it does not count
    unsigned, _, signature = token.rpartition(".")
    words = {"unsigned": unsigned, "reversed": signature[::-1], "dstor": dstor_token(engine)}
    headers = {**DATASENTINEL_LOGIN, "user-token": token}
    assert word in refused(ask(engine, INFO + query.format(**words), headers), 401)


def test_a_token_is_good_for_a_day_and_five_seconds(engine: Engine) -> None:
    token = datasentinel_token(engine)
    uses = [(f"{INFO}?token={token}", DATASENTINEL_LOGIN), (ROLES, {"user-token": token})]
    engine.state.clock.advance(seconds=LIFE - 0.000001)
    assert [ask(engine, *use).status for use in uses] == [200, 200]
    engine.state.clock.advance(seconds=0.000001)
    assert ["expired" in refused(ask(engine, *use), 401) for use in uses] == [True, True]


@pytest.mark.parametrize("headers", [{}, basic("nobody", "x"), DATASENTINEL_LOGIN])
def test_asking_about_a_token_needs_no_authentication_by_switch(headers: dict[str, str]) -> None:
    engine = fresh_engine({"datasentinel": {"info_auth": "optional"}})
    response = ask(engine, f"{INFO}?token={datasentinel_token(engine)}", headers)
    assert content(response) == INFO_OF_TOKEN
    assert "missing" in refused(ask(engine, INFO, headers), 401)
    refused(ask(engine, CREATE), 401, CHALLENGE)


def test_the_health_check_needs_no_authentication_and_a_token_has_its_own_header(
    engine: Engine,
) -> None:
    response = ask(engine, "GET /ds-api/")
    assert (response.status, content(response)["status"]) == (200, "OK")
    token = datasentinel_token(engine)
    response = ask(engine, ROLES, {"user-token": token})
    assert (response.status, type(content(response))) == (200, list)
    assert "malformed" in refused(ask(engine, ROLES, {"user-token": "x"}), 401)
    for headers in (bearer(token), {"api-token": token}, {"token": token}):
        assert "missing" in refused(ask(engine, ROLES, headers), 401)


@pytest.mark.parametrize(("line", "allowed"), [
    ("PUT /ds-api/user-token", {"GET", "POST"}),
    ("POST /ds-api/roles", {"GET"}),
    ("OPTIONS /ds-api/", {"GET"}),
])  # fmt: skip
def test_another_method_is_a_405_that_names_the_right_ones(
    engine: Engine, line: str, allowed: set[str]
) -> None:
    response = ask(engine, line)
    refused(response, 405)
    assert set((header(response, "Allow") or "").split(", ")) == allowed
