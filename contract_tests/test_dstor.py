"""dStor: a temporary token, obtained with an API key in a header, valid until a given time."""

import re
from collections.abc import Callable

import pytest

from mockserver.verification.check_client import (
    CheckClient,
    accepted,
    in_order,
    refused,
    sent_at,
    success,
)
from mockserver.verification.service_under_test import MockControl
from mockserver.verification.statements import statement
from mockserver.verification.token_check import check_life, check_moment, decoded

from .dstor import (
    CLIENTS,
    HEADERS,
    OLDER,
    OTHER,
    OURS,
    SNIPPETS,
    TEMP_TOKEN,
    UPLOAD,
    Developer,
    refusal,
)

YEAR = 31_536_000  # seconds
LATEST = 253_402_300_799  # the last second of the year 9999, Unix time
PRINTED_KEY = "5xikF8a5wcJeqVrtQE8OffKvtR9qaRxPXXJAedhIiNFWJbNsGqsdPfJ5eDYY7n92"
UNKNOWN_KEY = "x" * 64
UUID_4 = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


@pytest.fixture
def developer(client: CheckClient) -> Developer:
    """Return the developer that has the key of the service."""
    return Developer(client)


# The key


@statement(tag="P", source=OLDER)
def test_key_buys_one_key(developer: Developer) -> None:
    """A GET with the header api-key is answered with the single key access_token, a JWT."""
    assert decoded(success(developer.ask())["access_token"]).claims


@statement(tag="X", source=OURS)
def test_status_is_200(developer: Developer) -> None:
    """A token is sent with the status 200."""
    developer.ask(expect=200)


@statement(tag="S", source=SNIPPETS)
@pytest.mark.parametrize("host", ["api.testnet.dstor.cloud", "api.dstor.cloud"])
def test_printed_key(mock: CheckClient, host: str) -> None:
    """The key that the page prints is accepted on both hosts."""
    assert mock.get(TEMP_TOKEN, host=host, headers={"api-key": PRINTED_KEY}).ok


@statement(tag="S", source=f"{HEADERS} (64 characters) and {SNIPPETS}")
def test_shape_of_key(client: CheckClient) -> None:
    """An api-key is 64 letters and digits."""
    assert re.fullmatch("[A-Za-z0-9]{64}", client.account["api-key"])


@statement(tag="S", source=f"{HEADERS} (api-key is required)")
def test_no_key_no_token(client: CheckClient) -> None:
    """A request without an api-key is refused with a 4xx, without a token."""
    answer = client.get(TEMP_TOKEN)
    assert refused(answer)
    assert b"access_token" not in answer.content


@statement(tag="S", source=f"{HEADERS} (the key is the credential)")
def test_unknown_key_no_token(developer: Developer) -> None:
    """A request with a key that the vendor did not issue is refused with a 4xx, without a token."""
    answer = developer.ask(api_key=UNKNOWN_KEY)
    assert refused(answer)
    assert b"access_token" not in answer.content


@statement(tag="X", source=OURS)
def test_missing_key(client: CheckClient) -> None:
    """A missing api-key is a 400 that names the header."""
    assert "api-key" in refusal(client.get(TEMP_TOKEN, expect=400))


@statement(tag="X", source=OURS)
@pytest.mark.parametrize("key", ["", "x" * 63, "x" * 65], ids=["empty", "63", "65"])
def test_key_of_wrong_length(developer: Developer, key: str) -> None:
    """An api-key that does not have 64 characters is a 400 that names the header."""
    assert "api-key" in refusal(developer.ask(api_key=key, expect=400))


@statement(tag="X", source=OURS)
def test_unknown_key(developer: Developer) -> None:
    """An unknown api-key of 64 characters is a 401."""
    refusal(developer.ask(api_key=UNKNOWN_KEY, expect=401))


@statement(tag="X", source=OURS)
def test_revoked_key(client: CheckClient, control: MockControl) -> None:
    """An api-key that was revoked is a 401."""
    account = control.add_account("dstor", {})
    developer = Developer(client.with_account(account["credentials"]))
    developer.ask(expect=200)
    control.remove_account(account["id"])
    refusal(developer.ask(expect=401))


@statement(tag="X", source=f"{OURS}; an older page says x-api-key (P)")
def test_other_header_for_key(client: CheckClient) -> None:
    """A key in x-api-key is refused as a missing api-key."""
    key = client.account["api-key"]
    answer = client.get(TEMP_TOKEN, headers={"x-api-key": key}, expect=400)
    assert refusal(answer) == refusal(client.get(TEMP_TOKEN, expect=400))


@statement(tag="S", source=f"{SNIPPETS} (the one in Python sends an empty body)")
def test_empty_body(client: CheckClient) -> None:
    """A GET with an empty JSON body succeeds."""
    headers = {"api-key": client.account["api-key"], "Content-Type": "application/json"}
    accepted(client.get(TEMP_TOKEN, headers=headers, data=""))


