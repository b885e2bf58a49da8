"""Datasentinel: a token for one day, obtained with user and password, and its claims."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from mockserver.verification.answer_check import media_type
from mockserver.verification.check_client import CheckClient, ordered, sent_at, success
from mockserver.verification.service_under_test import MockControl
from mockserver.verification.statements import statement
from mockserver.verification.token_check import (
    MALFORMED,
    Forgery,
    check_life,
    check_moment,
    decoded,
    each_forgery,
    make_defective,
    resigned,
)

from .datasentinel import (
    CREATION,
    HEALTH,
    INFOS,
    LIFE,
    OURS,
    PAGE,
    ROLES,
    SAMPLE,
    SCRIPTS,
    USER_TOKEN,
    User,
    refusal,
)

PRINTED_TOKEN = (
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9"
    ".eyJleHAiOjE1ODAyMTYyMjQsImlhdCI6MTU4MDEyOTgxOSwiZGF0YWJhc2UiOiJNYWluIE9yZy4i"
    "LCJlbWFpbCI6InRlc3RAZGF0YXNlbnRpbmVsLmlvIiwidXNlciI6InRlc3QifQ"
)
"""Header and payload of the sample; the key of its signature is unknown."""
PRINTED_MOMENT = "2020-01-27T12:56:59Z"  # the sample's iat
DAY = 86_400  # seconds
CHALLENGE = 'Basic realm="datasentinel"'


@pytest.fixture
def user(client: CheckClient) -> User:
    """Return the user that has the credentials of the service."""
    return User(client)


def to_bytes(part: str) -> bytes:
    """Return a part of a JWT, decoded."""
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


# Creation


@statement(tag="S", source=f"{CREATION}, 201: Created")
def test_created(user: User) -> None:
    """A POST with Basic authentication is a 201 with JSON that has the single key user-token."""
    answer = user.create(expect=201)
    assert media_type(answer) == "application/json"
    assert "user-token" in answer.json()


@statement(tag="S", source=f"{CREATION}, Example")
def test_printed_login(mock: CheckClient) -> None:
    """The login that the page prints, myUser and myPassword, is accepted."""
    mock.post(USER_TOKEN, auth=("myUser", "myPassword"), expect=201)


@statement(tag="S", source=f"{CREATION} (authentication is mandatory), 401: Unauthorized")
def test_creation_without_login(client: CheckClient) -> None:
    """Without a login a POST is a 401."""
    client.post(USER_TOKEN, expect=401)


@statement(tag="S", source=f"{CREATION} (a valid username and password), 401: Unauthorized")
@pytest.mark.parametrize("wrong", ["user", "password"])
def test_creation_with_wrong_login(user: User, wrong: str) -> None:
    """With a wrong user or password a POST is a 401."""
    name, password = user.login
    login = ("nobody", password) if wrong == "user" else (name, "wrong")
    user.create(auth=login, expect=401)


@statement(tag="P", source=SCRIPTS)
def test_shape_of_error(user: User) -> None:
    """An error is a JSON object with the single key error, a string."""
    refusal(user.client.post(USER_TOKEN, expect=401))
    refusal(user.client.get(USER_TOKEN, params={"token": user.some_token()}, expect=401))


@statement(tag="X", source=OURS)
def test_challenge(user: User) -> None:
    """A 401 for a missing login at user-token requires Basic authentication."""
    created = user.client.post(USER_TOKEN, expect=401)
    asked = user.client.get(USER_TOKEN, params={"token": user.some_token()}, expect=401)
    challenges = [answer.headers.get("WWW-Authenticate") for answer in (created, asked)]
    assert challenges == [CHALLENGE, CHALLENGE]


@statement(tag="X", source=OURS)
def test_no_challenge_elsewhere(user: User) -> None:
    """A 401 at another path does not require Basic authentication."""
    assert "WWW-Authenticate" not in user.roles({}, expect=401).headers


@statement(tag="X", source=OURS)
@pytest.mark.parametrize(
    "body", ['{"a": 1}', "{", "a=1", "\0\1"], ids=["json", "broken", "form", "bytes"]
)
@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_body_is_ignored(user: User, body: str, content_type: str) -> None:
    """Any body of the POST is ignored."""
    user.create(data=body, headers={"Content-Type": content_type}, expect=201)


# The token


@statement(tag="S", source=SAMPLE)
def test_header_of_token(user: User) -> None:
    """The token's header is that of the sample: typ JWT, alg HS256."""
    header = decoded(user.some_token()).header
    assert header["typ"] == "JWT"
    assert header["alg"] == "HS256"


@statement(tag="S", source=SAMPLE)
def test_claims_of_token(user: User) -> None:
    """The token's claims are exp, iat, database, email, user."""
    claims = decoded(user.some_token()).claims
    assert claims.keys() >= {"exp", "iat", "database", "email", "user"}


