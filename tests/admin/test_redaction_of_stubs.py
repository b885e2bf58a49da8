"""A stub that holds a secret is shown without it, and can be put back as it was shown."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from mockserver.emulator.engine import Engine
from mockserver.wiremock.stub_mapping import Stub
from tests.admin.leaking import CANARY, MARK, PLAIN, coded, jwt, leaks, shown
from tests.engine_client import admin, ask, value
from tests.vendor_tokens import dstor_token

MATCHERS: dict[str, Any] = {
    "equalTo in a header": {"headers": {"api-key": {"equalTo": CANARY}}},
    "matches in a header": {"headers": {"Authorization": {"matches": f"Bearer {PLAIN}"}}},
    "query": {"queryParameters": {"token": {"contains": CANARY}}},
    "url": {"url": f"/x?mark={MARK}&token={PLAIN}"},
    "urlPattern": {"urlPattern": f"/x.token={PLAIN}"},
    "credentials": {"basicAuthCredentials": {"username": MARK, "password": CANARY}},
    "json value": {"bodyPatterns": [{"equalToJson": {"a": [{"password": CANARY}]}}]},
    "json text": {"bodyPatterns": [{"equalToJson": json.dumps({"password": CANARY})}]},
    "contains": {"bodyPatterns": [{"contains": f'"password":"{PLAIN}"'}]},
    "form": {"bodyPatterns": [{"equalTo": urlencode({"a": 1, "password": CANARY})}]},
    "matches": {"bodyPatterns": [{"matches": f'.*"token": *"{PLAIN}".*'}]},
    "jwt": {"headers": {"X-Odd": {"equalTo": jwt(claim=CANARY)}}},
    "path of json": {
        "bodyPatterns": [{"matchesJsonPath": {"expression": "$.a.password", "equalTo": CANARY}}]
    },
    "filter": {"bodyPatterns": [{"matchesJsonPath": f"$[?(@.password == '{PLAIN}')]"}]},
}
REPLIES: dict[str, Any] = {
    "header": {"headers": {"User-Token": PLAIN, "X-Odd": [jwt(claim=CANARY), "a"]}},
    "json": {"jsonBody": {"data": {"token": CANARY}, "mark": MARK}},
    "text": {"body": json.dumps({"access_token": CANARY})},
    "base64": {"base64Body": coded(json.dumps({"accessToken": CANARY}))},
}


SECRETS = (CANARY, PLAIN, jwt(claim=CANARY))
KINDS = pytest.mark.parametrize("kind", [*MATCHERS, *REPLIES])


def test_a_persons_own_words_are_shown(engine: Engine) -> None:
    words = {
        "name": "refuses token: expired ones",
        "metadata": {"comment": "checks that password = empty fails", "password": "x"},
    }
    shown = added(engine, {**words, "response": {"status": 204}})
    assert shown["name"] == words["name"]
    assert shown["metadata"]["comment"] == "checks that password = empty fails"
    assert shown["metadata"]["password"].startswith("[redacted:")
    assert value(engine, f"PUT /mappings/{shown['id']}", **shown) == shown
    assert kept(engine, shown["id"]).source["metadata"]["password"] == "x"


def to_mapping(kind: str) -> dict[str, Any]:
    return {"request": MATCHERS.get(kind, {}), "response": REPLIES.get(kind, {}), "name": MARK}


def added(engine: Engine, mapping: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = value(engine, "POST /mappings", **mapping)
    return shown


def kept(engine: Engine, stub_id: str) -> Stub:
    stub = engine.state.stubs.get(stub_id)
    assert stub is not None
    return stub


@KINDS
def test_a_stub_that_holds_a_secret_is_shown_without_it(engine: Engine, kind: str) -> None:
    answers = [("POST /mappings", json.dumps(added(engine, to_mapping(kind))))]
    for line in ("GET /nowhere", "GET /ds-api/"):
        ask(engine, line, {"X-Mark": MARK})
    call, pattern = "POST /near-misses/request-pattern", MATCHERS.get(kind, {})
    answers.append((call, admin(engine, call, json=pattern).body.decode()))
    assert "[redacted:" in answers[0][1]
    assert all(MARK in text for _, text in answers)
    assert leaks([*answers, *shown(engine)], *SECRETS) == []


@pytest.mark.parametrize("kind", ["password", "token"])
def test_a_stub_that_holds_a_known_secret_anywhere_is_shown_without_it(
    engine: Engine, kind: str
) -> None:
    account = value(engine, "POST /accounts", vendor="datasentinel")
    secret = account["credentials"]["password"] if kind == "password" else dstor_token(engine)
    mapping = {
        "name": f"{MARK} {secret}",
        "metadata": {"odd": [secret], secret: f"u:{secret}"},
        "request": {"urlPath": f"/{secret}", "bodyPatterns": [{"contains": secret}]},
        "response": {"body": f"{MARK}{secret}", "headers": {"X-Odd": secret}},
        "scenarioName": f"{MARK} {secret}",
        "newScenarioState": secret,
    }
    added(engine, mapping)
    ask(engine, "GET /nowhere")
    assert ask(engine, f"GET /{secret}", body=secret.encode()).body.decode() == f"{MARK}{secret}"
    texts = list(shown(engine))
    shows = {"GET /mappings", "GET /mappings/<id>", "GET /scenarios", "GET /requests"}
    assert {where for where, text in texts if MARK in text} >= shows
    assert leaks(texts, secret) == []


@KINDS
def test_a_put_that_sends_tags_back_keeps_what_is_behind_them(engine: Engine, kind: str) -> None:
    mapping = added(engine, to_mapping(kind))
    before = kept(engine, mapping["id"])
    changed = {**mapping, "name": "changed", "priority": 1}
    value(engine, f"PUT /mappings/{mapping['id']}", **changed)
    after = kept(engine, mapping["id"])
    assert after.source == {**before.source, "name": "changed", "priority": 1}
    assert after.response == before.response
    assert leaks(shown(engine), *SECRETS) == []


def test_a_put_keeps_what_is_behind_tags_that_were_moved(engine: Engine) -> None:
    secret = dstor_token(engine)
    numbers = {"jsonBody": {"token": 12345678, "odd": secret, secret: 1}}
    patterns = [{"equalToJson": {"password": CANARY}}, {"contains": f"token={PLAIN}"}]
    mapping = {"request": {"bodyPatterns": patterns}, "response": numbers}
    put = added(engine, mapping)
    first, second = put["request"]["bodyPatterns"]
    put["request"] = {
        "headers": {"api-key": {"equalTo": first["equalToJson"]["password"]}},
        "bodyPatterns": [{"matches": ".*"}, {"contains": second["contains"] + "&more=1"}, first],
    }
    put["response"]["jsonBody"]["again"] = [put["response"]["jsonBody"]["token"]]
    put["response"]["headers"] = {"X-Odd": put["response"]["jsonBody"]["odd"]}
    value(engine, f"PUT /mappings/{put['id']}", **put)
    stub = kept(engine, put["id"])
    assert stub.source["request"] == {
        "headers": {"api-key": {"equalTo": CANARY}},
        "bodyPatterns": [{"matches": ".*"}, {"contains": f"token={PLAIN}&more=1"}, patterns[0]],
    }
    assert stub.source["response"] == {
        "jsonBody": {**numbers["jsonBody"], "again": [12345678]},
        "headers": {"X-Odd": secret},
    }
