"""What a call cannot take is refused, named in the detail, and changes nothing."""

from typing import Any

import pytest

from mockserver.emulator.engine import Engine
from tests.engine_client import NOW, admin, ask, content, refused, value
from tests.vendor_tokens import VENDORS

ID = "01234567-89ab-4cde-8f01-23456789abcd"
LATEST = 253_402_300_799
STATE = ("accounts", "clock", "mappings", "requests", "scenarios", "settings", "tokens")
VENDOR = "vendor must be one of dapi, datasentinel, dstor, kitegateway"
NO_MOMENTS = [
    '"noon"', '""', "true", "[]", "{}", "-1", "1e300", "1e999", f"1{'0' * 400}",
    '"9999-01-01T00:00:00Z"', '"1969-12-31T23:59:59Z"',
]  # fmt: skip
NO_STEPS = ["-1", "-0.000001", "true", '"1"', "[]", "{}", "1e300", "1e999", f"1{'0' * 400}"]
NO_DURATIONS = [
    '""', '"1"', '"m"', '"-1m"', '"1.h"', '"1 h"', '"1y"', '"1M"', "30", "1", "[]", "true",
    '"\\u0661m"', '"9999999999d"', '"999999999d"', f'"{"999999999d" * 50}"',
]  # fmt: skip
UNIFORM = {"type": "uniform", "lower": 10, "upper": 20}


def some(*values: Any) -> tuple[Any, ...]:
    return values


def account(credentials: Any, detail: str, vendor: str = "dstor") -> tuple[str, Any, int, str]:
    return "POST /accounts", {"vendor": vendor, "credentials": credentials}, 400, detail


def token(field: str, value: Any, detail: str, status: int = 400) -> tuple[str, Any, int, str]:
    return "POST /tokens", {"vendor": "dapi", field: value}, status, detail


def settings(body: Any, detail: str) -> tuple[str, Any, int, str]:
    return "POST /settings", body, 400, detail


def delays(distribution: Any, detail: str) -> tuple[str, Any, int, str]:
    return settings({"delayDistribution": distribution}, f"delayDistribution{detail}")


def mapping(body: Any, detail: str) -> tuple[str, Any, int, str]:
    return "POST /mappings", body, 400, detail


def imports(body: Any, detail: str) -> tuple[str, Any, int, str]:
    return "POST /mappings/import", body, 400, detail


def near(body: Any, detail: str) -> tuple[str, Any, int, str]:
    return "POST /near-misses/request", body, 400, detail


def wait(field: str, value: Any) -> tuple[str, Any, int, str]:
    return "POST /requests/wait", {field: value}, 400, field


def state(engine: Engine) -> list[Any]:
    return [content(admin(engine, f"GET /{name}")) for name in STATE]


