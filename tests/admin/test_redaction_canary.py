"""Canaries: a secret that was sent, configured or issued is shown nowhere."""

import gzip
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import requests

from mockserver.admin.admin_request import Route
from mockserver.admin.application import Application
from mockserver.admin.routes import ROUTES
from mockserver.emulator.engine import Engine
from mockserver.model.http import Request, Response
from mockserver.model.settings import NoSettings
from mockserver.model.vendor import Action, Call, post
from mockserver.server import listen, server_of
from mockserver.wiremock.request_values import url_of
from tests.acme_vendor import acme_engine
from tests.admin.leaking import CANARY, MARK, PLAIN, coded, jwt, leaks, shown, spellings
from tests.engine_client import (
    admin,
    ask,
    basic,
    bearer,
    content,
    fresh_engine,
    jwt_parts,
    refused,
    request,
    value,
)
from tests.vendor_tokens import (
    APP_SECRET,
    DSTOR_KEY,
    connect,
    dapi_token,
    datasentinel_token,
    dstor_token,
    kitegateway_token,
    minted,
    revoke,
)


def with_header(name: str, value: str) -> Request:
    return request("GET /v1/dev/temp-token", {name: value, "X-Mark": MARK})


def with_body(text: str, line: str = "POST /v2/auth/ExchangeToken") -> Request:
    return request(line, {"X-Mark": MARK}, body=text.encode())


BY_NAME: dict[str, Request] = {
    "bearer": with_header("Authorization", f"Bearer {CANARY}"),
    "no scheme": with_header("Authorization", CANARY),
    "basic": request("POST /ds-api/user-token", {**basic(MARK, CANARY), "X-Mark": MARK}),
    "basic elsewhere": with_header("X-Forwarded-Credentials", f"Basic {coded(f'u:{CANARY}')}"),
    "cookie": with_header("Cookie", f"a=1; odd={PLAIN}; b=2"),
    **{
        name: with_header(name, CANARY)
        for name in [
            *("X-Api-Key", "X-Auth-Token", "Proxy-Authorization", "X-CSRF", "Set-Cookie"),
            *("api-key", "SECRET-KEY", "User-Token"),
        ]
    },
    **{
        name: with_body(json.dumps({name: CANARY, "mark": MARK}))
        for name in ("client_secret", "refresh_token", "id_token", "secret", "passwd", "sessionId")
    },
    "userinfo": with_header("Referer", f"https://{MARK}:{PLAIN}@example.org/x"),
    "gzip": request(
        "POST /v2/auth/ExchangeToken",
        {"X-Mark": MARK, "Content-Encoding": "gzip"},
        body=gzip.compress(json.dumps({"appSecret": CANARY, "mark": MARK}).encode()),
    ),
    "long gzip": request(
        "POST /v2/auth/ExchangeToken",
        {"X-Mark": MARK, "Content-Encoding": "gzip"},
        body=gzip.compress(json.dumps({"a": "x" * 16_355, "appSecret": CANARY}).encode()),
    ),
    "query": request(f"GET /ds-api/user-token?{urlencode({'token': CANARY, 'mark': MARK})}"),
    "query of nobody": request(f"GET /x?mark={MARK}&{urlencode({'Access_Token': CANARY})}"),
    "json": with_body(json.dumps({"appSecret": CANARY, "mark": MARK})),
    "json of nobody": with_body(json.dumps({"PASSWORD": CANARY, "mark": MARK}), "POST /nowhere"),
    "nested json": with_body(json.dumps({"a": [{"b": {"userSecret": {"c": [CANARY]}}}, MARK]})),
    "json in json": with_body(json.dumps({"a": json.dumps({"token": CANARY, "b": MARK})})),
    "json in json, broken": with_body(json.dumps({"a": json.dumps({"token": CANARY})})[:-4]),
    "json twice": with_body(json.dumps({"token": CANARY})[:-1] + ', "token": null}'),
    "broken json": with_body(json.dumps({"mark": MARK, "password": CANARY})[:-1]),
    "broken json, unfinished": with_body(json.dumps({"mark": MARK, "password": CANARY})[:-2]),
    "broken json, list": with_body(json.dumps({"mark": MARK, "token": ["a", CANARY]})[:-1]),
    "cut json": with_body(json.dumps({"mark": MARK, "token": {"a": CANARY}, "b": "x" * 20_000})),
    "form": with_body(urlencode({"api_key": CANARY, "mark": MARK}), "POST /v1/auth/token"),
    "bracketed form": with_body(urlencode({"user[password]": CANARY, "mark": MARK}), "POST /x"),
    "bracketed form, raw": with_body(f"user[password]={PLAIN}&mark={MARK}"),
    "bracketed query": request(f"GET /x?password%5B%5D={PLAIN}&filter%5Btoken%5D={PLAIN}&{MARK}"),
    "query without a sign of equality": request(f"GET /{MARK}?api-key%3D{PLAIN}"),
    "text": with_body(f"mark: {MARK}\napi-key: {CANARY}\n"),
    "jwt claim": with_header("X-Odd", jwt(claim=CANARY)),
    "jwt claim in a body": with_body(json.dumps({"odd": [jwt(claim=CANARY)], "mark": MARK})),
    "jwt claim in a path": request(f"GET /{MARK}/{jwt(claim=CANARY)}"),
    "jwt as a name": request(f"GET /x?{jwt(claim=CANARY)}&{MARK}"),
    "number": with_body(json.dumps({"password": 7415369882, "mark": MARK})),
}


