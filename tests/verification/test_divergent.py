"""A vendor that does one thing differently from its pages is found, and the difference is named."""

from base64 import b64encode
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import pytest

from mockserver.model.http import Request, Response
from mockserver.verification.results import ReportRow
from mockserver.verification.statements import Reason
from tests.verification.changes import (
    Change,
    Edit,
    answers,
    below,
    body,
    body_sent,
    claims,
    content_type,
    error,
    head,
    header_sent,
    nested,
    plus,
    raw,
    renamed,
    status,
    success,
    times,
    together,
    token,
    whole,
    with_,
    without,
)
from tests.verification.verifying import as_text, failures, results_of

KEY = "5xikF8a5wcJeqVrtQE8OffKvtR9qaRxPXXJAedhIiNFWJbNsGqsdPfJ5eDYY7n92"
LOGIN = b64encode(b"myUser:myPassword").decode()
TEXT = content_type("text/plain")
NO_ENVELOPE = raw(b'{"error": "no"}')
OPAQUE = "opaque-token"

TEMP_TOKEN = "/v1/dev/temp-token"
UPLOAD = "/v1/upload/get-token"
USER_TOKEN = "/ds-api/user-token"
ROLES = "/ds-api/roles"
EXCHANGE = "/v2/auth/ExchangeToken"
IDENTITY = "/v2/data/identity/get"
AUTH_TOKEN = "/v1/auth/token"
BALANCES = "/v1/data/wallets/balances"


def dstor(edit: Edit) -> Change:
    """The token of dStor has other claims."""
    return token(TEMP_TOKEN, "access_token", edit=claims(edit))


def created(edit: Edit) -> Change:
    """A creation at Datasentinel hands out another token."""
    change = token(USER_TOKEN, "user-token", edit=edit)
    return change.only(lambda _asked, came: b'"user-token"' in came.body)


def on_creation(edit: Edit) -> Change:
    return answers(body(edit)).only(lambda _asked, came: came.status == 201)


def told(asked: Request, came: Response) -> bool:
    """True for Datasentinel's information about a token."""
    return asked.method == "GET" and USER_TOKEN in asked.path and came.status == 200


def on_info(edit: Edit) -> Change:
    return answers(body(edit)).only(told)


def dapi(edit: Edit) -> Change:
    """Dapi hands out another token."""
    return token(EXCHANGE, "accessToken", edit=edit)


def kite(edit: Edit) -> Change:
    """Kitegateway's answer to a purchase has other data."""
    return success(AUTH_TOKEN, below("data", edit))


def kite_token(edit: Edit) -> Change:
    return token(AUTH_TOKEN, "data", "token", edit=edit)


