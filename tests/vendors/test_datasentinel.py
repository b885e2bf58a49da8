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
    "email": "test@datasentinel.io",
    "expire_time": "2026-01-02 00:00:05",
    "organization_name": "Main Org.",
    "user": "myUser",
}
CHALLENGE = 'Basic realm="datasentinel"'


def refused(response: Response, status: int, challenge: str | None = None) -> str:
    fields = content(response)
    assert (response.status, list(fields)) == (status, ["error"])
    assert header(response, "WWW-Authenticate") == challenge
    return str(fields["error"])


def test_basic_authentication_buys_a_token(engine: Engine) -> None:
    response = ask(engine, CREATE, DATASENTINEL_LOGIN)
    assert response.status == 201
    assert list(content(response)) == ["user-token"]


def test_the_token_has_the_claims_of_the_sample_in_their_order(engine: Engine) -> None:
    head, claims = jwt_parts(datasentinel_token(engine))
    assert list(head.items()) == [("typ", "JWT"), ("alg", "HS256")]
    assert list(claims.items()) == [
        ("exp", NOW + LIFE),
        ("iat", NOW),
        ("database", "Main Org."),
        ("email", "test@datasentinel.io"),
        ("user", "myUser"),
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


def flawed(engine: Engine, flaw: str) -> str:
    token = datasentinel_token(engine)
    head, claims, signature = token.split(".")
    return {
        "missing": INFO,
        "empty": f"{INFO}?token=",
        "malformed": f"{INFO}?token=abc",
        "forged": f"{INFO}?token={head}.{claims}.{signature[::-1]}",
        "unsigned": f"{INFO}?token={head}.{claims}.",
        "of dStor": f"{INFO}?token={dstor_token(engine)}",
        "in the header": INFO,
    }[flaw]


@pytest.mark.parametrize(("flaw", "word"), [
    ("missing", "missing"),
    ("empty", "malformed"),
    ("malformed", "malformed"),
    ("forged", "signature"),
    ("unsigned", "not signed"),
    ("of dStor", "signature"),
    ("in the header", "missing"),
])  # fmt: skip
def test_a_token_that_is_no_good_is_refused_and_the_text_says_why(
    engine: Engine, flaw: str, word: str
) -> None:
    headers = {**DATASENTINEL_LOGIN, "user-token": datasentinel_token(engine)}
    assert word in refused(ask(engine, flawed(engine, flaw), headers), 401)


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


def test_the_health_check_needs_no_authentication(engine: Engine) -> None:
    response = ask(engine, "GET /ds-api/")
    assert (response.status, content(response)["status"]) == (200, "OK")


def test_a_token_in_its_own_header_is_used(engine: Engine) -> None:
    response = ask(engine, ROLES, {"user-token": datasentinel_token(engine)})
    assert (response.status, type(content(response))) == (200, list)


@pytest.mark.parametrize("name", ["Authorization", "api-token", "token"])
def test_a_token_in_another_header_is_no_good(engine: Engine, name: str) -> None:
    token = datasentinel_token(engine)
    value = bearer(token)["Authorization"] if name == "Authorization" else token
    assert "missing" in refused(ask(engine, ROLES, {name: value}), 401)


def test_a_header_that_is_no_token_is_refused(engine: Engine) -> None:
    assert "malformed" in refused(ask(engine, ROLES, {"user-token": "x"}), 401)


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