def judged(engine: Engine, came: Request) -> tuple[str, str]:
    """What a call shows of a request that it is given as it was sent."""
    call = "POST /near-misses/request"
    given = {"method": came.method, "url": url_of(came), "headers": dict(came.headers.pairs)}
    body = came.body.decode(errors="replace")
    return call, admin(engine, call, json={**given, "body": body}).body.decode()


PLACES = [*BY_NAME]


@pytest.mark.parametrize("first", range(0, len(PLACES), 3), ids=lambda first: PLACES[first])
def test_what_was_sent_under_a_secrets_name_is_not_shown(engine: Engine, first: int) -> None:
    """Three requests at a time, which one list shows together and other calls one by one."""
    places = PLACES[first : first + 3]
    for place in places:
        engine.answer(BY_NAME[place])
    alone = [judged(engine, BY_NAME[place]) for place in places]
    assert all(MARK in text for _, text in alone)
    assert len(engine.state.journal.all()) == len(places)
    texts = [*alone, *shown(engine)]
    assert max(text.count(MARK) for _, text in texts) >= len(places)
    assert leaks(texts, CANARY, PLAIN, jwt(claim=CANARY), "7415369882") == []


SECRETS: dict[str, Callable[[Engine], str]] = {
    "dstor token": dstor_token,
    "upload token": lambda engine: upload_token(engine, dstor_token(engine)),
    "user token": datasentinel_token,
    "access code": lambda engine: str(connect(engine)["accessCode"]),
    "user secret": lambda engine: str(connect(engine)["userSecret"]),
    "access token": lambda engine: dapi_token(engine, connect(engine)),
    "kitegateway token": kitegateway_token,
    **{
        f"{vendor} {name}": lambda engine, vendor=vendor, name=name: made_up(engine, vendor, name)  # type: ignore[misc]
        for vendor, name in [
            *(("dstor", "api-key"), ("dstor", "password"), ("datasentinel", "password")),
            *(("dapi", "appSecret"), ("kitegateway", "api_key"), ("kitegateway", "Secret-Key")),
        ]
    },
    "given password": lambda engine: made_up(engine, "datasentinel", "password", password=CANARY),
    "given login": lambda engine: made_up(engine, "dapi", "bankLogins", bankLogins={MARK: CANARY}),
    "revoked token": lambda engine: revoked(engine, kitegateway_token(engine)),
    "revoked code": lambda engine: revoked(engine, str(connect(engine)["accessCode"])),
    "not ASCII": lambda engine: made_up(engine, "datasentinel", "password", password="päß+of=mine"),
    "removed account": lambda engine: removed(engine, "kitegateway", "Secret-Key"),
    "built-in password": lambda _: "myPassword",
    "built-in login": lambda _: "dapi_password2",
    **{
        f"minted, {defect}": lambda engine, defect=defect: str(  # type: ignore[misc]
            minted(engine, "kitegateway", defect=defect)["token"]
        )
        for defect in (None, "expired", "bad-signature", "no-signature", "malformed")
    },
}