DSTOR = {
    "renamed": (success(TEMP_TOKEN, renamed("access_token", "accessToken")), "access_token"),
    "nested": (success(TEMP_TOKEN, nested), "access_token"),
    "text": (whole(TEMP_TOKEN, TEXT), "Content-Type"),
    "number": (success(TEMP_TOKEN, with_(access_token=1)), "of type string"),
    "opaque": (token(TEMP_TOKEN, "access_token", edit=lambda _text: OPAQUE), "JWT"),
    "hour": (Change(settings={"dstor": {"default_ttl": 3600}}), "31536000 s"),
    "milliseconds": (dstor(times(1000, "exp")), "milliseconds"),
    "issued in milliseconds": (dstor(times(1000, "iat")), "milliseconds"),
    "issued as text": (dstor(lambda said: {**said, "iat": str(said["iat"])}), "integer"),
    "issued two hours ago": (dstor(plus(-7200, "iat")), "issued at"),
    "lost claim": (dstor(without("sub")), "it has sub"),
    "other issuer": (dstor(with_(iss="dstor.io")), "dstor.cloud"),
    "x-expiration ignored": (header_sent(TEMP_TOKEN, "x-expiration", None), "x-expiration"),
    "any key": (header_sent(TEMP_TOKEN, "api-key", KEY), "answered 200"),
    "error with 200": (error(TEMP_TOKEN, status(200)), "access_token"),
    "upload without token": (error(UPLOAD, status(200)), "message"),
    "upload renamed": (success(UPLOAD, renamed("token", "uploadToken")), "it has token"),
    "upload other message": (success(UPLOAD, with_(message="OK")), '"ok"'),
    "fields not needed": (
        body_sent(UPLOAD, lambda _sent: {"chunks_number": 1, "folder_path": "/"}),
        "needs chunks_number",
    ),
}
DATASENTINEL = {
    "renamed": (on_creation(renamed("user-token", "user_token")), "it has user-token"),
    "nested": (on_creation(nested), "it has user-token"),
    "created with 200": (whole(USER_TOKEN, status(200, of=201)), "it is 201"),
    "text": (whole(USER_TOKEN, TEXT), "Content-Type"),
    "algorithm": (created(head(with_(alg="RS256"))), "HS256"),
    "type of token": (created(head(with_(typ="at+jwt"))), "typ JWT"),
    "an hour": (created(claims(lambda said: {**said, "exp": said["iat"] + 3600})), "3600 s"),
    "two days": (created(claims(lambda said: {**said, "exp": said["iat"] + 172800})), "172800 s"),
    "milliseconds": (created(claims(times(1000, "exp", "iat"))), "milliseconds"),
    "local time": (created(claims(plus(3600, "iat", "exp"))), "issued at"),
    "lost claim": (created(claims(without("database"))), "it has database"),
    "number for text": (created(claims(with_(email=7))), "of type string"),
    "order of claims": (created(claims(lambda said: dict(reversed(said.items())))), "order"),
    "prefix": (created(lambda text: f"Bearer {text}"), "looks like"),
    "info renamed": (on_info(renamed("expire_time", "expires_at")), "it has expire_time"),
    "info in ISO": (
        on_info(lambda said: {**said, "expire_time": said["expire_time"].replace(" ", "T")}),
        "expire_time",
    ),
    "info in local time": (on_info(with_(expire_time="2020-01-01 00:00:00")), "expire_time"),
    "info of another user": (on_info(with_(user="somebody")), "claims"),
    "any login": (header_sent(USER_TOKEN, "Authorization", f"Basic {LOGIN}"), "answered 201"),
    "error with 200": (error(USER_TOKEN, status(200)), "401"),
    "error as text": (error(USER_TOKEN, raw(b'"wrong login"')), "of type object"),
    "403 for 401": (error(USER_TOKEN, status(403)), "403"),
    "any token": (error(ROLES, status(200)), "answered 200"),
    "health renamed": (
        answers(body(renamed("status", "state"))).only(
            lambda _asked, came: b'"message"' in came.body
        ),
        "it has status",
    ),
}
DAPI = {
    "renamed": (success(EXCHANGE, renamed("accessToken", "access_token")), "it has accessToken"),
    "nested": (success(EXCHANGE, nested), "it has success, accessToken"),
    "success as text": (success(EXCHANGE, with_(success="true")), "of type boolean"),
    "without success": (success(EXCHANGE, without("success")), "it has success"),
    "without status": (success(EXCHANGE, without("status")), "status"),
    "without tokenID": (success(EXCHANGE, without("tokenID")), "tokenID"),
    "201": (whole(EXCHANGE, status(201)), "201"),
    "text": (whole(EXCHANGE, TEXT), "Content-Type"),
    "opaque": (dapi(lambda _text: OPAQUE), "JWT"),
    "algorithm": (dapi(head(with_(alg="HS512"))), "HS256"),
    "lost claim": (dapi(claims(without("appKey"))), "it has appKey"),
    "any secret": (body_sent(EXCHANGE, with_(appSecret="app_secret_value")), "answered 200"),
    "error with 200": (error(EXCHANGE, status(200)), "answered 200"),
    "400 for 422": (error(EXCHANGE, status(400, of=422)), "422"),
    "other errors": (
        error(EXCHANGE, NO_ENVELOPE),
        "it has success, status, type, msg, operationID",
    ),
    "errors as pages": (
        error(EXCHANGE, lambda came: content_type("text/html")(raw(b"<html>no</html>")(came))),
        "Content-Type",
    ),
    "any bearer": (error(IDENTITY, status(200)), "answered 200"),
    "identity renamed": (success(IDENTITY, renamed("identity", "person")), "it has identity"),
    "address lost": (success(IDENTITY, below("identity", without("address"))), "address"),
    "accounts as object": (
        success("/v2/data/accounts/get", below("accounts", lambda said: said[0])),
        "of type array",
    ),
    "amount as text": (
        success("/v2/data/balance/get", below("balance", with_(amount="12.50"))),
        "of type number",
    ),
    "dates ignored": (error("/v2/data/transactions/get", status(200)), "answered 200"),
}
KITEGATEWAY = {
    "renamed": (kite(renamed("token", "access_token")), "it has token"),
    "flattened": (
        success(AUTH_TOKEN, lambda said: {**without("data")(said), **said["data"]}),
        "it has data",
    ),
    "nested": (success(AUTH_TOKEN, nested), "it has code, status, message, data"),
    "201": (whole(AUTH_TOKEN, status(201)), "it is 200"),
    "text": (whole(AUTH_TOKEN, TEXT), "Content-Type"),
    "other message": (success(AUTH_TOKEN, with_(message="Token created")), "Token generated"),
    "other status": (success(AUTH_TOKEN, with_(status="ok")), '"success"'),
    "expires as text": (
        kite(lambda said: {**said, "expires": str(said["expires"])}),
        "of type integer",
    ),
    "expires in milliseconds": (kite(times(1000, "expires")), "milliseconds"),
    "expires as life": (kite(with_(expires=900)), "expires"),
    "ten minutes": (kite(plus(-300, "expires")), "600 s"),
    "an hour more": (kite(plus(3600, "expires")), "documented"),
    "lost expires": (kite(without("expires")), "it has expires"),
    "life ignored": (body_sent(AUTH_TOKEN, with_(expires_in=900)), "900 s, where 300 s"),
    "no prefix": (kite_token(lambda text: text.removeprefix("JWT ")), "begins with"),
    "Bearer": (kite_token(lambda text: text.replace("JWT", "Bearer")), "begins with"),
    "opaque": (kite_token(lambda _text: "JWT opaque"), "looks like"),
    "any secret": (header_sent(AUTH_TOKEN, "Secret-Key", "YOUR_SECRET"), "answered 200"),
    "any key": (body_sent(AUTH_TOKEN, with_(api_key="2882jj2hh288282jj2")), "answered 200"),
    "error with 200": (error(AUTH_TOKEN, status(200)), "answered 200"),
    "403 for 401": (error(AUTH_TOKEN, status(403, of=401)), "403"),
    "405 for 400": (error(BALANCES, status(405, of=400)), "405"),
    "error without envelope": (error(AUTH_TOKEN, NO_ENVELOPE), "it has code"),
    "any token": (error(BALANCES, status(200)), "answered 200"),
    "balances renamed": (success(BALANCES, renamed("data", "wallets")), "it has data"),
    "a good token refused": (whole(BALANCES, status(401)), "answered 401"),
}
VENDORS = {"dstor": DSTOR, "datasentinel": DATASENTINEL, "dapi": DAPI, "kitegateway": KITEGATEWAY}