@statement(tag="X", source=OURS)
@pytest.mark.parametrize("body", ["{", '{"api-key": 1}'], ids=["broken", "json"])
def test_body_is_ignored(client: CheckClient, body: str) -> None:
    """Any body of the GET is ignored."""
    headers = {"api-key": client.account["api-key"], "Content-Type": "application/json"}
    assert client.get(TEMP_TOKEN, headers=headers, data=body).ok


# The life of a token


@statement(tag="S", source=f"{HEADERS} (defaults to one year)")
def test_default_life(developer: Developer) -> None:
    """Without x-expiration a token lives for one year, 31536000 s."""
    check_life(developer.decoded().life, YEAR)


@statement(tag="P", source=f"{HEADERS}; the unit follows from the values and the page's dates")
@pytest.mark.parametrize("moment", [2_524_608_000, 4_102_444_800])
def test_expiration_is_exp(developer: Developer, moment: int) -> None:
    """x-expiration is the moment at which the token expires, in Unix seconds."""
    expires = developer.decoded(x_expiration=str(moment)).claims["exp"]
    assert expires == moment, f"the token expires at {expires}, not at {moment} as asked"


@statement(tag="S", source=f"{HEADERS} (token expiration)")
def test_expiration_ends_token(developer: Developer, time_passes: Callable[[int], None]) -> None:
    """A token is valid until the moment that x-expiration names, and refused afterwards."""
    now = sent_at(developer.ask())
    token = developer.token(x_expiration=str(now + 3))
    accepted(developer.upload(f"Bearer {token}"))
    time_passes(4)
    assert refused(developer.upload(f"Bearer {token}"))


@statement(tag="X", source=f"{OURS}: the page's own lines must work")
@pytest.mark.parametrize("moment", [1_664_349_827, 1_677_336_539])
def test_expiration_in_the_past(developer: Developer, moment: int) -> None:
    """An x-expiration in the past, such as the two on the page, obtains an expired token."""
    token = developer.token(x_expiration=str(moment))
    assert decoded(token).claims["exp"] == moment
    assert refused(developer.upload(f"Bearer {token}"))


@statement(tag="C", source=f"{CLIENTS}, which send Date.getTime()/1000 + 3600")
def test_expiration_with_fraction(developer: Developer) -> None:
    """An x-expiration with a fraction is accepted; exp is the second below."""
    assert developer.decoded(x_expiration="1668542400.123").claims["exp"] == 1_668_542_400
    assert developer.decoded(x_expiration="2524608000.999").claims["exp"] == 2_524_608_000


@statement(tag="X", source=OURS)
@pytest.mark.parametrize("moment", [99_999_999_999, LATEST])
def test_large_expiration(developer: Developer, moment: int) -> None:
    """A large x-expiration is also in seconds, up to the end of the year 9999."""
    assert developer.decoded(x_expiration=str(moment)).claims["exp"] == moment


@statement(tag="X", source=OURS)
@pytest.mark.parametrize("moment", [LATEST + 1, 1_668_542_400_123])
def test_too_large_expiration(developer: Developer, moment: int) -> None:
    """An x-expiration after the year 9999, such as one in milliseconds, is a 400."""
    assert "x-expiration" in refusal(developer.ask(x_expiration=str(moment), expect=400))


@statement(tag="X", source=OURS)
@pytest.mark.parametrize("text", ["", "soon", "NaN", "Infinity", "-Infinity", "-1", "-1668542400"])
def test_useless_expiration(developer: Developer, text: str) -> None:
    """An x-expiration that is empty, negative or not a number is a 400 that names the header."""
    assert "x-expiration" in refusal(developer.ask(x_expiration=text, expect=400))


# The token


@statement(tag="X", source=OURS)
def test_header_of_token(developer: Developer) -> None:
    """The token's header is alg HS256, then typ JWT."""
    header = decoded(developer.some_token()).header
    assert in_order(header, ["alg", "typ"])
    assert [header["alg"], header["typ"]] == ["HS256", "JWT"]


@statement(tag="P", source=f"{OLDER}, sample token")
def test_claims_of_token(developer: Developer) -> None:
    """The token's claims are d, o, s, t, iat, exp, aud, iss, sub in this order."""
    claims = decoded(developer.some_token()).claims
    assert in_order(claims, ["d", "o", "s", "t", "iat", "exp", "aud", "iss", "sub"])
    assert [claims[name] for name in "dost"] == [False, False, False, None]
    assert claims["aud"] == claims["iss"] == "dstor.cloud"


@statement(tag="P", source=f"{OLDER}, sample token")
def test_subject_of_token(developer: Developer) -> None:
    """The claim sub is a UUID of version 4."""
    subject = developer.decoded().claims["sub"]
    assert re.fullmatch(UUID_4, subject)


