"""Kitegateway: a merchant's key and secret obtain a short-lived token that starts with `JWT `."""

from pathlib import Path

from mockserver.model.vendor import LiveService, TokenUsage, Vendor, get, post
from mockserver.vendors.kitegateway.auth_token import (
    BUILT_IN,
    LOGINS,
    Settings,
    balance,
    balances,
    check_account,
    claims,
    create_token,
    credential,
    magic_account,
    new_account,
    refuse,
    wrong_unit,
)

vendor = Vendor(
    name="kitegateway",
    hosts=("kitegateway.com", "sandbox.kitegateway.com"),
    endpoints=(
        post("/v1/auth/token", create_token),
        get("/v1/data/wallets/balances", balances),
        get("/v1/data/wallets/<currency>/balance", balance),
    ),
    refuse=refuse,
    settings=Settings,
    accounts=(BUILT_IN,),
    new_account=new_account,
    magic_account=magic_account,
    logins=LOGINS,
    check_account=check_account,
    claims=claims,
    contract=Path(__file__).with_name("contract.yaml"),
    curl="-H 'Secret-Key: YOUR_SECRET' -H 'Content-Type: application/json'"
    " -H 'Accept: application/json'"
    """ -d '{{"api_key": "2882jj2hh288282jj2", "expires_in": 300}}' {base_url}/v1/auth/token""",
    token_header=("typ", "alg"),
    token_prefix="JWT ",
    secret_fields=("api_key", "Secret-Key", "token"),
    live=LiveService(
        sandbox="https://sandbox.kitegateway.com",
        production="https://kitegateway.com",
        credentials={
            "api_key": "KITEGATEWAY_API_KEY",
            "Secret-Key": "KITEGATEWAY_SECRET_KEY",
        },
    ),
    usage=TokenUsage(
        purchases=("create_token",),
        token=("data", "token"),
        credential=credential,
        wrong_unit=wrong_unit,
    ),
)