# Rows that change other answers than those beside them and than the rest of their table. An empty
# name is for a row of the rest that has to be alone.
BESIDE = {
    "dstor": (
        ["x-expiration ignored", "fields not needed", "error with 200"],
        ["upload renamed", "upload other message"],
    ),
    "datasentinel": (
        ["", "error as text", "403 for 401"],
        ["", "info renamed", "info in ISO", "info in local time", "info of another user"],
        ["health renamed"],
    ),
    "dapi": (
        ["", "", "400 for 422", "other errors"],
        ["", "identity renamed", "address lost"],
        ["", "accounts as object", "amount as text"],
    ),
    "kitegateway": (
        ["any secret", "", "", "403 for 401", "error without envelope"],
        ["405 for 400", "", "balances renamed", "life ignored"],
    ),
}

# Rows whose words another difference would cause, too.
ALONE = {
    "dstor": ["any key", "upload without token"],
    "datasentinel": ["error with 200", "any token", "any login"],
    "dapi": ["error with 200", "errors as pages", "any bearer", "dates ignored"],
    "kitegateway": ["any key", "any token", "error with 200"],
}


def groups() -> Iterator[Any]:
    """Rows that one run tests: one of the rest of a table, the last first, and one of each list."""
    for vendor, rows in VENDORS.items():
        beside = [*BESIDE[vendor], ALONE[vendor]]
        for name in ALONE[vendor]:
            yield pytest.param(vendor, [rows[name]], id=name)
        rest = [name for name in reversed(rows) if not any(name in names for names in beside)]
        for group in zip_longest(rest, *BESIDE[vendor]):
            names = [name for name in group if name]
            yield pytest.param(vendor, [rows[name] for name in names], id=", ".join(names))


@pytest.mark.parametrize(("vendor", "rows"), [*groups()])
def test_differences_are_found_and_named(vendor: str, rows: list[tuple[Change, str]]) -> None:
    results = results_of(together(*(change for change, _ in rows)), vendor)
    found = failures(results)
    for _, word in rows:
        assert any(word in f"{each.statement} {each.detail}" for each in found), as_text(found)
    assert not results.broken, as_text([row for row in results.rows if row.verdict == "broken"])


def rows(change: Change, vendor: str) -> dict[str, list[ReportRow]]:
    """Return the rows by verdict and grade."""
    found: dict[str, list[ReportRow]] = {}
    for each in results_of(change, vendor).rows:
        found.setdefault(each.word, []).append(each)
    return found


ADDITIONS = {
    "dStor's body": ("dstor", success(TEMP_TOKEN, with_(new=1)), "$.new"),
    "Kitegateway's body": ("kitegateway", success(AUTH_TOKEN, with_(new=1)), "$.new"),
    "a claim": ("dstor", dstor(with_(new="all")), "$.access_token (claims).new"),
    "a field of a JWT's header": (
        "dstor",
        token(TEMP_TOKEN, "access_token", edit=head(with_(kid="1"))),
        "$.access_token (header).kid",
    ),
}