def made_up(engine: Engine, vendor: str, name: str, **given: object) -> str:
    account = value(engine, "POST /accounts", vendor=vendor, credentials=given)
    secret = account["credentials"][name]
    return str(next(iter(secret.values())) if isinstance(secret, dict) else secret)


def removed(engine: Engine, vendor: str, name: str) -> str:
    secret = made_up(engine, vendor, name)
    value(engine, f"DELETE /accounts/{value(engine, 'GET /accounts')['accounts'][-1]['id']}")
    return secret


def revoked(engine: Engine, token: str) -> str:
    revoke(engine, token)
    return token


def upload_token(engine: Engine, token: str) -> str:
    body = {"chunks_number": 1, "folder_path": MARK}
    return str(content(ask(engine, "POST /v1/upload/get-token", bearer(token), json=body))["token"])


def sent_everywhere(engine: Engine, secret: str) -> None:
    """Requests with a secret where no name gives it away."""
    odd = secret.encode("latin-1", errors="replace").decode("latin-1")
    for line in ("GET /ds-api/", "GET /nowhere"):
        ask(engine, f"{line}/{quote(secret, safe='')}/{MARK}", {"X-Odd": f"{MARK} {odd}"})
        ask(engine, f"{line}?odd={quote(secret)}&{quote(secret, safe='')}=1&mark={MARK}")
        if not set(secret) & set(' "'):  # raw, as a client that escapes nothing sends it
            ask(engine, f"{line}/{MARK}/{secret}?odd={secret}&{secret}&{secret}={MARK}")
            ask(engine, f"{line}?odd=a", body=f"odd={secret}&{secret}".encode())
        ask(engine, line, {"Host": f"{odd}.example.org", "Cookie": f"odd={odd}"})
        ask(engine, line, basic(MARK, secret))
    for line in ("POST /v2/auth/ExchangeToken", "POST /nowhere"):
        for body in (
            {"odd": secret, "mark": MARK},
            {"odd": [{"deep": f"{MARK} {secret}."}]},
            {secret: 1},
            {"odd": json.dumps({"odd": secret})},
        ):
            ask(engine, line, json=body)
            ask(engine, line, body=json.dumps(body).encode()[:-2])
            ask(engine, line, body=json.dumps(body).replace("/", "\\/").encode()[:-1])
        ask(engine, line, body=urlencode({"odd": secret, "mark": MARK}).encode())
        ask(engine, line, body=f"{MARK}{secret}{MARK}".encode())


@pytest.mark.parametrize(
    "kind", ["dstor token", "access code", "kitegateway token", "given password", "not ASCII"]
)
def test_what_was_configured_or_issued_is_not_shown_wherever_it_is_sent(
    engine: Engine, kind: str
) -> None:
    secret = SECRETS[kind](engine)
    sent_everywhere(engine, secret)
    texts = list(shown(engine))
    assert sum(text.count(MARK) for _, text in texts) > 100
    assert leaks(texts, secret, secret.removeprefix("JWT ")) == []


def test_whatever_was_configured_or_issued_is_not_shown(engine: Engine) -> None:
    secrets = {kind: make(engine) for kind, make in SECRETS.items()}
    for secret in secrets.values():
        ask(engine, f"GET /nowhere?odd={quote(secret)}&mark={MARK}")
        ask(engine, "POST /v2/auth/ExchangeToken", json={"odd": secret, "mark": MARK})
    texts = list(shown(engine))
    assert max(text.count(MARK) for _, text in texts) >= 2 * len(SECRETS)
    for kind, secret in secrets.items():
        assert leaks(texts, secret, secret.removeprefix("JWT ")) == [], kind