@statement(tag="S", source=SAMPLE, grade="cosmetic")
def test_spelling_of_token(user: User) -> None:
    """Header and claims are written in the sample's order, typ first, exp first, without spaces."""
    header, payload, _ = user.some_token().split(".")
    parts = [(header, ["typ", "alg"]), (payload, ["exp", "iat", "database", "email", "user"])]
    for part, names in parts:
        written = json.loads(to_bytes(part))
        assert ordered(written, names)
        between = re.sub(r'"(?:[^"\\]|\\.)*"', "", to_bytes(part).decode())
        assert not re.search(r"\s", between), "there are spaces between the parts"


@statement(tag="S", source=SAMPLE)
def test_printed_token(another: Callable[..., CheckClient], clock: MockControl) -> None:
    """For the user and time of the sample, header and payload equal those of the sample."""
    test = another(user="test", email="test@datasentinel.io", organization="Main Org.")
    clock.freeze(PRINTED_MOMENT)
    assert User(test).token().rpartition(".")[0] == PRINTED_TOKEN


@statement(tag="S", source=SAMPLE)
def test_sample_values(mock: CheckClient) -> None:
    """The organization Main Org. and the address test@datasentinel.io are those of the login."""
    claims = decoded(User(mock).token()).claims
    assert [claims["database"], claims["email"]] == ["Main Org.", "test@datasentinel.io"]


@statement(tag="S", source=f"{PAGE}, hint (24-hour period); the sample has 5 s more")
def test_life_of_token(user: User, control: MockControl) -> None:
    """A token lives for 24 hours: 86400 to 86405 s. A mock issues 86405."""
    life = decoded(user.some_token()).life
    if control.present or life > LIFE:
        check_life(life, LIFE)
    elif life < DAY:
        check_life(life, DAY)


@statement(tag="S", source=SAMPLE)
def test_moment_of_issue(user: User) -> None:
    """The claim iat is the moment of issue in whole Unix seconds."""
    answer = user.create()
    issued = decoded(success(answer)["user-token"]).claims["iat"]
    check_moment(issued, sent_at(answer))


@statement(tag="X", source=OURS)
def test_rounding_of_issue(user: User, clock: MockControl) -> None:
    """The claim iat is the second in which the token was issued, rounded down."""
    clock.freeze("2026-01-01T00:00:00.900Z")
    assert decoded(user.token()).claims["iat"] == 1_767_225_600


@statement(tag="X", source=OURS)
def test_user_of_token(user: User) -> None:
    """The claim user is the login."""
    assert decoded(user.some_token()).claims["user"] == user.login[0]


@statement(tag="X", source=OURS)
def test_second_token(user: User, clock: MockControl) -> None:
    """A second POST issues another token; the first stays valid."""
    first = user.token()
    clock.advance(1)
    second = user.token()
    assert first != second
    user.info(first, expect=200)
    user.info(second, expect=200)


@statement(tag="X", source=OURS)
def test_tokens_of_one_second(user: User, clock: MockControl) -> None:
    """Two tokens of one user in the same second are equal."""
    clock.freeze("2026-01-01T00:00:00.100Z")
    first = user.token()
    clock.freeze("2026-01-01T00:00:00.800Z")
    assert user.token() == first


# What a token says


@statement(tag="S", source=f"{INFOS}, 200: OK")
def test_info(user: User) -> None:
    """A GET with ?token= is a 200 with email, expire_time, organization_name, user, all strings."""
    body = user.info(user.some_token(), expect=200).json()
    names = ("email", "expire_time", "organization_name", "user")
    assert all(isinstance(body[name], str) for name in names)


@statement(tag="P", source=f"{SCRIPTS}; all but which claim is the organization: {INFOS} (S)")
def test_info_is_claims(user: User) -> None:
    """The response is made of the token's own claims; organization_name is the claim database."""
    token = user.some_token()
    claims, body = decoded(token).claims, success(user.info(token))
    assert body["email"] == claims["email"]
    assert body["user"] == claims["user"]
    assert body["organization_name"] == claims["database"]


@statement(tag="S", source=f"{INFOS}, Example and output: another user than the token's asks")
def test_whoever_asks(user: User, another: Callable[..., CheckClient]) -> None:
    """The response does not depend on the user that sends the request."""
    token = User(another()).token()
    claims, body = decoded(token).claims, success(user.info(token))
    assert body["user"] == claims["user"] != user.login[0]
    assert body["email"] == claims["email"]


@statement(tag="P", source=f"output of a sister tool (UTC); the format: {INFOS}, both samples (S)")
def test_expire_time(user: User) -> None:
    """The expire_time is the claim exp as YYYY-MM-DD HH:MM:SS in UTC, without a zone."""
    token = user.some_token()
    expires = datetime.fromtimestamp(decoded(token).claims["exp"], UTC)
    assert success(user.info(token))["expire_time"] == f"{expires:%Y-%m-%d %H:%M:%S}"