@pytest.mark.parametrize(("vendor", "change", "path"), ADDITIONS.values(), ids=ADDITIONS)
def test_an_addition_is_reported_once_and_fails_nothing(
    vendor: str, change: Change, path: str
) -> None:
    results = results_of(change, vendor)
    (finding,) = results.findings
    assert (finding.path, finding.word) == (path, "drifted (additive)")
    assert [each.word for each in results.rows].count("drifted (additive)") == 1
    assert not any(each.reason == Reason.NOT_JUDGED for each in results.checks)
    assert {each.verdict for each in results.checks} == {"agrees", "confirmed", "not-checked"}
    assert not results.failed


DOUBTS = {
    "dStor refuses with 403": ("dstor", error(TEMP_TOKEN, status(403)), "403"),
    "dStor has another error": (
        "dstor",
        error(TEMP_TOKEN, raw(b'{"message": "no"}')),
        "statusCode",
    ),
    "dStor succeeds with 201": (
        "dstor",
        answers(status(201, of=200)).only(lambda asked, _came: asked.method == "GET"),
        "201",
    ),
    "dStor signs with ES256": (
        "dstor",
        token(TEMP_TOKEN, "access_token", edit=head(with_(alg="ES256"))),
        "HS256",
    ),
    "Kitegateway has other claims": ("kitegateway", kite_token(claims(with_(role=7))), "role"),
    "Kitegateway signs with HS512": ("kitegateway", kite_token(head(with_(alg="HS512"))), "HS256"),
}


@pytest.mark.parametrize(("vendor", "change", "word"), DOUBTS.values(), ids=DOUBTS)
def test_what_no_page_says_is_refuted_and_fails_nothing(
    vendor: str, change: Change, word: str
) -> None:
    found = rows(change, vendor)
    assert any(word in f"{each.statement} {each.detail}" for each in found.pop("refuted"))
    assert found.keys() <= {"agrees", "confirmed", "not-checked"}, found


def test_another_order_of_keys_is_cosmetic_and_fails() -> None:
    swapped = success(AUTH_TOKEN, lambda said: dict(reversed(said.items())))
    found = rows(swapped, "kitegateway")
    (row, *_) = found.pop("drifted (cosmetic)")
    assert "in the order code, status, message, data" in row.statement + row.detail
    assert row.fails
    assert found.keys() == {"agrees", "confirmed", "not-checked"}, found


# One deviation is one finding; a statement drifts only if its own assertion fails.


def test_an_altered_claim_is_one_finding_and_no_drifted_statement() -> None:
    results = results_of(dapi(claims(with_(salt=1))), "dapi")
    (finding,) = failures(results)
    (same,) = results.findings
    assert finding is same
    assert finding.as_json()["verdict"] == "drifted"
    assert (same.endpoint, same.path) == (
        f"POST {EXCHANGE} answered 200",
        "$.accessToken (claims).salt",
    )
    assert (same.says, same.came) == ("it is of type string", "1")
    touched = [each for each in results.checks if each.reason == Reason.NOT_JUDGED]
    assert len(touched) > 20
    assert {each.detail for each in touched} == {f"{Reason.NOT_JUDGED}: {finding.id}"}


def test_a_statement_that_holds_does_not_drift_for_another_part_of_the_answer() -> None:
    results = results_of(success(AUTH_TOKEN, with_(code="200")), "kitegateway")
    assert [each.path for each in results.findings if each.fails] == ["$.code"]
    drifted = {each.id for each in results.checks if each.fails}
    assert drifted == {"kitegateway.success"}, as_text(failures(results))
    prefix = next(each for each in results.checks if each.id == "kitegateway.prefix")
    assert (prefix.verdict, prefix.reason) == ("not-checked", Reason.NOT_JUDGED)


def test_a_lost_field_is_one_finding_for_all_that_need_it() -> None:
    results = results_of(kite(without("token")), "kitegateway")
    assert [each.statement for each in failures(results)] == [
        f"POST {AUTH_TOKEN} answered 200: $.data: it has token"
    ]
    assert not results.broken


def test_a_refusal_of_good_credentials_after_a_token_is_one_finding() -> None:
    """What needs the answer is not judged; the statement about the answer drifts."""
    refused = raw(b'{"code": "no", "status": "error"}')
    change = whole("wallets", lambda came: status(404, of=200)(refused(came)))
    results = results_of(change, "kitegateway")
    drifted = {each.id for each in results.checks if each.fails}
    assert "kitegateway.token_is_sent_back" in drifted
    assert "kitegateway.prefix" not in drifted
    assert not results.broken, as_text(results.checks)