def test_what_was_used_as_it_should_be_is_not_shown(engine: Engine) -> None:
    login = connect(engine)
    token, kite = dstor_token(engine), kitegateway_token(engine)
    customer = {**APP_SECRET, "userSecret": login["userSecret"]}
    access = dapi_token(engine, login)
    ask(engine, "POST /v2/data/identity/get", bearer(access), json=customer)
    ask(engine, "GET /v1/data/wallets/balances", {"Authorization": kite})
    user = datasentinel_token(engine)
    ask(engine, f"GET /ds-api/user-token?token={user}", basic("myUser", "myPassword"))
    secrets = [token, kite, access, user, upload_token(engine, token), *DSTOR_KEY.values()]
    secrets += [login["accessCode"], login["userSecret"], *APP_SECRET.values(), "YOUR_SECRET"]
    assert leaks(shown(engine), *secrets, "2882jj2hh288282jj2", "myPassword") == []


JOURNAL = [
    *("GET /requests", "GET /requests/<id>", "GET /requests/unmatched", "POST /requests/find"),
    *("GET /requests/unmatched/near-misses", "POST /near-misses/request-pattern"),
    *("POST /requests/remove", "assert_no_unmatched", "all"),
]


def test_whatever_shows_a_request_is_looked_at(engine: Engine) -> None:
    sent_everywhere(engine, CANARY)
    assert {where for where, text in shown(engine) if MARK in text} >= set(JOURNAL)


def mistaken(route: Route, secret: str) -> Iterator[tuple[str, bytes]]:
    """Ways to get a call wrong with a secret in one's hands: method and path, and a body."""
    text = json.dumps(secret)
    for method, path in route.requests():
        line = f"{method} {re.sub('<.*?>', quote(secret, safe=''), path)}"
        yield line, b""
        yield f"{line}?{quote(secret)}={quote(secret)}&since={quote(secret)}", b""
        yield f"{line}?limit={quote(secret)}", b""
        yield f"{line}/{quote(secret, safe='')}", b""
        yield f"PATCH {line.partition(' ')[2]}", b""
        yield line, f'{{"a": {text}'.encode()
        yield line, text.encode()
        yield line, f"{{{text}: {text}}}".encode()
        yield line, f'{{"request": {{{text}: {text}}}, "response": {{{text}: 1}}}}'.encode()
        for field in route.takes if isinstance(route.takes, tuple) else WORDS:
            yield line, f'{{"vendor": "dstor", "{field}": {text}}}'.encode()
            yield line, f'{{"vendor": "dstor", "{field}": {{{text}: {text}}}}}'.encode()
            yield line, f'{{"vendor": "dstor", "{field}": [{text}]}}'.encode()


WORDS = [
    *("id", "name", "request", "response", "priority", "scenarioName", "metadata", "phase"),
    *("error", "endpoint", "method", "url", "urlPattern", "headers", "bodyPatterns", "user"),
]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_no_call_that_goes_wrong_shows_a_secret(engine: Engine, route: Route) -> None:
    secrets = [made_up(engine, "dstor", "api-key"), dstor_token(engine)]
    answers = [
        (line, admin(engine, line, body=body))
        for secret in secrets
        for line, body in mistaken(route, secret)
    ]
    wrong = [(line, answer.body.decode()) for line, answer in answers if answer.status >= 400]
    assert wrong
    assert leaks(wrong, *secrets) == []


def test_an_error_that_tells_what_was_sent_shows_no_secret(engine: Engine) -> None:
    secret = made_up(engine, "dstor", "api-key")
    for line, body in [
        ("POST /mappings", {"request": {"urlPattern": f"(?P<{secret}"}}),
        ("POST /requests/find", {"bodyPatterns": [{"matchesJsonPath": f"$[{secret}"}]}),
    ]:
        assert secret not in refused(admin(engine, line, json=body)), line
    assert jwt(claim=PLAIN) not in admin(engine, f"GET /{jwt(claim=PLAIN)}").body.decode()


