"""Datasentinel: the token in use, sent in a header of its own."""

import pytest

from mockserver.verification.check_client import CheckClient, accepted, refused, success
from mockserver.verification.service_under_test import MockControl
from mockserver.verification.statements import statement
from mockserver.verification.token_check import MALFORMED, Forgery, each_forgery

from .datasentinel import HEALTH, LIFE, OURS, PAGE, SCRIPTS, User, refusal


@pytest.fixture
def user(client: CheckClient) -> User:
    """Return the user that has the credentials of the service."""
    return User(client)


# The token in use


@statement(tag="P", source=SCRIPTS)
def test_health(client: CheckClient) -> None:
    """GET /ds-api/ needs no authentication: 200, status OK and a message."""
    body = client.get(HEALTH, expect=200).json()
    assert body["status"] == "OK"
    assert isinstance(body["message"], str)


@statement(tag="P", source=SCRIPTS)
def test_roles(user: User) -> None:
    """GET /ds-api/roles accepts the token in the header user-token."""
    accepted(user.roles({"user-token": user.some_token()}))


@statement(tag="X", source=OURS)
def test_list_of_roles(user: User) -> None:
    """The roles are a list."""
    assert isinstance(success(user.roles({"user-token": user.some_token()})), list)


@statement(tag="P", source=SCRIPTS)
def test_roles_without_token(user: User) -> None:
    """Without a token the roles are refused."""
    assert refused(user.roles({}))


@statement(tag="P", source=SCRIPTS)
@each_forgery
def test_roles_with_forged_token(user: User, forge: Forgery) -> None:
    """With a token of another signature, algorithm or none the roles are refused."""
    assert refused(user.roles({"user-token": forge(user.some_token())}))


@statement(tag="P", source=SCRIPTS)
def test_roles_with_malformed_token(user: User) -> None:
    """With a text that is not a token the roles are refused."""
    assert refused(user.roles({"user-token": MALFORMED}))


@statement(tag="X", source=OURS)
def test_refused_roles(user: User) -> None:
    """A request for the roles without a valid token is a 401 with the single key error."""
    for headers in ({}, {"user-token": MALFORMED}):
        refusal(user.roles(headers, expect=401))


@statement(tag="P", source=f"{SCRIPTS}; that it ends after 24 hours: {PAGE} (S)")
def test_roles_with_expired_token(user: User, clock: MockControl) -> None:
    """With a token that has expired the roles are refused."""
    token = user.token()
    clock.advance(LIFE)
    assert refused(user.roles({"user-token": token}))


@statement(tag="X", source=OURS)
@pytest.mark.parametrize("header", ["Authorization", "api-token"])
def test_token_in_other_header(user: User, header: str) -> None:
    """A token as Authorization: Bearer, or as the agent's api-token, is a 401."""
    prefix = "Bearer " if header == "Authorization" else ""
    refusal(user.roles({header: prefix + user.some_token()}, expect=401))