@statement(tag="X", source=OURS)
def test_one_subject(developer: Developer) -> None:
    """The claim sub is the same in every token of an account."""
    first, second = developer.decoded().claims["sub"], developer.decoded().claims["sub"]
    assert first == second


@statement(tag="P", source=f"{OLDER}, sample token")
def test_moment_of_issue(developer: Developer) -> None:
    """The claim iat is the moment of issue in whole Unix seconds."""
    answer = developer.ask()
    check_moment(decoded(success(answer)["access_token"]).claims["iat"], sent_at(answer))


@statement(tag="X", source=OURS)
def test_rounding_of_issue(developer: Developer, clock: MockControl) -> None:
    """The claim iat is the second in which the token was issued, rounded down."""
    clock.freeze("2026-01-01T00:00:00.900Z")
    assert developer.decoded().claims["iat"] == 1_767_225_600


# E-mail and password


@statement(tag="C", source=f"{CLIENTS}; that there is such a login: {OTHER} (P)")
def test_login(developer: Developer) -> None:
    """A POST with email and password obtains the same kind of token, with the default life."""
    account = developer.client.account
    answer = developer.log_in(email=account["email"], password=account["password"])
    token = decoded(success(answer)["access_token"])
    check_life(token.life, YEAR)
    assert token.claims["sub"] == developer.decoded().claims["sub"]


@statement(tag="X", source=OURS)
@pytest.mark.parametrize("missing", ["email", "password"])
def test_login_without_field(developer: Developer, missing: str) -> None:
    """A login without email or without password is a 400."""
    fields = {"email": "dev@example.com", "password": "dstor-password"}
    del fields[missing]
    assert missing in refusal(developer.log_in(**fields, expect=400))


@statement(tag="X", source=OURS)
@pytest.mark.parametrize("wrong", ["email", "password"])
def test_wrong_login(developer: Developer, wrong: str) -> None:
    """A login with a wrong email or password is a 401."""
    account = developer.client.account
    fields = {"email": account["email"], "password": account["password"], wrong: "wrong"}
    refusal(developer.log_in(**fields, expect=401))


# Paths, browsers, failures


@statement(tag="C", source=CLIENTS)
def test_trailing_slash(developer: Developer) -> None:
    """Every path may end in a slash, and is then answered without a redirect."""
    account, client = developer.client.account, developer.client
    fields = {"email": account["email"], "password": account["password"]}
    accepted(client.get(f"{TEMP_TOKEN}/", headers={"api-key": account["api-key"]}))
    accepted(client.post(f"{TEMP_TOKEN}/", json=fields))
    accepted(developer.upload(f"Bearer {developer.some_token()}", path=f"{UPLOAD}/"))


@statement(tag="C", source=f"browser {CLIENTS}")
@pytest.mark.parametrize("path", [TEMP_TOKEN, UPLOAD])
def test_preflight(client: CheckClient, path: str) -> None:
    """A browser may send every header that dStor's clients send, from any page."""
    asked = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "GET"}
    answer = client.send("OPTIONS", path, headers=asked)
    accepted(answer)
    named = answer.headers.get("Access-Control-Allow-Headers", "")
    allowed = named.lower().replace(" ", "").split(",")
    clients = "api-key x-expiration authorization content-type x-dstor-upload-token"
    assert set(clients.split()) <= set(allowed)
    assert answer.headers.get("Access-Control-Allow-Origin") == "*"


@statement(tag="C", source=f"browser {CLIENTS}")
def test_any_origin(developer: Developer) -> None:
    """Every response has Access-Control-Allow-Origin: *, also an error."""
    answers = [
        developer.ask(),
        developer.ask(api_key=UNKNOWN_KEY),
        developer.client.get(TEMP_TOKEN),
        developer.client.get("/x"),
        developer.upload(None),
        developer.upload(f"Bearer {developer.some_token()}"),
    ]
    origins = [answer.headers.get("Access-Control-Allow-Origin") for answer in answers]
    assert origins == ["*"] * 6


@statement(tag="X", source=OURS)
def test_unknown_path(client: CheckClient) -> None:
    """An unknown path is a 404 that names the route."""
    assert refusal(client.get("/x", expect=404)) == "Route GET:/x not found"


@statement(tag="X", source=OURS)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_unknown_method(client: CheckClient, method: str) -> None:
    """An unknown method is an unknown route: a 404."""
    answer = client.send(method, TEMP_TOKEN, expect=404)
    assert refusal(answer) == f"Route {method}:{TEMP_TOKEN} not found"


@statement(tag="X", source=OURS)
def test_internal_error(developer: Developer, broken: Callable[[str], None]) -> None:
    """A failure of dStor is a 500 in the form of its errors."""
    broken("temp_token")
    refusal(developer.ask(expect=500))