def test_the_log_shows_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    engine = fresh_engine()
    for make in SECRETS.values():
        secret = make(engine)
        sent_everywhere(engine, secret)
        assert not any(spelled in caplog.text for spelled in spellings(secret))
    for asked in BY_NAME.values():
        engine.answer(asked)
    assert not any(spelled in caplog.text for spelled in spellings(CANARY))


def test_the_log_of_a_failure_shows_where_it_was_and_no_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(_state: object, arguments: object, _now: object) -> dict[str, Any]:
        raise ValueError(f"what was given: {arguments}")

    engine = acme_engine(actions={"play": Action(fails, ("word", "password"))})
    secret = {"word": "p4ssw0rd of acme", "password": CANARY}
    response = admin(engine, "POST /vendors/acme/play", json=secret)
    assert (response.status, "p4ssw0rd" in response.body.decode()) == (500, False)
    for told in ("in fails", "ValueError", "what was given"):
        assert told in caplog.text
    for secret_part in ("p4ssw0rd", "c4nary"):
        assert secret_part not in caplog.text


def test_the_log_and_the_reason_of_an_endpoint_that_fails_show_no_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(call: Call[NoSettings]) -> Response:
        raise ValueError(f"what came: {call.request.headers.pairs} {call.request.body.decode()}")

    engine = acme_engine(endpoints=(post("/fails", fails),))
    body = f"password={PLAIN}&odd=p4ssw0rd of acme".encode()
    assert ask(engine, "POST /fails", {"X-Odd": jwt(claim=PLAIN)}, body=body).status == 500
    reason = content(admin(engine, "GET /requests"))["requests"][0]["request"]["reason"]
    for text in (caplog.text, reason):
        assert "ValueError" in text
        assert "what came" in text
        assert leaks([("told", text)], PLAIN, jwt(claim=PLAIN)) == []
    assert "in fails" in caplog.text


def test_a_path_forges_no_line_of_the_log() -> None:
    path = "/dstor/a -> 200, 1 ms\r\nGET \x1b[31m\u2028\udc00/é"
    shown = Application(lambda _name: acme_engine()).shown(request(f"GET {path}"))
    assert shown.count(" ") == 1
    assert shown.endswith("/dstor/a%20->%20200,%201%20ms%0D%0AGET%20%1B[31m%E2%80%A8%3F/é")


def test_a_failure_outside_of_endpoints_is_logged_without_secrets(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(_refusal: object, request: Request) -> Response:
        raise ValueError(f"what came: {request.headers.pairs}")

    server = server_of(Application(lambda _name: acme_engine(refuse=fails)), listen("127.0.0.1", 0))
    server.start()
    try:
        url = f"http://127.0.0.1:{server.port}/acme/nowhere"
        assert requests.get(url, headers={"X-Odd": jwt(claim=PLAIN)}, timeout=5).status_code == 500
    finally:
        server.stop()
    (record,) = [each for each in caplog.records if each.name == "mockserver"]
    assert "report it with the lines below" in record.getMessage()
    assert "in fails" in caplog.text
    assert "what came" in caplog.text
    assert leaks([("log", caplog.text)], PLAIN, jwt(claim=PLAIN)) == []


def test_what_a_call_creates_is_in_its_own_answer_once(engine: Engine) -> None:
    key = value(engine, "POST /accounts", vendor="dstor")["credentials"]["api-key"]
    token = minted(engine, "dstor")["token"]
    login = value(engine, "POST /vendors/dapi/connect")
    assert (len(key), len(login["userSecret"])) == (64, 128)
    assert jwt_parts(token)[1]["iss"] == "dstor.cloud"
    assert leaks(shown(engine), key, token, login["userSecret"], login["accessCode"]) == []


def test_the_built_in_credentials_are_public(engine: Engine) -> None:
    vendors = admin(engine, "GET /vendors").body.decode()
    for secret in (*DSTOR_KEY.values(), "myPassword", "app_secret_value", "YOUR_SECRET"):
        assert secret in vendors
        assert leaks(shown(engine), secret) == []