@statement(tag="S", source=f"{INFOS}, table of query parameters (the page contradicts itself)")
def test_alias_of_token(user: User) -> None:
    """The query parameter user-token has the same meaning as token."""
    token = user.some_token()
    query = {"user-token": token}
    answer = user.client.get(USER_TOKEN, auth=user.login, params=query, expect=200)
    assert answer.json() == success(user.info(token))


@statement(tag="X", source=OURS)
@pytest.mark.parametrize(("token", "alias", "status"), [(True, False, 200), (False, True, 401)])
def test_token_wins(user: User, token: bool, alias: bool, status: int) -> None:
    """If both token and user-token are sent, token counts."""
    good = user.some_token()
    query = {"token": good if token else MALFORMED, "user-token": good if alias else MALFORMED}
    user.client.get(USER_TOKEN, auth=user.login, params=query, expect=status)


@statement(tag="S", source=f"{INFOS} (authentication is mandatory), 401: Unauthorized")
def test_info_without_login(user: User) -> None:
    """Without a login a GET is a 401, also with a valid token."""
    user.client.get(USER_TOKEN, params={"token": user.some_token()}, expect=401)


@statement(tag="S", source=f"{INFOS} (a valid username and password), 401: Unauthorized")
def test_info_with_wrong_login(user: User) -> None:
    """With a wrong password a GET is a 401, also with a valid token."""
    login, query = (user.login[0], "wrong"), {"token": user.some_token()}
    user.client.get(USER_TOKEN, auth=login, params=query, expect=401)


@statement(tag="X", source=OURS)
def test_info_without_token(user: User) -> None:
    """A GET without a token is a 401."""
    refusal(user.client.get(USER_TOKEN, auth=user.login, expect=401))


@statement(tag="X", source=OURS)
def test_info_of_malformed_token(user: User) -> None:
    """A GET with a text that is not a token is a 401."""
    refusal(user.info(MALFORMED, expect=401))


@statement(tag="X", source=OURS)
@each_forgery
def test_info_of_forged_token(user: User, forge: Forgery) -> None:
    """A GET with a token of another signature, algorithm or none is a 401."""
    refusal(user.info(forge(user.some_token()), expect=401))


@statement(tag="S", source=f"{PAGE}, hint (operational for a 24-hour period)")
def test_24_hours(user: User, clock: MockControl) -> None:
    """A token is valid for 24 hours, and not for another day."""
    token = user.token()
    clock.advance(DAY - 1)
    user.info(token, expect=200)
    clock.advance(DAY)
    user.info(token, expect=401)


@statement(tag="X", source=f"{OURS}, the rule for JWTs")
def test_info_of_expired_token(user: User, clock: MockControl) -> None:
    """A token is valid until the second before exp, and a 401 from exp on."""
    token = user.token()
    clock.advance(decoded(token).life - 1)
    user.info(token, expect=200)
    clock.advance(1)
    refusal(user.info(token, expect=401))


@statement(tag="X", source=OURS)
def test_texts_say_which(user: User, clock: MockControl) -> None:
    """The text of a 401 names the reason: missing, malformed, forged, algorithm, expired."""
    token = user.token()
    missing = user.client.get(USER_TOKEN, auth=user.login, expect=401)
    bad = [MALFORMED, make_defective(token), resigned(token)]
    answers = [missing, *(user.info(each, expect=401) for each in bad)]
    clock.advance(LIFE)
    answers.append(user.info(token, expect=401))
    assert len({refusal(answer) for answer in answers}) == 5


# Failures


@statement(tag="X", source=OURS)
@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", USER_TOKEN), ("PUT", USER_TOKEN), ("POST", ROLES), ("POST", HEALTH)],
)
def test_other_method(client: CheckClient, method: str, path: str) -> None:
    """Another method is a 405 with the single key error."""
    refusal(client.send(method, path, expect=405))


@statement(tag="X", source=OURS)
@pytest.mark.parametrize("path", ["/", "/ds-api/nothing"])
def test_unknown_path(client: CheckClient, path: str) -> None:
    """An unknown path is a 404 with the single key error."""
    refusal(client.get(path, expect=404))


@statement(tag="P", source=f"{SCRIPTS}; the status: {PAGE}, both 500: Internal Server Error (S)")
@pytest.mark.parametrize("endpoint", ["create_token", "token_info"])
def test_internal_error(user: User, broken: Callable[[str], None], endpoint: str) -> None:
    """A failure of the platform is a 500 with the single key error."""
    token = user.token()
    broken(endpoint)
    refusal(user.create(expect=500) if endpoint == "create_token" else user.info(token, expect=500))
