"""Dapi: a login page returns an access code, which is exchanged for a token without expiry."""

from pathlib import Path

from mockserver.model.vendor import Action, Endpoint, LiveService, TokenUsage, Vendor, page, post
from mockserver.vendors.dapi.connect import (
    BUILT_IN,
    LIFE,
    LOGINS,
    connect,
    magic_account,
    new_account,
    printed_login,
)
from mockserver.vendors.dapi.connect_pages import connect_file, connect_page, connect_step
from mockserver.vendors.dapi.conventions import Settings, refuse
from mockserver.vendors.dapi.data import (
    accounts,
    accounts_metadata,
    balance,
    cards,
    delink_user,
    identity,
    transactions,
)
from mockserver.vendors.dapi.exchange import claims, credential, exchange_token, judge

vendor = Vendor(
    name="dapi",
    # Both SDKs of the vendor call the second host, too (P).
    hosts=("api.dapi.com", "dd.dapi.com"),
    endpoints=(
        post("/v2/auth/ExchangeToken", exchange_token),
        # The vendor's SDKs spell this path with and without capitals, and one under /data (P).
        Endpoint(
            "POST", ("/v2/users/DelinkUser", "/v2/data/DelinkUser"), delink_user, ignore_case=True
        ),
        post("/v2/data/identity/get", identity),
        post("/v2/data/accounts/get", accounts),
        post("/v2/data/cards/get", cards),
        post("/v2/data/balance/get", balance),
        post("/v2/data/transactions/get", transactions),
        post("/v2/metadata/accounts/get", accounts_metadata),
    ),
    refuse=refuse,
    settings=Settings,
    accounts=(BUILT_IN,),
    new_account=new_account,
    magic_account=magic_account,
    logins=LOGINS,
    claims=claims,
    judge=judge,
    contract=Path(__file__).with_name("contract.yaml"),
    # The command creates a new code each time, so that it works more than once.
    curl="-X POST {admin_header}{admin_url}/vendors/dapi/connect"
    """ | sed 's/}}/, "appSecret": "app_secret_value"}}/'"""
    " | curl -sS -H 'Content-Type: application/json' -d @- {base_url}/v2/auth/ExchangeToken",
    token_header=("alg", "typ"),
    secret_fields=("appSecret", "userSecret", "accessCode", "accessToken"),
    # The second path is for the vendor's own host, which has no prefix.
    pages=(
        page("GET", ("/connect", "/dapi/connect"), connect_page),
        page("POST", ("/connect", "/dapi/connect"), connect_step),
        page("GET", ("/connect/<file>", "/dapi/connect/<file>"), connect_file),
    ),
    actions={"connect": Action(connect, ("user", "app_key"))},
    begin=printed_login,
    live=LiveService(
        sandbox="https://api.dapi.com",  # the bank connection decides, not the host (P)
        credentials={
            "appSecret": "DAPI_APP_SECRET",
            "accessCode": "DAPI_ACCESS_CODE",
            "connectionID": "DAPI_CONNECTION_ID",
            "userSecret": "DAPI_USER_SECRET",
        },
    ),
    usage=TokenUsage(
        purchases=("exchange_token",),
        token=("accessToken",),
        credential=credential,
        scheme="Bearer",
        single_use=True,
        code_life=LIFE,
        ends=("delink_user",),
    ),
)
