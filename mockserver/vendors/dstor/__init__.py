"""dStor: an API key in a header obtains a JWT that is valid until a time in the request."""

from pathlib import Path

from mockserver.model.vendor import Cors, LiveService, TokenUsage, Vendor, get, post
from mockserver.vendors.dstor.temp_token import (
    BUILT_IN,
    LOGINS,
    Settings,
    check_account,
    claims,
    credential,
    login,
    magic_account,
    new_account,
    refuse,
    temp_token,
    upload_token,
    wrong_unit,
)

vendor = Vendor(
    name="dstor",
    hosts=("api.testnet.dstor.cloud", "api.dstor.cloud"),
    endpoints=(
        get("/v1/dev/temp-token", temp_token),
        post("/v1/dev/temp-token", login),
        post("/v1/upload/get-token", upload_token),
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
    curl=f"-H 'api-key: {BUILT_IN['api-key']}' {{base_url}}/v1/dev/temp-token",
    token_header=("alg", "typ"),
    secret_fields=("api-key", "password", "access_token", "token", "x-dstor-upload-token"),
    optional_slash=True,
    live=LiveService(
        sandbox="https://api.testnet.dstor.cloud",
        production="https://api.dstor.cloud",
        credentials={
            "api-key": "DSTOR_API_KEY",
            "email": "DSTOR_EMAIL",
            "password": "DSTOR_PASSWORD",
        },
    ),
    usage=TokenUsage(
        purchases=("temp_token", "login"),
        token=("access_token",),
        credential=credential,
        scheme="Bearer",
        wrong_unit=wrong_unit,
    ),
    cors=Cors(
        request_headers=(
            "api-key",
            "x-expiration",
            "authorization",
            "content-type",
            "x-dstor-upload-token",
        ),
        methods=("GET", "POST", "OPTIONS"),
    ),
)
