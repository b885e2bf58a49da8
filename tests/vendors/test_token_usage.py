"""What the rules for token clients read from a purchase: its credential and its lifetime."""

from typing import Any

import pytest

from mockserver.model.vendor import TokenUsage
from mockserver.vendors import discover
from tests.engine_client import basic, request

VENDORS = {vendor.name: vendor for vendor in discover()}
TEMP_TOKEN, AUTH_TOKEN = "/v1/dev/temp-token", "POST /v1/auth/token"
MOMENT = "expires_in is a moment or in milliseconds, and not a number of seconds"


def usage(vendor: str) -> TokenUsage:
    found = VENDORS[vendor].usage
    assert found is not None
    return found


@pytest.mark.parametrize(("vendor", "line", "sent", "credential"), [
    ("dstor", f"GET {TEMP_TOKEN}", {"headers": {"api-key": "k"}}, "k"),
    ("dstor", f"GET {TEMP_TOKEN}", {}, None),
    ("dstor", f"POST {TEMP_TOKEN}", {"json": {"email": "e", "password": "p"}}, "e p"),
    ("dstor", f"POST {TEMP_TOKEN}", {"body": b"{"}, None),
    ("datasentinel", "POST /ds-api/user-token", {"headers": basic("u", "p")}, "u:p"),
    ("datasentinel", "POST /ds-api/user-token", {}, None),
    ("kitegateway", AUTH_TOKEN, {"headers": {"Secret-Key": "s"}, "json": {"api_key": "k"}}, "k s"),
    ("kitegateway", AUTH_TOKEN, {"body": b"{"}, None),
])  # fmt: skip
def test_credential_of_a_purchase(
    vendor: str, line: str, sent: dict[str, Any], credential: str | None
) -> None:
    assert usage(vendor).credential(request(line, **sent)) == credential


@pytest.mark.parametrize(("expiration", "wrong"), [
    (None, None), ("1893456000", ""), ("1893456000.5", ""),
    ("1893456000000", "x-expiration is in milliseconds, and not in seconds"),
    ("3600", "x-expiration is a life, and not the moment at which it ends"),
    ("tomorrow", "x-expiration is not a number of seconds"),
])  # fmt: skip
def test_wrong_unit_of_dstor(expiration: str | None, wrong: str | None) -> None:
    headers = {} if expiration is None else {"x-expiration": expiration}
    assert usage("dstor").wrong_unit(request(f"GET {TEMP_TOKEN}", headers)) == wrong


@pytest.mark.parametrize(("fields", "wrong"), [
    ({}, None), ({"expires_in": 900}, ""), ({"expires_in": 172_800}, ""),
    ({"expires_in": "900"}, "expires_in is a str and not a whole number of seconds"),
    ({"expires_in": True}, "expires_in is a bool and not a whole number of seconds"),
    ({"expires_in": 1_893_456_000}, MOMENT),
    ({"expires_in": 900_000}, "expires_in is 900 s in milliseconds"),
])  # fmt: skip
def test_wrong_unit_of_kitegateway(fields: dict[str, object], wrong: str | None) -> None:
    assert usage("kitegateway").wrong_unit(request(AUTH_TOKEN, json=fields)) == wrong
    assert usage("kitegateway").wrong_unit(request(AUTH_TOKEN, body=b"{")) is None