@pytest.mark.parametrize(("line", "body", "status", "detail"), [
    *((f"POST /{call}", {}, 400, VENDOR) for call in ("accounts", "tokens")),
    *((f"POST /{call}", {"vendor": vendor}, 400, VENDOR)
      for call in ("accounts", "tokens") for vendor in ("nobody", ["dapi"])),
    ("POST /tokens/explain", {"token": "x"}, 400, VENDOR),
    *(("POST /tokens/explain", {"vendor": "dapi", **body}, 400, "token must be a string")
      for body in ({}, {"token": None}, {"token": 1}, {"token": ["a"]})),
    # accounts
    account([], "credentials must be an object"),
    account({"user": "x"}, "credentials.user is not known"),
    *(account({"email": each}, "credentials.email must be a string") for each in (1, "", None)),
    *(account({"bankLogins": each}, "credentials.bankLogins must be an object of strings", "dapi")
      for each in some({}, "a", {"a": 1})),
    ("POST /accounts", {"vendor": "dapi", "credential": {}}, 400, "credential is not a field of"),
    ("DELETE /accounts/x", {}, 404, "there is no such account"),
    # tokens
    token("nonsense", 1, "nonsense is not a field of this call"),
    *(token("account", each, "account: there is no such account", 404) for each in ("x", "")),
    *(token("account", each, "account must be the ID of an account") for each in some(1, {})),
    *(token("expires_in", each, "expires_in must be 1 to") for each in (0, -5, LATEST + 1)),
    token("expires_in", LATEST, "would expire after the year 9999"),
    *(token("expires_in", each, "expires_in must be a whole number") for each in (1.5, True, "60")),
    token("claims", [], "claims must be an object"),
    *(token("claims", {name: each}, f"claims.{name} must be Unix seconds") for name, each in [
        ("exp", "soon"), ("iat", 1.5), ("nbf", True), ("exp", -1), ("exp", LATEST + 1)]),
    *(token("defect", each, "defect must be one of expired, ")
      for each in some("broken", ["x"], {})),
    ("POST /tokens", {"vendor": "kitegateway", "expiresIn": 60, "expires_in": 60}, 400, "twice"),
    *((f"DELETE /tokens/{each}", {}, 404, "16 hex digits")
      for each in ("x", "0123456789ABCDEF", "0123456789abcde", "0" * 17, "%20")),
    ("GET /tokens/0123456789abcdef", {}, 404, "no"),
    # the clock
    *(("PUT /clock", f'{{"now": {each}}}', 400, "") for each in NO_MOMENTS),
    *(("PUT /clock", f'{{"frozen": {each}}}', 400, "frozen")
      for each in ("0", "1", '"true"', '"yes"', "[]", "{}")),
    ("PUT /clock", {"time": 0}, 400, "time"),
    ("POST /clock/advance", {}, 400, ""),
    ("POST /clock/advance", {"minutes": 1}, 400, "minutes"),
    ("POST /clock/advance", {"seconds": 1, "by": "1s"}, 400, ""),
    *(("POST /clock/advance", f'{{"seconds": {each}}}', 400, "") for each in NO_STEPS),
    ("POST /clock/advance", {"seconds": "1"}, 400, "seconds"),
    *(("POST /clock/advance", f'{{"by": {each}}}', 400, "by" if each == "1" else "")
      for each in NO_DURATIONS),
    ("POST /clock/advance", '{"by": ', 400, "line 1 column 8"),
    ("POST /clock/advance", '{"by": 1, "by": 2}', 400, "a name occurs twice"),
    ("POST /clock/advance", '{"seconds": NaN}', 400, "NaN is not JSON"),
    ("POST /clock/advance", "\ufeff{}", 400, "BOM"),
    # the delay of every answer
    settings({"fixedDelay": -1}, "fixedDelay must be 0 to 3600000 milliseconds"),
    *(settings({"fixedDelay": each}, "fixedDelay must be a number") for each in ("1", True)),
    settings({"fixedDelay": 3_600_001}, "fixedDelay must be 0 to"),
    *(settings({"extended": each}, "extended") for each in some([], {"a": 1})),
    *(settings({name: 1}, f"{name} is not a field of this call")
      for name in ("fixedDelayMilliseconds", "delay")),
    delays("uniform", " must be an object"),
    *(delays({"type": each}, ".type must be uniform, logn") for each in ("normal", "x")),
    delays({"type": "uniform", "lower": 1}, ".upper is requi"),
    delays({"type": "uniform", "lower": 2, "upper": 1}, ".lower must be at most upper"),
    delays({**UNIFORM, "more": 1}, ".more is not supported"),
    delays({"type": "lognormal", "median": 1, "sigma": -1}, ".sigma must be 0 to"),
    # stubs and scenarios
    mapping({"vendor": "nobody"}, "vendor must be one of dapi, "),
    mapping({"vendor": 1}, "vendor must be a string"),
    mapping({"vendor": "dapi", "endpoint": "login"}, "endpoint must be one of exchange_token, "),
    mapping({"vendor": "dapi", "endpoint": 1}, "endpoint must be a string"),
    mapping({"endpoint": "nothing"}, "endpoint must be one of exchange_token, "),
    mapping({"nonsense": 1}, "nonsense is not supported"),
    mapping({"response": {"jsonbody": {}}}, "response.jsonbody is not supported; did you mean js"),
    mapping({"request": {"urlpath": "/"}}, "request.urlpath is not supported; did you mean urlP"),
    mapping({"prioritie": 1}, "prioritie is not supported; did you mean priority?"),
    mapping({"request": {"clientIp": "a"}}, "request.clientIp is not supported"),
    mapping({"response": {"transformers": ["a"]}}, "response.transformers is not supported"),
    mapping({"error": 500, "response": {"body": ""}}, "response.body is not supported beside"),
    (f"PUT /mappings/{ID}", {"name": "bad", "times": 0}, 400, "times must be 1 or more"),
    (f"PUT /mappings/{ID}", {"vendor": "nobody"}, 400, "vendor must be one of"),
    *((f"{method} /mappings/{each}", {}, 404, "there is no such mapping")
      for method in ("GET", "PUT", "DELETE") for each in (ID.replace("0", "1"), "x", "%20")),
    ("POST /mappings/remove", {"request": {"method": "OPTIONS"}}, 404, "no"),
    ("POST /mappings/remove", {"id": ID, "nonsense": 1}, 400, "nonsense"),
    ("POST /mappings/find-by-metadata", {"is": 1}, 400, "is"),
    imports({"mappings": [{"name": "a"}, {"nonsense": 1}]}, "nonsense is not supported"),
    imports({"mappings": {}}, "mappings must be a list"),
    imports({"mappings": [], "importOptions": {"a": 1}}, "importOptions.a is not supported"),
    imports({"importOptions": {"duplicatePolicy": "X"}}, "importOptions.duplicatePolicy must be"),
    *(("PUT /scenarios/s/state", {"state": each}, 422, "") for each in some("off", 1, [], None)),
    ("PUT /scenarios/t/state", {"state": "on"}, 404, ""),
    # the journal
    *((f"GET /requests?limit={each}", {}, 400, "limit")
      for each in ("-1", "x", "1.5", "%D9%A1", "9999999999", "+1")),
    *((f"GET /requests?since={each}", {}, 400, "since")
      for each in ("yesterday", "2026-01-01T00:00:00", "1767225600", "2026-13-01")),
    *(wait("count", each) for each in (-1, 1.5, True, "1")),
    *(wait("timeout", each) for each in (-0.1, 60.1, "1", True)),
    wait("pattern", []), wait("urlPath", "/"),
    *((f"POST /requests/{call}", {"headers": {"A": {"matches": "("}}}, 400,
       "headers.A.matches is not a regular expression") for call in ("count", "find", "remove")),
    ("POST /requests/wait", {"pattern": {"headers": {"A": {"matches": "("}}}}, 400,
     "pattern.headers.A.matches is not a regular expression"),
    ("GET /requests/x", {}, 404, "there is no such request"),
    # near misses
    near({"url": 1}, "url must be a string"),
    *(near({"url": each}, "url must begin with /") for each in ("", "v1/auth", "http://localhost/")),
    near({"method": 1}, "method must be a string"),
    near({"method": None, "url": []}, "url must be a string"),
    near({"headers": []}, "headers must be an object"),
    *(near({"headers": {"A": each}}, "headers must be strings") for each in (1, None)),
    near({"body": {}}, "body must be a string"),
    ("POST /near-misses/request-pattern", {"bodyPatterns": [{"equalToJson": "{"}]}, 400,
     "bodyPatterns[0].equalToJson is not valid JSON"),
    # Dapi's Connect, and what does not exist
    *(("POST /vendors/dapi/connect", {"user": each}, 400, "user")
      for each in some("nobody", 1, ["dapi_user1"], {}, "")),
    *(("POST /vendors/dapi/connect", {"app_key": each}, 400, "app_key")
      for each in ("unknown", 1, {"a": 1}, ["app_key_value"])),
    ("POST /vendors/dapi/connect", {"password": "x"}, 400, "password"),
    *((f"POST /vendors/{each}", {}, 404, "")
      for each in ("nobody/connect", "dstor/connect", "dapi/nonsense")),
    *((f"GET /vendors/{each}", {}, 404, "")
      for each in ("nobody/openapi.json", "Dapi/openapi.json")),
    *((line, {}, 404, "not supported: WireMock's file store")
      for line in ("GET /files", "PUT /files/a/b", "DELETE /files/a")),
    ("GET /filesystem", {}, 404, "there is no call at"),
    *((f"GET {each}", {}, 404, f"/__admin{each}") for each in (
        "/", "/nonsense", "/clock/", "/Clock", "/vendors/dapi", "/health/x", "/../clock")),
], ids=lambda value: str(value)[:48])  # fmt: skip
def test_what_cannot_be_is_refused_and_named_and_changes_nothing(
    engine: Engine, line: str, body: object, status: int, detail: str
) -> None:
    value(engine, "POST /mappings", id=ID, name="good", request={"method": "PUT"})
    value(engine, "POST /mappings", scenarioName="s", newScenarioState="on", vendor="dstor")
    value(engine, "POST /settings", fixedDelay=100)
    ask(engine, "GET /ds-api/")
    before = state(engine)
    sent: Any = {"body": body.encode()} if isinstance(body, str) else {"json": body}
    assert detail in refused(admin(engine, line, **sent), status)
    assert state(engine) == before


def test_without_accounts_there_is_no_token_and_no_login(engine: Engine) -> None:
    for account in value(engine, "GET /accounts")["accounts"]:
        value(engine, f"DELETE /accounts/{account['id']}")
    for vendor in VENDORS:
        assert "no such account" in refused(
            admin(engine, "POST /tokens", json={"vendor": vendor}), 404
        )
    assert "app" in refused(admin(engine, "POST /vendors/dapi/connect"))


@pytest.mark.parametrize(("line", "body"), [
    ("POST /tokens", {"vendor": "dstor", **dict.fromkeys(["account", "expires_in", "defect"])}),
    ("POST /tokens", {"vendor": "dstor", "claims": None}),
    ("POST /accounts", {"vendor": "dstor", "credentials": None}),
    ("PUT /clock", {"now": None, "frozen": None}),
    ("POST /clock/advance", {"seconds": 1, "by": None}),
    ("POST /settings", {"fixedDelay": None, "delayDistribution": None}),
    ("POST /mappings", {"vendor": None, "skip": None}),
    ("POST /requests/wait", {"pattern": None, "count": 0, "timeout": None}),
    ("POST /vendors/dapi/connect", {"user": None, "app_key": None}),
    ("POST /vendors/dapi/connect", {"app_key": "app_key_value"}),
], ids=str)  # fmt: skip
def test_null_counts_as_absent(engine: Engine, line: str, body: dict[str, Any]) -> None:
    answer = value(engine, line, **body)
    assert answer.get("expires", NOW + 31_536_000) == NOW + 31_536_000
